package terminal_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

func TestViewIsConfirmedAndPending(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.told(terminal.EventOrder)

	// offline: the tap shows at once, and waits for the hub
	if got := tl.do(id, order.Start); got.Status != order.Preparing {
		t.Errorf("Do returned %s", got.Status)
	}
	if got := tl.order(id).Status; got != order.Preparing {
		t.Errorf("after the tap: %s", got)
	}
	if told := tl.told(terminal.EventOrder); len(told) != 1 || told[0].Order.Status != order.Preparing {
		t.Errorf("the screen was told %d times", len(told))
	}
	if n := len(tl.pending()); n != 1 {
		t.Fatalf("%d commands wait, want 1", n)
	}
	if got := tl.service.Unsent(); len(got) != 1 || got[0] != id {
		t.Errorf("unsent: %v", got)
	}
	tl.restart()
	if got := tl.service.Unsent(); len(got) != 1 || got[0] != id {
		t.Errorf("unsent after a restart: %v", got)
	}
	// the hub has it, but the order has not come back: nothing may fall back in between
	h.hear(tl, 10, false)
	if n := len(tl.pending()); n != 1 || tl.order(id).Status != order.Preparing {
		t.Errorf("%d commands wait, the order is %s", n, tl.order(id).Status)
	}
	h.send(tl, 10, false)
	if n := len(tl.pending()); n != 0 || tl.order(id).Status != order.Preparing {
		t.Errorf("%d commands wait, the order is %s", n, tl.order(id).Status)
	}
	tl.print("grill") // reports alone are no tap
	if got := tl.service.Unsent(); len(got) != 0 {
		t.Errorf("unsent: %v", got)
	}
	for len(tl.pending()) > 0 {
		h.meet(tl)
	}
	// the same taps again, by their ids, do nothing twice
	c := order.Command{ID: commandID(), Type: order.MarkReady, OrderID: id}
	for range 2 {
		if _, err := tl.service.Do(c); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(tl.pending()); n != 1 {
		t.Errorf("%d commands wait, want 1", n)
	}
}

func TestPendingCommandsStandOnTheNewestOrder(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.Start)
	h.change(id, lines(3, 0)) // the platform, meanwhile
	h.send(tl, 10, false)
	if o := tl.order(id); o.Status != order.Preparing || o.Lines[0].Quantity != 3 {
		t.Errorf("the view is %s with %s", o.Status, count("", o.Lines))
	}
	tl.restart()
	if o := tl.order(id); o.Status != order.Preparing || o.Lines[0].Quantity != 3 {
		t.Errorf("after a restart it is %s with %s", o.Status, count("", o.Lines))
	}
}

func TestWhatDoRefuses(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	for name, c := range map[string]struct {
		command order.Command
		want    order.Cause
	}{
		"not of a screen": {order.Command{Type: order.PartnerCancel, OrderID: id}, order.UnknownCommand},
		"no such order":   {order.Command{Type: order.Start, OrderID: "nothing"}, order.UnknownOrder},
		"not possible":    {order.Command{Type: order.HandOver, OrderID: id}, order.NotYetReady},
	} {
		if _, err := tl.service.Do(c.command); order.CauseOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if n := len(tl.pending()); n != 0 {
		t.Errorf("%d commands wait", n)
	}
}

func TestRefusedFallsBack(t *testing.T) {
	tl, h := alone(t)
	id := h.waits(nil, false)
	h.meet(tl)
	accept, err := tl.service.Do(order.Command{ID: commandID(), Type: order.Accept, OrderID: id})
	if err != nil || accept.KitchenVersion != 1 {
		t.Fatal(accept.KitchenVersion, err)
	}
	says(t, "kitchen! 2×Burger", tl.one("grill")) // the hub has not heard; the bar's is still waiting
	tl.told(terminal.EventOrder)

	h.refuse = func(c order.Command) bool { return c.Type == order.Accept }
	h.meet(tl)
	refused := tl.told(terminal.EventRefused)
	if len(refused) != 1 || refused[0].Command.Type != order.Accept || refused[0].Refused.Cause != order.OnPartnerOnly {
		t.Errorf("refused events: %+v", refused)
	}
	if got := tl.order(id).Status; got != order.New {
		t.Errorf("the view is %s, want new", got)
	}
	says(t, "void -2×Burger", tl.one("grill"))
	tl.none("bar")

	// accepted after all: the station needs it again, and it is no duplicate
	h.refuse = nil
	h.must(id, order.Command{Type: order.Accept, By: order.AutoAccept})
	h.meet(tl)
	says(t, "kitchen 2×Burger", tl.one("grill"))
	says(t, "kitchen 1×Café", tl.one("bar"))
	h.meet(tl)
	tl.none("grill")
}

// The first copy may be out; it was to be taken back, and then not.
func TestRefusedAndThenAccepted(t *testing.T) {
	tl, h := alone(t)
	id := h.waits(nil, false)
	h.meet(tl)
	tl.do(id, order.Accept)
	tl.try("grill", terminal.Unknown)
	h.refuse = func(c order.Command) bool { return c.Type == order.Accept }
	h.meet(tl)
	h.must(id, order.Command{Type: order.Accept, By: order.AutoAccept})
	h.meet(tl)
	says(t, "kitchen! 2×Burger", tl.print("grill")...)
}

// The void ticket may be out; what makes up for it must come after its duplicate.
func TestRefusedCancellation(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.one("grill")
	h.meet(tl)
	tl.clock.add(time.Minute)
	tl.do(id, order.CancelItems)
	tl.try("grill", terminal.Unknown)
	h.refuse = func(c order.Command) bool { return c.Type == order.CancelItems }
	h.meet(tl)
	says(t, "void! -2×Burger; kitchen 2×Burger", tl.print("grill")...)
}

// A correction must end: its version is below that of the paper it corrects.
func TestRefusedChangeIsTakenBackOnce(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	says(t, "kitchen 2×Burger", tl.one("grill"))
	h.meet(tl)
	_, err := tl.service.Do(order.Command{Type: order.CancelItems, OrderID: id, Items: []order.ItemQuantity{{Line: "b", Quantity: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	says(t, "changed! -1×Burger 1×Burger", tl.one("grill")) // the hub has not heard
	h.refuse = func(c order.Command) bool { return c.Type == order.CancelItems }
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	h.meet(tl)
	says(t, "changed! +1×Burger 1×Burger", tl.one("grill"))
	h.meet(tl)
	tl.none("grill")
	// and the next change starts from what the paper says
	h.change(id, lines(4, 1))
	h.meet(tl)
	says(t, "changed +2×Burger 2×Burger", tl.one("grill"))
}

func TestRefusedCounterOrder(t *testing.T) {
	tl, h := alone(t)
	id := tl.sell(1, 1).ID
	says(t, "kitchen 1×Burger", tl.one("grill"))
	h.refuse = func(c order.Command) bool { return c.Type == order.Place }
	h.meet(tl)
	if o := tl.order(id); o.Status != order.Rejected {
		t.Errorf("it is %q, want rejected", o.Status)
	}
	for _, o := range tl.service.Orders() {
		t.Errorf("the screen still shows %s as %s", o.Number, o.Status)
	}
	says(t, "void -1×Burger", tl.one("grill"))
	tl.none("bar")
	h.meet(tl)
	tl.none("grill")
}

func TestReplaysAndSkippedRevisions(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	first := h.page(terminal.Cursor{}, 10)
	h.change(id, lines(3, 1))
	h.must(id, order.Command{Type: order.Start, By: "counter-2"})
	second := h.page(terminal.Cursor{}, 10)
	for range 2 { // the first revisions were never seen
		tl.ok(tl.service.Apply(second))
	}
	tl.ok(tl.service.Apply(terminal.Changes{Location: "plateau", Orders: first.Orders, Cursor: second.Cursor}))
	if got := tl.order(id); got.Revision != second.Orders[0].Revision {
		t.Errorf("revision %d stands, want %d", got.Revision, second.Orders[0].Revision)
	}
	if told := tl.told(terminal.EventOrder); len(told) != 1 {
		t.Errorf("the screen was told %d times, want once", len(told))
	}
	says(t, "kitchen 3×Burger", tl.one("grill"))
	if got, want := states(tl.jobs(id)), "grill/2/kitchen sent, bar/2/kitchen queued"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
}

func TestFullResync(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	old := h.orders[id]
	h.must(id, order.Command{Type: order.Start, By: "counter-2"})
	h.meet(tl)
	before := cursorOf(t, tl)

	// the hub comes back from a backup
	cursor := terminal.Cursor{Epoch: "two", Sequence: 1}
	tl.ok(tl.service.Apply(terminal.Changes{Location: "plateau", Orders: []order.Order{old}, Cursor: cursor, Full: true, First: true}))
	if got := tl.order(id).Status; got != order.Preparing {
		t.Errorf("the view fell back to %s; the hub lacks what it was told", got)
	}
	if got := cursorOf(t, tl); got != before {
		t.Errorf("cursor %+v before the last page, want %+v", got, before)
	}
	cursor.Sequence = 2
	tl.ok(tl.service.Apply(terminal.Changes{Location: "plateau", Cursor: cursor, Full: true, Last: true}))
	if got := cursorOf(t, tl); got != cursor {
		t.Errorf("cursor %+v after the last page, want %+v", got, cursor)
	}
	// it is offered what it lacks, and what it says then stands
	held, err := tl.service.Doubts(func(terminal.Doubt) bool { return false }, 10)
	if err != nil || len(held) != 1 || !held[0].Offer || held[0].Order.Status != order.Preparing {
		t.Fatalf("offered: %+v, error %v", held, err)
	}
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{old}}))
	if got := tl.order(id).Status; got != order.Accepted || len(tl.service.Doubted()) > 0 {
		t.Errorf("the hub says accepted, the view %s; doubts: %q", got, tl.service.Doubted())
	}
}

// Paper that is newer than a hub from a backup is brought back, once.
func TestFullResyncBelowThePaper(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	old := h.orders[id]
	h.change(id, lines(3, 1))
	h.meet(tl)
	says(t, "kitchen 3×Burger", tl.one("grill"))
	h.meet(tl)
	tl.ok(tl.service.Apply(terminal.Changes{
		Location: "plateau", Orders: []order.Order{old}, Cursor: terminal.Cursor{Epoch: "two", Sequence: 1}, Full: true, First: true, Last: true,
	}))
	tl.none("grill") // the hub gets it again; unless it would not have it
	tl.ok(tl.service.Answered(terminal.Answer{Location: "plateau", Orders: []order.Order{old}}))
	says(t, "changed -1×Burger 2×Burger", tl.one("grill"))
}

func cursorOf(t *testing.T, tl *till) terminal.Cursor {
	t.Helper()
	cursors, err := tl.service.Cursors()
	if err != nil {
		t.Fatal(err)
	}
	return cursors["plateau"]
}

func TestCrashLeavesNothing(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	tl.told("")
	tl.disk.crash = true
	if err := tl.service.Apply(h.page(terminal.Cursor{}, 10)); !errors.Is(err, errCrash) {
		t.Fatalf("Apply: %v", err)
	}
	if _, err := tl.service.Place(order.Command{Order: &order.Order{Lines: lines(1, 0)}}); !errors.Is(err, errCrash) {
		t.Fatalf("Place: %v", err)
	}
	tl.disk.crash = false
	if len(tl.jobs(id)) > 0 || tl.order(id).ID != "" || cursorOf(t, tl) != (terminal.Cursor{}) || len(tl.pending()) > 0 {
		t.Error("something is on disk")
	}
	if len(tl.service.Orders()) > 0 || len(tl.told(terminal.EventOrder)) > 0 {
		t.Error("the screen heard of it")
	}
	h.send(tl, 10, false)
	if got, want := states(tl.jobs(id)), "grill/1/kitchen queued, bar/1/kitchen queued"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
	// a copy that could not be recorded has not begun
	tl.disk.crash = true
	next, _, _, _ := tl.service.Next("grill")
	if _, begun, err := tl.service.Begin("grill", next.Key); begun || !errors.Is(err, errCrash) {
		t.Errorf("Begin: %t, %v", begun, err)
	}
	tl.disk.crash = false
	says(t, "kitchen 2×Burger", tl.one("grill"))
}

func TestNoSettingsYet(t *testing.T) {
	h := newHub(t)
	tl := newTill(t, t.TempDir(), "counter-1", ten, &h.papers)
	defer tl.close()
	if _, err := tl.service.Place(order.Command{Order: &order.Order{Lines: lines(1, 0)}}); !errors.Is(err, terminal.ErrNoLocation) {
		t.Errorf("Place: %v, want ErrNoLocation", err)
	}
	bad := plateau()
	bad.TimeZone = "Mars/Olympus"
	if err := tl.service.Locations([]shop.Location{bad}); err == nil {
		t.Error("a zone that does not exist was taken")
	}
	tl.ok(tl.service.Locations([]shop.Location{plateau()}))
	tl.restart()
	if o := tl.sell(1, 0); o.Location != "plateau" {
		t.Errorf("placed at %q", o.Location)
	}
}

func TestLink(t *testing.T) {
	tl, _ := alone(t)
	tl.told("")
	tl.clock.add(5)
	tl.service.Link(true, "")
	tl.service.Link(true, "")
	tl.clock.add(5)
	tl.service.Link(true, "a warning")
	tl.service.Link(false, "gone")
	told := tl.told(terminal.EventLink)
	if len(told) != 3 || !told[0].Online || told[1].Reason != "a warning" || told[2].Online {
		t.Fatalf("told %+v", told)
	}
	if !told[1].Since.Equal(told[0].Since) || !reflect.DeepEqual(tl.service.LinkState(), told[2]) {
		t.Errorf("since %v, then %v; now %+v", told[0].Since, told[1].Since, tl.service.LinkState())
	}
}

// For the race detector: screen, sync and two printers at once.
func TestManyAtOnce(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	page := h.page(terminal.Cursor{}, 10)
	var all sync.WaitGroup
	all.Go(func() {
		if err := tl.service.Apply(page); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		all.Go(func() {
			if _, err := tl.service.Place(order.Command{Order: &order.Order{Lines: lines(1, 1)}}); err != nil {
				t.Error(err)
			}
			tl.service.Tick()
			tl.service.Orders()
			_, err := tl.service.Stranded()
			tl.ok(err)
			tl.service.Link(true, "")
		})
	}
	for _, printer := range []string{"grill", "bar"} {
		all.Go(func() {
			for range 3 {
				next, found, _, err := tl.service.Next(printer)
				if err != nil || !found {
					continue
				}
				if _, ok, err := tl.service.Begin(printer, next.Key); ok && err == nil {
					err = tl.service.Finish(printer, next.Key, terminal.Sent, "")
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if tl.order(id).ID == "" || len(tl.service.Orders()) != 3 {
		t.Errorf("%d orders, want 3", len(tl.service.Orders()))
	}
}
