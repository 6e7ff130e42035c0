package sandbox_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"comptoir/order"
)

// TestCheckIn: a curbside order leads its customer to the hub's page, others lead nowhere.
func TestCheckIn(t *testing.T) {
	var asked, token string
	answer := `{"fulfillment":{"checkInUrl":"/arrive/abc"}}`
	config := plan(t, demoMenu(t), 0)
	config.Connections[0].ShopToken = "shop-secret"
	b := open(t, config, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/arrive/abc":
			_, _ = io.WriteString(w, "the page")
		case strings.HasPrefix(r.URL.Path, "/api/"):
			asked, token = r.URL.Path, r.Header.Get("Authorization")
			_, _ = io.WriteString(w, answer)
		}
	}))
	b.press("/send", "connection", "dlv", "kind", "pickup")
	inside := b.p.Sent()[0].Order.ID
	if strings.Contains(b.get("/", "fr"), "/check-in/dlv/"+inside) {
		t.Error("an order that is picked up inside has a check-in")
	}
	b.press("/send", "connection", "dlv", "kind", "curbside")
	id := b.p.Sent()[0].Order.ID
	link := "/check-in/dlv/" + id
	if !strings.Contains(b.get("/", "fr"), `href="`+link+`"`) {
		t.Error("the page has no link")
	}
	if page := b.get(link, ""); page != "the page" {
		t.Errorf("the link leads to %q", page)
	}
	if want := "/api/v1/locations/plateau/orders/" + order.Identity("dlv", id); asked != want || token != "Bearer shop-secret" {
		t.Errorf("asked %s with %s, want %s", asked, token, want)
	}
	status := func(path string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := b.do(request)
		return got
	}
	for _, wrong := range []string{"/check-in/dlv/none", "/check-in/dlv/" + inside, "/check-in/none/" + id, "/check-in/dd/" + id} {
		if got := status(wrong); got != http.StatusNotFound {
			t.Errorf("%s: HTTP %d", wrong, got)
		}
	}
	for _, answer = range []string{`{}`, `no JSON`} {
		if got := status(link); got != http.StatusBadGateway {
			t.Errorf("the hub says %s: HTTP %d", answer, got)
		}
	}
}
