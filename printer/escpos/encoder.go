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

const (
	maxBeeps    = 9                    // the least of what the buzzers take
	maxTenths   = 9                    // likewise
	pulseUnit   = 2 * time.Millisecond // ESC p counts in these
	maxPulse    = 255 * pulseUnit      // 510 ms
	epsonTone   = '1'                  // ESC ( A function 48: the first sound (Epson TM-P60 guide, 4.3.3)
	unknownPage = -1                   // before Init
	maxByte     = 255
)

// Encoder builds a ticket in memory. It never panics: the first bad argument is
// kept for [Encoder.Err], its command is left out and the rest is still
// encoded, because a kitchen is better served by a plain line than by none.
//
// [NewEncoder] makes it, Reset makes it new. It is not safe for concurrent use.
type Encoder struct {
	profile    *Profile
	profileErr error

	buf     []byte
	page    int  // index of the page now selected, or unknownPage; 0 between calls
	midLine bool // text waits in the printer for its line feed
	missing []rune
	err     error
}

// NewEncoder returns an encoder for a printer. If the profile is invalid or nil,
// Err says so and the encoder works as for [Generic].
func NewEncoder(p *Profile) *Encoder {
	e := &Encoder{profile: p, profileErr: p.Validate()}
	if e.profileErr != nil {
		e.profile = Generic(48)
	}
	e.Reset()
	return e
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
}

// Text appends text to the line. It prints [Profile.Display] of s: no byte of s
// can act as a command.
func (e *Encoder) Text(s string) {
	before := len(e.buf)
	if isPlain(s) {
		e.buf = append(e.buf, s...)
	} else {
		e.profile.spell(s, e.appendPiece)
		if e.page > 0 {
			e.selectPage(0)
		}
	}
	e.midLine = e.midLine || len(e.buf) > before
}

// Line prints the line that s ends. (LF)
func (e *Encoder) Line(s string) {
	e.Text(s)
	e.endLine()
}

func (e *Encoder) endLine() {
	e.buf = append(e.buf, basic.lineFeed...)
	e.midLine = false
}

func (e *Encoder) appendPiece(part piece) {
	if part.missing != 0 && !slices.Contains(e.missing, part.missing) {
		e.missing = append(e.missing, part.missing)
	}
	if part.page == anyPage {
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

// Size makes the following text w times as wide and h times as high, 1 to 8
// each. (GS ! n)
func (e *Encoder) Size(w, h int) {
	if w < 1 || w > 8 || h < 1 || h > 8 {
		e.fail("size %dx%d, not 1 to 8", w, h)
		return
	}
	e.buf = append(e.buf, basic.size[w-1][h-1]...)
}

// Bold turns emphasis on or off. (ESC E n)
func (e *Encoder) Bold(on bool) {
	e.buf = append(e.buf, esc, 'E', flag(on))
}

// Reverse turns white on black on or off. (GS B n)
func (e *Encoder) Reverse(on bool) {
	e.buf = append(e.buf, basic.reverse[flag(on)]...)
}

// Underline turns a line of one dot under the text on or off. (ESC - n)
func (e *Encoder) Underline(on bool) {
	e.buf = append(e.buf, basic.underline[flag(on)]...)
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
		e.buf = append(e.buf, basic.align[a]...)
	}
}

// Feed ends the line and goes on by that many lines in all, 0 to 255; at the
// start of a line these are blank lines. (ESC d n)
func (e *Encoder) Feed(lines int) {
	if lines < 0 || lines > maxByte {
		e.fail("feed of %d lines, not 0 to 255", lines)
		return
	}
	e.buf = append(e.buf, basic.feed...)
	e.buf = append(e.buf, byte(lines))
	e.midLine = false
}

// FeedDots ends the line and feeds that many dots, 0 to 255. Some cheap
// printers ignore it. (ESC J n)
func (e *Encoder) FeedDots(dots int) {
	if dots < 0 || dots > maxByte {
		e.fail("feed of %d dots, not 0 to 255", dots)
		return
	}
	e.feedDots(dots)
}

func (e *Encoder) feedDots(dots int) {
	e.buf = append(e.buf, esc, 'J', byte(dots))
	e.midLine = false
}

// Cut ends the line, feeds the paper past the blade and cuts it in the form of
// the profile. (GS V 66 n, GS V 65 n, or ESC m)
func (e *Encoder) Cut() {
	if e.midLine { // cutters act only at the start of a line
		e.endLine()
	}
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
// a second. A printer without one stays silent. (ESC ( A function 48, or ESC B)
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
	case BuzzerNone:
	}
}

// KickDrawer opens the cash drawer: a pulse of on, then at least off before the
// next one, in steps of 2 ms up to 510 ms. Most drawers open with 100 and 500 ms.
// (ESC p m t1 t2)
func (e *Encoder) KickDrawer(pin Pin, on, off time.Duration) {
	if pin > Pin5 || on < pulseUnit || on > maxPulse || off < 0 || off > maxPulse {
		e.fail("drawer kick on pin %d of %v and %v, not 2ms to 510ms", pin, on, off)
		return
	}
	e.buf = append(e.buf, esc, 'p', byte(pin), byte(on/pulseUnit), byte(off/pulseUnit))
}

// Raw appends bytes as they are. They must be whole commands and leave the code
// page and the start of the line as they were.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Bytes returns what was encoded since Reset. The next call of any other method
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
}

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
