package ui

import (
	"fmt"

	"comptoir/shop"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// filterControl is what the sheet of the filter asks for. None of it waits.
type filterControl interface {
	CloseFilter()
	FilterDay(shop.Day)
	FilterMonth(shop.Day)
	FilterStatus(id string)
	FilterChannel(id string)
	FilterClear(model.FilterPart)
}

// filterSheet chooses which orders are listed: a business day, statuses, channels.
type filterSheet struct {
	*form
	control filterControl
	data    model.FilterSheet
}

func newFilterSheet(palette *theme.Palette, control filterControl) *filterSheet {
	s := &filterSheet{form: newForm(palette, 720), control: control}
	s.fits, s.closed, s.foot = true, control.CloseFilter, s.ways
	return s
}

// show draws the sheet, or forgets where it was scrolled to when it closes.
func (s *filterSheet) show(data *model.FilterSheet) {
	if data == nil {
		s.view.ScrollToTop()
		return
	}
	if (data.Month == nil) != (s.data.Month == nil) {
		s.view.ScrollToTop()
	}
	s.data = *data
	s.title, s.close, s.more, s.write = data.Title, data.Close, data.Below, s.choices
	if data.Month != nil {
		s.title, s.write = data.DayLabel, s.calendar
	}
	s.Refresh()
}

// ways lead out: to what is listed now, to all of it, or back from the calendar.
func (s *filterSheet) ways() (primary *touch.Button, others []*touch.Button) {
	if m := s.data.Month; m != nil {
		return nil, []*touch.Button{s.outer.button("back", touch.Other, "left", m.Back, func() { s.control.FilterMonth("") })}
	}
	if s.data.Clear != "" {
		others = append(others, s.outer.button("clear", touch.Other, "", s.data.Clear, func() { s.control.FilterClear(model.FilterAll) }))
	}
	return s.outer.button("see", touch.Primary, "check", s.data.Show, s.control.CloseFilter), others
}

func (s *filterSheet) choices(f *flow) {
	if len(s.data.Days) > 0 {
		s.label(f, s.data.DayLabel)
		s.days(f)
	}
	s.label(f, s.data.StatusLabel)
	s.checks(f, "status ", s.data.Statuses, s.control.FilterStatus)
	if len(s.data.Channels) > 0 {
		s.label(f, s.data.ChannelLabel)
		s.checks(f, "channel ", s.data.Channels, s.control.FilterChannel)
	}
}

func (s *filterSheet) label(f *flow, words string) {
	if f.y > 0 {
		f.space(12)
	}
	f.paragraph(line{theme.BodyBold, theme.Ink, words}, 0, f.width)
	f.space(4)
}

// days are the near ones, and the way to all others.
func (s *filterSheet) days(f *flow) {
	const gap = 8
	labels := make([]string, len(s.data.Days))
	for i, day := range s.data.Days {
		labels[i] = day.Name
	}
	near := part(s.kept, "days", func() *touch.Segment { return touch.NewSegment(s.palette, labels, s.data.Day, nil) })
	near.SetLabels(labels)
	near.Choose(s.data.Day)
	near.OnChanged(func(i int) { s.control.FilterDay(s.data.Days[i].Day) })
	kind := touch.Other
	if s.data.Day < 0 {
		kind = touch.Next
	}
	other := s.kept.button("other", kind, "", s.data.Other, func() { s.control.FilterMonth(s.data.MonthOf) })
	other.SetTrailing("right")
	height := near.MinSize().Height
	width := max(other.MinSize().Width, 2*theme.MinTouch)
	if least := near.MinSize().Width; least+gap+width > f.width { // one under the other
		f.put(near, height)
		f.space(gap)
		f.put(other, theme.MinTouch)
		return
	}
	place(near, area{0, f.y, f.width - gap - width, height})
	place(other, area{f.width - width, f.y + (height-theme.MinTouch)/2, width, theme.MinTouch})
	f.add(near)
	f.add(other)
	f.space(height)
}

// checks stand in as many columns as there is room for.
func (s *filterSheet) checks(f *flow, name string, list []model.FilterCheck, tapped func(id string)) {
	const least, gap, row = 296, 8, 64
	columns := max(1, int((f.width+gap)/(least+gap)))
	width := (f.width - gap*float32(columns-1)) / float32(columns)
	for i, choice := range list {
		c := s.kept.check(name+choice.ID, choice.Name, "", choice.On, func() { tapped(choice.ID) })
		place(c, area{float32(i%columns) * (width + gap), f.y, width, row})
		f.add(c)
		if i%columns == columns-1 || i == len(list)-1 {
			f.space(row + gap)
		}
	}
	f.space(-gap)
}

// calendar is a month, of which a day is chosen.
func (s *filterSheet) calendar(f *flow) {
	const gap, columns, row = 8, 7, theme.MinTouch
	m := s.data.Month
	width := (f.width - gap*(columns-1)) / columns
	step := func(name, icon string, to shop.Day, x float32) {
		b := s.kept.button(name, touch.Other, icon, "", func() { s.control.FilterMonth(to) })
		place(b, area{x, f.y, width, row})
		f.add(b)
	}
	step("before", "left", m.Before, 0)
	step("after", "right", m.After, f.width-width)
	title := theme.PanelTitle.Measure(m.Title)
	f.text(line{theme.PanelTitle, theme.Ink, m.Title}, (f.width-title)/2, f.y+(row-theme.PanelTitle.LineHeight())/2)
	f.space(row + gap)
	for i, name := range m.Weekdays {
		x := float32(i)*(width+gap) + (width-theme.Body.Measure(name))/2
		f.text(line{theme.Body, theme.Ink2, name}, x, f.y)
	}
	f.space(theme.Body.LineHeight() + 4)
	for w, week := range m.Weeks {
		for i, day := range week {
			if day.Day == "" {
				continue
			}
			kind := touch.Other
			switch {
			case day.Chosen:
				kind = touch.Primary
			case day.Today:
				kind = touch.Next
			}
			// by its place, not by its day: months would add up
			b := s.kept.button(fmt.Sprint("cell ", w, " ", i), kind, "", day.Name, func() { s.control.FilterDay(day.Day) })
			place(b, area{float32(i) * (width + gap), f.y, width, row})
			f.add(b)
		}
		f.space(row + gap)
	}
	f.space(-gap)
}
