package doordash_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"comptoir/order"
)

type step struct {
	minute  float64
	command order.Command
}

// TestCalls: the calls that DoorDash gets. Rows of partners.md A1.
func TestCalls(t *testing.T) {
	a := adapter(t)
	accept := step{0, order.Command{Type: order.Accept, By: "hub"}}
	ready := step{10, order.Command{Type: order.MarkReady, By: "counter-1"}}
	const path = "/api/v1/orders/a%2Fb%20c"
	tests := []struct {
		row         string
		promised    time.Duration // else 25 minutes
		preparation int           // else 20
		steps       []step
		name, path  string // empty: no call
		body        map[string]any
	}{
		{row: "nothing for a new order"},
		{
			row: "Confirm", steps: []step{accept}, name: "confirm", path: path,
			body: map[string]any{"order_status": "success", "prep_time": "2026-01-01T12:20:00Z"},
		},
		{
			row: "Confirm: with the cashier's minutes (C13)", steps: []step{{1, order.Command{Type: order.Accept, Minutes: 40}}}, name: "confirm", path: path,
			body: map[string]any{"order_status": "success", "prep_time": "2026-01-01T12:41:00Z"},
		},
		{
			row: "Confirm: never echo estimated_pickup_time", preparation: 25, steps: []step{accept}, name: "confirm", path: path,
			body: map[string]any{"order_status": "success", "prep_time": "2026-01-01T12:24:59Z"},
		},
		{
			row: "Confirm: never echo estimated_pickup_time, whatever the fraction", preparation: 25, promised: 25*time.Minute + 300*time.Millisecond,
			steps: []step{accept}, name: "confirm", path: path,
			body: map[string]any{"order_status": "success", "prep_time": "2026-01-01T12:24:59Z"},
		},
		{
			// the kitchen gets the ticket 10 minutes before 17:40
			row: "Confirm: scheduled", promised: 6 * time.Hour, steps: []step{accept}, name: "confirm", path: path,
			body: map[string]any{"order_status": "success", "prep_time": "2026-01-01T17:50:00Z"},
		},
		{row: "accepted on the platform", steps: []step{{0, order.Command{Type: order.Accept, By: "demo-doordash"}}}},
		{row: "started", steps: []step{accept, {1, order.Command{Type: order.Start}}}},
		{
			row: "Ready signal", steps: []step{accept, ready}, name: "ready", path: path + "/events/order_ready_for_pickup",
			body: map[string]any{},
		},
		{row: "handed over", steps: []step{accept, ready, {12, order.Command{Type: order.HandOver}}}},
		{row: "Partner cancels: the HTTP answer is enough", steps: []step{accept, {3, order.Command{Type: order.PartnerCancel}}}},
		{row: "expired", steps: []step{{3, order.Command{Type: order.Expire}}}},
		{row: "Failure codes: no reason given", steps: []step{{1, order.Command{Type: order.Reject}}}, name: "reject", path: path, body: fail("OTHER")},
		{row: "Failure codes: too busy", steps: []step{{1, order.Command{Type: order.Reject, Reason: order.TooBusy}}}, name: "reject", path: path, body: fail("CAPACITY_THROTTLING")},
		{row: "Failure codes: out of stock", steps: []step{{1, order.Command{Type: order.Reject, Reason: order.OutOfStock}}}, name: "reject", path: path, body: fail("ITEM_OUT_OF_STOCK")},
		{row: "Failure codes: closed", steps: []step{{1, order.Command{Type: order.Reject, Reason: order.StoreClosed}}}, name: "reject", path: path, body: fail("STORE_CLOSED")},
		{row: "Failure codes: on the deadline", steps: []step{{3, order.Command{Type: order.Reject, Reason: order.StoreOffline, By: "hub"}}}, name: "reject", path: path, body: fail("POS_OFFLINE")},
		{row: "Failure codes: invalid", steps: []step{{1, order.Command{Type: order.Reject, Reason: order.InvalidOrder}}}, name: "reject", path: path, body: fail("INVALID_ORDER")},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			event, err := read(a, with(t, map[string]any{"id": "a/b c"}))
			if err != nil {
				t.Fatal(err)
			}
			draft := *event.Order
			draft.ID, draft.Location, draft.Connection, draft.PreparationMinutes = "OUR-1", "plateau", "demo-doordash", 20
			if tt.preparation > 0 {
				draft.PreparationMinutes = tt.preparation
			}
			if tt.promised > 0 {
				draft.Fulfillment.PromisedAt = now.Add(tt.promised)
			}
			o, err := order.Apply(order.Order{}, order.Command{ID: "place", Type: order.Place, Order: &draft}, a.Policy(), now)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range tt.steps {
				s.command.ID = string(s.command.Type)
				if o, err = order.Apply(o, s.command, a.Policy(), now.Add(time.Duration(s.minute*float64(time.Minute)))); err != nil {
					t.Fatal(s.command.Type, err)
				}
			}
			calls := a.Calls(o, o.History[len(o.History)-1], time.Hour)
			if tt.name == "" {
				if len(calls) != 0 {
					t.Errorf("got %+v, want no call", calls)
				}
				return
			}
			if len(calls) != 1 {
				t.Fatalf("got %d calls, want 1", len(calls))
			}
			tt.body["merchant_supplied_id"] = "OUR-1"
			var body map[string]any
			if err := json.Unmarshal(calls[0].Body, &body); err != nil {
				t.Fatal(err)
			}
			if c := calls[0]; c.Name != tt.name || c.Method != http.MethodPatch || c.Path != tt.path || !reflect.DeepEqual(body, tt.body) {
				t.Errorf("got %s %s %s %v, want %s %s %v", c.Name, c.Method, c.Path, body, tt.name, tt.path, tt.body)
			}
		})
	}
}

func fail(code string) map[string]any {
	return map[string]any{"order_status": "fail", "failure_reason": code}
}
