package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"
)

const kitchenLocation = "plateau"

// kitchen is a terminal without a hub: its store, its service and a print queue for each station.
type kitchen struct {
	store    *store.Store
	service  *terminal.Service
	stations []*station
	running  sync.WaitGroup

	made uint64 // orders so far

	mu        sync.Mutex
	committed map[string]time.Time // by order
}

// station is one printer, its queue, and what came out of it.
type station struct {
	name  string
	queue *printer.Queue
	// orders makes what comes for this station.
	orders *source
	// left is how many tickets its queue may still find.
	left atomic.Int64
	// failed counts the attempts that came to nothing.
	failed atomic.Int64
	// read is when a ticket was read at the printer; slips are the tickets that came out.
	read  chan slip
	slips chan slip
	// current belongs to the queue's goroutine.
	current slip
}

// slip is the moments of one ticket.
type slip struct {
	order string
	// asked: the queue looks for a ticket.
	asked time.Time
	// first and last byte, as read at the printer.
	first, last time.Time
	// finished: the end is on the disk.
	finished time.Time
}

// readLimit is far more than a printer needs to read a ticket that it has acknowledged.
const readLimit = 5 * time.Second

// slipsKept is more than any measurement has under way at a station.
const slipsKept = 1024

// newStation makes a station whose orders are the source's, all lines made there, as often as
// times says.
func newStation(name string, orders *source, times int) *station {
	draft := orders.draft
	draft.Lines = nil
	for i := range times {
		for _, line := range orders.draft.Lines {
			line.ID, line.Station = fmt.Sprintf("%s-%d", line.ID, i), name
			draft.Lines = append(draft.Lines, line)
		}
	}
	s := &station{name: name, orders: &source{draft}, read: make(chan slip, 1), slips: make(chan slip, slipsKept)}
	s.left.Store(math.MaxInt64)
	return s
}

// newKitchen opens a kitchen of the stations, each of which prints by its transport.
func (b *bench) newKitchen(name string, stations []*station, transports []printer.Transport) (_ *kitchen, err error) {
	k := &kitchen{stations: stations, committed: map[string]time.Time{}}
	if k.store, err = store.Open(filepath.Join(b.dir, "print", name+".db")); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.store.Close())
		}
	}()
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) // written as in real life, and thrown away
	location := shop.Location{
		ID: kitchenLocation, TimeZone: "America/Toronto", Currency: "CAD", Language: "fr", DayStarts: "04:00",
		PrintAheadMinutes: order.MaxPreparation, // nothing waits for its time
	}
	setup := terminal.Setup{Stations: map[string]terminal.StationSetup{}}
	for i, s := range stations {
		location.Stations = append(location.Stations, shop.Station{ID: s.name, Name: s.name, Default: i == 0})
		setup.Stations[s.name] = terminal.StationSetup{Printer: s.name}
	}
	k.service, err = terminal.New(
		terminal.Config{Device: device, Setup: setup},
		terminal.Ports{Store: k.store, Clock: clock{}, Log: log, Notify: k.notify, WakeSync: func() {}, WakePrinters: k.wake})
	if err != nil {
		return nil, err
	}
	for i, s := range stations {
		s.queue = printer.NewQueue(s.name, ledger{k.service, s}, transports[i], escpos.Generic(48), log)
	}
	if err := k.service.Locations([]shop.Location{location}); err != nil {
		return nil, err
	}
	for _, s := range stations {
		err := k.service.Lease(terminal.Lease{Location: kitchenLocation, Station: s.name, Device: device, Epoch: 1})
		if err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *kitchen) wake() {
	for _, s := range k.stations {
		if s.queue != nil { // the service may call before the queues are made
			s.queue.Wake()
		}
	}
}

// notify notes when an order is on the disk for the first time: it is told of right after.
func (k *kitchen) notify(e terminal.Event) {
	now := time.Now()
	if e.Kind != terminal.EventOrder {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.committed[e.Order.ID]; !known {
		k.committed[e.Order.ID] = now
	}
}

func (k *kitchen) when(orderID string) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.committed[orderID]
}

// print runs the queues until stop is called, which waits for them.
func (k *kitchen) print(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	for _, s := range k.stations {
		k.running.Go(func() { _ = s.queue.Run(ctx) }) // fails only for a profile that is none
	}
	return func() {
		cancel()
		k.running.Wait()
	}
}

// orders makes n accepted orders for each of the stations, in turns.
func (k *kitchen) orders(n int, stations ...*station) ([]order.Order, error) {
	var orders []order.Order
	for range n {
		for _, s := range stations {
			k.made++
			states, err := s.orders.life(int(k.made), kitchenLocation)
			if err != nil {
				return nil, err
			}
			orders = append(orders, states[1])
		}
	}
	return orders, nil
}

// come hands the service orders in one transaction, as the hub's changes.
func (k *kitchen) come(orders []order.Order) error {
	return k.service.Apply(terminal.Changes{
		Location: kitchenLocation, Orders: orders,
		Cursor: terminal.Cursor{Shard: 1, Epoch: "bench", Sequence: k.made},
	})
}

func (k *kitchen) close() error { return k.store.Close() }

// slip is the next ticket that came out of the station's printer.
func (s *station) slip(ctx context.Context) (slip, error) {
	const limit = 30 * time.Second
	select {
	case out := <-s.slips:
		if out.first.IsZero() {
			return slip{}, fmt.Errorf("printer %s has not read a ticket that counts as sent", s.name)
		}
		return out, nil
	case <-time.After(limit):
		return slip{}, fmt.Errorf("no ticket came out of printer %s in %s", s.name, limit)
	case <-ctx.Done():
		return slip{}, ctx.Err()
	}
}

// ledger is the service as a print queue sees it, and notes the moments.
type ledger struct {
	*terminal.Service
	station *station
}

// Next implements printer.Journal.
func (l ledger) Next(name string) (terminal.Printing, bool, time.Duration, error) {
	if l.station.left.Load() == 0 {
		return terminal.Printing{}, false, 0, nil
	}
	l.station.current = slip{asked: time.Now()}
	return l.Service.Next(name)
}

// Heard implements printer.Journal: nobody looks at the printers here.
func (ledger) Heard(terminal.PrinterState) {}

// Begin implements printer.Journal.
func (l ledger) Begin(name, key string) (terminal.Ticket, bool, error) {
	ticket, ok, err := l.Service.Begin(name, key)
	if ok {
		l.station.current.order, _, _ = strings.Cut(key, "/")
		select {
		case <-l.station.read: // of a copy whose end is not known
		default:
		}
	}
	return ticket, ok, err
}

// Finish implements printer.Journal.
func (l ledger) Finish(name, key string, outcome terminal.Outcome, problem string) error {
	err := l.Service.Finish(name, key, outcome, problem)
	s := l.station
	if outcome == terminal.Unknown {
		s.failed.Add(1)
	}
	if err != nil || outcome != terminal.Sent {
		return err
	}
	s.current.finished = time.Now()
	select {
	case read := <-s.read: // a printer that closed its side has read all before
		s.current.first, s.current.last = read.first, read.last
	case <-time.After(readLimit):
	}
	s.left.Add(-1)
	s.slips <- s.current
	return nil
}

// doubtful is a way to a printer that may be dead.
type doubtful struct {
	printer.Transport
	station *station
}

// Connect implements printer.Transport.
func (d doubtful) Connect(ctx context.Context) (printer.Link, error) {
	link, err := d.Transport.Connect(ctx)
	if err != nil && ctx.Err() == nil {
		d.station.failed.Add(1)
	}
	return link, err
}

// instant is a printer that takes everything at once.
type instant struct{ station *station }

// Connect implements printer.Transport.
func (i instant) Connect(context.Context) (printer.Link, error) { return i, nil }

// Send implements printer.Link.
func (i instant) Send(context.Context, []byte) (terminal.Outcome, error) {
	now := time.Now()
	i.station.read <- slip{first: now, last: now}
	return terminal.Sent, nil
}

// Close implements printer.Link.
func (instant) Close() error { return nil }

// machine is a printer on a socket, and how it takes its tickets.
type machine struct {
	listener *net.TCPListener
	running  sync.WaitGroup

	mu   sync.Mutex
	held []net.Conn // of printers that keep what they accept
}

func listen() (*machine, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &machine{listener: listener.(*net.TCPListener)}, nil
}

func (m *machine) address() string { return m.listener.Addr().String() }

func (m *machine) close() error {
	err := m.listener.Close()
	m.running.Wait()
	m.drop()
	if errors.Is(err, net.ErrClosed) { // one that refuses is closed from the start
		return nil
	}
	return err
}

func (m *machine) hold(conn net.Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = append(m.held, conn)
}

// drop ends the connections that the printer keeps.
func (m *machine) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, conn := range m.held {
		_ = conn.Close() // nothing was read of it, nothing is lost
	}
	m.held = nil
}

// reads serves one connection after the other, and tells when it read the bytes.
func (m *machine) reads(out chan<- slip) {
	m.running.Go(func() {
		buffer := make([]byte, 4096)
		for {
			conn, err := m.listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				continue // a caller that left before it was accepted
			}
			var ticket slip
			for {
				n, err := conn.Read(buffer)
				if n > 0 {
					ticket.last = time.Now()
					if ticket.first.IsZero() {
						ticket.first = ticket.last
					}
				}
				if err != nil {
					break
				}
			}
			if !ticket.first.IsZero() {
				out <- ticket
			}
			_ = conn.Close() // the ticket is read, whatever the other side thinks
		}
	})
}

// keeps accepts every connection and never reads.
func (m *machine) keeps() error {
	if err := shrinkBuffers(m.listener); err != nil {
		return err
	}
	m.running.Go(func() {
		for {
			conn, err := m.listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				m.hold(conn)
			}
		}
	})
	return nil
}

// unanswered fills the listener's backlog, so that a dial gets no answer.
func (m *machine) unanswered(ctx context.Context) error {
	if err := shortenBacklog(m.listener); err != nil {
		return err
	}
	const (
		most = 10 // more than the shortest backlog
		wait = 200 * time.Millisecond
	)
	dialer := net.Dialer{Timeout: wait}
	for range most {
		conn, err := dialer.DialContext(ctx, "tcp", m.address())
		var failure net.Error
		if errors.As(err, &failure) && failure.Timeout() {
			return nil
		}
		if err != nil {
			return err
		}
		m.hold(conn)
	}
	return errors.New("a listener that accepts nothing answered every dial")
}
