package store_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/internal/pages"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

const pageSize = 4096

// busy is the file of a terminal in the middle of a day: 300 orders, 120 commands and 200 tickets,
// written in many transactions, so that old states of pages lie between the new ones.
func busy(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terminal.db")
	s := open(t, path)
	update(t, s, sample().put)
	for round := range 3 {
		for from := 0; from < 300; from += 20 {
			update(t, s, func(tx terminal.Tx) error {
				for i := from; i < from+20; i++ {
					o := anOrder(fmt.Sprintf("order-%03d", i), order.Accepted)
					o.Revision = int64(3 + round)
					if i%5 == 0 && round == 2 {
						o.Status, o.CompletedAt = order.Completed, noon.Add(time.Duration(i)*time.Minute)
					}
					o.Note = strings.Repeat("n", 300+i)
					if err := tx.PutOrder(o); err != nil {
						return err
					}
					if i < 200 {
						j := aJob("job-"+o.ID, o.ID)
						if round > 0 {
							j.State, j.Copies, j.Number = terminal.JobPrinted, 1, i
							j.Ticket = &terminal.Ticket{Kind: order.Kitchen, Number: o.ID, Note: strings.Repeat("t", 200)}
						}
						if err := tx.PutJob(j); err != nil {
							return err
						}
					}
					if round == 1 && i%2 == 0 {
						if _, err := tx.AddPending("shop", order.Command{ID: "command-" + o.ID, Type: order.Start, OrderID: o.ID, At: noon}); err != nil {
							return err
						}
					}
					if round == 2 && i < 60 { // the hub has them by now
						if err := tx.ConfirmPending("command-"+o.ID, noon); err != nil {
							return err
						}
					}
					if _, err := tx.Count("ticket/shop/grill/2026-11-23"); err != nil {
						return err
					}
				}
				return tx.PutCursor("shop", terminal.Cursor{Epoch: "e", Sequence: uint64(from)})
			})
		}
	}
	closeStore(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// placed is a record and the pages of the file that hold it.
type placed struct {
	bucket, key string
	value       []byte
	pages       []uint64
}

// carried are the buckets whose records must survive on whole pages.
var carried = []string{"pending", "recent", "jobs", "orders", "counters", "leases", "locations", "preferences", "meta"}

// where finds the pages of each record of a whole file.
func where(t testing.TB, data []byte) []placed {
	t.Helper()
	f := pages.New(bytes.NewReader(data), int64(len(data)))
	met := map[uint64]bool{}
	roots := map[string]uint64{}
	var list []placed
	if err := f.Walk(f.Metas[0].Root, met, func(e pages.Element) {
		root, _, inline, err := pages.Bucket(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		roots[string(e.Key)] = root
		for _, i := range inline {
			list = append(list, placed{string(e.Key), string(i.Key), i.Value, slices.Sorted(maps.Keys(met))})
		}
	}); err != nil {
		t.Fatal(err)
	}
	for name, root := range roots {
		if root == 0 || !slices.Contains(carried, name) {
			continue
		}
		below := map[uint64]bool{}
		if err := f.Walk(root, below, func(pages.Element) {}); err != nil {
			t.Fatal(err)
		}
		for id := range below {
			elements, next, err := f.Leaf(id)
			if err != nil {
				continue // the middle of a page that is longer
			}
			var on []uint64
			for p := id; p < next; p++ {
				on = append(on, p)
			}
			for _, e := range elements {
				list = append(list, placed{name, string(e.Key), e.Value, on})
			}
		}
	}
	return slices.DeleteFunc(list, func(p placed) bool { return !slices.Contains(carried, p.bucket) })
}

// damage changes a copy of the file, and names the way.
func damage(r *rand.Rand, whole []byte) (data []byte, way string) {
	data = bytes.Clone(whole)
	any := func() int { return r.IntN(len(data) / pageSize) }
	used := func() int { return r.IntN(len(data) / pageSize / 2) }
	switch r.IntN(8) {
	case 0:
		for range 1 + r.IntN(4) {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		}
		return data, "bits flipped"
	case 1: // where bbolt's own words stand
		for range 1 + r.IntN(3) {
			data[used()*pageSize+r.IntN(64)] ^= byte(1 + r.IntN(255))
		}
		return data, "page headers changed"
	case 2:
		for range 1 + r.IntN(8) {
			clear(data[any()*pageSize:][:pageSize])
		}
		return data, "pages zeroed"
	case 3:
		return data[:r.IntN(len(data))], "cut short"
	case 4:
		for range 1 + r.IntN(3) {
			p := data[used()*pageSize:][:pageSize]
			for i := range p {
				p[i] = byte(r.Uint32())
			}
		}
		return data, "pages of noise"
	case 5:
		copy(data[used()*pageSize:][:pageSize], whole[used()*pageSize:][:pageSize])
		return data, "a page in another's place"
	case 6:
		n := r.IntN(3) // one beginning, the other, both
		for id := range 2 {
			if n == id || n == 2 {
				clear(data[id*pageSize:][:pageSize])
			}
		}
		return data, "beginnings zeroed"
	default:
		from := used()
		clear(data[from*pageSize : min(len(data), (from+1+r.IntN(32))*pageSize)])
		return data, "a region zeroed"
	}
}

// damagedPages are those that differ.
func damagedPages(whole, data []byte) map[uint64]bool {
	bad := map[uint64]bool{}
	for id := range len(whole) / pageSize {
		from, to := id*pageSize, (id+1)*pageSize
		if to > len(data) || !bytes.Equal(whole[from:to], data[from:to]) {
			bad[uint64(id)] = true
		}
	}
	return bad
}

// work opens a file, and uses all of it, as a terminal does: what is damaged is salvaged.
func work(t *testing.T, path string) (s *store.Store, how string) {
	t.Helper()
	how = "opened"
	for range 4 {
		s, err := store.Open(path, store.WithClock(func() time.Time { return noon }))
		if err == nil {
			if err = exercise(s); err == nil {
				if told := salvaged(t, s); how == "opened" && told.Records > 0 {
					how = "records set aside"
				}
				return s, how
			}
			_ = s.Close()
		}
		if !errors.Is(err, store.ErrDamaged) {
			t.Fatalf("%v", err)
		}
		how = "salvaged at the start"
		if s != nil {
			how = "salvaged at work"
		}
		if _, err := store.Salvage(path, noon, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatalf("salvage: %v", err)
		}
	}
	t.Fatal("it is damaged after 4 salvages")
	return nil, ""
}

func salvaged(t *testing.T, s *store.Store) (told terminal.Salvage) {
	t.Helper()
	view(t, s, func(tx terminal.Tx) (err error) {
		told, err = tx.Salvage()
		return err
	})
	return told
}

// exercise reads everything and writes a little.
func exercise(s *store.Store) error {
	return s.Update(func(tx terminal.Tx) error {
		_, err := tx.Locations()
		errs := []error{err}
		add := func(_ any, err error) { errs = append(errs, err) }
		add(tx.Setup())
		add(tx.Torn())
		add(tx.Faults())
		add(tx.Lockouts())
		add(tx.Orderings())
		add(tx.Preferences())
		add(tx.PendingAfter(0, 1000))
		for i := range 300 {
			id := fmt.Sprintf("order-%03d", i)
			add(tx.JobsOf(id))
			add(tx.PendingOf(id))
			_, _, err := tx.Job("job-" + id)
			errs = append(errs, err)
		}
		_, _, err = tx.Lease("shop", "grill")
		errs = append(errs, err)
		_, _, err = tx.Cursor("shop")
		errs = append(errs, err)
		add(tx.Papers("shop", "grill", 10))
		add(tx.Count("ticket/shop/grill/2026-11-23"))
		add(tx.FirstEnded())
		add(tx.AddPending("shop", order.Command{ID: "new", Type: order.Start, OrderID: "order-001", At: noon}))
		return errors.Join(append(errs,
			tx.EachOrder(func(order.Order) error { return nil }),
			tx.EachActiveOrder(func(order.Order) error { return nil }),
			tx.EachEnded(time.Time{}, time.Time{}, func(order.Order) bool { return true }),
			tx.Queue("shop", "grill", func(terminal.Job) bool { return true }),
			tx.PutOrder(anOrder("new", order.Accepted)), tx.PutJob(aJob("new", "new")),
		)...)
	})
}

// Whatever is damaged, what sits on whole pages is carried over.
func TestSalvage(t *testing.T) {
	whole := busy(t)
	records := where(t, whole)
	counts := map[string]int{}
	for _, r := range records {
		counts[r.bucket]++
	}
	t.Logf("a file of %d pages: %v", len(whole)/pageSize, counts)
	runs := 30
	if os.Getenv("COMPTOIR_TORTURE") == "long" {
		runs = 1000
	}
	histogram := map[string]int{}
	var commands, lost, kept, gone, unreadable int
	for seed := range runs {
		r := rand.New(rand.NewPCG(6, uint64(seed)))
		data, way := damage(r, whole)
		bad := damagedPages(whole, data)
		path := filepath.Join(t.TempDir(), "terminal.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(data) == 0 {
			continue // to bbolt a new file
		}
		s, how := work(t, path)
		closeStore(t, s)
		has := contentsOf(t, path)
		for _, record := range records {
			if record.bucket == "meta" && slices.Contains([]string{"schema"}, record.key) {
				continue
			}
			readable := !slices.ContainsFunc(record.pages, func(p uint64) bool { return bad[p] })
			there := has[record.bucket][record.key] != nil
			if record.bucket == "counters" && readable && number(has[record.bucket][record.key]) < number(record.value) {
				t.Errorf("seed %d, %s: the counter %s went back from %s to %s", seed, way, record.key, record.value, has[record.bucket][record.key])
			}
			if record.bucket == "pending" {
				if readable {
					commands++
				} else {
					unreadable++
				}
			}
			switch {
			case there && readable:
				kept++
			case readable && record.bucket == "pending":
				lost++
				t.Errorf("seed %d, %s (%s): a readable command is lost: %x", seed, way, how, record.key)
			case readable:
				gone++
				t.Errorf("seed %d, %s (%s): lost %s %q", seed, way, how, record.bucket, record.key)
			}
		}
		histogram[fmt.Sprintf("%-26s %s", way, how)]++
		if strings.HasPrefix(how, "salvaged") {
			aside, err := filepath.Glob(path + ".aside-*")
			if err != nil || len(aside) == 0 {
				t.Errorf("seed %d: the damaged file is gone (%v)", seed, err)
			}
			if saved, err := os.ReadFile(aside[0]); err != nil || len(saved) < len(data) {
				t.Errorf("seed %d: %d bytes of %d were set aside (%v)", seed, len(saved), len(data), err)
			}
		}
	}
	for _, line := range slices.Sorted(maps.Keys(histogram)) {
		t.Logf("%4d  %s", histogram[line], line)
	}
	t.Logf("%d damaged files: %d commands on whole pages, %d of them lost; %d other commands on damaged pages; %d records carried over, %d readable ones lost",
		runs, commands, lost, unreadable, kept, gone)
}

func number(data []byte) (n int) {
	_, _ = fmt.Sscan(string(data), &n)
	return n
}

// contentsOf are the records of a file, as far as they can be read: nobody may have met all of the
// damage.
func contentsOf(t *testing.T, path string) map[string]map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := pages.New(bytes.NewReader(data), int64(len(data)))
	has := map[string]map[string][]byte{}
	_ = f.Walk(f.Metas[0].Root, map[uint64]bool{}, func(e pages.Element) {
		records := map[string][]byte{}
		has[string(e.Key)] = records
		take := func(e pages.Element) { records[string(e.Key)] = e.Value }
		root, _, inline, _ := pages.Bucket(e.Value)
		for _, i := range inline {
			take(i)
		}
		if root != 0 {
			_ = f.Walk(root, map[uint64]bool{}, take)
		}
	})
	return has
}

// Any bytes at all: no crash, no hang, and something to work with afterwards.
func TestSalvageOfAnything(t *testing.T) {
	if os.Getenv("COMPTOIR_TORTURE") != "long" { // each opens a file of some megabytes
		checks := flag.Lookup("rapid.checks").Value
		usual := checks.String()
		t.Cleanup(func() { _ = checks.Set(usual) })
		if err := checks.Set("25"); err != nil {
			t.Fatal(err)
		}
	}
	whole := busy(t)
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		data := bytes.Clone(whole)
		for range rapid.IntRange(1, 6).Draw(rt, "times") {
			at := rapid.IntRange(0, len(data)-1).Draw(rt, "at")
			if rapid.Bool().Draw(rt, "at a header") {
				at = at / pageSize * pageSize
			}
			with := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(rt, "with")
			copy(data[at:], with)
		}
		path := filepath.Join(base, fmt.Sprint(n), "terminal.db")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			rt.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			rt.Fatal(err)
		}
		s, _ := work(t, path)
		closeStore(t, s)
		if err := os.RemoveAll(filepath.Dir(path)); err != nil {
			rt.Fatal(err)
		}
	})
}
