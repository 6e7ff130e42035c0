package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

func TestDamagedRecord(t *testing.T) {
	read := map[string]func(terminal.Tx) error{
		"orders":    func(tx terminal.Tx) error { _, _, err := tx.Order("o1"); return err },
		"pending":   func(tx terminal.Tx) error { _, err := tx.PendingAfter(0, 10); return err },
		"cursors":   func(tx terminal.Tx) error { _, _, err := tx.Cursor("shop"); return err },
		"locations": func(tx terminal.Tx) error { _, err := tx.Locations(); return err },
		"leases":    func(tx terminal.Tx) error { _, _, err := tx.Lease("shop", "grill"); return err },
		"jobs":      func(tx terminal.Tx) error { _, _, err := tx.Job("j1"); return err },
		"counters":  func(tx terminal.Tx) error { _, err := tx.Count("tickets"); return err },

		"preferences":      func(tx terminal.Tx) error { _, err := tx.Preferences(); return err },
		"pendingByCommand": func(tx terminal.Tx) error { return tx.RefusePending("c1", noon) },
	}
	more := map[string][]func(terminal.Tx) error{
		"orders": {
			func(tx terminal.Tx) error { return tx.EachOrder(func(order.Order) error { return nil }) },
			func(tx terminal.Tx) error { return tx.EachActiveOrder(func(order.Order) error { return nil }) },
		},
		"pending": {func(tx terminal.Tx) error { _, err := tx.PendingOf("o1"); return err }},
		"jobs": {
			func(tx terminal.Tx) error { _, err := tx.JobsOf("o1"); return err },
			func(tx terminal.Tx) error { return tx.Queue("shop", "grill", func(terminal.Job) bool { return true }) },
			func(tx terminal.Tx) error { _, err := tx.Papers("shop", "grill", 1); return err },
			func(tx terminal.Tx) error { return tx.PutJob(aJob("j1", "o1")) },
		},
	}
	for bucket, f := range read {
		t.Run(bucket, func(t *testing.T) {
			path := place(t)
			s := open(t, path)
			update(t, s, sample().put)
			closeStore(t, s)
			var key []byte
			edit(t, path, func(b *bbolt.Tx) error {
				c := b.Bucket([]byte(bucket)).Cursor()
				k, _ := c.First()
				key = append(key, k...)
				return b.Bucket([]byte(bucket)).Put(key, []byte(`{"id":`))
			})
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range append(more[bucket], f) {
				if err := os.WriteFile(path, whole, 0o600); err != nil {
					t.Fatal(err)
				}
				s = open(t, path)
				err := s.View(f)
				if !errors.Is(err, store.ErrDamaged) {
					t.Fatalf("got %v", err)
				}
				for _, part := range []string{"bucket " + bucket, fmt.Sprintf("key %q", key)} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q does not name %s", err, part)
					}
				}
				setAside(t, s, bucket, key)
				update(t, s, f) // it is out of the way
				closeStore(t, s)
				if err := os.WriteFile(path, whole, 0o600); err != nil {
					t.Fatal(err)
				}
				s = open(t, path)
				update(t, s, f) // a transaction that writes does not even fail
				setAside(t, s, bucket, key)
				closeStore(t, s)
			}
		})
	}
}

// What is set aside while the terminal works is told by the hub's clock, as the tickets are that may have
// come out.
func TestDamagedRecordByTheHubsClock(t *testing.T) {
	path := place(t)
	s := open(t, path)
	update(t, s, sample().put)
	update(t, s, func(tx terminal.Tx) error { return tx.PutHubAhead(time.Hour) })
	closeStore(t, s)
	edit(t, path, func(b *bbolt.Tx) error { return b.Bucket([]byte("jobs")).Put([]byte("j1"), []byte(`{"id":`)) })
	s, err := store.Open(path, store.WithClock(func() time.Time { return noon }))
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	var told terminal.Salvage
	update(t, s, func(tx terminal.Tx) (err error) {
		if _, _, err := tx.Job("j1"); err != nil {
			return err
		}
		told, err = tx.Salvage()
		return err
	})
	if want := noon.Add(time.Hour); !told.At.Equal(want) || !told.Until.Equal(want) || !told.Doubt {
		t.Errorf("it tells %+v", told)
	}
}

// setAside wants the record `{"id":` to be in the file that the store names, and no longer in the
// store; damaged index entries are made anew, and nothing is said of them.
func setAside(t *testing.T, s *store.Store, bucket string, key []byte) {
	t.Helper()
	var told terminal.Salvage
	view(t, s, func(tx terminal.Tx) (err error) {
		told, err = tx.Salvage()
		if _, found, _ := tx.Cursor("shop"); found && told.Records > 0 {
			t.Error("the cursor is kept, so that the hub would not be asked")
		}
		return err
	})
	if strings.HasPrefix(bucket, "pendingBy") {
		if told.Records != 0 {
			t.Errorf("an index is told of: %+v", told)
		}
		return
	}
	data, err := os.ReadFile(told.Aside)
	if err != nil || told.Records != 1 || told.Heard || told.Doubt != (bucket == "jobs") {
		t.Fatalf("told %+v (%v)", told, err)
	}
	var aside struct {
		Bucket     string
		Key, Value []byte
	}
	if err := json.Unmarshal(data, &aside); err != nil || aside.Bucket != bucket || string(aside.Key) != string(key) || string(aside.Value) != `{"id":` {
		t.Errorf("set aside: %s (%v)", data, err)
	}
}
