package guarantee

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"comptoir/internal/mortal"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/store"
	"comptoir/terminal"
)

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
		Store: mortal.Store{Store: file, Life: l}, Clock: clock{}, Log: slog.New(slog.DiscardHandler),
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
