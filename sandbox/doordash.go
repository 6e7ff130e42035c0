package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// DoorDash stands in for DoorDash Marketplace (partners.md A1).
type DoorDash struct {
	*stand
	config DoorDashConfig

	orders sync.Mutex // guards what follows
	known  map[string]*dash
}

// dash is what DoorDash remembers of an order.
type dash struct {
	promised string
	sent     time.Time
	answered bool
	// ourID is the store's identity of the order, once the store has confirmed it.
	ourID string
}

// DoorDashConfig is what both sides agreed on.
type DoorDashConfig struct {
	Options
	// Authorization is the header of the webhooks, whole.
	Authorization string
	DeveloperID   string
	KeyID         string
	// SigningSecret is the decoded one.
	SigningSecret []byte
	// StoreID, where set, is what calls about the store must name.
	StoreID string
	// AnswerWithin is how long an order may wait for its confirmation; 0 is 8 minutes.
	AnswerWithin time.Duration
}

// NewDoorDash makes a stand-in that knows no order yet.
func NewDoorDash(config DoorDashConfig) *DoorDash {
	if config.AnswerWithin == 0 {
		config.AnswerWithin = 8 * time.Minute
	}
	d := &DoorDash{stand: newStand("doordash", config.Options), config: config, known: map[string]*dash{}}
	d.handle("PATCH /api/v1/orders/{id}", d.guarded(d.confirm))
	d.handle("PATCH /api/v1/orders/{id}/events/order_ready_for_pickup", d.guarded(d.ready))
	d.handleStore("PUT /api/v1/stores/{store}/status", d.guarded(d.storeStatus))
	d.handleStore("PUT /api/v1/stores/{store}/items/status", d.guarded(d.itemStatus))
	return d
}

// Send posts a webhook to the hub. The HTTP answer decides about a new order: 200 accepts it,
// 202 announces a confirmation, anything else fails it (A1, "Reply = decision").
func (d *DoorDash) Send(ctx context.Context, hub, connection string, body []byte) (Answer, error) {
	fresh := d.Remember(body)
	header := http.Header{}
	header.Set("Authorization", d.config.Authorization)
	answer, err := d.post(ctx, hub, connection, body, header)
	if err == nil && fresh != "" && answer.Status != http.StatusAccepted {
		d.Settle(fresh)
	}
	return answer, err
}

// Remember makes the order of a webhook known, as if the stand-in had sent it. It returns the
// order's id where the webhook was the order's first.
func (d *DoorDash) Remember(body []byte) string {
	var sent struct {
		Order struct {
			ID                  string `json:"id"`
			EstimatedPickupTime string `json:"estimated_pickup_time"`
		} `json:"order"`
	}
	if json.Unmarshal(body, &sent) != nil || sent.Order.ID == "" {
		return "" // a cancellation, or whatever a test sends
	}
	d.orders.Lock()
	defer d.orders.Unlock()
	if known := d.known[sent.Order.ID]; known != nil {
		known.promised = sent.Order.EstimatedPickupTime
		return ""
	}
	d.known[sent.Order.ID] = &dash{promised: sent.Order.EstimatedPickupTime, sent: d.now()}
	return sent.Order.ID
}

// Settle makes an order answered, as by DoorDash's own tablet.
func (d *DoorDash) Settle(id string) {
	d.orders.Lock()
	defer d.orders.Unlock()
	if known := d.known[id]; known != nil {
		known.answered = true
	}
}

var userAgent = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*/1\.0$`)

// guarded checks the token and the headers that go with it (A1, "JWT").
func (d *DoorDash) guarded(next func(*request) reply) func(*request) reply {
	return func(r *request) reply {
		if err := d.authorized(r.Request); err != nil {
			return refuse(http.StatusUnauthorized, "%v", err)
		}
		return next(r)
	}
}

func (d *DoorDash) authorized(r *http.Request) error {
	text, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		return errors.New("no bearer token")
	}
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return d.config.SigningSecret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience("doordash"), jwt.WithIssuer(d.config.DeveloperID),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(time.Minute), jwt.WithTimeFunc(d.now))
	if err != nil {
		return err
	}
	issued, err := claims.GetIssuedAt()
	if err != nil || issued == nil {
		return errors.New("the token has no iat")
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || expires.Sub(issued.Time) > 1800*time.Second {
		return errors.New("the token lives longer than 1800 s")
	}
	switch {
	case token.Header["dd-ver"] != "DD-JWT-V1":
		return errors.New("the token's header has no dd-ver DD-JWT-V1")
	case token.Header["typ"] != "JWT":
		return errors.New("the token's header has no typ JWT")
	case claims["kid"] != d.config.KeyID:
		return fmt.Errorf("the token's kid is %v", claims["kid"])
	case r.Header.Get("auth-version") != "v2":
		return errors.New("the header auth-version is not v2")
	case !userAgent.MatchString(r.Header.Get("User-Agent")):
		return fmt.Errorf("the User-Agent %q is not a provider type and /1.0", r.Header.Get("User-Agent"))
	}
	return nil
}

// doordashFailures are the codes of failure_reason (A1, "Failure codes").
var doordashFailures = []string{
	"INVALID_ORDER", "ITEM_OUT_OF_STOCK", "STORE_HOURS_ISSUE", "INTERNAL_ERROR", "OTHER", "CONNECTIVITY_ISSUE", "TIME_OUT",
	"STORE_CLOSED", "STORE_CLOSED_EARLY", "POS_OFFLINE", "CAPACITY_THROTTLING", "STALE_PICKUP_TIME", "ORDER_ONLINE_DISABLED",
	"INVALID_ADDRESS", "STORE_RENOVATION", "STORE_TEMP_CLOSED", "WEATHER_ISSUES", "REQUESTED_SLOT_UNAVAILABLE", "NO_SLOTS_AVAILABLE",
}

type confirmation struct {
	MerchantSuppliedID string  `json:"merchant_supplied_id"`
	OrderStatus        string  `json:"order_status"`
	FailureReason      string  `json:"failure_reason"`
	PrepTime           *string `json:"prep_time"`
	PickupInstructions string  `json:"pickup_instructions"`
	Errors             []struct {
		Code               string `json:"code"`
		MerchantSuppliedID string `json:"merchant_supplied_id"`
		Message            string `json:"message"`
	} `json:"errors"`
}

func (c confirmation) check(promised string) error {
	switch {
	case c.MerchantSuppliedID == "":
		return errors.New("merchant_supplied_id is missing")
	case c.OrderStatus != "success" && c.OrderStatus != "fail":
		return fmt.Errorf("order_status %q, want success or fail", c.OrderStatus)
	case c.OrderStatus == "success" && c.FailureReason != "":
		return errors.New("failure_reason goes with fail alone")
	case c.OrderStatus == "fail" && !slices.Contains(doordashFailures, c.FailureReason):
		return fmt.Errorf("failure_reason %q is not a code", c.FailureReason)
	case utf8.RuneCountInString(c.PickupInstructions) > 128:
		return errors.New("pickup_instructions is longer than 128 characters")
	}
	if c.PrepTime == nil {
		return nil
	}
	prep, err := utc(*c.PrepTime)
	if err != nil {
		return fmt.Errorf("prep_time: %w", err)
	}
	if echoed, err := time.Parse(time.RFC3339, promised); err == nil && prep.Equal(echoed) {
		return errors.New("prep_time echoes estimated_pickup_time")
	}
	return nil
}

func (d *DoorDash) confirm(r *request) reply {
	d.orders.Lock()
	defer d.orders.Unlock()
	known := d.known[r.PathValue("id")]
	if known == nil {
		return refuse(http.StatusNotFound, "no order %q", r.PathValue("id"))
	}
	var body confirmation
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := body.check(known.promised); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if known.answered {
		return refuse(http.StatusBadRequest, "the order is already processed")
	}
	if d.now().After(known.sent.Add(d.config.AnswerWithin)) {
		return refuse(http.StatusBadRequest, "the order is expired: confirmation timeout")
	}
	known.answered = true
	if body.OrderStatus == "success" {
		known.ourID = body.MerchantSuppliedID
	}
	return reply{status: http.StatusAccepted, body: map[string]string{}}
}

func (d *DoorDash) ready(r *request) reply {
	d.orders.Lock()
	defer d.orders.Unlock()
	if d.known[r.PathValue("id")] == nil {
		return refuse(http.StatusNotFound, "no order %q", r.PathValue("id"))
	}
	var body struct {
		MerchantSuppliedID string `json:"merchant_supplied_id"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if body.MerchantSuppliedID == "" {
		return refuse(http.StatusBadRequest, "merchant_supplied_id is missing")
	}
	return reply{status: http.StatusAccepted, body: map[string]string{}}
}
