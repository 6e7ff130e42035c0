package deliverect_test

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
	"comptoir/partner/partnertest"
)

func TestPickupExample(t *testing.T) {
	event, err := read(adapter(t), partnertest.Example(t, "deliverect-pickup.json"))
	if err != nil {
		t.Fatal(err)
	}
	if event.Kind != partner.Placed || event.Reply != 200 || len(event.OurIDs) > 0 ||
		!reflect.DeepEqual(event.References, []string{"6752f1c0a1b2c3d4e5f60001"}) {
		t.Errorf("event: %+v", event)
	}
	yes, placed := true, time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	want := order.Order{
		Channel: "SkipTheDishes", Reference: "6752f1c0a1b2c3d4e5f60001", Number: "K4F2",
		PlacedAt:    placed,
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: placed.Add(30 * time.Minute)},
		Customer:    order.Customer{Name: "Zoë Lévesque", Phone: "+1 514 555-0142", Email: "zoe.levesque@example.com"},
		Note:        "ALLERGIE : aucune trace d'arachides ni de noix. Merci !",
		Utensils:    &yes,
		Currency:    "CAD",
		Lines: []order.Line{
			{PLU: "BRG-01", Name: "Burger façon Comptoir", Quantity: 2, UnitPrice: 1450, Kind: order.Physical, Modifiers: []order.Modifier{
				{Name: "À point", Quantity: 1}, {Name: "Cheddar vieilli", Quantity: 1, UnitPrice: 200},
			}},
			{PLU: "GRL-01", Name: "Bœuf grillé à point", Quantity: 1, UnitPrice: 2200, Kind: order.Physical, Note: "Allergie sévère : arachides et noix", Modifiers: []order.Modifier{
				{Name: "Œuf miroir", Quantity: 1, UnitPrice: 175},
				{Name: "Poivre vert", Quantity: 1, UnitPrice: 150, Modifiers: []order.Modifier{{Name: "À côté, s'il vous plaît", Quantity: 1}}},
			}},
			{PLU: "BOI-01", Name: "Café crème", Quantity: 2, UnitPrice: 350, Kind: order.Physical, Modifiers: []order.Modifier{
				{Name: "Lait d'avoine", Quantity: 1, UnitPrice: 75},
			}},
			{PLU: "SPC-77", Name: "Tourtière du Lac-Saint-Jean (spécial du jour)", Quantity: 1, UnitPrice: 1895, Kind: order.Physical},
		},
		Totals:       order.Totals{Tax: 1284, Total: 9854},
		Transactions: []order.Transaction{{ID: "platform", Kind: order.Payment, Method: order.Platform, Amount: 9854, At: placed}},
	}
	if !reflect.DeepEqual(*event.Order, want) {
		t.Errorf("got  %+v\nwant %+v", *event.Order, want)
	}
}

func TestOtherExamples(t *testing.T) {
	a := adapter(t)
	delivery, err := read(a, partnertest.Example(t, "deliverect-delivery.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o := delivery.Order; o.Channel != "Uber Eats" || o.Fulfillment.Type != order.Delivery ||
		o.Fulfillment.Address != "4521 rue Saint-Denis, app. 302, code 1789, Montréal H2J 2L4" ||
		!o.Fulfillment.PromisedAt.Equal(time.Date(2026, 1, 1, 12, 35, 0, 0, time.UTC)) || // not deliveryTime
		o.Note != "Sonner deux fois" || o.Customer.Phone != "+1 855 555-0100 # 381 204 77" ||
		o.Totals != (order.Totals{Tax: 521, Fees: 399, Tip: 350, Total: 4750}) || o.Utensils == nil || *o.Utensils {
		t.Errorf("delivery: %+v", *o)
	}
	curbside, err := read(a, partnertest.Example(t, "deliverect-curbside.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o := curbside.Order; o.Fulfillment.Type != order.Curbside || o.Channel != "Deliverect" || o.Note != "Honda Civic bleue, place 2" ||
		!o.Fulfillment.PromisedAt.Equal(time.Date(2026, 1, 1, 12, 25, 0, 0, time.UTC)) { // pickupTime is null
		t.Errorf("curbside: %+v", *o)
	}
	eatIn, err := read(a, partnertest.Example(t, "deliverect-eatin.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o := eatIn.Order; o.Fulfillment.Type != order.Counter || o.Fulfillment.Table != "12" || len(o.Transactions) != 0 || o.Totals.Total != 2432 {
		t.Errorf("eat-in: %+v", *o)
	}
	cancelled, err := read(a, partnertest.Example(t, "deliverect-cancel.json"))
	if err != nil {
		t.Fatal(err)
	}
	if cancelled.Kind != partner.Cancelled || cancelled.References[0] != "6752f1c0a1b2c3d4e5f60001" || cancelled.Order == nil || cancelled.Order.Number != "K4F2" {
		t.Errorf("cancel: %+v", cancelled)
	}
}

// with is a small order, some of its fields changed, or removed where the change is nil.
func with(t *testing.T, changes map[string]any) []byte {
	t.Helper()
	body := map[string]any{
		"_id": "id-1", "channelOrderId": "CH-0001-ABCDE", "channel": 7, "status": 10, "orderType": 1, "pickupTime": "2026-01-01T12:30:00Z",
		"items":   []any{map[string]any{"plu": "BRG-01", "name": "Burger", "price": 1450, "quantity": 1}},
		"payment": map[string]any{"amount": 1667}, "decimalDigits": 2,
	}
	maps.Copy(body, changes)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func items(item string) json.RawMessage { return json.RawMessage("[" + item + "]") }

func nested(levels int) json.RawMessage {
	sub := `[]`
	for range levels {
		sub = `[{"name":"x","quantity":1,"subItems":` + sub + `}]`
	}
	return items(`{"name":"Burger","quantity":1,"subItems":` + sub + `}`)
}

func TestStatuses(t *testing.T) {
	a := adapter(t)
	want := map[int]partner.EventKind{
		100: partner.Cancelled, 110: partner.Cancelled,
		35: partner.Ignored, 90: partner.Ignored, 95: partner.Ignored, 120: partner.Ignored, 124: partner.Ignored,
		0: partner.Placed, 1: partner.Placed, 2: partner.Placed, 4: partner.Placed, 10: partner.Placed, 20: partner.Placed,
		40: partner.Placed, 77: partner.Placed, 125: partner.Placed, -1: partner.Placed,
	}
	for status, kind := range want {
		event, err := read(a, with(t, map[string]any{"status": status}))
		if err != nil || event.Kind != kind || event.References[0] != "id-1" {
			t.Errorf("status %d: got %+v, %v, want kind %d", status, event, err, kind)
		}
	}
	// a cancellation needs no more than its order's identity
	for _, body := range []string{`{"_id":"id-1","status":100}`, `{"_id":"id-1","status":100,"items":[],"orderType":77}`} {
		event, err := read(a, []byte(body))
		if err != nil || event.Kind != partner.Cancelled || event.Order != nil {
			t.Errorf("%s: got %+v, %v", body, event, err)
		}
	}
}

func TestFields(t *testing.T) {
	a := adapter(t)
	tests := []struct {
		name    string
		changes map[string]any
		got     func(order.Order) any
		want    any
	}{
		{"orderType 5", map[string]any{"orderType": 5}, func(o order.Order) any { return o.Fulfillment.Type }, order.Curbside},
		{"channel absent", map[string]any{"channel": nil}, func(o order.Order) any { return o.Channel }, "Deliverect"},
		{"channel unknown", map[string]any{"channel": 8}, func(o order.Order) any { return o.Channel }, "Deliverect"},
		{"number from channelOrderId", nil, func(o order.Order) any { return o.Number }, "ABCDE"},
		{"number from _id", map[string]any{"channelOrderId": nil}, func(o order.Order) any { return o.Number }, "id-1"},
		{"estimatedPickupTime", map[string]any{"pickupTime": nil, "estimatedPickupTime": "2026-01-01T12:40:00.000Z", "deliveryTime": "2026-01-01T13:00:00Z"}, func(o order.Order) any {
			return o.Fulfillment.PromisedAt
		}, time.Date(2026, 1, 1, 12, 40, 0, 0, time.UTC)},
		{"deliveryTime alone", map[string]any{"pickupTime": nil, "deliveryTime": "2026-01-01T13:00:00Z"}, func(o order.Order) any {
			return o.Fulfillment.PromisedAt.IsZero()
		}, true},
		{"placed now", nil, func(o order.Order) any { return o.PlacedAt }, now},
		{"created in another format", map[string]any{"_created": "Thu, 01 Jan 2026 12:00:00 GMT"}, func(o order.Order) any { return o.PlacedAt }, now},
		{"created ahead of us", map[string]any{"_created": "2026-01-01T12:30:00Z"}, func(o order.Order) any { return o.PlacedAt }, now},
		{"table as a number", map[string]any{"table": 22, "orderType": 3}, func(o order.Order) any { return o.Fulfillment.Table }, "22"},
		{"both notes", map[string]any{"note": "a", "customer": map[string]any{"note": "b"}}, func(o order.Order) any { return o.Note }, "a\nb"},
		{"note twice", map[string]any{"note": "a", "customer": map[string]any{"note": "a"}}, func(o order.Order) any { return o.Note }, "a"},
		{"no word of cutlery", nil, func(o order.Order) any { return o.Utensils == nil }, true},
		{"remarks of sub-items", map[string]any{"items": items(`{"name":"B","quantity":1,"remark":"r","subItems":[{"name":"Sauce","remark":"à part"}]}`)}, func(o order.Order) any {
			return o.Lines[0].Note
		}, "r\nSauce: à part"},
		{"deepest", map[string]any{"items": nested(order.MaxDepth)}, func(o order.Order) any { return len(o.Lines[0].Modifiers) }, 1},
		{"3 digits", map[string]any{"decimalDigits": 3, "payment": map[string]any{"amount": 16670}, "items": items(`{"name":"B","quantity":1,"price":14500}`)}, func(o order.Order) any {
			return []order.Money{o.Totals.Total, o.Lines[0].UnitPrice}
		}, []order.Money{1667, 1450}},
		{"no digits", map[string]any{"decimalDigits": 0, "payment": map[string]any{"amount": 16}}, func(o order.Order) any { return o.Totals.Total }, order.Money(1600)},
		{"digits absent", map[string]any{"decimalDigits": nil}, func(o order.Order) any { return o.Totals.Total }, order.Money(1667)},
		{"discount is negative", map[string]any{"discountTotal": -100}, func(o order.Order) any { return o.Totals.Discount }, order.Money(100)},
		{"taxes without their sum", map[string]any{"taxes": []any{map[string]any{"total": 51}, map[string]any{"total": 7}}}, func(o order.Order) any {
			return o.Totals.Tax
		}, order.Money(58)},
		{"fees", map[string]any{"deliveryCost": 1, "serviceCharge": 2, "bagFee": 4}, func(o order.Order) any { return o.Totals.Fees }, order.Money(7)},
		{"null lists and objects", map[string]any{"taxes": json.RawMessage("null"), "discounts": json.RawMessage("null"), "customer": json.RawMessage("null"), "table": json.RawMessage("null")}, func(o order.Order) any {
			return len(o.Lines)
		}, 1},
		{"unknown fields", map[string]any{"courier": 7, "new": []any{}}, func(o order.Order) any { return len(o.Lines) }, 1},
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

func TestRefused(t *testing.T) {
	a := adapter(t)
	tests := []struct {
		changes map[string]any
		want    string // named by the error
	}{
		{map[string]any{"_id": nil}, "_id"},
		{map[string]any{"_id": 7}, "_id"},
		{map[string]any{"_id": ".."}, "_id"},
		{map[string]any{"orderType": nil}, "orderType"},
		{map[string]any{"orderType": 6}, "orderType"},
		{map[string]any{"orderType": "1"}, "orderType"},
		{map[string]any{"status": "100"}, "status"},
		{map[string]any{"pickupTime": "soon"}, "pickupTime"},
		{map[string]any{"estimatedPickupTime": "2026-13-01T00:00:00Z"}, "estimatedPickupTime"},
		{map[string]any{"items": nil}, "lines"},
		{map[string]any{"items": []any{}}, "lines"},
		{map[string]any{"items": json.RawMessage("{}")}, "items"},
		{map[string]any{"items": items(`null`)}, "quantity"},
		{map[string]any{"items": items(`{"name":"B"}`)}, "items[0].quantity"},
		{map[string]any{"items": items(`{"name":"B","quantity":0}`)}, "quantity"},
		{map[string]any{"items": items(`{"name":"B","quantity":-1}`)}, "quantity"},
		{map[string]any{"items": items(`{"name":"B","quantity":1.5}`)}, "items.quantity"},
		{map[string]any{"items": items(`{"name":"B","quantity":10000}`)}, "quantity"},
		{map[string]any{"items": items(`{"name":"B","quantity":1e99}`)}, "items.quantity"},
		{map[string]any{"items": items(`{"quantity":1}`)}, "name"},
		{map[string]any{"items": items(`{"name":"B","quantity":1,"price":14.5}`)}, "items.price"},
		{map[string]any{"items": items(`{"name":"B","quantity":1,"price":99999999999}`)}, "items[0].price"},
		{map[string]any{"items": items(`{"name":"B","quantity":1,"subItems":[{"name":"x","quantity":0}]}`)}, "modifier x"},
		{map[string]any{"items": nested(order.MaxDepth + 1)}, "levels"},
		{map[string]any{"items": nested(4000)}, "levels"},
		{map[string]any{"decimalDigits": 3}, "payment.amount"},
		{map[string]any{"decimalDigits": 99}, "decimal digits"},
		{map[string]any{"payment": map[string]any{"amount": -1}}, "totals"},
		{map[string]any{"payment": map[string]any{"amount": 1.5}}, "payment.amount"},
		{map[string]any{"discountTotal": json.Number("-9223372036854775808")}, "discountTotal"},
		{map[string]any{"table": true}, "table"},
		{map[string]any{"note": strings.Repeat("é", order.MaxText+1)}, "note"},
	}
	for _, tt := range tests {
		body := with(t, tt.changes)
		event, err := read(a, body)
		if !errors.Is(err, partner.ErrBody) && order.KindOf(err) != order.Invalid || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.200s: got %+v, %v, want an error about %s", body, event, err, tt.want)
		}
	}
	for _, body := range []string{"", "null", "{", "[]", string(with(t, nil)) + "{}", strings.Replace(string(with(t, nil)), ",", ",,", 1)} {
		if _, err := read(a, []byte(body)); !errors.Is(err, partner.ErrBody) {
			t.Errorf("%.40q: got %v, want ErrBody", body, err)
		}
	}
	if _, err := read(a, with(t, map[string]any{"orderType": 6})); order.KindOf(err) != order.Invalid {
		t.Errorf("orderType: got %v, want an invalid order", err)
	}
}

func FuzzRead(f *testing.F) {
	partnertest.AddExamples(f, "deliverect-*.json")
	for i, body := range []string{`{"_id":"1","status":100}`, `{"_id":"1","orderType":1,"items":[{"name":"a","quantity":1,"subItems":[{"subItems":[{}]}]}]}`, `null`} {
		f.Add([]byte(body + strings.Repeat(" ", i)))
	}
	a := adapter(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := read(a, body)
		if err == nil && (len(event.References) != 1 || event.Reply != 200) {
			t.Fatalf("event %+v", event)
		}
		partnertest.CheckRead(t, a, event, err, now)
	})
}
