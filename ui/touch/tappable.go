// Package touch holds the widgets of the terminal, made for fingers: they act
// when the finger leaves, scroll the list they sit in when it moves, and draw
// only what changed.
//
// All widgets take a *theme.Palette. After it changes its mode, Refresh
// recolours them.
package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

// wobble is how far a finger may move and still tap: from here on it scrolls.
const wobble = 16

// Scroller is what a finger moves: a List, a Strip or a Scroll. Things that
// can be pressed inside one must know it (SetScroller), else a finger that
// starts on them cannot scroll.
type Scroller interface {
	// Hold says that a finger came down inside.
	Hold()
	// DragBy moves the content with the finger.
	DragBy(dx, dy float32)
	// Release says that the finger is up, after what it tapped has acted.
	Release()
}

// Tappable is the base of everything that can be pressed: embed it, call Init
// in the constructor and draw by the states it reports. It acts when the
// finger leaves having moved less than 16 px, or on Enter and Space.
type Tappable struct {
	widget.BaseWidget

	// OnTapped runs on a tap; nil does nothing.
	OnTapped func()
	// Palette is what to draw with.
	Palette *theme.Palette

	self      fyne.Widget
	scroller  Scroller
	intercept func() bool // taps that mean something else: locked, busy
	disabled  bool
	focused   bool
	finger    finger
}

// finger is one touch, from down to up.
type finger struct {
	down  bool
	moved bool // by 16 px or more: it scrolls and will not tap
	start fyne.Position
	// edge says that it came down so near the edge that Fyne may not see it drag over it.
	edge bool
	out  bool // it left there: it will not tap, but may still scroll
}

// unseen is how far from an edge that is: Fyne drags from 2 px on.
const unseen = 3

var (
	_ desktop.Mouseable = (*Tappable)(nil)
	_ desktop.Hoverable = (*Tappable)(nil)
	_ fyne.Draggable    = (*Tappable)(nil)
	_ fyne.Tappable     = (*Tappable)(nil)
	_ fyne.Focusable    = (*Tappable)(nil)
)

// Init ties the base to the widget that embeds it.
func (t *Tappable) Init(self fyne.Widget, palette *theme.Palette, tapped func()) {
	t.self, t.Palette, t.OnTapped = self, palette, tapped
	t.ExtendBaseWidget(self)
}

// SetScroller names the scroller the widget sits in.
func (t *Tappable) SetScroller(scroller Scroller) { t.scroller = scroller }

// inside tells whether it sits in a scroller.
func (t *Tappable) inside(scroller Scroller) bool { return t.scroller == scroller }

// Pressed tells whether a finger that will tap is on it.
func (t *Tappable) Pressed() bool {
	return t.finger.down && !t.finger.moved && !t.finger.out && !t.disabled
}

// Focused tells whether the keyboard is on it.
func (t *Tappable) Focused() bool { return t.focused }

// Disabled tells whether taps are ignored.
func (t *Tappable) Disabled() bool { return t.disabled }

// SetDisabled makes it ignore taps, or heed them again.
func (t *Tappable) SetDisabled(disabled bool) {
	if t.disabled == disabled {
		return
	}
	t.disabled = disabled
	t.Refresh()
}

// Tap does what a tap does.
func (t *Tappable) Tap() {
	if t.disabled || t.intercept != nil && t.intercept() {
		return
	}
	if t.OnTapped != nil {
		t.OnTapped()
	}
}

// Tapped is empty: Fyne does not call it when the finger wobbled, so MouseUp
// acts instead.
func (t *Tappable) Tapped(*fyne.PointEvent) {}

// MouseDown shows the press at once.
func (t *Tappable) MouseDown(event *desktop.MouseEvent) {
	if event.Button != desktop.MouseButtonPrimary {
		return
	}
	at, size := event.Position, t.Size()
	t.finger = finger{
		down: true, start: event.AbsolutePosition,
		edge: min(at.X, at.Y, size.Width-at.X, size.Height-at.Y) < unseen,
	}
	if t.scroller != nil {
		t.scroller.Hold()
	}
	t.Refresh()
}

// MouseUp taps, unless the finger moved.
func (t *Tappable) MouseUp(event *desktop.MouseEvent) {
	if event.Button == desktop.MouseButtonPrimary {
		t.track(event.AbsolutePosition)
		t.lift()
	}
}

// Dragged scrolls what the widget sits in, once the finger has left the tap.
func (t *Tappable) Dragged(event *fyne.DragEvent) {
	if !t.finger.down {
		return
	}
	moved := t.finger.moved
	t.track(event.AbsolutePosition)
	if !t.finger.moved {
		return
	}
	if !moved {
		t.Refresh() // no longer pressed
	}
	if t.scroller != nil {
		t.scroller.DragBy(event.Dragged.DX, event.Dragged.DY)
	}
}

// DragEnd comes after MouseUp, or alone when the finger left over something
// that takes no presses.
func (t *Tappable) DragEnd() { t.lift() }

// MouseIn is needed for MouseOut.
func (t *Tappable) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is needed for MouseOut.
func (t *Tappable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends a press that slid off the edge: maybe no MouseUp will come. A quick finger that
// drags leaves too, before what it scrolls has followed: it goes on until MouseUp or DragEnd.
func (t *Tappable) MouseOut() {
	if !t.finger.down || !t.finger.edge || t.finger.moved || t.finger.out {
		return
	}
	t.finger.out = true
	t.Refresh()
	if t.scroller != nil {
		t.scroller.Release()
	}
}

func (t *Tappable) track(at fyne.Position) {
	way := at.Subtract(t.finger.start)
	if way.X*way.X+way.Y*way.Y >= wobble*wobble {
		t.finger.moved = true
	}
}

// lift ends the touch. The scroller is told last: it may then give this widget
// to another row.
func (t *Tappable) lift() {
	if !t.finger.down {
		return
	}
	still := !t.finger.moved && !t.finger.out
	t.finger = finger{}
	t.Refresh()
	if still {
		t.Tap()
	}
	if t.scroller != nil {
		t.scroller.Release()
	}
}

// FocusGained shows the ring.
func (t *Tappable) FocusGained() {
	t.focused = true
	t.Refresh()
}

// FocusLost takes the ring away.
func (t *Tappable) FocusLost() {
	t.focused = false
	t.Refresh()
}

// TypedRune is for the window, as if the keyboard were on nothing: a finger leaves it on what it
// tapped. TypedKey has the space bar.
func (t *Tappable) TypedRune(r rune) {
	if window := t.canvas(); window != nil && window.OnTypedRune() != nil && r != ' ' {
		window.OnTypedRune()(r)
	}
}

// TypedKey taps by Enter and Space; the window gets the others.
func (t *Tappable) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.Tap()
		return
	}
	if window := t.canvas(); window != nil && window.OnTypedKey() != nil {
		window.OnTypedKey()(event)
	}
}

func (t *Tappable) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(t.self)
}
