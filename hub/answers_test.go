package hub_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/sandbox"
)

// answers are the platform's words in an order's history: "delayed taken".
func answers(o order.Order) (said []string) {
	for _, e := range o.History {
		if e.What != order.WasAnswered {
			continue
		}
		at := slices.IndexFunc(o.History, func(asked order.Entry) bool { return asked.Command == e.Answer.Command })
		said = append(said, string(o.History[at].What)+" "+string(e.Answer.Verdict))
	}
	return said
}

// Every terminal hears whether the platform took a delay; one that it did not take is none.
func TestDelayIsAnswered(t *testing.T) {
	for name, tt := range map[string]struct {
		fault    func(*world)
		want     []string
		minutes  time.Duration
		again    bool // then the dead letter is sent again
		followed []string
	}{
		"taken":           {func(*world) {}, []string{"delayed taken"}, 10, false, nil},
		"taken at last":   {func(w *world) { w.deliverect.Fail(2, sandbox.Fault{Status: 503}) }, []string{"delayed taken"}, 10, false, nil},
		"refused":         {func(w *world) { w.deliverect.Fail(1, sandbox.Fault{Status: 422}) }, []string{"delayed refused"}, 0, true, []string{"delayed refused", "delayed taken"}},
		"out of reach":    {func(w *world) { w.platforms.setDown(true) }, []string{"delayed none"}, 0, false, nil},
		"refused for now": {func(w *world) { w.deliverect.Fail(1, sandbox.Fault{Status: 429}) }, []string{"delayed taken"}, 10, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			brief := func(w *world) { w.retry = hub.Retry{First: time.Second, Most: 10 * time.Second, For: time.Minute} }
			inBubble(t, brief, func(t *testing.T, w *world) {
				w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
				pass(time.Second)
				before := w.order(viaDeliverect, "d1")
				tt.fault(w)
				w.shop(http.MethodPost, orders+"/"+before.ID+"/commands", order.Command{ID: newID(), Type: order.Delay, Minutes: 10}).want(t, http.StatusOK)
				pass(3 * time.Minute)
				check := func(want []string, minutes time.Duration) {
					t.Helper()
					o := w.order(viaDeliverect, "d1")
					if got := answers(o); !slices.Equal(got, want) {
						t.Errorf("the platform said %v, want %v", got, want)
					}
					if got := o.Fulfillment.PromisedAt.Sub(before.Fulfillment.PromisedAt); got != minutes*time.Minute {
						t.Errorf("the promised time moved by %v, want %v", got, minutes*time.Minute)
					}
					if o.KitchenVersion != before.KitchenVersion {
						t.Errorf("kitchen version %d became %d", before.KitchenVersion, o.KitchenVersion)
					}
				}
				check(tt.want, tt.minutes)
				if !tt.again {
					return
				}
				for _, call := range w.waiting() {
					w.shop(http.MethodPost, calls+"/again", map[string]string{"id": call.ID}).want(t, http.StatusAccepted)
				}
				pass(time.Minute)
				check(tt.followed, 10)
			})
		})
	}
}

// Of everything else it is only said that the platform did not take it.
func TestOnlyRefusalsAreKept(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.through("d1")
		pass(time.Minute)
		if said := answers(w.order(viaDeliverect, "d1")); len(said) > 0 {
			t.Errorf("the history says %v", said)
		}
		w.deliverect.Fail(1, sandbox.Fault{Status: 404})
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		pass(time.Minute)
		if said := answers(w.order(viaDeliverect, "d2")); !slices.Equal(said, []string{"accepted refused"}) {
			t.Errorf("the history says %v", said)
		}
	})
}

func TestCouriers(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.fromDoorDash(example(t, "doordash-delivery", "x1")).want(t, http.StatusAccepted)
		dasher := func(status, name string) []byte {
			return []byte(`{"event":{"type":"dasher_status_update"},"delivery":{"external_order_id":"x1","client_order_id":"nothing",` +
				`"dasher_status":"` + status + `","dasher":{"first_name":"` + name + `"}}}`)
		}
		for _, step := range []struct {
			status, name string
			want         order.CourierStage
			entries      int
		}{
			{"dasher_confirmed", "Jude", order.CourierAssigned, 1},
			{"dasher_confirmed", "Jude", order.CourierAssigned, 1}, // again
			{"arrived_at_store", "Jude", order.CourierAtStore, 2},
			{"arriving_at_store", "Jude", order.CourierAtStore, 2},   // overtaken
			{"arriving_at_store", "Karim", order.CourierArriving, 3}, // another one
			{"dasher_out_for_delivery", "Karim", order.CourierPickedUp, 4},
		} {
			w.fromDoorDash(dasher(step.status, step.name)).want(t, http.StatusOK)
			o := w.order(viaDoorDash, "x1")
			entries := 0
			for _, e := range o.History {
				if e.What == order.WasCourierAssigned || e.What == order.WasCourierMoved {
					entries++
				}
			}
			if o.Courier == nil || o.Courier.Name != step.name || o.Courier.Stage != step.want || entries != step.entries {
				t.Errorf("%s: %+v after %d entries, want %d", step.status, o.Courier, entries, step.entries)
			}
		}
		w.fromDeliverect(example(t, "deliverect-delivery", "d1")).want(t, http.StatusOK)
		w.fromDeliverect([]byte(`{"orderId":"d1","courier":{"firstName":"Zoé","status":85}}`)).want(t, http.StatusOK)
		if c := w.order(viaDeliverect, "d1").Courier; c == nil || c.Stage != order.CourierAtStore {
			t.Errorf("Deliverect's courier is %+v", c)
		}
		w.fromDeliverect([]byte(`{"orderId":"d2","courier":{"firstName":"Zoé","status":85}}`)).refused(t, http.StatusNotFound)
	})
}
