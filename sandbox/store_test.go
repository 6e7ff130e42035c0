package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"comptoir/partner"
	"comptoir/partner/deliverect"
	"comptoir/partner/doordash"
	"comptoir/sandbox"
)

// wrongCalls sends calls that the contract does not allow; each must be refused for a reason that
// names what is wrong.
func wrongCalls(t *testing.T, handler http.Handler, authorize func(*http.Request), calls [][5]string) {
	t.Helper()
	for _, c := range calls {
		method, path, body, status, reason := c[0], c[1], c[2], c[3], c[4]
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		authorize(r)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if got := http.StatusText(w.Code); got != status || !strings.Contains(w.Body.String(), reason) {
			t.Errorf("%s %s %s: got %s %s, want %s and %q", method, path, body, got, w.Body, status, reason)
		}
	}
}

func TestDeliverectStore(t *testing.T) {
	d := sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options(), AccountID: "acc", LocationID: "loc"})
	const status, snooze = "/updateStoreStatus/loc", "/products/snoozeByPlus"
	times := `"snoozeStart":"2026-01-01T12:00:00Z","snoozeEnd":"2026-01-01T13:00:00Z"`
	bad := http.StatusText(http.StatusBadRequest)
	wrongCalls(t, d.Handler(), func(*http.Request) {}, [][5]string{
		{"POST", status, `{}`, bad, "isActive is missing"},
		{"POST", status, `{"isActive":"true"}`, bad, "isActive"},
		{"POST", status, `{"isActive":true,"prepTime":0}`, bad, "prepTime"},
		{"POST", status, `{"isActive":true,"until":"x"}`, bad, "unknown field"},
		{"POST", "/updateStoreStatus/other", `{"isActive":true}`, "Not Found", "locationId"},
		{"PUT", status, `{"isActive":true}`, "Not Found", "no such address"},
		{"POST", snooze, `{"account":"acc","location":"loc","plus":[],` + times + `}`, bad, "plus"},
		{"POST", snooze, `{"account":"x","location":"loc","plus":["A"],` + times + `}`, bad, "account"},
		{"POST", snooze, `{"account":"acc","plus":["A"],` + times + `}`, bad, "location is missing"},
		{"POST", snooze, `{"account":"acc","location":"loc","plus":["A"],"snoozeStart":"2026-01-01T12:00:00Z"}`, bad, "snoozeEnd"},
		{"POST", snooze, `{"account":"acc","location":"loc","plus":["A"],"snoozeStart":"2026-01-01T12:00:00+01:00","snoozeEnd":"2026-01-01T13:00:00Z"}`, bad, "not in UTC"},
		{"POST", snooze, `{"account":"acc","location":"loc","plus":["A"],"snoozeStart":"2026-01-01T14:00:00Z","snoozeEnd":"2026-01-01T13:00:00Z"}`, bad, "is not after"},
	})
	if s := d.Store(); s.Paused || len(s.Out) > 0 {
		t.Errorf("a refused call was carried out: %+v", s)
	}
}

func TestDoorDashStore(t *testing.T) {
	d, h := startDoorDash(t, func(c *sandbox.DoorDashConfig) { c.StoreID = "plateau" })
	const status, items = "/api/v1/stores/plateau/status", "/api/v1/stores/plateau/items/status"
	bad := http.StatusText(http.StatusBadRequest)
	wrongCalls(t, d.Handler(), func(*http.Request) {}, [][5]string{{"PUT", status, `{"is_active":true}`, "Unauthorized", "token"}})
	many := strings.Repeat(`{"merchant_supplied_id":"A","is_active":true},`, 41)
	authorize := func(r *http.Request) {
		if err := h.adapter.Authorize(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	wrongCalls(t, d.Handler(), authorize, [][5]string{
		{"PUT", status, `{}`, bad, "is_active is missing"},
		{"PUT", status, `{"is_active":false}`, bad, "reason"},
		{"PUT", status, `{"is_active":false,"reason":"busy"}`, bad, "not in the list"},
		{"PUT", status, `{"is_active":false,"reason":"operational_issues","end_time":"2026-01-01T13:00:00Z"}`, bad, "is not written as"},
		{"PUT", status, `{"is_active":false,"reason":"operational_issues","end_time":"2020-01-01T13:00:00+00:00"}`, bad, "is past"},
		{"PUT", "/api/v1/stores/other/status", `{"is_active":true}`, "Not Found", "store"},
		{"PATCH", status, `{"is_active":true}`, "Not Found", "no such address"},
		{"PUT", items, `[]`, bad, "no item"},
		{"PUT", items, `{"merchant_supplied_id":"A"}`, bad, "the body"},
		{"PUT", items, `[{"merchant_supplied_id":"A"}]`, bad, "is_active"},
		{"PUT", items, `[` + strings.TrimSuffix(many, ",") + `]`, "Request Entity Too Large", "41 items"},
	})
	if s := d.Store(); s.Paused || len(s.Out) > 0 {
		t.Errorf("a refused call was carried out: %+v", s)
	}
}

// What the adapters send is what the stand-ins take.
func TestStoreCallsFit(t *testing.T) {
	to := partner.StoreState{PausedUntil: now.Add(time.Hour), PreparationMinutes: 35, Out: map[string]time.Time{"A": now.Add(2 * time.Hour), "B": {}}}
	dlv, h := startDeliverect(t, func(c *sandbox.DeliverectConfig) { c.AccountID, c.LocationID = "acc", "loc" })
	a, err := deliverect.New(deliverect.Config{Secret: "s", Currency: "CAD", AccountID: "acc", LocationID: "loc", Base: dlv.URL()})
	if err != nil {
		t.Fatal(err)
	}
	fit := func(h *hub, control partner.StoreControl, store func() sandbox.Store, preparation int) {
		t.Helper()
		for _, step := range []struct{ from, to partner.StoreState }{{partner.StoreState{}, to}, {to, partner.StoreState{PreparationMinutes: 20}}} {
			for _, c := range control.StoreCalls(step.from, step.to, now) {
				if status, verdict, _ := h.call(t, t.Context(), c); verdict != partner.Done {
					t.Errorf("%s %s: %d", c.Name, c.Body, status)
				}
			}
			if s := store(); s.Paused != step.to.Paused() || len(s.Out) != len(step.to.Out) || preparation > 0 && s.PreparationMinutes != step.to.PreparationMinutes {
				t.Errorf("got %+v after %+v", s, step.to)
			}
		}
	}
	fit(h, a, dlv.Store, 1)
	dd, h := startDoorDash(t, func(c *sandbox.DoorDashConfig) { c.StoreID = "plateau" })
	b, err := doordash.New(doordash.Config{
		Authorization: "Bearer b", DeveloperID: "d", KeyID: "k", SigningSecret: "c2VjcmV0", Currency: "CAD", StoreID: "plateau", Base: dd.URL(),
	})
	if err != nil {
		t.Fatal(err)
	}
	fit(h, b, dd.Store, 0)
	for _, c := range append(dlv.Calls(), dd.Calls()...) {
		if !c.Store || c.Problem != "" || c.Body == nil && c.List == nil {
			t.Errorf("recorded %+v", c)
		}
	}
}
