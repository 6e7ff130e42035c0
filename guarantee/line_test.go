package guarantee

import (
	"context"
	"errors"
	"time"

	"comptoir/internal/mortal"
	"comptoir/shop"
)

// latency is how long a message between hub and terminal takes.
const latency = 20 * time.Millisecond

// talk is the life's line to the hub.
func (l *life) talk(ctx context.Context) {
	online, woken := false, true
	for n := 0; ; n++ {
		err := l.exchange(ctx, &online, woken || n%5 == 0)
		switch {
		case err == nil, errors.Is(err, mortal.ErrDead), ctx.Err() != nil:
		case errors.Is(err, errCut):
			online = false
			l.service.Link(false, "cut")
		default:
			l.till.shop.fault("%s: %v", l.till.device, err)
		}
		woken = false
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-l.wake:
			woken = true
			timer.Stop()
		case <-timer.C:
		}
	}
}

// exchange brings terminal and hub level, as far as the line holds; or only renews the leases,
// where there is nothing else.
func (l *life) exchange(ctx context.Context, online *bool, all bool) error {
	h, device := l.till.shop.hub, l.till.device
	leases, err := h.enter(device)
	if err != nil {
		return err
	}
	if !*online {
		*online, all = true, true
		l.service.Link(true, "")
		if err := l.service.Locations([]shop.Location{h.location}); err != nil {
			return err
		}
	}
	for _, lease := range leases {
		l.mu.Lock()
		known := l.leases[lease.Station] == lease
		l.mu.Unlock()
		if known {
			continue
		}
		if err := l.service.Lease(lease); err != nil {
			return err
		}
		l.mu.Lock()
		l.leases[lease.Station] = lease
		l.mu.Unlock()
	}
	if !all {
		return nil
	}
	pending, err := l.service.PendingAfter(0, 100)
	if err != nil {
		return err
	}
	for _, p := range pending {
		refused, err := h.hear(device, p.Command)
		if err != nil {
			return err
		}
		if !wait(ctx, latency/4) {
			return ctx.Err()
		}
		if refused != nil {
			if err := l.service.Refused(p.Command.ID, refused); err != nil {
				return err
			}
		}
	}
	for more := true; more; {
		cursors, err := l.service.Cursors()
		if err != nil {
			return err
		}
		changes, err := h.page(device, cursors[h.location.ID], 3)
		if err != nil {
			return err
		}
		if more = changes.More; len(changes.Orders) == 0 {
			continue
		}
		if !wait(ctx, latency) {
			return ctx.Err()
		}
		if err := l.service.Apply(changes); err != nil {
			return err
		}
	}
	return nil
}
