package orderlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
)

// recorder keeps what was logged.
type recorder struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func (r *recorder) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

// put writes one key of a bucket of the tests.
func put(key string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("test"))
		if err != nil {
			return err
		}
		return b.Put([]byte(key), []byte("1"))
	}
}

func has(t *testing.T, b *orderlog.Bolt, key string) bool {
	t.Helper()
	found := false
	err := b.View(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte("test"))
		found = bucket != nil && bucket.Get([]byte(key)) != nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// hold makes the committer wait in a transaction until release is called.
func hold(b *orderlog.Bolt) (release func()) {
	held, free := make(chan struct{}), make(chan struct{})
	go func() {
		_ = b.Update(context.Background(), func(*bbolt.Tx) error {
			close(held)
			<-free
			return nil
		})
	}()
	<-held
	return func() { close(free) }
}

// TestUpdateNeighbours: operations that fail take nothing with them, and leave nothing.
func TestUpdateNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, newPath(t), orderlog.Options{})
		errMine := errors.New("mine")
		commits := func() (n int) {
			if err := b.View(func(tx *bbolt.Tx) error { n = tx.ID(); return nil }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		release := hold(b)
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				if err := b.Update(t.Context(), put(fmt.Sprintf("good-%d", i))); err != nil {
					t.Errorf("good %d: %v", i, err)
				}
			})
			group.Go(func() {
				_, err := b.Append(t.Context(), logtest.Sample("mtl", fmt.Sprint(i)), 0)
				if err != nil {
					t.Errorf("append %d: %v", i, err)
				}
			})
			group.Go(func() {
				_, err := b.Append(t.Context(), logtest.Later(logtest.Sample("mtl", "none")), 1)
				wantError(t, "append to no order", err, orderlog.ErrConflict)
			})
			group.Go(func() {
				err := b.Update(t.Context(), func(tx *bbolt.Tx) error {
					if err := put(fmt.Sprintf("bad-%d", i))(tx); err != nil {
						return err
					}
					return errMine
				})
				wantError(t, "an update that fails", err, errMine)
			})
			group.Go(func() {
				err := b.Update(t.Context(), func(tx *bbolt.Tx) error {
					if err := put(fmt.Sprintf("worse-%d", i))(tx); err != nil {
						return err
					}
					panic("at the disco")
				})
				if err == nil || !strings.Contains(err.Error(), "at the disco") {
					t.Errorf("an update that panics: %v", err)
				}
			})
		}
		synctest.Wait() // all forty stand in the queue
		before := commits()
		release()
		group.Wait()
		// the held one and, together, the other good ones
		if n := commits() - before; n > 2 {
			t.Errorf("%d commits, want 2: no group", n)
		}
		for i := range 8 {
			if !has(t, b, fmt.Sprintf("good-%d", i)) || has(t, b, fmt.Sprintf("bad-%d", i)) || has(t, b, fmt.Sprintf("worse-%d", i)) {
				t.Errorf("%d: a good update is lost or a failed one left something", i)
			}
		}
		if changes, _, _ := ids(t, b, "mtl"); len(strings.Fields(changes)) != 8 {
			t.Errorf("changes of %q", changes)
		}
		if head, err := b.Head("mtl"); err != nil || head.Sequence != 8 {
			t.Errorf("the head is %+v, error %v: a rolled back operation took a sequence", head, err)
		}
	})
}

// TestContextWithdraws: what the committer has not taken is withdrawn; what it has is answered.
func TestContextWithdraws(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, newPath(t), orderlog.Options{})
		release := hold(b)
		ctx, cancel := context.WithCancel(t.Context())
		outcome := make(chan error, 1)
		go func() {
			_, err := b.Append(ctx, logtest.Sample("mtl", "a"), 0)
			outcome <- err
		}()
		synctest.Wait()
		cancel()
		wantError(t, "a waiting Append", <-outcome, context.Canceled)
		release()
		_, err := b.Order("a")
		wantError(t, "Order", err, orderlog.ErrNotFound)

		ctx, cancel = context.WithCancel(t.Context())
		err = b.Update(ctx, func(tx *bbolt.Tx) error {
			cancel()
			return put("taken")(tx)
		})
		if err != nil || !has(t, b, "taken") {
			t.Errorf("an Update that was cancelled while it ran: %v", err)
		}
	})
}

// TestCloseDrains: what was given before Close is stored, what comes after is refused.
func TestCloseDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := newPath(t)
		b := open(t, path, orderlog.Options{})
		release := hold(b)
		var group sync.WaitGroup
		for i := range 5 {
			group.Go(func() {
				if _, err := b.Append(t.Context(), logtest.Sample("mtl", fmt.Sprint(i)), 0); err != nil {
					t.Errorf("Append: %v", err)
				}
			})
		}
		synctest.Wait()
		group.Go(func() {
			if err := b.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		synctest.Wait()
		wantError(t, "Update after Close", b.Update(t.Context(), put("late")), orderlog.ErrClosed)
		release()
		group.Wait()
		wantError(t, "View after Close", b.View(func(*bbolt.Tx) error { return nil }), orderlog.ErrClosed)
		b = open(t, path, orderlog.Options{})
		if changes, _, _ := ids(t, b, "mtl"); len(strings.Fields(changes)) != 5 {
			t.Errorf("stored: %q", changes)
		}
	})
}

// TestPanics: what callers do wrong ends neither the committer nor the hub.
func TestPanics(t *testing.T) {
	log := &recorder{}
	b := open(t, newPath(t), orderlog.Options{Logger: log.logger()})
	if err := b.View(func(*bbolt.Tx) error { panic("reader") }); err == nil || !strings.Contains(err.Error(), "reader") {
		t.Errorf("View: %v", err)
	}
	heard := make(chan string, 1)
	cancelBad := b.Watch(func(string) { panic("watcher") })
	defer b.Watch(func(location string) { heard <- location })()
	mustAppend(t, b, logtest.Sample("mtl", "a"), 0)
	if got := <-heard; got != "mtl" {
		t.Errorf("heard of %q", got)
	}
	cancelBad()
	mustAppend(t, b, logtest.Sample("qc", "b"), 0) // the committer is through with the first
	<-heard
	if text := log.String(); strings.Count(text, "watcher of the order log failed") != 1 {
		t.Errorf("logged: %s", text)
	}
}

// TestCommitFails: everybody hears of it, also the watchers, since the outcome is unknown.
func TestCommitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, newPath(t), orderlog.Options{})
		o := logtest.Sample("mtl", "a")
		mustAppend(t, b, o, 0)
		heard := make(chan string, 10)
		defer b.Watch(func(location string) { heard <- location })()
		if err := b.BreakDisk(); err != nil {
			t.Fatal(err)
		}
		_, err := b.Append(t.Context(), logtest.Later(o), 1)
		if err == nil || !strings.Contains(err.Error(), "commit:") || errors.Is(err, orderlog.ErrConflict) {
			t.Errorf("Append: %v", err)
		}
		if got := <-heard; got != "mtl" {
			t.Errorf("heard of %q", got)
		}
	})
}
