package order_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// The ways of an order, and what each step is refused for.
func TestApplyRefuses(t *testing.T) {
	var (
		partner   = must(t, order.Order{}, ten, place(supper()))
		placed    = must(t, order.Order{}, ten, place(own(order.Pickup)))
		accepted  = must(t, placed, ten, do(order.Accept))
		preparing = must(t, accepted, ten, do(order.Start))
		ready     = must(t, preparing, ten, do(order.MarkReady))
		completed = must(t, ready, ten, do(order.HandOver))
		cancelled = must(t, placed, ten, do(order.CancelItems))
		rejected  = must(t, placed, ten, do(order.Reject))
		expired   = must(t, partner, ten, do(order.Expire))
		shipment  = must(t, order.Order{}, ten, place(own(order.Shipment)), do(order.Accept))
		delivery  = must(t, order.Order{}, ten, place(own(order.Delivery)), do(order.Accept))
		nothing   = order.Policy{}
		all       = order.OwnPolicy()
	)
	tests := []struct {
		name    string
		order   order.Order
		policy  order.Policy
		command order.Command
		want    order.Cause
	}{
		{"no order", order.Order{}, all, do(order.Accept), order.UnknownOrder},
		{"placed twice", placed, all, order.Command{Type: order.Place, Order: &placed}, order.AlreadyPlaced},
		{"unknown", placed, all, do("Juggle"), order.UnknownCommand},
		{"accept twice", accepted, all, do(order.Accept), order.AlreadyAccepted},
		{"accept what is rejected", rejected, all, do(order.Accept), order.AlreadyRejected},
		{"accept what has expired", expired, all, do(order.Accept), order.AlreadyExpired},
		{"accept what is cancelled", cancelled, all, do(order.Accept), order.AlreadyCancelled},
		{"accept on the platform only", placed, nothing, do(order.Accept), order.OnPartnerOnly},
		{"accept for years", placed, all, order.Command{Type: order.Accept, Minutes: 1441}, order.BadField},
		{"reject what is accepted", accepted, all, do(order.Reject), order.AlreadyAccepted},
		{"reject on the platform only", placed, nothing, do(order.Reject), order.OnPartnerOnly},
		{"reject because", placed, all, order.Command{Type: order.Reject, Reason: "because"}, order.BadField},
		{"start what is new", placed, all, do(order.Start), order.NotYetAccepted},
		{"start twice", preparing, all, do(order.Start), order.AlreadyStarted},
		{"start what is ready", ready, all, do(order.Start), order.AlreadyReady},
		{"ready twice", ready, all, do(order.MarkReady), order.AlreadyReady},
		{"hand over what is accepted", accepted, all, do(order.HandOver), order.NotYetReady},
		{"hand over what is being prepared", preparing, all, do(order.HandOver), order.NotYetReady},
		{"hand over twice", completed, all, do(order.HandOver), order.AlreadyCompleted},
		{"hand over a shipment", shipment, all, do(order.HandOver), order.WrongFulfillment},
		{"delay what is ready", ready, all, order.Command{Type: order.Delay, Minutes: 5}, order.AlreadyReady},
		{"delay on the platform only", placed, nothing, order.Command{Type: order.Delay, Minutes: 5}, order.OnPartnerDelay},
		{"delay by nothing", placed, all, do(order.Delay), order.BadField},
		{"ship a pickup", accepted, all, do(order.Ship), order.WrongFulfillment},
		{"ship too many", shipment, all, order.Command{Type: order.Ship, Items: items("1", 3)}, order.BadQuantity},
		{"ship an unknown line", shipment, all, order.Command{Type: order.Ship, Items: items("9", 1)}, order.UnknownLine},
		{"complete what is physical", accepted, all, order.Command{Type: order.CompleteItems, Items: items("1", 1)}, order.NotDigital},
		{"complete nothing digital", accepted, all, do(order.CompleteItems), order.NothingLeft},
		{"ship too many in two parts", shipment, all, order.Command{Type: order.Ship, Items: append(items("1", 1), items("1", 2)...)}, order.BadQuantity},
		{"cancel on the platform only", accepted, nothing, do(order.CancelItems), order.OnPartnerOnly},
		{"cancel what is completed", completed, all, do(order.CancelItems), order.AlreadyCompleted},
		{"cancel and give back too much", accepted, all, order.Command{Type: order.CancelItems, Amount: 3824}, order.BadAmount},
		{"cancel, money on the platform only", accepted, order.Policy{Cancel: true}, order.Command{Type: order.CancelItems, Amount: 1}, order.OnPartnerOnly},
		{"give back too much", completed, all, order.Command{Type: order.RefundMoney, Amount: 3824}, order.BadAmount},
		{"give back nothing", completed, all, do(order.RefundMoney), order.BadAmount},
		{"give back shells", completed, all, order.Command{Type: order.RefundMoney, Amount: 1, Method: "shells"}, order.BadField},
		{"give back on the platform only", completed, nothing, order.Command{Type: order.RefundMoney, Amount: 1}, order.OnPartnerOnly},
		{"arrive for a delivery", delivery, all, do(order.CustomerArrived), order.WrongFulfillment},
		{"nothing rings", accepted, all, do(order.Acknowledge), order.NothingRinging},
		{"no such alarm", placed, all, acknowledge("fire"), order.NothingRinging},
		{"courier for a pickup", accepted, all, do(order.AssignCourier), order.WrongFulfillment},
		{"courier without a name", delivery, all, do(order.AssignCourier), order.BadField},
		{"no courier moves", delivery, all, do(order.CourierMoved), order.NoCourier},
		{"nobody cancels for the own shop", accepted, all, do(order.PartnerCancel), order.NotAPartner},
		{"nobody changes for the own shop", accepted, all, do(order.PartnerChange), order.NotAPartner},
		{"change into nothing", partner, all, do(order.PartnerChange), order.BadField},
		{"change into no lines", partner, all, order.Command{Type: order.PartnerChange, Order: &order.Order{}}, order.NoLines},
		{"change what has expired", expired, all, order.Command{Type: order.PartnerChange, Order: &partner}, order.AlreadyExpired},
		{"cancel what has expired", expired, all, do(order.PartnerCancel), order.AlreadyCancelled},
		{"no deadline to pass", placed, all, do(order.Expire), order.NoDeadline},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.command.ID = "try"
			got, err := order.Apply(tt.order, tt.command, tt.policy, ten)
			refused(t, err, tt.want)
			if encode(t, got) != encode(t, tt.order) {
				t.Error("refused, and yet the order changed")
			}
		})
	}
	for _, id := range []string{"", strings.Repeat("x", 201)} {
		_, err := order.Apply(placed, order.Command{ID: id, Type: order.Accept}, all, ten)
		refused(t, err, order.MissingID)
	}
}

func TestWayOfAPickup(t *testing.T) {
	at := func(minutes int) time.Time { return ten.Add(time.Duration(minutes) * time.Minute) }
	o := must(t, order.Order{}, ten, place(own(order.Pickup)))
	o = must(t, o, at(1), order.Command{Type: order.Accept, Minutes: 25})
	o = must(t, o, at(2), do(order.Start))
	o = must(t, o, at(3), do(order.MarkReady))
	o = must(t, o, at(4), do(order.HandOver))
	if o.Status != order.Completed || o.Reason != order.HandedOver || o.PreparationMinutes != 25 || o.KitchenVersion != 1 {
		t.Errorf("ended %s (%s), %d minutes, kitchen version %d", o.Status, o.Reason, o.PreparationMinutes, o.KitchenVersion)
	}
	if !o.AcceptedAt.Equal(at(1)) || !o.StartedAt.Equal(at(2)) || !o.ReadyAt.Equal(at(3)) || !o.CompletedAt.Equal(at(4)) {
		t.Errorf("at %v, %v, %v, %v", o.AcceptedAt, o.StartedAt, o.ReadyAt, o.CompletedAt)
	}
	var what []order.What
	for _, entry := range o.History {
		what = append(what, entry.What)
	}
	want := []order.What{order.WasPlaced, order.WasAccepted, order.WasStarted, order.WasReady, order.WasHandedOver}
	if !slices.Equal(what, want) {
		t.Errorf("history %v", what)
	}
	for _, l := range o.Lines {
		if l.Remaining() != 0 || l.Fulfilled != l.Quantity {
			t.Errorf("%s: %d of %d", l.Name, l.Fulfilled, l.Quantity)
		}
	}
}

// Somebody asked when the terminal was offline; the hub hears of it later, or from a clock that
// runs ahead, or from one that never was set.
func TestWhenACommandWasGiven(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()))
	for _, tt := range []struct{ at, want time.Time }{
		{time.Time{}, ten},
		{ten.Add(-48 * time.Hour), ten.Add(-48 * time.Hour)},
		{ten.Add(time.Second), ten},
		{time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)), ten},
		{ten.Add(-time.Hour).In(time.FixedZone("", 3600)), ten.Add(-time.Hour)},
	} {
		got := must(t, o, ten, order.Command{Type: order.Accept, At: tt.at})
		if got.AcceptedAt != tt.want {
			t.Errorf("asked at %v: accepted at %v, want %v", tt.at, got.AcceptedAt, tt.want)
		}
	}
	// time.Now carries a reading that no log keeps
	if got := must(t, o, time.Now(), do(order.Accept)); got.AcceptedAt != got.AcceptedAt.Round(0) {
		t.Error("a monotonic reading stayed in the order")
	}
}

func TestShipInParts(t *testing.T) {
	draft := own(order.Shipment)
	draft.Lines = append(draft.Lines, order.Line{Name: "Carte-cadeau", Quantity: 1, Kind: order.DigitalLine})
	o := must(t, order.Order{}, ten, place(draft), do(order.Accept),
		order.Command{Type: order.Ship, Items: items("1", 1), Carrier: "Postes Canada", Tracking: "CA123"})
	if o.Status != order.Accepted || o.Lines[0].Remaining() != 1 {
		t.Fatalf("%s with %d to ship", o.Status, o.Lines[0].Remaining())
	}
	if last := o.History[len(o.History)-1]; last.Detail != "1 Postes Canada CA123" {
		t.Errorf("the history says %q", last.Detail)
	}
	_, err := order.Apply(o, order.Command{ID: "x", Type: order.Ship, Items: items("3", 1)}, order.OwnPolicy(), ten)
	refused(t, err, order.NotPhysical)
	o = must(t, o, ten, do(order.Ship))
	if o.Status != order.Accepted {
		t.Fatalf("%s before the gift card is sent", o.Status)
	}
	o = must(t, o, ten, do(order.CompleteItems))
	if o.Status != order.Completed || o.Reason != order.Shipped || o.KitchenVersion != 1 {
		t.Errorf("%s (%s) at kitchen version %d", o.Status, o.Reason, o.KitchenVersion)
	}
}

func TestDigitalOrder(t *testing.T) {
	draft := own(order.Digital)
	draft.Lines = []order.Line{{Name: "Carte-cadeau", Quantity: 2, Kind: order.DigitalLine}}
	o := must(t, order.Order{}, ten, place(draft), do(order.Accept))
	if next, ok := order.Next(o, order.OwnPolicy(), ten); !ok || next != order.Start {
		t.Errorf("next is %q", next)
	}
	o = must(t, o, ten, order.Command{Type: order.CompleteItems, Items: items("1", 1)})
	o = must(t, o, ten, do(order.CancelItems))
	if o.Status != order.Completed || o.Reason != order.ItemsCompleted || o.KitchenVersion != 1 {
		t.Errorf("%s (%s) at kitchen version %d", o.Status, o.Reason, o.KitchenVersion)
	}
}

func TestCancelItems(t *testing.T) {
	o := must(t, order.Order{}, ten, place(own(order.Pickup)), do(order.Accept))
	o = must(t, o, ten, order.Command{ID: "some", Type: order.CancelItems, Items: items("1", 1), Amount: 1450})
	if o.Status != order.Accepted || o.KitchenVersion != 2 || o.Lines[0].Cancelled != 1 {
		t.Errorf("%s at kitchen version %d, %d cancelled", o.Status, o.KitchenVersion, o.Lines[0].Cancelled)
	}
	want := order.Transaction{ID: "some", Kind: order.Refund, Method: order.Cash, Amount: 1450, At: ten}
	if got := o.Transactions[1]; got != want {
		t.Errorf("refunded %+v, want %+v", got, want)
	}
	o = must(t, o, ten, do(order.CancelItems))
	if o.Status != order.Completed || o.Reason != order.CancelledByStore || !o.Cancelled() || o.KitchenVersion != 3 {
		t.Errorf("%s (%s) at kitchen version %d", o.Status, o.Reason, o.KitchenVersion)
	}
	o = must(t, o, ten, order.Command{Type: order.RefundMoney, Amount: o.Refundable(), Method: order.GiftCard})
	if o.Refundable() != 0 {
		t.Errorf("%d still to give back", o.Refundable())
	}
	_, err := order.Apply(o, order.Command{ID: "more", Type: order.RefundMoney, Amount: 1}, order.OwnPolicy(), ten)
	refused(t, err, order.NothingToRefund)

	part := must(t, order.Order{}, ten, place(own(order.Shipment)), do(order.Accept),
		order.Command{Type: order.Ship, Items: items("1", 2)}, do(order.CancelItems))
	if part.Reason != order.Shipped || part.Cancelled() {
		t.Errorf("what was shipped in part ended %s", part.Reason)
	}
}

func TestPartnerChange(t *testing.T) {
	draft := supper()
	draft.Lines = append(draft.Lines, order.Line{Name: "Carte-cadeau", Quantity: 2, Kind: order.DigitalLine})
	o := must(t, order.Order{}, ten, place(draft), do(order.Accept),
		order.Command{Type: order.CompleteItems, Items: items("3", 2)})

	changed := supper()
	changed.Note, changed.Totals.Total = "sans sel", 9999
	changed.Fulfillment.PromisedAt = time.Time{}
	changed.Lines = slices.Clone(o.Lines)
	for i := range changed.Lines { // a platform knows nothing of these
		changed.Lines[i].Fulfilled, changed.Lines[i].Cancelled = 77, -3
	}
	given := encode(t, changed)
	same := must(t, o, ten, order.Command{Type: order.PartnerChange, Order: &changed})
	if same.KitchenVersion != 1 || same.Note != "sans sel" || same.Totals.Total != 9999 {
		t.Errorf("kitchen version %d, %q, %d", same.KitchenVersion, same.Note, same.Totals.Total)
	}
	if !same.Fulfillment.PromisedAt.Equal(o.Fulfillment.PromisedAt) {
		t.Error("a change that says nothing of the promise took it away")
	}
	if same.Lines[2].Fulfilled != 2 || same.Lines[0].Fulfilled != 0 || same.Lines[0].Cancelled != 0 {
		t.Errorf("lines %+v: what was given stays given, and nothing else", same.Lines)
	}
	if encode(t, changed) != given {
		t.Error("the command changed")
	}

	changed.Lines = slices.Clone(o.Lines[:1])
	changed.Fulfillment.PromisedAt = ten.Add(time.Hour)
	less := must(t, o, ten, order.Command{Type: order.PartnerChange, Order: &changed})
	if less.KitchenVersion != 2 || len(less.Lines) != 1 || !less.Fulfillment.PromisedAt.Equal(ten.Add(time.Hour)) {
		t.Errorf("kitchen version %d, lines %+v", less.KitchenVersion, less.Lines)
	}

	changed.Lines = slices.Clone(o.Lines[2:])
	done := must(t, o, ten, order.Command{Type: order.PartnerChange, Order: &changed})
	if done.Status != order.Completed || done.Reason != order.ItemsCompleted {
		t.Errorf("%s (%s), and nothing remains", done.Status, done.Reason)
	}

	for name, spoil := range map[string]func(o *order.Order){
		"total": func(o *order.Order) { o.Totals.Total = -1 },
		"note":  func(o *order.Order) { o.Note = strings.Repeat("é", order.MaxText+1) },
		"time":  func(o *order.Order) { o.Fulfillment.PromisedAt = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) },
	} {
		bad := supper()
		spoil(&bad)
		_, err := order.Apply(o, order.Command{ID: name, Type: order.PartnerChange, Order: &bad}, order.OwnPolicy(), ten)
		if order.KindOf(err) != order.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPartnerCancel(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()), do(order.Accept), do(order.MarkReady))
	late := must(t, o, ten, do(order.HandOver), do(order.PartnerCancel))
	if last := late.History[len(late.History)-1]; late.Reason != order.HandedOver || !last.Contradicts {
		t.Errorf("ended %s with %+v: what left the counter has left it", late.Reason, last)
	}
	o = must(t, o, ten, do(order.PartnerCancel))
	if o.Status != order.Completed || o.Reason != order.CancelledByPartner || o.KitchenVersion != 2 {
		t.Errorf("%s (%s) at kitchen version %d", o.Status, o.Reason, o.KitchenVersion)
	}
}

func TestCourier(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()),
		order.Command{Type: order.AssignCourier, Courier: &order.Courier{Name: strings.Repeat("Zoé", 50), Stage: "assigned"}})
	if got := o.Courier; got.Stage != "assigned" || len([]rune(got.Name)) != 101 || !got.At.Equal(ten) {
		t.Errorf("courier %+v", got)
	}
	later := ten.Add(time.Minute)
	moved := must(t, o, later, order.Command{Type: order.CourierMoved, Courier: &order.Courier{Stage: "arrived"}})
	if moved.Courier.Stage != "arrived" || !moved.Courier.At.Equal(later) || o.Courier.Stage != "assigned" {
		t.Errorf("courier %+v, before %+v", moved.Courier, o.Courier)
	}
	_, err := order.Apply(o, order.Command{ID: "x", Type: order.CourierMoved}, order.OwnPolicy(), ten)
	refused(t, err, order.BadField)
}

func TestActions(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()))
	applies := func(kind order.CommandType, p order.Policy) bool {
		for _, action := range order.Actions(o, p, ten) {
			if action.Type == kind {
				return action.Applies()
			}
		}
		t.Fatalf("no action %s", kind)
		return false
	}
	if !applies(order.Accept, order.OwnPolicy()) || applies(order.Ship, order.OwnPolicy()) {
		t.Error("a delivery can be accepted, and shipping it makes no sense")
	}
	if !applies(order.CancelItems, order.Policy{}) {
		t.Error("that a platform cancels elsewhere is worth saying")
	}
	if next, ok := order.Next(o, order.OwnPolicy(), ten); !ok || next != order.Accept {
		t.Errorf("next is %q", next)
	}
	if next, ok := order.Next(must(t, o, ten, do(order.Reject)), order.OwnPolicy(), ten); ok {
		t.Errorf("next of a rejected order is %q", next)
	}
	if !order.Accept.FromScreen() || order.Printed.FromScreen() || order.Expire.FromScreen() {
		t.Error("FromScreen")
	}
	if !order.Printed.Fact() || order.Accept.Fact() {
		t.Error("Fact")
	}
}

func TestError(t *testing.T) {
	err := fmt.Errorf("hub: %w", &order.Error{Kind: order.NotPossible, Cause: order.AlreadyReady, Detail: "A1"})
	if !errors.Is(err, &order.Error{Kind: order.NotPossible}) ||
		!errors.Is(err, &order.Error{Kind: order.NotPossible, Cause: order.AlreadyReady}) ||
		errors.Is(err, &order.Error{Kind: order.NotPossible, Cause: order.AlreadyStarted}) ||
		errors.Is(err, &order.Error{Kind: order.Invalid}) || errors.Is(err, errors.ErrUnsupported) {
		t.Error("Is compares kind, and cause where there is one")
	}
	if got := err.Error(); got != "hub: the order is already ready: A1" {
		t.Errorf("says %q", got)
	}
	if order.KindOf(errors.ErrUnsupported) != "" || order.CauseOf(nil) != "" {
		t.Error("an error of others has no kind and no cause")
	}
	if got := (&order.Error{Cause: "new_cause"}).Error(); got != "new_cause" {
		t.Errorf("says %q", got)
	}
}
