// Package orderlog keeps the hub's orders durably: a log of their newest states, which a
// terminal resumes from a cursor, and the indexes that screens and deadlines read.
//
// An entry of the log is an order's new state, appended under compare-and-set on its revision.
// Only the newest entry of an order is kept, so that a reader sees each order once, at the place
// of its last change, and an order never falls out of the log.
package orderlog

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"

	"comptoir/order"
	"comptoir/sync/wire"
)

// Errors by which callers decide what to do; they come wrapped.
var (
	// ErrConflict: the order's revision moved. Read it, apply again, append again.
	ErrConflict = errors.New("the order has changed meanwhile")
	// ErrNotFound: the log has no such order.
	ErrNotFound = errors.New("no such order")
	// ErrResync: the cursor is not one of this log; the terminal needs everything anew.
	ErrResync = errors.New("the cursor is not in this log")
	// ErrInvalid: the order or argument can never be taken, however often it is sent.
	ErrInvalid = errors.New("not acceptable to the order log")
	// ErrClosed: the log was closed before the call; nothing was done.
	ErrClosed = errors.New("the order log is closed")
	// ErrDamaged: what is on the disk is not what was written.
	ErrDamaged = errors.New("damaged record")
	// ErrLocked: another process has the log open.
	ErrLocked = errors.New("another hub is running on this data directory")
	// ErrNewer: a newer version of Comptoir wrote the log.
	ErrNewer = errors.New("the order log was written by a newer version")
)

// Shards is how many sequences the locations are spread over. It is fixed for good: cursors on
// terminals' disks hold the shard.
const Shards = 64

// Shard is the one whose sequence counts the location's changes.
func Shard(location string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(location)) // a hash never fails
	return int(h.Sum32() % Shards)
}

// Change is the newest state of an order, at its place in the log.
type Change struct {
	Sequence uint64
	OrderID  string
	// Raw is the order's JSON, byte for byte what was appended.
	Raw json.RawMessage
}

// Log is the durable log of the orders of all locations. Its methods may be called from several
// goroutines. Ids and locations are non-empty UTF-8 of at most MaxName bytes.
type Log interface {
	// Append stores o as the newest state of its order and returns its place in the log. It
	// returns only when o is safe on the disk. The stored revision must still be expected (0:
	// there is no such order yet), otherwise ErrConflict; o.Revision must be above it.
	//
	// A context that ends before the log has taken o withdraws it; afterwards the outcome is
	// waited for. An error other than those of this package and of the context means that the
	// outcome is unknown: append again, the revision keeps it from being stored twice.
	Append(ctx context.Context, o order.Order, expected int64) (wire.Cursor, error)

	// Order returns the newest state, or ErrNotFound.
	Order(id string) (order.Order, error)

	// Orders pages through a location's orders: the last placed first, to the millisecond, those
	// of equal time by id. after is "" or the next of the page before; next is "" on the last
	// page. A page may hold fewer than limit orders, even where it is not the last.
	Orders(location, after string, limit int) (orders []order.Order, next string, err error)

	// RawOrders is Orders for those who only forward: the JSON of each, as it was appended.
	RawOrders(location, after string, limit int) (orders []json.RawMessage, next string, err error)

	// Changes lists, in log order, the newest state of each order that changed after the cursor,
	// and the head of the log at that moment; Next tells where to go on. ErrResync when the
	// cursor's epoch or shard is not the location's, when it is past the end, or below the horizon
	// (Retention.Absence). The cursor {shard, epoch, 0} is before everything, and never below it.
	Changes(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error)

	// All is Changes without a horizon, for who has begun at the beginning and needs what is old,
	// too: the second page may already be below the horizon.
	All(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error)

	// Hot is Changes of the hot set alone, which a full resync pages through: what is open,
	// however old, and what has ended and changed within Retention.Hot. Any cursor of the log
	// will do.
	Hot(location string, after wire.Cursor, limit int) (changes []Change, head wire.Cursor, err error)

	// Head is the place in the log after all that happened at the location.
	Head(location string) (wire.Cursor, error)

	// EachOpen visits the location's open orders, as they were at one moment, until f returns
	// false. f may call the log.
	EachOpen(location string, f func(order.Order) bool) error

	// EachNew is EachOpen for the orders that are New alone, and costs little where there is none.
	EachNew(location string, f func(order.Order) bool) error

	// Watch registers f to be called after each commit, once per location that changed. f must
	// not block: it tells a reader to look. A call under way may end after cancel has returned.
	Watch(f func(location string)) (cancel func())

	// Close stores what it was given before, then ends. Later calls get ErrClosed.
	Close() error
}

// Next is the cursor after a page that Changes returned for this limit: where the next page
// begins, and what a terminal keeps with it.
func Next(changes []Change, head wire.Cursor, limit int) wire.Cursor {
	if len(changes) < limit {
		return head
	}
	last := head
	last.Sequence = changes[len(changes)-1].Sequence
	return last
}
