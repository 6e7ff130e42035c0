package terminal

import (
	"slices"
	"strconv"
	"strings"
	"time"

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
	if sequence == 0 { // this terminal's own change: it will stand in the log after all that came from there
		cursor, _, err := c.tx.Cursor(view.Location)
		if err != nil {
			return err
		}
		sequence = cursor.Sequence + 1
	}
	jobs, err := jobsOf(c.tx, view.ID)
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

// jobsOf are the order's jobs, without copies that somebody asked for.
func jobsOf(tx Tx, orderID string) ([]Job, error) {
	jobs, err := tx.JobsOf(orderID)
	return slices.DeleteFunc(jobs, func(j Job) bool { return j.Copy }), err
}

// stationsOf are the stations that have or had something of the order to make, here or by what
// another terminal reported.
func stationsOf(view order.Order, jobs []Job) []string {
	stations := view.Stations()
	add := func(station string) {
		if !slices.Contains(stations, station) {
			stations = append(stations, station)
		}
	}
	for _, t := range view.Tickets {
		add(t.Station)
	}
	for _, j := range jobs {
		add(j.Station)
	}
	return stations
}

// planStation ends the jobs that are no more to be printed, and makes the one that is.
func (s *Service) planStation(c *change, l *location, view order.Order, station string, jobs []Job, sequence uint64) error {
	lease, _, err := c.tx.Lease(view.Location, station)
	if err != nil {
		return err
	}
	paper := s.paperOf(view, station, jobs, lease, c.now)
	kind, needed := needs(view, station, paper)
	by, err := s.ownerOf(c.tx, view)
	if err != nil {
		return err
	}
	job := Job{
		OrderID: view.ID, Location: view.Location, Station: station, Kind: kind,
		// never below the paper's: what other terminals then report would not count
		Version: max(1, view.KitchenVersion, paper.version),
		Owner:   by, Sequence: sequence, State: JobQueued, Lost: paper.lost,
	}
	job.Due, job.Scheduled = c.now.UTC(), false
	if !needed && s.mayBeVoided(c, l, view, paper, station) {
		idle, err := c.idle(job, jobs, view)
		if err != nil {
			return err
		}
		jobs = append(slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return j.Key == idle.Key }), idle)
		paper = s.paperOf(view, station, jobs, lease, c.now)
		kind, needed = needs(view, station, paper)
		job.Kind = kind
	}
	// in place of a change it is news, however old the order is
	if due := view.KitchenDue(l.printAhead()); kind == order.Kitchen && (!paper.unanswered || due.After(c.now)) {
		job.Due, job.Scheduled = due, due.After(view.AcceptedAt)
	}
	made := false
	for _, j := range jobs {
		if j.Station != station {
			continue
		}
		if j.Copies > 0 && job.Due.Before(j.Due) {
			// behind what it replaces, even if the clock was set back; but it waits for nothing
			job.Due, job.Scheduled = j.Due, false
		}
		switch {
		case j.State == JobSending:
			continue
		case j.State == JobIdle:
			if !needed && len(wants(view, station)) == 0 && !paper.exists {
				continue // as before: see JobIdle
			}
			if len(paper.lines) == 0 {
				job.Sequence = min(job.Sequence, j.Sequence)
			}
			j.State = JobDropped
			if err := c.tx.PutJob(j); err != nil {
				return err
			}
			continue
		case j.Copies > 0:
			state := s.again(view, j, paper, c.now)
			if state == j.State {
				continue
			}
			j.State = state
		case j.State.Ended():
			if j.State == JobDropped && j.Version > paper.version {
				job.replace(j)
			}
			continue
		case needed && !made && j.Version == job.Version && j.Kind == kind:
			made = true
			before := j
			if !j.Due.Equal(job.Due) && (j.Scheduled || job.Scheduled) { // the promised time has moved
				j.Due, j.Scheduled = job.Due, job.Scheduled
			}
			if err := s.mark(c, &j, paper); err != nil { // what is known of the paper may be new
				return err
			}
			if j == before {
				continue
			}
		case s.elsewhere(view, j):
			j.State = JobElsewhere
		default:
			j.State = JobDropped
			job.replace(j)
		}
		if err := s.put(c, j, view); err != nil {
			return err
		}
	}
	if !needed || made {
		return nil
	}
	if err := c.name(&job); err != nil {
		return err
	}
	if err := s.mark(c, &job, paper); err != nil {
		return err
	}
	return s.put(c, job, view)
}

// mark heads a ticket for the paper that it follows: one that may read otherwise than is known, or
// not be there.
func (s *Service) mark(c *change, job *Job, paper paper) error {
	kitchen := job.Kind == order.Kitchen
	if paper.doubt || paper.suspect && len(paper.lines) == 0 || (paper.suspect || paper.unanswered) && kitchen {
		job.Heading = HeadingDuplicate
	}
	return s.head(c, job, paper.conflict || paper.unheard && job.Kind == order.Void)
}

// doubtFor is how long after an order's end a ticket that another terminal may have printed is
// still worth a void one: by then it has been cooked.
const doubtFor = 2 * time.Hour

// mayBeVoided says whether the station has nothing to make of an order of which the holder of
// the lease, whoever it is or was, may have printed a ticket that nobody has reported.
func (s *Service) mayBeVoided(c *change, l *location, view order.Order, paper paper, station string) bool {
	if paper.exists || paper.version > 0 && !paper.doubt || view.KitchenVersion == 0 || len(wants(view, station)) > 0 || owner(view) != "" {
		return false
	}
	if len(view.History) == 0 || c.now.Sub(view.History[len(view.History)-1].At) > doubtFor {
		return false
	}
	ended := view.CompletedAt
	return ended.IsZero() || !view.KitchenDue(l.printAhead()).After(ended) // it was not due yet anywhere
}

// idle stores the job that waits for a takeover (JobIdle), as far back in the log as anything
// that it stands for.
func (c *change) idle(job Job, jobs []Job, view order.Order) (Job, error) {
	job.Kind, job.State = order.Void, JobIdle
	for _, j := range jobs {
		if j.Station == job.Station && j.Copies == 0 && (j.State == JobDropped || !j.State.Ended()) {
			job.Sequence = min(job.Sequence, j.Sequence)
		}
	}
	if err := c.name(&job); err != nil {
		return job, err
	}
	before, found, err := c.tx.Job(job.Key)
	switch {
	case err != nil:
		return job, err
	case found && before.State == JobIdle && before.Sequence == job.Sequence:
		return before, nil
	case found && before.State == JobQueued: // another terminal has taken the station over since
		before.State = JobDropped
		c.events = append(c.events, Event{Kind: EventTicket, Job: before, Order: view})
	}
	return job, c.tx.PutJob(job)
}

// replace takes over what is known of a ticket that the job replaces: another terminal may have
// printed that one, and its number must not be missing on paper.
func (j *Job) replace(old Job) {
	if j.Kind == order.Void {
		return
	}
	j.Sequence = min(j.Sequence, old.Sequence)
	if j.Number == 0 {
		j.Number = old.Number
	}
	if old.Heading != HeadingNone {
		j.Heading = old.Heading
	}
}

// name gives the job a key that no other has. A version comes again at a station when the hub
// refused what this terminal had printed.
func (c *change) name(job *Job) error {
	job.Key = strings.Join([]string{job.OrderID, job.Station, strconv.Itoa(job.Version), string(job.Kind)}, "/")
	first := job.Key
	for n := 2; ; n++ {
		before, found, err := c.tx.Job(job.Key)
		if err != nil {
			return err
		}
		if !found || before.Copies == 0 && before.State != JobDiscarded {
			return nil
		}
		job.Key = first + "/" + strconv.Itoa(n)
	}
}

// owner is the terminal whose counter took the order, if one did. Its word alone does not make
// it so: then nobody would print.
func owner(view order.Order) string {
	if len(view.History) == 0 {
		return ""
	}
	placed := view.History[0]
	if view.ID != order.Identity(order.ChannelCounter, placed.By, placed.Command) {
		return ""
	}
	return placed.By
}

// ownerOf is owner, but that this terminal knows the orders of its own counter whatever it was called
// when it took them: it may have been paired anew under another name.
func (s *Service) ownerOf(tx Tx, view order.Order) (string, error) {
	by := owner(view)
	if by == "" || by == s.config.Device {
		return by, nil
	}
	recent, err := tx.RecentOf(view.ID)
	if err != nil {
		return "", err
	}
	pending, err := tx.PendingOf(view.ID)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(recent, func(r Recent) bool { return r.Command.Type == order.Place }) ||
		slices.ContainsFunc(pending, func(p Pending) bool { return p.Command.Type == order.Place }) {
		by = s.config.Device
	}
	return by, nil
}

// again is the state of a job of which a copy is out or may be, and the next is a duplicate.
func (s *Service) again(view order.Order, j Job, paper paper, now time.Time) JobState {
	wanted := len(wants(view, j.Station)) > 0
	printed, theirs := s.theirs(view, j.Station)
	switch {
	case j.State.out() || j.State == JobElsewhere || j.State == JobDiscarded:
		return j.State
	case s.elsewhere(view, j):
		return JobElsewhere
	case theirs && printed.Version == j.Version:
		return JobDropped // the two read differently: see paperOf
	case s.unanswered(j, now) && paper.out && paper.key != j.Key && j.Version <= paper.version:
		return JobDropped // a newer ticket came out, and says it all
	case j.Kind != order.Void && len(paper.lines) > 0 && !wanted:
		return JobDropped // a void ticket says it all
	case j.State != JobDropped || j.Key != paper.key || !wanted:
		return j.State
	case s.asks(j):
		return JobUnconfirmed
	default:
		return JobQueued // wanted again, before that ticket came out
	}
}

// elsewhere says whether another terminal's report covers the job: that brought the station to
// what the job says, or beyond.
func (s *Service) elsewhere(view order.Order, j Job) bool {
	printed, theirs := s.theirs(view, j.Station)
	same := j.Ticket == nil || order.Difference(j.Ticket.After, printed.Lines).Empty()
	return theirs && (printed.Version > j.Version || printed.Version == j.Version && same)
}

// head marks a ticket that another terminal may print too, or may have printed: the former
// holder of the station's lease, before it fell silent.
func (s *Service) head(c *change, job *Job, own bool) error {
	lease, _, err := c.tx.Lease(job.Location, job.Station)
	if err != nil || job.Owner != "" {
		return err
	}
	if own {
		job.Owner = s.config.Device // nobody else can set that paper right
	}
	holder := lease.Device == s.config.Device
	if holder && job.Sequence <= lease.FormerSequence || !holder && own {
		job.Heading = HeadingDuplicate
	}
	return nil
}

func (s *Service) put(c *change, job Job, view order.Order) error {
	told := job
	if job.State == JobQueued {
		c.print = true
		lease, _, err := c.tx.Lease(job.Location, job.Station)
		if err != nil {
			return err
		}
		if s.stranded(job, lease) {
			told.Problem = s.noPrinter(job.Location, job.Station)
		}
	}
	c.events = append(c.events, Event{Kind: EventTicket, Job: told, Order: view})
	return c.tx.PutJob(job)
}
