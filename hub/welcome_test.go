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

// A terminal whose locations' settings no frame can hold is told so. It is not there: no order is
// accepted for it to print.
func TestWelcomeTooLarge(t *testing.T) {
	many := func(w *world) {
		w.config.Locations[0].AcceptWithoutTerminal = 0
		w.config.Locations[0].Devices = w.config.Locations[0].Devices[:1]
		device := hub.SharedDevice{DeviceConfig: hub.DeviceConfig{ID: "counter-2", Key: keys["counter-2"]}, Locations: []string{"plateau"}}
		for n := range 50 {
			l := w.config.Locations[0]
			l.ID, l.Name, l.Devices, l.Connections = fmt.Sprint("l", n), strings.Repeat("x", 100<<10), nil, nil
			l.Stations = []shop.Station{{ID: fmt.Sprint("s", n), Default: true}}
			w.config.Locations = append(w.config.Locations, l)
			device.Locations = append(device.Locations, l.ID)
		}
		w.config.Devices = []hub.SharedDevice{device}
	}
	inBubble(t, many, func(t *testing.T, w *world) {
		pass(time.Second)
		x := w.connect("counter-2")
		x.hello(nil, "grill")
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
}
