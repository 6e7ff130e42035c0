package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// signInControl is what the places for a PIN ask for.
type signInControl interface {
	PINOf(person string)
	EnterPIN(pin string) model.Errand
	CloseAsk()
}

// signIn is where somebody gives a PIN: names first, then a pad. What is typed stays in the field
// until it is tried, and is nowhere else.
type signIn struct {
	palette *theme.Palette
	control signInControl
	errand  func(model.Errand)
	data    model.SignIn
	people  *tiles
	others  *touch.Button
	field   *touch.Field
	pad     *touch.Pad
	enter   *touch.Button
}

func newSignIn(palette *theme.Palette, control signInControl, errand func(model.Errand)) *signIn {
	s := &signIn{palette: palette, control: control, errand: errand, people: newTiles(palette)}
	s.others = touch.NewButton(palette, touch.Other, "left", "", func() { control.PINOf("") })
	s.field = touch.NewField(palette, func(string) { s.ready() })
	s.field.SetMasked(true)
	s.field.SetAccepts(func(r rune) bool { return r >= '0' && r <= '9' })
	s.field.OnDone = s.try
	s.pad = touch.NewPad(palette)
	s.enter = touch.NewButton(palette, touch.Primary, "check", "", s.try)
	return s
}

// set takes new data over. What was typed for one person is never tried as another's.
func (s *signIn) set(data model.SignIn) {
	if s.data.Label != data.Label {
		s.field.SetText("")
	}
	s.data = data
	s.others.SetLabel(data.Back)
	s.field.SetWords("", data.Label)
	s.field.SetLimit(data.Most)
	if data.Label != "" && !data.Blocked {
		s.pad.Into(s.field)
	} else {
		s.field.SetText("")
		s.pad.Into(nil)
	}
	s.enter.SetLabel(data.Go)
	busy := ""
	if data.Busy {
		busy = data.Checking
	}
	s.enter.SetBusy(busy)
	s.ready()
}

// ready lets a PIN be tried that is long enough.
func (s *signIn) ready() {
	s.enter.SetDisabled(!s.data.Busy && len(s.field.Text()) < s.data.Least)
}

func (s *signIn) try() {
	pin := s.field.Text()
	if len(pin) < s.data.Least || s.data.Busy || s.data.Blocked {
		return
	}
	s.field.SetText("")
	s.errand(s.control.EnterPIN(pin))
}

// typed takes a letter of a real keyboard.
func (s *signIn) typed(r rune) {
	if s.pad.Field() != nil {
		s.field.TypedRune(r)
	}
}

// pressed takes the other keys of one.
func (s *signIn) pressed(key fyne.KeyName) {
	if s.pad.Field() != nil {
		s.field.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// The heights of the pad; the keys are 56 at least.
const (
	padLeast = 4*theme.MinTouch + 3*theme.Grid
	padMost  = 4*theme.PrimaryHeight + 3*theme.Grid
)

// height is how high the whole is where there is room.
func (s *signIn) height() float32 {
	if s.data.Blocked {
		return theme.MinTouch + theme.PanelGap + 2*theme.Body.LineHeight()
	}
	if s.data.Label == "" {
		return float32(len(s.data.People))*(tileHeight+theme.CardGap) - theme.CardGap
	}
	return 2*(theme.MinTouch+theme.Grid) + padMost + theme.Grid + theme.PrimaryHeight
}

// put places it in an area, and returns what is to be seen: names, or the pad of one.
func (s *signIn) put(f *flow, a area) []fyne.CanvasObject {
	if s.data.Label == "" {
		s.people.begin(a.width)
		for _, m := range s.data.People {
			s.people.add(m.ID, "user", m.Name, m.Role, line{}, m.Chosen, func() { s.control.PINOf(m.ID) })
		}
		s.people.put(a)
		return []fyne.CanvasObject{s.people.view}
	}
	var objects []fyne.CanvasObject
	x := a.x
	if s.data.Back != "" {
		width := s.others.MinSize().Width
		place(s.others, area{a.x, a.y, width, theme.MinTouch})
		objects = append(objects, s.others)
		x += width + theme.PanelGap
	}
	beside := area{x, a.y, a.x + a.width - x, theme.MinTouch}
	if s.data.Blocked {
		s.name(f, beside)
		s.problem(f, area{a.x, a.y + theme.MinTouch + theme.PanelGap, a.width, 2 * theme.Body.LineHeight()})
		return objects
	}
	if s.data.Problem == "" {
		s.name(f, beside)
	} else {
		s.problem(f, beside)
	}
	y := a.y + theme.MinTouch + theme.Grid
	place(s.field, area{a.x, y, a.width, theme.MinTouch})
	y += theme.MinTouch + theme.Grid
	pad := min(max(a.bottom()-theme.PrimaryHeight-theme.Grid-y, padLeast), padMost)
	place(s.pad, area{a.x, y, a.width, pad})
	y += pad + theme.Grid
	place(s.enter, area{a.x, y, a.width, theme.PrimaryHeight})
	return append(objects, s.field, s.pad, s.enter)
}

// name says whose PIN it is.
func (s *signIn) name(f *flow, a area) {
	f.cut(line{theme.PanelTitle, theme.Ink, s.data.Label}, a.x, a.y+(a.height-theme.PanelTitle.LineHeight())/2, a.width)
}

// problem says why the last PIN did not do.
func (s *signIn) problem(f *flow, a area) {
	const icon = 28
	words := most(touch.Wrap(s.data.Problem, theme.Body, a.width-icon), 3, theme.Body, a.width-icon)
	y := a.y + (a.height-float32(len(words))*theme.Body.LineHeight())/2
	f.icon("alert", 20, theme.LateInk, a.x, y+2)
	for _, words := range words {
		f.text(line{theme.Body, theme.LateInk, words}, a.x+icon, y)
		y += theme.Body.LineHeight()
	}
}
