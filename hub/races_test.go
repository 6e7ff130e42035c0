package hub_test

import (
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
)

// A link that breaks between a counter order's Place and its Accept leaves it to the counter, whose
// Accept comes over the next one: the hub does not take it for an order that waits.
func TestCounterOrderIsLeftToItsCounter(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.terminal("counter-1")
		id := order.Identity(order.ChannelCounter, "counter-1", "sold")
		x.do(order.Command{ID: "sold", Type: order.Place, OrderID: id, Order: &order.Order{
			ID: id, Location: "plateau", Channel: order.ChannelCounter, Currency: "CAD",
			Fulfillment: order.Fulfillment{Type: order.Counter}, Lines: []order.Line{{Name: "Café", Quantity: 1}},
		}})
		x.leave()
		pass(time.Second)
		x = w.terminal("counter-1")
		pass(time.Second)
		x.do(order.Command{Type: order.Accept, OrderID: id})
		if o := w.order(order.ChannelCounter, "counter-1", "sold"); o.History[len(o.History)-1].By != "counter-1" {
			t.Errorf("accepted by %s", o.History[len(o.History)-1].By)
		}
	})
}

// A terminal that was paired anew under another name sends what it took under the former one: the order stays
// that counter's, or whoever holds the stations would print it once more. Any other name is the sender's own.
func TestTakenUnderAFormerName(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.terminal("counter-1")
		long := strings.Repeat("x", wire.MaxName+1)
		for name, test := range map[string]struct{ of, by, want string }{
			"its own":         {"counter-1", "counter-1", "counter-1"},
			"a former one":    {"caisse", "caisse", "caisse"},
			"not the order's": {"caisse", "counter-2", "counter-1"},
			"no name":         {long, long, "counter-1"},
		} {
			id := order.Identity(order.ChannelCounter, test.of, name)
			x.do(order.Command{ID: name, Type: order.Place, OrderID: id, By: test.by, Order: &order.Order{
				ID: id, Location: "plateau", Channel: order.ChannelCounter, Currency: "CAD",
				Fulfillment: order.Fulfillment{Type: order.Counter}, Lines: []order.Line{{Name: "Café", Quantity: 1}},
			}})
			o, err := w.hub.Orders().Order(id)
			if err != nil || o.History[0].By != test.want {
				t.Errorf("%s: placed by %+v, want %s (%v)", name, o.History, test.want, err)
			}
		}
	})
}
