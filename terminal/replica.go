package terminal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Changes is what the hub says has changed, in the order of its log.
type Changes struct {
	Location string
	Orders   []order.Order
	// Cursor is the place in the log after these changes.
	Cursor Cursor
	// Full marks the pages of a full resync, First and Last the outer ones.
	Full, First, Last bool
	// Unreadable are the ids of orders that the hub sent and that cannot be read here.
	Unreadable []string
	// More: another page follows, in which orders of this one's part of the log may stand that
	// have moved on meanwhile.
	More bool
}

// Cursors are the places in the hub's log up to which this terminal has stored, by location.
func (s *Service) Cursors() (map[string]Cursor, error) {
	cursors := map[string]Cursor{}
	err := s.ports.Store.View(func(tx Tx) error {
		locations, err := tx.Locations()
		if err != nil {
			return err
		}
		for _, l := range locations {
			cursor, found, err := tx.Cursor(l.ID)
			if err != nil {
				return err
			}
			if found {
				cursors[l.ID] = cursor
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the cursors: %w", err)
	}
	return cursors, nil
}

// Locations stores the settings heard from the hub.
func (s *Service) Locations(locations []shop.Location) error {
	prepared, err := ready(locations)
	if err != nil {
		return fmt.Errorf("settings from the hub: %w", err)
	}
	unknown := slices.ContainsFunc(locations, func(l shop.Location) bool { return s.location(l.ID) == nil })
	err = s.update(func(c *change) error {
		c.print, c.settings = true, prepared
		c.events = append(c.events, Event{Kind: EventSettings})
		return c.tx.PutLocations(locations)
	})
	if err == nil && unknown && s.Salvaged().Doubt { // where locations were lost with tickets, these could not be made yet
		err = s.update(s.settleDoubt)
	}
	if err != nil {
		return fmt.Errorf("storing the settings: %w", err)
	}
	return nil
}

// Apply stores changes, the cursor and the print jobs that follow from them in one
// transaction. Changes that the terminal has already are passed over.
func (s *Service) Apply(changes Changes) error {
	// where exactly each order stands in the log is not known: it is after what we had
	after := uint64(1)
	err := s.update(func(c *change) error {
		before, _, err := c.tx.Cursor(changes.Location)
		if err != nil {
			return err
		}
		if before.Epoch == changes.Cursor.Epoch && before.Shard == changes.Cursor.Shard {
			after = before.Sequence + 1
		}
		if began := s.began(changes.Location); began > 0 {
			after = min(after, began)
		}
		var full *resync
		if changes.Full {
			if full, err = s.resyncing(changes.Location, changes.First); err != nil {
				return err
			}
			for _, id := range changes.Unreadable {
				full.seen[id] = true
			}
		}
		for _, o := range changes.Orders {
			if full != nil {
				full.seen[o.ID] = true
			}
			if err := s.adopt(c, o, changes.Full, after); err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
		}
		if changes.Full && !changes.Last {
			return nil // the cursor says what is whole
		}
		if full != nil {
			if err := s.resynced(c, changes.Location, full, before, changes.Cursor); err != nil {
				return err
			}
		}
		if err := c.fetched(changes); err != nil {
			return err
		}
		return c.tx.PutCursor(changes.Location, changes.Cursor)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || changes.Last || !changes.Full { // what was not stored was not seen
		delete(s.resyncs, changes.Location)
	}
	if err != nil {
		return fmt.Errorf("storing changes: %w", err)
	}
	if changes.More {
		s.behind[changes.Location] = after
	} else {
		delete(s.behind, changes.Location)
	}
	return nil
}

func (s *Service) began(location string) uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.behind[location]
}

// adopt stores a change. In a full resync the hub's word stands even where it is older.
func (s *Service) adopt(c *change, o order.Order, full bool, sequence uint64) error {
	if full {
		return s.take(c, o, false, sequence)
	}
	known, found, err := c.tx.Order(o.ID)
	if err != nil {
		return err
	}
	if found && known.Revision >= o.Revision {
		return nil
	}
	if found && known.KitchenVersion == o.KitchenVersion {
		sequence = 1 // what is to be cooked is older than this change
	}
	return s.store(c, o, sequence)
}

// PendingAfter lists at most limit commands that the hub has not confirmed, oldest first.
func (s *Service) PendingAfter(sequence uint64, limit int) ([]Pending, error) {
	var pending []Pending
	err := s.ports.Store.View(func(tx Tx) (err error) {
		pending, err = tx.PendingAfter(sequence, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading pending commands: %w", err)
	}
	return pending, nil
}

// Accepted hears that the hub has a command. It stays pending until the order comes back with
// it, so that the screen never falls back in between.
func (s *Service) Accepted(string) error { return nil }

// Refused hears that the hub will not take a command: it is forgotten, the screen told, and
// what had been printed because of it is voided.
func (s *Service) Refused(command string, refusal *order.Error) error {
	err := s.update(func(c *change) error {
		p, found, err := pendingByID(c.tx, command)
		if err != nil || !found {
			return err
		}
		if err := c.tx.RefusePending(command, c.now); err != nil {
			return err
		}
		c.events = append(c.events, Event{Kind: EventRefused, Command: p.Command, Refused: refusal})
		if err := c.tell(p.Command, refusal); err != nil {
			return err
		}
		if p.Command.Type == order.Place {
			if err := s.keepRefused(c, p.Command); err != nil {
				return err
			}
		}
		return s.settle(c, p.Command.OrderID, 0)
	})
	if err != nil {
		return fmt.Errorf("forgetting the refused command %s: %w", command, err)
	}
	return nil
}

// keepRefused keeps an order that the hub will not have: the kitchen may have its tickets, and
// the counter its money. Here it stands as rejected.
func (s *Service) keepRefused(c *change, place order.Command) error {
	if _, found, err := c.tx.Order(place.OrderID); err != nil || found {
		return err
	}
	o, err := order.Apply(order.Order{}, place, order.OwnPolicy(), c.now)
	if err != nil {
		return nil // an older version took it; what this one has of it is the refusal, which is told
	}
	reject := order.Command{
		ID: order.Identity(place.ID, "refused"), Type: order.Reject, At: c.now, By: s.config.Device, Reason: order.InvalidOrder,
	}
	if o, err = order.Apply(o, reject, order.OwnPolicy(), c.now); err != nil {
		return err
	}
	return c.tx.PutOrder(o)
}

func pendingByID(tx Tx, command string) (Pending, bool, error) {
	for after := uint64(0); ; {
		pending, err := tx.PendingAfter(after, 500)
		if err != nil || len(pending) == 0 {
			return Pending{}, false, err
		}
		for _, p := range pending {
			if p.Command.ID == command {
				return p, true, nil
			}
		}
		after = pending[len(pending)-1].Sequence
	}
}

// Link hears of the connection to the hub.
func (s *Service) Link(online bool, reason LinkReason) {
	s.mu.Lock()
	changed := s.link.Online != online || s.link.Reason != reason
	if s.link.Online != online {
		s.link.Since = s.ports.Clock.Now()
	}
	s.link.Online, s.link.Reason = online, reason
	event := s.link
	s.mu.Unlock()
	if changed {
		s.ports.Notify(event)
		s.ports.WakePrinters() // what waits for the hub's word waits no more
	}
}

// LinkState is the state of the connection: online or not, since when, why.
func (s *Service) LinkState() Event {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.link
}

// Run rings the alarms that time brings (a deadline, a scheduled order now due) until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		s.Tick()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Tick rings what the clock has brought since the last change, this terminal's own troubles
// included, asks about tickets that have become too old, and stores what was heard of the
// printers.
func (s *Service) Tick() {
	now := s.ports.Clock.Now()
	s.tickDisk(now)
	s.tellDisk(now)
	s.lookForRepair()
	s.saveFaults()
	s.wakeBackups()
	s.people.see(now)
	if s.overdue(&s.swept, sweepEvery, now) {
		if err := s.sweep(now); err != nil {
			s.ports.Log.Error("the print queues cannot be looked through", "err", err)
		}
	}
	if s.overdue(&s.looked, saveEvery, now) {
		s.saveClock()
	}
	if s.overdue(&s.forgot, forgetEvery, now) {
		s.forgetSome(now)
	}
	s.tickAlarms(now)
	s.tickTroubles(now)
}

// overdue says whether something is to be done again, and notes that it is.
func (s *Service) overdue(last *time.Time, every time.Duration, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since := now.Sub(*last); since >= 0 && since < every {
		return false
	}
	*last = now
	return true
}

func (s *Service) tickAlarms(now time.Time) {
	s.writing.Lock()
	defer s.writing.Unlock()
	for _, o := range s.Orders() {
		s.ring(o, now)
	}
}

func (s *Service) sounding(o order.Order, now time.Time) []order.Alarm {
	var ahead time.Duration
	if l := s.location(o.Location); l != nil {
		ahead = l.printAhead()
	}
	return o.Ringing(ahead, now)
}

// ring tells of alarms that begin to sound and of those that somebody has answered.
func (s *Service) ring(o order.Order, now time.Time) {
	sounding := map[order.Alarm]bool{}
	for _, alarm := range s.sounding(o, now) {
		sounding[alarm] = true
	}
	s.mu.Lock()
	before := s.ringing[o.ID]
	if len(sounding) == 0 {
		delete(s.ringing, o.ID)
	} else {
		s.ringing[o.ID] = sounding
	}
	s.mu.Unlock()
	for _, alarm := range order.Alarms() {
		switch {
		case sounding[alarm] && !before[alarm]:
			s.ports.Notify(Event{Kind: EventAlarm, Order: o, Alarm: alarm})
		case before[alarm] && !sounding[alarm]:
			s.ports.Notify(Event{Kind: EventAcknowledged, Order: o, Alarm: alarm})
		}
	}
}
