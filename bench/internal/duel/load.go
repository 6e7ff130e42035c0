package duel

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
)

// fillers is how many orders are under way while a log is filled.
const fillers = 256

// load makes orders and has the server deliver them.
type load struct {
	server server
	setup  Setup
	made   int // orders so far
	// changing are the orders of each location that a steady load changes.
	changing [][]order.Order
}

func newLoad(ctx context.Context, s server, setup Setup) (*load, error) {
	l := &load{server: s, setup: setup}
	var err error
	l.changing, err = l.fill(ctx, setup.Changing)
	return l, err
}

func (l *load) carryOut(ctx context.Context, r request) (answer, error) {
	switch {
	case r.Usage:
		usage, err := settledUsage()
		return answer{Usage: &usage}, err
	case r.Spent:
		spent, err := processorTime()
		return answer{Spent: spent}, err
	case r.Positions:
		positions, err := l.positions()
		return answer{Positions: positions}, err
	case r.Fill > 0:
		_, err := l.fill(ctx, r.Fill)
		return answer{}, err
	case r.Publish != nil:
		stored, err := l.publish(ctx, *r.Publish)
		return answer{Stored: stored}, err
	}
	return answer{}, fmt.Errorf("no such request: %+v", r)
}

func (l *load) positions() (map[string]wire.Cursor, error) {
	all := map[string]wire.Cursor{}
	for i := range l.setup.Locations {
		at, err := l.server.position(location(i))
		if err != nil {
			return nil, err
		}
		all[location(i)] = at
	}
	return all, nil
}

// fill gives each location so many orders more.
func (l *load) fill(ctx context.Context, each int) ([][]order.Order, error) {
	all := make([][]order.Order, l.setup.Locations)
	slots := make(chan struct{}, fillers)
	failures := make(chan error, l.setup.Locations*each)
	var group sync.WaitGroup
	for range each {
		for i := range all {
			o, err := l.order(location(i))
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], o)
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				if err := l.server.deliver(ctx, stamped(o, time.Now()), 0); err != nil {
					failures <- err
				}
			})
		}
	}
	group.Wait()
	return all, first(failures)
}

// publish changes orders at a steady rate, the locations in turn, and says when each was stored.
// It waits for no delivery.
func (l *load) publish(ctx context.Context, p publish) (map[int64]int64, error) {
	var mu sync.Mutex
	under, stored := map[string][]int64{}, map[int64]int64{} // under way, by location
	defer l.server.watch(func(location string) {
		now := time.Now().UnixNano()
		mu.Lock()
		defer mu.Unlock()
		for _, sent := range under[location] { // mostly one: what is not stored yet only looks slower
			stored[sent] = now
		}
		delete(under, location)
	})()
	failures := make(chan error, p.Count)
	var group sync.WaitGroup
	next := time.Now()
	for n := range p.Count {
		next = next.Add(p.Every)
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		o := &l.changing[n%l.setup.Locations][n/l.setup.Locations%l.setup.Changing]
		before := o.Revision
		o.Revision++
		state := *o
		group.Go(func() {
			now := time.Now()
			mu.Lock()
			under[state.Location] = append(under[state.Location], now.UnixNano())
			mu.Unlock()
			if err := l.server.deliver(ctx, stamped(state, now), before); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	mu.Lock()
	defer mu.Unlock()
	return maps.Clone(stored), first(failures) // a watcher may be at work still
}

func first(failures chan error) error {
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// order makes the next one of a location, accepted.
func (l *load) order(location string) (order.Order, error) {
	l.made++
	draft := l.setup.Draft
	draft.Connection, draft.Location, draft.Reference = "", location, strconv.Itoa(l.made)
	draft.ID = order.Identity(location, draft.Reference)
	var o order.Order
	now := time.Now()
	for _, step := range []order.CommandType{order.Place, order.Accept} {
		c := order.Command{ID: order.Identity(draft.ID, string(step)), Type: step, OrderID: draft.ID, At: now, By: "bench"}
		if step == order.Place {
			c.Order = &draft
		}
		next, err := order.Apply(o, c, order.OwnPolicy(), now)
		if err != nil {
			return o, fmt.Errorf("%s: %w", step, err)
		}
		o = next
	}
	return o, nil
}

// stamp precedes, in an order's note and so in its JSON, when it was given to the server.
const stamp = `"sent:`

func stamped(o order.Order, now time.Time) order.Order {
	o.Note = stamp[1:] + strconv.FormatInt(now.UnixNano(), 10)
	return o
}
