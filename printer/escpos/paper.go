package escpos

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Ticket is a piece of paper as a [Decoder] saw it printed, and what happened
// meanwhile.
type Ticket struct {
	Lines []Line
	Feed  int // white between the last line and the cut, in dots (ESC J, GS V)
	Cut   Cut // CutNone if the stream ended without a cut

	Beeps []Beep
	Kicks []Kick

	// Unknown holds the first two bytes of each command the decoder does not
	// know; it took what followed for text.
	Unknown [][2]byte
}

// Line is a printed line; without spans, image and codes it is blank.
type Line struct {
	Align      Alignment
	UpsideDown bool // the whole line is turned by 180 degrees (ESC {)
	Above      int  // white above it, in dots (ESC J)
	Spans      []Span

	// Image stands behind the text: one of GS v 0 or GS ( L, which has a line of its own, or
	// all of ESC * in a line, which may share it.
	Image *Image
	// QR and Barcode have a line of their own.
	QR      *QR
	Barcode *Barcode

	// Spacing is the way from this line to the next, in dots, if the line is not higher;
	// 0 stands for the printer's own, about a sixth of an inch (ESC 2).
	Spacing int
}

// Blank tells whether nothing is printed in the line.
func (l Line) Blank() bool {
	return len(l.Spans) == 0 && l.Image == nil && l.QR == nil && l.Barcode == nil
}

// Span is a stretch of text in one style.
type Span struct {
	Text string
	Style
	// At is where it begins, in dots from the left, if a tab or ESC $ placed it there; 0: after the
	// span before.
	At int
}

// Dots returns the width of the span's text.
func (s Span) Dots() int {
	width, _ := s.Cell()
	return utf8.RuneCountInString(s.Text) * width
}

// Style is how text looks. The zero value is not valid: Width and Height are 1 for normal text.
type Style struct {
	Width, Height            int // 1 to 8 times normal
	Bold, Reverse, Underline bool
	Rotated                  bool // each letter by 90 degrees, clockwise
	Font                     Font
	Color                    Color
}

// plain is the style that Init leaves.
var plain = Style{Width: 1, Height: 1}

// Cell returns the size of one letter in dots: 12x24 for font A and 9x17 for font B in normal size
// (escpos.md 2.1, row "font").
func (s Style) Cell() (width, height int) {
	width, height = cellWidth, cellHeight
	if s.Font == FontB {
		width, height = cellWidthB, cellHeightB
	}
	if s.Rotated {
		width, height = height, width
	}
	return width * s.Width, height * s.Height
}

// Cells of the fonts, in dots.
const (
	cellWidth, cellHeight   = 12, 24
	cellWidthB, cellHeightB = 9, 17
)

// Beep is a command to the buzzer.
type Beep struct {
	Times  int
	Tenths int // of a second, each; 0 if the command does not say
}

// Kick is a pulse for a cash drawer.
type Kick struct {
	Pin     Pin
	On, Off time.Duration
}

// String returns the text, one row for each printed line.
func (t Ticket) String() string {
	var b strings.Builder
	for _, line := range t.Lines {
		b.WriteString(line.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the text of the line, with spaces for the way to a tab stop.
func (l Line) String() string {
	var b strings.Builder
	dots := 0
	for _, span := range l.Spans {
		for ; dots+cellWidth <= span.At; dots += cellWidth {
			b.WriteByte(' ')
		}
		b.WriteString(span.Text)
		dots = max(dots, span.At) + span.Dots()
	}
	return b.String()
}

// Columns returns the width of the line's text in columns of normal size, the last one perhaps not
// full.
func (l Line) Columns() int {
	dots := 0
	for _, span := range l.Spans {
		dots = max(dots, span.At) + span.Dots()
	}
	return (dots + cellWidth - 1) / cellWidth
}
