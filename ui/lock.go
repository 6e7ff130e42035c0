package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// lock is the screen of a locked terminal. It covers all of the window: nothing below is to be
// seen or pressed.
type lock struct {
	*overlay
	data   model.Lock
	signIn *signIn
}

func newLock(palette *theme.Palette, control signInControl, errand func(model.Errand)) *lock {
	l := &lock{overlay: newOverlay(palette), signIn: newSignIn(palette, control, errand)}
	l.fill = l.arrange
	return l
}

func (l *lock) set(data model.Lock) {
	l.data = data
	l.signIn.set(data.SignIn)
	l.Refresh()
}

func (l *lock) typed(r rune) { l.signIn.typed(r) }

func (l *lock) pressed(key fyne.KeyName) { l.signIn.pressed(key) }

func (l *lock) arrange(size fyne.Size) area {
	s := shape{size.Width, size.Height}
	m := s.margin()
	whole := area{m, m, size.Width - 2*m, size.Height - 2*m}
	f := &flow{palette: l.palette, width: size.Width}
	column := whole
	if s.narrow() {
		f.y = m
		l.heading(f, whole)
		f.space(theme.PanelGap)
		column.y, column.height = f.y, whole.bottom()-f.y
	} else {
		column = l.beside(f, whole)
	}
	if l.data.SignIn.Label == "" {
		f.y = column.y
		f.paragraph(line{theme.PageTitle, theme.Ink, l.data.SignIn.Title}, column.x, column.x+column.width)
		f.space(theme.PanelGap)
		column.height -= f.y - column.y
		column.y = f.y
	}
	l.holder.Objects = l.signIn.put(f, column)
	l.content.show(f)
	return area{0, 0, size.Width, size.Height}
}

// beside puts what there is to do at the left, and returns the column for names and PIN.
func (l *lock) beside(f *flow, whole area) (column area) {
	const widest, gap, most = 1000, 48, 440
	if whole.width > widest {
		whole.x, whole.width = whole.x+(whole.width-widest)/2, widest
	}
	width := min(most, (whole.width-gap)*0.6)
	const tallest = 640
	if whole.height > tallest {
		whole.y, whole.height = whole.y+(whole.height-tallest)/2, tallest
	}
	column = area{whole.x + whole.width - width, whole.y, width, whole.height}
	left := area{whole.x, whole.y, whole.width - width - gap, whole.height}
	f.y = left.y
	f.icon("lock", 28, theme.Ink2, left.x, f.y+2)
	f.paragraph(line{theme.PageTitle, theme.Ink, l.data.Location}, left.x+40, left.x+left.width)
	f.space(theme.PanelGap)
	f.text(line{theme.AlarmNumber, theme.Ink, l.data.Clock}, left.x, f.y)
	f.space(theme.AlarmNumber.LineHeight() + theme.PanelGap)
	l.todo(f, left)
	return column
}

// heading is the same above the column of a narrow window.
func (l *lock) heading(f *flow, a area) {
	f.icon("lock", 24, theme.Ink2, a.x, f.y+4)
	clock := f.right(line{theme.CardNumber, theme.Ink, l.data.Clock}, a.x+a.width, f.y)
	f.cut(line{theme.PanelTitle, theme.Ink, l.data.Location}, a.x+36, f.y+3, clock-a.x-36-theme.PanelGap)
	f.space(theme.CardNumber.LineHeight() + 8)
	l.todo(f, a)
}

// todo says how much there is to do, and whether the hub is there.
func (l *lock) todo(f *flow, a area) {
	say := func(icon string, token theme.Token, role theme.Role, words string) {
		if words == "" {
			return
		}
		f.icon(icon, 24, token, a.x, f.y+(role.LineHeight()-24)/2)
		f.paragraph(line{role, token, words}, a.x+36, a.x+a.width)
		f.space(8)
	}
	say("orders", theme.Ink, theme.ButtonLabel, l.data.Open)
	say("alert", theme.LateInk, theme.ButtonLabel, l.data.Late)
	say("hourglass", theme.Ink2, theme.ItemText, l.data.Next)
	token := theme.Ok
	if l.data.Connection.Tone == model.ToneWarn {
		token = theme.Warn
	}
	say(string(l.data.Connection.Icon), token, theme.BodyBold, l.data.Connection.Text)
}
