package orderlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
	"comptoir/internal/fixture"
	"comptoir/order"
)

// TestSchema1 opens a log that the release before retention wrote. Nobody took note of its hours:
// all of it stays hot, and every cursor counts, until its hours are behind the horizon.
func TestSchema1(t *testing.T) {
	now := logtest.Epoch.AddDate(1, 0, 0)
	b := open(t, fixture.Unzip(t, "testdata/schema1.db.gz", "hub.db"), orderlog.Options{Now: func() time.Time { return now }})
	head, err := b.Head("shop")
	if err != nil || head.Sequence != 3 {
		t.Fatalf("the head is %+v, error %v", head, err)
	}
	early := head
	early.Sequence = 1
	changes, _, err := b.Changes("shop", early, 10)
	if err != nil || len(changes) != 2 {
		t.Errorf("%d changes, error %v; want 2", len(changes), err)
	}
	early.Sequence = 0
	hot, _, err := b.Hot("shop", early, 10)
	if err != nil || len(hot) != 3 {
		t.Errorf("%d hot orders, error %v; want 3", len(hot), err)
	}
	o := logtest.Sample("shop", "d")
	mustAppend(t, b, o, 0)
	now = now.AddDate(0, 1, 0)
	hot, _, err = b.Hot("shop", early, 10)
	if err != nil || len(hot) != 3 { // a, c and d are open; b has ended
		t.Errorf("%d hot orders a month later, error %v; want 3", len(hot), err)
	}
}

// TestSchema2 opens a log that no index of new orders was kept for.
func TestSchema2(t *testing.T) {
	path := newPath(t)
	b := open(t, path, orderlog.Options{})
	for id, status := range map[string]order.Status{"new": order.New, "accepted": order.Accepted, "damaged": order.New} {
		o := logtest.Sample("shop", id)
		o.Status = status
		mustAppend(t, b, o, 0)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, path, func(tx *bbolt.Tx) error {
		return errors.Join(
			tx.DeleteBucket([]byte("log.new")),
			tx.Bucket([]byte("log.meta")).Put([]byte("schema"), []byte("2")),
			tx.Bucket([]byte("log.orders")).Put([]byte("damaged"), []byte("?")),
		)
	})
	b = open(t, path, orderlog.Options{})
	var found []string
	if err := b.EachNew("shop", func(o order.Order) bool { found = append(found, o.ID); return true }); err != nil || !slices.Equal(found, []string{"new"}) {
		t.Errorf("new are %v, error %v", found, err)
	}
}

// TestHotOfMany: what a full resync costs does not grow with what has ended.
func TestHotOfMany(t *testing.T) {
	const ended = 10_000
	now := logtest.Epoch
	b := open(t, newPath(t), orderlog.Options{Now: func() time.Time { return now }})
	var group sync.WaitGroup
	for writer := range 64 { // they share commits
		group.Go(func() {
			for i := writer; i < ended; i += 64 {
				o := logtest.Sample("mtl", fmt.Sprint("ended ", i))
				o.Status, o.CompletedAt = order.Completed, now
				if _, err := b.Append(t.Context(), o, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	now = now.Add(73 * time.Hour)
	mustAppend(t, b, logtest.Sample("mtl", "open"), 0)
	start, err := b.Head("mtl")
	if err != nil {
		t.Fatal(err)
	}
	start.Sequence = 0
	hot, head, err := b.Hot("mtl", start, 64)
	if err != nil || len(hot) != 1 || hot[0].OrderID != "open" || orderlog.Next(hot, head, 64) != head {
		t.Errorf("%d hot orders, error %v; want the open one alone", len(hot), err)
	}
	t.Logf("a full resync of %d ended orders carries %d", ended, len(hot))
}

// A damaged hour keeps no terminal out: those beside it tell enough.
func TestDamagedHour(t *testing.T) {
	now := logtest.Epoch
	clock := orderlog.Options{Now: func() time.Time { return now }, Retention: orderlog.Retention{Hot: 24 * time.Hour, Absence: 24 * time.Hour}}
	path := newPath(t)
	b := open(t, path, clock)
	for n := range 5 {
		o := logtest.Sample("shop", fmt.Sprint("o", n))
		o.Status = order.Completed
		mustAppend(t, b, o, 0)
		now = now.Add(12 * time.Hour)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, path, func(tx *bbolt.Tx) error {
		hours := tx.Bucket([]byte("log.hours"))
		c := hours.Cursor()
		c.First()
		c.Next()
		c.Next()
		k, _ := c.Next() // what is hot and what is not meet there
		return hours.Put(bytes.Clone(k), []byte("x"))
	})
	b = open(t, path, clock)
	head, err := b.Head("shop")
	if err != nil {
		t.Fatal(err)
	}
	beginning := head
	beginning.Sequence = 0
	hot, _, err := b.Hot("shop", beginning, 10)
	if err != nil || len(hot) != 1 {
		t.Errorf("%d hot orders, error %v; want the last one", len(hot), err)
	}
	if _, _, err = b.Changes("shop", head, 10); err != nil {
		t.Errorf("changes from the end: %v", err)
	}
	if b.Damaged() != 1 {
		t.Errorf("%d reported as damaged", b.Damaged())
	}
}
