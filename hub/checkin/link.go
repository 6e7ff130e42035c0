// Package checkin has the page on which the customer of a curbside order says "I am here": its
// links, its words and what may be typed into it. The hub serves it and knows the orders.
package checkin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
)

// Path is where the pages are, below the hub's address.
const Path = "/arrive/"

// SecretSize is the length of a secret, in bytes.
const SecretSize = 32

const (
	macSize = 16 // 128 bits: nobody guesses a link
	// maxToken is that of the longest id an order may have, and more.
	maxToken = 400
	// purpose keeps another use of the same secret from making our tokens.
	purpose = "check-in 1\x00"
)

// ErrToken says that a token is none of ours.
var ErrToken = errors.New("not a check-in token")

// Links makes and reads the links. A token is the order's id behind an HMAC of it, so that nothing
// is stored for it.
type Links struct {
	secret []byte
	public string
}

// NewLinks takes the hub's secret, and the hub's address as customers reach it; where that is
// empty, links are paths.
func NewLinks(secret []byte, public string) *Links {
	return &Links{secret: secret, public: strings.TrimSuffix(public, "/")}
}

// Token is the order's part of its link.
func (l *Links) Token(orderID string) string {
	return base64.RawURLEncoding.EncodeToString(append(l.mac(orderID), orderID...))
}

// Address is the order's link.
func (l *Links) Address(orderID string) string { return l.public + Path + l.Token(orderID) }

// Absolute reports whether links say where the hub is.
func (l *Links) Absolute() bool { return l.public != "" }

// Order returns the order's id of a token, or ErrToken.
func (l *Links) Order(token string) (string, error) {
	if len(token) > maxToken {
		return "", ErrToken
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) <= macSize {
		return "", ErrToken
	}
	id := string(raw[macSize:])
	if !hmac.Equal(raw[:macSize], l.mac(id)) {
		return "", ErrToken
	}
	return id, nil
}

func (l *Links) mac(orderID string) []byte {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte(purpose + orderID))
	return mac.Sum(nil)[:macSize]
}
