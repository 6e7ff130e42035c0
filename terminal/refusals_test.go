package terminal_test

import (
	"encoding/json"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// A refusal is kept over restarts until somebody has read it, and for two days after that; what
// needs no word is not kept.
func TestRefusalIsKept(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.Start)
	tl.do(id, order.MarkReady)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.hear(tl, 10, false)
	check := func(want ...bool) {
		t.Helper()
		got := tl.service.Refusals()
		if len(got) != len(want) {
			t.Fatalf("%d are kept, want %d", len(got), len(want))
		}
		for i, r := range got {
			if r.Read != want[i] || r.Command.OrderID != id || r.Cause != order.AlreadyCancelled {
				t.Errorf("kept %+v, want read %t", r, want[i])
			}
		}
	}
	check(false, false)
	tl.restart()
	check(false, false)
	tl.clock.add(72 * time.Hour)
	tl.ok(tl.service.RefusalRead("another"))
	check(false, false)
	tl.ok(tl.service.RefusalRead(id))
	tl.restart()
	check() // they are older than two days already
}

// FuzzApply stores whatever order a hub may send: no panic, and the terminal starts again with it.
func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"id":"o","location":"plateau","revision":1}`))
	f.Add([]byte(`{"id":"o","location":"plateau","revision":2,"status":"accepted","kitchenVersion":1,"lines":[{"id":"1","name":"x","quantity":-1,"cancelled":5}],"fulfillment":{"type":"none"}}`))
	f.Add([]byte(`{"id":"o","location":"nowhere","revision":-1,"status":"?","history":[{"what":"accepted"}],"tickets":[{"station":"grill"}],"printed":{"grill":{}}}`))
	f.Add([]byte(`{"id":"o","location":"plateau","revision":9,"status":"completed","reason":"?","completedAt":"9999-12-31T23:59:59Z","transactions":[{"kind":"?","amount":-1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var o order.Order
		if json.Unmarshal(data, &o) != nil || o.ID == "" {
			t.Skip() // the client sets it aside, and says so
		}
		tl, _ := alone(t)
		if err := tl.service.Apply(terminal.Changes{Location: "plateau", Orders: []order.Order{o}, Cursor: terminal.Cursor{Epoch: "e", Sequence: 1}}); err != nil {
			t.Skip() // refused as a whole: the link says so
		}
		tl.service.Tick()
		tl.print("grill")
		tl.restart()
	})
}

// An order was taken at the counter by a version that took more than this one. The hub's refusal ends
// its wait: an error would drop the connection, and the next, for ever.
func TestRefusedOrderThatIsNoneHere(t *testing.T) {
	tl, _ := alone(t)
	place := order.Command{ID: commandID(), Type: order.Place, OrderID: "o1", By: tl.name, Order: &order.Order{
		ID: "o1", Location: "plateau", Currency: "CAD", Fulfillment: order.Fulfillment{Type: "by drone"},
	}}
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		_, err := tx.AddPending("plateau", place)
		return err
	}))
	tl.restart()
	tl.ok(tl.service.Refused(place.ID, &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "fulfillment.type"}))
	if n := len(tl.pending()); n != 0 {
		t.Errorf("%d commands wait", n)
	}
	if refusals := tl.service.Refusals(); len(refusals) != 1 || refusals[0].Command.ID != place.ID {
		t.Errorf("told %+v", refusals)
	}
}
