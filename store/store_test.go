package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// place is a fresh path for a store.
func place(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "terminal.db") }

func open(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s
}

func closeStore(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, s *store.Store, f func(terminal.Tx) error) {
	t.Helper()
	if err := s.Update(f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *store.Store, f func(terminal.Tx) error) {
	t.Helper()
	if err := s.View(f); err != nil {
		t.Fatal(err)
	}
}

// edit changes the closed file behind the store's back.
func edit(t testing.TB, path string, f func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "terminal.db")
	open(t, path)
	for name, want := range map[string]os.FileMode{
		path: 0o600, filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestOpenWhereNoFileCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "terminal.db"), filepath.Join(file, "below", "terminal.db"), t.TempDir()} {
		if s, err := store.Open(path); err == nil {
			closeStore(t, s)
			t.Errorf("opened %s", path)
		}
	}
}

func TestOpenTwice(t *testing.T) {
	path := place(t)
	open(t, path)
	_, err := store.Open(path, store.WithLockTimeout(0))
	if !errors.Is(err, store.ErrInUse) {
		t.Fatalf("the second terminal got %v", err)
	}
	want := "another terminal is running on this data directory: " + filepath.Dir(path)
	if err.Error() != want {
		t.Errorf("it says %q, want %q", err, want)
	}
}

func TestReopen(t *testing.T) {
	path := place(t)
	s := open(t, path)
	want := sample()
	update(t, s, want.put)
	for range 2 {
		closeStore(t, s)
		s = open(t, path)
		view(t, s, want.check(t))
	}
	// sequences and counters go on where they were
	update(t, s, func(tx terminal.Tx) error {
		p, err := tx.AddPending("shop", order.Command{ID: "later", Type: order.Accept, OrderID: "o1"})
		if err != nil {
			return err
		}
		n, err := tx.Count("tickets")
		if p.Sequence != 2 || n != 2 {
			t.Errorf("after the reopening: sequence %d, count %d, want 2 and 2", p.Sequence, n)
		}
		return err
	})
}

func TestClosed(t *testing.T) {
	s := open(t, place(t))
	closeStore(t, s)
	nothing := func(terminal.Tx) error { return nil }
	for _, err := range []error{s.Update(nothing), s.View(nothing)} {
		if err == nil {
			t.Error("a closed store works")
		}
	}
}

func TestRollback(t *testing.T) {
	s := open(t, place(t))
	want := sample()
	cause := errors.New("no")
	err := s.Update(func(tx terminal.Tx) error {
		if err := want.put(tx); err != nil {
			return err
		}
		want.check(t)(tx) // it reports by itself
		return cause
	})
	if err != cause { // as it is, not wrapped
		t.Fatalf("f's error came back as %v", err)
	}
	view(t, s, empty(t))

	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of f was swallowed")
			}
		}()
		s.Update(func(tx terminal.Tx) error {
			if err := want.put(tx); err != nil {
				return err
			}
			panic("f fails")
		})
	}()
	view(t, s, empty(t))
	update(t, s, want.put) // and the store is not locked
	view(t, s, want.check(t))
}

func TestViewRefusesWrites(t *testing.T) {
	s := open(t, place(t))
	view(t, s, func(tx terminal.Tx) error {
		_, pending := tx.AddPending("shop", order.Command{ID: "c", OrderID: "o"})
		_, count := tx.Count("n")
		for i, err := range []error{
			tx.PutOrder(order.Order{ID: "o", Status: order.New}), pending, count,
			tx.PutCursor("shop", terminal.Cursor{}), tx.PutLocations(nil),
			tx.PutLease(terminal.Lease{Location: "shop"}), tx.PutJob(terminal.Job{Key: "k"}),
		} {
			if err == nil {
				t.Errorf("write %d passed", i)
			}
		}
		return nil
	})
}

// A terminal that was downgraded must not write what it does not understand.
func TestNewerSchema(t *testing.T) {
	path := place(t)
	closeStore(t, open(t, path))
	edit(t, path, func(b *bbolt.Tx) error {
		return b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("5"))
	})
	_, err := store.Open(path)
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "schema 5, and this version knows 4") {
		t.Fatalf("got %v", err)
	}
	edit(t, path, func(b *bbolt.Tx) error { // nothing was touched, and the lock is free
		if got := string(b.Bucket([]byte("meta")).Get([]byte("schema"))); got != "5" {
			return fmt.Errorf("schema is now %q", got)
		}
		return nil
	})
}

func TestDamagedSchema(t *testing.T) {
	for name, f := range map[string]func(*bbolt.Tx) error{
		"no number": func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("x")) },
		"zero":      func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("0")) },
		"none":      func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Delete([]byte("schema")) },
		"no bucket": func(b *bbolt.Tx) error { return b.DeleteBucket([]byte("queue")) },
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			closeStore(t, open(t, path))
			edit(t, path, f)
			if _, err := store.Open(path); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Cheap flash scrambles and loses pages at a power cut: the terminal says so and does not crash.
func TestDamagedFile(t *testing.T) {
	whole, page := bigFile(t), os.Getpagesize()
	metas, rest := whole[:2*page], len(whole)-2*page
	for name, data := range map[string][]byte{
		"no database":   bytes.Repeat([]byte("not a database "), 1000),
		"short":         whole[:100],
		"pages of 0xff": append(slices.Clip(metas), bytes.Repeat([]byte{0xff}, rest)...),
		"pages of 0":    append(slices.Clip(metas), make([]byte, rest)...),
	} {
		t.Run(name, func(t *testing.T) {
			if err := openBytes(t, data); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCutFile(t *testing.T) {
	whole, page := bigFile(t), os.Getpagesize()
	damaged := 0
	for length := 2 * page; length < len(whole); length += page {
		err := openBytes(t, whole[:length])
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("cut to %d pages: %v", length/page, err)
		}
		if err != nil {
			damaged++
		}
	}
	if damaged < 50 {
		t.Errorf("only %d cuts were noticed", damaged)
	}
}

// bigFile is a store's file with 50 orders, a page each.
func bigFile(t *testing.T) []byte {
	t.Helper()
	path := place(t)
	s := open(t, path)
	for range 2 { // the second time at the end of the file
		update(t, s, func(tx terminal.Tx) error {
			for i := range 50 {
				o := anOrder(fmt.Sprint("o", i), order.New)
				o.Note = strings.Repeat("x", 3000)
				if err := tx.PutOrder(o); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for range 5 { // so that bbolt's own pages stand at the beginning again
		update(t, s, func(tx terminal.Tx) error { return tx.PutCursor("shop", terminal.Cursor{}) })
	}
	closeStore(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// openBytes opens a store with this file, and reads all orders.
// Whoever waits for the lock of a file that is being salvaged gets the new one.
func TestOpenReplaced(t *testing.T) {
	path := place(t)
	synctest.Test(t, func(t *testing.T) {
		former, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan *store.Store, 1)
		go func() {
			s, err := store.Open(path, store.WithLockTimeout(time.Minute))
			if err != nil {
				t.Error(err)
			}
			opened <- s
		}()
		synctest.Wait() // it looks for the lock again and again
		kept := aside.Path(path, time.Now())
		if err := errors.Join(aside.Copy(path, path+".new"), aside.Replace(path, path+".new", kept), former.Close()); err != nil {
			t.Fatal(err)
		}
		s := <-opened
		update(t, s, func(tx terminal.Tx) error { return tx.PutOrder(anOrder("kept", order.Accepted)) })
		closeStore(t, s)
		if s, err = store.Open(path); err != nil {
			t.Fatal(err)
		}
		if err := s.View(func(tx terminal.Tx) error {
			if _, found, err := tx.Order("kept"); !found || err != nil {
				t.Errorf("what was stored is not where the next start looks: %v", err)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		closeStore(t, s)
	})
}

func openBytes(t *testing.T, file []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terminal.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(path)
	if err != nil {
		return err
	}
	defer closeStore(t, s)
	return s.View(func(tx terminal.Tx) error {
		return tx.EachActiveOrder(func(order.Order) error { return nil })
	})
}

// An index that names a record that is not there, or that is elsewhere, is damage as well.
func TestDamagedIndex(t *testing.T) {
	for bucket, f := range map[string]func(terminal.Tx) error{
		"orders":  func(tx terminal.Tx) error { return tx.EachActiveOrder(func(order.Order) error { return nil }) },
		"pending": func(tx terminal.Tx) error { _, err := tx.PendingOf("o1"); return err },
		"jobs": func(tx terminal.Tx) error {
			_, err := tx.JobsOf("o1")
			if _, papers := tx.Papers("shop", "grill", 1); papers == nil {
				return nil
			}
			return err
		},
	} {
		t.Run(bucket, func(t *testing.T) {
			path := place(t)
			s := open(t, path)
			update(t, s, sample().put)
			closeStore(t, s)
			edit(t, path, func(b *bbolt.Tx) error {
				if err := b.DeleteBucket([]byte(bucket)); err != nil {
					return err
				}
				_, err := b.CreateBucket([]byte(bucket))
				return err
			})
			if err := open(t, path).View(f); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The file of an older terminal has no index of papers yet, and keeps all that it has.
func TestOlderSchema(t *testing.T) {
	path := place(t)
	s, c := open(t, path), sample()
	update(t, s, c.put)
	closeStore(t, s)
	edit(t, path, func(b *bbolt.Tx) error {
		return errors.Join(b.DeleteBucket([]byte("papers")), b.DeleteBucket([]byte("preferences")), b.DeleteBucket([]byte("ended")),
			b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("1")))
	})
	c.preferences = terminal.Preferences{}
	for range 2 {
		s = open(t, path)
		view(t, s, c.check(t))
		closeStore(t, s)
	}
}
