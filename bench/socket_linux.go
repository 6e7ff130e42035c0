package main

import (
	"net"
	"syscall"
)

// shortenBacklog makes the listener hold the fewest connections that nobody has accepted.
func shortenBacklog(listener *net.TCPListener) error {
	return control(listener, func(fd int) error { return syscall.Listen(fd, 0) })
}

// shrinkBuffers gives the listener's connections the smallest buffer for what comes in.
func shrinkBuffers(listener *net.TCPListener) error {
	return control(listener, func(fd int) error { return syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1) })
}

func control(listener *net.TCPListener, f func(fd int) error) error {
	raw, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}
