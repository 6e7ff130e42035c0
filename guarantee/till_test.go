package guarantee

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"strings"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"
)

// errDead: the terminal's process has been killed, and does nothing more.
var errDead = errors.New("the terminal is dead")

// trap is where a process is killed, beside any moment of time.
type trap struct {
	at trapAt
	// n counts transactions, or bytes of tickets.
	n int
}

type trapAt int

const (
	noTrap trapAt = iota
	beforeCommit
	afterCommit
	inTicket
)

func (a trapAt) String() string {
	return [...]string{"at once", "before the commit", "after the commit", "inside a ticket, at byte"}[a]
}

// till is a terminal of the shop: one life after the other, on one file.
type till struct {
	shop   *premises
	device string
	path   string
	config terminal.Config

	mu   sync.Mutex
	life *life // nil while there is none
}

// now is the till's life, if it lives.
func (t *till) now() *life {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.life
}

// keep gives the till one life after the other until ctx ends.
func (t *till) keep(ctx context.Context) error {
	for {
		l, err := t.open()
		if err != nil {
			return err
		}
		t.mu.Lock()
		t.life = l
		t.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-l.leave:
		case <-l.died:
		}
		t.mu.Lock()
		t.life = nil
		t.mu.Unlock()
		start := time.Now()
		l.cancel()
		l.work.Wait()
		if took := time.Since(start); took > 5*time.Second {
			return fmt.Errorf("%s took %v to end", t.device, took)
		}
		if err := l.file.Close(); err != nil {
			return err
		}
		l.mu.Lock() // a kill that comes too late still sets it
		downtime := l.downtime
		l.mu.Unlock()
		if ctx.Err() != nil || !wait(ctx, downtime) {
			return nil
		}
	}
}

// wait is false when ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// life is a terminal's process, from its start to its end: the real service on the real store,
// with the real queues of the printers.
type life struct {
	till    *till
	file    *store.Store
	service *terminal.Service
	queues  map[string]*printer.Queue
	wake    chan struct{}
	cancel  context.CancelFunc
	work    sync.WaitGroup

	// leave is closed when it is to end in an orderly way.
	leave chan struct{}
	died  chan struct{}

	mu       sync.Mutex
	dead     bool
	left     bool
	downtime time.Duration
	trap     trap
	wires    map[*wire]bool
	// leases are those that it heard of, by station.
	leases map[string]terminal.Lease
}

func (t *till) open() (*life, error) {
	file, err := store.Open(t.path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{
		till: t, file: file, queues: map[string]*printer.Queue{}, wake: make(chan struct{}, 1), cancel: cancel,
		leave: make(chan struct{}), died: make(chan struct{}), wires: map[*wire]bool{}, leases: map[string]terminal.Lease{},
	}
	l.service, err = terminal.New(t.config, terminal.Ports{
		Store: disk{file, l}, Clock: clock{}, Log: slog.New(slog.DiscardHandler),
		Notify: func(e terminal.Event) { t.shop.hear(t.device, e) }, WakeSync: l.awake, WakePrinters: l.wakePrinters,
	})
	if err != nil {
		cancel()
		return nil, errors.Join(err, file.Close())
	}
	for _, d := range t.shop.devices {
		l.queues[d.name] = printer.NewQueue(d.name, journal{l.service, l}, d.transport(l), profile, slog.New(slog.DiscardHandler))
	}
	for _, q := range l.queues {
		l.work.Go(func() {
			if err := q.Run(ctx); err != nil {
				t.shop.fault("%s: queue: %v", t.device, err)
			}
		})
	}
	l.work.Go(func() { _ = l.service.Run(ctx) }) // only how ctx ended
	l.work.Go(func() { l.talk(ctx) })
	return l, nil
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

func (l *life) wakePrinters() {
	for _, q := range l.queues {
		q.Wake()
	}
}

// awake makes the terminal talk to the hub at once.
func (l *life) awake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// die is the end of the process: nothing is written any more, and the system closes what it had
// open.
func (l *life) die() {
	l.mu.Lock()
	if l.dead {
		l.mu.Unlock()
		return
	}
	l.dead = true
	wires := l.wires
	l.wires = nil
	close(l.died)
	l.mu.Unlock()
	for w := range wires {
		w.Conn.Close()
	}
}

// kill ends the process at once, or when it gets to the trap; quit ends it in an orderly way.
func (l *life) kill(at trap, downtime time.Duration) {
	l.mu.Lock()
	l.trap, l.downtime = at, downtime
	l.mu.Unlock()
	if at.at == noTrap {
		l.die()
	}
}

func (l *life) quit(downtime time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.left && !l.dead {
		l.left, l.downtime = true, downtime
		close(l.leave)
	}
}

func (l *life) isDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// sprung counts a transaction down to the trap.
func (l *life) sprung(at trapAt) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trap.at != at || l.dead {
		return false
	}
	l.trap.n--
	return l.trap.n <= 0
}

// holders are the terminals that it knows to hold the stations.
func (l *life) holders() (map[string]string, error) {
	holders := map[string]string{}
	return holders, l.file.View(func(tx terminal.Tx) error {
		for _, station := range l.till.shop.hub.location.Stations {
			lease, _, err := tx.Lease(l.till.shop.hub.location.ID, station.ID)
			if err != nil {
				return err
			}
			holders[station.ID] = lease.Device
		}
		return nil
	})
}

// disk is the store of one life: with its process, its transactions end.
type disk struct {
	*store.Store
	life *life
}

func (d disk) Update(f func(terminal.Tx) error) error {
	if d.life.isDead() {
		return errDead
	}
	err := d.Store.Update(func(tx terminal.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		if d.life.sprung(beforeCommit) {
			d.life.die()
		}
		if d.life.isDead() {
			return errDead
		}
		return nil
	})
	if err == nil && d.life.sprung(afterCommit) {
		d.life.die()
	}
	if err == nil && d.life.isDead() {
		return errDead // it is on the disk, and nobody got to know
	}
	return err
}

// wire is a connection to a printer, which ends with the process.
type wire struct {
	net.Conn
	life *life
}

// longestQuestion: what is longer is a ticket.
const longestQuestion = 16

func (w *wire) Write(b []byte) (int, error) {
	l := w.life
	l.mu.Lock()
	dead, most := l.dead, len(b)
	if l.trap.at == inTicket && len(b) > longestQuestion {
		most = min(most, l.trap.n)
		l.trap.n -= most
	}
	l.mu.Unlock()
	switch {
	case dead:
		return 0, errDead
	case most == len(b):
		return w.Conn.Write(b)
	}
	n := 0
	if most > 0 {
		n, _ = w.Conn.Write(b[:most]) // the process ends here, and hears of no error
	}
	l.die()
	return n, errDead
}

func (w *wire) Close() error {
	w.life.mu.Lock()
	delete(w.life.wires, w)
	w.life.mu.Unlock()
	return w.Conn.Close()
}

// journal notes what each copy is to say.
type journal struct {
	*terminal.Service
	life *life
}

func (j journal) Begin(printer, key string) (terminal.Ticket, bool, error) {
	before, err := j.life.holders()
	if err != nil {
		return terminal.Ticket{}, false, err
	}
	ticket, ok, err := j.Service.Begin(printer, key)
	if !ok || err != nil {
		return ticket, ok, err
	}
	after, err := j.life.holders()
	if err != nil {
		return ticket, ok, err
	}
	maps.DeleteFunc(after, func(station, holder string) bool { return before[station] != holder }) // it heard of it just now
	return ticket, ok, j.life.till.shop.begun(j.life, after, printer, key, ticket)
}

// device is a printer of the shop.
type device struct {
	name      string
	model     simulator.Model
	proof     printer.Proof
	simulated *simulator.Printer
	// address is where it listens; in memory where empty.
	address string
}

var profile = escpos.Generic(48)

// transport is how a terminal reaches it.
func (d *device) transport(l *life) printer.Transport {
	if d.address != "" {
		transport, err := printer.Open(terminal.PrinterSetup{Name: d.name, Kind: "tcp", Address: d.address, Proof: string(d.proof)})
		if err != nil {
			panic(err) // a proof that is not known
		}
		return transport
	}
	open := func(ctx context.Context) (printer.Conversation, error) {
		conn, err := d.simulated.Dial(ctx)
		if err != nil {
			return nil, err
		}
		w := &wire{conn, l}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.dead {
			conn.Close()
			return nil, errDead
		}
		l.wires[w] = true
		return w, nil
	}
	if d.proof == printer.ProofBlind {
		return printer.Blind{Open: open, Speed: d.model.Speed}
	}
	return &printer.Answering{Torn: true, Open: open, Proof: d.proof, Speed: d.model.Speed}
}

// latency is how long a message between hub and terminal takes.
const latency = 20 * time.Millisecond

// talk is the life's line to the hub.
func (l *life) talk(ctx context.Context) {
	online, woken := false, true
	for n := 0; ; n++ {
		err := l.exchange(ctx, &online, woken || n%5 == 0)
		switch {
		case err == nil, errors.Is(err, errDead), ctx.Err() != nil:
		case errors.Is(err, errCut):
			online = false
			l.service.Link(false, "cut")
		default:
			l.till.shop.fault("%s: %v", l.till.device, err)
		}
		woken = false
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-l.wake:
			woken = true
			timer.Stop()
		case <-timer.C:
		}
	}
}

// exchange brings terminal and hub level, as far as the line holds; or only renews the leases,
// where there is nothing else.
func (l *life) exchange(ctx context.Context, online *bool, all bool) error {
	h, device := l.till.shop.hub, l.till.device
	leases, err := h.enter(device)
	if err != nil {
		return err
	}
	if !*online {
		*online, all = true, true
		l.service.Link(true, "")
		if err := l.service.Locations([]shop.Location{h.location}, time.Now()); err != nil {
			return err
		}
	}
	for _, lease := range leases {
		l.mu.Lock()
		known := l.leases[lease.Station] == lease
		l.mu.Unlock()
		if known {
			continue
		}
		if err := l.service.Lease(lease); err != nil {
			return err
		}
		l.mu.Lock()
		l.leases[lease.Station] = lease
		l.mu.Unlock()
	}
	if !all {
		return nil
	}
	pending, err := l.service.PendingAfter(0, 100)
	if err != nil {
		return err
	}
	for _, p := range pending {
		refused, err := h.hear(device, p.Command)
		if err != nil {
			return err
		}
		if !wait(ctx, latency/4) {
			return ctx.Err()
		}
		if refused != nil {
			if err := l.service.Refused(p.Command.ID, refused); err != nil {
				return err
			}
		}
	}
	for more := true; more; {
		cursors, err := l.service.Cursors()
		if err != nil {
			return err
		}
		changes, err := h.page(device, cursors[h.location.ID], 3)
		if err != nil {
			return err
		}
		if more = changes.More; len(changes.Orders) == 0 {
			continue
		}
		if !wait(ctx, latency) {
			return ctx.Err()
		}
		if err := l.service.Apply(changes); err != nil {
			return err
		}
	}
	return nil
}

// jobs are all jobs of the orders.
func (l *life) jobs(orders []string) (all []terminal.Job, err error) {
	err = l.file.View(func(tx terminal.Tx) error {
		for _, id := range orders {
			jobs, err := tx.JobsOf(id)
			if err != nil {
				return err
			}
			all = append(all, jobs...)
		}
		return nil
	})
	return all, err
}

// quiet says what the terminal still has to do; empty where nothing.
func (l *life) quiet(orders []string) (string, error) {
	pending, err := l.service.PendingAfter(0, 100)
	if err != nil {
		return "", err
	}
	if len(pending) > 0 {
		return fmt.Sprintf("%d commands for the hub", len(pending)), nil
	}
	printers, err := l.service.Printers()
	if err != nil {
		return "", err
	}
	for _, p := range printers {
		if n := len(p.Waiting) + len(p.Stale) + len(p.Unconfirmed); n > 0 {
			return fmt.Sprintf("%d tickets at %s", n, p.Setup.Name), nil
		}
	}
	jobs, err := l.jobs(orders)
	if err != nil {
		return "", err
	}
	for _, j := range jobs {
		if !j.State.Ended() && j.State != terminal.JobIdle {
			return fmt.Sprintf("the ticket %s is %s: %s", j.Key, j.State, j.Problem), nil
		}
	}
	return "", nil
}

// orderOf is the order of a job's key; empty for a summary.
func orderOf(key string) string {
	id, _, _ := strings.Cut(key, "/")
	if id == "summary" {
		return ""
	}
	return id
}

// printing is the setup of a terminal.
func printing(devices []*device, stations map[string]terminal.StationSetup) terminal.Setup {
	setup := terminal.Setup{Printers: map[string]terminal.PrinterSetup{}, Stations: maps.Clone(stations)}
	for _, d := range devices {
		setup.Printers[d.name] = terminal.PrinterSetup{Name: d.name, Kind: "tcp", Address: "127.0.0.1:9100", Proof: string(d.proof)}
	}
	return setup
}

func dishes(burgers, fries, coffees, teas int) []order.Line {
	var all []order.Line
	add := func(id, name, category, station string, quantity int) {
		if quantity > 0 {
			all = append(all, order.Line{
				ID: id, Name: name, PLU: id, Category: category, Station: station, Quantity: quantity,
				Modifiers: []order.Modifier{{Name: "extra", Quantity: 1}},
			})
		}
	}
	add("b", "Burger", "Burgers", "grill", burgers)
	add("f", "Frites", "Burgers", "grill", fries)
	add("c", "Café", "Boissons", "bar", coffees)
	add("t", "Thé", "Boissons", "bar", teas)
	return all
}
