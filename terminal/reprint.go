package terminal

import (
	"fmt"
	"strconv"
	"time"

	"comptoir/order"
)

// Reprint prints a station's ticket of an order once more, as it should read now, headed COPY.
// Where nothing is known to have come out it is headed POSSIBLE DUPLICATE instead: another
// terminal may print the station's. What the hub and the queues hold of the order's paper stays
// as it is.
func (s *Service) Reprint(orderID, station string) error {
	err := s.update(func(c *change) error {
		view, l, err := s.known(c, orderID)
		if err != nil {
			return err
		}
		jobs, err := jobsOf(c.tx, orderID)
		if err != nil {
			return err
		}
		paper := s.paperOf(view, station, jobs, Lease{}, c.now)
		job := Job{
			OrderID: orderID, Location: view.Location, Station: station, Kind: order.Kitchen,
			Version: max(1, view.KitchenVersion, paper.version), Owner: s.config.Device,
			Due: c.now.UTC(), State: JobQueued, Copy: true, Heading: HeadingCopy, Number: paper.sequence,
		}
		if len(wants(view, station)) == 0 {
			if !paper.exists {
				return &order.Error{Kind: order.NotPossible, Cause: order.NothingLeft}
			}
			job.Kind = order.Void
		}
		ticket := s.content(l, view, job, paper)
		ticket.Sequence, ticket.FirstSent = job.Number, firstSent(view, station, jobs)
		if ticket.FirstSent.IsZero() {
			job.Heading = HeadingDuplicate
		}
		job.Ticket = &ticket
		return s.putCopy(c, job, view)
	})
	if err != nil {
		return fmt.Errorf("reprinting the ticket of %s: %w", station, err)
	}
	return nil
}

// known is an order that somebody asks for, and its location.
func (s *Service) known(c *change, orderID string) (order.Order, *location, error) {
	view, err := s.view(c.tx, orderID, c.now)
	if err != nil {
		return view, nil, err
	}
	if view.ID == "" {
		return view, nil, &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: orderID}
	}
	l := s.location(view.Location)
	if l == nil {
		return view, nil, ErrNoLocation
	}
	return view, l, nil
}

// putCopy stores a job that somebody asked for, under a key of its own.
func (s *Service) putCopy(c *change, job Job, view order.Order) error {
	for n := 1; ; n++ {
		job.Key = job.OrderID + "/" + job.Station + "/copy/" + strconv.Itoa(n)
		if _, found, err := c.tx.Job(job.Key); err != nil {
			return err
		} else if !found {
			return s.put(c, job, view)
		}
	}
}

// firstSent is when the station's newest paper first left, as far as is known.
func firstSent(view order.Order, station string, jobs []Job) time.Time {
	var sent time.Time
	for _, t := range view.Tickets {
		if t.Station == station && t.State.Out() {
			sent = t.At
		}
	}
	for _, j := range jobs {
		if j.Station != station || j.Copies == 0 {
			continue
		}
		if sent = j.SentAt; !j.Ticket.FirstSent.IsZero() {
			sent = j.Ticket.FirstSent
		}
	}
	return sent
}
