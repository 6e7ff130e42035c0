package doctor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"comptoir/sync/wire"
	"comptoir/terminal"
)

// timeout is how long a check may take.
const timeout = 3 * time.Second

// Ports are what there is to ask. Those of a terminal at work may be nil.
type Ports struct {
	Clock   terminal.Clock
	Version string
	// Address is the hub's, for people.
	Address string
	// Health asks the hub how it is; its error wraps one of the hub's faults (Fault).
	Health func(ctx context.Context) (wire.Health, error)
	// Locations are the ids of those that the terminal serves.
	Locations func() []string
	// Ahead is how far the hub's clock is ahead of the machine's, as a terminal at work measures it;
	// false where it has not since its start, and goes by the last time's. Clock is then the hub's,
	// as well as that is known.
	Ahead func() (time.Duration, bool)
	// Link is the terminal's line to its hub.
	Link func() terminal.Event
	// Printers are how they stand.
	Printers func(ctx context.Context) (Printers, error)
	Disk     func() (Disk, error)
	// Fault is what a terminal at work cannot store for, Salvage what its file went through last.
	Fault   func() terminal.DiskFault
	Salvage func() terminal.Salvage
	// Silent says that the machine cannot make a sound.
	Silent func() bool
	// Crash is the report of a crash that nobody has been told of; "" for none.
	Crash func() (string, error)
	Log   *slog.Logger
}

// Doctor examines a terminal, again and again.
type Doctor struct {
	ports          Ports
	printers, disk bounded
}

// New returns a doctor.
func New(ports Ports) *Doctor { return &Doctor{ports: ports} }

// Examine asks everything at the same time. It takes no longer than the slowest check may.
func (d *Doctor) Examine(ctx context.Context) Report {
	r := Report{Version: d.ports.Version}
	r.Hub.Address = d.ports.Address
	var group sync.WaitGroup
	group.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		asked := d.ports.Clock.Now()
		health, err := d.ports.Health(ctx)
		if err != nil {
			r.Hub.Fault = FaultOf(err)
			return
		}
		r.Hub.Health = health
		// the hub has looked at its clock in the middle, as far as anybody knows
		r.Hub.Ahead = health.Time.Sub(asked.Add(d.ports.Clock.Now().Sub(asked) / 2))
		if health.Time.IsZero() { // an older hub does not say
			r.Hub.Ahead = 0
		}
	})
	group.Go(func() {
		if d.ports.Printers != nil {
			r.Printers = ask(d, &d.printers, "printers", ctx, d.ports.Printers)
		}
	})
	group.Go(func() {
		r.Disk = ask(d, &d.disk, "disk", ctx, func(context.Context) (Disk, error) { return d.ports.Disk() })
	})
	if d.ports.Locations != nil {
		r.Locations = d.ports.Locations()
	}
	if d.ports.Link != nil {
		link := d.ports.Link()
		r.Hub.Running, r.Hub.Online, r.Hub.Since = true, link.Online, link.Since
	}
	if d.ports.Silent != nil {
		r.Sound = Sound{Known: true, Silent: d.ports.Silent()}
	}
	if d.ports.Crash != nil {
		name, err := d.ports.Crash()
		if err != nil {
			d.ports.Log.Warn("looking for crashes", "error", err)
		}
		r.Crash = name
	}
	if d.ports.Salvage != nil {
		r.Salvage = d.ports.Salvage()
	}
	group.Wait()
	if d.ports.Fault != nil {
		r.Disk.Fault = d.ports.Fault()
	}
	if d.ports.Ahead != nil { // Clock goes by that
		if ahead, known := d.ports.Ahead(); known {
			r.Hub.Ahead = ahead
		} else {
			r.Hub.Ahead += ahead
		}
	}
	r.At = d.ports.Clock.Now().UTC()
	return r
}

// bounded lets a check that hangs, in a system call that nothing interrupts, hang only once.
type bounded struct {
	mu      sync.Mutex
	running bool
}

var (
	errHangs   = errors.New("the last time has not ended yet")
	errTooLong = errors.New("it takes too long")
)

// ask runs a check for as long as it may; then the check is left alone, and asked again once it
// has ended. What it found is the zero value where it failed, which says that nothing is known.
func ask[T any](d *Doctor, b *bounded, name string, ctx context.Context, f func(context.Context) (T, error)) T {
	found, err := within(ctx, b, f)
	if err != nil && ctx.Err() == nil {
		d.ports.Log.Warn("a check failed", "check", name, "error", err)
	}
	return found
}

func within[T any](ctx context.Context, b *bounded, f func(context.Context) (T, error)) (found T, err error) {
	b.mu.Lock()
	hangs := b.running
	b.running = true
	b.mu.Unlock()
	if hangs {
		return found, errHangs
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type result struct {
		found T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		found, err := f(ctx)
		b.mu.Lock()
		b.running = false
		b.mu.Unlock()
		done <- result{found, err}
	}()
	select {
	case r := <-done:
		return r.found, r.err
	case <-ctx.Done():
		return found, errTooLong
	}
}
