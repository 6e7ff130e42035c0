package sync_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
	possync "comptoir/sync"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

func doubt(id string, offer bool) terminal.Held {
	h := terminal.Held{Doubt: terminal.Doubt{OrderID: id, Location: "paris", Offer: offer}}
	if offer {
		h.Order = order.Order{ID: id, Location: "paris", Revision: 3}
	}
	return h
}

func (p *peer) held() []string {
	p.t.Helper()
	frame := receive(p.t, "held", p.frames)
	if frame.Held == nil || frame.Held.Location != "paris" {
		p.t.Fatalf("got %+v, want held", frame)
	}
	var ids []string
	for _, o := range frame.Held.Orders {
		if len(o.Order) > 0 {
			o.ID += " offered"
		}
		ids = append(ids, o.ID)
	}
	return ids
}

func answering(full ...string) wire.FromHub {
	again := *welcome.Welcome
	again.Answers, again.Full = true, full
	return wire.FromHub{Welcome: &again}
}

// While a hub may have lost something, commands wait: until the full resync has ended, and all has
// been asked and offered, one frame after the other.
func TestHealing(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.add(1, 2)
	client := start(t, h, r)
	p := h.peer(t)
	p.hello()
	p.send(answering("paris"))
	receive(t, "settings", r.locations)
	client.Wake()
	page := changes("paris", 1, "a")
	page.Changes.Full = true
	p.send(page)
	if got := p.stored(); got.Cursor != at(1) { // and no command before it
		t.Errorf("stored %+v", got)
	}
	r.mu.Lock()
	r.held = []terminal.Held{doubt("b", false), doubt("c", true)}
	r.mu.Unlock()
	last := changes("paris", 2)
	last.Changes.Full, last.Changes.Last = true, true
	p.send(last)
	p.stored()
	if got, want := p.held(), []string{"b", "c offered"}; !slices.Equal(got, want) {
		t.Errorf("held: %q, want %q", got, want)
	}
	client.Wake()
	// an answer in two parts; after the first one there is more to offer
	p.send(wire.FromHub{Answer: &wire.Answer{Location: "paris", Orders: last.Changes.Orders, Missing: []string{"b"}}})
	if got := receive(t, "an answer", r.healed); len(got.Missing) != 1 || got.Location != "paris" {
		t.Errorf("told %+v", got)
	}
	r.mu.Lock()
	r.held = []terminal.Held{doubt("b", true), doubt("c", true)}
	r.mu.Unlock()
	done := wire.FromHub{Answer: &wire.Answer{Location: "paris", Done: true}}
	p.send(done)
	if got, want := p.held(), []string{"b offered"}; !slices.Equal(got, want) {
		t.Errorf("held: %q, want %q", got, want)
	}
	p.send(done)
	for _, want := range []string{"c001", "c002"} {
		if got := p.command().ID; got != want {
			t.Errorf("got the command %s, want %s", got, want)
		}
	}
	// over the next connection all that is in doubt is asked again
	p.cut()
	p = h.peer(t)
	p.hello()
	p.send(answering())
	if got := p.held(); len(got) != 2 {
		t.Errorf("held: %q", got)
	}
}

// A command whose order the hub does not know waits where the terminal has the order, and is
// refused where it has not.
func TestUnknownOrder(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.add(1, 2)
	r.unknown = map[string]bool{"c001": true}
	start(t, h, r)
	p := h.peer(t)
	p.hello()
	p.send(answering())
	for range 2 {
		id := p.command().ID
		p.send(wire.FromHub{Result: &wire.Result{Command: id, Refused: &wire.Refusal{Kind: order.NotFound, Cause: order.UnknownOrder}}})
	}
	if got := receive(t, "a refusal", r.refused); got.command != "c002" {
		t.Errorf("refused: %+v", got)
	}
	if left, err := r.PendingAfter(0, 10); err != nil || len(left) != 1 || left[0].Command.ID != "c001" {
		t.Errorf("pending: %+v, error %v", left, err)
	}
}

// stopwatch hears of the hub's time.
type stopwatch struct {
	began time.Time
	heard chan time.Time
	trip  atomic.Int64
}

func (s *stopwatch) Elapsed() time.Duration { return time.Since(s.began) }

func (s *stopwatch) Heard(hub time.Time, asked time.Duration) {
	s.trip.Store(int64(s.Elapsed() - asked))
	s.heard <- hub
}

// The hub is asked for its time with the hello, and then again and again.
func TestClockQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		watch := &stopwatch{began: time.Now(), heard: make(chan time.Time, 100)}
		start(t, h, r, func(c *possync.Config) { c.Clock = watch })
		p := h.peer(t)
		p.hello()
		time.Sleep(300 * time.Millisecond)
		p.send(answering())
		if got := receive(t, "the time", watch.heard); !got.Equal(welcome.Welcome.Time) || watch.trip.Load() != int64(300*time.Millisecond) {
			t.Errorf("heard %v, after %v", got, time.Duration(watch.trip.Load()))
		}
		began, asked := time.Now(), 0
		for time.Since(began) < 10*time.Minute {
			frame := receive(t, "a question", p.frames)
			if frame.Clock == nil {
				t.Fatalf("got %+v", frame)
			}
			asked++
			time.Sleep(20 * time.Millisecond)
			p.send(wire.FromHub{Clock: &wire.Clock{Asked: frame.Clock.Asked - 1, Time: time.Now()}}) // of another question
			p.send(wire.FromHub{Clock: &wire.Clock{Asked: frame.Clock.Asked, Time: time.Now()}})
			if got := receive(t, "the time", watch.heard); !got.Equal(time.Now()) || watch.trip.Load() != int64(20*time.Millisecond) {
				t.Errorf("heard %v, after %v", got, time.Duration(watch.trip.Load()))
			}
		}
		if asked < 10 || asked > 15 {
			t.Errorf("asked %d times in 10 minutes", asked)
		}
	})
}

// An older hub knows none of this: it gets no frame that would end the connection, and commands do
// not wait for answers that never come.
func TestNothingNewForOlderHubs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		r.add(1, 1)
		r.held = []terminal.Held{doubt("b", true)}
		r.unknown = map[string]bool{"c001": true}
		watch := &stopwatch{began: time.Now(), heard: make(chan time.Time, 100)}
		start(t, h, r, func(c *possync.Config) { c.Clock = watch })
		p := h.welcomed(t)
		receive(t, "the time", watch.heard) // the welcome's
		p.send(wire.FromHub{Result: &wire.Result{Command: p.command().ID, Refused: &wire.Refusal{Kind: order.NotFound, Cause: order.UnknownOrder}}})
		receive(t, "a refusal", r.refused)
		time.Sleep(5 * time.Minute)
		select {
		case frame := <-p.frames:
			t.Errorf("it got %+v", frame)
		default:
		}
	})
}

// A hub that has promised a full resync and does not send it, though it answers pings, is given up
// within minutes: commands wait for it. Over the next connection they go.
func TestPromisedResyncThatNeverComes(t *testing.T) {
	for name, pages := range map[string]int{"no page": 0, "no last page": 3} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, r := newPipeHub(t), newReplica()
				r.add(1, 1)
				start(t, h, r)
				p := h.peer(t)
				p.hello()
				p.send(answering("paris"))
				for n := range pages {
					time.Sleep(3 * time.Minute) // slow, but it comes
					page := changes("paris", uint64(n+1), "a")
					page.Changes.Full, page.Changes.More = true, true
					p.send(page)
					p.stored()
				}
				time.Sleep(3 * time.Minute)
				select {
				case frame, open := <-p.frames:
					t.Errorf("it came %+v, or ended (%t)", frame, !open)
				default:
				}
				time.Sleep(time.Minute)
				p.gone()
				if got := receive(t, "online", r.links); !got.online {
					t.Errorf("told %+v", got)
				}
				if got := receive(t, "offline", r.links); got.online || got.reason != terminal.LinkSilent {
					t.Errorf("told %+v", got)
				}
				p = h.peer(t)
				resyncs := p.hello().Resyncs
				if got := resyncs["paris"]; (pages > 0) != (got.Cursor == at(3) && got.Began.Equal(welcome.Welcome.Time)) {
					t.Errorf("it says that its resync had come to %+v", got)
				}
				p.send(answering())
				if got := p.command().ID; got != "c001" {
					t.Errorf("got the command %s", got)
				}
			})
		})
	}
}

// A full resync that was cut off goes on as one where the hub says so, and otherwise begins anew.
func TestResumedResync(t *testing.T) {
	for name, resumed := range map[string][]string{"goes on": {"paris"}, "begins anew": nil} {
		t.Run(name, func(t *testing.T) {
			h, r := newHub(t), newReplica()
			start(t, h, r)
			page := changes("paris", 1, "a")
			page.Changes.Full = true
			p := h.peer(t)
			p.hello()
			p.send(answering("paris"))
			p.send(page)
			if got := receive(t, "a page", r.applied); !got.First {
				t.Errorf("applied %+v", got)
			}
			p.stored()
			p.cut()
			p = h.peer(t)
			if got := p.hello().Resyncs["paris"].Cursor; got != at(1) {
				t.Errorf("it goes on at %+v", got)
			}
			again := answering("paris")
			again.Welcome.Resumed = resumed
			p.send(again)
			last := changes("paris", 2, "b")
			last.Changes.Full, last.Changes.Last = true, true
			p.send(last)
			if got := receive(t, "the last page", r.applied); got.First != (resumed == nil) || !got.Last {
				t.Errorf("applied %+v", got)
			}
			p.stored()
			p.cut()
			if got := h.peer(t).hello().Resyncs; len(got) > 0 {
				t.Errorf("it goes on with %+v, which has ended", got)
			}
		})
	}
}
