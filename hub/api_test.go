package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// sale is an own-shop order with everything that a shop may send.
const sale = `{
	"reference": "web-1", "number": "A7", "channel": "Site web",
	"fulfillment": {
		"type": "shipment", "promisedAt": "2026-01-01T13:00:00-05:00", "table": "", "address": "1, rue Rachel", "vehicle": "", "spot": "",
		"servicePoint": {"id": "p1", "carrier": "canadapost", "name": "Tabagie", "address": "2, rue Rachel"}
	},
	"customer": {"name": "Zoë", "phone": "514 555-0142", "email": "zoe@example.com"},
	"note": "Merci", "utensils": false, "currency": "CAD",
	"lines": [
		{"plu": "BRG-01", "name": "Burger façon Comptoir", "quantity": 2, "unitPrice": 1450, "note": "",
		 "modifiers": [{"name": "À point", "quantity": 1, "unitPrice": 0}]},
		{"plu": "CARTE", "name": "Carte-cadeau", "quantity": 1, "unitPrice": 2500, "kind": "digital"}
	],
	"totals": {"subtotal": 5400, "tax": 434, "tip": 0, "fees": 0, "discount": 0, "total": 5834},
	"payments": [{"id": "pay-1", "kind": "gift_card", "amount": 834}, {"id": "pay-2", "kind": "card", "amount": 5000}],
	"status": "completed", "revision": 9, "kitchenVersion": 4, "late": true, "acceptedAt": "2026-01-01T11:00:00Z",
	"acceptBy": "2026-01-01T11:00:00Z", "connection": "demo-doordash", "location": "elsewhere", "id": "mine",
	"printed": {"grill": {"version": 1, "lines": []}}, "history": [{"what": "accepted"}]
}`

func TestAuthorization(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for _, request := range []struct{ method, path string }{
			{"GET", orders},
			{"POST", orders},
			{"GET", orders + "/x"},
			{"POST", orders + "/x/commands"},
			{"GET", calls},
			{"POST", calls + "/again"},
			{"GET", "/api/v1/locations/elsewhere/orders"},
		} {
			for _, header := range []string{"", "Bearer ", "Bearer other", "Basic shop-secret", "shop-secret", "Bearer shop-secret2"} {
				r := httptest.NewRequest(request.method, request.path, strings.NewReader("{}"))
				r.Header.Set("Authorization", header)
				w.serve(r).refused(t, http.StatusUnauthorized)
			}
		}
		w.shop("GET", "/api/v1/locations/elsewhere/orders", nil).refused(t, http.StatusUnauthorized)
		w.shop("GET", orders, nil).want(t, http.StatusOK)
	})
}

// TestOrderShape compares an order with the contract, key by key.
func TestOrderShape(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		a := w.shop(http.MethodPost, orders, []byte(sale))
		var got map[string]any
		a.into(t, http.StatusCreated, &got)
		history := got["history"].([]any)
		for _, entry := range history {
			delete(entry.(map[string]any), "command")
		}
		const at = "2026-01-01T12:00:00Z"
		line := func(id, plu, name, category, station, kind string, quantity, price float64, modifiers []any) map[string]any {
			return map[string]any{
				"id": id, "plu": plu, "name": name, "category": category, "station": station, "quantity": quantity,
				"fulfilled": 0.0, "cancelled": 0.0, "unitPrice": price, "kind": kind, "note": "", "modifiers": modifiers,
			}
		}
		want := map[string]any{
			"id": order.Identity("shop", "plateau", "web-1"), "location": "plateau", "revision": 2.0, "channel": "Site web",
			"connection": "", "reference": "web-1", "number": "A7", "status": "accepted", "reason": "",
			"fulfillment": map[string]any{
				"type": "shipment", "promisedAt": "2026-01-01T18:00:00Z", "table": "", "address": "1, rue Rachel", "vehicle": "", "spot": "",
				"arrivedAt":    nil,
				"servicePoint": map[string]any{"id": "p1", "carrier": "canadapost", "name": "Tabagie", "address": "2, rue Rachel"},
			},
			"placedAt": at, "acceptBy": nil, "preparationMinutes": 20.0, "late": false,
			"acceptedAt": at, "startedAt": nil, "readyAt": nil, "completedAt": nil, "courier": nil,
			"pickupCode": "", "bags": 1.0,
			"customer": map[string]any{"name": "Zoë", "phone": "514 555-0142", "email": "zoe@example.com"},
			"note":     "Merci", "utensils": false, "currency": "CAD",
			"lines": []any{
				line("1", "BRG-01", "Burger façon Comptoir", "Burgers", "grill", "physical", 2, 1450,
					[]any{map[string]any{"name": "À point", "quantity": 1.0, "unitPrice": 0.0}}),
				line("2", "CARTE", "Carte-cadeau", "", "", "digital", 1, 2500, []any{}),
			},
			"totals": map[string]any{"subtotal": 5400.0, "tax": 434.0, "tip": 0.0, "fees": 0.0, "discount": 0.0, "total": 5834.0},
			"transactions": []any{
				map[string]any{"id": "pay-1", "kind": "payment", "method": "gift_card", "amount": 834.0, "at": at},
				map[string]any{"id": "pay-2", "kind": "payment", "method": "card", "amount": 5000.0, "at": at},
			},
			"tickets": []any{}, "kitchenVersion": 1.0,
			"history": []any{
				map[string]any{"at": at, "by": "shop", "what": "placed"},
				map[string]any{"at": at, "by": "hub", "what": "accepted"},
			},
		}
		for key := range want {
			if !reflect.DeepEqual(got[key], want[key]) {
				t.Errorf("%s: got %v, want %v", key, got[key], want[key])
			}
		}
		for key := range got {
			if _, known := want[key]; !known {
				t.Errorf("%s is not of the contract: %v", key, got[key])
			}
		}

		// null where a platform does not say, and a ticket as the contract has it
		w.fromDeliverect(example(t, "deliverect-pickup", "d1", set(nil, "packaging"))).want(t, http.StatusOK)
		x := w.terminal("counter-1")
		ticket := order.Ticket{Station: "grill", Kind: order.Kitchen, State: order.TicketPrinted, Version: 1}
		id := order.Identity(viaDeliverect, "d1")
		x.do(order.Command{Type: order.Printed, OrderID: id, Ticket: &ticket, Lines: []order.Line{}})
		x.do(order.Command{Type: order.Acknowledge, OrderID: id})
		var d1 map[string]any
		w.shop(http.MethodGet, orders+"/"+id, nil).into(t, http.StatusOK, &d1)
		if utensils, there := d1["utensils"]; !there || utensils != nil {
			t.Errorf("utensils: %v, %v, want null", utensils, there)
		}
		tickets := []any{map[string]any{"station": "grill", "kind": "kitchen", "state": "printed", "version": 1.0, "at": at, "by": "counter-1"}}
		if !reflect.DeepEqual(d1["tickets"], tickets) {
			t.Errorf("tickets: got %v", d1["tickets"])
		}
		for _, key := range []string{"printed", "acknowledged"} {
			if value, there := d1[key]; there {
				t.Errorf("%s leaks: %v", key, value)
			}
		}
	})
}

func TestPostOrder(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusCreated)
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusOK)
		var value any
		if err := json.Unmarshal([]byte(sale), &value); err != nil {
			t.Fatal(err)
		}
		// the same body with other white space, its keys sorted, and the text escaped otherwise
		again := bytes.ReplaceAll(encode(t, value), []byte("ë"), []byte(`\u00eb`))
		w.shop(http.MethodPost, orders, again).want(t, http.StatusOK)
		pass(time.Hour)
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusOK)
		other := strings.Replace(sale, `"quantity": 2`, `"quantity": 3`, 1)
		if kind, _ := w.shop(http.MethodPost, orders, []byte(other)).refused(t, http.StatusConflict); kind != "exists" {
			t.Errorf("another body: got %q, want exists", kind)
		}
		if list := w.listed(); len(list) != 1 || list[0].Lines[0].Quantity != 2 {
			t.Errorf("got %d orders", len(list))
		}

		// little is needed
		const least = `{"reference":"web-2-long","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`
		var o order.Order
		w.shop(http.MethodPost, orders, []byte(least)).into(t, http.StatusCreated, &o)
		if o.Number != "2-long" || o.Channel != "shop" || o.Currency != "CAD" || o.PreparationMinutes != 20 || !o.PlacedAt.Equal(time.Now()) || o.Lines[0].Station != "grill" {
			t.Errorf("got %+v", o)
		}
		const ahead = `{"reference":"web-3","placedAt":"2026-01-02T12:00:00Z","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`
		w.shop(http.MethodPost, orders, []byte(ahead)).into(t, http.StatusCreated, &o)
		if !o.PlacedAt.Equal(time.Now()) {
			t.Errorf("placed at %v by a clock that runs ahead, want now", o.PlacedAt)
		}
	})
}

func TestPostOrderRefused(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		body := func(more string) string {
			return `{"reference":"r","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]` + more + `}`
		}
		lines := func(lines string) string {
			return `{"reference":"r","fulfillment":{"type":"pickup"},"lines":` + lines + `}`
		}
		modifier := `{"name":"` + strings.Repeat("<", 2000) + `","quantity":1}`
		tests := []struct {
			body   string
			status int
			says   string
		}{
			{``, 400, "not JSON"},
			{`{`, 400, "not JSON"},
			{`[]`, 400, "the body"},
			{`null`, 400, "reference"},
			{body(``) + `{}`, 400, "not JSON"},
			{strings.Repeat(`[`, 20_000), 400, "not JSON"},
			{`{"fulfillment":{"type":"pickup"}}`, 400, "reference"},
			{`{"reference":"` + strings.Repeat("r", 201) + `","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`, 400, "reference"},
			{`{"reference":"r","lines":[{"name":"Thé","quantity":1}]}`, 400, "fulfillment.type"},
			{lines(`[]`), 400, "no lines"},
			{lines(`[{"name":"Thé"}]`), 400, "line 1"},
			{lines(`[{"name":"Thé","quantity":-1}]`), 400, "line 1"},
			{lines(`[{"name":"Thé","quantity":10000}]`), 400, "line 1"},
			{lines(`[{"name":"Thé","quantity":"1"}]`), 400, "lines.quantity: string"},
			{lines(`[{"name":"Thé","quantity":1e30}]`), 400, "lines.quantity"},
			{lines(`[{"name":"Thé","quantity":1,"kind":"other"}]`), 400, "kind"},
			{lines(`[{"name":"Thé","quantity":1,"modifiers":[` + strings.Repeat(modifier+",", 99) + modifier + `]}]`), 400, "too many"},
			{body(`,"currency":"USD"`), 400, "CAD"},
			{body(`,"preparationMinutes":-1`), 400, "preparationMinutes"},
			{body(`,"placedAt":"yesterday"`), 400, "not a time"},
			{body(`,"placedAt":"1970-01-01T00:00:00Z"`), 400, "time"},
			{body(`,"totals":{"total":-1}`), 400, "totals"},
			{body(`,"payments":[{"id":"p","kind":"platform","amount":1}]`), 400, "platform"},
			{body(`,"payments":[{"kind":"card","amount":1}]`), 400, "id"},
			{body(`,"payments":[{"id":"p","kind":"card","amount":1},{"id":"p","kind":"card","amount":1}]`), 400, "id"},
			{body(`,"payments":[{"id":"p","kind":"card","amount":-1}]`), 400, "amount"},
			{body(`,"note":"` + strings.Repeat("x", 1<<20) + `"`), 413, "1 MiB"},
		}
		for _, tt := range tests {
			_, message := w.shop(http.MethodPost, orders, []byte(tt.body)).refused(t, tt.status)
			if !strings.Contains(message, tt.says) || strings.Contains(message, "Order.") {
				t.Errorf("%.60s: got %q, want %q in it", tt.body, message, tt.says)
			}
		}
		w.shop(http.MethodPost, orders+"/x/commands", bytes.Repeat([]byte(" "), 1<<20+1)).refused(t, http.StatusRequestEntityTooLarge)
		if n := len(w.listed()); n > 0 {
			t.Errorf("%d orders were stored", n)
		}
	})
}

func TestListing(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const n = 7
		for i := range n {
			body := fmt.Sprintf(`{"reference":"%d","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`, i)
			w.shop(http.MethodPost, orders, []byte(body)).want(t, http.StatusCreated)
			pass(time.Second)
		}
		done := order.Identity("shop", "plateau", "3")
		w.command(done, order.CancelItems).want(t, http.StatusOK)
		var got []string
		after := ""
		for {
			var page struct {
				Orders []order.Order
				Next   string
			}
			w.shop(http.MethodGet, orders+"?limit=3&after="+after, nil).into(t, http.StatusOK, &page)
			if len(page.Orders) > 3 {
				t.Fatalf("a page of %d", len(page.Orders))
			}
			for _, o := range page.Orders {
				got = append(got, o.Reference)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if want := []string{"6", "5", "4", "3", "2", "1", "0"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for query, status := range map[string]int{
			"": 200, "?limit=500": 200, "?limit=9999": 200, "?limit=0": 400, "?limit=-1": 400, "?limit=x": 400, "?after=x": 400,
		} {
			w.shop(http.MethodGet, orders+query, nil).want(t, status)
		}
		if a := w.shop(http.MethodGet, orders+"?after=____________", nil); string(a.body) != `{"orders":[],"next":""}`+"\n" {
			t.Errorf("a page past the end: %.200s", a.body)
		}
		w.shop(http.MethodGet, orders+"/unknown", nil).refused(t, http.StatusNotFound)
	})
}

// TestCommands sends every command of the screens.
func TestCommands(t *testing.T) {
	inBubble(t, func(w *world) { w.config.Locations[0].AutoAccept = false }, func(t *testing.T, w *world) {
		place := func(reference, kind string) string {
			t.Helper()
			body := strings.Replace(strings.Replace(sale, "web-1", reference, 1), `"shipment"`, `"`+kind+`"`, 1)
			var o order.Order
			w.shop(http.MethodPost, orders, []byte(body)).into(t, http.StatusCreated, &o)
			if o.Status != order.New {
				t.Fatalf("a new order is %s", o.Status)
			}
			return o.ID
		}
		send := func(id string, c order.Command) answer {
			t.Helper()
			c.ID = newID()
			return w.shop(http.MethodPost, orders+"/"+id+"/commands", c)
		}
		ok := func(id string, c order.Command, want order.Status) {
			t.Helper()
			var o order.Order
			send(id, c).into(t, http.StatusOK, &o)
			if o.Status != want {
				t.Errorf("after %s: %s, want %s", c.Type, o.Status, want)
			}
		}
		conflict := func(id string, c order.Command, want order.Kind) {
			t.Helper()
			if kind, _ := send(id, c).refused(t, http.StatusConflict); kind != string(want) {
				t.Errorf("%s: got %s, want %s", c.Type, kind, want)
			}
		}

		a := place("a", "curbside")
		conflict(a, order.Command{Type: order.HandOver}, order.NotPossible)
		ok(a, order.Command{Type: order.Acknowledge}, order.New)
		ok(a, order.Command{Type: order.Accept, Minutes: 15}, order.Accepted)
		conflict(a, order.Command{Type: order.Accept}, order.NotPossible)
		ok(a, order.Command{Type: order.Start}, order.Preparing)
		ok(a, order.Command{Type: order.Delay, Minutes: 5}, order.Preparing)
		conflict(a, order.Command{Type: order.Delay}, order.Invalid)
		ok(a, order.Command{Type: order.CustomerArrived, Vehicle: "Civic", Spot: "3"}, order.Preparing)
		ok(a, order.Command{Type: order.CancelItems, Items: []order.ItemQuantity{{Line: "1", Quantity: 1}}, Amount: 1000}, order.Preparing)
		conflict(a, order.Command{Type: order.CancelItems, Items: []order.ItemQuantity{{Line: "9", Quantity: 1}}}, order.NotFound)
		ok(a, order.Command{Type: order.RefundMoney, Amount: 100}, order.Preparing)
		ok(a, order.Command{Type: order.CompleteItems}, order.Preparing)
		ok(a, order.Command{Type: order.MarkReady}, order.Ready)
		ok(a, order.Command{Type: order.HandOver}, order.Completed)
		conflict(a, order.Command{Type: order.Ship}, order.NotPossible)

		b := place("b", "shipment")
		ok(b, order.Command{Type: order.Accept}, order.Accepted)
		ok(b, order.Command{Type: order.Ship, Carrier: "Postes", Tracking: "1Z"}, order.Accepted)
		ok(b, order.Command{Type: order.CompleteItems}, order.Completed)
		c := place("c", "pickup")
		ok(c, order.Command{Type: order.Reject, Reason: order.TooBusy}, order.Rejected)

		// by id, for good
		d := place("d", "pickup")
		once := order.Command{ID: newID(), Type: order.Accept}
		for range 2 {
			var o order.Order
			w.shop(http.MethodPost, orders+"/"+d+"/commands", once).into(t, http.StatusOK, &o)
			if o.Revision != 2 {
				t.Errorf("revision %d, want 2", o.Revision)
			}
		}

		commands := orders + "/" + d + "/commands"
		for _, body := range []string{``, `{`, `{}`, `[]`, `{"type":"Ready"}`, `{"id":"1","type":"Place"}`, `{"id":"1","type":"PartnerCancel"}`, `{"id":"1","type":"Printed"}`, `{"id":"1","type":"ready"}`, `{"id":1}`} {
			w.shop(http.MethodPost, commands, []byte(body)).refused(t, http.StatusBadRequest)
		}
		w.command("unknown", order.MarkReady).refused(t, http.StatusNotFound)

		// a platform's order is cancelled on the platform
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		conflict(order.Identity(viaDeliverect, "d1"), order.Command{Type: order.CancelItems}, order.NotAllowed)
	})
}

func TestLate(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		late := func() bool {
			var shown struct{ Late bool }
			w.shop(http.MethodGet, orders+"/"+order.Identity("shop", "plateau", "r"), nil).into(t, http.StatusOK, &shown)
			return shown.Late
		}
		const body = `{"reference":"r","fulfillment":{"type":"pickup","promisedAt":"2026-01-01T12:30:00Z"},"preparationMinutes":25,"lines":[{"name":"Thé","quantity":1}]}`
		w.shop(http.MethodPost, orders, []byte(body)).want(t, http.StatusCreated)
		if late() {
			t.Error("25 minutes of 30 are late")
		}
		pass(5 * time.Minute)
		if late() {
			t.Error("late while it could still be made")
		}
		pass(time.Minute)
		if !late() {
			t.Error("not late when nobody started in time")
		}
		w.command(order.Identity("shop", "plateau", "r"), order.MarkReady).want(t, http.StatusOK)
		if late() {
			t.Error("late although it is ready")
		}
	})
}
