package terminal

import (
	"maps"
	"slices"

	"comptoir/order"
)

// Lease hears from the hub who prints a station's tickets of online orders.
func (s *Service) Lease(lease Lease) error {
	return s.update(func(c *change) error {
		known, found, err := c.tx.Lease(lease.Location, lease.Station)
		if err != nil || found && known == lease {
			return err
		}
		if err := c.tx.PutLease(lease); err != nil {
			return err
		}
		c.print = true
		if found && known.Device == lease.Device && known.Epoch == lease.Epoch {
			return nil
		}
		holder := lease.Device == s.config.Device
		if !holder && known.Device != s.config.Device {
			return nil
		}
		var waiting []Job
		err = c.tx.Queue(lease.Location, lease.Station, func(j Job) bool {
			if j.State == JobQueued && j.Copies == 0 && j.Heading == HeadingNone {
				waiting = append(waiting, j)
			}
			return true
		})
		if err != nil {
			return err
		}
		for _, j := range waiting {
			if j.Owner != "" { // set down as this terminal's while it held the station
				if err := s.markOwn(c, j, lease); err != nil {
					return err
				}
				continue
			}
			if err := s.head(c, &j, false); err != nil {
				return err
			}
			if j.Heading == HeadingNone {
				continue
			}
			if err := c.tx.PutJob(j); err != nil {
				return err
			}
		}
		return s.takeOver(c, lease)
	})
}

// markOwn marks a ticket that sets paper of this terminal right, of an order that is not its
// counter's: by now the holder may know of that paper, and do the same.
func (s *Service) markOwn(c *change, j Job, lease Lease) error {
	view, err := s.view(c.tx, j.OrderID, c.now)
	if err != nil {
		return err
	}
	if j.frozen() || owner(view) != "" || lease.Device == s.config.Device && j.Sequence > lease.FormerSequence {
		return nil
	}
	j.Heading = HeadingDuplicate
	return c.tx.PutJob(j)
}

// takeOver makes the tickets that only a new holder owes, since the former one may have printed
// what nobody reported and what is not to be cooked any more; and takes them back where this
// terminal holds the station no more.
func (s *Service) takeOver(c *change, lease Lease) error {
	l := s.location(lease.Location)
	if l == nil {
		return nil
	}
	ids := map[string]bool{}
	for _, o := range s.Orders() {
		if o.Location == lease.Location {
			ids[o.ID] = true
		}
	}
	err := c.tx.Queue(lease.Location, lease.Station, func(j Job) bool {
		if j.State == JobIdle || j.State == JobQueued && j.Kind == order.Void && !j.frozen() {
			ids[j.OrderID] = true
		}
		return true
	})
	if err != nil {
		return err
	}
	cursor, _, err := c.tx.Cursor(lease.Location)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		view, err := s.view(c.tx, id, c.now)
		if err != nil {
			return err
		}
		jobs, err := jobsOf(c.tx, id)
		if err != nil {
			return err
		}
		if !slices.Contains(stationsOf(view, jobs), lease.Station) {
			continue
		}
		if err := s.planStation(c, l, view, lease.Station, jobs, cursor.Sequence+1); err != nil {
			return err
		}
	}
	return nil
}

// mine says whether this terminal is to print the job.
func (s *Service) mine(j Job, lease Lease) bool {
	if j.Owner != "" {
		return j.Owner == s.config.Device
	}
	return lease.Device == s.config.Device
}
