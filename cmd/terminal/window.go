package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"comptoir/assets"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
)

// windowOptions are what the command line says of the window.
type windowOptions struct {
	size       string
	fullscreen bool
}

func (o windowOptions) parse() (fyne.Size, error) {
	var width, height float32
	if n, err := fmt.Sscanf(o.size+"\n", "%fx%f\n", &width, &height); n != 2 || err != nil || width < 320 || height < 320 {
		return fyne.Size{}, fmt.Errorf("--window: %q is not a size such as 1280x800", o.size)
	}
	return fyne.NewSize(width, height), nil
}

// openWindow works behind a window until ctx ends or somebody closes it. It needs the main
// goroutine.
func openWindow(ctx context.Context, c config, data string, options windowOptions, log *slog.Logger) error {
	size, err := options.parse()
	if err != nil {
		return err
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display for the window: set DISPLAY, or start with --headless")
	}
	file, err := store.Open(filepath.Join(data, "terminal.db"))
	if err != nil {
		return err
	}
	const id = "app.comptoir.terminal"
	// or else Fyne asks at each refresh on which goroutine it is, which takes longer than the refresh
	fyneapp.SetMetadata(fyne.AppMetadata{ID: id, Name: "Comptoir", Migrations: map[string]bool{"fyneDo": true}})
	app := fyneapp.NewWithID(id)
	s, err := newWindowScreen(app, c, preferences(file, log), os.Stdout, log)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	s.window.Fyne().Resize(size)
	s.window.Fyne().SetFullScreen(options.fullscreen)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	app.Lifecycle().SetOnStarted(func() {
		if options.fullscreen {
			app.Driver().SetDisableScreenBlanking(true)
		}
		close(s.opened)
	})
	s.window.Fyne().SetOnClosed(cancel)
	ended, gone := make(chan error, 1), make(chan struct{})
	go func() { // the orders are read while the window opens
		broken := errors.Join(work(ctx, c, file, s, log), file.Close())
		ended <- broken
		select {
		case <-s.opened: // before, nothing could be quit
			fyne.Do(app.Quit)
			leave(gone, broken, os.Exit)
		case <-gone:
		}
	}()
	err = show(s.window.Fyne(), s.opened)
	close(gone)
	cancel()
	broken := <-ended
	select {
	case <-s.opened:
		return errors.Join(err, broken)
	default:
		return fmt.Errorf("the window could not be opened (%v): check DISPLAY, or start with --headless", errors.Join(err, broken))
	}
}

// leave ends the process where Fyne does not: the end of its loop now and then loses a function
// for which it then waits for ever. By now everything is on the disk.
func leave(gone <-chan struct{}, broken error, exit func(code int)) {
	const patience = 2 * time.Second
	select {
	case <-gone:
	case <-time.After(patience):
		code := 0
		if broken != nil {
			fmt.Fprintln(os.Stderr, "terminal:", broken)
			code = 1
		}
		exit(code)
	}
}

// preferences must be there before the first frame. They only concern the looks: damaged ones
// cost nobody the start.
func preferences(file *store.Store, log *slog.Logger) terminal.Preferences {
	var p terminal.Preferences
	err := file.View(func(tx terminal.Tx) (err error) {
		p, err = tx.Preferences()
		return err
	})
	if err != nil {
		log.Warn("language and appearance are the defaults: those chosen cannot be read", "error", err)
	}
	return p
}

// show runs the window until it is closed. Fyne panics where there is no display, which is no
// more than an error here; any other panic stays one.
func show(window fyne.Window, opened <-chan struct{}) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		select {
		case <-opened:
			panic(cause)
		default:
			err = fmt.Errorf("%v", cause)
		}
	}()
	window.ShowAndRun()
	return nil
}

// windowScreen is the screen of a terminal with a window.
type windowScreen struct {
	window     *ui.Window
	controller *model.Controller
	terminal   *laterTerminal
	papers     *papers
	bell       *ui.Bell
	out        io.Writer
	log        *slog.Logger
	opened     chan struct{} // closed when the window is there
}

func newWindowScreen(app fyne.App, c config, preferences terminal.Preferences, out io.Writer, log *slog.Logger) (*windowScreen, error) {
	s := &windowScreen{terminal: &laterTerminal{}, papers: newPapers(), out: out, log: log, opened: make(chan struct{})}
	waker := ui.NewWaker()
	var err error
	printers := fitter{terminal: s.terminal, letters: c.letters, papers: s.papers, log: log}
	s.papers.profile = printers.profile
	s.controller, err = model.NewController(model.Options{
		Work: printers, Tools: printers,
		Terminal: s.terminal, Ordering: s.terminal, Clock: systemClock{}, Wake: waker.Wake, Preferences: preferences,
		// new order and reports come with their screens
		Places: []model.Place{model.PlaceOrders, model.PlacePrinters, model.PlaceMore},
	})
	if err != nil {
		return nil, err
	}
	s.bell = ui.NewBell(assets.NewOrder, waker.Wake)
	s.window = ui.New(app, ui.Options{
		Controller: s.controller, Waker: waker, Alerter: s.bell, Picture: s.papers.picture, Mode: ui.ModeOf(preferences.Appearance),
	})
	return s, nil
}

// Notify hears of an event, also before Run.
func (s *windowScreen) Notify(e terminal.Event) {
	if e.Kind == terminal.EventTicket {
		s.papers.hear(e.Job)
	}
	s.controller.Notify(e)
}

// Run says that the terminal is usable once its window shows it, and keeps it up to date.
func (s *windowScreen) Run(ctx context.Context, service *terminal.Service) error {
	s.terminal.set(service)
	select {
	case <-s.opened:
	case <-ctx.Done():
		return nil
	}
	var group sync.WaitGroup
	group.Go(func() { s.bell.Run(ctx) })
	var broken error
	s.window.Run(ctx, func() {
		if _, err := fmt.Fprintln(s.out, "ready"); err != nil {
			broken = fmt.Errorf("writing to stdout: %w", err)
		}
	})
	group.Wait()
	return broken
}

// laterTerminal is the terminal before and after its service is there: the window is older.
type laterTerminal struct {
	service atomic.Pointer[terminal.Service]
}

func (t *laterTerminal) set(service *terminal.Service) { t.service.Store(service) }

// Orders is the service's.
func (t *laterTerminal) Orders() []order.Order {
	if s := t.service.Load(); s != nil {
		return s.Orders()
	}
	return nil
}

// Do is the service's.
func (t *laterTerminal) Do(c order.Command) (order.Order, error) {
	if s := t.service.Load(); s != nil {
		return s.Do(c)
	}
	return order.Order{}, terminal.ErrNoLocation
}

// LinkState is the service's.
func (t *laterTerminal) LinkState() terminal.Event {
	if s := t.service.Load(); s != nil {
		return s.LinkState()
	}
	return terminal.Event{Kind: terminal.EventLink}
}

// Settings are the service's.
func (t *laterTerminal) Settings() []shop.Location {
	if s := t.service.Load(); s != nil {
		return s.Settings()
	}
	return nil
}

// Unsent is the service's.
func (t *laterTerminal) Unsent() []string {
	if s := t.service.Load(); s != nil {
		return s.Unsent()
	}
	return nil
}

// Prefer is the service's.
func (t *laterTerminal) Prefer(p terminal.Preferences) error {
	if s := t.service.Load(); s != nil {
		return s.Prefer(p)
	}
	return terminal.ErrNoLocation
}

// Ordering is the service's.
func (t *laterTerminal) Ordering(location string) (terminal.OrderingView, error) {
	if s := t.service.Load(); s != nil {
		return s.Ordering(location)
	}
	return terminal.OrderingView{}, terminal.ErrNoLocation
}

// ChangeOrdering is the service's.
func (t *laterTerminal) ChangeOrdering(location string, c shop.Change) error {
	if s := t.service.Load(); s != nil {
		return s.ChangeOrdering(location, c)
	}
	return terminal.ErrNoLocation
}
