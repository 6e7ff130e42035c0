package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// actionControl is what the sheet of an action asks for. None of it waits.
type actionControl interface {
	SheetClose()
	SheetStep(key string, by int)
	SheetChoose(id string)
	SheetTick(key string)
	SheetGo() model.Plan
}

// actionSheet asks for what an action needs: minutes, bags, items, a reason, or ticks.
type actionSheet struct {
	*overlay
	control actionControl
	carry   func(model.Plan)
	data    model.ActionSheet

	body *board
	view *touch.Scroll
	kept *kept // in the scroll
	ends *kept // around it
	act  *touch.Button
	// below says that more lies under the scroll, which has room.
	below *moreBelow
	room  area
	// low: the window has more width than height, and what is short stands side by side.
	low bool
}

func newActionSheet(palette *theme.Palette, control actionControl, carry func(model.Plan)) *actionSheet {
	s := &actionSheet{overlay: newOverlay(palette), control: control, carry: carry, body: newBoard(), ends: newKept(palette, nil)}
	s.view = touch.NewScroll(s.body.object)
	s.kept = newKept(palette, s.view)
	s.below = newMoreBelow(palette, s.view.PageDown)
	s.view.OnMoved = s.placeView
	s.act = touch.NewButton(palette, touch.Primary, "", "", func() { s.carry(s.control.SheetGo()) })
	s.fill = s.arrange
	return s
}

func (s *actionSheet) set(data model.ActionSheet) {
	if data.OrderID != s.data.OrderID || data.Command != s.data.Command {
		s.view.ScrollToTop()
	}
	s.data = data
	s.Refresh()
}

func (s *actionSheet) arrange(size fyne.Size) area {
	const widest, highest, top, edge = 720, 752, 24, 4
	panel := area{0, 0, size.Width, size.Height}
	padding := float32(theme.Padding)
	full := size.Width < theme.SheetFillsBelow
	if !full {
		panel = area{(size.Width - widest) / 2, top, widest, min(highest, size.Height-2*top)}
		padding = theme.PaddingWide
	}
	inner := &flow{palette: s.palette, width: panel.width - 2*padding}
	s.low = size.Height < theme.LowLayout && inner.width > 560
	s.page(inner)

	f := &flow{palette: s.palette, width: panel.width, y: padding}
	closing := s.ends.button("close", touch.Other, "x", s.data.Keep, s.control.SheetClose)
	width := closing.MinSize().Width
	place(closing, area{panel.width - padding - width, f.y, width, theme.MinTouch})
	title := line{theme.PageTitle, theme.Ink, s.data.Title}
	room := panel.width - 2*padding - width - 16
	if rows := touch.Wrap(title.words, title.role, room); len(rows) > 1 { // a number is never cut
		title.role = theme.PanelTitle
	}
	f.space(2)
	f.paragraph(title, padding, padding+room)
	f.y = max(f.y, padding+theme.MinTouch) + 12

	s.paintAct()
	const foot = 12 + theme.PrimaryHeight
	if !full { // no higher than it has to be
		panel.height = min(panel.height, f.y+inner.y+2*edge+foot+padding)
	}
	bottom := panel.height - padding - theme.PrimaryHeight
	least := max(200, s.act.MinSize().Width)
	if full && size.Width < theme.NarrowLayout {
		least = panel.width - 2*padding
	}
	place(s.act, area{panel.width - padding - least, bottom, least, theme.PrimaryHeight})

	body := &flow{palette: s.palette, width: inner.width + 2*edge, y: inner.y + 2*edge}
	body.take(inner, fyne.NewPos(edge, edge))
	s.body.show(body)
	s.room = area{padding - edge, f.y - edge, body.width, bottom - 12 - f.y + edge}
	s.below.set(s.data.Below)
	s.placeView()
	s.view.Refresh()
	s.content.show(f)
	s.holder.Objects = []fyne.CanvasObject{closing, s.view, s.below, s.act}
	return panel
}

// placeView shows the sign under the scroll until its end is in view.
func (s *actionSheet) placeView() {
	const rounding = 0.5
	furthest := s.body.size.Height - s.room.height
	more := furthest > rounding && s.view.Offset() < furthest-rounding
	view := s.room
	if more {
		view.height -= signHeight
		place(s.below, area{view.x, view.bottom(), view.width, theme.MinTouch})
	}
	show(s.below, more)
	place(s.view, view)
}

func (s *actionSheet) paintAct() {
	next := s.data.Go
	s.act.SetContent(touch.Primary, string(next.Icon), next.Label)
	busy := ""
	if next.Busy {
		busy = next.Label
	}
	s.act.SetBusy(busy)
	s.act.SetDisabled(next.Locked)
}

func (s *actionSheet) page(f *flow) {
	data := s.data
	if data.Problem != "" {
		f.block("alert", theme.LateSoft, line{theme.BodyBold, theme.LateInk, data.Problem}, 0)
		f.space(12)
	}
	head := f
	if s.low && data.Code != "" { // the code stands beside
		head = &flow{palette: f.palette, width: (f.width - 16) / 2}
	}
	if data.Big != "" {
		head.paragraph(line{theme.DetailNumber, theme.Ink, data.Big}, 0, head.width)
		head.space(8)
	}
	if data.Text != "" {
		head.paragraph(line{theme.ItemText, theme.Ink, data.Text}, 0, head.width)
		head.space(12)
	}
	if head != f {
		code := &flow{palette: f.palette, width: head.width}
		s.code(code)
		f.take(head, f.at(0))
		f.take(code, f.at(head.width+16))
		f.space(max(head.y, code.y))
	} else if data.Code != "" {
		s.code(f)
	}
	var rows []fyne.CanvasObject
	for _, check := range data.Checks {
		rows = append(rows, s.kept.check("check "+check.Key, check.Label, check.Text, check.On, func() { s.control.SheetTick(check.Key) }))
	}
	s.rows(f, rows, 80)
	for _, number := range data.Steppers {
		row := part(s.kept, "stepper "+number.Key, func() *touch.Stepper {
			return touch.NewStepper(s.palette, func(by int) { s.control.SheetStep(number.Key, by) })
		})
		row.Set(number.Label, number.Text, number.Less, number.More)
		f.put(row, theme.SwitchRow)
	}
	s.choices(f)
}

// code is what is compared with what the courier shows.
func (s *actionSheet) code(f *flow) {
	const padding = 16
	height := theme.Body.LineHeight() + theme.AlarmNumber.LineHeight() + 2*padding
	f.box(touch.Fill(s.palette, theme.Sunk, theme.RadiusControl), area{0, f.y, f.width, height})
	f.space(padding)
	f.paragraph(line{theme.Body, theme.Ink2, s.data.CodeLabel}, padding, f.width-padding)
	f.paragraph(line{theme.AlarmNumber, theme.Ink, s.data.Code}, padding, f.width-padding)
	f.space(padding)
	f.space(8)
}

// choices are rows, or where they are short a grid of buttons.
func (s *actionSheet) choices(f *flow) {
	if s.data.Question != "" {
		f.paragraph(line{theme.BodyBold, theme.Ink, s.data.Question}, 0, f.width)
		f.space(8)
	}
	if !s.data.Grid {
		var rows []fyne.CanvasObject
		for _, choice := range s.data.Choices {
			rows = append(rows, s.kept.check("choice "+choice.ID, choice.Name, "", choice.Chosen, func() { s.control.SheetChoose(choice.ID) }))
		}
		s.rows(f, rows, 64)
		return
	}
	s.grid(f)
}

// rows stand one under the other, or two side by side where the window is low.
func (s *actionSheet) rows(f *flow, rows []fyne.CanvasObject, height float32) {
	const gap = 16
	if !s.low {
		for _, row := range rows {
			f.put(row, height)
		}
		return
	}
	width := (f.width - gap) / 2
	for i, row := range rows {
		place(row, area{float32(i%2) * (width + gap), f.y, width, height})
		f.add(row)
		if i%2 == 1 || i == len(rows)-1 {
			f.space(height)
		}
	}
}

// grid has columns of one width; what needs more takes two.
func (s *actionSheet) grid(f *flow) {
	const gap, least = 8, 96
	columns := max(1, int((f.width+gap)/(least+gap)))
	cell := (f.width - gap*float32(columns-1)) / float32(columns)
	column := 0
	for i, choice := range s.data.Choices {
		kind, icon := touch.Other, ""
		if choice.Chosen {
			kind, icon = touch.Next, "check"
		}
		b := s.kept.button("choice "+choice.ID, kind, icon, choice.Name, func() { s.control.SheetChoose(choice.ID) })
		b.SetHeight(theme.PrimaryHeight)
		width, span := cell, 1
		if i == 0 || b.MinSize().Width > cell {
			width, span = min(f.width, 2*cell+gap), 2
		}
		if column > 0 && column+span > columns {
			column = 0
			f.space(theme.PrimaryHeight + gap)
		}
		place(b, area{float32(column) * (cell + gap), f.y, width, theme.PrimaryHeight})
		f.add(b)
		column += span
	}
	if column > 0 {
		f.space(theme.PrimaryHeight)
	}
}
