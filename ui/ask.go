package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// ask is the sheet that asks for a PIN in place, for one action.
type ask struct {
	*overlay
	data   model.SignIn
	signIn *signIn
	close  *touch.Button
}

func newAsk(palette *theme.Palette, control signInControl, errand func(model.Errand)) *ask {
	a := &ask{overlay: newOverlay(palette), signIn: newSignIn(palette, control, errand)}
	a.fill = a.arrange
	a.close = touch.NewButton(palette, touch.Other, "x", "", control.CloseAsk)
	return a
}

func (a *ask) set(data model.SignIn) {
	a.data = data
	a.close.SetLabel(data.Close)
	a.signIn.set(data)
	a.Refresh()
}

func (a *ask) typed(r rune) { a.signIn.typed(r) }

func (a *ask) pressed(key fyne.KeyName) { a.signIn.pressed(key) }

func (a *ask) arrange(size fyne.Size) area {
	const widest, top = 560, 24
	s := shape{size.Width, size.Height}
	panel, padding := area{0, 0, size.Width, size.Height}, float32(theme.PaddingWide)
	full := size.Width < theme.SheetFillsBelow
	if full {
		padding = s.margin()
	} else {
		panel = area{(size.Width - widest) / 2, top, widest, size.Height - 2*top}
	}
	f := &flow{palette: a.palette, width: panel.width, y: padding}
	column := area{padding, padding, panel.width - 2*padding, panel.height - 2*padding}
	closing := a.close.MinSize()
	if s.low() && full { // beside each other
		const gap = 32
		text := column
		text.width = (column.width - gap) * 0.42
		column.x, column.width = text.x+text.width+gap, column.width-text.width-gap
		a.heading(f, text)
		place(a.close, area{text.x, text.bottom() - theme.MinTouch, closing.Width, theme.MinTouch})
	} else {
		a.heading(f, column)
		f.space(theme.PanelGap)
		column.height -= f.y - column.y + theme.PanelGap + theme.MinTouch
		column.y = f.y
		if !full {
			column.height = min(column.height, a.signIn.height())
			panel.height = column.bottom() + theme.PanelGap + theme.MinTouch + padding
		}
		place(a.close, area{column.x, panel.height - padding - theme.MinTouch, closing.Width, theme.MinTouch})
	}
	a.holder.Objects = append(a.signIn.put(f, column), a.close)
	a.content.show(f)
	return panel
}

func (a *ask) heading(f *flow, text area) {
	f.icon("lock", 28, theme.Ink, text.x, f.y+2)
	f.paragraph(line{theme.PageTitle, theme.Ink, a.data.Title}, text.x+40, text.x+text.width)
	f.space(8)
	f.paragraph(line{theme.Body, theme.Ink2, a.data.Text}, text.x, text.x+text.width)
}
