package doctor

import (
	"context"
	"sync"
	"time"
)

// How often a terminal is examined: while somebody looks at the findings, and else.
const (
	watchClosely = 5 * time.Second
	watchSeldom  = 30 * time.Second
)

// Watch keeps the newest report of a doctor.
type Watch struct {
	doctor  *Doctor
	changed func()
	wake    chan struct{}

	mu      sync.Mutex
	closely bool
	report  *Report
}

// NewWatch returns a watch; changed runs after each examination.
func NewWatch(d *Doctor, changed func()) *Watch {
	return &Watch{doctor: d, changed: changed, wake: make(chan struct{}, 1)}
}

// Report is the newest; false before the first.
func (w *Watch) Report() (Report, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.report == nil {
		return Report{}, false
	}
	return *w.report, true
}

// Closely examines at once and then often, or seldom again. It never waits.
func (w *Watch) Closely(on bool) {
	w.mu.Lock()
	w.closely = on
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run examines until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	for {
		report := w.doctor.Examine(ctx)
		if ctx.Err() != nil {
			return
		}
		w.mu.Lock()
		w.report = &report
		pause := watchSeldom
		if w.closely {
			pause = watchClosely
		}
		w.mu.Unlock()
		w.changed()
		timer := time.NewTimer(pause)
		select {
		case <-w.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}
