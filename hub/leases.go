package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/sync/wire"

	"go.etcd.io/bbolt"
)

// leaseTime is how long a silent holder keeps its stations (design.md section 5).
const leaseTime = 15 * time.Second

var bucketLeases = []byte("leases")

// leases says which terminal prints each station's tickets of online orders. Holders survive a
// restart of the hub, so that a station never has two.
type leases struct {
	hub *Hub

	// claiming is held from the choice of a holder until it is stored: two sessions must not
	// store two.
	claiming sync.Mutex

	// began is each location's head of the log when this hub started: how far a terminal had come
	// before, nobody remembers.
	began map[string]uint64
	// log is its epoch.
	log string

	mu    sync.Mutex
	held  map[string]map[string]*held // by location and station
	ready map[*session]bool
}

type held struct {
	wire.Lease
	// seen is when the holder was last heard of.
	seen time.Time
}

func newLeases(h *Hub) (*leases, error) {
	l := &leases{hub: h, began: map[string]uint64{}, held: map[string]map[string]*held{}, ready: map[*session]bool{}}
	for id := range h.locations {
		head, err := h.log.Head(id)
		if err != nil {
			return nil, fmt.Errorf("reading the log of %s: %w", id, err)
		}
		l.began[id], l.log = head.Sequence, head.Epoch
	}
	if err := l.read(); err != nil {
		return nil, fmt.Errorf("reading the leases: %w", err)
	}
	return l, nil
}

// storedLease is a lease as the file has it.
type storedLease struct {
	wire.Lease
	// Log is the epoch of the log that it was given in; older hubs did not write it.
	Log string `json:"log,omitempty"`
}

func (l *leases) read() error {
	return l.hub.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		all := map[string]storedLease{}
		if err := load(tx, bucketLeases, all); err != nil {
			return err
		}
		for key, stored := range all {
			former := stored.Log
			if former != "" && former != l.log {
				// a backup was put back, and others may have held the station since: what its holder has
				// not printed may have come out there
				stored.Epoch++
				stored.FormerSequence = max(stored.FormerSequence, l.began[stored.Location], 1)
			}
			l.hold(&held{Lease: stored.Lease, seen: l.hub.started})
			if former != l.log {
				if err := l.put(tx, key, stored.Lease); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (l *leases) put(tx *bbolt.Tx, key string, lease wire.Lease) error {
	value, err := json.Marshal(storedLease{lease, l.log})
	if err != nil {
		return err
	}
	return tx.Bucket(bucketLeases).Put([]byte(key), value)
}

// hold notes a lease, in place of the one before.
func (l *leases) hold(h *held) {
	at := l.held[h.Location]
	if at == nil {
		at = map[string]*held{}
		l.held[h.Location] = at
	}
	at[h.Station] = h
}

func leaseKey(location, station string) string { return location + "\x00" + station }

// run hands over the stations of holders that have fallen silent.
func (l *leases) run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			l.mu.Lock()
			sessions := make([]*session, 0, len(l.ready))
			for s := range l.ready {
				sessions = append(sessions, s)
			}
			l.mu.Unlock()
			slices.SortFunc(sessions, func(a, b *session) int {
				return strings.Compare(a.device.ID, b.device.ID)
			})
			for _, s := range sessions {
				if err := l.claim(ctx, s); err != nil && ctx.Err() == nil {
					l.hub.slog.Error("a lease could not be stored, trying again", "error", err)
				}
			}
		}
	}
}

// enter gives a terminal the stations that are free, and tells it who holds the others.
func (l *leases) enter(ctx context.Context, s *session) error {
	l.mu.Lock()
	l.ready[s] = true
	most := 0
	for i := range s.followed { // what it takes is told once as it is taken, and once with all others
		most += 2*len(s.followed[i].stations) + len(l.held[s.followed[i].location.ID])
	}
	l.mu.Unlock()
	s.mu.Lock()
	s.leases = most
	s.mu.Unlock()
	l.renew(s)
	if err := l.claim(ctx, s); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range s.device.locations {
		for _, h := range l.held[at.ID] {
			lease := h.Lease
			s.send(wire.FromHub{Lease: &lease})
		}
	}
	return nil
}

func (l *leases) leave(s *session) {
	l.mu.Lock()
	delete(l.ready, s)
	l.mu.Unlock()
}

// renew hears that a terminal lives.
func (l *leases) renew(s *session) {
	now := l.hub.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range s.followed {
		for _, station := range s.followed[i].stations {
			if h := l.held[s.followed[i].location.ID][station]; h != nil && h.Device == s.device.ID {
				h.seen = now
			}
		}
	}
}

// claim gives the session each of its stations that nobody else holds alive. The new holder
// is stored before anybody hears of it.
func (l *leases) claim(ctx context.Context, s *session) error {
	l.claiming.Lock()
	defer l.claiming.Unlock()
	if s.device.revoked.Load() {
		return nil // it is only connected to hear why
	}
	for i := range s.followed {
		for _, station := range s.followed[i].stations {
			if err := l.take(ctx, s, s.followed[i].location.ID, station); err != nil {
				return err
			}
		}
	}
	return nil
}

// take is claim of one station; claiming is held.
func (l *leases) take(ctx context.Context, s *session, location, station string) error {
	lease, changed := l.next(s, location, station)
	if !changed {
		return nil
	}
	err := l.hub.log.Update(ctx, func(tx *bbolt.Tx) error { return l.put(tx, leaseKey(location, station), lease) })
	if err != nil {
		return fmt.Errorf("storing the lease of %s: %w", station, err)
	}
	l.mu.Lock()
	l.hold(&held{Lease: lease, seen: l.hub.now()})
	l.mu.Unlock()
	l.hub.slog.Info("station's lease", "location", location, "station", station, "device", lease.Device, "epoch", lease.Epoch)
	l.hub.gateway.broadcast(location, wire.FromHub{Lease: &lease})
	return nil
}

// next is the lease that the session may take, if the station is free.
func (l *leases) next(s *session, location, station string) (wire.Lease, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lease := wire.Lease{Location: location, Station: station, Device: s.device.ID, Epoch: 1}
	before := l.held[location][station]
	if before == nil {
		return lease, true
	}
	if before.Device == s.device.ID || l.hub.now().Sub(before.seen) < leaseTime {
		return lease, false
	}
	lease.Epoch = before.Epoch + 1
	// those who held it before the former holder may have got further, and never reported
	lease.FormerSequence = max(before.FormerSequence, l.began[location], l.hub.gateway.feeds[location].received(before.Device))
	return lease, true
}
