package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/doordash"
	"comptoir/sandbox"
)

var signingSecret = []byte("doordash-signing-secret")

func startDoorDash(t *testing.T, change ...func(*sandbox.DoorDashConfig)) (*sandbox.DoorDash, *hub) {
	t.Helper()
	config := sandbox.DoorDashConfig{
		Options: options(), Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key", SigningSecret: signingSecret,
	}
	for _, c := range change {
		c(&config)
	}
	d := sandbox.NewDoorDash(config)
	if err := d.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	a, err := doordash.New(doordash.Config{
		Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
		SigningSecret: base64.URLEncoding.EncodeToString(signingSecret), Base: d.URL(), Currency: "CAD", Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, startHub(t, a)
}

func sendDoorDash(t *testing.T, d *sandbox.DoorDash, h *hub, name, id string) sandbox.Answer {
	t.Helper()
	body, err := sandbox.Load(examples+name, sandbox.Values{ID: id, OurID: "OUR-1", Number: "A1B2", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Send(t.Context(), h.URL, "demo", body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestDoorDashLife(t *testing.T) {
	d, h := startDoorDash(t)
	if answer := sendDoorDash(t, d, h, "doordash-pickup.json", "id/1"); answer.Status != 202 {
		t.Fatalf("got %d %s", answer.Status, answer.Body)
	}
	if o := h.got.Order; o.Reference != "id/1" || o.Number != "A1B2" || !o.Fulfillment.PromisedAt.Equal(now.Add(25*time.Minute)) {
		t.Errorf("order: %+v", *o)
	}
	o, entry := h.place(t, order.Command{Type: order.Accept})
	confirm := h.calls(t, o, entry)[0]
	if status, verdict, _ := h.call(t, t.Context(), confirm); status != 202 || verdict != partner.Done {
		t.Errorf("confirm: got %d: %s", status, last(t, d.Calls()).Problem)
	}
	// the answer got lost, and the call is made again
	if status, verdict, _ := h.call(t, t.Context(), confirm); status != 400 || verdict != partner.Settled {
		t.Errorf("confirm again: got %d, %d, want 400, Settled", status, verdict)
	}
	o, entry = h.place(t, order.Command{Type: order.Accept}, order.Command{Type: order.MarkReady})
	if status, verdict, _ := h.call(t, t.Context(), h.calls(t, o, entry)[0]); status != 202 || verdict != partner.Done {
		t.Errorf("ready: got %d: %s", status, last(t, d.Calls()).Problem)
	}
	if c := last(t, d.Calls()); c.Path != "/api/v1/orders/id%2F1/events/order_ready_for_pickup" || c.Body["merchant_supplied_id"] != "OUR-1" {
		t.Errorf("recorded: %+v", c)
	}
	if answer := sendDoorDash(t, d, h, "doordash-cancel.json", "id/1"); answer.Status != 200 || h.got.Kind != partner.Cancelled ||
		strings.Join(h.got.References, " ") != "id/1 OUR-1" {
		t.Errorf("cancel: %d, %+v", answer.Status, h.got)
	}
}

func TestDoorDashLostAnswer(t *testing.T) {
	d, h := startDoorDash(t)
	sendDoorDash(t, d, h, "doordash-delivery.json", "1")
	o, entry := h.place(t, order.Command{Type: order.Reject, Reason: order.TooBusy})
	reject := h.calls(t, o, entry)[0]
	d.Fail(1, sandbox.Fault{Status: 502, Lost: true})
	for _, want := range []int{502, 400} {
		if status, _, _ := h.call(t, t.Context(), reject); status != want {
			t.Errorf("got %d, want %d", status, want)
		}
	}
}

// TestDoorDashDecision: A1, "Reply = decision", and the deadline.
func TestDoorDashDecision(t *testing.T) {
	later := now
	d, h := startDoorDash(t, func(c *sandbox.DoorDashConfig) {
		c.Now = func() time.Time { return later }
		c.AnswerWithin = 3 * time.Minute
	})
	confirm := func(id string) (int, string) {
		status, _, _ := h.call(t, t.Context(), partner.Call{
			Method: http.MethodPatch, Path: "/api/v1/orders/" + id, Body: []byte(`{"merchant_supplied_id":"r","order_status":"success"}`),
		})
		return status, last(t, d.Calls()).Problem
	}
	bad := []byte(`{"event":{"type":"OrderCreate"},"order":{"id":"failed"}}`)
	if answer, err := d.Send(t.Context(), h.URL, "demo", bad); err != nil || answer.Status != 400 {
		t.Errorf("got %d, %v", answer.Status, err)
	}
	if status, problem := confirm("failed"); status != 400 || !strings.Contains(problem, "already processed") {
		t.Errorf("failed: got %d, %q", status, problem)
	}
	sendDoorDash(t, d, h, "doordash-pickup.json", "elsewhere")
	d.Settle("elsewhere")
	if status, problem := confirm("elsewhere"); status != 400 || !strings.Contains(problem, "already processed") {
		t.Errorf("elsewhere: got %d, %q", status, problem)
	}
	sendDoorDash(t, d, h, "doordash-pickup.json", "late")
	later = later.Add(3*time.Minute + time.Second)
	if status, problem := confirm("late"); status != 400 || !strings.Contains(problem, "expired") {
		t.Errorf("late: got %d, %q", status, problem)
	}
}

func TestDoorDashRefuses(t *testing.T) {
	d, h := startDoorDash(t)
	sendDoorDash(t, d, h, "doordash-pickup.json", "1")
	tests := []struct {
		path, body string
		status     int
		problem    string
	}{
		{"1", `{"order_status":"success"}`, 400, "merchant_supplied_id"},
		{"1", `{"merchant_supplied_id":"r","order_status":"ok"}`, 400, "order_status"},
		{"1", `{"merchant_supplied_id":"r","order_status":"fail"}`, 400, "failure_reason"},
		{"1", `{"merchant_supplied_id":"r","order_status":"fail","failure_reason":"BUSY"}`, 400, "failure_reason"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","failure_reason":"OTHER"}`, 400, "failure_reason"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","prep_time":"2026-11-23T18:25:00Z"}`, 400, "echoes"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","prep_time":"2026-11-23T13:20:00-05:00"}`, 400, "UTC"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","prep_time":"18:20"}`, 400, "prep_time"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","pickup_instructions":"` + strings.Repeat("é", 129) + `"}`, 400, "pickup_instructions"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","status":"x"}`, 400, "unknown field"},
		{"2", `{"merchant_supplied_id":"r","order_status":"success"}`, 404, "no order"},
		{"1/events/order_ready_for_pickup", `{}`, 400, "merchant_supplied_id"},
		{"1/events/order_ready_for_pickup", `[]`, 400, "the body"},
		{"2/events/order_ready_for_pickup", `{}`, 404, "no order"},
		{"1/events/order_picked_up", `{}`, 404, "no such address"},
		{"1", `{"merchant_supplied_id":"r","order_status":"success","prep_time":"2026-11-23T18:20:00Z","errors":[]}`, 202, ""},
	}
	for _, tt := range tests {
		status, _, _ := h.call(t, t.Context(), partner.Call{Method: http.MethodPatch, Path: "/api/v1/orders/" + tt.path, Body: []byte(tt.body)})
		c := last(t, d.Calls())
		if status != tt.status || !strings.Contains(c.Problem, tt.problem) || (tt.problem == "") != (c.Problem == "") {
			t.Errorf("%s %s: got %d, %q, want %d, %q", tt.path, tt.body, status, c.Problem, tt.status, tt.problem)
		}
	}
}

// TestDoorDashTokens: A1, "JWT", from the other side.
func TestDoorDashTokens(t *testing.T) {
	d, h := startDoorDash(t)
	sendDoorDash(t, d, h, "doordash-pickup.json", "1")
	ready := partner.Call{Method: http.MethodPatch, Path: "/api/v1/orders/1/events/order_ready_for_pickup", Body: []byte(`{"merchant_supplied_id":"r"}`)}
	type token struct {
		claims jwt.MapClaims
		header map[string]any
		method jwt.SigningMethod
		key    any
		http   map[string]string
	}
	tests := map[string]func(*token){
		"":                func(*token) {},
		"has no iat":      func(k *token) { delete(k.claims, "iat") },
		"1800":            func(k *token) { k.claims["exp"] = now.Unix() + 1801 },
		"is expired":      func(k *token) { k.claims["iat"], k.claims["exp"] = now.Unix()-600, now.Unix()-300 },
		"before issued":   func(k *token) { k.claims["iat"] = now.Unix() + 120 },
		"exp claim is":    func(k *token) { delete(k.claims, "exp") },
		"audience":        func(k *token) { k.claims["aud"] = "uber" },
		"issuer":          func(k *token) { k.claims["iss"] = "other" },
		"kid":             func(k *token) { k.claims["kid"] = "other" },
		"dd-ver":          func(k *token) { delete(k.header, "dd-ver") },
		"typ":             func(k *token) { k.header["typ"] = "JOSE" },
		"signature is":    func(k *token) { k.key = []byte("other") },
		"signing method":  func(k *token) { k.method = jwt.SigningMethodHS512 },
		"method none":     func(k *token) { k.method, k.key = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType },
		"auth-version":    func(k *token) { k.http["auth-version"] = "v1" },
		"User-Agent":      func(k *token) { k.http["User-Agent"] = "Go-http-client/1.1" },
		"no bearer token": func(k *token) { k.http["Authorization"] = "Basic eDp5" },
	}
	for problem, change := range tests {
		k := token{
			claims: jwt.MapClaims{"aud": "doordash", "iss": "demo-developer", "kid": "demo-key", "iat": now.Unix(), "exp": now.Unix() + 1800},
			header: map[string]any{"dd-ver": "DD-JWT-V1"},
			method: jwt.SigningMethodHS256,
			key:    signingSecret,
			http:   map[string]string{},
		}
		change(&k)
		status, _, _ := h.call(t, t.Context(), ready, func(r *http.Request) {
			made := jwt.NewWithClaims(k.method, k.claims)
			for name, value := range k.header {
				made.Header[name] = value
			}
			signed, err := made.SignedString(k.key)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+signed)
			for name, value := range k.http {
				r.Header.Set(name, value)
			}
		})
		got := last(t, d.Calls()).Problem
		if problem == "" && status != 202 || problem != "" && (status != 401 || !strings.Contains(got, strings.TrimPrefix(problem, "method "))) {
			t.Errorf("%q: got %d, %q", problem, status, got)
		}
	}
}
