//go:build unix

// Package diskspace tells how much room a disk has.
package diskspace

import "golang.org/x/sys/unix"

// Of is what a program may still write, in bytes, and whether it may.
func Of(directory string) (free uint64, writable bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(directory, &s); err != nil {
		return 0, false, err
	}
	// a file system that met a fault is mounted read-only, which is an error here even for root
	return uint64(s.Bavail) * uint64(s.Bsize), unix.Access(directory, unix.W_OK) == nil, nil
}
