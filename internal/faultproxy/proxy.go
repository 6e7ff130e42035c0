// Package faultproxy is a TCP proxy whose link can be made as bad as those of shops are.
package faultproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Kind is what is wrong with a link.
type Kind int

const (
	// None: everything passes at once.
	None Kind = iota
	// Drop: nothing arrives, on either side. What was sent arrives when the link is back, as TCP
	// sends again.
	Drop
	// HalfOpen: connections are accepted and everything is swallowed, and no end is told. They stay
	// so when the link is back: the other side has forgotten them.
	HalfOpen
	// Reset: connections end with a reset, new ones too.
	Reset
	// Refuse: connections end, and nobody listens.
	Refuse
	// Delay: every byte arrives Fault.Delay later.
	Delay
	// Throttle: Fault.Rate bytes pass in a second, each way and connection.
	Throttle
)

var kinds = []string{"none", "drop", "half-open", "reset", "refuse", "delay", "throttle"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kinds) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kinds[k]
}

// Fault is a state of the link; the zero value is a good one.
type Fault struct {
	Kind  Kind
	Delay time.Duration // of Delay
	Rate  int           // of Throttle, in bytes per second
}

// Proxy passes connections on to one address.
type Proxy struct {
	address, target string

	mu       sync.Mutex
	listener net.Listener // nil while it refuses
	fault    Fault
	changed  chan struct{} // closed by the next change of fault
	pairs    map[*pair]bool
	closed   bool
	stats    Stats
	work     sync.WaitGroup
}

// Stats counts since the beginning: connections that were accepted, and bytes passed on either way.
// Open are the connections of now.
type Stats struct {
	Connections, Open int
	Bytes             int64
}

// New listens on a free port of the loopback address, or on the given address if it is not empty.
func New(address, target string) (*Proxy, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("fault proxy: %w", err)
	}
	p := &Proxy{
		address: listener.Addr().String(), target: target, listener: listener,
		changed: make(chan struct{}), pairs: map[*pair]bool{},
	}
	p.work.Go(func() { p.accept(listener) })
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.address }

// Stats counts what has passed.
func (p *Proxy) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	stats := p.stats
	stats.Open = len(p.pairs)
	return stats
}

// Set changes the link, for the connections that there are and for those to come.
func (p *Proxy) Set(f Fault) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return net.ErrClosed
	}
	p.fault = f
	close(p.changed)
	p.changed = make(chan struct{})
	for pair := range p.pairs {
		switch f.Kind {
		case HalfOpen:
			pair.dead = true
		case Reset:
			pair.end(true)
		case Refuse:
			pair.end(false)
		}
	}
	if f.Kind == Refuse {
		return p.deafen()
	}
	if p.listener != nil {
		return nil
	}
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		return fmt.Errorf("fault proxy: %w", err)
	}
	p.listener = listener
	p.work.Go(func() { p.accept(listener) })
	return nil
}

// deafen is called with mu held.
func (p *Proxy) deafen() error {
	if p.listener == nil {
		return nil
	}
	err := p.listener.Close()
	p.listener = nil
	return err
}

// Close ends all connections and waits for the proxy's goroutines.
func (p *Proxy) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	close(p.changed) // and never replaced: nobody waits any more
	err := p.deafen()
	for pair := range p.pairs {
		pair.end(false)
	}
	p.mu.Unlock()
	p.work.Wait()
	return err
}

func (p *Proxy) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // closed
		}
		p.mu.Lock()
		p.stats.Connections++
		ctx, cancel := context.WithCancel(context.Background())
		c := &pair{client: client, dead: p.fault.Kind == HalfOpen, cancel: cancel}
		refused := p.closed || p.fault.Kind == Reset || p.fault.Kind == Refuse
		if refused {
			c.end(true)
		} else {
			p.pairs[c] = true
			p.work.Go(func() { p.serve(ctx, c) })
		}
		p.mu.Unlock()
	}
}

// state is the link's, and what tells its next change.
func (p *Proxy) state() (f Fault, changed <-chan struct{}, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.changed, p.closed
}

// pair is a connection and its continuation. The proxy's mutex guards it.
type pair struct {
	client, server net.Conn
	// dead: whatever comes is swallowed.
	dead, ended bool
	cancel      context.CancelFunc
}

// end closes both sides, by a reset or politely. It is called with the proxy's mutex held.
func (c *pair) end(reset bool) {
	if c.ended {
		return
	}
	c.ended = true
	c.cancel()
	for _, conn := range []net.Conn{c.client, c.server} {
		if conn == nil {
			continue
		}
		if tcp, is := conn.(*net.TCPConn); is && reset {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

func (p *Proxy) finish(c *pair, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.dead && err == nil { // the side that has gone must not tell the other
		return
	}
	c.end(false)
}

// serve carries a connection until it ends. The target is met only once the link lets a byte pass.
func (p *Proxy) serve(ctx context.Context, c *pair) {
	defer func() {
		p.mu.Lock()
		c.end(false)
		delete(p.pairs, c)
		p.mu.Unlock()
	}()
	if p.pass(ctx) != nil {
		return
	}
	p.mu.Lock()
	dead := c.dead
	p.mu.Unlock()
	if dead {
		p.swallow(c.client)
		return
	}
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	if err != nil {
		return
	}
	p.mu.Lock()
	c.server = server
	if c.ended {
		_ = server.Close()
	}
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.finish(c, p.pump(ctx, c, server, c.client)) })
	both.Go(func() { p.finish(c, p.pump(ctx, c, c.client, server)) })
	both.Wait()
}

// swallow reads until the other side, or the proxy, ends the connection.
func (p *Proxy) swallow(conn net.Conn) {
	buffer := make([]byte, chunk)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// errClosed ends a pump whose proxy has been closed.
var errClosed = errors.New("the proxy is closed")

// pass waits while the link drops everything. It is an error once the connection has ended.
func (p *Proxy) pass(ctx context.Context) error {
	for ctx.Err() == nil {
		f, changed, closed := p.state()
		if closed {
			return errClosed
		}
		if f.Kind != Drop {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	return ctx.Err()
}
