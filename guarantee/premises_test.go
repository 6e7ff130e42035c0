// Package guarantee proves the ticket guarantee (docs/ticket-guarantee.md) on the real parts of a
// terminal: its service, its file, the printers' queues and transports, against simulated
// printers that fail at every moment, processes that are killed, and a hub that goes away.
// Nothing in it looks at what the parts believe: it counts what lies on the paper.
package guarantee

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/internal/mortal"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// plan is a shop, drawn at random or given by a test.
type plan struct {
	terminals int
	devices   []device
	stations  map[string]terminal.StationSetup
	ask       bool
	maxAge    time.Duration
}

// premises is a shop: a hub, terminals and printers, and all that comes out of these.
type premises struct {
	plan plan
	// sockets: time is real, and so are the connections.
	sockets bool
	hub     *hub
	tills   []*till
	devices []*device
	start   time.Time
	end     context.CancelFunc
	keepers sync.WaitGroup
	// atBegin is called, where it is not nil, with the bytes of each copy that is about to be sent.
	atBegin func(b []byte)

	mu     sync.Mutex
	copies []begun
	papers []paper
	// told: somebody answered what a terminal asked, so that papers may cross.
	told bool
	// answered is when people last answered what old tickets asked, by key.
	answered map[string]time.Time
	mended   bool     // no trouble comes any more
	sold     []string // orders of the counters
	faults   []string
	events   []string
	kills    int
}

// begun is a copy that a queue was given to send.
type begun struct {
	device, printer, key string
	ticket               terminal.Ticket
	texts                []string // as it looks on paper: of each copy that the station wants
	at                   time.Time
}

// paper is a piece of paper that lies at a printer.
type paper struct {
	printer string
	simulator.Paper
}

// open makes the shop and starts its terminals.
func open(p plan, dir string, sockets bool) (*premises, error) {
	s := &premises{plan: p, sockets: sockets, start: time.Now(), answered: map[string]time.Time{}}
	s.hub = newHub(s.wake)
	for _, d := range p.devices {
		d.simulated = simulator.New(d.model, func(piece simulator.Paper) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.papers = append(s.papers, paper{d.name, piece})
		})
		if sockets {
			var err error
			if d.address, err = d.simulated.Listen("127.0.0.1:0"); err != nil {
				return nil, err
			}
		}
		s.devices = append(s.devices, &d)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.end = cancel
	for i := range p.terminals {
		name := fmt.Sprintf("counter-%d", i+1)
		stations := map[string]terminal.StationSetup{}
		for station, setup := range p.stations {
			setup.Language = languages[i] // tells on paper whose ticket it is
			stations[station] = setup
		}
		s.tills = append(s.tills, &till{
			shop: s, device: name, path: filepath.Join(dir, name+".db"),
			config: terminal.Config{Device: name, AskUnconfirmed: p.ask, MaxAge: p.maxAge, Setup: printing(s.devices, stations)},
		})
	}
	for _, t := range s.tills {
		s.keepers.Go(func() {
			if err := t.keep(ctx); err != nil {
				s.fault("%s: %v", t.device, err)
			}
		})
	}
	return s, nil
}

var languages = []string{"fr", "en"}

// close ends the terminals, then the printers, from which the rest comes out.
func (s *premises) close() {
	s.end()
	s.keepers.Wait()
	for _, d := range s.devices {
		d.simulated.Close()
	}
}

func (s *premises) fault(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// note writes down what happens, for people who look into a fault.
func (s *premises) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := time.Since(s.start).Seconds()
	s.events = append(s.events, fmt.Sprintf("%7.2f ", at)+fmt.Sprintf(format, args...))
}

func (s *premises) wake() {
	for _, t := range s.tills {
		if l := t.now(); l != nil {
			l.awake()
		}
	}
}

func (s *premises) hear(device string, e terminal.Event) {
	switch e.Kind {
	case terminal.EventTicket:
		s.note("%s: %s %s%s, copies %d, %s", device, e.Job.Key, e.Job.State, headed(e.Job.Heading), e.Job.Copies, e.Job.Problem)
	case terminal.EventPrinter:
		s.note("%s: printer %s stands %q, %d old tickets", device, e.Printer.Printer, e.Printer.Fault, e.Stale.Tickets)
	case terminal.EventRefused:
		s.note("%s: the hub refused %s of %s", device, e.Command.Type, e.Command.OrderID)
	}
}

func headed(h terminal.Heading) string {
	if h == terminal.HeadingNone {
		return ""
	}
	return " (" + string(h) + ")"
}

// begun notes what a copy is to say, and that this terminal may print it.
func (s *premises) begun(l *life, holders map[string]string, name, key string, ticket terminal.Ticket) error {
	b, err := printer.Render(ticket, profile)
	if err != nil {
		return err
	}
	pieces, err := escpos.Decode(profile, b)
	if err != nil {
		return err
	}
	c := begun{device: l.till.device, printer: name, key: key, ticket: ticket, at: time.Now()}
	for _, piece := range pieces {
		c.texts = append(c.texts, strings.TrimSpace(piece.String()))
	}
	jobs, err := l.jobs([]string{orderOf(key)})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		holder := holders[j.Station]
		if j.Key == key && j.Owner == "" && !j.Copy && holder != "" && holder != l.till.device {
			s.fault("%s prints %s, of which it knows that %s holds the station", l.till.device, key, holder)
		}
		if j.Key == key && j.Owner != "" && j.Owner != l.till.device {
			s.fault("%s prints %s, which is %s's", l.till.device, key, j.Owner)
		}
	}
	s.mu.Lock()
	for _, other := range s.copies {
		if other.device == c.device && other.ticket.Station == ticket.Station && other.ticket.Sequence == ticket.Sequence &&
			ticket.Sequence > 0 && other.key != key && other.ticket.Number != ticket.Number {
			s.faults = append(s.faults, fmt.Sprintf("%s and %s bear one number", other.key, key))
		}
	}
	s.copies = append(s.copies, c)
	mended := s.mended
	s.mu.Unlock()
	s.note("%s begins %s on %s%s: %s %v", c.device, key, name, headed(ticket.Heading), ticket.Kind, counts(ticket.After))
	if s.atBegin != nil && !mended {
		s.atBegin(b)
	}
	return nil
}

// counts is how many of each dish there are.
func counts(lines []order.Line) map[string]int {
	all := map[string]int{}
	for _, l := range lines {
		all[l.Name] += l.Quantity
	}
	return all
}

// slips are the whole copies that lie there, in sequence.
func (s *premises) slips() []slip {
	s.mu.Lock()
	papers, copies := slices.Clone(s.papers), slices.Clone(s.copies)
	s.mu.Unlock()
	var all []slip
	for _, p := range papers {
		all = append(all, read(p, copies)...)
	}
	return all
}

// isOut says whether a whole copy of a ticket lies there.
func (s *premises) isOut(key string) bool {
	return slices.ContainsFunc(s.slips(), func(p slip) bool { return p.key == key })
}

// orders are the ids of all that was ordered.
func (s *premises) orders() []string {
	var ids []string
	for _, o := range s.hub.known(func(order.Order) bool { return true }) {
		ids = append(ids, o.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.sold {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// person does something at a terminal; that it is dead, or that the order does not allow it, is
// no fault.
func (s *premises) person(t *till, what string, do func(*life) error) {
	l := t.now()
	if l == nil {
		return
	}
	err := do(l)
	if err == nil || order.KindOf(err) != "" || errors.Is(err, mortal.ErrDead) || errors.Is(err, terminal.ErrNoLocation) || t.now() != l {
		return
	}
	s.fault("%s: %s: %v", t.device, what, err)
}

// answer is what people say to what a terminal asks.
func (s *premises) answer(t *till, random *rand.Rand) {
	s.person(t, "answering", func(l *life) error {
		printers, err := l.service.Printers()
		if err != nil {
			return err
		}
		for _, p := range printers {
			for _, j := range p.Unconfirmed {
				answer, said := l.service.PrintAgain, "print again"
				if s.isOut(j.Key) {
					answer, said = l.service.Confirm, "it is there"
				}
				s.note("person at %s of %s: %s", t.device, j.Key, said)
				s.mu.Lock()
				s.told = true
				s.mu.Unlock()
				if err := answer(j.Key); err != nil {
					return err
				}
			}
			if len(p.Stale) == 0 {
				continue
			}
			n := random.IntN(3)
			s.mu.Lock()
			s.told = true
			for _, j := range p.Stale {
				s.answered[j.Key] = time.Now()
			}
			s.mu.Unlock()
			s.note("person at %s of the old tickets of %s: %s", t.device, p.Setup.Name, []string{"print", "discard", "sum up"}[n])
			answers := []func(string) error{l.service.PrintStale, l.service.DiscardStale, l.service.SummarizeStale}
			if err := answers[n](p.Setup.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle mends everything, and lets time pass until nothing is left to do.
func (s *premises) settle(random *rand.Rand, most time.Duration) error {
	s.note("everything is mended")
	s.mu.Lock()
	s.mended = true
	s.mu.Unlock()
	for _, d := range s.devices {
		d.simulated.Mend()
	}
	for _, t := range s.tills {
		s.hub.line(t.device, true)
		if l := t.now(); l != nil {
			l.mu.Lock()
			l.trap = trap{}
			l.mu.Unlock()
		}
	}
	quiet, left, pause := 0, "", 3*time.Second
	if s.sockets {
		pause = time.Second
	}
	for begun := time.Now(); quiet < 2; {
		if time.Since(begun) > most {
			return fmt.Errorf("not level after %v: %s", most, left)
		}
		<-time.After(pause)
		left = ""
		for _, t := range s.tills {
			s.answer(t, random)
			l := t.now()
			if l == nil {
				left = t.device + " is not there"
				continue
			}
			more, err := l.quiet(s.orders())
			if err != nil {
				return err
			}
			if more != "" {
				left = t.device + " has " + more
			}
		}
		if quiet++; left != "" {
			quiet = 0
		}
	}
	return nil
}
