package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// overlay covers the window: a scrim, and a panel on it. Nothing below can be pressed.
type overlay struct {
	widget.BaseWidget
	palette *theme.Palette
	shield  *shield
	panel   *touch.Box
	content *board
	holder  *fyne.Container // of what can be pressed
	// fill makes the content and returns the panel's area.
	fill func(size fyne.Size) area
	// typing is the keyboard below the panel; what is filled has the height that it leaves.
	typing *typing
}

func newOverlay(palette *theme.Palette) *overlay {
	o := &overlay{palette: palette, panel: touch.NewBox(), content: newBoard(), holder: &fyne.Container{}}
	o.shield = newShield(palette)
	o.typing = newTyping(palette, o.Refresh)
	o.ExtendBaseWidget(o)
	return o
}

// CreateRenderer is called by Fyne.
func (o *overlay) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {
		o.shield.Refresh()
		for _, object := range o.holder.Objects {
			object.Refresh()
		}
		o.typing.object.Refresh()
	}
	layout := func(size fyne.Size) {
		place(o.shield, area{0, 0, size.Width, size.Height})
		if size.Width <= 0 {
			return
		}
		a := o.fill(fyne.NewSize(size.Width, o.typing.place(size)))
		look := touch.Surface(o.palette, theme.RadiusSheet, theme.SheetShadow)
		if o.palette.Mode() != theme.HighContrast {
			look.BorderWidth = 0
		}
		if a.width >= size.Width { // fills the window
			look.Radius = 0
		}
		o.panel.Set(look)
		o.panel.Place(a.x, a.y, a.width, a.height)
		place(o.content.object, a)
		place(o.holder, a)
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(o, paint, layout, minSize, o.shield, o.panel.Object, o.content.object, o.holder, o.typing.object)
}

// shield is the scrim: it takes every touch and does nothing.
type shield struct {
	touch.Tappable
}

func newShield(palette *theme.Palette) *shield {
	s := &shield{}
	s.Init(s, palette, nil)
	return s
}

// CreateRenderer is called by Fyne.
func (s *shield) CreateRenderer() fyne.WidgetRenderer {
	box := touch.NewBox()
	paint := func() { box.Set(touch.Look{Fill: s.Palette.Color(theme.Scrim)}) }
	layout := func(size fyne.Size) { box.Place(0, 0, size.Width, size.Height) }
	minSize := func() fyne.Size { return fyne.Size{} }
	return touch.Draw(s, paint, layout, minSize, box.Object)
}

// FocusGained does nothing: there is nothing to do here.
func (s *shield) FocusGained() {}
