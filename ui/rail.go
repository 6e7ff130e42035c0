package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// rail leads to the places: at the left, or at the bottom of a narrow window.
type rail struct {
	widget.BaseWidget
	palette *theme.Palette
	shape   shape
	items   []*railItem
	holder  *fyne.Container
	chosen  func(model.Place)
}

func newRail(palette *theme.Palette, chosen func(model.Place)) *rail {
	r := &rail{palette: palette, holder: &fyne.Container{}, chosen: chosen}
	r.ExtendBaseWidget(r)
	return r
}

func (r *rail) set(items []model.RailItem) {
	for len(r.items) < len(items) {
		r.items = append(r.items, newRailItem(r))
		r.holder.Objects = append(r.holder.Objects, r.items[len(r.items)-1])
	}
	for i, item := range items {
		r.items[i].set(item)
	}
	r.Refresh()
}

// across is how wide the rail has to be: no label is cut.
func (r *rail) across(s shape) float32 {
	width := float32(theme.RailNarrow)
	if s.wide() {
		width = theme.RailWidth
	}
	for _, item := range r.items {
		width = max(width, theme.BodyBold.Measure(item.item.Name)+16)
	}
	return width
}

func (r *rail) setShape(s shape) {
	r.shape = s
	r.Refresh()
}

// CreateRenderer is called by Fyne.
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	box, edge := touch.NewBox(), touch.NewBox()
	paint := func() {
		box.Set(touch.Look{Fill: r.palette.Color(theme.Surface)})
		edge.Set(touch.Look{Fill: r.palette.Color(theme.Line)})
		for _, item := range r.items {
			item.Refresh()
		}
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		line := r.palette.LineWidth()
		place(r.holder, area{0, 0, size.Width, size.Height})
		if r.shape.narrow() {
			edge.Place(0, 0, size.Width, line)
			r.layoutBar(size)
			return
		}
		edge.Place(size.Width-line, 0, line, size.Height)
		height := float32(88)
		if r.shape.low() {
			height = 84
		}
		for i, item := range r.items {
			place(item, area{4, 12 + float32(i)*(height+8), size.Width - 8 - line, height})
		}
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(r, paint, layout, minSize, box.Object, edge.Object, r.holder)
}

// layoutBar gives each item of the bottom bar what its label needs, and an even part of the rest.
func (r *rail) layoutBar(size fyne.Size) {
	const side, gap = 4, 8
	needed := float32(2*side) + gap*float32(len(r.items)-1)
	for _, item := range r.items {
		needed += item.least()
	}
	more := max(0, size.Width-needed) / float32(max(1, len(r.items)))
	x := float32(side)
	for _, item := range r.items {
		width := item.least() + more
		place(item, area{x, 6, width, size.Height - 12})
		x += width + gap
	}
}

type railItem struct {
	touch.Tappable
	rail *rail
	item model.RailItem
	pill *touch.Pill
}

// Label returns the name of its place.
func (i *railItem) Label() string { return i.item.Name }

func newRailItem(r *rail) *railItem {
	i := &railItem{rail: r, pill: touch.NewPill(r.palette, touch.PillCount, "")}
	i.Init(i, r.palette, func() { r.chosen(i.item.Place) })
	return i
}

func (i *railItem) set(item model.RailItem) {
	if i.item == item {
		return
	}
	i.item = item
	i.Refresh()
}

func (i *railItem) least() float32 { return theme.BodyBold.Measure(i.item.Name) + 16 }

// CreateRenderer is called by Fyne.
func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	box, ring := touch.NewBox(), touch.NewBox()
	icon, label := touch.NewIcon(i.Palette, 32), touch.NewText(i.Palette, theme.BodyBold)
	paint := func() {
		fill, ink := theme.None, theme.Ink2
		look := touch.Look{Radius: theme.RadiusCard}
		if i.item.Chosen {
			fill, ink = theme.AccSoft, theme.AccInk
			look = touch.Fill(i.Palette, fill, theme.RadiusCard)
		}
		if i.Pressed() {
			look.Fill = i.Palette.Pressed(fill)
		}
		box.Set(look)
		ring.Set(touch.Ring(i.Palette, theme.RadiusCard, i.Focused()))
		icon.Set(string(i.item.Icon), ink)
		label.Set(i.item.Name, ink)
		kind := touch.PillCount
		if i.item.Urgent {
			kind = touch.PillAlert
		}
		i.pill.Set(kind, i.item.Pill)
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		touch.PlaceRing(ring, size)
		top := (size.Height - icon.Size() - 4 - label.LineHeight()) / 2
		label.PlaceCentre(0, top+icon.Size()+4, size.Width)
		const beside = 11 // of the icon's middle: what is drawn of it ends there
		pill := i.pill.MinSize()
		x := min(size.Width/2+beside, size.Width-pill.Width-2)
		middle := size.Width / 2
		if i.item.Pill != "" { // a wide one pushes the icon
			middle = min(middle, x-beside)
		}
		icon.Place(middle-icon.Size()/2, top)
		place(i.pill, area{x, max(4, top-8), pill.Width, pill.Height})
	}
	minSize := func() fyne.Size { return fyne.NewSize(max(i.least(), theme.MinTouch), 68) }
	return touch.Draw(i, paint, layout, minSize, ring.Object, box.Object, icon.Object, label.Object, i.pill)
}
