package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Of the orders sent by themselves, so many are cancelled, and so many changed where the
// platform can.
const (
	cancelShare = 0.05
	changeShare = 0.05
)

// idle is how long Run sleeps when nothing is due.
const idle = time.Hour

// plan is what is going to be said of an order.
type plan struct {
	at    time.Time
	what  What
	link  *link
	order string
}

// Rate is how many orders come in a minute.
func (p *Platforms) Rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate
}

// SetRate takes another rate from now on.
func (p *Platforms) SetRate(rate float64) error {
	if !(rate >= 0 && rate <= MaxRate) { // not a number is none either
		return ErrUnknown
	}
	p.mu.Lock()
	p.rate = rate
	p.schedule()
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // Run is going to look anyway
	}
	return nil
}

// schedule says when the next order comes: at random, as customers do. p.mu is held.
func (p *Platforms) schedule() {
	p.next = time.Time{}
	if p.rate > 0 {
		gap := time.Duration(p.random.ExpFloat64() * float64(time.Minute) / p.rate)
		p.next = p.now().Add(gap)
	}
}

// Aim says where the hub is; nothing can be sent before.
func (p *Platforms) Aim(hub string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hub = hub
}

// Run sends orders until ctx ends.
func (p *Platforms) Run(ctx context.Context) {
	p.mu.Lock()
	p.schedule()
	p.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(p.work(ctx))
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-timer.C:
		}
	}
}

// work does one thing that is due, and says how long it is until the next.
func (p *Platforms) work(ctx context.Context) time.Duration {
	p.mu.Lock()
	now := p.now()
	if at := slices.IndexFunc(p.plans, func(due plan) bool { return !due.at.After(now) }); at >= 0 {
		due := p.plans[at]
		p.plans = slices.Delete(p.plans, at, at+1)
		p.mu.Unlock()
		p.carryOut(ctx, due)
		return 0
	}
	if !p.next.IsZero() && !p.next.After(now) {
		p.schedule()
		l := p.links[p.random.IntN(len(p.links))]
		p.mu.Unlock()
		p.place(ctx, l, Wish{}, true)
		return 0
	}
	defer p.mu.Unlock()
	wait := idle
	if !p.next.IsZero() {
		wait = min(wait, p.next.Sub(now))
	}
	for _, due := range p.plans {
		wait = min(wait, due.at.Sub(now))
	}
	return wait
}

func (p *Platforms) carryOut(ctx context.Context, due plan) {
	var err error
	switch due.what {
	case Cancelling:
		_, err = p.cancel(ctx, due.link, due.order)
	case Changing:
		_, err = p.change(ctx, due.link, due.order)
	}
	if err != nil { // it was not confirmed, or has been cancelled meanwhile
		p.log.Debug("sandbox leaves an order alone", "connection", due.link.ID, "what", due.what, "order", due.order)
	}
}

// Send sends an order now.
func (p *Platforms) Send(ctx context.Context, connection string, wish Wish) (Message, error) {
	l := p.link(connection)
	if l == nil || wish.Kind != "" && !slices.Contains(l.Kinds(), wish.Kind) ||
		!slices.Contains([]Timing{"", Soon, Scheduled, Tight}, wish.Timing) {
		return Message{}, ErrUnknown
	}
	return p.place(ctx, l, wish, false)
}

// Cancel cancels the connection's latest order that can be.
func (p *Platforms) Cancel(ctx context.Context, connection string) (Message, error) {
	l := p.link(connection)
	if l == nil {
		return Message{}, ErrUnknown
	}
	return p.cancel(ctx, l, "")
}

// Change changes the connection's latest order that can be.
func (p *Platforms) Change(ctx context.Context, connection string) (Message, error) {
	l := p.link(connection)
	if l == nil {
		return Message{}, ErrUnknown
	}
	return p.change(ctx, l, "")
}

// place sends a new order; one that came by itself may be cancelled or changed by itself.
func (p *Platforms) place(ctx context.Context, l *link, wish Wish, itself bool) (Message, error) {
	p.mu.Lock()
	if p.hub == "" {
		p.mu.Unlock()
		return Message{}, ErrNotReady
	}
	s := &Sent{Connection: l.ID, Order: l.generator.Order(wish, l.Kinds(), p.now())}
	p.sent = append(p.sent, s)
	if len(p.sent) > keptOrders {
		p.sent = slices.Delete(p.sent, 0, len(p.sent)-keptOrders)
	}
	p.mu.Unlock()
	m := p.post(ctx, l, s, Placing, l.Webhook(s.Order))
	if itself && m.Accepted() {
		p.follow(l, s.Order.ID)
	}
	return m, nil
}

// follow plans what else is said of an order.
func (p *Platforms) follow(l *link, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	later := p.now().Add(30*time.Second + time.Duration(p.random.Int64N(int64(4*time.Minute))))
	switch roll := p.random.Float64(); {
	case roll < cancelShare:
		p.plans = append(p.plans, plan{at: later, what: Cancelling, link: l, order: id})
	case roll < cancelShare+changeShare && l.Adjustment(Order{}) != nil:
		p.plans = append(p.plans, plan{at: later, what: Changing, link: l, order: id})
	}
}

// cancel cancels the order with this id, or the latest.
func (p *Platforms) cancel(ctx context.Context, l *link, id string) (Message, error) {
	p.mu.Lock()
	s, body := p.last(l, id, func(s *Sent) []byte { return l.Cancellation(s.Order, p.now()) })
	if s == nil {
		p.mu.Unlock()
		return Message{}, ErrNoOrder
	}
	s.Cancelled = true // at once, so that nobody else takes it
	p.mu.Unlock()
	m := p.post(ctx, l, s, Cancelling, body)
	if !m.Accepted() {
		p.mu.Lock()
		s.Cancelled = false
		p.mu.Unlock()
	}
	return m, nil
}

// change changes the order with this id, or the latest.
func (p *Platforms) change(ctx context.Context, l *link, id string) (Message, error) {
	var changed Order
	p.mu.Lock()
	s, body := p.last(l, id, func(s *Sent) []byte {
		if l.Cancellation(s.Order, p.now()) == nil {
			return nil // what the store has not confirmed is not changed either
		}
		changed = l.generator.Change(s.Order)
		return l.Adjustment(changed)
	})
	p.mu.Unlock()
	if s == nil {
		return Message{}, ErrNoOrder
	}
	m := p.post(ctx, l, s, Changing, body)
	if m.Accepted() {
		p.mu.Lock()
		s.Order = changed
		p.mu.Unlock()
	}
	return m, nil
}

// last finds the order with this id, or the latest, of which write has something to say. p.mu
// is held.
func (p *Platforms) last(l *link, id string, write func(*Sent) []byte) (*Sent, []byte) {
	for _, s := range slices.Backward(p.sent) {
		if s.Connection != l.ID || s.Cancelled || id != "" && s.Order.ID != id || len(s.Messages) == 0 || !s.Messages[0].Accepted() {
			continue
		}
		if body := write(s); body != nil {
			return s, body
		}
	}
	return nil, nil
}

// post sends a webhook and keeps what the hub answered.
func (p *Platforms) post(ctx context.Context, l *link, s *Sent, what What, body []byte) Message {
	p.mu.Lock()
	hub, id := p.hub, s.Order.ID
	p.mu.Unlock()
	m := Message{What: what, At: p.now()}
	answer, err := l.Send(ctx, hub, l.ID, body)
	m.Status = answer.Status
	switch {
	case err != nil:
		m.Status, m.Problem = 0, err.Error()
	case !m.Accepted():
		m.Problem = problemOf(answer)
	}
	p.mu.Lock()
	s.Messages = append(s.Messages, m)
	p.mu.Unlock()
	if ctx.Err() == nil { // what stopping cuts off is nobody's fault
		p.log.Info("sandbox sent", "connection", l.ID, "what", what, "order", id, "answer", m.Status)
	}
	return m
}

// problemOf is the hub's own word of why it refuses.
func problemOf(answer Answer) string {
	var said struct {
		Error struct{ Message string }
	}
	if json.Unmarshal(answer.Body, &said) == nil && said.Error.Message != "" {
		return said.Error.Message
	}
	return fmt.Sprintf("%.200s", answer.Body)
}
