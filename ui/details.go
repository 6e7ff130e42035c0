package ui

import (
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
	scroll            *touch.Scroll
	segment           *touch.Segment
	buttons           []*touch.Button
	holder            *fyne.Container // of the buttons
	locked            *lockedActions
	box               *touch.Box

	do func(id string, command order.CommandType)
}

func newDetails(palette *theme.Palette, do func(id string, command order.CommandType), explain func(model.Explanation), tab func(model.DetailTab)) *details {
	d := &details{
		palette: palette, header: newBoard(), body: newBoard(), sum: newBoard(),
		holder: &fyne.Container{}, box: touch.NewBox(), do: do,
	}
	d.locked = &lockedActions{palette: palette, body: d.body, explain: explain}
	d.locked.content = &fyne.Container{Layout: d.locked, Objects: []fyne.CanvasObject{d.body.object}}
	d.scroll = touch.NewScroll(d.locked.content)
	d.segment = touch.NewSegment(palette, []string{"", "", ""}, 0, func(index int) {
		if index < len(d.data.Tabs) {
			tab(d.data.Tabs[index].Tab)
		}
	})
	d.ExtendBaseWidget(d)
	return d
}

// set shows an order. Buttons stay the same: a finger may be on one.
func (d *details) set(data model.Details) {
	other := d.data.ID != data.ID || d.data.Chosen != data.Chosen
	d.data = data
	labels := make([]string, 0, len(data.Tabs))
	for i, tab := range data.Tabs {
		labels = append(labels, tab.Name)
		if tab.Chosen {
			d.segment.Choose(i)
		}
	}
	d.segment.SetLabels(labels)
	var locked []model.DetailAction
	d.actions = d.actions[:0]
	for _, action := range data.Actions {
		if action.Kind == model.ActionLocked {
			locked = append(locked, action)
		} else {
			d.actions = append(d.actions, action)
		}
	}
	d.locked.set(locked, d.scroll)
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
	if other {
		d.scroll.ScrollToTop()
	}
}

func (d *details) addButton() {
	index := len(d.buttons)
	button := touch.NewButton(d.palette, touch.Other, "", "", func() {
		if index < len(d.actions) {
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
		for _, button := range d.buttons {
			button.Refresh()
		}
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(d, paint, d.layout, minSize,
		d.box.Object, d.header.object, d.segment, d.scroll, d.sum.object, d.holder)
}

// roomy is the height from which the actions stand under the items.
const roomy = 480

func (d *details) layout(size fyne.Size) {
	if size.Width <= 0 || d.data.ID == "" {
		return
	}
	const padding = theme.Padding
	d.box.Place(0, 0, size.Width, size.Height)
	inner := area{padding, padding, size.Width - 2*padding, size.Height - 2*padding}
	if size.Height < roomy && size.Width > 560 {
		const side = 240
		right := area{inner.x + inner.width - side, inner.y, side, inner.height}
		inner.width -= side + padding
		d.layoutActions(right, true)
		d.layoutSum(area{right.x, right.y, side, inner.height})
	} else {
		inner.height -= d.layoutActions(inner, false)
		inner.height -= d.layoutSum(inner)
	}
	y := d.layoutHeader(inner)
	const segment = theme.MinTouch + 8
	place(d.segment, area{inner.x, y, inner.width, segment})
	y += segment + 8
	place(d.scroll, area{inner.x, y, inner.width, max(0, inner.bottom()-y)})
	d.fillBody(inner.width)
}

// layoutActions places the buttons at the bottom, and returns the height they take. Only one
// stands out; the others share rows of two where their words allow.
func (d *details) layoutActions(a area, stacked bool) float32 {
	place(d.holder, a)
	const gap = 8
	y := a.height
	last := len(d.actions) - 1
	for i := last; i >= 0; i-- {
		button := d.buttons[i]
		least := button.MinSize()
		if i > 0 && !stacked && d.actions[i].Kind == model.ActionOther && d.actions[i-1].Kind == model.ActionOther {
			before := d.buttons[i-1]
			half := (a.width - gap) / 2
			if max(least.Width, before.MinSize().Width) <= half {
				y -= theme.MinTouch
				place(before, area{0, y, half, theme.MinTouch})
				place(button, area{half + gap, y, half, theme.MinTouch})
				y -= gap
				i--
				continue
			}
		}
		y -= least.Height
		place(button, area{0, y, a.width, least.Height})
		y -= gap
	}
	return a.height - y
}

// layoutSum places how it is paid and the total above the bottom of the area, and returns the
// height they take.
func (d *details) layoutSum(a area) float32 {
	const height = 40
	f := &flow{palette: d.palette, width: a.width, y: height}
	left := f.right(line{theme.PanelTitle, theme.Ink, d.data.Total}, a.width, 5)
	f.cut(line{theme.Body, theme.Ink2, d.data.Paid}, 0, 8, left-8)
	d.sum.show(f)
	y := a.bottom() - height
	if a.height > 0 && a.width < 300 { // beside the items: at the top
		y = a.y
	}
	place(d.sum.object, area{a.x, y, a.width, height})
	return height
}

func (d *details) layoutHeader(a area) (bottom float32) {
	f := &flow{palette: d.palette, width: a.width}
	data := d.data
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
	right := a.width
	if data.Phone != "" {
		right = f.right(line{theme.Body, theme.Ink, data.Phone}, a.width, f.y+2)
		right -= 28
		f.icon("phone", 20, theme.Ink, right, f.y+4)
		right -= 8
	}
	f.cut(line{theme.CustomerName, theme.Ink, data.Customer}, 0, f.y, right)
	f.y += 28
	f.paragraph(line{theme.Body, theme.Ink2, data.Times}, 0, a.width)
	if data.PendingSend != "" {
		f.point("cloud-off", line{theme.Body, theme.Ink2, data.PendingSend})
	}
	if data.Refused != "" {
		f.paragraph(line{theme.BodyBold, theme.LateInk, data.Refused}, 0, a.width)
	}
	f.space(6)
	d.header.show(f)
	place(d.header.object, area{a.x, a.y, a.width, f.y})
	return a.y + f.y
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

func (d *details) fillBody(width float32) {
	f := &flow{palette: d.palette, width: width}
	switch d.data.Chosen {
	case model.TabPayment:
		f.payment(d.data)
	case model.TabHistory:
		f.history(d.data)
	default:
		f.items(d.data)
	}
	f.space(theme.HalfStep)
	d.body.show(f)
	d.locked.Layout(nil, fyne.NewSize(width, 0))
	d.scroll.Refresh()
}

// lockedActions stand under what the details scroll: each says what cannot be done, and a tap
// explains why.
type lockedActions struct {
	palette *theme.Palette
	body    *board
	content *fyne.Container
	buttons []*touch.Button
	shown   int
	explain func(model.Explanation)
}

func (l *lockedActions) set(actions []model.DetailAction, scroller touch.Scroller) {
	for len(l.buttons) < len(actions) {
		button := touch.NewButton(l.palette, touch.Other, "", "", nil)
		button.SetScroller(scroller)
		l.buttons = append(l.buttons, button)
		l.content.Objects = append(l.content.Objects, button)
	}
	l.shown = len(actions)
	for i, button := range l.buttons {
		show(button, i < l.shown)
		if i < l.shown {
			explanation := actions[i].Explanation
			button.Lock(actions[i].Label, func() { l.explain(explanation) })
		}
	}
}

const lockedPitch = theme.MinTouch + 8

// MinSize is Fyne's.
func (l *lockedActions) MinSize([]fyne.CanvasObject) fyne.Size {
	return l.body.size.AddWidthHeight(0, float32(l.shown)*lockedPitch)
}

// Layout is Fyne's.
func (l *lockedActions) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	place(l.body.object, area{0, 0, size.Width, l.body.size.Height})
	for i, button := range l.buttons[:l.shown] {
		place(button, area{1, l.body.size.Height + 4 + float32(i)*lockedPitch, size.Width - 2, theme.MinTouch}) // the scroll clips
	}
}
