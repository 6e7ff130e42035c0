package printer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// scriptedLine is the printer's end of a conversation that answers by hand.
type scriptedLine struct {
	net.Conn
	mu  sync.Mutex
	got []byte
}

// converse opens a conversation; a printer that answers says each time that it is well, after wait.
func converse(wait time.Duration) (*scriptedLine, func(context.Context) (printer.Conversation, error)) {
	ours, theirs := net.Pipe()
	l := &scriptedLine{Conn: theirs}
	go func() { // ends with the conversation
		b := make([]byte, 4096)
		for {
			n, err := theirs.Read(b)
			if err != nil {
				return
			}
			l.mu.Lock()
			l.got = append(l.got, b[:n]...)
			l.mu.Unlock()
			if n == 3 && b[0] == 0x10 && wait >= 0 {
				<-time.After(wait)
				_, _ = theirs.Write([]byte{0x12})
			}
		}
	}()
	return l, func(context.Context) (printer.Conversation, error) { return ours, nil }
}

// say sends an answer of the printer.
func (l *scriptedLine) say(t *testing.T, a escpos.Answer) {
	t.Helper()
	if _, err := l.Write(escpos.AppendAnswer(nil, a)); err != nil {
		t.Error(err)
	}
}

// TestSlowAnswers: a printer that takes its time for each answer has answered.
func TestSlowAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, open := converse(400 * time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		condition, err := (&printer.Answering{Open: open, Proof: printer.ProofID}).Ask(ctx)
		if err != nil || condition != (printer.Condition{Answered: true}) {
			t.Errorf("got %+v, %v", condition, err)
		}
		<-time.After(time.Second) // its last answer
	})
}

// TestTornHead: to the head of a command that an aborted ticket left, a question would be its
// length. Zeros go first, until the printer answers.
func TestTornHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &printer.Answering{Proof: printer.ProofID, Torn: true}
		question, ended := "\x10\x04\x01", string(escpos.EndHead())+"\x10\x04\x01"
		for i, test := range []struct {
			wait time.Duration
			want string
		}{
			{-1, ended}, // it says nothing, and perhaps takes nothing
			{-1, ended},
			{0, question},
		} {
			a.Torn = a.Torn && i < 2
			line, open := converse(test.wait)
			a.Open = open
			if _, err := a.Ask(t.Context()); err != nil {
				t.Fatal(err)
			}
			line.mu.Lock()
			if got := string(line.got); !strings.HasPrefix(got, test.want) {
				t.Errorf("%d: asked with % x, want % x", i, got, test.want)
			}
			line.mu.Unlock()
			if i < 2 && !a.Torn {
				t.Errorf("%d: silence ended it", i)
			}
		}
		line, open := converse(-1) // takes the ticket and never proves it
		a.Open = open
		link, err := a.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close()
		if outcome, _ := link.Send(t.Context(), []byte("a\n")); outcome != terminal.Unknown || !a.Torn {
			t.Errorf("got %v of %q, torn %v", outcome, line.got, a.Torn)
		}
	})
}

// TestIDsDiffer: no conversation takes the proof of another for its own.
func TestIDsDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]bool{}
		for range 30 {
			line, open := converse(0)
			link, err := (&printer.Answering{Open: open, Proof: printer.ProofID}).Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if outcome, err := link.Send(ctx, []byte("a\n\x1DVB\x00")); outcome != terminal.Unknown || err == nil {
				t.Errorf("got %v, %v", outcome, err)
			}
			link.Close()
			synctest.Wait()
			for _, after := range bytes.Split(line.got, []byte("\x1D(H\x06\x0000"))[1:] {
				if id := string(after[:4]); seen[id] {
					t.Errorf("%q again", id)
				} else {
					seen[id] = true
				}
			}
		}
		if len(seen) != 60 {
			t.Errorf("%d ids", len(seen))
		}
	})
}

// TestHeardWhileWaiting: what the printer tells by itself, and a fence that says there is no paper.
func TestHeardWhileWaiting(t *testing.T) {
	for name, test := range map[string]struct {
		proof printer.Proof
		say   escpos.Answer
		want  printer.Condition
	}{
		"automatic status": {printer.ProofID, escpos.Answer{Kind: escpos.AnswerAuto, Status: escpos.CoverOpen | escpos.Offline}, printer.Condition{Answered: true, Fault: terminal.FaultCover}},
		"offline response": {printer.ProofID, escpos.Answer{Kind: escpos.AnswerOffline}, printer.Condition{Answered: true, Fault: terminal.FaultOffline}},
		"fence, no paper":  {printer.ProofFence, escpos.Answer{Kind: escpos.AnswerPaper, Status: escpos.PaperEnd}, printer.Condition{Answered: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				line, open := converse(0)
				link, err := (&printer.Answering{Open: open, Proof: test.proof}).Connect(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer link.Close()
				var heard []printer.Condition
				link.(printer.Reporter).Report(func(c printer.Condition) { heard = append(heard, c) })
				go func() {
					<-time.After(500 * time.Millisecond)
					line.say(t, test.say)
				}()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				outcome, err := link.Send(ctx, []byte("a\n"))
				if outcome != terminal.Unknown || err == nil {
					t.Errorf("got %v, %v", outcome, err)
				}
				if !slices.Contains(heard, test.want) {
					t.Errorf("heard %+v, want %+v", heard, test.want)
				}
			})
		})
	}
}

// TestNothingIsRead: a printer that stops to read is told as busy while the write still waits.
func TestNothingIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		go func() {
			b := make([]byte, 3)
			for range 3 {
				_, _ = io.ReadFull(theirs, b)
				_, _ = theirs.Write([]byte{0x12})
			}
		}()
		open := func(context.Context) (printer.Conversation, error) { return ours, nil }
		link, err := (&printer.Answering{Open: open, Proof: printer.ProofID}).Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close()
		start, told := time.Now(), time.Duration(0)
		link.(printer.Reporter).Report(func(c printer.Condition) {
			if c.Fault == terminal.FaultBusy {
				told = time.Since(start)
			}
		})
		outcome, err := link.Send(t.Context(), []byte("a\n"))
		if outcome != terminal.NothingLeft || printer.FaultOf(err) != terminal.FaultBusy {
			t.Errorf("got %v, %v", outcome, err)
		}
		if told == 0 || told > 3*time.Second {
			t.Errorf("told after %v", told)
		}
	})
}

// TestStatusAtShutdown: a printer that is well and has not had the time to print proves nothing.
func TestStatusAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, open := converse(0)
		link, err := (&printer.Answering{Open: open, Proof: printer.ProofStatus}).Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if outcome, err := link.Send(ctx, make([]byte, 9600)); outcome != terminal.Unknown || err == nil {
			t.Errorf("got %v, %v", outcome, err)
		}
	})
}

// silent is a file that cannot be read, or has nothing to say.
type silent struct {
	io.ReadWriteCloser
	err     error
	release chan struct{} // a write waits for it
}

func (s *silent) Read([]byte) (int, error) { return 0, s.err }

func (s *silent) Write(b []byte) (int, error) {
	<-s.release
	return len(b), nil
}

func (s *silent) Close() error { return nil }

// TestReading: a file that cannot be read, or is at its end, is a printer that says nothing.
func TestReading(t *testing.T) {
	for _, reason := range []error{io.EOF, syscall.EBADF, syscall.EAGAIN} {
		synctest.Test(t, func(t *testing.T) {
			r := printer.NewReading(printer.NewPatient(&silent{err: reason}, func() {}), func() {})
			ended := make(chan error, 1)
			go func() {
				_, err := r.Read(make([]byte, 10))
				ended <- err
			}()
			<-time.After(time.Hour)
			if len(ended) > 0 {
				t.Errorf("%v: ended by itself: %v", reason, <-ended)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; !errors.Is(err, os.ErrClosed) {
				t.Errorf("%v: %v", reason, err)
			}
		})
	}
}

// TestPatient: a write that hangs is left alone, and the file taken for in use until it ends.
func TestPatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &silent{err: io.EOF, release: make(chan struct{})}
		aborted, released := false, make(chan struct{})
		p := printer.NewPatient(file, func() { aborted = true })
		r := printer.NewReading(p, func() { close(released) })
		go func() {
			<-time.After(time.Second)
			_ = p.SetWriteDeadline(time.Now().Add(time.Second)) // sooner than it was
		}()
		start := time.Now()
		_ = p.SetWriteDeadline(start.Add(time.Hour))
		if n, err := r.Write([]byte("a")); n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !aborted {
			t.Errorf("got %d, %v, aborted: %v", n, err, aborted)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %v", took)
		}
		if n, err := r.Write([]byte("b")); n != 0 || printer.FaultOf(err) != terminal.FaultBusy {
			t.Errorf("meanwhile: %d, %v", n, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		select {
		case <-released:
			t.Error("free while a write hangs")
		default:
		}
		close(file.release)
		<-released
	})
}
