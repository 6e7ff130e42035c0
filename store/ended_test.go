package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

func anEnded(id string, at time.Time) order.Order {
	o := anOrder(id, order.Completed)
	o.CompletedAt = at
	return o
}

// endedBetween lists ids, the last one that ended first.
func endedBetween(t rapid.TB, s *store.Store, from, before time.Time) []string {
	t.Helper()
	var ids []string
	err := s.View(func(tx terminal.Tx) error {
		return tx.EachEnded(from, before, func(o order.Order) bool { ids = append(ids, o.ID); return true })
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestEachEnded(t *testing.T) {
	s := open(t, place(t))
	update(t, s, func(tx terminal.Tx) error {
		rejected := anEnded("rejected", noon.Add(2*time.Hour))
		rejected.Status = order.Rejected
		return errors.Join(tx.PutOrder(anEnded("b", noon.Add(time.Hour))), tx.PutOrder(anEnded("a", noon)),
			tx.PutOrder(anOrder("open", order.Ready)), tx.PutOrder(rejected))
	})
	var never time.Time
	for _, test := range []struct {
		from, before time.Time
		want         []string
	}{
		{never, never, []string{"rejected", "b", "a"}},
		{noon, noon.Add(time.Hour), []string{"a"}},
		{noon.Add(1), never, []string{"rejected", "b"}},
		{never, noon.Add(2 * time.Hour), []string{"b", "a"}},
		{never, noon, nil},
		{noon.Add(3 * time.Hour), never, nil},
	} {
		if got := endedBetween(t, s, test.from, test.before); !slices.Equal(got, test.want) {
			t.Errorf("from %v before %v: got %v, want %v", test.from, test.before, got, test.want)
		}
	}
	view(t, s, func(tx terminal.Tx) error {
		visited := 0
		err := tx.EachEnded(never, never, func(order.Order) bool { visited++; return false })
		first, failed := tx.FirstEnded()
		if visited != 1 || !first.Equal(noon) {
			t.Errorf("visited %d orders, want 1; the first ended at %v, want noon", visited, first)
		}
		return errors.Join(err, failed)
	})
	// a hub that was rolled back opens an order again
	update(t, s, func(tx terminal.Tx) error { return tx.PutOrder(anOrder("a", order.Ready)) })
	if got := endedBetween(t, s, never, never); !slices.Equal(got, []string{"rejected", "b"}) {
		t.Errorf("after one was opened again: %v", got)
	}
	view(t, s, func(tx terminal.Tx) error {
		first, err := tx.FirstEnded()
		if !first.Equal(noon.Add(time.Hour)) {
			t.Errorf("then the first ended at %v", first)
		}
		return err
	})
}

// Whatever is stored, and however often, the index is what a look at all orders says.
func TestEndedIsWhatTheOrdersSay(t *testing.T) {
	path := place(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := store.Open(path, store.WithLockTimeout(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		known := map[string]order.Order{}
		err = s.Update(func(tx terminal.Tx) error { // what other rounds left is open, and so not listed
			var old []order.Order
			if err := tx.EachOrder(func(o order.Order) error { old = append(old, o); return nil }); err != nil {
				return err
			}
			for _, o := range old {
				o.Status = order.Ready
				if err := tx.PutOrder(o); err != nil {
					return err
				}
			}
			for range rapid.IntRange(1, 30).Draw(t, "puts") {
				o := anEnded(fmt.Sprint("o", rapid.IntRange(0, 8).Draw(t, "id")), noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "at"))))
				o.Status = rapid.SampledFrom([]order.Status{order.Completed, order.Rejected, order.Expired, order.Accepted}).Draw(t, "status")
				known[o.ID] = o
				if err := tx.PutOrder(o); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		from := noon.Add(time.Duration(rapid.IntRange(-4, 4).Draw(t, "from")))
		before := noon.Add(time.Duration(rapid.IntRange(-4, 4).Draw(t, "before")))
		want := slices.DeleteFunc(slices.Collect(maps.Values(known)), func(o order.Order) bool {
			return o.Status.Open() || o.CompletedAt.Before(from) || !o.CompletedAt.Before(before)
		})
		slices.SortFunc(want, func(a, b order.Order) int {
			return -cmp.Or(a.CompletedAt.Compare(b.CompletedAt), cmp.Compare(a.ID, b.ID))
		})
		var ids []string
		for _, o := range want {
			ids = append(ids, o.ID)
		}
		if got := endedBetween(t, s, from, before); !slices.Equal(got, ids) {
			t.Errorf("got %v, want %v", got, ids)
		}
	})
}

// The file of a terminal that had no such index gets one when it is opened, once.
func TestOlderFileGetsTheIndex(t *testing.T) {
	path := place(t)
	s := open(t, path)
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(tx.PutOrder(anEnded("a", noon)), tx.PutOrder(anOrder("open", order.New)), tx.PutOrder(anEnded("b", noon.Add(1))))
	})
	closeStore(t, s)
	edit(t, path, func(b *bbolt.Tx) error {
		return errors.Join(b.DeleteBucket([]byte("ended")), b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("2")))
	})
	for range 2 {
		s = open(t, path)
		if got := endedBetween(t, s, time.Time{}, time.Time{}); !slices.Equal(got, []string{"b", "a"}) {
			t.Errorf("got %v", got)
		}
		closeStore(t, s)
	}
}
