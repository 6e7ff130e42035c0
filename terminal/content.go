package terminal

import "comptoir/order"

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

// frozen says whether the content was given when the job was made, and says nothing of the
// order's paper.
func (j Job) frozen() bool { return j.Copy || j.Kind == KindSummary }
