package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// signHeight is what can be seen of moreBelow; a finger has all of theme.MinTouch.
const signHeight = 40

// paged is what scrolls in a room, with the sign that there is more until its end is in view.
type paged struct {
	view  *touch.Scroll
	below *moreBelow
	// aside is how far it stands out of the room at the sides: a scroll clips, and focus rings stand
	// out of what has them.
	aside float32
	// sign is how much of the room the sign takes. A finger has theme.MinTouch from there on.
	sign   float32
	room   area
	height float32 // of what scrolls
}

func newPaged(palette *theme.Palette, content fyne.CanvasObject, aside, sign float32) *paged {
	p := &paged{view: touch.NewScroll(content), aside: aside, sign: sign}
	p.below = newMoreBelow(palette, p.view.PageDown)
	p.view.OnMoved = p.moved
	return p
}

// place gives it a room, and what scrolls its height.
func (p *paged) place(room area, height float32) {
	p.room, p.height = room, height
	p.moved()
}

// moved shows the sign, if it has words, as long as there is more below.
func (p *paged) moved() {
	const rounding = 0.5
	furthest := p.height - p.room.height
	more := p.below.words != "" && furthest > rounding && p.view.Offset() < furthest-rounding
	view := p.room
	if more {
		view.height -= p.sign
		place(p.below, area{view.x, view.bottom(), view.width, theme.MinTouch})
	}
	show(p.below, more)
	place(p.view, area{view.x - p.aside, view.y, view.width + 2*p.aside, view.height})
}

// moreBelow is the sign under what scrolls that there is more, and a button that pages to it.
type moreBelow struct {
	touch.Tappable
	words string
}

func newMoreBelow(palette *theme.Palette, next func()) *moreBelow {
	m := &moreBelow{}
	m.Init(m, palette, next)
	m.Hide()
	return m
}

// Label returns the words it shows.
func (m *moreBelow) Label() string { return m.words }

func (m *moreBelow) set(words string) {
	if m.words != words {
		m.words = words
		m.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (m *moreBelow) CreateRenderer() fyne.WidgetRenderer {
	box, edge, ring := touch.NewBox(), touch.NewBox(), touch.NewBox()
	icon, text := touch.NewIcon(m.Palette, 20), touch.NewText(m.Palette, theme.BodyBold)
	paint := func() {
		look := touch.Fill(m.Palette, theme.Sunk, theme.RadiusBadge)
		if m.Pressed() {
			look.Fill = m.Palette.Pressed(theme.Sunk)
		}
		box.Set(look)
		line := touch.Look{Fill: m.Palette.Color(theme.Line)}
		if look.BorderWidth > 0 { // one line is enough
			line = touch.Look{}
		}
		edge.Set(line)
		ring.Set(touch.Ring(m.Palette, theme.RadiusBadge, m.Focused()))
		icon.Set("down", theme.Ink)
		text.Set(m.words, theme.Ink)
	}
	layout := func(size fyne.Size) {
		const top, gap = 4, 8
		edge.Place(0, 0, size.Width, m.Palette.LineWidth())
		box.Place(0, top, size.Width, signHeight-top)
		ring.Place(-theme.FocusWidth, top-theme.FocusWidth, size.Width+2*theme.FocusWidth, signHeight-top+2*theme.FocusWidth)
		x := (size.Width - icon.Size() - gap - text.Width()) / 2
		icon.Place(x, top+(signHeight-top-icon.Size())/2)
		text.Place(x+icon.Size()+gap, top+(signHeight-top-text.LineHeight())/2)
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(m, paint, layout, minSize, ring.Object, box.Object, edge.Object, icon.Object, text.Object)
}
