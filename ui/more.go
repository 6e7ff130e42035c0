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

// more is the More place: language and appearance, switched while running.
type more struct {
	widget.BaseWidget
	palette              *theme.Palette
	shape                *shape
	language, appearance *touch.Segment
	languageName         string
	appearanceName       string
	ordering             *touch.Button
}

func newMore(palette *theme.Palette, s *shape, language func(string), appearance func(string), ordering func()) *more {
	m := &more{palette: palette, shape: s}
	m.ordering = touch.NewButton(palette, touch.Other, "pause", "", ordering)
	m.language = touch.NewSegment(palette, []string{"", ""}, 0, func(i int) { language(model.Languages()[i]) })
	m.appearance = touch.NewSegment(palette, []string{"", "", ""}, int(palette.Mode()), func(i int) { appearance(model.Appearances()[i]) })
	m.ExtendBaseWidget(m)
	return m
}

func (m *more) set(words *model.Words) {
	m.languageName, m.appearanceName = words.Say("more.language"), words.Say("more.appearance")
	m.ordering.SetLabel(words.Say("more.ordering"))
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
		place(m.ordering, area{margin + padding, y, min(width-2*padding, m.ordering.MinSize().Width), theme.MinTouch})
		y += theme.MinTouch + padding
		box.Place(margin, 8, width, y-8)
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(m, paint, layout, minSize, box.Object, titles[0].Object, m.language, titles[1].Object, m.appearance, m.ordering)
}
