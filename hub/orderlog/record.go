package orderlog

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"go.etcd.io/bbolt"

	"comptoir/order"
)

// record is what the orders bucket holds of an order: its JSON, and before it what the log must
// know without reading JSON.
type record struct {
	open     bool
	fresh    bool // the order is New; only known where the record was just made
	sequence uint64
	revision int64
	placed   int64 // unix milliseconds
	location string
	raw      []byte
}

// The layout of a record: format, checksum over the id and all that follows, then flags,
// sequence, revision, placed, length of the location; the location; the JSON.
const (
	recordFormat = 1
	flagOpen     = 1

	checksumAt = 1
	bodyAt     = checksumAt + 4
	locationAt = bodyAt + 1 + 8 + 8 + 8 + 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newRecord is the record of an order that is to follow the expected revision.
func newRecord(o order.Order, expected int64) (*record, error) {
	if err := checkName("id", o.ID); err != nil {
		return nil, err
	}
	if err := checkName("location", o.Location); err != nil {
		return nil, err
	}
	if expected < 0 || o.Revision <= expected {
		return nil, fmt.Errorf("%w: revision %d cannot follow %d", ErrInvalid, o.Revision, expected)
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return &record{
		open:     o.Status.Open(),
		fresh:    o.Status == order.New,
		revision: o.Revision,
		placed:   o.PlacedAt.UnixMilli(),
		location: o.Location,
		raw:      raw,
	}, nil
}

func (r *record) encode(id string) []byte {
	b := make([]byte, bodyAt, locationAt+len(r.location)+len(r.raw))
	b[0] = recordFormat
	var flags byte
	if r.open {
		flags |= flagOpen
	}
	b = append(b, flags)
	b = binary.BigEndian.AppendUint64(b, r.sequence)
	b = binary.BigEndian.AppendUint64(b, uint64(r.revision))
	b = binary.BigEndian.AppendUint64(b, uint64(r.placed))
	b = appendName(b, r.location)
	b = append(b, r.raw...)
	binary.BigEndian.PutUint32(b[checksumAt:], checksum(id, b[bodyAt:]))
	return b
}

// decodeRecord reads a record; raw is part of b.
func decodeRecord(id string, b []byte) (record, error) {
	if len(b) < locationAt {
		return record{}, fmt.Errorf("%d bytes are too short", len(b))
	}
	if b[0] != recordFormat {
		return record{}, fmt.Errorf("unknown format %d", b[0])
	}
	body := b[bodyAt:]
	if binary.BigEndian.Uint32(b[checksumAt:]) != checksum(id, body) {
		return record{}, errors.New("wrong checksum")
	}
	flags := body[0]
	if flags&^flagOpen != 0 {
		return record{}, fmt.Errorf("unknown flags %#x", flags)
	}
	location, raw, ok := cutName(b[locationAt-2:])
	if !ok {
		return record{}, errors.New("the location is cut off")
	}
	return record{
		open:     flags&flagOpen != 0,
		sequence: binary.BigEndian.Uint64(body[1:]),
		revision: int64(binary.BigEndian.Uint64(body[9:])),
		placed:   int64(binary.BigEndian.Uint64(body[17:])),
		location: location,
		raw:      raw,
	}, nil
}

// checksum covers the id too: a record under the key of another is damage.
func checksum(id string, body []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(id), castagnoli), castagnoli, body)
}

// readRecord reads the record of an order; raw lives as long as the transaction.
func readRecord(tx *bbolt.Tx, id string) (r record, found bool, err error) {
	value := tx.Bucket(ordersBucket).Get([]byte(id))
	if value == nil {
		return record{}, false, nil
	}
	r, err = decodeRecord(id, value)
	if err != nil {
		return record{}, false, damagedKey(ordersBucket, []byte(id), err)
	}
	return r, true, nil
}

// replace stores the record as the newest of the order, in place of old if there is one, and
// gives it its sequence.
func (r *record) replace(tx *bbolt.Tx, id string, old record, found bool) error {
	var err error
	if r.sequence, err = nextSequence(tx, r.location); err != nil {
		return err
	}
	if err := tx.Bucket(ordersBucket).Put([]byte(id), r.encode(id)); err != nil {
		return fmt.Errorf("put order: %w", err)
	}

	changes := tx.Bucket(changesBucket)
	if found {
		if err := changes.Delete(changeKey(old.location, old.sequence)); err != nil {
			return fmt.Errorf("delete the former change: %w", err)
		}
	}
	if err := changes.Put(changeKey(r.location, r.sequence), []byte(id)); err != nil {
		return fmt.Errorf("put change: %w", err)
	}

	if moved := found && old.placed != r.placed; !found || moved {
		placed := tx.Bucket(placedBucket)
		if moved {
			if err := placed.Delete(placedKey(old.location, old.placed, id)); err != nil {
				return fmt.Errorf("delete the former place by time: %w", err)
			}
		}
		if err := placed.Put(placedKey(r.location, r.placed, id), nil); err != nil {
			return fmt.Errorf("put place by time: %w", err)
		}
	}

	open := tx.Bucket(openBucket)
	switch wasOpen := found && old.open; {
	case r.open && !wasOpen:
		err = open.Put(openKey(r.location, id), nil)
	case !r.open && wasOpen:
		err = open.Delete(openKey(r.location, id))
	}
	if err != nil {
		return fmt.Errorf("index of open orders: %w", err)
	}
	if fresh := tx.Bucket(newBucket); r.fresh {
		err = fresh.Put(openKey(r.location, id), nil)
	} else {
		err = fresh.Delete(openKey(r.location, id))
	}
	if err != nil {
		return fmt.Errorf("index of new orders: %w", err)
	}
	return nil
}
