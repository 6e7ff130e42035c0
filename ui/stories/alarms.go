package stories

import (
	"slices"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// alerts is a machine whose sound nobody hears.
type alerts struct{ stage *Stage }

var _ terminal.Alerts = alerts{}

// Ring does nothing, as all that follows.
func (alerts) Ring(terminal.AlarmKind) {}

// Try does nothing.
func (alerts) Try(terminal.AlarmKind) {}

// SetVolume does nothing.
func (alerts) SetVolume(int) {}

// Show does nothing.
func (alerts) Show([]terminal.Notice) {}

// Check does nothing.
func (alerts) Check() {}

// State is the story's.
func (a alerts) State() terminal.AlertState { return a.stage.alert }

// well is a machine that sounds and notifies.
func well() terminal.AlertState {
	return terminal.AlertState{Audio: terminal.AudioWorks, Checked: true, Notifications: true}
}

// Troubles are the story's.
func (c *canned) Troubles() []terminal.Trouble { return c.troubles }

// Heed does nothing.
func (c *canned) Heed(string) {}

// ringing is a new order, one that must be answered, and a customer who waits.
func ringing(language string) []order.Order {
	orders := Orders(language)
	amelie := orders[4].Clone()
	amelie.ID, amelie.Number, amelie.Customer.Name = "order-223", "223", "Amélie Dubois"
	amelie.Acknowledged, amelie.Fulfillment.PromisedAt = nil, at(12, 50)
	orders[2].Acknowledged = answered(order.AlarmArrived)
	late := orders[8].Clone()
	late.ID, late.Number, late.Status, late.Acknowledged = "order-233", "233", order.New, nil
	return append(orders, amelie, late)
}

// unanswered is what rings after an hour in which nobody was there.
func unanswered(language string) []order.Order {
	orders := ringing(language)
	for i := range orders {
		if orders[i].Status != order.Accepted {
			continue
		}
		o := orders[i].Clone()
		o.Acknowledged = nil
		for j := range o.History {
			if entry := &o.History[j]; entry.What == order.WasAccepted {
				entry.By, entry.Person = order.AutoAccept, order.Person{}
			}
		}
		orders[i] = o
	}
	return orders
}

// answered are all alarms but some.
func answered(but ...order.Alarm) []order.Alarm {
	return slices.DeleteFunc(order.Alarms(), func(a order.Alarm) bool { return slices.Contains(but, a) })
}

// unheard is what rings where new orders and arrivals are muted.
func unheard(language string) []order.Order {
	orders := Orders(language)
	orders[2].Acknowledged = answered(order.AlarmArrived)
	orders[4].AcceptBy, orders[4].Acknowledged = time.Time{}, answered(order.AlarmNew)
	return orders
}

// alarms are stories of one alarm of each kind.
func alarms() []Story {
	one := func(name string, i int, change func(*order.Order)) Story {
		return Story{name, func(language string) []order.Order {
			orders := Orders(language)
			change(&orders[i])
			return orders
		}, nil}
	}
	troubled := func(name string, troubles ...terminal.Trouble) Story {
		return Story{name, Orders, func(s *Stage) {
			s.terminal.troubles = troubles
			if troubles[0].Kind == terminal.KindHub {
				s.terminal.link.Online = false
			}
		}}
	}
	entry := func(what order.What) order.Entry { return order.Entry{At: at(12, 16), By: "deliverect", What: what} }
	return []Story{
		one("alarm-deadline", 4, func(o *order.Order) {
			o.AcceptBy, o.Acknowledged = at(12, 18), answered(order.AlarmDeadline)
		}),
		one("alarm-new", 4, func(o *order.Order) { o.Acknowledged = answered(order.AlarmNew) }),
		one("alarm-arrival", 2, func(o *order.Order) { o.Acknowledged = answered(order.AlarmArrived) }),
		one("alarm-cancelled", 0, func(o *order.Order) {
			o.Status, o.Reason, o.Acknowledged = order.Completed, order.CancelledByPartner, answered(order.AlarmCancelled)
			o.History = append(o.History, entry(order.WasCancelledByPartner))
		}),
		one("alarm-changed", 0, func(o *order.Order) {
			o.Acknowledged = answered(order.AlarmChanged)
			o.History = append(o.History, entry(order.WasChangedByPartner))
		}),
		one("alarm-due", 5, func(o *order.Order) {
			o.Status, o.AcceptedAt, o.StartedAt, o.Acknowledged = order.Accepted, at(0, 30), time.Time{}, answered(order.AlarmDue)
			o.Fulfillment.PromisedAt, o.PreparationMinutes = at(12, 30), 15
		}),
		troubled("alarm-printing", terminal.Trouble{
			Key: "printer/x/fault", Kind: terminal.KindPrinting, Printer: "Froid et desserts", Cause: terminal.CauseFault,
			Fault: terminal.FaultPaper, Tickets: 3, Since: at(12, 11),
		}),
		troubled("alarm-hub", terminal.Trouble{Key: "hub/x", Kind: terminal.KindHub, Since: at(12, 2)}),
	}
}
