package printer_test

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/printer"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

// paperOf opens a virtual printer that puts its tickets on a channel.
func paperOf(t *testing.T, address string) (*virtual.Printer, <-chan virtual.Ticket) {
	t.Helper()
	out := make(chan virtual.Ticket, 100)
	p, err := virtual.Listen(address, func(ticket virtual.Ticket) { out <- ticket })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, out
}

func TestPrinterDownThenUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	j := newJournal("a")
	q := newQueue(j, printer.TCP{Address: address})
	stop := run(t, q)
	if f := <-j.finished; f.outcome != terminal.NothingLeft || f.problem == "" {
		t.Fatalf("got %+v", f)
	}
	_, out := paperOf(t, address)
	q.Wake()
	if f := <-j.finished; f.outcome != terminal.Sent || f.problem != "" {
		t.Fatalf("got %+v", f)
	}
	stop()
	ticket := <-out
	if ticket.Incomplete || !strings.HasPrefix(ticket.String(), "#214\n") {
		t.Errorf("on paper:\n%s", ticket)
	}
	if len(out) > 0 {
		t.Error("printed twice")
	}
}

func TestQueueInOrder(t *testing.T) {
	device, out := paperOf(t, "127.0.0.1:0")
	keys := []string{"a", "b", "c", "d", "e"}
	j := newJournal(keys...)
	run(t, newQueue(j, printer.TCP{Address: device.Addr()}))
	var got []string
	for range keys {
		f := <-j.finished
		if f.outcome != terminal.Sent {
			t.Errorf("got %+v", f)
		}
		got = append(got, f.key)
		<-out
	}
	if !slices.Equal(got, keys) {
		t.Errorf("printed %q", got)
	}
}

func TestResetMidTicket(t *testing.T) {
	p := listen(t, func(conn *net.TCPConn) {
		_, _ = io.ReadFull(conn, make([]byte, 100))
		reset(conn)
	})
	j := newJournal("a")
	run(t, newQueue(j, p))
	if f := <-j.finished; f.outcome != terminal.Unknown || f.problem == "" {
		t.Errorf("got %+v", f)
	}
}

// bulky makes each ticket so long that a printer which does not read blocks the write.
type bulky struct{ printer.TCP }

func (b bulky) Connect(ctx context.Context) (printer.Link, error) {
	link, err := b.TCP.Connect(ctx)
	return bulkyLink{link}, err
}

type bulkyLink struct{ printer.Link }

func (b bulkyLink) Send(ctx context.Context, ticket []byte) (terminal.Outcome, error) {
	return b.Link.Send(ctx, append(ticket, make([]byte, 64_000_000)...))
}

// TestQueuesAreIndependent: a printer that takes the connection and nothing else holds up only
// its own tickets.
func TestQueuesAreIndependent(t *testing.T) {
	release := make(chan struct{})
	stuck := listen(t, func(*net.TCPConn) { <-release })
	defer close(release)
	blocked := newJournal("a")
	run(t, newQueue(blocked, bulky{stuck}))

	device, out := paperOf(t, "127.0.0.1:0")
	j := newJournal("b", "c")
	run(t, newQueue(j, printer.TCP{Address: device.Addr()}))
	for range 2 {
		<-out
		<-j.finished
	}
	if len(blocked.finished) > 0 {
		t.Errorf("the other: %+v", <-blocked.finished)
	}
}

func TestShutdownWhileBlocked(t *testing.T) {
	release := make(chan struct{})
	stuck := listen(t, func(*net.TCPConn) { <-release })
	defer close(release)
	j := newJournal("a")
	stop := run(t, newQueue(j, bulky{stuck}))
	<-j.begun
	start := time.Now()
	stop()
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
	if f := <-j.finished; f.outcome != terminal.Unknown {
		t.Errorf("got %+v", f)
	}
}
