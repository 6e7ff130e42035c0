package stories

import (
	"fmt"
	"time"

	"comptoir/menu"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// orderingStories show how orders are taken.
func orderingStories() []Story {
	page := func(p model.OrderingPage, tell func(*Stage)) func(*Stage) {
		return func(s *Stage) {
			s.Controller.Screen()
			if tell != nil {
				tell(s)
			}
			s.Controller.OrderingOpen()
			s.Controller.OrderingPage(p)
		}
	}
	return []Story{
		{"ordering-chip", Orders, rush},
		{"ordering-chip-busy", Orders, busy},
		{"ordering-rush", Orders, page(model.OrderingRush, nil)},
		{"ordering-rush-on", Orders, page(model.OrderingRush, rush)},
		{"ordering-channels", Orders, page(model.OrderingChannels, nil)},
		{"ordering-channels-on", Orders, page(model.OrderingChannels, rush)},
		{"ordering-stock", Orders, page(model.OrderingStock, rush)},
		{"ordering-undo", Orders, func(s *Stage) {
			page(model.OrderingChannels, nil)(s)
			s.Controller.CarryOut(s.Controller.OrderingDo(model.OrderingAsk{What: model.AskPause, Channel: "doordash", Choice: 1}))
		}},
		{"ordering-refused", Orders, func(s *Stage) {
			page(model.OrderingRush, nil)(s)
			s.Controller.Notify(terminal.Event{Kind: terminal.EventOrdering, Location: "plateau", Change: "1", Refused: &order.Error{Kind: order.NotFound, Cause: order.BadField}})
		}},
		{"ordering-waiting", waiting, func(s *Stage) {
			maximum := 4
			s.terminal.change(shop.Change{Maximum: &maximum})
			s.Controller.Select("order-223")
		}},
	}
}

// waiting is an order that waits for room, and one that asks for what is out of stock.
func waiting(language string) []order.Order {
	orders := ringing(language)
	for i := range orders {
		if orders[i].ID == "order-223" {
			orders[i].Status, orders[i].AcceptedAt = order.New, time.Time{}
			orders[i].Lines[0].OutOfStock = true
			orders[i].Acknowledged = order.Alarms()
		}
		orders[i].Acknowledged = order.Alarms()
	}
	return orders
}

// rush is a busy evening, with platforms that answer in different ways.
func rush(s *Stage) {
	yes, maximum, minutes := true, 8, 30
	for _, c := range []shop.Change{
		{Channels: []string{"doordash"}, Pause: &shop.Span{Until: at(12, 29)}},
		{Channels: []string{"deliverect"}, AutoAccept: &yes, PreparationMinutes: &minutes},
		{Busy: &shop.BusyChange{Minutes: 15, Span: shop.Span{Until: at(12, 39)}}},
		{Maximum: &maximum},
		{Item: "P02", Stock: &shop.StockChange{Out: true, Span: shop.Span{Until: time.Date(2026, time.November, 25, 9, 0, 0, 0, time.UTC)}}},
		{Item: "P05", Stock: &shop.StockChange{Out: true}},
	} {
		s.terminal.change(c)
	}
	s.terminal.reports = map[string]shop.Report{
		"doordash":   {State: shop.RefusedByPlatform, About: "store_pause", Detail: "HTTP 400"},
		"deliverect": {State: shop.Told},
	}
	s.terminal.waiting = 2
}

func busy(s *Stage) {
	s.terminal.change(shop.Change{Busy: &shop.BusyChange{Minutes: 15, Span: shop.Span{Until: at(12, 39)}}})
}

// change applies a change to the canned ordering.
func (c *canned) change(change shop.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	change.ID, change.At = fmt.Sprint(c.changes), Now().Add(time.Duration(c.changes))
	c.ordering = c.ordering.Apply(change)
}

// Ordering is how the canned location takes orders.
func (c *canned) Ordering(location string) (terminal.OrderingView, error) {
	if len(c.locations) == 0 {
		return terminal.OrderingView{}, terminal.ErrNoLocation
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return terminal.OrderingView{
		Location: location, Ordering: c.ordering, Held: c.ordering.At(c.locations[0], Now()), Reports: c.reports, Unsent: c.waiting, Now: Now(),
	}, nil
}

// ChangeOrdering applies it at once.
func (c *canned) ChangeOrdering(_ string, change shop.Change) error {
	change.ID = "story"
	settled, err := change.Settle(c.locations[0], Now())
	if err == nil {
		c.change(settled)
	}
	return err
}

// dishes is a menu of a few items.
func dishes(language string) menu.Menu {
	m := menu.Menu{Currency: "CAD"}
	for i, name := range []word{
		{"Burger façon Comptoir", "Comptoir burger"},
		{"Soupe à l’oignon", "Onion soup"},
		{"Steak frites", "Steak frites"},
		{"Salade niçoise", "Niçoise salad"},
		{"Tarte au sucre à l’érable et noix de Grenoble", "Maple sugar pie with walnuts"},
		{"Café crème", "Café crème"},
		{"Crème brûlée", "Crème brûlée"},
		{"Limonade", "Lemonade"},
		{"Bœuf grillé à point", "Grilled beef, medium"},
	} {
		m.Items = append(m.Items, menu.Item{PLU: fmt.Sprintf("P%02d", i+1), Name: name.in(language)})
	}
	return m
}
