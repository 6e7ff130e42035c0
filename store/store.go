// Package store keeps a terminal's state in bbolt: one file, written by one process at a time,
// in which every Update is one transaction that survives a power cut.
//
// Records are JSON under their own key; indexes are buckets whose keys alone matter. Writers
// serialise. A View sees the state at its beginning, and should be short: pages that it can see
// are not used again while it lasts. Neither View nor Update may be called within another.
package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

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
	db *bbolt.DB
}

var _ terminal.Store = (*Store)(nil)

// Option changes how Open works.
type Option func(*config)

type config struct {
	lockTimeout time.Duration
}

// WithLockTimeout sets how long Open waits for another process to let go of the file; one
// second by default.
func WithLockTimeout(d time.Duration) Option {
	return func(c *config) { c.lockTimeout = max(d, 1) } // bbolt takes 0 for ever
}

// Open opens the file at path, or makes it and its directory, and brings it to this version's
// schema.
func Open(path string, options ...Option) (*Store, error) {
	c := config{lockTimeout: time.Second}
	for _, option := range options {
		option(&c)
	}
	dir := filepath.Dir(path)
	if err := makeDirectory(dir); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	db, err := openFile(path, c)
	switch {
	case errors.Is(err, bberrors.ErrTimeout):
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// the file itself is on disk, but its name in the directory is not yet
	if err := syncDirectory(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("sync the data directory: %w", err), db.Close())
	}
	return &Store{db: db}, nil
}

// openFile turns the ways in which bbolt meets a damaged file into ErrDamaged: it panics on
// pages that make no sense, and faults where the file is cut short. Then the file stays mapped,
// and so locked, until the process ends.
func openFile(path string, c config) (db *bbolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if cause := recover(); cause != nil {
			db, err = nil, fmt.Errorf("%w: %v", ErrDamaged, cause)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: c.lockTimeout,
		// the freelist stays synced, so that opening does not scan the file
		FreelistType: bbolt.FreelistMapType,
	})
	for _, cause := range []error{bberrors.ErrInvalid, bberrors.ErrChecksum, bberrors.ErrVersionMismatch} {
		if errors.Is(err, cause) {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if err != nil {
		return nil, err
	}
	if err = checkLength(db); err == nil {
		err = migrate(db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// checkLength keeps a file that was cut short from faulting in the middle of the day.
func checkLength(db *bbolt.DB) error {
	return db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(db.Path())
		if err != nil {
			return err
		}
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: the file has %d bytes of %d", ErrDamaged, info.Size(), tx.Size())
		}
		return nil
	})
}

// Close waits for running transactions and lets go of the file.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Update runs f in a transaction that is on disk, all of it, once Update returns nil.
func (s *Store) Update(f func(terminal.Tx) error) error {
	return transact("update the store", s.db.Update, f)
}

// View runs f on one state of the store, and f's writes fail.
func (s *Store) View(f func(terminal.Tx) error) error {
	return transact("read the store", s.db.View, f)
}

func transact(what string, run func(func(*bbolt.Tx) error) error, f func(terminal.Tx) error) error {
	var failed error // f's own error goes back as it is
	err := run(func(b *bbolt.Tx) error {
		failed = f(tx{b})
		return failed
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
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
	return syncDirectory(parent)
}

func syncDirectory(dir string) error {
	if runtime.GOOS == "windows" { // directories cannot be synced, and need not be
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
