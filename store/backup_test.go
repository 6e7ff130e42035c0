package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

var quiet = slog.New(slog.DiscardHandler)

// backUp keeps the open store's file as it is now.
func backUp(t testing.TB, s *store.Store) string {
	t.Helper()
	snapshot, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = snapshot.Close() }()
	data, err := io.ReadAll(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func restore(t testing.TB, from, path string, now time.Time) terminal.Salvage {
	t.Helper()
	s, err := store.Restore(from, path, now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pend(t testing.TB, s *store.Store, id, orderID string) {
	t.Helper()
	update(t, s, func(tx terminal.Tx) error {
		_, err := tx.AddPending("shop", order.Command{ID: id, Type: order.Start, OrderID: orderID, At: noon})
		return err
	})
}

func confirm(t testing.TB, s *store.Store, id string) {
	t.Helper()
	update(t, s, func(tx terminal.Tx) error { return tx.ConfirmPending(id, noon) })
}

func ticketNumber(t testing.TB, s *store.Store) (n int) {
	t.Helper()
	update(t, s, func(tx terminal.Tx) (err error) {
		n, err = tx.Count("ticket/shop/grill/2026-11-23")
		return err
	})
	return n
}

func waiting(t testing.TB, s *store.Store) (ids []string) {
	t.Helper()
	view(t, s, func(tx terminal.Tx) error {
		pending, err := tx.PendingAfter(0, 1000)
		for _, p := range pending {
			ids = append(ids, p.Command.ID)
		}
		return err
	})
	return ids
}

func jobOf(t testing.TB, s *store.Store, key string) (j terminal.Job) {
	t.Helper()
	view(t, s, func(tx terminal.Tx) (err error) {
		var found bool
		if j, found, err = tx.Job(key); err == nil && !found {
			return fmt.Errorf("job %s is gone", key)
		}
		return err
	})
	return j
}

func paper(state terminal.JobState, key string) terminal.Job {
	j := aJob(key, "o-"+key)
	j.State, j.Due = state, noon
	if state == terminal.JobPrinted {
		j.Copies, j.Number, j.Ticket = 1, 7, &terminal.Ticket{Kind: order.Kitchen, Number: "7"}
	}
	return j
}

// A backup that is put back over the file that was in use: its settings count again, and nothing is
// undone of what the terminal has promised, printed or counted since.
func TestRestoreKeepsWhatCameSince(t *testing.T) {
	path := place(t)
	s := open(t, path)
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(
			tx.PutSetup(terminal.Setup{Removed: []string{"as it was"}}),
			tx.PutHubAhead(time.Hour),
			tx.PutJob(paper(terminal.JobQueued, "in doubt")), tx.PutJob(paper(terminal.JobQueued, "came out")),
			tx.PutCursor("shop", terminal.Cursor{Epoch: "e", Sequence: 9}),
		)
	})
	pend(t, s, "waits", "o1")
	pend(t, s, "sent since", "o1")
	pend(t, s, "refused since", "o1")
	before := ticketNumber(t, s)
	from := backUp(t, s)
	confirm(t, s, "sent since")
	pend(t, s, "tapped since", "o1")
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(
			tx.RefusePending("refused since", noon),
			tx.PutSetup(terminal.Setup{Removed: []string{"wrong"}}),
			tx.PutJob(paper(terminal.JobPrinted, "came out")), tx.PutJob(paper(terminal.JobQueued, "made since")),
			tx.PutRefusals([]terminal.Refusal{{Command: order.Command{ID: "refused since"}}}),
		)
	})
	for range 40 {
		before = ticketNumber(t, s)
	}
	if _, err := store.Restore(from, path, noon, quiet); !errors.Is(err, store.ErrInUse) {
		t.Fatalf("while the terminal runs: %v", err)
	}
	closeStore(t, s)

	told := restore(t, from, path, noon.Add(time.Minute))
	if told.Commands != 2 || told.Tickets != 2 || !told.Restored || !told.Doubt || told.Aside == "" {
		t.Errorf("it tells %+v", told)
	}
	if want := noon.Add(time.Hour + time.Minute); !told.At.Equal(want) || !told.Until.Equal(want) {
		t.Errorf("at %v, until %v; by the hub's clock it is %v", told.At, told.Until, want)
	}
	s = open(t, path)
	if got := fmt.Sprint(waiting(t, s)); got != "[waits tapped since]" {
		t.Errorf("the commands %s go to the hub", got)
	}
	for key, want := range map[string]terminal.Heading{"in doubt": terminal.HeadingNone, "made since": terminal.HeadingNone} {
		if j := jobOf(t, s, key); j.State != terminal.JobQueued || j.Heading != want {
			t.Errorf("%s: %s, headed %q", key, j.State, j.Heading)
		}
	}
	if j := jobOf(t, s, "came out"); j.State != terminal.JobPrinted {
		t.Errorf("what came out since is %s", j.State)
	}
	view(t, s, func(tx terminal.Tx) error {
		setup, err := tx.Setup()
		if err != nil || fmt.Sprint(setup.Removed) != "[as it was]" {
			t.Errorf("the printers are %v, %v", setup, err)
		}
		if refusals, err := tx.Refusals(); err != nil || len(refusals) != 1 {
			t.Errorf("a refusal that nobody has read: %v, %v", refusals, err)
		}
		if _, found, err := tx.Cursor("shop"); err != nil || found {
			t.Errorf("there is a cursor: %v", err)
		}
		recent, err := tx.RecentOf("o1")
		if err != nil || len(recent) != 1 || recent[0].Command.ID != "sent since" {
			t.Errorf("confirmed: %v, %v", recent, err)
		}
		return err
	})
	first := ticketNumber(t, s)
	if first <= before {
		t.Errorf("number %d comes after %d", first, before)
	}
	pend(t, s, "after", "o1")
	confirm(t, s, "waits")
	confirm(t, s, "after")
	closeStore(t, s)

	// the same backup once more
	restore(t, from, path, noon.Add(time.Hour))
	s = open(t, path)
	if again := ticketNumber(t, s); again <= first {
		t.Errorf("number %d comes after %d", again, first)
	}
	if got := fmt.Sprint(waiting(t, s)); got != "[tapped since]" {
		t.Errorf("the commands %s go to the hub", got)
	}
}

// On a new machine nobody knows what came of the backup's tickets, nor how far its clock is off.
func TestRestoreElsewhere(t *testing.T) {
	s := open(t, place(t))
	update(t, s, func(tx terminal.Tx) error {
		later := paper(terminal.JobQueued, "later")
		later.Due = noon.Add(48 * time.Hour)
		return errors.Join(
			tx.PutJob(paper(terminal.JobQueued, "due")), tx.PutJob(later), tx.PutJob(paper(terminal.JobPrinted, "out")),
			tx.PutHubAhead(-5*time.Hour),
		)
	})
	pend(t, s, "waits", "o1")
	before := ticketNumber(t, s)
	from := backUp(t, s)
	closeStore(t, s)
	path := filepath.Join(t.TempDir(), "new", "terminal.db")
	told := restore(t, from, path, noon.Add(24*time.Hour))
	if told.Aside != "" || told.Commands != 1 || told.Tickets != 2 || !told.At.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("it tells %+v", told)
	}
	s = open(t, path)
	view(t, s, func(tx terminal.Tx) error {
		ahead, err := tx.HubAhead()
		same(t, "hub's clock", ahead, time.Duration(0), true, err)
		return nil
	})
	for key, want := range map[string]terminal.Heading{"due": terminal.HeadingDuplicate, "later": terminal.HeadingNone} {
		if j := jobOf(t, s, key); j.Heading != want {
			t.Errorf("%s is headed %q, want %q", key, j.Heading, want)
		}
	}
	if n := ticketNumber(t, s); n < before+1000 {
		t.Errorf("number %d may have come since number %d", n, before)
	}
	var fresh int
	update(t, s, func(tx terminal.Tx) (err error) {
		fresh, err = tx.Count("ticket/shop/bar/2026-11-24")
		return err
	})
	if fresh < 1000 {
		t.Errorf("another station's number %d may have come since", fresh)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("files are left over: %q, %v", left, err)
	}
}

// What is no backup is refused, and changes nothing; a damaged file in use stands in nobody's way.
func TestRestoreRefuses(t *testing.T) {
	path := place(t)
	s := open(t, path)
	pend(t, s, "waits", "o1")
	from := backUp(t, s)
	pend(t, s, "tapped since", "o2")
	closeStore(t, s)
	whole, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		bad := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return bad
	}
	newer, foreign := write("newer", whole), filepath.Join(t.TempDir(), "foreign")
	edit(t, newer, func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Put([]byte("schema"), []byte("99")) })
	edit(t, foreign, func(b *bbolt.Tx) error { _, err := b.CreateBucket([]byte("else")); return err })
	for bad, want := range map[string]error{
		write("empty", nil): store.ErrDamaged, write("half", whole[:len(whole)/2]): store.ErrDamaged,
		write("words", []byte(strings.Repeat("words ", 5000))): store.ErrDamaged,
		newer: store.ErrNewer, foreign: store.ErrForeign, filepath.Join(t.TempDir(), "none"): os.ErrNotExist,
	} {
		if _, err := store.Restore(bad, path, noon, quiet); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", filepath.Base(bad), err, want)
		}
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("files are left over: %q, %v", left, err)
	}
	// names that a restore uses itself
	for _, own := range []string{".copy", ".new"} {
		if err := os.WriteFile(path+own, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := store.Restore(path+own, path, noon, quiet)
		kept, lost := os.ReadFile(path + own)
		if !errors.Is(err, aside.ErrOwnName) || lost != nil || !bytes.Equal(kept, whole) {
			t.Errorf("a backup that is called %s: %v, and then %v", own, err, lost)
		}
		if err := os.Remove(path + own); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, path)
	if got := fmt.Sprint(waiting(t, s)); got != "[waits tapped since]" {
		t.Errorf("it has %s", got)
	}
	closeStore(t, s)

	if err := os.WriteFile(path, []byte(strings.Repeat("words ", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	restore(t, from, path, noon)
	s = open(t, path)
	if got := fmt.Sprint(waiting(t, s)); got != "[waits]" {
		t.Errorf("over a damaged file it has %s", got)
	}
}

// Whatever happens between a backup and its return, on this machine's file or on another's: every
// command that no hub has is there once, in the order in which it was given, and the file is whole.
func TestRestoreJoins(t *testing.T) {
	base, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		path := filepath.Join(base, fmt.Sprint(n), "terminal.db")
		given, confirmed := 0, map[string]bool{}
		var list []string
		work := func(s *store.Store, label string) {
			for range rapid.IntRange(0, 8).Draw(rt, label) {
				id := fmt.Sprint("c", given)
				switch rapid.IntRange(0, 3).Draw(rt, "what") {
				case 0, 1:
					given++
					list = append(list, id)
					pend(t, s, id, fmt.Sprint("o", rapid.IntRange(0, 2).Draw(rt, "order")))
				case 2:
					if there := waiting(t, s); len(there) > 0 {
						known := rapid.SampledFrom(there).Draw(rt, "confirmed")
						confirm(t, s, known)
						confirmed[known] = true
					}
				default:
					ticketNumber(t, s)
				}
			}
		}
		s, err := store.Open(path)
		if err != nil {
			rt.Fatal(err)
		}
		work(s, "before")
		from := backUp(t, s)
		old := map[string]bool{}
		for id := range confirmed {
			old[id] = true
		}
		if rapid.Bool().Draw(rt, "another machine") { // the disk has gone, and with it what came before
			closeStore(t, s)
			if err := os.RemoveAll(filepath.Dir(path)); err != nil {
				rt.Fatal(err)
			}
			if s, err = store.Open(path); err != nil {
				rt.Fatal(err)
			}
			confirmed = old
		}
		for range rapid.IntRange(1, 2).Draw(rt, "times") {
			work(s, "since")
			last := ticketNumber(t, s)
			closeStore(t, s)
			restore(t, from, path, noon)
			if s, err = store.Open(path); err != nil {
				rt.Fatal(err)
			}
			if next := ticketNumber(t, s); next <= last {
				rt.Errorf("number %d after %d", next, last)
			}
			var want []string
			for _, id := range list {
				if !confirmed[id] {
					want = append(want, id)
				}
			}
			if got := waiting(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
				rt.Errorf("it has %v, want %v", got, want)
			}
		}
		closeStore(t, s)
		if _, err := store.Inspect(path); err != nil {
			rt.Error(err)
		}
	})
}

// A summary stands for tickets that have ended with it, and is of no order: whatever the file goes
// through, it is still to be printed.
func TestSummarySurvives(t *testing.T) {
	summary := terminal.Job{
		Key: "summary/counter-1/1", Location: "shop", Station: "grill", Kind: terminal.KindSummary, Version: 1,
		Owner: "counter-1", Due: noon, State: terminal.JobQueued,
		Ticket: &terminal.Ticket{Kind: terminal.KindSummary, Summary: []terminal.Summary{{Kind: order.Kitchen, Number: "A1"}}},
	}
	for how, goThrough := range map[string]func(t *testing.T, path string){
		"salvaged": func(t *testing.T, path string) {
			if _, err := store.Salvage(path, noon, quiet); err != nil {
				t.Fatal(err)
			}
		},
		"restored": func(t *testing.T, path string) {
			s := open(t, path)
			from := backUp(t, s)
			closeStore(t, s)
			restore(t, from, path, noon)
		},
		"records set aside": func(t *testing.T, path string) {
			edit(t, path, func(b *bbolt.Tx) error { return b.Bucket([]byte("meta")).Put([]byte("torn"), []byte("{")) })
			s := open(t, path)
			defer closeStore(t, s)
			update(t, s, func(tx terminal.Tx) error {
				_, err := tx.Torn()
				return err
			})
		},
	} {
		t.Run(how, func(t *testing.T) {
			path := place(t)
			s := open(t, path)
			update(t, s, func(tx terminal.Tx) error { return tx.PutJob(summary) })
			closeStore(t, s)
			goThrough(t, path)
			s = open(t, path)
			defer closeStore(t, s)
			jobOf(t, s, summary.Key)
			if told := salvaged(t, s); how != "restored" && told.Doubt || len(told.Missing) > 1 {
				t.Errorf("told %+v", told)
			}
			waits := 0
			view(t, s, func(tx terminal.Tx) error {
				return tx.Queue("shop", "grill", func(terminal.Job) bool { waits++; return true })
			})
			if waits != 1 {
				t.Errorf("%d tickets wait, want the summary", waits)
			}
		})
	}
}

// The power fails after a salvaged file is in its place, and before the marker is gone. The next
// start salvages it again: it looks whole by then, and must not forget what it lacks.
func TestSalvagedTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "terminal.db")
	data := busy(t)
	clear(data[:2*pageSize]) // both beginnings
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := store.Salvage(path, noon, quiet)
	if err != nil || !first.Doubt || len(first.Missing) == 0 {
		t.Fatalf("salvaged %+v (%v)", first, err)
	}
	if err := os.WriteFile(path+".damaged", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, how := work(t, path)
	defer closeStore(t, s)
	told := salvaged(t, s)
	if how != "salvaged at the start" || !told.Doubt || told.Until.Before(first.Until) {
		t.Errorf("%s: told %+v, want the doubt of %+v", how, told, first)
	}
	for _, kind := range first.Missing {
		if !slices.Contains(told.Missing, kind) {
			t.Errorf("nobody hears that %s are missing", kind)
		}
	}
}
