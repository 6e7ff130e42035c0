// Package raster draws the words that receipt printers have no letters for: emoji, Arabic, Hebrew,
// Thai, Hindi, with fonts of its own, and all that the machine's fonts have, such as Chinese.
package raster

import (
	"image"
	"math"
	"sync"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"comptoir/printer/escpos"
)

const (
	cellWidth, cellHeight = 12, 24 // of the printers' usual letters, in dots

	// maxSize of a font in dots: as large as Go Mono is to fill a cell.
	maxSize = 20
	// dark is how much of a dot must be covered to be printed, of 255: less than half of it, for
	// strokes that are thinner than a dot.
	dark = 100

	maxWords   = 1024 // in the cache
	maxColumns = 100  // of a word: more than any paper has
)

// Drawer is an [escpos.Drawer]. It loads its fonts when it is first asked for a letter, and those of
// the machine for the first one that its own do not have. Its methods may be called at the same time.
type Drawer struct {
	mu     sync.Mutex
	system []string // files still to load
	loaded bool
	faces  []face
	split  shaping.Segmenter
	shape  shaping.HarfbuzzShaper
	fill   *vector.Rasterizer
	words  map[key]*escpos.Image
}

var _ escpos.Drawer = (*Drawer)(nil)

// New returns a drawer with its own fonts and, after them, those of some files; a file that cannot
// be read is passed over, for machines have different ones.
func New(files ...string) *Drawer {
	return &Drawer{system: files, fill: vector.NewRasterizer(0, 0), words: make(map[key]*escpos.Image)}
}

// key is a word in one of its looks.
type key struct {
	word          string
	width, height int
	bold          bool
}

// face is a font and how it fits into a cell.
type face struct {
	*font.Face
	size     float32 // dots of an em
	baseline float32 // dots from the top
	advance  float32 // dots from each glyph to the next; 0: as the font says
}

// step is the way from a glyph to the next, and how much of the font's own way there is left out
// before it.
func (f *face) step(g shaping.Glyph) (advance, before float32) {
	own := float32(g.Advance) / 64
	if f.advance == 0 || own == 0 {
		return own, 0
	}
	return f.advance, (own - f.advance) / 2
}

// Draws tells whether a font has the rune.
func (d *Drawer) Draws(r rune) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.faceOf(r) != nil
}

// Columns is how many columns the word takes, in cells of 12 dots.
func (d *Drawer) Columns(word string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, width := d.runs(word)
	return columns(width)
}

func columns(width float32) int {
	const overhang = 1 // dots that a word may be narrowed by
	return min(max(int(math.Ceil(float64((width-overhang)/cellWidth))), 1), maxColumns)
}

// Draw draws the word, stretched to the box.
func (d *Drawer) Draw(word string, width, height int, bold bool) *escpos.Image {
	if width < 1 || height < 1 || word == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	k := key{word, width, height, bold}
	if drawn, ok := d.words[k]; ok {
		return drawn
	}
	if len(d.words) >= maxWords {
		clear(d.words)
	}
	drawn := d.draw(k)
	d.words[k] = drawn
	return drawn
}

// run is a part of a word in one font and direction, shaped.
type run struct {
	glyphs []shaping.Glyph
	face   face
}

// runs shapes a word; it returns its parts from left to right and the width of all, in dots.
func (d *Drawer) runs(word string) (runs []run, width float32) {
	if word == "" {
		return nil, 0
	}
	text := []rune(word)
	direction := di.DirectionLTR
	if rightToLeft(word) {
		direction = di.DirectionRTL
	}
	inputs := d.split.Split(shaping.Input{
		Text: text, RunEnd: len(text), Direction: direction, Size: fixed.I(maxSize), Language: language.NewLanguage("fr"),
	}, fontmap{d})
	for _, input := range inputs {
		f := d.fitted(input.Face)
		input.Size = fixed.Int26_6(f.size * 64)
		output := d.shape.Shape(input)
		for _, g := range output.Glyphs {
			advance, _ := f.step(g)
			width += advance
		}
		runs = append(runs, run{output.Glyphs, f})
	}
	if direction == di.DirectionRTL {
		for i, j := 0, len(runs)-1; i < j; i, j = i+1, j-1 {
			runs[i], runs[j] = runs[j], runs[i]
		}
	}
	return runs, width
}

// rightToLeft tells whether a word begins in a script that is written so.
func rightToLeft(word string) bool {
	for _, r := range word {
		switch language.LookupScript(r) {
		case language.Arabic, language.Hebrew, language.Syriac, language.Thaana, language.Nko:
			return true
		case language.Common, language.Inherited, language.Unknown:
		default:
			return false
		}
	}
	return false
}

// fontmap chooses the fonts of a word's letters.
type fontmap struct{ d *Drawer }

func (m fontmap) ResolveFace(r rune) *font.Face {
	if f := m.d.faceOf(r); f != nil {
		return f.Face
	}
	return m.d.faces[0].Face // has a box for it
}

// fitted is the face with its size.
func (d *Drawer) fitted(f *font.Face) face {
	for i := range d.faces {
		if d.faces[i].Face == f {
			return d.faces[i]
		}
	}
	return d.faces[0]
}

// faceOf returns the first font that has the rune, nil if none has.
func (d *Drawer) faceOf(r rune) *face {
	if !d.loaded {
		d.loaded = true
		d.faces = ownFaces()
	}
	for seen := 0; ; {
		for i := range d.faces[seen:] {
			if _, ok := d.faces[seen+i].NominalGlyph(r); ok {
				return &d.faces[seen+i]
			}
		}
		if len(d.system) == 0 || r < utf8.RuneSelf {
			return nil
		}
		seen = len(d.faces)
		d.faces = append(d.faces, facesOf(d.system[0])...)
		d.system = d.system[1:]
	}
}

// draw fills the outlines of a word: in the middle of its columns, stretched to the box.
func (d *Drawer) draw(k key) *escpos.Image {
	runs, width := d.runs(k.word)
	room := float32(columns(width) * cellWidth)
	scaleX, scaleY := float32(k.width)/room, float32(k.height)/cellHeight
	x := max(room-width, 0) / 2
	if width > room {
		scaleX *= room / width
	}
	d.fill.Reset(k.width, k.height)
	for _, r := range runs {
		unit := r.face.size / float32(r.face.Upem())
		for _, g := range r.glyphs {
			advance, before := r.face.step(g)
			left, base := x-before+float32(g.XOffset)/64, r.face.baseline-float32(g.YOffset)/64
			d.outline(r.face, g.GlyphID, func(p opentype.SegmentPoint) (float32, float32) {
				return (left + p.X*unit) * scaleX, (base - p.Y*unit) * scaleY
			})
			x += advance
		}
	}
	mask := image.NewAlpha(image.Rect(0, 0, k.width, k.height))
	d.fill.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	smear := 0
	if k.bold { // most of the fonts have no bold letters
		smear = max(int(scaleX+0.5), 1)
	}
	return threshold(mask, smear)
}

// outline adds a glyph to what is filled.
func (d *Drawer) outline(f face, glyph font.GID, place func(opentype.SegmentPoint) (x, y float32)) {
	outline, ok := f.GlyphData(glyph).(font.GlyphOutline)
	if !ok {
		return
	}
	for _, s := range outline.Segments {
		ax, ay := place(s.Args[0])
		bx, by := place(s.Args[1])
		cx, cy := place(s.Args[2])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			d.fill.ClosePath()
			d.fill.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			d.fill.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			d.fill.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			d.fill.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	d.fill.ClosePath()
}

// threshold makes dots of a mask, and each wider to the right by some.
func threshold(mask *image.Alpha, smear int) *escpos.Image {
	width, height := mask.Rect.Dx(), mask.Rect.Dy()
	each := (width + 7) / 8
	to := &escpos.Image{Width: width, Height: height, Bits: make([]byte, each*height)}
	for y := range height {
		for x := range width {
			if mask.Pix[y*mask.Stride+x] < dark {
				continue
			}
			for at := x; at <= min(x+smear, width-1); at++ {
				to.Bits[y*each+at/8] |= 0x80 >> (at % 8)
			}
		}
	}
	return to
}
