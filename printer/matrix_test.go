package printer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// book is a journal that keeps the terminal's rules: a job is sending before its first byte, and
// what may have left comes again with the mark of a duplicate.
type book struct {
	mu       sync.Mutex
	jobs     []*job
	heard    []terminal.PrinterState
	dead     bool // the terminal was killed: nothing is written any more
	finished func(key string, outcome terminal.Outcome)
}

type job struct {
	ticket  terminal.Ticket
	state   terminal.JobState
	copies  int
	problem string
	torn    []terminal.Ticket
}

var errDead = errors.New("the terminal is dead")

func newBook(numbers ...string) *book {
	b := &book{finished: func(string, terminal.Outcome) {}}
	for _, number := range numbers {
		t := normal()
		t.Number = number
		b.jobs = append(b.jobs, &job{ticket: t, state: terminal.JobQueued})
	}
	return b
}

func (b *book) job(key string) *job {
	for _, j := range b.jobs {
		if j.ticket.Number == key {
			return j
		}
	}
	return nil
}

func (b *book) Next(string) (terminal.Printing, bool, time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, j := range b.jobs {
		if j.state == terminal.JobQueued {
			return terminal.Printing{Key: j.ticket.Number, Ticket: j.ticket, Torn: j.torn}, true, 0, nil
		}
	}
	return terminal.Printing{}, false, 0, nil
}

func (b *book) Begin(_, key string) (terminal.Ticket, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return terminal.Ticket{}, false, errDead
	}
	j := b.job(key)
	if j.state != terminal.JobQueued {
		return terminal.Ticket{}, false, nil
	}
	j.state = terminal.JobSending
	j.copies++
	return j.ticket, true, nil
}

func (b *book) Finish(_, key string, outcome terminal.Outcome, problem string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return errDead
	}
	j := b.job(key)
	if j.problem = problem; (problem == "") != (outcome == terminal.Sent || outcome == terminal.Proven) {
		panic(fmt.Sprintf("outcome %v with problem %q", outcome, problem))
	}
	switch {
	case outcome == terminal.NothingLeft && j.state == terminal.JobSending:
		j.copies--
		j.state = terminal.JobQueued
	case outcome == terminal.NothingLeft:
	case outcome == terminal.Unknown:
		j.unconfirmed()
	case outcome == terminal.Sent:
		j.state = terminal.JobSent
	default:
		j.state = terminal.JobPrinted
	}
	b.finished(key, outcome)
	return nil
}

func (j *job) unconfirmed() {
	j.state, j.ticket.Heading = terminal.JobQueued, terminal.HeadingDuplicate
}

func (b *book) Heard(s terminal.PrinterState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, s)
}

// kill stops all writing; reopen is the next start of the terminal.
func (b *book) kill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dead = true
}

func (b *book) reopen() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dead = false
	for _, j := range b.jobs {
		if j.state == terminal.JobSending {
			j.unconfirmed()
		}
	}
}

func (b *book) done() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !slices.ContainsFunc(b.jobs, func(j *job) bool { return !j.state.Ended() })
}

// tray is what came out of a printer.
type tray struct {
	mu     sync.Mutex
	papers []simulator.Paper
}

func (t *tray) add(p simulator.Paper) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.papers = append(t.papers, p)
}

func (t *tray) all() []simulator.Paper {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.papers)
}

const mark = "DOUBLON POSSIBLE"

var matrixProfile = escpos.Generic(48)

// textOf is what a ticket looks like on paper.
func textOf(t terminal.Ticket, heading terminal.Heading) string {
	t.Heading = heading
	b, err := printer.Render(t, matrixProfile)
	if err != nil {
		panic(err)
	}
	papers, err := escpos.Decode(matrixProfile, b)
	if err != nil || len(papers) != 1 {
		panic(fmt.Sprint(len(papers), err))
	}
	return papers[0].String()
}

// whole counts the whole copies of a ticket.
func whole(papers []simulator.Paper, t terminal.Ticket) int {
	n := 0
	plain, marked := textOf(t, terminal.HeadingNone), textOf(t, terminal.HeadingDuplicate)
	for _, p := range papers {
		text := p.String()
		n += max(strings.Count(text, plain), strings.Count(text, marked))
	}
	return n
}

// judge says what is wrong with the papers of a ticket: there must be a whole one, and all but the
// first that show its number must carry the mark. No paper shows a part and a whole one.
func judge(papers []simulator.Paper, t terminal.Ticket) error {
	if whole(papers, t) == 0 {
		return fmt.Errorf("ticket %s never came out whole", t.Number)
	}
	seen := false
	for _, p := range papers {
		text := p.String()
		if !strings.Contains(text, t.Number) {
			continue
		}
		if strings.Count(text, t.Number) > 1 {
			return fmt.Errorf("ticket %s is twice on one piece of paper", t.Number)
		}
		if seen && !strings.Contains(text, mark) {
			return fmt.Errorf("ticket %s came again without the mark", t.Number)
		}
		seen = true
	}
	return nil
}

// rig is one simulated printer with its queue.
type rig struct {
	device *simulator.Printer
	tray   *tray
	book   *book
	proof  printer.Proof
	speed  int
	cancel context.CancelFunc
	ended  chan error
	queue  *printer.Queue
}

func newRig(m simulator.Model, proof printer.Proof, numbers ...string) *rig {
	r := &rig{tray: &tray{}, book: newBook(numbers...), proof: proof, speed: m.Speed}
	r.device = simulator.New(m, r.tray.add)
	return r
}

func (r *rig) start() {
	transport := &printer.Answering{
		Open:  func(ctx context.Context) (printer.Conversation, error) { return r.device.Dial(ctx) },
		Proof: r.proof, Speed: r.speed,
	}
	r.run(transport)
}

func (r *rig) run(transport printer.Transport) {
	ctx, cancel := context.WithCancel(context.Background())
	r.queue = printer.NewQueue("grill", r.book, transport, matrixProfile, slog.New(slog.DiscardHandler))
	r.cancel, r.ended = cancel, make(chan error, 1)
	go func() { r.ended <- r.queue.Run(ctx) }()
}

func (r *rig) stop() error {
	r.cancel()
	return <-r.ended
}

// settle lets time pass until all is printed.
func (r *rig) settle(most time.Duration) error {
	for start := time.Now(); !r.book.done(); {
		if time.Since(start) > most {
			return fmt.Errorf("not done after %v: %+v", most, *r.book.jobs[0])
		}
		<-time.After(time.Second)
	}
	return nil
}

func (r *rig) judge() error {
	papers := r.tray.all()
	for _, j := range r.book.jobs {
		if err := judge(papers, j.ticket); err != nil {
			var b strings.Builder
			for _, p := range papers {
				fmt.Fprintf(&b, "--- %v, incomplete: %v\n%s", p.At.Format("15:04:05.0"), p.Incomplete, p.String())
			}
			return fmt.Errorf("%w; after %v on paper:\n%s", err, r.device.Past(), b.String())
		}
	}
	return nil
}

// toldInTime says which trouble that keeps a printer from printing was not told within 5 s,
// where the journal held it for well before.
func (r *rig) toldInTime() error {
	for _, h := range r.device.Past() {
		switch h.Trouble {
		case simulator.PaperEnd, simulator.CoverOpen, simulator.CutterJam, simulator.Broken, simulator.PowerOff,
			simulator.Unreachable, simulator.Held, simulator.Deaf:
		default:
			continue
		}
		until := h.Until
		if until.IsZero() {
			until = time.Now()
		}
		latest := h.From.Add(5 * time.Second)
		if until.Before(latest) {
			continue
		}
		told := false
		for _, s := range r.book.heard {
			if !s.At.After(latest) { // how it stood by then
				told = s.Fault != terminal.FaultNone
			}
		}
		if !told {
			return fmt.Errorf("%s at %v was not told by %v: %+v", h.Trouble, h.From.Format(time.StampMilli), latest.Format(time.StampMilli), r.book.heard)
		}
	}
	return nil
}

// TestMatrix: each trouble at each moment of a ticket, for printers that go on after an end of
// paper and for those that forget.
func TestMatrix(t *testing.T) {
	ticket := normal()
	ticket.Number = "7001"
	b, err := printer.Render(ticket, matrixProfile)
	if err != nil {
		t.Fatal(err)
	}
	const id = 11 // bytes of GS ( H
	for _, proof := range []printer.Proof{printer.ProofID, printer.ProofFence} {
		added := id
		if proof == printer.ProofFence {
			added = 0
		}
		for moment, at := range map[string]int{
			"before": 0, "at its first byte": 1, "inside": len(b) / 2, "before the cut": len(b) - 4,
			"after the cut": len(b) + added, "before the id": len(b) + added + 2, "with the next": len(b) + 2*added + 100,
		} {
			for _, trouble := range simulator.Troubles() {
				for _, clears := range []bool{false, true} {
					name := fmt.Sprintf("%s/%s/%s/clears=%v", proof, moment, trouble, clears)
					t.Run(name, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							m := simulator.Epson()
							m.Clears = clears
							r := newRig(m, proof, "7001", "7002")
							r.book.finished = func(key string, outcome terminal.Outcome) {
								if outcome == terminal.Proven && whole(r.tray.all(), r.book.job(key).ticket) == 0 {
									t.Errorf("%s is proven and not on paper", key)
								}
							}
							r.start()
							r.device.Fail(simulator.Fault{Trouble: trouble, At: at, For: 20 * time.Second})
							if err := r.settle(10 * time.Minute); err != nil {
								t.Error(err)
							}
							<-time.After(time.Minute)
							if err := r.stop(); err != nil {
								t.Error(err)
							}
							r.device.Close()
							for _, err := range []error{r.judge(), r.toldInTime()} {
								if err != nil {
									t.Error(err)
								}
							}
							if last := r.book.heard[len(r.book.heard)-1]; last.Fault != terminal.FaultNone || last.PaperLow {
								t.Errorf("in the end it stands as %+v", last)
							}
							if len(r.device.Past()) != 1 {
								t.Errorf("happened: %+v", r.device.Past())
							}
						})
					})
				}
			}
		}
	}
}

// plan is a drawn scenario.
type plan struct {
	models []simulator.Model
	proofs []printer.Proof
	faults [][]simulator.Fault
	counts []int
	dead   bool            // one more printer, which never answers
	kills  []time.Duration // from one to the next
	gently bool            // a shutdown rather than a kill
}

func drawPlan(t *rapid.T) plan {
	choose := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
	var p plan
	for range 1 + choose(2) {
		proof := []printer.Proof{printer.ProofID, printer.ProofID, printer.ProofFence}[choose(3)]
		m := simulator.Epson()
		if proof == printer.ProofFence {
			m.ID = choose(2) == 0
		}
		m.RealTime = choose(6) > 0
		p.models = append(p.models, simulator.RandomModel(m, choose))
		p.proofs = append(p.proofs, proof)
		p.faults = append(p.faults, simulator.RandomFaults(choose, 5, 900))
		p.counts = append(p.counts, 1+choose(3))
	}
	p.dead = choose(4) == 0
	for range choose(3) {
		p.kills = append(p.kills, time.Duration(1+choose(200))*100*time.Millisecond)
	}
	p.gently = choose(2) == 0
	return p
}

// carryOut returns what went wrong.
func (p plan) carryOut() (problem error) {
	var rigs []*rig
	for i, m := range p.models {
		var numbers []string
		for n := range p.counts[i] {
			numbers = append(numbers, fmt.Sprint(7000+100*i+n))
		}
		r := newRig(m, p.proofs[i], numbers...)
		r.book.finished = func(key string, outcome terminal.Outcome) {
			if outcome == terminal.Proven && whole(r.tray.all(), r.book.job(key).ticket) == 0 {
				problem = errors.Join(problem, fmt.Errorf("%s is proven and not on paper", key))
			}
		}
		r.start()
		r.device.Fail(p.faults[i]...)
		rigs = append(rigs, r)
	}
	if p.dead {
		dead := newRig(simulator.Epson(), printer.ProofID, "9999")
		dead.device.Fail(simulator.Fault{Trouble: simulator.Unreachable, For: 24 * time.Hour})
		dead.start()
		defer func() {
			if err := dead.stop(); err != nil || dead.book.done() {
				problem = errors.Join(problem, fmt.Errorf("the dead printer: %w, done: %v", err, dead.book.done()))
			}
			dead.device.Close()
		}()
	}
	for _, pause := range p.kills {
		<-time.After(pause)
		for _, r := range rigs {
			if !p.gently {
				r.book.kill()
			}
			start := time.Now()
			if err := r.stop(); err != nil || time.Since(start) > 4*time.Second {
				problem = errors.Join(problem, fmt.Errorf("stopped after %v: %w", time.Since(start), err))
			}
			r.book.reopen()
			r.start()
		}
	}
	for _, r := range rigs {
		if r.settle(5*time.Minute) != nil { // as long as its troubles can last
			r.device.Mend()
		}
	}
	for _, r := range rigs {
		problem = errors.Join(problem, r.settle(5*time.Minute), r.stop())
		r.device.Close()
		problem = errors.Join(problem, r.judge())
	}
	return problem
}

// TestSchedules: whatever happens to printers and terminal, in the end every ticket is on paper
// at least once whole, every copy after the first carries the mark, and proof is given only for
// what is there. A dead printer holds up no other.
func TestSchedules(t *testing.T) {
	// Several a check: rapid makes a hundred.
	const each = 20
	rapid.Check(t, func(rt *rapid.T) {
		for range each {
			p := drawPlan(rt)
			var problem error
			synctest.Test(t, func(*testing.T) {
				defer func() {
					if v := recover(); v != nil {
						problem = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
					}
				}()
				problem = p.carryOut()
			})
			if problem != nil {
				rt.Fatalf("%+v:\n%v", p, problem)
			}
		}
	})
}
