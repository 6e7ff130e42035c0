package hub

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"time"
)

// A link's times. A terminal pings every 5 s: silence means a link that died unnoticed. The write
// side counts from each piece: a line of 1 kB/s is slow, but not dead.
const (
	silence   = 20 * time.Second
	stall     = 20 * time.Second
	helloWait = 10 * time.Second
	// piece is the bytes that a terminal must take within stall.
	piece = 16 << 10
)

// link is a terminal's connection below the WebSocket: its deadlines move as long as bytes pass,
// so that a large frame over a slow line is no silence.
type link struct {
	net.Conn
	// hello is by when the terminal must have said hello; zero once it has. The reader's own.
	hello time.Time
}

// Read reads until something comes, or silence has passed, or the deadline for a hello.
func (l *link) Read(b []byte) (int, error) {
	deadline := l.hello
	if deadline.IsZero() {
		deadline = time.Now().Add(silence)
	}
	if err := l.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return l.Conn.Read(b)
}

// Write gives each piece its own time. (TLS does not survive a write that timed out half done, so
// that continuing one would not do.)
func (l *link) Write(b []byte) (written int, err error) {
	for first := true; first || len(b) > 0; first = false {
		if err := l.SetWriteDeadline(time.Now().Add(stall)); err != nil {
			return written, err
		}
		n, err := l.Conn.Write(b[:min(piece, len(b))])
		written += n
		if err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}

// hijacker puts the link below the WebSocket that is made of a request.
type hijacker struct {
	http.ResponseWriter
	link *link
}

// Hijack takes the connection over.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.link.Conn = conn
	return h.link, buffered, nil
}

// timedOut tells a deadline from other errors; the WebSocket hides which error it was.
func timedOut(err error) bool {
	timeout, is := errors.AsType[net.Error](err)
	return is && timeout.Timeout()
}
