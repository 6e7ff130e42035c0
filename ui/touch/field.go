package touch

import (
	"strings"

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

// Where things are in a field.
const (
	fieldLabel   = 28 // label with the space below it
	fieldPadding = 16
	fieldIcon    = 24
	fieldCaret   = 2
	wrongIcon    = 20
	wrongGap     = 8
	wrongAbove   = 4
)

const fieldText = theme.CustomerName

// shown are the letters as they are drawn.
func (f *Field) shown() []rune {
	switch {
	case f.format != nil:
		return []rune(f.format(f.line.text()))
	case f.masked:
		return []rune(strings.Repeat("•", len(f.line.runes)))
	}
	return f.line.runes
}

// caretAt is how many of the letters shown are before the caret.
func (f *Field) caretAt(shown []rune) int {
	if f.format != nil {
		return len(shown)
	}
	return f.line.at
}

// textLeft is where the text begins.
func (f *Field) textLeft() float32 {
	if f.icon != "" {
		return fieldPadding + fieldIcon + 8
	}
	return fieldPadding
}

// room is how wide the text may be.
func (f *Field) room(width float32) float32 {
	return width - f.textLeft() - theme.MinTouch - fieldCaret
}

// letterAt is the place between two letters that is nearest to a finger.
func (f *Field) letterAt(x float32) int {
	shown := f.shown()
	first := min(f.first, len(shown))
	at, left := first, f.textLeft()
	for at < len(shown) {
		to := f.textLeft() + fieldText.Measure(string(shown[first:at+1]))
		if x < (left+to)/2 {
			break
		}
		at, left = at+1, to
	}
	return at
}

// inView chooses which letters are shown of a text that is too long: those at the caret.
func (f *Field) inView(shown []rune, room float32) []rune {
	caret := f.caretAt(shown)
	f.first = min(f.first, caret)
	for f.first < caret && fieldText.Measure(string(shown[f.first:caret])) > room {
		f.first++
	}
	for f.first > 0 && fieldText.Measure(string(shown[f.first-1:])) <= room {
		f.first--
	}
	last := len(shown)
	for last > caret && fieldText.Measure(string(shown[f.first:last])) > room {
		last--
	}
	return shown[f.first:last]
}

// HeightFor is how high the field is in a width.
func (f *Field) HeightFor(width float32) float32 {
	height := float32(theme.MinTouch)
	if f.label != "" {
		height += fieldLabel
	}
	if f.wrong != "" {
		height += wrongAbove + float32(len(f.wrongLines(width)))*theme.BodyBold.LineHeight()
	}
	return height
}

func (f *Field) wrongLines(width float32) []string {
	return Wrap(f.wrong, theme.BodyBold, max(width-wrongIcon-wrongGap, theme.MinTouch))
}

// CreateRenderer is called by Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.ExtendBaseWidget(f)
	d := &fieldDrawing{
		field: f, box: NewBox(), ring: NewBox(), caret: NewBox(),
		label: NewText(f.Palette, theme.BodyBold), text: NewText(f.Palette, fieldText),
		icon: NewIcon(f.Palette, fieldIcon), alert: NewIcon(f.Palette, wrongIcon),
	}
	d.drawing = &drawing{
		widget: f, paint: d.paint, layout: d.layout,
		minSize: func() fyne.Size { return fyne.NewSize(3*theme.MinTouch, f.HeightFor(f.Size().Width)) },
	}
	d.Refresh()
	return d
}

type fieldDrawing struct {
	*drawing
	field            *Field
	box, ring, caret *Box
	label, text      *Text
	icon, alert      *Icon
	ink              theme.Token // of what is typed
	wrong            []*Text
}

func (d *fieldDrawing) paint() {
	f, p := d.field, d.field.Palette
	look := Look{Fill: p.Color(theme.Surface), Border: p.Color(theme.LineStrong), BorderWidth: p.LineWidth(), Radius: theme.RadiusControl}
	if f.Pressed() {
		look.Fill = p.Pressed(theme.Surface)
	}
	ink := theme.Ink
	switch {
	case f.Disabled():
		look.Fill, look.BorderWidth, ink = p.Color(theme.Sunk), 0, theme.Dis
	case f.active:
		look.Border, look.BorderWidth = p.Color(theme.Acc), 2
	}
	d.ink = ink
	if f.wrong != "" {
		look.Border, look.BorderWidth = p.Color(theme.Late), 2
	}
	d.box.Set(look)
	d.ring.Set(Ring(p, theme.RadiusControl, f.Focused()))
	d.label.Set(f.label, theme.Ink)
	d.icon.Set(f.icon, theme.Ink2)
	caret := Look{}
	if f.active && !f.Disabled() {
		caret.Fill = p.Color(theme.Acc)
	}
	d.caret.Set(caret)
	show(f.clear, len(f.line.runes) > 0 && !f.Disabled())
	f.clear.Refresh()
	if f.wrong == "" {
		d.alert.Set("", theme.LateInk)
	} else {
		d.alert.Set("alert", theme.LateInk)
	}
}

func (d *fieldDrawing) layout(size fyne.Size) {
	f := d.field
	y := float32(0)
	if f.label != "" {
		d.label.PlaceCut(0, 0, size.Width)
		y = fieldLabel
	}
	d.box.Place(0, y, size.Width, theme.MinTouch)
	d.ring.Place(-theme.FocusWidth, y-theme.FocusWidth, size.Width+2*theme.FocusWidth, theme.MinTouch+2*theme.FocusWidth)
	d.icon.Place(fieldPadding, y+(theme.MinTouch-fieldIcon)/2)
	place(f.clear, size.Width-theme.MinTouch, y, theme.MinTouch, theme.MinTouch)

	left, above := f.textLeft(), y+(theme.MinTouch-d.text.LineHeight())/2
	shown := f.shown()
	caret := left
	if len(shown) == 0 {
		d.text.Set(f.placeholder, theme.Ink2)
		d.text.PlaceCut(left+fieldCaret+2, above, size.Width-left-fieldPadding)
	} else {
		seen := f.inView(shown, f.room(size.Width))
		d.text.Set(string(seen), d.ink)
		d.text.Place(left, above)
		caret += fieldText.Measure(string(shown[f.first:f.caretAt(shown)]))
	}
	d.caret.Place(caret, above, fieldCaret, d.text.LineHeight())
	y += theme.MinTouch + wrongAbove
	d.alert.Place(0, y+(theme.BodyBold.LineHeight()-wrongIcon)/2)
	d.sentence(y, size.Width)
}

// sentence says what is wrong below the line.
func (d *fieldDrawing) sentence(y, width float32) {
	d.wrong = d.wrong[:0]
	if d.field.wrong == "" {
		return
	}
	for _, words := range d.field.wrongLines(width) {
		text := NewText(d.field.Palette, theme.BodyBold)
		text.Set(words, theme.LateInk)
		text.Place(wrongIcon+wrongGap, y)
		d.wrong = append(d.wrong, text)
		y += text.LineHeight()
	}
}

// Objects are more where a sentence has more lines.
func (d *fieldDrawing) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{
		d.ring.Object, d.box.Object, d.label.Object, d.icon.Object, d.text.Object, d.caret.Object, d.field.clear, d.alert.Object,
	}
	for _, text := range d.wrong {
		objects = append(objects, text.Object)
	}
	return objects
}
