package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
)

// desk is what signing in and switching the location put over the window.
type desk struct {
	lock      *lock
	ask       *ask
	locations *locations
}

func (w *Window) newDesk() *desk {
	c := w.options.Controller
	d := &desk{lock: newLock(w.palette, c, w.begin), ask: newAsk(w.palette, c, w.begin)}
	d.locations = newLocations(w.palette, func(id string) {
		w.cover(d.locations, false)
		w.carry(c.ShowLocation(id))
	}, func() { w.cover(d.locations, false) })
	return d
}

// parts are all of them, to be coloured anew.
func (d *desk) parts() []fyne.CanvasObject { return []fyne.CanvasObject{d.lock, d.ask, d.locations} }

// show draws them. A terminal that locks closes every sheet: what one person has opened is not for
// the next. The alarm stays above all.
func (d *desk) show(w *Window, before, next model.Screen) {
	if next.Lock != nil && before.Lock == nil {
		for _, overlay := range w.window.Canvas().Overlays().List() {
			w.cover(overlay, overlay == w.alarm)
		}
	}
	if next.Lock != nil {
		d.lock.set(*next.Lock)
	}
	if next.Ask != nil {
		d.ask.set(*next.Ask)
	}
	d.locations.set(next.Locations)
	if (before.Lock == nil) != (next.Lock == nil) || (before.Ask == nil) != (next.Ask == nil) {
		w.cover(d.lock, next.Lock != nil)
		w.cover(d.ask, next.Ask != nil)
		if next.Alarm != nil { // drawn again by whoever calls
			w.cover(w.alarm, false)
			w.cover(w.alarm, true)
		}
	}
}

// Locations opens the sheet that leads to the other locations.
func (w *Window) Locations() {
	w.desk.locations.set(w.shown.screen.Locations)
	w.cover(w.desk.locations, true)
}
