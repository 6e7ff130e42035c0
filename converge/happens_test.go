package converge

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"comptoir/internal/pipes"
	"comptoir/order"
	"comptoir/sandbox"
)

// happens is one thing that happens in the shop.
func (s *premises) happens() {
	x := s.tills[s.random.IntN(len(s.tills))]
	switch n := s.random.IntN(40); {
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

var examples = []struct {
	file, connection string
}{
	{"deliverect-pickup", viaDeliverect},
	{"deliverect-curbside", viaDeliverect},
	{"deliverect-delivery", viaDeliverect},
	{"doordash-pickup", viaDoorDash},
	{"doordash-delivery", viaDoorDash},
}

// webhook is a platform's new order.
func (s *premises) webhook() {
	example := examples[s.random.IntN(len(examples))]
	s.placesFrom(example.file, example.connection)
}

// placesFrom brings a platform's order, and returns its id.
func (s *premises) placesFrom(file, connection string) string {
	s.last++
	reference := fmt.Sprintf("r%d", s.last)
	body, err := sandbox.Load("../examples/orders/"+file+".json", sandbox.Values{ID: reference, Number: reference, Now: s.now()})
	if err != nil {
		s.t.Fatal(err)
	}
	id := order.Identity(connection, reference)
	if s.deliver(connection, body) {
		s.places(id)
		s.note("%s places %s", connection, id)
	}
	return id
}

// deliver brings a platform's webhook, and reports whether the hub took it.
func (s *premises) deliver(connection string, body []byte) bool {
	status := 0
	if connection == viaDeliverect {
		s.deliverect.Remember(body)
		mac := hmac.New(sha256.New, []byte("deliverect-secret"))
		mac.Write(body)
		status, _ = s.ask(http.MethodPost, "/partners/deliverect/demo-deliverect/orders", body, "X-Server-Authorization-HMAC-SHA256", hex.EncodeToString(mac.Sum(nil)))
	} else {
		s.doordash.Remember(body)
		status, _ = s.ask(http.MethodPost, "/partners/doordash/demo-doordash/orders", body, "Authorization", "Bearer doordash-secret")
	}
	if status != 0 && status/100 != 2 {
		s.fault("%s: HTTP %d to %.200s", connection, status, body)
	}
	if status/100 == 2 {
		s.bodies = append(s.bodies, delivered{connection, body})
	}
	return status/100 == 2
}

// again is a webhook that comes a second time.
func (s *premises) again() {
	if len(s.bodies) == 0 {
		return
	}
	d := s.bodies[s.random.IntN(len(s.bodies))]
	s.note("a webhook comes again")
	s.deliver(d.path, d.body)
}

// places remembers an order as it was placed: what the platform's adapter made of it is not the
// model's to say.
func (s *premises) places(id string) {
	status, answer := s.ask(http.MethodGet, ordersPath+"/"+id, nil)
	var o order.Order
	if err := json.Unmarshal(answer, &o); status != http.StatusOK || err != nil {
		s.fault("the order %s, of which the hub said that it is stored, is not there: HTTP %d", id, status)
		return
	}
	s.begun[id] = o
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

// fromPartner is what a platform says of an order that it has placed.
func (s *premises) fromPartner() {
	o, found := s.some(func(o order.Order) bool { return o.Connection != "" })
	if !found || s.hub == nil {
		return
	}
	c := order.Command{OrderID: o.ID}
	var body []byte
	switch n := s.random.IntN(3); {
	case n == 0:
		c.Type, c.ID = order.PartnerCancel, order.Identity(o.ID, string(order.PartnerCancel))
		body = s.cancelled(o)
	case n == 1 && o.Connection == viaDoorDash:
		body, c = s.adjusted(o)
	default:
		body, c = s.courier(o)
	}
	s.note("%s: %s %s", o.Connection, c.Type, o.ID)
	given := s.give(o.Connection, c)
	if !s.deliver(o.Connection, body) {
		given.never = !given.sure
	}
}

// sent is the webhook that placed an order.
func (s *premises) sent(reference string) map[string]any {
	for _, d := range s.bodies {
		if bytes.Contains(d.body, []byte(`"`+reference+`"`)) {
			var whole map[string]any
			if err := json.Unmarshal(d.body, &whole); err != nil {
				s.t.Fatal(err)
			}
			return whole
		}
	}
	s.t.Fatalf("%s was never placed", reference)
	return nil
}

func (s *premises) cancelled(o order.Order) []byte {
	if o.Connection == viaDoorDash {
		return fmt.Appendf(nil, `{"event":{"type":"order_cancel"},"external_order_id":%q}`, o.Reference)
	}
	whole := s.sent(o.Reference)
	whole["status"] = 100
	return s.encode(whole)
}

func (s *premises) encode(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		s.t.Fatal(err)
	}
	return body
}

// adjusted is DoorDash's order with another quantity of its first item.
func (s *premises) adjusted(o order.Order) ([]byte, order.Command) {
	whole := s.sent(o.Reference)
	whole["event"] = map[string]any{"type": "order_adjustment"}
	quantity := 1 + s.random.IntN(5)
	item := whole["order"].(map[string]any)["categories"].([]any)[0].(map[string]any)["items"].([]any)[0].(map[string]any)
	item["quantity"] = quantity
	body := s.encode(whole)
	changed := order.Order{Lines: slices.Clone(o.Lines), Fulfillment: o.Fulfillment}
	changed.Lines[0].Quantity = quantity
	return body, order.Command{ID: order.Identity(o.ID, string(body)), Type: order.PartnerChange, OrderID: o.ID, Order: &changed}
}

var (
	deliverectStages = map[int]order.CourierStage{83: order.CourierArriving, 85: order.CourierAtStore, 87: order.CourierPickedUp, 90: order.CourierDelivered}
	doordashStages   = map[string]order.CourierStage{
		"dasher_confirmed": order.CourierAssigned, "arriving_at_store": order.CourierArriving, "arrived_at_store": order.CourierAtStore, "dropoff": order.CourierDelivered,
	}
)

func (s *premises) courier(o order.Order) ([]byte, order.Command) {
	name := []string{"Ana", "Bo"}[s.random.IntN(2)]
	var body []byte
	var stage order.CourierStage
	if o.Connection == viaDeliverect {
		code := []int{83, 85, 87, 90}[s.random.IntN(4)]
		stage = deliverectStages[code]
		body = fmt.Appendf(nil, `{"orderId":%q,"status":%d,"courier":{"firstName":%q,"status":%d}}`, o.Reference, code, name, code)
	} else {
		status := []string{"dasher_confirmed", "arriving_at_store", "arrived_at_store", "dropoff"}[s.random.IntN(4)]
		stage = doordashStages[status]
		body = fmt.Appendf(nil, `{"event":{"type":"dasher_status_update"},"delivery":{"external_order_id":%q,"client_order_id":"none","dasher_status":%q,"dasher":{"first_name":%q}}}`,
			o.Reference, status, name)
	}
	return body, order.Command{ID: order.Identity(o.ID, string(body)), Type: order.CourierMoved, OrderID: o.ID, Courier: &order.Courier{Name: name, Stage: stage}}
}
