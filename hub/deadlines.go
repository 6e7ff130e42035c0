package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// beforeDeadline is how long before AcceptBy the hub decides for a store that has not.
const beforeDeadline = 15 * time.Second

// deadlines carries out what is to happen to orders that nobody answers in time.
type deadlines struct {
	hub *Hub
	// waiting is when each unanswered order must be answered; run alone uses it.
	waiting map[string]time.Time
	cursors map[string]wire.Cursor
}

func newDeadlines(h *Hub) *deadlines {
	return &deadlines{hub: h, waiting: map[string]time.Time{}, cursors: map[string]wire.Cursor{}}
}

func (d *deadlines) run(ctx context.Context) error {
	dirty := newDirty(d.hub)
	defer dirty.stop()
	for id := range d.hub.locations {
		head, err := d.hub.log.Head(id)
		if err != nil {
			return err
		}
		d.cursors[id] = head
		if err := d.hub.log.EachOpen(id, func(o order.Order) bool { d.note(o); return true }); err != nil {
			return err
		}
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-dirty.wake:
			for _, id := range dirty.take() {
				if err := d.read(id); err != nil {
					d.hub.slog.Error("the log cannot be read for deadlines, trying again", "location", id, "error", err)
					time.AfterFunc(time.Second, func() { dirty.mark(id) })
				}
			}
		case <-tick.C:
			d.tick(ctx)
		}
	}
}

func (d *deadlines) note(o order.Order) {
	if o.Status == order.New && !o.AcceptBy.IsZero() {
		d.waiting[o.ID] = o.AcceptBy
	} else {
		delete(d.waiting, o.ID)
	}
}

func (d *deadlines) read(id string) error {
	for {
		const page = 256
		changes, head, err := d.hub.log.Changes(id, d.cursors[id], page)
		if err != nil {
			return fmt.Errorf("reading the log of %s: %w", id, err)
		}
		for _, c := range changes {
			o, err := decodeOrder(c.Raw)
			if err != nil {
				return err
			}
			d.note(o)
		}
		d.cursors[id] = orderlog.Next(changes, head, page)
		if len(changes) < page {
			return nil
		}
	}
}

// tick decides for each order whose time is up. What fails for want of a disk is tried again
// at the next tick.
func (d *deadlines) tick(ctx context.Context) {
	now := d.hub.now()
	for id, acceptBy := range d.waiting {
		if now.Before(acceptBy.Add(-beforeDeadline)) {
			continue
		}
		if err := d.decide(ctx, id, now); err != nil && order.KindOf(err) == "" {
			d.hub.slog.Error("an order's deadline could not be carried out, trying again", "order", id, "error", err)
			continue
		}
		delete(d.waiting, id)
	}
}

// decide ends, or accepts, the order as the connection says, unless it has been answered: what
// is decided here stands on the very revision that was read.
func (d *deadlines) decide(ctx context.Context, id string, now time.Time) error {
	o, err := d.hub.log.Order(id)
	if err != nil || o.Status != order.New {
		return err
	}
	command := order.Command{ID: order.Identity(id, "deadline"), Type: order.Reject, OrderID: id, By: order.AutoAccept, Reason: order.StoreOffline}
	c := d.hub.connections[o.Connection]
	switch {
	case !now.Before(o.AcceptBy):
		command.Type, command.Reason = order.Expire, ""
	case c != nil && c.OnDeadline == onDeadlineAccept, d.heldBack(o):
		command.Type, command.Reason = order.Accept, ""
	}
	next, err := order.Apply(o, command, d.hub.policy(o), now)
	if err != nil {
		return err
	}
	_, err = d.hub.log.Append(ctx, next, o.Revision)
	if errors.Is(err, orderlog.ErrConflict) {
		return d.decide(ctx, id, now) // somebody was faster: judge what they did
	}
	if err != nil {
		return err
	}
	d.hub.slog.Warn("nobody answered an order in time", "order", id, "done", command.Type)
	return nil
}

// heldBack says whether the order waits because of the location's maximum alone: that may make it
// wait, and never cost it.
func (d *deadlines) heldBack(o order.Order) bool {
	l := d.hub.locations[o.Location]
	return l != nil && d.hub.orderings.held(l).Maximum > 0 && d.hub.autoAccepts(o) && d.hub.gateway.attended(l.ID, l.AcceptWithoutTerminal)
}

// dirty gathers the locations whose log has changed, and wakes one reader.
type dirty struct {
	wake   chan struct{}
	stop   func()
	mu     sync.Mutex
	values map[string]bool
}

func newDirty(h *Hub) *dirty {
	d := &dirty{wake: make(chan struct{}, 1), values: map[string]bool{}}
	d.stop = h.log.Watch(d.mark)
	return d
}

func (d *dirty) mark(location string) {
	d.mu.Lock()
	d.values[location] = true
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *dirty) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make([]string, 0, len(d.values))
	for id := range d.values {
		ids = append(ids, id)
	}
	clear(d.values)
	return ids
}
