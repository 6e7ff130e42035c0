package orderlog

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/sync/wire"
)

// Order implements Log.
func (b *Bolt) Order(id string) (order.Order, error) {
	var raw []byte
	err := b.View(func(tx *bbolt.Tx) error {
		r, found, err := readRecord(tx, id)
		if err == nil && !found {
			err = ErrNotFound
		}
		raw = bytes.Clone(r.raw)
		return err
	})
	var o order.Order
	if err == nil {
		o, err = decodeOrder(id, raw)
	}
	if err != nil {
		return order.Order{}, fmt.Errorf("read order %q: %w", id, err)
	}
	return o, nil
}

// Orders implements Log. Damaged records are left out and reported.
func (b *Bolt) Orders(location, after string, limit int) (orders []order.Order, next string, err error) {
	page, next, err := b.page(location, after, limit)
	if err != nil {
		return nil, "", err
	}
	orders = make([]order.Order, 0, len(page))
	for _, s := range page {
		if o, ok := b.decoded(s); ok {
			orders = append(orders, o)
		}
	}
	return orders, next, nil
}

// RawOrders implements Log. Damaged records are left out and reported.
func (b *Bolt) RawOrders(location, after string, limit int) (orders []json.RawMessage, next string, err error) {
	page, next, err := b.page(location, after, limit)
	if err != nil {
		return nil, "", err
	}
	orders = make([]json.RawMessage, len(page))
	for i, s := range page {
		orders[i] = s.raw
	}
	return orders, next, nil
}

func (b *Bolt) page(location, after string, limit int) (page []stored, next string, err error) {
	prefix, err := scanPrefix(location, limit)
	if err != nil {
		return nil, "", fmt.Errorf("list orders: %w", err)
	}
	from, err := parsePage(after)
	if err != nil {
		return nil, "", fmt.Errorf("list orders: %w", err)
	}
	start := append(bytes.Clone(prefix), from...)
	err = b.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(placedBucket).Cursor()
		k, _ := c.Seek(start)
		if len(from) > 0 && bytes.Equal(k, start) {
			k, _ = c.Next()
		}
		var last []byte
		for ; bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			if len(page) == limit {
				next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			last = k[len(prefix):]
			if len(last) <= 8 {
				b.damage.report(damagedKey(placedBucket, k, errors.New("no id")))
				continue
			}
			id := string(last[8:])
			r, ok := b.indexed(tx, placedBucket, k, id)
			if !ok {
				continue
			}
			if !bytes.Equal(k, placedKey(r.location, r.placed, id)) {
				b.damage.report(damagedKey(placedBucket, k, errNotThere))
				continue
			}
			page = append(page, stored{id, bytes.Clone(r.raw)})
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list orders of %q: %w", location, err)
	}
	return page, next, nil
}

// Changes implements Log. Damaged records are left out and reported.
func (b *Bolt) Changes(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error) {
	return b.list("changes", location, after, limit, func(tx *bbolt.Tx) ([]Change, error) {
		horizon := b.before(tx, location, b.now().Add(-b.retention.Absence))
		if after.Sequence > 0 && after.Sequence < horizon {
			return nil, fmt.Errorf("%w: %d is below the horizon, %d", ErrResync, after.Sequence, horizon)
		}
		return b.scan(tx, location, after.Sequence, limit, nil), nil
	})
}

// All implements Log. Damaged records are left out and reported.
func (b *Bolt) All(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error) {
	return b.list("all orders", location, after, limit, func(tx *bbolt.Tx) ([]Change, error) {
		return b.scan(tx, location, after.Sequence, limit, nil), nil
	})
}

// list reads, on one state of the file, what f finds after a cursor that is one of this log.
func (b *Bolt) list(what, location string, after wire.Cursor, limit int, f func(*bbolt.Tx) ([]Change, error)) (changes []Change, head wire.Cursor, err error) {
	if _, err := scanPrefix(location, limit); err != nil {
		return nil, wire.Cursor{}, fmt.Errorf("list %s: %w", what, err)
	}
	err = b.View(func(tx *bbolt.Tx) error {
		last, err := lastSequence(tx, location)
		if err != nil {
			return err
		}
		head = b.cursor(location, last)
		if err := inLog(after, head); err != nil {
			return err
		}
		changes, err = f(tx)
		return err
	})
	if err != nil {
		return nil, wire.Cursor{}, fmt.Errorf("list %s of %q: %w", what, location, err)
	}
	return changes, head, nil
}

// scan appends the changes after a sequence to a page, until that has its limit.
func (b *Bolt) scan(tx *bbolt.Tx, location string, after uint64, limit int, page []Change) []Change {
	prefix := locationPrefix(location)
	c := tx.Bucket(changesBucket).Cursor()
	k, id := c.Seek(changeKey(location, after+1))
	for ; bytes.HasPrefix(k, prefix) && len(page) < limit; k, id = c.Next() {
		if len(k) != len(prefix)+8 {
			b.damage.report(damagedKey(changesBucket, k, errors.New("no sequence")))
			continue
		}
		r, ok := b.indexed(tx, changesBucket, k, string(id))
		if !ok {
			continue
		}
		sequence := binary.BigEndian.Uint64(k[len(prefix):])
		if r.location != location || r.sequence != sequence {
			b.damage.report(damagedKey(changesBucket, k, errNotThere))
			continue
		}
		page = append(page, Change{Sequence: sequence, OrderID: string(id), Raw: bytes.Clone(r.raw)})
	}
	return page
}

// Head implements Log. It counts the whole shard, so it may move without the location.
func (b *Bolt) Head(location string) (wire.Cursor, error) {
	if err := checkName("location", location); err != nil {
		return wire.Cursor{}, fmt.Errorf("read head: %w", err)
	}
	var last uint64
	err := b.View(func(tx *bbolt.Tx) (err error) {
		last, err = lastSequence(tx, location)
		return err
	})
	if err != nil {
		return wire.Cursor{}, fmt.Errorf("read head of %q: %w", location, err)
	}
	return b.cursor(location, last), nil
}

// EachOpen implements Log. Damaged records are left out and reported.
func (b *Bolt) EachOpen(location string, f func(order.Order) bool) error {
	return b.each(openBucket, location, f)
}

// EachNew implements Log. Damaged records are left out and reported.
func (b *Bolt) EachNew(location string, f func(order.Order) bool) error {
	return b.each(newBucket, location, f)
}

// each visits the open orders that an index names.
func (b *Bolt) each(index []byte, location string, f func(order.Order) bool) error {
	if err := checkName("location", location); err != nil {
		return fmt.Errorf("list orders of %s: %w", index, err)
	}
	// copied first: f may write, which an open read transaction can block
	var found []stored
	err := b.View(func(tx *bbolt.Tx) error {
		b.openRecords(tx, index, location, func(id string, r record) {
			found = append(found, stored{id, bytes.Clone(r.raw)})
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("list orders of %s of %q: %w", index, location, err)
	}
	for _, s := range found {
		if o, ok := b.decoded(s); ok && !f(o) {
			return nil
		}
	}
	return nil
}

// openRecords visits the records of the location's open orders that an index names. Their bytes
// last as long as tx.
func (b *Bolt) openRecords(tx *bbolt.Tx, index []byte, location string, f func(id string, r record)) {
	prefix := locationPrefix(location)
	c := tx.Bucket(index).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		id := string(k[len(prefix):])
		r, ok := b.indexed(tx, index, k, id)
		if !ok {
			continue
		}
		if r.location != location || !r.open {
			b.damage.report(damagedKey(index, k, errNotThere))
			continue
		}
		f(id, r)
	}
}

var errNotThere = errors.New("the order is not there")

// stored is an order taken out of a transaction.
type stored struct {
	id  string
	raw []byte
}

// indexed reads the record that the key of an index leads to. It reports what is damaged.
func (b *Bolt) indexed(tx *bbolt.Tx, index, key []byte, id string) (record, bool) {
	r, found, err := readRecord(tx, id)
	if err == nil && !found {
		err = damagedKey(index, key, fmt.Errorf("order %q is missing", id))
	}
	if err != nil {
		b.damage.report(err)
		return record{}, false
	}
	return r, true
}

func (b *Bolt) decoded(s stored) (order.Order, bool) {
	o, err := decodeOrder(s.id, s.raw)
	if err != nil {
		b.damage.report(err)
		return order.Order{}, false
	}
	return o, true
}

func decodeOrder(id string, raw []byte) (order.Order, error) {
	var o order.Order
	if err := json.Unmarshal(raw, &o); err != nil {
		return order.Order{}, damagedKey(ordersBucket, []byte(id), err)
	}
	return o, nil
}

func scanPrefix(location string, limit int) ([]byte, error) {
	if err := checkName("location", location); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("%w: limit %d", ErrInvalid, limit)
	}
	return locationPrefix(location), nil
}

// parsePage reads Orders' after: the rest of the last key, behind its location.
func parsePage(after string) ([]byte, error) {
	if after == "" {
		return nil, nil
	}
	from, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(from) <= 8 || len(from) > 8+MaxName {
		return nil, fmt.Errorf("%w: no such page: %q", ErrInvalid, after)
	}
	return from, nil
}
