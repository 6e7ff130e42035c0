package hub

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"syscall"
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
	// buffered holds what was read and not yet taken: the WebSocket's buffer.
	buffered *bufio.Reader
	// raw is to wait on; nil where nobody can.
	raw syscall.RawConn
}

// readBuffer is enough for a ping or a Stored frame: what is longer is read past the buffer.
const readBuffer = 512

// fresh begins a new silence.
func (l *link) fresh() error { return l.SetReadDeadline(time.Now().Add(silence)) }

// WebSocket framing (RFC 6455, section 5.2), as far as a ping needs it.
const (
	finalPing   = 0x89
	masked      = 0x80
	maskedHead  = 6 // a short frame's head, its mask included
	longestPing = 125
)

// ping takes a ping, if that is what comes next; it may be called between messages alone. The
// WebSocket would answer it, too, and then wait for a message below a deep stack. The error is a silence; others
// are left to the next read, which meets them again.
func (l *link) ping() (data []byte, is bool, err error) {
	head, err := l.buffered.Peek(maskedHead)
	if timedOut(err) {
		return nil, false, err
	}
	if err != nil || head[0] != finalPing || head[1]&masked == 0 || head[1]&^masked > longestPing {
		return nil, false, nil
	}
	frame, err := l.buffered.Peek(maskedHead + int(head[1]&^masked))
	if timedOut(err) {
		return nil, false, err
	}
	if err != nil {
		return nil, false, nil
	}
	data = bytes.Clone(frame[maskedHead:])
	for i := range data {
		data[i] ^= frame[2+i%4]
	}
	_, err = l.buffered.Discard(len(frame))
	return data, true, err
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

// SetWriteDeadline does nothing: Write sets those that count.
func (l *link) SetWriteDeadline(time.Time) error { return nil }

// Write gives each piece its own time. (TLS does not survive a write that timed out half done, so
// that continuing one would not do.)
func (l *link) Write(b []byte) (written int, err error) {
	for first := true; first || len(b) > 0; first = false {
		if err := l.Conn.SetWriteDeadline(time.Now().Add(stall)); err != nil {
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
	h.link.Conn, h.link.raw = conn, awaitable(conn)
	if buffered.Reader.Buffered() == 0 { // otherwise the WebSocket refuses what comes too early
		buffered.Reader = bufio.NewReaderSize(h.link, readBuffer)
	}
	h.link.buffered = buffered.Reader
	return h.link, buffered, nil
}

// timedOut tells a deadline from other errors; the WebSocket hides which error it was.
func timedOut(err error) bool {
	timeout, is := errors.AsType[net.Error](err)
	return is && timeout.Timeout()
}
