package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// bbolt ends a commit by writing one of the file's two meta pages, and syncing it. Where that sync fails,
// the commit counts as failed, and holds all the same: in this process, since bbolt reads the page
// that was written, and after the next start. What was told to have failed would be sent to the hub,
// and a ticket would stand as being sent. So the page is put back, and the file opened anew: bbolt has
// taken up the free pages of the commit by then.

// metaPage is a meta page as it was before a commit wrote over it.
type metaPage struct {
	at   int64
	data []byte
}

// metaOf is the page that the transaction will write its beginning to.
func (s *Store) metaOf(b *bbolt.Tx) (metaPage, error) {
	size := int64(s.db.Info().PageSize)
	page := metaPage{at: int64(b.ID()) % 2 * size, data: make([]byte, size)}
	if _, err := s.file.ReadAt(page.data, page.at); err != nil {
		return page, diskError(fmt.Errorf("read the meta page: %w", err))
	}
	return page, nil
}

// written says whether something else stands there by now, or may.
func (p metaPage) written(file *os.File) bool {
	now := make([]byte, len(p.data))
	_, err := file.ReadAt(now, p.at)
	return err != nil || !bytes.Equal(now, p.data)
}

// commit runs f in a transaction that writes. Its error means that nothing of it holds. s.writing is
// held.
func (s *Store) commit(what string, f func(tx) error) error {
	if err := s.takeBack(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	id, begun := 0, false
	var before metaPage
	err := s.transact(what, s.db.Update, func(t tx) (err error) {
		if err = f(t); err != nil {
			return err
		}
		id = t.b.ID()
		before, err = s.metaOf(t.b)
		begun = err == nil
		return err
	})
	switch {
	case err == nil:
		s.told.Store(int64(id))
	case begun && !errors.Is(err, ErrDamaged) && before.written(s.file):
		s.failed = &before
		return errors.Join(err, s.takeBack())
	}
	return err
}

// takeBack undoes the commit that failed, for good. Until the disk takes that, nothing else is stored:
// it would be built on what was told not to hold. s.writing is held.
func (s *Store) takeBack() error {
	if s.failed == nil {
		return nil
	}
	if s.failed.data != nil {
		_, err := s.file.WriteAt(s.failed.data, s.failed.at)
		if err == nil {
			err = s.file.Sync()
		}
		if err != nil {
			return diskError(fmt.Errorf("take back a commit that failed: %w", err))
		}
		s.failed.data = nil
	}
	if err := s.reopen(); err != nil {
		return diskError(fmt.Errorf("open the file anew: %w", err))
	}
	s.failed = nil
	s.log.Warn("a commit that the disk did not take was taken back")
	return nil
}

// reopen waits for running transactions, and opens the file anew. Where that fails it can be tried
// again.
func (s *Store) reopen() error {
	s.opened.Lock()
	defer s.opened.Unlock()
	if err := guard(s.db.Close); err != nil {
		return err
	}
	db, file, err := openFile(s.path, s.config)
	if err != nil {
		return err
	}
	s.db, s.file = db, file
	return nil
}

var errEarly = errors.New("a commit is under way")

// read runs f in a transaction that reads what is on the disk: while bbolt syncs a commit, which may
// yet fail, it shows it already. Then f waits for the end of that.
func (s *Store) read(what string, f func(tx) error) error {
	for {
		early := false
		err := s.transactRead(what, func(t tx) error {
			if early = int64(t.b.ID()) > s.told.Load(); early {
				return errEarly
			}
			return f(t)
		})
		if !early {
			return err
		}
		s.writing.Lock()
		err = s.takeBack()
		s.writing.Unlock()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

func (s *Store) transactRead(what string, f func(tx) error) error {
	s.opened.RLock()
	defer s.opened.RUnlock()
	return s.transact(what, s.db.View, f)
}
