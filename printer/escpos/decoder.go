package escpos

import (
	"errors"
	"fmt"
	"io"
	"strings"
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
// It does what an [Encoder] can ask for, and some other forms of it; it skips
// all other commands whose length it knows. Text is not wrapped:
// [Line.Columns] tells how wide a line is. A ticket of more than 10,000 lines, or
// as much paper in images, comes in parts, for a few bytes can feed many.
type Decoder struct {
	profile *Profile
	deliver func(Ticket)

	pending   []byte // a command of which the end is still to come
	skip      uint64 // payload still to come
	skipToNUL bool   // to a zero byte
	keep      bool   // the payload is not thrown away but collected,
	head      []byte // for the command that began so
	payload   []byte

	// What the printer remembers.
	style    Style
	align    Alignment
	turned   bool       // upside down
	page     *pageTable // nil: a page we do not know
	text     []byte     // of the line, since the style last changed
	at       int        // where that text was placed, 0 if it was not
	spans    []Span     // of the line, before that
	tabs     []int      // dots from the left
	above    int        // dots fed since the last line
	spacing  int        // ESC 3: dots from line to line; 0: the printer's own
	graphics graphics
	barcode  Barcode // its looks

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
		if d.keep {
			d.collectToNUL(b[0])
		}
		return 1
	}
	switch c := b[0]; {
	case c == dle || c == esc || c == fs || c == gs:
		reach := measure(b)
		if reach.head == 0 {
			return 0
		}
		d.skip, d.skipToNUL = reach.payload, reach.toNUL
		if d.keep = reach.keep && (reach.payload > 0 || reach.toNUL); d.keep {
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
	case c == '\t':
		d.tab()
	case c == bel:
		d.bell()
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

// collectToNUL keeps a byte of a payload that ends with a zero; one that is too
// long is not acted on.
func (d *Decoder) collectToNUL(c byte) {
	if c != 0 {
		if d.payload = append(d.payload, c); len(d.payload) > maxByte {
			d.keep, d.payload = false, d.payload[:0]
		}
		return
	}
	if d.head[0] == esc {
		d.tabStops(d.payload)
	} else {
		d.printBarcode(Symbology(d.head[2]+'A'), d.payload)
	}
	d.keep, d.payload = false, d.payload[:0]
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
		case 'h':
			d.barcode.Height = max(int(b[2]), 1)
		case 'w':
			if b[2] >= 2 && b[2] <= 6 {
				d.barcode.Module = int(b[2])
			}
		case 'H':
			if text := CodeText(b[2] &^ '0'); text <= TextBoth {
				d.barcode.Text = text
			}
		}
	}
}

func (d *Decoder) escape(b []byte) {
	switch b[1] {
	case '@':
		d.reset()
	case '!':
		d.restyle(func(s *Style) {
			s.Font, s.Bold, s.Underline = Font(b[2]&1), b[2]&0x08 != 0, b[2]&0x80 != 0
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
	case 'M':
		if f := Font(b[2] &^ '0'); f <= FontB {
			d.restyle(func(s *Style) { s.Font = f })
		}
	case 'V':
		d.restyle(func(s *Style) { s.Rotated = b[2]&3 != 0 })
	case 'r':
		if c := Color(b[2] &^ '0'); c <= Red {
			d.restyle(func(s *Style) { s.Color = c })
		}
	case '{':
		if !d.midLine() {
			d.turned = b[2]&1 != 0
		}
	case '$':
		d.place(int(b[2]) | int(b[3])<<8)
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
		d.beep(b)
	case 'p':
		d.paper.Kicks = append(d.paper.Kicks, Kick{
			Pin: Pin(b[2] &^ '0'),
			On:  time.Duration(b[3]) * pulseUnit,
			Off: time.Duration(b[4]) * pulseUnit,
		})
	}
}

// beep is ESC ( A: fn 48 n c t of Epson's own buzzers, fn 97 100 c t1 t2 of the
// TM-U230, fn 97 n c of the optional one (escpos.md 2.1, rows "buzzer").
func (d *Decoder) beep(b []byte) {
	var beep Beep
	switch {
	case b[2] != 'A':
		return
	case len(b) == 9 && b[5] == 48:
		beep = Beep{Times: int(b[7]), Tenths: int(b[8])}
	case len(b) == 10 && b[5] == 97 && b[6] == u230Times:
		beep = Beep{Times: int(b[7]), Tenths: int(b[8])}
	case len(b) == 8 && b[5] == 97:
		beep = Beep{Times: int(b[7])}
	default:
		return
	}
	d.paper.Beeps = append(d.paper.Beeps, beep)
}

// bell is BEL; several are one beep of so many times.
func (d *Decoder) bell() {
	if last := len(d.paper.Beeps) - 1; last >= 0 && d.paper.Beeps[last].Tenths == 0 {
		d.paper.Beeps[last].Times++
		return
	}
	d.paper.Beeps = append(d.paper.Beeps, Beep{Times: 1})
}

// tab goes to the next stop; behind the last one it does nothing.
func (d *Decoder) tab() {
	dots := d.dots()
	for _, stop := range d.tabs {
		if stop > dots {
			d.place(stop)
			return
		}
	}
}

// place lets the text go on at some dots from the left.
func (d *Decoder) place(dots int) {
	d.closeSpan()
	d.at = min(dots, maxWidth)
}

// dots is where the next letter comes.
func (d *Decoder) dots() int {
	dots := 0
	for _, span := range d.spans {
		dots = max(dots, span.At) + span.Dots()
	}
	width, _ := d.style.Cell()
	return max(dots, d.at) + utf8.RuneCount(d.text)*width
}

// tabStops is ESC D: the columns are those of the font now chosen.
func (d *Decoder) tabStops(columns []byte) {
	width, _ := d.style.Cell()
	d.tabs = d.tabs[:0]
	for i, column := range columns {
		if i >= maxTabs || i > 0 && column <= columns[i-1] {
			return
		}
		d.tabs = append(d.tabs, int(column)*width)
	}
}

// printBarcode is GS k; m of function A was made that of function B.
func (d *Decoder) printBarcode(symbology Symbology, data []byte) {
	if d.midLine() || len(data) == 0 {
		return
	}
	code := d.barcode
	code.Symbology, code.Data = symbology, string(data)
	if symbology == Code128 {
		if plain, ok := strings.CutPrefix(code.Data, code128Prefix); ok {
			code.Data = strings.ReplaceAll(plain, "{{", "{")
		}
	}
	d.length += code.Height / lineDots
	d.put(Line{Barcode: &code})
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
	d.style = plain
	d.align, d.turned, d.at = Left, false, 0
	d.tabs = d.tabs[:0]
	for _, column := range []byte(usualTabs) {
		d.tabs = append(d.tabs, int(column)*cellWidth)
	}
	d.barcode = Barcode{Height: 162, Module: 3} // of a printer just switched on
	d.page = tableOf(PC437)
	d.text, d.spans = d.text[:0], nil
	d.spacing, d.graphics = 0, newGraphics()
}

func (d *Decoder) midLine() bool {
	return len(d.text) > 0 || len(d.spans) > 0 || d.at > 0 || len(d.graphics.columns) > 0
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
	if last := len(d.spans) - 1; last >= 0 && d.at == 0 && d.spans[last].Style == d.style {
		d.spans[last].Text += string(d.text)
	} else {
		d.spans = append(d.spans, Span{Text: string(d.text), Style: d.style, At: d.at})
	}
	d.text, d.at = d.text[:0], 0
}

func (d *Decoder) endLine() {
	d.closeSpan()
	d.at = 0
	line := Line{Spans: d.spans, Image: d.takeColumns(), Spacing: d.spacing}
	d.spans = nil
	d.put(line)
}

// put adds a line where the paper is now.
func (d *Decoder) put(line Line) {
	line.Align, line.UpsideDown, line.Above = d.align, d.turned, d.above
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
