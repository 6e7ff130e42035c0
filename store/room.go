package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"comptoir/internal/aside"
	"comptoir/terminal"
)

// On a full disk the terminal goes on for a while with the room of a file that it has kept for
// that: a ticket that is under way must be marked, and a tap kept. 4 MiB are some thousand taps.
const (
	reserveFile = "terminal.reserve"
	reserveSize = 4 << 20
)

// room is what a Store knows of the disk below it.
type room struct {
	path string

	mu    sync.Mutex
	fault terminal.DiskFault
}

// diskError says of an error of bbolt what it means for the disk. Whatever is not damage comes
// from there.
func diskError(err error) error {
	fault := terminal.DiskFailing
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		fault = terminal.DiskFull
	case errors.Is(err, syscall.EROFS):
		fault = terminal.DiskReadOnly
	}
	return &terminal.DiskError{Fault: fault, Err: err}
}

func faultOf(err error) terminal.DiskFault {
	if e, is := errors.AsType[*terminal.DiskError](err); is {
		return e.Fault
	}
	return terminal.DiskWorks
}

func (r *room) missing(err error) bool { return faultOf(err) == terminal.DiskFull }

// release gives up the reserve, if there is one.
func (r *room) release(log *slog.Logger) bool {
	if err := os.Remove(r.path); err != nil {
		return false
	}
	log.Error("the disk is full: the reserve is used now", "bytes", reserveSize)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = terminal.DiskFull
	return true
}

// note remembers a fault. That a write went well does not end a fault: it may have been the last
// that finds room.
func (r *room) note(err error) {
	if fault := faultOf(err); fault != terminal.DiskWorks {
		r.mu.Lock()
		r.fault = fault
		r.mu.Unlock()
	}
}

// Disk implements terminal.Store.
func (s *Store) Disk() terminal.DiskFault {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.room.fault
}

// Mend implements terminal.Store: all is well once the reserve is there, whole, and nothing of a commit
// that failed is left.
func (s *Store) Mend() terminal.DiskFault {
	err := s.room.keep()
	if err == nil {
		s.writing.Lock()
		err = s.takeBack()
		s.writing.Unlock()
	}
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	s.room.fault = faultOf(err)
	return s.room.fault
}

// keep makes the reserve where it is missing.
func (r *room) keep() error {
	r.mu.Lock()
	fault := r.fault
	r.mu.Unlock()
	// a disk that fails must take something first
	if info, err := os.Stat(r.path); err == nil && info.Size() == reserveSize && (fault == terminal.DiskWorks || fault == terminal.DiskFull) {
		return nil
	}
	made := r.path + fresh
	if err := writeReserve(made); err != nil {
		return errors.Join(err, removed(made))
	}
	if err := errors.Join(os.Rename(made, r.path), aside.Sync(filepath.Dir(r.path))); err != nil {
		return diskError(err)
	}
	return nil
}

func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func writeReserve(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError(fmt.Errorf("make the reserve: %w", err))
	}
	block := make([]byte, 64<<10)
	for n := 0; n < reserveSize && err == nil; n += len(block) {
		_, err = file.Write(block)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return diskError(fmt.Errorf("make the reserve: %w", err))
	}
	return nil
}
