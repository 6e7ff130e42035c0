package touch

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

// Row leads to another page: an icon, a name, and an arrow. The whole row is the target.
type Row struct {
	Tappable
	icon, label string
	chosen      bool
}

// NewRow returns a row; tapped runs when a finger wants to go there.
func NewRow(palette *theme.Palette, tapped func()) *Row {
	r := &Row{}
	r.Init(r, palette, tapped)
	return r
}

// Set changes all of it. A chosen one is the page beside it.
func (r *Row) Set(icon, label string, chosen bool) {
	if r.icon == icon && r.label == label && r.chosen == chosen {
		return
	}
	r.icon, r.label, r.chosen = icon, label, chosen
	r.Refresh()
}

// Label returns its name.
func (r *Row) Label() string { return r.label }

// CreateRenderer is called by Fyne.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	r.ExtendBaseWidget(r)
	p := r.Palette
	box, ring := NewBox(), NewBox()
	icon, arrow := NewIcon(p, 24), NewIcon(p, 20)
	label := NewText(p, theme.ButtonLabel)
	const edge, gap = 16, 16
	paint := func() {
		fill, ink := theme.Surface, theme.Ink
		if r.chosen {
			fill, ink = theme.AccSoft, theme.AccInk
		}
		look := Fill(p, fill, theme.RadiusControl)
		if r.Pressed() {
			look.Fill = p.Pressed(fill)
		}
		box.Set(look)
		ring.Set(Ring(p, theme.RadiusControl, r.Focused()))
		icon.Set(r.icon, ink)
		arrow.Set("right", ink)
		label.Set(r.label, ink)
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		PlaceRing(ring, size)
		icon.Place(edge, (size.Height-icon.Size())/2)
		arrow.Place(size.Width-edge-arrow.Size(), (size.Height-arrow.Size())/2)
		left := edge + icon.Size() + gap
		label.PlaceCut(left, (size.Height-label.LineHeight())/2, size.Width-edge-arrow.Size()-gap-left)
	}
	minSize := func() fyne.Size {
		return fyne.NewSize(2*edge+icon.Size()+gap+label.Width()+gap+arrow.Size(), theme.SwitchRow)
	}
	return Draw(r, paint, layout, minSize, ring.Object, box.Object, icon.Object, label.Object, arrow.Object)
}
