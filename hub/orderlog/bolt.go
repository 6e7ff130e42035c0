package orderlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/sync/wire"
)

// Bolt is the Log of one machine: an embedded bbolt file with its own group commit. It keeps every
// order for good; how far back Changes goes is for Retention to say.
type Bolt struct {
	db        *bbolt.DB
	epoch     string
	damage    damage
	now       func() time.Time
	retention Retention

	queue   chan *request // unbuffered: what was sent has been taken
	done    chan struct{} // closed when the committer has ended
	writers sync.WaitGroup

	mu       sync.Mutex
	failing  error // of the last commit
	closed   bool
	watchers map[int]func(location string)
	watched  int

	closing  sync.Once
	closeErr error
}

var _ Log = (*Bolt)(nil)

// Options of a Bolt; the zero value will do.
type Options struct {
	// Logger hears of damaged records; nil is slog.Default().
	Logger *slog.Logger
	// LockTimeout is how long to wait for another process to leave the file; 0 is 2 seconds.
	LockTimeout time.Duration
	// Now is the clock that retention goes by; nil is time.Now.
	Now func() time.Time
	// Retention is how long ended orders travel; DefaultRetention where zero.
	Retention Retention
	// NewEpoch makes every terminal resync. It must be set once after an older copy of the file
	// was put back: its sequences are going to be given a second time.
	NewEpoch bool
}

// Open opens the log at path, and makes it and its directory if they are missing.
func Open(path string, options Options) (*Bolt, error) {
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.LockTimeout <= 0 {
		options.LockTimeout = 2 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	options.Retention.Hot = cmp.Or(options.Retention.Hot, DefaultRetention.Hot)
	options.Retention.Absence = max(cmp.Or(options.Retention.Absence, DefaultRetention.Absence), options.Retention.Hot)
	dir := filepath.Dir(path)
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("open order log %s: %w", path, err)
	}
	b := &Bolt{
		damage:    damage{log: options.Logger, seen: map[string]bool{}},
		now:       options.Now,
		retention: options.Retention,
		queue:     make(chan *request),
		done:      make(chan struct{}),
		watchers:  map[int]func(string){},
	}
	err := guard(func() error { return b.open(path, options) })
	if err == nil {
		// a new file's name must survive a power cut as its content does
		err = aside.Sync(dir)
	}
	if err != nil {
		if b.db != nil {
			err = errors.Join(err, b.db.Close())
		}
		return nil, fmt.Errorf("open order log %s: %w", path, err)
	}
	go b.run()
	return b, nil
}

func (b *Bolt) open(path string, options Options) error {
	// mapped from the start, in bytes: bbolt takes a map away before it makes a larger one, which a
	// file system that has met a fault refuses; then nothing could be read any more
	const mapped = 256 << 20
	var opened aside.Opened
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         options.LockTimeout,
		FreelistType:    bbolt.FreelistMapType, // the array slows down as the file fragments
		InitialMmapSize: mapped,
		OpenFile:        opened.Open,
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return err
	}
	b.db = db
	replaced, err := opened.Replaced(path)
	if err != nil {
		return err
	}
	if replaced { // a restore had it
		if err := db.Close(); err != nil {
			return err
		}
		b.db = nil
		return b.open(path, options)
	}
	b.epoch, err = prepare(db, options.NewEpoch)
	return err
}

// Close implements Log.
func (b *Bolt) Close() error {
	b.closing.Do(func() {
		b.mu.Lock()
		b.closed = true
		b.mu.Unlock()
		b.writers.Wait()
		close(b.queue)
		<-b.done
		if err := b.db.Close(); err != nil {
			b.closeErr = fmt.Errorf("close order log: %w", err)
		}
	})
	return b.closeErr
}

// Append implements Log.
func (b *Bolt) Append(ctx context.Context, o order.Order, expected int64) (wire.Cursor, error) {
	return b.AppendAnd(ctx, o, expected, func(*bbolt.Tx) error { return nil })
}

// AppendAnd is Append, and f in the same transaction, where the order is taken. For f holds what
// Update asks.
func (b *Bolt) AppendAnd(ctx context.Context, o order.Order, expected int64, f func(*bbolt.Tx) error) (wire.Cursor, error) {
	next, err := newRecord(o, expected)
	if err != nil {
		return wire.Cursor{}, fmt.Errorf("append order %q: %w", o.ID, err)
	}
	var (
		stored record
		found  bool
	)
	r := newRequest()
	r.location = o.Location
	r.check = func(tx *bbolt.Tx) (err error) {
		if stored, found, err = readRecord(tx, o.ID); err != nil {
			return err
		}
		if stored.revision != expected {
			return fmt.Errorf("%w: it is at revision %d, not %d", ErrConflict, stored.revision, expected)
		}
		if found && stored.location != o.Location {
			return fmt.Errorf("%w: it belongs to location %q, not %q", ErrInvalid, stored.location, o.Location)
		}
		return nil
	}
	r.write = func(tx *bbolt.Tx) error {
		if err := next.replace(tx, o.ID, stored, found); err != nil {
			return err
		}
		if err := noteHour(tx, o.Location, b.now(), next.sequence); err != nil {
			return err
		}
		return f(tx)
	}
	if err := b.submit(ctx, r); err != nil {
		return wire.Cursor{}, fmt.Errorf("append order %q: %w", o.ID, err)
	}
	return b.cursor(o.Location, next.sequence), nil
}

// Update runs f in the next group commit and returns when that is safe on the disk. Buckets
// whose names begin with "log." are the log's own; the others are the caller's, who makes them.
//
// f shares its transaction with its neighbours, so it must check before it writes: should it
// fail or panic, everything is rolled back and run again without it. f may therefore run more
// than once, must leave nothing behind but its writes, and must not call the Bolt. The context
// works as in Append.
func (b *Bolt) Update(ctx context.Context, f func(*bbolt.Tx) error) error {
	r := newRequest()
	r.write = f
	return b.submit(ctx, r)
}

// View runs f on one unchanging state of the file. While it runs, no replaced page is reused and
// the file may not grow, so f must be short and must not call the Bolt; what it takes out of the
// transaction it copies.
func (b *Bolt) View(f func(*bbolt.Tx) error) error {
	// bbolt panics on pages that make no sense
	err := guard(func() error { return b.db.View(f) })
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// Watch implements Log. f is called by the committer: until it returns, nothing is stored.
func (b *Bolt) Watch(f func(location string)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.watched
	b.watched++
	b.watchers[id] = f
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, id)
	}
}

// Damaged counts the damaged records met since the log was opened; each has been logged.
func (b *Bolt) Damaged() int { return b.damage.count() }

// Failing is why the last commit did not reach the disk; nil where it did.
func (b *Bolt) Failing() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failing
}

func (b *Bolt) cursor(location string, sequence uint64) wire.Cursor {
	return wire.Cursor{Shard: Shard(location), Epoch: b.epoch, Sequence: sequence}
}
