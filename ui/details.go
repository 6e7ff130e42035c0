package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// details is the panel of one order: at the right of the list, or over it.
type details struct {
	widget.BaseWidget
	palette *theme.Palette
	data    model.Details
	actions []model.DetailAction // those that can be done

	header, body, sum *board
	segment           *touch.Segment
	buttons           []*touch.Button
	holder            *fyne.Container // of the buttons
	locked            *lockedActions
	*paged            // what scrolls
	box               *touch.Box

	kept   *kept // what can be pressed among what scrolls
	do     func(id string, command order.CommandType)
	print  func(id string)
	phone  func()
	paper  paperControl
	papers []image.Image // of the tickets, in their order
}

// paperControl is what the details' tickets ask for. None of it waits.
type paperControl struct {
	print func(id, station string)
	look  func(key string)
}

func newDetails(palette *theme.Palette, control control, explain func(model.Explanation), paper paperControl) *details {
	d := &details{
		palette: palette, header: newBoard(), body: newBoard(), sum: newBoard(),
		holder: &fyne.Container{}, box: touch.NewBox(), do: control.Do, print: control.Print, phone: control.ShowPhone, paper: paper,
	}
	d.locked = &lockedActions{palette: palette, body: d.body, explain: explain, do: func(command order.CommandType) { d.do(d.data.ID, command) }}
	d.locked.content = &fyne.Container{Layout: d.locked, Objects: []fyne.CanvasObject{d.body.object}}
	d.paged = newPaged(palette, d.locked.content, inset, signHeight)
	d.kept = newKept(palette, d.view)
	d.segment = touch.NewSegment(palette, make([]string, len(model.DetailTabs())), 0, func(index int) {
		if index < len(d.data.Tabs) {
			control.DetailTab(d.data.Tabs[index].Tab)
		}
	})
	d.ExtendBaseWidget(d)
	return d
}

// set shows an order. Buttons stay the same: a finger may be on one.
func (d *details) set(data model.Details) {
	other := d.data.ID != data.ID || d.data.Chosen != data.Chosen
	// where it stands among what scrolls, somebody who has scrolled would miss it
	news := data.Refused != "" && data.Refused != d.data.Refused || data.NotTaken != "" && data.NotTaken != d.data.NotTaken
	d.data = data
	labels := make([]string, 0, len(data.Tabs))
	for i, tab := range data.Tabs {
		labels = append(labels, tab.Name)
		if tab.Chosen {
			d.segment.Choose(i)
		}
	}
	d.segment.SetLabels(labels)
	d.below.set(data.Below)
	var below []model.DetailAction
	d.actions = d.actions[:0]
	for _, action := range data.Actions {
		switch {
		case !action.Below:
			d.actions = append(d.actions, action)
		case data.Chosen == model.TabItems:
			below = append(below, action)
		}
	}
	d.locked.set(below, d.view)
	for len(d.buttons) < len(d.actions) {
		d.addButton()
	}
	for i, button := range d.buttons {
		show(button, i < len(d.actions))
		if i < len(d.actions) {
			setAction(button, d.actions[i])
		}
	}
	d.Refresh()
	if other || news {
		d.view.ScrollToTop()
	}
}

func (d *details) addButton() {
	index := len(d.buttons)
	button := touch.NewButton(d.palette, touch.Other, "", "", func() {
		switch {
		case index >= len(d.actions):
		case d.actions[index].Print:
			d.print(d.data.ID)
		default:
			d.do(d.data.ID, d.actions[index].Command)
		}
	})
	d.buttons = append(d.buttons, button)
	d.holder.Objects = append(d.holder.Objects, button)
}

func setAction(button *touch.Button, action model.DetailAction) {
	kind := touch.Other
	switch action.Kind {
	case model.ActionPrimary:
		kind = touch.Primary
	case model.ActionDanger:
		kind = touch.Danger
	}
	paintAction(button, kind, action.Icon, action.Label, action.Busy)
}

// CreateRenderer is called by Fyne.
func (d *details) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {
		d.box.Set(touch.Surface(d.palette, theme.RadiusCard, theme.CardShadow))
		d.segment.Refresh()
		d.below.Refresh()
		for _, button := range d.buttons {
			button.Refresh()
		}
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(d, paint, d.layout, minSize,
		d.box.Object, d.header.object, d.segment, d.view, d.sum.object, d.holder, d.below)
}

// roomy is the height from which everything stands over or under the items.
const roomy = 480

func (d *details) layout(size fyne.Size) {
	if size.Width <= 0 || d.data.ID == "" {
		return
	}
	const padding = theme.Padding
	d.box.Place(0, 0, size.Width, size.Height)
	inner := area{padding, padding, size.Width - 2*padding, size.Height - 2*padding}
	const segment = theme.MinTouch + 8
	var above model.Details // what found no room elsewhere is said over the items
	if size.Height < roomy && size.Width > 560 {
		const side = 240
		inner.width -= side + padding
		above = d.layoutSide(area{inner.x + inner.width + padding, inner.y, side, inner.height})
	} else {
		inner.height -= d.layoutActions(inner)
		inner.height -= d.layoutSum(inner)
		const least = 160 // of what scrolls
		data := d.data
		head := d.layoutHead(inner, data)
		for _, keep := range []model.Details{
			// what is not settled is seen however far the items are scrolled: it may be news
			{Number: data.Number, Badge: data.Badge, PendingSend: data.PendingSend, Refused: data.Refused, NotTaken: data.NotTaken},
			{Number: data.Number, Badge: data.Badge},
		} {
			if inner.height-head-segment-8 >= least {
				break
			}
			above = data
			if keep.NotTaken != "" || keep.Refused != "" || keep.PendingSend != "" {
				above.PendingSend, above.Refused, above.NotTaken = "", "", ""
			}
			head = d.layoutHead(inner, keep)
		}
		inner.y += head
		inner.height -= head
	}
	place(d.segment, area{inner.x, inner.y, inner.width, segment})
	y := inner.y + segment + 8
	d.room = area{inner.x, y, inner.width, max(0, inner.bottom()-y)}
	d.fillBody(above)
	d.paged.place(d.room, d.locked.MinSize(nil).Height)
}

// layoutActions places the buttons at the bottom, and returns the height they take. Two share a
// row where their words allow: the items need the height.
func (d *details) layoutActions(a area) float32 {
	place(d.holder, a)
	const gap = 8
	var rows [][]*touch.Button
	height := float32(0)
	for i := 0; i < len(d.actions); {
		row := d.buttons[i : i+1]
		if i+1 < len(d.actions) && row[0].MinSize().Width+gap+d.buttons[i+1].MinSize().Width <= a.width {
			row = d.buttons[i : i+2]
		}
		i += len(row)
		rows = append(rows, row)
		height += rowHeight(row) + gap
	}
	y := a.height - height + gap
	for _, row := range rows {
		tall, first := rowHeight(row), a.width
		if len(row) > 1 { // each what it needs, and half of the rest
			first = (a.width - gap + row[0].MinSize().Width - row[1].MinSize().Width) / 2
			place(row[1], area{first + gap, y, a.width - first - gap, tall})
		}
		place(row[0], area{0, y, first, tall})
		y += tall + gap
	}
	return height
}

func rowHeight(row []*touch.Button) float32 {
	height := float32(theme.MinTouch)
	for _, button := range row {
		height = max(height, button.MinSize().Height)
	}
	return height
}

// layoutSum places how it is paid and the total above the bottom of the area, and returns the
// height they take.
func (d *details) layoutSum(a area) float32 {
	const height = 40
	f := &flow{palette: d.palette, width: a.width, y: height}
	left := f.right(line{theme.PanelTitle, theme.Ink, d.data.Total}, a.width, 5)
	f.cut(line{theme.Body, theme.Ink2, d.data.Paid}, 0, 8, left-8)
	d.sum.show(f)
	place(d.sum.object, area{a.x, a.bottom() - height, a.width, height})
	return height
}

// layoutHead says whose order it is at the top of the area, and returns the height it takes.
func (d *details) layoutHead(a area, data model.Details) float32 {
	f := &flow{palette: d.palette, width: a.width}
	role := theme.DetailNumber
	f.text(line{role, theme.Ink, data.Number}, 0, 0)
	f.y = 42
	if data.Badge.Text != "" {
		y := float32(4)
		if badgeWidth(data.Badge)+8+role.Measure(data.Number) > a.width {
			y = f.y
			f.space(36)
		}
		f.badge(data.Badge, a.width, y)
	}
	f.person(data)
	f.space(6)
	d.header.show(f)
	place(d.header.object, area{a.x, a.y, a.width, f.y})
	return f.y
}

// person says whose it is, when it is due, and what is not settled with the hub.
func (f *flow) person(data model.Details) {
	if data.Customer != "" {
		f.paragraph(line{theme.CustomerName, theme.Ink, data.Customer}, 0, f.width)
	}
	f.times(data)
	f.unsettled(data)
}

// times stand in one line with the section, if it has room, and with the channel, if that has.
func (f *flow) times(data model.Details) {
	for _, where := range []string{data.Where, data.WhereShort} {
		if words := data.When + touch.Dot + where; data.When != "" && theme.Body.Measure(words) <= f.width {
			f.paragraph(line{theme.Body, theme.Ink2, words}, 0, f.width)
			return
		}
	}
	for _, words := range []string{data.When, data.Where} {
		if words != "" {
			f.paragraph(line{theme.Body, theme.Ink2, words}, 0, f.width)
		}
	}
}

// unsettled says what the hub has not heard yet, or would not have.
func (f *flow) unsettled(data model.Details) {
	if data.PendingSend != "" {
		f.point("cloud-off", line{theme.Body, theme.Ink2, data.PendingSend})
	}
	for _, wrong := range []string{data.Refused, data.NotTaken} {
		if wrong != "" {
			f.paragraph(line{theme.BodyBold, theme.LateInk, wrong}, 0, f.width)
		}
	}
}

// layoutSide puts all but the items beside them, in a low window; its bar has the number, and
// mostly the name. It returns what finds no room.
func (d *details) layoutSide(a area) (above model.Details) {
	room := a.height - d.layoutActions(a)
	room -= d.layoutSum(area{a.x, a.y, a.width, room})
	data := d.data
	for _, leave := range []func(){
		func() {},
		func() { above.NotTaken, data.NotTaken = data.NotTaken, "" },
		func() { above.Customer, data.Customer = data.Customer, "" },
		func() {
			above.When, above.Where, above.WhereShort = data.When, data.Where, data.WhereShort
			data.When, data.Where, data.WhereShort = "", "", ""
		},
	} {
		leave()
		f := &flow{palette: d.palette, width: a.width}
		if data.Badge.Text != "" {
			f.badge(data.Badge, min(a.width, badgeWidth(data.Badge)), 0)
			f.space(theme.BadgeHeight + 8)
		}
		f.person(data)
		d.header.show(f)
		place(d.header.object, area{a.x, a.y, a.width, f.y})
		if f.y <= room {
			break
		}
	}
	return above
}

// badge ends at the right.
func (f *flow) badge(badge model.Badge, right, y float32) {
	view := touch.NewBadge(f.palette, badgeKind(badge.Tone), string(badge.Icon), badge.Text)
	width := view.MinSize().Width
	place(view, area{right - width, y, width, theme.BadgeHeight})
	f.add(view)
}

// badgeWidth is what a badge needs.
func badgeWidth(badge model.Badge) float32 {
	const around = 2*10 + 18 + 6 // padding, icon and gap
	return around + theme.BodyBold.Measure(badge.Text)
}

// fillBody writes the chosen part. Where an item's allergy would lie out of view, all of them
// are said first.
func (d *details) fillBody(above model.Details) {
	f := d.part(above, 0)
	locked := float32(d.locked.shown) * lockedPitch
	view := d.room.height
	if f.y+locked > view {
		view -= signHeight
	}
	if d.data.Chosen != model.TabItems || f.allergies > view {
		f = d.part(above, view)
	}
	d.body.show(f)
	d.locked.Layout(nil, fyne.NewSize(d.room.width+2*inset, 0))
	d.view.Refresh()
}

// part writes the chosen part, below the allergies of all items where they have a view.
func (d *details) part(above model.Details, view float32) *flow {
	f := &flow{palette: d.palette, width: d.room.width}
	if view > 0 {
		f.announce(d.data, view)
	}
	top := f.y
	if f.person(above); f.y > top {
		f.space(8)
	}
	switch d.data.Chosen {
	case model.TabPayment:
		f.payment(d.data)
	case model.TabHistory:
		f.history(d.data)
	case model.TabTickets:
		d.tickets(f)
	default:
		f.items(d.data)
		d.reach(f)
	}
	f.space(theme.HalfStep)
	return f
}
