package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
)

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
