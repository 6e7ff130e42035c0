package touch

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

const (
	keyColumns = 10
	keyRows    = 4
	// keyWidth is the least width of a key: ten stand in a window of 480.
	keyWidth = 480 / keyColumns
	// keyboardEdge is above and below the keys.
	keyboardEdge = 4
	keyGap       = 8
	keyGapLeast  = 4
	keyWidest    = 96

	// KeyboardHeight is how high a keyboard is, and KeyboardLow where the window is low: its keys
	// then stand closer.
	KeyboardHeight = keyRows*(theme.MinTouch+keyGap) + 2*keyboardEdge
	KeyboardLow    = keyRows*(theme.MinTouch+keyGapLeast) + 2*keyboardEdge
)

// shiftDouble is how soon a second tap on shift locks it.
const shiftDouble = 500 * time.Millisecond

type shiftState int

const (
	shiftOff shiftState = iota
	shiftOnce
	shiftLocked
)

// Keyboard types into a Field by finger: letters of a language, digits and signs, accents. It
// goes to the bottom of the window, over its whole width and KeyboardHeight or KeyboardLow high.
type Keyboard struct {
	widget.BaseWidget
	writer

	// OnDone runs on the key at the bottom right.
	OnDone func()

	palette  *theme.Palette
	language string
	space    string
	done     string
	page     keyPage
	shift    shiftState
	shiftAt  time.Time       // of the last tap on shift
	rows     [keyRows][]*key // as many as a row ever had; those that it lacks now are hidden
	widths   [keyRows][]float32
}

// NewKeyboard returns an English keyboard without words.
func NewKeyboard(palette *theme.Palette) *Keyboard {
	k := &Keyboard{palette: palette}
	k.ExtendBaseWidget(k)
	k.show()
	return k
}

// SetWords chooses the letters of a language ("fr" or "en"), and what stands on the space bar and
// on the key that ends the typing.
func (k *Keyboard) SetWords(language, space, done string) {
	if k.language != language || k.space != space || k.done != done {
		k.language, k.space, k.done = language, space, done
		k.show()
	}
}

// ShowLetters shows the page of letters, small ones.
func (k *Keyboard) ShowLetters() { k.turn(pageLetters) }

// ShowSigns shows the page of digits and signs: an address begins there.
func (k *Keyboard) ShowSigns() { k.turn(pageSigns) }

func (k *Keyboard) turn(page keyPage) {
	k.page, k.shift = page, shiftOff
	k.show()
}

// show gives the keys their faces.
func (k *Keyboard) show() {
	for i, row := range k.cells() {
		for len(k.rows[i]) < len(row) {
			made := newKey(k.palette, keyFace{}, k.tapped)
			made.repeat = k.erase
			k.rows[i] = append(k.rows[i], made)
		}
		k.widths[i] = k.widths[i][:0]
		for j, made := range k.rows[i] {
			show(made, j < len(row))
			if j < len(row) {
				made.set(row[j].face, made.gap)
				k.widths[i] = append(k.widths[i], row[j].width)
			}
		}
	}
	k.Refresh()
}

func (k *Keyboard) tapped(face keyFace) {
	switch face.kind {
	case keyLetter:
		k.typed(face.label)
	case keySpace:
		k.typed(" ")
	case keyErase:
		k.erase()
	case keyShift:
		k.shifted()
	case keyLetters:
		k.turn(pageLetters)
	case keySigns:
		k.turn(pageSigns)
	case keyAccents:
		k.page = pageAccents // shift stays: É
		k.show()
	case keyDone:
		if k.OnDone != nil {
			k.OnDone()
		}
	}
}

// typed types, and goes back to small letters: capitals and accents mostly come one by one.
func (k *Keyboard) typed(text string) {
	k.write(text)
	back := k.page == pageAccents
	if back {
		k.page = pageLetters
	}
	if k.shift == shiftOnce {
		k.shift, back = shiftOff, true
	}
	if back {
		k.show()
	}
}

// shifted makes the next letter a capital one, every one at the second tap, none at the third.
func (k *Keyboard) shifted() {
	now := time.Now()
	switch {
	case k.shift == shiftOff:
		k.shift = shiftOnce
	case k.shift == shiftOnce && now.Sub(k.shiftAt) < shiftDouble:
		k.shift = shiftLocked
	default:
		k.shift = shiftOff
	}
	k.shiftAt = now
	k.show()
}

// CreateRenderer is called by Fyne.
func (k *Keyboard) CreateRenderer() fyne.WidgetRenderer {
	k.ExtendBaseWidget(k)
	ground := NewBox()
	r := &keyboardRenderer{keyboard: k}
	r.drawing = &drawing{
		widget: k,
		paint: func() {
			ground.Set(Fill(k.palette, theme.Bg, 0))
			for _, row := range k.rows {
				for _, made := range row {
					made.Refresh()
				}
			}
		},
		layout: func(size fyne.Size) {
			ground.Place(0, 0, size.Width, size.Height)
			k.place(size)
		},
		minSize: func() fyne.Size { return fyne.NewSize(keyColumns*keyWidth, KeyboardLow) },
	}
	r.objects = []fyne.CanvasObject{ground.Object}
	r.Refresh()
	return r
}

// place puts the keys in the middle of a size.
func (k *Keyboard) place(size fyne.Size) {
	unit := min(size.Width/keyColumns, keyWidest)
	height := (size.Height - 2*keyboardEdge) / keyRows
	gap := fyne.NewSize(min(keyGap, max(keyGapLeast, unit-theme.MinTouch)), min(keyGap, max(keyGapLeast, height-theme.MinTouch)))
	left := (size.Width - unit*keyColumns) / 2
	for i, row := range k.rows {
		x := left + (keyColumns*unit-k.rowWidth(i, unit))/2
		for j, width := range k.widths[i] {
			made := row[j]
			made.set(made.face, gap)
			width := k.keyWidth(i, j, width, unit)
			place(made, x, keyboardEdge+float32(i)*height, width, height)
			x += width
		}
	}
}

// keyWidth is the width of a key: words get what they need, and the space bar what is left.
func (k *Keyboard) keyWidth(i, j int, width, unit float32) float32 {
	switch made := k.rows[i][j]; {
	case width == spaceLeft:
		left := keyColumns * unit
		for other, w := range k.widths[i] {
			if other != j {
				left -= k.keyWidth(i, other, w, unit)
			}
		}
		return left
	case made.face.kind == keyDone:
		const padding = 24
		return max(width*unit, made.role().Measure(made.face.label)+made.gap.Width+padding)
	}
	return width * unit
}

func (k *Keyboard) rowWidth(i int, unit float32) float32 {
	sum := float32(0)
	for j, width := range k.widths[i] {
		sum += k.keyWidth(i, j, width, unit)
	}
	return sum
}

type keyboardRenderer struct {
	*drawing
	keyboard *Keyboard
}

// Objects are more once a page has needed more keys.
func (r *keyboardRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject(nil), r.objects...)
	for _, row := range r.keyboard.rows {
		for _, made := range row {
			objects = append(objects, made)
		}
	}
	return objects
}
