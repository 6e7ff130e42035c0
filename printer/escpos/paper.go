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

// Line is a printed line; without spans, image and code it is blank.
type Line struct {
	Align Alignment
	Above int // white above it, in dots (ESC J)
	Spans []Span

	// Image stands behind the text: one of GS v 0 or GS ( L, which has a line of its own, or
	// all of ESC * in a line, which may share it.
	Image *Image
	QR    *QR // in a line of its own

	// Spacing is the way from this line to the next, in dots, if the line is not higher;
	// 0 stands for the printer's own, about a sixth of an inch (ESC 2).
	Spacing int
}

// Blank tells whether nothing is printed in the line.
func (l Line) Blank() bool { return len(l.Spans) == 0 && l.Image == nil && l.QR == nil }

// Span is a stretch of text in one style.
type Span struct {
	Text string
	Style
}

// Style is how text looks.
type Style struct {
	Width, Height            int // 1 to 8 times normal
	Bold, Reverse, Underline bool
}

// Beep is a command to the buzzer.
type Beep struct {
	Times  int
	Tenths int // of a second, each
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

// String returns the text of the line.
func (l Line) String() string {
	var b strings.Builder
	for _, span := range l.Spans {
		b.WriteString(span.Text)
	}
	return b.String()
}

// Columns returns the width of the line in columns of normal size.
func (l Line) Columns() int {
	columns := 0
	for _, span := range l.Spans {
		columns += utf8.RuneCountInString(span.Text) * span.Width
	}
	return columns
}
