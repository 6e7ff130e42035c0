package orderlog

import (
	"fmt"
	"log/slog"
	"sync"
)

// damagedKey is the error of a record that is not what was written.
func damagedKey(bucket, key []byte, why error) error {
	return fmt.Errorf("%w: bucket %s, key %q: %w", ErrDamaged, bucket, key, why)
}

// damage reports the damaged records that readers skip, each once.
type damage struct {
	log *slog.Logger

	mu   sync.Mutex
	seen map[string]bool
}

// maxSeen bounds the memory; on a disk with more damage, reports repeat.
const maxSeen = 10_000

func (d *damage) report(err error) {
	text := err.Error()
	d.mu.Lock()
	known := d.seen[text]
	if !known && len(d.seen) < maxSeen {
		d.seen[text] = true
	}
	d.mu.Unlock()
	if !known {
		d.log.Error("skipped in the order log", "err", err)
	}
}

func (d *damage) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.seen)
}
