//go:build !unix

package doctor

import "errors"

// free is not known here.
func free(string) (uint64, error) {
	return 0, errors.New("free space is only known on Unix")
}
