// Package pipes is a network in memory, for tests whose time is synthetic: a listener, and lines
// to it that fail at any byte.
package pipes

import (
	"context"
	"net"
	"sync"
	"time"
)

// Listener takes the connections of its lines.
type Listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Listen makes a listener.
func Listen() *Listener {
	return &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial connects; it fits websocket.Dialer.NetDialContext and the like.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses further connections.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr names no place.
func (l *Listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// Way is one direction of a line.
type Way int

// The ways.
const (
	There Way = iota // from who dials
	Back
)

// Line is a peer's way to a listener, which may change. Its zero value holds, once it leads
// somewhere.
type Line struct {
	// Latency is how long a piece takes on its way; it must not change any more.
	Latency time.Duration

	mu    sync.Mutex
	to    *Listener
	down  bool
	conns map[*conn]bool
	mute  [2]bool
	// left counts the bytes down to a cut, where armed.
	armed [2]bool
	left  [2]int
}

// To leads the line to a listener; nil is nowhere.
func (l *Line) To(to *Listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = to
}

// Cut resets all connections, and refuses new ones until Mend.
func (l *Line) Cut() {
	l.mu.Lock()
	l.down = true
	l.mu.Unlock()
	l.Reset()
}

// Reset ends the connections that there are.
func (l *Line) Reset() {
	l.mu.Lock()
	conns := l.conns
	l.conns = nil
	l.mu.Unlock()
	for c := range conns {
		_ = c.Conn.Close() // it is over either way
	}
}

// CutAfter cuts the line once n more bytes have gone one way.
func (l *Line) CutAfter(way Way, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed[way], l.left[way] = true, n
}

// Mute loses from now on what goes one way, as a half-open link does: nobody hears of it. A
// connection that has lost something stays mute after Mend.
func (l *Line) Mute(way Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute[way] = true
}

// Mend lets new connections through.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down, l.mute, l.armed = false, [2]bool{}, [2]bool{}
}

// Dial connects as long as the line holds.
func (l *Line) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	to, down := l.to, l.down
	l.mu.Unlock()
	if down || to == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: net.ErrClosed}
	}
	raw, err := to.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, line: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns == nil {
		l.conns = map[*conn]bool{}
	}
	l.conns[c] = true
	return c, nil
}

// conn is the dialler's end.
type conn struct {
	net.Conn
	line *Line
	lost [2]bool // guarded by the line's mu
}

// pass says how many of n bytes get through, and whether the rest cuts the line.
func (c *conn) pass(way Way, n int) (through int, lost, cut bool) {
	l := c.line
	l.mu.Lock()
	defer l.mu.Unlock()
	c.lost[way] = c.lost[way] || l.mute[way]
	if c.lost[way] {
		return 0, true, false
	}
	if !l.armed[way] {
		return n, false, false
	}
	through = min(n, l.left[way])
	l.left[way] -= through
	if cut = through < n; cut {
		l.armed[way], l.down = false, true
	}
	return through, false, cut
}

func (c *conn) Write(b []byte) (int, error) {
	time.Sleep(c.line.Latency)
	through, lost, cut := c.pass(There, len(b))
	if lost {
		return len(b), nil
	}
	n, err := c.Conn.Write(b[:through])
	if cut {
		c.line.Reset()
		return n, net.ErrClosed
	}
	return n, err
}

func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil {
			return n, err
		}
		time.Sleep(c.line.Latency)
		through, lost, cut := c.pass(Back, n)
		if lost {
			continue
		}
		if cut {
			c.line.Reset()
			return through, net.ErrClosed
		}
		return through, nil
	}
}

func (c *conn) Close() error {
	c.line.mu.Lock()
	delete(c.line.conns, c)
	c.line.mu.Unlock()
	return c.Conn.Close()
}
