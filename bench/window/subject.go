package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
)

// The windows that this program can be.
const (
	roleEmpty   = "empty"   // bare, with an empty list
	roleList    = "list"    // bare, with a list of which a row changes
	roleRow     = "row"     // the terminal's, of which a row gets a name that was never drawn
	roleStep    = "step"    // the terminal's, of which a row takes steps
	roleRefresh = "refresh" // bare, with a list that fills its rows again
	roleSection = "section" // the terminal's, that goes through its sections
	roleFilter  = "filter"  // the terminal's, that filters and does not
	roleSearch  = "search"  // the terminal's, in which somebody types
	roleService = "service" // the terminal's, in service
)

// listed is how many orders are open while a row changes.
const listed = 300

type subjectOptions struct {
	role    string
	changes int
	service time.Duration
}

// subject is a window that measures itself.
type subject struct {
	app fyne.App
	out io.Writer
	// work runs beside Fyne's goroutine once the window is open, and ends it.
	work func() error
}

// beSubject opens a window until its work is done or nobody waits for it any more.
func beSubject(o subjectOptions, out io.Writer) error {
	// a read of stdin cannot be interrupted: this goroutine ends with the process
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // it only matters that it is over
		os.Exit(1)
	}()
	const id = "app.comptoir.bench"
	fyneapp.SetMetadata(fyne.AppMetadata{ID: id, Migrations: map[string]bool{"fyneDo": true}}) // as the terminal does
	s := &subject{app: fyneapp.NewWithID(id), out: out}
	var window fyne.Window
	var err error
	switch o.role {
	case roleEmpty:
		window, _ = s.bare(0)
		s.work = func() error {
			onFyne(func() {})
			fmt.Fprintln(s.out, "ready")
			select {} // nothing is left but to be there
		}
	case roleList:
		window, err = s.refreshed(o.changes)
	case roleRow:
		window, err = s.changed(o.changes, rename)
	case roleStep:
		window, err = s.changed(o.changes, advance)
	case roleRefresh:
		window = s.refilled(o.changes)
	case roleSection, roleFilter, roleSearch:
		i := slices.IndexFunc(turns(), func(t turn) bool { return t.role == o.role })
		window, err = s.turned(o.changes, turns()[i])
	case roleService:
		window, err = s.inService(o.service)
	default:
		err = fmt.Errorf("there is no window %q", o.role)
	}
	if err != nil {
		return err
	}
	window.Resize(fyne.NewSize(width, height))
	failed := make(chan error, 1)
	s.app.Lifecycle().SetOnStarted(func() {
		go func() {
			failed <- s.work()
			fyne.Do(s.app.Quit)
		}()
	})
	window.ShowAndRun()
	return <-failed
}

// onFyne runs a function on Fyne's goroutine, and says how long it took.
func onFyne(f func()) time.Duration {
	took := make(chan time.Duration, 1)
	fyne.Do(func() {
		start := time.Now()
		f()
		took <- time.Since(start)
	})
	return <-took
}

func (s *subject) say(value any) error { return json.NewEncoder(s.out).Encode(value) }

// bare is a window with a list of so many labels.
func (s *subject) bare(rows int) (fyne.Window, *widget.List) {
	texts := make([]string, rows)
	for i := range texts {
		texts[i] = fmt.Sprintf("Order %d", i)
	}
	list := widget.NewList(func() int { return rows },
		func() fyne.CanvasObject { return widget.NewLabel("") },
		func(i widget.ListItemID, row fyne.CanvasObject) {
			if label, ok := row.(*widget.Label); ok {
				label.SetText(texts[i])
			}
		})
	window := s.app.NewWindow("bare")
	window.SetContent(list)
	window.SetMaster()
	return window, list
}

// ours is the terminal's window over a counter.
func (s *subject) ours(c *counter, busy func(time.Duration)) (*ui.Window, *model.Controller, error) {
	waker := ui.NewWaker()
	controller, err := model.NewController(model.Options{
		Terminal: c, Clock: c, Wake: waker.Wake,
		Places: []model.Place{model.PlaceOrders, model.PlacePrinters, model.PlaceMore},
	})
	if err != nil {
		return nil, nil, err
	}
	return ui.New(s.app, ui.Options{Controller: controller, Waker: waker, Alerts: mute{}, Busy: busy}), controller, nil
}

// beside runs the window's own loop while f works.
func beside(window *ui.Window, f func() error) error {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	shown := make(chan struct{})
	group.Go(func() { window.Run(ctx, func() { close(shown) }) })
	<-shown
	err := f()
	cancel()
	group.Wait()
	return err
}

// mute makes no sound.
type mute struct{ terminal.Alerts }

func (mute) Ring(terminal.AlarmKind)    {}
func (mute) Show([]terminal.Notice)     {}
func (mute) State() terminal.AlertState { return terminal.AlertState{} }

// counter is a terminal without disk, hub and printers: what is left is the window's work.
type counter struct {
	now func() time.Time

	mu     sync.Mutex
	orders []order.Order // active ones
	ended  []order.Order // never change
}

// Now is the counter's clock.
func (c *counter) Now() time.Time { return c.now() }

// Orders are the active ones.
func (c *counter) Orders() []order.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.orders)
}

// Order is an active one, or one that has ended.
func (c *counter) Order(id string) (order.Order, bool, error) {
	if i := slices.IndexFunc(c.ended, func(o order.Order) bool { return o.ID == id }); i >= 0 {
		return c.ended[i], true, nil
	}
	o := c.order(id)
	return o, o.ID != "", nil
}

// Ended are none: nobody asks for a day.
func (c *counter) Ended(_ context.Context, day shop.Day) (terminal.Ended, error) {
	return terminal.Ended{Day: day}, nil
}

// put stores an order as it is now.
func (c *counter) put(o order.Order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.orders, func(known order.Order) bool { return known.ID == o.ID })
	switch {
	case i >= 0 && o.Active():
		c.orders[i] = o
	case i >= 0:
		c.orders = slices.Delete(c.orders, i, i+1)
	case o.Active():
		c.orders = append(c.orders, o)
	}
}

func (c *counter) order(id string) order.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.orders {
		if o.ID == id {
			return o
		}
	}
	return order.Order{}
}

// Do applies a command.
func (c *counter) Do(command order.Command) (order.Order, error) {
	now := c.now()
	before := c.order(command.OrderID)
	command.ID, command.At, command.By = fmt.Sprintf("%s-%d", command.OrderID, before.Revision), now, "bench"
	o, err := order.Apply(before, command, order.OwnPolicy(), now)
	if err == nil {
		c.put(o)
	}
	return o, err
}

// LinkState is online, and always was.
func (c *counter) LinkState() terminal.Event {
	return terminal.Event{Kind: terminal.EventLink, Online: true}
}

// Settings are the one location's.
func (c *counter) Settings() []shop.Location { return []shop.Location{location()} }

// Prefer forgets.
func (c *counter) Prefer(terminal.Preferences) error { return nil }

// Refusals are none.
func (c *counter) Refusals() []terminal.Refusal { return nil }

// RefusalRead has nothing to note.
func (c *counter) RefusalRead(string) error { return nil }

// Unsent are none.
func (c *counter) Unsent() []string { return nil }
func (c *counter) Lost() []string   { return nil }

// Troubles are none.
func (c *counter) Troubles() []terminal.Trouble { return nil }

// Heed does nothing.
func (c *counter) Heed(string) {}

// Disk works.
func (c *counter) Disk() terminal.DiskFault { return terminal.DiskWorks }

// Salvaged is never.
func (c *counter) Salvaged() terminal.Salvage { return terminal.Salvage{} }

// HearSalvage has nothing to note.
func (c *counter) HearSalvage() error { return nil }
