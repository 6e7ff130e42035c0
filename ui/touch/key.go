package touch

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"comptoir/ui/theme"
)

const (
	// holdDelay is how long a key is down before it repeats, and repeatEvery how often it then does.
	holdDelay   = 500 * time.Millisecond
	repeatEvery = 80 * time.Millisecond
)

// key is one key of a Keyboard or a Pad. The whole of it is the target; what is drawn leaves a
// gap to its neighbours, so that no finger falls between two.
type key struct {
	Tappable
	face keyFace
	gap  fyne.Size // around what is drawn, in all
	// repeat acts again while a finger holds the key, until it answers false; nil for keys that
	// do not repeat.
	repeat func() bool

	press    int  // counts the presses, so that the timer of an earlier one does nothing
	repeated bool // the finger that lifts has had its effect
}

// writer is how keys type into a field.
type writer struct{ field *Field }

// Into makes the keys type into a field; nil into none.
func (w *writer) Into(field *Field) {
	if w.field == field {
		return
	}
	if w.field != nil {
		w.field.SetActive(false)
	}
	w.field = field
	if field != nil {
		field.SetActive(true)
	}
}

// Field is what they type into; nil for none.
func (w *writer) Field() *Field { return w.field }

func (w *writer) erase() bool { return w.field != nil && w.field.Erase() }

func (w *writer) write(text string) {
	if w.field != nil {
		w.field.Type(text)
	}
}

// keyFace is what a key shows and does.
type keyFace struct {
	label, icon string
	kind        keyKind
	on          bool // shift is
	locked      bool // for every letter
}

type keyKind int

const (
	keyLetter keyKind = iota
	keySpace
	keyErase
	keyShift
	keyLetters // the page of letters
	keySigns   // digits and signs
	keyAccents
	keyDone
)

func newKey(palette *theme.Palette, face keyFace, tapped func(keyFace)) *key {
	k := &key{face: face}
	k.Init(k, palette, func() { tapped(k.face) })
	k.intercept = func() bool {
		repeated := k.repeated
		k.repeated = false
		return repeated
	}
	return k
}

func (k *key) set(face keyFace, gap fyne.Size) {
	if k.face != face || k.gap != gap {
		k.face, k.gap = face, gap
		k.Refresh()
	}
}

// Label returns the letter or the word on it; keys with an icon have none.
func (k *key) Label() string { return k.face.label }

// MouseDown begins to count the time.
func (k *key) MouseDown(event *desktop.MouseEvent) {
	k.Tappable.MouseDown(event)
	k.repeated = false
	k.press++
	if k.repeat != nil && k.face.kind == keyErase {
		k.after(holdDelay, k.press)
	}
}

// after acts in a while, and so on, as long as the press lasts.
func (k *key) after(wait time.Duration, press int) {
	time.AfterFunc(wait, func() {
		fyne.Do(func() {
			if k.press != press || !k.Pressed() {
				return
			}
			k.repeated = true
			if k.repeat() {
				k.after(repeatEvery, press)
			}
		})
	})
}

// CreateRenderer is called by Fyne.
func (k *key) CreateRenderer() fyne.WidgetRenderer {
	k.ExtendBaseWidget(k)
	box, ring, bar := NewBox(), NewBox(), NewBox()
	icon, text := NewIcon(k.Palette, 24), NewText(k.Palette, theme.StepperText)
	const barWidth, barHeight = 20, 3
	paint := func() {
		fill, ink, border := k.colours()
		look := Look{Fill: k.Palette.Color(fill), Border: k.Palette.Color(border), BorderWidth: k.Palette.LineWidth(), Radius: theme.RadiusBadge}
		if k.Pressed() {
			look.Fill = k.Palette.Pressed(fill)
		}
		box.Set(look)
		ring.Set(Ring(k.Palette, theme.RadiusBadge, k.Focused()))
		icon.Set(k.face.icon, ink)
		text.SetRole(k.role())
		text.Set(k.face.label, ink)
		under := Look{}
		if k.face.locked {
			under.Fill = k.Palette.Color(ink)
		}
		bar.Set(under)
	}
	layout := func(size fyne.Size) {
		x, y := k.gap.Width/2, k.gap.Height/2
		width, height := size.Width-k.gap.Width, size.Height-k.gap.Height
		box.Place(x, y, width, height)
		ring.Place(x-theme.FocusWidth, y-theme.FocusWidth, width+2*theme.FocusWidth, height+2*theme.FocusWidth)
		icon.Place((size.Width-icon.Size())/2, (size.Height-icon.Size())/2)
		bar.Place((size.Width-barWidth)/2, (size.Height+icon.Size())/2+3, barWidth, barHeight)
		text.PlaceCentre(0, (size.Height-text.LineHeight())/2, size.Width)
	}
	minSize := func() fyne.Size { return fyne.NewSize(keyWidth, theme.MinTouch) }
	return Draw(k, paint, layout, minSize, ring.Object, box.Object, icon.Object, text.Object, bar.Object)
}

// role is that of letters, or of words.
func (k *key) role() theme.Role {
	switch k.face.kind {
	case keyLetter:
		return theme.StepperText
	case keyDone:
		return theme.BodyBold
	}
	return theme.Body
}

func (k *key) colours() (fill, ink, border theme.Token) {
	switch {
	case k.face.kind == keyDone, k.face.on:
		return theme.AccSoft, theme.AccInk, theme.AccInk
	case k.face.kind == keyLetter, k.face.kind == keySpace:
		return theme.Surface, theme.Ink, theme.LineStrong
	}
	return theme.Sunk, theme.Ink, theme.LineStrong
}
