package deliverect

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"comptoir/partner"
	"comptoir/shop"
)

// endless is how long an item stays snoozed that is out of stock until somebody sets it back:
// Deliverect wants an end (A3, "86").
const endless = 10 * 365 * 24 * time.Hour

// Controls: Deliverect takes all of it, for the whole location with all its channels, once it is
// known by its own ids.
func (a *Adapter) Controls() shop.Controls {
	if a.accountID == "" || a.locationID == "" {
		return shop.Controls{Unset: true}
	}
	return shop.Controls{Pause: true, Preparation: true, Stock: true}
}

// storeStatus is the body of A3, "Pause/busy". Without channelLinks it is about all channels.
type storeStatus struct {
	IsActive bool `json:"isActive"`
	PrepTime int  `json:"prepTime,omitempty"`
}

// snooze is the body of A3, "86": a snoozeEnd that is past ends it.
type snooze struct {
	Account     string   `json:"account"`
	Location    string   `json:"location"`
	PLUs        []string `json:"plus"`
	SnoozeStart string   `json:"snoozeStart"`
	SnoozeEnd   string   `json:"snoozeEnd"`
}

// StoreCalls lists what Deliverect must hear. The call of a pause has no end: the end is a call of
// its own (complaint C24).
func (a *Adapter) StoreCalls(from, to partner.StoreState, now time.Time) []partner.Call {
	if a.Controls().Unset {
		return nil
	}
	var calls []partner.Call
	if name := statusCall(from, to); name != "" {
		call := partner.NewCall(name, http.MethodPost, "/updateStoreStatus/"+url.PathEscape(a.locationID),
			storeStatus{IsActive: !to.Paused(), PrepTime: to.PreparationMinutes})
		call.Until = to.PausedUntil
		calls = append(calls, call)
	}
	if back := to.Back(from); len(back) > 0 {
		calls = append(calls, a.snooze(partner.CallItemsBack, back, now.Add(-2*time.Minute), now.Add(-time.Minute)))
	}
	// one call for each end
	out := to.NewlyOut(from)
	slices.SortStableFunc(out, func(x, y string) int { return to.Out[x].Compare(to.Out[y]) })
	for len(out) > 0 {
		until := to.Out[out[0]]
		n := slices.IndexFunc(out, func(plu string) bool { return !to.Out[plu].Equal(until) })
		if n < 0 {
			n = len(out)
		}
		end := until
		if until.IsZero() {
			end = now.Add(endless)
		}
		call := a.snooze(partner.CallItemsOut, out[:n], now, end)
		call.Until = until
		calls = append(calls, call)
		out = out[n:]
	}
	return calls
}

// statusCall names the call about pause and preparation, "" where there is nothing to say. That
// only the end of a pause has moved is nothing: Deliverect knows none.
func statusCall(from, to partner.StoreState) string {
	switch {
	case to.Paused() && !from.Paused():
		return partner.CallPause
	case from.Paused() && !to.Paused():
		return partner.CallResume
	case from.PreparationMinutes != to.PreparationMinutes && to.PreparationMinutes > 0:
		return partner.CallPreparation
	}
	return ""
}

func (a *Adapter) snooze(name string, plus []string, from, until time.Time) partner.Call {
	return partner.NewCall(name, http.MethodPost, "/products/snoozeByPlus", snooze{
		Account: a.accountID, Location: a.locationID, PLUs: plus,
		SnoozeStart: from.UTC().Format(time.RFC3339), SnoozeEnd: until.UTC().Format(time.RFC3339),
	})
}
