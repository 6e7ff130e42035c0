package hub_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// A hub serves as soon as it listens, maybe before all of its parts are at work: a terminal that is
// there by then hears of an order that came by then.
func TestOrderBeforeTheFanOut(t *testing.T) {
	inBubble(t, func(w *world) { w.hold = make(chan struct{}) }, func(t *testing.T, w *world) {
		begin := sync.OnceFunc(func() { close(w.hold) })
		defer begin()
		x := w.terminal("counter-1")
		if page := x.changes(); !page.Last || len(page.Orders) > 0 {
			t.Fatalf("a new hub has %d orders", len(page.Orders))
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "early")).want(t, http.StatusOK)
		synctest.Wait() // its session has nothing left to do
		begin()
		if got := of(t, x.changes()); len(got) != 1 || got[0] != "early" {
			t.Errorf("it hears of %v", got)
		}
	})
}
