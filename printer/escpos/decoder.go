package escpos

import (
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// ErrTruncated is the error of a stream that ends within a command.
var ErrTruncated = errors.New("stream ends within a command")

const (
	del      = 0x7F
	maxLines = 10_000 // of a ticket: 40 m of paper
)

// Decoder reads a stream as a printer would and hands out each ticket when it
// is cut. Write takes the stream in pieces of any size.
//
// It does what an [Encoder] can ask for, and images and QR codes; it skips
// barcodes and all other commands whose length it knows. Text is not wrapped:
// [Line.Columns] tells how wide a line is. A ticket of more than 10,000 lines, or
// as much paper in images, comes in parts, for a few bytes can feed many.
type Decoder struct {
	profile *Profile
	deliver func(Ticket)

	pending   []byte // a command of which the end is still to come
	skip      uint64 // payload still to come
	skipToNUL bool
	keep      bool   // the payload is not thrown away but collected,
	head      []byte // for the command that began so
	payload   []byte

	// What the printer remembers.
	style    Style
	align    Alignment
	page     *pageTable // nil: a page we do not know
	text     []byte     // of the line, since the style last changed
	spans    []Span     // of the line, before that
	above    int        // dots fed since the last line
	spacing  int        // ESC 3: dots from line to line; 0: the printer's own
	graphics graphics

	paper  Ticket
	length int // of the paper, in lines
}

var _ io.Writer = (*Decoder)(nil)

// NewDecoder returns a decoder that calls ticket, within Write, for each cut.
// The profile says which code page a number selects; it may be nil for Epson's
// numbers only.
func NewDecoder(p *Profile, ticket func(Ticket)) *Decoder {
	d := &Decoder{profile: p, deliver: ticket}
	d.reset()
	return d
}

// Decode returns the tickets in b, the last one perhaps not cut. The error is
// nil or an [ErrTruncated]; the tickets are good either way. The profile may be
// nil, as for [NewDecoder].
func Decode(p *Profile, b []byte) ([]Ticket, error) {
	var tickets []Ticket
	d := NewDecoder(p, func(t Ticket) { tickets = append(tickets, t) })
	d.consume(b)
	err := d.Close()
	return tickets, err
}

// Write decodes the next piece of the stream. It never fails.
func (d *Decoder) Write(b []byte) (int, error) {
	d.consume(b)
	return len(b), nil
}

// Close ends the stream: what was printed since the last cut, if anything, is
// handed out as a ticket. It returns an [ErrTruncated] if the stream ended
// within a command. After it the decoder is as new.
func (d *Decoder) Close() error {
	var err error
	switch {
	case len(d.pending) > 0:
		err = fmt.Errorf("escpos: %w, after % X", ErrTruncated, d.pending)
	case d.skip > 0:
		err = fmt.Errorf("escpos: %w, %d bytes short", ErrTruncated, d.skip)
	case d.skipToNUL:
		err = fmt.Errorf("escpos: %w, before its final zero", ErrTruncated)
	}
	d.pending, d.skip, d.skipToNUL = d.pending[:0], 0, false
	d.keep, d.payload = false, d.payload[:0]

	if d.midLine() {
		d.endLine()
	}
	if len(d.paper.Lines)+len(d.paper.Beeps)+len(d.paper.Kicks)+len(d.paper.Unknown) > 0 {
		d.endTicket(CutNone, 0)
	}
	d.paper, d.length, d.above = Ticket{}, 0, 0
	d.reset()
	return err
}

func (d *Decoder) consume(b []byte) {
	if len(d.pending) > 0 {
		d.pending = append(d.pending, b...)
		b = d.pending
	}
	for len(b) > 0 {
		n := d.step(b)
		if n == 0 {
			break
		}
		b = b[n:]
	}
	d.pending = append(d.pending[:0], b...)
}

// step acts on the first item of b and returns its length, 0 if it goes on
// beyond b.
func (d *Decoder) step(b []byte) int {
	switch {
	case d.skip > 0:
		n := min(d.skip, uint64(len(b)))
		d.skip -= n
		if d.keep {
			d.collect(b[:n])
		}
		return int(n)
	case d.skipToNUL:
		d.skipToNUL = b[0] != 0
		return 1
	}
	switch c := b[0]; {
	case c == dle || c == esc || c == fs || c == gs:
		reach := measure(b)
		if reach.head == 0 {
			return 0
		}
		d.skip, d.skipToNUL = reach.payload, reach.toNUL
		if d.keep = reach.keep && reach.payload > 0; d.keep {
			d.head = append(d.head[:0], b[:reach.head]...)
		}
		if reach.unknown {
			d.paper.Unknown = append(d.paper.Unknown, [2]byte{b[0], b[1]})
		} else {
			d.command(b[:reach.head])
		}
		return reach.head
	case c == '\n':
		d.endLine()
	case c == '\t': // no tab stops: one space
		d.text = append(d.text, ' ')
	case c < ' ' || c == del:
	case c < del:
		d.text = append(d.text, c)
	default:
		d.text = utf8.AppendRune(d.text, d.page.decode(c))
	}
	return 1
}

// collect keeps a piece of the payload and acts on it with the last one.
func (d *Decoder) collect(b []byte) {
	d.payload = append(d.payload, b...)
	if d.skip == 0 {
		d.graphic(d.head, d.payload)
		d.keep, d.payload = false, d.payload[:0]
	}
}

func (d *Decoder) command(b []byte) {
	switch b[0] {
	case esc:
		d.escape(b)
	case gs:
		switch b[1] {
		case '!':
			d.restyle(func(s *Style) { s.Width, s.Height = int(b[2]>>4&7)+1, int(b[2]&7)+1 })
		case 'B':
			d.restyle(func(s *Style) { s.Reverse = b[2]&1 != 0 })
		case 'V':
			d.cut(b)
		}
	}
}

func (d *Decoder) escape(b []byte) {
	switch b[1] {
	case '@':
		d.reset()
	case '!':
		d.restyle(func(s *Style) {
			s.Bold, s.Underline = b[2]&0x08 != 0, b[2]&0x80 != 0
			s.Height, s.Width = 1+int(b[2]>>4&1), 1+int(b[2]>>5&1)
		})
	case 'E', 'G': // double-strike looks like bold
		d.restyle(func(s *Style) { s.Bold = b[2]&1 != 0 })
	case '-':
		d.restyle(func(s *Style) { s.Underline = b[2] != 0 && b[2] != '0' })
	case 'a':
		if a := Alignment(b[2] &^ '0'); a <= Right && !d.midLine() {
			d.align = a
		}
	case 't':
		d.page = tableOfNumber(d.profile, b[2])
	case 'd':
		d.feedLines(int(b[2]))
	case 'J':
		d.feedDots(int(b[2]))
	case '2':
		d.spacing = 0
	case '3':
		d.spacing = max(int(b[2]), 1)
	case 'i':
		d.endTicket(CutFull, 0)
	case 'm':
		d.endTicket(CutPartial, 0)
	case 'B':
		d.paper.Beeps = append(d.paper.Beeps, Beep{Times: int(b[2]), Tenths: int(b[3])})
	case '(':
		if len(b) == 9 && b[2] == 'A' && b[5] == 48 {
			d.paper.Beeps = append(d.paper.Beeps, Beep{Times: int(b[7]), Tenths: int(b[8])})
		}
	case 'p':
		d.paper.Kicks = append(d.paper.Kicks, Kick{
			Pin: Pin(b[2] &^ '0'),
			On:  time.Duration(b[3]) * pulseUnit,
			Off: time.Duration(b[4]) * pulseUnit,
		})
	}
}

func (d *Decoder) cut(b []byte) {
	feed := 0
	if len(b) > 3 {
		feed = int(b[3])
	}
	switch b[2] {
	case 0, '0', 65, 97, 103:
		d.endTicket(CutFull, feed)
	case 1, '1', 66, 98, 104:
		d.endTicket(CutPartial, feed)
	}
}

// reset is ESC @: modes back to default, the unprinted line lost.
func (d *Decoder) reset() {
	d.style = Style{Width: 1, Height: 1}
	d.align = Left
	d.page = tableOf(PC437)
	d.text, d.spans = d.text[:0], nil
	d.spacing, d.graphics = 0, newGraphics()
}

func (d *Decoder) midLine() bool {
	return len(d.text) > 0 || len(d.spans) > 0 || len(d.graphics.columns) > 0
}

func (d *Decoder) restyle(change func(*Style)) {
	d.closeSpan()
	change(&d.style)
}

// closeSpan makes a span of the text collected; one span with the last if no
// style changed in effect.
func (d *Decoder) closeSpan() {
	if len(d.text) == 0 {
		return
	}
	if last := len(d.spans) - 1; last >= 0 && d.spans[last].Style == d.style {
		d.spans[last].Text += string(d.text)
	} else {
		d.spans = append(d.spans, Span{Text: string(d.text), Style: d.style})
	}
	d.text = d.text[:0]
}

func (d *Decoder) endLine() {
	d.closeSpan()
	line := Line{Spans: d.spans, Image: d.takeColumns(), Spacing: d.spacing}
	d.spans = nil
	d.put(line)
}

// put adds a line where the paper is now.
func (d *Decoder) put(line Line) {
	line.Align, line.Above = d.align, d.above
	d.above = 0
	d.paper.Lines = append(d.paper.Lines, line)
	if d.length++; d.length >= maxLines {
		d.endTicket(CutNone, 0)
	}
}

// feedDots is ESC J: a waiting line is followed by these dots in place of its spacing.
func (d *Decoder) feedDots(n int) {
	if !d.midLine() {
		d.above += n
		return
	}
	usual := d.spacing
	d.spacing = max(n, 1)
	d.endLine()
	d.spacing = usual
}

// feedLines is ESC d: the waiting line is the first of n.
func (d *Decoder) feedLines(n int) {
	if d.midLine() {
		d.endLine()
		n--
	}
	for range n {
		d.endLine()
	}
}

func (d *Decoder) endTicket(cut Cut, feed int) {
	if d.midLine() {
		d.endLine()
	}
	d.paper.Cut, d.paper.Feed = cut, d.above+feed
	ticket := d.paper
	d.paper, d.length, d.above = Ticket{}, 0, 0
	d.deliver(ticket)
}
