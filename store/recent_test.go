package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"comptoir/internal/fixture"
	"comptoir/order"
	"comptoir/terminal"
)

// TestSchema3 opens a file that the release before wrote: nothing of it is lost, and it keeps what
// is new.
func TestSchema3(t *testing.T) {
	path := fixture.Unzip(t, "testdata/schema3.db.gz", "terminal.db")
	for round := range 2 {
		s := open(t, path)
		view(t, s, func(tx terminal.Tx) error {
			pending, err := tx.PendingOf("open")
			if round == 0 && (len(pending) != 1 || pending[0].Command.ID != "ready-open") {
				t.Errorf("pending: %+v", pending)
			}
			active := 0
			failed := tx.EachActiveOrder(func(o order.Order) error { active++; return nil })
			ended, found, missing := tx.Order("ended")
			jobs, unread := tx.JobsOf("open")
			cursor, _, lost := tx.Cursor("shop")
			if active != 1 || !found || ended.Status != order.Completed || len(jobs) != 1 || cursor.Sequence != 42 {
				t.Errorf("%d active, ended found: %v, %d jobs, cursor %+v", active, found, len(jobs), cursor)
			}
			return errors.Join(err, failed, missing, unread, lost)
		})
		update(t, s, func(tx terminal.Tx) error { return tx.ConfirmPending("ready-open", noon) })
		view(t, s, func(tx terminal.Tx) error {
			recent, err := tx.RecentOf("open")
			if len(recent) != 1 || recent[0].Sequence != 1 {
				t.Errorf("recent: %+v", recent)
			}
			return err
		})
		closeStore(t, s)
	}
}

func TestRecent(t *testing.T) {
	s := open(t, place(t))
	add := func(id, orderID string) {
		update(t, s, func(tx terminal.Tx) error {
			_, err := tx.AddPending("shop", order.Command{ID: id, Type: order.Accept, OrderID: orderID})
			return err
		})
	}
	ids := func() (pending, recent string) {
		view(t, s, func(tx terminal.Tx) error {
			list, err := tx.PendingAfter(0, 100)
			for _, p := range list {
				pending += p.Command.ID + " "
			}
			for _, id := range []string{"o1", "o2"} {
				kept, failed := tx.RecentOf(id)
				err = errors.Join(err, failed)
				for _, r := range kept {
					recent += r.Command.ID + " "
				}
			}
			return err
		})
		return pending, recent
	}
	want := func(pending, recent string) {
		t.Helper()
		if p, r := ids(); p != pending || r != recent {
			t.Errorf("pending %q, recent %q; want %q, %q", p, r, pending, recent)
		}
	}
	for i := range 6 {
		add(fmt.Sprint("c", i), fmt.Sprint("o", 1+i%2))
	}
	for i := range 5 {
		update(t, s, func(tx terminal.Tx) error {
			return tx.ConfirmPending(fmt.Sprint("c", i), noon.Add(time.Duration(i)*time.Hour))
		})
	}
	update(t, s, func(tx terminal.Tx) error { return tx.ConfirmPending("unknown", noon) })
	want("c5 ", "c0 c2 c4 c1 c3 ")

	// one goes back, before those that came after it
	update(t, s, func(tx terminal.Tx) error {
		recent, err := tx.RecentOf("o1")
		if err != nil {
			return err
		}
		return errors.Join(tx.Requeue(recent[1]), tx.Requeue(recent[1]))
	})
	want("c2 c5 ", "c0 c4 c1 c3 ")
	update(t, s, func(tx terminal.Tx) error { return tx.ConfirmPending("c2", noon.Add(9*time.Hour)) })
	want("c5 ", "c0 c2 c4 c1 c3 ")

	forget := func(before time.Time, keep, limit, want int) {
		t.Helper()
		update(t, s, func(tx terminal.Tx) error {
			n, err := tx.ForgetRecent(before, keep, limit)
			if n != want {
				t.Errorf("%d commands were forgotten, want %d", n, want)
			}
			return err
		})
	}
	forget(noon, 100, 100, 0)
	forget(noon.Add(2*time.Hour), 100, 1, 1) // c0: the limit
	want("c5 ", "c2 c4 c1 c3 ")
	forget(noon.Add(2*time.Hour), 100, 100, 1)
	want("c5 ", "c2 c4 c3 ")
	forget(noon, 2, 100, 1) // more than two are too many
	want("c5 ", "c2 c4 ")
	forget(noon.Add(100*time.Hour), 0, 100, 2)
	want("c5 ", "")
	add("c6", "o1") // what was refused goes to no hub again, and is forgotten as late
	update(t, s, func(tx terminal.Tx) error { return tx.RefusePending("c6", noon) })
	want("c5 ", "")
	forget(noon, 100, 100, 0)
	forget(noon.Add(time.Hour), 100, 100, 1)
}

func TestDoubts(t *testing.T) {
	s := open(t, place(t))
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(tx.PutDoubt(terminal.Doubt{OrderID: "a", Location: "shop"}), tx.PutDoubt(terminal.Doubt{OrderID: "b", Location: "shop"}),
			tx.PutDoubt(terminal.Doubt{OrderID: "c", Location: "other"}), tx.PutDoubt(terminal.Doubt{OrderID: "b", Location: "shop", Offer: true}))
	})
	view(t, s, func(tx terminal.Tx) error {
		shop, err := tx.Doubts("shop", 10)
		first, failed := tx.Doubts("", 1)
		if len(shop) != 2 || shop[0].OrderID != "a" || !shop[1].Offer || len(first) != 1 {
			t.Errorf("doubts: %+v, the first %+v", shop, first)
		}
		return errors.Join(err, failed)
	})
	update(t, s, func(tx terminal.Tx) error { return errors.Join(tx.RemoveDoubt("a"), tx.RemoveDoubt("unknown")) })
	view(t, s, func(tx terminal.Tx) error {
		_, found, err := tx.Doubt("a")
		d, still, failed := tx.Doubt("b")
		if found || !still || !d.Offer {
			t.Errorf("a: %v, b: %+v", found, d)
		}
		return errors.Join(err, failed)
	})
}

// TestRemoveOrder leaves nothing behind, in no index.
func TestRemoveOrder(t *testing.T) {
	s := open(t, place(t))
	o := anEnded("gone", noon)
	update(t, s, func(tx terminal.Tx) error {
		printed := aJob("gone/grill/1/kitchen", "gone")
		printed.State, printed.Copies, printed.SentAt = terminal.JobPrinted, 1, noon
		stale := o // as it ended first, before a hub was rolled back
		stale.CompletedAt = noon.Add(time.Hour)
		return errors.Join(tx.PutOrder(stale), tx.PutOrder(o), tx.PutJob(printed), tx.PutJob(aJob("gone/grill/2/void", "gone")),
			tx.PutOrder(anEnded("kept", noon.Add(time.Minute))), tx.PutJob(aJob("kept/grill/1/kitchen", "kept")))
	})
	update(t, s, func(tx terminal.Tx) error {
		return tx.EachEndedFirst(time.Time{}, func(o order.Order) bool {
			if err := tx.RemoveOrder(o); err != nil {
				t.Error(err)
			}
			return false
		})
	})
	view(t, s, func(tx terminal.Tx) error {
		_, found, err := tx.Order("gone")
		jobs, failed := tx.JobsOf("gone")
		papers, unread := tx.Papers("shop", "grill", 10)
		if found || len(jobs) != 0 || len(papers) != 0 {
			t.Errorf("left: order %v, %d jobs, %d papers", found, len(jobs), len(papers))
		}
		if left := queue(t, tx, "shop", "grill"); len(left) != 1 || left[0] != "kept/grill/1/kitchen" {
			t.Errorf("the queue is %v", left)
		}
		return errors.Join(err, failed, unread)
	})
	if left := endedBetween(t, s, time.Time{}, time.Time{}); len(left) != 1 || left[0] != "kept" {
		t.Errorf("ended: %v", left)
	}
}

func TestForgetCounts(t *testing.T) {
	s := open(t, place(t))
	names := []string{"summary", "order/shop/2026-11-20", "ticket/shop/grill/2026-11-21", "ticket/shop/2026-11-22"}
	count := func() (counts [4]int) {
		update(t, s, func(tx terminal.Tx) (err error) {
			for i, name := range names {
				n, failed := tx.Count(name)
				counts[i], err = n, errors.Join(err, failed)
			}
			return err
		})
		return counts
	}
	count()
	update(t, s, func(tx terminal.Tx) error { return tx.ForgetCounts("2026-11-22", 100) })
	if got, want := count(), [4]int{2, 1, 1, 2}; got != want {
		t.Errorf("counts go on at %v, want %v", got, want)
	}
}
