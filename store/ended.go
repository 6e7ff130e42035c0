package store

import (
	"bytes"
	"time"

	"comptoir/order"
)

// listEnded puts an order that has ended into its index. An entry of before is left alone, since
// finding it would cost each write a reading: EachEnded passes over what does not hold any more,
// which takes a hub whose log was rolled back, or an order that has been forgotten since.
func (t tx) listEnded(o order.Order) error {
	if o.Status.Open() {
		return nil
	}
	key := endedKey(o)
	if t.raw(bucketEnded, key) != nil {
		return nil
	}
	return t.putRaw(bucketEnded, key, []byte(o.ID))
}

func (t tx) EachEnded(from, before time.Time, f func(order.Order) bool) error {
	c := t.b.Bucket([]byte(bucketEnded)).Cursor()
	var first []byte
	if !from.IsZero() {
		first = moment(nil, from)
	}
	step := c.Last
	if !before.IsZero() {
		if behind, _ := c.Seek(moment(nil, before)); behind != nil {
			step = c.Prev
		}
	}
	key, id := step()
	for ; key != nil && bytes.Compare(key, first) >= 0; key, id = c.Prev() {
		o, holds, err := t.endedAt(key, id)
		if err != nil {
			return err
		}
		if holds && !f(o) {
			return nil
		}
	}
	return nil
}

// endedAt is the order that an entry of the index leads to, if it still holds.
func (t tx) endedAt(key, id []byte) (o order.Order, holds bool, err error) {
	o, found, err := get(t, bucketOrders, id, isOrder(string(id)))
	return o, err == nil && found && !o.Status.Open() && bytes.Equal(key, endedKey(o)), err
}

func (t tx) FirstEnded() (time.Time, error) {
	c := t.b.Bucket([]byte(bucketEnded)).Cursor()
	for key, id := c.First(); key != nil; key, id = c.Next() {
		o, holds, err := t.endedAt(key, id)
		if err != nil {
			return time.Time{}, err
		}
		if holds {
			return o.CompletedAt, nil
		}
	}
	return time.Time{}, nil
}
