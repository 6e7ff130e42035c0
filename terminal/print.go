package terminal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"comptoir/order"
)

// Next is the job that the printer should print now. Otherwise wait is how long until one
// becomes due; 0 if none is waiting.
func (s *Service) Next(printer string) (p Printing, found bool, wait time.Duration, err error) {
	s.mu.RLock()
	locations := s.locations
	s.mu.RUnlock()
	now := s.ports.Clock.Now()
	var best Job
	err = s.ports.Store.View(func(tx Tx) error {
		for _, l := range locations {
			for station, setup := range s.setups().Stations {
				if setup.Printer != printer && setup.Backup != printer {
					continue
				}
				first, until, err := s.first(tx, l.ID, station, printer, setup, now)
				if err != nil {
					return err
				}
				if until > 0 && (wait == 0 || until < wait) {
					wait = until
				}
				if first != nil && (!found || first.Due.Before(best.Due)) {
					best, found = *first, true
					p.Ticket.Language = cmp.Or(setup.Language, l.Language)
				}
			}
		}
		if !found {
			return nil
		}
		torn, err := tx.Torn()
		p.Torn = torn[printer]
		return err
	})
	if err != nil {
		return Printing{}, false, 0, fmt.Errorf("looking for the next ticket of %s: %w", printer, err)
	}
	p.Key = best.Key
	return p, found, wait, nil
}

// first is the station's first ticket that the printer may print now, and how long until the
// next becomes due.
func (s *Service) first(tx Tx, location, station, printer string, setup StationSetup, now time.Time) (job *Job, wait time.Duration, err error) {
	lease, _, err := tx.Lease(location, station)
	if err != nil {
		return nil, 0, err
	}
	var failed error
	sending := map[string]bool{}
	err = tx.Queue(location, station, func(j Job) bool {
		if j.State == JobSending && !j.frozen() {
			sending[j.OrderID] = true
		}
		if j.State != JobQueued || !s.mine(j, lease) || s.stale(j, now) || sending[j.OrderID] && !j.frozen() {
			return true
		}
		until := time.Duration(0)
		if j.Scheduled {
			until = j.Due.Sub(now)
		}
		if until <= 0 {
			if _, until, failed = s.ahead(tx, j.OrderID, now); failed != nil {
				return false
			}
		}
		if until <= 0 {
			may, later := s.prints(setup, printer, j, now)
			if may {
				job = &j
				return false
			}
			until = later
		}
		if until > 0 && (wait == 0 || until < wait) {
			wait = until
		}
		return true
	})
	return job, wait, errors.Join(err, failed)
}

// hubWait is how long a ticket waits for the hub to have the command that made it due.
const hubWait = 5 * time.Second

// ahead says whether what is to be cooked follows from a command given here that the hub is not
// known to have. Then the next holder of the station's lease cannot know of the ticket either:
// while connected it waits for the hub's word, and otherwise comes out marked. An order of the
// terminal's own counter is nobody else's to print.
func (s *Service) ahead(tx Tx, orderID string, now time.Time) (ahead bool, wait time.Duration, err error) {
	pending, err := tx.PendingOf(orderID)
	if err != nil {
		return false, 0, err
	}
	given := time.Time{}
	for _, p := range pending {
		if p.Command.Type != order.Printed {
			given = p.Command.At
		}
	}
	if given.IsZero() {
		return false, 0, nil
	}
	confirmed, _, err := tx.Order(orderID)
	if err != nil {
		return false, 0, err
	}
	view, err := s.view(tx, orderID, now)
	if err != nil || owner(view) != "" || view.KitchenVersion <= confirmed.KitchenVersion {
		return false, 0, err
	}
	if age := now.Sub(given); s.LinkState().Online && age >= 0 && age < hubWait {
		return true, hubWait - age, nil
	}
	return true, 0, nil
}

// Begin records that a copy is being sent, before its first byte leaves, and returns what it
// says. ok is false where the ticket is no more to be printed, or not by this printer.
func (s *Service) Begin(printer, key string) (t Ticket, ok bool, err error) {
	relayed := ""
	err = s.update(func(c *change) error {
		ok, relayed = false, ""
		job, found, err := c.tx.Job(key)
		if err != nil || !found || job.State != JobQueued || s.stale(job, c.now) {
			return err
		}
		lease, _, err := c.tx.Lease(job.Location, job.Station)
		if err != nil || !s.mine(job, lease) {
			return err
		}
		setup := s.setups().Stations[job.Station]
		if may, _ := s.prints(setup, printer, job, c.now); !may {
			return nil
		}
		ahead, wait, err := s.ahead(c.tx, job.OrderID, c.now)
		if err != nil || wait > 0 {
			return err
		}
		if busy, err := s.busy(c.tx, job); err != nil || busy {
			return err
		}
		view, err := s.view(c.tx, job.OrderID, c.now)
		if err != nil {
			return err
		}
		if job.Ticket == nil {
			ticket, needed, err := s.write(c, view, job)
			if err != nil {
				return err
			}
			if !needed {
				job.State = JobDropped
				return s.put(c, job, view)
			}
			if ticket.Sequence, err = s.ticketNumber(c, job); err != nil {
				return err
			}
			job.Ticket, job.Number, job.Heading = &ticket, ticket.Sequence, ticket.Heading
		}
		t, ok = *job.Ticket, true
		t.Heading, t.PrintedAt = job.Heading, c.now.UTC()
		if !job.Copy {
			t.FirstSent, t.Copies = job.SentAt, setup.Copies
		}
		if ahead && !job.Copy {
			t.Heading = HeadingDuplicate
		}
		if t.Heading == HeadingDuplicate {
			job.Marked++
		}
		t.Language, t.BigText, t.Beeps, t.Backup = cmp.Or(setup.Language, t.Language), setup.BigText, setup.Beeps, ""
		if printer != setup.Printer {
			t.Backup, relayed = s.setups().Printers[setup.Printer].DisplayName(), setup.Printer
		}
		job.Ticket, job.Printer = &t, printer
		job.State, job.SentAt, job.Problem = JobSending, c.now.UTC(), ""
		job.Copies++
		return s.put(c, job, view)
	})
	if err != nil {
		return Ticket{}, false, fmt.Errorf("beginning ticket %s: %w", key, err)
	}
	if relayed != "" {
		s.mu.Lock()
		s.standing(relayed).relayed++
		s.mu.Unlock()
	}
	return t, ok, nil
}

// busy says whether another printer has another of the order's tickets of the station under way: a
// change must not overtake what it changes.
func (s *Service) busy(tx Tx, job Job) (bool, error) {
	if job.frozen() {
		return false, nil
	}
	jobs, err := jobsOf(tx, job.OrderID)
	return slices.ContainsFunc(jobs, func(j Job) bool { return j.Station == job.Station && j.State == JobSending }), err
}

// ticketNumber counts the tickets of the station and business day.
func (s *Service) ticketNumber(c *change, job Job) (int, error) {
	if job.Number > 0 {
		return job.Number, nil
	}
	l := s.location(job.Location)
	if l == nil {
		return 0, ErrNoLocation
	}
	return c.tx.Count("ticket/" + job.Location + "/" + job.Station + "/" + string(l.calendar.BusinessDay(c.now)))
}
