package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"comptoir/bench/internal/report"
	"comptoir/hub/orderlog"
	"comptoir/order"
)

// logCase is a row of the order log's table.
type logCase struct {
	writers int
	lives   int // orders of each writer in a round
	aim     float64
}

// orderLog compares the hub's group commit with R4K. Every append is a compare-and-set that is
// on the disk when it returns, and a fifth of them are new orders.
func (b *bench) orderLog(ctx context.Context) (tables []report.Table, err error) {
	source, err := b.source()
	if err != nil {
		return nil, err
	}
	log, err := orderlog.Open(filepath.Join(b.dir, "log", "hub.db"), orderlog.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	raw, err := newRaw(filepath.Join(b.dir, "log.raw"))
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	made := 0
	lives := func(n int) ([][]order.Order, error) {
		all := make([][]order.Order, n)
		for i := range all {
			made++
			if all[i], err = source.life(made, fmt.Sprintf("location-%d", made%10)); err != nil {
				return nil, err
			}
		}
		return all, nil
	}

	stored := b.of(5000, 100)
	all, err := lives(stored)
	if err != nil {
		return nil, err
	}
	if _, err := appendAll(ctx, log, all, 256); err != nil {
		return nil, err
	}
	size, err := json.Marshal(all[0][len(all[0])-1])
	if err != nil {
		return nil, err
	}

	cases := []logCase{{1, b.of(50, 2), 0.35}, {8, b.of(25, 2), 1}, {64, b.of(10, 1), 4}}
	ratios, rates := make([][]float64, len(cases)), make([][]float64, len(cases))
	var raws []float64
	rounds := b.of(9, 1)
	for range rounds {
		for i, c := range cases {
			all, err := lives(c.writers * c.lives)
			if err != nil {
				return nil, err
			}
			turns := b.of(200, 5)
			took, err := raw.append(turns)
			if err != nil {
				return nil, err
			}
			baseline := report.PerSecond(turns, took)
			if took, err = appendAll(ctx, log, all, c.writers); err != nil {
				return nil, err
			}
			rate := report.PerSecond(len(all)*len(all[0]), took)
			raws, rates[i], ratios[i] = append(raws, baseline), append(rates[i], rate), append(ratios[i], rate/baseline)
		}
	}

	t := report.Table{
		Title: "A. The hub's order log: appends, each on the disk before it is answered",
		Head:  []string{"case", "per second", "x R4K", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds; orders of about %.1f KB, a fifth of the appends new ones, the others changes of status; %d orders stored before.",
				rounds, float64(len(size))/1000, stored),
		},
	}
	t.Add("baseline R4K: 4 KB append + fdatasync, 1 writer", fmt.Sprintf("%.0f", report.Median(raws)), "1.00", "", "", "")
	for i, c := range cases {
		r := report.Median(ratios[i])
		name := fmt.Sprintf("%d writers", c.writers)
		if c.writers == 1 {
			name = "1 writer"
		}
		t.Add(name, fmt.Sprintf("%.0f", report.Median(rates[i])), report.Ratio(r), report.Spread(ratios[i]),
			fmt.Sprintf(">= %.2f", c.aim), report.AtLeast(r, c.aim))
	}
	return []report.Table{t}, nil
}

// appendAll has the writers take their orders through their lives, and says how long it took.
func appendAll(ctx context.Context, log orderlog.Log, lives [][]order.Order, writers int) (time.Duration, error) {
	var group sync.WaitGroup
	failures := make(chan error, writers)
	start := time.Now()
	for w := range writers {
		group.Go(func() {
			for i := w; i < len(lives); i += writers {
				revision := int64(0)
				for _, state := range lives[i] {
					if _, err := log.Append(ctx, state, revision); err != nil {
						failures <- err
						return
					}
					revision = state.Revision
				}
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	select {
	case err := <-failures:
		return 0, err
	default:
		return took, nil
	}
}
