package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// A terminal whose file is damaged under it begins anew by itself, in the same process: it is online again,
// and takes every command.
func TestDamagedWhileItRuns(t *testing.T) {
	h := newPairHub(t)
	data := t.TempDir()
	if said, err := pairAs(t, h, data, h.code("counter-3"), "yes\n"); err != nil {
		t.Fatalf("%q, %v", said, err)
	}
	x := startHeadless(t, data)
	x.until("online", "")
	x.place("before")
	x.until("order", "")
	ruin(t, filepath.Join(data, dataFile))
	x.place("meets it")
	x.until("online", "")
	for n := range 5 {
		id := fmt.Sprint("after ", n)
		x.place(id)
		timeout := time.After(time.Minute)
		for answered := false; !answered; {
			select {
			case got := <-x.events:
				if got["event"] == "refused" && got["command"] == id {
					t.Fatalf("refused: %v", got["error"])
				}
				if o, is := got["order"].(map[string]any); is {
					first, _ := o["history"].([]any)[0].(map[string]any)
					answered = first["command"] == id
				}
			case <-timeout:
				t.Fatalf("nothing becomes of %q", id)
			}
		}
	}
	if aside, err := filepath.Glob(filepath.Join(data, "*.aside-*")); err != nil || len(aside) != 1 {
		t.Errorf("%q were set aside, %v", aside, err)
	}
}

// Damage that a transaction meets which writes may hold bbolt's locks for good: the file is salvaged in the
// same process all the same.
func TestDamageThatHoldsLocks(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, dataFile)
	file, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(tx terminal.Tx) error {
		return tx.PutOrder(order.Order{ID: "o1", Location: "plateau", Status: order.Accepted})
	}
	if err := file.Update(put); err != nil {
		t.Fatal(err)
	}
	ruin(t, path)
	if err := file.Update(put); !errors.Is(err, store.ErrDamaged) {
		t.Fatalf("got %v", err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	file, err = openStore(data, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Update(put), file.Close()); err != nil {
		t.Error(err)
	}
}

// ruin takes from every page of a bbolt file what says of which kind it is, but for its beginnings.
func ruin(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	size := int64(os.Getpagesize())
	for at := 2 * size; at < info.Size(); at += size {
		if _, err := file.WriteAt([]byte{0xff, 0xff}, at+8); err != nil {
			t.Fatal(err)
		}
	}
}
