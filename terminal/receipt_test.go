package terminal_test

import (
	"errors"
	"slices"
	"testing"

	"comptoir/order"
	"comptoir/terminal"
)

// Receipts and bag tickets come out of the printer that was set up for them, on request, are not
// leased, and tell the hub nothing.
func TestPapersForTheCustomer(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(func(o *order.Order) {
		yes := true
		o.Utensils, o.Note = &yes, "sans oignon"
		o.Currency, o.Totals = "CAD", order.Totals{Subtotal: 2900, Tax: 434, Total: 3334}
	})
	h.meet(tl)
	if err := tl.service.PrintReceipt(id); !errors.Is(err, terminal.ErrNoPrinter) {
		t.Errorf("without a printer: %v", err)
	}
	for _, station := range []string{terminal.StationReceipts, terminal.StationBags} {
		tl.ok(tl.service.SetStation(station, terminal.StationSetup{Printer: "bar"}))
	}
	for _, station := range tl.service.Stations() {
		if station != "grill" && station != "bar" {
			t.Errorf("the hub is told of station %q", station)
		}
	}
	tl.print("grill")
	tl.print("bar")
	h.meet(tl)
	before := len(h.orders[id].Tickets)

	tl.ok(tl.service.PrintReceipt(id))
	receipt := tl.one("bar")
	if receipt.Kind != order.Receipt || receipt.Heading != terminal.HeadingNone || receipt.Shop != "Plateau" || receipt.Totals.Total != 3334 || receipt.Currency != "CAD" {
		t.Errorf("the receipt: %+v", receipt)
	}
	tl.restart()
	tl.ok(tl.service.PrintReceipt(id))
	if again := tl.one("bar"); again.Heading != terminal.HeadingCopy || again.FirstSent.IsZero() {
		t.Errorf("the second receipt: %q, first sent %v", again.Heading, again.FirstSent)
	}
	tl.ok(tl.service.PrintBag(id))
	if bag := tl.one("bar"); bag.Kind != order.Bag || bag.Note != "sans oignon" || bag.Utensils == nil || !*bag.Utensils || bag.Heading != terminal.HeadingNone {
		t.Errorf("the bag's: %+v", bag)
	}
	h.meet(tl)
	h.must(id, order.Command{Type: order.Pack, Bags: 2})
	h.meet(tl)
	tl.ok(tl.service.PrintBag(id))
	bags := tl.print("bar")
	if len(bags) != 2 {
		t.Fatalf("%d tickets for 2 bags", len(bags))
	}
	for i, heading := range []terminal.Heading{terminal.HeadingCopy, terminal.HeadingNone} { // the first bag has one already
		if bag := bags[i]; bag.Part != i+1 || bag.Parts != 2 || bag.Heading != heading {
			t.Errorf("bag %d of 2 is %d of %d, headed %q", i+1, bag.Part, bag.Parts, bag.Heading)
		}
	}
	h.meet(tl)
	if after := len(h.orders[id].Tickets); after != before {
		t.Errorf("the hub heard of %d tickets more", after-before)
	}
	if err := tl.service.PrintBag("nothing"); order.KindOf(err) != order.NotFound {
		t.Errorf("an unknown order: %v", err)
	}
}

// A receipt whose end is not known waits for somebody: nobody wants a second one by surprise.
func TestReceiptsAsk(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.print("grill")
	tl.print("bar")
	tl.ok(tl.service.SetStation(terminal.StationReceipts, terminal.StationSetup{Printer: "bar"}))
	tl.ok(tl.service.PrintReceipt(id))
	if _, found := tl.try("bar", terminal.Unknown); !found {
		t.Fatal("nothing was printed")
	}
	tl.none("bar")
	printers, err := tl.service.Printers()
	tl.ok(err)
	for _, p := range printers {
		if want := map[string]int{"bar": 1}[p.Setup.Name]; len(p.Unconfirmed) != want {
			t.Errorf("%s asks about %d tickets", p.Setup.Name, len(p.Unconfirmed))
		}
	}

	for _, p := range printers {
		for _, ticket := range p.Unconfirmed {
			tl.ok(tl.service.PrintAgain(ticket.Key))
		}
	}
	if again := tl.one("bar"); again.Heading != terminal.HeadingDuplicate {
		t.Errorf("printed again, it is headed %q", again.Heading)
	}
}

// The details show the newest ticket of each station: a copy that somebody asked for, once it is
// there, and never a job that came to nothing.
func TestNewestTickets(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	states := func() (said []string) {
		tickets, err := tl.service.Tickets(id)
		tl.ok(err)
		for _, j := range tickets {
			said = append(said, j.Station+" "+string(j.Kind)+" "+string(j.State)+" "+string(j.Heading))
		}
		return said
	}
	want := func(what string, said ...string) {
		t.Helper()
		if got := states(); !slices.Equal(got, said) {
			t.Errorf("%s: %q, want %q", what, got, said)
		}
	}
	want("accepted", "bar kitchen queued ", "grill kitchen queued ")
	tl.print("grill")
	want("one came out", "bar kitchen queued ", "grill kitchen sent ")
	tl.ok(tl.service.Reprint(id, "grill"))
	want("once more", "bar kitchen queued ", "grill kitchen queued copy")
	h.must(id, order.Command{Type: order.CancelItems})
	h.meet(tl)
	want("cancelled", "grill void queued ")
	if tickets, err := tl.service.Tickets("nothing"); err != nil || len(tickets) > 0 {
		t.Errorf("of an unknown order: %v, %v", tickets, err)
	}
}
