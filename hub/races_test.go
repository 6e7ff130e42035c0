package hub_test

import (
	"testing"
	"time"

	"comptoir/order"
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
