package escpos

import "unicode/utf8"

// pendingLine is what an encoder remembers of the line it is in, for the case that a part of it has
// to be drawn: then the whole line becomes an image, for only so text of any size and direction
// stands where it belongs.
type pendingLine struct {
	spans []pendingSpan
	drawn bool
}

// pendingSpan is text, or a way to go, that stands in the buffer from one byte to another.
type pendingSpan struct {
	text     string
	style    Style
	tab      bool
	at       int // with neither text nor tab: dots from the left
	from, to int
}

func (l *pendingLine) add(s pendingSpan) { l.spans = append(l.spans, s) }

func (l *pendingLine) forget() { l.spans, l.drawn = l.spans[:0], false }

func (e *Encoder) remember(s string, from int) {
	if s != "" {
		e.pending.add(pendingSpan{text: s, style: e.style, from: from, to: len(e.buf)})
	}
}

// drawLine ends a line of which a part has to be drawn: its text goes out of the buffer, its
// commands stay, and an image follows them.
func (e *Encoder) drawLine() {
	spans := e.pending.spans
	kept := e.buf[:spans[0].from]
	for i, span := range spans {
		end := len(e.buf)
		if i+1 < len(spans) {
			end = spans[i+1].from
		}
		kept = append(kept, e.buf[span.to:end]...)
	}
	e.buf = kept
	rows := e.rows(spans)
	e.lineEnded()
	for _, row := range rows {
		e.print(e.picture(row))
	}
}

// cell is a letter or a drawn word in its place.
type cell struct {
	text          string // "" for white
	style         Style
	span          int // number of its span: text of several does not mix
	width, height int // dots
}

// rows places the spans of a line in cells, and breaks it where the paper ends, as printers do.
func (e *Encoder) rows(spans []pendingSpan) [][]cell {
	rows := [][]cell{nil}
	used := 0
	put := func(c cell) {
		if used > 0 && used+c.width > e.profile.dots() {
			rows, used = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], c)
		used += c.width
	}
	for i, span := range spans {
		if span.text == "" {
			at := span.at
			if span.tab {
				at = e.tabAfter(used)
			}
			if at > used && at < e.profile.dots() {
				put(cell{span: i, width: at - used})
			}
			continue
		}
		style := span.style
		style.Rotated = false
		width, height := style.Cell()
		e.profile.spell(span.text, func(part piece) {
			switch part.page {
			case drawnPage:
				columns := max(e.profile.Drawer.Columns(part.text), 1)
				put(cell{part.text, style, i, min(columns*width, e.profile.dots()), height})
			case anyPage:
				for at := range len(part.text) {
					put(cell{part.text[at : at+1], style, i, width, height})
				}
			default:
				put(cell{string(part.r), style, i, width, height})
			}
		})
	}
	return rows
}

// tabAfter is the first tab stop beyond some dots, or just where we are.
func (e *Encoder) tabAfter(used int) int {
	for i := range len(e.tabs) {
		if at := int(e.tabs[i]) * cellWidth; at > used {
			return at
		}
	}
	return used
}

// picture draws a row of cells as a printer would print it, with the white to the next line.
func (e *Encoder) picture(row []cell) *Image {
	width, height := 0, 0
	for _, c := range row {
		width += c.width
		height = max(height, c.height)
	}
	spacing := e.spacing
	if spacing == 0 {
		spacing = lineSpacing
	}
	paper := newImage(min(width, e.profile.dots()), max(height, spacing))
	if e.turned {
		paper = newImage(e.profile.dots(), paper.Height)
	}
	left := 0
	for _, c := range inOrder(row) {
		e.drawCell(paper, c, left, height-c.height)
		left += c.width
	}
	if e.turned {
		return paper.turned()
	}
	return paper
}

func (e *Encoder) drawCell(paper *Image, c cell, left, top int) {
	if c.text == "" {
		return
	}
	var glyph *Image
	if c.text != " " {
		glyph = e.profile.Drawer.Draw(c.text, c.width, c.height, c.style.Bold)
	}
	for y := range c.height {
		for x := range c.width {
			ink := glyph != nil && glyph.Black(x, y)
			if c.style.Underline && !c.style.Reverse && y >= c.height-underlineDots {
				ink = true
			}
			if ink != c.style.Reverse && left+x < paper.Width {
				paper.blacken(left+x, top+y)
			}
		}
	}
}

const underlineDots = 2

// turned is the image upside down.
func (i *Image) turned() *Image {
	to := newImage(i.Width, i.Height)
	for y := range i.Height {
		for x := range i.Width {
			if i.Black(x, y) {
				to.blacken(i.Width-1-x, i.Height-1-y)
			}
		}
	}
	return to
}

// letter is the rune that a cell's direction of writing depends on.
func (c cell) letter() rune {
	if c.text == "" {
		return ' '
	}
	r, _ := utf8.DecodeRuneInString(c.text)
	return r
}
