package ui

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
)

// Run keeps the window up to date, and carries out what fingers ask for, until ctx ends. It
// calls drawn once, when the window first shows the terminal's state.
func (w *Window) Run(ctx context.Context, drawn func()) {
	var group sync.WaitGroup
	group.Go(func() { w.work.run(ctx, w.options.Controller.CarryOut) })
	group.Go(func() { w.follow(ctx, drawn) })
	group.Wait()
}

// follow draws one state after the other. Never more than one waits to be drawn: what changes
// meanwhile is in the next.
func (w *Window) follow(ctx context.Context, drawn func()) {
	for {
		next := w.look()
		changes := w.changed(next)
		done := make(chan struct{})
		fyne.Do(func() {
			start := time.Now()
			w.show(next, changes)
			if w.options.Busy != nil {
				w.options.Busy(time.Since(start))
			}
			close(done)
		})
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
		if drawn != nil {
			drawn()
			drawn = nil
		}
		minute := time.NewTimer(w.options.Controller.NextMinute())
		select {
		case <-w.options.Waker:
		case <-minute.C:
		case <-ctx.Done():
		}
		minute.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// worker carries out plans one after the other, so that no finger waits for the disk.
type worker struct {
	mu    sync.Mutex
	plans []model.Plan
	wake  chan struct{}
}

func newWorker() *worker { return &worker{wake: make(chan struct{}, 1)} }

func (w *worker) add(plan model.Plan) {
	if plan.Empty() {
		return
	}
	w.mu.Lock()
	w.plans = append(w.plans, plan)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run ends with ctx; what was asked before is still carried out.
func (w *worker) run(ctx context.Context, carryOut func(model.Plan)) {
	for {
		w.mu.Lock()
		plans := w.plans
		w.plans = nil
		w.mu.Unlock()
		for _, plan := range plans {
			carryOut(plan)
		}
		if len(plans) > 0 {
			continue
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
	}
}
