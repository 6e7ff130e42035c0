package deliverect_test

import (
	"errors"
	"reflect"
	"strconv"
	"testing"

	"comptoir/order"
	"comptoir/partner"
)

func TestCourier(t *testing.T) {
	a := adapter(t)
	zoe := func(stage order.CourierStage) *order.Courier {
		return &order.Courier{Name: "Zoé L.", Phone: "+1 438 555-0117", Stage: stage}
	}
	object := func(status int) string {
		return `{"firstName":"Zoé","lastName":"L.","phoneNumber":"+1 438 555-0117","deliveryBy":"restaurant","status":` + strconv.Itoa(status) + `}`
	}
	for _, tt := range []struct {
		name, body string
		want       *order.Courier
	}{
		{"on the way to us", `{"orderId":"o","received":"2026-01-01T12:00:00Z","updatedOrigin":2,"courier":` + object(83) + `}`, zoe(order.CourierArriving)},
		{"here", `{"orderId":"o","courier":` + object(85) + `}`, zoe(order.CourierAtStore)},
		{"on the way to the customer", `{"orderId":"o","courier":` + object(87) + `}`, zoe(order.CourierPickedUp)},
		{"there", `{"orderId":"o","courier":` + object(89) + `}`, zoe(order.CourierAtCustomer)},
		{"delivered", `{"orderId":"o","courier":` + object(90) + `}`, zoe(order.CourierDelivered)},
		{"in a list", `{"orderId":"o","courier":[` + object(85) + `]}`, zoe(order.CourierAtStore)},
		{"in words of the whole", `{"status":87,"orderId":"o","courierName":"Zoé","channelOrderId":"T1"}`, &order.Courier{Name: "Zoé", Stage: order.CourierPickedUp}},
		{"another status", `{"orderId":"o","courier":` + object(80) + `}`, nil},
		{"an empty list", `{"orderId":"o","courier":[]}`, nil},
	} {
		event, err := read(a, []byte(tt.body))
		kind := partner.Ignored
		if tt.want != nil {
			kind = partner.CourierMoved
		}
		if err != nil || event.Kind != kind || event.Reply != 200 || !reflect.DeepEqual(event.References, []string{"o"}) || !reflect.DeepEqual(event.Courier, tt.want) {
			t.Errorf("%s: got %+v, %v", tt.name, event, err)
		}
	}
	for _, body := range []string{`{"orderId":"..","status":85}`, `{"orderId":"o","courier":7}`, `{"orderId":"o","courier":[7]}`, `{"orderId":"o","status":"85"}`} {
		if event, err := read(a, []byte(body)); !errors.Is(err, partner.ErrBody) {
			t.Errorf("%s: got %+v, %v, want an ErrBody", body, event, err)
		}
	}
}
