package orderlog

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"go.etcd.io/bbolt"
)

// maxBatch bounds a commit, and so how long its first caller waits.
const maxBatch = 256

// request is one operation of a group commit.
type request struct {
	// check may refuse and must not write: a refusal costs the neighbours nothing. May be nil.
	check func(*bbolt.Tx) error
	write func(*bbolt.Tx) error
	// location changes by the request; empty if none does.
	location string
	err      error
	reply    chan error
}

func newRequest() *request {
	return &request{reply: make(chan error, 1)} // the committer never waits for a caller
}

// submit hands the request to the committer and waits for the outcome.
func (b *Bolt) submit(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return ErrClosed
	}
	b.writers.Add(1)
	b.mu.Unlock()
	defer b.writers.Done()
	select {
	case b.queue <- r:
		return <-r.reply
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run is the committer: the only goroutine that writes. It ends when Close closes the queue.
// While one commit waits for the disk, the requests of the next one gather.
func (b *Bolt) run() {
	defer close(b.done)
	batch := make([]*request, 0, maxBatch)
	for first := range b.queue {
		batch = b.gather(append(batch, first))
		b.commit(batch)
		clear(batch)
		batch = batch[:0]
	}
}

// gather takes the requests that wait, without waiting for any.
func (b *Bolt) gather(batch []*request) []*request {
	yielded := false
	for len(batch) < maxBatch {
		select {
		case r, ok := <-b.queue:
			if !ok {
				return batch
			}
			batch = append(batch, r)
		default:
			if yielded {
				return batch
			}
			// writers that the last commit woke get to run, and join this one
			runtime.Gosched()
			yielded = true
		}
	}
	return batch
}

// errNothing rolls a transaction back that wrote nothing, which spares the disk.
var errNothing = errors.New("nothing to commit")

// commit stores the batch in one transaction and answers each request. A request that fails
// while it writes is answered and left out, and the others begin again on a clean transaction.
func (b *Bolt) commit(batch []*request) {
	for len(batch) > 0 {
		failed := -1
		err := guard(func() error {
			return b.db.Update(func(tx *bbolt.Tx) error {
				wrote := false
				for i, r := range batch {
					r.err = nil
					if r.check != nil {
						if r.err = guard(func() error { return r.check(tx) }); r.err != nil {
							continue
						}
					}
					if r.err = guard(func() error { return r.write(tx) }); r.err != nil {
						failed = i
						return r.err
					}
					wrote = true
				}
				if !wrote {
					return errNothing
				}
				return nil
			})
		})
		if failed >= 0 {
			batch[failed].reply <- batch[failed].err
			batch = slices.Delete(batch, failed, failed+1)
			continue
		}
		b.answer(batch, err)
		return
	}
}

// answer tells the callers, then the watchers. These are told of a failed commit too: what it
// left on the disk is unknown, and looking does no harm.
func (b *Bolt) answer(batch []*request, err error) {
	lost := err != nil && !errors.Is(err, errNothing)
	if !errors.Is(err, errNothing) {
		b.mu.Lock()
		b.failing = err
		b.mu.Unlock()
	}
	var changed []string
	for _, r := range batch {
		if lost {
			// also where the check refused: it may have judged by what is lost now
			r.err = fmt.Errorf("commit: %w", err)
		}
		if (lost || r.err == nil) && r.location != "" && !slices.Contains(changed, r.location) {
			changed = append(changed, r.location)
		}
		r.reply <- r.err
	}
	if len(changed) == 0 {
		return
	}
	b.mu.Lock()
	watchers := make([]func(string), 0, len(b.watchers))
	for _, f := range b.watchers {
		watchers = append(watchers, f)
	}
	b.mu.Unlock()
	for _, location := range changed {
		for _, f := range watchers {
			if err := guard(func() error { f(location); return nil }); err != nil {
				b.damage.log.Error("watcher of the order log failed", "location", location, "err", err)
			}
		}
	}
}

// guard makes an error of a panic: one caller's mistake, or one bad page, must not end the hub.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
