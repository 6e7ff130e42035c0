package theme

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/assets"
)

// Palette is the look of the moment, shared by all widgets of a window. It
// belongs to Fyne's goroutine, as they do. After SetMode, refresh the window's
// content: app.Settings().SetTheme(New(mode)) does it.
type Palette struct {
	mode  Mode
	scale float32
	icons map[iconKey]fyne.Resource
}

type iconKey struct {
	name         string
	size, stroke float32
	colour       color.NRGBA
}

// NewPalette returns a palette in a mode.
func NewPalette(mode Mode) *Palette {
	return &Palette{mode: mode, scale: 1, icons: map[iconKey]fyne.Resource{}}
}

// Mode returns the mode of the moment.
func (p *Palette) Mode() Mode { return p.mode }

// SetMode changes the mode; widgets follow when they are refreshed.
func (p *Palette) SetMode(mode Mode) { p.mode = mode }

// SetScale says by how much the window is scaled (its canvas knows), so that
// the strokes of icons are too.
func (p *Palette) SetScale(scale float32) {
	if scale > 0 {
		p.scale = scale
	}
}

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

// Icon returns an icon in a token's colour; an unknown name gives an empty
// picture. The size is part of the name, because Fyne keeps one picture per
// name and would draw again for each size.
func (p *Palette) Icon(name string, size float32, token Token) fyne.Resource {
	const box, stroke = 24, 2 // icons are drawn so
	const thin = 1.75         // thinner, small icons fade beside bold words
	key := iconKey{name, size, max(stroke*size/box, thin) * p.scale, p.Color(token)}
	if icon, ok := p.icons[key]; ok {
		return icon
	}
	hex := fmt.Sprintf("#%02x%02x%02x", key.colour.R, key.colour.G, key.colour.B)
	icon := fyne.NewStaticResource(
		fmt.Sprintf("%s-%g-%.2f-%s.svg", name, size, key.stroke, hex[1:]),
		assets.Icon(name, hex, key.stroke),
	)
	p.icons[key] = icon
	return icon
}
