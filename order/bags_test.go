package order_test

import (
	"encoding/json"
	"testing"

	"comptoir/order"
)

func TestBags(t *testing.T) {
	p := order.OwnPolicy()
	accepted := func(kind order.FulfillmentType) order.Order {
		return must(t, order.Order{}, ten, place(own(kind)), do(order.Accept))
	}
	o := accepted(order.Delivery)
	if o.BagCount() != 1 {
		t.Errorf("%d bags before anybody counted", o.BagCount())
	}
	o = must(t, o, ten, order.Command{ID: "packed", Type: order.Pack, Bags: 3})
	o = must(t, o, ten, order.Command{ID: "ready", Type: order.MarkReady})
	if o.BagCount() != 3 {
		t.Errorf("ready changed the count to %d", o.BagCount())
	}
	o = must(t, o, ten, order.Command{ID: "recount", Type: order.Pack, Bags: 2}, do(order.HandOver))
	if last := o.History[len(o.History)-1]; o.BagCount() != 2 || last.Detail != "2" {
		t.Errorf("%d bags, and the hand-over says %q", o.BagCount(), last.Detail)
	}

	o = must(t, accepted(order.Pickup), ten, order.Command{Type: order.MarkReady, Bags: 2})
	if o.Bags != 2 || o.Status != order.Ready {
		t.Errorf("%d bags, %s", o.Bags, o.Status)
	}
	if o = must(t, accepted(order.Pickup), ten, do(order.MarkReady)); o.Bags != 0 {
		t.Errorf("a plain order has %d bags counted", o.Bags)
	}

	table := own(order.Counter)
	table.Fulfillment.Table = "6"
	eatIn := must(t, order.Order{}, ten, place(table), do(order.Accept))
	for _, tt := range []struct {
		name string
		o    order.Order
		c    order.Command
		want order.Cause
	}{
		{"no number", accepted(order.Pickup), order.Command{Type: order.Pack}, order.BadField},
		{"too many", accepted(order.Pickup), order.Command{Type: order.MarkReady, Bags: order.MaxBags + 1}, order.BadField},
		{"parcel", accepted(order.Shipment), order.Command{Type: order.Pack, Bags: 2}, order.WrongFulfillment},
		{"parcel, ready", accepted(order.Shipment), order.Command{Type: order.MarkReady, Bags: 2}, order.WrongFulfillment},
		{"at the table", eatIn, order.Command{Type: order.Pack, Bags: 2}, order.WrongFulfillment},
		{"not accepted", must(t, order.Order{}, ten, place(own(order.Pickup))), order.Command{Type: order.Pack, Bags: 2}, order.NotYetAccepted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.ID = "try"
			_, err := order.Apply(tt.o, tt.c, p, ten)
			refused(t, err, tt.want)
		})
	}
}

// What is new in an order is left out where it says nothing: older terminals and records read on.
func TestPlainOrdersReadAsBefore(t *testing.T) {
	o := must(t, order.Order{}, ten, place(own(order.Pickup)), do(order.Accept), do(order.MarkReady), do(order.HandOver))
	var keys map[string]any
	if err := json.Unmarshal([]byte(encode(t, o)), &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"bags", "pickupCode"} {
		if _, there := keys[key]; there {
			t.Errorf("%s is written of an order that has none", key)
		}
	}
	for _, entry := range keys["history"].([]any) {
		if _, there := entry.(map[string]any)["answer"]; there {
			t.Error("an entry has an answer to nothing")
		}
	}
}

func TestAnswersAreOfPlatforms(t *testing.T) {
	asked := must(t, order.Order{}, ten, place(supper()), order.Command{ID: "accept", Type: order.Accept})
	ours := must(t, order.Order{}, ten, place(own(order.Pickup)), order.Command{ID: "accept", Type: order.Accept})
	for _, tt := range []struct {
		name   string
		o      order.Order
		answer *order.Answer
		want   order.Cause
	}{
		{"taken", asked, &order.Answer{Command: "accept", Verdict: order.AnswerTaken}, ""},
		{"refused", asked, &order.Answer{Command: "accept", Verdict: order.AnswerRefused, Problem: "HTTP 422"}, ""},
		{"no answer", asked, nil, order.BadField},
		{"no verdict", asked, &order.Answer{Command: "accept"}, order.BadField},
		{"to nothing", asked, &order.Answer{Command: "other", Verdict: order.AnswerTaken}, order.BadField},
		{"to our own", ours, &order.Answer{Command: "accept", Verdict: order.AnswerTaken}, order.NotAPartner},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next, err := order.Apply(tt.o, order.Command{ID: "answer", Type: order.PartnerAnswered, Answer: tt.answer}, order.OwnPolicy(), ten)
			refused(t, err, tt.want)
			if err == nil && next.History[len(next.History)-1].Answer != *tt.answer {
				t.Errorf("kept %+v", next.History[len(next.History)-1].Answer)
			}
		})
	}
}
