package touch

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

// maxHold is how long a finger may be down without a sign: if its end got lost
// (an alarm came up under it), what waits for it must not wait for ever.
const maxHold = 10 * time.Second

// minView is the least length of what scrolls.
const minView = theme.MinTouch

// scrolling is the base of List, Strip and Scroll: an offset that fingers and
// wheel move, one way only.
type scrolling struct {
	widget.BaseWidget
	sideways bool
	offset   float32
	arrange  func() // places the content for the offset
	length   func() (content, view float32)
	released func() // the finger is up

	held   time.Time // last sign of the finger; zero: none is down
	finger finger    // on the background; pressable things have their own
}

var (
	_ Scroller          = (*scrolling)(nil)
	_ fyne.Scrollable   = (*scrolling)(nil) // also makes Fyne clip it
	_ fyne.Draggable    = (*scrolling)(nil)
	_ desktop.Mouseable = (*scrolling)(nil)
)

// Hold says that a finger came down inside.
func (s *scrolling) Hold() { s.held = time.Now() }

// Release says that the finger is up.
func (s *scrolling) Release() {
	s.held = time.Time{}
	if s.released != nil {
		s.released()
	}
}

func (s *scrolling) holding() bool {
	return !s.held.IsZero() && time.Since(s.held) < maxHold
}

// DragBy moves the content with the finger.
func (s *scrolling) DragBy(dx, dy float32) {
	s.held = time.Now()
	if s.sideways {
		s.slide(s.offset - dx)
	} else {
		s.slide(s.offset - dy)
	}
}

// Scrolled is the wheel.
func (s *scrolling) Scrolled(event *fyne.ScrollEvent) {
	delta := event.Scrolled.DY
	if s.sideways && event.Scrolled.DX != 0 {
		delta = event.Scrolled.DX
	}
	s.moveTo(s.offset - delta)
}

// MouseDown takes a finger between the things that can be pressed.
func (s *scrolling) MouseDown(event *desktop.MouseEvent) {
	s.finger = finger{down: true, start: event.AbsolutePosition}
	s.Hold()
}

// MouseUp ends it.
func (s *scrolling) MouseUp(*desktop.MouseEvent) { s.lift() }

// Dragged scrolls.
func (s *scrolling) Dragged(event *fyne.DragEvent) { s.DragBy(event.Dragged.DX, event.Dragged.DY) }

// DragEnd ends it too: MouseUp does not come when the finger left elsewhere.
func (s *scrolling) DragEnd() { s.lift() }

func (s *scrolling) lift() {
	if s.finger.down {
		s.finger = finger{}
		s.Release()
	}
}

// limit is the furthest offset.
func (s *scrolling) limit() float32 {
	content, view := s.length()
	return max(content-view, 0)
}

// moveTo scrolls without a finger; not under one.
func (s *scrolling) moveTo(offset float32) {
	if !s.holding() {
		s.slide(offset)
	}
}

func (s *scrolling) slide(offset float32) {
	offset = min(max(offset, 0), s.limit())
	if offset != s.offset {
		s.offset = offset
		s.arrange()
	}
}

// reveal scrolls as little as it takes to see a stretch of the content.
func (s *scrolling) reveal(from, to float32) {
	_, view := s.length()
	offset := s.offset
	if to > offset+view {
		offset = to - view
	}
	s.moveTo(min(offset, from))
}

// Scroll moves one tall content by finger and wheel. Things that can be
// pressed in it need SetScroller(scroll).
type Scroll struct {
	scrolling
	// OnMoved runs when Offset may answer something else.
	OnMoved func()

	content fyne.CanvasObject
}

// NewScroll returns a vertical scroll of a content, which gets its width.
func NewScroll(content fyne.CanvasObject) *Scroll {
	scroll := &Scroll{content: content}
	scroll.arrange = func() {
		place(content, 0, -scroll.offset, scroll.Size().Width, max(content.MinSize().Height, scroll.Size().Height))
		if scroll.OnMoved != nil {
			scroll.OnMoved()
		}
	}
	scroll.length = func() (float32, float32) { return content.MinSize().Height, scroll.Size().Height }
	scroll.ExtendBaseWidget(scroll)
	return scroll
}

// ScrollToTop shows the beginning.
func (s *Scroll) ScrollToTop() { s.moveTo(0) }

// PageDown scrolls by nearly the height of the view.
func (s *Scroll) PageDown() { s.moveTo(s.offset + s.Size().Height*0.8) }

// PageUp scrolls back by as much.
func (s *Scroll) PageUp() { s.moveTo(s.offset - s.Size().Height*0.8) }

// Reveal scrolls as little as it takes to see a stretch of the content.
func (s *Scroll) Reveal(from, to float32) { s.reveal(from, to) }

// Offset is how much of the content lies above the view.
func (s *Scroll) Offset() float32 { return s.offset }

// CreateRenderer is called by Fyne.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	layout := func(fyne.Size) {
		s.offset = min(s.offset, s.limit())
		s.arrange()
	}
	minSize := func() fyne.Size { return fyne.NewSize(s.content.MinSize().Width, minView) }
	return Draw(s, s.content.Refresh, layout, minSize, s.content)
}
