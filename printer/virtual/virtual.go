// Package virtual is a kitchen printer without paper: it takes tickets on a TCP port, as printers
// do on 9100, for the demonstration and for tests. It draws them too, for consoles and screens.
package virtual

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"comptoir/printer/escpos"
)

// Ticket is what came out of the printer.
type Ticket struct {
	escpos.Ticket
	// At is when its last byte came.
	At time.Time
	// Incomplete is true when the connection ended before the cut, by whichever side.
	Incomplete bool
}

// Printer is a listening printer. It serves one connection at a time, as real ones do: others
// wait until it is closed.
type Printer struct {
	listener net.Listener
	deliver  func(Ticket)
	done     chan struct{}

	mu      sync.Mutex
	current net.Conn // nil between connections
	closed  bool
}

// Listen opens a printer on a TCP address, "127.0.0.1:0" for any free port. Each ticket is given
// to deliver when it is cut, one at a time; the printer reads on when deliver returns. Deliver
// must not call Close.
func Listen(address string, deliver func(Ticket)) (*Printer, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("virtual printer: %w", err)
	}
	p := &Printer{listener: listener, deliver: deliver, done: make(chan struct{})}
	go p.serve() // ends with Close
	return p, nil
}

// Addr is the address the printer listens on.
func (p *Printer) Addr() string { return p.listener.Addr().String() }

// Close ends the printer and cuts off the connection it serves. Nothing is delivered after it
// has returned.
func (p *Printer) Close() error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	if p.current != nil {
		p.current.Close()
	}
	p.mu.Unlock()

	var err error
	if first {
		err = p.listener.Close()
	}
	<-p.done
	return err
}

func (p *Printer) serve() {
	defer close(p.done)
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // a caller that left before it was accepted
		}
		if p.serving(conn) {
			p.read(conn)
		}
		p.serving(nil)
		conn.Close()
	}
}

// serving notes the connection to cut off at Close; false if it is too late for one.
func (p *Printer) serving(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = conn
	return !p.closed
}

func (p *Printer) read(conn net.Conn) {
	stream := &clocked{conn: conn}
	decoder := escpos.NewDecoder(nil, func(t escpos.Ticket) {
		p.deliver(Ticket{Ticket: t, At: stream.last, Incomplete: t.Cut == escpos.CutNone})
	})
	// How the stream ends changes nothing: what is not cut is incomplete.
	_, _ = io.Copy(decoder, stream)
	_ = decoder.Close()
}

// clocked remembers when the last bytes came.
type clocked struct {
	conn net.Conn
	last time.Time
}

func (c *clocked) Read(b []byte) (int, error) {
	n, err := c.conn.Read(b)
	if n > 0 {
		c.last = time.Now()
	}
	return n, err
}
