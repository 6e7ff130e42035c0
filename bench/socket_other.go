//go:build !linux

package main

import (
	"errors"
	"net"
)

// shortenBacklog is known of Linux only.
func shortenBacklog(*net.TCPListener) error { return errors.ErrUnsupported }

// shrinkBuffers: only Linux tells the terminal, too, that a printer has not taken its bytes.
func shrinkBuffers(*net.TCPListener) error { return errors.ErrUnsupported }
