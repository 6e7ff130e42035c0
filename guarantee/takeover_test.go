package guarantee

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// takeoverWithin is how soon the next terminal prints what a dead one owes (design.md section 5).
const takeoverWithin = 20 * time.Second

// two is a shop of two terminals, of which the first holds both stations.
func two(t *testing.T, dir string, random *rand.Rand) *premises {
	t.Helper()
	model := simulator.Epson()
	model.Refuses = random.IntN(2) == 0
	p := plan{terminals: 2, maxAge: 30 * time.Minute, stations: map[string]terminal.StationSetup{"grill": {Printer: "grill"}, "bar": {Printer: "bar"}}}
	for _, name := range []string{"grill", "bar"} {
		p.devices = append(p.devices, device{name: name, model: model, proof: proofs[random.IntN(len(proofs))]})
	}
	s, err := open(p, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	s.hub.line("counter-2", false)
	<-time.After(2 * time.Second)
	s.hub.line("counter-2", true)
	<-time.After(2 * time.Second)
	for _, station := range []string{"grill", "bar"} {
		if holder := s.hub.holder(station); holder != "counter-1" {
			t.Fatalf("%s holds %s", holder, station)
		}
	}
	return s
}

// TestTakeover: the holder is killed somewhere in its tickets and stays dead. Within 20 s the
// other one has begun whatever the kitchen is not known to have. The dead one comes back in the
// end.
func TestTakeover(t *testing.T) {
	t.Parallel()
	shared(t, sizes(t).takeovers, func(t *testing.T, what, dir string, seed uint64) tally {
		random := rand.New(rand.NewPCG(seed, 0))
		s := two(t, dir, random)
		for range 1 + random.IntN(3) {
			if err := s.newOrderNow(random); err != nil {
				t.Fatal(err)
			}
		}
		first := s.tills[0].now()
		at := randomTrap(random)
		if at.at == noTrap {
			<-time.After(time.Duration(random.IntN(1500)) * time.Millisecond)
		}
		s.kill(s.tills[0], at, 2*time.Minute)
		select {
		case <-first.died:
		case <-time.After(3 * time.Second): // everything was out before the trap
			s.kill(s.tills[0], trap{}, 2*time.Minute)
		}
		died := time.Now()
		if random.IntN(2) == 0 { // it comes while nobody holds the stations
			if err := s.newOrderNow(random); err != nil {
				t.Fatal(err)
			}
		}
		open := s.unreported()
		<-time.After(takeoverWithin)
		s.mu.Lock()
		copies := slices.Clone(s.copies)
		s.mu.Unlock()
		still := s.unreported() // the dead one's last word may have been on its way
		for _, key := range open {
			begun := slices.ContainsFunc(copies, func(c begun) bool {
				return c.device == "counter-2" && c.key == key && c.at.After(died)
			})
			if !begun && slices.Contains(still, key) {
				s.fault("counter-2 has not begun %s %v after the death of counter-1", key, takeoverWithin)
			}
		}
		return s.finish(t, what, random)
	})
}

func (s *premises) newOrderNow(random *rand.Rand) error {
	_, err := s.hub.comes(dishes(1+random.IntN(3), random.IntN(2), 1+random.IntN(2), 0), 0, true)
	return err
}

// unreported are the tickets that the hub has not heard to be out.
func (s *premises) unreported() []string {
	var keys []string
	for _, o := range s.hub.known(func(o order.Order) bool { return o.KitchenVersion == 1 }) {
		for _, station := range o.Stations() {
			if !slices.ContainsFunc(o.Tickets, func(t order.Ticket) bool { return t.Station == station && t.State.Told() }) {
				keys = append(keys, fmt.Sprintf("%s/%s/%d/%s", o.ID, station, 1, order.Kitchen))
			}
		}
	}
	return keys
}

// TestHubAway: with the hub away the holder goes on printing what it has, and the other one
// prints nothing of its stations, for however long that lasts.
func TestHubAway(t *testing.T) {
	t.Parallel()
	shared(t, sizes(t).takeovers, func(t *testing.T, what, dir string, seed uint64) tally {
		random := rand.New(rand.NewPCG(seed, 0))
		s := two(t, dir, random)
		held := s.devices[0]
		held.simulated.Fail(simulator.Fault{Trouble: simulator.CoverOpen, For: time.Hour})
		for range 1 + random.IntN(3) {
			if err := s.newOrderNow(random); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(3 * time.Second)
		for _, till := range s.tills {
			s.hub.line(till.device, false)
		}
		<-time.After(time.Duration(random.IntN(3)) * leaseTime)
		if random.IntN(2) == 0 { // a restart changes nothing
			s.kill(s.tills[random.IntN(2)], trap{}, time.Second)
		}
		held.simulated.Repair()
		<-time.After(40 * time.Second)
		s.mu.Lock()
		copies := slices.Clone(s.copies)
		s.mu.Unlock()
		for _, c := range copies {
			if c.device == "counter-2" {
				s.fault("counter-2 prints %s, of a station that it never held", c.key)
			}
		}
		for _, o := range s.hub.known(func(order.Order) bool { return true }) {
			key := o.ID + "/grill/1/kitchen"
			if !s.isOut(key) {
				s.fault("the holder has not printed %s", key)
			}
		}
		return s.finish(t, what, random)
	})
}
