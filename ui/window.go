// Package ui is the terminal's window: it draws what package model says, and hands on what
// fingers ask for. Everything drawn belongs to Fyne's goroutine.
package ui

import (
	"context"
	"image"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// Options are what a window works with.
type Options struct {
	Controller *model.Controller
	// Waker is what the controller wakes.
	Waker Waker
	// Alerts sound while the alarm is up.
	Alerts terminal.Alerts
	// Picture returns how the ticket of a job looks on paper, nil if unknown; it may be slow.
	Picture func(key string) image.Image
	// Mode is how it looks at first.
	Mode theme.Mode
	// NoPointer hides the mouse's pointer: on a touchscreen it only stands in the way.
	NoPointer bool
	// Busy, where there is one, hears how long each state that Run draws kept Fyne's goroutine.
	Busy func(time.Duration)
}

// Waker is how any goroutine asks for the window to be drawn anew.
type Waker chan struct{}

// NewWaker returns a waker.
func NewWaker() Waker { return make(Waker, 1) }

// Wake asks once; it never waits.
func (w Waker) Wake() {
	select {
	case w <- struct{}{}:
	default:
	}
}

// control is what the parts of the window ask for. None of it waits.
type control interface {
	Go(model.Place)
	Section(model.Section)
	Select(id string)
	DetailTab(model.DetailTab)
	PerPage(int)
	Scrolled(first int)
	SoundRead()
	Do(id string, command order.CommandType)
	Print(id string)
	OpenSearch()
	Search(query string)
	Typing(on bool)
	CloseSearch()
	Searching() bool
	OpenFilter()
	FilterClear(model.FilterPart)
	ShowPhone()
}

// Window is the terminal's window.
type Window struct {
	options Options
	app     fyne.App
	window  fyne.Window
	palette *theme.Palette
	work    *worker[model.Plan]
	errands *worker[model.Errand] // slow ones: a tap does not wait behind them
	loads   *worker[model.Errand] // of the store: they do not wait for a printer
	shape   shape
	shown   picture // what is drawn

	content    *fyne.Container
	background *canvas.Rectangle
	// pointerless is nil where the pointer shows.
	pointerless *pointerless
	rail        *rail
	top         *topBar
	orders      *orders
	printers    *printers
	more        *more
	alarm       *alarm
	sheet       *sheet
	filter      *filterSheet
	setup       *setupSheet
	action      *actionSheet
	ordering    *orderingSheet
	reader      *reader
	doctor      *doctorSheet
	desk        *desk
	snackbar    *snackbar
}

// New makes the window. It is empty until Run, or Draw.
func New(app fyne.App, options Options) *Window {
	w := &Window{options: options, app: app, palette: theme.NewPalette(options.Mode), work: newWorker[model.Plan](), errands: newWorker[model.Errand](), loads: newWorker[model.Errand]()}
	app.Settings().SetTheme(theme.New(options.Mode))
	fonts := make(chan struct{})
	go func() { // it takes as long as Fyne's beginning, which measures nothing
		defer close(fonts)
		theme.Body.Measure(".")
		theme.BodyBold.Measure(".")
	}()
	w.window = app.NewWindow("Comptoir")
	<-fonts
	w.window.SetPadded(false)
	w.window.SetMaster()

	w.background = canvas.NewRectangle(w.palette.Color(theme.Bg))
	w.rail = newRail(w.palette, options.Controller.Go)
	w.top = newTopBar(w.palette, topControl{
		back: w.back, search: func() { w.orders.search.open(true) }, filter: options.Controller.OpenFilter,
		locations: w.Locations, lock: options.Controller.Lock, ordering: options.Controller.OrderingOpen,
	})
	w.orders = newOrders(w.palette, &w.shape, windowControl{options.Controller, w.carry, w.Print}, w.Explain, paperControl{
		print: func(id, station string) { w.begin(options.Controller.Print(id, station)) },
		look:  func(ticket string) { w.begin(func(context.Context) { w.ReadTicket(ticket) }) },
	})
	w.printers = newPrinters(w.palette, &w.shape, printerControl{
		add: func() { w.begin(options.Controller.SetUp("")) },
		log: func() { w.begin(func(context.Context) { w.ReadFaults() }) },
		do: func(printer string, action model.PrinterAction) {
			w.begin(options.Controller.PrinterDo(printer, action))
		},
		look: func(ticket string) { w.begin(func(context.Context) { w.ReadTicket(ticket) }) },
	})
	w.more = newMore(w.palette, &w.shape, moreControl{
		language: w.chooseLanguage, appearance: w.chooseAppearance, lock: options.Controller.Lock, open: options.Controller.Open,
		doctor: func() { options.Controller.Go(model.PlaceDoctor) }, leave: w.Leave, ordering: options.Controller.OrderingOpen,
		alerts: alertControl{
			newOrders: func(on bool) { w.carry(options.Controller.MuteNewOrders(!on)) },
			arrivals:  func(on bool) { w.carry(options.Controller.MuteArrivals(!on)) },
			volume:    func(step int) { w.carry(options.Controller.StepVolume(step)) },
			try:       options.Controller.TrySound, check: options.Controller.CheckSound,
		},
	})
	w.alarm = newAlarm(w.palette, w.rail.across, func(row model.AlarmRow) { w.carry(options.Controller.GotIt(row)) })
	w.sheet = newSheet(w.palette, w.closeSheet)
	w.filter = newFilterSheet(w.palette, options.Controller)
	w.reader = newReader(w.palette, func() { w.cover(w.reader, false) })
	w.setup = newSetupSheet(w.palette, options.Controller, w.begin)
	w.action = newActionSheet(w.palette, options.Controller, w.carry)
	w.ordering = newOrderingSheet(w.palette, options.Controller, w.carry)
	w.doctor = newDoctorSheet(w.palette, options.Controller.ExamineAgain, func() { w.begin(options.Controller.CloseDoctor()) })
	w.desk = w.newDesk()
	w.snackbar = newSnackbar(w.palette, func(id int) { w.carry(options.Controller.Undo(id)) })
	w.window.Canvas().SetOnTypedRune(func(r rune) {
		if t := w.typist(); t != nil {
			t.typed(r)
		}
	})
	w.window.Canvas().SetOnTypedKey(func(key *fyne.KeyEvent) {
		if t := w.typist(); t != nil {
			t.pressed(key.Name)
		}
	})
	w.content = &fyne.Container{Layout: root{w}, Objects: []fyne.CanvasObject{w.background}}
	if options.NoPointer {
		w.hidePointer()
	}
	w.window.SetContent(w.content)
	return w
}

// typist is who takes the keys of a real keyboard now; nil where nobody does.
func (w *Window) typist() typist {
	top := w.window.Canvas().Overlays().Top()
	if top == nil && w.shown.place == model.PlaceOrders {
		return w.orders
	}
	if t, ok := top.(typist); ok {
		return t
	}
	return nil
}

// fill puts everything into the window, with its first state: parts without words would be the
// first that somebody sees.
func (w *Window) fill() {
	if !slices.Contains(w.content.Objects, fyne.CanvasObject(w.orders)) {
		w.content.Objects = append(w.content.Objects, w.orders, w.printers.scroll, w.more.scroll, w.top, w.rail, w.snackbar.Snackbar)
		w.content.Refresh()
	}
}

// windowControl carries out by the worker what the controller has planned.
type windowControl struct {
	*model.Controller
	carry func(model.Plan)
	print func(id string)
}

// Do plans the next step of an order: its button is busy at once.
func (c windowControl) Do(id string, command order.CommandType) { c.carry(c.Tap(id, command)) }

// Print prints the kitchen's tickets of an order once more.
func (c windowControl) Print(id string) { c.print(id) }

// carry has a plan carried out beside Fyne's goroutine.
func (w *Window) carry(plan model.Plan) {
	if !plan.Empty() {
		w.work.add(plan)
	}
}

// begin has an errand run beside Fyne's goroutine.
func (w *Window) begin(errand model.Errand) {
	if errand != nil {
		w.errands.add(errand)
	}
}

// Fyne returns the window for what it alone can do: showing, full screen, capturing.
func (w *Window) Fyne() fyne.Window { return w.window }

func (w *Window) chooseLanguage(language string) { w.carry(w.options.Controller.Language(language)) }

func (w *Window) chooseAppearance(appearance string) {
	w.SetMode(ModeOf(appearance)) // at once
	w.carry(w.options.Controller.Appearance(appearance))
}

// SetMode changes the look of everything.
func (w *Window) SetMode(mode theme.Mode) {
	w.palette.SetMode(mode)
	w.app.Settings().SetTheme(theme.New(mode))
	w.background.FillColor = w.palette.Color(theme.Bg)
	w.background.Refresh()
	for _, part := range []fyne.CanvasObject{
		w.rail, w.top, w.orders, w.orders.list, w.orders.tabs.strip, w.orders.page, w.orders.details, w.alarm, w.sheet, w.filter, w.setup, w.action, w.ordering, w.reader, w.doctor, w.snackbar.Snackbar,
	} {
		part.Refresh()
	}
	for _, part := range w.desk.parts() {
		part.Refresh()
	}
	w.printers.fill()
	w.more.fill()
}

// back leads away from what the top bar heads.
func (w *Window) back() {
	if w.shown.place == model.PlaceMore {
		w.options.Controller.Back()
		return
	}
	w.options.Controller.Select("")
}

// picture is all that the window shows at one moment.
type picture struct {
	screen   model.Screen
	place    model.Place
	words    *model.Words
	printers printerView
	papers   []image.Image // of the details' tickets
	more     moreView
	setup    *model.Setup
	doctor   *model.DoctorSheet
	ordering *model.OrderingSheet
	snackbar model.Snackbar
	silent   bool
	// appearance is the one that was chosen; empty where none was.
	appearance string
}

// look gathers what the window should show. It may be slow, and is not for Fyne's goroutine.
func (w *Window) look() picture {
	c := w.options.Controller
	p := picture{
		screen: c.Screen(), words: c.Words(), place: model.PlaceOrders, setup: c.Setup(), doctor: c.DoctorSheet(), ordering: c.OrderingSheet(),
		silent: w.options.Alerts.State().Audio.Silent(), snackbar: c.Snackbar(), appearance: c.Chosen(),
	}
	if load := c.Load(); load != nil {
		w.loads.add(load)
	}
	for _, item := range p.screen.Rail {
		if item.Chosen {
			p.place = item.Place
		}
	}
	if d := p.screen.Details; d != nil && d.Tickets != nil {
		for _, ticket := range d.Tickets.List {
			p.papers = append(p.papers, w.picture(ticket.Key.Key))
		}
	}
	if p.place == model.PlaceMore {
		_, leaves := c.LeaveSheet()
		p.more = moreView{c.MorePlace(), p.words, p.screen.Top.Person, leaves}
	}
	if p.place != model.PlacePrinters {
		return p
	}
	p.printers.place = c.PrinterPlace()
	for _, panel := range p.printers.place.Panels {
		var pictures []image.Image
		for _, ticket := range panel.Last {
			pictures = append(pictures, w.picture(ticket.Key))
		}
		p.printers.pictures = append(p.printers.pictures, pictures)
	}
	return p
}

// picture is how a ticket looks on paper, nil where it cannot be known. It may be slow.
func (w *Window) picture(key string) image.Image {
	if w.options.Picture == nil {
		return nil
	}
	return w.options.Picture(key)
}

// ReadFaults opens the log of the printers' faults, from beside Fyne's goroutine.
func (w *Window) ReadFaults() {
	log := w.options.Controller.FaultLog()
	fyne.Do(func() {
		w.reader.faults(log)
		w.cover(w.reader, true)
	})
}

// Print prints the kitchen's tickets of an order once more.
func (w *Window) Print(id string) { w.begin(w.options.Controller.PrintAll(id)) }

// Leave asks whether to end the program, where that is not the window manager's business.
func (w *Window) Leave() {
	sheet, known := w.options.Controller.LeaveSheet()
	if !known {
		return
	}
	w.reader.leave(sheet, func() {
		w.cover(w.reader, false)
		w.begin(w.options.Controller.Leave())
	})
	w.cover(w.reader, true)
}

// ReadTicket opens one ticket, from beside Fyne's goroutine.
func (w *Window) ReadTicket(key string) {
	sheet, known := w.options.Controller.TicketSheet(key)
	if !known {
		return
	}
	picture := w.picture(key)
	fyne.Do(func() {
		w.reader.ticket(sheet, picture, func() {
			w.begin(w.options.Controller.Reprint(key))
			w.cover(w.reader, false)
		})
		w.cover(w.reader, true)
	})
}

// Draw shows the state of the moment at once. Run does it by itself.
func (w *Window) Draw() { w.Prepare()() }

// Prepare gathers the state of the moment and returns what shows it, for Fyne's goroutine.
func (w *Window) Prepare() (draw func()) {
	next := w.look()
	changes := w.changed(next)
	return func() { w.show(next, changes) }
}

// changed compares a state with the one that is shown. While no other is shown it may run beside
// Fyne's goroutine.
func (w *Window) changed(next picture) model.Changes {
	return model.Changed(w.shown.screen, next.screen)
}

// show draws what differs from what is shown.
func (w *Window) show(next picture, changes model.Changes) {
	before := w.shown
	w.shown = next
	moved := before.place != next.place
	if changes.Rail {
		w.rail.set(next.screen.Rail)
	}
	w.orders.details.papers = next.papers
	changes.Details = changes.Details || !slices.Equal(before.papers, next.papers)
	w.orders.show(next.screen, changes)
	if next.place == model.PlacePrinters && (moved || !reflect.DeepEqual(before.printers, next.printers)) {
		w.printers.set(next.printers)
	}
	if next.place == model.PlaceMore && (moved || !reflect.DeepEqual(before.more, next.more)) {
		w.more.set(next.more)
	}
	turned := before.more.place.Page != next.more.place.Page
	if turned || changes.Rail || changes.Top || changes.Details || changes.Search || moved || before.silent != next.silent || before.words != next.words {
		w.heading()
	}
	if changes.Rail || changes.Search || changes.Details && next.screen.Search != nil || moved {
		w.arrange()
	}
	w.fill()
	if !reflect.DeepEqual(before.setup, next.setup) {
		if next.setup != nil {
			w.setup.set(*next.setup, before.setup == nil)
		}
		w.cover(w.setup, next.setup != nil)
	}
	if !reflect.DeepEqual(before.ordering, next.ordering) {
		if next.ordering != nil {
			w.ordering.set(*next.ordering, before.ordering == nil)
		}
		w.cover(w.ordering, next.ordering != nil)
	}
	if !reflect.DeepEqual(before.doctor, next.doctor) {
		if next.doctor != nil {
			w.doctor.set(*next.doctor)
		}
		w.cover(w.doctor, next.doctor != nil)
	}
	if changes.Filter {
		w.filter.show(next.screen.FilterSheet)
		w.cover(w.filter, next.screen.FilterSheet != nil)
	}
	if changes.Desk {
		w.desk.show(w, before.screen, next.screen)
	}
	if before.snackbar != next.snackbar {
		w.snackbar.set(next.snackbar)
		w.placeSnackbar()
	}
	if mode := ModeOf(next.appearance); before.words != nil && before.appearance != next.appearance && mode != w.palette.Mode() {
		w.SetMode(mode) // somebody has taken it back
	}
	if changes.Sheet {
		if next.screen.Sheet != nil {
			w.action.set(*next.screen.Sheet, before.screen.Sheet == nil)
		}
		w.cover(w.action, next.screen.Sheet != nil)
	}
	if changes.Alarm {
		w.ring(next.screen.Alarm)
	}
}

// heading makes the top bar what the place needs.
func (w *Window) heading() {
	t, shown := w.top, w.shown
	t.data, t.heading, t.least, t.back, t.silent = shown.screen.Top, "", "", "", ""
	t.tools = shown.place == model.PlaceOrders && !w.orders.covered() && !w.orders.search.on()
	if shown.silent {
		t.silent = shown.words.Say("sound.none")
		if !w.shape.wide() {
			t.silent = shown.words.Say("sound.short")
		}
	}
	switch {
	case shown.place == model.PlaceMore:
		more := shown.more.place
		t.heading, t.least, t.back = more.Title, more.Short, more.Back
		if !w.shape.wide() {
			t.heading = more.Short
		}
	case shown.place != model.PlaceOrders:
		for _, item := range shown.screen.Rail {
			if item.Chosen {
				t.heading, t.least = item.Name, item.Name
			}
		}
	case w.orders.covered():
		t.heading, t.least, t.back = shown.screen.Details.Title, shown.screen.Details.Number, shown.screen.Details.Back
		if w.shape.narrow() {
			t.heading = shown.screen.Details.Number
		}
	}
	t.Refresh()
}

// ring shows or takes away the alarm, and sounds.
func (w *Window) ring(data *model.Alarm) {
	if data == nil {
		w.options.Alerts.Ring("")
		w.options.Alerts.Show(nil)
		w.cover(w.alarm, false)
		return
	}
	w.options.Alerts.Ring(data.Kind)
	w.options.Alerts.Show(data.Notices)
	w.alarm.set(*data)
	w.cover(w.alarm, true)
}

// Explain says why something cannot be done here.
func (w *Window) Explain(explanation model.Explanation) {
	w.sheet.set(explanation)
	w.cover(w.sheet, true)
}

func (w *Window) closeSheet() { w.cover(w.sheet, false) }

// cover puts an overlay over the window, or takes it away. Nothing but the alarm comes over a
// locked one.
func (w *Window) cover(o fyne.CanvasObject, on bool) {
	if on && w.shown.screen.Lock != nil && o != w.desk.lock && o != w.alarm {
		return
	}
	overlays := w.window.Canvas().Overlays()
	there := false
	for _, other := range overlays.List() {
		there = there || other == o
	}
	switch {
	case on && !there:
		o.Resize(w.window.Canvas().Size())
		overlays.Add(o)
	case !on && there:
		overlays.Remove(o)
	}
}

// root places the parts of the window.
type root struct{ window *Window }

// MinSize is Fyne's: a window may have any size.
func (root) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout is Fyne's.
func (r root) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w := r.window
	wide := w.shape.wide()
	w.shape = shape{size.Width, size.Height}
	if w.shape.wide() != wide {
		w.options.Controller.Wide(w.shape.wide())
	}
	w.arrange()
}

func (w *Window) arrange() {
	s := w.shape
	if s.width <= 0 {
		return
	}
	place(w.background, area{0, 0, s.width, s.height})
	if w.pointerless != nil {
		place(w.pointerless, area{0, 0, s.width, s.height})
	}
	rail := w.rail.across(s)
	content := s.content(rail)
	if s.narrow() {
		place(w.rail, area{0, s.height - bottomBar, s.width, bottomBar})
	} else {
		place(w.rail, area{0, 0, rail, s.height})
	}
	w.rail.setShape(s)
	m := s.margin()
	w.top.shape = s
	place(w.top, area{content.x + m, 0, content.width - 2*m, s.topHeight()})
	w.heading()

	below := area{content.x, s.topHeight(), content.width, content.height - s.topHeight()}
	inOrders, search := w.shown.place == model.PlaceOrders || w.shown.place == "", w.orders.search
	// what is typed, and the keyboard for it, take the room of the bars where there is little
	show(w.rail, !(inOrders && s.narrow() && search.typing.up()))
	show(w.top, !(inOrders && s.low() && search.on()) || w.orders.covered())
	orders := below
	if !w.top.Visible() {
		orders.y, orders.height = 0, below.bottom()
	}
	if !w.rail.Visible() {
		orders.height += bottomBar
	}
	place(w.orders, orders)
	w.orders.Refresh()
	w.placeSnackbar()
	show(w.orders, inOrders)
	show(w.more.scroll, w.shown.place == model.PlaceMore)
	show(w.printers.scroll, w.shown.place == model.PlacePrinters)
	switch w.shown.place {
	case model.PlacePrinters:
		w.printers.place(below)
	case model.PlaceMore:
		w.more.place(below)
	}
}

func (w *Window) placeSnackbar() {
	w.snackbar.place(w.shape.content(w.rail.across(w.shape)), w.shape.margin())
}
