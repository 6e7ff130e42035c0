package simulator

import (
	"slices"
	"time"

	"comptoir/printer/escpos"
)

// Trouble is what can happen to a printer.
type Trouble string

// The troubles. Each lasts for its fault's time, until somebody has seen to it.
const (
	PaperEnd   Trouble = "paper end"
	PaperLow   Trouble = "paper low"
	CoverOpen  Trouble = "cover open"
	CutterJam  Trouble = "cutter jam"
	Broken     Trouble = "broken" // until it is switched off and on
	PowerOff   Trouble = "power off"
	Reset      Trouble = "reset" // of the connection; what came is printed
	Deaf       Trouble = "deaf"  // takes connections and reads nothing
	Held       Trouble = "held"  // by another client
	Gone       Trouble = "gone"  // the connection ends in an orderly way
	Mute       Trouble = "mute"  // does not answer DLE EOT
	NoProof    Trouble = "no proof"
	LateProof  Trouble = "late proof"
	WrongProof Trouble = "wrong proof"
	StaleProof Trouble = "stale proof" // comes on the next connection instead
	Slow       Trouble = "slow"
	Noise      Trouble = "noise" // on the way back
	// Unreachable: the cable is out. Nobody notices on the connection.
	Unreachable Trouble = "unreachable"
)

// Troubles lists them all.
func Troubles() []Trouble {
	return []Trouble{
		PaperEnd, PaperLow, CoverOpen, CutterJam, Broken, PowerOff, Reset, Deaf, Held, Gone, Mute,
		NoProof, LateProof, WrongProof, StaleProof, Slow, Noise, Unreachable,
	}
}

// Fault is a trouble on a schedule.
type Fault struct {
	Trouble Trouble
	// At is how many bytes are printed, since the trouble before was over, when it begins; 0 is
	// at once. Real-time commands do not count.
	At int
	// For is how long it lasts.
	For time.Duration
}

// stops says how a printer describes a trouble that stops it.
func (t Trouble) stops() escpos.Status {
	switch t {
	case PaperEnd:
		return escpos.Offline | escpos.PaperEnd
	case CoverOpen:
		return escpos.Offline | escpos.CoverOpen
	case CutterJam:
		return escpos.Offline | escpos.ErrorStop | escpos.CutterError
	case Broken:
		return escpos.Offline | escpos.ErrorStop | escpos.Unrecoverable
	case PaperLow:
		return escpos.PaperLow
	}
	return 0
}

// Fail adds faults to the schedule: each begins when those before it are over.
func (p *Printer) Fail(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) == 0 && p.trouble == "" {
		p.count = 0
	}
	p.faults = append(p.faults, faults...)
	p.fail()
}

// Quiet reports whether all faults are over.
func (p *Printer) Quiet() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble == "" && len(p.faults) == 0
}

// Repair ends the trouble under way now.
func (p *Printer) Repair() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.repair()
}

// Mend ends the trouble under way and calls off all that were to come.
func (p *Printer) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
	p.repair()
}

// Happening is a trouble that there was.
type Happening struct {
	Trouble Trouble
	From    time.Time
	Until   time.Time // zero while it lasts
}

// Past lists the troubles that there were.
func (p *Printer) Past() []Happening {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.past)
}

// fail begins the next trouble if its time has come.
func (p *Printer) fail() {
	if p.closed || p.trouble != "" || len(p.faults) == 0 || p.count < p.faults[0].At {
		return
	}
	next := p.faults[0]
	p.faults = p.faults[1:]
	p.trouble = next.Trouble
	p.past = append(p.past, Happening{Trouble: next.Trouble, From: time.Now()})
	p.status |= next.Trouble.stops()
	switch next.Trouble {
	case PowerOff:
		p.forget()
		p.hangUp()
	case Reset:
		p.hangUp()
	case Gone:
		for l := range p.lines {
			l.open = false
			l.conn.Close()
		}
	case Noise:
		if p.current != nil {
			p.answer(p.current, []byte{'7', '"', 'a', 0x7F, 0xF0, 0x11})
		}
	}
	if next.Trouble.stops() != 0 {
		p.tell()
	}
	p.changed.Broadcast()
	p.turn++
	turn := p.turn
	p.repaired = time.AfterFunc(next.For, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if turn == p.turn {
			p.repair()
		}
	})
}

func (p *Printer) repair() {
	if p.trouble == "" || p.closed {
		return
	}
	over := p.trouble
	p.repaired.Stop()
	p.trouble = ""
	p.past[len(p.past)-1].Until = time.Now()
	p.status &^= over.stops()
	switch {
	case over == PaperEnd && p.model.Clears:
		p.forget()
	case over == Broken: // switched off and on
		p.forget()
		p.hangUp()
	}
	if over.stops() != 0 {
		p.tell()
	}
	p.count = 0
	p.changed.Broadcast()
	p.fail()
}

// Choose returns a number from 0 to n-1: of a generator of random numbers, or of a property test
// that wants to make its examples smaller.
type Choose func(n int) int

// RandomModel is a printer of the given abilities whose manners are drawn.
func RandomModel(m Model, choose Choose) Model {
	m.Clears = choose(2) == 1
	m.Refuses = choose(2) == 1
	m.BusyOffline = choose(4) == 3
	m.Speed = []int{960, 2000, 10_000}[choose(3)]
	return m
}

// RandomFaults draws a schedule of up to most faults for tickets of about length bytes, before,
// inside and right after them.
func RandomFaults(choose Choose, most, length int) []Fault {
	troubles := Troubles()
	faults := make([]Fault, choose(most+1))
	for i := range faults {
		f := Fault{Trouble: troubles[choose(len(troubles))]}
		switch choose(4) {
		case 0:
		case 1: // anywhere
			f.At = choose(3 * length)
		case 2: // about the cut and the proof of a first ticket
			f.At = length - 30 + choose(60)
		case 3:
			f.At = 1 + choose(40)
		}
		f.For = []time.Duration{
			10 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second, 7 * time.Second, 18 * time.Second, 45 * time.Second,
		}[choose(6)]
		faults[i] = f
	}
	return faults
}
