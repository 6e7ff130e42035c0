package order

import "time"

// Alarm is something that sounds until somebody acknowledges it on any terminal.
type Alarm string

// The alarms of an order, by priority: first what is lost if nobody answers, then who waits, then
// what has changed already.
const (
	AlarmDeadline  Alarm = "accept_deadline"
	AlarmNew       Alarm = "new_order"
	AlarmArrived   Alarm = "customer_arrived"
	AlarmExpired   Alarm = "expired"
	AlarmCancelled Alarm = "cancelled_by_partner"
	AlarmChanged   Alarm = "changed_by_partner"
	AlarmDue       Alarm = "due_now"
)

// DeadlineWarning is how long before AcceptBy the alarm sounds.
const DeadlineWarning = 60 * time.Second

// Alarms lists the alarms by priority.
func Alarms() []Alarm {
	return []Alarm{AlarmDeadline, AlarmNew, AlarmArrived, AlarmExpired, AlarmCancelled, AlarmChanged, AlarmDue}
}

// Ringing lists the alarms that sound now, the most urgent first. printAhead is the
// location's: it says whether an order was scheduled, and so alarms again when it is due.
func (o Order) Ringing(printAhead time.Duration, now time.Time) []Alarm {
	unanswered := o.unanswered()
	var ringing []Alarm
	for _, alarm := range Alarms() {
		if !unanswered[alarm] {
			continue
		}
		if now.Before(o.sounds(alarm)) || alarm == AlarmDue && !o.KitchenDue(printAhead).After(o.AcceptedAt) {
			continue
		}
		ringing = append(ringing, alarm)
	}
	return ringing
}

// sounds is when an alarm begins to sound; zero where it does so at once. AlarmDue is the
// kitchen's due time of an order that was scheduled.
func (o *Order) sounds(alarm Alarm) time.Time {
	switch alarm {
	case AlarmDeadline:
		return o.AcceptBy.Add(-DeadlineWarning)
	case AlarmDue:
		return o.StartBy().Add(-DueBefore)
	}
	return time.Time{}
}

// unanswered is what rings or will ring, whatever the time and the location's settings.
func (o *Order) unanswered() map[Alarm]bool {
	alarms := map[Alarm]bool{}
	add := func(alarm Alarm, when bool) {
		if !when {
			return
		}
		for _, answered := range o.Acknowledged {
			if answered == alarm {
				return
			}
		}
		alarms[alarm] = true
	}
	online := o.Fulfillment.Type != Counter || o.Partner()
	// somebody who started, finished or refused the order has heard of it
	add(AlarmNew, online && (o.Status == New || o.Status == Accepted && o.autoAccepted()))
	add(AlarmDeadline, o.Status == New && !o.AcceptBy.IsZero())
	add(AlarmDue, o.Status == Accepted && o.KitchenDue(0).After(o.AcceptedAt))
	add(AlarmExpired, o.Status == Expired)
	add(AlarmArrived, !o.Fulfillment.ArrivedAt.IsZero() && o.Status.Open())
	for _, entry := range o.History {
		add(AlarmCancelled, entry.What == WasCancelledByPartner)
		add(AlarmChanged, entry.What == WasChangedByPartner && o.Status.Open())
	}
	return alarms
}

// AutoAccept is who accepts by the location's settings, with nobody at the screen.
const AutoAccept = "hub"

// ByCustomer is who checks in by the link of a curbside order.
const ByCustomer = "customer"

func (o *Order) autoAccepted() bool {
	for _, entry := range o.History {
		if entry.What == WasAccepted {
			return entry.By == AutoAccept || o.Partner() && entry.By == o.Connection
		}
	}
	return false
}
