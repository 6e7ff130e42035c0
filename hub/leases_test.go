package hub_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
)

// leased is the last lease that a terminal was told, by station.
func (x *terminal) leased(into map[string]wire.Lease) map[string]wire.Lease {
	for _, frame := range x.told() {
		if frame.Lease != nil {
			into[frame.Lease.Station] = *frame.Lease
		}
	}
	return into
}

func TestLeases(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		first := w.terminal("counter-1", "grill", "bar")
		second := w.terminal("counter-2", "grill")
		known1, known2 := map[string]wire.Lease{}, map[string]wire.Lease{}
		holds := func(station, device string, epoch uint64) {
			t.Helper()
			synctest.Wait()
			want := wire.Lease{Location: "plateau", Station: station, Device: device, Epoch: epoch}
			for name, got := range map[string]wire.Lease{"counter-1": first.leased(known1)[station], "counter-2": second.leased(known2)[station]} {
				if got.FormerSequence = 0; got != want {
					t.Errorf("%s was told %+v, want %+v", name, got, want)
				}
			}
		}
		holds("grill", "counter-1", 1)
		holds("bar", "counter-1", 1)
		pass(time.Hour) // pings alone renew
		holds("grill", "counter-1", 1)

		// a short loss changes nothing
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		sent := first.changes()
		first.leave()
		pass(10 * time.Second)
		first = w.terminal("counter-1", "grill", "bar")
		holds("grill", "counter-1", 1)

		// silence hands the station over, and tells how far the former holder had come
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		synctest.Wait()
		for _, frame := range first.told() {
			if frame.Changes != nil {
				sent = *frame.Changes
			}
		}
		first.leave()
		began := time.Now()
		w.fromDeliverect(example(t, "deliverect-pickup", "d3")).want(t, http.StatusOK)
		taken := second.lease()
		for taken.Device != "counter-2" {
			taken = second.lease()
		}
		if took := time.Since(began); took < 14*time.Second || took > 20*time.Second {
			t.Errorf("the station was handed over after %v", took)
		}
		if want := (wire.Lease{Location: "plateau", Station: "grill", Device: "counter-2", Epoch: 2, FormerSequence: sent.Cursor.Sequence}); taken != want {
			t.Errorf("got %+v, want %+v", taken, want)
		}
		known2["grill"] = taken

		// the former holder comes back and hears that it is no more; nobody else has a bar
		first = w.terminal("counter-1", "grill", "bar")
		holds("grill", "counter-2", 2)
		if got := known1["bar"]; got.Device != "counter-1" || got.Epoch != 1 {
			t.Errorf("the bar is held by %+v", got)
		}
	})
}

func TestLeasesRestart(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.terminal("counter-2", "grill").lease()
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		w.restart()
		x := w.terminal("counter-1", "grill")
		began := time.Now()
		var kept, got wire.Lease
		var head uint64
		for got.Device != "counter-1" {
			switch frame := x.next(); {
			case frame.Lease != nil:
				kept, got = got, *frame.Lease
			case frame.Changes != nil:
				head = frame.Changes.Cursor.Sequence
			}
		}
		if kept.Device != "counter-2" || kept.Epoch != 1 {
			t.Errorf("after a restart of the hub: %+v", kept)
		}
		if took := time.Since(began); got.Epoch != 2 || took < 14*time.Second || took > 20*time.Second {
			t.Errorf("after %v: %+v", took, got)
		}
		// nobody knows how far the former holder had come: as far as the log
		if head == 0 || got.FormerSequence != head {
			t.Errorf("former sequence %d, want the head, %d", got.FormerSequence, head)
		}
	})
}

// A former holder hears that it has lost its station before it hears of the orders to print
// there: between the two it would print what the new holder prints.
func TestLeasesBeforeChanges(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		first := w.terminal("counter-1", "grill")
		second := w.terminal("counter-2", "grill")
		synctest.Wait()
		first.leave()
		for second.lease().Device != "counter-2" {
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		first = w.terminal("counter-1", "grill")
		synctest.Wait()
		lost := false
		for _, frame := range first.told() {
			switch {
			case frame.Lease != nil:
				lost = frame.Lease.Device == "counter-2"
			case frame.Changes != nil && !lost:
				t.Fatal("changes came before the lease")
			}
		}
		if !lost {
			t.Error("the former holder was not told")
		}
	})
}

// Many that ask at once: one gets it, everybody hears the same, and a restart knows it too.
func TestLeasesRace(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for range 10 {
			one, two := w.connect("counter-1"), w.connect("counter-2")
			one.hello(nil, "grill")
			two.hello(nil, "grill")
			synctest.Wait()
			got := map[uint64]wire.Lease{}
			for _, frame := range append(one.told(), two.told()...) {
				if l := frame.Lease; l == nil {
					continue
				} else if other, told := got[l.Epoch]; told && other != *l {
					t.Errorf("told both %+v and %+v", other, *l)
				} else {
					got[l.Epoch] = *l
				}
			}
			newest := slices.Max(slices.Collect(maps.Keys(got)))
			w.restart()
			x := w.terminal("counter-1")
			if kept := x.lease(); kept.Device != got[newest].Device || kept.Epoch != newest {
				t.Errorf("after a restart %+v, want %+v", kept, got[newest])
			}
			x.leave()
			pass(time.Minute)
		}
	})
}

// The holder changes an order, and is cut off before the change has come back to it: it has
// printed by it all the same.
func TestLeasesCountOwnChanges(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		conn, _, err := w.dial("counter-1", keys["counter-1"])
		if err != nil {
			t.Fatal(err)
		}
		x := &terminal{t: t, conn: conn}
		t.Cleanup(x.leave)
		x.hello(nil, "grill")
		for range 2 { // its welcome and its lease; from then on it is deaf, so that the hub's writer stands still
			if _, _, err := conn.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		id := w.order(viaDeliverect, "d1").ID
		x.send(wire.FromTerminal{Command: &order.Command{ID: newID(), Type: order.Start, OrderID: id}})
		pass(time.Second)
		if got := w.order(viaDeliverect, "d1"); got.Status != order.Preparing {
			t.Fatalf("the order is %s", got.Status)
		}
		x.leave()
		second := w.connect("counter-2")
		second.hello(nil, "grill")
		began := time.Now()
		var lease wire.Lease
		var head uint64
		for lease.Device != "counter-2" {
			switch frame := second.next(); {
			case frame.Lease != nil:
				lease = *frame.Lease
			case frame.Changes != nil:
				head = frame.Changes.Cursor.Sequence
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("the station was handed over after %v", took)
		}
		if head < 2 || lease.FormerSequence != head {
			t.Errorf("the former holder is said to be at %d, want %d", lease.FormerSequence, head)
		}
	})
}

// Who held the station before the former holder may have got further than that one.
func TestLeasesRememberAllFormerHolders(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const n = 150 // more than two pages
		for i := range n {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		first := w.terminal("counter-1", "grill")
		for !first.changes().Last {
		}
		first.leave()
		pass(time.Minute)
		conn, _, err := w.dial("counter-2", keys["counter-2"])
		if err != nil {
			t.Fatal(err)
		}
		second := &terminal{t: t, conn: conn}
		second.hello(nil, "grill") // it gets the station, and is gone before it hears of more than a page
		for range 2 {
			if _, _, err := conn.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		second.leave()
		pass(time.Minute)
		if got := w.terminal("counter-1", "grill").lease(); got.Device != "counter-1" || got.Epoch != 3 || got.FormerSequence != n {
			t.Errorf("the next holder: %+v", got)
		}
	})
}

// What a terminal did before the hub's restart is not forgotten because it came back for a moment.
func TestLeasesRestartOfBoth(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.terminal("counter-1", "grill")
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		changes := x.changes()
		for changes.Cursor.Sequence < 2 {
			changes = x.changes()
		}
		w.restart()
		conn, _, err := w.dial("counter-1", keys["counter-1"])
		if err != nil {
			t.Fatal(err)
		}
		back := &terminal{t: t, conn: conn}
		first := changes.Cursor
		first.Sequence = 1 // its disk was restored from a copy, or it died before it had stored the rest
		back.hello(&first, "grill")
		if _, _, err := conn.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		back.leave()
		second := w.terminal("counter-2", "grill")
		lease := second.lease()
		for lease.Device != "counter-2" {
			lease = second.lease()
		}
		if lease.FormerSequence != 2 {
			t.Errorf("the former holder is said to be at %d, want 2", lease.FormerSequence)
		}
	})
}

// A terminal of very many stations hears of all of their leases over a slow line, when it takes them
// and whenever it comes back: to be cut off there would be to be cut off again.
func TestVeryManyLeases(t *testing.T) {
	const locations, stations = 100, 3
	many := func(w *world) {
		w.config.Locations[0].Devices = w.config.Locations[0].Devices[:1]
		device := hub.SharedDevice{DeviceConfig: hub.DeviceConfig{ID: "counter-2", Key: keys["counter-2"]}}
		for n := range locations {
			l := w.config.Locations[0]
			l.ID, l.Devices, l.Connections, l.Stations = fmt.Sprint("l", n), nil, nil, nil
			for k := range stations {
				id := fmt.Sprint("s", n, "-", k)
				l.Stations = append(l.Stations, shop.Station{ID: id, Name: id, Default: k == 0})
			}
			w.config.Locations = append(w.config.Locations, l)
			device.Locations = append(device.Locations, l.ID)
		}
		w.config.Devices = []hub.SharedDevice{device}
	}
	inBubble(t, many, func(t *testing.T, w *world) {
		hello := wire.Hello{Version: wire.Version, Stations: map[string][]string{}, Asks: true}
		for _, l := range w.config.Locations[1:] {
			for _, s := range l.Stations {
				hello.Stations[l.ID] = append(hello.Stations[l.ID], s.ID)
			}
		}
		for _, when := range []string{"the first time", "again"} {
			x := w.slow("counter-2", 10_000, nil)
			x.send(wire.FromTerminal{Hello: &hello})
			held := map[string]bool{}
			timeout := time.After(10 * time.Minute)
			for len(held) < locations*stations {
				select {
				case frame, open := <-x.frames:
					if !open {
						t.Fatalf("%s it was cut off with %d of %d leases, %d times for a full queue", when, len(held), locations*stations, w.shed("queue_full"))
					}
					if lease := frame.Lease; lease != nil && lease.Device == "counter-2" {
						held[lease.Station] = true
					}
				case <-timeout:
					t.Fatalf("%s it had %d of %d leases after 10 minutes", when, len(held), locations*stations)
				}
			}
			x.leave()
			x.gone()
		}
	})
}
