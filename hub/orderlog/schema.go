package orderlog

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"

	"comptoir/order"
)

// The buckets of the log.
var (
	metaBucket      = []byte("log.meta")      // schema, epoch
	sequencesBucket = []byte("log.sequences") // shard (1 byte) → last sequence given
	ordersBucket    = []byte("log.orders")    // id → record
	changesBucket   = []byte("log.changes")   // location, sequence → id: the last change of each order
	placedBucket    = []byte("log.placed")    // location, placed (newest first), id → nothing
	openBucket      = []byte("log.open")      // location, id → nothing: orders still open
	newBucket       = []byte("log.new")       // location, id → nothing: orders that are New
	hoursBucket     = []byte("log.hours")     // location, hour since 1970 → the first sequence given in it

	schemaKey = []byte("schema")
	epochKey  = []byte("epoch")
)

// migrations lead from each schema version, its index, to the next. Version 0 is an empty file.
func migrations() []func(*bbolt.Tx) error {
	return []func(*bbolt.Tx) error{create, addHours, addNew}
}

func create(tx *bbolt.Tx) error {
	if name, _ := tx.Cursor().First(); name != nil {
		return fmt.Errorf("it is no order log: it holds %q", name)
	}
	for _, name := range [][]byte{metaBucket, sequencesBucket, ordersBucket, changesBucket, placedBucket, openBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	return tx.Bucket(metaBucket).Put(epochKey, []byte(rand.Text()))
}

// addNew makes schema 3. A welcome asks which orders are New, and mostly none is: it must not read
// all that are open for that.
func addNew(tx *bbolt.Tx) error {
	fresh, err := tx.CreateBucketIfNotExists(newBucket)
	if err != nil {
		return fmt.Errorf("create bucket %s: %w", newBucket, err)
	}
	return tx.Bucket(openBucket).ForEach(func(k, _ []byte) error {
		location, id, ok := cutName(k)
		if !ok {
			return nil // damage, which EachOpen reports
		}
		r, found, err := readRecord(tx, string(id))
		if err != nil || !found || r.location != location {
			return nil // as above
		}
		if o, err := decodeOrder(string(id), r.raw); err != nil || o.Status != order.New {
			return nil // as above
		}
		return fresh.Put(k, nil)
	})
}

// prepare brings the file to the newest schema, checks it and returns its epoch.
func prepare(db *bbolt.DB, newEpoch bool) (epoch string, err error) {
	upToDate := errors.New("up to date")
	err = db.Update(func(tx *bbolt.Tx) error {
		version, err := schema(tx)
		if err != nil {
			return err
		}
		steps := migrations()
		if version > len(steps) {
			return fmt.Errorf("%w: its schema is %d, this version knows %d", ErrNewer, version, len(steps))
		}
		for from := version; from < len(steps); from++ {
			if err := steps[from](tx); err != nil {
				return fmt.Errorf("migrate from schema %d: %w", from, err)
			}
		}
		for _, name := range [][]byte{sequencesBucket, ordersBucket, changesBucket, placedBucket, openBucket, newBucket, hoursBucket} {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, name)
			}
		}
		meta := tx.Bucket(metaBucket)
		if newEpoch {
			if err := meta.Put(epochKey, []byte(rand.Text())); err != nil {
				return fmt.Errorf("put epoch: %w", err)
			}
		}
		epoch = string(meta.Get(epochKey))
		if epoch == "" {
			return damagedKey(metaBucket, epochKey, errors.New("missing"))
		}
		if version == len(steps) && !newEpoch {
			return upToDate // opening writes nothing
		}
		return meta.Put(schemaKey, []byte(strconv.Itoa(len(steps))))
	})
	if errors.Is(err, upToDate) {
		err = nil
	}
	return epoch, err
}

func schema(tx *bbolt.Tx) (int, error) {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		return 0, nil
	}
	version, err := strconv.Atoi(string(meta.Get(schemaKey)))
	if err != nil || version < 1 {
		return 0, damagedKey(metaBucket, schemaKey, errors.New("not a version"))
	}
	return version, nil
}

// lastSequence is the last one given in the location's shard.
func lastSequence(tx *bbolt.Tx, location string) (uint64, error) {
	key := []byte{byte(Shard(location))}
	value := tx.Bucket(sequencesBucket).Get(key)
	if value == nil {
		return 0, nil
	}
	if len(value) != 8 {
		// never begin again at 0: terminals would miss what comes
		return 0, damagedKey(sequencesBucket, key, fmt.Errorf("%d bytes", len(value)))
	}
	return binary.BigEndian.Uint64(value), nil
}

func nextSequence(tx *bbolt.Tx, location string) (uint64, error) {
	last, err := lastSequence(tx, location)
	if err != nil {
		return 0, err
	}
	next := last + 1
	key := []byte{byte(Shard(location))}
	if err := tx.Bucket(sequencesBucket).Put(key, binary.BigEndian.AppendUint64(nil, next)); err != nil {
		return 0, fmt.Errorf("put sequence: %w", err)
	}
	return next, nil
}
