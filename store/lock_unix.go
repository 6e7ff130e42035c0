//go:build unix && !solaris && !aix

package store

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the lock that bbolt takes, so that no other process has the file open meanwhile.
func lock(path string) (unlock func(), err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(ErrInUse, file.Close())
	} else if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the file: %w", err), file.Close())
	}
	return func() { _ = file.Close() }, nil // which lets go of it
}

// release lets go of bbolt's lock on a file that bbolt cannot close any more. It stays mapped until this
// process ends.
func release(file *os.File) error { return unix.Flock(int(file.Fd()), unix.LOCK_UN) }
