// Package simulator is a receipt printer that answers and fails as real ones do: it prints at
// its own pace from a buffer, says how it stands, loses paper, power and connections on a
// schedule. It serves tests, in memory and under the clock of testing/synctest, and stands in on
// a TCP port.
package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"comptoir/printer/escpos"
)

// Model is what a printer can do. The zero value is a blind one of usual speed.
type Model struct {
	// RealTime: it answers DLE EOT, also while it is offline.
	RealTime bool
	// BusyOffline: it reads nothing while it is offline, not even DLE EOT (escpos.md 2.2).
	BusyOffline bool
	// Fence: it answers GS r. ID: it answers GS ( H. Auto: it can be set to tell by itself.
	Fence, ID, Auto bool
	// Maker and Name are its answers to GS I; none where empty.
	Maker, Name string
	// Speed is the bytes it prints in a second; 960 when zero.
	Speed int
	// Buffer is the bytes it takes before it has printed; 16 KB when zero.
	Buffer int
	// Clears: after an end of paper it has forgotten what waited. Others go on.
	Clears bool
	// Refuses a second connection. Others take it, and read nothing until the first is over.
	Refuses bool
	// Profile has its code pages; nil for Epson's.
	Profile *escpos.Profile
}

// Epson is a printer that can do everything.
func Epson() Model {
	return Model{RealTime: true, Fence: true, ID: true, Auto: true, Maker: "EPSON", Name: "TM-T88V"}
}

const (
	defaultSpeed  = 960
	defaultBuffer = 16 << 10
	step          = 32  // bytes printed at a time
	maxAnswers    = 512 // bytes that wait on the way back (escpos.md 2.3, row 4)
	maxData       = 64  // bytes of a command's data that are looked at
	dialTimeout   = 3 * time.Second
)

// Paper is a piece of paper that came out.
type Paper struct {
	escpos.Ticket
	// At is when it was cut off.
	At time.Time
	// Incomplete: a part of what was sent for it is missing, or it was never cut.
	Incomplete bool
}

// Printer is one printer. Close ends it.
type Printer struct {
	model   Model
	deliver func(Paper)

	mu      sync.Mutex
	changed *sync.Cond // anything below
	closed  bool
	working sync.WaitGroup

	listener net.Listener
	current  *line // the connection it serves
	lines    map[*line]struct{}
	buffer   []piece

	item      []byte // a command of which the end is still to come
	data      []byte // the beginning of its data
	more      uint64 // data still to come
	toNUL     bool
	decoder   *escpos.Decoder
	unCut     bool // something was printed since the last cut
	torn      bool // and something of it got lost
	automatic byte
	stale     []byte // an answer that waits for the next connection

	status   escpos.Status
	trouble  Trouble // under way
	faults   []Fault
	count    int // bytes printed since the last trouble was over
	turn     int // counts the troubles
	past     []Happening
	repaired *time.Timer
}

// piece is a byte in the buffer, or the end of a connection.
type piece struct {
	from *line
	c    byte
	end  bool
}

// line is the printer's end of a connection.
type line struct {
	conn  net.Conn
	out   []byte
	open  bool
	reset func() // cuts it off
	real  []byte // the beginning of what may be a real-time command
}

// New returns a printer that is switched on. Each paper is given to deliver, which may be nil,
// must be quick and must not call the printer.
func New(m Model, deliver func(Paper)) *Printer {
	if m.Speed <= 0 {
		m.Speed = defaultSpeed
	}
	if m.Buffer <= 0 {
		m.Buffer = defaultBuffer
	}
	if deliver == nil {
		deliver = func(Paper) {}
	}
	p := &Printer{model: m, deliver: deliver, lines: map[*line]struct{}{}}
	p.changed = sync.NewCond(&p.mu)
	p.decoder = escpos.NewDecoder(m.Profile, p.cut)
	p.working.Go(p.print)
	return p
}

// Close switches the printer off for good. What is not cut comes out as it is.
func (p *Printer) Close() {
	p.mu.Lock()
	p.closed = true
	p.faults = nil
	if p.repaired != nil {
		p.repaired.Stop()
	}
	for l := range p.lines {
		l.conn.Close()
	}
	if p.listener != nil {
		p.listener.Close()
	}
	p.changed.Broadcast()
	p.mu.Unlock()
	p.working.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.torn = true
	_ = p.decoder.Close() // only how the stream ended
}

// Listen serves on a TCP address too, and returns the one it got. There, a printer that is off or
// refuses resets connections.
func (p *Printer) Listen(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("simulated printer: %w", err)
	}
	p.mu.Lock()
	p.listener = listener
	p.mu.Unlock()
	p.working.Go(func() { p.accept(listener) })
	return listener.Addr().String(), nil
}

func (p *Printer) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // a caller that left before it was accepted
		}
		socket := conn.(*net.TCPConn)
		reset := func() {
			_ = socket.SetLinger(0) // fails only once closed
			socket.Close()
		}
		if p.admit(conn, reset) != nil {
			reset()
		}
	}
}

// Dial connects in memory.
func (p *Printer) Dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	cut := &cutConn{Conn: theirs}
	err := p.admit(ours, func() {
		cut.cut()
		ours.Close()
	})
	if err == nil {
		return cut, nil
	}
	if errors.Is(err, context.DeadlineExceeded) { // nobody says anything
		timer := time.NewTimer(dialTimeout)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return nil, &net.OpError{Op: "dial", Net: "simulated", Err: err}
}

// admit takes a connection, unless it is refused or nobody answers.
func (p *Printer) admit(conn net.Conn, reset func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed, p.trouble == PowerOff, p.trouble == Unreachable:
		return context.DeadlineExceeded
	case p.model.Refuses && (p.trouble == Held || p.current != nil):
		return syscall.ECONNREFUSED
	}
	l := &line{conn: conn, open: true, reset: reset}
	p.lines[l] = struct{}{}
	p.working.Go(func() { p.serve(l) })
	return nil
}

// cutConn is the other end of a pipe, which can be reset.
type cutConn struct {
	net.Conn
	mu    sync.Mutex
	reset bool
}

func (c *cutConn) cut() {
	c.mu.Lock()
	c.reset = true
	c.mu.Unlock()
}

func (c *cutConn) because(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && c.reset {
		return &net.OpError{Op: "read", Net: "simulated", Err: syscall.ECONNRESET}
	}
	return err
}

func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.because(err)
}

func (c *cutConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.because(err)
}

// serve reads a connection when its turn has come.
func (p *Printer) serve(l *line) {
	p.mu.Lock()
	for !p.closed && l.open && (p.current != nil || p.trouble == Held) {
		p.changed.Wait()
	}
	served := !p.closed && l.open
	if served {
		p.current = l
		p.answer(l, p.stale)
		p.stale = nil
		p.working.Go(func() { p.write(l) })
	}
	p.mu.Unlock()

	buffer := make([]byte, 512)
	for p.reads(l, 0) {
		n, err := l.conn.Read(buffer)
		for _, c := range buffer[:n] {
			if !p.take(l, c) {
				break
			}
		}
		if err != nil {
			break
		}
	}

	l.conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range l.real {
		p.buffer = append(p.buffer, piece{from: l, c: c})
	}
	if served && p.trouble != PowerOff {
		p.buffer = append(p.buffer, piece{from: l, end: true})
	}
	l.open = false
	if p.current == l {
		p.current = nil
	}
	delete(p.lines, l)
	p.changed.Broadcast()
}

// reads waits until the printer takes more bytes from the line; false if it never will.
func (p *Printer) reads(l *line, space int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed, !l.open:
			return false
		case p.trouble == Deaf, p.trouble == Unreachable,
			p.model.BusyOffline && p.stopped(),
			len(p.buffer)+space > p.model.Buffer:
			p.changed.Wait()
		default:
			return true
		}
	}
}

// take takes one byte: real-time commands act at once, the rest waits in the buffer.
func (p *Printer) take(l *line, c byte) bool {
	if !p.reads(l, 1) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l.real = append(l.real, c)
	real := l.real
	switch n := len(real); {
	case !p.model.RealTime:
	case n == 1 && c == 0x10, n == 2 && c == 0x04:
		return true
	case n == 3 && c >= byte(escpos.QueryPrinter) && c <= byte(escpos.QueryRoll):
		l.real = l.real[:0]
		if p.trouble != Mute {
			p.answer(l, escpos.AppendAnswer(nil, escpos.Answer{
				Kind: escpos.AnswerStatus, Query: escpos.Query(c), Status: p.status,
			}))
		}
		return true
	}
	l.real = l.real[:0]
	if n := len(real); n > 1 && c == 0x10 { // it may begin here instead
		real = real[:n-1]
		l.real = append(make([]byte, 0, 3), c)
	}
	for _, c := range real {
		p.buffer = append(p.buffer, piece{from: l, c: c})
	}
	p.changed.Broadcast()
	return true
}

// answer puts bytes on the way back, as many as fit; nothing where the other side has left.
func (p *Printer) answer(l *line, b []byte) {
	if !l.open || len(b) == 0 {
		return
	}
	if p.trouble == Noise {
		b = append([]byte{0x80, 0xFF, 0x13}, b...)
	}
	if len(l.out)+len(b) <= maxAnswers {
		l.out = append(l.out, b...)
		p.changed.Broadcast()
	}
}

func (p *Printer) write(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for !p.closed && l.open && (len(l.out) == 0 || p.trouble == Unreachable) {
			p.changed.Wait()
		}
		if p.closed || !l.open {
			return
		}
		b := l.out
		l.out = nil
		p.mu.Unlock()
		_, err := l.conn.Write(b)
		p.mu.Lock()
		if err != nil {
			return
		}
	}
}

func (p *Printer) stopped() bool {
	return p.status.Has(escpos.Offline) || p.trouble == PowerOff
}

// print takes bytes from the buffer at the printer's speed.
func (p *Printer) print() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for !p.closed && (p.stopped() || len(p.buffer) == 0) {
			p.changed.Wait()
		}
		if p.closed {
			return
		}
		speed := p.model.Speed
		if p.trouble == Slow {
			speed = max(speed/10, 1)
		}
		n := min(len(p.buffer), step)
		p.pause(time.Duration(n) * time.Second / time.Duration(speed))
		for ; n > 0 && !p.closed && !p.stopped() && len(p.buffer) > 0; n-- {
			next := p.buffer[0]
			p.buffer = p.buffer[1:]
			if next.end {
				p.torn = p.torn || p.unCut
				continue
			}
			p.consume(next.from, next.c)
			p.count++
			p.fail()
		}
		p.changed.Broadcast()
	}
}

// pause lets time pass, unless the printer is closed meanwhile. It is called with the lock.
func (p *Printer) pause(d time.Duration) {
	over := false
	timer := time.AfterFunc(d, func() {
		p.mu.Lock()
		over = true
		p.changed.Broadcast()
		p.mu.Unlock()
	})
	for !over && !p.closed {
		p.changed.Wait()
	}
	timer.Stop()
}

// consume does what the next byte says.
func (p *Printer) consume(from *line, c byte) {
	switch {
	case p.more > 0 || p.toNUL:
		if len(p.data) < maxData {
			p.data = append(p.data, c)
		}
		_, _ = p.decoder.Write([]byte{c}) // never fails
		if p.toNUL {
			p.toNUL = c != 0
		} else {
			p.more--
		}
		if p.more > 0 || p.toNUL {
			return
		}
	default:
		p.item = append(p.item, c)
		item := escpos.ItemOf(p.item)
		if item.Head == 0 {
			return
		}
		p.more, p.toNUL = item.Payload, item.ToNUL
		p.unCut = p.unCut || p.item[0] >= ' ' || p.item[0] == '\n'
		_, _ = p.decoder.Write(p.item) // never fails
		if p.more > 0 || p.toNUL {
			return
		}
	}
	p.command(from)
	p.item, p.data = p.item[:0], p.data[:0]
}

// command answers the command that has come to its end.
func (p *Printer) command(from *line) {
	if len(p.item) < 2 {
		return
	}
	switch command := string(p.item[:2]); {
	case command == "\x1B@":
		p.automatic = 0
	case command == "\x1Dr" && p.model.Fence && p.item[2] == 1:
		p.prove(from, escpos.Answer{Kind: escpos.AnswerPaper, Status: p.status})
	case command == "\x1Da" && p.model.Auto:
		p.automatic = p.item[2]
		p.tell()
	case command == "\x1DI" && p.item[2] == byte(escpos.QueryMaker) && p.model.Maker != "":
		p.answer(from, escpos.AppendAnswer(nil, escpos.Answer{Kind: escpos.AnswerIdentity, Text: p.model.Maker}))
	case command == "\x1DI" && p.item[2] == byte(escpos.QueryModel) && p.model.Name != "":
		p.answer(from, escpos.AppendAnswer(nil, escpos.Answer{Kind: escpos.AnswerIdentity, Text: p.model.Name}))
	case command == "\x1D(" && p.item[2] == 'H' && p.model.ID && len(p.data) == 6 && p.data[0] == 48 && p.data[1] == 48:
		p.prove(from, escpos.Answer{Kind: escpos.AnswerID, ID: escpos.ID(p.data[2:])})
	}
}

// prove gives a proof, as the trouble under way lets it.
func (p *Printer) prove(from *line, a escpos.Answer) {
	switch p.trouble {
	case NoProof:
		return
	case WrongProof:
		if a.Kind != escpos.AnswerID { // a fence has no wrong answer
			return
		}
		a.ID[0] ^= 1
	}
	b := escpos.AppendAnswer(nil, a)
	switch p.trouble {
	case StaleProof:
		if a.Kind == escpos.AnswerID {
			p.stale = b
		}
	case LateProof:
		time.AfterFunc(lateBy, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.answer(from, b)
		})
	default:
		p.answer(from, b)
	}
}

// lateBy is how late a late proof is: within the time that is given to one.
const lateBy = 10 * time.Second

// tell sends an automatic status to whom the printer serves.
func (p *Printer) tell() {
	if p.automatic != 0 && p.current != nil {
		p.answer(p.current, escpos.AppendAnswer(nil, escpos.Answer{Kind: escpos.AnswerAuto, Status: p.status}))
	}
}

// cut takes a paper from the decoder.
func (p *Printer) cut(t escpos.Ticket) {
	paper := Paper{Ticket: t, At: time.Now(), Incomplete: p.torn || t.Cut == escpos.CutNone}
	p.torn, p.unCut = false, false
	p.deliver(paper)
}

// forget loses what the printer holds, and the line it has not printed yet.
func (p *Printer) forget() {
	for _, piece := range p.buffer {
		p.torn = p.torn || !piece.end
	}
	p.torn = p.torn || p.unCut
	p.buffer, p.item, p.data = nil, nil, nil
	if p.more > 0 || p.toNUL {
		_ = p.decoder.Close() // in an image: what there is comes out
		p.more, p.toNUL = 0, false
	}
	_, _ = p.decoder.Write([]byte("\x1B@")) // never fails
	p.automatic = 0
}

// hangUp cuts off whom the printer serves.
func (p *Printer) hangUp() {
	for l := range p.lines {
		l.open = false
		l.reset()
	}
	p.changed.Broadcast()
}
