package terminal

import (
	"fmt"
	"strconv"
	"time"

	"comptoir/order"
)

// DefaultMaxAge is after how long a ticket that has not come out is no more printed by itself.
const DefaultMaxAge = 30 * time.Minute

// sweepEvery is how often the queues are looked through for what time alone has changed.
const sweepEvery = 5 * time.Second

// KindSummary is the kind of a ticket that lists others instead of them (Ticket.Summary). It is
// this terminal's alone: the hub does not hear of it.
const KindSummary order.TicketKind = "summary"

// StaleQuestion is what a printer's old tickets ask: print, discard, or a summary?
type StaleQuestion struct {
	// Tickets counts them, Closed those whose order is over (handed over, cancelled).
	Tickets, Closed int
	// Oldest is when the first was due.
	Oldest time.Time
}

// Summary is what a summary says of one ticket.
type Summary struct {
	Kind     order.TicketKind `json:"kind"`
	Number   string           `json:"number"`
	Station  string           `json:"station"`
	Promised time.Time        `json:"promised,omitzero"`
	Lines    []order.Line     `json:"lines,omitempty"`
	Removed  []order.Line     `json:"removed,omitempty"`
	Added    []order.Line     `json:"added,omitempty"`
	// Closed: the order is over.
	Closed bool `json:"closed,omitempty"`
	// Doubt: the ticket may have come out.
	Doubt bool `json:"doubt,omitempty"`
}

// stale says whether the job is too old to be printed without asking.
func (s *Service) stale(j Job, now time.Time) bool {
	if j.State != JobQueued || j.Released {
		return false
	}
	return now.Sub(j.Due) > s.config.MaxAge
}

// unanswered says whether somebody must say what is to become of a ticket that may have come out.
func (s *Service) unanswered(j Job, now time.Time) bool {
	return j.State == JobUnconfirmed || j.Copies > 0 && s.stale(j, now)
}

// sweep tells of questions that time has raised, and forgets idle jobs that have become too old
// to matter.
func (s *Service) sweep(now time.Time) error {
	questions := map[string]StaleQuestion{}
	var past []Job
	err := s.ports.Store.View(func(tx Tx) error {
		printers, _ := s.Setups()
		for _, p := range printers {
			jobs, err := s.staleJobs(tx, p.Name, now)
			if err != nil {
				return err
			}
			q := StaleQuestion{}
			for _, j := range jobs {
				if q.Tickets++; j.Closed {
					q.Closed++
				}
				if q.Oldest.IsZero() {
					q.Oldest = j.Due
				}
			}
			questions[p.Name] = q
		}
		return tx.Queues(func(j Job) bool {
			if age := now.Sub(j.Due); j.State == JobIdle && age > doubtFor {
				past = append(past, j)
			}
			return true
		})
	})
	if err != nil {
		return err
	}
	s.ask(questions)
	if len(past) == 0 {
		return nil
	}
	return s.update(func(c *change) error {
		for _, j := range past {
			job, found, err := c.tx.Job(j.Key)
			if err != nil {
				return err
			}
			if !found || job.State != JobIdle {
				continue
			}
			job.State = JobDropped
			if err := c.tx.PutJob(job); err != nil {
				return err
			}
		}
		return nil
	})
}

// ask tells of the questions that are new, or answered.
func (s *Service) ask(questions map[string]StaleQuestion) {
	var events []Event
	s.mu.Lock()
	for printer, q := range questions {
		known := s.standing(printer)
		if known.stale != q {
			known.stale = q
			events = append(events, s.printerEvent(known))
		}
	}
	s.mu.Unlock()
	for _, e := range events {
		s.ports.Notify(e)
	}
}

func (s *Service) staleJobs(tx Tx, printer string, now time.Time) ([]PrinterJob, error) {
	jobs, err := s.queued(tx, printer)
	if err != nil {
		return nil, err
	}
	var stale []PrinterJob
	for _, j := range jobs {
		if !s.stale(j, now) {
			continue
		}
		view, err := s.view(tx, j.OrderID, now)
		if err != nil {
			return nil, err
		}
		stale = append(stale, printerJob(j, view))
	}
	return stale, nil
}

// PrintStale prints the printer's old tickets after all.
func (s *Service) PrintStale(printer string) error {
	return s.answer("printing", printer, func(c *change, j PrinterJob, view order.Order) ([]Summary, error) {
		j.Released = true
		return nil, s.put(c, j.Job, view)
	})
}

// DiscardStale lets the printer's old tickets be: their stations count as told by word of mouth.
// A ticket whose order has another one under way at the station is asked about again.
func (s *Service) DiscardStale(printer string) error {
	return s.answer("discarding", printer, func(c *change, j PrinterJob, view order.Order) ([]Summary, error) {
		_, err := s.discard(c, j.Job, view)
		return nil, err
	})
}

// SummarizeStale prints one ticket that lists the printer's old ones, which end as discarded.
func (s *Service) SummarizeStale(printer string) error {
	return s.answer("summing up", printer, func(c *change, j PrinterJob, view order.Order) ([]Summary, error) {
		var list []Summary
		if j.Kind == KindSummary {
			list = j.Ticket.Summary
		}
		doubt := j.Copies > 0 || j.Heading == HeadingDuplicate
		job, err := s.discard(c, j.Job, view)
		if err != nil || job.Ticket == nil || job.State != JobDiscarded || j.Kind == KindSummary || j.Copy {
			return list, err
		}
		t := job.Ticket
		return []Summary{{
			Kind: t.Kind, Number: t.Number, Station: t.Station, Promised: t.Promised,
			Lines: t.Lines, Removed: t.Removed, Added: t.Added, Closed: j.Closed, Doubt: doubt,
		}}, nil
	})
}

// answer does f to each old ticket of the printer, and sums up what f wants listed, in one
// transaction.
func (s *Service) answer(what, printer string, f func(*change, PrinterJob, order.Order) ([]Summary, error)) error {
	err := s.update(func(c *change) error {
		jobs, err := s.staleJobs(c.tx, printer, c.now)
		if err != nil {
			return err
		}
		var first Job
		var list []Summary
		for _, j := range jobs {
			job, found, err := c.tx.Job(j.Key) // an answer to one may have ended another
			if err != nil {
				return err
			}
			if !found || job.State != JobQueued {
				continue
			}
			// while what it changes or takes back is under way, nobody knows what the paper will say
			if busy, err := s.busy(c.tx, job); err != nil {
				return err
			} else if busy {
				continue
			}
			j.Job = job
			view, err := s.view(c.tx, j.OrderID, c.now)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				first = job
			}
			more, err := f(c, j, view)
			if err != nil {
				return err
			}
			list = append(list, more...)
		}
		return s.summarize(c, first, list)
	})
	if err == nil {
		err = s.sweep(s.ports.Clock.Now())
	}
	if err != nil {
		return fmt.Errorf("%s the old tickets of %s: %w", what, printer, err)
	}
	return nil
}

// discard ends a job that nobody wants on paper. Its lines count as told to the station, so that
// it does not come again, and a later change starts from there.
func (s *Service) discard(c *change, job Job, view order.Order) (Job, error) {
	if job.Ticket == nil {
		ticket, needed, err := s.write(c, view, job)
		if err != nil {
			return job, err
		}
		if !needed {
			job.State = JobDropped
			return job, s.put(c, job, view)
		}
		job.Ticket = &ticket
	}
	job.State, job.Problem = JobDiscarded, ""
	c.remember(s.setups().Stations[job.Station].Printer, job, view)
	return job, s.report(c, job, job, order.TicketDiscarded)
}

func (s *Service) summarize(c *change, first Job, list []Summary) error {
	l := s.location(first.Location)
	if len(list) == 0 || l == nil {
		return nil
	}
	var key string
	for taken := true; taken; { // the count may have been lost with damaged data
		n, err := c.tx.Count("summary")
		if err != nil {
			return err
		}
		key = "summary/" + s.config.Device + "/" + strconv.Itoa(n)
		if _, taken, err = c.tx.Job(key); err != nil {
			return err
		}
	}
	job := Job{
		Key:      key,
		Location: first.Location, Station: first.Station, Kind: KindSummary, Version: 1,
		Owner: s.config.Device, Due: c.now.UTC(), State: JobQueued,
		Ticket: &Ticket{
			Kind: KindSummary, Language: l.Language, TimeZone: l.TimeZone, Received: c.now.UTC(),
			Station: l.router.StationName(first.Station), Part: 1, Parts: 1, Summary: list,
		},
	}
	return s.put(c, job, order.Order{})
}
