package converge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"comptoir/internal/aside"
	"comptoir/internal/mortal"
	"comptoir/internal/pipes"
	"comptoir/order"
	"comptoir/store"
	possync "comptoir/sync"
	"comptoir/terminal"
)

// till is a terminal: one life after the other, on one file.
type till struct {
	shop        *premises
	device, key string
	number      int
	path        string
	line        *pipes.Line
	life        *life // nil while there is none
	// backup is a copy of its file, if one was made.
	backup string

	mu sync.Mutex
	// wrong is how wrong its clock is.
	wrong time.Duration
	// printed counts the tickets of which it knows that they are stored as out; unsure those of which
	// it does not know.
	printed, unsure int
}

// Now is the terminal's clock.
func (x *till) Now() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.shop.now().Add(x.wrong)
}

func (x *till) setWrong(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.wrong = d
}

// life is a terminal's process.
type life struct {
	till    *till
	file    *store.Store
	service *terminal.Service
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mu   sync.Mutex
	dead bool
	// transactions are left until the process is killed, before or after the commit, where armed.
	armed, after bool
	transactions int
}

func (x *till) open() {
	s := x.shop
	file, err := store.Open(x.path)
	if err != nil {
		s.t.Fatal(err)
	}
	l := &life{till: x, file: file}
	var client *possync.Client
	l.service, err = terminal.New(terminal.Config{Device: x.device, Setup: printing()}, terminal.Ports{
		Store: mortal.Store{Store: file, Life: l}, Clock: x, Log: slog.New(slog.DiscardHandler), Notify: x.hear, WakePrinters: func() {},
		WakeSync: func() {
			if client != nil {
				client.Wake()
			}
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	client, err = possync.New(possync.Config{
		URL: "http://hub", Device: x.device, Key: x.key, Dial: x.line.Dial,
		Stations: map[string][]string{"*": {"grill", "bar"}},
		Jitter:   func(limit time.Duration) time.Duration { return limit },
	}, l.service)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	l.work.Go(func() { _ = client.Run(ctx) })    // only how ctx ended
	l.work.Go(func() { _ = l.service.Run(ctx) }) // likewise
	x.life = l
}

func printing() terminal.Setup {
	setup := terminal.Setup{Printers: map[string]terminal.PrinterSetup{}, Stations: map[string]terminal.StationSetup{}}
	for _, name := range []string{"grill", "bar"} {
		setup.Printers[name] = terminal.PrinterSetup{Name: name, Kind: "tcp", Address: "127.0.0.1:9100", Proof: "blind"}
		setup.Stations[name] = terminal.StationSetup{Printer: name}
	}
	return setup
}

// close ends the terminal; how it lives, or died, does not matter.
func (x *till) close() {
	l := x.life
	if l == nil {
		return
	}
	x.life = nil
	l.cancel()
	l.work.Wait()
	if err := l.file.Close(); err != nil {
		x.shop.fault("%s: %v", x.device, err)
	}
}

// backUp copies the file of a terminal at work.
func (x *till) backUp() {
	if x.life == nil || x.life.isDead() {
		return
	}
	s := x.shop
	s.note("%s is backed up", x.device)
	s.last++
	path := fmt.Sprintf("%s.backup-%d", x.path, s.last)
	err := aside.Write(path, func(w io.Writer) error {
		snapshot, err := x.life.file.Snapshot()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, snapshot)
		return errors.Join(err, snapshot.Close())
	})
	if err != nil {
		s.fault("%s is backed up: %v", x.device, err)
		return
	}
	x.backup = path
}

// restore puts the last copy back: nothing that the terminal knew since may be lost.
func (x *till) restore() {
	if x.backup == "" {
		return
	}
	s := x.shop
	s.note("%s is restored", x.device)
	x.close()
	if _, err := store.Restore(x.backup, x.path, x.Now(), slog.New(slog.DiscardHandler)); err != nil {
		s.fault("%s is restored: %v", x.device, err)
	}
	s.tally.restores++
	x.open()
}

func (x *till) hear(e terminal.Event) {
	if e.Kind != terminal.EventRefused {
		return
	}
	s := x.shop
	s.note("%s hears that its %s is refused: %v", x.device, e.Command.Type, e.Refused)
	s.mu.Lock()
	defer s.mu.Unlock()
	given := s.issued[e.Command.ID]
	switch {
	case e.Command.Type.Fact():
		s.faults = append(s.faults, "a fact was refused: "+e.Refused.Error())
	case given == nil:
		s.faults = append(s.faults, "a command that nobody gave was refused: "+string(e.Command.Type))
	case given.by != x.device:
		s.faults = append(s.faults, "another terminal hears of a refusal: "+string(e.Command.Type))
	default:
		given.told++
	}
}

// kill ends the process at once, or at the n-th transaction from now.
func (l *life) kill(n int, after bool) {
	l.mu.Lock()
	l.armed, l.after, l.transactions = true, after, n
	l.mu.Unlock()
	if n == 0 {
		l.die()
	}
}

func (l *life) die() {
	l.mu.Lock()
	l.dead, l.armed = true, false
	l.mu.Unlock()
	l.till.line.Reset()
}

func (l *life) isDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

func (l *life) sprung(after bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.armed || l.after != after {
		return false
	}
	l.transactions--
	return l.transactions <= 0
}

// Dead implements mortal.Life.
func (l *life) Dead() bool { return l.isDead() }

// Strike implements mortal.Life.
func (l *life) Strike(after bool) {
	if l.sprung(after) {
		l.die()
	}
}

// do has a person do something; what came of it is noted.
func (x *till) do(given *issued, do func(*life) error) {
	l := x.life
	err := do(l)
	x.shop.mu.Lock()
	defer x.shop.mu.Unlock()
	switch {
	case err == nil:
		given.sure = true
	case order.KindOf(err) != "":
		given.never = true
	case errors.Is(err, terminal.ErrNoLocation):
		given.never = true
	case !errors.Is(err, mortal.ErrDead):
		x.shop.faults = append(x.shop.faults, x.device+": "+err.Error())
	}
}

// print brings out what waits at the printers.
func (x *till) print() {
	l := x.life
	for _, name := range []string{"grill", "bar"} {
		for range 20 {
			next, found, _, err := l.service.Next(name)
			if err != nil || !found {
				break
			}
			_, ok, err := l.service.Begin(name, next.Key)
			if err != nil {
				break
			}
			if !ok {
				continue
			}
			if l.isDead() { // the printer has nothing
				return
			}
			if err := l.service.Finish(name, next.Key, terminal.Proven, ""); err != nil {
				x.unsure++
				return
			}
			x.printed++
			x.shop.tally.facts++
		}
	}
}
