//go:build !linux

package main

import "os"

// fdatasync does what bbolt does where there is no other call.
func fdatasync(f *os.File) error { return f.Sync() }
