package printer

import (
	"net"

	"golang.org/x/sys/unix"
)

// unacknowledged returns how many bytes, the end of the stream counting as one, the other side
// has not acknowledged; 0 if that cannot be known.
func unacknowledged(conn *net.TCPConn) int {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	waiting := 0
	_ = raw.Control(func(fd uintptr) { // fails only on a closed connection
		if n, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ); err == nil {
			waiting = n
		}
	})
	return waiting
}
