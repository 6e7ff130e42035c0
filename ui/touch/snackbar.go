package touch

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

// Snackbar says in a few words what was done, with a button that takes it back. Between its words
// and its button it takes every touch and does nothing: nothing below it is pressed by mistake.
type Snackbar struct {
	Tappable
	text   string
	undo   string
	button *Button
}

// NewSnackbar returns one without words.
func NewSnackbar(palette *theme.Palette, undo func()) *Snackbar {
	s := &Snackbar{}
	s.Init(s, palette, nil)
	s.button = NewButton(palette, Inverse, "", "", undo)
	return s
}

// Set changes what it says; without undo it has no button.
func (s *Snackbar) Set(text, undo string) {
	if s.text != text || s.undo != undo {
		s.text, s.undo = text, undo
		s.Refresh()
	}
}

// Text returns what it says.
func (s *Snackbar) Text() string { return s.text }

// FocusGained does nothing: there is nothing to do but its button.
func (s *Snackbar) FocusGained() {}

const (
	snackbarPadding = 8
	snackbarLeft    = 20
	snackbarGap     = 16
)

// HeightFor is how high it is in a width.
func (s *Snackbar) HeightFor(width float32) float32 {
	lines := float32(len(s.lines(width)))
	return max(theme.MinTouch, lines*theme.ItemText.LineHeight()+snackbarPadding) + 2*snackbarPadding
}

func (s *Snackbar) lines(width float32) []string {
	right := width - snackbarLeft
	if s.undo != "" {
		right = width - snackbarPadding - s.button.MinSize().Width - snackbarGap
	}
	return Wrap(s.text, theme.ItemText, max(right-snackbarLeft, theme.MinTouch))
}

// CreateRenderer is called by Fyne.
func (s *Snackbar) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	d := &snackbarDrawing{snackbar: s, box: NewBox()}
	d.drawing = &drawing{
		widget: s, paint: d.paint, layout: d.layout,
		minSize: func() fyne.Size { return fyne.NewSize(4*theme.MinTouch, s.HeightFor(s.Size().Width)) },
	}
	d.Refresh()
	return d
}

type snackbarDrawing struct {
	*drawing
	snackbar *Snackbar
	box      *Box
	words    []*Text
}

func (d *snackbarDrawing) paint() {
	s := d.snackbar
	look := Fill(s.Palette, theme.Inv, theme.RadiusControl)
	look.Shadow = s.Palette.Shadow(theme.SheetShadow)
	d.box.Set(look)
	s.button.SetLabel(s.undo)
	show(s.button, s.undo != "")
	s.button.Refresh()
}

func (d *snackbarDrawing) layout(size fyne.Size) {
	s := d.snackbar
	d.box.Place(0, 0, size.Width, size.Height)
	width := s.button.MinSize().Width
	place(s.button, size.Width-snackbarPadding-width, (size.Height-theme.MinTouch)/2, width, theme.MinTouch)
	d.words = d.words[:0]
	lines := s.lines(size.Width)
	height := theme.ItemText.LineHeight()
	y := (size.Height - float32(len(lines))*height) / 2
	for _, line := range lines {
		text := NewText(s.Palette, theme.ItemText)
		text.Set(line, theme.OnInv)
		text.Place(snackbarLeft, y)
		d.words = append(d.words, text)
		y += height
	}
}

// Objects are more where it says more.
func (d *snackbarDrawing) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{d.box.Object, d.snackbar.button}
	for _, text := range d.words {
		objects = append(objects, text.Object)
	}
	return objects
}
