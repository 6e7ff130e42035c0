package terminal

import (
	"errors"
	"fmt"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// What a terminal keeps of orders that have ended: three months for the day picker, and as many as
// a search goes through, whichever is less. Their paper goes with them.
const (
	endedFor = 90 * 24 * time.Hour
	maxEnded = 10_000
)

const (
	// forgetEvery is how often it looks for what is over; while there is some, each tick takes
	// forgetAtOnce in one short transaction.
	forgetEvery  = 10 * time.Minute
	forgetAtOnce = 50
	// busyEnough is how many orders are looked at in one go, of which some must stay.
	busyEnough = 500
)

// forgetSome takes one step of forget, and asks for the next one where more is left.
func (s *Service) forgetSome(now time.Time) {
	more, err := s.forget(now)
	if err != nil {
		s.ports.Log.Error("what is long over stays", "err", err)
	}
	if more {
		s.mu.Lock()
		s.forgot = time.Time{}
		s.mu.Unlock()
	}
}

// forget takes one step: a few commands that the hub has had for long, a few orders that ended long
// ago. It reports whether more are left.
func (s *Service) forget(now time.Time) (more bool, err error) {
	work, err := s.forgettable(now)
	if err != nil || !work {
		return false, err
	}
	s.mu.RLock()
	from, next := s.forgetFrom, time.Time{}
	s.mu.RUnlock()
	err = s.update(func(c *change) error {
		commands, err := c.tx.ForgetRecent(now.Add(-recentFor), maxRecent, forgetAtOnce)
		if err != nil {
			return err
		}
		var orders int
		orders, next, err = s.forgetOrders(c, from, now)
		if err != nil {
			return err
		}
		papers, err := s.forgetSummaries(c, now)
		if err != nil {
			return err
		}
		more = commands == forgetAtOnce || orders == forgetAtOnce || papers == forgetAtOnce
		day := shop.Day(now.UTC().Add(-endedFor).Format(time.DateOnly))
		return c.tx.ForgetCounts(string(day), forgetAtOnce)
	})
	if err != nil {
		return false, fmt.Errorf("forgetting what is long over: %w", err)
	}
	s.mu.Lock()
	s.forgetFrom = next
	s.mu.Unlock()
	return more, nil
}

// forgettable looks first: most of the time there is nothing to write.
func (s *Service) forgettable(now time.Time) (work bool, err error) {
	err = s.ports.Store.View(func(tx Tx) error {
		oldest, found, err := tx.OldestRecent()
		if err != nil {
			return err
		}
		first, err := tx.FirstEnded()
		if err != nil {
			return err
		}
		work = found && oldest.Before(now.Add(-recentFor)) ||
			!first.IsZero() && (first.Before(now.Add(-endedFor)) || tx.EndedCount() > maxEnded)
		return nil
	})
	return work, err
}

// forgetOrders removes some of the orders that ended too long ago, or are too many. next is where it is
// to go on, zero for the beginning: what must stay there must not keep the others.
func (s *Service) forgetOrders(c *change, from, now time.Time) (removed int, next time.Time, err error) {
	surplus, visited := c.tx.EndedCount()-maxEnded, 0
	var failed error
	err = c.tx.EachEndedFirst(from, func(o order.Order) bool {
		if visited++; visited > busyEnough || removed == forgetAtOnce {
			next = o.CompletedAt
			return false
		}
		if !o.CompletedAt.Before(now.Add(-endedFor)) && removed >= surplus {
			return false
		}
		var over bool
		if over, failed = s.over(c, o); failed != nil {
			return false
		}
		if over {
			removed++
			failed = c.tx.RemoveOrder(o)
		}
		return failed == nil
	})
	return removed, next, errors.Join(err, failed)
}

// over says whether nothing of an order that has ended is open any more: no alarm, no command that
// the hub has not confirmed or may need again, no doubt, and no ticket on its way to paper. One that was
// never begun for want of any printer is on no way.
func (s *Service) over(c *change, o order.Order) (bool, error) {
	if o.Active() {
		return false, nil
	}
	pending, err := c.tx.PendingOf(o.ID)
	if err != nil || len(pending) > 0 {
		return false, err
	}
	recent, err := c.tx.RecentOf(o.ID)
	if err != nil || len(recent) > 0 {
		return false, err
	}
	if _, doubted, err := c.tx.Doubt(o.ID); err != nil || doubted {
		return false, err
	}
	jobs, err := c.tx.JobsOf(o.ID)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		if j.State.Ended() {
			continue
		}
		lease, _, err := c.tx.Lease(j.Location, j.Station)
		if err != nil || j.State != JobQueued || j.Copies > 0 || !s.stranded(j, lease) {
			return false, err
		}
	}
	return true, nil
}

// forgetSummaries removes the summaries of old tickets, which are of no order.
func (s *Service) forgetSummaries(c *change, now time.Time) (removed int, err error) {
	jobs, err := c.tx.JobsOf("")
	if err != nil {
		return 0, err
	}
	for _, j := range jobs {
		if removed == forgetAtOnce || !j.State.Ended() || !j.Due.Before(now.Add(-endedFor)) {
			continue
		}
		removed++
		if err := c.tx.RemoveJob(j.Key); err != nil {
			return removed, err
		}
	}
	return removed, nil
}
