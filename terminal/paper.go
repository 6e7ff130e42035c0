package terminal

import (
	"slices"
	"time"

	"comptoir/order"
)

// paper is what a station's paper says, or may say.
type paper struct {
	exists  bool
	key     string // of this terminal's job, if it is its own
	version int
	lines   []order.Line
	// unheard is paper whose lines only this terminal knows: its copy's end is open.
	unheard bool
	// conflict: it reads otherwise than what another terminal reported of the same version.
	conflict bool
	// doubt: a copy may be out that reads otherwise than what was reported, or is newer. Only a
	// whole ticket can settle it.
	doubt bool
	// suspect: this terminal holds the station's lease, and another one may have printed a newer
	// version: its report says that it does not know, or never came.
	suspect bool
	// lost: so may this one, by its journal, which was damaged.
	lost bool
	// unanswered: it is this terminal's, and somebody must say whether it came out; out: it did.
	unanswered, out bool
	// sequence is the ticket number that the paper bears; 0 where another terminal printed it.
	sequence int
}

// paperOf is the last thing that came out, or may have, at the station: what was reported, and
// what this terminal's journal knows beyond it. Where another terminal reported something else of
// the version of ours, nobody knows which lies on top. Beyond both, another terminal may be in doubt
// of a copy.
func (s *Service) paperOf(view order.Order, station string, jobs []Job, lease Lease, now time.Time) paper {
	var last paper
	reported, found := view.Printed[station]
	_, theirs := s.theirs(view, station)
	if found {
		last = paper{exists: true, version: reported.Version, lines: reported.Lines}
	}
	ours := !found
	for _, j := range jobs {
		if j.Station != station || j.Copies == 0 && j.State != JobDiscarded || last.exists && j.Version < last.version {
			continue
		}
		open := !j.State.out() && j.State != JobElsewhere && j.State != JobDiscarded
		differs := found && j.Version == reported.Version && !order.Difference(reported.Lines, j.Ticket.After).Empty()
		conflict := differs && theirs && (open || j.State.out())
		if ours || j.Version > last.version || open || conflict || !differs {
			ours = true
			last = paper{exists: true, key: j.Key, version: j.Version, lines: j.Ticket.After, sequence: j.Ticket.Sequence}
			last.unanswered, last.out = s.unanswered(j, now), j.State.out()
			last.conflict, last.doubt = conflict, conflict
			if conflict && len(last.lines) == 0 {
				last.lines = reported.Lines // as much as may be there
			}
			last.unheard = open && (!found || j.Version > reported.Version)
		}
	}
	for _, t := range view.Tickets {
		if t.Station == station && !t.State.Told() && t.Version > last.version && t.By != s.config.Device {
			last.version, last.doubt, last.suspect = t.Version, true, true
		}
	}
	last.suspect = last.suspect || slices.ContainsFunc(jobs, func(j Job) bool {
		if j.Station != station || j.Owner != "" || j.Copies > 0 || j.State == JobElsewhere || j.Sequence > lease.FormerSequence {
			return false
		}
		waited := j.Scheduled && !view.CompletedAt.IsZero() && j.Due.After(view.CompletedAt)
		// a version above the order's was of a command that the hub refused
		return !waited && j.Version > last.version && j.Version <= view.KitchenVersion
	})
	last.suspect = last.suspect && lease.Device == s.config.Device && owner(view) == ""
	if s.lost(view, station, jobs, lease, now) {
		last.suspect, last.lost = true, true
		last.doubt = last.doubt || last.exists // only a whole ticket can settle it
	}
	return last
}

// theirs is the station's reported paper, if it is another terminal's.
func (s *Service) theirs(view order.Order, station string) (order.Paper, bool) {
	printed, found := view.Printed[station]
	return printed, found && slices.ContainsFunc(view.Tickets, func(t order.Ticket) bool {
		return t.Station == station && t.State.Told() && t.Version >= printed.Version && t.By != s.config.Device
	})
}

// needs says what the station must be told, if anything.
func needs(view order.Order, station string, paper paper) (kind order.TicketKind, needed bool) {
	wanted := wants(view, station)
	switch {
	case len(wanted) == 0:
		return order.Void, len(paper.lines) > 0 || paper.suspect
	case len(paper.lines) == 0 || paper.doubt:
		return order.Kitchen, true
	case !order.Difference(paper.lines, wanted).Empty():
		if paper.unanswered { // nobody may have what it would change
			return order.Kitchen, true
		}
		return order.Changed, true
	default:
		return order.Kitchen, paper.suspect // it may read otherwise by now
	}
}

func wants(view order.Order, station string) []order.Line {
	if view.KitchenVersion == 0 {
		return nil
	}
	return view.KitchenLines(station)
}
