package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/staff"
	"comptoir/store"
	"comptoir/terminal"
)

// FuzzMeta puts arbitrary bytes in place of each record that there is one of: reading it gives a
// value or ErrDamaged, and the others can still be read.
func FuzzMeta(f *testing.F) {
	names := []string{"faults", "lockouts", "orderings", "refusals", "setup", "torn"}
	reads := map[string]func(terminal.Tx) error{
		"faults":    func(tx terminal.Tx) error { _, err := tx.Faults(); return err },
		"lockouts":  func(tx terminal.Tx) error { _, err := tx.Lockouts(); return err },
		"orderings": func(tx terminal.Tx) error { _, err := tx.Orderings(); return err },
		"refusals":  func(tx terminal.Tx) error { _, err := tx.Refusals(); return err },
		"setup":     func(tx terminal.Tx) error { _, err := tx.Setup(); return err },
		"torn":      func(tx terminal.Tx) error { _, err := tx.Torn(); return err },
	}
	origin := place(f)
	s := open(f, origin)
	update(f, s, func(tx terminal.Tx) error {
		return errors.Join(
			tx.PutFaults([]terminal.FaultPeriod{{}}), tx.PutLockouts(map[string]staff.Lockout{"luc": {}}), tx.PutOrderings(terminal.Orderings{}),
			tx.PutRefusals([]terminal.Refusal{{Command: order.Command{ID: "c1", Type: order.MarkReady, OrderID: "o1"}, Kind: order.NotPossible, At: noon}}),
			tx.PutSetup(terminal.Setup{}), tx.PutTorn(map[string][]terminal.Ticket{"grill": nil}),
		)
	})
	closeStore(f, s)
	whole, err := os.ReadFile(origin)
	if err != nil {
		f.Fatal(err)
	}
	edit(f, origin, func(b *bbolt.Tx) error {
		for i, name := range names {
			f.Add(uint8(i), bytes.Clone(b.Bucket([]byte("meta")).Get([]byte(name))))
			for _, data := range []string{"", "null", "{}", "[]", "0", `{"id":`, "\xff", `[{"at":"9999-99-99"}]`} {
				f.Add(uint8(i), []byte(data))
			}
		}
		return nil
	})
	path := filepath.Join(f.TempDir(), "terminal.db")
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		name := names[int(which)%len(names)]
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		edit(t, path, func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Put([]byte(name), data) })
		s, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer closeStore(t, s)
		for other, read := range reads {
			if err := s.View(read); err != nil && (other != name || !errors.Is(err, store.ErrDamaged)) {
				t.Errorf("%s, with %s damaged: %v", other, name, err)
			}
		}
	})
}

// Refusals are there again after a restart, whole and in their sequence.
func TestRefusals(t *testing.T) {
	path := place(t)
	s := open(t, path)
	want := []terminal.Refusal{
		{Command: order.Command{ID: "c1", Type: order.MarkReady, OrderID: "o1"}, Kind: order.NotPossible, Cause: order.AlreadyCancelled, At: noon},
		{Command: order.Command{ID: "c2", Type: order.Accept, OrderID: "o2"}, Kind: order.NotFound, Detail: "o2", At: noon.Add(time.Minute), Read: true},
	}
	update(t, s, func(tx terminal.Tx) error { return tx.PutRefusals(want) })
	closeStore(t, s)
	s = open(t, path)
	defer closeStore(t, s)
	if err := s.View(func(tx terminal.Tx) error {
		got, err := tx.Refusals()
		if len(got) != 2 || got[0].Command.ID != "c1" || got[1].Detail != "o2" || !got[1].Read || !got[1].At.Equal(want[1].At) {
			t.Errorf("got %+v", got)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
