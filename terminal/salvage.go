package terminal

import (
	"errors"
	"slices"
	"time"

	"comptoir/order"
)

// Salvage is what the terminal's file went through last: it was found damaged, and what could be
// read was carried over into a new one, or an older copy was put back. It stays until the next
// time; the zero value is never.
type Salvage struct {
	At time.Time `json:"at,omitzero"`
	// Restored: a copy was put back by hand.
	Restored bool `json:"restored,omitempty"`
	// Aside is where the former file lies; of single records, where they were written to.
	Aside string `json:"aside,omitempty"`
	// Commands, Tickets (that had not ended) and Orders were carried over.
	Commands int `json:"commands"`
	Tickets  int `json:"tickets"`
	Orders   int `json:"orders"`
	// Records were set aside one by one, while the terminal worked.
	Records int `json:"records,omitempty"`
	// Missing names of what something could not be read.
	Missing []Kept `json:"missing,omitempty"`
	// Doubt: the print journal lacks what it said last. Until is when it can have said so at the
	// latest: what became due later has not come out.
	Doubt bool      `json:"doubt,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Fetched are the locations whose orders the hub has told whole since.
	Fetched []string `json:"fetched,omitempty"`
	// Heard: somebody has read of it.
	Heard bool `json:"heard,omitempty"`
}

// Kept is a kind of what the terminal's file keeps, as people tell them apart.
type Kept string

// The kinds, the one that hurts most at the top.
const (
	KeptCommands Kept = "commands" // taps that the hub does not have
	KeptTickets  Kept = "tickets"
	KeptNumbers  Kept = "numbers" // of tickets and counter orders
	KeptLockouts Kept = "lockouts"
	KeptPrinters Kept = "printers" // as set up on screen
	KeptSettings Kept = "settings"
	KeptOrders   Kept = "orders"
)

// fetching says whether the location's orders are still to come whole from the hub.
func (s Salvage) fetching(location string) bool {
	return !s.At.IsZero() && !slices.Contains(s.Fetched, location)
}

// Salvaged is what the terminal's file went through last.
func (s *Service) Salvaged() Salvage {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.salvage
}

func (s *Service) setSalvage(salvage Salvage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.salvage = salvage
}

// settleDoubt makes the tickets anew that the journal may have lost: the hub may be out of reach.
func (s *Service) settleDoubt(c *change) error {
	if !s.Salvaged().Doubt {
		return nil
	}
	for _, o := range s.Orders() {
		if err := s.settle(c, o.ID, 0); err != nil {
			return err
		}
	}
	return nil
}

// heedRepair takes up what the store has set aside since the last transaction.
func (s *Service) heedRepair(c *change) error {
	salvage, err := c.tx.Salvage()
	if err != nil || salvage.At.Equal(s.Salvaged().At) {
		return err
	}
	s.setSalvage(salvage)
	s.mu.Lock()
	clear(s.resyncs) // what they have brought may be among what is missing
	s.mu.Unlock()
	return s.settleDoubt(c)
}

// lookForRepair is for a shop in which nothing happens: what was only read may have been damaged too.
func (s *Service) lookForRepair() {
	var at time.Time
	err := s.ports.Store.View(func(tx Tx) error {
		salvage, err := tx.Salvage()
		at = salvage.At
		return err
	})
	if err == nil && !at.Equal(s.Salvaged().At) {
		err = s.update(func(*change) error { return nil })
	}
	if err != nil {
		s.ports.Log.Error("what was set aside of damaged data is not heeded yet", "err", err)
	}
}

// HearSalvage remembers that somebody has read of it.
func (s *Service) HearSalvage() error {
	return s.update(func(c *change) error {
		salvage, err := c.tx.Salvage()
		if err != nil || salvage.Heard || salvage.At.IsZero() {
			return err
		}
		salvage.Heard = true
		return c.keepSalvage(salvage)
	})
}

func (c *change) keepSalvage(salvage Salvage) error {
	c.salvage = &salvage
	return c.tx.PutSalvage(salvage)
}

// errFetch ends a connection that began with a cursor which does not hold any more: the next one
// has none, and brings everything.
var errFetch = errors.New("orders are missing here since data was damaged: fetching all of them")

// fetched notes that all orders of a location have come. Changes alone will not do as long as they
// have not: some that stood before may be missing here.
func (c *change) fetched(changes Changes) error {
	salvage, err := c.tx.Salvage()
	if err != nil || !salvage.fetching(changes.Location) {
		return err
	}
	if !changes.Full {
		return errFetch
	}
	salvage.Fetched = append(salvage.Fetched, changes.Location)
	return c.keepSalvage(salvage)
}

// clockDoubt is how far the hub's clock may be from this one: its times are in its orders.
const clockDoubt = 5 * time.Minute

// lost says whether a ticket of the station may have come out of which the journal does not know
// any more.
func (s *Service) lost(view order.Order, station string, jobs []Job, lease Lease, now time.Time) bool {
	salvage := s.Salvaged()
	l := s.location(view.Location)
	if !salvage.Doubt || l == nil || view.KitchenVersion == 0 || len(view.History) == 0 {
		return false
	}
	known := slices.ContainsFunc(jobs, func(j Job) bool { return j.Station == station && j.Version >= view.KitchenVersion })
	if known || !salvage.fetching(view.Location) {
		return slices.ContainsFunc(jobs, func(j Job) bool { return j.Station == station && j.Lost && j.Copies == 0 && !j.State.Ended() })
	}
	if !view.Status.Open() && now.Sub(view.History[len(view.History)-1].At) > doubtFor {
		return false // it has been cooked, or will never be
	}
	due, until := view.KitchenDue(l.printAhead()), salvage.Until
	by := owner(view)
	if by == "" {
		by, until = lease.Device, until.Add(clockDoubt)
	}
	return !due.After(until) && (by == "" || by == s.config.Device)
}
