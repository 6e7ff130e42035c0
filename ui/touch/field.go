package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"comptoir/ui/theme"
)

// Field is a line to type in: its label above, the line with its caret and a button that clears
// it, and below what is wrong with it. A tap chooses it; a Keyboard, a Pad and the keys of a real
// keyboard then type into it. It owns its text: who draws it sets the text only to begin with, so
// that a letter never waits for a redraw, nor is lost by one.
type Field struct {
	Tappable

	// OnChanged hears of every change that a finger or a key makes.
	OnChanged func(text string)
	// OnChosen runs when somebody wants to type here.
	OnChosen func()
	// OnDone runs on the real keyboard's Enter.
	OnDone func()

	line        editor
	label       string
	placeholder string
	icon        string // in the line, before the text
	wrong       string
	masked      bool
	format      func(string) string
	active      bool // a keyboard types here
	clear       *Button
	pressed     float32 // where the finger came down, from the left
	first       int     // the first letter shown of a text that is too long
}

// NewField returns an empty field.
func NewField(palette *theme.Palette, changed func(text string)) *Field {
	f := &Field{OnChanged: changed}
	f.Init(f, palette, f.tapped)
	f.clear = NewButton(palette, Quiet, "x", "", func() {
		f.edit(func(e *editor) bool {
			e.set("")
			return true
		})
		f.choose()
	})
	f.clear.Hide()
	return f
}

// SetWords changes the label and what the empty line says; both may be empty.
func (f *Field) SetWords(label, placeholder string) {
	if f.label != label || f.placeholder != placeholder {
		f.label, f.placeholder = label, placeholder
		f.Refresh()
	}
}

// SetIcon puts an icon before the text.
func (f *Field) SetIcon(icon string) {
	if f.icon != icon {
		f.icon = icon
		f.Refresh()
	}
}

// SetWrong says what is wrong with the text; empty is nothing.
func (f *Field) SetWrong(sentence string) {
	if f.wrong != sentence {
		f.wrong = sentence
		f.Refresh()
	}
}

// SetMasked shows dots in place of letters, for PINs.
func (f *Field) SetMasked(masked bool) {
	f.masked = masked
	f.Refresh()
}

// SetFormat shows another text than what is typed, such as an amount in its currency; the caret
// then stays at the end. nil shows what is typed.
func (f *Field) SetFormat(format func(typed string) string) {
	f.format = format
	f.line.goTo(len(f.line.runes))
	f.Refresh()
}

// SetLimit takes no more than that many letters; 0 is no limit.
func (f *Field) SetLimit(limit int) { f.line.limit = limit }

// SetAccepts takes only some letters; nil is all.
func (f *Field) SetAccepts(accepts func(rune) bool) { f.line.accepts = accepts }

// SetText changes the text without calling OnChanged.
func (f *Field) SetText(text string) {
	if f.line.text() != text {
		f.line.set(text)
		f.Refresh()
	}
}

// Text is what is typed, masked or not.
func (f *Field) Text() string { return f.line.text() }

// Label returns the label.
func (f *Field) Label() string { return f.label }

// Wrong returns what is said to be wrong.
func (f *Field) Wrong() string { return f.wrong }

// Active tells whether a keyboard types here.
func (f *Field) Active() bool { return f.active }

// SetActive shows that a keyboard types here, or no more.
func (f *Field) SetActive(active bool) {
	if f.active != active {
		f.active = active
		f.Refresh()
	}
}

// SetScroller names the scroller it sits in.
func (f *Field) SetScroller(scroller Scroller) {
	f.Tappable.SetScroller(scroller)
	f.clear.SetScroller(scroller)
}

// Type types letters.
func (f *Field) Type(text string) { f.edit(func(e *editor) bool { return e.insert(text) }) }

// Erase takes the letter before the caret away; false where there is none.
func (f *Field) Erase() bool { return f.edit((*editor).erase) }

// TypedRune types a letter of a real keyboard.
func (f *Field) TypedRune(r rune) { f.Type(string(r)) }

// TypedKey takes the other keys of one.
func (f *Field) TypedKey(event *fyne.KeyEvent) {
	at, end := f.line.at, len(f.line.runes)
	if f.format != nil { // the caret stays at the end
		at, end = end+1, end+1
	}
	switch event.Name {
	case fyne.KeyBackspace:
		f.Erase()
	case fyne.KeyDelete:
		f.edit((*editor).eraseNext)
	case fyne.KeyLeft:
		f.goTo(at - 1)
	case fyne.KeyRight:
		f.goTo(at + 1)
	case fyne.KeyHome:
		f.goTo(min(0, at-end))
	case fyne.KeyEnd:
		f.goTo(end)
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.OnDone != nil {
			f.OnDone()
		}
	}
}

// FocusGained chooses it: somebody came by the Tab key.
func (f *Field) FocusGained() {
	f.Tappable.FocusGained()
	f.choose()
}

// MouseDown remembers where.
func (f *Field) MouseDown(event *desktop.MouseEvent) {
	f.pressed = event.Position.X
	f.Tappable.MouseDown(event)
}

func (f *Field) tapped() {
	if f.active && f.format == nil {
		f.goTo(f.letterAt(f.pressed))
	}
	f.choose()
}

func (f *Field) choose() {
	if f.OnChosen != nil {
		f.OnChosen()
	}
}

func (f *Field) goTo(at int) {
	f.line.goTo(at)
	f.Refresh()
}

func (f *Field) edit(change func(*editor) bool) bool {
	if f.Disabled() || !change(&f.line) {
		return false
	}
	f.wrong = "" // of the text before
	f.Refresh()
	if f.OnChanged != nil {
		f.OnChanged(f.line.text())
	}
	return true
}
