// Package doordash speaks DoorDash's Marketplace contract (partners.md A1): webhooks come with a
// fixed Authorization header, are answered 202, and the order is confirmed or refused by a call
// of ours, signed with a token that we make ourselves.
package doordash

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"comptoir/order"
	"comptoir/partner"
)

// Name is the platform's name in addresses and configuration.
const Name = "doordash"

const (
	usualBase         = "https://openapi.doordash.com/marketplace"
	usualProviderType = "Comptoir"
	// DoorDash waits 3 to 8 minutes for a confirmation, and does not say which (A1, "Reply").
	usualAnswerWithin = 3
	mostAnswerWithin  = 60
	// tokenLife is far below the 1800 s that DoorDash allows: each call has its own token.
	tokenLife = 300 * time.Second
)

// Config is a connection's settings.
type Config struct {
	// Authorization is the header that webhooks carry, as set in DoorDash's portal, whole:
	// "Bearer …" or "Basic …".
	Authorization string `toml:"authorization"`
	// DeveloperID, KeyID and SigningSecret (base64) sign our calls.
	DeveloperID   string `toml:"developer_id"`
	KeyID         string `toml:"key_id"`
	SigningSecret string `toml:"signing_secret"`
	// StoreID is the id under which DoorDash knows the store from us (merchant_supplied_id): what
	// calls about the store (pause, items) name. Without it no such calls are made.
	StoreID string `toml:"store_id"`
	// Base is the platform's address; empty is DoorDash's production.
	Base string `toml:"base"`
	// AnswerWithin is how many minutes DoorDash waits for an answer; 0 is 3.
	AnswerWithin int `toml:"answer_within"`
	// ProviderType names us to DoorDash in CamelCase; empty is "Comptoir".
	ProviderType string `toml:"provider_type"`

	// Currency is the location's: DoorDash sends none.
	Currency string `toml:"-"`
	// Now dates tokens; nil is the usual one.
	Now func() time.Time `toml:"-"`
}

// Adapter is one connection to DoorDash.
type Adapter struct {
	authorization [sha256.Size]byte
	developerID   string
	keyID         string
	signingSecret []byte
	base          string
	answerWithin  time.Duration
	userAgent     string
	currency      string
	storeID       string
	now           func() time.Time
}

var (
	_ partner.Adapter      = (*Adapter)(nil)
	_ partner.StoreControl = (*Adapter)(nil)
)

// New checks the settings.
func New(config Config) (*Adapter, error) {
	if config.Authorization == "" {
		return nil, errors.New(`doordash: authorization is missing: set the header that webhooks carry, such as "Bearer …"`)
	}
	if config.DeveloperID == "" || config.KeyID == "" {
		return nil, errors.New("doordash: developer_id or key_id is missing: copy them from the developer portal")
	}
	secret, err := decodeSecret(config.SigningSecret)
	if err != nil {
		return nil, err
	}
	if _, known := order.Digits(config.Currency); !known {
		return nil, fmt.Errorf("doordash: unknown currency %q: use an ISO 4217 code such as CAD", config.Currency)
	}
	base, err := partner.CheckBase(config.Base, usualBase)
	if err != nil {
		return nil, fmt.Errorf("doordash: %w", err)
	}
	if config.AnswerWithin == 0 {
		config.AnswerWithin = usualAnswerWithin
	}
	if config.AnswerWithin < 1 || config.AnswerWithin > mostAnswerWithin {
		return nil, fmt.Errorf("doordash: answer_within must be 1 to %d minutes", mostAnswerWithin)
	}
	if config.ProviderType == "" {
		config.ProviderType = usualProviderType
	}
	if strings.ContainsFunc(config.ProviderType, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) {
		return nil, fmt.Errorf("doordash: provider_type %q: use letters and digits alone, such as %s", config.ProviderType, usualProviderType)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Adapter{
		authorization: sha256.Sum256([]byte(config.Authorization)),
		developerID:   config.DeveloperID,
		keyID:         config.KeyID,
		signingSecret: secret,
		base:          base,
		answerWithin:  time.Duration(config.AnswerWithin) * time.Minute,
		userAgent:     config.ProviderType + "/1.0",
		currency:      config.Currency,
		storeID:       config.StoreID,
		now:           config.Now,
	}, nil
}

// decodeSecret takes the secret in any of the forms of base64 in which people copy it.
func decodeSecret(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(text))
	secret, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(secret) == 0 {
		return nil, errors.New("doordash: signing_secret is missing or not base64: copy it from the developer portal")
	}
	return secret, nil
}

// Base is the address that the paths of calls are added to.
func (a *Adapter) Base() string { return a.base }

// Policy: DoorDash hears of our time in the confirmation and never again (A0, "Delay call");
// cancelling and refunding are done on the platform.
func (a *Adapter) Policy() order.Policy {
	return order.Policy{Accept: true, Reject: true}
}

// verify compares hashes, so that the time taken says nothing of the expected value, not even
// its length.
func (a *Adapter) verify(w partner.Webhook) error {
	got := sha256.Sum256([]byte(w.Header.Get("Authorization")))
	if subtle.ConstantTimeCompare(got[:], a.authorization[:]) != 1 {
		return partner.ErrSignature
	}
	return nil
}

// Authorize signs a token for this call alone (A1, "JWT").
func (a *Adapter) Authorize(_ context.Context, request *http.Request) error {
	now := a.now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": "doordash",
		"iss": a.developerID,
		"kid": a.keyID,
		"iat": now.Unix(),
		"exp": now.Add(tokenLife).Unix(),
	})
	token.Header["dd-ver"] = "DD-JWT-V1"
	signed, err := token.SignedString(a.signingSecret)
	if err != nil {
		return fmt.Errorf("doordash: no token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+signed)
	request.Header.Set("auth-version", "v2")
	request.Header.Set("User-Agent", a.userAgent)
	request.Header.Set("Content-Type", "application/json")
	return nil
}

// Judge: a confirmation answered 400 came after another one, or after DoorDash gave up (A1,
// "Confirm": 400 = already processed/expired).
func (a *Adapter) Judge(call partner.Call, status int, _ []byte) partner.Verdict {
	if status == http.StatusBadRequest && (call.Name == callConfirm || call.Name == callReject) {
		return partner.Settled
	}
	return partner.JudgeStatus(status)
}
