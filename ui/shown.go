package ui

import (
	"image"
	"reflect"
	"slices"

	"comptoir/ui/model"
)

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
