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
// It does what an [Encoder] can ask for; it skips images, barcodes and all other
// commands whose length it knows. Text is not wrapped: [Line.Columns] tells how
// wide a line is. A ticket of more than 10,000 lines comes in parts, for a few
// bytes can feed many.
type Decoder struct {
	profile *Profile
	deliver func(Ticket)

	pending   []byte // a command of which the end is still to come
	skip      uint64 // payload still to be thrown away
	skipToNUL bool

	// What the printer remembers.
	style Style
	align Alignment
	page  *pageTable // nil: a page we do not know
	text  []byte     // of the line, since the style last changed
	spans []Span     // of the line, before that
	above int        // dots fed since the last line
	paper Ticket
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

	if d.midLine() {
		d.endLine()
	}
	if len(d.paper.Lines)+len(d.paper.Beeps)+len(d.paper.Kicks)+len(d.paper.Unknown) > 0 {
		d.endTicket(CutNone, 0)
	}
	d.paper, d.above = Ticket{}, 0
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
		if d.midLine() {
			d.endLine()
		}
		d.above += int(b[2])
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
}

func (d *Decoder) midLine() bool { return len(d.text) > 0 || len(d.spans) > 0 }

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
	d.paper.Lines = append(d.paper.Lines, Line{Align: d.align, Above: d.above, Spans: d.spans})
	d.spans, d.above = nil, 0
	if len(d.paper.Lines) >= maxLines {
		d.endTicket(CutNone, 0)
	}
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
	d.paper, d.above = Ticket{}, 0
	d.deliver(ticket)
}
