package main

import (
	"os"
	"syscall"
)

// fdatasync is what bbolt calls, too.
func fdatasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
