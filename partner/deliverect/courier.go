package deliverect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"comptoir/order"
	"comptoir/partner"
)

// courierUpdate is a courier's webhook, in the two shapes that Deliverect has of it: with the
// courier's own object (developers.deliverect.com/v1.1-restaurants/docs/courier-updates), or with
// a name and a status of the whole (developers.deliverect.com/page/courier-status-update-model).
type courierUpdate struct {
	OrderID     string  `json:"orderId"`
	Status      int64   `json:"status"`
	CourierName string  `json:"courierName"`
	Courier     courier `json:"courier"`
}

type courier struct {
	FirstName   string `json:"firstName"`
	LastName    string `json:"lastName"`
	PhoneNumber string `json:"phoneNumber"`
	Status      int64  `json:"status"`
}

// UnmarshalJSON also reads the first of a list, which is what the table of fields speaks of.
func (c *courier) UnmarshalJSON(data []byte) error {
	type plain courier // without this method
	if !bytes.HasPrefix(data, []byte("[")) {
		return json.Unmarshal(data, (*plain)(c))
	}
	var list []plain
	if err := json.Unmarshal(data, &list); err != nil || len(list) == 0 {
		return err
	}
	*c = courier(list[0])
	return nil
}

var courierStages = map[int64]order.CourierStage{
	83: order.CourierArriving,
	85: order.CourierAtStore,
	87: order.CourierPickedUp,
	89: order.CourierAtCustomer,
	90: order.CourierDelivered,
}

// readCourier reads a webhook that names an order and is none. Statuses of other steps tell the
// counter nothing.
func readCourier(body []byte) (partner.Event, error) {
	var u courierUpdate
	if err := partner.Decode(body, &u); err != nil {
		return partner.Event{}, err
	}
	if err := partner.CheckID("orderId", u.OrderID); err != nil {
		return partner.Event{}, err
	}
	status := u.Courier.Status
	if status == 0 {
		status = u.Status
	}
	event := partner.Event{What: fmt.Sprintf("courier %d", status), References: []string{u.OrderID}, Reply: http.StatusOK}
	stage, known := courierStages[status]
	if !known {
		return event, nil
	}
	name := partner.Words(" ", u.Courier.FirstName, u.Courier.LastName)
	if name == "" {
		name = u.CourierName
	}
	event.Kind, event.Courier = partner.CourierMoved, &order.Courier{Name: name, Phone: u.Courier.PhoneNumber, Stage: stage}
	return event, nil
}
