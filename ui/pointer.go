package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// pointer says how the mouse's pointer looks over what embeds it. Fyne asks all that lies below
// the pointer, and only the topmost overlay where there is one.
type pointer struct{ hidden bool }

// Cursor is Fyne's.
func (p *pointer) Cursor() desktop.Cursor {
	if p.hidden {
		return desktop.HiddenCursor
	}
	return desktop.DefaultCursor
}

// pointerless fills an area in which there is no pointer, and is not seen.
type pointerless struct {
	widget.BaseWidget
	pointer
}

// CreateRenderer is called by Fyne.
func (p *pointerless) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{})
}

// hidePointer hides it everywhere in the window.
func (w *Window) hidePointer() {
	w.pointerless = &pointerless{pointer: pointer{hidden: true}}
	w.pointerless.ExtendBaseWidget(w.pointerless)
	w.content.Objects = append(w.content.Objects, w.pointerless)
	for _, o := range []*overlay{w.alarm.overlay, w.sheet.overlay, w.reader.overlay, w.setup.overlay, w.doctor.overlay} {
		o.shield.hidden = true
	}
}
