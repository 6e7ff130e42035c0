// Package escalation decides when somebody outside of the shop must hear that nobody looks at its
// orders, and in which words. It knows no clock, disk or network.
package escalation

import (
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Kind is what is wrong.
type Kind string

// The kinds.
const (
	// NoTerminal: no terminal of the location is online.
	NoTerminal Kind = "no_terminal"
	// OrdersWaiting: orders have not been accepted for too long.
	OrdersWaiting Kind = "orders_waiting"
)

// Kinds lists them all.
func Kinds() []Kind { return []Kind{NoTerminal, OrdersWaiting} }

// Timetable is when a location's troubles are told.
type Timetable struct {
	Calendar shop.Calendar
	Hours    shop.Hours
	// After is how long a trouble must last, in opening hours, before anybody hears of it.
	After time.Duration
}

// Waiting is an order that nobody has accepted.
type Waiting struct {
	Number string
	Since  time.Time
}

// WaitingOf is an order that nobody has accepted; false where it is anything else. It waits since
// the hub has it, whatever its channel says.
func WaitingOf(o order.Order) (Waiting, bool) {
	if o.Status != order.New || len(o.History) == 0 {
		return Waiting{}, false
	}
	return Waiting{Number: o.Number, Since: o.History[0].At}, true
}

// Facts are how a location stands.
type Facts struct {
	// Away is since when no terminal has been online; zero while one is.
	Away time.Time
	// Waiting are the orders not accepted, in any order.
	Waiting []Waiting
}

// Incident is a trouble that somebody was told of. It stands until the trouble is over.
type Incident struct {
	Kind  Kind      `json:"kind"`
	Since time.Time `json:"since"`
	// ToldAt is when it was told last.
	ToldAt time.Time `json:"toldAt"`
	// Orders that wait, and the number of the first of them, when it was told; of OrdersWaiting.
	Orders int    `json:"orders,omitempty"`
	Number string `json:"number,omitempty"`
}

// Notice is something to tell now.
type Notice struct {
	Incident
	// Clear: the trouble is over, and its incident with it.
	Clear bool
}

// Judge compares how a location stands with what was told of it, and says what is to be told now.
// A trouble is told once it has lasted After in opening hours, once more for each later opening
// that it outlasts by After, and once when it is over.
func (t Timetable) Judge(told map[Kind]Incident, facts Facts, now time.Time) []Notice {
	var notices []Notice
	for _, kind := range Kinds() {
		before, known := told[kind]
		trouble, is := t.trouble(kind, facts, now)
		switch {
		case known && !is:
			notices = append(notices, Notice{Incident: before, Clear: true})
		case is && !known && t.due(trouble.Since, now), is && known && t.again(before, now):
			if known {
				trouble.Since = before.Since // a restart of the hub forgets since when
			}
			trouble.ToldAt = now
			notices = append(notices, Notice{Incident: trouble})
		}
	}
	return notices
}

// trouble is what is wrong now, whether it has lasted long enough or not. Of the orders only those
// count that have waited too long: others are being looked at, as far as anybody knows.
func (t Timetable) trouble(kind Kind, facts Facts, now time.Time) (Incident, bool) {
	i := Incident{Kind: kind}
	if kind == NoTerminal {
		i.Since = facts.Away
		return i, !facts.Away.IsZero()
	}
	for _, w := range facts.Waiting {
		if !t.due(w.Since, now) {
			continue
		}
		if i.Orders++; i.Orders == 1 || w.Since.Before(i.Since) {
			i.Since, i.Number = w.Since, w.Number
		}
	}
	return i, i.Orders > 0
}

func (t Timetable) due(since, now time.Time) bool {
	return !now.Before(t.Hours.After(t.Calendar, since, t.After))
}

// again: another opening has begun since it was told, and has been going on for After.
func (t Timetable) again(told Incident, now time.Time) bool {
	opened, open := t.Hours.Opened(t.Calendar, now)
	return open && told.ToldAt.Before(opened) && !now.Before(opened.Add(t.After))
}
