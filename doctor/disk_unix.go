//go:build unix

package doctor

import "golang.org/x/sys/unix"

// free is what a program may still write, in bytes.
func free(directory string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(directory, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
