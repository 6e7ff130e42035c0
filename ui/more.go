package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// ModeOf is how the windows of an appearance look; that of an unknown one is the default.
func ModeOf(appearance string) theme.Mode {
	return theme.Mode(max(0, slices.Index(model.Appearances(), appearance)))
}

// more is the More place: language and appearance, switched while running; what is wrong; the way
// out.
type more struct {
	widget.BaseWidget
	palette              *theme.Palette
	shape                *shape
	language, appearance *touch.Segment
	languageName         string
	appearanceName       string
	doctor, leave        *touch.Button
}

func newMore(palette *theme.Palette, s *shape, language func(string), appearance func(string)) *more {
	m := &more{palette: palette, shape: s}
	m.language = touch.NewSegment(palette, []string{"", ""}, 0, func(i int) { language(model.Languages()[i]) })
	m.appearance = touch.NewSegment(palette, []string{"", "", ""}, int(palette.Mode()), func(i int) { appearance(model.Appearances()[i]) })
	m.doctor = touch.NewButton(palette, touch.Other, "question", "", nil)
	m.leave = touch.NewButton(palette, touch.Other, "x", "", nil)
	m.ExtendBaseWidget(m)
	return m
}

// act says what the buttons do.
func (m *more) act(doctor, leave func()) { m.doctor.OnTapped, m.leave.OnTapped = doctor, leave }

// set says everything in other words; leaves is whether somebody may leave from here.
func (m *more) set(words *model.Words, leaves bool) {
	m.doctor.SetLabel(words.Say("doctor.title"))
	m.leave.SetLabel(words.Say("more.leave"))
	show(m.leave, leaves)
	m.languageName, m.appearanceName = words.Say("more.language"), words.Say("more.appearance")
	names := make([]string, 0, len(model.Languages()))
	for i, language := range model.Languages() {
		names = append(names, words.Say("language."+language))
		if language == words.Language() {
			m.language.Choose(i)
		}
	}
	m.language.SetLabels(names)
	appearances := make([]string, 0, len(model.Appearances()))
	for _, appearance := range model.Appearances() {
		appearances = append(appearances, words.Say("appearance."+appearance))
	}
	m.appearance.SetLabels(appearances)
	m.Refresh()
}

// CreateRenderer is called by Fyne.
func (m *more) CreateRenderer() fyne.WidgetRenderer {
	box := touch.NewBox()
	titles := []*touch.Text{touch.NewText(m.palette, theme.PanelTitle), touch.NewText(m.palette, theme.PanelTitle)}
	paint := func() {
		box.Set(touch.Surface(m.palette, theme.RadiusCard, theme.CardShadow))
		titles[0].Set(m.languageName, theme.Ink)
		titles[1].Set(m.appearanceName, theme.Ink)
		m.language.Refresh()
		m.appearance.Refresh()
		m.doctor.Refresh()
		m.leave.Refresh()
	}
	layout := func(size fyne.Size) {
		const padding, segment, title = 20, theme.MinTouch + 8, 36
		margin := m.shape.margin()
		width := min(size.Width-2*margin, 640)
		y := float32(8 + padding)
		for i, part := range []*touch.Segment{m.language, m.appearance} {
			titles[i].Place(margin+padding, y)
			y += title
			place(part, area{margin + padding, y, width - 2*padding, segment})
			y += segment + padding
		}
		box.Place(margin, 8, width, y-8)
		y += theme.PanelGap
		x := margin
		for _, button := range []*touch.Button{m.doctor, m.leave} {
			least := button.MinSize().Width
			if x > margin && x+least > margin+width { // below the first one
				x, y = margin, y+theme.MinTouch+8
			}
			place(button, area{x, y, least, theme.MinTouch})
			x += least + 8
		}
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(m, paint, layout, minSize, box.Object, titles[0].Object, m.language, titles[1].Object, m.appearance, m.doctor, m.leave)
}
