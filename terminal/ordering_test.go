package terminal_test

import (
	"testing"
	"time"

	"comptoir/menu"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

func (tl *till) ordering() terminal.OrderingView {
	tl.t.Helper()
	view, err := tl.service.Ordering("")
	tl.ok(err)
	return view
}

func pauseShop(minutes int) shop.Change {
	return shop.Change{Channels: []string{shop.OwnShop}, Pause: &shop.Span{ForMinutes: minutes}}
}

func (tl *till) pausedUntil() time.Time {
	channel, _ := tl.ordering().Held.Channel("")
	return channel.PausedUntil
}

// A change holds at once, survives a restart, goes to the hub, and stays in sight until the hub's
// own word is there.
func TestChangeOrderingOffline(t *testing.T) {
	tl, _ := alone(t)
	tl.ok(tl.service.ChangeOrdering("", pauseShop(30)))
	until := tl.clock.Now().Add(30 * time.Minute)
	if got := tl.pausedUntil(); !got.Equal(until) {
		t.Fatalf("paused until %v, want %v", got, until)
	}
	if events := tl.told(terminal.EventOrdering); len(events) != 1 || events[0].Location != tl.ordering().Location {
		t.Errorf("got events %+v", events)
	}
	tl.restart()
	pending := tl.service.PendingChanges()
	if len(pending) != 1 || pending[0].Change.ID == "" || pending[0].Change.By != "counter-1" || !pending[0].Change.Pause.Until.Equal(until) {
		t.Fatalf("after a restart %+v waits", pending)
	}
	if view := tl.ordering(); view.Unsent != 1 || !tl.pausedUntil().Equal(until) {
		t.Errorf("after a restart: %+v", view)
	}
	// the same again is one change
	tl.ok(tl.service.ChangeOrdering("", pending[0].Change))
	if n := len(tl.service.PendingChanges()); n != 1 {
		t.Errorf("%d changes wait", n)
	}
	told := terminal.OrderingTold{Location: pending[0].Location, Ordering: shop.Ordering{}.Apply(pending[0].Change), Reports: map[string]shop.Report{"x": {State: shop.Telling}}}
	tl.ok(tl.service.OrderingTold(told))
	tl.ok(tl.service.ChangeAnswered(pending[0].Change.ID, nil))
	if view := tl.ordering(); view.Unsent != 0 || !tl.pausedUntil().Equal(until) || view.Reports["x"].State != shop.Telling {
		t.Errorf("once the hub has it: %+v", view)
	}
	tl.restart()
	if !tl.pausedUntil().Equal(until) {
		t.Error("what the hub told is forgotten by a restart")
	}
	tl.clock.add(30 * time.Minute)
	if got := tl.pausedUntil(); !got.IsZero() {
		t.Errorf("after its end it is paused until %v", got)
	}
}

// What the hub will not have goes from the screen, which hears why.
func TestChangeOrderingRefused(t *testing.T) {
	tl, _ := alone(t)
	if err := tl.service.ChangeOrdering("", shop.Change{Channels: []string{"uber"}, Pause: &shop.Span{ForMinutes: 5}}); order.KindOf(err) != order.NotFound {
		t.Errorf("an unknown channel: %v", err)
	}
	if err := tl.service.ChangeOrdering("elsewhere", pauseShop(5)); order.KindOf(err) != order.NotFound {
		t.Errorf("an unknown location: %v", err)
	}
	tl.ok(tl.service.ChangeOrdering("", pauseShop(30)))
	id := tl.service.PendingChanges()[0].Change.ID
	tl.told(terminal.EventOrdering)
	refusal := &order.Error{Kind: order.NotFound, Cause: order.BadField}
	tl.ok(tl.service.ChangeAnswered(id, refusal))
	if got := tl.pausedUntil(); !got.IsZero() || tl.ordering().Unsent != 0 {
		t.Errorf("a refused pause holds until %v", got)
	}
	if events := tl.told(terminal.EventOrdering); len(events) != 1 || events[0].Change != id || events[0].Refused != refusal {
		t.Errorf("got events %+v", events)
	}
	tl.ok(tl.service.ChangeAnswered("unknown", nil))
	if events := tl.told(terminal.EventOrdering); len(events) != 0 {
		t.Errorf("an answer to nothing: %+v", events)
	}
}

// Changes are dated, and pauses end, by the service's clock, which is the hub's.
func TestOrderingByTheHubsClock(t *testing.T) {
	tl, _ := alone(t)
	tl.clock.add(2 * time.Hour)
	hubTime := tl.clock.Now()
	tl.ok(tl.service.ChangeOrdering("", pauseShop(30)))
	if c := tl.service.PendingChanges()[0].Change; !c.At.Equal(hubTime) || !c.Pause.Until.Equal(hubTime.Add(30*time.Minute)) {
		t.Errorf("got %+v, want it at %v", c, hubTime)
	}
	tl.clock.add(29 * time.Minute)
	if tl.pausedUntil().IsZero() {
		t.Error("the pause ended early")
	}
}

// Busy mode holds for the counter's own orders too, and what is off sale is marked.
func TestCounterWhileBusy(t *testing.T) {
	tl, _ := alone(t)
	quiet := tl.sell(1, 0).PreparationMinutes
	tl.ok(tl.service.ChangeOrdering("", shop.Change{Busy: &shop.BusyChange{Minutes: 15, Span: shop.Span{ForMinutes: 60}}}))
	if got := tl.sell(1, 0).PreparationMinutes; got != quiet+15 {
		t.Errorf("while busy an order takes %d minutes, want %d", got, quiet+15)
	}
	l := plateau()
	l.Menu.Items = []menu.Item{{PLU: "BRG-01", Name: "Burger", Category: "Burgers"}}
	tl.ok(tl.service.Locations([]shop.Location{l}))
	const item = "BRG-01"
	tl.ok(tl.service.ChangeOrdering("", shop.Change{Item: item, Stock: &shop.StockChange{Out: true}}))
	o := tl.sell(1, 1)
	for _, l := range o.Lines {
		if l.OutOfStock != (l.PLU == item) {
			t.Errorf("%s: out of stock is %v", l.PLU, l.OutOfStock)
		}
	}
}
