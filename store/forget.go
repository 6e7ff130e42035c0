package store

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"comptoir/order"
)

func (t tx) EachEndedFirst(from time.Time, f func(o order.Order) bool) error {
	for key, id := range t.each(bucketEnded, moment(nil, from), nil) {
		o, holds, err := t.endedAt(key, id)
		if err != nil {
			return err
		}
		if !holds { // see listEnded
			if err := t.delete(bucketEnded, key); err != nil {
				return err
			}
			continue
		}
		if !f(o) {
			return nil
		}
	}
	return nil
}

func (t tx) EndedCount() int { return t.b.Bucket([]byte(bucketEnded)).Stats().KeyN }

func (t tx) RemoveOrder(o order.Order) error {
	id := []byte(o.ID)
	prefix := composite(o.ID)
	for place, key := range t.each(bucketJobsByOrder, prefix, prefix) {
		if err := t.removeJob(place, bytes.Clone(key)); err != nil {
			return err
		}
	}
	return errors.Join(t.delete(bucketEnded, endedKey(o)), t.delete(bucketOpen, id), t.delete(bucketDoubts, id), t.delete(bucketOrders, id))
}

// RemoveJob takes a job out of every index.
func (t tx) RemoveJob(key string) error {
	r, found, err := get(t, bucketJobs, []byte(key), isJob(key))
	if err != nil || !found {
		return err
	}
	return t.removeJob(ofOrder(r.Job.OrderID, r.First), []byte(key))
}

func (t tx) removeJob(place, key []byte) error {
	r, err := mustGet(t, bucketJobs, key, isJob(string(key)))
	if err != nil {
		return err
	}
	return errors.Join(t.move(bucketPapers, paperKey(r.Job, r.First), nil, nil), t.move(bucketQueue, r.Place, nil, nil),
		t.delete(bucketJobsByOrder, place), t.delete(bucketJobs, key))
}

// ForgetCounts works through names that end with their day: "ticket/plateau/grill/2026-11-23".
func (t tx) ForgetCounts(before string, limit int) error {
	var past [][]byte
	for name := range t.each(bucketCounters, nil, nil) {
		day := string(name[strings.LastIndexByte(string(name), '/')+1:])
		if _, err := time.Parse(time.DateOnly, day); err == nil && day < before {
			if past = append(past, name); len(past) == limit {
				break
			}
		}
	}
	for _, name := range past {
		if err := t.delete(bucketCounters, name); err != nil {
			return err
		}
	}
	return nil
}
