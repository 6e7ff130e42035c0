// Package pieces writes to slow lines: what counts is that something goes on, not how long all takes.
package pieces

import (
	"net"
	"time"
)

// Write writes b to conn in pieces of at most size bytes, each of which the line must take within
// the time given. A deadline that has passed is the error of conn; what was to follow does not go,
// since TLS does not survive a write that was left half done.
func Write(conn net.Conn, b []byte, size int, within time.Duration) (written int, err error) {
	for first := true; first || len(b) > 0; first = false {
		if err := conn.SetWriteDeadline(time.Now().Add(within)); err != nil {
			return written, err
		}
		n, err := conn.Write(b[:min(size, len(b))])
		written += n
		if err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}
