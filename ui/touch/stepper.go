package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

// Stepper is a number with a button to take one away and one to add one, in a row with what it
// counts.
type Stepper struct {
	widget.BaseWidget
	palette     *theme.Palette
	label, text string
	less, more  *Button
}

// NewStepper returns a row; step runs with -1 or 1.
func NewStepper(palette *theme.Palette, step func(int)) *Stepper {
	s := &Stepper{palette: palette}
	s.less = NewIconButton(palette, "minus", func() { step(-1) })
	s.more = NewIconButton(palette, "plus", func() { step(1) })
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the words, and which way it can still go.
func (s *Stepper) Set(label, text string, less, more bool) {
	s.less.SetDisabled(!less)
	s.more.SetDisabled(!more)
	if s.label != label || s.text != text {
		s.label, s.text = label, text
		s.Refresh()
	}
}

// SetScroller names the scroller it sits in.
func (s *Stepper) SetScroller(scroller Scroller) {
	s.less.SetScroller(scroller)
	s.more.SetScroller(scroller)
}

// CreateRenderer is called by Fyne.
func (s *Stepper) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	label, text := NewText(s.palette, theme.ItemText), NewText(s.palette, theme.StepperText)
	paint := func() {
		label.Set(s.label, theme.Ink)
		text.Set(s.text, theme.Ink)
		s.less.Refresh()
		s.more.Refresh()
	}
	const number = 56
	layout := func(size fyne.Size) {
		y := (size.Height - theme.MinTouch) / 2
		right := size.Width - theme.MinTouch
		place(s.more, right, y, theme.MinTouch, theme.MinTouch)
		text.PlaceCentre(right-number, (size.Height-text.LineHeight())/2, number)
		left := right - number - theme.MinTouch
		place(s.less, left, y, theme.MinTouch, theme.MinTouch)
		label.PlaceCut(0, (size.Height-label.LineHeight())/2, left-12)
	}
	minSize := func() fyne.Size { return fyne.NewSize(2*theme.MinTouch+number+label.role.Size(), theme.SwitchRow) }
	return Draw(s, paint, layout, minSize, label.Object, s.less, text.Object, s.more)
}
