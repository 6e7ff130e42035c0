package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"comptoir/bench/internal/duel"
	"comptoir/bench/internal/report"
	"comptoir/sync/wire"
)

// eachLocation is how many terminals a location has, but in a storm.
const eachLocation = 10

// memoryFiles is a file system without a disk.
const memoryFiles = "/dev/shm"

// server starts one of the two servers, with files in a directory below parent.
func (b *bench) server(ctx context.Context, kind duel.Kind, parent string, setup duel.Setup) (_ *duel.Process, end func() error, err error) {
	source, err := b.source()
	if err != nil {
		return nil, nil, err
	}
	if setup.Dir, err = os.MkdirTemp(parent, string(kind)+"-"); err != nil {
		return nil, nil, err
	}
	setup.Kind, setup.Shop, setup.Draft = kind, filepath.Join(b.examples, "shop", "hub.toml"), source.draft
	p, err := duel.Start(ctx, setup)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(setup.Dir))
	}
	return p, func() error { return errors.Join(p.Close(), os.RemoveAll(setup.Dir)) }, nil
}

// The aims for an idle terminal: bytes of RSS, and a part of centrifuge's.
const (
	idleAim      = 8 * 1024
	idleRatioAim = 0.40
)

// idleFigures are, for one server and each number of terminals, a terminal's cost by round.
type idleFigures struct {
	rss, heap, stack, goroutines []float64
}

// idleTerminals measures what a connected terminal costs its server while nothing happens.
func (b *bench) idleTerminals(ctx context.Context) ([]report.Table, error) {
	numbers := []int{b.of(1000, 20), b.of(5000, 50)}
	kinds := []duel.Kind{duel.Centrifuge, duel.Hub}
	figures := map[duel.Kind][]idleFigures{}
	for _, kind := range kinds {
		figures[kind] = make([]idleFigures, len(numbers))
	}
	rounds := b.of(5, 1)
	for range rounds {
		for _, kind := range kinds {
			if err := b.idleRound(ctx, kind, numbers, figures[kind]); err != nil {
				return nil, err
			}
		}
	}
	t := report.Table{
		Title: "L. An idle terminal at the hub: welcomed, with all orders, nothing under way",
		Head:  []string{"case", "RSS KB", "rounds", "heap", "stack", "goroutines", "x centrifuge", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds, a new process each; (RSS with the terminals - RSS without, of a server that has served before) / terminals, after the garbage was given back; the sockets' memory in the kernel is not in it.", rounds),
			"centrifuge: memory engine, history of 100 with recovery, a channel for each location, ProcessCommandsOffReadLoop.",
		},
	}
	for n, number := range numbers {
		theirs := figures[duel.Centrifuge][n]
		t.Add(idleCells(fmt.Sprintf("centrifuge, %d terminals", number), theirs, "1.00", "", "", "")...)
		ours := figures[duel.Hub][n]
		var ratios []float64
		for i := range ours.rss {
			ratios = append(ratios, ours.rss[i]/theirs.rss[i])
		}
		rss, ratio := report.Median(ours.rss), report.Median(ratios)
		t.Add(idleCells(fmt.Sprintf("the hub, %d terminals", number), ours, report.Ratio(ratio), report.Spread(ratios),
			fmt.Sprintf("<= %d KB, <= %.2f", idleAim/1024, idleRatioAim),
			report.AtMost(rss, idleAim)+", "+report.AtMost(ratio, idleRatioAim))...)
	}
	return []report.Table{t}, nil
}

func idleCells(name string, f idleFigures, cells ...string) []string {
	kilobytes := func(values []float64) string { return fmt.Sprintf("%.1f", report.Median(values)/1024) }
	var rss []float64
	for _, v := range f.rss {
		rss = append(rss, v/1024)
	}
	return append([]string{
		name, kilobytes(f.rss), report.Spread(rss), kilobytes(f.heap), kilobytes(f.stack), fmt.Sprintf("%.1f", report.Median(f.goroutines)),
	}, cells...)
}

// idleRound connects the numbers of terminals, one after the other, to one server.
func (b *bench) idleRound(ctx context.Context, kind duel.Kind, numbers []int, into []idleFigures) (err error) {
	p, end, err := b.server(ctx, kind, b.dir, duel.Setup{Locations: numbers[len(numbers)-1] / eachLocation, Each: eachLocation})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	positions, err := p.Positions()
	if err != nil {
		return err
	}
	if err := b.warm(ctx, p, positions); err != nil {
		return err
	}
	empty, err := p.Usage()
	if err != nil {
		return err
	}
	fleet := duel.NewFleet(ctx, p, 0)
	defer func() { err = errors.Join(err, fleet.Close()) }()
	connected := 0
	for n, number := range numbers {
		if err := fleet.Connect(connected/eachLocation, number/eachLocation, 32, positions); err != nil {
			return err
		}
		connected = number
		var u duel.Usage
		for range 2 { // pings: what greeting all of them has left behind is gone by the second
			if err := fleet.Ping(); err != nil {
				return err
			}
			if err := b.pause(ctx, 1000, 100); err != nil {
				return err
			}
			if u, err = p.Usage(); err != nil {
				return err
			}
		}
		per := func(with, before int) float64 { return float64(with-before) / float64(number) }
		f := &into[n]
		f.rss, f.heap = append(f.rss, per(u.RSS, empty.RSS)), append(f.heap, per(u.Heap, empty.Heap))
		f.stack, f.goroutines = append(f.stack, per(u.Stack, empty.Stack)), append(f.goroutines, per(u.Goroutines, empty.Goroutines))
	}
	return nil
}

// warm has some terminals come and go, so that what a server makes once is not counted to those
// that stay.
func (b *bench) warm(ctx context.Context, p *duel.Process, positions map[string]wire.Cursor) error {
	fleet := duel.NewFleet(ctx, p, 0)
	err := fleet.Connect(0, b.of(20, 1), 32, positions)
	if err == nil {
		err = fleet.Ping()
	}
	if err == nil {
		err = b.pause(ctx, 500, 50)
	}
	if err = errors.Join(err, fleet.Close()); err != nil {
		return err
	}
	return b.pause(ctx, 500, 50)
}

// pause waits so many milliseconds, in the long or the short run.
func (b *bench) pause(ctx context.Context, long, short int) error {
	select {
	case <-time.After(time.Duration(b.of(long, short)) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deliveryRow is a row of the table of deliveries.
type deliveryRow struct {
	name     string
	aim50    float64 // of the p50, in centrifuge's; 0 for none
	aim99    float64
	p50, p99 []float64 // by round, in ns
	// spent is the server's processor time for each order at each terminal, by round, in ns.
	spent []float64
}

const deliveryRate = 500 // a second

// deliveries measures how long after it was given to the server an order is at its location's
// terminals.
func (b *bench) deliveries(ctx context.Context) (_ []report.Table, ended error) {
	memory, err := os.MkdirTemp(memoryFiles, "comptoir-bench-")
	if err != nil {
		return nil, fmt.Errorf("the log without a disk needs %s: %w", memoryFiles, err)
	}
	defer func() { ended = errors.Join(ended, os.RemoveAll(memory)) }()
	locations := b.of(100, 5)
	count := b.of(3*deliveryRate, 2*locations)
	cases := []struct {
		kind duel.Kind
		// parent holds the hub's file.
		parent string
		// whole is from the order given to the server, fanOut from the moment it was stored; may be nil.
		whole, fanOut *deliveryRow
	}{
		{duel.Centrifuge, memory, &deliveryRow{name: "baseline: centrifuge, in memory"}, nil},
		{
			duel.Hub, memory, &deliveryRow{name: "the hub, its log in memory", aim50: 1.15, aim99: 1.25},
			&deliveryRow{name: "of that, from stored to the terminals", aim50: 1.15, aim99: 1.25},
		},
		{
			duel.Hub, b.dir, &deliveryRow{name: "the hub, its log on the disk before delivery", aim50: 6},
			&deliveryRow{name: "of that, from stored to the terminals"},
		},
	}
	var processes []*duel.Process
	for _, c := range cases {
		process, end, err := b.server(ctx, c.kind, c.parent, duel.Setup{Locations: locations, Each: eachLocation, Changing: b.of(20, 2)})
		if err != nil {
			return nil, err
		}
		processes = append(processes, process)
		defer func() { ended = errors.Join(ended, end()) }()
	}
	for round := range b.of(6, 1) {
		for i, c := range cases {
			whole, fanOut, spent, err := b.delivery(ctx, processes[i], locations, count)
			if err != nil {
				return nil, err
			}
			if round > 0 || b.short { // the first one warms the servers up
				c.whole.add(whole)
				c.whole.spent = append(c.whole.spent, float64(spent)/float64(len(whole)))
				if c.fanOut != nil {
					c.fanOut.add(fanOut)
				}
			}
		}
	}
	var rows []*deliveryRow
	for _, c := range cases {
		if rows = append(rows, c.whole); c.fanOut != nil {
			rows = append(rows, c.fanOut)
		}
	}
	return []report.Table{deliveryTable(rows, locations, count)}, nil
}

func (r *deliveryRow) add(nanoseconds []int64) {
	r.p50 = append(r.p50, float64(report.Median(nanoseconds)))
	r.p99 = append(r.p99, float64(report.Percentile(nanoseconds, 0.99)))
}

// delivery is one round: the terminals come, orders change at a steady rate, the terminals go.
func (b *bench) delivery(ctx context.Context, p *duel.Process, locations, count int) (whole, fanOut []int64, spent time.Duration, err error) {
	positions, err := p.Positions()
	if err != nil {
		return nil, nil, 0, err
	}
	fleet := duel.NewFleet(ctx, p, count/locations)
	defer func() { err = errors.Join(err, fleet.Close()) }()
	if err := fleet.Connect(0, locations, 32, positions); err != nil {
		return nil, nil, 0, err
	}
	if err := b.pause(ctx, 500, 10); err != nil {
		return nil, nil, 0, err
	}
	before, err := p.Spent()
	if err != nil {
		return nil, nil, 0, err
	}
	stored, err := p.Publish(count, time.Second/deliveryRate)
	if err != nil {
		return nil, nil, 0, err
	}
	if err := fleet.Wait(); err != nil {
		return nil, nil, 0, err
	}
	after, err := p.Spent()
	if err != nil {
		return nil, nil, 0, err
	}
	for _, a := range fleet.Arrivals() {
		whole = append(whole, a.Read-a.Sent)
		if at, known := stored[a.Sent]; known {
			fanOut = append(fanOut, max(0, a.Read-at))
		}
	}
	const most = 0.01 // without the slowest, a p99 would lie
	if missing := len(whole) - len(fanOut); len(stored) > 0 && float64(missing) > most*float64(len(whole)) {
		return nil, nil, 0, fmt.Errorf("of %d of %d arrivals it is not known when they were stored", missing, len(whole))
	}
	return whole, fanOut, after - before, nil
}

func deliveryTable(rows []*deliveryRow, locations, count int) report.Table {
	t := report.Table{
		Title: fmt.Sprintf("M. From an order's new state to its location's terminals, %d a second", deliveryRate),
		Head:  []string{"case", "p50 us", "p99 us", "p50 x", "rounds", "p99 x", "rounds", "CPU us", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %d changes of orders of about 2 KB; %d locations of %d terminals, each change goes to the terminals of one.",
				len(rows[0].p50), count, locations, eachLocation),
			"From before the state is made JSON and stored, until a terminal has read it; in memory: the same log on " + memoryFiles + ".",
			"from stored: from the log's word that it has it. centrifuge publishes and stores in one.",
			"CPU: the server's processor time for each change at each terminal, all that it does besides included.",
		},
	}
	for _, r := range rows {
		var r50, r99 []float64
		for i := range r.p50 {
			r50, r99 = append(r50, r.p50[i]/rows[0].p50[i]), append(r99, r.p99[i]/rows[0].p99[i])
		}
		x50, x99 := report.Median(r50), report.Median(r99)
		aim, met := "", ""
		if r.aim50 > 0 {
			aim, met = fmt.Sprintf("p50 <= %.2f", r.aim50), report.AtMost(x50, r.aim50)
		}
		if r.aim99 > 0 {
			aim, met = fmt.Sprintf("%s, p99 <= %.2f", aim, r.aim99), met+", "+report.AtMost(x99, r.aim99)
		}
		micros := func(nanoseconds []float64) string { return report.Micros(time.Duration(report.Median(nanoseconds))) }
		spent := ""
		if len(r.spent) > 0 {
			spent = micros(r.spent)
		}
		t.Add(r.name, micros(r.p50), micros(r.p99), report.Ratio(x50), report.Spread(r50), report.Ratio(x99), report.Spread(r99), spent, aim, met)
	}
	return t
}

const stormAim = 1.15

// storms measures how long it takes until terminals that come all at once have what they missed.
func (b *bench) storms(ctx context.Context) (_ []report.Table, ended error) {
	terminals, missed := b.of(1000, 20), b.of(50, 5)
	kinds := []duel.Kind{duel.Centrifuge, duel.Hub}
	took, spent := map[duel.Kind][]float64{}, map[duel.Kind][]float64{}
	var rounds []func() error
	for _, kind := range kinds {
		p, end, err := b.server(ctx, kind, b.dir, duel.Setup{Locations: terminals, Each: 1, Changing: 1})
		if err != nil {
			return nil, err
		}
		defer func() { ended = errors.Join(ended, end()) }()
		positions, err := p.Positions()
		if err != nil {
			return nil, err
		}
		if err := p.Fill(missed); err != nil {
			return nil, err
		}
		rounds = append(rounds, func() (err error) {
			fleet := duel.NewFleet(ctx, p, missed)
			defer func() { err = errors.Join(err, fleet.Close()) }()
			before, err := p.Spent()
			if err != nil {
				return err
			}
			start := time.Now()
			if err := fleet.Connect(0, terminals, terminals, positions); err != nil {
				return err
			}
			if err := fleet.Wait(); err != nil {
				return err
			}
			took[kind] = append(took[kind], float64(time.Since(start).Milliseconds()))
			after, err := p.Spent()
			spent[kind] = append(spent[kind], float64(after-before)/float64(terminals))
			return err
		})
	}
	for round := range b.of(6, 1) {
		for i, kind := range kinds {
			if err := rounds[i](); err != nil {
				return nil, err
			}
			if round == 0 && !b.short { // the first one warms the servers up
				took[kind], spent[kind] = nil, nil
			}
			if err := b.pause(ctx, 1000, 10); err != nil { // for the servers to notice that all have gone
				return nil, err
			}
		}
	}
	theirs, ours := took[duel.Centrifuge], took[duel.Hub]
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, ours[i]/theirs[i])
	}
	t := report.Table{
		Title: fmt.Sprintf("N. A storm: %d terminals come at once, each of a location of its own, and have missed %d orders", terminals, missed),
		Head:  []string{"case", "all level ms", "rounds", "x centrifuge", "rounds", "CPU us", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds; orders of about 2 KB, all open. centrifuge recovers from its history in memory, the hub from its log's file.", len(ours)),
			"CPU: the server's processor time for each terminal.",
		},
	}
	micros := func(kind duel.Kind) string { return report.Micros(time.Duration(report.Median(spent[kind]))) }
	milliseconds := func(values []float64) string { return strconv.FormatFloat(report.Median(values), 'f', 0, 64) }
	t.Add("centrifuge", milliseconds(theirs), report.Spread(theirs), "1.00", "", micros(duel.Centrifuge), "", "")
	t.Add("the hub", milliseconds(ours), report.Spread(ours), report.Ratio(report.Median(ratios)), report.Spread(ratios), micros(duel.Hub), fmt.Sprintf("<= %.2f", stormAim), report.AtMost(report.Median(ratios), stormAim))
	return []report.Table{t}, nil
}
