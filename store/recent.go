package store

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/terminal"
)

// recentRecord is a command that the hub confirmed, or refused, and its place by age.
type recentRecord struct {
	Age     uint64          `json:"age"`
	Refused bool            `json:"refused,omitempty"`
	Recent  terminal.Recent `json:"recent"`
}

// addRecent makes schema 4: the commands that the hub confirmed a short time ago, by order and by
// age, and the orders of which it must be asked whether it has them.
func addRecent(b *bbolt.Tx) error {
	for _, name := range []string{"recent", "recentByAge", "doubts"} {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	return nil
}

func (t tx) ConfirmPending(command string, at time.Time) error { return t.judged(command, at, false) }

func (t tx) RefusePending(command string, at time.Time) error { return t.judged(command, at, true) }

// judged makes a pending command one that the hub has judged.
func (t tx) judged(command string, at time.Time, refused bool) error {
	sequence, orderID, found, err := t.pendingPlace(command)
	if err != nil || !found {
		return err
	}
	p, err := mustGet(t, bucketPending, number(sequence), isPending(sequence))
	if err != nil {
		return err
	}
	r := recentRecord{Refused: refused, Recent: terminal.Recent{Pending: p, ConfirmedAt: at.UTC()}}
	if r.Age, err = t.next(bucketRecentByAge); err != nil {
		return err
	}
	key := ofOrder(orderID, sequence)
	return errors.Join(t.put(bucketRecent, key, r), t.putRaw(bucketRecentByAge, number(r.Age), key), t.removePending(command))
}

func (t tx) RecentOf(orderID string) ([]terminal.Recent, error) {
	var list []terminal.Recent
	prefix := composite(orderID)
	for key, data := range t.each(bucketRecent, prefix, prefix) {
		r, err := decodeRecent(key, data)
		if err != nil {
			return nil, err
		}
		if !r.Refused {
			list = append(list, r.Recent)
		}
	}
	return list, nil
}

func (t tx) RecentOrders(location string) ([]string, error) {
	var ids []string
	for key, data := range t.each(bucketRecent, nil, nil) {
		r, err := decodeRecent(key, data)
		if err != nil {
			return nil, err
		}
		id := orderOf(r.Recent.Command)
		// the keys of one order stand together
		if r.Recent.Location == location && !r.Refused && (len(ids) == 0 || ids[len(ids)-1] != id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func decodeRecent(key, data []byte) (recentRecord, error) {
	return decode(bucketRecent, key, data, func(r recentRecord) bool {
		return bytes.Equal(key, ofOrder(orderOf(r.Recent.Command), r.Recent.Sequence))
	})
}

// indexRecent makes the index by age of what is there.
func (t tx) indexRecent() error {
	newest := uint64(0)
	for key, data := range t.each(bucketRecent, nil, nil) {
		age := value[recentRecord](data).Age
		newest = max(newest, age)
		if err := t.putRaw(bucketRecentByAge, number(age), key); err != nil {
			return err
		}
	}
	if err := t.b.Bucket([]byte(bucketRecentByAge)).SetSequence(newest); err != nil {
		return fmt.Errorf("set the sequence of bucket %s: %w", bucketRecentByAge, err)
	}
	return nil
}

func (t tx) Requeue(r terminal.Recent) error {
	orderID := orderOf(r.Command)
	key := ofOrder(orderID, r.Sequence)
	known, found, err := get(t, bucketRecent, key, func(k recentRecord) bool { return k.Recent.Command.ID == r.Command.ID })
	if err != nil || !found {
		return err
	}
	return errors.Join(
		t.delete(bucketRecent, key), t.delete(bucketRecentByAge, number(known.Age)),
		t.putRaw(bucketPendingByCommand, []byte(r.Command.ID), append(number(r.Sequence), orderID...)),
		t.putRaw(bucketPendingByOrder, key, nil),
		t.put(bucketPending, number(r.Sequence), r.Pending),
	)
}

func (t tx) OldestRecent() (time.Time, bool, error) {
	age, key := t.b.Bucket([]byte(bucketRecentByAge)).Cursor().First()
	if age == nil {
		return time.Time{}, false, nil
	}
	r, err := mustGet(t, bucketRecent, key, func(r recentRecord) bool { return bytes.Equal(age, number(r.Age)) })
	return r.Recent.ConfirmedAt, err == nil, err
}

func (t tx) ForgetRecent(before time.Time, keep, limit int) (int, error) {
	var past [][]byte
	var ages [][]byte
	newest := t.b.Bucket([]byte(bucketRecentByAge)).Sequence()
	for age, place := range t.each(bucketRecentByAge, nil, nil) {
		key := bytes.Clone(place)
		r, err := mustGet(t, bucketRecent, key, func(r recentRecord) bool { return bytes.Equal(age, number(r.Age)) })
		if err != nil {
			return 0, err
		}
		// what was taken out between them makes it keep fewer, never more
		if len(past) == limit || !r.Recent.ConfirmedAt.Before(before) && newest-r.Age < uint64(keep) {
			break
		}
		past, ages = append(past, key), append(ages, age)
	}
	for i := range past {
		if err := errors.Join(t.delete(bucketRecent, past[i]), t.delete(bucketRecentByAge, ages[i])); err != nil {
			return 0, err
		}
	}
	return len(past), nil
}

func (t tx) Doubts(location string, limit int) ([]terminal.Doubt, error) {
	var list []terminal.Doubt
	for id, data := range t.each(bucketDoubts, nil, nil) {
		d, err := decode(bucketDoubts, id, data, isDoubt(string(id)))
		if err != nil {
			return nil, err
		}
		if location != "" && d.Location != location {
			continue
		}
		if len(list) == limit {
			break
		}
		list = append(list, d)
	}
	return list, nil
}

func isDoubt(orderID string) func(terminal.Doubt) bool {
	return func(d terminal.Doubt) bool { return d.OrderID == orderID }
}

func (t tx) Doubt(orderID string) (terminal.Doubt, bool, error) {
	return get(t, bucketDoubts, []byte(orderID), isDoubt(orderID))
}

func (t tx) PutDoubt(d terminal.Doubt) error {
	if err := checkText(d.OrderID, d.Location); err != nil {
		return fmt.Errorf("put doubt: %w", err)
	}
	return t.put(bucketDoubts, []byte(d.OrderID), d)
}

func (t tx) RemoveDoubt(orderID string) error {
	if t.raw(bucketDoubts, []byte(orderID)) == nil { // the usual case
		return nil
	}
	return t.delete(bucketDoubts, []byte(orderID))
}
