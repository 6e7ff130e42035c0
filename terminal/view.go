package terminal

import (
	"maps"
	"slices"
	"time"

	"comptoir/order"
)

// view is what a terminal shows: the confirmed order with the pending commands applied. A
// command that no longer applies is left out; the hub's answer will say so.
func (s *Service) view(tx Tx, id string, now time.Time) (order.Order, error) {
	o, _, err := tx.Order(id)
	if err != nil {
		return o, err
	}
	pending, err := tx.PendingOf(id)
	if err != nil {
		return o, err
	}
	for _, p := range pending {
		p.Command.By = p.Command.Taker(s.config.Device) // as the hub will have it
		if next, err := order.Apply(o, p.Command, s.policy(o), now); err == nil {
			o = next
		}
	}
	return o, nil
}

// Orders are the active orders as the terminal shows them, in no special sequence.
func (s *Service) Orders() []order.Order {
	s.mu.RLock()
	defer s.mu.RUnlock()
	orders := make([]order.Order, 0, len(s.active))
	for _, o := range s.active {
		orders = append(orders, o)
	}
	return orders
}

// Unsent lists the orders with a command of a person that the hub has not confirmed yet.
func (s *Service) Unsent() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.unsent))
}

// Order is one order as the terminal shows it.
func (s *Service) Order(id string) (o order.Order, found bool, err error) {
	s.mu.RLock()
	o, found = s.active[id]
	s.mu.RUnlock()
	if found {
		return o, true, nil
	}
	err = s.ports.Store.View(func(tx Tx) error {
		o, err = s.view(tx, id, s.ports.Clock.Now())
		return err
	})
	return o, o.ID != "", err
}
