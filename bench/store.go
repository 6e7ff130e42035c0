package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// storeCase is a row of the terminal store's table.
type storeCase struct {
	name         string
	together     int // changes in a transaction
	transactions int // in a round
	aim          float64
}

// terminalStore compares what a terminal commits, orders and cursor in one transaction, with R4K.
func (b *bench) terminalStore(ctx context.Context) (tables []report.Table, err error) {
	source, err := b.source()
	if err != nil {
		return nil, err
	}
	file, err := store.Open(filepath.Join(b.dir, "store", "terminal.db"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err := newRaw(filepath.Join(b.dir, "store.raw"))
	if err != nil {
		return nil, err
	}
	defer raw.Close()

	made := 0
	changes := func(n int) ([]order.Order, error) {
		all := make([]order.Order, 0, n+8)
		for len(all) < n {
			made++
			states, err := source.life(made, "plateau")
			if err != nil {
				return nil, err
			}
			all = append(all, states...)
		}
		return all[:n], nil
	}
	stored := b.of(5000, 100)
	all, err := changes(stored * 5)
	if err != nil {
		return nil, err
	}
	if _, err := commit(ctx, file, all, 256); err != nil {
		return nil, err
	}

	cases := []storeCase{
		{"1 change and the cursor in a transaction", 1, b.of(200, 5), 0.35},
		{"64 changes and the cursor in a transaction", 64, b.of(20, 1), 5},
	}
	ratios, rates := make([][]float64, len(cases)), make([][]float64, len(cases))
	var raws []float64
	rounds := b.of(9, 1)
	for range rounds {
		for i, c := range cases {
			all, err := changes(c.together * c.transactions)
			if err != nil {
				return nil, err
			}
			turns := b.of(200, 5)
			took, err := raw.append(turns)
			if err != nil {
				return nil, err
			}
			baseline := report.PerSecond(turns, took)
			if took, err = commit(ctx, file, all, c.together); err != nil {
				return nil, err
			}
			rate := report.PerSecond(len(all), took)
			raws, rates[i], ratios[i] = append(raws, baseline), append(rates[i], rate), append(ratios[i], rate/baseline)
		}
	}

	t := report.Table{
		Title: "B. The terminal's store: changes from the hub, on the disk with their cursor",
		Head:  []string{"case", "changes per second", "x R4K", "rounds", "aim", ""},
		Notes: []string{fmt.Sprintf("%d rounds; %d orders stored before.", rounds, stored)},
	}
	t.Add("baseline R4K: 4 KB append + fdatasync, 1 writer", fmt.Sprintf("%.0f", report.Median(raws)), "1.00", "", "", "")
	for i, c := range cases {
		r := report.Median(ratios[i])
		t.Add(c.name, fmt.Sprintf("%.0f", report.Median(rates[i])), report.Ratio(r), report.Spread(ratios[i]), fmt.Sprintf(">= %.2f", c.aim), report.AtLeast(r, c.aim))
	}
	return []report.Table{t}, nil
}

// commit stores the changes, so many in a transaction, and says how long it took.
func commit(ctx context.Context, file terminal.Store, changes []order.Order, together int) (time.Duration, error) {
	start := time.Now()
	sequence := uint64(0)
	for some := range slices.Chunk(changes, together) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		sequence += uint64(len(some))
		err := file.Update(func(tx terminal.Tx) error {
			for _, o := range some {
				if err := tx.PutOrder(o); err != nil {
					return err
				}
			}
			return tx.PutCursor("plateau", terminal.Cursor{Shard: 1, Epoch: "bench", Sequence: sequence})
		})
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}
