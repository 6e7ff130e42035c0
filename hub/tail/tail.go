// Package tail keeps the newest changes of a location in memory, in front of the order log.
package tail

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"comptoir/hub/orderlog"
	"comptoir/sync/wire"
)

// Limits bound what a Tail holds: entries, and bytes of their orders.
type Limits struct{ Entries, Bytes int }

// Tail answers like the log for cursors near its end, without reading the disk for each reader.
// Everything in it was read from the log, so it can hold nothing that is not durable; where it
// does not reach back to a cursor, or is in doubt, it asks the log. Its methods may be called from
// several goroutines.
type Tail struct {
	log      orderlog.Log
	location string
	limits   Limits
	// moved: the log has more than was read of it.
	moved atomic.Bool

	mu sync.Mutex
	// known: head, floor and entries hold something.
	known bool
	head  wire.Cursor
	// Beyond floor, entries are all that the log has: the newest state of each order, in the
	// order of the log.
	floor   uint64
	entries []orderlog.Change
	bytes   int
}

// New makes an empty Tail.
func New(log orderlog.Log, location string, limits Limits) *Tail {
	return &Tail{log: log, location: location, limits: limits}
}

// Moved tells that the log may have changed at the location. It never waits.
func (t *Tail) Moved() { t.moved.Store(true) }

// Drop forgets everything, for a location that nobody follows.
func (t *Tail) Drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
}

// Head is the end of the log, as far as readers have been told to look: after Moved it is at
// least where the log was then, and it is never before a cursor of this log. It is the zero Cursor
// where the log cannot be read.
func (t *Tail) Head(after wire.Cursor) wire.Cursor {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.catchUp(after)
	return t.head
}

// Changes is Log.Changes.
func (t *Tail) Changes(after wire.Cursor, limit int) (changes []orderlog.Change, head wire.Cursor, err error) {
	t.mu.Lock()
	t.catchUp(after)
	if t.known && limit > 0 && after.Epoch == t.head.Epoch && after.Shard == t.head.Shard &&
		after.Sequence >= t.floor && after.Sequence <= t.head.Sequence {
		first, _ := slices.BinarySearchFunc(t.entries, after.Sequence+1, bySequence)
		changes = slices.Clone(t.entries[first:min(first+limit, len(t.entries))])
		head = t.head
		t.mu.Unlock()
		return changes, head, nil
	}
	t.mu.Unlock()
	return t.log.Changes(t.location, after, limit)
}

func bySequence(c orderlog.Change, sequence uint64) int {
	switch {
	case c.Sequence < sequence:
		return -1
	case c.Sequence > sequence:
		return 1
	}
	return 0
}

func (t *Tail) forget() {
	t.known, t.head, t.floor, t.entries, t.bytes = false, wire.Cursor{}, 0, nil, 0
}

// catchUp reads what the log has beyond head: after Moved, and for a cursor beyond head, which
// another location of the shard has moved. mu is held.
func (t *Tail) catchUp(after wire.Cursor) {
	beyond := after.Epoch == t.head.Epoch && after.Shard == t.head.Shard && after.Sequence > t.head.Sequence
	// taken before the log is read: what comes meanwhile is looked at again
	moved := t.moved.Swap(false)
	if t.known && !moved && !beyond {
		return
	}
	if t.known {
		changes, head, err := t.log.Changes(t.location, t.head, t.limits.Entries+1)
		if err == nil && len(changes) <= t.limits.Entries {
			t.add(changes, head)
			return
		}
		if err != nil && !errors.Is(err, orderlog.ErrResync) {
			t.forget()
			t.moved.Store(true)
			return
		}
	}
	// begin anew at the end: nothing yet, it has run far ahead, or it is another log
	t.forget()
	head, err := t.log.Head(t.location)
	if err != nil {
		t.moved.Store(true)
		return
	}
	t.known, t.head, t.floor = true, head, head.Sequence
}

func (t *Tail) add(changes []orderlog.Change, head wire.Cursor) {
	for _, c := range changes {
		former := slices.IndexFunc(t.entries, func(e orderlog.Change) bool { return e.OrderID == c.OrderID })
		if former >= 0 {
			t.bytes -= len(t.entries[former].Raw)
			t.entries = slices.Delete(t.entries, former, former+1)
		}
		t.entries = append(t.entries, c)
		t.bytes += len(c.Raw)
	}
	drop := 0
	for ; drop < len(t.entries) && (len(t.entries)-drop > t.limits.Entries || t.bytes > t.limits.Bytes); drop++ {
		t.floor = t.entries[drop].Sequence
		t.bytes -= len(t.entries[drop].Raw)
	}
	t.entries = slices.Delete(t.entries, 0, drop)
	t.head = head
}
