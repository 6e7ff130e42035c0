package hub

import (
	"fmt"
	"slices"
	"strings"

	"comptoir/partner"
	"comptoir/shop"

	"go.etcd.io/bbolt"
)

// Calls about a store stand in a chain of their own for each connection, beside those of its
// orders: what one platform hears of the store, it hears in its sequence.
const storeChain = "@store/"

func isStore(chain string) bool { return strings.HasPrefix(chain, storeChain) }

// supersede keeps given up calls from being revived until release: the next ones replace them.
func (c *calls) supersede() (release func()) {
	c.reviving.Lock()
	return c.reviving.Unlock
}

// storeAbout keeps the calls about a store that follow the ones there, less those that were given
// up. What it returns is for replace.
func (c *calls) storeAbout(tx *bbolt.Tx, connection *connection, made []partner.Call) ([]*record, error) {
	bucket := tx.Bucket(bucketCalls)
	for _, key := range c.deadAbout(connection.ID) {
		if err := bucket.Delete([]byte(key)); err != nil {
			return nil, err
		}
	}
	var records []*record
	for _, call := range made {
		n, err := bucket.NextSequence()
		if err != nil {
			return nil, err
		}
		r := &record{
			Connection: connection.ID, OrderID: storeChain + connection.ID, Call: call, MadeAt: c.hub.now().UTC(),
			key: fmt.Sprintf("%s%s/%020d", storeChain, connection.ID, n),
		}
		if err := put(tx, r); err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

func (c *calls) deadAbout(connection string) (keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.chains[storeChain+connection] {
		if r.Dead {
			keys = append(keys, r.key)
		}
	}
	return keys
}

// replace has the calls made that storeAbout has stored.
func (c *calls) replace(connection string, records []*record) {
	c.mu.Lock()
	chain := storeChain + connection
	left := slices.DeleteFunc(c.chains[chain], func(r *record) bool { return r.Dead })
	if c.chains[chain] = left; len(left) == 0 {
		delete(c.chains, chain)
	}
	c.mu.Unlock()
	c.add(records)
}

// report says how far the oldest call about a store is, a refused one before all; none where
// nothing waits.
func (c *calls) report(connection string) (report shop.Report, waiting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	chain := c.chains[storeChain+connection]
	if len(chain) == 0 {
		return shop.Report{}, false
	}
	at := max(0, slices.IndexFunc(chain, func(r *record) bool { return r.Dead }))
	r := chain[at]
	report = shop.Report{State: shop.Telling, About: r.Call.Name, Detail: r.Problem}
	switch {
	case r.Dead:
		report.State = shop.RefusedByPlatform
	case r.Attempts > 0:
		report.State = shop.Unanswered
	}
	return report, true
}

// heard tells the terminals what a platform said about its store.
func (o *orderings) heard(r *record) {
	if isStore(r.OrderID) {
		o.tell(o.hub.connections[r.Connection].location)
	}
}
