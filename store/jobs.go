package store

import (
	"bytes"
	"fmt"

	"comptoir/terminal"
)

// jobRecord is a job and its places in the indexes.
type jobRecord struct {
	// First is the sequence in which the job was first stored.
	First uint64 `json:"first"`
	// Place is its key in the queue; none once it has ended.
	Place []byte       `json:"place,omitempty"`
	Job   terminal.Job `json:"job"`
}

func isJob(key string) func(jobRecord) bool {
	return func(r jobRecord) bool { return r.Job.Key == key }
}

func (t tx) Job(key string) (terminal.Job, bool, error) {
	r, found, err := get(t, bucketJobs, []byte(key), isJob(key))
	return r.Job, found, err
}

func (t tx) PutJob(j terminal.Job) error {
	if err := checkText(j.Key, j.OrderID, j.Location, j.Station); err != nil {
		return fmt.Errorf("put job: %w", err)
	}
	key := []byte(j.Key)
	old, found, err := get(t, bucketJobs, key, isJob(j.Key))
	if err != nil {
		return err
	}
	r := jobRecord{First: old.First, Job: j}
	var oldOfOrder, oldPaper []byte
	if found {
		oldOfOrder, oldPaper = ofOrder(old.Job.OrderID, old.First), paperKey(old.Job, old.First)
	} else if r.First, err = t.next(bucketJobs); err != nil {
		return err
	}
	if !j.State.Ended() {
		r.Place = queueKey(j.Location, j.Station, j.Due, r.First)
	}
	if err := t.put(bucketJobs, key, r); err != nil {
		return err
	}
	if err := t.move(bucketJobsByOrder, oldOfOrder, ofOrder(j.OrderID, r.First), key); err != nil {
		return err
	}
	if err := t.move(bucketPapers, oldPaper, paperKey(j, r.First), key); err != nil {
		return err
	}
	return t.move(bucketQueue, old.Place, r.Place, key)
}

func (t tx) Papers(location, station string, n int) ([]terminal.Job, error) {
	var list []terminal.Job
	for place, key := range t.last(bucketPapers, composite(location, station), n) {
		r, err := mustGet(t, bucketJobs, key, isJob(string(key)))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(place, paperKey(r.Job, r.First)) {
			return nil, damaged(bucketPapers, place, errForeign)
		}
		list = append(list, r.Job)
	}
	return list, nil
}

// JobsOf lists the jobs of an order in the sequence in which they were first stored.
func (t tx) JobsOf(orderID string) ([]terminal.Job, error) {
	var list []terminal.Job
	prefix := composite(orderID)
	for place, key := range t.each(bucketJobsByOrder, prefix, prefix) {
		r, err := mustGet(t, bucketJobs, key, isJob(string(key)))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(place, ofOrder(r.Job.OrderID, r.First)) {
			return nil, damaged(bucketJobsByOrder, place, errForeign)
		}
		list = append(list, r.Job)
	}
	return list, nil
}

func (t tx) Queue(location, station string, f func(terminal.Job) bool) error {
	return t.queue(composite(location, station), f)
}

func (t tx) Queues(f func(terminal.Job) bool) error { return t.queue(nil, f) }

// queue lets f write: a job that f moves behind its place is visited again there.
func (t tx) queue(prefix []byte, f func(terminal.Job) bool) error {
	for place, key := range t.each(bucketQueue, prefix, prefix) {
		r, err := mustGet(t, bucketJobs, key, isJob(string(key)))
		if err != nil {
			return err
		}
		if !bytes.Equal(place, r.Place) {
			return damaged(bucketQueue, place, errForeign)
		}
		if !f(r.Job) {
			return nil
		}
	}
	return nil
}
