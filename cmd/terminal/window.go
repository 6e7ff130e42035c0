package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"comptoir/alert"
	"comptoir/assets"
	"comptoir/doctor"
	"comptoir/internal/supervise"
	"comptoir/internal/systemd"
	"comptoir/store"
	"comptoir/sync/pairing"
	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
)

// windowOptions are what the command line says of the window.
type windowOptions struct {
	size       string
	fullscreen bool
	kiosk      bool
}

func (o *windowOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.size, "window", "1280x800", "`size` of the window")
	flags.BoolVar(&o.fullscreen, "fullscreen", false, "the window takes the whole screen, which stays on")
	flags.BoolVar(&o.kiosk, "kiosk", false, "like --fullscreen, without a pointer; only More leads out, the window manager does not")
}

func (o windowOptions) parse() (fyne.Size, error) {
	var width, height float32
	if n, err := fmt.Sscanf(o.size+"\n", "%fx%f\n", &width, &height); n != 2 || err != nil || width < 320 || height < 320 {
		return fyne.Size{}, fmt.Errorf("--window: %q is not a size such as 1280x800", o.size)
	}
	return fyne.NewSize(width, height), nil
}

// open says how a window opens.
func (o windowOptions) open(app fyne.App, window fyne.Window, opened chan<- struct{}) error {
	size, err := o.parse()
	if err != nil {
		return err
	}
	whole := o.fullscreen || o.kiosk
	window.Resize(size)
	window.SetFullScreen(whole)
	if o.kiosk {
		window.SetCloseIntercept(func() {}) // a cashier's stray tap, or the window manager
	}
	app.Lifecycle().SetOnStarted(func() {
		if whole {
			app.Driver().SetDisableScreenBlanking(true)
		}
		close(opened)
	})
	return nil
}

// newApp begins Fyne. It needs the main goroutine.
func newApp() (fyne.App, error) {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil, errors.New("there is no display for the window: set DISPLAY, or start with --headless")
	}
	const id = "app.comptoir.terminal"
	// or else Fyne asks at each refresh on which goroutine it is, which takes longer than the refresh
	fyneapp.SetMetadata(fyne.AppMetadata{ID: id, Name: "Comptoir", Migrations: map[string]bool{"fyneDo": true}})
	return fyneapp.NewWithID(id), nil
}

// openWindow works behind a window until ctx ends or somebody closes it, and returns an exit code
// of package supervise. It needs the main goroutine.
func openWindow(ctx context.Context, c config, data string, options windowOptions, log *slog.Logger) (code int, err error) {
	if _, err := options.parse(); err != nil {
		return supervise.ExitStart, err
	}
	app, err := newApp()
	if err != nil {
		return supervise.ExitStart, err
	}
	file, err := openStore(data, log)
	if err != nil {
		if errors.Is(err, store.ErrInUse) {
			return supervise.ExitStart, errors.Join(withRemedy(err, data), raiseOther(data))
		}
		return showUnable(ctx, app, err, data, options, log)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var left, again atomic.Bool
	var leave, pairAgain func()
	if c.paired.Device != "" {
		pairAgain = func() {
			again.Store(true)
			cancel()
		}
	}
	if options.kiosk {
		leave = func() {
			left.Store(true)
			cancel()
		}
	}
	clock := newClock()
	s, err := newWindowScreen(app, c, data, preferences(file, log), clock, leave, pairAgain, os.Stdout, log)
	if err != nil {
		return supervise.ExitStart, errors.Join(err, file.Close())
	}
	if err := options.open(app, s.window.Fyne(), s.opened); err != nil {
		return supervise.ExitStart, errors.Join(err, file.Close())
	}
	app.Lifecycle().SetOnEnteredForeground(func() { s.alerts.Focused(true) })
	app.Lifecycle().SetOnExitedForeground(func() { s.alerts.Focused(false) })
	s.window.Fyne().SetOnClosed(cancel)
	ended, gone := make(chan error, 1), make(chan struct{})
	go func() { // the orders are read while the window opens
		broken := errors.Join(work(ctx, c, data, file, clock, s, log), file.Close())
		if again.Load() {
			broken = errors.Join(broken, pairing.AskAgain(data, true, s.controller.Words().Language()))
		}
		ended <- broken
		select {
		case <-s.opened: // before, nothing could be quit
			fyne.Do(app.Quit)
			quit(gone, broken, exitCode(broken, left.Load(), again.Load()), os.Exit)
		case <-gone:
		}
	}()
	err = show(s.window.Fyne(), s.opened)
	close(gone)
	cancel()
	broken := <-ended
	select {
	case <-s.opened:
		err = errors.Join(err, broken)
		return exitCode(err, left.Load(), again.Load()), err
	default:
		return startCode(err), errors.Join(err, broken)
	}
}

// exitCode is that of a terminal that had a window.
func exitCode(broken error, left, again bool) int {
	switch {
	case broken != nil:
		return supervise.ExitFailed
	case left:
		return supervise.ExitLeft
	case again:
		return supervise.ExitAgain
	}
	return 0
}

// quit ends the process where Fyne does not: the end of its loop now and then loses a function
// for which it then waits for ever. By now everything is on the disk.
func quit(gone <-chan struct{}, broken error, code int, exit func(code int)) {
	const patience = 2 * time.Second
	select {
	case <-gone:
	case <-time.After(patience):
		if broken != nil {
			fmt.Fprintln(os.Stderr, "terminal:", broken)
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

// showAlone shows a window that is all of this process, until it is closed or ctx ends, and tells the
// service manager that it lives. finish is the exit code, unless there is no display. It needs the main
// goroutine.
func showAlone(ctx context.Context, app fyne.App, window fyne.Window, opened <-chan struct{}, finish func() int, log *slog.Logger) (code int, err error) {
	alive, end := context.WithCancel(ctx)
	gone := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		select {
		case <-opened:
		case <-gone:
			return
		}
		told(systemd.Notify(systemd.Ready), log)
		stayAlive(alive, log)
	})
	group.Go(func() {
		select {
		case <-ctx.Done():
		case <-gone:
			return
		}
		select {
		case <-opened:
			fyne.Do(app.Quit)
			quit(gone, nil, finish(), os.Exit)
		case <-gone:
		}
	})
	if err = show(window, opened); err != nil {
		code = startCode(err)
	} else {
		code = finish()
	}
	close(gone)
	end()
	group.Wait()
	return code, err
}

// errDisplay: nothing at DISPLAY shows a window.
var errDisplay = errors.New("the window could not be opened: check DISPLAY, or start with --headless")

// startCode is the exit code of a terminal whose window has not opened.
func startCode(err error) int {
	if errors.Is(err, errDisplay) {
		return supervise.ExitDisplay
	}
	return supervise.ExitStart
}

// show runs the window until it is closed. Fyne panics where there is no display, which is no
// more than an error here; any other panic stays one, a mistake in the first frame too.
func show(window fyne.Window, opened <-chan struct{}) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if _, mistake := cause.(runtime.Error); mistake {
			panic(cause)
		}
		select {
		case <-opened:
			panic(cause)
		default:
			err = fmt.Errorf("%w (%v)", errDisplay, cause)
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
	alerts     *alert.Alerts
	out        io.Writer
	log        *slog.Logger
	opened     chan struct{} // closed when the window is there
	watch      *doctor.Watch
}

// newWindowScreen makes the window; leave ends the program, and is nil where the window manager
// does; pairAgain leads to the pairing screen, and is nil where terminal.toml says who this is.
func newWindowScreen(app fyne.App, c config, data string, preferences terminal.Preferences, clock *terminal.HubClock, leave, pairAgain func(), out io.Writer, log *slog.Logger) (*windowScreen, error) {
	s := &windowScreen{terminal: &laterTerminal{}, papers: newPapers(), out: out, log: log, opened: make(chan struct{})}
	waker := ui.NewWaker()
	var err error
	printers := fitter{terminal: s.terminal, letters: c.letters, papers: s.papers, log: log}
	s.papers.profile = printers.profile
	s.alerts = alert.New(func(kind terminal.AlarmKind) []byte { return assets.Sound(string(kind)) }, waker.Wake)
	s.alerts.SetVolume(preferences.Alerts.Loudness())
	ports, err := doctorPorts(c, data, log)
	if err != nil {
		return nil, err
	}
	ports.Fault, ports.Salvage = s.terminal.Disk, s.terminal.Salvaged
	ports.Clock, ports.Ahead = clock, clock.Ahead
	ports.Link, ports.Locations = s.terminal.LinkState, idsOf(s.terminal.Settings)
	ports.Silent, ports.Printers = s.Silent, printersOf(s.terminal.service.Load)
	s.watch = doctor.NewWatch(doctor.New(ports), waker.Wake)
	s.controller, err = model.NewController(model.Options{
		Doctor: windowDoctor{s.watch, data, log}, Leave: leave, PairAgain: pairAgain,
		Work: printers, Tools: printers, Alerts: s.alerts, Staff: s.terminal, Ordering: s.terminal,
		Terminal: s.terminal, Clock: clock, Wake: waker.Wake, Preferences: preferences,
		// new order and reports come with their screens
		Places: []model.Place{model.PlaceOrders, model.PlacePrinters, model.PlaceMore},
	})
	if err != nil {
		return nil, err
	}
	s.window = ui.New(app, ui.Options{
		Controller: s.controller, Waker: waker, Alerts: s.alerts, Picture: s.papers.picture, Mode: ui.ModeOf(preferences.Appearance),
		NoPointer: leave != nil,
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
	group.Go(func() { s.alerts.Run(ctx) })
	group.Go(func() { s.watch.Run(ctx) })
	group.Go(func() { stayAlive(ctx, s.log) })
	var broken error
	s.window.Run(ctx, func() {
		told(systemd.Notify(systemd.Ready), s.log)
		if _, err := fmt.Fprintln(s.out, "ready"); err != nil {
			broken = fmt.Errorf("writing to stdout: %w", err)
		}
	})
	group.Wait()
	return broken
}

// Raise brings the window to the front.
func (s *windowScreen) Raise() { fyne.Do(s.window.Fyne().RequestFocus) }

// Silent says that the machine cannot make a sound.
func (s *windowScreen) Silent() bool { return s.alerts.State().Audio.Silent() }

// stayAlive tells the service manager that Fyne's goroutine works: a window that hangs is started
// again.
func stayAlive(ctx context.Context, log *slog.Logger) {
	systemd.Beat(ctx, func(alive func()) { fyne.Do(alive) }, func(err error) { told(err, log) })
}

func told(err error, log *slog.Logger) {
	if err != nil {
		log.Warn("the service manager does not hear", "error", err)
	}
}
