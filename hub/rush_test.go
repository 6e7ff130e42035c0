package hub_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// While many orders change the garbage is collected less often, and a while later, or at the hub's
// end, as before.
func TestRush(t *testing.T) {
	var mu sync.Mutex
	var calls []int
	percent := 100
	called := func() []int {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(calls)
	}
	collect := func(w *world) {
		w.collect = func(p int) int {
			mu.Lock()
			defer mu.Unlock()
			before := percent
			percent, calls = p, append(calls, p)
			return before
		}
	}
	inBubble(t, collect, func(t *testing.T, w *world) {
		n := 0
		orders := func(many int, every time.Duration) {
			for range many {
				n++
				w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("rush-", n))).want(t, http.StatusOK)
				pass(every)
			}
		}
		orders(20, 5*time.Second)
		if got := called(); len(got) > 0 {
			t.Fatalf("a quiet hour sets %v", got)
		}
		orders(200, 10*time.Millisecond)
		if got := called(); !slices.Equal(got, []int{400}) {
			t.Fatalf("a rush sets %v", got)
		}
		orders(80, time.Second) // now and then one does not keep it up
		if got := called(); !slices.Equal(got, []int{400, 100}) {
			t.Fatalf("its end sets %v", got)
		}
		orders(50, 10*time.Millisecond)
	})
	if got := called(); !slices.Equal(got, []int{400, 100, 400, 100}) {
		t.Fatalf("the hub's end sets %v", got)
	}
}
