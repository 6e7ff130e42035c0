package main

import (
	"fmt"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/ui/model"
	"comptoir/ui/stories"
)

// location is the one that all orders are of.
func location() shop.Location {
	return shop.Location{
		ID: "plateau", Name: "Plateau", TimeZone: "America/Montreal", Currency: "CAD", Language: model.French,
		DayStarts: "04:00", PrintAheadMinutes: 600, PreparationMinutes: 20,
		Stations: []shop.Station{{ID: "cuisine", Name: "Cuisine chaude", Default: true}},
		Connections: []shop.Connection{
			{ID: "doordash", Partner: "DoorDash", Policy: order.Policy{Accept: true, Reject: true}},
			{ID: "deliverect", Partner: "Deliverect", Policy: order.Policy{Accept: true, Reject: true}},
		},
	}
}

// orders are some of every kind, whose alarms have been answered. The first ones are open, one
// due each minute from now.
func orders(n, open int, now time.Time) []order.Order {
	usual := stories.Orders(model.French)
	orders := make([]order.Order, 0, n)
	for i := range n {
		o := usual[i%len(usual)].Clone()
		o.ID, o.Number, o.Reference = fmt.Sprintf("bench-%05d", i), fmt.Sprint(1000+i), fmt.Sprintf("R-%05d", i)
		o.PlacedAt, o.AcceptBy, o.Fulfillment.PromisedAt = now.Add(-10*time.Minute), time.Time{}, now.Add(time.Duration(i+5)*time.Minute)
		if i >= open {
			o.Status, o.Reason, o.CompletedAt = order.Completed, order.HandedOver, now
		}
		orders = append(orders, o)
	}
	return orders
}
