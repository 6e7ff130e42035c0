package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// locations is the sheet that leads to the other locations.
type locations struct {
	*overlay
	data  model.LocationSheet
	rows  *tiles
	close *touch.Button
	chose func(id string)
}

func newLocations(palette *theme.Palette, chose func(id string), closed func()) *locations {
	l := &locations{overlay: newOverlay(palette), rows: newTiles(palette), chose: chose}
	l.fill = l.arrange
	l.close = touch.NewButton(palette, touch.Other, "x", "", closed)
	l.holder.Objects = []fyne.CanvasObject{l.close, l.rows.view}
	return l
}

func (l *locations) set(data model.LocationSheet) {
	l.data = data
	l.close.SetLabel(data.Close)
	l.Refresh()
}

func (l *locations) arrange(size fyne.Size) area {
	const widest, top = 640, 24
	panel, padding := area{0, 0, size.Width, size.Height}, float32(theme.PaddingWide)
	full := size.Width < theme.SheetFillsBelow
	if full {
		padding = shape{size.Width, size.Height}.margin()
	} else {
		panel = area{(size.Width - widest) / 2, top, widest, size.Height - 2*top}
	}
	f := &flow{palette: l.palette, width: panel.width, y: padding}
	width := panel.width - 2*padding
	closing := l.close.MinSize().Width
	place(l.close, area{padding + width - closing, f.y, closing, theme.MinTouch})
	f.cut(line{theme.PageTitle, theme.Ink, l.data.Title}, padding, f.y+12, width-closing-theme.PanelGap)
	f.space(theme.MinTouch + theme.PanelGap)

	l.rows.begin(width)
	for _, row := range l.data.Rows {
		state := line{theme.BodyBold, theme.Ink2, row.State}
		if row.Late > 0 {
			state.token = theme.LateInk
		}
		l.rows.add(row.ID, "store", row.Name, row.Open, state, row.Chosen, func() { l.chose(row.ID) })
	}
	list := area{padding, f.y, width, panel.height - padding - f.y}
	if !full { // no higher than it has to be
		list.height = min(list.height, l.rows.height())
		panel.height = list.bottom() + padding
	}
	l.rows.put(list)
	l.content.show(f)
	return panel
}
