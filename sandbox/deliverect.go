package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Deliverect stands in for Deliverect (partners.md A3).
type Deliverect struct {
	*stand
	config DeliverectConfig

	orders sync.Mutex // guards what follows
	known  map[string]bool
	tokens map[string]time.Time // and when each ends
}

// DeliverectConfig is what both sides agreed on.
type DeliverectConfig struct {
	Options
	// Secret signs the webhooks.
	Secret string
	// ClientID and ClientSecret, where set, are what calls need a token for.
	ClientID     string
	ClientSecret string
	// AccountID and LocationID, where set, are what calls about the store must name.
	AccountID  string
	LocationID string
	// TokenLife is how long a token is good for; 0 is an hour.
	TokenLife time.Duration
}

// NewDeliverect makes a stand-in that knows no order yet.
func NewDeliverect(config DeliverectConfig) *Deliverect {
	if config.TokenLife == 0 {
		config.TokenLife = time.Hour
	}
	d := &Deliverect{
		stand: newStand("deliverect", config.Options), config: config,
		known: map[string]bool{}, tokens: map[string]time.Time{},
	}
	d.handle("POST /oauth/token", d.token)
	d.handle("POST /orderStatus/{id}", d.guarded(d.orderStatus))
	d.handle("POST /updatePreparationTime", d.guarded(d.preparationTime))
	d.handleStore("POST /updateStoreStatus/{location}", d.guarded(d.storeStatus))
	d.handleStore("POST /products/snoozeByPlus", d.guarded(d.snooze))
	return d
}

// Send signs an order or a cancellation and posts it to the hub.
func (d *Deliverect) Send(ctx context.Context, hub, connection string, body []byte) (Answer, error) {
	d.Remember(body)
	mac := hmac.New(sha256.New, []byte(d.config.Secret))
	mac.Write(body)
	header := http.Header{}
	header.Set("X-Server-Authorization-Hmac-Sha256", hex.EncodeToString(mac.Sum(nil)))
	return d.post(ctx, hub, connection, body, header)
}

// Remember makes the order of a webhook known, as if the stand-in had sent it.
func (d *Deliverect) Remember(body []byte) {
	var sent struct {
		ID string `json:"_id"`
	}
	if json.Unmarshal(body, &sent) != nil || sent.ID == "" {
		return // a test may send anything
	}
	d.orders.Lock()
	defer d.orders.Unlock()
	d.known[sent.ID] = true
}

// Revoke ends all tokens.
func (d *Deliverect) Revoke() {
	d.orders.Lock()
	defer d.orders.Unlock()
	clear(d.tokens)
}

func (d *Deliverect) token(r *request) reply {
	var body struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Audience     string `json:"audience"`
		GrantType    string `json:"grant_type"`
	}
	switch err := r.decode(&body); {
	case err != nil:
		return refuse(http.StatusBadRequest, "%v", err)
	case body.GrantType != "client_credentials":
		return refuse(http.StatusBadRequest, "grant_type %q, want client_credentials", body.GrantType)
	case body.Audience == "":
		return refuse(http.StatusBadRequest, "audience is missing")
	case d.config.ClientID == "" || body.ClientID != d.config.ClientID || body.ClientSecret != d.config.ClientSecret:
		return refuse(http.StatusUnauthorized, "client_id or client_secret is wrong")
	}
	token, ends := rand.Text(), d.now().Add(d.config.TokenLife)
	d.orders.Lock()
	defer d.orders.Unlock()
	d.tokens[token] = ends
	return reply{status: http.StatusOK, body: map[string]any{
		"access_token": token, "expires_at": ends.Unix(), "expires_in": int(d.config.TokenLife.Seconds()),
		"token_type": "Bearer", "scope": "genericPOS",
	}}
}

// guarded wants a token that is still good, where tokens are agreed on.
func (d *Deliverect) guarded(next func(*request) reply) func(*request) reply {
	return func(r *request) reply {
		if d.config.ClientID == "" {
			return next(r)
		}
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		d.orders.Lock()
		ends, known := d.tokens[token]
		d.orders.Unlock()
		if !found || !known || !d.now().Before(ends) {
			return refuse(http.StatusUnauthorized, "the token is missing, unknown or over")
		}
		return next(r)
	}
}

// deliverectStatuses are those that a POS may send (A3, "Statuses").
var deliverectStatuses = []int{20, 40, 50, 60, 70, 80, 90, 95, 110, 120}

func (d *Deliverect) orderStatus(r *request) reply {
	var body struct {
		OrderID    string  `json:"orderId"`
		ReceiptID  string  `json:"receiptId"`
		Status     int     `json:"status"`
		PickupTime *string `json:"pickupTime"`
		Reason     string  `json:"reason"`
		TimeStamp  string  `json:"timeStamp"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	id := r.PathValue("id")
	if !d.knows(id) {
		return refuse(http.StatusNotFound, "no order %q", id)
	}
	switch {
	case body.OrderID != id:
		return refuse(http.StatusBadRequest, "orderId %q is not that of the address", body.OrderID)
	case body.ReceiptID == "":
		return refuse(http.StatusBadRequest, "receiptId is missing")
	case !slices.Contains(deliverectStatuses, body.Status):
		return refuse(http.StatusBadRequest, "status %d is not one that a POS sends", body.Status)
	case body.Status == 120 && body.Reason == "":
		return refuse(http.StatusBadRequest, "status 120 wants a reason")
	}
	if _, err := utc(body.TimeStamp); err != nil {
		return refuse(http.StatusBadRequest, "timeStamp: %v", err)
	}
	if body.PickupTime != nil {
		if _, err := utc(*body.PickupTime); err != nil {
			return refuse(http.StatusBadRequest, "pickupTime: %v", err)
		}
	}
	return reply{status: http.StatusOK, body: map[string]string{"status": fmt.Sprint(body.Status)}}
}

func (d *Deliverect) preparationTime(r *request) reply {
	var body struct {
		Order   string `json:"order"`
		Minutes int    `json:"minutes"`
	}
	switch err := r.decode(&body); {
	case err != nil:
		return refuse(http.StatusBadRequest, "%v", err)
	case !d.knows(body.Order):
		return refuse(http.StatusNotFound, "no order %q", body.Order)
	case body.Minutes < 1:
		return refuse(http.StatusBadRequest, "minutes %d, want 1 or more", body.Minutes)
	}
	return reply{status: http.StatusOK, body: map[string]string{}}
}

func (d *Deliverect) knows(id string) bool {
	d.orders.Lock()
	defer d.orders.Unlock()
	return d.known[id]
}
