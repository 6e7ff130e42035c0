package hub

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"comptoir/internal/pieces"
)

// A link's times. A terminal pings every 3 s: silence means a link that died unnoticed. The write
// side counts from each piece: a line of 1 kB/s is slow, but not dead.
const (
	silence   = 20 * time.Second
	stall     = 20 * time.Second
	helloWait = 10 * time.Second
	// piece is the bytes that a terminal must take within stall.
	piece = 16 << 10
	// receivingEvery is how often a terminal hears that a frame of it comes in: well within the
	// silence (8 s) after which it would give up.
	receivingEvery = 2 * time.Second
)

// link is a terminal's connection below the WebSocket: its deadlines move as long as bytes pass,
// so that a large frame over a slow line is no silence.
type link struct {
	net.Conn
	// hello is by when the terminal must have said hello; zero once it has. The reader's own.
	hello time.Time
	// receiving is called every receivingEvery while a frame comes in; nil between frames. since is
	// when it was last, or when the frame began. Both are the reader's own.
	receiving func()
	since     time.Time
	// buffered holds what was read and not yet taken: the WebSocket's buffer.
	buffered *bufio.Reader
	// raw is to wait on; nil where nobody can.
	raw syscall.RawConn
}

// readBuffer is enough for a ping or a Stored frame: what is longer is read past the buffer. The
// WebSocket takes a smaller one than 257 for none, and makes its own of 4 KB.
const readBuffer = 288

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
	n, err := l.Conn.Read(b)
	if n > 0 && l.receiving != nil {
		if now := time.Now(); now.Sub(l.since) >= receivingEvery {
			l.since = now
			l.receiving()
		}
	}
	return n, err
}

// receives has told called while a frame comes in; nil at its end.
func (l *link) receives(told func()) { l.receiving, l.since = told, time.Now() }

// SetWriteDeadline does nothing: Write sets those that count.
func (l *link) SetWriteDeadline(time.Time) error { return nil }

// Write gives each piece its own time.
func (l *link) Write(b []byte) (int, error) { return pieces.Write(l.Conn, b, piece, stall) }

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
