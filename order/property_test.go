package order_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
)

var stations = []string{"grill", "bar", ""}

func drawModifiers(t *rapid.T, depth int) []order.Modifier {
	var modifiers []order.Modifier
	for range rapid.IntRange(0, 2).Draw(t, "modifiers") {
		m := order.Modifier{
			Name:     rapid.SampledFrom([]string{"Extra", "Sans oignon", "À point"}).Draw(t, "modifier"),
			Quantity: rapid.IntRange(1, 2).Draw(t, "times"), UnitPrice: 100,
		}
		if depth > 0 {
			m.Modifiers = drawModifiers(t, depth-1)
		}
		modifiers = append(modifiers, m)
	}
	return modifiers
}

func drawLines(t *rapid.T) []order.Line {
	var lines []order.Line
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		lines = append(lines, order.Line{
			ID:        rapid.SampledFrom([]string{"", "1", "2", "x"}).Draw(t, "line id"),
			Name:      rapid.SampledFrom([]string{"Burger", "Café", "Côte de bœuf"}).Draw(t, "name"),
			Station:   rapid.SampledFrom(stations).Draw(t, "station"),
			Quantity:  rapid.IntRange(1, 4).Draw(t, "quantity"),
			Fulfilled: rapid.IntRange(-1, 5).Draw(t, "claimed fulfilled"),
			Cancelled: rapid.IntRange(-1, 5).Draw(t, "claimed cancelled"),
			Kind:      rapid.SampledFrom([]order.LineKind{"", order.Physical, order.DigitalLine}).Draw(t, "kind"),
			Modifiers: drawModifiers(t, 1),
		})
	}
	return lines
}

func drawTime(t *rapid.T, label string) time.Time {
	minutes := rapid.SampledFrom([]int{-10_000_000, -120, -1, 0, 1, 25, 60, 600}).Draw(t, label)
	if rapid.Bool().Draw(t, "no "+label) {
		return time.Time{}
	}
	return ten.Add(time.Duration(minutes) * time.Minute).In(time.FixedZone("", -5*3600))
}

func drawOrder(t *rapid.T) order.Order {
	o := order.Order{
		ID: "one", Location: "plateau", Currency: "CAD",
		Connection: rapid.SampledFrom([]string{"", "demo"}).Draw(t, "connection"),
		Fulfillment: order.Fulfillment{
			Type: rapid.SampledFrom([]order.FulfillmentType{
				order.Pickup, order.Curbside, order.Delivery, order.Shipment, order.Counter, order.Digital,
			}).Draw(t, "fulfillment"),
			PromisedAt: drawTime(t, "promised"),
		},
		AcceptBy:           drawTime(t, "accept by"),
		PreparationMinutes: rapid.IntRange(0, 60).Draw(t, "preparation"),
		Lines:              drawLines(t),
		Totals:             order.Totals{Total: 1000},
		// what a draft may not set
		Revision: 7, Status: order.Ready, Reason: order.Shipped, KitchenVersion: 3, StartedAt: ten,
		Tickets: []order.Ticket{{Station: "grill"}}, Acknowledged: order.Alarms(),
		History: []order.Entry{{Command: "c3"}},
	}
	if rapid.Bool().Draw(t, "utensils") {
		yes := true
		o.Utensils, o.Courier = &yes, &order.Courier{Name: "Zoé"}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "payments") {
		o.Transactions = append(o.Transactions, order.Transaction{
			ID: fmt.Sprint("p", i), Kind: order.Payment, Method: order.Card,
			Amount: order.Money(rapid.IntRange(0, 2000).Draw(t, "paid")),
			Failed: rapid.IntRange(0, 4).Draw(t, "failed") == 0,
		})
	}
	return o
}

func allTypes() []order.CommandType {
	return append(order.ScreenCommands(), order.Place, order.AssignCourier, order.CourierMoved,
		order.PartnerCancel, order.PartnerChange, order.PartnerAnswered, order.Expire, order.Printed, "Juggle", "")
}

// drawCommand draws a command that may be right, wrong or senseless.
func drawCommand(t *rapid.T, o order.Order, kind order.CommandType, id string) order.Command {
	c := order.Command{
		ID: id, Type: kind, At: drawTime(t, "asked at"),
		By:      rapid.SampledFrom([]string{"", "counter-1", order.AutoAccept}).Draw(t, "by"),
		Minutes: rapid.SampledFrom([]int{0, 5, 1440, -1, 1441}).Draw(t, "minutes"),
		Reason:  rapid.SampledFrom(append(order.RejectReasons(), "", "because")).Draw(t, "reason"),
		Amount: rapid.SampledFrom([]order.Money{0, o.Refundable(), 1, -1, o.Refundable() + 1, order.MaxMoney}).
			Draw(t, "amount"),
		Method:  rapid.SampledFrom([]order.Method{"", order.Cash, "shells"}).Draw(t, "method"),
		Alarm:   rapid.SampledFrom(append(order.Alarms(), "", "fire")).Draw(t, "alarm"),
		Carrier: rapid.SampledFrom([]string{"", "Postes"}).Draw(t, "carrier"),
		Vehicle: rapid.SampledFrom([]string{"", "Civic"}).Draw(t, "vehicle"), Spot: "3",
		Bags: rapid.SampledFrom([]int{0, 1, 2, order.MaxBags, order.MaxBags + 1, -1}).Draw(t, "bags"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "items") {
		line := "nowhere"
		if i := rapid.IntRange(0, len(o.Lines)).Draw(t, "item"); i < len(o.Lines) {
			line = o.Lines[i].ID
		}
		c.Items = append(c.Items, order.ItemQuantity{Line: line, Quantity: rapid.IntRange(0, 4).Draw(t, "of it")})
	}
	if rapid.Bool().Draw(t, "with courier") {
		c.Courier = &order.Courier{Name: "Zoé", Stage: rapid.SampledFrom(append(order.CourierStages(), "", "arrived")).Draw(t, "stage")}
	}
	if rapid.Bool().Draw(t, "with answer") {
		c.Answer = &order.Answer{
			Command: rapid.SampledFrom(append([]order.Entry{{Command: "nothing"}}, o.History...)).Draw(t, "answered").Command,
			Verdict: rapid.SampledFrom([]order.Verdict{order.AnswerTaken, order.AnswerRefused, order.AnswerNone, "", "perhaps"}).Draw(t, "verdict"),
		}
	}
	if kind == order.Printed {
		c.Ticket = drawTicket(t)
		c.Lines = o.KitchenLines("grill")
	}
	if (kind == order.Place || kind == order.PartnerChange) && rapid.IntRange(0, 9).Draw(t, "with order") > 0 {
		draft := drawOrder(t)
		c.Order = &draft
	}
	return c
}

func drawTicket(t *rapid.T) *order.Ticket {
	return &order.Ticket{
		Station: rapid.SampledFrom([]string{"grill", "bar"}).Draw(t, "of station"),
		Kind:    rapid.SampledFrom([]order.TicketKind{order.Kitchen, order.Changed, order.Void}).Draw(t, "ticket"),
		State:   rapid.SampledFrom([]order.TicketState{order.TicketPrinted, order.TicketSent, order.TicketUnconfirmed}).Draw(t, "state"),
		Version: rapid.IntRange(1, 4).Draw(t, "version"),
	}
}

func drawPolicy(t *rapid.T) order.Policy {
	if rapid.Bool().Draw(t, "own policy") {
		return order.OwnPolicy()
	}
	return order.Policy{
		Accept: rapid.Bool().Draw(t, "may accept"), Reject: rapid.Bool().Draw(t, "may reject"),
		Delay: rapid.Bool().Draw(t, "may delay"), Cancel: rapid.Bool().Draw(t, "may cancel"),
		Refund: rapid.Bool().Draw(t, "may refund"),
	}
}

// walk drives one order through random commands and calls visit at each of its states.
func walk(t *rapid.T, visit func(o order.Order, applied []order.Command, p order.Policy, now time.Time)) {
	p, now := drawPolicy(t), ten
	var o order.Order
	var applied []order.Command
	for step := range rapid.IntRange(1, 25).Draw(t, "steps") {
		now = now.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second)
		kind := order.Place
		if step > 0 {
			kind = rapid.SampledFrom(allTypes()).Draw(t, "type")
		}
		c := drawCommand(t, o, kind, fmt.Sprint("c", step))
		if len(applied) > 0 && rapid.IntRange(0, 9).Draw(t, "again") == 0 {
			c.ID = rapid.SampledFrom(applied).Draw(t, "earlier").ID
		}
		next := apply(t, o, c, p, now)
		if next.Revision > o.Revision {
			applied = append(applied, c)
		}
		o = next
		if o.Revision > 0 {
			visit(o, applied, p, now)
		}
	}
}

// apply applies one command and checks everything that must hold of one step.
func apply(t *rapid.T, o order.Order, c order.Command, p order.Policy, now time.Time) order.Order {
	order0, command0 := encode(t, o), encode(t, c)
	next, err := order.Apply(o, c, p, now)
	if encode(t, o) != order0 || encode(t, c) != command0 {
		t.Fatalf("%s changed what it was given:\n%s\n%s", c.Type, order0, encode(t, o))
	}
	if err != nil {
		if _, ok := errors.AsType[*order.Error](err); !ok || order.KindOf(err) == "" {
			t.Fatalf("%s: %v is no *order.Error", c.Type, err)
		}
		if strings.HasPrefix(err.Error(), string(order.CauseOf(err))) {
			t.Errorf("%v has no sentence", err)
		}
	}
	if err != nil || o.Applied(c.ID) {
		if encode(t, next) != order0 {
			t.Fatalf("%s: %v, and yet the order changed", c.Type, err)
		}
		return next
	}
	if err := check(next); err != nil {
		t.Fatalf("after %s: %v", c.Type, err)
	}
	step(t, o, next, c)
	return next
}

var edges = map[order.Status][]order.Status{
	"":        {order.New},
	order.New: {order.Accepted, order.Rejected, order.Expired, order.Completed},
	// the platform's refusal of an acceptance may come when the kitchen has begun
	order.Accepted:  {order.Preparing, order.Ready, order.Completed, order.Expired},
	order.Preparing: {order.Ready, order.Completed, order.Expired},
	order.Ready:     {order.Completed, order.Expired},
}

// step checks how an order may differ from what it was.
func step(t *rapid.T, before, after order.Order, c order.Command) {
	if after.Status != before.Status && !slices.Contains(edges[before.Status], after.Status) {
		t.Fatalf("%s: %s became %s", c.Type, before.Status, after.Status)
	}
	if after.Revision != before.Revision+1 || len(after.History) != len(before.History)+1 {
		t.Fatalf("%s: revision %d became %d", c.Type, before.Revision, after.Revision)
	}
	if encode(t, after.History[:len(before.History)]) != encode(t, before.History) && len(before.History) > 0 {
		t.Fatalf("%s rewrote the history", c.Type)
	}
	if entry := after.History[len(after.History)-1]; entry.Command != c.ID || entry.What == "" || entry.At.Before(time.Unix(0, 0)) {
		t.Fatalf("%s left the entry %+v", c.Type, entry)
	}
	if c.Type != order.Place && !slices.Equal(after.Transactions[:len(before.Transactions)], before.Transactions) {
		t.Fatalf("%s rewrote the ledger", c.Type)
	}
	if before.Revision == 0 { // nothing to compare with
		return
	}
	accepted := before.Status == order.New && after.Status == order.Accepted
	cancelled := !before.Cancelled() && after.Cancelled()
	changed := !order.Difference(kitchen(before), kitchen(after)).Empty()
	rise := after.KitchenVersion - before.KitchenVersion
	switch {
	case rise != 0 && rise != 1:
		t.Fatalf("%s: kitchen version %d became %d", c.Type, before.KitchenVersion, after.KitchenVersion)
	case rise == 1 && !accepted && !changed && !cancelled:
		t.Fatalf("%s raised the kitchen version, but nothing changed", c.Type)
	case rise == 0 && (accepted || changed && before.KitchenVersion > 0):
		t.Fatalf("%s left the kitchen version at %d", c.Type, after.KitchenVersion)
	}
}

func kitchen(o order.Order) []order.Line {
	var lines []order.Line
	for _, station := range stations {
		lines = append(lines, o.KitchenLines(station)...)
	}
	return lines
}

// No commands, right or wrong, break what must hold of an order.
func TestApplyKeepsOrdersRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(order.Order, []order.Command, order.Policy, time.Time) {})
	})
}

// A command is applied once, whatever came in between.
func TestApplyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(o order.Order, applied []order.Command, p order.Policy, now time.Time) {
			for _, c := range applied {
				again, err := order.Apply(o, c, p, now.Add(time.Hour))
				if err != nil || encode(t, again) != encode(t, o) {
					t.Fatalf("%s again: %v", c.Type, err)
				}
			}
		})
	})
}

// Printed tells what happened: no state of an order refuses it.
func TestFactsAreNeverRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(o order.Order, _ []order.Command, p order.Policy, now time.Time) {
			c := order.Command{ID: "fact", Type: order.Printed, Ticket: drawTicket(t), Lines: o.KitchenLines("grill")}
			next := apply(t, o, c, p, now)
			if next.Revision != o.Revision+1 {
				t.Fatalf("a ticket of an order that is %s was refused", o.Status)
			}
			contradicts := next.History[len(next.History)-1].Contradicts
			if contradicts != (c.Ticket.Version > o.KitchenVersion) {
				t.Fatalf("version %d at %d: contradicts is %v", c.Ticket.Version, o.KitchenVersion, contradicts)
			}
		})
	})
}

// A screen offers exactly what Apply accepts.
func TestActionsOfferWhatApplyAccepts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(o order.Order, _ []order.Command, p order.Policy, now time.Time) {
			actions := order.Actions(o, p, now)
			if len(actions) != len(order.ScreenCommands()) {
				t.Fatalf("%d actions", len(actions))
			}
			for _, action := range actions {
				if !action.Possible() {
					c := drawCommand(t, o, action.Type, "try")
					switch c.Type {
					case order.Acknowledge: // an alarm that is still to ring may be answered by its name
						c.Alarm = ""
					case order.CustomerArrived: // and a customer who is here may say better where
						c.Vehicle, c.Spot = "", ""
					}
					if _, err := order.Apply(o, c, p, now); err == nil {
						t.Fatalf("%s is not offered (%v), and yet accepted", action.Type, action.Refused)
					}
					continue
				}
				if !action.Applies() {
					t.Fatalf("%s is possible but does not apply", action.Type)
				}
				c := order.Command{ID: "try", Type: action.Type}
				switch c.Type {
				case order.Delay:
					c.Minutes = 5
				case order.Pack:
					c.Bags = 2
				case order.RefundMoney:
					c.Amount = o.Refundable()
				}
				apply(t, o, c, p, now)
				if next, err := order.Apply(o, c, p, now); err != nil || next.Revision != o.Revision+1 {
					t.Fatalf("%s is offered, and yet: %v", action.Type, err)
				}
			}
			kind, found := order.Next(o, p, now)
			i := slices.IndexFunc(actions, func(a order.Action) bool { return a.Type == kind })
			if found && !actions[i].Possible() {
				t.Fatalf("the next step %s is not possible", kind)
			}
		})
	})
}

// A delay that the platform does not take moves nothing, one that it takes after all does, and
// neither does anything else to the order.
func TestDelayFollowsThePlatform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(o order.Order, _ []order.Command, p order.Policy, now time.Time) {
			p.Delay = true
			later, err := order.Apply(o, order.Command{ID: "later", Type: order.Delay, Minutes: 10}, p, now)
			if err != nil || !o.Partner() {
				return
			}
			answer := func(o order.Order, verdict order.Verdict) order.Order {
				id := fmt.Sprint(verdict, len(o.History))
				return apply(t, o, order.Command{ID: id, Type: order.PartnerAnswered, Answer: &order.Answer{Command: "later", Verdict: verdict}}, p, now)
			}
			promised := later.Fulfillment.PromisedAt
			now10 := promised.Add(-10 * time.Minute)
			for _, step := range []struct {
				verdict order.Verdict
				want    time.Time
			}{
				{order.AnswerTaken, promised},
				{order.AnswerNone, now10},
				{order.AnswerRefused, now10},
				{order.AnswerTaken, promised},
				{order.AnswerRefused, now10},
			} {
				before := later
				later = answer(later, step.verdict)
				if got := later.Fulfillment.PromisedAt; !got.Equal(step.want) {
					t.Fatalf("%s: promised %v, want %v", step.verdict, got, step.want)
				}
				if later.KitchenVersion != before.KitchenVersion || later.Status != before.Status {
					t.Fatalf("%s changed more than the promised time", step.verdict)
				}
				if last, known := later.AnswerTo("later"); !known || last.Answer.Verdict != step.verdict {
					t.Fatalf("the last word is %q, want %q", last.Answer.Verdict, step.verdict)
				}
			}
		})
	})
}

// A courier never goes back, however the webhooks overtake each other.
func TestCourierGoesForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draft := supper()
		p := order.OwnPolicy()
		o := must(t, order.Order{}, ten, place(draft), order.Command{
			ID: "assigned", Type: order.AssignCourier, Courier: &order.Courier{Name: "Zoé", Stage: order.CourierAssigned},
		})
		furthest := 0
		for i, stage := range rapid.SliceOf(rapid.SampledFrom(order.CourierStages())).Draw(t, "stages") {
			next, err := order.Apply(o, order.Command{ID: fmt.Sprint(i), Type: order.CourierMoved, Courier: &order.Courier{Stage: stage}}, p, ten)
			at := slices.Index(order.CourierStages(), stage)
			if (err == nil) != (at > furthest) {
				t.Fatalf("%s after %s: %v", stage, o.Courier.Stage, err)
			}
			furthest, o = max(furthest, at), next
			if o.Courier.Stage != order.CourierStages()[furthest] || o.Courier.Name != "Zoé" {
				t.Fatalf("the courier is %+v", o.Courier)
			}
		}
	})
}

// Everything that rings can be answered, and is then silent.
func TestRingingCanBeAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(o order.Order, _ []order.Command, p order.Policy, now time.Time) {
			ringing := o.Ringing(time.Hour, now)
			if len(ringing) == 0 {
				return
			}
			all := apply(t, o, order.Command{ID: "all", Type: order.Acknowledge}, p, now)
			if left := all.Ringing(time.Hour, now); len(left) > 0 {
				t.Fatalf("%v still rings", left)
			}
			one := apply(t, o, order.Command{ID: "one", Type: order.Acknowledge, Alarm: ringing[0]}, p, now)
			if left := one.Ringing(time.Hour, now); !slices.Equal(left, ringing[1:]) {
				t.Fatalf("of %v, %v still rings", ringing, left)
			}
		})
	})
}
