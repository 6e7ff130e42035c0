package virtual_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t *testing.T) (*virtual.Printer, <-chan virtual.Ticket) {
	t.Helper()
	out := make(chan virtual.Ticket, 10)
	p, err := virtual.Listen("127.0.0.1:0", func(ticket virtual.Ticket) { out <- ticket })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, out
}

func ticket(text string) string {
	e := escpos.NewEncoder(escpos.Generic(32))
	e.Init()
	e.Line(text)
	e.Cut()
	return string(e.Bytes())
}

// send sends parts on one connection and waits until the printer has closed it.
func send(t *testing.T, p *virtual.Printer, parts ...string) {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
}

func TestTickets(t *testing.T) {
	p, out := listen(t)
	before := time.Now()
	first := ticket("Café crème")
	send(t, p, first[:7], first[7:], ticket("Thé"))
	send(t, p, ticket("Éclair"), ticket("cut off")[:15])
	for _, want := range []string{"Café crème\n", "Thé\n", "Éclair\n", "cut o\n"} {
		got := <-out
		if got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
		if got.Incomplete != (want == "cut o\n") {
			t.Errorf("%q: incomplete is %v", want, got.Incomplete)
		}
		if got.At.Before(before) || got.At.After(time.Now()) {
			t.Errorf("%q: came at %v", want, got.At)
		}
	}
	if len(out) > 0 {
		t.Errorf("and %q", <-out)
	}
}

func TestReset(t *testing.T) {
	p, out := listen(t)
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	whole := ticket("whole")
	if _, err := io.WriteString(conn, whole+"\x1b@half a li"); err != nil {
		t.Fatal(err)
	}
	if got := <-out; got.Incomplete { // the printer has read that far
		t.Errorf("got %+v", got)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
	if got := <-out; !got.Incomplete || got.String() != "half a li\n" {
		t.Errorf("got %+v", got)
	}
}

func TestCloseWhileServing(t *testing.T) {
	p, out := listen(t)
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, ticket("a")); err != nil {
		t.Fatal(err)
	}
	<-out
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("again: %v", err)
	}
	if conn, err := net.Dial("tcp", p.Addr()); err == nil {
		conn.Close()
		t.Error("still listens")
	}
}

func TestListenTwice(t *testing.T) {
	p, _ := listen(t)
	if second, err := virtual.Listen(p.Addr(), nil); err == nil {
		second.Close()
		t.Error("no error")
	}
}

func TestText(t *testing.T) {
	e := escpos.NewEncoder(escpos.Generic(16))
	e.Init()
	e.Size(2, 2)
	e.Reverse(true)
	e.Text("  COPY  ")
	e.Reverse(false)
	e.Size(1, 1)
	e.Line("")
	e.Align(escpos.Center)
	e.Line("sent")
	e.Align(escpos.Right)
	e.Line("12:09")
	e.Align(escpos.Left)
	e.Bold(true)
	e.Size(2, 2)
	e.Text("1 ")
	e.Size(1, 2)
	e.Line("Crème")
	e.Size(1, 1)
	e.Line("1234567890123456")
	e.Bold(false)
	e.Feed(4)
	whole := e.Bytes()
	e.Cut()
	for cut, b := range map[string][]byte{"└────────────────┘": e.Bytes(), "│                │ not cut": whole} {
		papers, err := escpos.Decode(nil, b)
		if err != nil || len(papers) != 1 {
			t.Fatal(papers, err)
		}
		want := strings.Join([]string{
			"┌────────────────┐",
			"│[ COPY ]        │ 2x2",
			"│      sent      │",
			"│           12:09│",
			"│1   Crème       │ 2x2 bold, 1x2 bold",
			"│1234567890123456│ bold",
			cut, "",
		}, "\n")
		if got := virtual.Text(papers[0]); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}
