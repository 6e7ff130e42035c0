package hub

import (
	"context"
	"errors"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
)

// beforeDeadline is how long before AcceptBy the hub decides for a store that has not.
const beforeDeadline = 15 * time.Second

// returning is how long the hub waits, from its start, before it gives up an order whose time was
// up by then: a terminal that has the answer comes back within 10 s.
const returning = 30 * time.Second

// deadlines carries out what is to happen to orders that nobody answers in time.
type deadlines struct {
	hub *Hub
	// waiting is when each unanswered order must be answered; run alone uses it.
	waiting map[string]time.Time
}

func newDeadlines(h *Hub) *deadlines {
	return &deadlines{hub: h, waiting: map[string]time.Time{}}
}

func (d *deadlines) run(ctx context.Context) error {
	return follow(ctx, d.hub, "deadlines", d.hub.locations, notNew, d.note, d.tick)
}

func (d *deadlines) note(o order.Order) {
	if o.Status == order.New && !o.AcceptBy.IsZero() {
		d.waiting[o.ID] = o.AcceptBy
	} else {
		delete(d.waiting, o.ID)
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
		if acceptBy.Before(d.hub.started) && now.Sub(d.hub.started) < returning {
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
