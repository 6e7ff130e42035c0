package order_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

func acknowledge(alarm order.Alarm) order.Command {
	return order.Command{Type: order.Acknowledge, Alarm: alarm}
}

// ring wants exactly these alarms, in this order.
func ring(t *testing.T, o order.Order, now time.Time, want ...order.Alarm) {
	t.Helper()
	if got := o.Ringing(time.Hour, now); !slices.Equal(got, want) {
		t.Errorf("at %s rings %v, want %v", now.Format(time.TimeOnly), got, want)
	}
}

func TestNewOrderRings(t *testing.T) {
	placed := must(t, order.Order{}, ten, place(supper()))
	ring(t, placed, ten, order.AlarmNew)

	byHub := must(t, placed, ten, order.Command{Type: order.Accept, By: order.AutoAccept})
	ring(t, byHub, ten, order.AlarmNew)
	ring(t, must(t, placed, ten, order.Command{Type: order.Accept, By: "demo"}), ten, order.AlarmNew)
	ring(t, must(t, placed, ten, order.Command{Type: order.Accept, By: "counter-1"}), ten)
	ring(t, must(t, byHub, ten, acknowledge(order.AlarmNew)), ten)
	ring(t, must(t, byHub, ten, do(order.Start)), ten)
	ring(t, must(t, placed, ten, do(order.Reject)), ten)

	ring(t, must(t, order.Order{}, ten, place(own(order.Counter))), ten)
	ring(t, must(t, order.Order{}, ten, place(own(order.Pickup))), ten, order.AlarmNew)
}

func TestDeadlineRings(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper())) // to be answered by 10:03
	warned := clock(t, "10:02")
	ring(t, o, warned.Add(-time.Second), order.AlarmNew)
	ring(t, o, warned, order.AlarmDeadline, order.AlarmNew)
	ring(t, must(t, o, ten, acknowledge("")), warned, order.AlarmDeadline)
	ring(t, must(t, o, warned, acknowledge("")), warned)
	// named, a moment before it sounds here: the terminal's clock is ahead
	ring(t, must(t, o, warned.Add(-time.Second), acknowledge(order.AlarmDeadline)), warned, order.AlarmNew)
	ring(t, must(t, o, warned, do(order.Accept)), warned)
	ring(t, must(t, o, warned, do(order.Expire)), warned, order.AlarmExpired)
	ring(t, must(t, o, warned, do(order.Expire), acknowledge(order.AlarmExpired)), warned)
}

// A scheduled order rings on arrival, and again when it is due.
func TestScheduledOrderRingsTwice(t *testing.T) {
	draft := supper()
	draft.Fulfillment.PromisedAt = clock(t, "19:00")
	o := must(t, order.Order{}, ten, place(draft), order.Command{Type: order.Accept, By: order.AutoAccept})
	ring(t, o, ten, order.AlarmNew)

	// "got it" from two terminals, each for what it heard
	o = must(t, o, ten, acknowledge(""))
	if _, err := order.Apply(o, order.Command{ID: "again", Type: order.Acknowledge}, order.OwnPolicy(), ten); err == nil {
		t.Error("what is still to ring was answered")
	}
	ring(t, o, clock(t, "18:29:59"))
	ring(t, o, clock(t, "18:30"), order.AlarmDue)
	ring(t, must(t, o, clock(t, "18:30"), acknowledge("")), clock(t, "18:30"))
	ring(t, must(t, o, clock(t, "18:30"), do(order.Start)), clock(t, "18:30"))
}

// An order that was printed at acceptance is not due a second time.
func TestUnscheduledOrderRingsOnce(t *testing.T) {
	draft := supper()
	draft.Fulfillment.PromisedAt = clock(t, "11:15")
	o := must(t, order.Order{}, ten, place(draft), do(order.Accept))
	ring(t, o, clock(t, "10:55"))
}

func TestPartnerRings(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()), order.Command{Type: order.Accept, By: "counter-1"})
	changed := supper()
	changed.Lines[0].Quantity = 3
	change := order.Command{Type: order.PartnerChange, Order: &changed}
	o = must(t, o, ten, change)
	ring(t, o, ten, order.AlarmChanged)
	o = must(t, o, ten, acknowledge(order.AlarmChanged))
	ring(t, o, ten)
	o = must(t, o, ten, change)
	ring(t, o, ten, order.AlarmChanged)
	o = must(t, o, ten, do(order.PartnerCancel))
	ring(t, o, ten, order.AlarmCancelled)
	if !o.Active() {
		t.Error("an ended order that rings is not active")
	}
	o = must(t, o, ten, acknowledge(""))
	ring(t, o, ten)
	if o.Active() {
		t.Error("an ended order that is silent is active")
	}
}

func TestArrivalRings(t *testing.T) {
	o := must(t, order.Order{}, ten, place(own(order.Curbside)), order.Command{Type: order.Accept, By: "counter-1"})
	o = must(t, o, ten, order.Command{Type: order.CustomerArrived, Vehicle: "Civic rouge", Spot: "2"})
	ring(t, o, ten, order.AlarmArrived)
	if o.Fulfillment.Vehicle != "Civic rouge" || o.Fulfillment.Spot != "2" {
		t.Errorf("arrived in %q at %q", o.Fulfillment.Vehicle, o.Fulfillment.Spot)
	}
	ring(t, must(t, o, ten, do(order.MarkReady), do(order.HandOver)), ten)
	_, err := order.Apply(o, order.Command{ID: "again", Type: order.CustomerArrived}, order.OwnPolicy(), ten)
	refused(t, err, order.AlreadyArrived)
}

// A customer who corrects where they are is heard again, and still arrived when they did.
func TestArrivalCorrected(t *testing.T) {
	arrive := func(vehicle, spot string) order.Command {
		return order.Command{Type: order.CustomerArrived, Vehicle: vehicle, Spot: spot}
	}
	o := must(t, order.Order{}, ten, place(own(order.Curbside)), order.Command{Type: order.Accept, By: "counter-1"}, arrive("Civic rouge", "2"), acknowledge(""))
	ring(t, o, ten)
	for _, same := range []order.Command{arrive("", ""), arrive("Civic rouge", ""), arrive("", "2"), arrive("Civic rouge", "2")} {
		same.ID = "again"
		_, err := order.Apply(o, same, order.OwnPolicy(), ten)
		refused(t, err, order.AlreadyArrived)
	}
	later := ten.Add(time.Minute)
	o = must(t, o, later, arrive("", "5"))
	ring(t, o, later, order.AlarmArrived)
	if f := o.Fulfillment; f.Vehicle != "Civic rouge" || f.Spot != "5" || !f.ArrivedAt.Equal(ten) {
		t.Errorf("corrected to %+v", f)
	}
	long := strings.Repeat("é", 300)
	o = must(t, o, later, arrive(long, ""))
	_, err := order.Apply(o, order.Command{ID: "again", Type: order.CustomerArrived, Vehicle: long}, order.OwnPolicy(), later)
	refused(t, err, order.AlreadyArrived)
	_, err = order.Apply(must(t, o, later, do(order.MarkReady), do(order.HandOver)), order.Command{ID: "late", Type: order.CustomerArrived, Spot: "6"}, order.OwnPolicy(), later)
	refused(t, err, order.AlreadyCompleted)
}
