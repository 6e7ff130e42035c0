package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
)

// ten is when most of these tests happen.
var ten = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func clock(t rapid.TB, hhmm string) time.Time {
	t.Helper()
	at, err := time.Parse("15:04:05", hhmm)
	if err != nil {
		if at, err = time.Parse("15:04", hhmm); err != nil {
			t.Fatal(err)
		}
	}
	return time.Date(2026, 11, 23, at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

// supper is a draft as a platform's adapter makes it.
func supper() order.Order {
	return order.Order{
		ID: order.Identity("demo", "1"), Location: "plateau", Channel: "DoorDash", Connection: "demo",
		Reference: "1", Number: "A1", Currency: "CAD", PlacedAt: ten, PreparationMinutes: 20,
		AcceptBy:    ten.Add(3 * time.Minute),
		Fulfillment: order.Fulfillment{Type: order.Delivery, PromisedAt: ten.Add(30 * time.Minute)},
		Lines: []order.Line{
			{Name: "Burger façon Comptoir", PLU: "BRG-01", Category: "Burgers", Station: "grill", Quantity: 2, UnitPrice: 1450},
			{
				Name: "Café crème", PLU: "BOI-01", Category: "Boissons", Station: "bar", Quantity: 1, UnitPrice: 350,
				Modifiers: []order.Modifier{{Name: "Lait d'avoine", Quantity: 1, UnitPrice: 75}},
			},
		},
		Totals:       order.Totals{Subtotal: 3325, Tax: 498, Total: 3823},
		Transactions: []order.Transaction{{ID: "p1", Kind: order.Payment, Method: order.Platform, Amount: 3823}},
	}
}

// own is a draft of the own shop, which allows everything.
func own(kind order.FulfillmentType) order.Order {
	o := supper()
	o.Connection, o.Channel, o.AcceptBy = "", "Comptoir", time.Time{}
	o.Fulfillment.Type = kind
	o.Transactions = []order.Transaction{{ID: "p1", Kind: order.Payment, Method: order.Cash, Amount: 3823}}
	return o
}

// must applies commands one after the other, each with an id of its own.
func must(t rapid.TB, o order.Order, now time.Time, commands ...order.Command) order.Order {
	t.Helper()
	for _, c := range commands {
		if c.ID == "" {
			c.ID = fmt.Sprintf("%s %s %d", c.Type, now.Format(time.TimeOnly), o.Revision)
		}
		next, err := order.Apply(o, c, order.OwnPolicy(), now)
		if err != nil {
			t.Fatalf("%s: %v", c.Type, err)
		}
		o = next
	}
	return o
}

func place(draft order.Order) order.Command {
	return order.Command{ID: "place", Type: order.Place, Order: &draft}
}

func do(t order.CommandType) order.Command { return order.Command{Type: t} }

func items(line string, quantity int) []order.ItemQuantity {
	return []order.ItemQuantity{{Line: line, Quantity: quantity}}
}

// refused wants the cause; "" wants success.
func refused(t *testing.T, err error, want order.Cause) {
	t.Helper()
	if got := order.CauseOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func encode(t rapid.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// check returns what is wrong with an order that Apply gave, whatever came before.
func check(o order.Order) error {
	for _, l := range o.Lines {
		if l.Fulfilled < 0 || l.Cancelled < 0 || l.Fulfilled+l.Cancelled > l.Quantity || l.Quantity < 1 {
			return fmt.Errorf("line %s: ordered %d, fulfilled %d, cancelled %d", l.ID, l.Quantity, l.Fulfilled, l.Cancelled)
		}
		if l.Remaining() != l.Ordered()-l.Fulfilled {
			return fmt.Errorf("line %s: %d of %d remain", l.ID, l.Remaining(), l.Ordered())
		}
		if !o.Status.Open() && o.Status == order.Completed && o.Reason != order.CancelledByPartner && l.Remaining() > 0 {
			return fmt.Errorf("line %s remains of an order that is %s", l.ID, o.Reason)
		}
	}
	if o.Refunded() < 0 || o.Refunded() > o.Captured() {
		return fmt.Errorf("refunded %d of %d", o.Refunded(), o.Captured())
	}
	if int(o.Revision) != len(o.History) {
		return fmt.Errorf("revision %d with %d entries", o.Revision, len(o.History))
	}
	if o.Status.Open() != (o.Reason == "") || o.Status.Open() != o.CompletedAt.IsZero() {
		return fmt.Errorf("%s with reason %q, completed at %v", o.Status, o.Reason, o.CompletedAt)
	}
	if o.Bags < 0 || o.Bags > order.MaxBags {
		return fmt.Errorf("%d bags", o.Bags)
	}
	if o.Status == order.New && o.KitchenVersion != 0 || o.Status.InKitchen() && o.KitchenVersion < 1 {
		return fmt.Errorf("%s at kitchen version %d", o.Status, o.KitchenVersion)
	}
	return roundTrip(o)
}

func decode(data []byte, o *order.Order) error { return json.Unmarshal(data, o) }

func roundTrip(o order.Order) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	// the contract has lists here, and scripts walk them
	for _, list := range []string{"lines", "transactions", "tickets", "history", "modifiers"} {
		if strings.Contains(string(data), `"`+list+`":null`) {
			return errors.New(list + " is null in JSON")
		}
	}
	var same order.Order
	if err := json.Unmarshal(data, &same); err != nil {
		return err
	}
	again, err := json.Marshal(same)
	if err != nil {
		return err
	}
	if string(again) != string(data) {
		return fmt.Errorf("JSON\n%s became\n%s", data, again)
	}
	return nil
}
