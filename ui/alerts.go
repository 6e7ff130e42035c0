package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/terminal"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// alertControl is what the page of the alerts asks for. None of it waits.
type alertControl struct {
	newOrders, arrivals func(on bool)
	volume              func(step int)
	try                 func(terminal.AlarmKind)
	check               func()
}

// alerts is "Alerts and notifications": what may sound, how loud, and whether it can.
func (m *more) alerts(f *flow) {
	page, control := m.view.place.Alerts, m.control.alerts
	if page.Silent.Title != "" {
		m.finding(f, page.Silent)
	}
	f.panel(panelEdge, 4, func(f *flow) {
		m.toggle(f, "new orders", page.NewOrders, control.newOrders)
		f.rule()
		m.toggle(f, "arrivals", page.Arrivals, control.arrivals)
	})
	f.panel(panelEdge, panelEdge, func(f *flow) {
		f.paragraph(line{theme.PanelTitle, theme.Ink, page.Sound}, 0, f.width)
		f.paragraph(line{theme.Body, theme.Ink2, page.Repeats}, 0, f.width)
		f.space(12)
		m.volume(f, page.Volume)
		f.space(16)
		f.paragraph(line{theme.BodyBold, theme.Ink, page.Try}, 0, f.width)
		f.space(8)
		m.sounds(f, page.Sounds)
	})
	f.panel(panelEdge, panelEdge, func(f *flow) {
		for _, finding := range page.Findings {
			m.finding(f, finding)
		}
		check := m.kept.button("check alerts", touch.Other, "refresh", page.Check, control.check)
		place(check, area{0, f.y, check.MinSize().Width, theme.MinTouch})
		f.add(check)
		f.space(theme.MinTouch + 12)
		f.point("info", line{theme.Body, theme.Ink2, page.Note})
	})
}

// toggle is a switch that shows what the controller has, and not what the finger wanted: somebody
// may not be allowed to.
func (m *more) toggle(f *flow, name string, data model.AlertSwitch, changed func(on bool)) {
	row := part(m.kept, name, func() *touch.Switch {
		return touch.NewSwitch(m.palette, data.Label, data.OnText, data.OffText, data.On, nil)
	})
	row.OnTapped = func() { changed(!row.On()) }
	row.SetWords(data.Label, data.OnText, data.OffText)
	row.SetDetail(string(data.Icon), data.Text)
	row.SetOn(data.On)
	f.put(row, row.MinSize().Height)
}

// volume is a row of steps between less and more.
func (m *more) volume(f *flow, data model.AlertVolume) {
	const button, gap, bar, least = theme.MinTouch, 12, 24, 560
	text := theme.StepperText.Measure(data.Text)
	left, right := float32(0), f.width
	middle := func(role theme.Role) float32 { return f.y + (button-role.LineHeight())/2 }
	if f.width < least { // the words stand above
		f.icon("speaker", 28, theme.Ink, 0, f.y)
		f.text(line{theme.ItemText, theme.Ink, data.Label}, 40, f.y+2)
		f.right(line{theme.StepperText, theme.Ink, data.Text}, f.width, f.y-2)
		f.space(40)
	} else {
		f.icon("speaker", 28, theme.Ink, 0, f.y+(button-28)/2)
		left = 40 + f.text(line{theme.ItemText, theme.Ink, data.Label}, 40, middle(theme.ItemText)) + 2*gap
		f.text(line{theme.StepperText, theme.Ink, data.Text}, right-text, middle(theme.StepperText))
		right -= theme.StepperText.Measure("100 %") + 2*gap
	}
	step := func(name, icon string, x float32, possible bool, by int) {
		b := m.kept.button(name, touch.Other, icon, "", func() { m.control.alerts.volume(by) })
		b.SetDisabled(!possible)
		place(b, area{x, f.y, button, button})
		f.add(b)
	}
	step("volume less", "minus", left, data.Less, -1)
	step("volume more", "plus", right-button, data.More, 1)
	left, right = left+button+gap, right-button-gap
	width := (right - left + 8) / float32(data.Levels)
	for i := range data.Levels {
		look := touch.Fill(m.palette, theme.Acc, 6)
		if i >= data.Level { // high contrast has no grey
			look = touch.Fill(m.palette, theme.Sunk, 6)
			look.Border, look.BorderWidth = m.palette.Color(theme.LineStrong), m.palette.LineWidth()
		}
		f.box(look, area{left + float32(i)*width, f.y + (button-bar)/2, width - 8, bar})
	}
	f.space(button)
}

// sounds are a button for each, side by side as far as they fit.
func (m *more) sounds(f *flow, sounds []model.AlertSound) {
	const gap, least = 8, 200
	columns := max(1, int((f.width+gap)/(least+gap)))
	width := (f.width - gap*float32(columns-1)) / float32(columns)
	for i, sound := range sounds {
		column := i % columns
		if column == 0 && i > 0 {
			f.space(theme.MinTouch + gap)
		}
		b := m.kept.button("try "+string(sound.Kind), touch.Other, string(sound.Icon), sound.Label, func() { m.control.alerts.try(sound.Kind) })
		place(b, area{float32(column) * (width + gap), f.y, width, theme.MinTouch})
		f.add(b)
	}
	f.space(theme.MinTouch)
}

// finding is how sound or notifications stand; on a fill where somebody should do something.
func (m *more) finding(f *flow, data model.Banner) {
	edge := float32(0)
	icon, title, text := theme.Ink, theme.Ink, theme.Ink2
	switch data.Tone {
	case model.ToneWarn:
		edge, icon, title, text = 12, theme.Warn, theme.Warn, theme.Warn
	case model.ToneOK:
		icon = theme.Ok
	}
	inner := &flow{palette: f.palette, width: f.width - 2*edge}
	inner.icon(string(data.Icon), 24, icon, 0, 0)
	inner.paragraph(line{theme.BodyBold, title, data.Title}, blockIndent, inner.width)
	inner.paragraph(line{theme.Body, text, data.Text}, blockIndent, inner.width)
	if edge > 0 {
		f.box(touch.Fill(m.palette, theme.WarnSoft, theme.RadiusControl), area{0, f.y, f.width, inner.y + 2*edge})
	}
	f.take(inner, fyne.NewPos(edge, f.y+edge))
	f.space(inner.y + 2*edge + 12)
}
