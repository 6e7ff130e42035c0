package main

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/stories"
)

const (
	// turnAim bounds in milliseconds what showing another list costs Fyne's goroutine: a frame.
	turnAim = 16
	// remembered are the orders that a search goes through.
	remembered = 10_000
)

// turn is something that shows another list, and how the window gets there.
type turn struct {
	role, name string
	begin      func(*model.Controller)
	next       func(c *model.Controller, i int)
}

func turns() []turn {
	sections := model.Sections()
	var queries []string
	for _, word := range []string{"gagnon", "steak frites", "1042", "514 555", "canard haddad"} {
		for end, letter := range word {
			queries = append(queries, word[:end+utf8.RuneLen(letter)])
		}
	}
	return []turn{
		{roleSection, "another section", nil, func(c *model.Controller, i int) { c.Section(sections[i%len(sections)]) }},
		{roleFilter, "a filter on or off", nil, func(c *model.Controller, _ int) { c.FilterStatus(string(model.StatusAccepted)) }},
		{roleSearch, fmt.Sprintf("a letter of a search over %d orders", remembered), func(c *model.Controller) {
			c.OpenSearch()
			for load := c.Load(); load != nil; load = c.Load() {
				load(context.Background())
			}
		}, func(c *model.Controller, i int) { c.Search(queries[i%len(queries)]) }},
	}
}

// otherList measures how long showing another list keeps Fyne's goroutine.
func (b *bench) otherList(ctx context.Context) (report.Table, error) {
	changes, rounds := b.of(60, 12), b.of(3, 1)
	roles := []string{roleRefresh}
	for _, t := range turns() {
		roles = append(roles, t.role)
	}
	p50, p95, ratios := make([][]float64, len(roles)), make([][]float64, len(roles)), make([][]float64, len(roles))
	for round := range rounds {
		for i, role := range roles {
			times, err := b.times(ctx, role, changes)
			if err != nil {
				return report.Table{}, err
			}
			p50[i] = append(p50[i], report.Median(times).Seconds()*1e3)
			p95[i] = append(p95[i], report.Percentile(times, 0.95).Seconds()*1e3)
			ratios[i] = append(ratios[i], p50[i][round]/p50[0][round])
		}
	}
	t := report.Table{
		Title: "J. Another list is shown: how long Fyne's goroutine is busy",
		Head:  []string{"case", "p50 ms", "p95 ms", "x bare", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %d changes, in turns; all that follows from one is in its figure, the drawing of the frame is not.", rounds, changes),
		},
	}
	figure := func(values []float64) string { return fmt.Sprintf("%.2f", report.Median(values)) }
	t.Add(fmt.Sprintf("baseline: Refresh of a bare Fyne list, %d rows", listed), figure(p50[0]), figure(p95[0]), "1.00", "", "", "")
	for i, turn := range turns() {
		i++
		t.Add(fmt.Sprintf("the terminal, %d open orders: %s", listed, turn.name), figure(p50[i]), figure(p95[i]),
			report.Ratio(report.Median(ratios[i])), report.Spread(ratios[i]), fmt.Sprintf("p95 <= %d ms", turnAim), report.AtMost(report.Median(p95[i]), turnAim))
	}
	return t, nil
}

// refilled is a bare window that fills its rows again.
func (s *subject) refilled(changes int) fyne.Window {
	window, list := s.bare(listed)
	s.work = func() error {
		onFyne(func() {})
		time.Sleep(still)
		var times []time.Duration
		for range changes {
			times = append(times, onFyne(list.Refresh))
			time.Sleep(frame)
		}
		return s.say(times)
	}
	return window
}

// turned is the terminal's window that shows one list after the other.
func (s *subject) turned(changes int, t turn) (fyne.Window, error) {
	all := orders(remembered, listed, stories.Now())
	c := &counter{now: stories.Now, orders: all[:listed:listed], ended: all[listed:]}
	busy := make(chan time.Duration, 64) // more than a new window draws before it is still
	window, controller, err := s.ours(c, func(took time.Duration) { busy <- took })
	if err != nil {
		return nil, err
	}
	s.work = func() error {
		return beside(window, func() error {
			if t.begin != nil {
				t.begin(controller)
			}
			settle(busy)
			var times []time.Duration
			for i := range changes {
				t.next(controller, i+1)
				times = append(times, followed(busy))
			}
			if t.role == roleSearch {
				controller.Search("gagn")
				if found := len(controller.Screen().Cards); found < 50 {
					return fmt.Errorf("a search finds %d orders", found)
				}
			}
			return s.say(times)
		})
	}
	return window.Fyne(), nil
}

// followed is how long the goroutine was busy with a change and with what the list then asked for.
func followed(busy <-chan time.Duration) time.Duration {
	took := <-busy
	for {
		select {
		case more := <-busy:
			took += more
		case <-time.After(2 * frame):
			return took
		}
	}
}

// EachEnded visits those that the counter remembers.
func (c *counter) EachEnded(_ context.Context, visit func(order.Order) bool) error {
	for _, o := range c.ended {
		if !visit(o) {
			break
		}
	}
	return nil
}
