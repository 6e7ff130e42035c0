package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"comptoir/order"
)

// outside reports whether the customer waits in a car.
func (o Order) outside() bool { return o.Kind == Curbside || o.Kind == DriveThrough }

// serveCheckIn leads to the page that the order's customer would have got in a message: it asks
// the hub for the link, as a shop's own site does.
func (p *Platforms) serveCheckIn(w http.ResponseWriter, r *http.Request) {
	l, id := p.link(r.PathValue("connection")), r.PathValue("order")
	known := l != nil && l.ShopToken != "" && slices.ContainsFunc(p.Sent(), func(s Sent) bool {
		return s.Connection == l.ID && s.Order.ID == id && s.Order.outside()
	})
	if !known {
		http.NotFound(w, r)
		return
	}
	address, err := p.checkIn(r, l, order.Identity(l.ID, id))
	if err != nil {
		http.Error(w, "the hub gives no check-in link: "+err.Error(), http.StatusBadGateway)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (p *Platforms) checkIn(r *http.Request, l *link, orderID string) (string, error) {
	p.mu.Lock()
	hub := p.hub
	p.mu.Unlock()
	base, err := url.Parse(hub)
	if err != nil || hub == "" {
		return "", ErrNotReady
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, base.JoinPath("api/v1/locations", l.Location, "orders", orderID).String(), nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+l.ShopToken)
	client := p.config.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var got struct {
		Fulfillment struct{ CheckInURL string }
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxBody)).Decode(&got); err != nil || response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("HTTP %d", response.StatusCode)
	}
	if got.Fulfillment.CheckInURL == "" {
		return "", errors.New("the order has none any more")
	}
	address, err := base.Parse(got.Fulfillment.CheckInURL)
	if err != nil {
		return "", err
	}
	return address.String(), nil
}
