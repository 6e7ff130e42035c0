package torture

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"comptoir/printer/virtual"
)

// slip is one piece of paper.
type slip struct {
	printer string
	station string
	// number is the order's; empty where the paper was cut off above it.
	number string
	// void: ANNULÉE. marked: DOUBLON POSSIBLE. whole: it came out down to the cut.
	void, marked, whole bool
	// text is what stands on it, picture how it looks.
	text, picture string
	at            time.Time
}

// paper is all that came out of all printers, in sequence.
type paper struct {
	mu    sync.Mutex
	slips []slip
}

func (p *paper) add(printer, station string, t virtual.Ticket) {
	s := slip{printer: printer, station: station, whole: !t.Incomplete, text: t.String(), picture: virtual.Text(t.Ticket), at: t.At}
	for _, line := range t.Lines {
		text := line.String()
		s.void = s.void || strings.Contains(text, "ANNULÉE")
		s.marked = s.marked || strings.Contains(text, "DOUBLON POSSIBLE")
		if number, found := strings.CutPrefix(text, "#"); found && s.number == "" {
			s.number = number
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips = append(p.slips, s)
}

// of gives the slips of one order.
func (p *paper) of(number string) []slip {
	return slices.DeleteFunc(p.all(), func(s slip) bool { return s.number != number })
}

func (p *paper) all() []slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.slips)
}

// outlet is a printer's place on the network: the printer there can lose its power.
type outlet struct {
	address string
	deliver func(virtual.Ticket)
	printer *virtual.Printer
	// slow is about how long, in nanoseconds, the printer keeps a connection after the cut.
	slow atomic.Int64
}

// plug puts a printer at a free address.
func plug(t *testing.T, p *paper, name, station string, slow time.Duration) *outlet {
	t.Helper()
	o := &outlet{}
	o.deliver = func(ticket virtual.Ticket) {
		p.add(name, station, ticket)
		<-time.After(about(time.Duration(o.slow.Load())))
	}
	o.slow.Store(int64(slow))
	o.address = freeAddress(t, o.on)
	t.Cleanup(o.off)
	return o
}

// about picks a time from half of d to one and a half.
func about(d time.Duration) time.Duration { return d/2 + rand.N(d+1) }

func (o *outlet) on(address string) (err error) {
	o.printer, err = virtual.Listen(address, o.deliver)
	return err
}

func (o *outlet) off() { _ = o.printer.Close() } // a listener that was closed already

// squeezed is a text without white: a name may be wrapped anywhere.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }
