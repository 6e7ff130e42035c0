// Package torture kills the real hub, terminals and printers under load, cuts their power and their
// lines, and counts what becomes of the orders: none lost, none twice, every ticket out, every doubt
// written on it.
package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// plan is how much is done to the shop, and for how long.
type plan struct {
	orders, terminalKills, hubKills, printerCuts int
	// span is about how long the kills and the orders are spread over.
	span time.Duration
	// settle is how long everything may take to come level afterwards.
	settle time.Duration
}

const (
	senders    = 4 // at the same time
	openOrders = 8 // of a sender: older ones are handed over
	// slow is about how long a printer or a platform takes: kills are to find work under way.
	slow = 50 * time.Millisecond
)

func plans(t *testing.T) plan {
	if isLong(t) {
		return plan{orders: 5000, terminalKills: 1000, hubKills: 200, printerCuts: 100, span: 30 * time.Minute, settle: 5 * time.Minute}
	}
	return plan{orders: 200, terminalKills: 40, hubKills: 10, printerCuts: 6, span: 22 * time.Second, settle: 30 * time.Second}
}

// isLong: everything by night, or its short version.
func isLong(t *testing.T) bool {
	t.Helper()
	switch size := os.Getenv("COMPTOIR_TORTURE"); size {
	case "", "short":
		return false
	case "long":
		return true
	default:
		t.Fatalf("COMPTOIR_TORTURE is %q, want short or long", size)
		return false
	}
}

// seed comes from the clock, or from who wants to repeat a run: it repeats what is done, not when
// the machine gets to it.
func seed(t *testing.T) uint64 {
	t.Helper()
	number := uint64(time.Now().UnixNano())
	if text := os.Getenv("COMPTOIR_TORTURE_SEED"); text != "" {
		var err error
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal("COMPTOIR_TORTURE_SEED: ", err)
		}
	}
	t.Logf("COMPTOIR_TORTURE_SEED=%d", number)
	return number
}

func seeded(t *testing.T) *rand.Rand { return rand.New(rand.NewPCG(seed(t), 0)) }

func TestTorture(t *testing.T) {
	t.Parallel()
	p := plans(t)
	from := seed(t)
	random := func(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(from, stream)) }
	menu, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, 1, slow)
	s.open()
	begun := time.Now()

	ctx, cancel := context.WithTimeoutCause(t.Context(), 2*p.span+p.settle, errors.New("the run takes too long"))
	defer cancel()
	var group sync.WaitGroup
	var first sync.Once // the others fail because of it
	part := func(run func() error) {
		group.Go(func() {
			if err := run(); err != nil {
				first.Do(func() { t.Error(err) })
				cancel()
			}
		})
	}
	part(func() error { return s.killing(ctx, random(1), s.terminals[0], p.terminalKills, p.span, slow/2) })
	part(func() error { return s.killing(ctx, random(2), s.hub, p.hubKills, p.span, time.Millisecond) })
	part(func() error { return s.cutting(ctx, random(3), p.printerCuts, p.span) })
	orders := make([][]*sent, senders)
	for i := range orders {
		part(func() (err error) {
			orders[i], err = s.selling(ctx, random(10+uint64(i)), menu, i, p.orders/senders, p.span)
			return err
		})
	}
	var counter []*sent
	part(func() (err error) {
		counter, err = s.atCounter(ctx, random(4), menu, s.terminals[0], "K", p.orders/10, p.span)
		return err
	})
	group.Wait()
	t.Logf("the run took %v", time.Since(begun).Round(time.Millisecond))
	if t.Failed() {
		t.FailNow()
	}
	all := append(append(slices.Concat(orders...), counter...), s.level(p.settle, "FIN1"))

	answered := s.answer(s.terminals[0])

	// once more from what is on the disks: nothing may come out again
	took := s.restart(s.terminals[0])
	s.restart(s.hub)
	all = append(all, s.level(p.settle, "FIN2"))

	c := s.check(all)
	s.confirmed(s.terminals[0])
	s.hub.kill()
	c.replica(s.terminals[0])
	t.Logf("kills: terminal %d, hub %d, printers %d, in %v; the terminal ended %v after SIGTERM",
		p.terminalKills, p.hubKills, p.printerCuts, time.Since(begun).Round(time.Second), took.Round(time.Millisecond))
	t.Logf("tickets of which a person was asked: %d", answered)
	t.Log(c.counts())
	c.complain()
}

// moment waits for a random time of about mean; false when ctx ends before.
func moment(ctx context.Context, random *rand.Rand, mean time.Duration) bool {
	select {
	case <-time.After(time.Duration(random.Int64N(int64(2*mean) + 1))):
		return true
	case <-ctx.Done():
		return false
	}
}

// killing kills a process at random moments, its start included, and starts it at once again.
// Every other time it lies in wait for an order, to hit what follows from it within about after.
func (s *stage) killing(ctx context.Context, random *rand.Rand, p *process, times int, span, after time.Duration) error {
	for i := range times {
		if !moment(ctx, random, span/time.Duration(times)) {
			return context.Cause(ctx)
		}
		if i%2 == 0 {
			select {
			case <-s.sending:
				moment(ctx, random, after)
			case <-time.After(span / time.Duration(times)):
			}
		}
		if !p.alive() {
			return fmt.Errorf("%s ended by itself", p.name)
		}
		p.kill()
		if p != s.hub {
			if err := p.told.buried(p.dataDir()); err != nil {
				return err
			}
		}
		if err := p.start(); err != nil {
			return err
		}
	}
	return nil
}

// cutting takes the power from a printer, and gives it back after a while.
func (s *stage) cutting(ctx context.Context, random *rand.Rand, times int, span time.Duration) error {
	for range times {
		if !moment(ctx, random, span/time.Duration(times)*3/4) {
			return context.Cause(ctx)
		}
		o := s.outlets[random.IntN(len(s.outlets))]
		o.off()
		moment(ctx, random, min(span/time.Duration(times)/4, 5*time.Second))
		if err := o.on(o.address); err != nil {
			return err
		}
	}
	return nil
}

// selling is one sender: it orders, cancels some orders, and hands the others over.
func (s *stage) selling(ctx context.Context, random *rand.Rand, menu []item, sender, count int, span time.Duration) (all []*sent, err error) {
	cancelAt := map[int][]*sent{}
	for i := range count {
		o := invent(random, menu, fmt.Sprintf("%c%04d", 'A'+sender, i+1))
		all = append(all, o)
		if err := s.place(ctx, o); err != nil {
			return all, err
		}
		if o.platform != ownShop && random.IntN(5) == 0 {
			// at once, or when it has long been printed
			at := i + random.IntN(4)
			cancelAt[at] = append(cancelAt[at], o)
		}
		for _, o := range cancelAt[i] {
			if err := s.cancel(ctx, o); err != nil {
				return all, err
			}
		}
		if i >= openOrders && !all[i-openOrders].cancelled {
			if err := s.finish(ctx, all[i-openOrders]); err != nil {
				return all, err
			}
		}
		if !moment(ctx, random, span/time.Duration(count)) {
			return all, context.Cause(ctx)
		}
	}
	return all, nil
}

// restart ends a process as the system does, and starts it again.
func (s *stage) restart(p *process) time.Duration {
	s.t.Helper()
	if !p.alive() {
		s.t.Fatalf("%s ended by itself", p.name)
	}
	took, err := p.terminate()
	if err != nil {
		s.t.Fatal(err)
	}
	s.start(p)
	return took
}
