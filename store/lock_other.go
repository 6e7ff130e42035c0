//go:build !unix || solaris || aix

package store

import (
	"errors"
	"os"
)

// lock cannot take bbolt's lock here: the file that is open elsewhere cannot be renamed.
func lock(path string) (unlock func(), err error) {
	_, err = os.Stat(path)
	return func() {}, err
}

// release cannot let go of bbolt's lock here.
func release(*os.File) error { return errors.ErrUnsupported }
