package virtual

import (
	"image"

	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

const (
	cellWidth  = 12 // font A of most printers, in dots
	cellHeight = 24
	baseline   = 19 // from the top of a cell
	// fontSize makes the advance of Go Mono, 0.6 of it, as wide as a cell.
	fontSize = 20

	maxScale  = 8    // times the normal size
	maxGlyphs = 1024 // in the cache; a ticket has a hundred
)

// glyphKey is a letter in one of its looks.
type glyphKey struct {
	letter        rune
	bold          bool
	width, height int // dots of its cell
	rotated       bool
}

// glyph is the darkness of the dots of a cell, 0 to black, row by row.
type glyph []uint8

// typesetter makes glyphs, each once. It stretches the outlines itself: printers have letters that
// are twice as high and no wider, which a font.Face has not.
type typesetter struct {
	regular, bold *sfnt.Font // nil: all letters are boxes
	buffer        sfnt.Buffer
	raster        *vector.Rasterizer
	glyphs        map[glyphKey]glyph
}

func newTypesetter() typesetter {
	// Fonts of the module itself: an error would be seen in all letters.
	regular, _ := sfnt.Parse(gomono.TTF)
	bold, _ := sfnt.Parse(gomonobold.TTF)
	return typesetter{regular: regular, bold: bold, raster: vector.NewRasterizer(0, 0), glyphs: make(map[glyphKey]glyph)}
}

func (t *typesetter) glyph(key glyphKey) glyph {
	g, ok := t.glyphs[key]
	if !ok {
		if len(t.glyphs) >= maxGlyphs {
			clear(t.glyphs)
		}
		g = t.draw(key)
		t.glyphs[key] = g
	}
	return g
}

func (t *typesetter) draw(key glyphKey) glyph {
	if key.rotated {
		upright := key
		upright.width, upright.height, upright.rotated = key.height, key.width, false
		return rotate(t.draw(upright), upright.width, upright.height)
	}
	width, height := key.width, key.height
	scaleX, scaleY := float32(width)/cellWidth, float32(height)/cellHeight
	outline := t.outline(key)
	if outline == nil {
		return box(width, height)
	}
	t.raster.Reset(width, height)
	x := func(p fixed.Point26_6) float32 { return float32(p.X) / 64 * scaleX }
	y := func(p fixed.Point26_6) float32 { return (float32(p.Y)/64 + baseline) * scaleY }
	for _, s := range outline {
		a, b, c := s.Args[0], s.Args[1], s.Args[2]
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			t.raster.ClosePath()
			t.raster.MoveTo(x(a), y(a))
		case sfnt.SegmentOpLineTo:
			t.raster.LineTo(x(a), y(a))
		case sfnt.SegmentOpQuadTo:
			t.raster.QuadTo(x(a), y(a), x(b), y(b))
		case sfnt.SegmentOpCubeTo:
			t.raster.CubeTo(x(a), y(a), x(b), y(b), x(c), y(c))
		}
	}
	t.raster.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, width, height))
	t.raster.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	g := glyph(mask.Pix)
	for i, alpha := range g {
		g[i] = uint8((int(alpha)*black + 127) / 255)
	}
	return g
}

// outline is nil for a letter that the font lacks, and empty for a space.
func (t *typesetter) outline(key glyphKey) sfnt.Segments {
	font := t.regular
	if key.bold {
		font = t.bold
	}
	if font == nil {
		return nil
	}
	index, err := font.GlyphIndex(&t.buffer, key.letter)
	if err != nil || index == 0 {
		return nil
	}
	outline, err := font.LoadGlyph(&t.buffer, index, fixed.I(fontSize), nil)
	switch {
	case err != nil:
		return nil
	case outline == nil:
		return sfnt.Segments{}
	}
	return outline
}

// box is an empty frame, a sixth of the cell away from its edges.
func box(width, height int) glyph {
	g := make(glyph, width*height)
	left, top, thick := width/6, height/6, max(width/cellWidth, 1)
	for y := top; y < height-top; y++ {
		for x := left; x < width-left; x++ {
			if y < top+thick || y >= height-top-thick || x < left+thick || x >= width-left-thick {
				g[y*width+x] = black
			}
		}
	}
	return g
}

// rotate turns a glyph by 90 degrees, clockwise.
func rotate(g glyph, width, height int) glyph {
	to := make(glyph, len(g))
	for y := range height {
		for x := range width {
			to[x*height+height-1-y] = g[y*width+x]
		}
	}
	return to
}
