package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// FuzzRecords puts arbitrary bytes in place of one record, or of an index entry's value, and
// uses every method: errors are fine, panics are not.
func FuzzRecords(f *testing.F) {
	origin := place(f)
	s := open(f, origin)
	update(f, s, sample().put)
	update(f, s, func(tx terminal.Tx) error {
		_, err := tx.AddPending("shop", order.Command{ID: "c2", Type: order.Accept, OrderID: "o1"})
		return errors.Join(tx.PutOrder(anOrder("o2", order.Completed)), err, tx.ConfirmPending("c2", noon), tx.PutDoubt(terminal.Doubt{OrderID: "o1", Location: "shop"}))
	})
	closeStore(f, s)
	whole, err := os.ReadFile(origin)
	if err != nil {
		f.Fatal(err)
	}
	var names [][]byte
	edit(f, origin, func(b *bbolt.Tx) error {
		return b.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			names = append(names, append([]byte{}, name...))
			_, value := bucket.Cursor().First()
			f.Add(uint8(len(names)-1), append([]byte{}, value...))
			return nil
		})
	})
	for i := range names {
		for _, data := range []string{"", "null", "{}", "[]", "0", "-1", `{"id":`, "\xff", "00000000o1"} {
			f.Add(uint8(i), []byte(data))
		}
	}
	f.Add(uint8(slices.IndexFunc(names, func(n []byte) bool { return string(n) == "jobs" })), []byte(`{"first":18446744073709551615,"place":"AA==","job":{"key":"j1","state":"queued"}}`))

	path := filepath.Join(f.TempDir(), "terminal.db")
	f.Fuzz(func(t *testing.T, bucket uint8, data []byte) {
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		edit(t, path, func(b *bbolt.Tx) error {
			in := b.Bucket(names[int(bucket)%len(names)])
			key, _ := in.Cursor().First()
			return in.Put(append([]byte{}, key...), data)
		})
		s, err := store.Open(path)
		if err != nil {
			return
		}
		defer closeStore(t, s)
		if err := s.View(useReads); err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("reads: %v", err)
		}
		rolledBack := errors.New("rolled back")
		if err := s.Update(func(tx terminal.Tx) error {
			return errors.Join(useWrites(tx), useReads(tx), rolledBack)
		}); !errors.Is(err, rolledBack) {
			t.Errorf("writes: %v", err)
		}
	})
}

func useReads(tx terminal.Tx) error {
	_, _, err1 := tx.Order("o1")
	_, err2 := tx.PendingAfter(0, 10)
	_, err3 := tx.PendingOf("o1")
	_, _, err4 := tx.Cursor("shop")
	_, err5 := tx.Locations()
	_, _, err6 := tx.Lease("shop", "grill")
	_, _, err7 := tx.Job("j1")
	_, err8 := tx.JobsOf("o1")
	nothing := func(order.Order) error { return nil }
	err9 := tx.Queue("shop", "grill", func(terminal.Job) bool { return true })
	_, err10 := tx.Papers("shop", "grill", 8)
	_, err11 := tx.Preferences()
	err12 := tx.EachEnded(time.Time{}, noon, func(order.Order) bool { return true })
	_, err13 := tx.FirstEnded()
	_, err14 := tx.RecentOf("o1")
	_, err15 := tx.Doubts("", 10)
	_, _, err16 := tx.Doubt("o1")
	return errors.Join(err14, err15, err16, err12, err13, err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, tx.EachOrder(nothing), tx.EachActiveOrder(nothing))
}

func useWrites(tx terminal.Tx) error {
	c := sample()
	ended := c.job
	ended.State = terminal.JobPrinted
	_, err := tx.AddPending("shop", c.pending.Command)
	_, forgetting := tx.ForgetRecent(noon, 10, 10)
	visiting := tx.EachEndedFirst(time.Time{}, func(o order.Order) bool { err = errors.Join(err, tx.RemoveOrder(o)); return true })
	return errors.Join(c.put(tx), tx.PutJob(ended), err, tx.RefusePending("c1", noon), forgetting, visiting, tx.ForgetCounts("2026-11-23", 10))
}
