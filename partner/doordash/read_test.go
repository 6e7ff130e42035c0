package doordash_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/doordash"
	"comptoir/partner/partnertest"
)

func TestPickupExample(t *testing.T) {
	event, err := read(adapter(t), partnertest.Example(t, "doordash-pickup.json"))
	if err != nil {
		t.Fatal(err)
	}
	id := "0d9f6a52-3c1b-4e7a-9b68-5a1f00c0ffee"
	if event.Kind != partner.Placed || event.Reply != 202 || !reflect.DeepEqual(event.References, []string{id}) {
		t.Errorf("event: %+v", event)
	}
	yes := true
	want := order.Order{
		Channel: "DoorDash", Reference: id, Number: "4F7C2",
		PlacedAt: now, AcceptBy: now.Add(3 * time.Minute),
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: now.Add(25 * time.Minute)},
		Customer:    order.Customer{Name: "Camille R", Phone: "+18552228111"},
		Note:        "Au comptoir, au nom de Camille",
		Utensils:    &yes,
		Currency:    "CAD",
		Lines: []order.Line{
			{
				ID: "8812340001", PLU: "BRG-01", Name: "Burger façon Comptoir", Category: "Burgers", Quantity: 2, UnitPrice: 1450, Kind: order.Physical, Note: "Sans sel ajouté",
				Modifiers: []order.Modifier{{Name: "À point", Quantity: 1}, {Name: "Bacon fumé", Quantity: 2, UnitPrice: 250}},
			},
			{ID: "8812340002", PLU: "BOI-01", Name: "Café crème", Category: "Boissons", Quantity: 1, UnitPrice: 350, Kind: order.Physical},
		},
		Totals:       order.Totals{Subtotal: 4250, Tax: 636, Total: 4886},
		Transactions: []order.Transaction{{ID: "platform", Kind: order.Payment, Method: order.Platform, Amount: 4886, At: now}},
	}
	if !reflect.DeepEqual(*event.Order, want) {
		t.Errorf("got  %+v\nwant %+v", *event.Order, want)
	}
}

func TestDeliveryExample(t *testing.T) {
	event, err := read(adapter(t), partnertest.Example(t, "doordash-delivery.json"))
	if err != nil {
		t.Fatal(err)
	}
	o := event.Order
	// prices of 0, and a total that no sum of lines would give
	if o.Totals != (order.Totals{Subtotal: 6150, Tax: 921, Tip: 200, Fees: 25, Total: 7296}) || o.Lines[0].UnitPrice != 0 {
		t.Errorf("totals: %+v", o.Totals)
	}
	if o.Fulfillment.Type != order.Delivery || len(o.Lines) != 3 || o.Lines[2].Category != "Desserts" || o.Lines[2].Quantity != 2 {
		t.Errorf("order: %+v", *o)
	}
	if got, want := o.Lines[0].Note, "Allergie : moutarde\nInès B"; got != want {
		t.Errorf("note: got %q, want %q", got, want)
	}
	if got, want := o.Lines[0].Modifiers, []order.Modifier{{Name: "Béarnaise", Quantity: 1, Modifiers: []order.Modifier{{Name: "À côté", Quantity: 1}}}}; !reflect.DeepEqual(got, want) {
		t.Errorf("modifiers: got %+v, want %+v", got, want)
	}
}

// with is a small order, some of its fields changed, or removed where the change is nil.
func with(t *testing.T, changes map[string]any) []byte {
	t.Helper()
	o := map[string]any{
		"id": "dd-0000-12345", "subtotal": 1000, "tax": 150, "estimated_pickup_time": "2026-01-01T12:25:00Z", "fulfillment_type": "pickup",
		"categories": json.RawMessage(`[{"name":"Burgers","items":[{"name":"Burger","quantity":1,"price":0}]}]`),
	}
	maps.Copy(o, changes)
	maps.DeleteFunc(o, func(_ string, value any) bool { return value == nil })
	data, err := json.Marshal(map[string]any{"event": map[string]any{"type": "OrderCreate", "status": "NEW"}, "order": o})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func items(item string) json.RawMessage {
	return json.RawMessage(`[{"name":"Burgers","items":[` + item + `]}]`)
}

func nested(levels int) json.RawMessage {
	extras := `[]`
	for range levels {
		extras = `[{"name":"q","options":[{"name":"x","quantity":1,"extras":` + extras + `}]}]`
	}
	return items(`{"name":"Burger","quantity":1,"extras":` + extras + `}`)
}

func TestFields(t *testing.T) {
	a := adapter(t)
	kind := func(o order.Order) any { return o.Fulfillment.Type }
	tests := []struct {
		name    string
		changes map[string]any
		got     func(order.Order) any
		want    any
	}{
		{"dx_delivery", map[string]any{"fulfillment_type": "dx_delivery"}, kind, order.Delivery},
		{"mx_fleet_delivery", map[string]any{"fulfillment_type": "mx_fleet_delivery", "delivery_address": map[string]any{"street": "12 rue X", "subpremise": "app. 3", "city": "Montréal", "state": "QC", "zip_code": "H1H 1H1", "address_instructions": "code 12"}}, func(o order.Order) any {
			return string(o.Fulfillment.Type) + ": " + o.Fulfillment.Address
		}, "delivery: 12 rue X, app. 3, Montréal QC H1H 1H1, code 12"},
		{"fulfillment_type before is_pickup", map[string]any{"is_pickup": false}, kind, order.Pickup},
		{"is_pickup", map[string]any{"fulfillment_type": nil, "is_pickup": true}, kind, order.Pickup},
		{"is_pickup false", map[string]any{"fulfillment_type": "by_drone", "is_pickup": false}, kind, order.Delivery},
		{"number from id", nil, func(o order.Order) any { return o.Number }, "12345"},
		{"price 0, and the totals as sent", nil, func(o order.Order) any { return o.Totals.Total }, order.Money(1150)},
		{"totals of 0", map[string]any{"subtotal": 0, "tax": nil}, func(o order.Order) any { return len(o.Transactions) }, 0},
		{"self-delivery", map[string]any{"tip_amount": 300, "delivery_fee": 499, "custom_fee": json.RawMessage(`[{"type":"BAG_FEE","price":25,"tax":4}]`)}, func(o order.Order) any {
			return o.Totals
		}, order.Totals{Subtotal: 1000, Tax: 150, Tip: 300, Fees: 524, Total: 1974}},
		{"no estimated_pickup_time", map[string]any{"estimated_pickup_time": nil}, func(o order.Order) any { return o.Fulfillment.PromisedAt.IsZero() }, true},
		{"no word of cutlery", nil, func(o order.Order) any { return o.Utensils == nil }, true},
		{"64-bit consumer", map[string]any{"consumer": json.RawMessage(`{"id":9223372036854775807,"first_name":"A","last_name":""}`)}, func(o order.Order) any { return o.Customer.Name }, "A"},
		{"several options", map[string]any{"categories": items(`{"name":"B","quantity":1,"extras":[{"options":[{"name":"x","quantity":2},{"name":"y"}]},{"options":null}]}`)}, func(o order.Order) any {
			return o.Lines[0].Modifiers
		}, []order.Modifier{{Name: "x", Quantity: 2}, {Name: "y", Quantity: 1}}},
		{"deepest", map[string]any{"categories": nested(order.MaxDepth)}, func(o order.Order) any { return len(o.Lines[0].Modifiers) }, 1},
		{"null lists", map[string]any{"custom_fee": json.RawMessage("null"), "consumer": json.RawMessage("null"), "categories": json.RawMessage(`[{"name":"E","items":null},{"name":"B","items":[{"name":"B","quantity":1,"extras":null}]}]`)}, func(o order.Order) any {
			return len(o.Lines)
		}, 1},
	}
	for _, tt := range tests {
		event, err := read(a, with(t, tt.changes))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := tt.got(*event.Order); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAnswerWithin(t *testing.T) {
	a := adapter(t, func(c *doordash.Config) { c.AnswerWithin = 8 })
	event, err := read(a, with(t, nil))
	if err != nil || !event.Order.AcceptBy.Equal(now.Add(8*time.Minute)) {
		t.Errorf("got %v, %v", event.Order, err)
	}
}

// TestEvents: A1, "Webhook kinds", "Partner cancels", "Adjustment".
func TestEvents(t *testing.T) {
	a := adapter(t)
	created := string(with(t, nil))
	as := func(kind string) string { return strings.Replace(created, "OrderCreate", kind, 1) }
	tests := []struct {
		name  string
		body  string
		kind  partner.EventKind
		reply int
		ids   []string
		whole bool
	}{
		{"create", created, partner.Placed, 202, []string{"dd-0000-12345"}, true},
		{"adjustment", as("OrderAdjustment"), partner.Changed, 200, []string{"dd-0000-12345"}, true},
		{"cancel with its order", as("OrderCancel"), partner.Cancelled, 200, []string{"dd-0000-12345"}, true},
		{"cancelled, spelled otherwise", as("order_cancelled"), partner.Cancelled, 200, []string{"dd-0000-12345"}, true},
		{"cancel by ids", `{"event":{"type":"OrderCanceled"},"client_order_id":"c","external_order_id":"e"}`, partner.Cancelled, 200, []string{"e", "c"}, false},
		{"cancel by ids within", `{"event":{"type":"OrderCanceled"},"order":{"client_order_id":"c"}}`, partner.Cancelled, 200, []string{"c"}, false},
		{"no event, external id", `{"external_order_id":"e","store":{},"is_asap":true}`, partner.Cancelled, 200, []string{"e"}, false},
		{"no event, client id", `{"client_order_id":"c"}`, partner.Cancelled, 200, []string{"c"}, false},
		{"null event, the same id twice", `{"event":null,"client_order_id":"c","external_order_id":"c"}`, partner.Cancelled, 200, []string{"c"}, false},
		{"dasher", `{"event":{"type":"dasher_status_update"},"external_order_id":"e","order":[7]}`, partner.Ignored, 200, nil, false},
		{"unknown", `{"event":{"type":"MenuStatus"},"order":7}`, partner.Ignored, 200, nil, false},
	}
	for _, tt := range tests {
		event, err := read(a, []byte(tt.body))
		if err != nil || event.Kind != tt.kind || event.Reply != tt.reply || !reflect.DeepEqual(event.References, tt.ids) || (event.Order != nil) != tt.whole || event.What == "" {
			t.Errorf("%s: got %+v, %v", tt.name, event, err)
		}
		if tt.kind == partner.Cancelled && !reflect.DeepEqual(event.OurIDs, tt.ids) {
			t.Errorf("%s: our ids: got %v, want %v", tt.name, event.OurIDs, tt.ids)
		}
	}
	event, err := read(a, partnertest.Example(t, "doordash-cancel.json"))
	if err != nil || event.Kind != partner.Cancelled || event.References[0] != "0d9f6a52-3c1b-4e7a-9b68-5a1f00c0ffee" || len(event.OurIDs) != 2 {
		t.Errorf("example: got %+v, %v", event, err)
	}
}

func TestRefused(t *testing.T) {
	a := adapter(t)
	tests := []struct {
		changes map[string]any
		want    string // named by the error
	}{
		{map[string]any{"id": nil}, "order.id"},
		{map[string]any{"id": 7}, "id"},
		{map[string]any{"id": "."}, "order.id"},
		{map[string]any{"fulfillment_type": nil}, "fulfillment_type"},
		{map[string]any{"fulfillment_type": "by_drone"}, "fulfillment_type"},
		{map[string]any{"estimated_pickup_time": "soon"}, "estimated_pickup_time"},
		{map[string]any{"estimated_pickup_time": 7}, "estimated_pickup_time"},
		{map[string]any{"subtotal": -1}, "order.subtotal"},
		{map[string]any{"subtotal": 10.5}, "subtotal"},
		{map[string]any{"tax": json.Number("9223372036854775807")}, "order.tax"},
		{map[string]any{"custom_fee": json.RawMessage(`[{"price":1},{"price":-1}]`)}, "custom_fee[1]"},
		{map[string]any{"categories": nil}, "order.categories"},
		{map[string]any{"categories": json.RawMessage(`[]`)}, "order.categories"},
		{map[string]any{"categories": json.RawMessage(`{}`)}, "categories"},
		{map[string]any{"categories": json.RawMessage(`[{"items":[]}]`)}, "order.categories"},
		{map[string]any{"categories": items(`{"name":"B"}`)}, "categories[0].items[0].quantity"},
		{map[string]any{"categories": items(`{"name":"B","quantity":0}`)}, "quantity"},
		{map[string]any{"categories": items(`{"name":"B","quantity":-3}`)}, "quantity"},
		{map[string]any{"categories": items(`{"name":"B","quantity":2.5}`)}, "quantity"},
		{map[string]any{"categories": items(`{"name":"B","quantity":123456}`)}, "quantity"},
		{map[string]any{"categories": items(`{"name":"B","quantity":1,"price":"1"}`)}, "price"},
		{map[string]any{"categories": items(`{"name":"B","quantity":1,"price":99999999999}`)}, "unitPrice"},
		{map[string]any{"categories": items(`{"quantity":1}`)}, "name"},
		{map[string]any{"categories": items(`{"name":"B","quantity":1,"extras":[{"options":[{"name":"x","quantity":-1}]}]}`)}, "modifier x"},
		{map[string]any{"categories": nested(order.MaxDepth + 1)}, "levels"},
		{map[string]any{"categories": nested(2000)}, "levels"},
	}
	for _, tt := range tests {
		body := with(t, tt.changes)
		event, err := read(a, body)
		if !errors.Is(err, partner.ErrBody) && order.KindOf(err) != order.Invalid || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.200s: got %+v, %v, want an error about %s", body, event, err, tt.want)
		}
	}
	created := string(with(t, nil))
	for _, body := range []string{
		"", "null", "{}", "[]", "{", created + "x", created + created,
		`{"event":{"type":"OrderCreate"}}`, `{"event":{"type":"OrderCreate"},"order":null}`, `{"event":{"type":"OrderCreate"},"order":[]}`,
		`{"event":{"type":"OrderCancel"}}`, `{"event":"OrderCreate","order":{}}`, `{"event":{"type":7}}`,
		`{"client_order_id":"","external_order_id":""}`, `{"client_order_id":7}`, `{"client_order_id":".."}`,
		// an order whose event lost its name must not cancel that order
		strings.Replace(created, "OrderCreate", "", 1), `{"order":{"id":"1"}}`,
	} {
		if event, err := read(a, []byte(body)); !errors.Is(err, partner.ErrBody) {
			t.Errorf("%.60q: got %+v, %v, want ErrBody", body, event, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	partnertest.AddExamples(f, "doordash-*.json")
	f.Add([]byte(`{"event":{"type":"OrderAdjustment"},"order":{"id":"1","is_pickup":true,"categories":[{"items":[{"name":"a","quantity":1,"extras":[{"options":[{"extras":[{}]}]}]}]}]}}`))
	f.Add([]byte(`{"client_order_id":"1"}`))
	f.Add([]byte(`null`))
	a := adapter(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := read(a, body)
		partnertest.CheckRead(t, a, event, err, now)
	})
}
