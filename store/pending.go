package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"comptoir/order"
	"comptoir/terminal"
)

var errShort = errors.New("it is too short")

// AddPending gives back what it has where the command is pending already: an id is one
// command, for good.
func (t tx) AddPending(location string, c order.Command) (terminal.Pending, error) {
	orderID := orderOf(c)
	if err := checkText(location, c.ID, orderID); err != nil {
		return terminal.Pending{}, fmt.Errorf("add pending command: %w", err)
	}
	sequence, _, found, err := t.pendingPlace(c.ID)
	if err != nil {
		return terminal.Pending{}, err
	}
	if found {
		return mustGet(t, bucketPending, number(sequence), isPending(sequence))
	}
	if sequence, err = t.next(bucketPending); err != nil {
		return terminal.Pending{}, err
	}
	p := terminal.Pending{Sequence: sequence, Location: location, Command: c}
	// before the record, because it refuses an empty id
	if err := t.indexPending(p); err != nil {
		return terminal.Pending{}, err
	}
	if err := t.put(bucketPending, number(sequence), p); err != nil {
		return terminal.Pending{}, err
	}
	return p, nil
}

func (t tx) indexPending(p terminal.Pending) error {
	orderID := orderOf(p.Command)
	if err := t.putRaw(bucketPendingByCommand, []byte(p.Command.ID), append(number(p.Sequence), orderID...)); err != nil {
		return err
	}
	return t.putRaw(bucketPendingByOrder, ofOrder(orderID, p.Sequence), nil)
}

// orderOf is the order that the command is about; Place may name it in its draft alone.
func orderOf(c order.Command) string {
	if c.OrderID == "" && c.Order != nil {
		return c.Order.ID
	}
	return c.OrderID
}

// pendingPlace is where a command stands in the other buckets.
func (t tx) pendingPlace(command string) (sequence uint64, orderID string, found bool, err error) {
	place := t.raw(bucketPendingByCommand, []byte(command))
	if place == nil {
		return 0, "", false, nil
	}
	if len(place) < 8 {
		return 0, "", false, damaged(bucketPendingByCommand, []byte(command), errShort)
	}
	return binary.BigEndian.Uint64(place), string(place[8:]), true, nil
}

func isPending(sequence uint64) func(terminal.Pending) bool {
	return func(p terminal.Pending) bool { return p.Sequence == sequence }
}

func (t tx) PendingAfter(sequence uint64, limit int) ([]terminal.Pending, error) {
	if sequence == math.MaxUint64 || limit <= 0 {
		return nil, nil
	}
	var list []terminal.Pending
	for key, data := range t.each(bucketPending, number(sequence+1), nil) {
		p, err := decode(bucketPending, key, data, func(p terminal.Pending) bool {
			return bytes.Equal(key, number(p.Sequence))
		})
		if err != nil {
			return nil, err
		}
		if list = append(list, p); len(list) == limit {
			break
		}
	}
	return list, nil
}

func (t tx) PendingOf(orderID string) ([]terminal.Pending, error) {
	var list []terminal.Pending
	prefix := composite(orderID)
	for key := range t.each(bucketPendingByOrder, prefix, prefix) {
		if len(key) != len(prefix)+8 {
			return nil, damaged(bucketPendingByOrder, key, errShort)
		}
		sequence := binary.BigEndian.Uint64(key[len(prefix):])
		p, err := mustGet(t, bucketPending, number(sequence), isPending(sequence))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func (t tx) removePending(command string) error {
	sequence, orderID, found, err := t.pendingPlace(command)
	if err != nil || !found {
		return err
	}
	return errors.Join(
		t.delete(bucketPending, number(sequence)),
		t.delete(bucketPendingByOrder, ofOrder(orderID, sequence)),
		t.delete(bucketPendingByCommand, []byte(command)),
	)
}
