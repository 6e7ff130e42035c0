package terminal

import (
	"fmt"
	"sync"
	"time"
)

const (
	// slowest is the longest round trip that still tells the hub's time: half of it is how far it
	// may be off.
	slowest = 10 * time.Second
	// readings is how many are kept; the one with the shortest round trip counts.
	readings = 8
	// tolerated is how far two readings may differ beyond what their round trips explain. More
	// means that the hub's clock was set.
	tolerated = time.Second
)

// HubClock tells the hub's time, as well as it is known: until the hub has said it once since the
// start, by how far this machine's clock was off the last time. What is late is then the same on every terminal, whatever the machines' clocks say, and
// one that is set, or sleeps, while the terminal runs changes nothing.
type HubClock struct {
	machine Clock
	elapsed func() time.Duration

	mu   sync.Mutex
	last time.Duration // how far the hub was ahead before the start
	read []reading     // the newest last
	best reading
}

// reading is the hub's time at a moment of elapsed.
type reading struct {
	hub       time.Time
	at        time.Duration
	roundTrip time.Duration
}

// hubAt is what the hub's clock says at a moment by this reading.
func (r reading) hubAt(at time.Duration) time.Time { return r.hub.Add(at - r.at) }

// NewHubClock makes one. elapsed is the time since some moment, which goes on while the machine
// sleeps and does not jump when its clock is set.
func NewHubClock(machine Clock, elapsed func() time.Duration) *HubClock {
	return &HubClock{machine: machine, elapsed: elapsed}
}

// Now is the hub's time.
func (c *HubClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.read) == 0 {
		return c.machine.Now().Add(c.last)
	}
	return c.best.hubAt(c.elapsed())
}

// Recall takes up what the terminal's file has of the last time.
func (c *HubClock) Recall(file Store) error {
	var last time.Duration
	err := file.View(func(tx Tx) (err error) {
		last, err = tx.HubAhead()
		return err
	})
	if err != nil {
		return fmt.Errorf("reading how far the clock was off: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = last
	return nil
}

// Ahead is how far the hub's clock is ahead of this machine's; false where the hub has not said
// since the start, and it is that of the last time.
func (c *HubClock) Ahead() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.read) == 0 {
		return c.last, false
	}
	// without the monotonic clock, which a set clock does not move
	return c.best.hubAt(c.elapsed()).Sub(c.machine.Now().Round(0)), true
}

// Elapsed is to be noted when the hub is asked for its time.
func (c *HubClock) Elapsed() time.Duration { return c.elapsed() }

// Heard takes the hub's answer to a question that was asked at a moment of Elapsed. The hub looked
// at its clock in the middle, as far as anybody knows.
func (c *HubClock) Heard(hub time.Time, asked time.Duration) {
	now := c.elapsed()
	trip := now - asked
	if hub.IsZero() || trip < 0 || trip > slowest {
		return
	}
	r := reading{hub: hub.Round(0).Add(trip / 2), at: now, roundTrip: trip}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.read) > 0 {
		if off := r.hub.Sub(c.best.hubAt(now)).Abs(); off > (trip+c.best.roundTrip)/2+tolerated {
			c.read = nil // what it said before holds no more
		}
	}
	c.read = append(c.read, r)
	if len(c.read) > readings {
		c.read = c.read[1:]
	}
	c.best = c.read[0]
	for _, other := range c.read[1:] {
		if other.roundTrip <= c.best.roundTrip {
			c.best = other
		}
	}
}

// saveEvery is how often it is looked whether the clock is off by something else than the file says.
const saveEvery = time.Minute

// saveClock keeps how far the machine's clock is off: a terminal that starts without its hub goes by
// that.
func (s *Service) saveClock() {
	if s.ports.HubAhead == nil {
		return
	}
	ahead, known := s.ports.HubAhead()
	if !known || (ahead-s.aheadSaved()).Abs() <= tolerated {
		return
	}
	if err := s.update(func(c *change) error { return c.tx.PutHubAhead(ahead) }); err != nil {
		s.ports.Log.Error("how far the clock is off cannot be stored", "err", err)
		return
	}
	s.mu.Lock()
	s.hubAhead = ahead
	s.mu.Unlock()
}

func (s *Service) aheadSaved() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hubAhead
}
