package hub

import (
	"context"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// A rush begins with so many changes within rushLook, and ends when there were fewer for rushOver.
const (
	rushChanges = 10
	rushLook    = 250 * time.Millisecond
	rushOver    = time.Minute
	// rushPercent is by how much the heap may grow in a rush before the garbage is collected.
	rushPercent = 400
)

// Collector is how a process' garbage collection is set; nil where the operator has set it (GOGC).
func Collector() func(percent int) (before int) {
	if _, set := os.LookupEnv("GOGC"); set {
		return nil
	}
	return debug.SetGCPercent
}

// rush spends memory on time while many orders change: collections, which take the cores for some
// milliseconds, are what the slowest deliveries wait for (docs/performance.md). At rest the hub keeps
// its memory small.
func (h *Hub) rush(ctx context.Context) error {
	if h.collect == nil {
		return nil
	}
	var changes atomic.Int64
	wake := make(chan struct{}, 1)
	defer h.log.Watch(func(string) {
		changes.Add(1)
		select {
		case wake <- struct{}{}:
		default:
		}
	})()
	rushing, usual := false, 0
	end := func() {
		if rushing {
			h.collect(usual)
			rushing = false
		}
	}
	defer end()
	var until time.Time
	for {
		var over <-chan time.Time
		if rushing {
			over = time.After(time.Until(until))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-over:
			end()
			continue
		case <-wake:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rushLook):
		}
		if changes.Swap(0) < rushChanges {
			continue
		}
		until = time.Now().Add(rushOver)
		if !rushing {
			usual, rushing = h.collect(rushPercent), true
		}
	}
}
