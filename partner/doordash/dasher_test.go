package doordash_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/partnertest"
)

// TestDasher: A1, "Dasher status webhook".
func TestDasher(t *testing.T) {
	a := adapter(t)
	body := func(status string) string {
		return `{"event":{"type":"dasher_status_update","status":"SUCCESS","reference":"r"},"created_at":"2021-06-02T17:41:29.996321Z",
			"delivery":{"external_order_id":"e","client_order_id":"c","location_id":"1","dasher_status":"` + status + `",
			"dasher":{"phone_number":"(586) 381-6148","first_name":"Jude","last_name":"D.","vehicle":{"color":"","make":"Dodge","model":"Dakota"}}}}`
	}
	for status, stage := range map[string]order.CourierStage{
		"dasher_confirmed": order.CourierAssigned, "arriving_at_store": order.CourierArriving,
		"arrived_at_store": order.CourierAtStore, "dasher_out_for_delivery": order.CourierPickedUp,
		"dropoff": order.CourierDelivered,
	} {
		event, err := read(a, []byte(body(status)))
		want := partner.Event{
			Kind: partner.CourierMoved, References: []string{"e", "c"}, OurIDs: []string{"e", "c"}, Reply: 200, What: "dasher " + status,
			Courier: &order.Courier{Name: "Jude D.", Phone: "(586) 381-6148", Stage: stage},
		}
		if err != nil || !reflect.DeepEqual(event, want) {
			t.Errorf("%s: got %+v, %v", status, event, err)
		}
	}
	for name, body := range map[string]string{
		"a new status": body("dasher_flies"),
		"no order":     strings.NewReplacer(`"e"`, `""`, `"c"`, `null`).Replace(body("dropoff")),
	} {
		if event, err := read(a, []byte(body)); err != nil || event.Kind != partner.Ignored || event.Reply != 200 {
			t.Errorf("%s: got %+v, %v", name, event, err)
		}
	}
	if _, err := read(a, []byte(`{"event":{"type":"dasher_status_update"},"delivery":[]}`)); !errors.Is(err, partner.ErrBody) {
		t.Errorf("a list as delivery: %v", err)
	}
}

// The code that a Dasher shows is that of a delivery; a customer has none to show.
func TestPickupCode(t *testing.T) {
	for name, want := range map[string]string{"doordash-delivery.json": "9K3D8", "doordash-pickup.json": ""} {
		event, err := read(adapter(t), partnertest.Example(t, name))
		if err != nil || event.Order.PickupCode != want {
			t.Errorf("%s: got %q, %v, want %q", name, event.Order.PickupCode, err, want)
		}
	}
}
