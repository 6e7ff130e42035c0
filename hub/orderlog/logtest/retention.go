package logtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// timed is a log on a clock that the test turns.
type timed struct {
	orderlog.Log
	t   *testing.T
	now time.Time
}

func newTimed(t *testing.T, open Open) *timed {
	x := &timed{t: t, now: Epoch}
	x.Log = open(t, func() time.Time { return x.now })
	t.Cleanup(func() { mustClose(t, x.Log) })
	return x
}

func (x *timed) place(id string) order.Order {
	x.t.Helper()
	o := Sample("mtl", id)
	o.PlacedAt = x.now
	mustAppend(x.t, x, o, 0)
	return o
}

// end completes an order.
func (x *timed) end(o order.Order) order.Order {
	x.t.Helper()
	done := Later(o)
	done.Status, done.Reason, done.CompletedAt = order.Completed, order.HandedOver, x.now
	mustAppend(x.t, x, done, o.Revision)
	return done
}

// hot pages through the whole hot set.
func (x *timed) hot(limit int) []order.Order {
	x.t.Helper()
	cursor := mustHead(x.t, x, "mtl")
	cursor.Sequence = 0
	var all []order.Order
	for last := uint64(0); ; {
		page, head, err := x.Hot("mtl", cursor, limit)
		if err != nil {
			x.t.Fatal(err)
		}
		for _, c := range page {
			if c.Sequence <= last {
				x.t.Fatalf("%s stands at %d, behind %d", c.OrderID, c.Sequence, last)
			}
			last = c.Sequence
			all = append(all, order.Order{ID: c.OrderID})
		}
		if cursor = orderlog.Next(page, head, limit); len(page) < limit {
			if cursor != head {
				x.t.Fatalf("the last page leads to %+v, not to the head %+v", cursor, head)
			}
			return all
		}
	}
}

// testHorizon: within the allowed absence a cursor brings every order's end; beyond it, it is said
// that it does not.
func testHorizon(t *testing.T, open Open) {
	x := newTimed(t, open)
	first := x.place("first")
	left := mustHead(t, x, "mtl")
	x.now = x.now.Add(time.Hour)
	x.end(first)
	x.place("second")
	for day := range 34 {
		x.now = x.now.Add(24 * time.Hour)
		x.end(x.place(fmt.Sprint("day ", day)))
	}
	changes, _ := mustChanges(t, x, "mtl", left, 100)
	if len(changes) != 36 || changes[0].OrderID != "first" {
		t.Fatalf("after 34 days: %d changes, want those of 36 orders, the end of the first before all", len(changes))
	}
	// the end of the first is now out of reach, and what came in the hours after that
	x.now = x.now.Add(3 * 24 * time.Hour)
	_, _, err := x.Changes("mtl", left, 100)
	wantError(t, "a cursor below the horizon", err, orderlog.ErrResync)
	if all, _, err := x.All("mtl", left, 100); err != nil || len(all) != 36 {
		t.Errorf("all after a cursor below the horizon: %d orders, error %v; want 36", len(all), err)
	}
	foreign := left
	foreign.Epoch = "another"
	_, _, err = x.All("mtl", foreign, 100)
	wantError(t, "all after another log's cursor", err, orderlog.ErrResync)
	for _, sequence := range []uint64{0, mustHead(t, x, "mtl").Sequence} {
		cursor := mustHead(t, x, "mtl")
		cursor.Sequence = sequence
		mustChanges(t, x, "mtl", cursor, 100)
	}
	// nothing is gone: the archive has every order, with its end
	if all := mustOrders(t, x, "mtl", 7); len(all) != 36 {
		t.Errorf("the archive has %d orders, want 36", len(all))
	}
	if o, err := x.Order("first"); err != nil || o.Status != order.Completed {
		t.Errorf("the first order: %s, error %v", o.Status, err)
	}
}

// testHot: a full resync carries what is open, however old, and what ended a short time ago.
func testHot(t *testing.T, open Open) {
	const ended = 300
	x := newTimed(t, open)
	x.place("old, open")
	for i := range ended {
		x.end(x.place(fmt.Sprint("old ", i)))
	}
	changed := x.end(x.place("old, changed"))
	x.place("old, open too")
	x.now = x.now.Add(orderlog.DefaultRetention.Hot + time.Hour)
	ids := []string{"old, open", "old, open too"}
	wantIDs(t, "the hot set", x.hot(10), ids...)
	x.end(x.place("new, ended"))
	x.end(changed)
	x.place("new, open")
	ids = append(ids, "new, ended", "old, changed", "new, open")
	for limit := 1; limit <= len(ids)+1; limit++ {
		wantIDs(t, fmt.Sprintf("the hot set in pages of %d", limit), x.hot(limit), ids...)
	}
	if all := mustOrders(t, x, "mtl", 100); len(all) != ended+5 {
		t.Errorf("the archive has %d orders, want %d", len(all), ended+5)
	}

	_, _, err := x.Hot("mtl", wire.Cursor{}, 1)
	wantError(t, "the hot set after a strange cursor", err, orderlog.ErrResync)
	_, _, err = x.Hot("mtl", mustHead(t, x, "mtl"), 0)
	wantError(t, "the hot set, limit 0", err, orderlog.ErrInvalid)
}

// testHotAtRandom: whatever happened when, the hot set has what is open and what changed within its
// time, and of the rest at most an hour's.
func testHotAtRandom(t *testing.T, open Open) {
	x := newTimed(t, open)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		location := fmt.Sprint("round ", round)
		orders, changed := map[string]order.Order{}, map[string]time.Time{}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			x.now = x.now.Add(time.Duration(rapid.IntRange(0, 40*60).Draw(rt, "minutes")) * time.Minute)
			id := fmt.Sprint(location, " ", rapid.IntRange(0, 5).Draw(rt, "order"))
			before := orders[id]
			next := Later(before)
			if before.ID == "" {
				next = Sample(location, id)
			}
			next.Status = rapid.SampledFrom([]order.Status{order.Accepted, order.Completed, order.Completed}).Draw(rt, "status")
			mustAppend(rt, x, next, before.Revision)
			orders[id], changed[id] = next, x.now
		}
		cursor := mustHead(rt, x, location)
		cursor.Sequence = 0
		hot := map[string]bool{}
		page, _, err := x.Hot(location, cursor, 100)
		if err != nil {
			rt.Fatalf("Hot: %v", err)
		}
		for _, c := range page {
			hot[c.OrderID] = true
		}
		for id, o := range orders {
			age := x.now.Sub(changed[id])
			must := o.Status.Open() || age < orderlog.DefaultRetention.Hot
			may := must || age < orderlog.DefaultRetention.Hot+time.Hour
			if must && !hot[id] || !may && hot[id] {
				rt.Errorf("%s, %s, changed %v ago: hot is %v", id, o.Status, age, hot[id])
			}
		}
	})
}

// testWrongClock: a clock that was wrong for a while may cost a resync, and nothing else.
func testWrongClock(t *testing.T, open Open) {
	x := newTimed(t, open)
	right := x.now
	for _, wrong := range []time.Time{time.Unix(0, 0), right.AddDate(30, 0, 0), right.AddDate(-80, 0, 0)} {
		x.now = wrong
		x.place("open since " + wrong.Format(time.DateOnly))
		x.end(x.place("ended in " + wrong.Format(time.DateOnly)))
	}
	x.now = right
	x.place("open")
	found := 0
	for _, o := range x.hot(2) {
		if strings.HasPrefix(o.ID, "open") {
			found++
		}
	}
	if found != 4 {
		t.Errorf("%d open orders are hot, want 4", found)
	}
	start := mustHead(t, x, "mtl")
	start.Sequence = 0
	if changes, _ := mustChanges(t, x, "mtl", start, 100); len(changes) != 7 {
		t.Errorf("%d changes, want 7", len(changes))
	}
}
