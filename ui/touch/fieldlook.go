package touch

import (
	"strings"

	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

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
