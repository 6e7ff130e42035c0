package escpos

import (
	"bytes"
	"slices"
	"strings"
)

// Status is what a printer says of itself, as a set of bits. A set bit is always trouble or
// news; none is a printer that can print.
type Status uint16

// The bits, with the answers that tell them (escpos.md, table 2.2).
const (
	Offline         Status = 1 << iota // DLE EOT 1 bit 3; ASB byte 1 bit 3
	WaitingRecovery                    // DLE EOT 1 bit 5
	FeedButton                         // DLE EOT 1 bit 6, DLE EOT 2 bit 3; ASB byte 1 bit 6
	DrawerHigh                         // DLE EOT 1 bit 2; ASB byte 1 bit 2: pin 3 of the drawer's connector
	CoverOpen                          // DLE EOT 2 bit 2; ASB byte 1 bit 5
	PaperEnd                           // DLE EOT 2 bit 5, DLE EOT 4 bits 5, 6; ASB byte 3 and GS r 1 bits 2, 3
	PaperLow                           // DLE EOT 4 bits 2, 3; ASB byte 3 and GS r 1 bits 0, 1: near its end
	ErrorStop                          // DLE EOT 2 bit 6: stopped by an error, DLE EOT 3 says which
	Recoverable                        // DLE EOT 3 bit 2; ASB byte 2 bit 2
	CutterError                        // DLE EOT 3 bit 3; ASB byte 2 bit 3
	Unrecoverable                      // DLE EOT 3 bit 5; ASB byte 2 bit 5
	AutoRecoverable                    // DLE EOT 3 bit 6; ASB byte 2 bit 6: goes by itself, as a hot head does
)

var statusNames = [...]string{
	"offline", "waiting for recovery", "feed button", "drawer high", "cover open", "paper end", "paper low",
	"stopped by an error", "recoverable error", "cutter error", "unrecoverable error", "recovers by itself",
}

// Has reports whether any of the bits is set.
func (s Status) Has(bits Status) bool { return s&bits != 0 }

// String lists the bits in words; "ready" is none.
func (s Status) String() string {
	var names []string
	for i, name := range statusNames {
		if s.Has(1 << i) {
			names = append(names, name)
		}
	}
	if names == nil {
		return "ready"
	}
	return strings.Join(names, ", ")
}

// Query is a question that a printer answers with one byte of which the meaning depends on the
// question, or with a block that does not name it.
type Query uint8

// The questions, by the n of their command.
const (
	QueryPrinter Query = 1 // DLE EOT 1
	QueryOffline Query = 2 // DLE EOT 2: why it is offline
	QueryError   Query = 3 // DLE EOT 3
	QueryRoll    Query = 4 // DLE EOT 4: the paper
	// QueryPaper is GS r 1, buffered: it is answered when all before it is done.
	QueryPaper Query = 0x72
	// QueryFirmware, QueryMaker, QueryModel and QuerySerial are GS I n.
	QueryFirmware Query = 0x41
	QueryMaker    Query = 0x42
	QueryModel    Query = 0x43
	QuerySerial   Query = 0x44
)

func (q Query) realTime() bool { return q >= QueryPrinter && q <= QueryRoll }
func (q Query) identity() bool { return q >= QueryFirmware && q <= QuerySerial }

// Request is the command that asks: DLE EOT n (10 04 n), GS r 1 (1D 72 01) or GS I n (1D 49 n).
func (q Query) Request() []byte {
	switch {
	case q == QueryPaper:
		return []byte{gs, 'r', 1}
	case q.identity():
		return []byte{gs, 'I', byte(q)}
	}
	return []byte{dle, 0x04, byte(q)}
}

// Events that [AutoStatus] reports, to be added up (escpos.md 2.2, GS a).
const (
	AutoDrawer byte = 1 << 0
	AutoOnline byte = 1 << 1
	AutoErrors byte = 1 << 2
	AutoPaper  byte = 1 << 3
	AutoPanel  byte = 1 << 6
)

// AutoStatus makes the printer send its status by itself whenever one of the events changes it,
// and once at once; 0 turns it off, and so does [Encoder.Init]. (GS a n)
func AutoStatus(events byte) []byte { return []byte{gs, 'a', events} }

// ID is a process id: four characters from 20 to 7E.
type ID [4]byte

const (
	firstID = 0x20
	lastID  = 0x7E
	idBase  = lastID - firstID // 94: the last character stays free
)

// NewID turns a counter into an id: four digits of base 94, which repeat after 94^4 of them.
func NewID(counter uint32) ID {
	var id ID
	for i := len(id) - 1; i >= 0; i-- {
		id[i] = firstID + byte(counter%idBase)
		counter /= idBase
	}
	return id
}

// ConfirmID asks for the answer 37 22 id 00, which a printer sends when all before it is
// printed. (GS ( H function 48: 1D 28 48 06 00 30 30 d1 d2 d3 d4; escpos.md 2.3, row 1)
func ConfirmID(id ID) []byte {
	return append([]byte{gs, '(', 'H', 6, 0, 48, 48}, id[:]...)
}

// RealTimeOff keeps bytes of an image from acting as a drawer pulse or as power off. Init
// undoes it. (GS ( D: 1D 28 44 05 00 14 01 00 02 00; escpos.md, table 2.1)
func RealTimeOff() []byte { return []byte{gs, '(', 'D', 5, 0, 0x14, 1, 0, 2, 0} }

// Resume lets a printer go on from the line in which it failed, once the cause is gone.
// (DLE ENQ 1)
func Resume() []byte { return []byte{dle, 0x05, 1} }

// Discard lets a printer go on after a recoverable error without what it holds. (DLE ENQ 2)
func Discard() []byte { return []byte{dle, 0x05, 2} }

// ClearBuffers empties the printer's buffers; it answers 37 25 00.
// (DLE DC4 8: 10 14 08 01 03 14 01 06 02 08; escpos.md 2.2)
func ClearBuffers() []byte { return []byte{dle, 0x14, 8, 1, 3, 20, 1, 6, 2, 8} }

// Tear gets rid of what an aborted ticket has left, so that the next one does not follow on the
// same piece of paper: it ends a command of which the rest never came, and feeds and cuts what
// is there. NULs print nothing and are harmless as parameters: data is how many a command may
// still wait for ([DataIn] of the aborted ticket). A printer in which nothing was left gives a
// blank scrap.
func Tear(p *Profile, data int) []byte {
	e := NewEncoder(p)
	e.Raw(make([]byte, longestHead+data))
	e.Init()
	e.Feed(4)
	e.Cut()
	return e.Bytes()
}

// EndHead ends the head of a command of which the rest never came, with parameters of 0. It prints
// nothing.
func EndHead() []byte { return make([]byte, longestHead) }

// longestHead is that of DLE DC4 8.
const longestHead = 10

// DataIn is how many bytes of data the command with the most has in a ticket.
func DataIn(ticket []byte) int {
	most := 0
	walk(ticket, func(at, end, next int) { most = max(most, next-end) })
	return most
}

// CutAt is where the last cut of a ticket begins, with the dots fed right before it; len(ticket)
// where it is not cut.
func CutAt(ticket []byte) int {
	cut, feed := len(ticket), -1
	walk(ticket, func(at, end, _ int) {
		before := feed
		feed = -1
		switch command := ticket[at:end]; {
		case len(command) < 2:
		case command[0] == esc && command[1] == 'J':
			feed = at
		case command[0] == gs && command[1] == 'V':
			cut = at
		case command[0] == esc && (command[1] == 'm' || command[1] == 'i'):
			cut = at
			if before >= 0 {
				cut = before
			}
		}
	})
	return cut
}

// walk visits the items of b: each begins at at, its data at end, the next one at next.
func walk(b []byte, visit func(at, end, next int)) {
	for at := 0; at < len(b); {
		item := ItemOf(b[at:])
		if item.Head == 0 {
			return
		}
		end := at + item.Head
		next := end + int(min(item.Payload, uint64(len(b)-end)))
		if item.ToNUL {
			n := bytes.IndexByte(b[end:], 0)
			if n < 0 {
				return
			}
			next = end + n + 1
		}
		visit(at, end, next)
		at = next
	}
}

// Item is how far the first command, or byte of text, of a stream reaches.
type Item struct {
	Head    int    // its bytes with all parameters; 0: more bytes are needed to tell
	Payload uint64 // bytes of data after it
	ToNUL   bool   // the data has no length but ends with a zero byte
	Unknown bool
}

// ItemOf measures the first item of b, which must not be empty.
func ItemOf(b []byte) Item {
	switch b[0] {
	case dle, esc, fs, gs:
		e := measure(b)
		return Item{Head: e.head, Payload: e.payload, ToNUL: e.toNUL, Unknown: e.unknown}
	}
	return Item{Head: 1}
}

// Kind says what an [Answer] is.
type Kind uint8

// The kinds of answers.
const (
	AnswerStatus   Kind = iota + 1 // to DLE EOT: Query and Status
	AnswerAuto                     // a block of automatic status: Status
	AnswerPaper                    // to GS r 1: Status
	AnswerID                       // to GS ( H: ID
	AnswerOffline                  // 37 23 ... 00: the printer will not process what it got
	AnswerCleared                  // 37 25 00: its buffers are empty
	AnswerIdentity                 // to GS I: Query and Text
)

// Answer is one thing that a printer said.
type Answer struct {
	Kind   Kind
	Query  Query
	Status Status
	ID     ID
	Text   string
}

// The fixed bits of what comes back (escpos.md 2.2).
const (
	fixedStatus = 0x93
	isStatus    = 0x12 // DLE EOT
	isAuto      = 0x10 // first byte of an automatic status
	fixedPlain  = 0x90
	noFixedBits = 0x00 // GS r, and the other bytes of an automatic status
)

const (
	blockStart    = 0x37
	identityStart = 0x5F
	blockID       = 0x22
	blockOffline  = 0x23
	blockCleared  = 0x25

	maxOffline  = 16 // bytes of an offline response
	maxIdentity = 80 // bytes of an identity: Epson's have at most 80
)

// StatusReader takes the bytes that come from a printer and tells answers apart by their fixed
// bits: answers to DLE EOT, automatic status, answers to GS r, and blocks. They may come in any
// order and in pieces, and a real-time answer also within another one. A byte that fits nowhere
// is dropped together with the unfinished answer it stands in, so that noise may lose an answer
// but never makes a process id of other bytes.
//
// It must be told what was asked: answers of one byte do not name their question, so only one
// DLE EOT may be under way, and GS r or GS I likewise one at a time. What nobody asked for is
// dropped, but for automatic status and blocks that begin with 37.
type StatusReader struct {
	answer func(Answer)
	real   Query // the DLE EOT under way, or 0
	plain  bool  // a GS r is under way
	ident  Query // the GS I under way, or 0

	block []byte // the answer of more than one byte that has begun
}

// NewStatusReader returns a reader that calls answer, within Write, for each answer.
func NewStatusReader(answer func(Answer)) *StatusReader {
	return &StatusReader{answer: answer, block: make([]byte, 0, maxIdentity+2)}
}

// Asked tells the reader that q was sent, or is about to be.
func (r *StatusReader) Asked(q Query) {
	switch {
	case q == QueryPaper:
		r.plain = true
	case q.identity():
		r.ident = q
	case q.realTime():
		r.real = q
	}
}

// Pending is the DLE EOT that waits for its answer, or 0.
func (r *StatusReader) Pending() Query { return r.real }

// Write reads the next bytes. It never fails.
func (r *StatusReader) Write(b []byte) (int, error) {
	for _, c := range b {
		r.read(c)
	}
	return len(b), nil
}

func (r *StatusReader) read(c byte) {
	if len(r.block) == 0 {
		r.first(c)
		return
	}
	if r.fits(c) {
		r.block = append(r.block, c)
		r.finish()
		return
	}
	if c&fixedStatus == isStatus && r.real != 0 { // within another answer: it goes on after it
		r.realTime(c)
		return
	}
	r.block = r.block[:0]
	r.first(c)
}

// first is a byte outside of any answer.
func (r *StatusReader) first(c byte) {
	switch {
	case c == blockStart, c == identityStart && r.ident != 0, c&fixedStatus == isAuto:
		r.block = append(r.block, c)
	case c&fixedStatus == isStatus:
		r.realTime(c)
	case c&fixedPlain == noFixedBits && r.plain:
		r.plain = false
		r.answer(Answer{Kind: AnswerPaper, Query: QueryPaper, Status: rollOf(c)})
	}
}

// fits says whether c can be the next byte of the answer that has begun.
func (r *StatusReader) fits(c byte) bool {
	n := len(r.block)
	switch {
	case r.block[0] == identityStart:
		return c == 0 || c >= ' ' && c < del && n <= maxIdentity
	case r.block[0] != blockStart:
		return c&fixedPlain == noFixedBits
	case n == 1:
		return c == blockID || c == blockOffline || c == blockCleared
	}
	switch r.block[1] {
	case blockID:
		if n == 2+len(ID{}) {
			return c == 0
		}
		return c >= firstID && c <= lastID
	case blockOffline:
		return c == 0 || n < maxOffline && c < 0x80 && c != blockStart && c&fixedStatus != isStatus
	default:
		return c == 0
	}
}

// finish hands the answer out if it is whole.
func (r *StatusReader) finish() {
	b := r.block
	last := b[len(b)-1]
	var a Answer
	switch {
	case b[0] == identityStart:
		if last != 0 {
			return
		}
		a = Answer{Kind: AnswerIdentity, Query: r.ident, Text: string(b[1 : len(b)-1])}
		r.ident = 0
	case b[0] != blockStart:
		if len(b) < 4 {
			return
		}
		a = Answer{Kind: AnswerAuto, Status: autoOf(b)}
	case last != 0:
		return
	case b[1] == blockID:
		a = Answer{Kind: AnswerID, ID: ID(b[2:])}
	case b[1] == blockOffline:
		a = Answer{Kind: AnswerOffline, Status: Offline}
	default:
		a = Answer{Kind: AnswerCleared}
	}
	r.block = r.block[:0]
	r.answer(a)
}

func (r *StatusReader) realTime(c byte) {
	q := r.real
	if q == 0 {
		return
	}
	r.real = 0
	r.answer(Answer{Kind: AnswerStatus, Query: q, Status: statusOf(q, c)})
}

// bit is one bit of an answer and what it means.
type bit struct {
	mask byte
	is   Status
}

// The meaning of each bit, by question (escpos.md, table 2.2). The tables are never changed.
var realTimeBits = map[Query][]bit{
	QueryPrinter: {{1 << 2, DrawerHigh}, {1 << 3, Offline}, {1 << 5, WaitingRecovery}, {1 << 6, FeedButton}},
	QueryOffline: {{1 << 2, CoverOpen}, {1 << 3, FeedButton}, {1 << 5, PaperEnd}, {1 << 6, ErrorStop}},
	QueryError:   {{1 << 2, Recoverable}, {1 << 3, CutterError}, {1 << 5, Unrecoverable}, {1 << 6, AutoRecoverable}},
	QueryRoll:    {{1<<2 | 1<<3, PaperLow}, {1<<5 | 1<<6, PaperEnd}},
}

var (
	autoBits = [3][]bit{
		{{1 << 2, DrawerHigh}, {1 << 3, Offline}, {1 << 5, CoverOpen}, {1 << 6, FeedButton}},
		{{1 << 2, Recoverable}, {1 << 3, CutterError}, {1 << 5, Unrecoverable}, {1 << 6, AutoRecoverable}},
		paperBits,
	}
	paperBits = []bit{{1<<0 | 1<<1, PaperLow}, {1<<2 | 1<<3, PaperEnd}}
)

func meaning(bits []bit, c byte) Status {
	var s Status
	for _, b := range bits {
		if c&b.mask != 0 {
			s |= b.is
		}
	}
	return s
}

func statusOf(q Query, c byte) Status { return meaning(realTimeBits[q], c) }

func rollOf(c byte) Status { return meaning(paperBits, c) }

func autoOf(b []byte) Status {
	var s Status
	for i, bits := range autoBits {
		s |= meaning(bits, b[i])
	}
	return s
}

// encodeBits is the inverse of meaning.
func encodeBits(bits []bit, s Status) byte {
	var c byte
	for _, b := range bits {
		if s.Has(b.is) {
			c |= b.mask
		}
	}
	return c
}

// AppendAnswer appends the bytes by which a printer gives the answer: for printers that are not
// real.
func AppendAnswer(b []byte, a Answer) []byte {
	switch a.Kind {
	case AnswerStatus:
		return append(b, isStatus|encodeBits(realTimeBits[a.Query], a.Status))
	case AnswerAuto:
		return append(b, isAuto|encodeBits(autoBits[0], a.Status), encodeBits(autoBits[1], a.Status), encodeBits(autoBits[2], a.Status), 0)
	case AnswerPaper:
		return append(b, encodeBits(paperBits, a.Status))
	case AnswerID:
		return append(slices.Concat(b, []byte{blockStart, blockID}, a.ID[:]), 0)
	case AnswerOffline:
		return append(b, blockStart, blockOffline, 0)
	case AnswerCleared:
		return append(b, blockStart, blockCleared, 0)
	case AnswerIdentity:
		return append(append(append(b, identityStart), a.Text...), 0)
	}
	return b
}
