package touch_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// An icon that was made before any window was there looks as one that came later, at every
// scale. Fyne's own way with SVG drew half the stroke: it takes an icon without a window for one
// on a screen of scale 2, and does not scale strokes.
func TestIconsDoNotDependOnWhenTheyWereMade(t *testing.T) {
	const size = 24
	for _, scale := range []float32{1, 1.5, 2} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			test.NewTempApp(t)
			palette := theme.NewPalette(theme.Light)
			early := touch.NewIcon(palette, size)
			early.Set("bell", theme.Ink)
			early.Place(0, 0)

			ground := canvas.NewRectangle(color.White)
			content := container.NewWithoutLayout(ground)
			window := test.NewTempWindow(t, content)
			window.SetPadded(false)
			scaled, ok := window.Canvas().(interface{ SetScale(float32) })
			if !ok {
				t.Fatal("the test's canvas has no scale")
			}
			scaled.SetScale(scale)
			window.Resize(fyne.NewSize(2*size, size))
			ground.Resize(fyne.NewSize(2*size, size))
			late := touch.NewIcon(palette, size)
			late.Set("bell", theme.Ink)
			late.Place(size, 0)
			content.Objects = append(content.Objects, early.Object, late.Object)

			picture, side := window.Canvas().Capture(), int(size*scale)
			got, other := darkness(picture, 0, side), darkness(picture, side, side)
			if got < 0.98*other || got > 1.02*other {
				t.Errorf("the early icon has %.1f of ink, the late one %.1f", got, other)
			}
			if whole := got / float64(scale*scale); whole < 80 || whole > 130 {
				t.Errorf("a bell has %.1f of ink", whole)
			}
		})
	}
}

// darkness adds up how black a square of a picture is, in pixels.
func darkness(picture image.Image, x, side int) float64 {
	sum := 0.0
	for dy := range side {
		for dx := range side {
			grey, _ := color.GrayModel.Convert(picture.At(x+dx, dy)).(color.Gray)
			sum += 1 - float64(grey.Y)/255
		}
	}
	return sum
}
