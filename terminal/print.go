package terminal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"comptoir/order"
)

// recoverJobs finds the tickets that were on their way when the terminal stopped: a part or
// all of them may have come out.
func (s *Service) recoverJobs(c *change) error {
	tx := c.tx
	for _, l := range s.locations {
		for _, station := range s.stations(l) {
			var broken, waiting []Job
			err := tx.Queue(l.ID, station, func(j Job) bool {
				switch j.State {
				case JobSending:
					broken = append(broken, j)
				case JobIdle:
				default:
					waiting = append(waiting, j)
				}
				return true
			})
			if err != nil {
				return err
			}
			for _, j := range waiting { // also of an order that has ended: its paper is to be voided
				view, err := s.view(tx, j.OrderID, c.now)
				if err != nil {
					return err
				}
				c.events = append(c.events, Event{Kind: EventTicket, Job: j, Order: view})
			}
			for _, j := range broken {
				j.Problem = "the terminal stopped while the ticket was being sent"
				if err := s.unconfirmed(c, j); err != nil {
					return err
				}
			}
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

// frozen says whether the content was given when the job was made, and says nothing of the
// order's paper.
func (j Job) frozen() bool { return j.Copy || j.Kind == KindSummary }

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

// write makes the content of a job's first copy from the order as it stands now, but for its
// number; needed is false where nothing is left to say.
func (s *Service) write(c *change, view order.Order, job Job) (t Ticket, needed bool, err error) {
	l := s.location(view.Location)
	if l == nil {
		return Ticket{}, false, ErrNoLocation
	}
	jobs, err := jobsOf(c.tx, view.ID)
	if err != nil {
		return Ticket{}, false, err
	}
	lease, _, err := c.tx.Lease(job.Location, job.Station)
	if err != nil {
		return Ticket{}, false, err
	}
	paper := s.paperOf(view, job.Station, jobs, lease, c.now)
	if job.Kind, needed = needs(view, job.Station, paper); !needed {
		return Ticket{}, false, nil
	}
	t = s.content(l, view, job, paper)
	if t.Heading = job.Heading; paper.unanswered && job.Kind == order.Kitchen {
		t.Heading = HeadingDuplicate // what it follows became too old only since
	}
	return t, true, nil
}

// content is what a ticket of the job's kind says, against what the station's paper says.
func (s *Service) content(l *location, view order.Order, job Job, paper paper) Ticket {
	wanted := wants(view, job.Station)
	t := Ticket{
		Kind: job.Kind, Language: l.Language, TimeZone: l.TimeZone,
		Number: view.Number, Section: view.Fulfillment.Type, Promised: view.Fulfillment.PromisedAt,
		Customer: view.Customer.Name, Table: view.Fulfillment.Table,
		Channel: view.Channel, Reference: short(view.Reference), Received: view.PlacedAt,
		Station: l.router.StationName(job.Station), After: wanted, Lines: wanted,
		Note: view.Note, Utensils: view.Utensils,
	}
	switch job.Kind {
	case order.Changed:
		d := order.Difference(paper.lines, wanted)
		t.Lines, t.Removed, t.Added, t.Replaces = d.Unchanged, d.Removed, d.Added, paper.sequence
	case order.Void:
		t.Lines, t.Removed, t.Replaces = nil, paper.lines, paper.sequence
		if len(paper.lines) == 0 { // another terminal's, if it printed one
			t.Removed = formerLines(view, job.Station)
		}
	}
	if s.setups().Stations[job.Station].Combine {
		t.Lines, t.Removed, t.Added = order.Combine(t.Lines), order.Combine(t.Removed), order.Combine(t.Added)
	}
	t.Part, t.Parts = 1, 1
	stations := 0
	for _, station := range view.Stations() {
		if station != job.Station && len(wants(view, station)) == 0 {
			continue
		}
		stations++
		if station == job.Station {
			t.Part = stations
		} else {
			t.Others = append(t.Others, l.router.StationName(station))
		}
	}
	t.Parts = max(1, stations)
	return t
}

// formerLines are what a ticket of the station said before everything was cancelled, as far as
// the order still tells.
func formerLines(view order.Order, station string) []order.Line {
	var lines []order.Line
	for _, l := range view.Lines {
		if l.Station == station && l.Kind == order.Physical && l.Quantity > 0 {
			l.Fulfilled, l.Cancelled = 0, 0
			lines = append(lines, l)
		}
	}
	return lines
}

// short is enough of a platform's long identity to find the order by.
func short(reference string) string {
	const most, kept = 12, 6
	runes := []rune(reference)
	if len(runes) <= most {
		return reference
	}
	return "…" + string(runes[len(runes)-kept:])
}
