package terminal

import (
	"slices"
	"time"

	"comptoir/order"
)

// change is one transaction's work: it gathers what has to be told once it is on disk.
type change struct {
	tx     Tx
	now    time.Time
	views  []order.Order
	unsent map[string]bool
	events []Event
	// last are tickets that printers will be remembered by.
	last  []lastTicket
	print bool
	send  bool
	// doubted: what the hub must be asked for is another list.
	doubted bool
	// settings are new ones, if any.
	settings map[string]*location
	// setup is a new one, if any.
	setup *Setup
	// orderings are new ones, if any.
	orderings *Orderings
	// refusals are what is kept of them now, if any came or was read.
	refusals *[]Refusal
	// salvage is what is new of it, if anything.
	salvage *Salvage
}

// update runs f in one durable transaction, then brings the caches level and tells everybody.
func (s *Service) update(f func(*change) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	c := &change{now: s.ports.Clock.Now()}
	before := s.Salvaged()
	err := s.ports.Store.Update(func(tx Tx) error {
		c.tx, c.views, c.events, c.last, c.print, c.send, c.doubted = tx, nil, nil, nil, false, false, false
		c.unsent, c.orderings, c.refusals, c.salvage = map[string]bool{}, nil, nil, nil
		s.setSalvage(before)
		if err := s.heedRepair(c); err != nil {
			return err
		}
		return f(c)
	})
	if err != nil {
		s.setSalvage(before) // the next one heeds it
		return err
	}
	if c.settings != nil {
		s.mu.Lock()
		s.locations = c.settings
		s.mu.Unlock()
	}
	if c.setup != nil {
		s.mu.Lock()
		s.setup = *c.setup
		s.mu.Unlock()
	}
	if c.salvage != nil {
		s.setSalvage(*c.salvage)
	}
	if c.orderings != nil {
		s.mu.Lock()
		s.orderings = *c.orderings
		s.mu.Unlock()
	}
	if c.refusals != nil {
		s.mu.Lock()
		s.refusals = *c.refusals
		s.mu.Unlock()
	}
	s.remember(c)
	if c.doubted {
		if err := s.loadDoubts(); err != nil { // what happened is stored: nobody must hear that it is not
			s.ports.Log.Error("the list of doubts is not the newest", "err", err)
		}
		c.events = append(c.events, Event{Kind: EventLost})
	}
	s.noteLast(c.last)
	for _, view := range c.views {
		s.ports.Notify(Event{Kind: EventOrder, Order: view})
		s.ring(view, c.now)
	}
	for _, event := range c.events {
		s.ports.Notify(event)
	}
	if c.print {
		s.ports.WakePrinters()
	}
	if c.send {
		s.ports.WakeSync()
	}
	return nil
}

// remember keeps the views of active orders at hand.
func (s *Service) remember(c *change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, view := range c.views {
		if view.Active() {
			s.active[view.ID] = view
		} else {
			delete(s.active, view.ID)
		}
		if c.unsent[view.ID] {
			s.unsent[view.ID] = true
		} else {
			delete(s.unsent, view.ID)
		}
	}
}

// show makes the view one that the caches and the screens get.
func (c *change) show(view order.Order) error {
	pending, err := c.tx.PendingOf(view.ID)
	if err != nil {
		return err
	}
	c.views = append(c.views, view)
	c.unsent[view.ID] = slices.ContainsFunc(pending, func(p Pending) bool { return p.Command.Type != order.Printed })
	return nil
}

// settle computes the order's new view and the tickets it needs.
func (s *Service) settle(c *change, id string, sequence uint64) error {
	view, err := s.view(c.tx, id, c.now)
	if err != nil {
		return err
	}
	if view.ID == "" {
		return nil
	}
	if err := c.show(view); err != nil {
		return err
	}
	return s.plan(c, view, sequence)
}
