//go:build linux

package store_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// benchOrder is about 2 KB of JSON, and open where i says so.
func benchOrder(i int) order.Order {
	o := anOrder(fmt.Sprintf("order-%06d", i), order.Completed)
	if i%100 == 0 {
		o.Status = order.Accepted
	}
	o.Note = strings.Repeat("n", 200)
	for len(o.Lines) < 6 {
		o.Lines = append(o.Lines, o.Lines[0])
	}
	return o
}

// filled is a store with n orders.
func filled(b *testing.B, n int) *store.Store {
	b.Helper()
	s := open(b, place(b))
	for from := 0; from < n; from += 1000 {
		update(b, s, func(tx terminal.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				if err := tx.PutOrder(benchOrder(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s
}

// rawFile appends 4 KB and syncs: what the disk can do.
func rawFile(b *testing.B) func() {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	block := make([]byte, 4096)
	return func() {
		if _, err := file.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommit compares, in rounds of 10, transactions (changed orders, new jobs, the cursor)
// with raw appends: xR4K is orders per raw append, by the medians of the rounds.
func BenchmarkCommit(b *testing.B) {
	payload, err := json.Marshal(benchOrder(0))
	if err != nil {
		b.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		orders int
		jobs   int // per order
	}{{"order", 1, 0}, {"order+2jobs", 1, 2}, {"64orders", 64, 0}, {"64orders+64jobs", 64, 1}} {
		b.Run(test.name, func(b *testing.B) {
			const perRound, stored = 10, 20_000
			s, raw := filled(b, stored), rawFile(b)
			var raws, commits []time.Duration
			changed := make([]order.Order, perRound*test.orders)
			next := 0
			for b.Loop() {
				for i := range changed {
					next++
					changed[i] = benchOrder(next * 7919 % stored)
				}
				start := time.Now()
				for range perRound {
					raw()
				}
				raws = append(raws, time.Since(start))
				start = time.Now()
				for batch := range slices.Chunk(changed, test.orders) {
					update(b, s, func(tx terminal.Tx) error {
						for i, o := range batch {
							if err := tx.PutOrder(o); err != nil {
								return err
							}
							for k := range test.jobs {
								j := aJob(fmt.Sprint(o.ID, "/", next, "/", i, "/", k), o.ID)
								if err := tx.PutJob(j); err != nil {
									return err
								}
							}
						}
						return tx.PutCursor("shop", terminal.Cursor{Sequence: uint64(next)})
					})
				}
				commits = append(commits, time.Since(start))
			}
			slices.Sort(raws)
			slices.Sort(commits)
			r, c := raws[len(raws)/2], commits[len(commits)/2]
			b.ReportMetric(float64(test.orders)*float64(r)/float64(c), "xR4K")
			b.ReportMetric(float64(r.Microseconds())/perRound, "raw-us")
			b.ReportMetric(float64(c.Microseconds())/perRound, "commit-us")
			b.ReportMetric(float64(len(payload)), "order-bytes")
		})
	}
}

func BenchmarkOrder(b *testing.B) {
	const stored = 100_000
	s := filled(b, stored)
	i := 0
	for b.Loop() {
		i++
		view(b, s, func(tx terminal.Tx) error {
			_, found, err := tx.Order(fmt.Sprintf("order-%06d", i*7919%stored))
			if err == nil && !found {
				err = os.ErrNotExist
			}
			return err
		})
	}
}

// BenchmarkPapers reads the last eight of few and of many: their number must not matter.
func BenchmarkPapers(b *testing.B) {
	for _, stored := range []int{10, 10_000} {
		b.Run(fmt.Sprint("8of", stored), func(b *testing.B) {
			s := open(b, place(b))
			update(b, s, func(tx terminal.Tx) error {
				for i := range stored {
					j := aJob(fmt.Sprint("job", i), fmt.Sprint("order", i))
					j.State, j.Copies, j.SentAt = terminal.JobSent, 1, noon.Add(time.Duration(i)*time.Minute)
					j.Ticket = &terminal.Ticket{Lines: benchOrder(i).Lines}
					if err := tx.PutJob(j); err != nil {
						return err
					}
				}
				return nil
			})
			for b.Loop() {
				view(b, s, func(tx terminal.Tx) error {
					jobs, err := tx.Papers("shop", "grill", 8)
					if err == nil && len(jobs) != 8 {
						err = os.ErrNotExist
					}
					return err
				})
			}
		})
	}
}

// BenchmarkQueue looks at the first job, as a printer does, and at ten, of short and long
// queues: the length must not matter.
func BenchmarkQueue(b *testing.B) {
	for _, length := range []int{10, 10_000} {
		s := open(b, place(b))
		update(b, s, func(tx terminal.Tx) error {
			for i := range length {
				if err := tx.PutJob(aJob(fmt.Sprint("job", i), fmt.Sprint("order", i))); err != nil {
					return err
				}
			}
			return nil
		})
		for _, visits := range []int{1, 10} {
			b.Run(fmt.Sprintf("%dof%d", visits, length), func(b *testing.B) {
				for b.Loop() {
					view(b, s, func(tx terminal.Tx) error {
						left := visits
						return tx.Queue("shop", "grill", func(terminal.Job) bool { left--; return left > 0 })
					})
				}
			})
		}
	}
}

// BenchmarkEndedOfADay reads the 300 orders of a day among 10,000.
func BenchmarkEndedOfADay(b *testing.B) {
	const stored, ofDay = 10_000, 300
	s := open(b, place(b))
	update(b, s, func(tx terminal.Tx) error {
		for i := range stored {
			o := benchOrder(i)
			o.Status, o.CompletedAt = order.Completed, noon.Add(time.Duration(i)*24*time.Hour/ofDay)
			if err := tx.PutOrder(o); err != nil {
				return err
			}
		}
		return nil
	})
	for b.Loop() {
		if got := len(endedBetween(b, s, noon.Add(240*time.Hour), noon.Add(264*time.Hour))); got != ofDay {
			b.Fatalf("%d orders", got)
		}
	}
}
