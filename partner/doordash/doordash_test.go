package doordash_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/golang-jwt/jwt/v5"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/doordash"
	"comptoir/partner/partnertest"
)

var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func adapter(t testing.TB, change ...func(*doordash.Config)) *doordash.Adapter {
	t.Helper()
	config := doordash.Config{
		Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
		SigningSecret: base64.URLEncoding.EncodeToString([]byte("doordash-signing-secret")), Currency: "CAD",
		Now: func() time.Time { return now },
	}
	for _, c := range change {
		c(&config)
	}
	a, err := doordash.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func webhook(authorization string, body []byte) partner.Webhook {
	return partner.Webhook{Topic: "orders", Header: http.Header{"Authorization": {authorization}}, Body: body, Now: now}
}

func read(a *doordash.Adapter, body []byte) (partner.Event, error) {
	return a.Read(webhook("Bearer doordash-secret", body))
}

// TestAuthorization: A0, "Webhook header": a fixed value, nothing signed.
func TestAuthorization(t *testing.T) {
	a := adapter(t)
	if _, err := a.Read(webhook("Bearer doordash-secret", []byte("{}"))); !errors.Is(err, partner.ErrBody) {
		t.Errorf("got %v, want ErrBody", err)
	}
	for _, wrong := range []string{"", "doordash-secret", "Bearer doordash-secre", "Bearer doordash-secret2", "bearer doordash-secret"} {
		if _, err := a.Read(webhook(wrong, partnertest.Example(t, "doordash-pickup.json"))); !errors.Is(err, partner.ErrSignature) {
			t.Errorf("%q: got %v, want ErrSignature", wrong, err)
		}
	}
	if _, err := a.Read(partner.Webhook{Body: []byte("{}"), Now: now}); !errors.Is(err, partner.ErrSignature) {
		t.Errorf("no header: got %v, want ErrSignature", err)
	}
}

func TestConfig(t *testing.T) {
	var config doordash.Config
	text := "authorization = 'Bearer x'\ndeveloper_id = 'd'\nkey_id = 'k'\nsigning_secret = 'c2VjcmV0'\nbase = 'http://127.0.0.1:9202/'\n" +
		"answer_within = 5\nprovider_type = 'MyShop'\n"
	meta, err := toml.Decode(text, &config)
	if err != nil || len(meta.Undecoded()) > 0 {
		t.Fatal(err, meta.Undecoded())
	}
	config.Currency = "CAD"
	a, err := doordash.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Base(), "http://127.0.0.1:9202"; got != want {
		t.Errorf("base: got %q, want %q", got, want)
	}
	if got, want := a.Policy(), (order.Policy{Accept: true, Reject: true}); got != want {
		t.Errorf("policy: got %+v, want %+v", got, want)
	}
	for want, change := range map[string]func(*doordash.Config){
		"authorization":  func(c *doordash.Config) { c.Authorization = "" },
		"developer_id":   func(c *doordash.Config) { c.DeveloperID = "" },
		"key_id":         func(c *doordash.Config) { c.KeyID = "" },
		"signing_secret": func(c *doordash.Config) { c.SigningSecret = "" },
		"base64":         func(c *doordash.Config) { c.SigningSecret = "not base64!" },
		"currency":       func(c *doordash.Config) { c.Currency = "" },
		"base":           func(c *doordash.Config) { c.Base = "openapi.doordash.com" },
		"answer_within":  func(c *doordash.Config) { c.AnswerWithin = -1 },
		"provider_type":  func(c *doordash.Config) { c.ProviderType = "My Shop" },
	} {
		wrong := config
		change(&wrong)
		if _, err := doordash.New(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error about %s", err, want)
		}
	}
}

// TestToken: A1, "JWT", whatever form the secret was copied in.
func TestToken(t *testing.T) {
	secret := []byte{0xfb, 0xff, 0xfe, 's', 'e', 'c', 'r', 'e', 't', 1, 2}
	for _, form := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		a := adapter(t, func(c *doordash.Config) { c.SigningSecret = form.EncodeToString(secret) })
		request := httptest.NewRequest(http.MethodPatch, "/api/v1/orders/1", nil)
		if err := a.Authorize(context.Background(), request); err != nil {
			t.Fatal(err)
		}
		text, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
		claims := jwt.MapClaims{}
		token, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return secret, nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(func() time.Time { return now }))
		if err != nil {
			t.Fatal(err)
		}
		if h := token.Header; h["dd-ver"] != "DD-JWT-V1" || h["typ"] != "JWT" || h["alg"] != "HS256" {
			t.Errorf("header: %v", h)
		}
		if claims["aud"] != "doordash" || claims["iss"] != "demo-developer" || claims["kid"] != "demo-key" ||
			claims["iat"] != float64(now.Unix()) || claims["exp"] != float64(now.Unix()+300) {
			t.Errorf("claims: %v", claims)
		}
		if got := request.Header.Get("auth-version"); got != "v2" {
			t.Errorf("auth-version: got %q", got)
		}
		if got := request.Header.Get("User-Agent"); got != "Comptoir/1.0" {
			t.Errorf("User-Agent: got %q", got)
		}
	}
}

// TestJudge: A1, "Confirm": 400 = already processed/expired.
func TestJudge(t *testing.T) {
	a := adapter(t)
	tests := []struct {
		call   string
		status int
		want   partner.Verdict
	}{
		{"confirm", 202, partner.Done},
		{"confirm", 400, partner.Settled},
		{"reject", 400, partner.Settled},
		{"ready", 400, partner.Refused},
		{"confirm", 404, partner.Refused},
		{"confirm", 401, partner.Again},
		{"confirm", 403, partner.Again},
		{"confirm", 429, partner.Again},
		{"ready", 500, partner.Again},
	}
	for _, tt := range tests {
		if got := a.Judge(partner.Call{Name: tt.call}, tt.status, nil); got != tt.want {
			t.Errorf("%s %d: got %d, want %d", tt.call, tt.status, got, tt.want)
		}
	}
}
