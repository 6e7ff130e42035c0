package orderlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/sync/wire"
)

// Retention says how long orders that have ended go on travelling to terminals. Nothing is
// deleted: every order stays in the log, and Order and Orders find it for good. The zero value of
// a field stands for DefaultRetention's.
type Retention struct {
	// Hot is how long after its last change an order that has ended belongs to the hot set, which
	// a full resync carries.
	Hot time.Duration
	// Absence is how far back Changes goes: a terminal that was away for no longer learns of every
	// order's end by its cursor. It is at least Hot.
	Absence time.Duration
}

// DefaultRetention: a terminal that is set up on Monday shows what the weekend brought, and one
// that was shut away for a month's holidays goes on where it was.
var DefaultRetention = Retention{Hot: 72 * time.Hour, Absence: 35 * 24 * time.Hour}

// addHours makes schema 2. How far the log was at the beginning of an hour is all that retention
// needs to know of time.
func addHours(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucketIfNotExists(hoursBucket); err != nil {
		return fmt.Errorf("create bucket %s: %w", hoursBucket, err)
	}
	return nil
}

func hourKey(location string, at time.Time) []byte {
	// its sign bit is turned round, so that years before 1970 sort first
	return binary.BigEndian.AppendUint64(locationPrefix(location), uint64(at.Unix()/3600)^1<<63)
}

// noteHour is called for each change, and writes at the first of an hour.
func noteHour(tx *bbolt.Tx, location string, at time.Time, sequence uint64) error {
	hours, key := tx.Bucket(hoursBucket), hourKey(location, at)
	if hours.Get(key) != nil {
		return nil
	}
	if err := hours.Put(key, binary.BigEndian.AppendUint64(nil, sequence)); err != nil {
		return fmt.Errorf("put the hour's first sequence: %w", err)
	}
	return nil
}

// before is the last place in the location's log that is older than the moment, as far as whole
// hours tell: 0 where there is none. What is older than the first hour noted is as old as that. A
// damaged hour is passed over for the next one, and reported.
func (b *Bolt) before(tx *bbolt.Tx, location string, at time.Time) uint64 {
	prefix := locationPrefix(location)
	end := changeKey(location, ^uint64(0))
	hours := tx.Bucket(hoursBucket).Cursor()
	k, _ := hours.Seek(hourKey(location, at))
	if k = previous(hours, k); !bytes.HasPrefix(k, prefix) {
		return 0
	}
	for k, first := hours.Seek(hourKey(location, at)); bytes.HasPrefix(k, prefix); k, first = hours.Next() {
		if len(first) == 8 {
			end = append(bytes.Clone(prefix), first...)
			break
		}
		b.damage.report(damagedKey(hoursBucket, k, errors.New("no sequence")))
	}
	// what other locations of the shard did meanwhile makes no cursor of this one old
	changes := tx.Bucket(changesBucket).Cursor()
	k, _ = changes.Seek(end)
	k = previous(changes, k)
	if !bytes.HasPrefix(k, prefix) || len(k) != len(prefix)+8 {
		return 0
	}
	return binary.BigEndian.Uint64(k[len(prefix):])
}

// previous is the key before the one that Seek found, or the last of all where it found none.
func previous(c *bbolt.Cursor, found []byte) []byte {
	step := c.Prev
	if found == nil {
		step = c.Last
	}
	k, _ := step()
	return k
}

// Hot implements Log. Damaged records are left out and reported.
func (b *Bolt) Hot(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error) {
	return b.list("hot orders", location, after, limit, func(tx *bbolt.Tx) ([]Change, error) {
		floor := b.before(tx, location, b.now().Add(-b.retention.Hot))
		from := after.Sequence
		var page []Change
		if from < floor {
			page = b.openBelow(tx, location, from, floor)
			if len(page) >= limit {
				return page[:limit], nil
			}
			from = floor
		}
		return b.scan(tx, location, from, limit, page), nil
	})
}

// openBelow lists the open orders whose last change lies after one sequence, and not after
// another: few, however many have ended there.
func (b *Bolt) openBelow(tx *bbolt.Tx, location string, after, last uint64) []Change {
	var changes []Change
	b.openRecords(tx, openBucket, location, func(id string, r record) {
		if r.sequence > after && r.sequence <= last {
			changes = append(changes, Change{Sequence: r.sequence, OrderID: id, Raw: bytes.Clone(r.raw)})
		}
	})
	slices.SortFunc(changes, func(a, b Change) int {
		if a.Sequence < b.Sequence {
			return -1
		}
		return 1
	})
	return changes
}

// inLog says whether a cursor is one of this log, whose head is given.
func inLog(cursor, head wire.Cursor) error {
	switch {
	case cursor.Epoch != head.Epoch:
		return fmt.Errorf("%w: its epoch is %q, not %q", ErrResync, cursor.Epoch, head.Epoch)
	case cursor.Shard != head.Shard:
		return fmt.Errorf("%w: its shard is %d, not %d", ErrResync, cursor.Shard, head.Shard)
	case cursor.Sequence > head.Sequence:
		return fmt.Errorf("%w: %d is past the end, %d", ErrResync, cursor.Sequence, head.Sequence)
	}
	return nil
}
