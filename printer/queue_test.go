package printer_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// journal is a list of jobs in memory. A job goes away when it is out, or once unknown.
type journal struct {
	mu       sync.Mutex
	jobs     []terminal.Printing
	due      time.Time // nothing is printed before it
	gone     bool      // Begin finds the job gone
	failing  int       // calls of Finish still to fail
	begun    chan string
	finished chan finish
	heard    []terminal.PrinterState
}

type finish struct {
	key     string
	outcome terminal.Outcome
	problem string
	at      time.Time
}

var errDisk = errors.New("disk full")

func newJournal(keys ...string) *journal {
	j := &journal{begun: make(chan string, 100), finished: make(chan finish, 100)}
	j.add(keys...)
	return j
}

func (j *journal) add(keys ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, key := range keys {
		j.jobs = append(j.jobs, terminal.Printing{Key: key, Ticket: normal()})
	}
}

func (j *journal) Next(string) (terminal.Printing, bool, time.Duration, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case len(j.jobs) == 0:
		return terminal.Printing{}, false, 0, nil
	case time.Now().Before(j.due):
		return terminal.Printing{}, false, time.Until(j.due), nil
	}
	return j.jobs[0], true, 0, nil
}

func (j *journal) Begin(_, key string) (terminal.Ticket, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.gone {
		j.jobs, j.gone = nil, false
		return terminal.Ticket{}, false, nil
	}
	j.begun <- key
	return j.jobs[0].Ticket, j.jobs[0].Key == key, nil
}

func (j *journal) Finish(_, key string, outcome terminal.Outcome, problem string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failing > 0 {
		j.failing--
		return errDisk
	}
	if outcome != terminal.NothingLeft {
		j.jobs = slices.DeleteFunc(j.jobs, func(p terminal.Printing) bool { return p.Key == key })
	}
	j.finished <- finish{key, outcome, problem, time.Now()}
	return nil
}

func (j *journal) Heard(s terminal.PrinterState) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.heard = append(j.heard, s)
}

// scripted is a transport that answers from a list, the last answer for ever.
type scripted struct {
	mu      sync.Mutex
	dials   []error
	results []terminal.Outcome
	dialled []time.Time
	sent    int
}

func (s *scripted) Connect(context.Context) (printer.Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialled = append(s.dialled, time.Now())
	err := s.dials[0]
	if len(s.dials) > 1 {
		s.dials = s.dials[1:]
	}
	return s, err
}

func (s *scripted) Send(context.Context, []byte) (terminal.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	result := s.results[0]
	if len(s.results) > 1 {
		s.results = s.results[1:]
	}
	if result == terminal.Sent {
		return result, nil
	}
	return result, syscall.ECONNRESET
}

func (s *scripted) Close() error { return nil }

func newQueue(j *journal, transport printer.Transport) *printer.Queue {
	return printer.NewQueue("grill", j, transport, escpos.Generic(48), slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// run runs a queue until the test calls stop or ends.
func run(t *testing.T, q *printer.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

type timeout struct{}

func (timeout) Error() string   { return "no answer" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

func TestQueueRetriesForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := syscall.ECONNREFUSED
		transport := &scripted{results: []terminal.Outcome{terminal.Sent}}
		for range 20 {
			transport.dials = append(transport.dials, refused)
		}
		transport.dials = append(transport.dials, timeout{}, timeout{}, io.EOF, nil)
		j := newJournal("a")
		run(t, newQueue(j, transport))

		var problems []string
		for {
			f := <-j.finished
			problems = append(problems, f.problem)
			if f.outcome == terminal.Sent {
				break
			}
		}
		want := []string{"Hors ligne (connexion refusée)", "Hors ligne (pas de réponse)", "Hors ligne (introuvable sur le réseau)", ""}
		if !slices.Equal(problems, want) {
			t.Errorf("recorded %q, want %q", problems, want)
		}
		for i := range transport.dialled[1:] {
			most := min(250*time.Millisecond<<min(i, 10), 5*time.Second)
			if d := transport.dialled[i+1].Sub(transport.dialled[i]); d < most/2 || d > most {
				t.Errorf("after %d failures: waited %v, want %v to %v", i+1, d, most/2, most)
			}
		}
	})
}

func TestQueueTellsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := syscall.ECONNREFUSED
		transport := &scripted{dials: []error{refused, nil, refused, refused, nil}, results: []terminal.Outcome{terminal.Sent}}
		j := newJournal("a", "b")
		run(t, newQueue(j, transport))
		for _, want := range []finish{
			{key: "a", outcome: terminal.NothingLeft},
			{key: "a", outcome: terminal.Sent},
			{key: "b", outcome: terminal.NothingLeft},
			{key: "b", outcome: terminal.Sent},
		} {
			if got := <-j.finished; got.key != want.key || got.outcome != want.outcome {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

func TestQueueWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{dials: []error{nil}, results: []terminal.Outcome{terminal.Sent}}
		j := newJournal()
		q := newQueue(j, transport)
		run(t, q)
		synctest.Wait()
		start := time.Now()
		j.add("a")
		q.Wake()
		q.Wake()
		if f := <-j.finished; f.at != start {
			t.Errorf("printed %v after Wake", f.at.Sub(start))
		}
	})
}

func TestQueueWakeEndsBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{dials: []error{syscall.ECONNREFUSED, nil}, results: []terminal.Outcome{terminal.Sent}}
		j := newJournal("a")
		q := newQueue(j, transport)
		run(t, q)
		start := (<-j.finished).at
		q.Wake()
		if f := <-j.finished; f.outcome != terminal.Sent || f.at != start {
			t.Errorf("got %+v, %v after Wake", f, f.at.Sub(start))
		}
	})
}

func TestQueueWaitsUntilDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{dials: []error{nil}, results: []terminal.Outcome{terminal.Sent}}
		j := newJournal("a")
		j.due = time.Now().Add(90 * time.Minute)
		run(t, newQueue(j, transport))
		if f := <-j.finished; !f.at.Equal(j.due) {
			t.Errorf("printed at %v, due at %v", f.at, j.due)
		}
	})
}

func TestQueueLeavesWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{dials: []error{nil}, results: []terminal.Outcome{terminal.Sent}}
		j := newJournal("a")
		j.gone = true
		stop := run(t, newQueue(j, transport))
		<-time.After(time.Hour) // of the bubble
		stop()
		if transport.sent > 0 || len(j.finished) > 0 {
			t.Errorf("%d sent, %d recorded", transport.sent, len(j.finished))
		}
	})
}

// TestQueueRecords: what became of a ticket is recorded before anything else is printed.
func TestQueueRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{dials: []error{nil}, results: []terminal.Outcome{terminal.Unknown, terminal.NothingLeft, terminal.Sent}}
		j := newJournal("a", "b")
		j.failing = 4
		run(t, newQueue(j, transport))
		for _, want := range []finish{
			{key: "a", outcome: terminal.Unknown, problem: "Sortie non confirmée (connexion coupée)"},
			{key: "b", outcome: terminal.NothingLeft, problem: "Hors ligne (introuvable sur le réseau)"},
			{key: "b", outcome: terminal.Sent},
		} {
			got := <-j.finished
			got.at = time.Time{}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		if transport.sent != 3 {
			t.Errorf("%d sent", transport.sent)
		}
	})
}

func TestQueueInvalidProfile(t *testing.T) {
	q := printer.NewQueue("grill", newJournal(), printer.TCP{}, &escpos.Profile{}, slog.New(slog.DiscardHandler))
	if err := q.Run(t.Context()); err == nil {
		t.Error("no error")
	}
}
