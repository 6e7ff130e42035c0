package main

import (
	"sync"
	"time"
)

// stage is a moment on an order's way from the platform to paper.
type stage int

const (
	// received: the hub's handler has the webhook's header.
	received stage = iota
	// parsed: body read, signature checked, order understood.
	parsed
	// stored: the hub's answer begins, so the order is on its disk.
	stored
	// arrived: the terminal's use case gets the change.
	arrived
	// applied: order, cursor and print job are on the terminal's disk.
	applied
	// connected: the printer has taken the connection.
	connected
	// begun: "sending" is on the terminal's disk.
	begun
	// printed: the printer has read the last byte.
	printed
	stages
)

// steps names what lies between each stage and the one before.
var steps = [stages]string{
	parsed:    "webhook: read, verify, parse",
	stored:    "hub: apply, commit",
	arrived:   "gateway, WebSocket, decode",
	applied:   "terminal: apply, commit with job and cursor",
	connected: "queue wakes, dials the printer",
	begun:     "terminal: commit \"sending\"",
	printed:   "lay out, send, read at the printer",
}

// trace holds the moments of one order. The first mark of a stage counts.
type trace struct {
	mu      sync.Mutex
	moments [stages]time.Time
	// out is closed with printed; settled once the hub's confirmation of the paper is stored.
	out, settled chan struct{}
}

func newTrace() *trace { return &trace{out: make(chan struct{}), settled: make(chan struct{})} }

func (t *trace) mark(s stage, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.moments[s].IsZero() {
		return
	}
	t.moments[s] = at
	if s == printed {
		close(t.out)
	}
}

func (t *trace) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.settled:
	default:
		close(t.settled)
	}
}

// durations are the steps, and their sum under received. Stages that overlap (the terminal may
// have the order before the answer to the platform begins) leave a step of nothing.
func (t *trace) durations() [stages]time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	var d [stages]time.Duration
	moments := t.moments
	last := moments[printed]
	for s := stages - 1; s >= 0; s-- {
		if moments[s].IsZero() || moments[s].After(last) {
			moments[s] = last
		}
		last = moments[s]
		if s < printed {
			d[s+1] = moments[s+1].Sub(moments[s])
		}
	}
	d[received] = moments[printed].Sub(moments[received])
	return d
}

// traces finds an order's trace by its id.
type traces struct {
	mu     sync.Mutex
	orders map[string]*trace
}

func (t *traces) start(id string) *trace {
	x := newTrace()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.orders[id] = x
	return x
}

// mark passes over orders that nobody traces.
func (t *traces) mark(id string, s stage, at time.Time) {
	if x := t.of(id); x != nil {
		x.mark(s, at)
	}
}

func (t *traces) of(id string) *trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.orders[id]
}
