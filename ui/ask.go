package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// ask is the sheet that asks for a PIN in place, for one action. Its pad takes all the height that
// there is, beside the heading on a low window, so that it arranges itself.
type ask struct {
	*form
	data   model.SignIn
	signIn *signIn
}

func newAsk(palette *theme.Palette, control signInControl, errand func(model.Errand)) *ask {
	a := &ask{form: newForm(palette, 560), signIn: newSignIn(palette, control, errand)}
	a.icon, a.closed, a.fill, a.pad = "lock", control.CloseAsk, a.arrange, a.signIn.pad
	return a
}

func (a *ask) set(data model.SignIn) {
	a.data, a.title, a.close = data, data.Title, data.Close
	a.signIn.set(data)
	a.Refresh()
}

func (a *ask) arrange(size fyne.Size) area {
	panel, padding, full := a.frame(size)
	s := shape{size.Width, size.Height}
	if full {
		padding = s.margin()
	}
	f := &flow{palette: a.palette, width: panel.width, y: padding}
	column := area{padding, padding, panel.width - 2*padding, panel.height - 2*padding}
	keep := a.outer.button("keep", touch.Other, "", a.data.Stay, a.closed)
	width := keep.MinSize().Width
	if s.low() && full { // beside each other
		const gap = 32
		text := column
		text.width = (column.width - gap) * 0.42
		column.x, column.width = text.x+text.width+gap, column.width-text.width-gap
		a.says(f, text)
		place(keep, area{text.x, text.bottom() - theme.MinTouch, width, theme.MinTouch})
	} else {
		a.says(f, column)
		f.space(theme.PanelGap)
		column.height -= f.y - column.y + theme.PanelGap + theme.MinTouch
		column.y = f.y
		if !full {
			column.height = min(column.height, a.signIn.height())
			panel.height = column.bottom() + theme.PanelGap + theme.MinTouch + padding
		}
		place(keep, area{column.x, panel.height - padding - theme.MinTouch, width, theme.MinTouch})
	}
	a.holder.Objects = append(a.signIn.put(f, column), keep)
	a.content.show(f)
	return panel
}

// says is the heading, and what the PIN is for.
func (a *ask) says(f *flow, text area) {
	inner := &flow{palette: a.palette, width: text.width}
	a.heading(inner)
	inner.space(8)
	inner.paragraph(line{theme.Body, theme.Ink2, a.data.Text}, 0, inner.width)
	f.take(inner, fyne.NewPos(text.x, f.y))
	f.space(inner.y)
}
