package printer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// The proofs of printers that answer, best first (escpos.md 2.3).
const (
	// ProofID: the printer sends back the id that follows the cut once it has printed.
	ProofID Proof = "id"
	// ProofFence: the printer answers the question that follows the cut when it gets there.
	ProofFence Proof = "fence"
	// ProofStatus: the printer says that it is well before and after, which is no proof of a
	// ticket: it counts as sent.
	ProofStatus Proof = "status"
)

const (
	// answerTimeout bounds an answer in real time.
	answerTimeout = 500 * time.Millisecond
	// proofTimeout is how long after the last byte can have been printed a proof may come. A
	// good print was seen to take 8 s (escpos.md 2.4).
	proofTimeout = 15 * time.Second
	// inquireEvery is how often a printer that owes a proof is asked how it stands.
	inquireEvery = 2 * time.Second
	// slowest is 9600 baud, of which ten make a byte: what a printer behind a network takes in
	// for sure.
	slowest = 960
)

// Answering is a printer that answers. Before each ticket it is asked how it stands: one that
// says why it cannot print is sent nothing; silence stops nothing. Open is called for each
// ticket, and the conversation closed after its proof.
type Answering struct {
	Open func(context.Context) (Conversation, error)
	// Proof is ProofID, ProofFence or ProofStatus.
	Proof Proof
	// Speed is how many bytes a second it prints at least; 960 when zero.
	Speed int
	// Torn: the printer may still wait for the rest of a command. So it is set at the start, for
	// what an earlier run left, and by a ticket that is not known; an answer ends it.
	Torn bool
}

// Asker is a transport to a printer that can be asked how it stands, which uses no paper.
type Asker interface {
	Transport
	// Ask connects, asks and leaves. An error is a printer that was not reached.
	Ask(context.Context) (Condition, error)
}

// Reporter is a link to a printer that tells how it stands while a ticket is under way.
type Reporter interface {
	Link
	// Report sets what Send calls, in its own goroutine, for what the printer says of itself.
	// It is called at once with what it said before.
	Report(func(Condition))
}

var _ Asker = (*Answering)(nil)

// Connect opens the conversation and asks how the printer stands; a *FaultError if it cannot print.
func (a *Answering) Connect(ctx context.Context) (Link, error) {
	switch a.Proof {
	case ProofID, ProofFence, ProofStatus:
	default:
		return nil, fmt.Errorf("unknown proof %q", a.Proof)
	}
	t, condition, err := a.meet(ctx)
	if err != nil {
		return nil, err
	}
	if condition.Fault != terminal.FaultNone {
		_ = t.Close() // the fault says more
		return nil, &FaultError{condition}
	}
	speed := a.Speed
	if speed <= 0 {
		speed = slowest
	}
	return &answeringLink{printer: a, talk: t, proof: a.Proof, speed: speed, before: condition, report: func(Condition) {}}, nil
}

// Ask implements Asker.
func (a *Answering) Ask(ctx context.Context) (Condition, error) {
	t, condition, err := a.meet(ctx)
	if err != nil {
		return condition, err
	}
	_ = t.Close() // it has said what was asked
	return condition, nil
}

// meet connects and asks.
func (a *Answering) meet(ctx context.Context) (*talk, Condition, error) {
	conn, err := a.Open(ctx)
	if err != nil {
		return nil, Condition{}, err
	}
	t := talkTo(conn)
	t.torn = a.Torn
	condition, err := t.ask(ctx, answerTimeout)
	if err != nil {
		_ = t.Close() // the error before says more
		return nil, Condition{}, err
	}
	a.Torn = a.Torn && !condition.Answered
	return t, condition, nil
}

type answeringLink struct {
	printer *Answering
	talk    *talk
	proof   Proof
	speed   int
	before  Condition
	report  func(Condition)
}

func (l *answeringLink) Report(f func(Condition)) {
	l.report = f
	f(l.before)
}

func (l *answeringLink) Close() error { return l.talk.leave() }

// errNoProof: all was sent, and the printer owes the proof.
var errNoProof = errors.New("the printer did not say that it printed")

// Send writes the ticket in one go and waits for its proof on the same conversation, however
// long the printer says that it cannot print just now.
func (l *answeringLink) Send(ctx context.Context, ticket []byte) (terminal.Outcome, error) {
	outcome, err := l.send(ctx, ticket)
	if outcome == terminal.Unknown {
		l.printer.Torn = true
	}
	return outcome, err
}

func (l *answeringLink) send(ctx context.Context, ticket []byte) (terminal.Outcome, error) {
	b, proof := l.prove(ticket)
	start := time.Now()
	printing := time.Duration(len(b)) * time.Second / time.Duration(l.speed)
	if err := l.talk.conn.SetWriteDeadline(start.Add(defaultWriteTimeout + printing)); err != nil {
		return terminal.NothingLeft, err
	}
	stop := context.AfterFunc(ctx, func() {
		_ = l.talk.conn.SetWriteDeadline(time.Now().Add(lastMoment)) // fails only once closed
	})
	n, err := l.write(b, inquireEvery+printing)
	stop()
	if err != nil {
		if n == 0 {
			return terminal.NothingLeft, err
		}
		return terminal.Unknown, err
	}
	printed := start.Add(printing)
	if now := time.Now(); now.After(printed) {
		printed = now
	}
	if l.proof == ProofStatus {
		return l.wellAfter(ctx, printed)
	}
	return l.await(ctx, printed.Add(proofTimeout), proof)
}

// write writes the ticket; a printer that has not taken it after usual is told as busy.
func (l *answeringLink) write(b []byte, usual time.Duration) (n int, err error) {
	done := make(chan struct{})
	go func() { // ends by the deadline of the write
		defer close(done)
		n, err = l.talk.conn.Write(b)
	}()
	timer := time.NewTimer(usual)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		l.report(Condition{Fault: terminal.FaultBusy})
		<-done
	}
	return n, err
}

// prove adds to a ticket what is asked of the printer, and returns what answers it.
func (l *answeringLink) prove(ticket []byte) (b []byte, proof func(escpos.Answer) bool) {
	switch l.proof {
	case ProofID:
		// A new start for each conversation: an answer that an earlier one did not take is none.
		counter := rand.Uint32()
		text, last := escpos.NewID(counter), escpos.NewID(counter+1)
		cut := escpos.CutAt(ticket)
		b = append(b, ticket[:cut]...)
		b = append(b, escpos.ConfirmID(text)...)
		b = append(b, ticket[cut:]...)
		b = append(b, escpos.ConfirmID(last)...)
		return b, func(a escpos.Answer) bool { return a.Kind == escpos.AnswerID && a.ID == last }
	case ProofFence:
		l.talk.expect(escpos.QueryPaper)
		b = append(append(b, ticket...), escpos.QueryPaper.Request()...)
		// At the end of the paper it does not run the command (escpos.md 2.2): one that says so
		// all the same has not shown where the ticket ended.
		return b, func(a escpos.Answer) bool {
			return a.Kind == escpos.AnswerPaper && !a.Status.Has(escpos.PaperEnd)
		}
	}
	return ticket, nil
}

// await waits for the proof. Each time the printer says that it cannot print, it is given as
// long again.
func (l *answeringLink) await(ctx context.Context, until time.Time, proof func(escpos.Answer) bool) (terminal.Outcome, error) {
	t := l.talk
	condition := l.before
	say := func(c Condition) {
		if c.Fault != terminal.FaultNone {
			if later := time.Now().Add(proofTimeout); ctx.Err() == nil && later.After(until) {
				until = later
			}
		}
		if c != condition {
			condition = c
			l.report(c)
		}
	}
	tick := time.NewTicker(inquireEvery)
	defer tick.Stop()
	deadline := time.NewTimer(time.Until(until))
	defer deadline.Stop()
	ended := ctx.Done()
	for {
		select {
		case a, open := <-t.answers:
			if !open {
				return terminal.Unknown, l.without(condition, t.lost())
			}
			if proof(a) {
				say(healed(condition))
				return terminal.Proven, nil
			}
			over, err := t.take(a)
			if err != nil && !errors.Is(err, errNotRead) {
				return terminal.Unknown, l.without(condition, err)
			}
			switch {
			case over:
				say(conditionOf(t.round.status))
			case a.Kind == escpos.AnswerAuto, a.Kind == escpos.AnswerOffline:
				say(conditionOf(a.Status))
			}
		case <-tick.C:
			if t.round.awaited != 0 && time.Since(t.round.since) >= inquireEvery/2 {
				if condition.Answered {
					say(Condition{})
				}
				continue
			}
			if err := t.inquire(); err != nil && !errors.Is(err, errNotRead) {
				return terminal.Unknown, l.without(condition, err)
			}
		case <-deadline.C:
			if d := time.Until(until); d > 0 {
				deadline.Reset(d)
				continue
			}
			return terminal.Unknown, l.without(condition, errNoProof)
		case <-ended:
			ended = nil
			if end := time.Now().Add(lastMoment); end.Before(until) {
				until = end
				deadline.Reset(lastMoment)
			}
		}
	}
}

// healed is a printer that has just printed.
func healed(c Condition) Condition {
	c.Fault = terminal.FaultNone
	return c
}

// without joins what the printer said last with why there is no proof.
func (l *answeringLink) without(c Condition, err error) error {
	if c.Fault != terminal.FaultNone {
		return errors.Join(&FaultError{c}, err)
	}
	return err
}

// wellAfter asks once all can have been printed.
func (l *answeringLink) wellAfter(ctx context.Context, printed time.Time) (terminal.Outcome, error) {
	t := l.talk
	timer := time.NewTimer(time.Until(printed))
	defer timer.Stop()
	ended := false
	for waiting := true; waiting; {
		select {
		case _, open := <-t.answers: // nothing was asked
			if !open {
				return terminal.Unknown, t.lost()
			}
		case <-timer.C:
			waiting = false
		case <-ctx.Done():
			waiting, ended = false, true
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastMoment+3*answerTimeout)
	defer cancel()
	condition, err := t.ask(last, answerTimeout)
	switch {
	case err != nil:
		return terminal.Unknown, err
	case !condition.Answered && l.before.Answered:
		l.report(Condition{})
		return terminal.Unknown, errNoProof
	case condition.Fault != terminal.FaultNone:
		l.report(condition)
		return terminal.Unknown, &FaultError{condition}
	case ended: // it is well, but has not had the time to print
		return terminal.Unknown, errNoProof
	case !condition.Answered:
		return l.taken(last)
	}
	l.report(condition)
	return terminal.Sent, nil
}

// taken is what is left of a printer that never said anything: its side has every byte.
func (l *answeringLink) taken(ctx context.Context) (terminal.Outcome, error) {
	conn, ok := l.talk.conn.(*net.TCPConn)
	if !ok {
		return terminal.Sent, nil
	}
	if err := acknowledged(ctx, conn); err != nil {
		return terminal.Unknown, err
	}
	return terminal.Sent, nil
}
