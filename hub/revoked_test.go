package hub_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/hub"
	"comptoir/order"
)

// A device that is revoked between its connection and its hello is not welcomed: it gets no
// settings, and no order is accepted because it was there.
func TestRevokedBeforeHello(t *testing.T) {
	inBubble(t, func(w *world) { w.config.Locations[0].AcceptWithoutTerminal = 0 }, func(t *testing.T, w *world) {
		pass(time.Second)
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		x := w.connect("counter-1")
		synctest.Wait()
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-1"}).want(t, http.StatusOK)
		x.hello(nil, "grill")
		synctest.Wait()
		for _, frame := range x.told() {
			if frame.Bye == nil {
				t.Errorf("it is told %s", show(frame))
			}
		}
		x.gone()
		if o := w.order(viaDeliverect, "d1"); o.Status != order.New {
			t.Errorf("the order is %s", o.Status)
		}
	})
}

// A revoked device that is still connected, to hear why, is given no station.
func TestRevokedGetsNoLease(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		holder := w.terminal("counter-2", "grill")
		pass(time.Second)
		revoked := w.terminal("counter-1", "grill")
		pass(500 * time.Millisecond)
		holder.leave()
		pass(13*time.Second + 200*time.Millisecond) // its 15 s are over in less time than a Bye may take
		revoked.told()
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-1"}).want(t, http.StatusOK)
		revoked.gone()
		pass(time.Second)
		back := w.terminal("counter-2", "grill")
		if lease := back.lease(); lease.Device != "counter-2" {
			t.Errorf("the station went to %s", lease.Device)
		}
	})
}
