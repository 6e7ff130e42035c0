package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/shop"
	"comptoir/sync/wire"

	"go.etcd.io/bbolt"
)

var (
	bucketOrderings = []byte("orderings")       // location → shop.Ordering
	bucketAsked     = []byte("orderings.asked") // connection → partner.StoreState that calls are stored for
)

// roomEvery is how often orders that wait for room are looked at again.
const roomEvery = 5 * time.Second

// orderings keeps how each location takes orders, as people changed it, and has the platforms
// told: whatever differs from what they have been told becomes calls, at a change as at the end of
// a pause, in the transaction that stores it.
type orderings struct {
	hub *Hub
	// wake asks run to accept what may be accepted now.
	wake chan struct{}

	// changing is held from reading a state until the next one is stored.
	changing sync.Mutex
	// telling is held from reading a state until it is queued for the terminals: they get states in
	// their sequence.
	telling sync.Mutex
	// told is what the terminals of a location heard last, by telling's leave.
	told map[string]wire.Ordering
	// turns hold the acceptances of a location in one sequence, so that two orders do not take the
	// last place of a quarter both. They never change.
	turns map[string]*sync.Mutex

	mu     sync.Mutex
	states map[string]shop.Ordering
	asked  map[string]partner.StoreState
}

func newOrderings(h *Hub) (*orderings, error) {
	o := &orderings{
		hub: h, wake: make(chan struct{}, 1), turns: map[string]*sync.Mutex{}, told: map[string]wire.Ordering{},
		states: map[string]shop.Ordering{}, asked: map[string]partner.StoreState{},
	}
	for id := range h.locations {
		o.turns[id] = &sync.Mutex{}
	}
	err := h.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		return cmp.Or(load(tx, bucketOrderings, o.states), load(tx, bucketAsked, o.asked))
	})
	if err != nil {
		return nil, fmt.Errorf("reading how the locations take orders: %w", err)
	}
	return o, nil
}

// load reads a bucket of JSON records, which it makes where it is missing.
func load[T any](tx *bbolt.Tx, name []byte, into map[string]T) error {
	bucket, err := tx.CreateBucketIfNotExists(name)
	if err != nil {
		return err
	}
	return bucket.ForEach(func(k, v []byte) error {
		var value T
		if err := json.Unmarshal(v, &value); err != nil {
			return fmt.Errorf("%s %q: %w", name, k, err)
		}
		into[string(k)] = value
		return nil
	})
}

// run ends what has come to its end, and accepts what a change or time has made room for.
func (o *orderings) run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var looked time.Time
	for {
		woken := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.wake:
			woken = true
		case <-tick.C:
		}
		now := o.hub.now()
		room := now.Sub(looked) >= roomEvery
		if room {
			looked = now
		}
		for _, l := range o.hub.locations {
			if err := o.steer(ctx, l); err != nil && ctx.Err() == nil {
				o.hub.slog.Error("calls about the store could not be stored, trying again", "location", l.ID, "error", err)
			}
			waits := woken || room && o.held(l).Maximum > 0
			if !waits || !o.hub.gateway.attended(l.ID, l.AcceptWithoutTerminal) {
				continue
			}
			if err := o.hub.acceptWaiting(ctx, l); err != nil && ctx.Err() == nil {
				o.hub.slog.Error("orders that wait could not be accepted, trying again", "location", l.ID, "error", err)
			}
		}
	}
}

func (o *orderings) state(location string) shop.Ordering {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.states[location]
}

// held is what holds at the location now.
func (o *orderings) held(l *location) shop.Held { return o.state(l.ID).At(l.Location, o.hub.now()) }

// change carries out what somebody asks. A change that is there already is no error. Errors:
// *order.Error where it cannot be taken.
func (o *orderings) change(ctx context.Context, l *location, c shop.Change) error {
	c, err := c.Settle(l.Location, o.hub.now())
	if err != nil {
		return err
	}
	o.changing.Lock()
	defer o.changing.Unlock()
	before := o.state(l.ID)
	next := before.Apply(c).Trim(o.hub.now())
	if reflect.DeepEqual(before, next) {
		return nil
	}
	if err := o.store(ctx, l, &next); err != nil {
		return fmt.Errorf("storing how %s takes orders: %w", l.ID, err)
	}
	o.hub.slog.Info("how the location takes orders has changed", "location", l.ID, "by", c.By, "change", c.ID)
	o.tell(l)
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return nil
}

// steer has the platforms told of what time has brought.
func (o *orderings) steer(ctx context.Context, l *location) error {
	o.changing.Lock()
	defer o.changing.Unlock()
	if len(o.due(l, o.state(l.ID))) == 0 {
		return nil
	}
	return o.store(ctx, l, nil)
}

// steering is what one platform has to be told.
type steering struct {
	connection *connection
	to         partner.StoreState
	calls      []partner.Call
}

// due lists the connections of a location whose platforms have to be told something.
func (o *orderings) due(l *location, state shop.Ordering) []steering {
	now := o.hub.now()
	held := state.At(l.Location, now)
	var list []steering
	for _, c := range l.connections {
		control, able := c.Adapter.(partner.StoreControl)
		channel, known := held.Channel(c.ID)
		if !able || !known {
			continue
		}
		can := control.Controls()
		o.mu.Lock()
		from := o.asked[c.ID]
		o.mu.Unlock()
		// what it cannot be told it may learn after the configuration has changed
		to := partner.StoreState{Out: map[string]time.Time{}}
		if can.Pause {
			to.PausedUntil = channel.PausedUntil
		}
		// as long as nobody has changed it the platform's own setting stands
		if can.Preparation && (state.Channels[c.ID].PreparationMinutes.Written() || held.BusyMinutes > 0 || from.PreparationMinutes > 0) {
			to.PreparationMinutes = held.Preparation(channel.PreparationMinutes)
		}
		if can.Stock {
			for _, item := range held.OutOfStock {
				to.Out[item.PLU] = item.Until
			}
		}
		if !to.Equal(from) {
			list = append(list, steering{c, to, control.StoreCalls(from, to, now)})
		}
	}
	return list
}

// store keeps a new state, if there is one, and the calls that follow from time and it, in one
// transaction. changing is held.
func (o *orderings) store(ctx context.Context, l *location, next *shop.Ordering) error {
	state := o.state(l.ID)
	if next != nil {
		state = *next
	}
	due := o.due(l, state)
	value, err := json.Marshal(state)
	if err != nil {
		return err
	}
	records := make([][]*record, len(due))
	release := o.hub.calls.supersede()
	defer release()
	err = o.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
		if next != nil {
			if err := tx.Bucket(bucketOrderings).Put([]byte(l.ID), value); err != nil {
				return err
			}
		}
		for i, s := range due {
			if records[i], err = o.hub.calls.storeAbout(tx, s.connection, s.calls); err != nil {
				return err
			}
			asked, err := json.Marshal(s.to)
			if err != nil {
				return err
			}
			if err := tx.Bucket(bucketAsked).Put([]byte(s.connection.ID), asked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	o.mu.Lock()
	if next != nil {
		o.states[l.ID] = *next
	}
	for _, s := range due {
		o.asked[s.connection.ID] = s.to
	}
	o.mu.Unlock()
	for i, s := range due {
		o.hub.calls.replace(s.connection.ID, records[i])
	}
	if len(due) > 0 {
		o.tell(l)
	}
	return nil
}

// frames are the locations' orderings for a terminal. telling is held.
func (o *orderings) frames(locations []*location) []wire.Ordering {
	frames := make([]wire.Ordering, 0, len(locations))
	for _, l := range locations {
		frames = append(frames, o.frame(l))
	}
	return frames
}

// frame is the location's ordering for terminals. telling is held.
func (o *orderings) frame(l *location) wire.Ordering {
	frame := wire.Ordering{Location: l.ID, Ordering: o.state(l.ID), Reports: map[string]shop.Report{}}
	for _, c := range l.connections {
		o.mu.Lock()
		_, told := o.asked[c.ID]
		o.mu.Unlock()
		if report, waiting := o.hub.calls.report(c.ID); waiting {
			frame.Reports[c.ID] = report
		} else if told {
			frame.Reports[c.ID] = shop.Report{State: shop.Told}
		}
	}
	return frame
}

// tell gives the terminals of a location its ordering as it is now, unless they have it: each of
// them stores what it hears.
func (o *orderings) tell(l *location) {
	o.telling.Lock()
	defer o.telling.Unlock()
	frame := o.frame(l)
	if reflect.DeepEqual(o.told[l.ID], frame) {
		return
	}
	o.told[l.ID] = frame
	o.hub.gateway.broadcast(l.ID, wire.FromHub{Ordering: &frame})
}

// admit says whether an order may be accepted by itself now, as far as the maximum goes. Until done
// no other order of the location is admitted.
func (o *orderings) admit(l *location, candidate order.Order) (admitted bool, done func(), err error) {
	held := o.held(l)
	if held.Maximum == 0 {
		return true, func() {}, nil
	}
	turn := o.turns[l.ID]
	turn.Lock()
	others, err := o.moments(l)
	if err != nil {
		turn.Unlock()
		return false, nil, fmt.Errorf("counting the orders of %s: %w", l.ID, err)
	}
	candidate.AcceptedAt = o.hub.now()
	return held.Room(candidate.KitchenDue(l.printAhead()), others), turn.Unlock, nil
}

// moments are when the kitchen heard, or is going to hear, of the location's accepted orders; those
// of long ago may be missing.
func (o *orderings) moments(l *location) ([]time.Time, error) {
	var moments []time.Time
	add := func(known order.Order) bool {
		if !known.AcceptedAt.IsZero() {
			moments = append(moments, known.KitchenDue(l.printAhead()))
		}
		return true
	}
	if err := o.hub.log.EachOpen(l.ID, add); err != nil {
		return nil, err
	}
	// and what has been handed over within a few minutes
	const page = 100
	latest, _, err := o.hub.log.Orders(l.ID, "", page)
	if err != nil {
		return nil, err
	}
	for _, known := range slices.DeleteFunc(latest, func(known order.Order) bool { return known.Status.Open() }) {
		add(known)
	}
	return moments, nil
}
