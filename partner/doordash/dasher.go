package doordash

import (
	"fmt"
	"net/http"

	"comptoir/order"
	"comptoir/partner"
)

// delivery is what of a Dasher's webhook is of use here (A1, "Dasher status webhook"; the shape is
// that of the sample on developer.doordash.com/en-US/docs/marketplace/how_to/dasher_status_webhooks).
type delivery struct {
	ExternalOrderID string `json:"external_order_id"`
	ClientOrderID   string `json:"client_order_id"`
	DasherStatus    string `json:"dasher_status"`
	Dasher          struct {
		FirstName   string `json:"first_name"`
		LastName    string `json:"last_name"`
		PhoneNumber string `json:"phone_number"`
	} `json:"dasher"`
}

var dasherStages = map[string]order.CourierStage{
	"dasher_confirmed":        order.CourierAssigned,
	"arriving_at_store":       order.CourierArriving,
	"arrived_at_store":        order.CourierAtStore,
	"dasher_out_for_delivery": order.CourierPickedUp,
	"dropoff":                 order.CourierDelivered,
}

// dasher reads how far the Dasher is. It only informs: what names no order, or a status that is
// not known, is of no use here.
func (e envelope) dasher() (partner.Event, error) {
	var d delivery
	if len(e.Delivery) > 0 {
		if err := partner.Decode(e.Delivery, &d); err != nil {
			return partner.Event{}, fmt.Errorf("delivery: %w", err)
		}
	}
	event := partner.Event{What: fmt.Sprintf("dasher %.60s", d.DasherStatus), Reply: http.StatusOK}
	ids, err := identities(d.ExternalOrderID, d.ClientOrderID)
	if err != nil {
		return partner.Event{}, err
	}
	stage, known := dasherStages[d.DasherStatus]
	if !known || len(ids) == 0 {
		return event, nil
	}
	event.Kind, event.References, event.OurIDs = partner.CourierMoved, ids, ids
	event.Courier = &order.Courier{
		Name: partner.Words(" ", d.Dasher.FirstName, d.Dasher.LastName), Phone: d.Dasher.PhoneNumber, Stage: stage,
	}
	return event, nil
}
