package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// kept holds parts that can be pressed by their names: what is drawn anew uses the same ones, so
// that a finger that is down never loses what it is on.
type kept struct {
	palette  *theme.Palette
	scroller touch.Scroller // in which they sit; nil for none
	parts    map[string]fyne.CanvasObject
}

func newKept(palette *theme.Palette, scroller touch.Scroller) *kept {
	return &kept{palette: palette, scroller: scroller, parts: map[string]fyne.CanvasObject{}}
}

// part returns the part of this name, made once.
func part[T fyne.CanvasObject](k *kept, name string, create func() T) T {
	if known, ok := k.parts[name].(T); ok {
		return known
	}
	made := create()
	k.parts[name] = made
	if inside, ok := any(made).(interface{ SetScroller(touch.Scroller) }); ok && k.scroller != nil {
		inside.SetScroller(k.scroller)
	}
	return made
}

// button returns the button of this name with its content of the moment.
func (k *kept) button(name string, kind touch.Kind, icon, label string, tapped func()) *touch.Button {
	b := part(k, name, func() *touch.Button { return touch.NewButton(k.palette, kind, icon, label, nil) })
	b.OnTapped = tapped
	b.SetContent(kind, icon, label)
	return b
}

// check returns the row of this name with its content of the moment.
func (k *kept) check(name, label, text string, on bool, tapped func()) *touch.Check {
	c := part(k, name, func() *touch.Check { return touch.NewCheck(k.palette, nil) })
	c.OnTapped = tapped
	c.Set(label, text, on)
	return c
}
