package virtual

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"

	"comptoir/printer/escpos"
)

const (
	minColumns = maxScale // the largest letter fits
	maxColumns = 128
	narrow     = 32 // columns of 58 mm paper

	margin       = 32 // dots beside the print; 80 mm of paper have 48 columns between them
	narrowMargin = 40 // of 58 mm
	topMargin    = 40 // the head cannot print nearer to the cut
	maxHeight    = 20_000

	toothWidth, toothHeight = 16, 8 // of the cut
)

// The dots of a picture are indexes into a palette.
const (
	nothing = 0 // beyond the cut, transparent
	white   = 1 // paper; white+black is a printed dot
	black   = 14
	red     = white + black + 1 // paper again; red+black is a dot of a red ribbon
)

// Painter draws tickets as they look on paper, one pixel for each dot. It remembers the letters
// it has drawn, so it is worth keeping. Its methods may be called at the same time.
type Painter struct {
	mu      sync.Mutex
	letters typesetter
}

// NewPainter returns a painter.
func NewPainter() *Painter { return &Painter{letters: newTypesetter()} }

// Picture draws a ticket on paper of that many columns, by a painter of its own.
func Picture(t escpos.Ticket, columns int) image.Image { return NewPainter().Picture(t, columns) }

// Picture draws a ticket on paper of that many columns: 32 on 58 mm, 48 on 80 mm. What is too
// wide goes on in the next line, as on printers. The edge of a cut is transparent between its
// teeth. Paper of more than 20,000 dots (2.5 m) is drawn up to there.
func (p *Painter) Picture(t escpos.Ticket, columns int) image.Image {
	paper := p.paint(t, columns)
	picture := image.NewRGBA(paper.Rect)
	for i, index := range paper.Pix { // an RGBA is what screens draw fastest
		c := paper.Palette[index].(color.RGBA)
		picture.Pix[4*i], picture.Pix[4*i+1], picture.Pix[4*i+2], picture.Pix[4*i+3] = c.R, c.G, c.B, c.A
	}
	return picture
}

// PNG writes the picture of a ticket.
func (p *Painter) PNG(w io.Writer, t escpos.Ticket, columns int) error {
	if err := png.Encode(w, p.paint(t, columns)); err != nil {
		return fmt.Errorf("virtual printer: writing a picture: %w", err)
	}
	return nil
}

// palette is nothing, then paper to ink, and the same in red if the ticket has some. A print is as
// dark as #111.
func palette(t escpos.Ticket) color.Palette {
	colours := color.Palette{nothing: color.RGBA{}}
	for darkness := range black + 1 {
		grey := uint8(255 - 17*darkness)
		colours = append(colours, color.RGBA{grey, grey, grey, 255})
	}
	if !hasRed(t) {
		return colours // 16 make small files
	}
	for darkness := range black + 1 {
		pale := uint8(255 - 17*darkness)
		colours = append(colours, color.RGBA{255 - uint8(4*darkness), pale, pale, 255})
	}
	return colours
}

func hasRed(t escpos.Ticket) bool {
	for _, line := range t.Lines {
		for _, span := range line.Spans {
			if span.Color == escpos.Red {
				return true
			}
		}
	}
	return false
}

func (p *Painter) paint(t escpos.Ticket, columns int) *image.Paletted {
	columns = min(max(columns, minColumns), maxColumns)
	side := margin
	if columns <= narrow {
		side = narrowMargin
	}
	rows, height := arrange(t, columns)

	p.mu.Lock()
	defer p.mu.Unlock()
	paper := image.NewPaletted(image.Rect(0, 0, columns*cellWidth+2*side, height), palette(t))
	for i := range paper.Pix {
		paper.Pix[i] = white
	}
	printed := paper.SubImage(image.Rect(side, 0, side+columns*cellWidth, height)).(*image.Paletted)
	for i := range rows {
		if rows[i].turned {
			p.turned(printed, rows[i])
		} else {
			p.row(printed, &rows[i])
		}
	}
	if t.Cut != escpos.CutNone {
		cut(paper)
	}
	return paper
}

// turned draws a row upside down: what is its left stands at the right.
func (p *Painter) turned(paper *image.Paletted, r row) {
	top := r.top
	r.top = 0
	upright := image.NewPaletted(image.Rect(0, 0, paper.Rect.Dx(), r.height), paper.Palette)
	for i := range upright.Pix {
		upright.Pix[i] = white
	}
	p.row(upright, &r)
	for y := 0; y < r.height && top+y < paper.Rect.Max.Y; y++ {
		at := paper.PixOffset(paper.Rect.Min.X, top+y)
		from := upright.Pix[(r.height-1-y)*upright.Stride : (r.height-y)*upright.Stride]
		for x := range from {
			paper.Pix[at+x] = from[len(from)-1-x]
		}
	}
}

// row is drawn from its left and top on; its letters stand on its bottom.
func (p *Painter) row(paper *image.Paletted, r *row) {
	bottom := r.top + r.height
	for _, span := range r.spans {
		left := paper.Rect.Min.X + r.left + span.left
		width, height := span.Cell()
		ground := uint8(white)
		if span.Color == escpos.Red {
			ground = red
		}
		for _, letter := range span.Text {
			g := p.letters.glyph(glyphKey{letter, span.Bold, width, height, span.Rotated})
			stamp(paper, left, bottom-height, width, g, ground, span.Reverse)
			if span.Underline && !span.Reverse { // printers do not underline white on black
				line := image.Rect(left, bottom-2, left+width, bottom)
				fill(paper, line, ground+black)
			}
			left += width
		}
	}
	left := paper.Rect.Min.X + r.left + r.imageLeft
	if r.image != nil {
		for y := range min(r.image.Height, paper.Rect.Max.Y-r.top) { // it may be longer than the paper
			for x := range min(r.image.Width, paper.Rect.Max.X-left) {
				if r.image.Black(x, y) {
					paper.SetColorIndex(left+x, bottom-r.image.Height+y, white+black)
				}
			}
		}
	}
}

// stamp draws a glyph; where the paper has ended it is cut off.
func stamp(paper *image.Paletted, left, top, width int, g glyph, ground uint8, reverse bool) {
	for y := 0; y < len(g)/width && top+y < paper.Rect.Max.Y; y++ {
		at := paper.PixOffset(left, top+y)
		to := paper.Pix[at : at+width]
		for x, darkness := range g[y*width : (y+1)*width] {
			if reverse {
				darkness = black - darkness
			}
			to[x] = ground + darkness
		}
	}
}

func fill(paper *image.Paletted, area image.Rectangle, index uint8) {
	area = area.Intersect(paper.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			paper.SetColorIndex(x, y, index)
		}
	}
}

// cut gives the paper teeth at its end.
func cut(paper *image.Paletted) {
	top := paper.Rect.Max.Y - toothHeight
	for x := range paper.Rect.Max.X {
		// 0 where a tooth is longest, then one dot less each.
		away := abs(x%toothWidth - toothWidth/2)
		fill(paper, image.Rect(x, top+toothHeight-away, x+1, paper.Rect.Max.Y), nothing)
	}
}

func abs(n int) int { return max(n, -n) }
