package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"comptoir/bench/internal/report"
)

// pathCase is a row of the path's table.
type pathCase struct {
	name    string
	example string
	// every is the time from one order to the next; 0 waits until the one before has settled.
	every  time.Duration
	orders int // in a round
}

const (
	// noisy is how far the baseline's own p99 may lie from its p50 before the table says that the
	// neighbours' noise, and not Comptoir, makes the tails.
	noisy = 4
	// quiet is how long after an order the hub's calls to the platform have come to rest, too.
	quiet = 30 * time.Millisecond
	// pairs is how often the baseline is measured for each order.
	pairs = 2
)

// pathAim bounds the path's p99 by that of two raw appends: one at the hub, one at the terminal
// is the least that two durable ends can cost.
const pathAim = 3

// figures are one round of a case.
type figures struct {
	path, pair []time.Duration
	steps      [stages][]time.Duration
}

// ratio is the path's percentile in those of the baseline.
func (f figures) ratio(p float64) float64 {
	return float64(report.Percentile(f.path, p)) / float64(report.Percentile(f.pair, p))
}

// wholePath measures orders from the webhook to the last byte at the printer.
func (b *bench) wholePath(ctx context.Context) (tables []report.Table, err error) {
	r, err := b.newRig(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	raw, err := newRaw(filepath.Join(b.dir, "path.raw"))
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	cases := []pathCase{
		{"one at a time, one station", "deliverect-delivery.json", 0, b.of(200, 5)},
		{"20 orders a second, one station", "deliverect-delivery.json", time.Second / 20, b.of(200, 5)},
	}
	measured := make([][]figures, len(cases))
	for round := range b.of(6, 1) {
		for i, c := range cases {
			f, err := b.round(ctx, r, raw, c, fmt.Sprintf("bench-%d-%d", round, i))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 || b.short { // the first one warms files and connections up
				measured[i] = append(measured[i], f)
			}
		}
	}
	tables = append(tables, pathTable(cases, measured))
	for i, c := range cases {
		tables = append(tables, stepTable(c, measured[i]))
	}
	return tables, nil
}

// round sends the orders of a case and measures the baseline between them.
func (b *bench) round(ctx context.Context, r *rig, raw *raw, c pathCase, name string) (figures, error) {
	var f figures
	var all []*trace
	var hooks []webhook
	for n := range c.orders {
		w, err := b.webhook(c.example, fmt.Sprintf("%s-%05d", name, n))
		if err != nil {
			return f, err
		}
		hooks = append(hooks, w)
	}
	failures := make(chan error, c.orders)
	next := time.Now()
	for _, w := range hooks {
		x := r.traces.start(w.id)
		all = append(all, x)
		if c.every > 0 {
			next = next.Add(c.every)
			time.Sleep(time.Until(next.Add(-c.every / 2)))
		}
		for range pairs {
			pair, err := raw.append(2)
			if err != nil {
				return f, err
			}
			f.pair = append(f.pair, pair)
		}
		if c.every == 0 {
			if err := r.send(ctx, w); err != nil {
				return f, err
			}
			if err := x.wait(ctx); err != nil {
				return f, err
			}
			time.Sleep(quiet)
			continue
		}
		time.Sleep(time.Until(next))
		go func() { failures <- r.send(ctx, w) }()
	}
	if c.every > 0 {
		for range hooks {
			if err := <-failures; err != nil {
				return f, err
			}
		}
	}
	for i, x := range all {
		if err := x.wait(ctx); err != nil {
			return f, err
		}
		d := x.durations()
		f.path = append(f.path, d[received])
		for s := range d {
			f.steps[s] = append(f.steps[s], d[s])
		}
		if err := r.handOver(ctx, hooks[i].id); err != nil {
			return f, err
		}
	}
	time.Sleep(time.Duration(b.of(500, 10)) * time.Millisecond)
	return f, nil
}

// wait returns when the paper is out and everybody knows.
func (t *trace) wait(ctx context.Context) error {
	timeout := time.After(10 * time.Second)
	for _, c := range []chan struct{}{t.out, t.settled} {
		select {
		case <-c:
		case <-timeout:
			return errors.New("an order did not come out in 10 s")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func pathTable(cases []pathCase, measured [][]figures) report.Table {
	t := report.Table{
		Title: "C. From the webhook at the hub to the last byte at the printer",
		Head:  []string{"case", "p50 us", "p99 us", "max us", "pair p50", "pair p99", "p50 ratio", "p99 ratio", "rounds", "all", "aim", ""},
		Notes: []string{
			"baseline pair: two times 4 KB append + fdatasync, measured before each order. max is of all rounds;",
			"all: the p99 ratio of all rounds thrown together.",
			fmt.Sprintf("%d rounds of %d orders: a round's p99 hangs on few orders, and the noise of neighbours on disk and cores is in it.",
				len(measured[0]), cases[0].orders),
		},
	}
	for i, c := range cases {
		var p50, p99, pair50, pair99 []time.Duration
		var ratio50, ratio99 []float64
		var together figures
		for _, f := range measured[i] {
			together.path, together.pair = append(together.path, f.path...), append(together.pair, f.pair...)
			p50, p99 = append(p50, report.Median(f.path)), append(p99, report.Percentile(f.path, 0.99))
			pair50, pair99 = append(pair50, report.Median(f.pair)), append(pair99, report.Percentile(f.pair, 0.99))
			ratio50 = append(ratio50, f.ratio(0.5))
			ratio99 = append(ratio99, f.ratio(0.99))
		}
		r := report.Median(ratio99)
		judgement := report.AtMost(r, pathAim)
		if report.Median(pair99) > noisy*report.Median(pair50) {
			judgement += ", noisy"
			t.Notes = append(t.Notes, c.name+": a noisy disk, whose own tail is in the baseline: the p99 ratio says little, look at p50's.")
		}
		t.Add(c.name, report.Micros(report.Median(p50)), report.Micros(report.Median(p99)), report.Micros(slices.Max(together.path)), report.Micros(report.Median(pair50)), report.Micros(report.Median(pair99)),
			report.Ratio(report.Median(ratio50)), report.Ratio(r), report.Spread(ratio99), report.Ratio(together.ratio(0.99)), fmt.Sprintf("p99 <= %d", pathAim), judgement)
	}
	return t
}

func stepTable(c pathCase, rounds []figures) report.Table {
	t := report.Table{
		Title: "C. Steps of the path: " + c.name,
		Head:  []string{"step", "p50 us", "p99 us", "max us", "share"},
		Notes: []string{"all rounds together; share is of the mean of the whole path."},
	}
	together := func(s stage) (all []time.Duration, sum time.Duration) {
		for _, f := range rounds {
			all = append(all, f.steps[s]...)
		}
		for _, d := range all {
			sum += d
		}
		return all, sum
	}
	_, whole := together(received)
	for s := received + 1; s < stages; s++ {
		all, sum := together(s)
		t.Add(steps[s], report.Micros(report.Median(all)), report.Micros(report.Percentile(all, 0.99)), report.Micros(slices.Max(all)),
			fmt.Sprintf("%.0f %%", 100*float64(sum)/float64(max(whole, 1))))
	}
	return t
}
