package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// orderingControl is what the sheet of how orders are taken asks for. None of it waits.
type orderingControl interface {
	OrderingClose()
	OrderingPage(model.OrderingPage)
	OrderingBusyMinutes(string)
	OrderingBusyFor(string)
	OrderingSearch(string)
	OrderingDo(model.OrderingAsk) model.Plan
	Undo(id int) model.Plan
}

// orderingSheet pauses channels, adds minutes, and takes items off sale.
type orderingSheet struct {
	*form
	control orderingControl
	carry   func(model.Plan)
	data    model.OrderingSheet

	search *touch.Field
	done   *snackbar
}

func newOrderingSheet(palette *theme.Palette, control orderingControl, carry func(model.Plan)) *orderingSheet {
	s := &orderingSheet{form: newForm(palette, 960), control: control, carry: carry}
	s.search = s.field(control.OrderingSearch)
	s.search.SetIcon("search")
	s.done = newSnackbar(palette, func(id int) { carry(control.Undo(id)) })
	s.closed, s.under, s.write = control.OrderingClose, s.pages, s.page
	s.fill = func(size fyne.Size) area {
		panel := s.arrange(size)
		// over the body's end, like the window's over its list
		s.done.place(area{0, 0, panel.width, panel.height}, theme.Padding)
		s.holder.Objects = append(s.holder.Objects, s.done.Snackbar)
		return panel
	}
	return s
}

// set shows another state; opened says that the sheet was closed before.
func (s *orderingSheet) set(data model.OrderingSheet, opened bool) {
	turned := opened || data.Page != s.data.Page
	s.data, s.title, s.close = data, data.Title, data.Close
	s.typing.set(data.Keyboard)
	setField(s.search, data.Search)
	s.done.set(data.Done)
	if s.more = data.Below; data.Done.Text != "" { // it lies there
		s.more = ""
	}
	if turned {
		s.search.SetText("")
		s.view.ScrollToTop()
		s.typing.end()
	}
	s.Refresh()
}

// typed takes a letter of a real keyboard: on the page of items it searches.
func (s *orderingSheet) typed(r rune) {
	if !s.typing.up() && s.data.Page == model.OrderingStock {
		s.typing.begin(s.search)
	}
	s.form.typed(r)
}

func (s *orderingSheet) do(ask model.OrderingAsk) { s.carry(s.control.OrderingDo(ask)) }

// pages are the names of the sheet's pages.
func (s *orderingSheet) pages(f *flow) {
	f.space(8)
	names := part(s.outer, "pages", func() *touch.Segment {
		return touch.NewSegment(s.palette, s.data.Pages, 0, func(i int) { s.control.OrderingPage(model.OrderingPage(i)) })
	})
	names.SetLabels(s.data.Pages)
	names.Choose(int(s.data.Page))
	f.put(names, theme.MinTouch+8)
}

func (s *orderingSheet) page(f *flow) {
	s.problem(f, s.data.Problem)
	if s.data.Pending != "" {
		f.point("cloud-off", line{theme.BodyBold, theme.Warn, s.data.Pending})
		f.space(8)
	}
	switch s.data.Page {
	case model.OrderingRush:
		s.rush(f)
	case model.OrderingChannels:
		for i, channel := range s.data.Channels {
			if i > 0 {
				f.space(16)
				f.rule()
				f.space(16)
			}
			s.channel(f, channel)
		}
	case model.OrderingStock:
		s.stock(f)
	}
	if s.data.Done.Text != "" { // what lies below it can be scrolled above it
		f.space(s.done.HeightFor(f.width) + theme.Padding)
	}
}

// rush is what helps at once when there is too much to do.
func (s *orderingSheet) rush(f *flow) {
	pause := s.data.PauseAll
	f.paragraph(line{theme.PanelTitle, theme.Ink, pause.Title}, 0, f.width)
	f.paragraph(line{theme.Body, theme.Ink2, pause.Text}, 0, f.width)
	f.space(8)
	s.pause(f, "all", "", pause)
	f.space(16)
	f.rule()
	f.space(16)

	busy := s.data.Busy
	f.paragraph(line{theme.PanelTitle, theme.Ink, busy.Title}, 0, f.width)
	if busy.Holds {
		f.point("hourglass", line{theme.BodyBold, theme.Warn, busy.State})
	} else {
		f.paragraph(line{theme.Body, theme.Ink2, busy.State}, 0, f.width)
	}
	f.space(8)
	const beside = 840 // both choices
	left, at := f, fyne.Position{}
	right := &flow{palette: f.palette, width: f.width, y: f.y}
	if f.width >= beside {
		left = &flow{palette: f.palette, width: (f.width - theme.PanelGap) / 2, y: f.y}
		right.width, at = left.width, fyne.NewPos(left.width+theme.PanelGap, 0)
	}
	s.question(left, "busy minutes", busy.Minutes, s.control.OrderingBusyMinutes)
	if left == f {
		right.y = f.y + 8
	} else {
		f.take(left, fyne.Position{})
	}
	s.question(right, "busy for", busy.For, s.control.OrderingBusyFor)
	f.take(right, at)
	f.y = max(left.y, right.y) + 12
	s.row(f,
		s.kept.button("busy begin", touch.Primary, "hourglass", busy.Begin, func() { s.do(model.OrderingAsk{What: model.AskBusy}) }),
		s.optional("busy end", "play", busy.End, model.OrderingAsk{What: model.AskBusyEnd}))
	f.space(16)
	f.rule()
	f.space(8)
	s.stepper(f, "maximum", s.data.Maximum, func(step int) { s.do(model.OrderingAsk{What: model.AskMaximum, Step: step}) })
	f.paragraph(line{theme.Body, theme.Ink2, s.data.MaximumHint}, 0, f.width)
}

// optional is a button that is there only where it has words.
func (s *orderingSheet) optional(name, icon, label string, ask model.OrderingAsk) *touch.Button {
	if label == "" {
		return nil
	}
	return s.kept.button(name, touch.Other, icon, label, func() { s.do(ask) })
}

// row places buttons side by side, as many as fit in a line, the highest one first; nil ones are left
// out.
func (s *orderingSheet) row(f *flow, buttons ...*touch.Button) {
	const gap = 8
	x, height := float32(0), float32(0)
	for _, b := range buttons {
		if b == nil {
			continue
		}
		size := b.MinSize()
		size.Width = min(f.width, size.Width)
		if x > 0 && x+size.Width > f.width {
			f.space(height + gap)
			x, height = 0, 0
		}
		height = max(height, size.Height)
		place(b, area{x, f.y + (height-size.Height)/2, size.Width, size.Height})
		f.add(b)
		x += size.Width + gap
	}
	f.space(height)
}

// pause are the ends to choose from, and the way back.
func (s *orderingSheet) pause(f *flow, name, channel string, pause model.OrderingPause) {
	var buttons []*touch.Button
	if pause.Resume != "" {
		resume := s.kept.button("resume "+name, touch.Next, "play", pause.Resume, func() { s.do(model.OrderingAsk{What: model.AskResume, Channel: channel}) })
		resume.SetHeight(theme.MinTouch)
		buttons = append(buttons, resume)
	}
	for i, label := range pause.Choices {
		buttons = append(buttons, s.optional(fmt.Sprint("pause ", name, i), "pause", label, model.OrderingAsk{What: model.AskPause, Channel: channel, Choice: i}))
	}
	s.row(f, buttons...)
}

func (s *orderingSheet) channel(f *flow, c model.OrderingChannel) {
	f.paragraph(line{theme.PanelTitle, theme.Ink, c.Name}, 0, f.width)
	ink := theme.Ok
	if c.Tone == model.ToneWarn {
		ink = theme.Warn
	}
	f.point(string(c.Icon), line{theme.BodyBold, ink, c.State})
	if c.Report.Text != "" {
		l := line{theme.Body, theme.Ink2, c.Report.Text}
		switch c.ReportTone {
		case model.ToneWarn:
			l.token = theme.Warn
		case model.ToneLate:
			l.role, l.token = theme.BodyBold, theme.LateInk
		}
		f.point(string(c.Report.Icon), l)
	}
	for _, limit := range c.Limits {
		f.point("info", line{theme.Body, theme.Ink2, limit})
	}
	f.space(4)
	s.pause(f, c.ID, c.ID, c.Pause)
	s.toggle(f, "auto "+c.ID, c.AutoAccept, func(on bool) {
		s.do(model.OrderingAsk{What: model.AskAutoAccept, Channel: c.ID, On: on})
	})
	s.stepper(f, "minutes "+c.ID, c.Minutes, func(step int) {
		s.do(model.OrderingAsk{What: model.AskPreparation, Channel: c.ID, Step: step})
	})
}

// stock lists the items, each with what can be done with it.
func (s *orderingSheet) stock(f *flow) {
	f.put(s.search, s.search.HeightFor(f.width))
	f.space(12)
	for _, item := range s.data.Items {
		s.item(f, item)
	}
	if s.data.More != "" {
		f.space(8)
		f.paragraph(line{theme.Body, theme.Ink2, s.data.More}, 0, f.width)
	}
}

// item is a row: its buttons beside the name, or below it where there is no room.
func (s *orderingSheet) item(f *flow, item model.OrderingItem) {
	const gap, least = 8, 260
	buttons := make([]*touch.Button, 0, 2)
	for _, b := range []*touch.Button{
		s.optional("tomorrow "+item.PLU, "", item.Tomorrow, model.OrderingAsk{What: model.AskOut, PLU: item.PLU, Tomorrow: true}),
		s.optional("endless "+item.PLU, "", item.Endless, model.OrderingAsk{What: model.AskOut, PLU: item.PLU}),
		s.optional("back "+item.PLU, "refresh", item.Back, model.OrderingAsk{What: model.AskBack, PLU: item.PLU}),
	} {
		if b != nil {
			buttons = append(buttons, b)
		}
	}
	width := float32(0)
	for _, b := range buttons {
		width += b.MinSize().Width + gap
	}
	beside := f.width-width >= least
	top, words := f.y, f.width
	if beside {
		words -= width
	}
	height := theme.ItemText.LineHeight()
	if item.Out {
		height += theme.BodyBold.LineHeight()
	}
	y := top
	if beside {
		y += max(0, (theme.MinTouch-height)/2)
	}
	f.cut(line{theme.ItemText, theme.Ink, item.Name}, 0, y, words)
	if item.Out {
		f.icon("lock", 20, theme.Warn, 0, y+theme.ItemText.LineHeight()+2)
		f.cut(line{theme.BodyBold, theme.Warn, item.Text}, 28, y+theme.ItemText.LineHeight(), words-28)
	}
	if beside {
		x := f.width
		for i := len(buttons) - 1; i >= 0; i-- {
			size := buttons[i].MinSize()
			x -= size.Width
			place(buttons[i], area{x, top, size.Width, size.Height})
			f.add(buttons[i])
			x -= gap
		}
		f.y = top + max(theme.MinTouch, height) + 8
	} else {
		f.y = top + height + 4
		s.row(f, buttons...)
		f.space(12)
	}
	f.rule()
	f.space(8)
}
