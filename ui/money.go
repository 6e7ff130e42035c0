package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// MoneySheet asks for an amount by a pad. It is sure of its answer only by the button that says
// how much: money is the one thing that is not taken back.
type MoneySheet struct {
	*form
	question model.MoneyQuestion
	words    *model.Words
	data     model.MoneySheet

	amount     *touch.Field
	next, stay *touch.Button
}

// NewMoneySheet returns a sheet; answered runs with the amount, closed when it is left without one.
func NewMoneySheet(palette *theme.Palette, answered func(order.Money), closed func()) *MoneySheet {
	s := &MoneySheet{form: newForm(palette, 720)}
	s.fits, s.closed = true, closed
	s.amount = touch.NewField(palette, func(string) { s.show() })
	s.amount.SetAccepts(func(r rune) bool { return r >= '0' && r <= '9' })
	s.amount.SetScroller(s.view)
	s.pad = touch.NewPad(palette, "00")
	s.pad.SetScroller(s.view)
	s.pad.Into(s.amount)
	s.next = touch.NewButton(palette, touch.Primary, "", "", func() { answered(s.question.Typed(s.amount.Text())) })
	s.stay = touch.NewButton(palette, touch.Other, "", "", closed)
	s.amount.OnDone = s.next.Tap
	s.write = s.ask
	s.foot = func() (*touch.Button, []*touch.Button) { return s.next, []*touch.Button{s.stay} }
	return s
}

// Ask begins a question, with an amount that may be proposed.
func (s *MoneySheet) Ask(question model.MoneyQuestion, words *model.Words, digits string) {
	s.question, s.words = question, words
	s.amount.SetText(digits)
	s.amount.SetFormat(func(digits string) string { return question.Sheet(words, digits).Shown })
	s.view.ScrollToTop()
	s.show()
}

// show follows what is typed.
func (s *MoneySheet) show() {
	s.data = s.question.Sheet(s.words, s.amount.Text())
	s.title, s.close, s.more = s.data.Title, s.data.Close, s.data.Below
	setField(s.amount, model.Field{Label: s.data.Label, Wrong: s.data.Wrong, Limit: s.data.Limit})
	paintNext(s.next, s.data.Next)
	s.stay.SetLabel(s.data.Stay)
	s.Refresh()
}

// ask has the line and the pad beside each other where there is room.
func (s *MoneySheet) ask(f *flow) {
	const gap = 24
	size := s.pad.MinSize()
	beside := f.width >= 2*size.Width+gap
	if beside { // the pad's keys give way on a low window, as far as a finger allows
		size.Height = min(size.Height, max(s.free, touch.PadLeast))
	}
	left := &flow{palette: s.palette, width: f.width}
	if beside {
		left.width -= size.Width + gap
	}
	left.paragraph(line{theme.Body, theme.Ink2, s.data.Text}, 0, left.width)
	left.space(12)
	left.put(s.amount, s.amount.HeightFor(left.width))
	f.take(left, fyne.Position{})
	if beside {
		place(s.pad, area{f.width - size.Width, 0, size.Width, size.Height})
		f.add(s.pad)
		f.y = max(left.y, size.Height)
		return
	}
	f.y = left.y + 12
	f.put(s.pad, size.Height)
}
