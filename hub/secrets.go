package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"

	"comptoir/hub/checkin"
	"comptoir/hub/orderlog"

	"go.etcd.io/bbolt"
)

var bucketSecrets = []byte("secrets") // what for → random bytes

// secret returns the hub's own secret for a purpose; the first start makes it. It is as old as the
// file: a copy that is put back brings its links with it.
func secret(log *orderlog.Bolt, purpose string) ([]byte, error) {
	var value []byte
	err := log.Update(context.Background(), func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(bucketSecrets)
		if err != nil {
			return err
		}
		if value = bytes.Clone(bucket.Get([]byte(purpose))); len(value) == checkin.SecretSize {
			return nil
		}
		value = make([]byte, checkin.SecretSize)
		_, _ = rand.Read(value) // never fails
		return bucket.Put([]byte(purpose), value)
	})
	if err != nil {
		return nil, fmt.Errorf("the hub's secret for %s: %w", purpose, err)
	}
	return value, nil
}
