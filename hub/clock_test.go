package hub_test

import (
	"net/http"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/order"
)

// Three terminals are 10 minutes slow, 10 minutes fast and right. Over the real line they show the
// same badges, and what they write down is the hub's time; cut off from the hub, they go on so.
func TestClocksOfTerminals(t *testing.T) {
	third := func(w *world) {
		devices := &w.config.Locations[0].Devices
		*devices = append(*devices, hub.DeviceConfig{ID: "counter-3", Key: "terminal-secret-3"})
	}
	keys["counter-3"] = "terminal-secret-3"
	inBubble(t, third, func(t *testing.T, w *world) {
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		id := order.Identity(viaDoorDash, "x1")
		tills := []*till{w.skewed("counter-1", -10*time.Minute), w.skewed("counter-2", 10*time.Minute), w.till("counter-3")}
		pass(30 * time.Second)
		compare := func(when, id string) {
			t.Helper()
			seen := map[bool]int{}
			for range 40 {
				pass(time.Minute)
				o := tills[2].order(id)
				want := o.Lateness(time.Now())
				seen[want.Late]++
				for _, x := range tills {
					if got := x.order(id).Lateness(x.clock.Now()); got != want {
						t.Fatalf("%s, %v after it came, %s says %+v, want %+v", when, time.Since(o.PlacedAt), x.name, got, want)
					}
				}
			}
			t.Logf("%s: the same badge on three terminals in %d minutes in time, %d late", when, seen[false], seen[true])
		}
		compare("connected", order.Identity(viaDoorDash, "x1"))
		for n, promised := range map[string]time.Duration{"x2": 35 * time.Minute, "x3": 75 * time.Minute} { // late in the middle of the next two
			at := time.Now().Add(promised).Format(time.RFC3339)
			w.fromDoorDash(example(t, "doordash-pickup", n, set(at, "order", "estimated_pickup_time"))).want(t, http.StatusAccepted)
		}
		pass(time.Second)
		for i, want := range []time.Duration{10 * time.Minute, -10 * time.Minute, 0} {
			if ahead, known := tills[i].clock.Ahead(); !known || (ahead-want).Abs() > time.Second {
				t.Errorf("%s measures the hub %v ahead, want %v", tills[i].name, ahead, want)
			}
		}
		tills[1].do(id, order.Start)
		sold := tills[0].sell()
		if at := tills[0].order(sold).PlacedAt; time.Since(at).Abs() > time.Second {
			t.Errorf("an order sold now is placed at %v", at)
		}
		pass(time.Second)
		entries := w.order(viaDoorDash, "x1").History
		if last := entries[len(entries)-1]; time.Since(last.At).Abs() > 2*time.Second {
			t.Errorf("started now is written down as %v", last.At)
		}
		w.stop()
		compare("cut off", order.Identity(viaDoorDash, "x2"))
		for _, x := range tills {
			x.service.Tick()
			x.close()
			x.open()
		}
		compare("started without the hub", order.Identity(viaDoorDash, "x3"))
		w.start()
	})
}

// A machine's clock that is wrong by hours stops no ticket.
func TestTicketsOfWrongClocks(t *testing.T) {
	for _, ahead := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		inBubble(t, nil, func(t *testing.T, w *world) {
			x := w.skewed("counter-1", ahead)
			pass(10 * time.Second)
			w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
			pass(10 * time.Second)
			x.print()
			pass(time.Second)
			if o := w.order(viaDoorDash, "x1"); len(o.Tickets) == 0 || o.Tickets[0].State != order.TicketSent {
				t.Errorf("%v ahead: tickets %+v", ahead, o.Tickets)
			}
		})
	}
}
