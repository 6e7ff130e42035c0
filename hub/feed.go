package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"comptoir/hub/orderlog"
	"comptoir/hub/tail"
	"comptoir/sync/wire"
)

const (
	changesAtOne = 64
	// maxPage bounds the bytes of orders in one frame, unless one order alone is larger. A session
	// holds no more than one page, however far it is behind. A line that drops again and again must
	// bring at least one each time, but with half of that a storm of terminals takes longer.
	maxPage = 128 << 10
	// maxFullPage is maxPage of a full resync, which is longer and less urgent.
	maxFullPage = 32 << 10
	// maxRaw leaves room for the frame around an order.
	maxRaw = wire.MaxFrame - 4<<10
	// keptPages is for how many cursors a page is kept ready; keptBytes bounds them together.
	keptPages = 4
	keptBytes = 512 << 10
)

// tailLimits are those of each location that somebody follows.
var tailLimits = tail.Limits{Entries: 128, Bytes: 256 << 10}

// feed is what the sessions of a location share: the hot end of its log, and the frames made of
// it. Whoever stands at the same cursor gets the same bytes.
type feed struct {
	gateway  *gateway
	location string
	// settings is the shop.Location that terminals get, encoded; sum is its wire.Sum.
	settings json.RawMessage
	sum      string
	tail     *tail.Tail

	// asked counts the terminals that came; accepting guards accepted, up to which of them the
	// orders that waited have been looked through.
	asked     atomic.Uint64
	accepting sync.Mutex
	accepted  uint64

	following sync.Mutex
	followers map[*session]*followed

	mu    sync.Mutex
	pages []page // the newest last
	// sent is the last sequence sent to each device, for leases that change hands.
	sent map[string]uint64
}

// page is what follows a cursor; frame is nil where nothing does.
type page struct {
	after, head, next wire.Cursor
	full, hot, more   bool
	size              int
	frame             []byte
}

func newFeed(g *gateway, l *location) (*feed, error) {
	settings, err := json.Marshal(l.Location)
	if err != nil {
		return nil, fmt.Errorf("the settings of location %s: %w", l.ID, err)
	}
	return &feed{
		gateway: g, location: l.ID, settings: settings, sum: wire.Sum(settings), tail: tail.New(g.hub.log, l.ID, tailLimits),
		followers: map[*session]*followed{}, sent: map[string]uint64{},
	}, nil
}

// wake tells the followers that the log has more.
func (f *feed) wake() {
	f.following.Lock()
	defer f.following.Unlock()
	if len(f.followers) > 0 {
		f.prepare()
	}
	for s, at := range f.followers {
		s.markDirty(at)
	}
}

// prepare makes the page that followers at the end of the log ask for next, so that they do not
// wait for the first one of them to make it.
func (f *feed) prepare() {
	f.mu.Lock()
	var end page
	if n := len(f.pages); n > 0 {
		end = f.pages[n-1]
	}
	f.mu.Unlock()
	if end.next.Epoch != "" && !end.more {
		_, _ = f.page(end.next, false, false) // whoever asks for it meets the error again
	}
}

func (f *feed) follow(s *session, at *followed) {
	f.following.Lock()
	defer f.following.Unlock()
	f.followers[s] = at
}

// leave forgets what is kept once nobody follows.
func (f *feed) leave(s *session) {
	f.following.Lock()
	defer f.following.Unlock()
	delete(f.followers, s)
	if len(f.followers) > 0 {
		return
	}
	f.tail.Drop()
	f.mu.Lock()
	f.pages = nil
	f.mu.Unlock()
}

// acceptWaiting is Hub.acceptWaiting after a terminal came. Terminals that come together need one
// look at the orders that waited, if it began after all of them were there.
func (f *feed) acceptWaiting(ctx context.Context, l *location) error {
	came := f.asked.Add(1)
	f.accepting.Lock()
	defer f.accepting.Unlock()
	if f.accepted >= came {
		return nil
	}
	there := f.asked.Load()
	if err := f.gateway.hub.acceptWaiting(ctx, l); err != nil {
		return err
	}
	f.accepted = there
	return nil
}

// page is what a session gets that has come to after. Those of a full resync come from the log
// alone: the tail may hold what the log has dropped since.
func (f *feed) page(after wire.Cursor, full, hot bool) (page, error) {
	hot = hot && full
	f.mu.Lock()
	defer f.mu.Unlock()
	head := f.tail.Head(after)
	for _, p := range f.pages {
		if p.after == after && p.full == full && p.hot == hot && p.head == head {
			return p, nil
		}
	}
	changes, head, err := f.read(after, full, hot)
	if err != nil {
		return page{}, err
	}
	p := page{after: after, head: head, next: after, full: full, hot: hot}
	if len(changes) > 0 || full {
		if err := f.encode(&p, changes); err != nil {
			return page{}, err
		}
	}
	f.keep(p)
	return p, nil
}

func (f *feed) read(after wire.Cursor, full, hot bool) ([]orderlog.Change, wire.Cursor, error) {
	switch {
	case hot:
		return f.gateway.hub.log.Hot(f.location, after, changesAtOne)
	case full:
		return f.gateway.hub.log.All(f.location, after, changesAtOne)
	}
	return f.tail.Changes(after, changesAtOne)
}

// encode makes the frame. An order that no frame can hold is set aside: it must not hide the
// others, nor end the session again and again.
func (f *feed) encode(p *page, changes []orderlog.Change) (err error) {
	p.next, p.more = orderlog.Next(changes, p.head, changesAtOne), len(changes) == changesAtOne
	most := maxPage
	if p.full {
		most = maxFullPage
	}
	orders := make([]json.RawMessage, 0, len(changes))
	for i, c := range changes {
		if len(c.Raw) > maxRaw {
			f.gateway.hub.leaveOut(c.OrderID, f.location, len(c.Raw))
			continue
		}
		if len(orders) > 0 && p.size+len(c.Raw) > most {
			p.more, p.next.Sequence = true, changes[i-1].Sequence
			break
		}
		p.size += len(c.Raw)
		orders = append(orders, c.Raw)
	}
	p.frame, err = wire.EncodeChanges(wire.Changes{
		Location: f.location, Cursor: p.next, Full: p.full, Last: p.full && !p.more, More: p.more, Orders: orders,
	})
	return err
}

// leaveOut tells of an order that no frame can hold.
func (h *Hub) leaveOut(id, location string, bytes int) {
	h.metrics.refuse("order_oversized")
	h.slog.Error("an order is too large for a terminal and was left out", "order", id, "location", location, "bytes", bytes)
}

// keep lets the next session have the page, if that stands where this one did. mu is held.
func (f *feed) keep(p page) {
	f.pages = append(f.pages, p)
	size := 0
	for _, kept := range f.pages {
		size += kept.size
	}
	for len(f.pages) > keptPages || size > keptBytes && len(f.pages) > 1 {
		size -= f.pages[0].size
		f.pages = slices.Delete(f.pages, 0, 1)
	}
}

// noteSent hears how far a device has got, or may have got.
func (f *feed) noteSent(device string, sequence uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent[device] = max(f.sent[device], sequence)
}

// received is how far a device has got in the location's log since this hub's start: what was
// sent to it and what it changed itself, or everything where this hub has not seen it.
func (f *feed) received(device string) uint64 {
	f.mu.Lock()
	sent, seen := f.sent[device]
	f.mu.Unlock()
	if seen {
		return sent
	}
	head, err := f.gateway.hub.log.Head(f.location)
	if err != nil {
		return ^uint64(0) // then everything may have come out there
	}
	return head.Sequence
}
