package converge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"comptoir/internal/pipes"
	"comptoir/order"
)

// happens is one thing that happens in the shop.
func (s *premises) happens() {
	x := s.tills[s.random.IntN(len(s.tills))]
	switch n := s.random.IntN(42); {
	case n < 5:
		s.webhook()
	case n < 7:
		s.post()
	case n < 9:
		s.sell(x)
	case n < 20:
		s.tap(x)
	case n < 22:
		s.command()
	case n < 24:
		s.fromPartner()
	case n < 25:
		s.again()
	case n < 27:
		if x.life != nil && !x.life.isDead() {
			x.print()
		}
	case n < 33:
		s.trouble(x)
	case n < 36:
		s.power(x)
	case n < 37:
		s.hubDown()
	case n < 38:
		d := time.Duration(s.random.IntN(600)-300) * time.Second
		s.note("the clock of %s is wrong by %v", x.device, d)
		x.setWrong(d)
	case n < 39:
		x.backUp()
	case n < 40:
		x.restore()
	case n < 41:
		s.mu.Lock()
		s.hubAhead = time.Duration(s.random.IntN(120)-60) * time.Second
		s.mu.Unlock()
	default:
		d := []time.Duration{time.Minute, time.Hour, 72 * time.Hour}[s.random.IntN(3)]
		s.note("%v pass", d)
		s.mu.Lock()
		s.ahead += d
		s.mu.Unlock()
	}
}

func (s *premises) trouble(x *till) {
	way := pipes.Way(s.random.IntN(2))
	switch s.random.IntN(5) {
	case 0:
		s.note("the line of %s is cut", x.device)
		x.line.Cut()
	case 1, 2:
		n := s.random.IntN(6000)
		s.note("the line of %s is cut after %d bytes, way %d", x.device, n, way)
		x.line.CutAfter(way, n)
	case 3:
		s.note("the line of %s loses what goes way %d", x.device, way)
		x.line.Mute(way)
	case 4:
		s.note("the line of %s is mended", x.device)
		x.line.Mend()
		return
	}
	s.tally.cuts++
}

func (s *premises) power(x *till) {
	switch {
	case x.life == nil:
		s.note("%s starts", x.device)
		x.open()
		s.tally.restarts++
	case s.random.IntN(3) == 0:
		s.note("%s is ended", x.device)
		x.close()
	default:
		n, after := s.random.IntN(8), s.random.IntN(2) == 0
		s.note("%s is killed at transaction %d, after its commit %t", x.device, n, after)
		x.life.kill(n, after)
		s.tally.kills++
	}
}

func (s *premises) hubDown() {
	if s.hub == nil {
		s.note("the hub starts")
		s.startHub()
		return
	}
	s.note("the hub ends")
	s.stop()
	s.tally.restarts++
	if s.random.IntN(2) == 0 {
		s.startHub()
	}
}

// goods are what somebody buys: physical, digital, several of each.
func (s *premises) goods() []order.Line {
	lines := []order.Line{{ID: "b", PLU: "BRG-01", Name: "Burger", Quantity: 1 + s.random.IntN(3), UnitPrice: 1000}}
	if s.random.IntN(2) == 0 {
		lines = append(lines, order.Line{ID: "c", PLU: "BOI-01", Name: "Café", Quantity: 1 + s.random.IntN(3), UnitPrice: 300})
	}
	if s.random.IntN(3) == 0 {
		lines = append(lines, order.Line{ID: "g", Name: "Bon", Quantity: 1 + s.random.IntN(2), UnitPrice: 2000, Kind: order.DigitalLine})
	}
	return lines
}

var forms = []order.FulfillmentType{order.Pickup, order.Curbside, order.Shipment, order.Counter}

func (s *premises) draft() order.Order {
	return order.Order{
		Fulfillment: order.Fulfillment{Type: forms[s.random.IntN(len(forms))], PromisedAt: s.now().Add(30 * time.Minute).UTC().Truncate(time.Second)},
		Lines:       s.goods(), Totals: order.Totals{Total: 5000},
	}
}

// post is an order of the own shop.
func (s *premises) post() { s.placesOwn(s.draft()) }

// placesOwn has the shop place an order of which 50.00 are paid, and returns its id.
func (s *premises) placesOwn(draft order.Order) string {
	s.last++
	draft.Reference = fmt.Sprintf("shop-%d", s.last)
	body, err := json.Marshal(struct {
		order.Order
		Payments []map[string]any `json:"payments"`
	}{draft, []map[string]any{{"id": "p", "kind": "card", "amount": 5000}}})
	if err != nil {
		s.t.Fatal(err)
	}
	id := order.Identity(order.ChannelShop, "plateau", draft.Reference)
	switch status, answer := s.ask(http.MethodPost, ordersPath, body); status {
	case 0:
	case http.StatusCreated:
		s.places(id)
		s.note("the shop places %s", id)
	default:
		s.fault("the shop's order: HTTP %d: %s", status, answer)
	}
	return id
}

// sell is an order of a counter, which counts as accepted.
func (s *premises) sell(x *till) {
	if x.life == nil {
		return
	}
	draft := s.draft()
	draft.Transactions = []order.Transaction{{ID: "p", Kind: order.Payment, Method: order.Cash, Amount: 5000}}
	c := order.Command{ID: s.nextID(), Type: order.Place, Order: &draft}
	c.OrderID = order.Identity(order.ChannelCounter, x.device, c.ID)
	given := s.give(x.device, c)
	accepted := s.give(x.device, order.Command{ID: order.Identity(c.ID, string(order.Accept)), Type: order.Accept, OrderID: c.OrderID})
	x.do(given, func(l *life) error {
		_, err := l.service.Place(c)
		return err
	})
	accepted.sure, accepted.never = given.sure, given.never
	if !given.never {
		begun := draft
		begun.ID = c.OrderID
		s.begun[c.OrderID] = begun
		s.note("%s sells %s", x.device, c.OrderID)
	}
}

// tap is what a person does at a terminal, of what the terminal shows, sensible or not.
func (s *premises) tap(x *till) {
	if x.life == nil {
		return
	}
	orders := x.life.service.Orders()
	if len(orders) == 0 {
		return
	}
	slices.SortFunc(orders, func(a, b order.Order) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	o := orders[s.random.IntN(len(orders))]
	c := s.wish(o)
	given := s.give(x.device, c)
	x.do(given, func(l *life) error {
		_, err := l.service.Do(c)
		return err
	})
	s.note("%s: %s %s %s, taken %t", x.device, c.Type, o.ID, c.ID, given.sure)
	if given.sure && s.random.IntN(8) == 0 { // a finger that trembles, or a retry of the window
		_, _ = x.life.service.Do(c)
	}
}

// wish is some command to an order, mostly one that follows.
func (s *premises) wish(o order.Order) order.Command {
	types := order.ScreenCommands()
	c := order.Command{ID: s.nextID(), OrderID: o.ID, Type: types[s.random.IntN(len(types))]}
	next := map[order.Status]order.CommandType{order.New: order.Accept, order.Accepted: order.Start, order.Preparing: order.MarkReady, order.Ready: order.HandOver}
	if follows, open := next[o.Status]; open && s.random.IntN(3) == 0 {
		c.Type = follows
	}
	switch c.Type {
	case order.Delay:
		c.Minutes = 1 + s.random.IntN(20)
	case order.Pack:
		c.Bags = 1 + s.random.IntN(4)
	case order.MarkReady:
		c.Bags = s.random.IntN(3)
	case order.Ship, order.CompleteItems, order.CancelItems:
		if s.random.IntN(2) == 0 {
			c.Items = []order.ItemQuantity{{Line: o.Lines[s.random.IntN(len(o.Lines))].ID, Quantity: 1 + s.random.IntN(2)}}
		}
		if c.Type == order.CancelItems && s.random.IntN(2) == 0 {
			c.Amount = order.Money(1 + s.random.IntN(2000))
		}
	case order.RefundMoney:
		c.Amount = order.Money(1 + s.random.IntN(4000))
	case order.CustomerArrived:
		c.Spot = []string{"", "1", "2"}[s.random.IntN(3)]
	case order.Acknowledge:
		alarms := []order.Alarm{order.AlarmDeadline, order.AlarmNew, order.AlarmArrived, order.AlarmExpired, order.AlarmCancelled, order.AlarmChanged}
		c.Alarm = alarms[s.random.IntN(len(alarms))]
	}
	return c
}

func (s *premises) some(suits func(order.Order) bool) (order.Order, bool) {
	var ids []string
	for id, o := range s.begun {
		if suits(o) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return order.Order{}, false
	}
	slices.Sort(ids)
	return s.begun[ids[s.random.IntN(len(ids))]], true
}

// command is one of the API.
func (s *premises) command() {
	o, found := s.some(func(order.Order) bool { return true })
	if !found || s.hub == nil {
		return
	}
	c := s.wish(o)
	body, err := json.Marshal(c)
	if err != nil {
		s.t.Fatal(err)
	}
	given := s.give("api", c)
	for range 1 + s.random.IntN(2) { // who hears no answer asks again
		switch status, answer := s.ask(http.MethodPost, ordersPath+"/"+o.ID+"/commands", body); status {
		case http.StatusOK:
			given.sure = true
		case http.StatusConflict:
			given.never = true
		case http.StatusNotFound: // the counter's order is not there yet
			given.never, given.early = true, true
		default:
			s.fault("the API: HTTP %d: %s", status, answer)
		}
	}
	s.note("the API: %s %s, taken %t", c.Type, o.ID, given.sure)
}
