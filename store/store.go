// Package store keeps a terminal's state in bbolt: one file, written by one process at a time,
// in which every Update is one transaction that survives a power cut.
//
// Records are JSON under their own key; indexes are buckets whose keys alone matter. Writers
// serialise. A View sees the state that is on the disk at its beginning, and should be short: pages
// that it can see are not used again while it lasts. Neither View nor Update may be called within
// another.
package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"comptoir/internal/aside"
	"comptoir/terminal"
)

// What Open and transactions can fail for, apart from faults of disk and file system.
var (
	// ErrDamaged: the file, or the record that the error names, is not what was written.
	ErrDamaged = errors.New("the terminal's data is damaged")
	// ErrInUse: another process has the file open.
	ErrInUse = errors.New("another terminal is running on this data directory")
	// ErrNewer: a newer version of Comptoir wrote the file.
	ErrNewer = errors.New("the terminal's data is of a newer version of Comptoir")
)

// Store is the terminal's file. All methods may be called from any goroutine.
type Store struct {
	path string
	config
	room room

	// writing lets one transaction write at a time, until it is settled what became of it. What follows is
	// guarded by it; whoever reads holds opened instead, which is taken beside it to replace db.
	writing sync.Mutex
	opened  sync.RWMutex
	db      *bbolt.DB
	file    *os.File // db's own
	// failed is a commit that failed and may hold all the same.
	failed *metaPage
	// told is the last transaction that is known to be on the disk.
	told atomic.Int64

	damage chan struct{}
	mu     sync.Mutex
	broken error
}

var _ terminal.Store = (*Store)(nil)

// Option changes how Open works.
type Option func(*config)

type config struct {
	lockTimeout time.Duration
	log         *slog.Logger
	now         func() time.Time
}

// WithLockTimeout sets how long Open waits for another process to let go of the file; one
// second by default.
func WithLockTimeout(d time.Duration) Option {
	return func(c *config) { c.lockTimeout = max(d, 1) } // bbolt takes 0 for ever
}

// WithLogger sets who hears of damage; nobody by default.
func WithLogger(log *slog.Logger) Option { return func(c *config) { c.log = log } }

// WithClock sets the clock by which what is damaged is set aside; the system's by default.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// Open opens the file at path, or makes it and its directory, and brings it to this version's
// schema. It looks at what holds the file together, and for the rest of the damage that a disk can do
// see Damaged. With ErrDamaged the file can be salvaged (Salvage).
func Open(path string, choices ...Option) (*Store, error) {
	c := config{lockTimeout: time.Second, log: slog.New(slog.DiscardHandler), now: time.Now}
	for _, choice := range choices {
		choice(&c)
	}
	dir := filepath.Dir(path)
	if err := makeDirectory(dir); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	s := &Store{path: path, config: c, room: room{path: filepath.Join(dir, reserveFile)}, damage: make(chan struct{})}
	var err error
	s.db, s.file, err = openFile(path, c)
	switch {
	case errors.Is(err, bberrors.ErrTimeout), errors.Is(err, ErrInUse):
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// the file itself is on disk, but its name in the directory is not yet
	if err := aside.Sync(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("sync the data directory: %w", err), s.db.Close())
	}
	err = s.transact("read the store", s.db.View, func(t tx) error {
		s.told.Store(int64(t.b.ID()))
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// mapped is what is mapped of the file from the start, in bytes, whatever its size: more than most
// terminals ever have. bbolt takes a map away before it makes a larger one, which a file system that
// has met a fault refuses; then nothing could be read any more.
const mapped = 64 << 20

// chunk is by how much the file grows at once, in bytes: with a large map, bbolt's own 16 MiB would be
// the least size of any file.
const chunk = 1 << 20

func options(c config) *bbolt.Options {
	return &bbolt.Options{
		InitialMmapSize: mapped,
		Timeout:         c.lockTimeout,
		// the freelist stays synced, so that opening does not scan the file
		FreelistType: bbolt.FreelistMapType,
	}
}

// openFile turns the ways in which bbolt meets a damaged file into ErrDamaged. What it still panics
// on leaves the file mapped until the process ends.
func openFile(path string, c config) (db *bbolt.DB, file *os.File, err error) {
	if err := checkFile(path); err != nil {
		// what another process writes meanwhile looks damaged too
		unlock, locked := lock(path)
		if locked != nil {
			return nil, nil, locked
		}
		err = checkFile(path)
		unlock()
		if err != nil {
			return nil, nil, err
		}
	}
	var opened aside.Opened
	err = guard(func() error {
		settings := options(c)
		settings.OpenFile = opened.Open
		db, err = bbolt.Open(path, 0o600, settings)
		for _, cause := range []error{bberrors.ErrInvalid, bberrors.ErrChecksum, bberrors.ErrVersionMismatch} {
			if errors.Is(err, cause) {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
		}
		return err
	})
	if err != nil {
		if opened.File != nil {
			_ = release(opened.File) // bbolt has closed it, but where it panicked
		}
		return nil, nil, err
	}
	db.AllocSize = chunk
	replaced, err := opened.Replaced(path)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	if replaced { // it was salvaged while its lock was waited for
		if err := db.Close(); err != nil {
			return nil, nil, err
		}
		return openFile(path, c)
	}
	if err := guard(func() error { return migrate(db) }); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, opened.File, nil
}

// Close waits for running transactions and lets go of the file.
func (s *Store) Close() error {
	done := make(chan error, 1)
	go func() {
		s.writing.Lock()
		defer s.writing.Unlock()
		done <- guard(s.db.Close)
	}()
	var late <-chan time.Time
	if s.Err() != nil { // a transaction that broke may hold its lock for ever
		late = time.After(2 * time.Second)
	}
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("close the store: %w", err)
		}
		return nil
	case <-late: // and it does: nobody will write any more
		s.opened.RLock()
		defer s.opened.RUnlock()
		if err := release(s.file); err != nil {
			return fmt.Errorf("close the store: its locks are held by what was damaged, until this process ends: %w", err)
		}
		return nil
	}
}

// Update runs f in a transaction that is on disk, all of it, once Update returns nil. Where a record
// is damaged, it is set aside, and f runs again; where the disk is full, what is kept in reserve is
// given up first.
func (s *Store) Update(f func(terminal.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	update := func() error {
		return s.commit("update the store", func(t tx) error { return f(t) })
	}
	err := update()
	if _, is := errors.AsType[*recordError](err); is {
		if err = s.repair(err); err == nil {
			err = update()
		}
		if errors.Is(err, ErrDamaged) {
			s.broke(err)
		}
	}
	if s.room.missing(err) && s.room.release(s.log) {
		err = update()
	}
	s.room.note(err)
	return err
}

// View runs f on one state of the store that is on the disk, and f's writes fail. A damaged record
// that it meets is set aside, but f, which has failed, is not run again.
func (s *Store) View(f func(terminal.Tx) error) error {
	err := s.read("read the store", func(t tx) error { return f(t) })
	if _, is := errors.AsType[*recordError](err); is {
		s.writing.Lock()
		defer s.writing.Unlock()
		repaired := s.repair(err)
		if errors.Is(repaired, ErrDamaged) {
			s.broke(repaired)
		}
		return errors.Join(err, repaired)
	}
	return err
}

func (s *Store) transact(what string, run func(func(*bbolt.Tx) error) error, f func(tx) error) error {
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var failed error // f's own error goes back as it is
	err := guard(func() error {
		return run(func(b *bbolt.Tx) error {
			failed = f(tx{b})
			return failed
		})
	})
	if failed != nil {
		return failed
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrDamaged) {
		s.broke(err)
	} else {
		err = diskError(err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// makeDirectory is os.MkdirAll whose directories survive a power cut.
func makeDirectory(dir string) error {
	if _, err := os.Stat(dir); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDirectory(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return aside.Sync(parent)
}
