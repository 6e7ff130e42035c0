package ui

import (
	"image"
	"time"

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
