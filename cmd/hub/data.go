package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"comptoir/hub/orderlog"
)

// withRemedy says what to do where the hub cannot have its data directory.
func withRemedy(err error, data string) error {
	switch {
	case errors.Is(err, orderlog.ErrLocked):
		return fmt.Errorf("%w: stop that one first, or give this one a directory of its own with --data", err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: nothing can be written in %s: mend the disk or this user's rights, or give another directory with --data", err, data)
	}
	return err
}
