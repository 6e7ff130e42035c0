package printer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"comptoir/printer"
	"comptoir/terminal"
)

// listen serves one connection with a script and then closes it.
func listen(t *testing.T, script func(*net.TCPConn)) printer.TCP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		script(conn.(*net.TCPConn))
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return printer.TCP{Address: listener.Addr().String(), Proof: printer.ProofBlind}
}

// reset closes a connection so that the other side sees it cut.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	conn.Close()
}

func send(t *testing.T, ctx context.Context, p printer.TCP, ticket []byte) (terminal.Outcome, error) {
	t.Helper()
	link, err := p.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	return link.Send(ctx, ticket)
}

func TestTCPSent(t *testing.T) {
	ticket := bytes.Repeat([]byte("Burger\n"), 200)
	for name, script := range map[string]func(*net.TCPConn, []byte){
		"closes after the end":      func(*net.TCPConn, []byte) {},
		"never closes":              func(conn *net.TCPConn, _ []byte) { _, _ = conn.Read(make([]byte, 1)) },
		"answers what nobody asked": func(conn *net.TCPConn, _ []byte) { _, _ = conn.Write([]byte{0x16, 0x12}) },
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan []byte, 1)
			release := make(chan struct{})
			p := listen(t, func(conn *net.TCPConn) {
				b, _ := io.ReadAll(conn)
				got <- b
				if name == "never closes" {
					<-release
				}
				script(conn, b)
			})
			defer close(release)
			start := time.Now()
			outcome, err := send(t, t.Context(), p, ticket)
			if outcome != terminal.Sent || err != nil {
				t.Errorf("got %v, %v", outcome, err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			if b := <-got; !bytes.Equal(b, ticket) {
				t.Errorf("the printer got %d bytes of %d, or others", len(b), len(ticket))
			}
		})
	}
}

// TestTCPEndsStreamAtOnce: the printer sees the end of the stream right after the last byte,
// not when it is given up.
func TestTCPEndsStreamAtOnce(t *testing.T) {
	ended := make(chan struct{})
	answered := make(chan struct{})
	p := listen(t, func(conn *net.TCPConn) {
		_, _ = io.Copy(io.Discard, conn)
		close(ended)
		<-answered
	})
	go func() {
		defer close(answered)
		if outcome, err := send(t, t.Context(), p, []byte("a\n")); outcome != terminal.Sent {
			t.Errorf("got %v, %v", outcome, err)
		}
	}()
	<-ended
	<-answered
}

func TestTCPUnknown(t *testing.T) {
	ticket := bytes.Repeat([]byte("Burger\n"), 200)
	for name, script := range map[string]func(*net.TCPConn){
		"reset mid-ticket": func(conn *net.TCPConn) {
			_, _ = io.ReadFull(conn, make([]byte, 700))
			reset(conn)
		},
		"reset after the last byte": func(conn *net.TCPConn) {
			_, _ = io.ReadFull(conn, make([]byte, len(ticket)))
			reset(conn)
		},
		"closed mid-ticket": func(conn *net.TCPConn) {
			_, _ = io.ReadFull(conn, make([]byte, 700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			outcome, err := send(t, t.Context(), listen(t, script), ticket)
			if outcome != terminal.Unknown || err == nil {
				t.Errorf("got %v, %v", outcome, err)
			}
		})
	}
}

// TestTCPNotTaken: a printer that stops reading has not got what waits on our side.
func TestTCPNotTaken(t *testing.T) {
	for name, size := range map[string]int{"in our buffers": 400_000, "beyond our buffers": 64_000_000} {
		t.Run(name, func(t *testing.T) {
			if size < 1_000_000 && runtime.GOOS != "linux" {
				t.Skip("only Linux tells what the other side has acknowledged")
			}
			release := make(chan struct{})
			p := listen(t, func(conn *net.TCPConn) {
				_ = conn.SetReadBuffer(4096)
				<-release
			})
			defer close(release)
			p.WriteTimeout = 400 * time.Millisecond
			outcome, err := send(t, t.Context(), p, make([]byte, size))
			if outcome != terminal.Unknown || err == nil {
				t.Errorf("got %v, %v", outcome, err)
			}
		})
	}
}

func TestTCPShutdown(t *testing.T) {
	release := make(chan struct{})
	p := listen(t, func(*net.TCPConn) { <-release })
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	link, err := p.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	start := time.Now()
	cancel()
	outcome, err := link.Send(ctx, make([]byte, 64_000_000))
	if outcome != terminal.Unknown || err == nil {
		t.Errorf("got %v, %v", outcome, err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestTCPConnect(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	if _, err := (printer.TCP{Address: address}).Connect(t.Context()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nobody listens: got %v", err)
	}
	if _, err := (printer.TCP{Address: address, Proof: "promise"}).Connect(t.Context()); err == nil || errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("unknown proof: got %v", err)
	}
}
