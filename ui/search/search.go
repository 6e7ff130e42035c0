// Package search finds orders by what people remember of them: a number, a reference, a name, a
// telephone, an item.
package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/order"
)

// Index finds orders. Its methods may be called from any goroutine.
type Index struct {
	mu      sync.RWMutex
	entries []entry
	place   map[string]int // of an order's id in entries
}

// entry is what an index remembers of an order. All of its texts are folded.
type entry struct {
	Order
	number string
	// codes are number and reference, of which any part is found.
	codes string
	// phone has digits only.
	phone string
	// words has a space before each: a word is found by its beginning.
	words string
}

// Order is what an index says of an order, so that the results can be chosen before anybody reads
// the orders themselves.
type Order struct {
	ID       string
	Location string
	Status   order.Status
	// Cancelled: see order.Order.
	Cancelled bool
	Type      order.FulfillmentType
	Channel   string
	// Connection names the channel where it has no name of its own.
	Connection string
	// Due is when an open order is to be ready, Ended when another one ended.
	Due, Ended time.Time
}

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{place: map[string]int{}} }

// Put makes the index know an order as it is now.
func (x *Index) Put(o order.Order) { x.put(o, true) }

// Add is Put of what was read from a store: an order that is known already, and so at least as
// new, stays as it is.
func (x *Index) Add(o order.Order) { x.put(o, false) }

func (x *Index) put(o order.Order, replace bool) {
	e := newEntry(o)
	x.mu.Lock()
	defer x.mu.Unlock()
	i, known := x.place[o.ID]
	switch {
	case !known:
		x.place[o.ID] = len(x.entries)
		x.entries = append(x.entries, e)
	case replace:
		x.entries[i] = e
	}
}

// Len is how many orders it knows.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.entries)
}

func newEntry(o order.Order) entry {
	e := entry{
		Order: Order{
			ID: o.ID, Location: o.Location, Status: o.Status, Cancelled: o.Cancelled(), Type: o.Fulfillment.Type,
			Channel: o.Channel, Connection: o.Connection, Due: o.Fulfillment.PromisedAt, Ended: o.CompletedAt,
		},
		number: strings.ReplaceAll(Fold(o.Number), " ", ""),
		phone:  digits(o.Customer.Phone),
	}
	if e.Due.IsZero() {
		e.Due = o.PlacedAt.Add(o.Preparation())
	}
	e.codes = e.number + " " + strings.ReplaceAll(Fold(o.Reference), " ", "")
	var b strings.Builder
	add := func(text string) {
		if text = Fold(text); text != "" {
			b.WriteByte(' ')
			b.WriteString(text)
		}
	}
	add(o.Customer.Name)
	for _, l := range o.Lines {
		add(l.Name)
		eachModifier(l.Modifiers, add)
	}
	e.words = b.String()
	return e
}

func eachModifier(modifiers []order.Modifier, add func(string)) {
	for _, m := range modifiers {
		add(m.Name)
		eachModifier(m.Modifiers, add)
	}
}

// leastDialled is how many digits a part of a telephone has at least: every other number has any
// two digits in it.
const leastDialled = 3

// term is one word of a query.
type term struct {
	text   string
	prefix string // a space and the text
	dialed bool   // digits, and enough of them
}

func terms(query string) []term {
	var all []term
	for word := range strings.FieldsSeq(Fold(query)) {
		all = append(all, term{word, " " + word, len(word) >= leastDialled && digits(word) == word})
	}
	return all
}

func (e *entry) matches(all []term) bool {
	for _, t := range all {
		if !strings.Contains(e.codes, t.text) && !(t.dialed && strings.Contains(e.phone, t.text)) && !strings.Contains(e.words, t.prefix) {
			return false
		}
	}
	return true
}

// Find lists the first orders that match every word of the query, and how many do: first those
// whose number it is, then the open ones, what is due first at the top, then those that have
// ended, the last one first. A query without a letter or digit matches nothing. keep, where given,
// chooses among them; it must be quick and not call back.
func (x *Index) Find(query string, most int, keep func(Order) bool) (ids []string, all int) {
	wanted := terms(query)
	if len(wanted) == 0 || most < 1 {
		return nil, 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	best := make([]*entry, 0, most+1)
	before := func(a, b *entry) int { return compare(a, b, wanted) }
	for i := range x.entries {
		e := &x.entries[i]
		if !e.matches(wanted) || keep != nil && !keep(e.Order) {
			continue
		}
		all++
		if len(best) == most && before(e, best[most-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, e, before)
		best = slices.Insert(best, at, e)
		best = best[:min(len(best), most)]
	}
	for _, e := range best {
		ids = append(ids, e.ID)
	}
	return ids, all
}

func compare(a, b *entry, wanted []term) int {
	if byNumber := cmp.Compare(a.rank(wanted), b.rank(wanted)); byNumber != 0 {
		return byNumber
	}
	openA, openB := a.Status.Open(), b.Status.Open()
	switch {
	case openA && openB:
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	case openA:
		return -1
	case openB:
		return 1
	}
	return cmp.Or(b.Ended.Compare(a.Ended), cmp.Compare(a.ID, b.ID))
}

// rank is 0 where a word of the query is the order's number.
func (e *entry) rank(wanted []term) int {
	for _, t := range wanted {
		if t.text == e.number {
			return 0
		}
	}
	return 1
}
