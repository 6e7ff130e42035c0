package hub

import (
	"net/http"

	"comptoir/order"
	"comptoir/shop"
)

// shownOrdering is what holds at a location, as the API shows it.
type shownOrdering struct {
	shop.Held
	// Reports say what the platforms know of it, by connection.
	Reports map[string]shop.Report `json:"reports"`
}

func (h *Hub) getOrdering(w http.ResponseWriter, _ *http.Request, l *location) {
	h.orderings.telling.Lock()
	frame := h.orderings.frame(l)
	h.orderings.telling.Unlock()
	writeJSON(w, http.StatusOK, shownOrdering{frame.Ordering.At(l.Location, h.now()), frame.Reports})
}

func (h *Hub) postOrdering(w http.ResponseWriter, r *http.Request, l *location) {
	body, ok := h.body(w, r)
	if !ok {
		return
	}
	var c shop.Change
	if err := decode(body, &c); err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return
	}
	c.By, c.At = order.ChannelShop, h.now()
	switch err := h.orderings.change(r.Context(), l, c); order.KindOf(err) {
	case "":
		if err != nil {
			h.unavailable(w, "changing how orders are taken", err)
			return
		}
		h.getOrdering(w, r, l)
	case order.NotFound:
		fail(w, http.StatusNotFound, string(order.NotFound), err.Error())
	default:
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
	}
}
