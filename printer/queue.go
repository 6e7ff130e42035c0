package printer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
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
	// Heard is called with how the printer stands: once it is known, and at each change. It must
	// not block.
	Heard(terminal.PrinterState)
}

const (
	minBackoff = 250 * time.Millisecond
	maxBackoff = 5 * time.Second
	// maxWait bounds how long the journal is not asked: timers stand still while a machine sleeps.
	maxWait = time.Minute

	// A printer that answers is asked this often, less a jitter that keeps terminals apart which
	// share it, so that a fault is known within 5 s of when it begins.
	askEvery   = 4 * time.Second
	askJitter  = 500 * time.Millisecond
	askTimeout = time.Second

	// aMoment is for how long a printer that was there and now refuses is one that somebody else
	// has taken.
	aMoment = 30 * time.Second
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
	// state is what the journal last heard; its At is zero before the first time.
	state terminal.PrinterState
	// reached is when it last took a connection, asked when it was last spoken to.
	reached, asked time.Time
	// answers: it has answered once, so that silence says something.
	answers bool
	// torn: what came before may have left a part of a ticket in the printer, and there a command
	// that waits for as many bytes of data.
	torn bool
	data int
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
			q.idle(ctx, wait)
			continue
		case q.print(ctx, job):
			failures = 0
			continue
		default:
			failures++
		}
		q.sleep(ctx, backoff(failures, q.mostBackoff()))
	}
	return nil
}

// idle waits for the next ticket, at most as long as the journal says; 0 is without end. A
// printer that answers is asked how it stands meanwhile.
func (q *Queue) idle(ctx context.Context, wait time.Duration) {
	asker, ok := q.transport.(Asker)
	if !ok {
		q.sleep(ctx, wait)
		return
	}
	until := time.Until(q.asked.Add(askEvery - rand.N(askJitter)))
	if until <= 0 {
		q.ask(ctx, asker)
		return
	}
	if wait > 0 {
		until = min(until, wait)
	}
	q.sleep(ctx, until)
}

// ask hears how the printer stands. A ticket that comes meanwhile goes first.
func (q *Queue) ask(ctx context.Context, asker Asker) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	over := make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-q.wake:
			cancel() // the journal is asked next
		case <-ctx.Done():
		}
	}()
	condition, err := asker.Ask(ctx)
	cancel()
	<-over
	switch {
	case errors.Is(err, context.Canceled):
	case err == nil:
		q.asked, q.reached = start, time.Now()
		q.heard(condition)
	default:
		q.asked = start
		q.stand(q.faultOf(err), q.state.PaperLow)
	}
}

// heard takes what a printer that answers says of itself.
func (q *Queue) heard(c Condition) {
	q.answers = q.answers || c.Answered
	switch {
	case c.Answered:
		q.stand(c.Fault, c.PaperLow)
	case q.answers || c.Fault != terminal.FaultNone: // it did before: somebody else has it
		q.stand(terminal.FaultBusy, q.state.PaperLow)
	default:
		q.stand(terminal.FaultNone, q.state.PaperLow)
	}
}

// stand tells the journal how the printer stands, if that is new.
func (q *Queue) stand(fault terminal.Fault, paperLow bool) {
	if !q.state.At.IsZero() && q.state.Fault == fault && q.state.PaperLow == paperLow {
		return
	}
	q.state = terminal.PrinterState{Printer: q.name, Fault: fault, PaperLow: paperLow, At: time.Now().UTC()}
	q.journal.Heard(q.state)
}

// faultOf also knows what was before: one that refuses and was there a moment ago is taken.
func (q *Queue) faultOf(err error) terminal.Fault {
	fault := FaultOf(err)
	recently := !q.reached.IsZero() && time.Since(q.reached) < aMoment
	if errors.Is(err, syscall.ECONNREFUSED) && recently {
		return terminal.FaultBusy
	}
	return fault
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
	q.reached, q.asked = connected, connected
	reporter, answers := link.(Reporter)
	if answers {
		reporter.Report(q.heard)
	}
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
	// a duplicate: another terminal may have stopped in the middle of the copy before
	if answers && (q.torn || len(job.Torn) > 0 || ticket.Heading == terminal.HeadingDuplicate) {
		b = append(escpos.Tear(q.profile, max(q.data, escpos.DataIn(b), q.dataIn(job.Torn...))), b...)
	}
	outcome, err := link.Send(ctx, b)
	sent := time.Now()
	problem, fault := "", terminal.FaultNone
	switch outcome {
	case terminal.NothingLeft:
		fault = q.faultOf(err)
		problem = words.reason(fault, err)
	case terminal.Unknown:
		// the command that an earlier ticket left torn may still wait: of this one perhaps a byte left
		q.torn, q.data = true, max(q.data, escpos.DataIn(b))
		if fault = q.faultOf(err); errors.Is(err, errNoProof) && fault == terminal.FaultUnreachable {
			fault = q.state.Fault // it is there, and as it said
		}
		problem = words.doubt(fault, err)
	default:
		q.torn, q.data = false, 0
	}
	q.finish(ctx, job.Key, outcome, problem)
	q.stand(fault, q.state.PaperLow)

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

// dataIn is how many bytes of data a command of the tickets may wait for.
func (q *Queue) dataIn(tickets ...terminal.Ticket) int {
	most := 0
	for _, t := range tickets {
		if b, err := Render(t, q.profile); err == nil { // else it was never sent
			most = max(most, escpos.DataIn(b))
		}
	}
	return most
}

// unreachable reports a printer that did not take the connection: not at each attempt, since
// each report is a write to disk.
func (q *Queue) unreachable(key string, words *words, err error) {
	fault := q.faultOf(err)
	problem, paperLow := words.reason(fault, err), q.state.PaperLow
	if said, ok := errors.AsType[*FaultError](err); ok && said.Condition.Answered {
		q.answers, q.reached, paperLow = true, time.Now(), said.Condition.PaperLow
	}
	q.asked = time.Now()
	q.stand(fault, paperLow)
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
		q.sleep(ctx, backoff(failures, q.mostBackoff()))
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

// mostBackoff: a printer that answers is asked by trying again.
func (q *Queue) mostBackoff() time.Duration {
	if _, ok := q.transport.(Asker); ok {
		return askEvery
	}
	return maxBackoff
}

// backoff doubles with each failure; its jitter keeps terminals that share a printer apart.
func backoff(failures int, most time.Duration) time.Duration {
	d := most
	if failures < 6 {
		d = min(minBackoff<<(failures-1), most)
	}
	return d/2 + rand.N(d/2)
}
