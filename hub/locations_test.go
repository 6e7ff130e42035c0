package hub_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
)

// chain gives the shop a second location, with counter-2 for both of them.
func chain(w *world) {
	other := w.config.Locations[0]
	other.ID, other.Name, other.Devices, other.Connections = "vieux-port", "Vieux-Port", nil, nil
	other.Stations = []shop.Station{{ID: "quai", Name: "Quai", Default: true}}
	w.config.Locations = append(w.config.Locations, other)
	w.config.Connections[1].Location = other.ID
	w.config.Locations[0].Devices = w.config.Locations[0].Devices[:1]
	w.config.Devices = []hub.SharedDevice{{
		DeviceConfig: hub.DeviceConfig{ID: "counter-2", Key: keys["counter-2"]}, Locations: []string{"plateau", "vieux-port"},
	}}
}

// A terminal of two locations gets both, each from its own place in its own log, and may work on
// the orders of both.
func TestTwoLocations(t *testing.T) {
	inBubble(t, chain, func(t *testing.T, w *world) {
		x := w.connect("counter-2")
		x.hello(nil, "grill", "quai")
		welcome := x.next().Welcome
		if welcome == nil || len(welcome.Locations) != 2 || welcome.Locations[0].ID != "plateau" || welcome.Locations[1].ID != "vieux-port" {
			t.Fatalf("the welcome is %+v", welcome)
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		here, there := order.Identity(viaDeliverect, "d1"), order.Identity(viaDoorDash, "x1")
		pass(time.Second)

		leased, got, cursors := []string{}, map[string]string{}, map[string]wire.Cursor{}
		for _, frame := range x.told() {
			switch {
			case frame.Lease != nil && frame.Lease.Device == "counter-2":
				leased = append(leased, frame.Lease.Location+" "+frame.Lease.Station)
			case frame.Changes != nil:
				cursors[frame.Changes.Location] = frame.Changes.Cursor
				for _, raw := range frame.Changes.Orders {
					var o order.Order
					if err := json.Unmarshal(raw, &o); err != nil || o.Location != frame.Changes.Location {
						t.Errorf("%s among those of %s, %v", o.Location, frame.Changes.Location, err)
					}
					got[o.ID] = o.Location
				}
			}
		}
		slices.Sort(leased)
		if want := []string{"plateau grill", "vieux-port quai"}; !slices.Equal(slices.Compact(leased), want) {
			t.Errorf("leases: %q, want %q", leased, want)
		}
		if got[here] != "plateau" || got[there] != "vieux-port" || len(got) != 2 {
			t.Errorf("the orders came as %v", got)
		}
		luc := order.Person{ID: "luc", Name: "Luc"}
		x.do(order.Command{Type: order.Start, OrderID: here, Person: luc})
		x.do(order.Command{Type: order.Start, OrderID: there})
		history := w.order(viaDeliverect, "d1").History
		if last := history[len(history)-1]; last.Person != luc || last.By != "counter-2" {
			t.Errorf("the history says %+v", last)
		}
		// the other terminal has nothing to do with the second location
		y := w.terminal("counter-1", "grill")
		if r := y.ask(order.Command{Type: order.MarkReady, OrderID: there}).Refused; r == nil || r.Cause != order.UnknownOrder {
			t.Errorf("counter-1 was answered %+v", r)
		}

		// it comes back knowing one location, and gets the other whole
		x.leave()
		pass(time.Second)
		x = w.connect("counter-2")
		x.send(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Cursors: map[string]wire.Cursor{"plateau": cursors["plateau"]}}})
		pass(time.Second)
		full := map[string]bool{}
		for _, frame := range x.told() {
			if frame.Changes != nil {
				full[frame.Changes.Location] = frame.Changes.Full
			}
		}
		if resumed, known := full["plateau"]; !known || resumed || !full["vieux-port"] {
			t.Errorf("sent whole: %v", full)
		}
	})
}

// Both locations are attended while the one terminal is there, and neither without it.
func TestTwoLocationsAttended(t *testing.T) {
	inBubble(t, chain, func(t *testing.T, w *world) {
		pass(time.Hour)
		status := func(reference string) order.Status {
			t.Helper()
			var o order.Order
			w.shop(http.MethodGet, "/api/v1/locations/vieux-port/orders/"+order.Identity(viaDoorDash, reference), nil).into(t, http.StatusOK, &o)
			return o.Status
		}
		place := func(reference string) order.Status {
			t.Helper()
			w.fromDoorDash(example(t, "doordash-pickup", reference)).want(t, http.StatusAccepted)
			return status(reference)
		}
		if got := place("x1"); got != order.New {
			t.Errorf("without a terminal: %s", got)
		}
		x := w.terminal("counter-2", "grill", "quai")
		pass(time.Second)
		if got := status("x1"); got != order.Accepted {
			t.Errorf("once it is there: %s", got)
		}
		for location, want := range map[string]int{"plateau": 1, "vieux-port": 1} {
			if n := w.metric(`comptoir_terminals_connected{location="` + location + `"}`); n != want {
				t.Errorf("%s: %d terminals, want %d", location, n, want)
			}
		}
		x.leave()
		pass(time.Hour)
		if got := place("x2"); got != order.New {
			t.Errorf("after it has gone: %s", got)
		}
	})
}

// Nobody can say over the shop's API that somebody had signed in.
func TestAPINamesNobody(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		id := order.Identity(viaDeliverect, "d1")
		w.shop(http.MethodPost, orders+"/"+id+"/commands", []byte(`{"id":"c1","type":"Start","person":{"id":"luc","name":"Luc"}}`)).want(t, http.StatusOK)
		history := w.order(viaDeliverect, "d1").History
		if last := history[len(history)-1]; last.What != order.WasStarted || last.Person != (order.Person{}) {
			t.Errorf("the history says %+v", last)
		}
	})
}
