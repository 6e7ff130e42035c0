package orderlog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/sync/wire"
)

func mustAppend(t testing.TB, b *orderlog.Bolt, o order.Order, expected int64) wire.Cursor {
	t.Helper()
	at, err := b.Append(context.Background(), o, expected)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func wantError(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// ids of all changes of a location, and of its orders, and of those open.
func ids(t testing.TB, b *orderlog.Bolt, location string) (changes, orders, open string) {
	t.Helper()
	head, err := b.Head(location)
	if err != nil {
		t.Fatal(err)
	}
	start := head
	start.Sequence = 0
	found, _, err := b.Changes(location, start, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		changes += c.OrderID + " "
	}
	listed, _, err := b.Orders(location, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range listed {
		orders += o.ID + " "
	}
	if err := b.EachOpen(location, func(o order.Order) bool { open += o.ID + " "; return true }); err != nil {
		t.Fatal(err)
	}
	return changes, orders, open
}

func TestReopen(t *testing.T) {
	path := newPath(t)
	b := open(t, path, orderlog.Options{})
	first := logtest.Sample("mtl", "a")
	mustAppend(t, b, first, 0)
	mustAppend(t, b, logtest.Sample("mtl", "b"), 0)
	at := mustAppend(t, b, logtest.Later(first), 1)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	b = open(t, path, orderlog.Options{})
	if head, err := b.Head("mtl"); err != nil || head != at {
		t.Errorf("the head is %+v, error %v; want %+v", head, err, at)
	}
	if changes, orders, open := ids(t, b, "mtl"); changes != "b a " || orders != "a b " || open != "a b " {
		t.Errorf("changes %q, orders %q, open %q", changes, orders, open)
	}
	if next := mustAppend(t, b, logtest.Sample("mtl", "c"), 0); next.Sequence != at.Sequence+1 || next.Epoch != at.Epoch {
		t.Errorf("after %+v comes %+v", at, next)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	// an older copy was put back: no cursor may count any more
	b = open(t, path, orderlog.Options{NewEpoch: true})
	_, _, err := b.Changes("mtl", at, 10)
	wantError(t, "a cursor of the former epoch", err, orderlog.ErrResync)
	head, err := b.Head("mtl")
	if err != nil || head.Epoch == at.Epoch {
		t.Errorf("the head is %+v, error %v", head, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, path, orderlog.Options{})
	if again, err := b.Head("mtl"); err != nil || again != head {
		t.Errorf("the head is %+v, error %v; want %+v", again, err, head)
	}
}

func TestOpenLocked(t *testing.T) {
	path := newPath(t)
	open(t, path, orderlog.Options{})
	_, err := orderlog.Open(path, orderlog.Options{LockTimeout: time.Millisecond})
	wantError(t, "Open", err, orderlog.ErrLocked)
}

// Whoever waits for the lock of a file that is being replaced gets the one that stands there then: what
// it stored in the other would be lost without a word.
func TestOpenReplaced(t *testing.T) {
	path := newPath(t)
	synctest.Test(t, func(t *testing.T) {
		former, err := orderlog.Open(path, orderlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan *orderlog.Bolt, 1)
		go func() {
			b, err := orderlog.Open(path, orderlog.Options{LockTimeout: time.Minute})
			if err != nil {
				t.Error(err)
			}
			opened <- b
		}()
		synctest.Wait() // it looks for the lock again and again
		kept := aside.Path(path, time.Now())
		if err := errors.Join(aside.Copy(path, path+".new"), aside.Replace(path, path+".new", kept), former.Close()); err != nil {
			t.Fatal(err)
		}
		b := <-opened
		mustAppend(t, b, logtest.Sample("mtl", "a"), 0)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]int{path: 1, kept: 0} {
			if n, err := orderlog.Inspect(file); err != nil || n != want {
				t.Errorf("%s has %d orders, error %v; want %d", file, n, err, want)
			}
		}
	})
}

func TestOpenModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	path := filepath.Join(t.TempDir(), "a", "b", "orders.db")
	open(t, path, orderlog.Options{})
	for name, want := range map[string]os.FileMode{
		path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir, filepath.Dir(filepath.Dir(path)): 0o700 | os.ModeDir,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
	}
	_, err := orderlog.Open(filepath.Join(path, "below", "orders.db"), orderlog.Options{})
	if err == nil {
		t.Error("a file was taken for a directory")
	}
}

// edit changes the file behind the log's back.
func edit(t *testing.T, path string, f func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	put := func(bucket, key, value string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte(value)) }
	}
	tests := []struct {
		name string
		edit func(*bbolt.Tx) error
		want error
		says string
	}{
		{"newer schema", put("log.meta", "schema", "4"), orderlog.ErrNewer, "schema is 4"},
		{"no version", put("log.meta", "schema", "two"), orderlog.ErrDamaged, "schema"},
		{"no epoch", put("log.meta", "epoch", ""), orderlog.ErrDamaged, "epoch"},
		{"bucket missing", func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("log.open")) }, orderlog.ErrDamaged, "log.open"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			if err := open(t, path, orderlog.Options{}).Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, path, tt.edit)
			for range 2 { // the second time too: the lock was given back
				_, err := orderlog.Open(path, orderlog.Options{})
				wantError(t, "Open", err, tt.want)
				if !strings.Contains(fmt.Sprint(err), tt.says) {
					t.Errorf("%v does not say %q", err, tt.says)
				}
			}
		})
	}

	t.Run("another program's file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		edit(t, path, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("settings")); return err })
		_, err := orderlog.Open(path, orderlog.Options{})
		if err == nil || !strings.Contains(err.Error(), "settings") {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("no database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "orders.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 2000)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := orderlog.Open(path, orderlog.Options{})
		wantError(t, "Open", err, orderlog.ErrDamaged)
	})
}

// TestDamage: one bad record is named and counted, and hides no other.
func TestDamage(t *testing.T) {
	flip := func(bucket, key string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			value := append([]byte(nil), b.Get([]byte(key))...)
			value[len(value)-2] ^= 4
			return b.Put([]byte(key), value)
		}
	}
	// stray adds a key to an index; keys begin with the location, "mtl"
	stray := func(bucket, key, value string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte(bucket)).Put([]byte("\x00\x03mtl"+key), []byte(value))
		}
	}
	const place = "\x00\x00\x00\x00\x00\x00\x00\x09" // nobody's time, nobody's sequence
	whole := [3]string{"a b c ", "a b c ", "a b c "}
	tests := []struct {
		name    string
		edit    func(*bbolt.Tx) error
		want    [3]string // changes, orders, open
		damaged int
		says    string
	}{
		{"a bit of the JSON", flip("log.orders", "b"), [3]string{"a c ", "a c ", "a c "}, 1, `log.orders, key \"b\"`},
		{"a record without end", func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("log.orders")).Put([]byte("b"), []byte{1, 2})
		}, [3]string{"a c ", "a c ", "a c "}, 1, "too short"},
		{"a later format", func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte("log.orders"))
			return b.Put([]byte("b"), append([]byte{9}, b.Get([]byte("b"))[1:]...))
		}, [3]string{"a c ", "a c ", "a c "}, 1, "unknown format 9"},
		{"the record of another order", func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte("log.orders"))
			return b.Put([]byte("b"), append([]byte(nil), b.Get([]byte("a"))...))
		}, [3]string{"a c ", "a c ", "a c "}, 1, "wrong checksum"},
		{"no JSON", func(tx *bbolt.Tx) error {
			r, err := orderlog.DecodeRecord("b", tx.Bucket([]byte("log.orders")).Get([]byte("b")))
			if err != nil {
				return err
			}
			r.Raw = []byte("{")
			return tx.Bucket([]byte("log.orders")).Put([]byte("b"), orderlog.EncodeRecord("b", r))
		}, [3]string{"a b c ", "a c ", "a c "}, 1, "unexpected end of JSON"},
		{"no record", func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("log.orders")).Delete([]byte("b"))
		}, [3]string{"a c ", "a c ", "a c "}, 3, "missing"},
		{"a change twice", stray("log.changes", place, "b"), whole, 1, "the order is not there"},
		{"a change of nobody", stray("log.changes", place+"more", "b"), whole, 1, "no sequence"},
		{"a time twice", stray("log.placed", place+"b", ""), whole, 1, "the order is not there"},
		{"a time of nobody", stray("log.placed", place, ""), whole, 1, "no id"},
		{"open and done", func(tx *bbolt.Tx) error {
			return stray("log.open", "done", "")(tx)
		}, whole, 1, "the order is not there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			b := open(t, path, orderlog.Options{})
			for _, id := range []string{"a", "b", "c"} {
				mustAppend(t, b, logtest.Sample("mtl", id), 0)
			}
			done := logtest.Sample("qc", "done")
			done.Status = order.Completed
			mustAppend(t, b, done, 0)
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, path, tt.edit)

			log := &recorder{}
			b = open(t, path, orderlog.Options{Logger: log.logger()})
			for range 2 { // said once, however often it is met
				changes, orders, open := ids(t, b, "mtl")
				if got := [3]string{changes, orders, open}; got != tt.want {
					t.Errorf("changes, orders, open: %q, want %q", got, tt.want)
				}
			}
			if n := b.Damaged(); n != tt.damaged {
				t.Errorf("%d damaged records, want %d", n, tt.damaged)
			}
			if text := log.String(); strings.Count(text, "\n") != tt.damaged || !strings.Contains(text, tt.says) {
				t.Errorf("the log does not say %q once for each of %d:\n%s", tt.says, tt.damaged, text)
			}
		})
	}
}

func TestDamageMet(t *testing.T) {
	path := newPath(t)
	b := open(t, path, orderlog.Options{})
	o := logtest.Sample("mtl", "a")
	mustAppend(t, b, o, 0)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, path, func(tx *bbolt.Tx) error {
		return errors.Join(
			tx.Bucket([]byte("log.orders")).Put([]byte("a"), []byte("x")),
			tx.Bucket([]byte("log.sequences")).Put([]byte{byte(orderlog.Shard("qc"))}, []byte("x")),
		)
	})
	b = open(t, path, orderlog.Options{})
	_, err := b.Order("a")
	wantError(t, "Order", err, orderlog.ErrDamaged)
	if !strings.Contains(fmt.Sprint(err), `bucket log.orders, key "a"`) {
		t.Errorf("%v does not name the place", err)
	}
	_, err = b.Append(t.Context(), logtest.Later(o), 1)
	wantError(t, "Append to a damaged order", err, orderlog.ErrDamaged)
	_, err = b.Append(t.Context(), logtest.Sample("qc", "b"), 0)
	wantError(t, "Append without a sequence", err, orderlog.ErrDamaged)
	_, err = b.Head("qc")
	wantError(t, "Head without a sequence", err, orderlog.ErrDamaged)
	mustAppend(t, b, logtest.Sample("mtl", "c"), 0)
}
