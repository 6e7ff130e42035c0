// Package deliverect speaks Deliverect's POS contract (partners.md A3): orders come signed with
// HMAC, one connection for many channels, and every change of status is posted back.
package deliverect

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// Name is the platform's name in addresses and configuration.
const Name = "deliverect"

// signatureHeader holds the HMAC-SHA256 of the raw body in hex (A0, A3).
const signatureHeader = "X-Server-Authorization-Hmac-Sha256"

const usualBase = "https://api.deliverect.com"

// Config is a connection's settings.
type Config struct {
	// Secret signs the webhooks; on staging it is the channelLink.
	Secret string `toml:"secret"`
	// Channels names Deliverect's channel numbers; any other is called "Deliverect".
	Channels map[string]string `toml:"channels"`
	// ClientID and ClientSecret buy the tokens of our calls; without them calls carry none.
	ClientID     string `toml:"client_id"`
	ClientSecret string `toml:"client_secret"`
	// AccountID and LocationID are Deliverect's own ids of the account and the store: what calls
	// about the store (pause, preparation, snooze) name. Without them no such calls are made.
	AccountID  string `toml:"account_id"`
	LocationID string `toml:"location_id"`
	// Base is the platform's address; empty is Deliverect's production.
	Base string `toml:"base"`

	// Currency is the location's.
	Currency string `toml:"-"`
	// Client asks for tokens, and Now judges their age; nil is the usual one.
	Client *http.Client     `toml:"-"`
	Now    func() time.Time `toml:"-"`
}

// Adapter is one connection to Deliverect.
type Adapter struct {
	secret   []byte
	channels map[int64]string
	currency string
	base     string
	tokens   *tokens // nil: calls carry none

	accountID, locationID string
}

var (
	_ partner.Adapter      = (*Adapter)(nil)
	_ partner.StoreControl = (*Adapter)(nil)
)

// New checks the settings.
func New(config Config) (*Adapter, error) {
	if config.Secret == "" {
		return nil, errors.New("deliverect: secret is missing: set the secret that signs the webhooks")
	}
	if _, known := order.Digits(config.Currency); !known {
		return nil, fmt.Errorf("deliverect: unknown currency %q: use an ISO 4217 code such as CAD", config.Currency)
	}
	base, err := partner.CheckBase(config.Base, usualBase)
	if err != nil {
		return nil, fmt.Errorf("deliverect: %w", err)
	}
	if (config.ClientID == "") != (config.ClientSecret == "") {
		return nil, errors.New("deliverect: set client_id and client_secret both, or neither")
	}
	if (config.AccountID == "") != (config.LocationID == "") {
		return nil, errors.New("deliverect: set account_id and location_id both, or neither")
	}
	channels := make(map[int64]string, len(config.Channels))
	for number, name := range config.Channels {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("deliverect: channels: %q = %q: give a channel's number and its name", number, name)
		}
		channels[n] = name
	}
	a := &Adapter{secret: []byte(config.Secret), channels: channels, currency: config.Currency, base: base}
	a.accountID, a.locationID = config.AccountID, config.LocationID
	if config.ClientID != "" {
		a.tokens = newTokens(base, config)
	}
	return a, nil
}

// Base is the address that the paths of calls are added to.
func (a *Adapter) Base() string { return a.base }

// Policy: delays are possible at any time, cancelling and refunding are done on the platform.
func (a *Adapter) Policy() order.Policy {
	return order.Policy{Accept: true, Reject: true, Delay: true}
}

func sum(secret, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return mac.Sum(nil)
}

func (a *Adapter) verify(w partner.Webhook) error {
	got, err := hex.DecodeString(strings.TrimSpace(w.Header.Get(signatureHeader)))
	if err != nil || !hmac.Equal(got, sum(a.secret, w.Body)) {
		return partner.ErrSignature
	}
	return nil
}

// Authorize adds a token, where the connection has credentials to buy one.
func (a *Adapter) Authorize(ctx context.Context, request *http.Request) error {
	request.Header.Set("Content-Type", "application/json")
	if a.tokens == nil {
		return nil
	}
	token, err := a.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("deliverect: no token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// Judge gives up the token that was answered 401, so that the next try buys another.
func (a *Adapter) Judge(_ partner.Call, status int, _ []byte) partner.Verdict {
	if status == http.StatusUnauthorized && a.tokens != nil {
		a.tokens.drop()
	}
	return partner.JudgeStatus(status)
}
