package hub

import (
	"crypto/rand"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"comptoir/hub/checkin"
	"comptoir/hub/orderlog"
	"comptoir/order"

	"rsc.io/qr"
)

// linkLasts is how long after its end an order's link still says what became of it.
const linkLasts = 6 * time.Hour

// arrivals serves the check-in page of curbside orders.
//
// There is no protection against forged requests from other sites' pages: who could forge one
// must know the link, and who knows the link may use it.
type arrivals struct {
	hub   *Hub
	links *checkin.Links
	pages *checkin.Pages
	// usual is the language of those whose link is of no location.
	usual string
	// perLink and perCaller bound what one link, and one network, may ask.
	perLink, perCaller *checkin.Limiter
}

func newArrivals(h *Hub) (*arrivals, error) {
	key, err := secret(h.log, "check-in")
	if err != nil {
		return nil, err
	}
	return &arrivals{
		hub: h, links: checkin.NewLinks(key, h.config.PublicURL), pages: checkin.NewPages(),
		usual:   h.config.Locations[0].Language,
		perLink: checkin.NewLimiter(20, 3*time.Second),
		// a whole street may come from one address of a mobile network
		perCaller: checkin.NewLimiter(120, 500*time.Millisecond),
	}, nil
}

func (a *arrivals) route(handle handle) {
	handle("GET "+checkin.Path+"{token}", a.page)
	handle("POST "+checkin.Path+"{token}", a.arrive)
	handle("GET "+checkin.Path+"{token}/qr.png", a.code)
}

// link is the order's check-in page; empty where there is none.
func (a *arrivals) link(o order.Order) string {
	if !a.lasts(o) {
		return ""
	}
	return a.links.Address(o.ID)
}

func (a *arrivals) lasts(o order.Order) bool {
	ended := o.CompletedAt
	return o.Fulfillment.Type == order.Curbside && (ended.IsZero() || a.hub.now().Before(ended.Add(linkLasts)))
}

// visit is one request for the page of an order, or for none.
type visit struct {
	order order.Order
	page  checkin.Page
	// status is what to answer where there is no order to speak of.
	status int
}

// visit finds the order of the request's link. Where it answers with a status, the page says why.
func (a *arrivals) visit(w http.ResponseWriter, r *http.Request) visit {
	v := visit{page: checkin.Page{State: checkin.Unknown, Language: a.pages.Language(r, a.usual)}}
	now := a.hub.now()
	wait, ok := a.perCaller.Allow(checkin.Caller(r), now)
	token := r.PathValue("token")
	id, err := a.links.Order(token)
	if ok && err == nil {
		wait, ok = a.perLink.Allow(token, now)
	}
	if !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		v.status, v.page.State = http.StatusTooManyRequests, checkin.Busy
		return v
	}
	if err != nil {
		v.status = http.StatusNotFound
		return v
	}
	v.order, err = a.hub.log.Order(id)
	l := a.hub.locations[v.order.Location]
	switch {
	case errors.Is(err, orderlog.ErrNotFound), err == nil && (l == nil || !a.lasts(v.order)):
		v.status = http.StatusNotFound
		return v
	case err != nil:
		a.hub.slog.Error("reading an order for its customer", "order", id, "error", err)
		v.status, v.page.State = http.StatusServiceUnavailable, checkin.Failed
		return v
	}
	v.page.Language = a.pages.Language(r, l.Language)
	v.page.Shop, v.page.Number = l.Name, v.order.Number
	v.page.State = stateOf(v.order)
	v.page.VehicleKnown, v.page.SpotKnown = v.order.Fulfillment.Vehicle != "", v.order.Fulfillment.Spot != ""
	v.page.FormID = rand.Text()
	return v
}

func stateOf(o order.Order) checkin.State {
	switch {
	case o.Cancelled():
		return checkin.Cancelled
	case o.Status == order.Completed:
		return checkin.Over
	case o.Status == order.New:
		return checkin.Early
	case o.Fulfillment.ArrivedAt.IsZero():
		return checkin.Asking
	}
	return checkin.Known
}

func (a *arrivals) page(w http.ResponseWriter, r *http.Request) {
	v := a.visit(w, r)
	if v.status == 0 {
		v.status = http.StatusOK
	}
	a.write(w, v)
}

func (a *arrivals) write(w http.ResponseWriter, v visit) {
	if err := a.pages.Write(w, v.status, v.page); err != nil {
		a.hub.slog.Error("the check-in page cannot be written", "error", err)
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
	}
}

// arrive notes the arrival, or what the customer corrects of it.
func (a *arrivals) arrive(w http.ResponseWriter, r *http.Request) {
	v := a.visit(w, r)
	if v.status != 0 {
		a.write(w, v)
		return
	}
	if v.page.State != checkin.Asking && v.page.State != checkin.Known {
		v.status = http.StatusConflict
		a.write(w, v)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, checkin.MaxForm))
	var form checkin.Form
	if err == nil {
		form, err = checkin.ReadForm(string(body))
	}
	if err != nil {
		v.status, v.page.State = http.StatusBadRequest, checkin.Failed
		a.write(w, v)
		return
	}
	if form.ID == "" {
		form.ID = rand.Text()
	}
	_, err = a.hub.apply(r.Context(), order.Command{
		ID: order.Identity(v.order.ID, "check-in", form.ID), Type: order.CustomerArrived, OrderID: v.order.ID,
		By: order.ByCustomer, At: a.hub.now(), Vehicle: form.Vehicle, Spot: form.Spot,
	})
	// a refusal is no failure: nothing to correct, or the order has ended meanwhile, which the
	// page that follows says
	if err != nil && order.KindOf(err) == "" {
		a.hub.slog.Error("noting an arrival", "order", v.order.ID, "error", err)
		v.status, v.page.State = http.StatusServiceUnavailable, checkin.Failed
		a.write(w, v)
		return
	}
	// relative, since a proxy may serve the hub below a path of its own
	next := "./" + r.PathValue("token")
	if lang := r.URL.Query().Get("lang"); lang != "" {
		next += "?" + url.Values{"lang": {lang}}.Encode()
	}
	checkin.Protect(w.Header())
	w.Header().Set("Location", next)
	w.WriteHeader(http.StatusSeeOther)
}

// code is the link as a QR code, for a message or a screen. Without the hub's public address
// nobody could follow it.
func (a *arrivals) code(w http.ResponseWriter, r *http.Request) {
	v := a.visit(w, r)
	if v.status == 0 && !a.links.Absolute() {
		v.status, v.page.State = http.StatusNotFound, checkin.Unknown
	}
	if v.status != 0 {
		a.write(w, v)
		return
	}
	code, err := qr.Encode(a.links.Address(v.order.ID), qr.M)
	if err != nil {
		a.hub.slog.Error("a link does not fit a QR code", "order", v.order.ID, "error", err)
		v.status, v.page.State = http.StatusServiceUnavailable, checkin.Failed
		a.write(w, v)
		return
	}
	checkin.Protect(w.Header())
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(code.PNG()) // the customer may be gone
}
