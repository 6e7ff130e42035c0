package store_test

import (
	"cmp"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// model is what the store should do with jobs and pending commands, without any index.
type model struct {
	jobs    []terminal.Job // as first stored
	pending []terminal.Pending
}

func (m *model) clone() *model {
	return &model{slices.Clone(m.jobs), slices.Clone(m.pending)}
}

func (m *model) putJob(j terminal.Job) {
	if i := slices.IndexFunc(m.jobs, func(o terminal.Job) bool { return o.Key == j.Key }); i >= 0 {
		m.jobs[i] = j
		return
	}
	m.jobs = append(m.jobs, j)
}

func (m *model) queue(location, station string) []terminal.Job {
	list := filter(m.jobs, func(j terminal.Job) bool {
		return j.Location == location && j.Station == station && !j.State.Ended()
	})
	slices.SortStableFunc(list, func(a, b terminal.Job) int { return a.Due.Compare(b.Due) })
	return list
}

// papers are the jobs of which there are copies, the last one first.
func (m *model) papers(location, station string, n int) []terminal.Job {
	list := filter(m.jobs, func(j terminal.Job) bool {
		return j.Location == location && j.Station == station && j.Copies > 0
	})
	slices.SortStableFunc(list, func(a, b terminal.Job) int { return a.SentAt.Compare(b.SentAt) })
	slices.Reverse(list)
	return list[:min(n, len(list)):len(list)]
}

func filter[T any](list []T, keep func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

var (
	names  = []string{"a", "a\x00", "\x00", "b"}
	states = []terminal.JobState{
		terminal.JobQueued, terminal.JobSending, terminal.JobUnconfirmed, terminal.JobPrinted,
		terminal.JobSent, terminal.JobDropped, terminal.JobElsewhere, terminal.JobIdle, terminal.JobDiscarded,
	}
	dues = []time.Time{{}, time.Unix(-1, 5).UTC(), noon, noon.Add(1), noon.Add(time.Hour)}
)

// step makes one random write, in the store and in the model.
func (m *model) step(t *rapid.T, tx terminal.Tx) error {
	name := rapid.SampledFrom(names)
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0, 1:
		j := terminal.Job{
			Key: name.Draw(t, "key") + name.Draw(t, "version"), OrderID: name.Draw(t, "order"),
			Location: name.Draw(t, "location"), Station: name.Draw(t, "station"),
			Due: rapid.SampledFrom(dues).Draw(t, "due"), State: rapid.SampledFrom(states).Draw(t, "state"),
			Copies: rapid.IntRange(0, 2).Draw(t, "copies"), SentAt: rapid.SampledFrom(dues).Draw(t, "sent"),
		}
		m.putJob(j)
		return tx.PutJob(j)
	case 2:
		c := order.Command{ID: name.Draw(t, "command"), OrderID: name.Draw(t, "order")}
		got, err := tx.AddPending("shop", c)
		if i := slices.IndexFunc(m.pending, func(p terminal.Pending) bool { return p.Command.ID == c.ID }); i >= 0 {
			if !reflect.DeepEqual(got, m.pending[i]) {
				t.Fatalf("added again: got %+v, want %+v", got, m.pending[i])
			}
			return err
		}
		if n := len(m.pending); n > 0 && got.Sequence <= m.pending[n-1].Sequence {
			t.Fatalf("sequence %d after %d", got.Sequence, m.pending[n-1].Sequence)
		}
		m.pending = append(m.pending, terminal.Pending{Sequence: got.Sequence, Location: "shop", Command: c})
		return err
	default:
		id := name.Draw(t, "command")
		m.pending = filter(m.pending, func(p terminal.Pending) bool { return p.Command.ID != id })
		return tx.RefusePending(id, noon)
	}
}

func (m *model) check(t *rapid.T, tx terminal.Tx) {
	equal := func(what string, got, want any, err error) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: error %v\n got %+v\nwant %+v", what, err, got, want)
		}
	}
	waiting := map[[2]string][]terminal.Job{}
	err := tx.Queues(func(j terminal.Job) bool {
		place := [2]string{j.Location, j.Station}
		waiting[place] = append(waiting[place], j)
		return true
	})
	for _, a := range names {
		for _, b := range names {
			equal("queues", waiting[[2]string{a, b}], m.queue(a, b), err)
			var got []terminal.Job
			err := tx.Queue(a, b, func(j terminal.Job) bool { got = append(got, j); return true })
			equal("queue", got, m.queue(a, b), err)
			n := rapid.IntRange(1, 3).Draw(t, "papers")
			papers, err := tx.Papers(a, b, n)
			equal("papers", papers, m.papers(a, b, n), err)
		}
		got, err := tx.JobsOf(a)
		equal("jobs of order", got, filter(m.jobs, func(j terminal.Job) bool { return j.OrderID == a }), err)
		pending, err := tx.PendingOf(a)
		equal("pending of order", pending, filter(m.pending, func(p terminal.Pending) bool { return p.Command.OrderID == a }), err)
	}
	for _, want := range m.jobs {
		got, found, err := tx.Job(want.Key)
		equal("job", got, want, err)
		equal("found", found, true, nil)
	}
	after := rapid.Uint64Range(0, 10).Draw(t, "after")
	limit := rapid.IntRange(1, 5).Draw(t, "limit")
	want := filter(m.pending, func(p terminal.Pending) bool { return p.Sequence > after })
	got, err := tx.PendingAfter(after, limit)
	equal("pending after", got, want[:min(limit, len(want)):len(want)], err)
	equal("sorted", slices.IsSortedFunc(m.pending, func(a, b terminal.Pending) int { return cmp.Compare(a.Sequence, b.Sequence) }), true, nil)
}

// Whatever is written, committed, rolled back and opened again, indexes and records agree.
func TestModel(t *testing.T) {
	dir, cause := t.TempDir(), errors.New("rolled back")
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		path := filepath.Join(dir, time.Duration(run).String(), "terminal.db")
		s, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		m := &model{}
		for range rapid.IntRange(1, 8).Draw(t, "transactions") {
			next := m.clone()
			commit := rapid.IntRange(0, 3).Draw(t, "commit") > 0
			err := s.Update(func(tx terminal.Tx) error {
				for range rapid.IntRange(1, 12).Draw(t, "writes") {
					if err := next.step(t, tx); err != nil {
						return err
					}
				}
				next.check(t, tx)
				if !commit {
					return cause
				}
				return nil
			})
			switch {
			case commit && err != nil, !commit && !errors.Is(err, cause):
				t.Fatal(err)
			case commit:
				m = next
			}
			if rapid.IntRange(0, 5).Draw(t, "reopen") == 0 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if s, err = store.Open(path); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.View(func(tx terminal.Tx) error { m.check(t, tx); return nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
}
