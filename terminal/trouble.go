package terminal

import (
	"slices"
	"strings"
	"time"
)

const (
	// hubGrace is how long the hub may be out of reach before the terminal calls somebody: a
	// router that restarts is no trouble.
	hubGrace = 30 * time.Second
	// ticketGrace is how long a ticket may wait for its printer.
	ticketGrace = 60 * time.Second
)

// Trouble is an alarm of this terminal alone. The others do not have it, so it is answered here
// and nowhere else.
type Trouble struct {
	// Key names it for Heed.
	Key  string
	Kind AlarmKind
	// Since is when it began, before any grace time.
	Since time.Time
	// Printer, and what follows, are those of KindPrinting. Cause says what Tickets counts.
	Printer string
	Cause   TroubleCause
	Fault   Fault
	Tickets int
	// Disk is that of KindDisk.
	Disk DiskFault
}

// TroubleCause is why a printer needs somebody.
type TroubleCause string

// The causes, the one that a person should hear of first at the top.
const (
	CauseFault       TroubleCause = "fault"       // it says that it cannot go on alone
	CauseUnconfirmed TroubleCause = "unconfirmed" // somebody must say whether tickets came out
	CauseStale       TroubleCause = "stale"       // tickets are too old to print unasked
	CauseWaiting     TroubleCause = "waiting"     // tickets have waited for ticketGrace
	CauseStranded    TroubleCause = "stranded"    // so have some that have no printer; Printer is the station
)

// troubles is what the service keeps of them; its mu guards all.
type troubles struct {
	ringing []Trouble
	// heeded are the keys that somebody has answered. They are forgotten once all is well.
	heeded map[string]bool
	// waiting is since when tickets wait, by ticket or station: by this terminal's clock, whatever
	// their own times say.
	waiting map[string]time.Time
	// printers are those found last: a disk that does not read takes none of them away.
	printers []Trouble
}

// Troubles are those that ring, by priority.
func (s *Service) Troubles() []Trouble {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.troubles.ringing)
}

// Heed answers a trouble: it is silent until all was well and it comes again. An unknown key is
// one that has ended.
func (s *Service) Heed(key string) {
	s.mu.Lock()
	i := slices.IndexFunc(s.troubles.ringing, func(t Trouble) bool { return t.Key == key })
	if i >= 0 {
		s.troubles.heeded[key] = true
		s.troubles.ringing = slices.Delete(slices.Clone(s.troubles.ringing), i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		s.ports.Notify(Event{Kind: EventTrouble})
	}
}

// tickTroubles looks for what has gone wrong here, and tells if that differs from what was told.
func (s *Service) tickTroubles(now time.Time) {
	printers, err := s.Printers()
	var stranded []Stranded
	if err == nil {
		stranded, err = s.Stranded()
	}
	if err != nil {
		s.ports.Log.Error("the printers cannot be watched", "err", err)
	}
	s.mu.Lock()
	if err == nil {
		s.troubles.printers = s.troubles.printing(printers, stranded, now)
	}
	var found []Trouble
	if s.disk.fault != DiskWorks {
		found = append(found, Trouble{Key: "disk/" + string(s.disk.fault), Kind: KindDisk, Since: s.disk.since, Disk: s.disk.fault})
	}
	found = append(found, s.troubles.printers...)
	if s.link.Since.After(now) { // the clock was set back, which must not put the alarm off
		s.link.Since = now
	}
	if !s.link.Online && now.Sub(s.link.Since) >= hubGrace {
		since := s.link.Since
		found = append(found, Trouble{Key: "hub/" + since.Format(time.RFC3339Nano), Kind: KindHub, Since: since})
	}
	changed := s.troubles.take(found)
	s.mu.Unlock()
	if changed {
		s.ports.Notify(Event{Kind: EventTrouble})
	}
}

// take makes what was found ring, but for what somebody has heard of.
func (t *troubles) take(found []Trouble) (changed bool) {
	var ringing []Trouble
	known := map[string]bool{}
	for _, trouble := range found {
		known[trouble.subject()] = true
		if !t.heeded[trouble.Key] {
			ringing = append(ringing, trouble)
		}
	}
	for key := range t.heeded {
		if !known[(Trouble{Key: key}).subject()] {
			delete(t.heeded, key)
		}
	}
	changed = !slices.Equal(ringing, t.ringing)
	t.ringing = ringing
	return changed
}

// subject is what the trouble is about: while anything is wrong with it, no answer is forgotten.
func (t Trouble) subject() string {
	if i := strings.LastIndexByte(t.Key, '/'); strings.HasPrefix(t.Key, "printer/") {
		return t.Key[:i]
	}
	return t.Key
}

// printing finds the printers that need somebody.
func (t *troubles) printing(printers []PrinterStatus, stranded []Stranded, now time.Time) (found []Trouble) {
	waiting := map[string]time.Time{}
	waits := func(key string) bool {
		since, known := t.waiting[key]
		if !known || since.After(now) {
			since = now
		}
		waiting[key] = since
		return now.Sub(since) >= ticketGrace
	}
	for _, p := range printers {
		trouble := Trouble{Kind: KindPrinting, Printer: p.Setup.Name, Since: p.Since, Fault: p.State.Fault}
		late := 0
		for _, ticket := range p.Waiting {
			if waits(ticket.Key) {
				late++
			}
		}
		switch {
		case needsHands(p.State.Fault):
			trouble.Cause, trouble.Tickets = CauseFault, len(p.Waiting)
		case len(p.Unconfirmed) > 0:
			trouble.Cause, trouble.Tickets = CauseUnconfirmed, len(p.Unconfirmed)
		case len(p.Stale) > 0:
			trouble.Cause, trouble.Tickets = CauseStale, len(p.Stale)
		case late > 0:
			trouble.Cause, trouble.Tickets = CauseWaiting, len(p.Waiting)
		default:
			continue
		}
		trouble.Key = "printer/" + p.Setup.Name + "/" + string(trouble.Cause)
		found = append(found, trouble)
	}
	for _, station := range stranded {
		if key := "printer/" + station.Station + "/" + string(CauseStranded); waits(key) {
			found = append(found, Trouble{Key: key, Kind: KindPrinting, Printer: station.Station, Cause: CauseStranded, Tickets: station.Tickets})
		}
	}
	t.waiting = waiting
	return found
}

// needsHands says whether a fault lasts until somebody comes. Whoever opened the cover stands
// there already, and what cannot be reached may come back by itself: with both, only a ticket
// that waits is a trouble.
func needsHands(f Fault) bool { return f == FaultPaper || f == FaultCutter || f == FaultError }
