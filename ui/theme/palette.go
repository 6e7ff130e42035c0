package theme

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"comptoir/assets"
)

// Palette is the look of the moment, shared by all widgets of a window. It
// belongs to Fyne's goroutine, as they do. After SetMode, refresh the window's
// content: app.Settings().SetTheme(New(mode)) does it.
type Palette struct {
	mode  Mode
	icons map[iconKey]*image.RGBA
	// advances are the widths of single letters, by role.
	advances map[advanceKey]float32
}

type advanceKey struct {
	role Role
	rune rune
}

type iconKey struct {
	name   string
	size   float32
	colour color.NRGBA
}

// NewPalette returns a palette in a mode.
func NewPalette(mode Mode) *Palette {
	return &Palette{mode: mode, icons: map[iconKey]*image.RGBA{}, advances: map[advanceKey]float32{}}
}

// Mode returns the mode of the moment.
func (p *Palette) Mode() Mode { return p.mode }

// SetMode changes the mode; widgets follow when they are refreshed.
func (p *Palette) SetMode(mode Mode) { p.mode = mode }

// Color returns a token's colour now.
func (p *Palette) Color(token Token) color.NRGBA { return Color(p.mode, token) }

// Pressed returns a token's colour under a finger.
func (p *Palette) Pressed(token Token) color.NRGBA { return Pressed(p.mode, token) }

// LineWidth is the width of borders and separators now.
func (p *Palette) LineWidth() float32 { return LineWidth(p.mode) }

// SoftBorder returns the border a soft fill needs now; None for no border.
func (p *Palette) SoftBorder(fill Token) Token { return SoftBorder(p.mode, fill) }

// Shadow returns a shadow as it is now.
func (p *Palette) Shadow(kind ShadowKind) canvas.Shadow { return Shadow(p.mode, kind) }

// AtMost is a width that words of a role do not exceed: the sum of their letters. It takes no
// shaping, which is most of what showing a new text costs; scripts whose letters join are shaped.
func (p *Palette) AtMost(role Role, words string) float32 {
	const kerning = 2 // a pair may stand further apart than its letters
	sum := float32(kerning)
	for _, r := range words {
		if r >= 0x250 && (r < 0x2000 || r > 0x20CF) { // beyond Latin letters and punctuation
			return role.Measure(words)
		}
		key := advanceKey{role, r}
		width, known := p.advances[key]
		if !known {
			width = role.Measure(string(r))
			p.advances[key] = width
		}
		sum += width
	}
	return sum
}

// iconScale is how many pixels an icon has for each unit of its size: enough
// for FYNE_SCALE 2; Fyne makes a smaller picture of it by itself.
const iconScale = 2

// Icon returns an icon in a token's colour; an unknown name gives an empty
// picture. It is drawn here, because Fyne draws an SVG at the scale of the
// moment but never scales its strokes: before a widget is in a window they
// come out half as wide. Kept are no more than names, sizes and colours there are.
func (p *Palette) Icon(name string, size float32, token Token) *image.RGBA {
	key := iconKey{name, size, p.Color(token)}
	picture, ok := p.icons[key]
	if !ok {
		picture = drawIcon(key)
		p.icons[key] = picture
	}
	return picture
}

func drawIcon(key iconKey) *image.RGBA {
	const box, stroke = 24, 2 // icons are drawn so
	const thin = 1.75         // thinner, small icons fade beside bold words
	width := max(stroke*key.size/box, thin) * iconScale
	hex := fmt.Sprintf("#%02x%02x%02x", key.colour.R, key.colour.G, key.colour.B)
	side := int(math.Ceil(float64(key.size * iconScale)))
	picture := image.NewRGBA(image.Rect(0, 0, side, side))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(assets.Icon(key.name, hex, width)))
	if err != nil { // a test reads them all
		return picture
	}
	icon.SetTarget(0, 0, float64(side), float64(side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, picture, picture.Bounds())), 1)
	return picture
}
