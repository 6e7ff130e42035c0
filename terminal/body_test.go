package terminal_test

import (
	"bytes"
	"testing"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// body is what a ticket tells the cook to make: between the rules below its head and above its
// foot.
func body(t *testing.T, ticket terminal.Ticket) []byte {
	t.Helper()
	profile := escpos.Generic(48)
	printed, err := printer.Render(ticket, profile)
	if err != nil {
		t.Fatal(err)
	}
	rule := func(c string) []byte { return bytes.Repeat([]byte(c), profile.Columns) }
	from, to := bytes.LastIndex(printed, rule("=")), bytes.LastIndex(printed, rule("-"))
	if from < 0 || to < from {
		t.Fatalf("no body in %q", printed)
	}
	return printed[from+profile.Columns : to]
}

// The cook's part of a ticket is the same, byte for byte, whether the order came from a platform or
// was taken at the counter (capability C30).
func TestSameBodyOnlineAndAtTheCounter(t *testing.T) {
	tl, h := alone(t)
	ordered := []order.Line{
		{
			ID: "1", PLU: "BRG-01", Name: "Burger façon Comptoir", Category: "Burgers", Quantity: 2, UnitPrice: 1450, Kind: order.Physical,
			Modifiers: []order.Modifier{{Name: "sans oignon", Quantity: 1}, {Name: "bacon", Quantity: 2, Modifiers: []order.Modifier{{Name: "bien cuit", Quantity: 1}}}},
			Note:      "Allergie : arachides",
		},
		{ID: "2", Name: "Œuf 🍳 poché", Category: "Burgers", Quantity: 1, UnitPrice: 300, Kind: order.Physical, Note: "coulant"},
	}
	h.comes(func(o *order.Order) {
		o.Lines = append([]order.Line{}, ordered...)
		for i := range o.Lines {
			o.Lines[i].Station = "grill" // as the hub's router gives it
		}
	})
	h.meet(tl)
	online := tl.one("grill")
	_, err := tl.service.Place(order.Command{ID: commandID(), Order: &order.Order{Lines: append([]order.Line{}, ordered...)}})
	tl.ok(err)
	counter := tl.one("grill")
	if online.Channel == counter.Channel {
		t.Fatalf("both are of %q", online.Channel)
	}
	if a, b := body(t, online), body(t, counter); !bytes.Equal(a, b) || len(a) < 100 {
		t.Errorf("online  %q\ncounter %q", a, b)
	}
}
