package terminal

import (
	"fmt"
	"strconv"

	"comptoir/order"
)

// Finish records what became of a copy; problem is for people. It may come again with a better
// word: late proof cancels a duplicate that has not begun.
func (s *Service) Finish(printer, key string, outcome Outcome, problem string) error {
	err := s.update(func(c *change) error {
		job, found, err := c.tx.Job(key)
		if err != nil || !found || job.State.Ended() {
			return err
		}
		if job.State == JobSending && job.Printer != printer && outcome != Proven {
			return nil // another printer has it by now, and only proof says anything of its copy
		}
		job.Problem = problem
		if job.State == JobSending && (outcome == Sent || outcome == Proven) {
			if err := c.whole(printer); err != nil {
				return err
			}
		}
		switch {
		case outcome == NothingLeft:
			return s.nothingLeft(c, job)
		case job.Copies == 0:
			return nil // nobody has begun it
		case outcome == Unknown:
			return s.unconfirmed(c, job)
		case outcome == Proven:
			return s.out(c, job, JobPrinted, order.TicketPrinted)
		default:
			return s.out(c, job, JobSent, order.TicketSent)
		}
	})
	if err != nil {
		return fmt.Errorf("recording the end of ticket %s: %w", key, err)
	}
	s.noteOutcome(printer, outcome)
	return nil
}

// out ends a job whose paper is there.
func (s *Service) out(c *change, job Job, state JobState, reported order.TicketState) error {
	job.State, job.Problem = state, ""
	return s.report(c, job, job, reported)
}

// nothingLeft takes back a copy that was never made.
func (s *Service) nothingLeft(c *change, job Job) error {
	begun := job.State == JobSending
	if begun {
		if job.Ticket.Heading == HeadingDuplicate {
			job.Marked--
		}
		job.State, job.SentAt = JobQueued, job.Ticket.FirstSent
		if job.Copies--; job.Copies == 0 && !job.frozen() {
			job.Ticket = nil // the order may change before the next try
		}
	}
	view, err := s.view(c.tx, job.OrderID, c.now)
	if err != nil {
		return err
	}
	c.events = append(c.events, Event{Kind: EventTicket, Job: job, Order: view})
	if err := c.tx.PutJob(job); err != nil || !begun || job.frozen() {
		return err
	}
	return s.plan(c, view, 0) // what came meanwhile counted on that copy
}

// maxMarked is how many copies headed POSSIBLE DUPLICATE print by themselves: more would only
// hide from the cook which one counts.
const maxMarked = 3

// asks says whether somebody must decide before a further copy of a ticket whose end is not known.
func (s *Service) asks(job Job) bool {
	return s.config.AskUnconfirmed || job.Copy || job.Marked >= maxMarked
}

// unconfirmed keeps a ticket of which a part or all may have come out: the next copy says so.
func (s *Service) unconfirmed(c *change, job Job) error {
	if err := c.tear(job.Printer, *job.Ticket); err != nil {
		return err
	}
	job.State = JobUnconfirmed
	if job.Heading != HeadingCopy { // a copy says already that it is not the first
		job.Heading = HeadingDuplicate
	}
	told := job
	if !s.asks(job) {
		job.State, c.print = JobQueued, true
	}
	return s.report(c, job, told, order.TicketUnconfirmed)
}

// report stores the job and tells the hub, and with it everybody, how the ticket stands.
func (s *Service) report(c *change, job, told Job, state order.TicketState) error {
	if err := c.tx.PutJob(job); err != nil {
		return err
	}
	view, err := s.view(c.tx, job.OrderID, c.now)
	if err != nil {
		return err
	}
	if state != order.TicketDiscarded {
		c.remember(job.Printer, told, view)
	}
	if job.frozen() {
		c.events = append(c.events, Event{Kind: EventTicket, Job: told, Order: view})
		return nil
	}
	command := order.Command{
		ID:   order.Identity(job.Key, s.config.Device, strconv.Itoa(job.Copies), string(state)),
		Type: order.Printed, OrderID: job.OrderID, At: c.now.UTC(), By: s.config.Device,
		Ticket: &order.Ticket{Station: job.Station, Kind: job.Ticket.Kind, State: state, Version: job.Version},
		Lines:  job.Ticket.After,
	}
	confirmed, _, err := c.tx.Order(job.OrderID)
	if err != nil {
		return err
	}
	if !confirmed.Applied(command.ID) { // or the journal had lost what the hub knows
		if _, err := c.tx.AddPending(job.Location, command); err != nil {
			return err
		}
		c.send = true
	}
	if view, err = s.view(c.tx, job.OrderID, c.now); err != nil {
		return err
	}
	c.events = append(c.events, Event{Kind: EventTicket, Job: told, Order: view})
	return s.settle(c, job.OrderID, 0)
}

// Confirm hears from somebody who has the paper in hand that a ticket came out whose end was not
// known. A copy that is being sent, or was never begun, stays as it is.
func (s *Service) Confirm(key string) error {
	err := s.update(func(c *change) error {
		job, found, err := c.tx.Job(key)
		if err != nil || !found || job.Copies == 0 || job.State != JobUnconfirmed && job.State != JobQueued {
			return err
		}
		return s.out(c, job, JobPrinted, order.TicketPrinted)
	})
	if err != nil {
		return fmt.Errorf("confirming ticket %s: %w", key, err)
	}
	return nil
}

// PrintAgain prints a ticket whose end is not known once more, headed POSSIBLE DUPLICATE.
// Where somebody has the paper in hand, Confirm says so.
func (s *Service) PrintAgain(key string) error {
	err := s.update(func(c *change) error {
		job, found, err := c.tx.Job(key)
		if err != nil || !found || job.State != JobUnconfirmed {
			return err
		}
		view, err := s.view(c.tx, job.OrderID, c.now)
		if err != nil {
			return err
		}
		job.State, job.Released = JobQueued, true
		return s.put(c, job, view)
	})
	if err != nil {
		return fmt.Errorf("printing ticket %s again: %w", key, err)
	}
	return nil
}

// recoverJobs finds the tickets that were on their way when the terminal stopped: a part or
// all of them may have come out.
func (s *Service) recoverJobs(c *change) error {
	var found []Job
	err := c.tx.Queues(func(j Job) bool {
		found = append(found, j)
		return true
	})
	if err != nil {
		return err
	}
	for _, j := range found {
		view, err := s.view(c.tx, j.OrderID, c.now)
		if err != nil {
			return err
		}
		if err := s.reclaim(c, &j, view); err != nil {
			return err
		}
		switch j.State {
		case JobSending:
			j.Problem = "the terminal stopped while the ticket was being sent"
			if err := s.unconfirmed(c, j); err != nil {
				return err
			}
		case JobIdle:
		default: // also of an order that has ended: its paper is to be voided
			c.events = append(c.events, Event{Kind: EventTicket, Job: j, Order: view})
		}
	}
	return nil
}

// reclaim makes a ticket that this terminal set down as its own, when it was called otherwise, its own
// again. One of a counter order that an older hub has under the new name is the station's holder's.
func (s *Service) reclaim(c *change, j *Job, view order.Order) error {
	if j.Owner == "" || j.Owner == s.config.Device {
		return nil
	}
	by, err := s.ownerOf(c.tx, view)
	switch {
	case err != nil:
		return err
	case j.frozen(), by == "" && view.Channel != order.ChannelCounter:
		j.Owner = s.config.Device
	case by == j.Owner: // of another terminal's counter
		return nil
	default:
		j.Owner = by
	}
	return c.tx.PutJob(*j)
}
