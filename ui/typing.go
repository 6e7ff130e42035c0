package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// typist takes the keys of a real keyboard while nothing has Fyne's focus: what lies on top of the
// window, or else the place that is shown.
type typist interface {
	typed(rune)
	pressed(fyne.KeyName)
}

// typing is the keyboard of what has fields: at the bottom while somebody types into one of them,
// else out of the way. It is made when it is first needed.
type typing struct {
	palette *theme.Palette
	// object is for the owner's renderer.
	object *fyne.Container
	// moved runs when it comes up or goes: who has it must find other places for the rest.
	moved    func()
	words    model.Keyboard
	keyboard *touch.Keyboard
}

func newTyping(palette *theme.Palette, moved func()) *typing {
	return &typing{palette: palette, object: &fyne.Container{}, moved: moved}
}

// set changes the words on its keys.
func (t *typing) set(words model.Keyboard) {
	t.words = words
	if t.keyboard != nil {
		t.keyboard.SetWords(words.Language, words.Space, words.Done)
	}
}

// field makes a field one of those that are typed into: a tap on it brings the keyboard up.
func (t *typing) field(field *touch.Field) {
	field.OnChosen = func() { t.begin(field) }
}

// begin types into a field.
func (t *typing) begin(field *touch.Field) {
	if t.into() == field {
		return
	}
	if t.keyboard == nil {
		t.keyboard = touch.NewKeyboard(t.palette)
		t.keyboard.OnDone = t.end
		t.set(t.words)
		t.object.Add(t.keyboard)
	}
	t.keyboard.Into(field)
	t.keyboard.ShowLetters()
	t.move()
}

// beginSigns types into a field that mostly takes digits and signs.
func (t *typing) beginSigns(field *touch.Field) {
	t.begin(field)
	t.keyboard.ShowSigns()
}

// end takes the keyboard away.
func (t *typing) end() {
	if t.up() {
		t.keyboard.Into(nil)
		t.move()
	}
}

func (t *typing) move() {
	show(t.keyboard, t.up())
	t.moved()
}

// into is the field that is typed into; nil for none.
func (t *typing) into() *touch.Field {
	if t.keyboard == nil {
		return nil
	}
	return t.keyboard.Field()
}

func (t *typing) up() bool { return t.into() != nil }

// place puts it at the bottom of a window, which may be a low one, or of a part of it, and returns
// the height that it leaves.
func (t *typing) place(size fyne.Size, low bool) (left float32) {
	if !t.up() {
		return size.Height
	}
	height := float32(touch.KeyboardHeight)
	if low {
		height = touch.KeyboardLow
	}
	place(t.object, area{0, size.Height - height, size.Width, height})
	place(t.keyboard, area{0, 0, size.Width, height})
	return size.Height - height
}

// setField gives a field what the model says of it, but for its text, which is the field's own.
func setField(field *touch.Field, data model.Field) {
	field.SetWords(data.Label, data.Placeholder)
	field.SetLimit(data.Limit)
	field.SetWrong(data.Wrong)
}
