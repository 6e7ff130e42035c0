package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"comptoir/hub/message"

	"go.etcd.io/bbolt"
)

// The ways out for messages.
const (
	viaEmail   = "email"
	viaSMS     = "sms"
	viaWebhook = "webhook"
)

// messageRetry outlasts an evening's outage; then nobody needs to hear of it any more.
var messageRetry = Retry{First: 5 * time.Second, Most: 10 * time.Minute, For: 6 * time.Hour}

// What an attempt to send a message came to, as figures count it.
const (
	messageSent  = "sent"
	messageAgain = "again"
	messageDead  = "dead"
)

var bucketMessages = []byte("messages.waiting") // sequence → parcel

// sender takes a message out of the hub, in one attempt.
type sender interface {
	Send(ctx context.Context, m message.Message) error
}

// parcel is a message on its way.
type parcel struct {
	Via      string          `json:"via"`
	Location string          `json:"location"`
	Message  message.Message `json:"message"`
	MadeAt   time.Time       `json:"madeAt"`
	// Until is when nobody needs to hear of it any more.
	Until    time.Time `json:"until"`
	Attempts int       `json:"attempts"`
	key      []byte
	next     time.Time
}

// destination: messages to one come in order.
func (p *parcel) destination() string { return p.Location + " " + p.Message.To }

// outbox keeps messages until somebody has taken them. Each way out has a goroutine of its own, so
// that a mail server that hangs holds up no webhook.
type outbox struct {
	hub  *Hub
	mail sender // nil: no mail server
	sms  sender // nil: no gateway
	web  map[string]sender

	mu      sync.Mutex
	waiting map[string][]*parcel // by way, oldest first
	wake    map[string]chan struct{}
	// failing says what went wrong last, by way and location, until a message gets through.
	failing map[[2]string]string
	// damaged counts the stored messages that cannot be read; newOutbox alone sets it.
	damaged int
}

func newOutbox(h *Hub, client *http.Client) (*outbox, error) {
	b := &outbox{
		hub: h, web: map[string]sender{}, waiting: map[string][]*parcel{}, failing: map[[2]string]string{},
		wake: map[string]chan struct{}{viaEmail: make(chan struct{}, 1), viaSMS: make(chan struct{}, 1), viaWebhook: make(chan struct{}, 1)},
	}
	if c := h.config.Mail; c != nil {
		mailer, err := message.NewMailer(*c)
		if err != nil {
			return nil, fmt.Errorf("smtp: %w", err)
		}
		b.mail = mailer
	}
	if c := h.config.SMS; c != nil {
		b.sms = &message.Webhook{Client: client, URL: c.URL, Secret: c.Secret, Authorization: c.Authorization}
	}
	for id, l := range h.locations {
		if e := l.Escalation; e != nil && e.Webhook != "" {
			b.web[id] = &message.Webhook{Client: client, URL: e.Webhook, Secret: e.Secret}
		}
	}
	err := h.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketMessages)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preparing messages: %w", err)
	}
	err = h.log.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMessages).ForEach(func(k, v []byte) error {
			p := &parcel{key: slices.Clone(k)}
			if err := json.Unmarshal(v, p); err != nil {
				h.slog.Error("a stored message is damaged and left where it is", "key", fmt.Sprintf("%x", k), "error", err)
				b.damaged++
				return nil
			}
			b.waiting[p.Via] = append(b.waiting[p.Via], p)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return b, nil
}

// store keeps new parcels in the caller's transaction; add sends them once it is on the disk.
func (b *outbox) store(tx *bbolt.Tx, parcels []*parcel) error {
	bucket := tx.Bucket(bucketMessages)
	for _, p := range parcels {
		n, err := bucket.NextSequence()
		if err != nil {
			return err
		}
		p.key = fmt.Appendf(nil, "%016x", n)
		if err := putParcel(tx, p); err != nil {
			return err
		}
	}
	return nil
}

func putParcel(tx *bbolt.Tx, p *parcel) error {
	value, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return tx.Bucket(bucketMessages).Put(p.key, value)
}

func (b *outbox) add(parcels []*parcel) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range parcels {
		b.waiting[p.Via] = append(b.waiting[p.Via], p)
		select {
		case b.wake[p.Via] <- struct{}{}:
		default: // it is awake
		}
	}
}

func (b *outbox) run(ctx context.Context) error {
	var group sync.WaitGroup
	for via := range b.wake {
		group.Go(func() { b.serve(ctx, via) })
	}
	group.Wait()
	return ctx.Err()
}

func (b *outbox) serve(ctx context.Context, via string) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		p, wait := b.next(via)
		if p != nil {
			b.send(ctx, p)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-b.wake[via]:
		}
	}
}

// next is the first parcel whose time has come, or how long to wait.
func (b *outbox) next(via string) (*parcel, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, wait := b.hub.now(), idle
	before := map[string]bool{}
	for _, p := range b.waiting[via] {
		if before[p.destination()] {
			continue
		}
		before[p.destination()] = true
		until := p.next.Sub(now)
		if until <= 0 {
			return p, 0
		}
		wait = min(wait, until)
	}
	return nil, wait
}

func (b *outbox) sender(p *parcel) sender {
	switch p.Via {
	case viaEmail:
		return b.mail
	case viaSMS:
		return b.sms
	}
	return b.web[p.Location]
}

// send makes one attempt and keeps what came of it.
func (b *outbox) send(ctx context.Context, p *parcel) {
	out := b.sender(p)
	result, problem := messageSent, ""
	tried := *p
	tried.Attempts++
	if out == nil {
		result, problem = messageDead, "it is gone from the configuration"
	} else if err := out.Send(ctx, p.Message); err != nil {
		if ctx.Err() != nil {
			return // stopping: the message waits for the next start
		}
		result, problem = messageAgain, err.Error()
		now := b.hub.now()
		if tried.next = now.Add(messageRetry.wait(tried.Attempts)); now.After(p.Until) {
			result = messageDead
		}
	}
	b.hub.metrics.messages.WithLabelValues(p.Via, result).Inc()
	if problem == "" {
		b.hub.slog.Info("message sent", "via", p.Via, "location", p.Location, "message", p.Message.ID, "attempts", tried.Attempts)
	} else {
		b.hub.slog.Warn("message not sent", "via", p.Via, "location", p.Location, "message", p.Message.ID, "attempts", tried.Attempts, "result", result, "problem", problem)
	}
	b.keep(context.WithoutCancel(ctx), p, tried, result != messageAgain, problem)
}

// keep stores the attempt. Where the disk refuses, the message is sent again: better twice than
// never.
func (b *outbox) keep(ctx context.Context, p *parcel, tried parcel, finished bool, problem string) {
	err := b.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
		if finished {
			return tx.Bucket(bucketMessages).Delete(p.key)
		}
		return putParcel(tx, &tried)
	})
	if err != nil {
		b.hub.slog.Error("what became of a message could not be stored", "message", p.Message.ID, "error", err)
		tried.next, finished = b.hub.now().Add(messageRetry.First), false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	*p = tried
	if finished {
		b.waiting[p.Via] = slices.DeleteFunc(b.waiting[p.Via], func(other *parcel) bool { return other == p })
	}
	if way := [2]string{p.Via, p.Location}; problem == "" {
		delete(b.failing, way)
	} else {
		b.failing[way] = problem
	}
}

// problems names the ways that do not work.
func (b *outbox) problems() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var problems []string
	for way, problem := range b.failing {
		n := 0
		for _, p := range b.waiting[way[0]] {
			if p.Location == way[1] {
				n++
			}
		}
		problems = append(problems, fmt.Sprintf("%s: messages by %s do not get through: %s (%d wait)", way[1], way[0], problem, n))
	}
	if b.damaged > 0 {
		problems = append(problems, fmt.Sprintf("stored messages are damaged: see the log (%d)", b.damaged))
	}
	slices.Sort(problems)
	return problems
}
