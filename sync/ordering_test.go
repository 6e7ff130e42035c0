package sync_test

import (
	"testing"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
)

func ordering(maximum int) wire.Ordering {
	return wire.Ordering{
		Location: "paris", Ordering: shop.Ordering{Maximum: shop.Field[int]{Value: maximum, Change: "x"}},
		Reports: map[string]shop.Report{"dd": {State: shop.Told}},
	}
}

// change is the terminal's next change; anything but a cursor before it is wrong.
func (p *peer) change() wire.Change {
	p.t.Helper()
	for {
		frame := receive(p.t, "change", p.frames)
		if frame.Change != nil {
			return *frame.Change
		}
		if frame.Command != nil {
			p.t.Fatalf("got the command %s, want a change", frame.Command.ID)
		}
	}
}

// Orderings reach the replica, and each pending change the hub: once over each connection, until
// it is answered.
func TestOrderings(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.change("one")
	client := start(t, h, r)
	p := h.peer(t)
	if !p.hello().Orderings {
		t.Error("the hello does not say that orderings are known")
	}
	p.send(wire.FromHub{Welcome: &wire.Welcome{Version: wire.Version, Orderings: []wire.Ordering{ordering(1)}}})
	if got := receive(t, "ordering", r.told); got.Location != "paris" || got.Ordering.Maximum.Value != 1 || got.Reports["dd"].State != shop.Told {
		t.Errorf("the welcome told %+v", got)
	}
	told := ordering(2)
	p.send(wire.FromHub{Ordering: &told})
	if got := receive(t, "ordering", r.told); got.Ordering.Maximum.Value != 2 {
		t.Errorf("the frame told %+v", got)
	}
	if c := p.change(); c.Location != "paris" || c.Change.ID != "one" || *c.Change.Maximum != 3 {
		t.Errorf("got %+v", c)
	}
	r.change("two")
	client.Wake()
	if c := p.change(); c.Change.ID != "two" { // and not the first one again
		t.Errorf("got %+v", c)
	}
	p.send(wire.FromHub{Result: &wire.Result{Command: "one"}})
	if got := receive(t, "answer", r.answered); got.command != "one" || got.refused != nil {
		t.Errorf("got %+v", got)
	}
	p.cut()
	p = h.peer(t)
	p.hello()
	p.send(wire.FromHub{Welcome: &wire.Welcome{Version: wire.Version, Orderings: []wire.Ordering{ordering(1)}}})
	if c := p.change(); c.Change.ID != "two" {
		t.Errorf("after a cut: got %+v", c)
	}
	p.send(wire.FromHub{Result: &wire.Result{Command: "two", Refused: &wire.Refusal{Kind: order.NotFound, Cause: order.BadField}}})
	if got := receive(t, "answer", r.answered); got.command != "two" || got.refused == nil || got.refused.Kind != order.NotFound {
		t.Errorf("got %+v", got)
	}
	if len(r.accepted)+len(r.refused) > 0 {
		t.Error("an answer to a change was taken for one to a command")
	}
}

// A hub that tells no orderings would not understand a change, and drop the connection.
func TestOlderHub(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.change("one")
	r.add(1, 1)
	client := start(t, h, r)
	p := h.welcomed(t)
	if got := p.command(); got.ID != id(1) {
		t.Fatalf("got %s", got.ID)
	}
	client.Wake()
	r.add(2, 2)
	client.Wake()
	if got := p.command(); got.ID != id(2) { // a change before it would fail the test
		t.Fatalf("got %s", got.ID)
	}
	if len(r.told) != 0 {
		t.Errorf("told %+v", <-r.told)
	}
}
