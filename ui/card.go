package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// card is one order in the list. A tap on it shows the details, its button takes the next step.
type card struct {
	touch.Tappable
	palette  *theme.Palette
	shape    *shape // the window's
	card     model.Card
	monogram *touch.Monogram
	badge    *touch.Badge
	action   *touch.Button
}

func newCard(palette *theme.Palette, s *shape, scroller touch.Scroller, chosen func(id string), do func(id string, command order.CommandType)) *card {
	c := &card{
		palette: palette, shape: s,
		monogram: touch.NewMonogram(palette, ""),
		badge:    touch.NewBadge(palette, touch.BadgeNeutral, "", ""),
	}
	c.action = touch.NewButton(palette, touch.Next, "", "", func() { do(c.card.ID, c.card.Action.Command) })
	c.Init(c, palette, func() { chosen(c.card.ID) })
	c.SetScroller(scroller)
	c.action.SetScroller(scroller)
	return c
}

func (c *card) set(data model.Card) {
	if c.card == data {
		return
	}
	c.card = data
	c.Refresh()
}

// badgeKind is how a badge of a tone looks.
func badgeKind(tone model.Tone) touch.BadgeKind {
	switch tone {
	case model.ToneOK:
		return touch.BadgeOk
	case model.ToneLate:
		return touch.BadgeLate
	case model.ToneWarn:
		return touch.BadgeWarn
	case model.ToneInk2:
		return touch.BadgeDone
	}
	return touch.BadgeNeutral
}

// paintAction makes a button what a card's or the details' action is.
func paintAction(button *touch.Button, kind touch.Kind, icon model.Icon, label string, busy bool) {
	button.SetContent(kind, string(icon), label)
	words := ""
	if busy {
		words = label
	}
	button.SetBusy(words)
}

// cardDrawing are the parts of a card.
type cardDrawing struct {
	card             *card
	box, ring        *touch.Box
	number, customer *touch.Text
	time, rest       *touch.Text
	emphasis, unsent *touch.Text
	cloud            *touch.Icon
	items            *touch.Text
}

// CreateRenderer is called by Fyne.
func (c *card) CreateRenderer() fyne.WidgetRenderer {
	text := func(role theme.Role) *touch.Text { return touch.NewText(c.palette, role) }
	d := &cardDrawing{
		card: c, box: touch.NewBox(), ring: touch.NewBox(),
		number: text(theme.CardNumber), customer: text(theme.CustomerName),
		time: text(theme.ButtonLabel), rest: text(theme.Body),
		emphasis: text(theme.BodyBold), unsent: text(theme.Body),
		cloud: touch.NewIcon(c.palette, 18), items: text(theme.Body),
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, c.shape.cardHeight()) }
	return touch.Draw(c, d.paint, d.layout, minSize,
		d.ring.Object, d.box.Object, c.monogram, d.number.Object, d.customer.Object, c.badge,
		d.time.Object, d.rest.Object, d.emphasis.Object, d.cloud.Object, d.unsent.Object, d.items.Object, c.action)
}

func (d *cardDrawing) paint() {
	c := d.card
	p, data := c.palette, c.card
	look := touch.Surface(p, theme.RadiusCard, theme.CardShadow)
	if data.Selected && !c.shape.narrow() {
		look.Border, look.BorderWidth = p.Color(theme.Acc), theme.ChosenBorder
	}
	if c.Pressed() {
		look.Fill = p.Pressed(theme.Surface)
	}
	d.box.Set(look)
	d.ring.Set(touch.Ring(p, theme.RadiusCard, c.Focused()))

	c.monogram.Set(data.Monogram)
	d.number.Set(data.Number, theme.Ink)
	d.customer.Set(data.Customer, theme.Ink)
	d.items.Set(data.Items, theme.Ink2)
	c.badge.Set(badgeKind(data.Badge.Tone), string(data.Badge.Icon), data.Badge.Text)
	show(c.badge, data.Badge.Text != "")

	kind := touch.Next
	if data.Action.Primary {
		kind = touch.Primary
	}
	paintAction(c.action, kind, data.Action.Icon, data.Action.Label, data.Action.Busy)
	show(c.action, data.Action.Label != "")

	if data.Refused != "" { // what happened instead is all that row 2 says
		d.time.Set("", theme.Ink)
		d.rest.SetRole(theme.BodyBold)
		d.rest.Set(data.Refused, theme.LateInk)
		d.emphasis.Set("", theme.Ink)
		d.cloud.Set("", theme.Ink2)
		d.unsent.Set("", theme.Ink2)
		return
	}
	d.time.Set(data.Time, theme.Ink)
	d.rest.SetRole(theme.Body) // its words are the layout's: they depend on the room
	d.emphasis.Set(data.Emphasis, theme.Ink)
	d.unsent.Set(data.PendingSend, theme.Ink2)
	cloud := ""
	if data.PendingSend != "" {
		cloud = "cloud-off"
	}
	d.cloud.Set(cloud, theme.Ink2)
}

func (d *cardDrawing) layout(size fyne.Size) {
	d.box.Place(0, 0, size.Width, size.Height)
	touch.PlaceRing(d.ring, size)
	if d.card.shape.narrow() {
		d.layoutNarrow(size)
		return
	}
	padding, action := float32(theme.Padding), float32(theme.CardAction)
	switch {
	case !d.card.shape.wide():
		padding, action = 12, 160 // 152 in Inter
	case d.card.shape.columns() > 1:
		action = 160
	}
	const gap = 12
	place(d.card.monogram, area{padding, (size.Height - theme.MonogramSize) / 2, theme.MonogramSize, theme.MonogramSize})
	left := padding + theme.MonogramSize + gap
	right := size.Width - padding
	if d.card.action.Visible() {
		place(d.card.action, area{right - action, (size.Height - theme.PrimaryHeight) / 2, action, theme.PrimaryHeight})
		right -= action + gap
	}
	top := (size.Height-80)/2 - 1 // rows of 34, 24 and 22
	d.number.Place(left, top-1)
	x := left + d.number.Width() + gap
	role, base := theme.CustomerName, top+6 // on the number's base line
	d.customer.SetRole(role)
	badge := d.layoutBadge(right, top+1, x+d.customer.AtMost()+8)
	if d.customer.AtMost() > badge-8-x && d.customer.Width() > badge-8-x { // then it gets smaller, and only then is it cut
		role, base = theme.ItemText, base+3
		d.customer.SetRole(role)
	}
	d.customer.PlaceCut(x, base, badge-8-x)
	d.layoutTimes(left, right, top+34)
}

// layoutNarrow puts the action over the whole width, under the rest.
func (d *cardDrawing) layoutNarrow(size fyne.Size) {
	const padding, top = 16, 8
	place(d.card.monogram, area{padding, top + 1, theme.MonogramSize, theme.MonogramSize})
	left, right := float32(padding+theme.MonogramSize+12), size.Width-padding
	d.layoutBadge(right, top+1, left+d.number.Width()+8)
	d.number.Place(left, top-2)
	d.customer.SetRole(theme.CustomerName)
	d.customer.PlaceCut(left, top+33, right-left)
	d.layoutTimes(padding, right, top+69)
	place(d.card.action, area{padding, size.Height - 8 - theme.PrimaryHeight, right - padding, theme.PrimaryHeight})
}

// layoutBadge places the badge before right, in its short form if it would reach over least or
// where all cards are small, and returns where it begins.
func (d *cardDrawing) layoutBadge(right, y, least float32) float32 {
	badge, data := d.card.badge, d.card.card.Badge
	if data.Text == "" {
		return right
	}
	badge.Set(badgeKind(data.Tone), string(data.Icon), data.Text)
	width := badge.MinSize().Width
	if data.Narrow != "" && (right-width < least || d.card.shape.columns() > 1) {
		badge.Set(badgeKind(data.Tone), string(data.Icon), data.Narrow)
		width = badge.MinSize().Width
	}
	place(badge, area{right - width, y, width, theme.BadgeHeight})
	return right - width
}

// layoutTimes places rows 2 and 3: what stands in bold is never cut, nor is what waits to be
// sent. That gives way to the status, and the items give way to both.
func (d *cardDrawing) layoutTimes(left, right, y float32) {
	data := d.card.card
	x := left
	if d.time.Words() != "" {
		d.time.Place(x, y)
		x += d.time.Width() + 6
	}
	rest, short, ink := data.Rest, data.RestShort, theme.Ink2
	if data.Refused != "" {
		rest, short, ink = data.Refused, data.Refused, theme.LateInk
	} else if d.time.Words() != "" {
		rest, short = "· "+rest, "· "+short
	}
	tail := float32(0) // the emphasis, and the dot before it
	if d.emphasis.Words() != "" {
		tail = theme.Body.Measure(touch.Dot) + d.emphasis.Width()
	}
	role := d.rest.Role()
	end := d.layoutUnsent(left, right, y, x+role.Measure(short)+tail)
	if !d.card.shape.wide() || x+role.Measure(rest)+tail > end {
		rest = short
	}
	rest = touch.Cut(rest, role, end-x-tail)
	if tail > 0 && rest != "" {
		rest += " ·"
	}
	d.rest.Set(rest, ink)
	d.rest.Place(x, y)
	if tail > 0 {
		if rest != "" {
			x += d.rest.Width() + 5
		}
		d.emphasis.Place(x, y)
	}
}

// layoutUnsent puts what waits to be sent at the end of row 2, whose words end at used, or else
// of row 3. It places the items too, and returns where row 2 has to end.
func (d *cardDrawing) layoutUnsent(left, right, y, used float32) (end float32) {
	const gap = 8
	below := y + 23
	if d.unsent.Words() == "" {
		d.items.PlaceCut(left, below, right-left)
		return right
	}
	from := right - d.cloud.Size() - 4 - d.unsent.Width()
	line, end, items := y, from-gap, right
	if used > end {
		line, end, items = below, right, from-gap
	}
	d.cloud.Place(from, line+3)
	d.unsent.PlaceRight(right, line)
	d.items.PlaceCut(left, below, items-left)
	return end
}
