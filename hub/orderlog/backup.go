package orderlog

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"comptoir/internal/aside"
	"comptoir/internal/backup"
	"comptoir/internal/pages"
)

// Snapshot is a copy of the whole file as it is at one moment, while the log works on (backup.Spool).
func (b *Bolt) Snapshot() (*os.File, error) {
	return backup.Spool(b.db.Path(), func(w io.Writer) error {
		return b.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
}

// Backup writes a log's file that nobody uses; ErrLocked where somebody does.
func Backup(path string, w io.Writer) error {
	return reading(path, func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// Inspect checks each page of a log's file that nobody uses, and counts its orders.
func Inspect(path string) (orders int, err error) {
	if err := pages.CheckAll(path); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	err = reading(path, func(tx *bbolt.Tx) error {
		version, err := schema(tx)
		switch {
		case err != nil:
			return err
		case version == 0:
			return errors.New("it is no order log")
		case version > len(migrations()):
			return fmt.Errorf("%w: its schema is %d, this version knows %d", ErrNewer, version, len(migrations()))
		}
		orders = tx.Bucket(ordersBucket).Stats().KeyN
		return nil
	})
	return orders, err
}

func reading(path string, f func(*bbolt.Tx) error) error {
	err := guard(func() error {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
		if errors.Is(err, berrors.ErrTimeout) {
			return ErrLocked
		}
		if err != nil {
			return err
		}
		return errors.Join(db.View(f), db.Close())
	})
	if err != nil {
		return fmt.Errorf("read order log %s: %w", path, err)
	}
	return nil
}

// Restore puts a backup in the place of the log at path, which is set aside, where there is one. It
// begins a new epoch: terminals ask for everything anew, and bring back what this file lacks. No hub
// may be running; ErrLocked where one is.
func Restore(from, path string, now time.Time) (kept string, err error) {
	if _, err := Inspect(from); err != nil {
		return "", err
	}
	fresh := path + ".new"
	if err := aside.Apart(from, fresh); err != nil {
		return "", err
	}
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := aside.Copy(from, fresh); err != nil {
		return "", fmt.Errorf("copy the backup: %w", err)
	}
	renewed, err := Open(fresh, Options{NewEpoch: true, Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = renewed.Close()
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(fresh))
	}
	_, err = os.Stat(path)
	none := errors.Is(err, os.ErrNotExist)
	// held until it is replaced, so that no hub begins on it meanwhile; a damaged one begins on none
	var held *bbolt.DB
	err = guard(func() (err error) {
		held, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
		return err
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return "", errors.Join(ErrLocked, os.Remove(fresh))
	}
	if none {
		err = aside.Move(fresh, path)
	} else {
		kept = aside.Path(path, now)
		err = aside.Replace(path, fresh, kept)
	}
	if held != nil {
		err = errors.Join(err, held.Close())
	}
	return kept, err
}
