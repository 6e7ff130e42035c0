package terminal_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// machine is a computer with a clock that may be wrong, and a stopwatch that never is.
type machine struct {
	started time.Time // true time
	now     time.Time // true time
	off     time.Duration
}

func (m *machine) Now() time.Time         { return m.now.Add(m.off) }
func (m *machine) elapsed() time.Duration { return m.now.Sub(m.started) }

func newMachine(off time.Duration) (*machine, *terminal.HubClock) {
	m := &machine{started: ten, now: ten, off: off}
	return m, terminal.NewHubClock(m, m.elapsed)
}

// ask asks a hub whose clock is right, over a line that takes so long there and back.
func (m *machine) ask(c *terminal.HubClock, there, back time.Duration) {
	asked := c.Elapsed()
	m.now = m.now.Add(there)
	hub := m.now
	m.now = m.now.Add(back)
	c.Heard(hub, asked)
}

func wantOff(t *testing.T, m *machine, c *terminal.HubClock, most time.Duration) {
	t.Helper()
	if off := c.Now().Sub(m.now).Abs(); off > most {
		t.Errorf("the clock is %v off the hub's, want %v at most", off, most)
	}
}

func TestHubClock(t *testing.T) {
	m, c := newMachine(10 * time.Minute)
	wantOff(t, m, c, 10*time.Minute)
	if _, known := c.Ahead(); known || !c.Now().Equal(m.Now()) {
		t.Error("it goes by another clock than the machine's before the hub has said anything")
	}
	m.ask(c, time.Second, 3*time.Second)
	wantOff(t, m, c, time.Second) // half the round trip, but the way back was longer
	m.ask(c, 20*time.Millisecond, 20*time.Millisecond)
	wantOff(t, m, c, 0)
	m.ask(c, 0, 4*time.Second) // a slow answer says less than a fast one of before
	wantOff(t, m, c, 0)
	if ahead, known := c.Ahead(); !known || ahead != -10*time.Minute {
		t.Errorf("the hub is ahead by %v, want 10 minutes behind", ahead)
	}
	if m.now = m.now.Add(3 * time.Hour); !c.Now().Equal(m.now) { // cut off from the hub
		t.Error("the offset is forgotten")
	}
}

// The machine's clock is set, and the machine sleeps: neither moves what the terminal goes by.
func TestHubClockSteps(t *testing.T) {
	m, c := newMachine(-10 * time.Minute)
	m.ask(c, 0, 0)
	m.off = 0 // NTP
	wantOff(t, m, c, 0)
	if ahead, _ := c.Ahead(); ahead != 0 {
		t.Errorf("the hub is ahead by %v of a clock that was put right", ahead)
	}
	m.off = 200 * 24 * time.Hour
	wantOff(t, m, c, 0)
	m.now = m.now.Add(9 * time.Hour) // closed, and opened in the morning
	wantOff(t, m, c, 0)
	// an answer that lay in the socket meanwhile says nothing
	asked := c.Elapsed()
	hub := m.now
	m.now = m.now.Add(8 * time.Hour)
	c.Heard(hub, asked)
	wantOff(t, m, c, 0)
}

// The hub's own clock is set: what it said before counts no more.
func TestHubClockFollowsTheHub(t *testing.T) {
	m, c := newMachine(0)
	for range 8 {
		m.ask(c, 0, 0)
	}
	m.now = m.now.Add(time.Minute)
	asked := c.Elapsed()
	m.now = m.now.Add(100 * time.Millisecond)
	c.Heard(m.now.Add(-90*time.Second), asked)
	if off := m.now.Sub(c.Now()); off < 89*time.Second || off > 91*time.Second {
		t.Errorf("the clock is %v behind, want 90 s with the hub", off)
	}
	for range 20 { // and noise is no step
		m.now = m.now.Add(time.Minute)
		asked := c.Elapsed()
		there, back := rand.N(3*time.Second), rand.N(3*time.Second)
		m.now = m.now.Add(there)
		hub := m.now.Add(-90 * time.Second)
		m.now = m.now.Add(back)
		c.Heard(hub, asked)
		if off := m.now.Add(-90 * time.Second).Sub(c.Now()).Abs(); off > 1600*time.Millisecond {
			t.Errorf("the clock is %v off", off)
		}
	}
}

// Three terminals, whose clocks are 10 minutes slow, 10 minutes fast and right, judge the same order
// the same, at every minute.
func TestThreeClocksOneBadge(t *testing.T) {
	o := order.Order{
		ID: "a", Status: order.Accepted, PlacedAt: ten, AcceptedAt: ten, PreparationMinutes: 20,
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: ten.Add(45 * time.Minute)},
	}
	var machines []*machine
	var clocks []*terminal.HubClock
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute, 0} {
		m, c := newMachine(off)
		m.ask(c, 30*time.Millisecond, 50*time.Millisecond)
		machines, clocks = append(machines, m), append(clocks, c)
	}
	seen := map[string]bool{}
	for minute := range 80 {
		at := ten.Add(time.Duration(minute)*time.Minute + 30*time.Second)
		want := o.Lateness(at)
		seen[fmt.Sprint(want.Late)] = true
		for i, c := range clocks {
			machines[i].now = at
			if got := o.Lateness(c.Now()); got != want {
				t.Errorf("minute %d: a terminal %v off says %+v, want %+v", minute, machines[i].off, got, want)
			}
			if wrong := o.Lateness(machines[i].Now()); machines[i].off != 0 && minute == 30 && wrong == want {
				t.Error("its own clock would say the same: this proves nothing")
			}
		}
	}
	if len(seen) != 2 {
		t.Error("the order was never late, or never in time")
	}
}
