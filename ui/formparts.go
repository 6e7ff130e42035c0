package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// problem is what was not taken or does not work, and what to do; its zero value is none.
func (s *form) problem(f *flow, p model.Banner) {
	if p.Title == "" {
		return
	}
	f.block(string(p.Icon), theme.LateSoft, line{theme.BodyBold, theme.LateInk, p.Title + "\n" + p.Text}, 0)
	f.space(12)
}

// question is a choice of one, side by side where there is room, else in rows.
func (s *form) question(f *flow, name string, q model.SetupQuestion, choose func(string)) {
	f.paragraph(line{theme.BodyBold, theme.Ink, q.Text}, 0, f.width)
	f.space(6)
	labels, chosen := make([]string, len(q.Choices)), 0
	for i, choice := range q.Choices {
		labels[i] = choice.Name
		if choice.Chosen {
			chosen = i
		}
	}
	// as many parts as there are choices
	name += " " + string(rune('0'+len(labels)))
	segment := part(s.kept, name, func() *touch.Segment { return touch.NewSegment(s.palette, labels, chosen, nil) })
	segment.SetLabels(labels)
	segment.Choose(chosen)
	segment.OnChanged(func(i int) { choose(q.Choices[i].ID) })
	if least := segment.MinSize(); least.Width <= f.width {
		place(segment, area{0, f.y, min(f.width, max(least.Width, 96*float32(len(labels)))), least.Height})
		f.add(segment)
		f.space(least.Height)
		return
	}
	for _, choice := range q.Choices {
		f.put(s.kept.check(name+" "+choice.ID, choice.Name, "", choice.Chosen, func() { choose(choice.ID) }), 64)
	}
}

// toggle is a switch over the whole width.
func (s *form) toggle(f *flow, name string, data model.SetupSwitch, changed func(bool)) {
	row := part(s.kept, name, func() *touch.Switch {
		return touch.NewSwitch(s.palette, data.Label, data.OnText, data.OffText, data.On, changed)
	})
	row.SetWords(data.Label, data.OnText, data.OffText)
	row.SetOn(data.On)
	f.put(row, theme.SwitchRow)
}

// stepper is a number over the whole width, which step makes larger (1) or smaller (-1).
func (s *form) stepper(f *flow, name string, data model.SetupStepper, step func(int)) {
	row := part(s.kept, name, func() *touch.Stepper { return touch.NewStepper(s.palette, step) })
	row.Set(data.Label, data.Text, data.Less, data.More)
	f.put(row, theme.SwitchRow)
}
