package deliverect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/deliverect"
)

const secret = "deliverect-secret"

var now = time.Date(2026, 1, 1, 12, 0, 2, 0, time.UTC)

func adapter(t testing.TB, change ...func(*deliverect.Config)) *deliverect.Adapter {
	t.Helper()
	config := deliverect.Config{
		Secret: secret, Currency: "CAD", Channels: map[string]string{"7": "Uber Eats", "10": "SkipTheDishes"},
	}
	for _, c := range change {
		c(&config)
	}
	a, err := deliverect.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func webhook(signature string, body []byte) partner.Webhook {
	header := http.Header{}
	header.Set("x-server-authorization-hmac-sha256", signature)
	return partner.Webhook{Topic: "orders", Header: header, Body: body, Now: now}
}

func read(a *deliverect.Adapter, body []byte) (partner.Event, error) {
	return a.Read(webhook(sign(secret, body), body))
}

// TestGoldenSignature: the vector of partners.md A0.
func TestGoldenSignature(t *testing.T) {
	a := adapter(t, func(c *deliverect.Config) { c.Secret = "secretkey" })
	golden := "1eed4b3d41f4653ac64fd56f1bf1cbfd349e4482cbc11dff7134bd93e5da4b0a"
	body := []byte(`{"key": "value"}`)
	for _, good := range []string{golden, strings.ToUpper(golden), " " + golden} {
		// signed well, and not an order
		if _, err := a.Read(webhook(good, body)); !errors.Is(err, partner.ErrBody) {
			t.Errorf("%q: got %v, want ErrBody", good, err)
		}
	}
	for _, bad := range []string{"", golden[:62], golden + "00", "00" + golden[2:], "zz" + golden[2:], sign("other", body)} {
		if _, err := a.Read(webhook(bad, body)); !errors.Is(err, partner.ErrSignature) {
			t.Errorf("%q: got %v, want ErrSignature", bad, err)
		}
	}
	if _, err := a.Read(webhook(golden, append(body, ' '))); !errors.Is(err, partner.ErrSignature) {
		t.Errorf("another body: got %v, want ErrSignature", err)
	}
}

func TestConfig(t *testing.T) {
	var config deliverect.Config
	text := `secret = "s"` + "\n" + `base = "http://127.0.0.1:9201/"` + "\n" + `client_id = "id"` + "\n" +
		`client_secret = "cs"` + "\n" + `channels = { 7 = "Uber Eats" }`
	meta, err := toml.Decode(text, &config)
	if err != nil || len(meta.Undecoded()) > 0 {
		t.Fatal(err, meta.Undecoded())
	}
	config.Currency = "CAD"
	a, err := deliverect.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Base(), "http://127.0.0.1:9201"; got != want {
		t.Errorf("base: got %q, want %q", got, want)
	}
	if got, want := a.Policy(), (order.Policy{Accept: true, Reject: true, Delay: true}); got != want {
		t.Errorf("policy: got %+v, want %+v", got, want)
	}

	for want, change := range map[string]func(*deliverect.Config){
		"secret":        func(c *deliverect.Config) { c.Secret = "" },
		"currency":      func(c *deliverect.Config) { c.Currency = "XXX" },
		"base":          func(c *deliverect.Config) { c.Base = "127.0.0.1:9201" },
		"client_secret": func(c *deliverect.Config) { c.ClientSecret = "" },
		"channels":      func(c *deliverect.Config) { c.Channels = map[string]string{"uber": "Uber Eats"} },
	} {
		wrong := config
		change(&wrong)
		if _, err := deliverect.New(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error about %s", err, want)
		}
	}
}
