// Package ui is the terminal's window: it draws what package model says, and hands on what
// fingers ask for. Everything drawn belongs to Fyne's goroutine.
package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// control is what the parts of the window ask for. None of it waits.
type control interface {
	Go(model.Place)
	Section(model.Section)
	Select(id string)
	DetailTab(model.DetailTab)
	PerPage(int)
	Scrolled(first int)
	SoundRead()
	HearSalvage()
	PairAgain()
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
	theme.Wear(app, options.Mode)
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
	w.orders = newOrders(w.palette, &w.shape, windowControl{options.Controller, w.carry, w.Print, w.begin}, w.Explain, paperControl{
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
	w.alarm = newAlarm(w.palette, w.rail.across, func(row model.AlarmRow) { w.carry(options.Controller.GotIt(row)) },
		func(rows []model.AlarmRow) { w.carry(options.Controller.GotAll(rows)) })
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
	begin func(model.Errand)
}

// Do plans the next step of an order: its button is busy at once.
func (c windowControl) Do(id string, command order.CommandType) { c.carry(c.Tap(id, command)) }

// HearSalvage says that somebody has read of the salvage.
func (c windowControl) HearSalvage() { c.begin(c.Controller.HearSalvage()) }

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
	theme.Wear(w.app, mode)
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
	before := overlays.List()
	if slices.Contains(before, o) == on {
		return
	}
	after := slices.DeleteFunc(slices.Clone(before), func(other fyne.CanvasObject) bool { return other == o })
	if on {
		o.Resize(w.window.Canvas().Size())
		after = append(after, o)
		if i := slices.Index(after, fyne.CanvasObject(w.alarm)); i >= 0 { // over all that opens
			after = append(slices.Delete(after, i, i+1), w.alarm)
		}
	}
	// Fyne takes away with an overlay what lies above it
	same := 0
	for same < min(len(before), len(after)) && before[same] == after[same] {
		same++
	}
	if same < len(before) {
		overlays.Remove(before[same])
	}
	for _, other := range after[same:] {
		overlays.Add(other)
	}
}
