package printer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"syscall"
	"time"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// Journal is what a printer has to print, kept on disk. It is called by one goroutine for each
// printer.
type Journal interface {
	// Next is the job that this printer should print now, if there is one; otherwise wait is how
	// long until one becomes due (0: none waits).
	Next(printer string) (p terminal.Printing, found bool, wait time.Duration, err error)
	// Begin is called once connected, before the first byte: it records "sending" on disk and
	// returns the ticket to print; ok is false when the job is no more to be printed.
	Begin(printer, key string) (t terminal.Ticket, ok bool, err error)
	// Finish records what became of the job; problem, in words for people, is empty when it came
	// out. For a printer that cannot be reached it is called without Begin, with NothingLeft,
	// when the problem begins or becomes another one.
	Finish(printer, key string, outcome terminal.Outcome, problem string) error
}

const (
	minBackoff = 250 * time.Millisecond
	maxBackoff = 5 * time.Second
	// maxWait bounds how long the journal is not asked: timers stand still while a machine sleeps.
	maxWait = time.Minute
)

// Queue prints the tickets of one printer, one after the other. A printer that fails holds up
// nobody else: each has its own queue.
type Queue struct {
	name      string
	journal   Journal
	transport Transport
	profile   *escpos.Profile
	log       *slog.Logger
	wake      chan struct{}

	// told is the problem already reported since the printer was last reached.
	told told
}

type told struct{ key, problem string }

// NewQueue returns the queue of the printer that the journal knows by name. The profile must not
// change any more.
func NewQueue(name string, journal Journal, transport Transport, profile *escpos.Profile, log *slog.Logger) *Queue {
	return &Queue{
		name:      name,
		journal:   journal,
		transport: transport,
		profile:   profile,
		log:       log.With("printer", name),
		wake:      make(chan struct{}, 1),
	}
}

// Wake makes the queue ask the journal at once, and try a printer again that it was about to
// give more time. It never blocks.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run prints until ctx ends, then returns nil: after a copy that has begun, within two seconds.
// Its only error is an invalid profile. It must not run twice at a time.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.profile.Validate(); err != nil {
		return fmt.Errorf("printer %s: %w", q.name, err)
	}
	for failures := 0; ctx.Err() == nil; {
		job, found, wait, err := q.journal.Next(q.name)
		switch {
		case err != nil:
			q.log.Error("print queue not readable", "err", err)
			failures++
		case !found:
			failures = 0
			q.sleep(ctx, wait)
			continue
		case q.print(ctx, job):
			failures = 0
			continue
		default:
			failures++
		}
		q.sleep(ctx, backoff(failures))
	}
	return nil
}

// print makes one attempt; true when the ticket is out.
func (q *Queue) print(ctx context.Context, job terminal.Printing) bool {
	words := wordsOf(job.Ticket.Language)
	start := time.Now()
	link, err := q.transport.Connect(ctx)
	if err != nil {
		if ctx.Err() == nil {
			q.unreachable(job.Key, words, err)
		}
		return false
	}
	defer link.Close()
	q.told = told{}
	connected := time.Now()
	if ctx.Err() != nil { // too late to begin a copy
		return false
	}

	ticket, ok, err := q.journal.Begin(q.name, job.Key)
	if err != nil {
		q.log.Error("print job not begun", "job", job.Key, "err", err)
		return false
	}
	if !ok { // changed its mind between Next and Begin
		return false
	}
	begun := time.Now()

	b, err := Render(ticket, q.profile)
	if err != nil {
		q.log.Error("ticket not laid out", "job", job.Key, "err", err)
		q.finish(ctx, job.Key, terminal.NothingLeft, words.noLayout)
		return false
	}
	outcome, err := link.Send(ctx, b)
	sent := time.Now()
	problem := ""
	switch outcome {
	case terminal.NothingLeft:
		problem = words.unreachable(err)
	case terminal.Unknown:
		problem = words.unconfirmed
	}
	q.finish(ctx, job.Key, outcome, problem)

	attrs := []any{
		"job", job.Key, "bytes", len(b), "connect", connected.Sub(start), "begin", begun.Sub(connected),
		"send", sent.Sub(begun), "finish", time.Since(sent),
	}
	if err != nil {
		q.log.Warn("ticket not confirmed", append(attrs, "err", err)...)
	} else {
		q.log.Debug("ticket sent", attrs...)
	}
	return outcome == terminal.Sent || outcome == terminal.Proven
}

// unreachable reports a printer that did not take the connection: not at each attempt, since
// each report is a write to disk.
func (q *Queue) unreachable(key string, words *words, err error) {
	problem := words.unreachable(err)
	if q.told == (told{key, problem}) {
		q.log.Debug("printer still not reached", "err", err)
		return
	}
	q.log.Warn("printer not reached", "err", err)
	if err := q.journal.Finish(q.name, key, terminal.NothingLeft, problem); err != nil {
		q.log.Error("printer problem not recorded", "err", err)
		return
	}
	q.told = told{key, problem}
}

func (w *words) unreachable(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return w.refused
	case errors.As(err, &network) && network.Timeout():
		return w.noAnswer
	}
	return w.notHere
}

// finish does not give up before the journal knows: the next copy depends on it. If the terminal
// ends before, the job stays "sending" on disk, which is the truth.
func (q *Queue) finish(ctx context.Context, key string, outcome terminal.Outcome, problem string) {
	for failures := 1; ; failures++ {
		err := q.journal.Finish(q.name, key, outcome, problem)
		if err == nil {
			return
		}
		q.log.Error("print job not recorded", "job", key, "err", err)
		if ctx.Err() != nil {
			return
		}
		q.sleep(ctx, backoff(failures))
	}
}

// sleep ends with ctx, by Wake, or after d; 0 is without end.
func (q *Queue) sleep(ctx context.Context, d time.Duration) {
	var timer <-chan time.Time
	if d > 0 {
		timer = time.After(min(d, maxWait))
	}
	select {
	case <-ctx.Done():
	case <-q.wake:
	case <-timer:
	}
}

// backoff doubles with each failure; its jitter keeps terminals that share a printer apart.
func backoff(failures int) time.Duration {
	d := maxBackoff
	if failures < 6 {
		d = min(minBackoff<<(failures-1), maxBackoff)
	}
	return d/2 + rand.N(d/2)
}
