package hub_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
)

// TestAutoAccept: while a terminal is there, or was within accept_without_terminal, counted
// from the hub's start too; and at the first terminal that comes after it.
func TestAutoAccept(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		n := 0
		arrives := func(when string, want order.Status) string {
			t.Helper()
			n++
			id := fmt.Sprint("d", n)
			w.fromDeliverect(example(t, "deliverect-pickup", id)).want(t, http.StatusOK)
			o := w.order(viaDeliverect, id)
			if o.Status != want {
				t.Errorf("%s: %s, want %s", when, o.Status, want)
			}
			if want == order.Accepted && (o.Revision != 2 || o.KitchenVersion != 1 || o.History[1].By != order.AutoAccept) {
				t.Errorf("%s: revision %d, kitchen version %d, %+v", when, o.Revision, o.KitchenVersion, o.History)
			}
			return id
		}
		arrives("at the hub's start", order.Accepted)
		pass(2 * time.Minute)
		arrives("2 minutes after it", order.Accepted)
		pass(time.Second)
		waits := arrives("later", order.New)
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusCreated)

		x := w.terminal("counter-1")
		synctest.Wait()
		if o := w.order(viaDeliverect, waits); o.Status != order.Accepted || !o.AcceptedAt.Equal(time.Now()) {
			t.Errorf("when a terminal came, the order that waited is %s", o.Status)
		}
		if o := w.order("shop", "plateau", "web-1"); o.Status != order.Accepted {
			t.Errorf("and the own shop's is %s", o.Status)
		}
		pass(time.Hour)
		arrives("with a terminal", order.Accepted)
		x.leave()
		pass(2 * time.Minute)
		arrives("2 minutes after it left", order.Accepted)
		pass(time.Second)
		arrives("later", order.New)
		w.restart()
		arrives("after a restart", order.Accepted)
		if o := w.order(viaDeliverect, waits); o.Revision != 2 {
			t.Errorf("an accepted order was touched again: revision %d", o.Revision)
		}
	})
}

// An order that comes at the same time as the first terminal is not overlooked.
func TestAutoAcceptRace(t *testing.T) {
	noGrace := func(w *world) { w.config.Locations[0].AcceptWithoutTerminal = 0 }
	inBubble(t, noGrace, func(t *testing.T, w *world) {
		for i := range 30 {
			pass(time.Second)
			id := fmt.Sprint("d", i)
			body := example(t, "deliverect-pickup", id)
			x := w.connect("counter-1")
			var group sync.WaitGroup
			group.Go(func() { w.fromDeliverect(body) })
			x.hello(nil)
			group.Wait()
			synctest.Wait()
			if o := w.order(viaDeliverect, id); o.Status != order.Accepted {
				t.Errorf("order %d is %s", i, o.Status)
			}
			x.leave()
		}
	})
}

func TestNoAutoAccept(t *testing.T) {
	inBubble(t, func(w *world) { w.config.Connections[0].AutoAccept = false }, func(t *testing.T, w *world) {
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.terminal("counter-1")
		pass(time.Hour)
		if o := w.order(viaDeliverect, "d1"); o.Status != order.New || o.Revision != 1 {
			t.Errorf("%s, revision %d; want new: nobody has accepted it, and Deliverect sets no deadline", o.Status, o.Revision)
		}
	})
}

// byHand is a DoorDash connection whose orders somebody must accept.
func byHand(onDeadline string) func(*world) {
	return func(w *world) {
		w.config.Connections[1].AutoAccept = false
		w.config.Connections[1].OnDeadline = onDeadline
	}
}

func TestDeadlineReject(t *testing.T) {
	inBubble(t, byHand("reject"), func(t *testing.T, w *world) {
		x := w.terminal("counter-1") // even with a terminal there, where nobody taps
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		w.fromDoorDash(example(t, "doordash-pickup", "x2")).want(t, http.StatusAccepted)
		pass(3*time.Minute - 16*time.Second)
		x.do(order.Command{Type: order.Accept, OrderID: order.Identity(viaDoorDash, "x2")})
		if o := w.order(viaDoorDash, "x1"); o.Status != order.New || len(o.Acknowledged) > 0 {
			t.Errorf("16 s before the deadline: %s", o.Status)
		}
		pass(2 * time.Second)
		o := w.order(viaDoorDash, "x1")
		if o.Status != order.Rejected || o.Reason != order.StoreOffline || o.History[1].By != order.AutoAccept {
			t.Errorf("14 s before the deadline: %s, %s", o.Status, o.Reason)
		}
		pass(time.Hour)
		if o := w.order(viaDoorDash, "x2"); o.Status != order.Accepted || o.Revision != 2 {
			t.Errorf("the order that was answered is %s, revision %d", o.Status, o.Revision)
		}
		said := map[any]any{}
		for _, call := range w.doordash.Calls() {
			if call.Problem != "" {
				t.Errorf("DoorDash: %s", call.Problem)
			}
			said[call.Body["order_status"]] = call.Body["failure_reason"]
		}
		if len(said) != 2 || said["fail"] != "POS_OFFLINE" || said["success"] != nil {
			t.Errorf("DoorDash heard %v", said)
		}
	})
}

func TestDeadlineAccept(t *testing.T) {
	inBubble(t, byHand("accept"), func(t *testing.T, w *world) {
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		pass(3*time.Minute - 14*time.Second)
		if o := w.order(viaDoorDash, "x1"); o.Status != order.Accepted || o.History[1].By != order.AutoAccept {
			t.Errorf("14 s before the deadline: %s, %+v", o.Status, o.History)
		}
	})
}

// TestDeadlineWhileDown: what the hub did not live to answer is expired, and no terminal that
// comes first makes the kitchen cook it.
func TestDeadlineWhileDown(t *testing.T) {
	noGrace := func(w *world) { w.config.Locations[0].AcceptWithoutTerminal = 0 }
	inBubble(t, noGrace, func(t *testing.T, w *world) {
		pass(time.Second)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		pass(time.Second)
		w.fromDoorDash(example(t, "doordash-pickup", "x2")).want(t, http.StatusAccepted)
		w.stop()
		pass(3*time.Minute - 500*time.Millisecond)
		w.start() // x1 is past its deadline by half a second, x2 has as much left
		w.terminal("counter-1")
		synctest.Wait()
		if o := w.order(viaDoorDash, "x1"); o.Status == order.Accepted {
			t.Error("an order past its deadline was accepted")
		}
		if o := w.order(viaDoorDash, "x2"); o.Status != order.Accepted {
			t.Errorf("an order in time is %s", o.Status)
		}
		pass(28 * time.Second) // a terminal may have had the answer
		if o := w.order(viaDoorDash, "x1"); o.Status != order.New {
			t.Errorf("the order past its deadline is %s already", o.Status)
		}
		pass(4 * time.Second)
		o := w.order(viaDoorDash, "x1")
		if o.Status != order.Expired || o.Reason != order.DeadlinePassed || o.KitchenVersion != 0 {
			t.Errorf("%s, %s, kitchen version %d", o.Status, o.Reason, o.KitchenVersion)
		}
		if o := w.order(viaDoorDash, "x2"); o.Status != order.Accepted {
			t.Errorf("the order accepted in time became %s", o.Status)
		}
	})
}
