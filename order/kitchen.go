package order

import (
	"slices"
	"strings"
	"time"
)

// TicketKind is what a ticket is for.
type TicketKind string

// The kinds of kitchen ticket, by what they tell their station.
const (
	Kitchen TicketKind = "kitchen"
	Changed TicketKind = "changed"
	Void    TicketKind = "void"
)

// The kinds of ticket for the customer: what was paid, and what is in the bag.
const (
	Receipt TicketKind = "receipt"
	Bag     TicketKind = "bag"
)

// valid reports whether a station's paper can be of the kind.
func (k TicketKind) valid() bool { return k == Kitchen || k == Changed || k == Void }

// TicketState is what is known of a ticket's way to paper.
type TicketState string

// The states of a print job (design.md section 5). Sent is the end on a printer that cannot
// confirm; Unconfirmed means that a part or all may have come out.
const (
	TicketQueued      TicketState = "queued"
	TicketSending     TicketState = "sending"
	TicketPrinted     TicketState = "printed"
	TicketSent        TicketState = "sent"
	TicketUnconfirmed TicketState = "unconfirmed"
	// TicketDiscarded: somebody decided that the station need not get it on paper.
	TicketDiscarded TicketState = "discarded"
)

// Out reports whether the paper counts as printed.
func (s TicketState) Out() bool { return s == TicketPrinted || s == TicketSent }

// Told reports whether the station counts as knowing what the ticket says, by paper or by word of
// mouth.
func (s TicketState) Told() bool { return s.Out() || s == TicketDiscarded }

func (s TicketState) valid() bool { return s.Told() || s == TicketUnconfirmed }

// Ticket is a terminal's report about one ticket.
type Ticket struct {
	Station string      `json:"station"`
	Kind    TicketKind  `json:"kind"`
	State   TicketState `json:"state"`
	// Version is the order's KitchenVersion that the ticket brings the station to.
	Version int       `json:"version"`
	At      time.Time `json:"at,omitzero"`
	By      string    `json:"by,omitempty"`
}

// Paper is what a station's paper says of an order, or what it was told instead.
type Paper struct {
	Version int    `json:"version"`
	Lines   []Line `json:"lines"`
}

// report keeps the newest word on each ticket, and the lines of the newest paper that came out.
func (o *Order) report(ticket Ticket, lines []Line) {
	same := func(t Ticket) bool {
		return t.Station == ticket.Station && t.Kind == ticket.Kind && t.Version == ticket.Version
	}
	if i := slices.IndexFunc(o.Tickets, same); i < 0 {
		o.Tickets = append(o.Tickets, ticket)
	} else if ticket.State.Out() || ticket.State.Told() && !o.Tickets[i].State.Out() || !o.Tickets[i].State.Told() {
		o.Tickets[i] = ticket
	}
	if !ticket.State.Told() || o.Printed[ticket.Station].Version > ticket.Version {
		return
	}
	if o.Printed == nil {
		o.Printed = map[string]Paper{}
	}
	o.Printed[ticket.Station] = Paper{Version: ticket.Version, Lines: append([]Line{}, lines...)}
}

// KitchenLines returns what the station has to make now: its physical lines with the
// quantities still wanted. Nothing once the order is cancelled.
func (o Order) KitchenLines(station string) []Line {
	var lines []Line
	for _, l := range o.allKitchenLines() {
		if l.Station == station {
			lines = append(lines, l)
		}
	}
	return lines
}

func (o Order) allKitchenLines() []Line {
	var lines []Line
	for _, l := range o.Lines {
		if l.Kind != Physical || l.Ordered() < 1 || o.Cancelled() {
			continue
		}
		l.Quantity, l.Fulfilled, l.Cancelled = l.Ordered(), 0, 0
		lines = append(lines, l)
	}
	return lines
}

// Stations lists the stations that have, or had, something of the order to make, in the order
// of its lines.
func (o Order) Stations() []string {
	var stations []string
	add := func(station string) {
		if station != "" && !slices.Contains(stations, station) {
			stations = append(stations, station)
		}
	}
	for _, l := range o.Lines {
		if l.Kind == Physical {
			add(l.Station)
		}
	}
	former := make([]string, 0, len(o.Printed))
	for station := range o.Printed {
		former = append(former, station)
	}
	slices.Sort(former)
	for _, station := range former {
		add(station)
	}
	return stations
}

// Delta is what a station must do differently from what its paper says.
type Delta struct {
	Removed   []Line
	Added     []Line
	Unchanged []Line
}

// Empty reports whether nothing is to be done differently.
func (d Delta) Empty() bool { return len(d.Removed) == 0 && len(d.Added) == 0 }

// Difference compares two lists of kitchen lines. Only what asks for the very same thing counts
// as unchanged; where just the quantity differs, the delta holds the difference. Lines that are
// split or joined, but ask for the same in all, are no change.
func Difference(before, after []Line) Delta {
	var d Delta
	left := slices.Clone(after)
	take := func(old Line, sameID bool) (missing int) {
		missing = old.Quantity
		for i := range left {
			now := &left[i]
			kept := min(now.Quantity, missing)
			if kept < 1 || sameID && now.ID != old.ID || !sameDish(*now, old) {
				continue
			}
			d.Unchanged = append(d.Unchanged, withQuantity(*now, kept))
			now.Quantity -= kept
			missing -= kept
		}
		return missing
	}
	for _, old := range before {
		old.Quantity = take(old, true)
		old.Quantity = take(old, false)
		if old.Quantity > 0 {
			d.Removed = append(d.Removed, old)
		}
	}
	for _, now := range left {
		if now.Quantity > 0 {
			d.Added = append(d.Added, now)
		}
	}
	return d
}

// Combine adds up lines that ask for the very same thing, in the place of the first.
func Combine(lines []Line) []Line {
	combined := make([]Line, 0, len(lines))
	for _, l := range lines {
		same := slices.IndexFunc(combined, func(other Line) bool { return sameDish(other, l) })
		if same < 0 {
			combined = append(combined, l)
			continue
		}
		combined[same].Quantity += l.Quantity
	}
	return combined
}

func withQuantity(l Line, quantity int) Line {
	l.Quantity = quantity
	return l
}

func sameDish(a, b Line) bool {
	return a.Name == b.Name && a.PLU == b.PLU && a.Note == b.Note && a.Station == b.Station && sameModifiers(a.Modifiers, b.Modifiers)
}

func sameModifiers(a, b []Modifier) bool {
	return slices.EqualFunc(a, b, func(x, y Modifier) bool {
		return x.Name == y.Name && x.Quantity == y.Quantity && sameModifiers(x.Modifiers, y.Modifiers)
	})
}

// MentionsAllergy reports whether a note speaks of an allergy, so that ticket and screen make
// it stand out. It looks for the stems that French and English share.
func MentionsAllergy(note string) bool {
	text := strings.ToLower(note)
	for _, stem := range []string{"allerg", "anaphyla", "intolér", "intoler", "cœliaque", "coeliaque", "coeliac", "celiac"} {
		if strings.Contains(text, stem) {
			return true
		}
	}
	return false
}
