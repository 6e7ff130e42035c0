package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"comptoir/terminal"
)

// Transport reaches a printer.
type Transport interface {
	// Connect opens the way to the printer and sends nothing.
	Connect(ctx context.Context) (Link, error)
}

// Link carries one ticket.
type Link interface {
	// Send sends a whole ticket and says what became of it; the error is why it is not Sent or
	// Proven. When ctx ends, a copy already begun still gets a moment to come out whole.
	Send(ctx context.Context, ticket []byte) (terminal.Outcome, error)
	// Close frees the printer. After it the link is of no use.
	Close() error
}

// Proof is how a printer shows that a ticket came out.
type Proof string

// ProofBlind is no proof at all: the printer is sent nothing but tickets, and a ticket counts
// as sent when the printer's side has taken every byte and the connection ended well.
const ProofBlind Proof = "blind"

const (
	defaultDialTimeout  = 3 * time.Second
	defaultWriteTimeout = 10 * time.Second

	// closeWait is how long a blind printer has to close its side. Many never do.
	closeWait = 200 * time.Millisecond
	// lastMoment is what a begun copy gets at shutdown.
	lastMoment = time.Second
)

// TCP is a blind printer that takes raw bytes on a TCP port, usually 9100: one connection for
// each ticket, since most serve only one at a time.
type TCP struct {
	Address string // host:port
	// Proof is ProofBlind; empty stands for it. [Open] gives the other proofs.
	Proof Proof
	// DialTimeout is 3 s when zero.
	DialTimeout time.Duration
	// WriteTimeout bounds the sending of a ticket until the printer has taken it all; 10 s
	// when zero.
	WriteTimeout time.Duration
}

var _ Transport = TCP{}

// Connect dials.
func (t TCP) Connect(ctx context.Context) (Link, error) {
	if t.Proof != "" && t.Proof != ProofBlind {
		return nil, fmt.Errorf("unknown proof %q", t.Proof)
	}
	conn, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &tcpLink{conn: conn.(*net.TCPConn), timeout: orElse(t.WriteTimeout, defaultWriteTimeout)}, nil
}

func (t TCP) dial(ctx context.Context) (net.Conn, error) {
	// No keep-alive probes: the connection is not idle for long.
	dialer := net.Dialer{Timeout: orElse(t.DialTimeout, defaultDialTimeout), KeepAlive: -1}
	return dialer.DialContext(ctx, "tcp", t.Address)
}

// open is dial, for printers that answer.
func (t TCP) open(ctx context.Context) (Conversation, error) { return t.dial(ctx) }

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

type tcpLink struct {
	conn    *net.TCPConn
	timeout time.Duration
}

func (l *tcpLink) Close() error { return l.conn.Close() }

// Send writes the ticket in one go and closes at once.
func (l *tcpLink) Send(ctx context.Context, ticket []byte) (terminal.Outcome, error) {
	deadline := time.Now().Add(l.timeout)
	if err := l.conn.SetWriteDeadline(deadline); err != nil {
		return terminal.NothingLeft, err
	}
	stop := context.AfterFunc(ctx, func() {
		_ = l.conn.SetWriteDeadline(time.Now().Add(lastMoment)) // fails only once closed
	})
	defer stop()

	if n, err := l.conn.Write(ticket); err != nil {
		if n == 0 {
			return terminal.NothingLeft, err
		}
		return terminal.Unknown, err
	}
	if err := l.conn.CloseWrite(); err != nil {
		return terminal.Unknown, err
	}
	if err := l.settle(ctx, deadline); err != nil {
		return terminal.Unknown, err
	}
	if err := l.conn.Close(); err != nil {
		return terminal.Unknown, err
	}
	return terminal.Sent, nil
}

var errNotTaken = errors.New("the printer has not taken all of the ticket")

// settle waits until the printer's side closes, or until closeWait is over and it has
// acknowledged every byte. A write that worked only means that our side has the bytes.
func (l *tcpLink) settle(ctx context.Context, deadline time.Time) error {
	for {
		if err := l.conn.SetReadDeadline(time.Now().Add(closeWait)); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, l.conn)
		switch {
		case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
			return err // a reset
		case unacknowledged(l.conn) == 0:
			return nil
		case err == nil:
			return l.lastBytes(ctx)
		case ctx.Err() != nil || time.Now().After(deadline):
			return errNotTaken
		}
	}
}

// lastBytes waits, after the printer has closed its side, for the acknowledgements still under
// way. None will come if it closed before it had read all.
func (l *tcpLink) lastBytes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, closeWait)
	defer cancel()
	return acknowledged(ctx, l.conn)
}

// acknowledged waits until the other side has every byte, or until ctx ends.
func acknowledged(ctx context.Context, conn *net.TCPConn) error {
	tick := time.NewTicker(closeWait / 20)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if unacknowledged(conn) == 0 {
				return nil
			}
		case <-ctx.Done():
			return errNotTaken
		}
	}
}
