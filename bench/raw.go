package main

import (
	"os"
	"time"
)

// raw is the baseline R4K: one writer that appends 4 KB to a plain file and waits for the disk.
type raw struct {
	file  *os.File
	block []byte
}

func newRaw(path string) (*raw, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &raw{file: file, block: make([]byte, 4096)}, nil
}

func (r *raw) Close() error { return r.file.Close() }

// append takes so long for n appends, each on the disk before the next.
func (r *raw) append(n int) (time.Duration, error) {
	start := time.Now()
	for range n {
		if _, err := r.file.Write(r.block); err != nil {
			return 0, err
		}
		if err := fdatasync(r.file); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}
