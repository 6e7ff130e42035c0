package terminal_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// pages makes a full resync of these orders, in pages of one.
func pages(epoch string, orders ...order.Order) []terminal.Changes {
	var all []terminal.Changes
	for i, o := range orders {
		all = append(all, terminal.Changes{
			Location: "plateau", Orders: []order.Order{o}, Cursor: terminal.Cursor{Epoch: epoch, Sequence: uint64(i + 1)}, Full: true, First: i == 0, More: true,
		})
	}
	return append(all, terminal.Changes{Location: "plateau", Cursor: terminal.Cursor{Epoch: epoch, Sequence: uint64(len(orders) + 1)}, Full: true, First: len(orders) == 0, Last: true})
}

// resync brings pages. Where the disk does not take one, the hub begins anew.
func (tl *till) resync(changes ...terminal.Changes) {
	tl.t.Helper()
	for i := range changes {
		next := changes[i : i+1]
		tl.ok(tl.insist(func() error {
			pages := next
			next = changes[:i+1]
			for _, c := range pages {
				if err := tl.service.Apply(c); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func (tl *till) held() []terminal.Held {
	tl.t.Helper()
	held, err := tl.service.Doubts(func(terminal.Doubt) bool { return false }, 100)
	tl.ok(err)
	return held
}

func sameIDs(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// After the hub's log was rolled back, all that may be lost is asked for: what is open, what ended
// a short time ago, and nothing else. What the hub lacks is offered, and stays here until it has it.
func TestLostByHub(t *testing.T) {
	tl, h := alone(t)
	finish := func(id string) {
		h.meet(tl)
		tl.do(id, order.MarkReady)
		tl.do(id, order.HandOver)
		h.meet(tl)
	}
	old := h.comes(nil)
	finish(old)
	for _, c := range []*clock{tl.clock, h.clock} {
		c.add(8 * day)
	}
	tl.service.Tick() // its commands are no recent ones any more
	known, ended, open, sold := h.comes(nil), h.comes(nil), h.comes(nil), tl.sell(1, 0).ID
	finish(ended)
	unreadable := h.comes(nil)
	h.meet(tl)

	changes := pages("two", h.orders[known])
	changes[0].Unreadable = []string{unreadable}
	tl.resync(changes...)
	sameIDs(t, "in doubt", tl.service.Doubted(), ended, open, sold)
	sameIDs(t, "lost", tl.service.Lost())
	tl.restart() // a power cut forgets none of it
	if held := tl.held(); len(held) != 3 || held[0].Offer || held[0].Order.ID != "" {
		t.Fatalf("asked: %+v", held)
	}
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Missing: []string{ended, open, sold}}))
	sameIDs(t, "lost", tl.service.Lost(), ended, open, sold)
	for _, o := range tl.held() {
		if !o.Offer || o.Order.Revision != h.orders[o.OrderID].Revision || len(o.Order.History) != len(h.orders[o.OrderID].History) {
			t.Errorf("offered: %+v, want the whole order", o)
		}
	}
	for _, id := range []string{ended, open, sold} {
		if got := tl.order(id); got.Status != h.orders[id].Status {
			t.Errorf("meanwhile %s is shown as %q", id, got.Status)
		}
	}
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Missing: []string{open}})) // it would not have it
	sameIDs(t, "lost", tl.service.Lost(), ended, open, sold)
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{h.orders[ended], h.orders[open]}}))
	// another terminal was faster with the last one: it comes as a change
	tl.ok(tl.service.Apply(terminal.Changes{Location: "plateau", Orders: []order.Order{later(h, sold)}, Cursor: terminal.Cursor{Epoch: "two", Sequence: 9}}))
	sameIDs(t, "in doubt at the end", tl.service.Doubted())
	if n := len(tl.pending()); n != 0 {
		t.Errorf("%d commands are pending", n)
	}
}

// later is the order after one more command at the hub.
func later(h *hub, id string) order.Order {
	h.must(id, order.Command{Type: order.MarkReady})
	return h.orders[id]
}

// The hub went on with an order before this terminal was back: it gets the commands that it lacks
// again, each under its id, in their order, before those that are new.
func TestWentOnDifferently(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	backup := h.orders[id]
	tl.do(id, order.Start)
	tl.do(id, order.MarkReady)
	tl.one("grill")
	h.meet(tl)
	tl.do(id, order.HandOver) // while the hub is away
	next, err := order.Apply(backup, order.Command{ID: commandID(), Type: order.Delay, Minutes: 10, By: "demo"}, order.OwnPolicy(), h.clock.Now())
	tl.ok(err)
	h.orders[id] = next
	tl.resync(pages("two", next)...)
	sameIDs(t, "in doubt", tl.service.Doubted())
	var types []order.CommandType
	for _, p := range tl.pending() {
		types = append(types, p.Command.Type)
	}
	if want := []order.CommandType{order.Start, order.MarkReady, order.Printed, order.HandOver}; !slices.Equal(types, want) {
		t.Fatalf("pending: %v, want %v", types, want)
	}
	delayed := next.History[len(next.History)-1].Command
	if got := tl.order(id); got.Status != order.Completed || !got.Applied(delayed) {
		t.Errorf("it shows %s, delayed: %v", got.Status, got.Applied(delayed))
	}
	tl.none("grill") // its paper is not forgotten
	h.epoch, h.head, h.cursors[tl.name] = "two", 2, terminal.Cursor{Epoch: "two", Sequence: 2}
	h.meet(tl)
	if got := h.orders[id]; got.Status != order.Completed || !got.Applied(delayed) || len(got.Printed) == 0 {
		t.Errorf("the hub has %s, delayed: %v, paper %v", got.Status, got.Applied(delayed), got.Printed)
	}
}

// A resync that is cut off begins anew, and with it what has been seen.
func TestResyncCutOff(t *testing.T) {
	tl, h := alone(t)
	a, b := h.comes(nil), h.comes(nil)
	h.meet(tl)
	tl.resync(pages("two", h.orders[a], h.orders[b])[:1]...)
	tl.resync(pages("three", h.orders[b])...)
	sameIDs(t, "in doubt", tl.service.Doubted(), a)
}

// Below the horizon the log is the same: what ended here is known to have ended, and only what is
// open or has a command is asked for.
func TestBelowTheHorizon(t *testing.T) {
	tl, h := alone(t)
	ended, open := h.comes(nil), h.comes(nil)
	h.meet(tl)
	h.must(ended, order.Command{Type: order.MarkReady})
	h.must(ended, order.Command{Type: order.HandOver})
	h.meet(tl)
	h.must(open, order.Command{Type: order.MarkReady})
	h.must(open, order.Command{Type: order.HandOver})
	changes := pages("one")
	changes[0].Cursor.Sequence = 1000
	tl.resync(changes...)
	sameIDs(t, "in doubt", tl.service.Doubted(), open)
	if held := tl.held(); len(held) != 1 || held[0].Offer {
		t.Errorf("asked: %+v", held)
	}
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{h.orders[open]}}))
	if got := tl.order(open); got.Status != order.Completed || len(tl.service.Orders()) != 0 || len(tl.service.Doubted()) != 0 {
		t.Errorf("it is %s; %d are active, in doubt: %q", got.Status, len(tl.service.Orders()), tl.service.Doubted())
	}
}

// A command whose order the hub does not know is kept, and the order asked for.
func TestUnknownOrder(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.MarkReady)
	command := tl.pending()[0].Command.ID
	for range 2 {
		if kept, err := tl.service.Unknown(command); err != nil || !kept {
			t.Fatalf("kept: %v, error %v", kept, err)
		}
	}
	sameIDs(t, "in doubt", tl.service.Doubted(), id)
	if len(tl.pending()) != 1 {
		t.Error("the command is gone")
	}
	if kept, err := tl.service.Unknown("no such command"); err != nil || kept {
		t.Errorf("kept: %v, error %v", kept, err)
	}
	// nothing is confirmed of an order that the hub never had: there is nothing to offer
	sold := tl.sell(1, 0)
	if kept, err := tl.service.Unknown(tl.pending()[1].Command.ID); err != nil || kept {
		t.Errorf("%s kept: %v, error %v", sold.ID, kept, err)
	}
}

// What the hub has confirmed is kept for a week, and no longer.
func TestRecentCommands(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.Start)
	h.meet(tl)
	recent := func() (n int) {
		tl.ok(tl.disk.View(func(tx terminal.Tx) error {
			list, err := tx.RecentOf(id)
			n = len(list)
			return err
		}))
		return n
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {6 * day, 1}, {day + time.Minute, 0}} {
		tl.clock.add(step.after)
		tl.service.Tick()
		if got := recent(); got != step.want {
			t.Errorf("after %v more there are %d, want %d", step.after, got, step.want)
		}
	}
}

// Data that were put back, or salvaged, do not say which log the hub had: what ended a short time ago
// is asked for as well.
func TestRestoredAsksForAll(t *testing.T) {
	tl, h := alone(t)
	ended := h.comes(nil)
	h.meet(tl)
	tl.do(ended, order.MarkReady)
	tl.do(ended, order.HandOver)
	h.meet(tl)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		return errors.Join(tx.PutSalvage(terminal.Salvage{At: tl.clock.Now(), Restored: true, Doubt: true}), tx.PutCursor("plateau", terminal.Cursor{}))
	}))
	tl.restart()
	tl.resync(pages("two")...)
	sameIDs(t, "in doubt", tl.service.Doubted(), ended)
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{h.orders[ended]}}))
	tl.resync(pages("three")...) // the log of before is known by now
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{h.orders[ended]}}))
	tl.resync(pages("three")...)
	sameIDs(t, "in doubt at the end", tl.service.Doubted())
}

// A command that waits, and that the order has already, waits no longer once the hub tells the order
// again: after a restore nothing changes any more that would end its wait.
func TestWaitsForNothing(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.MarkReady)
	command := tl.pending()[0]
	h.meet(tl)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		_, err := tx.AddPending(command.Location, command.Command)
		return err
	}))
	tl.restart()
	tl.resync(pages("two", h.orders[id])...)
	if pending := tl.pending(); len(pending) != 0 {
		t.Errorf("%d commands wait: %+v", len(pending), pending)
	}
}

// A ticket that comes out once more because its job is lost is the copy that the hub knows of.
func TestPrintedAgainWaitsForNothing(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.one("grill")
	h.meet(tl)
	jobs, err := tl.service.Tickets(id)
	tl.ok(err)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		for _, j := range jobs {
			if err := tx.RemoveJob(j.Key); err != nil {
				return err
			}
		}
		now := tl.clock.Now()
		return tx.PutSalvage(terminal.Salvage{At: now, Until: now, Doubt: true})
	}))
	tl.restart()
	if again := tl.one("grill"); again.Heading != terminal.HeadingDuplicate {
		t.Errorf("it comes again, headed %q", again.Heading)
	}
	if pending := tl.pending(); len(pending) != 0 {
		t.Errorf("%d commands wait: %+v", len(pending), pending)
	}
}

// A command that the order here has already, and that waits all the same, as after damage: the order
// itself ends that, and nothing is said to wait any more.
func TestWaitsThoughTheHubHasIt(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.Start)
	command := tl.pending()[0].Command
	h.meet(tl)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		_, err := tx.AddPending("plateau", command)
		return err
	}))
	tl.restart()
	sameIDs(t, "waiting", tl.service.Unsent(), id)
	tl.resync(pages("one", h.orders[id])...)
	sameIDs(t, "waiting", tl.service.Unsent())
	if waits := tl.pending(); len(waits) > 0 {
		t.Errorf("%+v are pending", waits)
	}
}
