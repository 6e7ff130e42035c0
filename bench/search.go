package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"
	"comptoir/ui/model"
	"comptoir/ui/search"
)

// searchAim bounds in milliseconds what a keystroke of a search takes.
const searchAim = 16

// typed are what people look for, letter by letter.
func typed() []string {
	return []string{"gagnon", "marc-andré roy", "514 555-01", "1234", "burger", "cheese lavoie", "zabaglione"}
}

// searching measures a search over all that a terminal keeps: the index alone, and a whole
// keystroke with the orders that are read for it and the screen that is made.
func (b *bench) searching(ctx context.Context) (tables []report.Table, err error) {
	stored, open := b.of(10_000, 300), b.of(300, 30)
	orders, err := b.regulars(stored + open)
	if err != nil {
		return nil, err
	}
	for i := range open {
		orders[i].Status, orders[i].Reason, orders[i].CompletedAt = order.Accepted, "", time.Time{}
	}
	file, err := store.Open(filepath.Join(b.dir, "search", "terminal.db"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := commit(ctx, file, orders, 500); err != nil {
		return nil, err
	}
	controller, err := shownBy(file)
	if err != nil {
		return nil, err
	}
	controller.Screen()
	controller.OpenSearch()
	start := time.Now()
	for load := controller.Load(); load != nil; load = controller.Load() {
		load(ctx)
	}
	filled := time.Since(start)

	index, texts := search.NewIndex(), make([]string, len(orders))
	for i, o := range orders {
		index.Put(o)
		text, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		texts[i] = strings.ToLower(string(text))
	}
	cases := []struct {
		name string
		run  func(query string)
		aim  bool
	}{
		{"baseline: strings.Contains through their JSON in lower case", func(query string) {
			for _, text := range texts {
				strings.Contains(text, query)
			}
		}, false},
		{"the index: the first 50, and how many there are", func(query string) { index.Find(query, 50, nil) }, true},
		{"a keystroke: found, read from the disk, the screen made", func(query string) {
			controller.Search(query)
			controller.Screen()
		}, true},
		{"an order changes, and is indexed again", func(string) { index.Put(orders[0]) }, false},
	}
	times, ratios := make([][]time.Duration, len(cases)), make([][]float64, len(cases))
	rounds := b.of(9, 1)
	for range rounds {
		var medians []float64
		for i, c := range cases {
			var round []time.Duration
			for _, query := range typed() {
				for end, letter := range query {
					start := time.Now()
					c.run(query[:end+utf8.RuneLen(letter)])
					round = append(round, time.Since(start))
				}
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			times[i] = append(times[i], round...)
			medians = append(medians, report.Median(round).Seconds())
			ratios[i] = append(ratios[i], medians[i]/medians[0])
		}
	}
	t := report.Table{
		Title: fmt.Sprintf("I. A search over %d orders, one keystroke after the other", len(orders)),
		Head:  []string{"case", "p50 us", "p99 us", "max us", "x baseline", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %d keystrokes; %d orders have ended, %d are open. Filling the index once: %.0f ms, beside the screen.",
				rounds, len(times[0])/rounds, stored, open, filled.Seconds()*1e3),
			"The screen's drawing is not in the figures: table J.",
		},
	}
	baseline := times[0]
	neighbours := report.Percentile(baseline, 0.99) > noisy*report.Median(baseline) // theirs are the tails
	for i, c := range cases {
		p99 := report.Percentile(times[i], 0.99)
		cells := []string{c.name, report.Micros(report.Median(times[i])), report.Micros(p99), report.Micros(report.Percentile(times[i], 1)), "1.00", "", "", ""}
		if i > 0 {
			cells[4], cells[5] = report.Ratio(report.Median(ratios[i])), report.Spread(ratios[i])
		}
		if c.aim {
			cells[6], cells[7] = fmt.Sprintf("p99 <= %d ms", searchAim), report.AtMost(p99.Seconds()*1e3, searchAim)
			if neighbours {
				cells[7] += ", noisy"
			}
		}
		t.Add(cells...)
	}
	return []report.Table{t}, nil
}

// regulars are orders of the example by customers who come again and again; all of them have ended.
func (b *bench) regulars(n int) ([]order.Order, error) {
	source, err := b.source()
	if err != nil {
		return nil, err
	}
	names := []string{"Élodie Gagnon", "Marc-André Roy", "Sophie Tremblay", "Jean-Philippe Lavoie", "Fatima Benali", "Geneviève Côté", "Olivier Chen"}
	orders := make([]order.Order, 0, n)
	for i := range n {
		life, err := source.life(i, "plateau")
		if err != nil {
			return nil, err
		}
		o := life[len(life)-1]
		o.Number, o.CompletedAt = fmt.Sprint(100+i%1900), o.CompletedAt.Add(-time.Duration(i)*time.Minute)
		o.Customer = order.Customer{Name: names[i%len(names)], Phone: fmt.Sprintf("+1 514 555-%04d", i*37%10_000)}
		orders = append(orders, o)
	}
	return orders, nil
}

// shownBy is what shows a terminal's file on screen.
func shownBy(file *store.Store) (*model.Controller, error) {
	service, err := terminal.New(terminal.Config{Device: "bench"}, terminal.Ports{
		Store: file, Clock: clock{}, Log: slog.New(slog.DiscardHandler),
		Notify: func(terminal.Event) {}, WakeSync: func() {}, WakePrinters: func() {},
	})
	if err != nil {
		return nil, err
	}
	location := shop.Location{ID: "plateau", Name: "Plateau", TimeZone: "America/Montreal", Currency: "CAD", Language: model.French, DayStarts: "04:00"}
	if err := service.Locations([]shop.Location{location}); err != nil {
		return nil, err
	}
	return model.NewController(model.Options{
		Terminal: service, Clock: clock{}, Wake: func() {}, Places: []model.Place{model.PlaceOrders},
	})
}
