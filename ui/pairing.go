package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// Pairing is the window of a terminal that no hub knows yet: where the hub is, and a code.
type Pairing struct {
	*form
	presenter *model.Pairing
	data      model.PairSheet
	errand    func(model.Errand)

	address, code   *touch.Field
	next, no, other *touch.Button
}

// NewPairing makes the window; errand carries out what is slow, beside Fyne's goroutine, and leave
// runs when somebody closes it.
func NewPairing(app fyne.App, presenter *model.Pairing, mode theme.Mode, errand func(model.Errand), leave func()) (*Pairing, fyne.Window) {
	theme.Wear(app, mode)
	palette := theme.NewPalette(mode)
	s := &Pairing{form: newForm(palette, 820), presenter: presenter, errand: errand}
	s.fits, s.closed, s.icon = true, leave, "link"
	s.address = s.field(func(string) { s.show() })
	s.code = touch.NewField(palette, func(string) { s.show() })
	s.code.SetAccepts(func(r rune) bool { return r >= '0' && r <= '9' })
	s.code.SetFormat(grouped)
	s.code.SetScroller(s.view)
	s.pad = touch.NewPad(palette)
	s.pad.SetScroller(s.view)
	s.pad.Into(s.code)
	s.address.OnChosen = func() {
		s.pad.Into(nil)
		s.typing.begin(s.address)
	}
	s.typing.moved = func() {
		if !s.typing.up() { // the pad is back, and types into what it belongs to
			s.pad.Into(s.code)
		}
		s.Refresh()
	}
	s.code.OnChosen = func() {
		s.typing.end()
		s.pad.Into(s.code)
	}
	s.address.OnDone = s.code.OnChosen
	s.next = touch.NewButton(palette, touch.Primary, "", "", s.goOn)
	s.code.OnDone = func() {
		if s.data.Fingerprint == "" { // which only a finger confirms
			s.next.Tap()
		}
	}
	s.no = touch.NewButton(palette, touch.Other, "x", "", presenter.Differs)
	s.other = touch.NewButton(palette, touch.Other, "", "", presenter.Translate)
	s.write = s.ask
	s.foot = func() (*touch.Button, []*touch.Button) {
		if s.data.Fingerprint != "" {
			return s.next, []*touch.Button{s.no}
		}
		return s.next, []*touch.Button{s.other}
	}
	s.data = presenter.Sheet()
	s.address.SetText(s.data.Address.Text)
	s.show()
	window := app.NewWindow("Comptoir")
	window.SetPadded(false)
	window.SetMaster()
	window.SetContent(s)
	window.Canvas().SetOnTypedRune(s.typed)
	window.Canvas().SetOnTypedKey(func(event *fyne.KeyEvent) {
		if event.Name != fyne.KeyEscape { // nothing lies below
			s.pressed(event.Name)
		}
	})
	return s, window
}

// grouped is a code as people read it: 1234 5678.
func grouped(digits string) string {
	const half = model.PairDigits / 2
	if len(digits) <= half {
		return digits
	}
	return digits[:half] + " " + digits[half:]
}

// Follow draws what the presenter says now.
func (s *Pairing) Follow() {
	before := s.data
	s.data = s.presenter.Sheet()
	if s.data.Code.Wrong != "" && before.Code.Wrong == "" {
		s.code.SetText("") // it will not do again
	}
	if s.data.Fingerprint != "" {
		s.typing.end()
	}
	s.show()
}

func (s *Pairing) goOn() {
	var errand model.Errand
	if s.data.Fingerprint != "" {
		errand = s.presenter.Same()
	} else {
		s.typing.end()
		errand = s.presenter.Try(s.address.Text(), s.code.Text())
	}
	if errand != nil {
		s.errand(errand)
	}
}

func (s *Pairing) show() {
	s.title, s.close, s.more = s.data.Title, s.data.Close, s.data.Below
	s.typing.set(s.data.Keyboard)
	setField(s.address, s.data.Address)
	setField(s.code, s.data.Code)
	next := s.data.Next
	next.Locked = !next.Busy && s.data.Fingerprint == "" && !s.presenter.Complete(s.address.Text(), s.code.Text())
	paintNext(s.next, next)
	s.no.SetLabel(s.data.No)
	s.other.SetLabel(s.data.Other)
	s.Refresh()
}

// ask has the lines and the pad beside each other where there is room.
func (s *Pairing) ask(f *flow) {
	if s.data.Fingerprint != "" {
		f.paragraph(line{theme.Body, theme.Ink, s.data.Text}, 0, f.width)
		f.space(16)
		f.paragraph(line{theme.AlarmNumber, theme.Ink, s.data.Fingerprint}, 0, f.width)
		f.space(8)
		return
	}
	const gap = 24
	size := s.pad.MinSize()
	pad := !s.typing.up()
	beside := pad && f.width >= 2*size.Width+gap
	if beside { // the pad's keys give way on a low window, as far as a finger allows
		size.Height = min(size.Height, max(s.free, touch.PadLeast))
	}
	left := &flow{palette: s.palette, width: f.width}
	if beside {
		left.width -= size.Width + gap
	}
	if s.data.Problem.Title == "" {
		left.paragraph(line{theme.Body, theme.Ink2, s.data.Text}, 0, left.width)
		left.space(12)
	} else { // it takes the place of what people have read already
		s.problem(left, s.data.Problem)
	}
	left.put(s.address, s.address.HeightFor(left.width))
	left.space(12)
	left.put(s.code, s.code.HeightFor(left.width))
	f.take(left, fyne.Position{})
	if beside {
		place(s.pad, area{f.width - size.Width, 0, size.Width, size.Height})
		f.add(s.pad)
		f.y = max(left.y, size.Height)
		return
	}
	f.y = left.y
	if !pad {
		return
	}
	f.space(12)
	f.put(s.pad, min(size.Height, max(s.free-f.y, touch.PadLeast)))
}
