package hub

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/partner"
	"comptoir/sync/wire"

	"go.etcd.io/bbolt"
)

// Retry says how a call to a platform is tried again: after First, then twice as long each
// time up to Most, each with up to half of it taken off at random, until For has passed since
// the call was made; then it is a dead letter. A platform's Retry-After is honoured.
type Retry struct {
	First, Most, For time.Duration
}

// wait is how long to wait after so many attempts.
func (r Retry) wait(attempts int) time.Duration {
	wait := r.First
	for i := 1; i < attempts && wait < r.Most; i++ {
		wait *= 2
	}
	wait = min(wait, r.Most)
	return wait - rand.N(wait/2+1)
}

// DefaultRetry outlasts an evening's outage.
var DefaultRetry = Retry{First: time.Second, Most: time.Minute, For: 6 * time.Hour}

// perConnection bounds the calls under way to one platform.
const perConnection = 8

// readAgain bounds how much of a location's log the reader may read again after a restart: where
// there is nothing to store for a platform, a commit for the cursor alone only keeps others from
// the disk.
const readAgain = 1024

// behind is how far the reader stays behind the log (docs/performance.md).
const behind = 20 * time.Millisecond

// What a call came to, as figures count it.
const (
	callDone    = "done"
	callAgain   = "again"
	callSettled = "settled"
	callDead    = "dead"
	callDropped = "dropped"
)

var (
	bucketReader  = []byte("calls.reader")  // location → cursor
	bucketHandled = []byte("calls.handled") // order id → history entries handled
	bucketCalls   = []byte("calls.waiting") // order id, entry, call → record
)

// record is one call on its way.
type record struct {
	Connection string       `json:"connection"`
	OrderID    string       `json:"orderId"`
	Call       partner.Call `json:"call"`
	MadeAt     time.Time    `json:"madeAt"`
	Attempts   int          `json:"attempts"`
	// Dead: given up, and visible until somebody sends it again.
	Dead    bool   `json:"dead"`
	Problem string `json:"problem"`
	// Command is the one that the platform hears of; empty in records of older hubs.
	Command string `json:"command,omitempty"`
	// Awaited: people wait for the answer, and also hear that the platform took it.
	Awaited bool `json:"awaited,omitempty"`
	key     string
	next    time.Time
}

// calls reads the log and tells the platforms what they must hear: each call is stored in the
// transaction that moves the reader's cursor, made in the order of the order's history, and
// forgotten once the platform has it.
type calls struct {
	hub    *Hub
	client *http.Client
	retry  Retry

	// come is how far each location's log has been read, where the stored cursor is behind; read
	// alone uses it.
	come map[string]wire.Cursor

	reviving sync.Mutex

	mu sync.Mutex
	// chains holds the waiting calls of each order, oldest first; only the first may be made.
	chains map[string][]*record
	busy   map[string]bool
	// wake has one channel by connection.
	wake map[string]chan struct{}
	// damaged counts the stored calls that cannot be read; newCalls alone sets it.
	damaged int
}

func newCalls(h *Hub, client *http.Client, retry Retry) (*calls, error) {
	if retry == (Retry{}) {
		retry = DefaultRetry
	}
	c := &calls{hub: h, client: client, retry: retry, chains: map[string][]*record{}, busy: map[string]bool{}, come: map[string]wire.Cursor{}, wake: map[string]chan struct{}{}}
	for id := range h.connections {
		c.wake[id] = make(chan struct{}, 1)
	}
	err := h.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketReader, bucketHandled, bucketCalls} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the calls to platforms: %w", err)
	}
	err = h.log.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketCalls).ForEach(func(k, v []byte) error {
			r := &record{key: string(k)}
			if err := json.Unmarshal(v, r); err != nil {
				h.slog.Error("a stored call is damaged and left where it is", "key", string(k), "error", err)
				c.damaged++
				return nil
			}
			c.chains[r.OrderID] = append(c.chains[r.OrderID], r)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the calls to platforms: %w", err)
	}
	return c, nil
}

// run reads the log, and makes calls, until ctx ends.
func (c *calls) run(ctx context.Context) error {
	dirty := newDirty(c.hub)
	defer dirty.stop()
	for id := range c.hub.locations {
		dirty.mark(id)
	}
	var group sync.WaitGroup
	defer group.Wait()
	for connection := range c.hub.connections {
		group.Go(func() { c.serve(ctx, connection) })
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-dirty.wake:
			// an order goes to its terminal first: this reader's commits would stand in its way
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(behind):
			}
			for _, id := range dirty.take() {
				if err := c.read(ctx, id); err != nil && ctx.Err() == nil {
					c.hub.slog.Error("the log cannot be read for calls to platforms, trying again", "location", id, "error", err)
					time.AfterFunc(time.Second, func() { dirty.mark(id) })
				}
			}
		}
	}
}

// read turns what is new in the log into stored calls.
func (c *calls) read(ctx context.Context, location string) error {
	for {
		var added []*record
		stored, err := c.cursor(location)
		if err != nil {
			return err
		}
		cursor := stored
		if come := c.come[location]; come.Epoch == stored.Epoch && come.Sequence > stored.Sequence {
			cursor = come
		}
		const page = 128
		changes, head, err := c.hub.log.All(location, cursor, page)
		anew := errors.Is(err, orderlog.ErrResync)
		if anew {
			// the log was put back from a backup: what was handled is counted by order
			delete(c.come, location)
			if cursor, err = c.beginning(location); err == nil {
				changes, head, err = c.hub.log.All(location, cursor, page)
			}
		}
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return nil
		}
		orders := make([]order.Order, 0, len(changes))
		for _, change := range changes {
			of, err := connectionOf(change.Raw)
			if err != nil {
				return err
			}
			if c.hub.connections[of] == nil {
				continue // no platform is to hear of it
			}
			o, err := decodeOrder(change.Raw)
			if err != nil {
				return err
			}
			orders = append(orders, o)
		}
		cursor = orderlog.Next(changes, head, page)
		if len(orders) == 0 && !anew && cursor.Sequence-stored.Sequence < readAgain {
			c.come[location] = cursor
			if len(changes) < page {
				return nil
			}
			continue
		}
		err = c.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
			added = added[:0]
			for _, o := range orders {
				records, err := c.store(tx, o)
				if err != nil {
					return err
				}
				added = append(added, records...)
			}
			value, err := json.Marshal(cursor)
			if err != nil {
				return err
			}
			return tx.Bucket(bucketReader).Put([]byte(location), value)
		})
		if err != nil {
			return fmt.Errorf("storing calls to platforms: %w", err)
		}
		c.add(added)
		if len(changes) < page {
			return nil
		}
	}
}

func (c *calls) cursor(location string) (wire.Cursor, error) {
	var cursor wire.Cursor
	err := c.hub.log.View(func(tx *bbolt.Tx) error {
		if value := tx.Bucket(bucketReader).Get([]byte(location)); value != nil {
			return json.Unmarshal(value, &cursor)
		}
		return nil
	})
	if err != nil || cursor.Epoch != "" {
		return cursor, err
	}
	return c.beginning(location)
}

func (c *calls) beginning(location string) (wire.Cursor, error) {
	head, err := c.hub.log.Head(location)
	head.Sequence = 0
	return head, err
}

// store keeps the calls of the order's history entries that have not been handled.
func (c *calls) store(tx *bbolt.Tx, o order.Order) ([]*record, error) {
	connection := c.hub.connections[o.Connection]
	if connection == nil {
		return nil, nil
	}
	handled := 0
	if value := tx.Bucket(bucketHandled).Get([]byte(o.ID)); len(value) == 4 {
		handled = int(binary.BigEndian.Uint32(value))
	}
	var records []*record
	for i := handled; i < len(o.History); i++ {
		for n, call := range connection.Adapter.Calls(o, o.History[i], connection.location.printAhead()) {
			r := &record{
				Connection: connection.ID, OrderID: o.ID, Call: call, MadeAt: c.hub.now().UTC(),
				Command: o.History[i].Command, Awaited: o.History[i].What == order.WasDelayed,
				key: fmt.Sprintf("%s/%06d/%d", o.ID, i, n),
			}
			if err := put(tx, r); err != nil {
				return nil, err
			}
			records = append(records, r)
		}
	}
	if len(o.History) <= handled {
		return records, nil
	}
	return records, tx.Bucket(bucketHandled).Put([]byte(o.ID), binary.BigEndian.AppendUint32(nil, uint32(len(o.History))))
}

func put(tx *bbolt.Tx, r *record) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return tx.Bucket(bucketCalls).Put([]byte(r.key), value)
}

func (c *calls) add(records []*record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range records {
		c.chains[r.OrderID] = append(c.chains[r.OrderID], r)
		c.signal(r.Connection)
	}
}

func (c *calls) signal(connection string) {
	select {
	case c.wake[connection] <- struct{}{}:
	default: // it is awake, or the connection is gone from the configuration
	}
}

// errNoCall: there is no dead letter of this key.
var errNoCall = errors.New("there is no such dead letter")

// waiting lists the calls not yet taken, of one location, dead letters first.
func (c *calls) waiting(location string) []waitingCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []waitingCall{}
	for _, chain := range c.chains {
		for _, r := range chain {
			if connection := c.hub.connections[r.Connection]; connection == nil || connection.Location != location {
				continue
			}
			about := r.OrderID
			if isStore(about) {
				about = ""
			}
			list = append(list, waitingCall{
				ID: r.key, OrderID: about, Connection: r.Connection, Call: r.Call.Name,
				MadeAt: r.MadeAt, Attempts: r.Attempts, Dead: r.Dead, Problem: r.Problem,
			})
		}
	}
	slices.SortFunc(list, func(a, b waitingCall) int {
		if a.Dead != b.Dead {
			if a.Dead {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// waitingCall is a call as the API shows it.
type waitingCall struct {
	ID         string    `json:"id"`
	OrderID    string    `json:"orderId"`
	Connection string    `json:"connection"`
	Call       string    `json:"call"`
	MadeAt     time.Time `json:"madeAt"`
	Attempts   int       `json:"attempts"`
	Dead       bool      `json:"dead"`
	Problem    string    `json:"problem"`
}

// again sends a dead letter once more. Errors: errNoCall.
func (c *calls) again(ctx context.Context, location, key string) error {
	c.reviving.Lock() // two at once would store the call once more, after it was made
	defer c.reviving.Unlock()
	found, revived := c.dead(location, key)
	if found == nil {
		return errNoCall
	}
	revived.Dead, revived.MadeAt, revived.next = false, c.hub.now().UTC(), time.Time{}
	if err := c.hub.log.Update(ctx, func(tx *bbolt.Tx) error { return put(tx, &revived) }); err != nil {
		return fmt.Errorf("sending a call again: %w", err)
	}
	c.mu.Lock()
	*found = revived
	c.mu.Unlock()
	c.signal(revived.Connection)
	return nil
}

// dead finds a dead letter, and copies it.
func (c *calls) dead(location, key string) (*record, record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chain := range c.chains {
		for _, r := range chain {
			if connection := c.hub.connections[r.Connection]; r.key == key && r.Dead && connection != nil && connection.Location == location {
				return r, *r
			}
		}
	}
	return nil, record{}
}

// connectionOf is the connection of a stored order, without decoding the rest.
func connectionOf(raw []byte) (string, error) {
	var o struct {
		Connection string `json:"connection"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return "", fmt.Errorf("decoding a stored order's connection: %w", err)
	}
	return o.Connection, nil
}

func decodeOrder(raw []byte) (order.Order, error) {
	var o order.Order
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, fmt.Errorf("decoding a stored order: %w", err)
	}
	return o, nil
}
