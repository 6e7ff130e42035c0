package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/terminal"
)

const (
	// firstByteAim bounds what comes on top of one commit between an order on the disk and the
	// first byte at the printer: p99 less the commit's p99.
	firstByteAim = 5 * time.Millisecond
	// waitingAim bounds the time of a ticket with many waiting by that with few.
	waitingAim = 1.1
	// deadAim is what the printers beside a dead one must keep of their tickets per second.
	deadAim = 0.95
)

// Time-outs of the printer that may be dead: a tenth of the real ones, so that it fails ten times
// as often in a round.
const (
	shortDial  = 300 * time.Millisecond
	shortWrite = time.Second
)

// pace is the time from one order to the next at the four printers.
const pace = 40 * time.Millisecond

// printing measures what the kitchen's printing promises of its speed.
func (b *bench) printing(ctx context.Context) ([]report.Table, error) {
	example, err := b.source()
	if err != nil {
		return nil, err
	}
	t := report.Table{
		Title: "H. The kitchen's printing: from an order on the terminal's disk to paper",
		Head:  []string{"case", "p50 us", "p99 us", "per second", "x baseline", "rounds", "aim", ""},
	}
	for _, part := range []func(*bench, context.Context, *source, *report.Table) error{
		(*bench).firstByte, (*bench).waiting, (*bench).deadPrinter,
	} {
		if err := part(b, ctx, example, &t); err != nil {
			return nil, err
		}
	}
	return []report.Table{t}, nil
}

// firstByte compares the way from the disk to the printer's first byte with one commit.
func (b *bench) firstByte(ctx context.Context, source *source, t *report.Table) (err error) {
	desk := newStation("grill", source, 1)
	paper, err := listen()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, paper.close()) }()
	paper.reads(desk.read)
	k, err := b.newKitchen("first", []*station{desk}, []printer.Transport{printer.TCP{Address: paper.address()}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.close()) }()
	stop := k.print(ctx)
	defer stop()

	var bases50, bases99, ways50, ways99 []time.Duration
	var ratios, beyond []float64
	rounds, turns := b.of(7, 1), b.of(200, 5)
	for range rounds {
		others, err := k.orders(turns, desk)
		if err != nil {
			return err
		}
		mine, err := k.orders(turns, desk)
		if err != nil {
			return err
		}
		var bases, ways []time.Duration
		for i := range turns {
			others[i].Location = "elsewhere" // nothing is printed of it
			base, err := commit(ctx, k.store, others[i:i+1], 1)
			if err != nil {
				return err
			}
			if err := k.come(mine[i : i+1]); err != nil {
				return err
			}
			out, err := desk.slip(ctx)
			if err != nil {
				return err
			}
			bases, ways = append(bases, base), append(ways, out.first.Sub(k.when(out.order)))
		}
		base99, way99 := report.Percentile(bases, 0.99), report.Percentile(ways, 0.99)
		bases50, bases99 = append(bases50, report.Median(bases)), append(bases99, base99)
		ways50, ways99 = append(ways50, report.Median(ways)), append(ways99, way99)
		ratios = append(ratios, float64(way99)/float64(base99))
		beyond = append(beyond, (way99-base99).Seconds()*1e3)
	}
	t.Add("baseline: one commit of the same store, before each order", report.Micros(report.Median(bases50)), report.Micros(report.Median(bases99)), "", "1.00", "", "", "")
	more := report.Median(beyond)
	verdict := report.AtMost(more, firstByteAim.Seconds()*1e3)
	if report.Median(bases99) > noisy*report.Median(bases50) {
		verdict += ", noisy"
	}
	t.Add("committed to the first byte at the printer", report.Micros(report.Median(ways50)), report.Micros(report.Median(ways99)), "",
		report.Ratio(report.Median(ratios)), report.Spread(ratios), fmt.Sprintf("p99 - baseline's < %d ms", firstByteAim.Milliseconds()),
		fmt.Sprintf("%.2f ms: %s", more, verdict))
	t.Notes = append(t.Notes, fmt.Sprintf("first byte: %d rounds of %d orders, one at a time; the ratio is that of the p99, whose difference was %s ms by round.",
		rounds, turns, report.Spread(beyond)))
	return nil
}

// queueCase is a kitchen with so many tickets waiting.
type queueCase struct {
	name    string
	waiting int
	printed int // jobs that have ended before
	aim     float64
	kitchen *kitchen
	desk    *station
	times   []time.Duration
	ratios  []float64
}

// waiting compares the time of a ticket with ten thousand waiting behind it with that of few.
func (b *bench) waiting(ctx context.Context, source *source, t *report.Table) (err error) {
	few, many := 10, b.of(10_000, 200)
	cases := []*queueCase{
		{name: fmt.Sprintf("baseline: a ticket of %d waiting, %d printed before", few, many-few), waiting: few, printed: many - few},
		{name: fmt.Sprintf("a ticket of %d waiting", many), waiting: many, aim: waitingAim},
		{name: fmt.Sprintf("a ticket of %d waiting, nothing else stored", few), waiting: few},
	}
	for i, c := range cases {
		c.desk = newStation("grill", source, 1)
		c.kitchen, err = b.newKitchen(fmt.Sprintf("waiting-%d", i), []*station{c.desk}, []printer.Transport{instant{c.desk}})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.kitchen.close()) }()
		if err := c.fill(); err != nil {
			return err
		}
		c.desk.left.Store(0)
		defer c.kitchen.print(ctx)()
	}

	rounds := b.of(60, 2)
	for round := range rounds {
		medians := make([]time.Duration, len(cases))
		for i := range cases {
			at := (i + round) % len(cases) // nobody is always the first
			times, err := cases[at].turn(ctx, few)
			if err != nil {
				return err
			}
			cases[at].times = append(cases[at].times, times...)
			medians[at] = report.Median(times)
		}
		for i, c := range cases {
			c.ratios = append(c.ratios, float64(medians[i])/float64(medians[0]))
		}
	}
	base := report.Median(cases[0].times)
	for i, c := range cases {
		median := report.Median(c.times)
		ratio, aim, verdict := float64(median)/float64(base), "", ""
		spread := report.Spread(c.ratios)
		if c.aim > 0 {
			aim, verdict = fmt.Sprintf("<= %.2f", c.aim), report.AtMost(ratio, c.aim)
		}
		if i == 0 {
			spread = ""
		}
		t.Add(c.name, report.Micros(median), report.Micros(report.Percentile(c.times, 0.99)),
			fmt.Sprintf("%.0f", 1/median.Seconds()), report.Ratio(ratio), spread, aim, verdict)
	}
	t.Notes = append(t.Notes, fmt.Sprintf("waiting: %d turns of %d tickets, from Next to Finish, the printer takes everything at once; the ratio is that of the medians of all.",
		rounds, few))
	return nil
}

// fill stores what waits, and what was printed before, in large transactions.
func (c *queueCase) fill() error {
	const together = 500
	for stored, all := 0, c.waiting+c.printed; stored < all; stored += together {
		orders, err := c.kitchen.orders(min(together, all-stored), c.desk)
		if err != nil {
			return err
		}
		if err := c.kitchen.come(orders); err != nil {
			return err
		}
	}
	for ended := 0; ended < c.printed; ended += together {
		err := c.kitchen.store.Update(func(tx terminal.Tx) error {
			var jobs []terminal.Job
			most := min(together, c.printed-ended)
			err := tx.Queue(kitchenLocation, c.desk.name, func(j terminal.Job) bool {
				jobs = append(jobs, j)
				return len(jobs) < most
			})
			if err != nil {
				return err
			}
			for _, j := range jobs {
				j.State = terminal.JobSent
				if err := tx.PutJob(j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// turn prints n tickets and says how long each took; then as many come as were there before.
func (c *queueCase) turn(ctx context.Context, n int) ([]time.Duration, error) {
	c.desk.left.Store(int64(n))
	c.desk.queue.Wake()
	var times []time.Duration
	for range n {
		out, err := c.desk.slip(ctx)
		if err != nil {
			return nil, err
		}
		times = append(times, out.finished.Sub(out.asked))
	}
	orders, err := c.kitchen.orders(n, c.desk)
	if err != nil {
		return nil, err
	}
	return times, c.kitchen.come(orders)
}

// deadCase is a kitchen of four printers, one of which may be dead.
type deadCase struct {
	name string
	// printer makes the fourth printer.
	printer func(context.Context, *machine, *station) error
	// idle: the fourth has nothing to print. well: its tickets come out. keeps: it keeps its
	// connections.
	idle, well, keeps bool
	// times is how often an order of the fourth has its lines.
	times int

	kitchen  *kitchen
	machines []*machine
	three    []*station
	fourth   *station

	rates, ratios []float64
	ways          []time.Duration // from committed to the last byte at the printer
}

func deadCases() []*deadCase {
	reads := func(_ context.Context, m *machine, s *station) error { m.reads(s.read); return nil }
	refuses := func(_ context.Context, m *machine, _ *station) error { return m.listener.Close() }
	keeps := func(_ context.Context, m *machine, _ *station) error { return m.keeps() }
	unanswered := func(ctx context.Context, m *machine, _ *station) error { return m.unanswered(ctx) }
	return []*deadCase{
		{name: "baseline: three of four printers, the fourth is well", printer: reads, well: true, times: 1},
		{name: "the fourth has nothing to print", printer: reads, idle: true, times: 1},
		{name: "the fourth refuses connections", printer: refuses, times: 1},
		// tickets of the usual length would fit into the socket, and count as sent
		{name: "the fourth accepts and never reads", printer: keeps, keeps: true, times: 12},
		{name: "the fourth never answers the dial", printer: unanswered, times: 1},
	}
}

// deadPrinter compares three printers beside a dead one with three beside one that is well.
func (b *bench) deadPrinter(ctx context.Context, source *source, t *report.Table) (err error) {
	var cases []*deadCase
	for _, c := range deadCases() {
		defer func() { err = errors.Join(err, c.close()) }()
		err := c.open(ctx, b, source, fmt.Sprintf("dead-%d", len(cases)))
		if errors.Is(err, errors.ErrUnsupported) {
			t.Notes = append(t.Notes, c.name+": not measured on this system.")
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		cases = append(cases, c)
	}

	rounds, burst, steps := b.of(30, 1), b.of(16, 2), b.of(3, 2)
	for round := range b.of(rounds+1, 1) {
		rates := make([]float64, len(cases))
		for i := range cases {
			at := (i + round) % len(cases) // nobody is always the first
			rate, ways, err := cases[at].round(ctx, burst, steps)
			if err != nil {
				return fmt.Errorf("%s: %w", cases[at].name, err)
			}
			rates[at] = rate
			if round > 0 || b.short { // the first one warms the files up
				cases[at].ways = append(cases[at].ways, ways...)
			}
		}
		if round == 0 && !b.short {
			continue
		}
		for i, c := range cases {
			c.rates, c.ratios = append(c.rates, rates[i]), append(c.ratios, rates[i]/rates[0])
		}
	}
	strict := func(c *deadCase) float64 {
		var ratios []float64
		for i, rate := range c.rates {
			ratios = append(ratios, rate/cases[1].rates[i])
		}
		return report.Median(ratios)
	}
	for i, c := range cases {
		dead := !c.well && !c.idle
		failed, sent := c.fourth.failed.Load(), len(c.fourth.slips)
		if dead && (sent > 0 || failed == 0 && !b.short) { // a short run ends before a time-out
			return fmt.Errorf("%s: a dead printer, of which %d attempts failed and %d did not", c.name, failed, sent)
		}
		ratio := report.Median(c.ratios)
		spread, aim, verdict := report.Spread(c.ratios), "", ""
		if i == 0 {
			spread = ""
		}
		if dead {
			t.Notes = append(t.Notes, fmt.Sprintf("%s: %d attempts failed; the three have %.2f of the rate beside one that has nothing to print.",
				c.name, failed, strict(c)))
			aim, verdict = fmt.Sprintf(">= %.2f", deadAim), report.AtLeast(ratio, deadAim)
		}
		t.Add(c.name, report.Micros(report.Median(c.ways)), report.Micros(report.Percentile(c.ways, 0.99)),
			fmt.Sprintf("%.0f", report.Median(c.rates)), report.Ratio(ratio), spread, aim, verdict)
	}
	t.Notes = append(t.Notes,
		fmt.Sprintf("four printers: %d rounds; per second are tickets of the three, of %d waiting at each; the ratio is theirs.", rounds, burst),
		fmt.Sprintf("Their p50 and p99, of all rounds, are from committed to the last byte read, %d times an order for each station every %d ms.", steps, pace.Milliseconds()),
		fmt.Sprintf("The fourth's time-outs are %s for the dial and %s for a ticket, a tenth of the real ones.", shortDial, shortWrite))
	return nil
}

// open starts the printers and opens the store; close ends what there is of them.
func (c *deadCase) open(ctx context.Context, b *bench, source *source, name string) error {
	var transports []printer.Transport
	for _, station := range []string{"grill", "cold", "bar"} {
		m, err := listen()
		if err != nil {
			return err
		}
		c.machines = append(c.machines, m)
		s := newStation(station, source, 1)
		m.reads(s.read)
		c.three, transports = append(c.three, s), append(transports, printer.TCP{Address: m.address()})
	}
	m, err := listen()
	if err != nil {
		return err
	}
	c.machines = append(c.machines, m)
	c.fourth = newStation("pass", source, c.times)
	if err := c.printer(ctx, m, c.fourth); err != nil {
		return err
	}
	transports = append(transports, doubtful{
		printer.TCP{Address: m.address(), DialTimeout: shortDial, WriteTimeout: shortWrite}, c.fourth,
	})
	c.kitchen, err = b.newKitchen(name, append(slices.Clone(c.three), c.fourth), transports)
	return err
}

func (c *deadCase) close() error {
	var err error
	for _, m := range c.machines {
		err = errors.Join(err, m.close())
	}
	if c.kitchen != nil {
		err = errors.Join(err, c.kitchen.close())
	}
	return err
}

// round prints a burst, whose rate it returns, and then orders that come one after the other, and
// how long each took from the disk to paper.
func (c *deadCase) round(ctx context.Context, burst, steps int) (rate float64, ways []time.Duration, err error) {
	stop := c.kitchen.print(ctx)
	defer func() {
		if c.keeps { // the end of a copy that has begun would be waited for
			c.machines[len(c.machines)-1].drop()
		}
		stop()
	}()
	some, err := c.orders(burst)
	if err != nil {
		return 0, nil, err
	}
	if err := c.kitchen.come(some); err != nil {
		return 0, nil, err
	}
	began, ended := c.kitchen.when(some[0].ID), time.Time{}
	outs, err := c.out(ctx, burst)
	if err != nil {
		return 0, nil, err
	}
	for _, out := range outs {
		if out.last.After(ended) {
			ended = out.last
		}
	}
	rate = report.PerSecond(len(outs), ended.Sub(began))

	if some, err = c.orders(steps); err != nil {
		return 0, nil, err
	}
	next := time.Now()
	for together := range slices.Chunk(some, len(some)/steps) {
		if err := c.kitchen.come(together); err != nil {
			return 0, nil, err
		}
		next = next.Add(pace)
		time.Sleep(time.Until(next))
	}
	if outs, err = c.out(ctx, steps); err != nil {
		return 0, nil, err
	}
	for _, out := range outs {
		ways = append(ways, out.last.Sub(c.kitchen.when(out.order)))
	}
	return rate, ways, nil
}

// orders makes n for each station that has something to print.
func (c *deadCase) orders(n int) ([]order.Order, error) {
	if c.idle {
		return c.kitchen.orders(n, c.three...)
	}
	return c.kitchen.orders(n, c.kitchen.stations...)
}

// out waits for n tickets of each of the three, and of the fourth if it is well: those it leaves
// out of what it returns.
func (c *deadCase) out(ctx context.Context, n int) (outs []slip, err error) {
	for _, s := range c.three {
		for range n {
			out, err := s.slip(ctx)
			if err != nil {
				return nil, err
			}
			outs = append(outs, out)
		}
	}
	if c.well {
		for range n {
			if _, err := c.fourth.slip(ctx); err != nil {
				return nil, err
			}
		}
	}
	return outs, nil
}
