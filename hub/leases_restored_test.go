package hub_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"comptoir/order"
	posterminal "comptoir/terminal"
)

// heading is the one of the station's ticket that waits.
func (x *till) heading(id, station string) posterminal.Heading {
	x.w.t.Helper()
	jobs, err := x.service.Tickets(id)
	if err != nil {
		x.w.t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Station == station {
			return j.Heading
		}
	}
	x.w.t.Fatalf("%s has no ticket for %s: %+v", x.name, station, jobs)
	return ""
}

func (x *till) lease(station string) (lease posterminal.Lease) {
	x.w.t.Helper()
	err := x.file.View(func(tx posterminal.Tx) (err error) {
		lease, _, err = tx.Lease("plateau", station)
		return err
	})
	if err != nil {
		x.w.t.Fatal(err)
	}
	return lease
}

// A hub comes back from a backup in which the stations are another terminal's than they were at the
// end. Who holds them then does not know what the last holder printed, and marks what it prints.
func TestLeasesOfRestoredHub(t *testing.T) {
	for name, late := range map[string]time.Duration{"at once": time.Second, "after the holder's time": time.Minute} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				a := w.till("counter-1") // takes the stations
				pass(time.Second)
				b := w.till("counter-2")
				for n := range 5 {
					w.fromDoorDash(example(t, "doordash-pickup", fmt.Sprint("p", n))).want(t, http.StatusAccepted)
					pass(time.Second)
					a.print()
				}
				data := w.backup()
				pass(5 * time.Second)
				a.cut(true)
				w.restart() // which drops its connection
				pass(30 * time.Second)
				a.cut(false)
				pass(10 * time.Second)
				w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
				pass(time.Second)
				id := order.Identity(viaDoorDash, "x1")
				if a.order(id).ID == "" {
					t.Fatal("the first terminal does not have the order")
				}
				if _, found, _, err := a.service.Next("grill"); err != nil || found {
					t.Fatalf("the station is still the first one's (%t), error %v", found, err)
				}
				w.stop() // nobody else hears of it
				b.print()
				if got := b.heading(id, "grill"); got != posterminal.HeadingNone {
					t.Fatalf("the second one printed it headed %s", got)
				}
				b.cut(true)
				a.cut(true)
				w.restore(data, true)
				pass(late)
				a.cut(false)
				pass(10 * time.Second)
				a.print()
				if got := a.heading(id, "grill"); got != posterminal.HeadingDuplicate {
					t.Errorf("the first one printed it, too, headed %q", got)
				}
				// what comes from now on is nobody else's
				w.fromDoorDash(example(t, "doordash-pickup", "x2")).want(t, http.StatusAccepted)
				pass(time.Second)
				a.print()
				if got := a.heading(order.Identity(viaDoorDash, "x2"), "grill"); got != posterminal.HeadingNone {
					t.Errorf("a new order is headed %s", got)
				}
				before := a.lease("grill")
				w.restart() // which is no restore
				pass(10 * time.Second)
				if after := a.lease("grill"); after != before {
					t.Errorf("a restart made %+v of the lease %+v", after, before)
				}
				b.cut(false)
				pass(10 * time.Second)
				b.print()
				if jobs, err := b.service.Tickets(id); err != nil || len(jobs) != 2 {
					t.Errorf("the second one has the tickets %+v, error %v", jobs, err)
				}
			})
		})
	}
}
