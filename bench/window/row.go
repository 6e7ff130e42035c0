package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
	"comptoir/ui/stories"
)

const (
	// rowAim bounds in milliseconds what a change of one row costs Fyne's goroutine.
	rowAim = 0.1
	// changing is the row that changes. It is in sight, and not the chosen one.
	changing = 2
	// frame is longer than drawing one takes: each change is drawn.
	frame = 40 * time.Millisecond
	// still is how long a new window does not ask for anything once it is complete.
	still = 500 * time.Millisecond
)

// oneRow measures how long a change of one order keeps Fyne's goroutine.
func (b *bench) oneRow(ctx context.Context) (report.Table, error) {
	changes, rounds := b.of(200, 20), b.of(5, 1)
	roles := []string{roleList, roleRow, roleStep}
	p50, p99, ratios := make([][]float64, len(roles)), make([][]float64, len(roles)), make([][]float64, len(roles))
	for range rounds {
		for i, role := range roles {
			times, err := b.times(ctx, role, changes)
			if err != nil {
				return report.Table{}, err
			}
			p50[i] = append(p50[i], report.Median(times).Seconds()*1e3)
			p99[i] = append(p99[i], report.Percentile(times, 0.99).Seconds()*1e3)
			last := len(p50[0]) - 1
			ratios[i] = append(ratios[i], p50[i][last]/p50[0][last])
		}
	}
	t := report.Table{
		Title: "F. One order changes, and only its row: how long Fyne's goroutine is busy",
		Head:  []string{"case", "p50 ms", "p99 ms", "x bare", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %d changes, in turns; a frame is drawn after each, which is not in the figures.", rounds, changes),
		},
	}
	hundredths := func(value float64) string { return fmt.Sprintf("%.3f", value) }
	t.Add(fmt.Sprintf("baseline: RefreshItem of a bare Fyne list, %d rows", listed),
		hundredths(report.Median(p50[0])), hundredths(report.Median(p99[0])), "1.00", "", "", "")
	for i, what := range []string{"a name never seen", "the next step"} {
		busy := report.Median(p50[i+1])
		t.Add(fmt.Sprintf("the terminal, %d open orders: %s", listed, what), hundredths(busy), hundredths(report.Median(p99[i+1])),
			report.Ratio(report.Median(ratios[i+1])), report.Spread(ratios[i+1]), fmt.Sprintf("p50 <= %.1f ms", rowAim), report.AtMost(busy, rowAim))
	}
	return t, nil
}

func (b *bench) times(ctx context.Context, role string, changes int) ([]time.Duration, error) {
	p, err := b.subject(ctx, startLimit+time.Duration(changes)*time.Second, role, "-changes", strconv.Itoa(changes))
	if err != nil {
		return nil, err
	}
	defer p.close()
	var times []time.Duration
	return times, p.value(&times)
}

// refreshed is a bare window that refreshes one row.
func (s *subject) refreshed(changes int) (fyne.Window, error) {
	window, list := s.bare(listed)
	s.work = func() error {
		onFyne(func() {})
		time.Sleep(still)
		var times []time.Duration
		for range changes {
			times = append(times, onFyne(func() { list.RefreshItem(changing) }))
			time.Sleep(frame)
		}
		return s.say(times)
	}
	return window, nil
}

// rename gives an order a name that has never been drawn.
func rename(o *order.Order, i int) { o.Customer.Name = "Customer " + strconv.Itoa(i) }

// advance lets an order go forth and back.
func advance(o *order.Order, i int) { o.Status = []order.Status{order.Preparing, order.Accepted}[i%2] }

// changed is the terminal's window, of which one row changes.
func (s *subject) changed(changes int, alter func(o *order.Order, i int)) (fyne.Window, error) {
	c := &counter{now: stories.Now, orders: orders(listed, listed, stories.Now())}
	busy := make(chan time.Duration, 64) // more than a new window draws before it is still
	window, controller, err := s.ours(c, func(took time.Duration) { busy <- took })
	if err != nil {
		return nil, err
	}
	change := func(i int) {
		o := c.order(c.Orders()[changing].ID)
		alter(&o, i)
		c.put(o)
		controller.Notify(terminal.Event{Kind: terminal.EventOrder, Order: o})
	}
	s.work = func() error {
		return beside(window, func() error {
			settle(busy)
			var times []time.Duration
			for i := range changes {
				change(i)
				times = append(times, <-busy)
				time.Sleep(frame)
			}
			before := controller.Screen()
			change(changes)
			if found := model.Changed(before, controller.Screen()); len(found.Cards) != 1 || found.Details || found.Tabs || found.Top {
				return fmt.Errorf("more than a row has changed: %+v", found)
			}
			if len(busy) > 1 {
				return errors.New("the window was drawn more often than something changed")
			}
			return s.say(times)
		})
	}
	return window.Fyne(), nil
}

// settle waits until a window is complete.
func settle(busy <-chan time.Duration) {
	for {
		select {
		case <-busy:
		case <-time.After(still):
			return
		}
	}
}
