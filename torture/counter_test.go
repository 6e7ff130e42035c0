package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// told is what a terminal has said on its standard output: in this life, and of which orders ever.
type told struct {
	mu     sync.Mutex
	life   []promise
	orders map[string]order.Order // as it said last
	events map[string]int         // of each kind, ever
	jobs   map[string]terminal.JobState
	// promised and broken count what was looked for on the disk after each life's end.
	promised int
	broken   []string
	err      error
}

func newTold() *told {
	return &told{orders: map[string]order.Order{}, events: map[string]int{}, jobs: map[string]terminal.JobState{}}
}

func (t *told) hear(line string) {
	e, err := readEvent([]byte(line))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = errors.Join(t.err, err)
	t.life = append(t.life, e.promises()...)
	t.events[e.Event]++
	switch e.Event {
	case "order":
		t.orders[e.Order.ID] = e.Order
	case "ticket":
		t.jobs[e.Ticket.Key] = e.Ticket.State
	}
}

func (t *told) knows(orderID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, known := t.orders[orderID]
	return known
}

// times counts the events of a kind.
func (t *told) times(event string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.events[event]
}

// asking lists the tickets of which a person must say whether they are there.
func (t *told) asking() (keys []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, state := range t.jobs {
		if state == terminal.JobUnconfirmed {
			keys = append(keys, key)
		}
	}
	return keys
}

// answer says, as a person who looks at the paper does, of each ticket that asks that it is there: a
// terminal that was killed in four copies of a ticket prints no fifth by itself.
func (s *stage) answer(p *process) (answered int) {
	s.t.Helper()
	keys := p.told.asking()
	for _, key := range keys {
		p.say(fmt.Sprintf(`{"type":"Confirm","key":%q}`, key))
	}
	s.until(10*time.Second, "no ticket asks any more", func() bool { return len(p.told.asking()) == 0 })
	return len(keys)
}

func (t *told) state(orderID string) order.Order {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.orders[orderID]
}

// buried looks on the disk of a terminal that has just been killed for what its last life told.
func (t *told) buried(dir string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	life := t.life
	t.life = nil
	if len(life) == 0 || t.err != nil {
		return t.err
	}
	var o outcome
	if err := readStore(dir, latest(life), &o); err != nil {
		return fmt.Errorf("the file of a killed terminal: %w", err)
	}
	t.promised += o.found + o.lost
	if o.lost+o.doubled > 0 {
		t.broken = append(t.broken, o.problems...)
	}
	return nil
}

// latest keeps of several states of a ticket the last one.
func latest(all []promise) []promise {
	last := map[string]int{}
	for i, p := range all {
		if p.job != "" {
			last[p.job] = i
		}
	}
	var kept []promise
	for i, p := range all {
		if p.job == "" || last[p.job] == i {
			kept = append(kept, p)
		}
	}
	return kept
}

// counterOrder makes up an order that a terminal takes itself.
func counterOrder(random *rand.Rand, menu []item, p *process, number string) *sent {
	o := invent(random, menu, number)
	o.platform = ownShop
	o.id = order.Identity(order.ChannelCounter, p.name, o.command())
	return o
}

// command is the id of the Place of a counter order.
func (o *sent) command() string { return order.Identity("torture", o.number, o.reference) }

// sell asks a terminal to place a counter order.
func (p *process) sell(o *sent) error {
	draft := order.Order{Number: o.number, Reference: o.reference}
	for _, it := range o.items {
		draft.Lines = append(draft.Lines, order.Line{PLU: it.PLU, Name: it.Name, Quantity: it.quantity, UnitPrice: 1000})
	}
	line, err := json.Marshal(struct {
		Type  order.CommandType `json:"type"`
		ID    string            `json:"id"`
		Order order.Order       `json:"order"`
	}{order.Place, o.command(), draft})
	if err != nil {
		return err
	}
	p.say(string(line))
	return nil
}

// say writes a line to a process. It may have been killed: who waits for an answer asks again.
func (p *process) say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.stdin, line+"\n")
}

// atCounter is a cashier: takes orders at a terminal, each until the terminal has said so, however
// often it is killed. The same command again is the same order.
func (s *stage) atCounter(ctx context.Context, random *rand.Rand, menu []item, p *process, prefix string, count int, span time.Duration) (all []*sent, err error) {
	for i := range count {
		o := counterOrder(random, menu, p, fmt.Sprintf("%s%04d", prefix, i+1))
		all = append(all, o)
		for !p.told.knows(o.id) {
			if err := p.sell(o); err != nil {
				return all, err
			}
			o.tries++
			select {
			case <-ctx.Done():
				return all, fmt.Errorf("counter order %s: %w", o.number, context.Cause(ctx))
			case <-time.After(200 * time.Millisecond):
			}
		}
		o.acknowledged = true
		if !moment(ctx, random, span/time.Duration(count)) {
			return all, context.Cause(ctx)
		}
	}
	return all, nil
}

// dataDir is where a process keeps its file.
func (p *process) dataDir() string {
	last := len(p.args) - 1 - slices.Index(reversed(p.args), "--data")
	return p.args[last+1]
}

func reversed(all []string) []string {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// replica is what a terminal that has ended has on its disk.
type replica struct {
	orders  map[string]order.Order
	pending int
}

func readReplica(dir string) (r replica, err error) {
	file, err := store.Open(filepath.Join(dir, "terminal.db"))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r.orders = map[string]order.Order{}
	return r, file.View(func(tx terminal.Tx) error {
		pending, err := tx.PendingAfter(0, 1000)
		if err != nil {
			return err
		}
		r.pending = len(pending)
		return tx.EachOrder(func(o order.Order) error {
			r.orders[o.ID] = o
			return nil
		})
	})
}

// confirmed ends a terminal once it has heard that the hub has its last commands. That is the last
// thing to come, and the one that it does not tell.
func (s *stage) confirmed(p *process) {
	s.t.Helper()
	for range 5 {
		s.until(30*time.Second, p.name+" has nothing more to say", func() bool { return p.log.quiet() > 500*time.Millisecond })
		p.kill()
		r, err := readReplica(p.dataDir())
		if err != nil {
			s.t.Fatal(err)
		}
		if r.pending == 0 {
			return
		}
		s.startOnline(p)
	}
}

// differences lists the orders that are not the same on a terminal's disk and at the hub.
func (r replica) differences(stored []order.Order) (different []string) {
	for _, o := range stored {
		here, found := r.orders[o.ID]
		a, errA := json.Marshal(o)
		b, errB := json.Marshal(here)
		if err := errors.Join(errA, errB); err != nil || !found || !bytes.Equal(a, b) {
			different = append(different, fmt.Sprintf("order %s: hub %d %s, terminal %d %s", o.Number, o.Revision, o.Status, here.Revision, here.Status))
		}
	}
	return different
}
