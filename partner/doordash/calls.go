package doordash

import (
	"net/http"
	"net/url"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// The names of our calls.
const (
	callConfirm = "confirm"
	callReject  = "reject"
	callReady   = "ready"
)

// confirmation is the body that decides about an order (A1, "Confirm").
type confirmation struct {
	MerchantSuppliedID string `json:"merchant_supplied_id"`
	OrderStatus        string `json:"order_status"`
	FailureReason      string `json:"failure_reason,omitempty"`
	PrepTime           string `json:"prep_time,omitempty"`
}

// Calls lists what DoorDash must hear of one entry of the history. It takes no word of a handed
// over order, and a cancellation of its own is answered by HTTP alone.
func (a *Adapter) Calls(o order.Order, entry order.Entry, printAhead time.Duration) []partner.Call {
	path := "/api/v1/orders/" + url.PathEscape(o.Reference)
	body := confirmation{MerchantSuppliedID: o.ID}
	switch entry.What {
	case order.WasAccepted:
		if entry.By == o.Connection { // accepted on the platform: it knows
			return nil
		}
		body.OrderStatus, body.PrepTime = "success", prepTime(o, printAhead)
		return []partner.Call{partner.NewCall(callConfirm, http.MethodPatch, path, body)}
	case order.WasRejected:
		body.OrderStatus, body.FailureReason = "fail", failureReason(o.Reason)
		return []partner.Call{partner.NewCall(callReject, http.MethodPatch, path, body)}
	case order.WasReady:
		ready := struct {
			MerchantSuppliedID string `json:"merchant_supplied_id"`
		}{o.ID}
		return []partner.Call{partner.NewCall(callReady, http.MethodPatch, path+"/events/order_ready_for_pickup", ready)}
	}
	return nil
}

// prepTime is when the order will be ready. DoorDash takes its own estimate echoed for no answer
// at all (A1, "Confirm": never echo estimated_pickup_time), so a time that happens to equal it is
// told one second earlier.
func prepTime(o order.Order, printAhead time.Duration) string {
	ready := o.ExpectedReady(printAhead).Truncate(time.Second)
	if ready.Equal(o.Fulfillment.PromisedAt.Truncate(time.Second)) {
		ready = ready.Add(-time.Second)
	}
	return ready.UTC().Format(time.RFC3339)
}

// failureReason is the most precise code there is: DoorDash counts vague ones against the store
// (A1, "Quality bar").
func failureReason(reason order.Reason) string {
	switch reason {
	case order.TooBusy:
		return "CAPACITY_THROTTLING"
	case order.OutOfStock:
		return "ITEM_OUT_OF_STOCK"
	case order.StoreClosed:
		return "STORE_CLOSED"
	case order.StoreOffline:
		return "POS_OFFLINE"
	case order.InvalidOrder:
		return "INVALID_ORDER"
	}
	return "OTHER"
}
