// Package escpos turns tickets into the bytes of ESC/POS receipt printers, and
// such bytes back into tickets.
//
// An [Encoder] appends commands and text to one buffer; a [Profile] says what
// the printer can do and which letters it has. A [Decoder] reads the bytes as a
// printer would: it serves tests and virtual printers. Nothing here opens a
// connection.
//
// The wire format is Epson's ESC/POS. Comments name commands by their letters
// there (GS V 66); the sources of each are the rows of escpos.md, table 2.1.
package escpos

import (
	"fmt"
	"slices"
	"time"
)

const (
	bel = 0x07
	dle = 0x10
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// Alignment is where a line stands between the margins.
type Alignment uint8

// The alignments, as ESC a numbers them.
const (
	Left Alignment = iota
	Center
	Right
)

// Pin is the contact of the drawer connector that a kick pulses.
type Pin uint8

// The pins, as ESC p numbers them.
const (
	Pin2 Pin = iota
	Pin5
)

// Font is one of the letters a printer has, of different size.
type Font uint8

// The fonts, as ESC M numbers them.
const (
	FontA Font = iota // 12x24 dots
	FontB             // 9x17
)

// Color is a colour of a ribbon.
type Color uint8

// The colours, as ESC r numbers them.
const (
	Black Color = iota
	Red
)

const (
	maxBeeps    = 9                    // the least of what the buzzers take
	maxTenths   = 9                    // likewise
	pulseUnit   = 2 * time.Millisecond // ESC p counts in these
	maxPulse    = 255 * pulseUnit      // 510 ms
	u230Times   = 100                  // ESC ( A function 97: beeps with times of their own
	optionTone  = 1                    // ESC ( A function 97: its first sound
	epsonTone   = '1'                  // ESC ( A function 48: the first sound (Epson TM-P60 guide, 4.3.3)
	unknownPage = -1                   // before Init
	maxByte     = 255
	maxTabs     = 32
	maxPosition = 65535
	usualTicket = 1024 // bytes
	lineSpacing = 30   // dots from line to line that printers are set to, about (ESC 2)
)

// Encoder builds a ticket in memory. It never panics: the first bad argument is
// kept for [Encoder.Err], its command is left out and the rest is still
// encoded, because a kitchen is better served by a plain line than by none.
//
// [NewEncoder] makes it, Reset makes it new. It is not safe for concurrent use.
type Encoder struct {
	profile    *Profile
	profileErr error
	first      *pageTable

	buf     []byte
	page    int  // index of the page now selected, or unknownPage; 0 between calls
	midLine bool // text waits in the printer for its line feed
	style   Style
	spacing int    // of LineSpacing; 0: the printer's own
	tabs    string // columns of the tab stops
	turned  bool   // upside down
	pending pendingLine
	missing []rune
	err     error
}

// NewEncoder returns an encoder for a printer. If the profile is invalid or nil,
// Err says so and the encoder works as for [Generic].
func NewEncoder(p *Profile) *Encoder {
	e := new(Encoder) // short enough to be inlined, so that e can stay off the heap
	e.make(p)
	return e
}

func (e *Encoder) make(p *Profile) {
	e.profile, e.profileErr = p, p.Validate()
	if e.profileErr != nil {
		e.profile = Generic(48)
	}
	e.first = e.profile.first()
	e.buf = make([]byte, 0, usualTicket)
	e.Reset()
}

// Init puts the printer in its default state, whatever the last job left, and
// selects the first code page. Each ticket starts with it. Text still without
// its line feed is lost. (ESC @, FS ., ESC R 0, ESC t n)
func (e *Encoder) Init() {
	e.buf = append(e.buf, basic.init...)
	if e.profile.KanjiOff {
		e.buf = append(e.buf, fs, '.')
	}
	e.buf = append(e.buf, basic.usa...)
	e.selectPage(0)
	e.midLine = false
	e.defaults()
}

// defaults are what the printer has after ESC @.
func (e *Encoder) defaults() {
	e.style, e.turned, e.spacing, e.tabs = plain, false, 0, usualTabs
	e.pending.forget()
}

// usualTabs are every 8 columns.
const usualTabs = "\x08\x10\x18\x20\x28\x30\x38\x40\x48\x50\x58\x60\x68\x70\x78"

// Text appends text to the line. It prints [Profile.Display] of s: no byte of s
// can act as a command. If the profile's [Drawer] has to draw a part of it, the
// whole line is drawn and printed as an image.
func (e *Encoder) Text(s string) {
	before := len(e.buf)
	if !e.appendQuickly(s) {
		e.profile.spell(s, e.appendPiece)
		if e.page > 0 {
			e.selectPage(0)
		}
	}
	e.added(s, before)
}

// TextWithin appends text as Text does, if it takes no more than some columns;
// else it does nothing and returns false.
func (e *Encoder) TextWithin(s string, columns int) bool {
	before := len(e.buf)
	if e.appendQuickly(s) {
		if len(e.buf)-before > columns { // a byte is a column here
			e.buf = e.buf[:before]
			return false
		}
		e.added(s, before)
		return true
	}
	if e.profile.Width(s) > columns {
		return false
	}
	e.Text(s)
	return true
}

func (e *Encoder) appendQuickly(s string) (ok bool) {
	if e.page != 0 && !isPlain(s) { // before Init
		return false
	}
	e.buf, ok = e.first.appendQuickly(e.buf, s)
	return ok
}

func (e *Encoder) added(s string, before int) {
	if len(e.buf) > before {
		e.midLine = true
	}
	if e.profile.Drawer != nil {
		e.remember(s, before)
	}
}

// Line prints the line that s ends. (LF)
func (e *Encoder) Line(s string) {
	e.Text(s)
	e.endLine()
}

func (e *Encoder) endLine() {
	if e.pending.drawn {
		e.drawLine()
		return
	}
	e.buf = append(e.buf, basic.lineFeed)
	e.lineEnded()
}

// lineEnded notes that the printer is at the start of a line.
func (e *Encoder) lineEnded() {
	e.midLine = false
	e.pending.forget()
}

// startLine ends a line that has text: what follows is ignored within one.
func (e *Encoder) startLine() {
	if e.midLine {
		e.endLine()
	}
}

func (e *Encoder) appendPiece(part piece) {
	if part.missing != 0 && !slices.Contains(e.missing, part.missing) {
		e.missing = append(e.missing, part.missing)
	}
	switch part.page {
	case drawnPage:
		e.pending.drawn, e.midLine = true, true
		return
	case anyPage:
		e.buf = append(e.buf, part.text...)
		return
	}
	if part.page != e.page {
		e.selectPage(part.page)
	}
	e.buf = append(e.buf, part.code)
}

func (e *Encoder) selectPage(i int) {
	e.buf = append(e.buf, esc, 't', e.profile.CodePages[i].Number)
	e.page = i
}

// Style gives the following text a style, by the commands for what differs from
// the last one.
func (e *Encoder) Style(s Style) {
	if s == e.style {
		return
	}
	if s.Width != e.style.Width || s.Height != e.style.Height {
		e.Size(s.Width, s.Height)
	}
	if s.Bold != e.style.Bold {
		e.Bold(s.Bold)
	}
	if s.Reverse != e.style.Reverse {
		e.Reverse(s.Reverse)
	}
	if s.Underline != e.style.Underline {
		e.Underline(s.Underline)
	}
	if s.Rotated != e.style.Rotated {
		e.Rotate(s.Rotated)
	}
	if s.Font != e.style.Font {
		e.Font(s.Font)
	}
	if s.Color != e.style.Color {
		e.Color(s.Color)
	}
}

// Size makes the following text w times as wide and h times as high, 1 to 8
// each. (GS ! n)
func (e *Encoder) Size(w, h int) {
	if w < 1 || w > 8 || h < 1 || h > 8 {
		e.fail("size %dx%d, not 1 to 8", w, h)
		return
	}
	e.send(basic.size[w-1][h-1])
	e.style.Width, e.style.Height = w, h
}

// Bold turns emphasis on or off. (ESC E n)
func (e *Encoder) Bold(on bool) {
	e.buf = append(e.buf, esc, 'E', flag(on))
	e.style.Bold = on
}

// Reverse turns white on black on or off. (GS B n)
func (e *Encoder) Reverse(on bool) {
	e.send(basic.reverse[flag(on)])
	e.style.Reverse = on
}

// Underline turns a line of one dot under the text on or off. (ESC - n)
func (e *Encoder) Underline(on bool) {
	e.send(basic.underline[flag(on)])
	e.style.Underline = on
}

// Font chooses the letters of the following text. A printer that has no font B
// goes on with A. (ESC M n)
func (e *Encoder) Font(f Font) {
	switch {
	case f > FontB:
		e.fail("unknown font %d", f)
	case f == FontB && e.profile.ColumnsB == 0:
	default:
		e.buf = append(e.buf, esc, 'M', byte(f))
		e.style.Font = f
	}
}

// Rotate turns each of the following letters by 90 degrees, clockwise, or no
// more. (ESC V n)
func (e *Encoder) Rotate(on bool) {
	e.buf = append(e.buf, esc, 'V', flag(on))
	e.style.Rotated = on
}

// UpsideDown turns the following lines by 180 degrees, or no more. Printers
// ignore it after the start of a line, so there it is an error. (ESC { n)
func (e *Encoder) UpsideDown(on bool) {
	if e.midLine {
		e.fail("turned upside down within a line")
		return
	}
	e.buf = append(e.buf, esc, '{', flag(on))
	e.turned = on
}

// Color chooses the ribbon's colour for the following lines; a printer that has
// only one goes on with it. Several models take it only at the start of a line,
// so later it is an error. (ESC r n)
func (e *Encoder) Color(c Color) {
	switch {
	case c > Red:
		e.fail("unknown colour %d", c)
	case !e.profile.TwoColours:
	case e.midLine:
		e.fail("colour changed within a line")
	default:
		e.buf = append(e.buf, esc, 'r', byte(c))
		e.style.Color = c
	}
}

// Align places the following lines. Printers ignore it after the start of a
// line, so there it is an error. (ESC a n)
func (e *Encoder) Align(a Alignment) {
	switch {
	case a > Right:
		e.fail("unknown alignment %d", a)
	case e.midLine:
		e.fail("alignment changed within a line")
	default:
		e.send(basic.align[a])
	}
}

// LineSpacing sets the way from a line to the next, 1 to 255 dots, for lines that
// are not higher; 0 is the printer's own, about a sixth of an inch. (ESC 3 n,
// ESC 2)
func (e *Encoder) LineSpacing(dots int) {
	if dots < 0 || dots > maxByte {
		e.fail("line spacing of %d dots, not 0 to 255", dots)
		return
	}
	e.spacing = dots
	e.sendSpacing(dots)
}

func (e *Encoder) sendSpacing(dots int) {
	if dots == 0 {
		e.buf = append(e.buf, esc, '2')
	} else {
		e.buf = append(e.buf, esc, '3', byte(dots))
	}
}

// TabStops sets where Tab goes to: up to 32 columns of the font and size now
// chosen, each beyond the one before, 1 to 255. (ESC D n1...nk NUL)
func (e *Encoder) TabStops(columns ...int) {
	if len(columns) > maxTabs {
		e.fail("%d tab stops, not up to 32", len(columns))
		return
	}
	last := 0
	for _, column := range columns {
		if column <= last || column > maxByte {
			e.fail("tab stop at column %d after %d, not rising from 1 to 255", column, last)
			return
		}
		last = column
	}
	e.buf = append(e.buf, esc, 'D')
	start := len(e.buf)
	for _, column := range columns {
		e.buf = append(e.buf, byte(column))
	}
	e.tabs = string(e.buf[start:])
	e.buf = append(e.buf, 0)
}

// Tab goes on at the next tab stop; at first there is one every 8 columns. (HT)
func (e *Encoder) Tab() {
	e.buf = append(e.buf, '\t')
	e.midLine = true
	if e.profile.Drawer != nil {
		e.pending.add(pendingSpan{tab: true, from: len(e.buf) - 1, to: len(e.buf)})
	}
}

// Position goes on at a number of dots from the left, up to 65535. Within a line
// 0 is an error, for the text would be printed over. (ESC $ nL nH)
func (e *Encoder) Position(dots int) {
	if dots < 0 || dots > maxPosition || dots == 0 && e.midLine {
		e.fail("position at %d dots, not 1 to 65535", dots)
		return
	}
	e.buf = append(e.buf, esc, '$', byte(dots), byte(dots>>8))
	e.midLine = dots > 0
	if e.profile.Drawer != nil {
		e.pending.add(pendingSpan{at: dots, from: len(e.buf) - 4, to: len(e.buf)})
	}
}

// Feed ends the line and goes on by that many lines in all, 0 to 255; at the
// start of a line these are blank lines. (ESC d n)
func (e *Encoder) Feed(lines int) {
	if lines < 0 || lines > maxByte {
		e.fail("feed of %d lines, not 0 to 255", lines)
		return
	}
	if e.pending.drawn {
		e.drawLine()
		lines = max(lines-1, 0)
	}
	e.buf = append(e.buf, basic.feed...)
	e.buf = append(e.buf, byte(lines))
	e.lineEnded()
}

// FeedDots ends the line and feeds that many dots, 0 to 255. To printers that
// ignore the command it is sent as a line of that height. (ESC J n)
func (e *Encoder) FeedDots(dots int) {
	if dots < 0 || dots > maxByte {
		e.fail("feed of %d dots, not 0 to 255", dots)
		return
	}
	e.feedDots(dots)
}

func (e *Encoder) feedDots(dots int) {
	if e.pending.drawn {
		e.drawLine()
	}
	if !e.profile.NoDotFeed {
		e.buf = append(e.buf, esc, 'J', byte(dots))
	} else if dots > 0 || e.midLine {
		e.sendSpacing(max(dots, 1))
		e.buf = append(e.buf, basic.lineFeed)
		e.sendSpacing(e.spacing)
	}
	e.lineEnded()
}

// Cut ends the line, feeds the paper past the blade and cuts it in the form of
// the profile. (GS V 66 n, GS V 65 n, or ESC m)
func (e *Encoder) Cut() {
	e.startLine()             // cutters act only there
	feed := e.profile.CutFeed // checked by Validate
	switch e.profile.Cut {
	case CutPartial:
		e.buf = append(e.buf, gs, 'V', 66, byte(feed))
	case CutFull:
		e.buf = append(e.buf, gs, 'V', 65, byte(feed))
	case CutLegacy:
		e.feedDots(feed)
		e.buf = append(e.buf, esc, 'm')
	case CutNone:
		e.feedDots(feed)
	}
}

// Beep sounds the buzzer that many times, 1 to 9, each taking 1 to 9 tenths of
// a second, if the buzzer can be told. A printer without one stays silent.
// (ESC ( A functions 48 and 97, ESC B, or BEL)
func (e *Encoder) Beep(times, tenths int) {
	if times < 1 || times > maxBeeps || tenths < 1 || tenths > maxTenths {
		e.fail("%d beeps of %d tenths, not 1 to 9", times, tenths)
		return
	}
	switch e.profile.Buzzer {
	case BuzzerEpson:
		e.buf = append(e.buf, esc, '(', 'A', 4, 0, 48, epsonTone, byte(times), byte(tenths))
	case BuzzerClone:
		e.buf = append(e.buf, esc, 'B', byte(times), byte(tenths))
	case BuzzerU230:
		e.buf = append(e.buf, esc, '(', 'A', 5, 0, 97, u230Times, byte(times), byte(tenths), byte(tenths))
	case BuzzerOption:
		e.buf = append(e.buf, esc, '(', 'A', 3, 0, 97, optionTone, byte(times))
	case BuzzerBell:
		for range times {
			e.buf = append(e.buf, bel)
		}
	case BuzzerNone:
	}
}

// KickDrawer opens the cash drawer: a pulse of on, then at least off before the
// next one, in steps of 2 ms up to 510 ms. Most drawers open with 100 and 500 ms.
// A printer without the connector does nothing.
// (ESC p m t1 t2)
func (e *Encoder) KickDrawer(pin Pin, on, off time.Duration) {
	if pin > Pin5 || on < pulseUnit || on > maxPulse || off < 0 || off > maxPulse {
		e.fail("drawer kick on pin %d of %v and %v, not 2ms to 510ms", pin, on, off)
		return
	}
	if !e.profile.CashDrawer {
		return
	}
	e.buf = append(e.buf, esc, 'p', byte(pin), byte(on/pulseUnit), byte(off/pulseUnit))
}

// Raw appends bytes as they are. They must be whole commands and leave the code
// page and the start of the line as they were.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Bytes returns what was encoded since Reset; of a line that is drawn, nothing
// before its end. The next call of any other method
// may overwrite it.
func (e *Encoder) Bytes() []byte { return e.buf }

// Missing returns the runes, each once, that came out as "[]" since Reset.
func (e *Encoder) Missing() []rune { return slices.Clone(e.missing) }

// Err returns the first error since Reset. An invalid profile stays one.
func (e *Encoder) Err() error { return e.err }

// Reset starts a new ticket in the same memory. It sends nothing: that is Init.
func (e *Encoder) Reset() {
	e.buf = e.buf[:0]
	e.page = unknownPage
	e.midLine = false
	e.missing = e.missing[:0]
	e.err = e.profileErr
	e.defaults()
}

func (e *Encoder) send(command short) { e.buf = append(e.buf, command[0], command[1], command[2]) }

func (e *Encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("escpos: "+format, args...)
	}
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
