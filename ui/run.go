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
	group.Go(func() { w.errands.run(ctx, func(errand model.Errand) { errand(ctx) }) })
	group.Go(func() { w.loads.run(ctx, func(load model.Errand) { load(ctx) }) })
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

// worker carries out one thing after the other, so that no finger waits for the disk.
type worker[T any] struct {
	mu   sync.Mutex
	list []T
	wake chan struct{}
}

func newWorker[T any]() *worker[T] { return &worker[T]{wake: make(chan struct{}, 1)} }

func (w *worker[T]) add(one T) {
	w.mu.Lock()
	w.list = append(w.list, one)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run ends with ctx; what was asked before is still carried out.
func (w *worker[T]) run(ctx context.Context, carryOut func(T)) {
	for {
		w.mu.Lock()
		list := w.list
		w.list = nil
		w.mu.Unlock()
		for _, one := range list {
			carryOut(one)
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
	}
}
