package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/deliverect"
	"comptoir/sandbox"
)

func startDeliverect(t *testing.T, change ...func(*sandbox.DeliverectConfig)) (*sandbox.Deliverect, *hub) {
	t.Helper()
	config := sandbox.DeliverectConfig{Options: options(), Secret: "deliverect-secret"}
	for _, c := range change {
		c(&config)
	}
	d := sandbox.NewDeliverect(config)
	if err := d.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	a, err := deliverect.New(deliverect.Config{
		Secret: config.Secret, Base: d.URL(), Currency: "CAD", ClientID: config.ClientID, ClientSecret: config.ClientSecret, Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, startHub(t, a)
}

func sendDeliverect(t *testing.T, d *sandbox.Deliverect, h *hub, name string) sandbox.Answer {
	t.Helper()
	body, err := sandbox.Load(examples+name, sandbox.Values{ID: "id/1", Number: "A1B2", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Send(t.Context(), h.URL, "demo", body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestDeliverectLife(t *testing.T) {
	d, h := startDeliverect(t, func(c *sandbox.DeliverectConfig) { c.ClientID, c.ClientSecret = "id", "hush" })
	if answer := sendDeliverect(t, d, h, "deliverect-pickup.json"); answer.Status != 200 {
		t.Fatalf("got %d %s", answer.Status, answer.Body)
	}
	if o := h.got.Order; o.Reference != "id/1" || o.Number != "A1B2" || !o.PlacedAt.Equal(now) || !o.Fulfillment.PromisedAt.Equal(now.Add(30*time.Minute)) {
		t.Errorf("order: %+v", *o)
	}
	for _, commands := range [][]order.Command{
		{{Type: order.Accept}},
		{{Type: order.Accept}, {Type: order.Delay, Minutes: 5}},
		{{Type: order.Accept}, {Type: order.MarkReady}},
		{{Type: order.Accept}, {Type: order.MarkReady}, {Type: order.HandOver}},
		{{Type: order.Accept}, {Type: order.PartnerCancel}},
		{{Type: order.Reject, Reason: order.OutOfStock}},
	} {
		o, entry := h.place(t, commands...)
		for _, c := range h.calls(t, o, entry) {
			if status, verdict, _ := h.call(t, t.Context(), c); verdict != partner.Done {
				t.Errorf("%s: got %d: %s", c.Name, status, last(t, d.Calls()).Problem)
			}
		}
	}
	var paths []string
	for _, c := range d.Calls() {
		paths = append(paths, c.Path)
	}
	want := "/oauth/token /orderStatus/id%2F1 /updatePreparationTime" + strings.Repeat(" /orderStatus/id%2F1", 4)
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if c := last(t, d.Calls()); c.Body["status"] != 120.0 || c.Body["receiptId"] != "OUR-1" || !strings.HasPrefix(c.Authorization, "Bearer ") || !c.At.Equal(now) {
		t.Errorf("recorded: %+v", c)
	}
	if answer := sendDeliverect(t, d, h, "deliverect-cancel.json"); answer.Status != 200 || h.got.Kind != partner.Cancelled || h.got.References[0] != "id/1" {
		t.Errorf("cancel: %d, %+v", answer.Status, h.got)
	}
}

func TestDeliverectToken(t *testing.T) {
	d, h := startDeliverect(t, func(c *sandbox.DeliverectConfig) { c.ClientID, c.ClientSecret = "id", "hush" })
	sendDeliverect(t, d, h, "deliverect-eatin.json")
	o, entry := h.place(t, order.Command{Type: order.Accept})
	c := h.calls(t, o, entry)[0]
	want := func(status int) {
		t.Helper()
		if got, _, _ := h.call(t, t.Context(), c); got != status {
			t.Errorf("got %d, want %d", got, status)
		}
	}
	want(200)
	d.Revoke()
	want(401) // and the adapter gives the token up
	want(200)
	if got, _, _ := h.call(t, t.Context(), c, func(r *http.Request) { r.Header.Del("Authorization") }); got != 401 {
		t.Errorf("without a token: got %d, want 401", got)
	}
}

func TestDeliverectRefuses(t *testing.T) {
	d, h := startDeliverect(t)
	sendDeliverect(t, d, h, "deliverect-curbside.json")
	good := `{"orderId":"id/1","receiptId":"r","status":20,"reason":"","timeStamp":"2026-11-23T18:00:00Z"}`
	tests := []struct {
		path, body string
		status     int
		problem    string
	}{
		{"/orderStatus/id%2F1", good, 200, ""},
		{"/orderStatus/id%2F2", strings.Replace(good, "id/1", "id/2", 1), 404, "no order"},
		{"/orderStatus/id%2F1", strings.Replace(good, "id/1", "id/2", 1), 400, "orderId"},
		{"/orderStatus/id%2F1", strings.Replace(good, `"r"`, `""`, 1), 400, "receiptId"},
		{"/orderStatus/id%2F1", strings.Replace(good, "20,", "10,", 1), 400, "status 10"},
		{"/orderStatus/id%2F1", strings.Replace(good, "20,", "120,", 1), 400, "reason"},
		{"/orderStatus/id%2F1", strings.Replace(good, "00Z", "00+01:00", 1), 400, "timeStamp"},
		{"/orderStatus/id%2F1", strings.Replace(good, `"reason"`, `"reasons"`, 1), 400, "unknown field"},
		{"/orderStatus/id%2F1", strings.Replace(good, `"reason"`, `"pickupTime":"soon","reason"`, 1), 400, "pickupTime"},
		{"/orderStatus/id%2F1", good + "{}", 400, "goes on"},
		{"/orderStatus/id%2F1", "", 400, "the body"},
		{"/updatePreparationTime", `{"order":"id/1","minutes":12}`, 200, ""},
		{"/updatePreparationTime", `{"order":"id/1","minutes":0}`, 400, "minutes"},
		{"/updatePreparationTime", `{"order":"id/1","minutes":1.5}`, 400, "the body"},
		{"/updatePreparationTime", `{"order":"x","minutes":1}`, 404, "no order"},
		{"/oauth/token", `{"client_id":"a","client_secret":"b","audience":"c","grant_type":"client_credentials"}`, 401, "client_id"},
		{"/oauth/token", `{"client_id":"a","client_secret":"b","audience":"c"}`, 400, "grant_type"},
		{"/oauth/token", `{"grant_type":"client_credentials"}`, 400, "audience"},
		{"/elsewhere", good, 404, "no such address"},
	}
	for _, tt := range tests {
		status, _, _ := h.call(t, t.Context(), partner.Call{Method: http.MethodPost, Path: tt.path, Body: []byte(tt.body)})
		c := last(t, d.Calls())
		if status != tt.status || c.Status != tt.status || !strings.Contains(c.Problem, tt.problem) || (tt.problem == "") != (c.Problem == "") {
			t.Errorf("%s %s: got %d, %q, want %d, %q", tt.path, tt.body, status, c.Problem, tt.status, tt.problem)
		}
	}
}

func TestFaults(t *testing.T) {
	d, h := startDeliverect(t)
	sendDeliverect(t, d, h, "deliverect-delivery.json")
	o, entry := h.place(t, order.Command{Type: order.Accept})
	c := h.calls(t, o, entry)[0]
	d.Fail(2, sandbox.Fault{Status: 500})
	d.Fail(1, sandbox.Fault{Status: 429, RetryAfter: 7})
	for _, want := range []int{500, 500, 429, 200} {
		status, verdict, header := h.call(t, t.Context(), c)
		if status != want || (verdict == partner.Done) != (want == 200) || (header.Get("Retry-After") == "7") != (want == 429) {
			t.Errorf("got %d, %v, %v, want %d", status, verdict, header, want)
		}
	}
	d.Fail(1, sandbox.Fault{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // gives up once the stand-in has the call
		_ = d.Wait(t.Context(), func(calls []sandbox.Call) bool { return len(calls) == 5 })
		cancel()
	}()
	if status, _, _ := h.call(t, ctx, c); status != 0 {
		t.Errorf("hanging: got %d", status)
	}
	if c := last(t, d.Calls()); c.Status != 0 || !c.Faulted {
		t.Errorf("hanging: recorded %+v", c)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := d.Wait(ended, func([]sandbox.Call) bool { return false }); err == nil {
		t.Error("Wait: got no error of an ended context")
	}
	if _, err := d.Send(t.Context(), "http://127.0.0.1:1", "demo", []byte(`{}`)); err == nil {
		t.Error("Send: got no error without a hub")
	}
}

func TestCloseFreesWhoeverHangs(t *testing.T) {
	d, h := startDeliverect(t)
	d.Fail(1, sandbox.Fault{})
	go func() {
		_ = d.Wait(t.Context(), func(calls []sandbox.Call) bool { return len(calls) == 1 })
		_ = d.Close()
	}()
	if status, _, _ := h.call(t, t.Context(), partner.Call{Method: http.MethodPost, Path: "/orderStatus/1"}); status != 0 && status != 503 {
		t.Errorf("got %d", status)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
