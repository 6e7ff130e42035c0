package logtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

func testChanges(t *testing.T, l orderlog.Log) {
	orders := map[string]order.Order{}
	place := func(id string) {
		orders[id] = Sample("mtl", id)
		mustAppend(t, l, orders[id], 0)
	}
	change := func(id string) {
		former := orders[id].Revision
		orders[id] = Later(orders[id])
		mustAppend(t, l, orders[id], former)
	}
	want := func(after wire.Cursor, limit int, ids ...string) wire.Cursor {
		t.Helper()
		changes, head := mustChanges(t, l, "mtl", after, limit)
		got := make([]order.Order, len(changes))
		for i, c := range changes {
			got[i].ID = c.OrderID
			if string(c.Raw) != string(encode(t, orders[c.OrderID])) {
				t.Errorf("%s is not what was appended: %s", c.OrderID, c.Raw)
			}
		}
		wantIDs(t, fmt.Sprintf("changes after %d", after.Sequence), got, ids...)
		return orderlog.Next(changes, head, limit)
	}

	start := mustHead(t, l, "mtl")
	want(start, 10)
	place("a")
	place("b")
	place("c")
	change("a")
	middle := want(start, 10, "b", "c", "a")
	if middle != mustHead(t, l, "mtl") {
		t.Errorf("after all changes comes %+v, not the head", middle)
	}
	change("c")
	want(start, 10, "b", "a", "c")
	end := want(middle, 10, "c")
	want(end, 10)

	// in pages
	next := want(start, 2, "b", "a")
	next = want(next, 2, "c")
	if next != end {
		t.Errorf("the last page leads to %+v, want %+v", next, end)
	}
	_, _, err := l.Changes("mtl", start, 0)
	wantError(t, "limit 0", err, orderlog.ErrInvalid)
	_, _, err = l.Changes("", start, 1)
	wantError(t, "no location", err, orderlog.ErrInvalid)
}

func testCursorRules(t *testing.T, l orderlog.Log) {
	other := "qc"
	for n := 0; orderlog.Shard(other) == orderlog.Shard("mtl"); n++ {
		other = fmt.Sprintf("qc-%d", n)
	}
	mustAppend(t, l, Sample("mtl", "a"), 0)
	mustAppend(t, l, Sample(other, "b"), 0)
	good := mustHead(t, l, "mtl")

	bad := map[string]wire.Cursor{
		"none":          {},
		"no epoch":      {Shard: good.Shard, Sequence: 1},
		"unknown epoch": {Shard: good.Shard, Epoch: good.Epoch + "x", Sequence: 1},
		"wrong shard":   {Shard: orderlog.Shard(other), Epoch: good.Epoch, Sequence: 1},
		"no shard":      {Shard: -1, Epoch: good.Epoch, Sequence: 1},
		"past the end":  {Shard: good.Shard, Epoch: good.Epoch, Sequence: good.Sequence + 1},
		"far past":      {Shard: good.Shard, Epoch: good.Epoch, Sequence: 1<<64 - 1},
	}
	for name, cursor := range bad {
		_, _, err := l.Changes("mtl", cursor, 10)
		wantError(t, name, err, orderlog.ErrResync)
	}
	if changes, _ := mustChanges(t, l, "mtl", good, 10); len(changes) != 0 {
		t.Errorf("%d changes after the head", len(changes))
	}

	// a location of the same shard shares the sequence and nothing else
	neighbour := "neighbour"
	for n := 0; orderlog.Shard(neighbour) != good.Shard; n++ {
		neighbour = fmt.Sprintf("neighbour-%d", n)
	}
	mustAppend(t, l, Sample(neighbour, "c"), 0)
	changes, head := mustChanges(t, l, "mtl", good, 10)
	if len(changes) != 0 || head.Sequence < good.Sequence {
		t.Errorf("the neighbour's order gave %d changes, head %+v", len(changes), head)
	}
	start := wire.Cursor{Shard: good.Shard, Epoch: good.Epoch}
	if changes, _ := mustChanges(t, l, neighbour, start, 10); len(changes) != 1 || changes[0].OrderID != "c" {
		t.Errorf("the neighbour's changes are %+v", changes)
	}
}

func testOrders(t *testing.T, l orderlog.Log) {
	for i, id := range []string{"d", "b", "a", "c"} { // a, b, c: the same millisecond
		o := Sample("mtl", id)
		o.PlacedAt = Epoch.Add(time.Duration(i) * time.Microsecond)
		if id == "d" {
			o.PlacedAt = Epoch.Add(time.Hour)
		}
		mustAppend(t, l, o, 0)
	}
	ancient := Sample("mtl", "ancient")
	ancient.PlacedAt = time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)
	mustAppend(t, l, ancient, 0)
	timeless := Sample("mtl", "timeless")
	timeless.PlacedAt = time.Time{}
	mustAppend(t, l, timeless, 0)
	mustAppend(t, l, Sample("qc", "elsewhere"), 0)

	want := []string{"d", "a", "b", "c", "ancient", "timeless"}
	for limit := 1; limit <= len(want)+1; limit++ {
		wantIDs(t, fmt.Sprintf("pages of %d", limit), mustOrders(t, l, "mtl", limit), want...)
	}
	decoded, next, err := l.Orders("mtl", "", 4)
	if err != nil {
		t.Fatal(err)
	}
	raw, rawNext, err := l.RawOrders("mtl", "", 4)
	if err != nil || len(raw) != 4 || rawNext != next {
		t.Fatalf("RawOrders: %d orders, next %q, error %v; want 4, %q", len(raw), rawNext, err, next)
	}
	for i, o := range decoded {
		if string(raw[i]) != string(encode(t, o)) {
			t.Errorf("raw order %d is %s, want that of %q", i, raw[i], o.ID)
		}
	}
	wantIDs(t, "a location without orders", mustOrders(t, l, "nowhere", 5))

	for _, page := range []string{"?", "abc", "AAAAAAAAAAA"} {
		_, _, err := l.Orders("mtl", page, 5)
		wantError(t, "page "+page, err, orderlog.ErrInvalid)
	}
	_, _, err = l.Orders("mtl", "", 0)
	wantError(t, "limit 0", err, orderlog.ErrInvalid)
	_, _, err = l.RawOrders("", "", 1)
	wantError(t, "no location", err, orderlog.ErrInvalid)
}

// testOrdersWhileWriting: orders that come meanwhile neither repeat nor hide those of a page.
func testOrdersWhileWriting(t *testing.T, l orderlog.Log) {
	add := func(id string, after time.Duration) {
		o := Sample("mtl", id)
		o.PlacedAt = Epoch.Add(after)
		mustAppend(t, l, o, 0)
	}
	add("1", 1*time.Minute)
	add("2", 2*time.Minute)
	add("3", 3*time.Minute)
	page, next, err := l.Orders("mtl", "", 2)
	if err != nil {
		t.Fatal(err)
	}
	wantIDs(t, "first page", page, "3", "2")
	add("4", 4*time.Minute)
	add("1½", 90*time.Second)
	if page, next, err = l.Orders("mtl", next, 2); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, "second page", page, "1½", "1")
	if next != "" {
		t.Errorf("the last page leads on to %q", next)
	}
}

func testEachOpen(t *testing.T, l orderlog.Log) {
	states := []order.Status{order.New, order.Accepted, order.Preparing, order.Ready, order.Completed, order.Rejected, order.Expired}
	var last order.Order
	for _, status := range states {
		last = Sample("mtl", string(status))
		last.Status = status
		mustAppend(t, l, last, 0)
	}
	mustAppend(t, l, Sample("qc", "elsewhere"), 0)
	open := map[string]bool{}
	for _, o := range mustOpen(t, l, "mtl") {
		if !o.Status.Open() || open[o.ID] {
			t.Errorf("%s is listed as open, or twice", o.ID)
		}
		open[o.ID] = true
	}
	if len(open) != 4 {
		t.Errorf("open: %v", open)
	}

	// f may write: here it ends what it visits
	err := l.EachOpen("mtl", func(o order.Order) bool {
		done := Later(o)
		done.Status, done.Reason = order.Completed, order.HandedOver
		mustAppend(t, l, done, o.Revision)
		return o.Status != order.New
	})
	if err != nil {
		t.Fatal(err)
	}
	if left := mustOpen(t, l, "mtl"); len(left) >= 4 {
		t.Errorf("%d orders are still open", len(left))
	}
	visits := 0
	if err := l.EachOpen("qc", func(order.Order) bool { visits++; return false }); err != nil || visits != 1 {
		t.Errorf("%d visits, error %v", visits, err)
	}
	// what was closed may open again
	again := Later(last)
	again.Status = order.Accepted
	mustAppend(t, l, again, 1)
	found := false
	for _, o := range mustOpen(t, l, "mtl") {
		found = found || o.ID == again.ID
	}
	if !found {
		t.Error("an order that opened again is not listed")
	}
	wantError(t, "no location", l.EachOpen("", func(order.Order) bool { return true }), orderlog.ErrInvalid)
}

func testEachNew(t *testing.T, l orderlog.Log) {
	var waiting order.Order
	for _, id := range []string{"a", "c", "b"} {
		waiting = Sample("mtl", id)
		waiting.Status = order.New
		mustAppend(t, l, waiting, 0)
	}
	quoting := Sample("mtl", "quoting")
	quoting.Status, quoting.Note = order.Accepted, `"status":"new"`
	mustAppend(t, l, quoting, 0)
	taken := Later(waiting)
	taken.Status = order.Accepted
	mustAppend(t, l, taken, waiting.Revision)
	var found []string
	visit := func(o order.Order) bool { found = append(found, o.ID); return true }
	if err := l.EachNew("mtl", visit); err != nil || !slices.Equal(slices.Sorted(slices.Values(found)), []string{"a", "c"}) {
		t.Errorf("visited %v, error %v", found, err)
	}
	visits := 0
	if err := l.EachNew("mtl", func(order.Order) bool { visits++; return false }); err != nil || visits != 1 {
		t.Errorf("%d visits, error %v", visits, err)
	}
	wantError(t, "no location", l.EachNew("", visit), orderlog.ErrInvalid)
}

// testNames: locations and ids that begin like one another, or hold what keys are made of.
func testNames(t *testing.T, l orderlog.Log) {
	names := []string{"a", "aa", "a\x00", "a\x00\x01a", "\x00", "\x00\x01a", "\x00\x02", "a/b", "é", "\U0010ffff", " "}
	for _, location := range names {
		for _, id := range names {
			mustAppend(t, l, Sample(location, location+"|"+id), 0)
		}
	}
	for _, location := range names {
		start := mustHead(t, l, location)
		start.Sequence = 0
		changes, _ := mustChanges(t, l, location, start, 1000)
		listed, open := mustOrders(t, l, location, 3), mustOpen(t, l, location)
		if len(changes) != len(names) || len(listed) != len(names) || len(open) != len(names) {
			t.Errorf("location %q: %d changes, %d orders, %d open; want %d", location, len(changes), len(listed), len(open), len(names))
		}
		for i, id := range names {
			if want := location + "|" + id; changes[i].OrderID != want {
				t.Errorf("location %q: change %d is of %q, want %q", location, i, changes[i].OrderID, want)
			}
		}
		for _, o := range append(listed, open...) {
			if o.Location != location {
				t.Errorf("location %q lists an order of %q", location, o.Location)
			}
		}
	}
}
