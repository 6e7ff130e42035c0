package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
	"comptoir/ui/stories"
)

const (
	// flat is how far the memory may be at the end from what it was at a third.
	flat = 1.1
	// pace is how much faster than a shop's the clock in service runs.
	pace = 60
	// step is how often, by the shop's clock, an order comes; each does what is next after a stay.
	step = 30 * time.Second
	stay = 3 * time.Minute
)

// usage is what a window takes at one moment.
type usage struct {
	RSS    float64 `json:"rss"`  // MB
	Heap   float64 `json:"heap"` // MB in use after a collection
	Orders int     `json:"orders"`
	Drawn  int64   `json:"drawn"`
}

// memory watches a window in service.
func (b *bench) memory(ctx context.Context) (report.Table, error) {
	bare, err := b.bareMemory(ctx)
	if err != nil {
		return report.Table{}, err
	}
	p, err := b.subject(ctx, startLimit+b.service, roleService, "-service", b.service.String())
	if err != nil {
		return report.Table{}, err
	}
	defer p.close()
	var third, end usage
	for _, u := range []*usage{&third, &end} {
		if err := p.value(u); err != nil {
			return report.Table{}, err
		}
	}
	t := report.Table{
		Title: fmt.Sprintf("G. Memory of the window in %s of service, %d times as fast as a shop's", b.service, pace),
		Head:  []string{"case", "MB", "orders so far", "drawn so far", "x at a third", "aim", ""},
		Notes: []string{
			"An order every 30 s of the shop's clock, each with six events, its alarm and its details. RSS is the whole process,",
			"Mesa's libraries and textures included; the heap is Go's after a collection.",
		},
	}
	row := func(name string, value float64, u usage, cells ...string) {
		t.Add(append([]string{name, fmt.Sprintf("%.1f", value), strconv.Itoa(u.Orders), fmt.Sprint(u.Drawn)}, cells...)...)
	}
	t.Add("baseline: RSS of a bare Fyne window with an empty list", fmt.Sprintf("%.1f", bare), "", "", "", "", "")
	for _, m := range []struct {
		name       string
		third, end float64
	}{{"RSS", third.RSS, end.RSS}, {"Go heap", third.Heap, end.Heap}} {
		r := m.end / m.third
		row(m.name+" at a third", m.third, third, "1.00", "", "")
		row(m.name+" at the end", m.end, end, report.Ratio(r), fmt.Sprintf("<= %.2f", flat), report.AtMost(r, flat))
	}
	return t, nil
}

// bareMemory is the RSS of a bare window that has come to rest.
func (b *bench) bareMemory(ctx context.Context) (float64, error) {
	p, err := b.subject(ctx, startLimit, roleEmpty)
	if err != nil {
		return 0, err
	}
	defer p.close()
	if _, err := p.ready(); err != nil {
		return 0, err
	}
	time.Sleep(still)
	return resident(strconv.Itoa(p.cmd.Process.Pid))
}

// resident is the memory of a process in MB.
func resident(process string) (float64, error) {
	text, err := os.ReadFile("/proc/" + process + "/status") // Linux only, as Xvfb is
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			var kilobytes float64
			_, err := fmt.Sscanf(value, "%f kB", &kilobytes)
			return kilobytes / 1000, err
		}
	}
	return 0, fmt.Errorf("process %s has no VmRSS", process)
}

// inService is the terminal's window while orders come, change and end.
func (s *subject) inService(length time.Duration) (fyne.Window, error) {
	start := time.Now()
	c := &counter{now: func() time.Time { return stories.Now().Add(pace * time.Since(start)) }}
	var drawn atomic.Int64
	window, controller, err := s.ours(c, func(time.Duration) { drawn.Add(1) })
	if err != nil {
		return nil, err
	}
	drafts := slices.DeleteFunc(stories.Orders(model.French), func(o order.Order) bool {
		return o.Fulfillment.Type == order.Shipment // they are not handed over
	})
	service := &service{counter: c, controller: controller, drafts: drafts}
	tell := func() error {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		rss, err := resident("self")
		if err != nil {
			return err
		}
		return s.say(usage{RSS: rss, Heap: float64(stats.HeapAlloc) / 1e6, Orders: service.came, Drawn: drawn.Load()})
	}
	s.work = func() error {
		return beside(window, func() error {
			begun := time.Now()
			for _, until := range []time.Duration{length / 3, length} {
				for time.Since(begun) < until {
					if err := service.next(); err != nil {
						return err
					}
				}
				if err := tell(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return window.Fyne(), nil
}

// service is what the hub and the people at the counter do.
type service struct {
	*counter
	controller *model.Controller
	drafts     []order.Order
	came       int
	lives      []*life // oldest first
}

// life is an order on its way.
type life struct {
	id   string
	due  time.Time
	left []order.CommandType
}

// next lets an order come, and takes those whose time it is a step further.
func (s *service) next() error {
	now := s.Now()
	draft := s.drafts[s.came%len(s.drafts)].Clone()
	s.came++
	draft.ID, draft.Number, draft.Reference = fmt.Sprintf("service-%d", s.came), strconv.Itoa(s.came), strconv.Itoa(s.came)
	draft.Customer.Name += " " + draft.Number
	draft.PlacedAt, draft.AcceptBy = now, time.Time{}
	draft.Fulfillment.PromisedAt = now.Add(20 * time.Minute)
	l := &life{id: draft.ID, left: []order.CommandType{order.Place, order.Acknowledge, order.Accept, order.Start, order.MarkReady, order.HandOver}}
	s.lives = append(s.lives, l)
	if err := s.do(l, order.Command{Order: &draft}); err != nil {
		return err
	}
	l.due = now.Add(step / 2)
	if s.came%5 == 0 { // somebody looks at it
		s.controller.Select(l.id)
	}
	for end := now.Add(step); s.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		kept := s.lives[:0]
		for _, l := range s.lives {
			if s.Now().After(l.due) {
				if err := s.do(l, order.Command{}); err != nil {
					return err
				}
				l.due = s.Now().Add(stay)
			}
			if len(l.left) > 0 {
				kept = append(kept, l)
			}
		}
		s.lives = kept
	}
	return nil
}

// do takes an order a step further, as the terminal would tell of it.
func (s *service) do(l *life, command order.Command) error {
	command.Type, command.OrderID = l.left[0], l.id
	l.left = l.left[1:]
	if command.Type == order.Acknowledge {
		ringing := s.order(l.id).Ringing(time.Duration(location().PrintAheadMinutes)*time.Minute, s.Now())
		if len(ringing) == 0 {
			return nil // as a counter's own orders
		}
		command.Alarm = ringing[0]
	}
	o, err := s.Do(command)
	if err != nil {
		return fmt.Errorf("%s: %w", command.Type, err)
	}
	s.controller.Notify(terminal.Event{Kind: terminal.EventOrder, Order: o})
	return nil
}
