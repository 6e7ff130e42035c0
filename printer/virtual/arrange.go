package virtual

import "comptoir/printer/escpos"

// lineSpacing is the way from line to line that printers are set to, in dots.
const lineSpacing = 30

// row is what is printed side by side, placed on paper.
type row struct {
	top, left     int // left from the edge of what is printable
	width, height int
	spans         []placed
	image         *escpos.Image
	imageLeft     int  // from the left of the row
	turned        bool // upside down
}

// placed is a span and where it begins, in dots from the left of its row.
type placed struct {
	escpos.Span
	left int
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
			r.top, r.turned = y, line.UpsideDown
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
	case line.QR != nil || line.Barcode != nil:
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
	if line.Barcode != nil {
		return barcodeRows(line.Barcode, width)
	}
	rows := []row{{}}
	last := &rows[0]
	for _, span := range line.Spans {
		span.Width, span.Height = scale(span.Width), scale(span.Height)
		wide, high := span.Cell()
		letters := []rune(span.Text)
		left := last.width
		if span.At > 0 && span.At < width {
			left = span.At
		}
		for len(letters) > 0 {
			if n := min((width-left)/wide, len(letters)); n > 0 {
				part := placed{span, left}
				part.Text = string(letters[:n])
				letters = letters[n:]
				last.spans = append(last.spans, part)
				last.width = max(last.width, left+n*wide)
				last.height = max(last.height, high)
			}
			if len(letters) > 0 {
				rows = append(rows, row{})
				last = &rows[len(rows)-1]
				left = 0
			}
		}
	}
	if line.Image != nil {
		last.image, last.imageLeft = line.Image, last.width
		last.width += line.Image.Width
		last.height = max(last.height, line.Image.Height)
	}
	return rows
}

func scale(times int) int { return min(max(times, 1), maxScale) }

// codeRow is empty for a code that is too large for the paper: printers leave it out.
func codeRow(code *escpos.QR, width int) row {
	image := code.Image()
	if image == nil || image.Width > width {
		return row{}
	}
	return row{width: image.Width, height: image.Height, image: image}
}

// barcodeRows are the bars and the text above and below them; empty like codeRow.
func barcodeRows(code *escpos.Barcode, width int) []row {
	modules, err := code.Bars()
	wide := len(modules) * code.Module
	if err != nil || code.Module < 1 || code.Height < 1 || code.Height > maxBars || wide > width {
		return []row{{}}
	}
	stride := (wide + 7) / 8
	bars := &escpos.Image{Width: wide, Height: code.Height, Bits: make([]byte, stride*code.Height)}
	for y := range code.Height {
		for x := range wide {
			if modules[x/code.Module] {
				bars.Bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	rows := []row{{width: wide, height: code.Height, image: bars}}
	letters := []rune(code.Data)
	text := row{width: wide, height: cellHeight}
	text.spans = []placed{{
		escpos.Span{Text: string(letters[:min(len(letters), width/cellWidth)]), Style: escpos.Style{Width: 1, Height: 1}},
		max((wide-len(letters)*cellWidth)/2, 0),
	}}
	if code.Text == escpos.TextAbove || code.Text == escpos.TextBoth {
		rows = append([]row{text}, rows...)
	}
	if code.Text == escpos.TextBelow || code.Text == escpos.TextBoth {
		rows = append(rows, text)
	}
	return rows
}

const maxBars = 255 // dots of their height
