package logtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// testModel does at random what callers do, and compares with maps. All rounds share the log,
// each in its own locations.
func testModel(t *testing.T, l orderlog.Log) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		m := &model{log: l, orders: map[string]order.Order{}, places: map[string]uint64{}, starts: map[string]wire.Cursor{}}
		for n := range 3 {
			location := fmt.Sprintf("round-%d-%d", round, n)
			m.locations = append(m.locations, location)
			m.starts[location] = mustHead(rt, l, location)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append":  m.append,
			"changes": m.changes,
			"orders":  m.list,
			"":        func(*rapid.T) {},
		})
	})
}

type model struct {
	log       orderlog.Log
	locations []string
	orders    map[string]order.Order
	places    map[string]uint64      // order id → sequence of its last change
	starts    map[string]wire.Cursor // location → head before the round
}

func (m *model) location(rt *rapid.T) string {
	return rapid.SampledFrom(m.locations).Draw(rt, "location")
}

func (m *model) append(rt *rapid.T) {
	location := m.location(rt)
	id := location + "-" + rapid.StringMatching(`[ab\x00]{1,2}`).Draw(rt, "id")
	known, found := m.orders[id]
	next := Later(known)
	if !found {
		next = Sample(location, id)
		next.PlacedAt = Epoch.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "placed")) * time.Millisecond)
	}
	next.Status = rapid.SampledFrom([]order.Status{order.New, order.Ready, order.Completed}).Draw(rt, "status")
	expected := rapid.SampledFrom([]int64{known.Revision, known.Revision, known.Revision, known.Revision + 1, max(0, known.Revision-1)}).Draw(rt, "expected")
	next.Revision = max(next.Revision, expected+1)

	at, err := m.log.Append(context.Background(), next, expected)
	if expected != known.Revision {
		wantError(rt, "Append on a wrong revision", err, orderlog.ErrConflict)
		return
	}
	if err != nil {
		rt.Fatalf("Append: %v", err)
	}
	for other, place := range m.places {
		if orderlog.Shard(m.orders[other].Location) == at.Shard && place >= at.Sequence {
			rt.Fatalf("%q is at %d, not after %q at %d", id, at.Sequence, other, place)
		}
	}
	m.orders[id], m.places[id] = next, at.Sequence
}

func (m *model) changes(rt *rapid.T) {
	location := m.location(rt)
	head := mustHead(rt, m.log, location)
	after := m.starts[location]
	after.Sequence = rapid.Uint64Range(after.Sequence, head.Sequence).Draw(rt, "after")
	limit := rapid.IntRange(1, 4).Draw(rt, "limit")

	want := m.of(location, func(o order.Order) bool { return m.places[o.ID] > after.Sequence })
	slices.SortFunc(want, func(a, b order.Order) int { return cmp.Compare(m.places[a.ID], m.places[b.ID]) })
	for {
		page, now := mustChanges(rt, m.log, location, after, limit)
		if now != head {
			rt.Fatalf("the head moved from %+v to %+v", head, now)
		}
		if len(page) > limit || len(page) > len(want) || len(page) < min(limit, len(want)) {
			rt.Fatalf("%d changes, limit %d, want %d", len(page), limit, len(want))
		}
		for i, c := range page {
			if o := want[i]; c.OrderID != o.ID || c.Sequence != m.places[o.ID] || string(c.Raw) != string(encode(rt, o)) {
				rt.Fatalf("change %d of %q is %q at %d, want %q at %d", i, location, c.OrderID, c.Sequence, o.ID, m.places[o.ID])
			}
		}
		want = want[len(page):]
		if after = orderlog.Next(page, now, limit); after == head {
			break
		}
	}
	if len(want) > 0 {
		rt.Fatalf("%d changes are missing", len(want))
	}
}

func (m *model) list(rt *rapid.T) {
	location := m.location(rt)
	byID := func(a, b order.Order) int { return cmp.Compare(a.ID, b.ID) }
	want := m.of(location, func(order.Order) bool { return true })
	slices.SortFunc(want, func(a, b order.Order) int { return cmp.Or(b.PlacedAt.Compare(a.PlacedAt), byID(a, b)) })
	m.compare(rt, "orders", mustOrders(rt, m.log, location, rapid.IntRange(1, 4).Draw(rt, "limit")), want)

	open := mustOpen(rt, m.log, location)
	slices.SortFunc(open, byID)
	want = m.of(location, func(o order.Order) bool { return o.Status.Open() })
	slices.SortFunc(want, byID)
	m.compare(rt, "open orders", open, want)

	for id, o := range m.orders {
		got, err := m.log.Order(id)
		if err != nil {
			rt.Fatalf("Order(%q): %v", id, err)
		}
		wantSame(rt, "Order", got, o)
	}
}

func (m *model) compare(rt *rapid.T, what string, got, want []order.Order) {
	if len(got) != len(want) {
		rt.Fatalf("%d %s, want %d", len(got), what, len(want))
	}
	for i := range want {
		wantSame(rt, fmt.Sprintf("%s, %d", what, i), got[i], want[i])
	}
}

func (m *model) of(location string, keep func(order.Order) bool) []order.Order {
	var of []order.Order
	for _, o := range m.orders {
		if o.Location == location && keep(o) {
			of = append(of, o)
		}
	}
	return of
}
