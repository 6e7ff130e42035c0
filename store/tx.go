package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"comptoir/terminal"
)

// tx is the inside of a transaction. What it hands out is decoded, and so never points into
// the file's memory.
type tx struct {
	b *bbolt.Tx
}

var _ terminal.Tx = tx{}

var (
	errMissing = errors.New("it is missing")
	errForeign = errors.New("it is not the record that its key names")
)

// raw returns what stands under the key, or nil; good until the transaction's next write.
func (t tx) raw(bucket string, key []byte) []byte {
	return t.b.Bucket([]byte(bucket)).Get(key)
}

// get decodes the record under the key. own, where given, tells whether it is the key's.
func get[T any](t tx, bucket string, key []byte, own func(T) bool) (value T, found bool, err error) {
	data := t.raw(bucket, key)
	if data == nil {
		return value, false, nil
	}
	value, err = decode(bucket, key, data, own)
	return value, err == nil, err
}

// mustGet is get of a record that an index names.
func mustGet[T any](t tx, bucket string, key []byte, own func(T) bool) (T, error) {
	value, found, err := get(t, bucket, key, own)
	if err == nil && !found {
		err = damaged(bucket, key, errMissing)
	}
	return value, err
}

func decode[T any](bucket string, key, data []byte, own func(T) bool) (T, error) {
	var value, none T
	if err := json.Unmarshal(data, &value); err != nil {
		return none, damaged(bucket, key, err)
	}
	if own != nil && !own(value) {
		return none, damaged(bucket, key, errForeign)
	}
	return value, nil
}

func (t tx) put(bucket string, key []byte, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode for bucket %s, key %q: %w", bucket, key, err)
	}
	return t.putRaw(bucket, key, data)
}

func (t tx) putRaw(bucket string, key, value []byte) error {
	if err := t.b.Bucket([]byte(bucket)).Put(key, value); err != nil {
		return fmt.Errorf("put in bucket %s, key %q: %w", bucket, key, err)
	}
	return nil
}

func (t tx) delete(bucket string, key []byte) error {
	if err := t.b.Bucket([]byte(bucket)).Delete(key); err != nil {
		return fmt.Errorf("delete in bucket %s, key %q: %w", bucket, key, err)
	}
	return nil
}

// move takes an index entry from one key to another; an empty key is nowhere.
func (t tx) move(bucket string, from, to, value []byte) error {
	if bytes.Equal(from, to) {
		return nil
	}
	if len(from) > 0 {
		if err := t.delete(bucket, from); err != nil {
			return err
		}
	}
	if len(to) > 0 {
		return t.putRaw(bucket, to, value)
	}
	return nil
}

func (t tx) next(bucket string) (uint64, error) {
	n, err := t.b.Bucket([]byte(bucket)).NextSequence()
	if err != nil {
		return 0, fmt.Errorf("next sequence of bucket %s: %w", bucket, err)
	}
	return n, nil
}

// each visits the keys with the prefix, from a key on. The body of the loop may write: the
// cursor, which a write leads astray, looks for its place again at each step.
func (t tx) each(bucket string, from, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		c := t.b.Bucket([]byte(bucket)).Cursor()
		for k, v := c.Seek(from); k != nil && bytes.HasPrefix(k, prefix); {
			key := bytes.Clone(k)
			if !yield(key, v) {
				return
			}
			k, v = c.Seek(append(key, 0)) // nothing stands between a key and itself with a 0
			if k != nil && bytes.Compare(k, key) <= 0 {
				panic(errSequence) // a damaged page would lead round in a circle
			}
		}
	}
}

// last visits at most n of the keys with the prefix, from the last one back. The body of the loop
// must not write.
func (t tx) last(bucket string, prefix []byte, n int) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		c := t.b.Bucket([]byte(bucket)).Cursor()
		// what follows the prefix of an index is shorter: this is behind all of it
		step := c.Prev
		if k, _ := c.Seek(append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 32)...)); k == nil {
			step = c.Last
		}
		k, v := step()
		for ; n > 0 && k != nil && bytes.HasPrefix(k, prefix); n-- {
			if !yield(k, v) {
				return
			}
			k, v = c.Prev()
		}
	}
}

// maxIdentity keeps composite keys far below bbolt's limit of 32 KiB.
const maxIdentity = 1024

// checkText refuses identities before anything is written: those that JSON would change into
// others, and those too long for a key.
func checkText(identities ...string) error {
	for _, s := range identities {
		if len(s) > maxIdentity {
			return fmt.Errorf("identity of %d bytes: at most %d are possible", len(s), maxIdentity)
		}
		if !utf8.ValidString(s) {
			return fmt.Errorf("identity %q is not UTF-8", s)
		}
	}
	return nil
}
