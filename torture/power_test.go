package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// powerPlan is how often the power is cut, and in how many lives of a program.
type powerPlan struct {
	lives, cuts int // cuts of each life
	orders      int // of each life
}

func powerPlans(t *testing.T) powerPlan {
	if isLong(t) {
		return powerPlan{lives: 5, cuts: 40, orders: 200}
	}
	return powerPlan{lives: 1, cuts: 20, orders: 40}
}

// rush lets all senders order as fast as the hub takes it.
func (s *stage) rush(random *rand.Rand, life, count int) []*sent {
	s.t.Helper()
	menu, err := catalogue()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	orders, failures := make([][]*sent, senders), make([]error, senders)
	var group sync.WaitGroup
	for i := range senders {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(i)))
		group.Go(func() { orders[i], failures[i] = s.selling(ctx, own, menu, i+senders*life, count/senders, 0) })
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		s.t.Fatal(err)
	}
	return slices.Concat(orders...)
}

// TestHubPowerCuts: what the hub has answered survives a power cut at any moment.
func TestHubPowerCuts(t *testing.T) {
	t.Parallel()
	needStrace(t)
	p, random := powerPlans(t), seeded(t)
	s := newStage(t, 1, 0)
	data := filepath.Join(t.TempDir(), "hub")
	s.hub.args = append(s.hub.args, "--data", data) // the last one counts
	var all outcome
	var last *recording
	for life := range p.lives {
		last = s.during(s.hub, data, hubSaid, func() {
			if life == 0 {
				s.startOnline(s.terminals[0])
			}
			s.rush(random, life, p.orders)
		})
		all.add(last.cut(t, random, last.cuts(random, p.cuts), nil, readWholeLog, s.hubOpens))
	}
	all.mustBeWhole(t, fmt.Sprintf("power cuts of the hub, %d recordings", p.lives))
	last.controls(t, random, last.cuts(random, p.cuts), readLog)
}

// hubOpens starts the real hub on an image.
func (s *stage) hubOpens(dir string, promised []promise, o *outcome) error {
	listen := freeAddress(s.t, canListen)
	p := newProcess(s.t, "hub on an image", "hub", s.hub.config, "--data", dir, "--listen", listen)
	s.start(p)
	defer p.kill()
	there := &stage{t: s.t, url: "http://" + listen, client: s.client}
	stored, err := there.stored(s.t.Context())
	if err != nil {
		return err
	}
	orders := slices.DeleteFunc(slices.Clone(promised), func(p promise) bool { return p.Order == "" })
	var own outcome
	own.judge(orders, stored, 0)
	if own.lost+own.doubled > 0 {
		return fmt.Errorf("%d of %d promises are lost: %v", own.lost, len(orders), own.problems)
	}
	return nil
}

// TestTerminalPowerCuts: what a terminal has told (orders taken and changed, tickets that came out)
// survives a power cut at any moment.
func TestTerminalPowerCuts(t *testing.T) {
	t.Parallel()
	needStrace(t)
	p, random := powerPlans(t), seeded(t)
	s := newStage(t, 1, 0)
	s.start(s.hub)
	counter := s.terminals[0]
	data := filepath.Join(t.TempDir(), "terminal")
	counter.args = append(counter.args, "--data", data)
	menu, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var all outcome
	var last *recording
	for life := range p.lives {
		failures := make(chan error, 1)
		last = s.during(counter, data, terminalSaid, func() {
			var till sync.WaitGroup
			till.Go(func() {
				own := rand.New(rand.NewPCG(random.Uint64(), 0))
				_, err := s.atCounter(s.t.Context(), own, menu, counter, fmt.Sprintf("P%d", life), p.orders/4, 0)
				failures <- err
			})
			s.rush(random, life, p.orders)
			till.Wait()
			if err := <-failures; err != nil {
				t.Error(err)
			}
			s.level(time.Minute, fmt.Sprintf("FIN%d", life))
		})
		all.add(last.cut(t, random, last.cuts(random, p.cuts), nil, readStore, s.terminalOpens))
	}
	all.mustBeWhole(t, fmt.Sprintf("power cuts of the terminal, %d recordings", p.lives))
	last.controls(t, random, last.cuts(random, p.cuts), readStore)
}

// readStore opens the terminal's file as the terminal does.
func readStore(dir string, promised []promise, o *outcome) (err error) {
	file, err := store.Open(filepath.Join(dir, "terminal.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return file.View(func(tx terminal.Tx) error {
		references := map[string]int{}
		err := tx.EachOrder(func(stored order.Order) error {
			if references[stored.Reference]++; references[stored.Reference] == 2 {
				o.doubled++
				o.problem("the order %s is there twice", stored.Reference)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, p := range promised {
			kept, err := inStore(tx, p)
			if err != nil {
				return err
			}
			if kept {
				o.found++
				continue
			}
			o.lost++
			o.problem("promised %+v, which is not there", p)
		}
		return nil
	})
}

// inStore looks for a promise: an order is what the hub confirmed and what waits for it together.
func inStore(tx terminal.Tx, p promise) (bool, error) {
	if p.job != "" {
		job, found, err := tx.Job(p.job)
		return found && (job.State == p.state || !p.state.Ended()), err
	}
	stored, _, err := tx.Order(p.Order)
	if err != nil {
		return false, err
	}
	pending, err := tx.PendingOf(p.Order)
	if err != nil {
		return false, err
	}
	commands := commandsOf(stored)
	for _, waiting := range pending {
		commands = append(commands, waiting.Command.ID)
		if waiting.Command.Order != nil {
			stored.ID = waiting.Command.Order.ID
		}
	}
	if len(pending) > 0 {
		p.Status, p.Cancelled = "", false // what waits is not in the status yet
	}
	return p.kept(stored, commands), nil
}

// terminalOpens starts the real terminal on an image, and lets it come level with the hub: it keeps
// what it finds.
func (s *stage) terminalOpens(dir string, promised []promise, _ *outcome) error {
	p := newProcess(s.t, "terminal on an image", "terminal", s.terminals[0].config, "--headless", "--data", dir, "--hub", s.url)
	s.startOnline(p)
	p.kill()
	var own outcome
	if err := readStore(dir, promised, &own); err != nil {
		return err
	}
	if own.lost+own.doubled > 0 {
		return fmt.Errorf("%d of %d promises are lost: %v", own.lost, len(promised), own.problems)
	}
	return nil
}
