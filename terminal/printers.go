package terminal

import (
	"slices"
	"time"

	"comptoir/order"
)

const (
	// backupAfter is how long a printer must have failed before its backup takes tickets over, and
	// how long a failure counts as the newest word on it.
	backupAfter = time.Minute
	// backupLooks is how often a backup looks whether a printer that was given a new ticket takes
	// it.
	backupLooks = 2 * time.Second
	// fickle is how soon after a printer said that it stands well a failure counts as the old one.
	fickle = 10 * time.Second
	// maxFaults bounds the log of faults.
	maxFaults = 200
	// lastTickets is how many tickets of a printer are remembered.
	lastTickets = 8
)

// FaultPeriod is one fault of a printer, from its beginning to its end.
type FaultPeriod struct {
	Printer string    `json:"printer"`
	Fault   Fault     `json:"fault"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"` // zero while it lasts
}

// standing is what this terminal knows of a printer since it began.
type standing struct {
	state PrinterState
	// failing is since when no ticket can leave; failed is when that was last seen. Zero: it
	// works, as far as is known.
	failing, failed time.Time
	// before is since when it was failing until it said, at saidWell, that it stands well.
	before, saidWell time.Time
	// relayed counts the tickets that its backup has begun since.
	relayed int
	// stale is the question last told.
	stale StaleQuestion
	last  []PrinterJob // newest first
}

// PrinterJob is a ticket of a printer.
type PrinterJob struct {
	Job
	Number string // of the order
	// Closed: the order is over, so that nobody may need the ticket any more.
	Closed bool
}

// PrinterStatus is how a printer of this terminal stands.
type PrinterStatus struct {
	Setup PrinterSetup
	// Stations are those that print on it, not those that it is the backup of.
	Stations []string
	State    PrinterState
	// Since is when its fault began.
	Since time.Time
	// Waiting are the tickets that should be on paper by now, the first of the queue first;
	// Unconfirmed those of which somebody must say whether they came out (Confirm, PrintAgain);
	// Stale those that wait for an answer because of their age (PrintStale, DiscardStale,
	// SummarizeStale).
	Waiting, Unconfirmed, Stale []PrinterJob
	// Last came out or may have, or were discarded: the newest first.
	Last []PrinterJob
	// Relayed is how many of its tickets its backup has begun since the fault began.
	Relayed int
}

// standing returns what is known of a printer; s.mu is held for writing.
func (s *Service) standing(printer string) *standing {
	known := s.standings[printer]
	if known == nil {
		known = &standing{state: PrinterState{Printer: printer}}
		s.standings[printer] = known
	}
	return known
}

// Heard takes how a printer stands, as its queue found it. It does not wait for the disk.
func (s *Service) Heard(state PrinterState) {
	now := s.ports.Clock.Now().UTC()
	s.mu.Lock()
	known := s.standing(state.Printer)
	before := known.state
	known.state = state
	switch {
	case state.Fault != FaultNone:
		s.fails(known, now)
	case !known.failing.IsZero():
		known.before, known.saidWell = known.failing, now
		known.failing = time.Time{}
	}
	fault := before.Fault != state.Fault
	if fault || before.At.IsZero() {
		s.logFault(state.Printer, state.Fault, now)
	}
	event := s.printerEvent(known)
	s.mu.Unlock()
	if fault || before.PaperLow != state.PaperLow {
		s.ports.Notify(event)
	}
}

// works: a ticket came out.
func (k *standing) works() {
	k.failing, k.failed, k.before, k.relayed = time.Time{}, time.Time{}, time.Time{}, 0
}

// fails notes that no ticket can leave; s.mu is held.
func (s *Service) fails(k *standing, now time.Time) {
	k.failed = now
	switch {
	case !k.failing.IsZero() && !k.failing.After(now):
		return
	case !k.before.IsZero() && now.Sub(k.saidWell) < fickle:
		k.failing = k.before // it only said so
	default:
		k.failing = now
	}
	s.relief = true
}

// logFault closes the printer's open entry and begins one; s.mu is held.
func (s *Service) logFault(printer string, fault Fault, now time.Time) {
	for i := range s.faults {
		open := &s.faults[i]
		if open.Printer != printer || !open.Until.IsZero() {
			continue
		}
		if open.Fault == fault {
			return // it lasts, also over a restart
		}
		open.Until, s.faultsUnsaved = now, true
	}
	if fault == FaultNone {
		return
	}
	s.faults, s.faultsUnsaved = append(s.faults, FaultPeriod{Printer: printer, Fault: fault, From: now}), true
	if more := len(s.faults) - maxFaults; more > 0 {
		s.faults = slices.Delete(s.faults, 0, more)
	}
}

// since is when the printer's fault began; s.mu is held.
func (s *Service) since(printer string) time.Time {
	for _, f := range slices.Backward(s.faults) {
		if f.Printer == printer && f.Until.IsZero() {
			return f.From
		}
	}
	return time.Time{}
}

// printerEvent is called with s.mu held.
func (s *Service) printerEvent(known *standing) Event {
	return Event{Kind: EventPrinter, Printer: known.state, Since: s.since(known.state.Printer), Stale: known.stale}
}

// saveFaults writes the log of faults where it has changed.
func (s *Service) saveFaults() {
	s.mu.Lock()
	faults, unsaved := slices.Clone(s.faults), s.faultsUnsaved
	s.faultsUnsaved = false
	s.mu.Unlock()
	if !unsaved {
		return
	}
	if err := s.update(func(c *change) error { return c.tx.PutFaults(faults) }); err != nil {
		s.ports.Log.Error("the log of printers' faults is not stored, trying again", "err", err)
		s.mu.Lock()
		s.faultsUnsaved = true
		s.mu.Unlock()
	}
}

// Faults are the last faults of the printers, the newest first.
func (s *Service) Faults() []FaultPeriod {
	s.mu.RLock()
	faults := slices.Clone(s.faults)
	s.mu.RUnlock()
	slices.Reverse(faults)
	return faults
}

// noteOutcome keeps what a copy's end says of its printer, and the copy itself.
func (s *Service) noteOutcome(printer string, outcome Outcome) {
	now := s.ports.Clock.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.standing(printer)
	switch outcome {
	case NothingLeft:
		s.fails(known, now)
	case Sent, Proven:
		known.works()
	}
}

// wakeBackups makes the backups of printers that have begun to fail look for tickets. It is
// called every second and not at each fault: a printer whose faults come and go would be tried
// without a pause.
func (s *Service) wakeBackups() {
	s.mu.Lock()
	relief := false
	if s.relief {
		for _, setup := range s.setup.Stations {
			relief = relief || setup.Backup != ""
		}
	}
	s.relief = false
	s.mu.Unlock()
	if relief {
		s.ports.WakePrinters()
	}
}

// maxTorn bounds what is remembered of a printer of which nothing comes out.
const maxTorn = 8

// tear notes that the printer may hold a part of a ticket, whatever people say of its paper.
func (c *change) tear(printer string, ticket Ticket) error {
	torn, err := c.tx.Torn()
	if err != nil {
		return err
	}
	tickets := torn[printer]
	if slices.ContainsFunc(tickets, func(t Ticket) bool {
		return t.Station == ticket.Station && t.Sequence == ticket.Sequence && t.Number == ticket.Number
	}) {
		return nil // another copy of it
	}
	if torn == nil {
		torn = map[string][]Ticket{}
	}
	tickets = append(tickets, ticket)
	torn[printer] = tickets[max(0, len(tickets)-maxTorn):]
	return c.tx.PutTorn(torn)
}

// whole notes that a ticket came out: nothing of those before is left in the printer.
func (c *change) whole(printer string) error {
	torn, err := c.tx.Torn()
	if err != nil || len(torn[printer]) == 0 {
		return err
	}
	delete(torn, printer)
	return c.tx.PutTorn(torn)
}

type lastTicket struct {
	printer string
	ticket  PrinterJob
}

// remember keeps a ticket that came out, may have, or was discarded.
func (c *change) remember(printer string, job Job, view order.Order) {
	c.last = append(c.last, lastTicket{printer, printerJob(job, view)})
}

func printerJob(job Job, view order.Order) PrinterJob {
	return PrinterJob{Job: job, Number: view.Number, Closed: view.ID != "" && !view.Status.Open()}
}

// recallLast finds the tickets that came out last before the terminal stopped.
func (s *Service) recallLast(c *change) error {
	var last []lastTicket
	for id := range s.locations {
		for station, setup := range s.setup.Stations {
			jobs, err := c.tx.Papers(id, station, lastTickets)
			if err != nil {
				return err
			}
			for _, job := range slices.Backward(jobs) {
				view, err := s.view(c.tx, job.OrderID, c.now)
				if err != nil {
					return err
				}
				printer := job.Printer
				if printer == "" {
					printer = setup.Printer
				}
				last = append(last, lastTicket{printer, printerJob(job, view)})
			}
		}
	}
	slices.SortStableFunc(last, func(a, b lastTicket) int { return a.ticket.SentAt.Compare(b.ticket.SentAt) })
	s.noteLast(last)
	return nil
}

func (s *Service) noteLast(last []lastTicket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range last {
		known := s.standing(l.printer)
		known.last = slices.DeleteFunc(known.last, func(old PrinterJob) bool { return old.Key == l.ticket.Key })
		known.last = slices.Insert(known.last, 0, l.ticket)
		known.last = known.last[:min(len(known.last), lastTickets)]
	}
}

// prints says whether the printer may begin a job of the station now, and if not, when to look
// again (0: not before something changes).
func (s *Service) prints(setup StationSetup, printer string, job Job, now time.Time) (may bool, wait time.Duration) {
	if setup.Printer == printer {
		return true, 0
	}
	if setup.Backup != printer || setup.Printer == "" {
		return false, 0
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	primary := s.standings[setup.Printer]
	if primary == nil || primary.failing.IsZero() {
		return false, 0
	}
	if failing := now.Sub(primary.failing); failing < backupAfter {
		return false, backupAfter - max(failing, 0)
	}
	// one that failed long ago gets the first try at a new ticket
	if primary.state.Fault != FaultNone || now.Sub(primary.failed) <= backupAfter || job.Problem != "" {
		return true, 0
	}
	return false, backupLooks
}

// TryPrinters makes every printer that fails try again at once: somebody has mended one.
func (s *Service) TryPrinters() { s.ports.WakePrinters() }

// Printers are this terminal's printers, by name, and how they stand.
func (s *Service) Printers() ([]PrinterStatus, error) {
	setups, stations := s.Setups()
	now := s.ports.Clock.Now()
	all := make([]PrinterStatus, 0, len(setups))
	for _, setup := range setups {
		all = append(all, PrinterStatus{Setup: setup})
	}
	err := s.ports.Store.View(func(tx Tx) error {
		for i := range all {
			if err := s.waiting(tx, &all[i], stations, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range all {
		p := &all[i]
		if known := s.standings[p.Setup.Name]; known != nil {
			p.State, p.Since, p.Relayed, p.Last = known.state, s.since(p.Setup.Name), known.relayed, slices.Clone(known.last)
		}
	}
	return all, nil
}

func (s *Service) waiting(tx Tx, p *PrinterStatus, stations map[string]StationSetup, now time.Time) error {
	for station, setup := range stations {
		if setup.Printer == p.Setup.Name {
			p.Stations = append(p.Stations, station)
		}
	}
	slices.Sort(p.Stations)
	jobs, err := s.queued(tx, p.Setup.Name)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		view, err := s.view(tx, j.OrderID, now)
		if err != nil {
			return err
		}
		ticket := printerJob(j, view)
		switch {
		case j.State == JobUnconfirmed:
			p.Unconfirmed = append(p.Unconfirmed, ticket)
		case s.stale(j, now):
			p.Stale = append(p.Stale, ticket)
		case !j.Scheduled || !j.Due.After(now):
			p.Waiting = append(p.Waiting, ticket)
		}
	}
	return nil
}

// queued are the jobs of the printer's stations that this terminal is to print, as they are due.
func (s *Service) queued(tx Tx, printer string) ([]Job, error) {
	s.mu.RLock()
	locations := s.locations
	s.mu.RUnlock()
	var jobs []Job
	for id := range locations {
		for station, setup := range s.setups().Stations {
			if setup.Printer != printer {
				continue
			}
			lease, _, err := tx.Lease(id, station)
			if err != nil {
				return nil, err
			}
			err = tx.Queue(id, station, func(j Job) bool {
				if j.State != JobIdle && s.mine(j, lease) {
					jobs = append(jobs, j)
				}
				return true
			})
			if err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(jobs, func(a, b Job) int { return a.Due.Compare(b.Due) })
	return jobs, nil
}
