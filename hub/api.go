package hub

import (
	"bytes"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
)

//go:embed openapi.json
var openAPI []byte

func (h *Hub) routeAPI(handle handle) {
	handle("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openAPI) // the client may be gone
	})
	const base = "/api/v1/locations/{location}"
	handle("GET "+base+"/orders", h.shop(h.listOrders))
	handle("POST "+base+"/orders", h.shop(h.postOrder))
	handle("GET "+base+"/orders/{id}", h.shop(h.getOrder))
	handle("POST "+base+"/orders/{id}/commands", h.shop(h.postCommand))
	handle("GET "+base+"/ordering", h.shop(h.getOrdering))
	handle("POST "+base+"/ordering", h.shop(h.postOrdering))
	handle("GET "+base+"/calls", h.shop(h.listCalls))
	handle("POST "+base+"/calls/again", h.shop(h.callAgain))
}

// shop lets a request through that bears the location's token.
func (h *Hub) shop(next func(http.ResponseWriter, *http.Request, *location)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l := h.locations[r.PathValue("location")]
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer || token == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, http.StatusUnauthorized, "authorization", "send the location's token as Authorization: Bearer …")
			return
		}
		// one answer for a wrong token and a wrong location: neither tells of the other
		if l == nil || l.ShopToken == "" || subtle.ConstantTimeCompare([]byte(token), []byte(l.ShopToken)) != 1 {
			fail(w, http.StatusUnauthorized, "authorization", "this token is not one of this location")
			return
		}
		next(w, r, l)
	}
}

func (h *Hub) listOrders(w http.ResponseWriter, r *http.Request, l *location) {
	const usual, most = 50, 500
	limit := usual
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			fail(w, http.StatusBadRequest, string(order.Invalid), "limit must be 1 to "+strconv.Itoa(most))
			return
		}
		limit = min(limit, most)
	}
	orders, next, err := h.log.Orders(l.ID, r.URL.Query().Get("after"), limit)
	if errors.Is(err, orderlog.ErrInvalid) {
		fail(w, http.StatusBadRequest, string(order.Invalid), "after must be the next of an earlier page")
		return
	}
	if err != nil {
		h.unavailable(w, "listing orders", err)
		return
	}
	list := struct {
		Orders []shown `json:"orders"`
		Next   string  `json:"next"`
	}{Orders: make([]shown, 0, len(orders)), Next: next}
	for _, o := range orders {
		list.Orders = append(list.Orders, h.show(o))
	}
	writeJSON(w, http.StatusOK, list)
}

// here finds the order of the path, or answers the request itself.
func (h *Hub) here(w http.ResponseWriter, r *http.Request, l *location) (order.Order, bool) {
	o, err := h.log.Order(r.PathValue("id"))
	if errors.Is(err, orderlog.ErrNotFound) || err == nil && o.Location != l.ID {
		fail(w, http.StatusNotFound, string(order.NotFound), "this location has no such order")
		return o, false
	}
	if err != nil {
		h.unavailable(w, "reading an order", err)
		return o, false
	}
	return o, true
}

func (h *Hub) getOrder(w http.ResponseWriter, r *http.Request, l *location) {
	if o, ok := h.here(w, r, l); ok {
		writeJSON(w, http.StatusOK, h.show(o))
	}
}

// posted is an own-shop order as a shop sends it: the shape of an order, with payments.
type posted struct {
	order.Order
	Payments []payment `json:"payments"`
}

type payment struct {
	ID     string       `json:"id"`
	Kind   order.Method `json:"kind"`
	Amount order.Money  `json:"amount"`
}

func (h *Hub) postOrder(w http.ResponseWriter, r *http.Request, l *location) {
	body, ok := h.body(w, r)
	if !ok {
		return
	}
	var p posted
	if err := decode(body, &p); err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return
	}
	if p.Reference == "" {
		fail(w, http.StatusBadRequest, string(order.Invalid), "reference: give your shop's own id of the order; it makes a repeated request safe")
		return
	}
	draft, err := h.shopDraft(p, l)
	if err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return
	}
	// the Place is named by its body: the history then tells a repeated request from another one
	command := order.Identity(draft.ID, fingerprint(body))
	o, repeated, err := h.place(r.Context(), draft, l, h.autoAccepts(draft), command, order.ChannelShop)
	switch {
	case order.KindOf(err) != "":
		fail(w, http.StatusBadRequest, string(order.KindOf(err)), err.Error())
	case err != nil:
		h.unavailable(w, "placing an order", err)
	case repeated && !o.Applied(command):
		fail(w, http.StatusConflict, string(order.Exists), "another order with this reference was placed before")
	case repeated:
		writeJSON(w, http.StatusOK, h.show(o))
	default:
		writeJSON(w, http.StatusCreated, h.show(o))
	}
}

// fingerprint is a JSON body with its white space and sequence of keys made the same.
func fingerprint(body []byte) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return string(body)
	}
	sorted, err := json.Marshal(value)
	if err != nil {
		return string(body)
	}
	return string(sorted)
}

func (h *Hub) shopDraft(p posted, l *location) (order.Order, error) {
	draft := p.Order
	draft.ID = order.Identity(order.ChannelShop, l.ID, draft.Reference)
	draft.Location, draft.Connection = l.ID, ""
	if draft.Channel == "" {
		draft.Channel = order.ChannelShop
	}
	if draft.Currency == "" {
		draft.Currency = l.Currency
	}
	if draft.Currency != l.Currency {
		return draft, fmt.Errorf("currency: this location sells in %s", l.Currency)
	}
	if draft.Number == "" {
		draft.Number = shortNumber(draft.Reference)
	}
	if draft.PreparationMinutes == 0 {
		minutes := l.PreparationMinutes
		if channel, known := h.orderings.held(l).Channel(""); known {
			minutes = channel.PreparationMinutes
		}
		draft.PreparationMinutes = l.router.PreparationMinutes(draft, minutes)
	}
	// a shop's clock that runs ahead must not put its orders before all others
	if now := h.now(); draft.PlacedAt.IsZero() || draft.PlacedAt.After(now) {
		draft.PlacedAt = now
	}
	draft.AcceptBy = time.Time{} // the own shop waits as long as it takes
	draft.Transactions = nil
	for _, paid := range p.Payments {
		switch paid.Kind {
		case order.Card, order.Cash, order.GiftCard:
		default:
			return draft, fmt.Errorf("payments: kind %q is not card, cash or gift_card", paid.Kind)
		}
		draft.Transactions = append(draft.Transactions, order.Transaction{
			ID: paid.ID, Kind: order.Payment, Method: paid.Kind, Amount: paid.Amount, At: draft.PlacedAt,
		})
	}
	return draft, nil
}

// shortNumber is what people call out when a shop gives no number: the reference's end.
func shortNumber(reference string) string {
	const length = 6
	runes := []rune(reference)
	return string(runes[max(0, len(runes)-length):])
}

func (h *Hub) postCommand(w http.ResponseWriter, r *http.Request, l *location) {
	body, ok := h.body(w, r)
	if !ok {
		return
	}
	var c order.Command
	if err := decode(body, &c); err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return
	}
	if !c.Type.FromScreen() {
		fail(w, http.StatusBadRequest, string(order.Invalid), fmt.Sprintf("type: %q is not a command of the screens", c.Type))
		return
	}
	o, ok := h.here(w, r, l)
	if !ok {
		return
	}
	c.OrderID, c.By, c.At = o.ID, order.ChannelShop, h.now()
	c.Person, c.Approver = order.Person{}, order.Person{} // only terminals ask for a PIN
	o, err := h.apply(r.Context(), c)
	switch kind := order.KindOf(err); {
	case err == nil:
		writeJSON(w, http.StatusOK, h.show(o))
	case kind == order.Invalid && order.CauseOf(err) == order.MissingID:
		fail(w, http.StatusBadRequest, string(kind), err.Error())
	case kind != "":
		fail(w, http.StatusConflict, string(kind), err.Error())
	default:
		h.unavailable(w, "carrying out a command", err)
	}
}

func (h *Hub) listCalls(w http.ResponseWriter, _ *http.Request, l *location) {
	writeJSON(w, http.StatusOK, struct {
		Calls []waitingCall `json:"calls"`
	}{h.calls.waiting(l.ID)})
}

func (h *Hub) callAgain(w http.ResponseWriter, r *http.Request, l *location) {
	body, ok := h.body(w, r)
	if !ok {
		return
	}
	var wanted struct {
		ID string `json:"id"`
	}
	if err := decode(body, &wanted); err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return
	}
	switch err := h.calls.again(r.Context(), l.ID, wanted.ID); {
	case errors.Is(err, errNoCall):
		fail(w, http.StatusNotFound, string(order.NotFound), "there is no call with this id that was given up")
	case err != nil:
		h.unavailable(w, "sending a call again", err)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

// decode reads one JSON value and nothing after it; a wrong type is an error that names it.
func decode(body []byte, value any) error {
	err := json.Unmarshal(body, value)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := strings.TrimPrefix(wrong.Field, "Order.") // which posted embeds
		if field == "" {
			field = "the body"
		}
		return fmt.Errorf("%s: %s is not what belongs here", field, wrong.Value)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if wrong, ok := errors.AsType[*time.ParseError](err); ok {
		return fmt.Errorf("%s is not a time such as 2026-01-31T18:30:00Z", wrong.Value)
	}
	return err
}
