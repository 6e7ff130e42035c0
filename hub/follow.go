package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// follow calls note for every open order of the locations, which are the keys, then for each that
// changes, and tick every second, until ctx ends; all on one goroutine. Without a location it does
// nothing. what says for the log whom it is for. Of a change that passes says is none of its
// business, note gets the order's ID and Location alone, to forget it by: to decode every order is
// work that delivering it waits for.
func follow[S any](ctx context.Context, h *Hub, what string, locations map[string]S, passes func(raw json.RawMessage) bool, note func(order.Order), tick func(context.Context)) error {
	if len(locations) == 0 {
		return nil
	}
	dirty := newDirty(h)
	defer dirty.stop()
	cursors := map[string]wire.Cursor{}
	for id := range locations {
		head, err := h.log.Head(id)
		if err != nil {
			return err
		}
		cursors[id] = head
		if err := h.log.EachOpen(id, func(o order.Order) bool { note(o); return true }); err != nil {
			return err
		}
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-dirty.wake:
			for _, id := range dirty.take() {
				cursor, followed := cursors[id]
				if !followed {
					continue
				}
				cursor, err := h.changes(id, cursor, passes, note)
				cursors[id] = cursor
				if err != nil {
					h.slog.Error("the log cannot be read, trying again", "for", what, "location", id, "error", err)
					time.AfterFunc(time.Second, func() { dirty.mark(id) })
				}
			}
		case <-ticker.C:
			tick(ctx)
		}
	}
}

// statusNew is in the JSON of every order that is New: within strings its quotes are escaped.
var statusNew = []byte(`"status":"` + string(order.New) + `"`)

func notNew(raw json.RawMessage) bool { return !bytes.Contains(raw, statusNew) }

// changes calls note, as follow does, for each order that changed after the cursor, and returns
// where it came to.
func (h *Hub) changes(location string, cursor wire.Cursor, passes func(raw json.RawMessage) bool, note func(order.Order)) (wire.Cursor, error) {
	for {
		const page = 256
		// without a horizon, which a clock that is set may move past the cursor
		changes, head, err := h.log.All(location, cursor, page)
		if err != nil {
			return cursor, fmt.Errorf("reading the log of %s: %w", location, err)
		}
		for _, c := range changes {
			if passes(c.Raw) {
				note(order.Order{ID: c.OrderID, Location: location})
				continue
			}
			o, err := decodeOrder(c.Raw)
			if err != nil {
				return cursor, err
			}
			note(o)
		}
		cursor = orderlog.Next(changes, head, page)
		if len(changes) < page {
			return cursor, nil
		}
	}
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
