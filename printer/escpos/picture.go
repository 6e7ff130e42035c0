package escpos

import (
	"errors"
	"fmt"
	"image"
)

const (
	maxImageRows = 8192    // 1 m of paper
	maxSource    = 1 << 15 // pixels, on each side
	columnMode   = 33      // of ESC *: 24 dots, all dots across
	columnFeed   = 16      // ESC 3 for bands of column images (escpos.md 2.1, row "column image")
)

// Image prints a picture, made smaller if it is wider than the paper, in black
// and white by [Dither]. It ends the line. (GS v 0, GS ( L or ESC *, in bands)
func (e *Encoder) Image(picture image.Image) {
	dots, err := Dither(picture, e.profile.dots())
	if err != nil {
		e.fail("%w", err)
		return
	}
	e.startLine()
	e.print(dots)
}

// Bitmap prints an image dot by dot; it is an error if it is wider than the paper.
// It ends the line. (GS v 0, GS ( L or ESC *, in bands)
func (e *Encoder) Bitmap(b *Image) {
	switch {
	case b == nil || b.Width < 1 || b.Height < 1 || b.Width > e.profile.dots() || b.Height > maxImageRows:
		e.fail("no bitmap of up to %dx%d dots", e.profile.dots(), maxImageRows)
	case len(b.Bits) < stride(b.Width)*b.Height:
		e.fail("bitmap of %dx%d dots with %d bytes", b.Width, b.Height, len(b.Bits))
	default:
		e.startLine()
		e.print(b)
	}
}

// print sends an image, which begins at the start of a line, in bands that the
// printer takes.
func (e *Encoder) print(b *Image) {
	if e.profile.Image == ImageColumn {
		e.printColumns(b)
		return
	}
	each := stride(b.Width)
	rows := e.profile.bandRows()
	if e.profile.Image == ImageGraphics {
		rows = max(min(rows, (maxPosition-graphicsHead)/each), 1)
	}
	for top := 0; top < b.Height; top += rows {
		height := min(rows, b.Height-top)
		bits := b.Bits[top*each : (top+height)*each]
		if e.profile.Image == ImageGraphics {
			length := graphicsHead + len(bits)
			e.buf = append(e.buf, gs, '(', 'L', byte(length), byte(length>>8), '0', 'p', '0', 1, 1, '1',
				byte(b.Width), byte(b.Width>>8), byte(height), byte(height>>8))
			e.buf = append(e.buf, bits...)
			e.buf = append(e.buf, gs, '(', 'L', 2, 0, '0', '2')
		} else {
			e.buf = append(e.buf, gs, 'v', '0', 0, byte(each), byte(each>>8), byte(height), byte(height>>8))
			e.buf = append(e.buf, bits...)
		}
	}
}

const graphicsHead = 10 // bytes of GS ( L before the bits

// printColumns prints bands of 24 rows, each by a line of column images.
func (e *Encoder) printColumns(b *Image) {
	e.sendSpacing(columnFeed)
	for top := 0; top < b.Height; top += columnDots {
		e.buf = append(e.buf, esc, '*', columnMode, byte(b.Width), byte(b.Width>>8))
		for x := range b.Width {
			for y := top; y < top+columnDots; y += 8 {
				var eight byte
				for i := range 8 {
					if b.Black(x, y+i) {
						eight |= 0x80 >> i
					}
				}
				e.buf = append(e.buf, eight)
			}
		}
		e.buf = append(e.buf, basic.lineFeed)
	}
	e.sendSpacing(e.spacing)
}

// Dither makes the dots of a picture, which it makes smaller if it is wider than
// a number of dots. What is transparent is white, and what is grey becomes dots
// by error diffusion (Floyd and Steinberg). A picture is at most 32768 pixels
// wide and high, and what it becomes 8192 rows.
func Dither(picture image.Image, width int) (*Image, error) {
	if picture == nil {
		return nil, errors.New("no picture")
	}
	from := picture.Bounds()
	if from.Empty() || width < 1 || from.Dx() > maxSource || from.Dy() > maxSource {
		return nil, fmt.Errorf("picture of %dx%d pixels for %d dots, not 1 to %d", from.Dx(), from.Dy(), width, maxSource)
	}
	width = min(width, from.Dx())
	height := max(from.Dy()*width/from.Dx(), 1)
	if height > maxImageRows {
		return nil, fmt.Errorf("picture of %d rows, not up to %d", height, maxImageRows)
	}
	to := newImage(width, height)
	// The errors of this row and the next, in sixteenths; a column more at each side.
	now, next := make([]int, width+2), make([]int, width+2)
	for y := range height {
		rows := image.Rect(0, from.Min.Y+y*from.Dy()/height, 0, from.Min.Y+(y+1)*from.Dy()/height)
		for x := range width {
			area := rows
			area.Min.X, area.Max.X = from.Min.X+x*from.Dx()/width, from.Min.X+(x+1)*from.Dx()/width
			light := lightness(picture, area) + now[x+1]/16
			missed := light
			if light < whiteLight/2 {
				to.blacken(x, y)
			} else {
				missed -= whiteLight
			}
			now[x+2] += missed * 7
			next[x] += missed * 3
			next[x+1] += missed * 5
			next[x+2] += missed
		}
		now, next = next, now
		clear(next)
	}
	return to, nil
}

const whiteLight = 0xFFFF

// lightness is the mean of an area on white paper, 0 to 0xFFFF.
func lightness(picture image.Image, area image.Rectangle) int {
	sum := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, a := picture.At(x, y).RGBA()
			sum += (299*int(r)+587*int(g)+114*int(b))/1000 + whiteLight - int(a)
		}
	}
	return sum / max(area.Dx()*area.Dy(), 1)
}
