//go:build !unix

package diskspace

import "errors"

// Of is not known here.
func Of(string) (free uint64, writable bool, err error) {
	return 0, false, errors.New("free space is only known on Unix")
}
