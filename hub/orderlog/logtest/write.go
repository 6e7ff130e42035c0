package logtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

func testAppend(t *testing.T, l orderlog.Log) {
	_, err := l.Order("a")
	wantError(t, "Order before Append", err, orderlog.ErrNotFound)

	first := Sample("mtl", "a")
	at := mustAppend(t, l, first, 0)
	if at.Shard != orderlog.Shard("mtl") || at.Epoch == "" || at.Sequence == 0 {
		t.Errorf("the first order is at %+v", at)
	}
	got, err := l.Order("a")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "Order", got, first)

	second := Later(Later(first)) // placed and accepted in one write: the revision may skip
	if at2 := mustAppend(t, l, second, 1); at2.Sequence <= at.Sequence || at2.Epoch != at.Epoch || at2.Shard != at.Shard {
		t.Errorf("the second change is at %+v", at2)
	}
	if got, err = l.Order("a"); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "Order after the second Append", got, second)
}

func testAppendRefuses(t *testing.T, l orderlog.Log) {
	o := Sample("mtl", "a")
	mustAppend(t, l, o, 0)
	head := mustHead(t, l, "mtl")

	edit := func(f func(o *order.Order)) order.Order {
		c := Later(o)
		f(&c)
		return c
	}
	tests := []struct {
		name     string
		order    order.Order
		expected int64
		want     error
	}{
		{"it is there already", o, 0, orderlog.ErrConflict},
		{"expected too far", edit(func(o *order.Order) { o.Revision = 5 }), 2, orderlog.ErrConflict},
		{"expected of none", edit(func(o *order.Order) { o.ID = "b" }), 1, orderlog.ErrConflict},
		{"same revision", o, 1, orderlog.ErrInvalid},
		{"negative", edit(func(o *order.Order) { o.Revision = 0 }), -1, orderlog.ErrInvalid},
		{"another location", edit(func(o *order.Order) { o.Location = "qc" }), 1, orderlog.ErrInvalid},
		{"no id", edit(func(o *order.Order) { o.ID = "" }), 0, orderlog.ErrInvalid},
		{"no location", edit(func(o *order.Order) { o.Location = "" }), 1, orderlog.ErrInvalid},
		{"long id", edit(func(o *order.Order) { o.ID = strings.Repeat("x", orderlog.MaxName+1) }), 0, orderlog.ErrInvalid},
		{"id not UTF-8", edit(func(o *order.Order) { o.ID = "\xff" }), 0, orderlog.ErrInvalid},
		{"no such year", edit(func(o *order.Order) { o.PlacedAt = time.Unix(1<<50, 0) }), 1, orderlog.ErrInvalid},
	}
	for _, tt := range tests {
		_, err := l.Append(t.Context(), tt.order, tt.expected)
		wantError(t, tt.name, err, tt.want)
	}
	if now := mustHead(t, l, "mtl"); now != head {
		t.Errorf("refused orders moved the head from %+v to %+v", head, now)
	}
	got, err := l.Order("a")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "Order", got, o)
}

func testAppendMovesPlacedAt(t *testing.T, l orderlog.Log) {
	a, b := Sample("mtl", "a"), Sample("mtl", "b")
	b.PlacedAt = Epoch.Add(time.Second)
	mustAppend(t, l, a, 0)
	mustAppend(t, l, b, 0)
	wantIDs(t, "before", mustOrders(t, l, "mtl", 10), "b", "a")
	a = Later(a)
	a.PlacedAt = Epoch.Add(time.Minute)
	mustAppend(t, l, a, 1)
	wantIDs(t, "after", mustOrders(t, l, "mtl", 10), "a", "b")
}

// testOneWinner lets many appenders fight for one order: each revision has one winner.
func testOneWinner(t *testing.T, l orderlog.Log) {
	const appenders, wins = 16, 6
	o := Sample("mtl", "a")
	mustAppend(t, l, o, 0)

	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		winner = map[int64]int{}
		places = map[uint64]bool{}
	)
	for i := range appenders {
		group.Go(func() {
			for won := 0; won < wins; {
				o, err := l.Order("a")
				if err != nil {
					t.Errorf("Order: %v", err)
					return
				}
				at, err := l.Append(t.Context(), Later(o), o.Revision)
				if errors.Is(err, orderlog.ErrConflict) {
					continue
				}
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				won++
				mu.Lock()
				if by, taken := winner[o.Revision+1]; taken {
					t.Errorf("revision %d was won by %d and by %d", o.Revision+1, by, i)
				}
				winner[o.Revision+1] = i
				places[at.Sequence] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	last, err := l.Order("a")
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(1 + appenders*wins); last.Revision != want || len(last.History) != appenders*wins {
		t.Errorf("the order ends at revision %d with %d entries, want %d", last.Revision, len(last.History), want)
	}
	if len(places) != appenders*wins {
		t.Errorf("%d places in the log for %d changes", len(places), appenders*wins)
	}
}

func testManyWriters(t *testing.T, l orderlog.Log) {
	const writers, each, locations = 64, 5, 7
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		at    = map[string]wire.Cursor{}
	)
	for w := range writers {
		group.Go(func() {
			location := fmt.Sprintf("location-%d", w%locations)
			for i := range each {
				id := fmt.Sprintf("%d-%d", w, i)
				place, err := l.Append(context.Background(), Sample(location, id), 0)
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				mu.Lock()
				at[id] = place
				mu.Unlock()
			}
		})
	}
	group.Wait()

	seen := 0
	for n := range locations {
		location := fmt.Sprintf("location-%d", n)
		start := mustHead(t, l, location)
		start.Sequence = 0
		changes, head := mustChanges(t, l, location, start, writers*each)
		last := uint64(0)
		for _, c := range changes {
			if c.Sequence <= last || c.Sequence > head.Sequence {
				t.Errorf("%s: sequence %d after %d, head %d", location, c.Sequence, last, head.Sequence)
			}
			last = c.Sequence
			if want := at[c.OrderID]; want.Sequence != c.Sequence || want.Shard != head.Shard {
				t.Errorf("%s is at %d, but Append said %+v", c.OrderID, c.Sequence, want)
			}
			seen++
		}
		if n := len(mustOrders(t, l, location, 9)); n != len(changes) {
			t.Errorf("%s: %d orders, %d changes", location, n, len(changes))
		}
	}
	if seen != writers*each {
		t.Errorf("%d orders in the log, want %d", seen, writers*each)
	}
}

func testContext(t *testing.T, l orderlog.Log) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Append(ctx, Sample("mtl", "a"), 0)
	wantError(t, "Append", err, context.Canceled)
	_, err = l.Order("a")
	wantError(t, "Order", err, orderlog.ErrNotFound)
}

func testClose(t *testing.T, l orderlog.Log) {
	mustAppend(t, l, Sample("mtl", "a"), 0)
	head := mustHead(t, l, "mtl")
	var group sync.WaitGroup
	for range 2 { // and the suite closes it again
		group.Go(func() {
			if err := l.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	group.Wait()
	_, err := l.Append(t.Context(), Sample("mtl", "b"), 0)
	wantError(t, "Append", err, orderlog.ErrClosed)
	_, err = l.Order("a")
	wantError(t, "Order", err, orderlog.ErrClosed)
	_, _, err = l.Orders("mtl", "", 1)
	wantError(t, "Orders", err, orderlog.ErrClosed)
	_, _, err = l.RawOrders("mtl", "", 1)
	wantError(t, "RawOrders", err, orderlog.ErrClosed)
	_, _, err = l.Changes("mtl", head, 1)
	wantError(t, "Changes", err, orderlog.ErrClosed)
	_, err = l.Head("mtl")
	wantError(t, "Head", err, orderlog.ErrClosed)
	wantError(t, "EachOpen", l.EachOpen("mtl", func(order.Order) bool { return true }), orderlog.ErrClosed)
	wantError(t, "EachNew", l.EachNew("mtl", func(order.Order) bool { return true }), orderlog.ErrClosed)
	l.Watch(func(string) {})()
}

func testWatch(t *testing.T, l orderlog.Log) {
	heard := make(chan string, 100)
	unheard := make(chan string, 100)
	cancelFirst := l.Watch(func(location string) { unheard <- location })
	cancelFirst()
	cancelFirst() // twice does no harm
	cancel := l.Watch(func(location string) { heard <- location })
	defer cancel()

	next := func() string {
		select {
		case location := <-heard:
			return location
		case <-time.After(20 * time.Second):
			t.Fatal("nothing heard of a change")
			return ""
		}
	}
	o := Sample("mtl", "a")
	mustAppend(t, l, o, 0)
	if got := next(); got != "mtl" {
		t.Errorf("heard of %q", got)
	}
	_, err := l.Append(t.Context(), o, 0)
	wantError(t, "Append", err, orderlog.ErrConflict)
	mustAppend(t, l, Sample("qc", "b"), 0)
	if got := next(); got != "qc" {
		t.Errorf("heard of %q: a refused append is no change", got)
	}
	if len(unheard) > 0 {
		t.Errorf("a cancelled watcher heard of %q", <-unheard)
	}
}
