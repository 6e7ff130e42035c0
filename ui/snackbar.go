package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// snackbar is what was just done, at the bottom of the window over whatever is there.
type snackbar struct {
	*touch.Snackbar
	data model.Snackbar
}

func newSnackbar(palette *theme.Palette, undo func(id int)) *snackbar {
	s := &snackbar{}
	s.Snackbar = touch.NewSnackbar(palette, func() { undo(s.data.ID) })
	s.Hide()
	return s
}

func (s *snackbar) set(data model.Snackbar) {
	s.data = data
	s.Set(data.Text, data.Undo)
	show(s.Snackbar, data.Text != "")
}

// place puts it at the bottom of what the rail leaves.
func (s *snackbar) place(content area, margin float32) {
	const widest = 560
	width := min(content.width-2*margin, widest)
	height := s.HeightFor(width)
	place(s.Snackbar, area{content.x + margin, content.bottom() - margin - height, width, height})
}
