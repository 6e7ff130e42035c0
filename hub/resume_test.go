package hub_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
)

// A full resync of many orders comes to its end over a line that drops again and again before it
// does, whatever happens to the orders meanwhile, and what was tapped goes up behind it.
func TestResyncOverFailingLine(t *testing.T) {
	for name, between := range map[string]func(*world){
		"the hub stays":       func(*world) {},
		"the hub starts anew": (*world).restart,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				const many = 1500
				const old = 40 // accepted, and not handed over for days
				for n := range old {
					w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", n))).want(t, http.StatusOK)
				}
				w.stop()
				pass(4 * day)
				w.end(many)
				w.start()
				x := w.cutting("counter-1", 0, 100<<10)
				pass(time.Second)
				sold := x.sell()
				dials := 0
				for round := 0; x.resynced() == 0 && round < 60; round++ {
					if round == 3 { // both have come already
						for _, kind := range []order.CommandType{order.MarkReady, order.HandOver} {
							w.command(order.Identity(viaDeliverect, "d1"), kind).want(t, http.StatusOK)
						}
						between(w)
					}
					pass(5 * time.Second)
					dials = x.dialled()
				}
				t.Logf("%d orders over %d connections", many+old, dials)
				if dials < 5 || x.resynced() != 1 {
					t.Fatalf("%d full resyncs came to their end over %d connections, want 1 over more than one", x.resynced(), dials)
				}
				x.mend()
				pass(time.Minute)
				if n := len(x.pending()) + len(x.service.Doubted()); n > 0 {
					t.Errorf("%d commands and doubts are left", n)
				}
				listed := w.listed()
				if !slices.ContainsFunc(listed, func(o order.Order) bool { return o.ID == sold }) {
					t.Error("what was sold does not reach the hub")
				}
				for _, o := range listed {
					if here := x.order(o.ID); here.Revision != o.Revision {
						t.Errorf("%s is at revision %d, and at %d at the hub", o.ID, here.Revision, o.Revision)
					}
				}
			})
		})
	}
}

// Between two parts of a full resync an order that has come already ends, and cools down. The terminal
// learns of its end all the same: the resync begins anew.
func TestResyncCutForLong(t *testing.T) {
	brief := func(w *world) { w.config.Retention.Hot = 3 * time.Hour }
	inBubble(t, brief, func(t *testing.T, w *world) {
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.end(1000)
		w.start()
		x := w.cutting("counter-1", 0, 100<<10)
		id := order.Identity(viaDeliverect, "d1")
		for x.order(id).ID == "" {
			pass(100 * time.Millisecond)
		}
		x.cut(true)
		if x.order(id).Status != order.Accepted || x.resynced() > 0 {
			t.Fatalf("it is %q after %d full resyncs", x.order(id).Status, x.resynced())
		}
		w.restart()
		for _, kind := range []order.CommandType{order.MarkReady, order.HandOver} {
			w.command(id, kind).want(t, http.StatusOK)
		}
		w.stop()
		pass(5 * time.Hour)
		w.start()
		x.cut(false)
		x.mend()
		pass(time.Minute)
		if o := x.order(id); o.Status != order.Completed || x.resynced() != 1 || len(x.service.Doubted()) > 0 {
			t.Errorf("it is %s after %d full resyncs, in doubt: %q", o.Status, x.resynced(), x.service.Doubted())
		}
	})
}

// A full resync goes on only where nothing can have been missed: in the same log, in which what has
// changed since it began is still hot.
func TestResyncGoesOn(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.end(300)
		w.start()
		hello := func(resync *wire.Resync) (wire.Welcome, wire.Changes) {
			t.Helper()
			x := w.connect("counter-1")
			defer x.leave()
			h := wire.Hello{Version: wire.Version, Asks: true}
			if resync != nil {
				h.Resyncs = map[string]wire.Resync{"plateau": *resync}
			}
			x.send(wire.FromTerminal{Hello: &h})
			welcome := x.next().Welcome
			if welcome == nil || !slices.Equal(welcome.Full, []string{"plateau"}) {
				t.Fatalf("welcomed with %+v", welcome)
			}
			return *welcome, x.changes()
		}
		began, first := hello(nil)
		if len(began.Resumed) > 0 || len(first.Orders) == 0 {
			t.Fatalf("the first one goes on: %+v", began.Resumed)
		}
		known := wire.Resync{Cursor: first.Cursor, Began: began.Time}
		for name, c := range map[string]struct {
			change func(*wire.Resync)
			on     bool
		}{
			"at once":           {func(*wire.Resync) {}, true},
			"the next day":      {func(r *wire.Resync) { r.Began = r.Began.Add(-day) }, true},
			"after two days":    {func(r *wire.Resync) { r.Began = r.Began.Add(-2 * day) }, false},
			"of another log":    {func(r *wire.Resync) { r.Cursor.Epoch = "another" }, false},
			"of another shard":  {func(r *wire.Resync) { r.Cursor.Shard++ }, false},
			"beyond the end":    {func(r *wire.Resync) { r.Cursor.Sequence = 1 << 40 }, false},
			"of nothing":        {func(r *wire.Resync) { *r = wire.Resync{Began: r.Began} }, false},
			"begun in a future": {func(r *wire.Resync) { r.Began = r.Began.Add(time.Hour) }, false},
		} {
			resync := known
			c.change(&resync)
			welcome, page := hello(&resync)
			if on := slices.Equal(welcome.Resumed, welcome.Full); on != c.on || on != (page.Cursor.Sequence > first.Cursor.Sequence) {
				t.Errorf("%s: resumed %q of %q with the page to %d, the first one went to %d", name, welcome.Resumed, welcome.Full, page.Cursor.Sequence, first.Cursor.Sequence)
			}
		}
	})
}
