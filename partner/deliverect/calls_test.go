package deliverect_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/deliverect"
)

// step is one command at a minute of the order's life.
type step struct {
	minute  float64
	command order.Command
}

// live places a draft and applies the steps; it returns the last entry.
func live(t *testing.T, a *deliverect.Adapter, draft order.Order, steps ...step) (order.Order, order.Entry) {
	t.Helper()
	draft.ID, draft.Location, draft.Connection, draft.PreparationMinutes = "OUR-1", "plateau", "demo-deliverect", 20
	o, err := order.Apply(order.Order{}, order.Command{ID: "place", Type: order.Place, Order: &draft}, a.Policy(), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		s.command.ID = "c" + time.Duration(len(o.History)).String()
		at := now.Add(time.Duration(s.minute * float64(time.Minute)))
		if o, err = order.Apply(o, s.command, a.Policy(), at); err != nil {
			t.Fatal(s.command.Type, err)
		}
	}
	return o, o.History[len(o.History)-1]
}

// TestCalls: the calls that Deliverect gets. Rows of partners.md A3.
func TestCalls(t *testing.T) {
	a := adapter(t)
	accept := step{0, order.Command{Type: order.Accept, By: "hub"}}
	ready := step{10, order.Command{Type: order.MarkReady, By: "counter-1"}}
	tonight := now.Add(6 * time.Hour)
	tests := []struct {
		row      string
		promised time.Time // else in 30 minutes
		steps    []step
		name     string // empty: no call
		path     string
		body     map[string]any
	}{
		{row: "nothing for a new order"},
		{
			row: "Must send: 20", steps: []step{accept}, name: "status_20", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 20.0, "pickupTime": "2026-01-01T12:30:02Z", "reason": "", "timeStamp": "2026-01-01T12:00:02Z"},
		},
		{
			row: "pickupTime: later than promised when the kitchen needs longer (C13)", steps: []step{{15, accept.command}}, name: "status_20", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 20.0, "pickupTime": "2026-01-01T12:35:02Z", "reason": "", "timeStamp": "2026-01-01T12:15:02Z"},
		},
		{
			row: "pickupTime: tonight stays tonight", promised: tonight, steps: []step{accept}, name: "status_20", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 20.0, "pickupTime": "2026-01-01T18:00:02Z", "reason": "", "timeStamp": "2026-01-01T12:00:02Z"},
		},
		{row: "accepted on the platform", steps: []step{{0, order.Command{Type: order.Accept, By: "demo-deliverect"}}}},
		{row: "started", steps: []step{accept, {1, order.Command{Type: order.Start}}}},
		{
			row: "Must send: 70", steps: []step{accept, ready}, name: "status_70", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 70.0, "reason": "", "timeStamp": "2026-01-01T12:10:02Z"},
		},
		{
			row: "Must send: 90", steps: []step{accept, ready, {12, order.Command{Type: order.HandOver}}}, name: "status_90", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 90.0, "reason": "", "timeStamp": "2026-01-01T12:12:02Z"},
		},
		{
			row: "Partner cancel: answer 110", steps: []step{accept, {3, order.Command{Type: order.PartnerCancel}}}, name: "status_110", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 110.0, "reason": "Cancelled as asked", "timeStamp": "2026-01-01T12:03:02Z"},
		},
		{
			row: "Partner cancel: answer 110, too late as well", steps: []step{accept, ready, {12, order.Command{Type: order.HandOver}}, {13, order.Command{Type: order.PartnerCancel}}},
			name: "status_110", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 110.0, "reason": "Cancelled as asked", "timeStamp": "2026-01-01T12:13:02Z"},
		},
		{
			row: "Must send: 120", steps: []step{{1, order.Command{Type: order.Reject, Reason: order.TooBusy}}}, name: "status_120", path: "/orderStatus/a%2Fb",
			body: map[string]any{"status": 120.0, "reason": "The store is too busy", "timeStamp": "2026-01-01T12:01:02Z"},
		},
		{
			row: "Delay", steps: []step{accept, {5.5, order.Command{Type: order.Delay, Minutes: 10}}}, name: "preparation_time", path: "/updatePreparationTime",
			body: map[string]any{"order": "a/b", "minutes": 35.0}, // 34.5, rounded up
		},
		{
			row: "Delay: still in the past", steps: []step{accept, {90, order.Command{Type: order.Delay, Minutes: 5}}}, name: "preparation_time", path: "/updatePreparationTime",
			body: map[string]any{"order": "a/b", "minutes": 1.0},
		},
		{row: "acknowledged", steps: []step{accept, {1, order.Command{Type: order.Acknowledge}}}},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			event, err := read(a, with(t, map[string]any{"_id": "a/b"}))
			if err != nil {
				t.Fatal(err)
			}
			event.Order.Fulfillment.PromisedAt = now.Add(30 * time.Minute)
			if !tt.promised.IsZero() {
				event.Order.Fulfillment.PromisedAt = tt.promised
			}
			o, entry := live(t, a, *event.Order, tt.steps...)
			calls := a.Calls(o, entry, time.Hour)
			if !reflect.DeepEqual(calls, a.Calls(o, entry, time.Hour)) {
				t.Error("Calls is not pure")
			}
			if tt.name == "" {
				if len(calls) != 0 {
					t.Errorf("got %+v, want no call", calls)
				}
				return
			}
			if len(calls) != 1 {
				t.Fatalf("got %d calls, want 1", len(calls))
			}
			if tt.name != "preparation_time" {
				tt.body["orderId"], tt.body["receiptId"] = "a/b", "OUR-1"
			}
			var body map[string]any
			if err := json.Unmarshal(calls[0].Body, &body); err != nil {
				t.Fatal(err)
			}
			if c := calls[0]; c.Name != tt.name || c.Method != http.MethodPost || c.Path != tt.path || !reflect.DeepEqual(body, tt.body) {
				t.Errorf("got %s %s %s %v, want %s %s %v", c.Name, c.Method, c.Path, body, tt.name, tt.path, tt.body)
			}
		})
	}
}

// TestOtherEntries: expired gets no call (A3), and of what does not happen to Deliverect's orders
// today only the completion is told.
func TestOtherEntries(t *testing.T) {
	a := adapter(t)
	o := order.Order{Reference: "1", ID: "2", Status: order.Completed, CompletedAt: now}
	for what, want := range map[order.What]int{
		order.WasExpired: 0, order.WasPlaced: 0, order.WasPrinted: 0, order.WasChangedByPartner: 0, order.WasCancelled: 0,
		order.WasShipped: 1, order.WasCompleted: 1,
	} {
		if got := len(a.Calls(o, order.Entry{At: now, What: what}, time.Hour)); got != want {
			t.Errorf("%s: got %d calls, want %d", what, got, want)
		}
	}
	if got := a.Calls(o, order.Entry{At: now.Add(-time.Minute), What: order.WasShipped}, time.Hour); len(got) != 0 {
		t.Errorf("a first parcel: got %+v, want no call", got)
	}
}

func TestReasons(t *testing.T) {
	a := adapter(t)
	seen := map[string]bool{}
	for _, reason := range order.RejectReasons() {
		calls := a.Calls(order.Order{Reference: "1", Reason: reason}, order.Entry{At: now, What: order.WasRejected}, time.Hour)
		var body struct{ Reason string }
		if err := json.Unmarshal(calls[0].Body, &body); err != nil || body.Reason == "" || seen[body.Reason] {
			t.Errorf("%s: got %q, %v, want words of its own", reason, body.Reason, err)
		}
		seen[body.Reason] = true
	}
}

// seller sells tokens that name their turn: t1, t2, …
type seller struct {
	*httptest.Server
	sold   atomic.Int32
	answer func(n int32) (int, string)
}

func sells(t *testing.T, answer func(n int32) (int, string)) *seller {
	s := &seller{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		want := `{"audience":"` + s.URL + `","client_id":"id","client_secret":"hush","grant_type":"client_credentials"}`
		if r.Method != http.MethodPost || r.URL.Path != "/oauth/token" || string(body) != want {
			t.Errorf("got %s %s %s", r.Method, r.URL, body)
		}
		status, text := s.answer(s.sold.Add(1))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s
}

func authorize(t *testing.T, a *deliverect.Adapter) (string, error) {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/orderStatus/1", nil)
	err := a.Authorize(context.Background(), request)
	return request.Header.Get("Authorization"), err
}

// TestToken: A0, "Outbound auth": kept until expires_at.
func TestToken(t *testing.T) {
	clock := now
	s := sells(t, func(n int32) (int, string) {
		ends, _ := json.Marshal(clock.Add(time.Hour).Unix())
		return 200, `{"access_token":"t` + string('0'+n) + `","expires_at":` + string(ends) + `,"token_type":"Bearer"}`
	})
	a := adapter(t, func(c *deliverect.Config) {
		c.ClientID, c.ClientSecret, c.Base, c.Now = "id", "hush", s.URL, func() time.Time { return clock }
	})
	want := func(token string) {
		t.Helper()
		got, err := authorize(t, a)
		if err != nil || got != "Bearer "+token {
			t.Errorf("got %q, %v, want %s", got, err, token)
		}
	}
	want("t1")
	clock = clock.Add(58 * time.Minute)
	want("t1")
	clock = clock.Add(time.Minute + time.Second) // within the margin
	want("t2")
	for status, verdict := range map[int]partner.Verdict{500: partner.Again, 400: partner.Refused, 200: partner.Done} {
		if got := a.Judge(partner.Call{}, status, nil); got != verdict {
			t.Errorf("%d: got %d, want %d", status, got, verdict)
		}
	}
	want("t2")
	if got := a.Judge(partner.Call{}, 401, nil); got != partner.Again {
		t.Errorf("401: got %d, want Again", got)
	}
	want("t3")
}

func TestTokenOneAtATime(t *testing.T) {
	s := sells(t, func(int32) (int, string) { return 200, `{"access_token":"t","expires_in":3600}` })
	a := adapter(t, func(c *deliverect.Config) { c.ClientID, c.ClientSecret, c.Base = "id", "hush", s.URL })
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := authorize(t, a); err != nil || got != "Bearer t" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	if got := s.sold.Load(); got != 1 {
		t.Errorf("bought %d tokens, want 1", got)
	}
}

func TestTokenRefused(t *testing.T) {
	for _, answer := range []struct {
		status int
		text   string
	}{{401, `{}`}, {500, `no`}, {302, ``}, {200, `{}`}, {200, `no`}, {200, `{"access_token":7}`}} {
		s := sells(t, func(int32) (int, string) { return answer.status, answer.text })
		a := adapter(t, func(c *deliverect.Config) { c.ClientID, c.ClientSecret, c.Base = "id", "hush", s.URL })
		got, err := authorize(t, a)
		if err == nil || got != "" || strings.Contains(err.Error(), "hush") {
			t.Errorf("%d %s: got %q, %v, want an error without the secret", answer.status, answer.text, got, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := adapter(t, func(c *deliverect.Config) { c.ClientID, c.ClientSecret, c.Base = "id", "hush", "http://127.0.0.1:1" })
	if err := a.Authorize(ctx, httptest.NewRequest(http.MethodPost, "/", nil)); err == nil {
		t.Error("got no error of an ended context")
	}
}

func TestNoToken(t *testing.T) {
	if got, err := authorize(t, adapter(t)); got != "" || err != nil {
		t.Errorf("got %q, %v, want no token", got, err)
	}
	if got := adapter(t).Judge(partner.Call{}, 401, nil); got != partner.Again {
		t.Errorf("401: got %d, want Again", got)
	}
}
