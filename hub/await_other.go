//go:build !linux

package hub

import "syscall"

// awaitable: waiting without reading is for Linux alone.
func awaitable(any) syscall.RawConn { return nil }

func (l *link) await() error { return nil }
