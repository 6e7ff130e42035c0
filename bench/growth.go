package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"comptoir/bench/internal/report"
	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

const (
	growthAim = 1.1
	// updates is how often each order changes.
	updates = 10
	// together is how many orders share a commit.
	together = 64
)

// growth measures what updates leave behind in the files: the size after each order has changed
// ten times, in that after all were inserted.
func (b *bench) growth(ctx context.Context) ([]report.Table, error) {
	number := b.of(20_000, 300)
	source, err := b.source()
	if err != nil {
		return nil, err
	}
	states := make([]order.Order, 0, number)
	for n := range number {
		life, err := source.life(n, fmt.Sprintf("location-%d", n%10))
		if err != nil {
			return nil, err
		}
		states = append(states, life[1])
	}
	t := report.Table{
		Title: fmt.Sprintf("O. The files after %d updates of each of %d orders", updates, number),
		Head:  []string{"case", "MB inserted", "MB updated", "x", "aim", ""},
		Notes: []string{"Whole files, as the disk holds them; in random order; an update is a new revision of the same size, so that the files alone can grow."},
	}
	for _, c := range []struct {
		name string
		run  func(context.Context, string, []order.Order) (inserted, updated int64, err error)
	}{{"the hub's log", growLog}, {"the terminal's store", growStore}} {
		inserted, updated, err := c.run(ctx, b.dir, slices.Clone(states))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		r := float64(updated) / float64(inserted)
		megabytes := func(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }
		t.Add(c.name, megabytes(inserted), megabytes(updated), report.Ratio(r), fmt.Sprintf("<= %.2f", growthAim), report.AtMost(r, growthAim))
	}
	return []report.Table{t}, nil
}

// grow stores the states and then new revisions of them, and tells the file's sizes.
func grow(ctx context.Context, path string, states []order.Order, commit func([]order.Order) error) (inserted, updated int64, err error) {
	for round := range updates + 1 {
		for some := range slices.Chunk(states, together) {
			if err := errors.Join(ctx.Err(), commit(some)); err != nil {
				return 0, 0, err
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, 0, err
		}
		if updated = info.Size(); round == 0 {
			inserted = updated
		}
		rand.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
		for i := range states {
			states[i].Revision++
		}
	}
	return inserted, updated, nil
}

func growLog(ctx context.Context, dir string, states []order.Order) (inserted, updated int64, err error) {
	path := filepath.Join(dir, "growth", "hub.db")
	log, err := orderlog.Open(path, orderlog.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	stored := map[string]int64{} // revisions
	return grow(ctx, path, states, func(some []order.Order) error {
		failures := make(chan error, len(some))
		for _, o := range some {
			expected := stored[o.ID]
			stored[o.ID] = o.Revision
			go func() {
				_, err := log.Append(ctx, o, expected)
				failures <- err
			}()
		}
		var failed []error
		for range some {
			failed = append(failed, <-failures)
		}
		return errors.Join(failed...)
	})
}

func growStore(ctx context.Context, dir string, states []order.Order) (inserted, updated int64, err error) {
	path := filepath.Join(dir, "growth", "terminal.db")
	file, err := store.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return grow(ctx, path, states, func(some []order.Order) error {
		return file.Update(func(tx terminal.Tx) error {
			for _, o := range some {
				if err := tx.PutOrder(o); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
