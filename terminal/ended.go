package terminal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Ended is what a terminal has of the orders that ended on one business day.
type Ended struct {
	Day shop.Day
	// Orders as the terminal shows them, the last one that ended first.
	Orders []order.Order
	// Since is the first business day of which anything is kept; empty where nothing has ended.
	Since shop.Day
}

// Ended lists the orders that ended on a business day, each by the calendar of its location.
func (s *Service) Ended(ctx context.Context, day shop.Day) (Ended, error) {
	ended := Ended{Day: day}
	s.mu.RLock()
	locations := s.locations
	s.mu.RUnlock()
	var from, before time.Time
	for _, l := range locations {
		start, end := l.calendar.DayStart(day), l.calendar.DayStart(day.Add(1))
		if from.IsZero() || start.Before(from) {
			from = start
		}
		if end.After(before) {
			before = end
		}
	}
	if from.IsZero() { // no settings yet, or no date
		return ended, nil
	}
	keep := func(o order.Order) {
		if l := locations[o.Location]; l != nil && !o.Status.Open() && l.calendar.BusinessDay(o.CompletedAt) == day {
			ended.Orders = append(ended.Orders, o)
		}
	}
	err := s.ports.Store.View(func(tx Tx) error {
		unsure, err := s.pendingViews(tx)
		if err != nil {
			return err
		}
		for _, view := range unsure {
			keep(view)
		}
		err = tx.EachEnded(from, before, func(o order.Order) bool {
			if _, other := unsure[o.ID]; !other {
				keep(o)
			}
			return ctx.Err() == nil
		})
		if err != nil {
			return err
		}
		first, err := tx.FirstEnded()
		if err != nil || first.IsZero() {
			return err
		}
		for _, l := range locations {
			if since := l.calendar.BusinessDay(first); ended.Since == "" || since < ended.Since {
				ended.Since = since
			}
		}
		return nil
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return Ended{}, fmt.Errorf("reading the orders of %s: %w", day, err)
	}
	slices.SortFunc(ended.Orders, func(a, b order.Order) int {
		return cmp.Or(b.CompletedAt.Compare(a.CompletedAt), cmp.Compare(b.ID, a.ID))
	})
	return ended, nil
}

// pendingViews are the views of the orders of which the hub does not have every command: where
// somebody has ended one of them, the store does not know yet.
func (s *Service) pendingViews(tx Tx) (map[string]order.Order, error) {
	views := map[string]order.Order{}
	now := s.ports.Clock.Now()
	for after := uint64(0); ; {
		pending, err := tx.PendingAfter(after, 500)
		if err != nil || len(pending) == 0 {
			return views, err
		}
		for _, p := range pending {
			if _, known := views[p.Command.OrderID]; known {
				continue
			}
			if views[p.Command.OrderID], err = s.view(tx, p.Command.OrderID, now); err != nil {
				return nil, err
			}
		}
		after = pending[len(pending)-1].Sequence
	}
}

// EachEnded visits the orders that have ended as the terminal shows them, until f returns false or
// ctx ends: those that the hub has not confirmed, and then the others, the last one first.
func (s *Service) EachEnded(ctx context.Context, f func(order.Order) bool) error {
	const page = 500 // a transaction that reads should be short
	var unsure map[string]order.Order
	err := s.ports.Store.View(func(tx Tx) (err error) {
		unsure, err = s.pendingViews(tx)
		return err
	})
	more := err == nil
	for _, view := range unsure {
		more = more && (view.Status.Open() || f(view))
	}
	var before time.Time
	for more && err == nil {
		visited, last := 0, before
		more = false
		err = s.ports.Store.View(func(tx Tx) error {
			return tx.EachEnded(time.Time{}, before, func(o order.Order) bool {
				// what ended in the same instant is on one page: the next begins before it
				if visited >= page && !o.CompletedAt.Equal(last) {
					more = true
					return false
				}
				visited, last = visited+1, o.CompletedAt
				_, seen := unsure[o.ID]
				return ctx.Err() == nil && (seen || f(o))
			})
		})
		before = last
	}
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return fmt.Errorf("reading the orders that have ended: %w", err)
	}
	return nil
}
