package hub

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/partner"
	"comptoir/shop"
)

// maxBody bounds every request body (contract.md).
const maxBody = 1 << 20

// maxDrained is how much of a body that is too large is read for the sake of its sender.
const maxDrained = 16 << 20

// What a webhook came to, as figures count it.
const (
	resultAccepted     = "accepted"
	resultRepeated     = "repeated"
	resultBadSignature = "bad_signature"
	resultBadBody      = "bad_body"
	resultUnknown      = "unknown"
)

func (h *Hub) routeWebhooks(handle handle) {
	handle("POST /partners/{partner}/{connection}/{topic}", h.webhook)
}

func (h *Hub) webhook(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("partner")
	c := h.connections[r.PathValue("connection")]
	if c == nil || c.Partner != name {
		if !knownPartner(name) {
			name = "unknown" // the path is not ours to make label values of
		}
		h.metrics.webhook(name, resultUnknown)
		fail(w, http.StatusNotFound, string(order.NotFound), "there is no such partner or connection; check the webhook's address")
		return
	}
	body, ok := h.body(w, r)
	if !ok {
		h.metrics.webhook(name, resultBadBody)
		return
	}
	event, err := c.Adapter.Read(partner.Webhook{
		Topic: r.PathValue("topic"), Header: r.Header, URL: requestURL(r), Body: body, Now: h.now(),
	})
	switch {
	case errors.Is(err, partner.ErrSignature):
		h.metrics.webhook(name, resultBadSignature)
		h.slog.Warn("webhook refused", "connection", c.ID, "why", "signature")
		fail(w, http.StatusUnauthorized, "signature", err.Error())
		return
	case err != nil:
		h.badBody(w, c, err)
		return
	}
	switch event.Kind {
	case partner.Placed:
		h.placed(w, r, c, event)
	case partner.Cancelled:
		h.cancelled(w, r, c, event)
	case partner.Changed:
		h.changed(w, r, c, event, body)
	case partner.CourierMoved:
		h.courierMoved(w, r, c, event, body)
	default:
		h.metrics.webhook(name, resultUnknown)
		h.slog.Info("webhook without effect", "connection", c.ID, "event", event.What)
		w.WriteHeader(reply(event))
	}
}

func (h *Hub) badBody(w http.ResponseWriter, c *connection, err error) {
	h.metrics.webhook(c.Partner, resultBadBody)
	h.slog.Warn("webhook refused", "connection", c.ID, "why", err.Error())
	fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
}

// complete gives a platform's draft what the connection decides.
func (c *connection) complete(draft order.Order, held shop.Held, now time.Time) order.Order {
	draft.ID = order.Identity(c.ID, draft.Reference)
	draft.Location, draft.Connection = c.location.ID, c.ID
	if draft.PlacedAt.IsZero() {
		draft.PlacedAt = now
	}
	minutes := c.PreparationMinutes
	if channel, known := held.Channel(c.ID); known {
		minutes = channel.PreparationMinutes
	}
	draft.PreparationMinutes = c.location.router.PreparationMinutes(draft, minutes)
	return draft
}

// placing is the id of the one Place of a platform's order.
func placing(draft order.Order) string { return order.Identity(draft.ID, string(order.Place)) }

func (h *Hub) placed(w http.ResponseWriter, r *http.Request, c *connection, event partner.Event) {
	draft := c.complete(*event.Order, h.orderings.held(c.location), h.now())
	o, repeated, err := h.place(r.Context(), draft, c.location, h.autoAccepts(draft), placing(draft), c.ID)
	switch {
	case order.KindOf(err) != "":
		h.badBody(w, c, err)
		return
	case err != nil:
		h.unavailable(w, "placing an order", err)
		return
	}
	h.done(w, c, event, o, repeated)
}

func (h *Hub) done(w http.ResponseWriter, c *connection, event partner.Event, o order.Order, repeated bool) {
	result := resultAccepted
	if repeated {
		result = resultRepeated
	}
	h.metrics.webhook(c.Partner, result)
	h.slog.Info("webhook", "connection", c.ID, "event", event.What, "order", o.ID, "status", o.Status, "result", result)
	w.WriteHeader(reply(event))
}

// cancelled takes a platform's cancellation. One that comes before its order, and holds it
// whole, makes the order and cancels it, so that the late order finds itself cancelled.
func (h *Hub) cancelled(w http.ResponseWriter, r *http.Request, c *connection, event partner.Event) {
	id, err := h.find(c, event)
	if errors.Is(err, orderlog.ErrNotFound) && event.Order != nil {
		draft := c.complete(*event.Order, h.orderings.held(c.location), h.now())
		if _, _, err = h.place(r.Context(), draft, c.location, false, placing(draft), c.ID); err == nil {
			id = draft.ID
		}
	}
	switch {
	case errors.Is(err, orderlog.ErrNotFound):
		h.metrics.webhook(c.Partner, resultUnknown)
		fail(w, http.StatusNotFound, string(order.NotFound), "there is no order with these ids")
		return
	case order.KindOf(err) != "":
		h.badBody(w, c, err)
		return
	case err != nil:
		h.unavailable(w, "cancelling an order", err)
		return
	}
	h.carryOut(w, r, c, event, order.Command{
		ID: order.Identity(id, string(order.PartnerCancel)), Type: order.PartnerCancel, OrderID: id,
	})
}

func (h *Hub) changed(w http.ResponseWriter, r *http.Request, c *connection, event partner.Event, body []byte) {
	id, ok := h.named(w, c, event)
	if !ok {
		return
	}
	changed := c.complete(*event.Order, h.orderings.held(c.location), h.now())
	c.location.router.Route(&changed)
	h.orderings.held(c.location).Mark(&changed)
	if err := checkSize(changed); err != nil {
		h.badBody(w, c, err)
		return
	}
	// The body names the command: the same webhook again is the same command, however late. A change
	// back to what was before is another body, since lines get new identities with each change.
	h.carryOut(w, r, c, event, order.Command{
		ID: order.Identity(id, string(body)), Type: order.PartnerChange, OrderID: id, Order: &changed,
	})
}

// courierMoved takes a courier's step; another name is another courier.
func (h *Hub) courierMoved(w http.ResponseWriter, r *http.Request, c *connection, event partner.Event, body []byte) {
	id, ok := h.named(w, c, event)
	if !ok {
		return
	}
	o, err := h.log.Order(id)
	if err != nil {
		h.unavailable(w, "reading an order", err)
		return
	}
	command := order.Command{ID: order.Identity(id, string(body)), Type: order.CourierMoved, OrderID: id, Courier: event.Courier}
	if o.Courier == nil || event.Courier.Name != "" && event.Courier.Name != o.Courier.Name {
		command.Type = order.AssignCourier
	}
	h.carryOut(w, r, c, event, command)
}

// named finds the order that a webhook is about, or answers the request itself.
func (h *Hub) named(w http.ResponseWriter, c *connection, event partner.Event) (id string, ok bool) {
	id, err := h.find(c, event)
	if errors.Is(err, orderlog.ErrNotFound) {
		h.metrics.webhook(c.Partner, resultUnknown)
		fail(w, http.StatusNotFound, string(order.NotFound), "there is no order with these ids")
		return "", false
	}
	if err != nil {
		h.unavailable(w, "looking for an order", err)
		return "", false
	}
	return id, true
}

func (h *Hub) carryOut(w http.ResponseWriter, r *http.Request, c *connection, event partner.Event, command order.Command) {
	command.By, command.At = c.ID, h.now()
	before, err := h.log.Order(command.OrderID)
	if err != nil {
		h.unavailable(w, "reading an order", err)
		return
	}
	o, err := h.apply(r.Context(), command)
	switch order.KindOf(err) {
	case "":
		if err != nil {
			h.unavailable(w, "storing an order", err)
			return
		}
		h.done(w, c, event, o, before.Applied(command.ID))
	case order.NotPossible:
		// the platform repeats itself, or speaks of an order that has ended
		h.slog.Info("webhook came too late", "connection", c.ID, "event", event.What, "order", o.ID, "why", err.Error())
		h.done(w, c, event, o, true)
	default:
		h.badBody(w, c, err)
	}
}

// find looks for the order by the platform's ids, then by ours.
func (h *Hub) find(c *connection, event partner.Event) (string, error) {
	ids := make([]string, 0, len(event.References)+len(event.OurIDs))
	for _, reference := range event.References {
		ids = append(ids, order.Identity(c.ID, reference))
	}
	for _, id := range append(ids, event.OurIDs...) {
		o, err := h.log.Order(id)
		if err == nil && o.Connection == c.ID {
			return id, nil
		}
		if err != nil && !errors.Is(err, orderlog.ErrNotFound) {
			return "", err
		}
	}
	return "", orderlog.ErrNotFound
}

func reply(event partner.Event) int {
	if event.Reply == 0 {
		return http.StatusOK
	}
	return event.Reply
}

// body reads a whole request body within the limit, or answers the request itself.
func (h *Hub) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if len(body) > maxBody {
		// most clients read the answer only once they have sent everything
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
		w.Header().Set("Connection", "close")
		fail(w, http.StatusRequestEntityTooLarge, "too_large", "the body is larger than 1 MiB")
		return nil, false
	}
	if err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), "the body stopped before its end")
		return nil, false
	}
	return body, true
}

func requestURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + r.URL.RequestURI()
}

// unavailable answers for a fault of ours: the platform is to try again.
func (h *Hub) unavailable(w http.ResponseWriter, doing string, err error) {
	h.slog.Error(doing, "error", err)
	fail(w, http.StatusServiceUnavailable, "unavailable", "the hub cannot store this now; try again")
}

type failure struct {
	Error failureText `json:"error"`
}

type failureText struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

func fail(w http.ResponseWriter, status int, kind, message string) {
	writeJSON(w, status, failure{failureText{kind, message}})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// the client may be gone; there is nobody left to tell
	_ = json.NewEncoder(w).Encode(value)
}
