package hub

import (
	"time"

	"comptoir/order"
)

// shown is an order as the API gives it, judged now: every key is there, with null for what is
// not known, and without the bookkeeping of terminals.
type shown struct {
	order.Order
	Late        bool             `json:"late"`
	Fulfillment shownFulfillment `json:"fulfillment"`
	AcceptBy    *time.Time       `json:"acceptBy"`
	AcceptedAt  *time.Time       `json:"acceptedAt"`
	StartedAt   *time.Time       `json:"startedAt"`
	ReadyAt     *time.Time       `json:"readyAt"`
	CompletedAt *time.Time       `json:"completedAt"`
	Courier     *order.Courier   `json:"courier"`
	PickupCode  string           `json:"pickupCode"`
	Bags        int              `json:"bags"`
	// always nil: they hide the fields of the order
	Printed      any `json:"printed,omitempty"`
	Acknowledged any `json:"acknowledged,omitempty"`
}

type shownFulfillment struct {
	order.Fulfillment
	PromisedAt *time.Time `json:"promisedAt"`
	ArrivedAt  *time.Time `json:"arrivedAt"`
	// CheckInURL is there for curbside orders alone.
	CheckInURL   string              `json:"checkInUrl,omitempty"`
	ServicePoint *order.ServicePoint `json:"servicePoint"`
}

func (h *Hub) show(o order.Order) shown {
	return shown{
		Order: o,
		Late:  o.Lateness(h.now()).Late,
		Fulfillment: shownFulfillment{
			Fulfillment:  o.Fulfillment,
			PromisedAt:   known(o.Fulfillment.PromisedAt),
			ArrivedAt:    known(o.Fulfillment.ArrivedAt),
			CheckInURL:   h.arrivals.link(o),
			ServicePoint: o.Fulfillment.ServicePoint,
		},
		AcceptBy:    known(o.AcceptBy),
		AcceptedAt:  known(o.AcceptedAt),
		StartedAt:   known(o.StartedAt),
		ReadyAt:     known(o.ReadyAt),
		CompletedAt: known(o.CompletedAt),
		Courier:     o.Courier,
		PickupCode:  o.PickupCode,
		Bags:        o.BagCount(),
	}
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
