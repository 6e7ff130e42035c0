package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

// Panel is a surface under a content: a card, a panel or a sheet.
type Panel struct {
	widget.BaseWidget
	palette *theme.Palette
	radius  float32
	shadow  theme.ShadowKind
	padding float32
	content fyne.CanvasObject
}

// NewPanel returns a surface with a content, which keeps a padding from its
// edges.
func NewPanel(palette *theme.Palette, radius float32, shadow theme.ShadowKind, padding float32, content fyne.CanvasObject) *Panel {
	panel := &Panel{palette: palette, radius: radius, shadow: shadow, padding: padding, content: content}
	panel.ExtendBaseWidget(panel)
	return panel
}

// CreateRenderer is called by Fyne.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	box := NewBox()
	paint := func() {
		box.Set(Surface(p.palette, p.radius, p.shadow))
		p.content.Refresh()
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		place(p.content, p.padding, p.padding, size.Width-2*p.padding, size.Height-2*p.padding)
	}
	minSize := func() fyne.Size {
		return p.content.MinSize().Add(fyne.NewSquareSize(2 * p.padding))
	}
	return Draw(p, paint, layout, minSize, box.Object, p.content)
}
