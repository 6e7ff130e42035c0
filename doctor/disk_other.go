//go:build !unix

package doctor

import "errors"

// space is not known here.
func space(string) (free uint64, writable bool, err error) {
	return 0, false, errors.New("free space is only known on Unix")
}
