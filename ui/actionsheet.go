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
	SheetType(key, text string)
	SheetTick(key string)
	SheetGo() model.Plan
}

// actionSheet asks for what an action needs: minutes, bags, items, a reason, or ticks.
type actionSheet struct {
	*form
	control actionControl
	carry   func(model.Plan)
	data    model.ActionSheet
	act     *touch.Button
}

func newActionSheet(palette *theme.Palette, control actionControl, carry func(model.Plan)) *actionSheet {
	s := &actionSheet{form: newForm(palette, 720), control: control, carry: carry}
	s.act = touch.NewButton(palette, touch.Primary, "", "", func() { s.carry(s.control.SheetGo()) })
	s.fits, s.closed = true, control.SheetClose
	s.write, s.foot = s.page, s.buttons
	return s
}

// set shows another state; opened says that the sheet was closed before.
func (s *actionSheet) set(data model.ActionSheet, opened bool) {
	s.data, s.title, s.close, s.more = data, data.Title, data.Close, data.Below
	s.typing.set(data.Keyboard)
	for _, field := range data.Fields {
		view := s.line(field)
		setField(view, field.Field)
		if opened {
			view.SetText(field.Text)
		}
	}
	if opened {
		s.view.ScrollToTop()
		s.typing.end()
	}
	s.Refresh()
}

// line is the one of a field.
func (s *actionSheet) line(data model.SheetField) *touch.Field {
	return part(s.kept, "field "+data.Key, func() *touch.Field {
		field := s.field(func(text string) { s.control.SheetType(data.Key, text) })
		field.OnDone = s.typing.end
		return field
	})
}

// choose takes one of the choices, and no other answer.
func (s *actionSheet) choose(id string) {
	for _, field := range s.data.Fields {
		if field.Other {
			s.line(field).SetText("")
		}
	}
	s.control.SheetChoose(id)
}

// buttons are the one that acts, and the one that leaves everything as it is.
func (s *actionSheet) buttons() (primary *touch.Button, others []*touch.Button) {
	paintNext(s.act, s.data.Go)
	return s.act, []*touch.Button{s.outer.button("keep", touch.Other, "", s.data.Keep, s.control.SheetClose)}
}

// beside says that what is short stands side by side.
func (s *actionSheet) beside(width float32) bool { return s.low && width > 560 }

func (s *actionSheet) page(f *flow) {
	data := s.data
	if data.Problem != "" {
		f.block("alert", theme.LateSoft, line{theme.BodyBold, theme.LateInk, data.Problem}, 0)
		f.space(12)
	}
	head := f
	if s.beside(f.width) && data.Code != "" { // the code stands beside
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
		s.stepper(f, "stepper "+number.Key, number.SetupStepper, func(by int) { s.control.SheetStep(number.Key, by) })
	}
	s.choices(f)
	s.fields(f)
}

// fields stand side by side where there is room.
func (s *actionSheet) fields(f *flow) {
	const gap, least = 16, 260
	columns := max(1, min(len(s.data.Fields), int((f.width+gap)/(least+gap))))
	width := (f.width - gap*float32(columns-1)) / float32(columns)
	height := float32(0)
	for i, field := range s.data.Fields {
		if i%columns == 0 {
			f.space(height + 12)
			height = 0
		}
		view := s.line(field)
		high := view.HeightFor(width)
		place(view, area{float32(i%columns) * (width + gap), f.y, width, high})
		f.add(view)
		height = max(height, high)
	}
	f.space(height)
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
			rows = append(rows, s.kept.check("choice "+choice.ID, choice.Name, "", choice.Chosen, func() { s.choose(choice.ID) }))
		}
		s.rows(f, rows, 64)
		return
	}
	s.grid(f)
}

// rows stand one under the other, or two side by side where the window is low.
func (s *actionSheet) rows(f *flow, rows []fyne.CanvasObject, height float32) {
	const gap = 16
	if !s.beside(f.width) {
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
		b := s.kept.button("choice "+choice.ID, kind, icon, choice.Name, func() { s.choose(choice.ID) })
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
