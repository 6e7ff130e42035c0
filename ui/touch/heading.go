package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

const headingHeight = 40

// heading is a line of words above the rows of a block, and a rule to the right edge.
type heading struct {
	widget.BaseWidget
	palette *theme.Palette
	words   string
}

func newHeading(palette *theme.Palette) *heading {
	h := &heading{palette: palette}
	h.ExtendBaseWidget(h)
	return h
}

func (h *heading) set(words string) {
	if h.words != words {
		h.words = words
		h.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (h *heading) CreateRenderer() fyne.WidgetRenderer {
	h.ExtendBaseWidget(h)
	text, rule := NewText(h.palette, theme.PanelTitle), NewBox()
	paint := func() {
		text.Set(h.words, theme.Ink)
		rule.Set(Look{Fill: h.palette.Color(theme.LineStrong)})
	}
	layout := func(size fyne.Size) {
		const gap = 16
		text.PlaceCut(0, (size.Height-text.LineHeight())/2, size.Width)
		left := min(text.Width()+gap, size.Width)
		rule.Place(left, size.Height/2, size.Width-left, h.palette.LineWidth())
	}
	minSize := func() fyne.Size { return fyne.NewSize(minView, headingHeight) }
	return Draw(h, paint, layout, minSize, text.Object, rule.Object)
}
