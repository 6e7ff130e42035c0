package guarantee

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// size is how much the tests do.
type size struct {
	// whole is the whole matrix, instead of a proof and a kind of printer drawn for each place.
	whole     bool
	schedules int // of TestSchedules
	takeovers int // of TestTakeover and TestHubAway
}

func sizes(t *testing.T) size {
	t.Helper()
	switch text := os.Getenv("COMPTOIR_TORTURE"); text {
	case "", "short":
		return size{schedules: 20, takeovers: 12}
	case "long":
		return size{whole: true, schedules: 10_000, takeovers: 2000}
	default:
		t.Fatalf("COMPTOIR_TORTURE is %q, want short or long", text)
		return size{}
	}
}

// workers share what a test has to do.
const workers = 4

// TestSchedules: random days, on which orders come and change, printers fail, terminals are
// killed and cut off from the hub, and people answer what they are asked.
func TestSchedules(t *testing.T) {
	t.Parallel()
	shared(t, sizes(t).schedules, schedule)
}

// shared has several workers run n examples, each in a bubble of its own, and tells what came of
// all.
func shared(t *testing.T, n int, run func(t *testing.T, what, dir string, seed uint64) tally) {
	t.Helper()
	var sum tally
	var mu sync.Mutex
	t.Run("all", func(t *testing.T) {
		for worker := range workers {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				each(t, n/workers, func(t *testing.T, what, dir string, seed uint64) {
					c := run(t, what, dir, seed)
					mu.Lock()
					defer mu.Unlock()
					sum.add(c)
				})
			})
		}
	})
	t.Log(sum)
}

// each runs n examples, each in a bubble of its own, or the given one alone.
func each(t *testing.T, n int, run func(t *testing.T, what, dir string, seed uint64)) {
	t.Helper()
	seed := rand.Uint64()
	if given := givenSeed(t); given != 0 {
		seed, n = given-1, 1
	}
	for range n {
		seed++
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			run(t, fmt.Sprintf("COMPTOIR_GUARANTEE_SEED=%d", seed), dir, seed)
		})
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if t.Failed() { // the first one is enough to look at
			return
		}
	}
}

// draw draws a shop.
func draw(random *rand.Rand) plan {
	p := plan{
		terminals: 1 + random.IntN(2), ask: random.IntN(4) == 0,
		maxAge:   []time.Duration{time.Minute, 4 * time.Minute, 30 * time.Minute}[random.IntN(3)],
		stations: map[string]terminal.StationSetup{},
	}
	for _, name := range []string{"grill", "bar"} {
		d := device{name: name, proof: proofs[[]int{0, 0, 0, 1, 1, 2, 3}[random.IntN(7)]]}
		m := simulator.Epson()
		m.RealTime = random.IntN(6) > 0
		m.ID = d.proof != printer.ProofFence || random.IntN(2) == 0
		d.model = simulator.RandomModel(m, random.IntN)
		p.devices = append(p.devices, d)
	}
	backups := random.IntN(2) == 0
	for station, backup := range map[string]string{"grill": "bar", "bar": "grill"} {
		setup := terminal.StationSetup{Printer: station, Combine: random.IntN(2) == 0, BigText: random.IntN(4) == 0}
		if backups {
			setup.Backup = backup
		}
		if random.IntN(5) == 0 {
			setup.Copies = 2
		}
		p.stations[station] = setup
	}
	return p
}

// schedule is one day.
func schedule(t *testing.T, what, dir string, seed uint64) tally {
	random := rand.New(rand.NewPCG(seed, 0))
	s, err := open(draw(random), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(time.Second)
	for range 15 + random.IntN(25) {
		if err := s.happens(random); err != nil {
			t.Error(err)
		}
		<-time.After([]time.Duration{
			0, 10 * time.Millisecond, 100 * time.Millisecond, 900 * time.Millisecond, 3 * time.Second,
			12 * time.Second, 40 * time.Second,
		}[random.IntN(7)])
	}
	return s.finish(t, what, random)
}

// happens is one thing that happens in the shop.
func (s *premises) happens(random *rand.Rand) error {
	till := s.tills[random.IntN(len(s.tills))]
	printer := s.devices[random.IntN(len(s.devices))]
	downtime := []time.Duration{0, 500 * time.Millisecond, 5 * time.Second, 40 * time.Second}[random.IntN(4)]
	switch random.IntN(16) {
	case 0, 1, 2, 3:
		return s.newOrder(random)
	case 4:
		s.sell(till, random)
	case 5, 6:
		return s.partnerChanges(random)
	case 7:
		return s.partnerCancels(random)
	case 8:
		s.tap(till, random)
	case 9, 10:
		faults := simulator.RandomFaults(random.IntN, 3, 900)
		if random.IntN(4) == 0 { // long enough for a backup
			faults = append(faults, simulator.Fault{Trouble: simulator.Unreachable, For: 3 * time.Minute})
		}
		s.note("%s will have %v", printer.name, faults)
		printer.simulated.Fail(faults...)
	case 11, 12:
		s.kill(till, randomTrap(random), downtime)
	case 13:
		if l := till.now(); l != nil {
			s.note("%s is ended for %v", till.device, downtime)
			l.quit(downtime)
		}
	case 14:
		holds := random.IntN(3) > 0
		s.note("%s can reach the hub: %t", till.device, holds)
		s.hub.line(till.device, holds)
	case 15:
		if random.IntN(2) == 0 {
			s.answer(till, random)
		} else {
			s.reprint(till, random)
		}
	}
	return nil
}

func someDishes(random *rand.Rand) []order.Line {
	lines := dishes(random.IntN(3), random.IntN(2), random.IntN(3), random.IntN(2))
	if len(lines) == 0 {
		return dishes(1, 0, 1, 0)
	}
	return lines
}

func (s *premises) newOrder(random *rand.Rand) error {
	inMinutes := 0
	if random.IntN(5) == 0 {
		inMinutes = 31 + random.IntN(5) // due in a few minutes
	}
	_, err := s.hub.comes(someDishes(random), inMinutes, random.IntN(5) > 0)
	return err
}

// sell is an order of a counter. It counts as ordered before it is known to be stored.
func (s *premises) sell(t *till, random *rand.Rand) {
	lines := someDishes(random)
	s.person(t, "selling", func(l *life) error {
		id := s.hub.commandID()
		s.mu.Lock()
		s.sold = append(s.sold, order.Identity(order.ChannelCounter, t.device, id))
		s.mu.Unlock()
		_, err := l.service.Place(order.Command{ID: id, Order: &order.Order{Lines: lines}})
		return err
	})
}

func (s *premises) anOpenOrder(random *rand.Rand) (order.Order, bool) {
	all := s.hub.known(func(o order.Order) bool { return o.Partner() && o.Status.Open() })
	if len(all) == 0 {
		return order.Order{}, false
	}
	return all[random.IntN(len(all))], true
}

func (s *premises) partnerChanges(random *rand.Rand) error {
	o, found := s.anOpenOrder(random)
	if !found {
		return nil
	}
	s.note("the platform changes %s", o.Number)
	if o.Status == order.New {
		return s.hub.does(o.ID, order.Command{Type: order.Accept, By: order.AutoAccept})
	}
	return s.hub.does(o.ID, order.Command{Type: order.PartnerChange, Order: &order.Order{Lines: someDishes(random)}})
}

func (s *premises) partnerCancels(random *rand.Rand) error {
	o, found := s.anOpenOrder(random)
	if !found {
		return nil
	}
	s.note("the platform cancels %s", o.Number)
	return s.hub.does(o.ID, order.Command{Type: order.PartnerCancel})
}

// tap is what a cashier does.
func (s *premises) tap(t *till, random *rand.Rand) {
	s.person(t, "tapping", func(l *life) error {
		orders := l.service.Orders()
		if len(orders) == 0 {
			return nil
		}
		o := orders[random.IntN(len(orders))]
		c := order.Command{ID: s.hub.commandID(), OrderID: o.ID}
		c.Type = []order.CommandType{order.Accept, order.Start, order.MarkReady, order.HandOver, order.Reject, order.CancelItems}[random.IntN(6)]
		if c.Type == order.CancelItems && random.IntN(2) == 0 {
			c.Items = []order.ItemQuantity{{Line: o.Lines[0].ID, Quantity: 1}}
		}
		s.note("person at %s: %s %s", t.device, c.Type, o.Number)
		_, err := l.service.Do(c)
		return err
	})
}

func (s *premises) reprint(t *till, random *rand.Rand) {
	orders := s.orders()
	if len(orders) == 0 {
		return
	}
	id, station := orders[random.IntN(len(orders))], []string{"grill", "bar"}[random.IntN(2)]
	s.person(t, "reprinting", func(l *life) error { return l.service.Reprint(id, station) })
}
