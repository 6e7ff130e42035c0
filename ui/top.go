package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// topBar says where, whether the hub is there, what is due next and the time. Of details that
// cover the list, and of other places, it is the heading.
type topBar struct {
	widget.BaseWidget
	palette *theme.Palette
	shape   shape
	data    model.TopBar
	// heading replaces the location; back leads away from it, and is none where empty.
	heading, back string
	badge         model.Badge
	silent        string // why no alarm can sound; empty where it can

	backButton *touch.Button
	badgeView  *touch.Badge
}

func newTopBar(palette *theme.Palette, back func()) *topBar {
	t := &topBar{palette: palette, backButton: touch.NewButton(palette, touch.Other, "left", "", back)}
	t.badgeView = touch.NewBadge(palette, touch.BadgeNeutral, "", "")
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is called by Fyne.
func (t *topBar) CreateRenderer() fyne.WidgetRenderer {
	p := t.palette
	text := func(role theme.Role) *touch.Text { return touch.NewText(p, role) }
	d := &topDrawing{
		bar: t, store: touch.NewIcon(p, 24), cloud: touch.NewIcon(p, 24), speaker: touch.NewIcon(p, 24), hourglass: touch.NewIcon(p, 20),
		place: text(theme.ButtonLabel), link: text(theme.BodyBold), silent: text(theme.BodyBold),
		next: text(theme.Body), due: text(theme.BodyBold), clock: text(theme.CardNumber),
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, t.shape.topHeight()) }
	return touch.Draw(t, d.paint, d.layout, minSize,
		t.backButton, d.store.Object, d.place.Object, d.cloud.Object, d.link.Object, d.speaker.Object, d.silent.Object,
		d.hourglass.Object, d.next.Object, d.due.Object, t.badgeView, d.clock.Object)
}

type topDrawing struct {
	bar                              *topBar
	store, cloud, speaker, hourglass *touch.Icon
	place, link, silent              *touch.Text
	next, due, clock                 *touch.Text
}

func (d *topDrawing) paint() {
	t := d.bar
	d.clock.Set(t.data.Clock, theme.Ink)
	t.backButton.SetLabel(t.back)
	show(t.backButton, t.back != "")
	t.badgeView.Set(badgeKind(t.badge.Tone), string(t.badge.Icon), t.badge.Text)
	show(t.badgeView, t.badge.Text != "")

	name, role, store := t.data.Location, theme.ButtonLabel, "store"
	if t.heading != "" {
		name, role, store = t.heading, theme.PageTitle, ""
	}
	d.place.SetRole(role)
	d.place.Set(name, theme.Ink)
	d.store.Set(store, theme.Ink)

	link := t.data.Connection
	ink := theme.Ok
	if link.Tone == model.ToneWarn {
		ink = theme.Warn
	}
	words := link.Text
	if !t.shape.wide() {
		words = link.Short
	}
	d.cloud.Set(string(link.Icon), ink)
	d.link.Set(words, ink)
	d.setSilent(t.silent)
	d.setNext(t.data.NextLabel, t.data.NextDue)
}

func (d *topDrawing) setSilent(words string) {
	icon := ""
	if words != "" {
		icon = "speaker"
	}
	d.speaker.Set(icon, theme.Warn)
	d.silent.Set(words, theme.Warn)
}

func (d *topDrawing) setNext(label, due string) {
	icon := ""
	if due != "" && d.bar.shape.wide() {
		icon = "hourglass"
	}
	d.hourglass.Set(icon, theme.Ink2)
	d.next.Set(label, theme.Ink2)
	d.due.Set(due, theme.Ink)
}

// hide takes away what has no room: it says nothing that is not said elsewhere too.
func (d *topDrawing) hideLink() {
	d.cloud.Set("", theme.Ok)
	d.link.Set("", theme.Ok)
	d.setSilent("")
}

func (d *topDrawing) layout(size fyne.Size) {
	middle := size.Height / 2
	line := func(text *touch.Text) float32 { return middle - text.LineHeight()/2 }
	right := size.Width
	d.clock.PlaceRight(right, line(d.clock)-2)
	right -= d.clock.Width() + theme.PanelGap

	x := float32(0)
	if d.bar.back != "" {
		width := d.bar.backButton.MinSize().Width
		place(d.bar.backButton, area{0, middle - theme.MinTouch/2, width, theme.MinTouch})
		x = width + theme.PanelGap
	}
	if d.bar.heading != "" { // an order, or another place
		d.layoutHeading(x, right, middle)
		return
	}
	if d.bar.shape.narrow() {
		d.layoutNarrow(right, middle)
		return
	}
	needed := d.linkWidth()
	d.store.Place(x, middle-12)
	x += 32
	d.place.PlaceCut(x, line(d.place), min(d.place.Width(), right-needed-x-theme.PanelGap))
	x += min(d.place.Width(), right-needed-x-theme.PanelGap) + theme.PaddingWide
	x = d.placeLink(x, middle)
	due := d.next.Width() + 8 + d.due.Width()
	if d.hourglass.Shown() {
		due += 28
	}
	if right-due < x {
		d.setNext("", "")
		return
	}
	d.due.PlaceRight(right-8, line(d.due))
	right -= 8 + d.due.Width() + 8
	d.next.PlaceRight(right, line(d.next))
	d.hourglass.Place(right-d.next.Width()-28, middle-10)
}

// layoutHeading puts the connection beside the heading where both fit: an order's name and badge
// matter more.
func (d *topDrawing) layoutHeading(x, right, middle float32) {
	d.setNext("", "")
	if d.bar.badge.Text != "" {
		width := d.bar.badgeView.MinSize().Width
		right -= width
		place(d.bar.badgeView, area{right, middle - theme.BadgeHeight/2, width, theme.BadgeHeight})
		right -= 8
	}
	y := middle - d.place.LineHeight()/2
	free := right - x - d.place.Width() - theme.PaddingWide
	needed := d.linkWidth
	if d.bar.shape.narrow() {
		needed = d.stackedWidth
	}
	if needed() > free {
		d.setSilent("") // whether the hub is there matters more
	}
	switch {
	case needed() > free:
		d.hideLink()
	case d.bar.shape.narrow():
		right = d.stackLink(right, middle)
	default:
		d.placeLink(x+d.place.Width()+theme.PaddingWide, middle)
	}
	d.place.PlaceCut(x, y, right-x)
}

// links are the connection, and that nothing can be heard.
func (d *topDrawing) links() []linkPart {
	var parts []linkPart
	for _, part := range []linkPart{{d.cloud, d.link}, {d.speaker, d.silent}} {
		if part.text.Words() != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

type linkPart struct {
	icon *touch.Icon
	text *touch.Text
}

// placeLink puts them side by side from x on, and returns where they end.
func (d *topDrawing) placeLink(x, middle float32) float32 {
	for _, part := range d.links() {
		part.icon.Place(x, middle-12)
		part.text.Place(x+32, middle-part.text.LineHeight()/2)
		x += 32 + part.text.Width() + theme.PaddingWide
	}
	return x
}

// linkWidth is what that needs.
func (d *topDrawing) linkWidth() (width float32) {
	for _, part := range d.links() {
		width += 32 + part.text.Width() + theme.PaddingWide
	}
	return width
}

// stackLink puts each icon over its words, up to right, and returns where they begin.
func (d *topDrawing) stackLink(right, middle float32) float32 {
	parts := d.links()
	for i := range parts {
		part := parts[len(parts)-1-i]
		right -= part.text.Width()
		part.icon.Place(right+(part.text.Width()-24)/2, middle-24)
		part.text.Place(right, middle)
		right -= theme.PanelGap
	}
	return right
}

// stackedWidth is what that needs.
func (d *topDrawing) stackedWidth() (width float32) {
	for _, part := range d.links() {
		width += part.text.Width() + theme.PanelGap
	}
	return width
}

// layoutNarrow leaves out what is due next.
func (d *topDrawing) layoutNarrow(right, middle float32) {
	d.setNext("", "")
	right = d.stackLink(right, middle)
	d.store.Place(0, middle-12)
	d.place.PlaceCut(32, middle-12, right-32)
}
