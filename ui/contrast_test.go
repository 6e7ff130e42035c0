package ui_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
)

// Every text of every story can be read on what lies under it, in every look. (The pairs that no
// story shows, such as what is under a finger, are in ui/theme.)
func TestTextsCanBeReadOnWhatIsUnderThem(t *testing.T) {
	app := test.NewTempApp(t)
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 480, Height: 800}} {
		for _, mode := range []theme.Mode{theme.Light, theme.Dark, theme.HighContrast} {
			for _, story := range stories.Stories() {
				stage, err := stories.Show(app, story, model.French, mode, size.Width, size.Height)
				if err != nil {
					t.Fatal(err)
				}
				window := stage.Window.Fyne().Canvas()
				s := &strata{t: t, story: story.Name, mode: mode}
				all := rectangle{0, 0, size.Width, size.Height}
				s.walk(window.Content(), fyne.Position{}, all)
				if s.texts == 0 {
					t.Errorf("%s has no texts", story.Name)
				}
				if overlay := window.Overlays().Top(); overlay != nil {
					s.fills = nil // the scrim is no ground for words
					s.walk(overlay, fyne.Position{}, all)
				}
				stage.Close()
			}
		}
	}
}

// So can those of the parts by themselves, under a finger and not, chosen and not.
func TestTextsOfPartsCanBeRead(t *testing.T) {
	app := test.NewTempApp(t)
	for _, mode := range []theme.Mode{theme.Light, theme.Dark, theme.HighContrast} {
		for _, part := range stories.Parts() {
			window, err := stories.ShowPart(app, part, model.French, mode, 1280, 800)
			if err != nil {
				t.Fatal(err)
			}
			size := window.Canvas().Size()
			s := &strata{t: t, story: part.Name, mode: mode}
			s.walk(window.Content(), fyne.Position{}, rectangle{0, 0, size.Width, size.Height})
			if s.texts == 0 {
				t.Errorf("%s has no texts", part.Name)
			}
			window.Close()
		}
	}
}

// strata are the opaque fills drawn so far, the lowest first.
type strata struct {
	t     *testing.T
	story string
	mode  theme.Mode
	fills []stratum
	texts int
}

type stratum struct {
	rectangle
	colour color.NRGBA
}

func (s *strata) walk(object fyne.CanvasObject, at fyne.Position, clip rectangle) {
	if !object.Visible() {
		return
	}
	at = at.Add(object.Position())
	size := object.Size()
	own := rectangle{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
	if _, ok := object.(fyne.Scrollable); ok {
		clip = clip.and(own)
	}
	switch o := object.(type) {
	case *canvas.Rectangle:
		if fill, ok := o.FillColor.(color.NRGBA); ok && fill.A == 255 {
			s.fills = append(s.fills, stratum{own.and(clip), fill})
		}
	case *canvas.Image:
		if size.Width > 100 { // a paper, not an icon
			s.fills = append(s.fills, stratum{own, theme.Color(s.mode, theme.Paper)})
		}
	case *canvas.Text:
		s.text(o, own.and(clip))
	case *fyne.Container:
		for _, child := range o.Objects {
			s.walk(child, at, clip)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			s.walk(child, at, clip)
		}
	}
}

func (s *strata) text(text *canvas.Text, own rectangle) {
	ink, ok := text.Color.(color.NRGBA)
	if text.Text == "" || !ok || own.empty() {
		return
	}
	x, y := (own.left+own.right)/2, (own.top+own.bottom)/2
	for i := len(s.fills) - 1; i >= 0; i-- {
		under := s.fills[i]
		if x < under.left || x > under.right || y < under.top || y > under.bottom {
			continue
		}
		s.texts++
		if got := contrast(ink, under.colour); got < 4.5 {
			s.t.Errorf("%s, mode %d: %q in %v on %v has a contrast of %.2f", s.story, s.mode, text.Text, ink, under.colour, got)
		}
		return
	}
	s.t.Errorf("%s, mode %d: nothing lies under %q", s.story, s.mode, text.Text)
}

// contrast is the ratio of WCAG, from 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	high, low := luminance(a), luminance(b)
	if low > high {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

// luminance is WCAG's relative luminance.
func luminance(c color.NRGBA) float64 {
	linear := func(value uint8) float64 {
		v := float64(value) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
