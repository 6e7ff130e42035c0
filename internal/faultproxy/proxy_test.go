package faultproxy_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"comptoir/internal/faultproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo gives back what it is told.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		work.Wait()
	})
	return listener.Addr().String()
}

func proxied(t *testing.T) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New("", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func set(t *testing.T, p *faultproxy.Proxy, f faultproxy.Fault) {
	t.Helper()
	if err := p.Set(f); err != nil {
		t.Fatal(err)
	}
}

func dial(t *testing.T, p *faultproxy.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// hear waits for as many bytes as were said.
func hear(conn net.Conn, text string, limit time.Duration) error {
	if err := conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	buffer := make([]byte, len(text))
	if _, err := io.ReadFull(conn, buffer); err != nil {
		return err
	}
	if string(buffer) != text {
		return errors.New("heard " + string(buffer))
	}
	return nil
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

const (
	patience = 10 * time.Second
	moment   = 50 * time.Millisecond // for what must not come
)

func passes(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	say(t, conn, text)
	if err := hear(conn, text, patience); err != nil {
		t.Fatal(err)
	}
}

func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := hear(conn, "x", moment); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("not silent: %v", err)
	}
}

func TestDrop(t *testing.T) {
	p := proxied(t)
	before := dial(t, p)
	passes(t, before, "a")
	set(t, p, faultproxy.Fault{Kind: faultproxy.Drop})
	during := dial(t, p)
	say(t, before, "bc")
	say(t, during, "d")
	silent(t, before)
	silent(t, during)
	set(t, p, faultproxy.Fault{})
	for conn, text := range map[net.Conn]string{before: "bc", during: "d"} {
		if err := hear(conn, text, patience); err != nil {
			t.Errorf("what was sent meanwhile: %v", err)
		}
	}
	if s := p.Stats(); s.Connections != 2 || s.Bytes != 8 {
		t.Errorf("%+v, want 2 connections, 8 bytes", s)
	}
}

func TestHalfOpen(t *testing.T) {
	p := proxied(t)
	before := dial(t, p)
	passes(t, before, "a")
	set(t, p, faultproxy.Fault{Kind: faultproxy.HalfOpen})
	during := dial(t, p)
	say(t, before, "b")
	say(t, during, "c")
	silent(t, before)
	silent(t, during)
	set(t, p, faultproxy.Fault{})
	silent(t, before)
	silent(t, during)
	passes(t, dial(t, p), "d")
}

func TestResetAndRefuse(t *testing.T) {
	for kind, want := range map[faultproxy.Kind]error{faultproxy.Reset: syscall.ECONNRESET, faultproxy.Refuse: io.EOF} {
		t.Run(kind.String(), func(t *testing.T) {
			p := proxied(t)
			conn := dial(t, p)
			passes(t, conn, "a")
			set(t, p, faultproxy.Fault{Kind: kind})
			if err := hear(conn, "b", patience); !errors.Is(err, want) {
				t.Errorf("a connection ends with %v, want %v", err, want)
			}
			again, err := net.Dial("tcp", p.Address())
			if kind == faultproxy.Refuse {
				if !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("a new connection: %v", err)
				}
			} else if err == nil {
				if err := hear(again, "b", patience); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("a new connection ends with %v", err)
				}
			}
			if again != nil {
				_ = again.Close()
			}
			set(t, p, faultproxy.Fault{})
			passes(t, dial(t, p), "c")
		})
	}
}

func TestDelay(t *testing.T) {
	p := proxied(t)
	conn := dial(t, p)
	const delay = 60 * time.Millisecond
	set(t, p, faultproxy.Fault{Kind: faultproxy.Delay, Delay: delay})
	begun := time.Now()
	passes(t, conn, "abc")
	if took := time.Since(begun); took < 2*delay {
		t.Errorf("there and back in %v, want at least %v", took, 2*delay)
	}
}

func TestThrottle(t *testing.T) {
	p := proxied(t)
	conn := dial(t, p)
	set(t, p, faultproxy.Fault{Kind: faultproxy.Throttle, Rate: 5000})
	text := string(bytes.Repeat([]byte("x"), 1000))
	begun := time.Now()
	passes(t, conn, text)
	if took := time.Since(begun); took < 200*time.Millisecond {
		t.Errorf("1000 bytes in %v at 5000 per second", took)
	}
}

// TestChangeMeanwhile: bytes under way on a slow link go on at once when it is good again.
func TestChangeMeanwhile(t *testing.T) {
	for _, f := range []faultproxy.Fault{{Kind: faultproxy.Throttle, Rate: 1}, {Kind: faultproxy.Delay, Delay: time.Hour}} {
		p := proxied(t)
		conn := dial(t, p)
		passes(t, conn, "a")
		set(t, p, f)
		say(t, conn, "bcd")
		silent(t, conn)
		set(t, p, faultproxy.Fault{})
		if err := hear(conn, "bcd", patience); err != nil {
			t.Errorf("%v: %v", f.Kind, err)
		}
	}
}

func TestClose(t *testing.T) {
	for kind := faultproxy.None; kind <= faultproxy.Throttle; kind++ {
		p := proxied(t)
		conn := dial(t, p)
		passes(t, conn, "a")
		set(t, p, faultproxy.Fault{Kind: kind, Delay: time.Hour, Rate: 1})
		_, _ = io.WriteString(conn, "on its way")
		if err := p.Close(); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
		if err := p.Set(faultproxy.Fault{}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Set after Close: %v", err)
		}
	}
}

// A connection that ends on a slow link is forgotten with what was still on its way.
func TestThrottledEnd(t *testing.T) {
	p := proxied(t)
	set(t, p, faultproxy.Fault{Kind: faultproxy.Throttle, Rate: 10})
	conn := dial(t, p)
	say(t, conn, strings.Repeat("x", 1000)) // of which the other side has a byte in the first second
	deadline := time.After(10 * time.Second)
	for p.Stats().Bytes == 0 {
		select {
		case <-deadline:
			t.Fatal("nothing passes")
		case <-time.After(time.Millisecond):
		}
	}
	if err := conn.(*net.TCPConn).SetLinger(0); err != nil { // as a program that was killed
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for p.Stats().Open > 0 {
		select {
		case <-deadline:
			t.Fatalf("%d connections are still there", p.Stats().Open)
		case <-time.After(time.Millisecond):
		}
	}
}
