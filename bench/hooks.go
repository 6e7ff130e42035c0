package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"comptoir/partner"
	"comptoir/printer"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

// handler marks when a webhook comes in and when its answer begins.
func (t *traces) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := t.of(r.Header.Get(traceHeader))
		if x == nil { // not a webhook: the gateway needs the writer as it is
			next.ServeHTTP(w, r)
			return
		}
		x.mark(received, time.Now())
		next.ServeHTTP(answer{w, x}, r)
	})
}

type answer struct {
	http.ResponseWriter
	trace *trace
}

// WriteHeader begins the answer.
func (a answer) WriteHeader(status int) {
	a.trace.mark(stored, time.Now())
	a.ResponseWriter.WriteHeader(status)
}

// reader marks when the adapter has understood a webhook.
type reader struct {
	partner.Adapter
	traces *traces
}

// Read implements partner.Adapter.
func (r reader) Read(w partner.Webhook) (partner.Event, error) {
	event, err := r.Adapter.Read(w)
	r.traces.mark(w.Header.Get(traceHeader), parsed, time.Now())
	return event, err
}

// replica marks when the terminal gets a change.
type replica struct {
	*terminal.Service
	rig *rig
}

// Apply implements sync.Replica.
func (r replica) Apply(changes terminal.Changes) error {
	now := time.Now()
	for _, o := range changes.Orders {
		r.rig.traces.mark(o.ID, arrived, now)
	}
	err := r.Service.Apply(changes)
	for _, o := range changes.Orders {
		if x := r.rig.traces.of(o.ID); x != nil && len(o.Tickets) > 0 {
			x.settle()
		}
	}
	return err
}

// Lease implements sync.Replica.
func (r replica) Lease(lease terminal.Lease) error {
	err := r.Service.Lease(lease)
	if lease.Device == device {
		select {
		case r.rig.leased <- lease.Station:
		default: // told before
		}
	}
	return err
}

// notify marks when an order is on the terminal's disk: it is told of right after.
func (t *traces) notify(e terminal.Event) {
	if e.Kind == terminal.EventOrder {
		t.mark(e.Order.ID, applied, time.Now())
	}
}

// desk is one printer with its queue's hooks; the queue prints one ticket after the other.
type desk struct {
	name      string
	traces    *traces
	printer   *virtual.Printer
	transport printer.Transport

	mu        sync.Mutex
	connected time.Time
	order     string
}

func (d *desk) printed(t virtual.Ticket) {
	d.mu.Lock()
	id := d.order
	d.mu.Unlock()
	if !t.Incomplete {
		d.traces.mark(id, printed, t.At)
	}
}

// transport marks when the printer has taken the connection.
type transport struct{ desk *desk }

// Connect implements printer.Transport.
func (t transport) Connect(ctx context.Context) (printer.Link, error) {
	link, err := t.desk.transport.Connect(ctx)
	t.desk.mu.Lock()
	t.desk.connected = time.Now()
	t.desk.mu.Unlock()
	return link, err
}

// journal marks when "sending" is on the disk.
type journal struct {
	*terminal.Service
	desk *desk
}

// Heard implements printer.Journal: nobody looks at the printers here.
func (j journal) Heard(terminal.PrinterState) {}

// Begin implements printer.Journal.
func (j journal) Begin(printer, key string) (terminal.Ticket, bool, error) {
	ticket, ok, err := j.Service.Begin(printer, key)
	if ok {
		id, _, _ := strings.Cut(key, "/")
		j.desk.mu.Lock()
		j.desk.order = id
		at := j.desk.connected
		j.desk.mu.Unlock()
		j.desk.traces.mark(id, connected, at)
		j.desk.traces.mark(id, begun, time.Now())
	}
	return ticket, ok, err
}
