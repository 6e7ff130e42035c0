package stories

import (
	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// detailStories are what there is to know and to do of one order.
func detailStories() []Story {
	open := func(id string, more ...func(*Stage)) func(*Stage) {
		return func(s *Stage) {
			s.Controller.Select(id)
			for _, tell := range more {
				tell(s)
			}
		}
	}
	tap := func(id string, command order.CommandType) func(*Stage) {
		return open(id, func(s *Stage) { s.Controller.Tap(id, command) })
	}
	ticks := func(keys ...string) func(*Stage) {
		return func(s *Stage) {
			for _, key := range keys {
				s.Controller.SheetTick(key)
			}
		}
	}
	const uber, courier, own = "order-217", "order-226", "order-224"
	return []Story{
		{"courier", delivering, open(courier)},
		{"phone", Orders, open("order-219", func(s *Stage) { s.Controller.ShowPhone() })},
		{"tickets", Orders, open("order-214", tickets, func(s *Stage) { s.Controller.DetailTab(model.TabTickets) })},
		{"tickets-trouble", Orders, open("order-214", trouble, func(s *Stage) { s.Controller.DetailTab(model.TabTickets) })},
		{"transactions", refunded, open(own, func(s *Stage) { s.Controller.DetailTab(model.TabPayment) })},
		{"delay", Orders, open(uber, func(s *Stage) { s.Controller.Tap(uber, order.Delay); s.Controller.SheetStep("minutes", 1) })},
		{"delay-sent", delayed(""), open(uber)},
		{"delay-taken", delayed(order.AnswerTaken), open(uber)},
		{"delay-refused", delayed(order.AnswerRefused), open(uber)},
		{"delay-history", delayed(order.AnswerRefused), open(uber, func(s *Stage) { s.Controller.DetailTab(model.TabHistory) })},
		{"refused", tookBack, refusedHere},
		{"refused-details", tookBack, open(uber, refusedHere)},
		{"refused-history", tookBack, open(uber, refusedHere, func(s *Stage) { s.Controller.DetailTab(model.TabHistory) })},
		{"reject", Orders, open("order-222", func(s *Stage) {
			s.Controller.Tap("order-222", order.Reject)
			s.Controller.SheetChoose(string(order.OutOfStock))
		})},
		{"cancel", Orders, open(own, func(s *Stage) { s.Controller.Tap(own, order.CancelItems); s.Controller.SheetStep("1", -1) })},
		{"bags", Orders, tap("order-214", order.Pack)},
		{"arrived", Orders, open("order-228", func(s *Stage) { s.Controller.Tap("order-228", order.CustomerArrived); s.Controller.SheetChoose("3") })},
		{"hand-over", delivering, open(courier, func(s *Stage) { s.Controller.Tap(courier, order.HandOver) }, ticks("1"))},
		{"hand-over-ticked", delivering, open(courier, func(s *Stage) { s.Controller.Tap(courier, order.HandOver) }, ticks("1", "2", "code"))},
		{"own-actions", Orders, open(own, tickets)},
	}
}

// change makes one of the usual orders another.
func change(language, id string, f func(*order.Order)) []order.Order {
	orders := Orders(language)
	for i := range orders {
		if orders[i].ID == id {
			f(&orders[i])
		}
	}
	return orders
}

// delivering has a courier at the counter for an order of two bags, and others on their way.
func delivering(language string) []order.Order {
	orders := change(language, "order-226", func(o *order.Order) {
		o.Status, o.ReadyAt, o.Bags, o.PickupCode = order.Ready, at(12, 14), 2, "9K3D8"
		o.Fulfillment.PromisedAt = at(12, 20)
		o.Fulfillment.Address = "4872, avenue du Parc, Montréal H2V 4E7"
		o.Courier = &order.Courier{Name: "Karim B.", Phone: "438 555-0117", Stage: order.CourierAtStore, At: at(12, 16)}
		o.History = append(o.History,
			order.Entry{At: at(12, 6), By: "doordash", What: order.WasCourierAssigned, Detail: string(order.CourierAssigned)},
			order.Entry{At: at(12, 14), By: "comptoir-1", What: order.WasReady, Detail: "2"},
			order.Entry{At: at(12, 16), By: "doordash", What: order.WasCourierMoved, Detail: string(order.CourierAtStore)})
	})
	orders[1].Courier = &order.Courier{Name: "Zoé L.", Stage: order.CourierArriving, At: at(12, 15)}
	return orders
}

// delayed is an order that was delayed, and what its platform says of it.
func delayed(verdict order.Verdict) func(string) []order.Order {
	return func(language string) []order.Order {
		return change(language, "order-217", func(o *order.Order) {
			o.History = append(o.History, order.Entry{At: at(12, 12), By: "comptoir-1", What: order.WasDelayed, Detail: "10 min", Command: "later"})
			answer := order.Answer{Command: "later", Verdict: verdict}
			if verdict != order.AnswerRefused {
				o.Fulfillment.PromisedAt = at(12, 35)
			} else {
				answer.Problem = "HTTP 422"
			}
			if verdict != "" {
				o.History = append(o.History, order.Entry{At: at(12, 13), By: o.Connection, What: order.WasAnswered, Answer: answer})
			}
		})
	}
}

// tookBack has an order that its platform cancelled; refusedHere is the tap that came too late.
func tookBack(language string) []order.Order {
	return change(language, "order-217", func(o *order.Order) {
		o.Status, o.Reason, o.CompletedAt = order.Completed, order.CancelledByPartner, at(12, 4)
		o.Acknowledged = append(o.Acknowledged, order.AlarmCancelled)
		o.History = append(o.History, order.Entry{At: at(12, 4), By: o.Connection, What: order.WasCancelledByPartner})
	})
}

func refusedHere(s *Stage) {
	s.terminal.refusals = []terminal.Refusal{{
		Command: order.Command{ID: "late", Type: order.MarkReady, OrderID: "order-217", Person: order.Person{Name: "Luc"}},
		Kind:    order.NotPossible, Cause: order.AlreadyCancelled, At: at(12, 9),
	}}
	s.Controller.Notify(terminal.Event{Kind: terminal.EventSettings})
}

// refunded has every kind of transaction.
func refunded(language string) []order.Order {
	return change(language, "order-224", func(o *order.Order) {
		o.Transactions = []order.Transaction{
			{ID: "1", Kind: order.Payment, Method: order.GiftCard, Amount: 1000, At: at(11, 58)},
			{ID: "2", Kind: order.Payment, Method: order.Card, Amount: o.Totals.Total - 1000, At: at(11, 58)},
			{ID: "3", Kind: order.Refund, Method: order.Card, Amount: 500, At: at(12, 9), Failed: true},
			{ID: "4", Kind: order.Refund, Method: order.Cash, Amount: 500, At: at(12, 11)},
			{ID: "5", Kind: order.Fee, Method: order.Card, Amount: 45, At: at(11, 59)},
		}
	})
}

// Tickets are those of the order on the story's printers.
func (s *Stage) Tickets(orderID string) []terminal.Job {
	var jobs []terminal.Job
	for _, p := range s.printers {
		for _, list := range [][]terminal.PrinterJob{p.Waiting, p.Unconfirmed, p.Last} {
			for _, t := range list {
				if t.OrderID == orderID {
					job := t.Job
					job.Printer, job.Ticket = p.Setup.Name, &terminal.Ticket{Number: t.Number}
					jobs = append(jobs, job)
				}
			}
		}
	}
	return jobs
}
