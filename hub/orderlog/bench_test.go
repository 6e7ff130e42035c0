//go:build linux

package orderlog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
	"comptoir/order"
)

// preloaded is how many orders the benchmarks begin with.
const preloaded = 20_000

// BenchmarkAppend compares the log with R4K: 4 KB appended to a plain file and synced, one
// after another, in the same run. The disk is shared, so the two take short turns and xR4K is
// the median of the turns. Aims: 0.35 with 1 writer, 1 with 8, 4 with 64.
func BenchmarkAppend(b *testing.B) {
	l := preload(b)
	raw := newRawFile(b)
	next := preloaded
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			const turns = 21
			n := b.N/(turns*writers*len(life)) + 1 // orders of each writer in a turn
			var ratios, rates []float64
			for range turns {
				b.StopTimer()
				baseline := raw.rate(b, 2*len(life)*n)
				b.StartTimer()
				took := live(b, l, next, n, writers)
				next += n * writers
				rate := float64(n*writers*len(life)) / took.Seconds()
				rates, ratios = append(rates, rate), append(ratios, rate/baseline)
			}
			b.ReportMetric(median(ratios), "xR4K")
			b.ReportMetric(median(rates), "orders/s")
			b.ReportMetric(0, "ns/op") // the turns are not b.N
		})
	}
}

func BenchmarkOrder(b *testing.B) {
	l := preload(b)
	for n := 0; b.Loop(); n++ {
		if _, err := l.Order(orderID(n * 7919 % preloaded)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOrdersNewest200(b *testing.B) {
	l := preload(b)
	for b.Loop() {
		orders, _, err := l.Orders(benchLocation(0), "", 200)
		if err != nil || len(orders) != 200 {
			b.Fatal(len(orders), err)
		}
	}
}

func BenchmarkRawOrdersNewest200(b *testing.B) {
	l := preload(b)
	for b.Loop() {
		orders, _, err := l.RawOrders(benchLocation(0), "", 200)
		if err != nil || len(orders) != 200 {
			b.Fatal(len(orders), err)
		}
	}
}

// BenchmarkChanges50 is what one terminal costs after an absence.
func BenchmarkChanges50(b *testing.B) {
	l := preload(b)
	head, err := l.Head(benchLocation(0))
	if err != nil {
		b.Fatal(err)
	}
	after := head
	after.Sequence = 0
	for b.Loop() {
		changes, _, err := l.Changes(benchLocation(0), after, 50)
		if err != nil || len(changes) != 50 {
			b.Fatal(len(changes), err)
		}
	}
}

func orderID(n int) string       { return order.Identity("bench", fmt.Sprint(n)) }
func benchLocation(n int) string { return fmt.Sprintf("location-%d", n%10) }

// life is what the log sees of an order.
var life = [...]order.Status{order.New, order.Preparing, order.Ready, order.Completed}

func benchOrder(n int) order.Order {
	o := logtest.Sample(benchLocation(n), orderID(n))
	o.PlacedAt = logtest.Epoch.Add(time.Duration(n) * time.Second)
	return o
}

// preload makes a log of orders that are done, as most are.
func preload(b *testing.B) *orderlog.Bolt {
	b.Helper()
	l := open(b, newPath(b), orderlog.Options{})
	var group sync.WaitGroup
	const writers = 512
	for w := range writers {
		group.Go(func() {
			for n := w; n < preloaded; n += writers {
				o := benchOrder(n)
				o.Status = order.Completed
				if _, err := l.Append(context.Background(), o, 0); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return l
}

// live takes n orders of each writer through their lives, and says how long it took.
func live(b *testing.B, l *orderlog.Bolt, first, n, writers int) time.Duration {
	b.Helper()
	var group sync.WaitGroup
	start := time.Now()
	for w := range writers {
		group.Go(func() {
			for i := range n {
				o := benchOrder(first + w*n + i)
				for step, status := range life {
					o.Status, o.Revision = status, int64(step+1)
					if _, err := l.Append(context.Background(), o, int64(step)); err != nil {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	return time.Since(start)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

type rawFile struct{ *os.File }

func newRawFile(b *testing.B) rawFile {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return rawFile{f}
}

// rate is how many appends of 4 KB a second reach the disk.
func (f rawFile) rate(b *testing.B, n int) float64 {
	b.Helper()
	block := make([]byte, 4096)
	start := time.Now()
	for range n {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}
