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

	"comptoir/order"
	"comptoir/sandbox"
)

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
