package terminal

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Orderings is what the terminal keeps of how its locations take orders.
type Orderings struct {
	// Told by location, as last heard from the hub.
	Told map[string]OrderingTold `json:"told,omitempty"`
	// Pending changes that the hub has not confirmed, oldest first.
	Pending []PendingChange `json:"pending,omitempty"`
}

// OrderingTold is a location's ordering, and what its platforms know of it, as the hub tells them.
type OrderingTold struct {
	Location string                 `json:"location"`
	Ordering shop.Ordering          `json:"ordering"`
	Reports  map[string]shop.Report `json:"reports,omitempty"`
}

// PendingChange is a change that the hub has not confirmed yet.
type PendingChange struct {
	Location string      `json:"location"`
	Change   shop.Change `json:"change"`
}

// maxPendingChanges bounds what a terminal keeps for a hub that does not come back: more than that
// nobody changes in a day.
const maxPendingChanges = 500

// ErrTooManyChanges: the terminal keeps no more of them without its hub.
var ErrTooManyChanges = errors.New("too many changes wait for the hub: connect this terminal to it")

// OrderingView is how a location takes orders, as this terminal shows it.
type OrderingView struct {
	Location string
	// Ordering has this terminal's pending changes applied, and Held is what holds of it now.
	Ordering shop.Ordering
	Held     shop.Held
	Reports  map[string]shop.Report
	// Unsent counts the changes that the hub does not have yet.
	Unsent int
	// Now is when this was so: what holds is judged by it.
	Now time.Time
}

// Ordering is how a location takes orders now; an empty id stands for the only location.
func (s *Service) Ordering(location string) (OrderingView, error) {
	l, err := s.only(location)
	if err != nil {
		return OrderingView{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.orderingView(l), nil
}

// orderingView is called with mu held.
func (s *Service) orderingView(l *location) OrderingView {
	told := s.orderings.Told[l.ID]
	view := OrderingView{Location: l.ID, Ordering: told.Ordering, Reports: told.Reports, Now: s.ports.Clock.Now()}
	for _, p := range s.orderings.Pending {
		if p.Location == l.ID {
			view.Ordering = view.Ordering.Apply(p.Change)
			view.Unsent++
		}
	}
	view.Held = view.Ordering.At(l.Location, view.Now)
	return view
}

// held is what holds at the location now.
func (s *Service) held(l *location) shop.Held {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.orderingView(l).Held
}

// ChangeOrdering carries out what somebody asks of a location's ordering: at once here, later at
// the hub. An empty location is the only one. An *order.Error says why it cannot be taken.
func (s *Service) ChangeOrdering(location string, c shop.Change) error {
	l, err := s.only(location)
	if err != nil {
		return err
	}
	var command order.Command // whoever asks is named in the same way
	command.ID, command.At = c.ID, c.At
	s.complete(&command)
	c.ID, c.By = command.ID, command.By
	if c.At.IsZero() {
		c.At = command.At // changes of several terminals are compared
	}
	if c, err = c.Settle(l.Location, s.ports.Clock.Now()); err != nil {
		return err
	}
	return s.updateOrderings(l.ID, func(o *Orderings) (bool, error) {
		if slices.ContainsFunc(o.Pending, func(p PendingChange) bool { return p.Change.ID == c.ID }) {
			return false, nil
		}
		if len(o.Pending) >= maxPendingChanges {
			return false, ErrTooManyChanges
		}
		o.Pending = append(slices.Clone(o.Pending), PendingChange{l.ID, c})
		return true, nil
	})
}

// PendingChanges lists the changes that the hub has not confirmed, oldest first.
func (s *Service) PendingChanges() []PendingChange {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.orderings.Pending)
}

// OrderingTold stores a location's ordering as heard from the hub.
func (s *Service) OrderingTold(told OrderingTold) error {
	s.mu.RLock()
	known := reflect.DeepEqual(s.orderings.Told[told.Location], told)
	s.mu.RUnlock()
	if known { // as after most cuts: nothing for the disk to do
		return nil
	}
	return s.updateOrderings(told.Location, func(o *Orderings) (bool, error) {
		o.Told = maps.Clone(o.Told)
		if o.Told == nil {
			o.Told = map[string]OrderingTold{}
		}
		o.Told[told.Location] = told
		return true, nil
	})
}

// ChangeAnswered hears that the hub has a change, or why it will not take it.
func (s *Service) ChangeAnswered(id string, refused *order.Error) error {
	var location string
	err := s.updateOrderings("", func(o *Orderings) (bool, error) {
		at := slices.IndexFunc(o.Pending, func(p PendingChange) bool { return p.Change.ID == id })
		if at < 0 {
			return false, nil
		}
		location = o.Pending[at].Location
		o.Pending = slices.Delete(slices.Clone(o.Pending), at, at+1)
		return true, nil
	})
	if err == nil && location != "" {
		s.ports.Notify(Event{Kind: EventOrdering, Location: location, Change: id, Refused: refused})
	}
	return err
}

// updateOrderings changes what is kept, on the disk and at hand, and tells the screens of the
// location; of none where it is empty.
func (s *Service) updateOrderings(location string, f func(*Orderings) (changed bool, err error)) error {
	return s.update(func(c *change) error {
		s.mu.RLock()
		next := s.orderings // maps and lists in it are never written again
		s.mu.RUnlock()
		changed, err := f(&next)
		if err != nil || !changed {
			return err
		}
		if err := c.tx.PutOrderings(next); err != nil {
			return fmt.Errorf("storing how orders are taken: %w", err)
		}
		c.orderings = &next
		c.send = true
		if location != "" {
			c.events = append(c.events, Event{Kind: EventOrdering, Location: location})
		}
		return nil
	})
}
