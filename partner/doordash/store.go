package doordash

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"comptoir/partner"
	"comptoir/shop"
)

// mostItems is how many items go into one call (A1, "86").
const mostItems = 40

// Controls: DoorDash takes no preparation time of a store, only that of each order, with its
// confirmation.
func (a *Adapter) Controls() shop.Controls {
	if a.storeID == "" {
		return shop.Controls{Unset: true}
	}
	return shop.Controls{Pause: true, Stock: true}
}

// storeStatus is the body of A1, "Store pause"; one that is active needs nothing else.
type storeStatus struct {
	IsActive bool   `json:"is_active"`
	Reason   string `json:"reason,omitempty"`
	Notes    string `json:"notes,omitempty"`
	EndTime  string `json:"end_time,omitempty"`
}

// itemStatus is one entry of A1, "86".
type itemStatus struct {
	MerchantSuppliedID string `json:"merchant_supplied_id"`
	IsActive           bool   `json:"is_active"`
}

// StoreCalls lists what DoorDash must hear. It knows when a pause ends and would take orders again
// by itself, but the end is told too: somebody may end it earlier, and its clock is not ours.
func (a *Adapter) StoreCalls(from, to partner.StoreState, _ time.Time) []partner.Call {
	if a.storeID == "" {
		return nil
	}
	store := "/api/v1/stores/" + url.PathEscape(a.storeID)
	var calls []partner.Call
	switch {
	case to.Paused() && !to.PausedUntil.Equal(from.PausedUntil):
		call := partner.NewCall(partner.CallPause, http.MethodPut, store+"/status", storeStatus{
			Reason: "store_self_disabled_in_their_POS_portal", Notes: "Paused at the counter",
			EndTime: to.PausedUntil.UTC().Format("2006-01-02T15:04:05-07:00"),
		})
		call.Until = to.PausedUntil
		calls = append(calls, call)
	case from.Paused() && !to.Paused():
		calls = append(calls, partner.NewCall(partner.CallResume, http.MethodPut, store+"/status", storeStatus{IsActive: true}))
	}
	items := func(name string, plus []string, active bool) {
		for chunk := range slices.Chunk(plus, mostItems) {
			body := make([]itemStatus, 0, len(chunk))
			for _, plu := range chunk {
				body = append(body, itemStatus{MerchantSuppliedID: plu, IsActive: active})
			}
			calls = append(calls, partner.NewCall(name, http.MethodPut, store+"/items/status", body))
		}
	}
	// DoorDash knows no end of an item: a new one is nothing to it
	items(partner.CallItemsBack, to.Back(from), true)
	items(partner.CallItemsOut, slices.DeleteFunc(to.NewlyOut(from), func(plu string) bool {
		_, was := from.Out[plu]
		return was
	}), false)
	return calls
}
