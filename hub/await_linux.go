package hub

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// awaitable is a connection below which one can wait without reading.
func awaitable(conn any) syscall.RawConn {
	// TLS keeps what it has decrypted, of which the socket knows nothing
	below, is := conn.(syscall.Conn)
	if !is {
		return nil
	}
	raw, err := below.SyscallConn()
	if err != nil {
		return nil // it is closed, which the next read tells
	}
	return raw
}

// await returns when something can be read, or the reason why nothing will be; at once where nobody
// can wait but by reading. It calls little, so that whoever waits here needs the smallest stack.
func (l *link) await() error {
	if l.raw == nil {
		return nil
	}
	return l.raw.Read(l.readable)
}

// readable looks without taking. The poller asks once before it waits, and again each time that
// something has happened.
func (l *link) readable(fd uintptr) bool {
	look := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(look[:], 0)
	return n > 0 || err != nil && !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN)
}
