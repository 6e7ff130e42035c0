package store

import (
	"encoding/binary"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// composite joins parts that may hold any byte: each has its length before it, so that other
// parts give another key, and none that is a prefix of it.
func composite(parts ...string) []byte {
	var key []byte
	for _, part := range parts {
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	return key
}

// queueKey sorts a station's jobs by due and then by first: the sequence in which they were
// first stored. UnixNano would not do for a time that was never set.
func queueKey(location, station string, due time.Time, first uint64) []byte {
	return binary.BigEndian.AppendUint64(moment(composite(location, station), due), first)
}

// moment appends a time so that earlier ones sort first.
func moment(key []byte, t time.Time) []byte {
	key = binary.BigEndian.AppendUint64(key, uint64(t.Unix())^1<<63) // negative ones first
	return binary.BigEndian.AppendUint32(key, uint32(t.Nanosecond()))
}

// paperKey sorts a station's jobs by when their last copy was sent; none where there is no copy.
func paperKey(j terminal.Job, first uint64) []byte {
	if j.Copies == 0 {
		return nil
	}
	return binary.BigEndian.AppendUint64(moment(composite(j.Location, j.Station), j.SentAt), first)
}

// endedKey sorts the orders that have ended by when they did.
func endedKey(o order.Order) []byte { return append(moment(nil, o.CompletedAt), o.ID...) }

func number(n uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, n)
}

// ofOrder is a key of an index by order.
func ofOrder(orderID string, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(composite(orderID), sequence)
}
