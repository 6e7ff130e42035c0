package terminal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"comptoir/order"
)

// A command that the hub has confirmed is kept for recentFor, and at most maxRecent of them: what
// a hub that comes back from last week's backup lacks is made good, at some ten megabytes at most.
const (
	recentFor = 7 * 24 * time.Hour
	maxRecent = 20_000
)

// Answer is what the hub has of orders that it was asked for, or offered.
type Answer struct {
	Location string
	Orders   []order.Order
	// Missing are the ids of those that it does not have, and did not take.
	Missing []string
}

// Held is an order that the hub must be asked for; Order is set where it is offered.
type Held struct {
	Doubt
	Order order.Order
}

// resync is a full resync of a location, from its first page to its last, over however many
// connections.
type resync struct{ seen map[string]bool }

// errResync ends a connection whose full resync goes on from pages that nobody remembers here: the
// next one begins it anew.
var errResync = errors.New("what the full resync has brought is not known any more")

// resyncing is the location's resync under way, or the one that begins.
func (s *Service) resyncing(location string, begins bool) (*resync, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if begins {
		s.resyncs[location] = &resync{seen: map[string]bool{}}
	}
	if s.resyncs[location] == nil {
		return nil, errResync
	}
	return s.resyncs[location], nil
}

// take stores the hub's word of an order. Where the hub has less than this terminal was told
// already, its log was rolled back: an order that only lacks its end is offered it, and one that
// went on differently gets this terminal's commands again.
func (s *Service) take(c *change, o order.Order, offered bool, sequence uint64) error {
	known, found, err := c.tx.Order(o.ID)
	if err != nil {
		return err
	}
	if found && !offered && o.Precedes(known) {
		return c.doubt(Doubt{OrderID: o.ID, Location: o.Location, Offer: true})
	}
	if found && same(known, o) { // most of what is asked for: nothing to write
		pending, err := c.tx.PendingOf(o.ID)
		if err != nil || len(pending) == 0 {
			return errors.Join(err, c.certain(o.ID))
		}
	}
	if found && known.KitchenVersion == o.KitchenVersion {
		sequence = 1 // what is to be cooked is older than this change
	}
	recent, err := c.tx.RecentOf(o.ID)
	if err != nil {
		return err
	}
	for _, r := range recent {
		if o.Applied(r.Command.ID) {
			continue
		}
		if err := c.tx.Requeue(r); err != nil {
			return err
		}
		c.send = true
	}
	return s.store(c, o, sequence)
}

// same says whether two copies of an order have the same history.
func same(a, b order.Order) bool {
	return a.Revision == b.Revision && slices.EqualFunc(a.History, b.History, func(a, b order.Entry) bool { return a.Command == b.Command })
}

// store makes an order the confirmed one, and what it says of pending commands.
func (s *Service) store(c *change, o order.Order, sequence uint64) error {
	if err := c.tx.PutOrder(o); err != nil {
		return err
	}
	if err := errors.Join(c.confirm(o), c.certain(o.ID)); err != nil {
		return err
	}
	return s.settle(c, o.ID, sequence)
}

// confirm ends the wait of the commands that a confirmed order has applied.
func (c *change) confirm(o order.Order) error {
	pending, err := c.tx.PendingOf(o.ID)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if o.Applied(p.Command.ID) {
			if err := c.tx.ConfirmPending(p.Command.ID, c.now); err != nil {
				return err
			}
			c.print = c.print || p.Command.Type != order.Printed // tickets may have waited for it
		}
	}
	return nil
}

// doubt remembers that the hub must be asked for an order.
func (c *change) doubt(d Doubt) error {
	c.doubted, c.send = true, true
	return c.tx.PutDoubt(d)
}

// certain ends a doubt, if there is one.
func (c *change) certain(orderID string) error {
	_, found, err := c.tx.Doubt(orderID)
	if err != nil || !found {
		return err
	}
	c.doubted = true
	return c.tx.RemoveDoubt(orderID)
}

// resynced ends a full resync: the hub must be asked for what this terminal holds and did not hear
// of. That is what it shows or has commands for; and, where the hub's log is another one than
// before, or may be since nobody remembers which one it was, all that ended or was confirmed a short
// time ago, or a short time before a copy was put back.
func (s *Service) resynced(c *change, location string, r *resync, before, now Cursor) error {
	var held []string
	add := func(o order.Order) bool {
		if o.Location == location {
			held = append(held, o.ID)
		}
		return true
	}
	if err := c.tx.EachActiveOrder(func(o order.Order) error { add(o); return nil }); err != nil {
		return err
	}
	if err := eachPending(c.tx, func(p Pending) {
		if p.Location == location {
			held = append(held, p.Command.OrderID)
		}
	}); err != nil {
		return err
	}
	salvage, err := c.tx.Salvage()
	if err != nil {
		return err
	}
	another := before.Epoch != now.Epoch || before.Sequence > now.Sequence
	if another && (before.Epoch != "" || salvage.fetching(location)) {
		since := c.now
		if salvage.fetching(location) && salvage.At.Before(since) { // it may have been off meanwhile
			since = salvage.At
		}
		if err := c.tx.EachEnded(since.Add(-recentFor), time.Time{}, add); err != nil {
			return err
		}
		recent, err := c.tx.RecentOrders(location)
		if err != nil {
			return err
		}
		held = append(held, recent...)
		if err := c.ageJobs(location); err != nil {
			return err
		}
	}
	slices.Sort(held)
	for _, id := range slices.Compact(held) {
		if r.seen[id] {
			continue
		}
		if _, known, err := c.tx.Doubt(id); err != nil {
			return err
		} else if known {
			continue
		}
		if err := c.doubt(Doubt{OrderID: id, Location: location}); err != nil {
			return err
		}
	}
	return nil
}

// Anew hears that a location is going to come whole, maybe out of another log, and before it who
// prints its stations: the places of waiting tickets in the former log say nothing any more.
func (s *Service) Anew(locations []string) error {
	if len(locations) == 0 {
		return nil
	}
	err := s.update(func(c *change) error {
		for _, location := range locations {
			if err := c.ageJobs(location); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("storing that the hub's log is another one: %w", err)
	}
	return nil
}

// ageJobs makes the location's waiting tickets older than anything in the hub's log, which counts
// anew: whoever takes a station over then marks them, rather than print one twice unmarked.
func (c *change) ageJobs(location string) error {
	var waiting []Job
	err := c.tx.Queues(func(j Job) bool {
		if j.Location == location && j.Sequence > 1 {
			waiting = append(waiting, j)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, j := range waiting {
		j.Sequence = 1
		if err := c.tx.PutJob(j); err != nil {
			return err
		}
	}
	return nil
}

// Doubts lists at most limit orders that the hub must be asked for, or offered, without those that
// skip names: all of one location.
func (s *Service) Doubts(skip func(Doubt) bool, limit int) ([]Held, error) {
	var list []Held
	if len(s.Doubted()) == 0 {
		return nil, nil
	}
	err := s.ports.Store.View(func(tx Tx) error {
		doubts, err := tx.Doubts("", maxDoubts)
		if err != nil {
			return err
		}
		for _, d := range doubts {
			if len(list) == limit || len(list) > 0 && list[0].Location != d.Location || skip(d) || s.location(d.Location) == nil {
				continue
			}
			held := Held{Doubt: d}
			if d.Offer {
				if held.Order, _, err = tx.Order(d.OrderID); err != nil {
					return err
				}
			}
			list = append(list, held)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what the hub must be asked for: %w", err)
	}
	return list, nil
}

// maxDoubts is more than a terminal keeps of ended orders and commands.
const maxDoubts = 100_000

// Answered hears what the hub has of orders that it was asked for. What it lacks, it is offered;
// what it says of an order that it was offered is its last word.
func (s *Service) Answered(a Answer) error {
	err := s.update(func(c *change) error {
		for _, o := range a.Orders {
			d, found, err := c.tx.Doubt(o.ID)
			if err != nil {
				return err
			}
			if !found {
				continue // a change has settled it meanwhile
			}
			if err := s.take(c, o, d.Offer, 1); err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
		}
		for _, id := range a.Missing {
			if err := s.missing(c, id); err != nil {
				return fmt.Errorf("order %s: %w", id, err)
			}
		}
		c.send = true // the commands that waited for it
		return nil
	})
	if err != nil {
		return fmt.Errorf("storing what the hub has: %w", err)
	}
	return nil
}

func (s *Service) missing(c *change, id string) error {
	d, found, err := c.tx.Doubt(id)
	if err != nil || !found || d.Offer {
		return err
	}
	if _, known, err := c.tx.Order(id); err != nil || !known {
		if err != nil {
			return err
		}
		return c.certain(id) // it goes up by its Place
	}
	d.Offer = true
	return c.doubt(d)
}

// Unknown hears that the hub does not know the order of a command: it is asked, and offered it,
// before the command goes again. False where there is nothing to offer.
func (s *Service) Unknown(command string) (kept bool, err error) {
	err = s.update(func(c *change) error {
		p, found, err := pendingByID(c.tx, command)
		if err != nil || !found || s.location(p.Location) == nil {
			return err
		}
		if _, known, err := c.tx.Order(p.Command.OrderID); err != nil || !known {
			return err
		}
		kept = true
		if _, asked, err := c.tx.Doubt(p.Command.OrderID); err != nil || asked {
			return err
		}
		return c.doubt(Doubt{OrderID: p.Command.OrderID, Location: p.Location})
	})
	if err != nil {
		return false, fmt.Errorf("keeping the command %s: %w", command, err)
	}
	return kept, nil
}

// Doubted lists the orders of which it is not known whether the hub has them.
func (s *Service) Doubted() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.doubts))
}

// Lost lists the orders that the hub has no more, or lacks the end of, and has not taken back yet.
func (s *Service) Lost() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var lost []string
	for id, offer := range s.doubts {
		if offer {
			lost = append(lost, id)
		}
	}
	slices.Sort(lost)
	return lost
}

// loadDoubts brings the list at hand level.
func (s *Service) loadDoubts() error {
	offers := map[string]bool{}
	err := s.ports.Store.View(func(tx Tx) error {
		doubts, err := tx.Doubts("", maxDoubts)
		for _, d := range doubts {
			offers[d.OrderID] = d.Offer
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what the hub must be asked for: %w", err)
	}
	s.mu.Lock()
	s.doubts = offers
	s.mu.Unlock()
	return nil
}

// eachPending visits every pending command, oldest first.
func eachPending(tx Tx, f func(Pending)) error {
	for after := uint64(0); ; {
		pending, err := tx.PendingAfter(after, 500)
		if err != nil || len(pending) == 0 {
			return err
		}
		for _, p := range pending {
			f(p)
		}
		after = pending[len(pending)-1].Sequence
	}
}
