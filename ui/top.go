package ui

import (
	"slices"

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
	// heading replaces the location; least is what of it must not be cut. back leads away from it,
	// and is none where empty.
	heading, least, back string
	silent               string // why no alarm can sound; empty where it can
	tools                bool   // search and filter are there

	backButton, search, filter *touch.Button
	// locations leads to the other locations; lock names who has signed in, and locks; ordering says
	// how orders are taken, and leads to where that is changed.
	locations, lock, ordering *touch.Button
}

// topControl is what the top bar asks for.
type topControl struct{ back, search, filter, locations, lock, ordering func() }

func newTopBar(palette *theme.Palette, control topControl) *topBar {
	t := &topBar{
		palette: palette, backButton: touch.NewButton(palette, touch.Other, "left", "", control.back),
		search: touch.NewIconButton(palette, "search", control.search), filter: touch.NewIconButton(palette, "filter", control.filter),
		locations: touch.NewButton(palette, touch.Other, "store", "", control.locations),
		lock:      touch.NewButton(palette, touch.Other, "lock", "", control.lock),
		ordering:  touch.NewButton(palette, touch.Other, "", "", control.ordering),
	}
	t.ordering.SetHeight(theme.MinTouch)
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is called by Fyne.
func (t *topBar) CreateRenderer() fyne.WidgetRenderer {
	p := t.palette
	text := func(role theme.Role) *touch.Text { return touch.NewText(p, role) }
	d := &topDrawing{
		bar: t, store: touch.NewIcon(p, 24), cloud: touch.NewIcon(p, 24), speaker: touch.NewIcon(p, 24), hourglass: touch.NewIcon(p, 20),
		place: text(theme.ButtonLabel), link: text(theme.BodyBold), since: text(theme.BodyBold), silent: text(theme.BodyBold),
		next: text(theme.Body), due: text(theme.BodyBold), clock: text(theme.CardNumber),
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, t.shape.topHeight()) }
	return touch.Draw(t, d.paint, d.layout, minSize,
		t.backButton, t.locations, t.lock, t.ordering, t.search, t.filter, d.store.Object, d.place.Object, d.cloud.Object, d.link.Object, d.since.Object, d.speaker.Object, d.silent.Object,
		d.hourglass.Object, d.next.Object, d.due.Object, d.clock.Object)
}

// switches reports whether the location's name is a button.
func (t *topBar) switches() bool { return t.data.Locations > 1 && t.heading == "" }

// stacked reports whether icons stand over their words: on a middling window there is no room for them
// beside the button of the locations, nor for a silence beside the location's name.
func (t *topBar) stacked() bool {
	return t.shape.narrow() || !t.shape.wide() && t.heading == "" && (t.switches() || t.silent != "")
}

// locks reports whether there is room for the button that locks: elsewhere More has it.
func (t *topBar) locks() bool { return t.data.Person != "" && t.shape.wide() }

// lockName is how much of a name the button shows.
const lockName = 120

// placeLocations puts the button of the locations at x, with as much of the location's name as
// there is room for: buttons are never cut. It returns where it ends.
func (t *topBar) placeLocations(x, room, middle float32) float32 {
	most, least := float32(240), float32(56)
	if !t.shape.wide() {
		most = 130
	}
	label := func(trailing string, most float32) float32 {
		t.locations.SetIconOnly(most < least)
		t.locations.SetTrailing(trailing)
		t.locations.SetLabel(touch.Cut(t.data.Location, theme.ButtonLabel, most))
		return t.locations.MinSize().Width
	}
	width := label("down", most)
	if width > room {
		around := label("", most) - theme.ButtonLabel.Measure(t.locations.Label())
		width = label("", min(most, room-around))
	}
	place(t.locations, area{x, middle - theme.MinTouch/2, width, theme.MinTouch})
	return x + width
}

type topDrawing struct {
	bar                              *topBar
	store, cloud, speaker, hourglass *touch.Icon
	place, link, since, silent       *touch.Text
	next, due, clock                 *touch.Text
}

func (d *topDrawing) paint() {
	t := d.bar
	d.clock.Set(t.data.Clock, theme.Ink)
	t.backButton.SetLabel(t.back)
	show(t.backButton, t.back != "")
	show(t.search, t.tools)
	show(t.filter, t.tools && !t.shape.narrow()) // there the search has it
	words := ""
	// an outage has more to say
	if t.shape.wide() && t.data.Connection.Tone == model.ToneOK {
		words = t.data.Search
	}
	t.search.SetLabel(words)
	t.filter.Refresh()
	// where there is little room, only what holds is said; More leads there too
	show(t.ordering, t.heading == "" && t.data.Ordering.Icon != "" && (t.data.Ordering.Holds || !t.stacked()))
	t.setOrdering(t.shape.wide())

	name, role, store := t.data.Location, theme.ButtonLabel, "store"
	if t.heading != "" {
		name, role, store = t.heading, theme.PageTitle, ""
	}
	show(t.locations, t.switches())
	show(t.lock, t.locks())
	t.lock.SetLabel(touch.Cut(t.data.Person, theme.ButtonLabel, lockName))
	if t.switches() {
		name, store = "", ""
	}
	d.place.SetRole(role)
	d.place.Set(name, theme.Ink)
	d.store.Set(store, theme.Ink)

	d.setSilent(t.silent)
	d.fitLink(0)
	d.setNext(t.data.NextLabel, t.data.NextDue)
}

// fitLink says whether the hub is there, as fully as the room for it and for the silence allows.
func (d *topDrawing) fitLink(room float32) {
	link := d.bar.data.Connection
	ink := theme.Ok
	if link.Tone == model.ToneWarn {
		ink = theme.Warn
	}
	d.cloud.Set(string(link.Icon), ink)
	d.since.Set("", ink)
	forms := []string{link.Text, link.Since, link.Short}
	for i, words := range forms {
		d.link.Set(words, ink)
		if i+1 == len(forms) || d.linkWidth() <= room && (i > 0 || d.bar.shape.wide()) {
			return
		}
	}
}

func (d *topDrawing) setSilent(words string) {
	icon := ""
	if words != "" {
		icon = "speaker"
	}
	d.speaker.Set(icon, theme.Warn)
	d.silent.Set(words, theme.Warn)
}

// setOrdering says how orders are taken, in full or in short.
func (t *topBar) setOrdering(full bool) {
	chip, kind, words := t.data.Ordering, touch.Other, t.data.Ordering.Text
	if chip.Holds {
		kind = touch.Next
	}
	if !full {
		words = chip.Short
	}
	t.ordering.SetContent(kind, string(chip.Icon), words)
}

// placeOrdering puts the button at the right, in short where there is no room, and returns where it
// begins.
func (t *topBar) placeOrdering(right, room, middle float32) float32 {
	if !t.ordering.Visible() {
		return right
	}
	if t.ordering.MinSize().Width > room {
		t.setOrdering(false)
	}
	width := t.ordering.MinSize().Width
	place(t.ordering, area{right - width, middle - theme.MinTouch/2, width, theme.MinTouch})
	return right - width - theme.PanelGap
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

// fit takes away what a heading leaves no room for: the orders say it too.
func (d *topDrawing) fit(room, icon, gap float32) {
	for _, part := range d.parts() {
		if part.text.Words() == "" {
			continue
		}
		if room -= icon + part.text.Width() + gap; room < 0 {
			part.icon.Set("", theme.Ink)
			part.text.Set("", theme.Ink)
		}
	}
}

// iconText is an icon and the words that it stands with.
type iconText struct {
	icon *touch.Icon
	text *touch.Text
}

// parts are the connection and the silence.
func (d *topDrawing) parts() []iconText { return []iconText{{d.cloud, d.link}, {d.speaker, d.silent}} }

func (d *topDrawing) layout(size fyne.Size) {
	middle := size.Height / 2
	line := func(text *touch.Text) float32 { return middle - text.LineHeight()/2 }
	right := size.Width
	d.clock.PlaceRight(right, line(d.clock)-2)
	right -= d.clock.Width() + theme.PanelGap
	right = d.layoutTools(right, middle)
	if d.bar.locks() {
		width := d.bar.lock.MinSize().Width
		place(d.bar.lock, area{right - width, middle - theme.MinTouch/2, width, theme.MinTouch})
		right -= width + theme.PanelGap
	}

	x := float32(0)
	if d.bar.back != "" {
		width := d.bar.backButton.MinSize().Width
		place(d.bar.backButton, area{0, middle - theme.MinTouch/2, width, theme.MinTouch})
		x = width + theme.PanelGap
	}
	if d.bar.heading != "" { // an order, or another place
		d.setNext("", "")
		room := right - x - theme.PageTitle.Measure(d.bar.least)
		if d.bar.shape.narrow() {
			d.fit(room, 0, theme.PanelGap)
		} else {
			d.fitLink(room - theme.PanelGap)
			d.fit(room-theme.PanelGap, 32, theme.PaddingWide)
		}
	}
	if d.bar.stacked() {
		right = d.bar.placeOrdering(right, 0, middle)
		d.layoutStacked(x, right, middle)
		return
	}
	if d.bar.heading == "" {
		x = d.layoutWhere(x, right, middle)
	}
	needed := d.linkWidth()
	right = d.bar.placeOrdering(right, right-x-needed-d.place.Width()-2*theme.PaddingWide-32, middle)
	if d.store.Shown() {
		d.store.Place(x, middle-12)
		x += 32
	}
	d.place.PlaceCut(x, line(d.place), min(d.place.Width(), right-needed-x-theme.PanelGap))
	x += min(d.place.Width(), right-needed-x-theme.PanelGap) + theme.PaddingWide
	for _, part := range d.parts() {
		if part.text.Words() == "" {
			continue
		}
		part.icon.Place(x, middle-12)
		part.text.Place(x+32, line(part.text))
		x += 32 + part.text.Width() + theme.PaddingWide
	}
	if d.due.Words() == "" {
		return
	}
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

// layoutWhere puts the button of the locations at x, if there are several, and says of the hub what
// there is room for beside the location. It returns where the rest begins.
func (d *topDrawing) layoutWhere(x, right, middle float32) float32 {
	if d.bar.ordering.Visible() {
		d.bar.setOrdering(false)
		right -= d.bar.ordering.MinSize().Width + theme.PanelGap
		d.bar.setOrdering(d.bar.shape.wide())
	}
	if !d.bar.switches() {
		d.fitLink(right - x - 32 - d.place.Width() - theme.PaddingWide)
		return x
	}
	const icon = 92 // of the button, and what is around its words
	d.fitLink(right - x - icon - min(120, theme.ButtonLabel.Measure(d.bar.data.Location)))
	return d.bar.placeLocations(x, right-x-theme.PanelGap-d.linkWidth(), middle) + theme.PanelGap
}

// layoutTools puts search and filter before right, and returns where they begin.
func (d *topDrawing) layoutTools(right, middle float32) float32 {
	gap := float32(0)
	for _, b := range []*touch.Button{d.bar.filter, d.bar.search} {
		if !b.Visible() {
			continue
		}
		width := b.MinSize().Width
		right -= width + gap
		place(b, area{right, middle - theme.MinTouch/2, width, theme.MinTouch})
		gap = 8
	}
	if gap > 0 {
		right -= theme.PanelGap
	}
	return right
}

// linkWidth is what the connection and the silence need.
func (d *topDrawing) linkWidth() (width float32) {
	for _, part := range d.parts() {
		if part.text.Words() != "" {
			width += 32 + part.text.Width() + theme.PaddingWide
		}
	}
	return width
}

// layoutStacked puts the icons over their words, and leaves out what is due next; the silence too
// where there is no room, which a banner tells.
func (d *topDrawing) layoutStacked(x, right, middle float32) {
	d.setNext("", "")
	d.since.Set("", theme.Warn)
	least := float32(0)
	if d.bar.switches() {
		least = theme.MinTouch + theme.PanelGap
	}
	if d.link.Words() != "" {
		d.since.Set(d.bar.data.Connection.Time, theme.Warn)
	}
	width := func(part iconText) float32 {
		if part.text == d.link && d.since.Words() != "" {
			return max(d.link.Width(), 24+4+d.since.Width())
		}
		return part.text.Width()
	}
	if width(d.parts()[0])+d.silent.Width()+2*theme.PanelGap > right-x-least {
		d.setSilent("")
	}
	for _, part := range slices.Backward(d.parts()) {
		if part.text.Words() == "" {
			continue
		}
		wide := width(part)
		right -= wide
		icon := right + (wide-24)/2
		if part.text == d.link && d.since.Words() != "" {
			icon = right + (wide-24-4-d.since.Width())/2
			d.since.Place(icon+24+4, middle-24)
		}
		part.icon.Place(icon, middle-24)
		part.text.Place(right+(wide-part.text.Width())/2, middle)
		right -= theme.PanelGap
	}
	if d.bar.switches() {
		d.bar.placeLocations(x, right-x, middle)
		return
	}
	if d.store.Shown() {
		d.store.Place(x, middle-12)
		x += 32
	}
	d.place.PlaceCut(x, middle-d.place.LineHeight()/2, right-x)
}
