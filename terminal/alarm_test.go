package terminal_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// rings wants exactly these alarms to have begun since the last look.
func (tl *till) rings(want ...order.Alarm) {
	tl.t.Helper()
	var got []order.Alarm
	for _, e := range tl.told(terminal.EventAlarm) {
		got = append(got, e.Alarm)
	}
	if !slices.Equal(got, want) {
		tl.t.Errorf("rang %v, want %v", got, want)
	}
}

// stops wants exactly these alarms to have been answered since the last look.
func (tl *till) stops(want ...order.Alarm) {
	tl.t.Helper()
	var got []order.Alarm
	for _, e := range tl.told(terminal.EventAcknowledged) {
		got = append(got, e.Alarm)
	}
	if !slices.Equal(got, want) {
		tl.t.Errorf("answered %v, want %v", got, want)
	}
}

func TestAlarmRingsOnce(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.rings(order.AlarmNew)
	tl.service.Tick()
	h.must(id, order.Command{Type: order.Delay, Minutes: 5})
	h.meet(tl)
	tl.service.Tick()
	tl.rings()
	tl.restart() // it still rings, and the new process has to say so
	tl.service.Tick()
	tl.rings(order.AlarmNew)
}

func TestAlarmStopsByAnybody(t *testing.T) {
	for name, answer := range map[string]func(*till, *hub, string){
		"here": func(tl *till, _ *hub, id string) { tl.do(id, order.Acknowledge) },
		"on another terminal": func(tl *till, h *hub, id string) {
			h.must(id, order.Command{Type: order.Acknowledge, By: "counter-2"})
			h.meet(tl)
		},
		"accepted here": func(tl *till, _ *hub, id string) { tl.do(id, order.Accept) },
		"accepted elsewhere": func(tl *till, h *hub, id string) {
			h.must(id, order.Command{Type: order.Accept, By: "counter-2"})
			h.meet(tl)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tl, h := alone(t)
			id := h.waits(nil, false)
			h.meet(tl)
			tl.rings(order.AlarmNew)
			answer(tl, h, id)
			tl.stops(order.AlarmNew)
			tl.service.Tick()
			tl.rings()
		})
	}
}

// A refused answer lets the alarm begin again.
func TestAlarmOfARefusedAnswer(t *testing.T) {
	tl, h := alone(t)
	id := h.waits(nil, false)
	h.meet(tl)
	tl.do(id, order.Accept)
	tl.told("")
	h.refuse = func(order.Command) bool { return true }
	h.meet(tl)
	tl.rings(order.AlarmNew)
}

func TestAlarmWhenDue(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(inMinutes(120)) // due at 11:30
	h.meet(tl)
	tl.rings(order.AlarmNew)
	tl.do(id, order.Acknowledge)
	tl.clock.set(ten.Add(90*time.Minute - time.Second))
	tl.service.Tick()
	tl.rings()
	tl.clock.add(time.Second)
	tl.service.Tick()
	tl.rings(order.AlarmDue)
	tl.service.Tick()
	tl.rings()
	tl.do(id, order.Start)
	tl.stops(order.AlarmDue)
}

func TestAlarmBeforeTheDeadline(t *testing.T) {
	tl, h := alone(t)
	id := h.waits(func(o *order.Order) { o.AcceptBy = ten.Add(3 * time.Minute) }, false)
	h.meet(tl)
	tl.rings(order.AlarmNew)
	tl.do(id, order.Acknowledge)
	tl.clock.set(ten.Add(2*time.Minute - time.Second))
	tl.service.Tick()
	tl.rings()
	tl.clock.add(time.Second)
	tl.service.Tick()
	tl.rings(order.AlarmDeadline)
	tl.do(id, order.Accept)
	tl.stops(order.AlarmDeadline)
}

func TestAlarmOfACancelledOrder(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.rings(order.AlarmNew)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(tl)
	tl.rings(order.AlarmCancelled)
	for range 2 { // it is completed, but nobody has heard
		tl.restart()
		tl.service.Tick()
		tl.rings(order.AlarmCancelled)
		if n := len(tl.service.Orders()); n != 1 {
			t.Errorf("the screen shows %d orders, want 1", n)
		}
	}
	tl.do(id, order.Acknowledge)
	tl.stops(order.AlarmCancelled)
	h.meet(tl)
	tl.restart()
	tl.service.Tick()
	tl.rings()
	if n := len(tl.service.Orders()); n != 0 {
		t.Errorf("the screen shows %d orders, want none", n)
	}
}

func TestChangesRingEachTime(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.Acknowledge)
	for n := range 2 {
		tl.told("")
		h.change(id, lines(3+n, 1))
		h.meet(tl)
		tl.rings(order.AlarmChanged)
		tl.do(id, order.Acknowledge)
		h.meet(tl)
	}
}

// Who answered an alarm offline has not answered what came since.
func TestAnswerDoesNotReachAhead(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	h.change(id, lines(3, 1))
	tl.do(id, order.Acknowledge)
	tl.told("")
	h.meet(tl)
	tl.rings(order.AlarmChanged)
	// one tap answers all that sounds
	h.must(id, order.Command{Type: order.CustomerArrived})
	h.meet(tl)
	tl.told("")
	tl.do(id, order.Acknowledge)
	tl.stops(order.AlarmArrived, order.AlarmChanged)
	h.meet(tl)
	tl.rings()
}

// A customer who corrects where they are rings once more, on a terminal that had answered.
func TestCorrectedArrivalRings(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(func(o *order.Order) { o.Fulfillment.Type = order.Curbside })
	h.must(id, order.Command{Type: order.CustomerArrived, Spot: "2"})
	h.meet(tl)
	tl.rings(order.AlarmNew, order.AlarmArrived)
	tl.do(id, order.Acknowledge)
	tl.stops(order.AlarmNew, order.AlarmArrived)
	h.meet(tl)
	tl.rings()
	h.must(id, order.Command{Type: order.CustomerArrived, Spot: "5"})
	h.meet(tl)
	tl.rings(order.AlarmArrived)
	tl.do(id, order.Acknowledge)
	tl.stops(order.AlarmArrived)
	h.meet(tl)
	tl.rings()
}

func TestCounterOrdersDoNotRing(t *testing.T) {
	tl, h := alone(t)
	tl.sell(1, 1)
	h.meet(tl)
	tl.service.Tick()
	tl.rings()
}

func TestRunTicks(t *testing.T) {
	tl, h := alone(t)
	h.comes(nil)
	h.meet(tl)
	tl.restart()
	tl.told("")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tl.service.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	tl.rings(order.AlarmNew)
}
