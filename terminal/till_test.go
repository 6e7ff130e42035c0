package terminal_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"

	"pgregory.net/rapid"
)

// ten is when most of these tests begin: ten o'clock in Montréal.
var ten = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// clock stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

func (c *clock) add(d time.Duration) { c.set(c.Now().Add(d)) }

// plateau is the location of these tests.
func plateau() shop.Location {
	return shop.Location{
		ID: "plateau", Name: "Plateau", TimeZone: "America/Toronto", Currency: "CAD", Language: "fr",
		DayStarts: "04:00", PrintAheadMinutes: 60, PreparationMinutes: 20,
		Stations: []shop.Station{
			{ID: "grill", Name: "Gril", Categories: []string{"Burgers"}, Default: true},
			{ID: "bar", Name: "Bar", Categories: []string{"Boissons"}},
		},
		Connections: []shop.Connection{{ID: "demo", Partner: "demo", Policy: order.OwnPolicy()}},
	}
}

// errCrash is what a crash before the commit looks like.
var errCrash = errors.New("the power went")

// errAgain is why a transaction begins once more.
var errAgain = errors.New("once more")

// crashing is the real store; its transactions fail at their very end while told to. Each runs twice,
// as it may after damage and on a full disk.
type crashing struct {
	*store.Store
	crash bool
}

func (s *crashing) Update(f func(terminal.Tx) error) error {
	err := s.Store.Update(func(tx terminal.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return s.Store.Update(func(tx terminal.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		if s.crash {
			return errCrash
		}
		return nil
	})
}

// till is a terminal: the real service on the real store, with a printer for each station.
type till struct {
	t       rapid.TB
	name    string
	path    string
	config  terminal.Config
	clock   *clock
	disk    *crashing
	service *terminal.Service
	papers  *[]paper

	mu     sync.Mutex
	events []terminal.Event
	woken  int // printers
}

// paper is a copy that came out, or may have.
type paper struct {
	device  string
	printer string
	job     terminal.Job
	ticket  terminal.Ticket
	// told: it was discarded, so that the station knows it by word of mouth or a summary.
	told bool
}

func newTill(t rapid.TB, dir, name string, at time.Time, papers *[]paper) *till {
	t.Helper()
	tl := &till{
		t: t, name: name, path: filepath.Join(dir, name+".db"), clock: &clock{now: at}, papers: papers,
		config: terminal.Config{Device: name, Setup: printing("grill", "bar"), MaxAge: 1000 * time.Hour},
	}
	tl.open()
	return tl
}

// printing is a setup in which each station has a printer of its own name.
func printing(stations ...string) terminal.Setup {
	setup := terminal.Setup{Printers: map[string]terminal.PrinterSetup{}, Stations: map[string]terminal.StationSetup{}}
	for _, name := range stations {
		setup.Printers[name] = terminal.PrinterSetup{Name: name, Kind: "tcp", Address: "127.0.0.1:9100"}
		setup.Stations[name] = terminal.StationSetup{Printer: name}
	}
	return setup
}

// alone is a till without a second one.
func alone(t *testing.T) (*till, *hub) {
	t.Helper()
	h := newHub(t)
	tl := newTill(t, t.TempDir(), "counter-1", ten, &h.papers)
	t.Cleanup(tl.close)
	h.join(tl)
	return tl, h
}

func (tl *till) open() {
	tl.t.Helper()
	file, err := store.Open(tl.path)
	if err != nil {
		tl.t.Fatal(err)
	}
	tl.disk = &crashing{Store: file}
	tl.service, err = terminal.New(tl.config, terminal.Ports{
		Store: tl.disk, Clock: tl.clock, Log: slog.New(slog.DiscardHandler),
		Notify: func(e terminal.Event) {
			tl.mu.Lock()
			defer tl.mu.Unlock()
			tl.events = append(tl.events, e)
		},
		WakeSync: func() {},
		WakePrinters: func() {
			tl.mu.Lock()
			defer tl.mu.Unlock()
			tl.woken++
		},
	})
	if err != nil {
		tl.t.Fatal(err)
	}
}

func (tl *till) close() {
	if err := tl.disk.Close(); err != nil {
		tl.t.Error(err)
	}
}

func (tl *till) restart() {
	tl.t.Helper()
	tl.close()
	tl.open()
}

// told returns the events of a kind since the last call, and forgets all.
func (tl *till) told(kind terminal.EventKind) []terminal.Event {
	tl.mu.Lock()
	defer tl.mu.Unlock()
	var found []terminal.Event
	for _, e := range tl.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	tl.events = nil
	return found
}

func (tl *till) ok(err error) {
	tl.t.Helper()
	if err != nil {
		tl.t.Fatal(err)
	}
}

// insist asks something of the service that the disk refuses the first time: it has not happened then,
// and nobody has heard of it.
func (tl *till) insist(f func() error) error {
	tl.t.Helper()
	count := func() int {
		tl.mu.Lock()
		defer tl.mu.Unlock()
		return len(tl.events) + tl.woken
	}
	before := count()
	tl.disk.crash = true
	err := f()
	tl.disk.crash = false
	if !errors.Is(err, errCrash) {
		return err
	}
	if n := count() - before; n != 0 {
		tl.t.Errorf("%d events were told of what was not stored", n)
	}
	return f()
}

func (tl *till) order(id string) order.Order {
	tl.t.Helper()
	o, _, err := tl.service.Order(id)
	tl.ok(err)
	return o
}

var commands int

func commandID() string {
	commands++
	return order.Identity("test", strconv.Itoa(commands))
}

func (tl *till) do(id string, kind order.CommandType) order.Order {
	tl.t.Helper()
	command := order.Command{ID: commandID(), Type: kind, OrderID: id}
	var o order.Order
	tl.ok(tl.insist(func() (err error) {
		o, err = tl.service.Do(command)
		return err
	}))
	return o
}

// sell places a counter order of burgers and coffees.
func (tl *till) sell(burgers, coffees int) order.Order {
	tl.t.Helper()
	place := order.Command{ID: commandID(), Order: &order.Order{Lines: lines(burgers, coffees)}}
	var o order.Order
	tl.ok(tl.insist(func() (err error) {
		o, err = tl.service.Place(place)
		return err
	}))
	return o
}

func (tl *till) jobs(id string) []terminal.Job {
	tl.t.Helper()
	var jobs []terminal.Job
	tl.ok(tl.disk.View(func(tx terminal.Tx) (err error) {
		jobs, err = tx.JobsOf(id)
		return err
	}))
	return jobs
}

func (tl *till) job(key string) terminal.Job {
	tl.t.Helper()
	var job terminal.Job
	tl.ok(tl.disk.View(func(tx terminal.Tx) (err error) {
		job, _, err = tx.Job(key)
		return err
	}))
	return job
}

func (tl *till) pending() []terminal.Pending {
	tl.t.Helper()
	pending, err := tl.service.PendingAfter(0, 1000)
	tl.ok(err)
	return pending
}

// begin takes the printer's next job as printer.Queue does; false where there is none.
func (tl *till) begin(printer string) (paper, bool) {
	tl.t.Helper()
	for {
		next, found, _, err := tl.service.Next(printer)
		tl.ok(err)
		if !found {
			return paper{}, false
		}
		var ticket terminal.Ticket
		ok := false
		tl.ok(tl.insist(func() (err error) {
			ticket, ok, err = tl.service.Begin(printer, next.Key)
			return err
		}))
		if ok { // else it has just been dropped
			return paper{device: tl.name, printer: printer, job: tl.job(next.Key), ticket: ticket}, true
		}
	}
}

// end brings a begun copy to its end.
func (tl *till) end(p paper, outcome terminal.Outcome) {
	tl.t.Helper()
	if outcome != terminal.NothingLeft {
		*tl.papers = append(*tl.papers, p)
	}
	problem := ""
	if outcome == terminal.NothingLeft || outcome == terminal.Unknown {
		problem = "a problem"
	}
	tl.ok(tl.insist(func() error { return tl.service.Finish(p.printer, p.job.Key, outcome, problem) }))
}

// try makes one copy.
func (tl *till) try(printer string, outcome terminal.Outcome) (terminal.Ticket, bool) {
	tl.t.Helper()
	p, found := tl.begin(printer)
	if found {
		tl.end(p, outcome)
	}
	return p.ticket, found
}

// status is how a printer of the till stands.
func (tl *till) status(printer string) terminal.PrinterStatus {
	tl.t.Helper()
	all, err := tl.service.Printers()
	tl.ok(err)
	for _, p := range all {
		if p.Setup.Name == printer {
			return p
		}
	}
	tl.t.Fatalf("there is no printer %s", printer)
	return terminal.PrinterStatus{}
}

func first(ticket terminal.Ticket, _ bool) terminal.Ticket { return ticket }

// print prints all that is due at the station.
func (tl *till) print(printer string) []terminal.Ticket {
	tl.t.Helper()
	var tickets []terminal.Ticket
	for range 1000 {
		ticket, found := tl.try(printer, terminal.Sent)
		if !found {
			return tickets
		}
		tickets = append(tickets, ticket)
	}
	tl.t.Fatal("the printer never stops")
	return nil
}

// one prints all that is due and wants it to be a single ticket.
func (tl *till) one(printer string) terminal.Ticket {
	tl.t.Helper()
	tickets := tl.print(printer)
	if len(tickets) != 1 {
		tl.t.Fatalf("%s printed %d tickets, want 1: %s", printer, len(tickets), brief(tickets...))
	}
	return tickets[0]
}

// none wants nothing to be printed now.
func (tl *till) none(printer string) {
	tl.t.Helper()
	if tickets := tl.print(printer); len(tickets) > 0 {
		tl.t.Fatalf("%s printed %s, want nothing", printer, brief(tickets...))
	}
}
