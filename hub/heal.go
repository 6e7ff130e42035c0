package hub

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
	"go.etcd.io/bbolt"
)

// held has the writer answer a terminal that holds orders which its full resync did not bring: their
// end may be out of the hot set, or this hub may have lost them. They may be too many to wait in the
// queue.
func (s *session) held(h wire.Held) error {
	if !s.device.serves(h.Location) {
		return fmt.Errorf("orders of %q, which is none of its locations", h.Location)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked != nil {
		return errors.New("it asks for orders before it has been answered")
	}
	s.asked = &h
	s.startWriter()
	return nil
}

// answer sends the next of the answers to what a terminal asked.
func (s *session) answer(ctx context.Context, h *wire.Held) error {
	answer, size := wire.Answer{Location: h.Location}, 0
	for ; len(h.Orders) > 0; h.Orders = h.Orders[1:] {
		id := h.Orders[0].ID
		raw, err := s.hub.settle(ctx, s.device, h.Location, h.Orders[0])
		if errors.Is(err, orderlog.ErrNotFound) {
			answer.Missing = append(answer.Missing, id)
			continue
		}
		if err != nil {
			s.hub.slog.Error("a terminal's question for an order cannot be answered", "device", s.device.ID, "error", err)
			return err
		}
		if len(raw) > maxRaw {
			s.hub.leaveOut(id, h.Location, len(raw))
			continue
		}
		if len(answer.Orders) > 0 && size+len(raw) > maxPage {
			break
		}
		size += len(raw)
		answer.Orders = append(answer.Orders, raw)
	}
	if answer.Done = len(h.Orders) == 0; answer.Done {
		s.mu.Lock()
		s.asked = nil // before it hears that it may ask again
		s.mu.Unlock()
	}
	data, err := wire.Encode(wire.FromHub{Answer: &answer})
	if err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, data)
}

// settle is what the hub has of an order that a terminal holds, once it has taken what it lacks
// and was offered. orderlog.ErrNotFound where it has none.
func (h *Hub) settle(ctx context.Context, d *device, location string, held wire.HeldOrder) ([]byte, error) {
	for {
		stored, err := h.log.Order(held.ID)
		if err != nil && !errors.Is(err, orderlog.ErrNotFound) {
			return nil, fmt.Errorf("reading order %s: %w", held.ID, err)
		}
		if err == nil && stored.Location != location {
			return nil, orderlog.ErrNotFound // it is none of theirs to hear of
		}
		offered, taken := h.offered(held, stored, location)
		if !taken {
			if err != nil {
				return nil, err
			}
			return json.Marshal(stored)
		}
		var owed []*record
		_, err = h.log.AppendAnd(ctx, offered, stored.Revision, func(tx *bbolt.Tx) (err error) {
			owed, err = h.calls.pass(tx, stored, offered)
			return err
		})
		if errors.Is(err, orderlog.ErrConflict) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("storing order %s, which came back: %w", held.ID, err)
		}
		h.calls.add(owed)
		h.slog.Warn("an order that this hub had lost came back from a terminal",
			"order", offered.ID, "device", d.ID, "had", stored.Revision, "has", offered.Revision)
		return json.Marshal(offered)
	}
}

// offered is the order that a terminal offers, and whether the hub should have it in place of the
// one that it has: it is the same one, later. Two that went on differently cannot be joined here;
// then the terminals' commands come again, each by its id.
func (h *Hub) offered(held wire.HeldOrder, stored order.Order, location string) (order.Order, bool) {
	if len(held.Order) == 0 {
		return order.Order{}, false
	}
	o, err := decodeOrder(held.Order)
	if err != nil || o.ID != held.ID || o.Location != location || o.Revision < 1 || len(o.History) == 0 || len(held.Order) > maxRaw {
		h.slog.Warn("a terminal offers an order that cannot be one", "order", held.ID, "location", location)
		return o, false
	}
	return o, stored.Revision == 0 || stored.Precedes(o)
}

// pass marks what a platform heard of an order before the hub lost it: it is not told again, since
// a late confirmation may be taken for an order that has expired. What the hub still owes it of the
// stored one is returned.
func (c *calls) pass(tx *bbolt.Tx, stored, offered order.Order) ([]*record, error) {
	owed, err := c.store(tx, stored)
	if err != nil {
		return nil, err
	}
	handled := binary.BigEndian.AppendUint32(nil, uint32(len(offered.History)))
	return owed, tx.Bucket(bucketHandled).Put([]byte(offered.ID), handled)
}
