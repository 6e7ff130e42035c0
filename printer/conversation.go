package printer

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// Conversation is an open way to a printer and back, whatever it runs on: a net.Conn, a file
// that can wait, a serial line.
//
// A Write that fails returns 0 only if no byte has left. Close ends a Read and a Write under
// way. A conversation with a CloseWrite method can end its own side alone.
type Conversation interface {
	io.ReadWriteCloser
	// SetWriteDeadline bounds a Write, also one under way.
	SetWriteDeadline(time.Time) error
}

var _ Conversation = net.Conn(nil)

// talk is a conversation in which a printer's answers are heard. All but its listener is used by
// one goroutine.
type talk struct {
	conn    Conversation
	answers chan escpos.Answer // closed when the printer's side has ended
	quit    chan struct{}
	done    chan struct{}
	err     error // why it has ended; to be read once answers is closed

	mu     sync.Mutex
	reader *escpos.StatusReader
	heard  []escpos.Answer

	round inquiry
	torn  bool // the head of a command may wait for its rest
}

// talkTo starts to listen; Close ends it.
func talkTo(conn Conversation) *talk {
	t := &talk{
		conn:    conn,
		answers: make(chan escpos.Answer, 16),
		quit:    make(chan struct{}),
		done:    make(chan struct{}),
	}
	t.reader = escpos.NewStatusReader(func(a escpos.Answer) { t.heard = append(t.heard, a) })
	go t.listen()
	return t
}

func (t *talk) listen() {
	defer close(t.done)
	defer close(t.answers)
	buffer := make([]byte, 256)
	for {
		n, err := t.conn.Read(buffer)
		t.mu.Lock()
		_, _ = t.reader.Write(buffer[:n]) // never fails
		heard := t.heard
		t.heard = nil
		t.mu.Unlock()
		for _, a := range heard {
			select {
			case t.answers <- a:
			case <-t.quit:
				return
			}
		}
		if err != nil {
			t.err = err
			return
		}
	}
}

// Close ends the conversation and waits for the listener.
func (t *talk) Close() error {
	close(t.quit)
	err := t.conn.Close()
	<-t.done
	return err
}

// leave ends our side first, so that a printer which closes then is left without a reset.
func (t *talk) leave() error {
	if half, ok := t.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		timer := time.NewTimer(closeWait)
		defer timer.Stop()
		for open := true; open; {
			select {
			case _, open = <-t.answers:
			case <-timer.C:
				open = false
			}
		}
	}
	return t.Close()
}

// lost is why the conversation has ended.
func (t *talk) lost() error {
	if t.err == nil || errors.Is(t.err, io.EOF) {
		return errClosed
	}
	return t.err
}

var errClosed = errors.New("the printer closed the connection")

// put sends a few bytes that are no ticket. One that did not leave whole ends the conversation:
// what came next would be taken for its rest.
func (t *talk) put(b []byte) error {
	if err := t.conn.SetWriteDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	n, err := t.conn.Write(b)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		return errNotRead
	}
	return err
}

// errNotRead: not even a question left.
var errNotRead = errors.New("the printer reads nothing")

// expect tells the reader of a question.
func (t *talk) expect(q escpos.Query) {
	t.mu.Lock()
	t.reader.Asked(q)
	t.mu.Unlock()
}

// question asks in real time, one at a time (escpos.md 2.2: never two in flight).
func (t *talk) question(q escpos.Query) error {
	t.expect(q)
	t.round.awaited = q
	request := q.Request()
	if t.torn {
		// the head would take a question for its parameters: the length of data that swallows
		// the tickets that come
		request = append(escpos.EndHead(), request...)
		t.torn = false
	}
	return t.put(request)
}

// inquiry is a round of real-time questions. Only one is under way: a printer that stays silent
// is asked nothing more, and a late answer goes on with the round.
type inquiry struct {
	awaited escpos.Query // 0 between rounds
	since   time.Time
	status  escpos.Status
}

// inquire begins a round, unless one is under way.
func (t *talk) inquire() error {
	if t.round.awaited != 0 {
		return nil
	}
	t.round = inquiry{since: time.Now()}
	return t.question(escpos.QueryPrinter)
}

// take goes on with a round; over is true when it has ended.
func (t *talk) take(a escpos.Answer) (over bool, err error) {
	switch a.Kind {
	case escpos.AnswerAuto, escpos.AnswerOffline:
		t.round.status |= a.Status
		return false, nil
	case escpos.AnswerStatus:
	default:
		return false, nil
	}
	t.round.status |= a.Status
	t.round.since = time.Now()
	next := map[escpos.Query]escpos.Query{
		escpos.QueryPrinter: escpos.QueryOffline,
		escpos.QueryOffline: escpos.QueryRoll,
	}[a.Query]
	if a.Query == escpos.QueryRoll && t.round.status.Has(escpos.ErrorStop) {
		next = escpos.QueryError
	}
	if next != 0 {
		return false, t.question(next)
	}
	t.round.awaited = 0
	return true, nil
}

// ask asks a printer how it stands; patience bounds each of its answers. Silence is no error.
func (t *talk) ask(ctx context.Context, patience time.Duration) (Condition, error) {
	if err := t.inquire(); errors.Is(err, errNotRead) {
		t.round.awaited = 0
		return Condition{Fault: terminal.FaultBusy}, nil
	} else if err != nil {
		return Condition{}, err
	}
	answered := false
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case a, open := <-t.answers:
			if !open {
				return Condition{}, t.lost()
			}
			over, err := t.take(a)
			if err != nil {
				return Condition{}, err
			}
			answered = true
			if over {
				return conditionOf(t.round.status), nil
			}
			timer.Reset(patience)
		case <-timer.C:
			return t.soFar(answered), nil
		case <-ctx.Done():
			if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
				return Condition{}, err
			}
			return t.soFar(answered), nil // it is there, and slow or silent
		}
	}
}

// soFar is what is known in the middle of a round.
func (t *talk) soFar(answered bool) Condition {
	if !answered {
		return Condition{}
	}
	return conditionOf(t.round.status)
}

// expectAnswer waits for an answer that is wanted, and drops others; false after patience.
func (t *talk) expectAnswer(ctx context.Context, patience time.Duration, wanted func(escpos.Answer) bool) (escpos.Answer, bool, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case a, open := <-t.answers:
			if !open {
				return a, false, t.lost()
			}
			if wanted(a) {
				return a, true, nil
			}
		case <-timer.C:
			return escpos.Answer{}, false, nil
		case <-ctx.Done():
			return escpos.Answer{}, false, ctx.Err()
		}
	}
}
