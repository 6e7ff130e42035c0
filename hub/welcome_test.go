package hub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
)

// sprawl gives counter-2 so many locations more, each with settings of 100 KiB.
func sprawl(locations int) func(*world) {
	return func(w *world) {
		w.config.Locations[0].AcceptWithoutTerminal = 0
		w.config.Locations[0].Devices = w.config.Locations[0].Devices[:1]
		device := hub.SharedDevice{DeviceConfig: hub.DeviceConfig{ID: "counter-2", Key: keys["counter-2"]}, Locations: []string{"plateau"}}
		for n := range locations {
			l := w.config.Locations[0]
			l.ID, l.Name, l.Devices, l.Connections = fmt.Sprint("l", n), strings.Repeat("x", 100<<10), nil, nil
			l.Stations = []shop.Station{{ID: fmt.Sprint("s", n), Default: true}}
			w.config.Locations = append(w.config.Locations, l)
			device.Locations = append(device.Locations, l.ID)
		}
		w.config.Devices = []hub.SharedDevice{device}
	}
}

// An older terminal whose locations' settings no frame can hold is told so, and any whose one
// location's are too large. It is not there: no order is accepted for it to print.
func TestWelcomeTooLarge(t *testing.T) {
	one := func(w *world) {
		sprawl(0)(w)
		w.config.Locations[0].Name = strings.Repeat("x", wire.MaxFrame)
	}
	for name, c := range map[string]struct {
		change func(*world)
		parts  bool
	}{"many locations": {sprawl(50), false}, "one location": {one, true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, c.change, func(t *testing.T, w *world) {
				pass(time.Second)
				x := w.connect("counter-2")
				x.send(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Asks: true, Parts: c.parts}})
				bye := until(x, func(f wire.FromHub) *wire.Bye { return f.Bye })
				if !strings.Contains(bye.Reason, "fewer locations") {
					t.Errorf("it is told %q", bye.Reason)
				}
				x.gone()
				w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
				if o := w.order(viaDeliverect, "d1"); o.Status != order.New {
					t.Errorf("the order is %s, with nobody there", o.Status)
				}
			})
		})
	}
}

// Settings that no frame can hold come in several, and a terminal works at all of its locations. What
// it has it does not get again.
func TestWelcomeInParts(t *testing.T) {
	const more = 90 // of 100 KiB: three frames
	inBubble(t, sprawl(more), func(t *testing.T, w *world) {
		x := w.till("counter-2")
		pass(time.Second)
		if got := len(x.service.Settings()); got != more+1 || !x.service.LinkState().Online {
			t.Fatalf("it has %d locations, online %t", got, x.service.LinkState().Online)
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		if o := x.order(order.Identity(viaDeliverect, "d1")); o.Status != order.Accepted {
			t.Errorf("the order is %s", o.Status)
		}
		x.close()

		known := map[string]string{}
		for _, l := range x.service.Settings() {
			known[l.ID] = wire.Sum(encode(t, l))
		}
		welcome := func(known map[string]string) (frames, whole, same int) {
			t.Helper()
			y := w.connect("counter-2")
			defer y.leave()
			y.send(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Asks: true, Parts: true, Known: known}})
			for {
				got := y.next().Welcome
				if got == nil || got.More && (len(got.Full) > 0 || got.Answers) {
					t.Fatalf("welcomed with %+v", got)
				}
				frames++
				for _, l := range got.Locations {
					if l.Name != "" {
						whole++
					}
				}
				if !got.More {
					return frames, whole, len(got.Same)
				}
			}
		}
		for _, c := range []struct {
			what                string
			frames, whole, same int
			change              func()
		}{
			{"with all", 1, 0, more + 1, func() {}},
			{"with another state of one", 1, 1, more, func() { known["l7"] = "another" }},
			{"with nothing", 3, more + 1, 0, func() { known = nil }},
		} {
			c.change()
			if frames, whole, same := welcome(known); frames != c.frames || whole != c.whole || same != c.same {
				t.Errorf("%s: %d frames with %d locations whole and %d the same, want %d, %d and %d", c.what, frames, whole, same, c.frames, c.whole, c.same)
			}
		}

		// one location's settings change while it is away
		w.stop()
		for i := range w.config.Locations {
			if w.config.Locations[i].ID == "l3" {
				w.config.Locations[i].Name = "Rosemont"
			}
		}
		w.start()
		x.open()
		pass(time.Second)
		for _, l := range x.service.Settings() {
			if changed := l.Name == "Rosemont"; changed != (l.ID == "l3") || l.Name == "" {
				t.Errorf("%s is called %.20s", l.ID, l.Name)
			}
		}
	})
}
