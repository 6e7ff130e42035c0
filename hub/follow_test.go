package hub_test

import (
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/order"
)

// The clock is set right, by more than the horizon, between two orders that come so fast that nobody
// has looked in between. Their deadlines are kept all the same.
func TestDeadlinesOverClockJump(t *testing.T) {
	var jump atomic.Int64
	ahead := func(w *world) {
		w.now = func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
	}
	inBubble(t, ahead, func(t *testing.T, w *world) {
		const far = 40 * day
		log := w.hub.Orders().(*orderlog.Bolt)
		ended := make(chan error, 3)
		appendOne := func(id string, f func()) {
			o := order.Order{
				ID: id, Location: "plateau", Revision: 1, Status: order.New, Currency: "CAD", PlacedAt: time.Now(), AcceptBy: time.Now().Add(far + 3*time.Minute),
			}
			_, err := log.AppendAnd(t.Context(), o, 0, func(*bbolt.Tx) error { f(); return nil })
			ended <- err
		}
		appendOne("first", func() {}) // a cursor of 0 is below no horizon
		pass(time.Second)
		release := make(chan struct{})
		go appendOne("busy", func() { <-release }) // meanwhile two gather for one commit
		time.Sleep(time.Second)
		go appendOne("before", func() { jump.Store(int64(far)) })
		time.Sleep(time.Second)
		go appendOne("after", func() {})
		time.Sleep(time.Second)
		close(release)
		for range cap(ended) + 1 {
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
		}
		pass(5 * time.Minute)
		for _, id := range []string{"first", "busy", "before", "after"} {
			if o, err := log.Order(id); err != nil || o.Status != order.Rejected {
				t.Errorf("%s is %s, error %v", id, o.Status, err)
			}
		}
	})
}
