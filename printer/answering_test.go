package printer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// halfway is a moment inside of a ticket.
const halfway = 300

// TestProofs: what becomes of a ticket under a trouble, and how many copies it takes.
func TestProofs(t *testing.T) {
	type outcomes = []terminal.Outcome
	const unknown, sent, proven = terminal.Unknown, terminal.Sent, terminal.Proven
	for name, test := range map[string]struct {
		proof  printer.Proof
		change func(*simulator.Model)
		fault  simulator.Fault
		want   outcomes
		copies int
		took   time.Duration // at most
	}{
		"id":                       {proof: printer.ProofID, want: outcomes{proven}, copies: 1, took: time.Second},
		"id, no DLE EOT":           {proof: printer.ProofID, change: func(m *simulator.Model) { m.RealTime = false }, want: outcomes{proven}, copies: 1, took: 2 * time.Second},
		"id, paper for an hour":    {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.PaperEnd, At: halfway, For: time.Hour}, want: outcomes{proven}, copies: 1, took: time.Hour + time.Second},
		"id, cover":                {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.CoverOpen, At: halfway, For: time.Minute}, want: outcomes{proven}, copies: 1, took: time.Minute + time.Second},
		"id, forgets at paper end": {proof: printer.ProofID, change: func(m *simulator.Model) { m.Clears = true }, fault: simulator.Fault{Trouble: simulator.PaperEnd, At: halfway, For: time.Minute}, want: outcomes{unknown, proven}, copies: 1, took: 80 * time.Second},
		"id 10 s late":             {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.LateProof, At: halfway, For: time.Minute}, want: outcomes{proven}, copies: 1, took: 11 * time.Second},
		"no id":                    {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.NoProof, At: halfway, For: 10 * time.Second}, want: outcomes{unknown, proven}, copies: 2, took: 18 * time.Second},
		"wrong id":                 {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.WrongProof, At: halfway, For: 10 * time.Second}, want: outcomes{unknown, proven}, copies: 2, took: 18 * time.Second},
		"id of the one before":     {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.StaleProof, At: halfway, For: 40 * time.Second}, want: outcomes{unknown, unknown, unknown, proven}, copies: 4, took: 65 * time.Second},
		"id, noise":                {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.Noise, At: halfway, For: time.Minute}, want: outcomes{proven}, copies: 1, took: time.Second},
		"id, very slow":            {proof: printer.ProofID, fault: simulator.Fault{Trouble: simulator.Slow, At: halfway, For: time.Minute}, want: outcomes{proven}, copies: 1, took: 9 * time.Second},
		"id, no GS ( H":            {proof: printer.ProofID, change: func(m *simulator.Model) { m.ID = false }, want: outcomes{unknown}, copies: 2, took: 18 * time.Second},
		"fence":                    {proof: printer.ProofFence, want: outcomes{proven}, copies: 1, took: time.Second},
		"fence, paper for an hour": {proof: printer.ProofFence, fault: simulator.Fault{Trouble: simulator.PaperEnd, At: halfway, For: time.Hour}, want: outcomes{proven}, copies: 1, took: time.Hour + time.Second},
		"no fence":                 {proof: printer.ProofFence, fault: simulator.Fault{Trouble: simulator.NoProof, At: halfway, For: 10 * time.Second}, want: outcomes{unknown, proven}, copies: 2, took: 18 * time.Second},
		"status":                   {proof: printer.ProofStatus, want: outcomes{sent}, copies: 1, took: time.Second},
		"status, mute":             {proof: printer.ProofStatus, change: func(m *simulator.Model) { m.RealTime = false }, want: outcomes{sent}, copies: 1, took: 2 * time.Second},
		"status, cover":            {proof: printer.ProofStatus, fault: simulator.Fault{Trouble: simulator.CoverOpen, At: halfway, For: time.Minute}, want: outcomes{unknown, sent}, copies: 2, took: 66 * time.Second},
		"status, goes mute":        {proof: printer.ProofStatus, fault: simulator.Fault{Trouble: simulator.Mute, At: halfway, For: time.Second}, want: outcomes{unknown, sent}, copies: 2, took: 4 * time.Second},
		"status, reset":            {proof: printer.ProofStatus, fault: simulator.Fault{Trouble: simulator.Reset, At: halfway, For: time.Second}, want: outcomes{unknown, sent}, copies: 2, took: 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := simulator.Epson()
				if test.change != nil {
					test.change(&m)
				}
				r := newRig(m, test.proof, "7001")
				var got outcomes
				start, over := time.Now(), time.Duration(0)
				r.book.finished = func(_ string, outcome terminal.Outcome) {
					if outcome != terminal.NothingLeft && len(got) < len(test.want) {
						got, over = append(got, outcome), time.Since(start)
					}
				}
				if test.fault.Trouble != "" {
					r.device.Fail(test.fault)
				}
				r.start()
				<-time.After(test.took)
				if err := r.stop(); err != nil {
					t.Error(err)
				}
				r.device.Close()
				if !slices.Equal(got, test.want) || over > test.took {
					t.Errorf("outcomes %v after %v, want %v within %v", got, over, test.want, test.took)
				}
				if n := whole(r.tray.all(), r.book.jobs[0].ticket); n != test.copies {
					t.Errorf("%d whole copies, want %d", n, test.copies)
				}
			})
		})
	}
}

// TestNothingSentToAFault: a printer that says why it cannot print is sent no byte of a ticket,
// and the words say what it lacks.
func TestNothingSentToAFault(t *testing.T) {
	for trouble, want := range map[simulator.Trouble]string{
		simulator.CoverOpen: "Capot ouvert",
		simulator.PaperEnd:  "Plus de papier",
		simulator.CutterJam: "Massicot bloqué",
		simulator.Broken:    "En panne\u00a0: l'éteindre et la rallumer",
		simulator.Held:      "Occupée par un autre programme",
		simulator.Deaf:      "Occupée par un autre programme",
	} {
		t.Run(string(trouble), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(simulator.Epson(), printer.ProofID, "7001")
				r.device.Fail(simulator.Fault{Trouble: trouble, For: time.Minute})
				r.start()
				<-time.After(50 * time.Second)
				j := r.book.jobs[0]
				if j.problem != want || j.state != terminal.JobQueued || j.copies != 0 {
					t.Errorf("meanwhile: %+v", *j)
				}
				if err := r.settle(30 * time.Second); err != nil {
					t.Error(err)
				}
				if err := r.stop(); err != nil {
					t.Error(err)
				}
				r.device.Close()
				if papers := r.tray.all(); len(papers) != 1 || strings.Contains(papers[0].String(), mark) {
					t.Errorf("%d papers, or a mark", len(papers))
				}
			})
		})
	}
}

// TestBytes: all that a printer is sent, at each level.
func TestBytes(t *testing.T) {
	ticket, err := printer.Render(normal(), matrixProfile)
	if err != nil {
		t.Fatal(err)
	}
	cut := escpos.CutAt(ticket)
	for proof, test := range map[printer.Proof]struct {
		before, after string
		answers       func([]byte) []byte
	}{
		printer.ProofFence:  {"\x10\x04\x01\x10\x04\x02\x10\x04\x04", "\x1Dr\x01", func([]byte) []byte { return []byte{0} }},
		printer.ProofStatus: {"\x10\x04\x01\x10\x04\x02\x10\x04\x04", "\x10\x04\x01\x10\x04\x02\x10\x04\x04", nil},
		printer.ProofID: {"\x10\x04\x01\x10\x04\x02\x10\x04\x04", "", func(b []byte) []byte {
			return slices.Concat([]byte("7\""), b[len(b)-4:], []byte{0})
		}},
		printer.ProofBlind: {"", "", nil},
	} {
		t.Run(string(proof), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				var got []byte
				done := make(chan struct{})
				size := len(ticket) + len(test.before) + len(test.after)
				if proof == printer.ProofID {
					size += 2 * 11
				}
				go func() {
					defer close(done)
					b := make([]byte, 4096)
					for {
						n, err := theirs.Read(b)
						if err != nil {
							return
						}
						got = append(got, b[:n]...)
						switch {
						case n == 3 && b[0] == 0x10:
							_, _ = theirs.Write([]byte{0x12})
						case len(got) == size && test.answers != nil:
							_, _ = theirs.Write(test.answers(got))
						}
					}
				}()
				open := func(context.Context) (printer.Conversation, error) { return ours, nil }
				var transport printer.Transport = &printer.Answering{Open: open, Proof: proof}
				if proof == printer.ProofBlind {
					transport = printer.Blind{Open: open}
				}
				link, err := transport.Connect(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				outcome, err := link.Send(t.Context(), ticket)
				if err != nil || outcome != terminal.Sent && outcome != terminal.Proven {
					t.Errorf("got %v, %v", outcome, err)
				}
				if err := link.Close(); err != nil {
					t.Error(err)
				}
				<-done
				want := slices.Concat([]byte(test.before), ticket, []byte(test.after))
				if proof == printer.ProofID {
					last := escpos.ID(got[len(got)-4:])
					text := escpos.ID(got[len(test.before)+cut+7:])
					if last == text {
						t.Error("one id twice")
					}
					want = slices.Concat([]byte(test.before), ticket[:cut], escpos.ConfirmID(text), ticket[cut:], escpos.ConfirmID(last))
				}
				if !bytes.Equal(got, want) {
					t.Errorf("sent % X\nwant % X", got, want)
				}
			})
		})
	}
}

// TestHeard: each change is told once, with low paper, and nobody asks a blind printer.
func TestHeard(t *testing.T) {
	type state = struct {
		fault terminal.Fault
		low   bool
	}
	for name, test := range map[string]struct {
		numbers []string
		faults  []simulator.Fault
		change  func(*simulator.Model)
		want    []state
	}{
		"idle": {
			faults: []simulator.Fault{
				{Trouble: simulator.PaperLow, For: time.Minute},
				{Trouble: simulator.PaperEnd, For: time.Minute},
				{Trouble: simulator.Mute, For: time.Minute},
				{Trouble: simulator.Unreachable, For: time.Minute},
			},
			want: []state{{"", true}, {terminal.FaultPaper, false}, {terminal.FaultBusy, false}, {terminal.FaultUnreachable, false}, {"", false}},
		},
		"never answers": {change: func(m *simulator.Model) { m.RealTime = false }, want: []state{{"", false}}},
		"taken": {
			change: func(m *simulator.Model) { m.Refuses = true }, numbers: []string{"7001"},
			faults: []simulator.Fault{{Trouble: simulator.Held, At: halfway, For: 10 * time.Minute}},
			want:   []state{{"", false}, {terminal.FaultBusy, false}, {terminal.FaultUnreachable, false}, {"", false}},
		},
		"refuses from the start": {
			change: func(m *simulator.Model) { m.Refuses = true },
			faults: []simulator.Fault{{Trouble: simulator.Held, For: 10 * time.Minute}},
			want:   []state{{terminal.FaultUnreachable, false}, {"", false}},
		},
		"while it owes a proof": {
			numbers: []string{"7001"},
			faults:  []simulator.Fault{{Trouble: simulator.PaperEnd, At: halfway, For: time.Minute}, {Trouble: simulator.CoverOpen, At: 10, For: time.Minute}},
			want:    []state{{"", false}, {terminal.FaultPaper, false}, {terminal.FaultCover, false}, {"", false}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := simulator.Epson()
				if test.change != nil {
					test.change(&m)
				}
				r := newRig(m, printer.ProofID, test.numbers...)
				r.device.Fail(test.faults...)
				r.start()
				<-time.After(20 * time.Minute)
				if err := r.stop(); err != nil {
					t.Error(err)
				}
				r.device.Close()
				var got []state
				for _, s := range r.book.heard {
					if s.Printer != "grill" || s.At.Location() != time.UTC {
						t.Errorf("heard %+v", s)
					}
					got = append(got, state{s.Fault, s.PaperLow})
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("heard %+v, want %+v", got, test.want)
				}
			})
		})
	}
}

// TestHeardBlind: a blind printer is reported by what dialing and sending show, and never dialed
// but for tickets.
func TestHeardBlind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &scripted{
			dials:   []error{syscall.ECONNREFUSED, syscall.ECONNREFUSED, nil},
			results: []terminal.Outcome{terminal.Sent, terminal.Unknown, terminal.Sent},
		}
		j := newJournal("a", "b", "c")
		stop := run(t, newQueue(j, transport))
		<-time.After(time.Hour)
		stop()
		var got []terminal.Fault
		for _, s := range j.heard {
			got = append(got, s.Fault)
		}
		want := []terminal.Fault{terminal.FaultUnreachable, terminal.FaultNone, terminal.FaultUnreachable, terminal.FaultNone}
		if !slices.Equal(got, want) || len(transport.dialled) != 5 {
			t.Errorf("heard %q, want %q; dialed %d times", got, want, len(transport.dialled))
		}
	})
}

// TestPolling: a printer that answers is asked every 4 s at most, each time on a connection that
// is closed at once.
func TestPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := simulator.Epson()
		r := newRig(m, printer.ProofID)
		var mu sync.Mutex
		var dialed []time.Time
		open := 0
		r.run(&printer.Answering{Proof: printer.ProofID, Open: func(ctx context.Context) (printer.Conversation, error) {
			mu.Lock()
			dialed = append(dialed, time.Now())
			open++
			mu.Unlock()
			conn, err := r.device.Dial(ctx)
			return closing{conn, func() { mu.Lock(); open--; mu.Unlock() }}, err
		}})
		<-time.After(time.Minute)
		mu.Lock()
		if open != 0 || len(dialed) < 14 || len(dialed) > 19 {
			t.Errorf("%d open of %d", open, len(dialed))
		}
		for i := range dialed[1:] {
			if d := dialed[i+1].Sub(dialed[i]); d < 3500*time.Millisecond || d > 4*time.Second {
				t.Errorf("asked after %v", d)
			}
		}
		mu.Unlock()
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		r.device.Close()
	})
}

type closing struct {
	net.Conn
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.Conn.Close()
}

// TestWakeWhileAsking: a ticket goes before the question how the printer stands.
func TestWakeWhileAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := simulator.Epson()
		m.RealTime = false // each question takes 500 ms
		r := newRig(m, printer.ProofID)
		r.start()
		<-time.After(100 * time.Millisecond)
		start := time.Now()
		r.book.mu.Lock()
		r.book.jobs = newBook("7001").jobs
		r.book.mu.Unlock()
		r.queue.Wake()
		<-time.After(10 * time.Millisecond)
		synctest.Wait()
		<-time.After(550 * time.Millisecond) // its own question before the ticket
		r.book.mu.Lock()
		if state := r.book.jobs[0].state; state != terminal.JobSending {
			t.Errorf("%v after Wake the ticket is %s", time.Since(start), state)
		}
		r.book.mu.Unlock()
		if err := r.settle(time.Minute); err != nil {
			t.Error(err)
		}
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		r.device.Close()
	})
}

// TestShutdownWhileWaiting: a terminal that stops does not wait for a proof that is not near.
func TestShutdownWhileWaiting(t *testing.T) {
	for _, trouble := range []simulator.Trouble{simulator.PaperEnd, simulator.NoProof, simulator.Unreachable} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(simulator.Epson(), printer.ProofID, "7001")
			r.device.Fail(simulator.Fault{Trouble: trouble, At: halfway, For: time.Hour})
			r.start()
			<-time.After(5 * time.Second)
			start := time.Now()
			if err := r.stop(); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s: took %v", trouble, took)
			}
			r.device.Close()
			if j := r.book.jobs[0]; j.ticket.Heading != terminal.HeadingDuplicate {
				t.Errorf("%s: %+v", trouble, *j)
			}
		})
	}
}

// TestRealSockets: the same on TCP, each time with another trouble.
func TestRealSockets(t *testing.T) {
	t.Parallel()
	troubles := []simulator.Trouble{
		"", simulator.Reset, simulator.Gone, simulator.PowerOff, simulator.PaperEnd, simulator.CoverOpen, simulator.Noise,
		simulator.Mute, simulator.Slow, simulator.PaperLow,
	}
	const times = 50
	errors := make(chan error, times)
	for i := range times {
		go func() {
			m := simulator.Epson()
			m.Speed = 20_000
			r := newRig(m, printer.ProofID, "7001", "7002")
			defer r.device.Close()
			address, err := r.device.Listen("127.0.0.1:0")
			if err != nil {
				errors <- err
				return
			}
			if trouble := troubles[i%len(troubles)]; trouble != "" {
				r.device.Fail(simulator.Fault{Trouble: trouble, At: 20 * i, For: 300 * time.Millisecond})
			}
			proof := []string{"id", "fence"}[i/25]
			transport, err := printer.Open(terminal.PrinterSetup{Kind: "tcp", Address: address, Proof: proof})
			if err != nil {
				errors <- err
				return
			}
			r.run(transport)
			err = r.settle(time.Minute)
			if stopped := r.stop(); err == nil {
				err = stopped
			}
			if err == nil {
				err = r.judge()
			}
			if err != nil {
				err = fmt.Errorf("%d, %s: %w", i, troubles[i%len(troubles)], err)
			}
			errors <- err
		}()
	}
	for range times {
		if err := <-errors; err != nil {
			t.Error(err)
		}
	}
}

// TestStatusOnSockets: a printer that never says anything is judged by what its side has taken.
func TestStatusOnSockets(t *testing.T) {
	for name, script := range map[string]func(*net.TCPConn){
		"takes all": func(conn *net.TCPConn) { _, _ = io.Copy(io.Discard, conn) },
		"resets": func(conn *net.TCPConn) {
			_, _ = io.ReadFull(conn, make([]byte, 100))
			reset(conn)
		},
	} {
		p := listen(t, script)
		transport, err := printer.Open(terminal.PrinterSetup{Address: p.Address, Proof: "status"})
		if err != nil {
			t.Fatal(err)
		}
		link, err := transport.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := link.Send(t.Context(), bytes.Repeat([]byte("Burger\n"), 30))
		if (name == "takes all") != (outcome == terminal.Sent && err == nil) || outcome == terminal.NothingLeft {
			t.Errorf("%s: %v, %v", name, outcome, err)
		}
		link.Close()
	}
}

// TestTornBeforeTheStart: what a terminal that was killed has left in the printer does not get
// onto the next ticket, whichever that is.
func TestTornBeforeTheStart(t *testing.T) {
	for name, cut := range map[string]func(n int) int{
		"in its middle": func(n int) int { return n / 2 },
		"in a command":  func(int) int { return 1 },
		"at the cut":    func(n int) int { return n - 4 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(simulator.Epson(), printer.ProofID, "7002")
				defer r.device.Close()
				half := normal()
				half.Number = "7001"
				b, err := printer.Render(half, matrixProfile)
				if err != nil {
					t.Fatal(err)
				}
				conn, err := r.device.Dial(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := conn.Write(b[:cut(len(b))]); err != nil {
					t.Fatal(err)
				}
				conn.Close()

				r.book.jobs[0].torn = []terminal.Ticket{half}
				r.start()
				if err := errors.Join(r.settle(time.Minute), r.stop()); err != nil {
					t.Fatal(err)
				}
				papers := r.tray.all()
				last := papers[len(papers)-1]
				if got, want := last.String(), textOf(r.book.jobs[0].ticket, terminal.HeadingNone); got != want || last.Incomplete {
					t.Errorf("on the last paper:\n%s", got)
				}
			})
		})
	}
}
