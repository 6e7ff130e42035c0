package terminal

import (
	"strconv"
	"strings"

	"comptoir/order"
)

// plan makes the print jobs that bring each station's paper level with what it has to cook.
// It compares the two instead of counting versions, so it may run any number of times, and
// whatever was skipped in between: the guarantee of design.md section 5 rests on it.
func (s *Service) plan(c *change, view order.Order, sequence uint64) error {
	l := s.location(view.Location)
	if l == nil {
		return nil // the hub sends settings before it sends orders
	}
	jobs, err := c.tx.JobsOf(view.ID)
	if err != nil {
		return err
	}
	for _, station := range stationsOf(view, jobs) {
		if err := s.planStation(c, l, view, station, jobs, sequence); err != nil {
			return err
		}
	}
	return nil
}

func stationsOf(view order.Order, jobs []Job) []string {
	stations := view.Stations()
	known := map[string]bool{}
	for _, station := range stations {
		known[station] = true
	}
	for _, j := range jobs {
		if !known[j.Station] {
			known[j.Station] = true
			stations = append(stations, j.Station)
		}
	}
	return stations
}

func (s *Service) planStation(c *change, l *location, view order.Order, station string, jobs []Job, sequence uint64) error {
	var waiting *Job
	for i := range jobs {
		j := &jobs[i]
		if j.Station != station {
			continue
		}
		if !j.State.Ended() && j.State != JobSending && view.Printed[station].Version >= j.Version && reported(view, j, s.config.Device) {
			j.State = JobElsewhere
			if err := s.put(c, *j, view); err != nil {
				return err
			}
			continue
		}
		if j.State == JobQueued && j.Copies == 0 && j.Ticket == nil {
			waiting = j
		}
	}
	paper := paperOf(view, station, jobs)
	kind, needed := needs(view, station, paper)
	if waiting != nil {
		if needed && waiting.Version == view.KitchenVersion && waiting.Kind == kind {
			return nil
		}
		waiting.State = JobDropped
		if err := s.put(c, *waiting, view); err != nil {
			return err
		}
	}
	if !needed {
		return nil
	}
	job := Job{
		Key: key(view.ID, station, view.KitchenVersion, kind), OrderID: view.ID, Location: view.Location,
		Station: station, Version: max(1, view.KitchenVersion), Kind: kind, Due: view.KitchenDue(l.printAhead()),
		Sequence: sequence, State: JobQueued,
	}
	if kind != order.Kitchen {
		job.Due = c.now.UTC()
	}
	if view.Channel == counterChannel && !view.Partner() && len(view.History) > 0 {
		job.Owner = view.History[0].By
	}
	for n := 2; ; n++ {
		before, found, err := c.tx.Job(job.Key)
		if err != nil {
			return err
		}
		if !found || before.State == JobDropped && before.Copies == 0 {
			break
		}
		// the same version again, after the hub refused what this terminal had printed
		job.Key = key(view.ID, station, view.KitchenVersion, kind) + "/" + strconv.Itoa(n)
	}
	if err := s.headAfterTakeover(c, &job); err != nil {
		return err
	}
	return s.put(c, job, view)
}

// reported says whether another terminal's report covers the job.
func reported(view order.Order, j *Job, device string) bool {
	for _, t := range view.Tickets {
		if t.Station == j.Station && t.State.Out() && t.Version >= j.Version && t.By != device {
			return true
		}
	}
	return false
}

func key(orderID, station string, version int, kind order.TicketKind) string {
	return strings.Join([]string{orderID, station, strconv.Itoa(version), string(kind)}, "/")
}

// paper is what a station's paper says, or may say.
type paper struct {
	exists  bool
	version int
	lines   []order.Line
	// sequence is the ticket number that the paper bears; 0 where another terminal printed it.
	sequence int
}

// paperOf is the last thing that came out, or may have, at the station: by this terminal's
// journal, or by what others reported.
func paperOf(view order.Order, station string, jobs []Job) paper {
	var last paper
	if reported, found := view.Printed[station]; found {
		last = paper{exists: true, version: reported.Version, lines: reported.Lines}
	}
	for _, j := range jobs {
		if j.Station == station && j.Copies > 0 && j.Ticket != nil && (!last.exists || j.Version >= last.version) {
			last = paper{exists: true, version: j.Version, lines: j.Ticket.After, sequence: j.Ticket.Sequence}
		}
	}
	return last
}

// needs says what the station must be told, if anything.
func needs(view order.Order, station string, paper paper) (kind order.TicketKind, needed bool) {
	wanted := wants(view, station)
	switch {
	case !paper.exists:
		return order.Kitchen, len(wanted) > 0
	case len(wanted) == 0:
		return order.Void, len(paper.lines) > 0
	case len(paper.lines) == 0:
		return order.Kitchen, true
	default:
		return order.Changed, !order.Difference(paper.lines, wanted).Empty()
	}
}

func wants(view order.Order, station string) []order.Line {
	if view.KitchenVersion == 0 {
		return nil
	}
	return view.KitchenLines(station)
}

// headAfterTakeover marks a ticket that the former holder of the station's lease may have
// printed before it fell silent.
func (s *Service) headAfterTakeover(c *change, job *Job) error {
	lease, found, err := c.tx.Lease(job.Location, job.Station)
	if err != nil || !found {
		return err
	}
	if lease.Device == s.config.Device && job.Owner == "" && job.Sequence > 0 && job.Sequence <= lease.FormerSequence {
		job.Heading = HeadingDuplicate
	}
	return nil
}

func (s *Service) put(c *change, job Job, view order.Order) error {
	c.events = append(c.events, Event{Kind: EventTicket, Job: job, Order: view})
	c.print = c.print || job.State == JobQueued
	return c.tx.PutJob(job)
}

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
		if lease.Device != s.config.Device || found && known.Device == lease.Device && known.Epoch == lease.Epoch {
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
			if err := s.headAfterTakeover(c, &j); err != nil {
				return err
			}
			if j.Heading == HeadingNone {
				continue
			}
			if err := c.tx.PutJob(j); err != nil {
				return err
			}
		}
		return nil
	})
}
