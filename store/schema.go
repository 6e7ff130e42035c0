package store

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// The buckets. Numbers in keys are big-endian; composite stands for composite's encoding.
const (
	// "schema" → number of migrations applied; "setup" → terminal.Setup; "faults" → []terminal.FaultPeriod;
	// "torn" → tickets by printer; "lockouts" → staff.Lockout by person; "orderings" → terminal.Orderings;
	// "refusals" → []terminal.Refusal; "hubAhead" → nanoseconds; "salvage" → terminal.Salvage;
	// "jump" → when counters were lost
	bucketMeta = "meta"

	bucketOrders = "orders" // order id → order.Order
	bucketOpen   = "open"   // order id of an active order → nothing
	bucketEnded  = "ended"  // endedKey of an order that is not open → order id

	bucketPending          = "pending"          // sequence → terminal.Pending
	bucketPendingByOrder   = "pendingByOrder"   // composite(order id) sequence → nothing
	bucketPendingByCommand = "pendingByCommand" // command id → sequence, order id

	bucketRecent      = "recent"      // composite(order id) sequence → recentRecord
	bucketRecentByAge = "recentByAge" // age → key of bucketRecent
	bucketDoubts      = "doubts"      // order id → terminal.Doubt

	bucketCursors   = "cursors"   // location → terminal.Cursor
	bucketLocations = "locations" // "all" → []shop.Location
	bucketLeases    = "leases"    // composite(location, station) → terminal.Lease

	bucketJobs        = "jobs"        // job key → jobRecord
	bucketJobsByOrder = "jobsByOrder" // composite(order id) first-stored sequence → job key
	bucketQueue       = "queue"       // queueKey → job key
	bucketPapers      = "papers"      // paperKey of a job with a copy → job key

	bucketCounters    = "counters"    // name → count
	bucketPreferences = "preferences" // "all" → terminal.Preferences
)

// buckets lists those of the newest schema.
func buckets() []string {
	return []string{
		bucketMeta, bucketOrders, bucketOpen, bucketEnded,
		bucketPending, bucketPendingByOrder, bucketPendingByCommand, bucketRecent, bucketRecentByAge, bucketDoubts,
		bucketCursors, bucketLocations, bucketLeases,
		bucketJobs, bucketJobsByOrder, bucketQueue, bucketPapers, bucketCounters, bucketPreferences,
	}
}

// migrations lead from each schema to the next: the first makes schema 1 of an empty file. One
// that was released never changes again.
func migrations() []func(*bbolt.Tx) error {
	return []func(*bbolt.Tx) error{createBuckets, addPapers, addEnded, addRecent}
}

var keySchema = []byte("schema")

// migrate brings the file to the newest schema in one transaction, and writes nothing where
// it has it already.
func migrate(db *bbolt.DB) error {
	var version int
	err := db.View(func(b *bbolt.Tx) (err error) {
		version, err = schema(tx{b})
		return err
	})
	if err != nil {
		return err
	}
	if err := supported(version); err != nil {
		return err
	}
	if newest := len(migrations()); version < newest {
		err := db.Update(func(b *bbolt.Tx) error {
			for i, step := range migrations()[version:] {
				if err := step(b); err != nil {
					return fmt.Errorf("migrate to schema %d: %w", version+i+1, err)
				}
			}
			return tx{b}.put(bucketMeta, keySchema, newest)
		})
		if err != nil {
			return err
		}
	}
	return db.View(func(b *bbolt.Tx) error {
		for _, name := range buckets() {
			if b.Bucket([]byte(name)) == nil {
				return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, name)
			}
		}
		return nil
	})
}

// supported refuses a file of a newer version.
func supported(version int) error {
	if newest := len(migrations()); version > newest {
		return fmt.Errorf("%w: schema %d, and this version knows %d", ErrNewer, version, newest)
	}
	return nil
}

// schema is the file's version; 0 where nothing has been written yet.
func schema(t tx) (int, error) {
	if t.b.Bucket([]byte(bucketMeta)) == nil {
		return 0, nil
	}
	version, found, err := get(t, bucketMeta, keySchema, func(version int) bool { return version > 0 })
	if err == nil && !found {
		err = damaged(bucketMeta, keySchema, errMissing)
	}
	return version, err
}

// createBuckets makes schema 1, whatever the constants say by then.
func createBuckets(b *bbolt.Tx) error {
	for _, name := range []string{
		"meta", "orders", "open", "pending", "pendingByOrder", "pendingByCommand", "cursors",
		"locations", "leases", "jobs", "jobsByOrder", "queue", "counters",
	} {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	return nil
}

// addPapers makes schema 2: preferences, and an index of the jobs that were on paper last.
func addPapers(b *bbolt.Tx) error {
	if _, err := b.CreateBucketIfNotExists([]byte("preferences")); err != nil {
		return fmt.Errorf("create bucket preferences: %w", err)
	}
	papers, err := b.CreateBucketIfNotExists([]byte("papers"))
	if err != nil {
		return fmt.Errorf("create bucket papers: %w", err)
	}
	return b.Bucket([]byte("jobs")).ForEach(func(key, data []byte) error {
		r, err := decode("jobs", key, data, isJob(string(key)))
		if err != nil {
			return err
		}
		if place := paperKey(r.Job, r.First); place != nil {
			return papers.Put(place, key)
		}
		return nil
	})
}

// addEnded makes schema 3: an index of the orders that have ended, by when they did.
func addEnded(b *bbolt.Tx) error {
	ended, err := b.CreateBucketIfNotExists([]byte("ended"))
	if err != nil {
		return fmt.Errorf("create bucket ended: %w", err)
	}
	return b.Bucket([]byte("orders")).ForEach(func(id, data []byte) error {
		o, err := decode("orders", id, data, isOrder(string(id)))
		if err != nil || o.Status.Open() {
			return err
		}
		return ended.Put(endedKey(o), id)
	})
}
