package stories

import (
	"fmt"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/ui/model"
)

// keptSince is the first day of which the stories' terminal has kept anything.
const keptSince shop.Day = "2026-11-12"

// endedOrders are those of the day so far and of the day before, the last one first.
func endedOrders(language string) []order.Order {
	ends := []struct {
		status order.Status
		reason order.Reason
	}{
		{order.Completed, order.HandedOver},
		{order.Completed, order.Delivered},
		{order.Completed, order.CancelledByPartner},
		{order.Completed, order.HandedOver},
		{order.Rejected, order.OutOfStock},
		{order.Expired, order.DeadlinePassed},
		{order.Completed, order.Shipped},
		{order.Completed, order.CancelledByStore},
	}
	usual := Orders(language)
	at := at(12, 9)
	var ended []order.Order
	for i := range 24 {
		o := usual[(i*5+1)%len(usual)].Clone()
		end := ends[i%len(ends)]
		o.ID, o.Number = fmt.Sprintf("ended-%02d", i), fmt.Sprint(213-i)
		o.Status, o.Reason, o.CompletedAt = end.status, end.reason, at
		o.PlacedAt, o.Fulfillment.PromisedAt = at.Add(-40*time.Minute), at.Add(-5*time.Minute)
		o.Fulfillment.ArrivedAt = time.Time{}
		ended = append(ended, o)
		if at = at.Add(-17 * time.Minute); i == 9 {
			at = at.AddDate(0, 0, -1).Add(9 * time.Hour)
		}
	}
	return ended
}

// lookingStories are those of searches, filters and days.
func lookingStories() []Story {
	search := func(query string) func(*Stage) {
		return func(s *Stage) {
			s.Controller.OpenSearch()
			s.Controller.Search(query)
			s.Load()
		}
	}
	filter := func(choose func(*model.Controller)) func(*Stage) {
		return func(s *Stage) {
			choose(s.Controller)
			s.Load()
		}
	}
	status := func(ids ...string) func(*model.Controller) {
		return func(c *model.Controller) {
			for _, id := range ids {
				c.FilterStatus(id)
			}
		}
	}
	return []Story{
		{"search", Orders, search("steak")},
		{"search-empty", Orders, search("")},
		{"search-none", Orders, search("zabaglione")},
		{"search-results", Orders, func(s *Stage) { search("514 555")(s); s.Controller.Typing(false) }},
		{"search-filtered", Orders, func(s *Stage) { s.Controller.FilterChannel("DoorDash"); search("gagn")(s) }},
		{"filter", Orders, filter(func(c *model.Controller) { c.OpenFilter(); c.FilterStatus("ready"); c.FilterChannel("DoorDash") })},
		{"filter-month", Orders, filter(func(c *model.Controller) { c.OpenFilter(); c.FilterDay("2026-11-16"); c.FilterMonth("2026-11-16") })},
		{"filter-chips", Orders, filter(func(c *model.Controller) {
			status("accepted", "preparing")(c)
			c.FilterChannel("DoorDash")
			c.FilterChannel("Uber Eats")
		})},
		{"past-day", Orders, filter(func(c *model.Controller) { c.FilterDay("2026-11-23") })},
		{"not-kept", Orders, filter(func(c *model.Controller) { c.FilterDay("2026-11-02") })},
		{"ended", Orders, filter(status("completed", "cancelled"))},
		{"scheduled", Orders, func(s *Stage) {
			s.terminal.locations[0].PrintAheadMinutes = 60
			s.terminal.orders = s.terminal.orders[7:]
		}},
		{"curbside", waitingOutside, func(s *Stage) { s.Controller.Section(model.Curbside) }},
		{"curbside-details", waitingOutside, func(s *Stage) { s.Controller.Section(model.Curbside); s.Controller.Select("order-219") }},
	}
}

// waitingOutside are the usual ones, and a customer more who has arrived.
func waitingOutside(language string) []order.Order {
	orders := Orders(language)
	orders[2].Fulfillment.ArrivedAt = at(12, 13)
	late := orders[9].Clone()
	late.ID, late.Number, late.Customer.Name = "order-234", "234", "Mylène Desjardins"
	late.Fulfillment.ArrivedAt, late.Fulfillment.PromisedAt, late.PreparationMinutes = at(12, 5), at(12, 40), 10
	return append(orders, late)
}

// Load reads what the controller asks for, as the window's worker does.
func (s *Stage) Load() {
	s.Controller.Screen() // the settings
	for load := s.Controller.Load(); load != nil; load = s.Controller.Load() {
		run(load)
	}
}
