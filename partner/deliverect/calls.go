package deliverect

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// What we must send (A3, "Must send"); 95 would say that nobody finished the order here.
const (
	statusAccepted    = 20
	statusPickupReady = 70
	statusFinalized   = 90
	statusCanceled    = 110
	statusFailed      = 120
)

// update is the body of a status call (A3, "Status call").
type update struct {
	OrderID   string `json:"orderId"`
	ReceiptID string `json:"receiptId"`
	Status    int    `json:"status"`
	// PickupTime goes with the acceptance alone.
	PickupTime string `json:"pickupTime,omitempty"`
	Reason     string `json:"reason"`
	TimeStamp  string `json:"timeStamp"`
}

// Calls lists what Deliverect must hear of one entry of the history.
func (a *Adapter) Calls(o order.Order, entry order.Entry, printAhead time.Duration) []partner.Call {
	switch entry.What {
	case order.WasAccepted:
		if entry.By == o.Connection { // accepted on the platform: it knows
			return nil
		}
		return status(o, entry, update{Status: statusAccepted, PickupTime: pickupTime(o, printAhead)})
	case order.WasReady:
		return status(o, entry, update{Status: statusPickupReady})
	case order.WasHandedOver:
		return status(o, entry, update{Status: statusFinalized})
	case order.WasShipped, order.WasCompleted:
		// only the one that finished the order, not each parcel
		if o.Status != order.Completed || !entry.At.Equal(o.CompletedAt) {
			return nil
		}
		return status(o, entry, update{Status: statusFinalized})
	case order.WasCancelledByPartner:
		// every request to cancel wants its answer, even one that came too late
		return status(o, entry, update{Status: statusCanceled, Reason: "Cancelled as asked"})
	case order.WasRejected:
		return status(o, entry, update{Status: statusFailed, Reason: words(o.Reason)})
	case order.WasDelayed:
		return delayed(o, entry)
	}
	return nil
}

func status(o order.Order, entry order.Entry, u update) []partner.Call {
	u.OrderID, u.ReceiptID = o.Reference, o.ID
	u.TimeStamp = entry.At.UTC().Format(time.RFC3339)
	return []partner.Call{partner.NewCall(fmt.Sprintf("status_%d", u.Status), http.MethodPost, "/orderStatus/"+url.PathEscape(o.Reference), u)}
}

// pickupTime is our ready time (complaint C13: the customer must not see 0 minutes), but never
// before the promised one: for Deliverect it is the time itself, and an order for tonight must
// not be fetched early.
func pickupTime(o order.Order, printAhead time.Duration) string {
	ready := o.ExpectedReady(printAhead)
	if ready.Before(o.Fulfillment.PromisedAt) {
		ready = o.Fulfillment.PromisedAt
	}
	return ready.UTC().Format(time.RFC3339)
}

// delayed says how many minutes are left until the new promised time (A3, "Delay"); rounded up,
// so as not to promise too early.
func delayed(o order.Order, entry order.Entry) []partner.Call {
	left := o.Fulfillment.PromisedAt.Sub(entry.At)
	body := struct {
		Order   string `json:"order"`
		Minutes int    `json:"minutes"`
	}{o.Reference, max(1, int((left+time.Minute-1)/time.Minute))}
	return []partner.Call{partner.NewCall("preparation_time", http.MethodPost, "/updatePreparationTime", body)}
}

// words tells the channel's people why the store refused.
func words(reason order.Reason) string {
	switch reason {
	case order.TooBusy:
		return "The store is too busy"
	case order.OutOfStock:
		return "An item is out of stock"
	case order.StoreClosed:
		return "The store is closed"
	case order.StoreOffline:
		return "POS offline: nobody answered in time"
	case order.InvalidOrder:
		return "The order cannot be made as it is"
	}
	return "Rejected by the store"
}
