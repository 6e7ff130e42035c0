package sandbox_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"comptoir/sandbox"
)

// browser presses the buttons of a sandbox whose hub is handler.
type browser struct {
	t    *testing.T
	p    *sandbox.Platforms
	base string
}

func open(t *testing.T, config sandbox.PlatformsConfig, hub http.Handler) *browser {
	t.Helper()
	server := httptest.NewServer(hub)
	p := newPlatforms(t, config)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.Aim(server.URL)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	b := &browser{t: t, p: p, base: p.Endpoints()[0].URL}
	b.press("/send", "connection", "dlv")
	return b
}

// press posts a form that must be taken.
func (b *browser) press(path string, form ...string) {
	b.t.Helper()
	if status, page, _ := b.post(path, nil, form...); status != http.StatusOK {
		b.t.Fatalf("%s %v: %d %s", path, form, status, page)
	}
}

func (b *browser) post(path string, header http.Header, form ...string) (status int, page, where string) {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(request)
}

func (b *browser) get(path, accept string) string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Accept-Language", accept)
	status, page, _ := b.do(request)
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", path, status, page)
	}
	return page
}

func (b *browser) do(request *http.Request) (status int, page, where string) {
	b.t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, string(body), response.Request.URL.String()
}

// call is what the hub would do.
func (b *browser) call(connection, path, body string) {
	b.t.Helper()
	at := slices.IndexFunc(b.p.Endpoints(), func(e sandbox.Endpoint) bool { return e.Connection == connection })
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.p.Endpoints()[at].URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(request)
}

func TestPage(t *testing.T) {
	m := demoMenu(t)
	const attack = `<script>alert("x")</script>`
	for i := range m.Items {
		m.Items[i].Name = attack
	}
	refuse := false
	b := open(t, plan(t, m, 0), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if refuse {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"no <b>thanks</b>"}}`)
		}
	}))
	page := b.get("/?lang=en", "")
	for _, want := range []string{"Sandbox of the platforms", "Deliverect", "DoorDash", "Drive-through", "Delivery by the store", `http-equiv="refresh"`, "the hub answered", "&lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(b.get("/?lang=en&paused=1", ""), `http-equiv="refresh"`) {
		t.Error("a paused page refreshes")
	}
	b.press("/send", "connection", "dd", "kind", "store_delivery", "timing", "tight")
	last := b.p.Sent()[0]
	if last.Connection != "dd" || last.Order.Kind != sandbox.StoreDelivery || last.Order.Timing != sandbox.Tight || !last.Messages[0].Accepted() {
		t.Errorf("sent %+v", last)
	}
	// a call that is allowed, one that is not, one that is made to fail
	b.press("/send", "connection", "dlv", "kind", "pickup")
	id := b.p.Sent()[0].Order.ID
	b.call("dlv", "/updatePreparationTime", `{"order":"`+id+`","minutes":5}`)
	b.call("dlv", "/orderStatus/"+id, `{"orderId":"`+attack2+`"}`)
	b.call("dlv", "/updateStoreStatus/loc", `{"isActive":false,"prepTime":35}`)
	b.call("dlv", "/updateStoreStatus/loc", `{"prepTime":35}`)
	for _, want := range []string{`<p class="bad">Paused.</p>`, "Preparation: 35 min", "refused because isActive is missing"} {
		if page := b.get("/?lang=en", ""); !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	b.press("/fail", "connection", "dlv", "fault", "500", "calls", "3")
	if page := b.get("/?lang=en", ""); !strings.Contains(page, "3 more calls are going to fail") {
		t.Error("the page does not say that calls will fail")
	}
	b.call("dlv", "/updatePreparationTime", `{"order":"`+id+`","minutes":5}`)
	b.press("/fail", "connection", "dlv", "fault", "none")
	b.call("dlv", "/"+url.PathEscape(attack), `{}`)
	refuse = true
	b.press("/cancel", "connection", "dlv")
	if b.p.Sent()[0].Cancelled {
		t.Error("an order counts as cancelled that the hub did not cancel")
	}
	refuse = false
	b.press("/cancel", "connection", "dlv")
	if !b.p.Sent()[0].Cancelled {
		t.Error("not cancelled")
	}
	page = b.get("/?lang=en", "")
	for _, want := range []string{
		">allowed<", ">refused because orderId ", ">made to fail<", "no &lt;b&gt;thanks&lt;/b&gt;", "Cancellation", "Other calls", "no such address in the contract",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	// whatever came from outside is text
	for _, tag := range regexp.MustCompile(`<(script|b>thanks|img)`).FindAllString(page, -1) {
		t.Errorf("the page holds %s", tag)
	}
	// DoorDash cancels and changes what the store has confirmed
	for _, path := range []string{"/cancel", "/change"} {
		if _, page, _ := b.post(path+"?lang=fr", nil, "connection", "dd"); !strings.Contains(page, "Il n&#39;y a pas de commande") {
			t.Errorf("%s: the page does not say why nothing happened", path)
		}
	}
	b.press("/rate", "rate", "0,5")
	if b.p.Rate() != 0.5 {
		t.Errorf("the rate is %g", b.p.Rate())
	}
}

const attack2 = `\u003cimg src=x onerror=alert(1)\u003e`

func TestPageRefuses(t *testing.T) {
	b := open(t, plan(t, demoMenu(t), 0), http.NotFoundHandler())
	for _, form := range [][]string{
		{"/send", "connection", "nobody"},
		{"/send", "connection", "dlv", "kind", "store_delivery"},
		{"/cancel", "connection", ""},
		{"/change"},
		{"/rate", "rate", "many"},
		{"/rate", "rate", "1e9"},
		{"/rate", "rate", "NaN"},
		{"/fail", "connection", "dlv", "fault", "500", "calls", "0"},
		{"/fail", "connection", "dlv", "fault", "500", "calls", "1000"},
		{"/fail", "connection", "dlv", "fault", "404", "calls", "1"},
		{"/send", "connection", "dlv", "padding", strings.Repeat("x", 10_000)},
	} {
		if status, _, _ := b.post(form[0], nil, form[1:]...); status != http.StatusBadRequest {
			t.Errorf("%v: %d, want 400", form[0], status)
		}
	}
	before := len(b.p.Sent())
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://elsewhere.example"}}} {
		if status, _, _ := b.post("/send", header, "connection", "dlv"); status != http.StatusForbidden || len(b.p.Sent()) != before {
			t.Errorf("another site's page can press buttons: %d", status)
		}
	}
	if s := b.p.Sent()[0]; s.Messages[0].Status != 404 || !strings.Contains(s.Messages[0].Problem, "not found") {
		t.Errorf("the hub's refusal: %+v", s.Messages)
	}
}

func TestPageLanguages(t *testing.T) {
	b := open(t, plan(t, demoMenu(t), 0), http.NotFoundHandler())
	for _, tt := range []struct{ path, accept, want string }{
		{"/", "fr-CA,fr;q=0.9", `<html lang="fr">`},
		{"/", "en", `<html lang="en">`},
		{"/", "", `<html lang="en">`},
		{"/?lang=fr", "en", "Bac à sable"},
		{"/?lang=en", "fr", "Sandbox"},
		{"/?lang=xx", "fr", `<html lang="fr">`},
		{"/page.css", "", "button"},
	} {
		if page := b.get(tt.path, tt.accept); !strings.Contains(page, tt.want) {
			t.Errorf("%s in %q: no %q", tt.path, tt.accept, tt.want)
		}
	}
	if _, _, where := b.post("/send?lang=fr", nil, "connection", "dlv"); !strings.HasSuffix(where, "/?lang=fr") {
		t.Errorf("a button leads to %s", where)
	}
	texts := sandbox.Texts()
	for key := range texts["en"] {
		if texts["fr"][key] == "" {
			t.Errorf("French has no %q", key)
		}
	}
	if len(texts["fr"]) != len(texts["en"]) {
		t.Error("French has more words than English")
	}
}

func TestPageBeforeTheHub(t *testing.T) {
	p := newPlatforms(t, plan(t, demoMenu(t), 0))
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := &browser{t: t, p: p, base: p.Endpoints()[0].URL}
	if _, page, _ := b.post("/send?lang=en", nil, "connection", "dlv"); !strings.Contains(page, "The hub is not up yet") {
		t.Errorf("the page does not say that the hub is not up:\n%s", page)
	}
}
