package virtual

import (
	"rsc.io/qr"

	"comptoir/printer/escpos"
)

// lineSpacing is the way from line to line that printers are set to, in dots.
const lineSpacing = 30

// row is what is printed side by side, placed on paper.
type row struct {
	top, left     int // left from the edge of what is printable
	width, height int
	spans         []escpos.Span
	image         *escpos.Image
}

// arrange places the lines of a ticket, and tells how long the paper is.
func arrange(t escpos.Ticket, columns int) (rows []row, height int) {
	y := topMargin
	for i := range t.Lines {
		line := &t.Lines[i]
		y += max(line.Above, 0)
		for _, r := range rowsOf(line, columns*cellWidth) {
			if y >= maxHeight {
				return rows, maxHeight
			}
			free := max(columns*cellWidth-r.width, 0)
			switch line.Align {
			case escpos.Center:
				r.left = free / 2
			case escpos.Right:
				r.left = free
			}
			r.top = y
			y += max(r.height, spacing(line))
			rows = append(rows, r)
		}
	}
	y += max(t.Feed, 0)
	if t.Cut != escpos.CutNone {
		y += toothHeight
	}
	return rows, min(y, maxHeight)
}

func spacing(line *escpos.Line) int {
	switch {
	case line.QR != nil:
		return 0
	case line.Spacing > 0:
		return line.Spacing
	}
	return lineSpacing
}

// rowsOf breaks a line where the paper ends, by letters as printers do. It has one row at least.
func rowsOf(line *escpos.Line, width int) []row {
	if line.QR != nil {
		return []row{codeRow(line.QR, width)}
	}
	rows := []row{{}}
	last := &rows[0]
	for _, span := range line.Spans {
		span.Width, span.Height = scale(span.Width), scale(span.Height)
		letters := []rune(span.Text)
		for len(letters) > 0 {
			n := min((width-last.width)/(span.Width*cellWidth), len(letters))
			if n > 0 {
				part := span
				part.Text = string(letters[:n])
				letters = letters[n:]
				last.spans = append(last.spans, part)
				last.width += n * span.Width * cellWidth
				last.height = max(last.height, span.Height*cellHeight)
			}
			if len(letters) > 0 {
				rows = append(rows, row{})
				last = &rows[len(rows)-1]
			}
		}
	}
	if line.Image != nil {
		last.image = line.Image
		last.width += line.Image.Width
		last.height = max(last.height, line.Image.Height)
	}
	return rows
}

func scale(times int) int { return min(max(times, 1), maxScale) }

// codeRow is empty for a code that is too large for the paper: printers leave it out.
func codeRow(code *escpos.QR, width int) row {
	level := qr.L
	switch code.Level {
	case 'M':
		level = qr.M
	case 'Q':
		level = qr.Q
	case 'H':
		level = qr.H
	}
	squares, err := qr.Encode(code.Data, level)
	if err != nil || code.Module < 1 || squares.Size*code.Module > width {
		return row{}
	}
	size := squares.Size * code.Module
	stride := (size + 7) / 8
	image := &escpos.Image{Width: size, Height: size, Bits: make([]byte, stride*size)}
	for y := range size {
		for x := range size {
			if squares.Black(x/code.Module, y/code.Module) {
				image.Bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return row{width: size, height: size, image: image}
}
