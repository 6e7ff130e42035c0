package hub_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

const curbside = `{"reference":"web-7","number":"K7","fulfillment":{"type":"curbside"},"customer":{"name":"Zoë Lévesque","phone":"+1 514 555-0101"},"lines":[{"name":"Burger","plu":"BRG-01","quantity":1,"unitPrice":1450}],"totals":{"total":1450}}`

// curb places a curbside order of the own shop, and returns it with its link.
func (w *world) curb() (id, link string) {
	w.t.Helper()
	var o struct {
		ID          string
		Fulfillment struct{ CheckInURL string }
	}
	w.shop(http.MethodPost, orders, []byte(curbside)).into(w.t, http.StatusCreated, &o)
	if o.Fulfillment.CheckInURL == "" {
		w.t.Fatal("the order has no checkInUrl")
	}
	return o.ID, o.Fulfillment.CheckInURL
}

// phone is a customer's browser.
type phone struct {
	w       *world
	address string // its network address
	header  http.Header
}

func (w *world) phone(language string) *phone {
	return &phone{w: w, address: "203.0.113.7:5000", header: http.Header{"Accept-Language": {language}}}
}

func (p *phone) do(method, path, body string) *http.Response {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = p.address
	r.Header = p.header.Clone()
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	recorder := httptest.NewRecorder()
	p.w.hub.Handler().ServeHTTP(recorder, r)
	return recorder.Result()
}

// open is the page, which must have this status.
func (p *phone) open(link string, status int) string {
	p.w.t.Helper()
	response := p.do(http.MethodGet, link, "")
	return read(p.w.t, response, status)
}

func read(t *testing.T, response *http.Response, status int) string {
	t.Helper()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != status {
		t.Fatalf("HTTP %d, want %d: %s", response.StatusCode, status, body.String())
	}
	return body.String()
}

var formID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// tap fills the page's form in and sends it.
func (p *phone) tap(link, page, vehicle, spot string) {
	p.w.t.Helper()
	id := formID.FindStringSubmatch(page)
	if id == nil {
		p.w.t.Fatalf("the page has no form: %s", page)
	}
	response := p.do(http.MethodPost, link, url.Values{"id": {id[1]}, "vehicle": {vehicle}, "spot": {spot}}.Encode())
	read(p.w.t, response, http.StatusSeeOther)
	base := &url.URL{Scheme: "https", Host: "example.com", Path: link}
	next, err := base.Parse(response.Header.Get("Location"))
	if err != nil || next.Path != link {
		p.w.t.Errorf("the answer leads to %v, %v", next, err)
	}
}

func contains(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q: %s", text, page)
		}
	}
}

// TestArrive: the whole way of a customer, as the counter sees it.
func TestArrive(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.terminal("counter-1")
		id, link := w.curb()
		p := w.phone("en-CA,en;q=0.9")
		if strings.Contains(link, id) || !strings.HasPrefix(link, "/arrive/") {
			t.Errorf("the link is %s", link)
		}
		page := p.open(link, http.StatusOK)
		contains(t, page, `<html lang="en">`, "Plateau", "K7", "I am here", "grey Mazda")
		if strings.Contains(page, "Zoë") || strings.Contains(page, "555") || strings.Contains(page, "Burger") {
			t.Error("the page tells more than the number")
		}
		pass(time.Minute)
		arrived := time.Now()
		p.tap(link, page, "  Civic\u202e\x00 <b>rouge</b> ", "2")
		o := w.order("shop", "plateau", "web-7")
		if f := o.Fulfillment; f.Vehicle != "Civic <b>rouge</b>" || f.Spot != "2" || !f.ArrivedAt.Equal(arrived) {
			t.Errorf("arrived: %+v", f)
		}
		if last := o.History[len(o.History)-1]; last.By != order.ByCustomer || last.What != order.WasArrived {
			t.Errorf("the history says %+v", last)
		}
		// the same tap again, as a bad line does it
		p.tap(link, page, "  Civic\u202e\x00 <b>rouge</b> ", "2")
		p.tap(link, page, "another", "9")
		if again := w.order("shop", "plateau", "web-7"); again.Revision != o.Revision {
			t.Errorf("a tap counted twice: %+v", again.Fulfillment)
		}
		page = p.open(link, http.StatusOK)
		contains(t, page, "We know you are here", "Already noted")
		if strings.Contains(page, "rouge") {
			t.Error("the page shows the vehicle to whoever has the link")
		}
		// nothing to correct is no mistake
		p.tap(link, page, "", "")
		pass(time.Minute)
		page = p.open(link, http.StatusOK)
		p.tap(link, page, "", "5")
		if f := w.order("shop", "plateau", "web-7").Fulfillment; f.Vehicle != "Civic <b>rouge</b>" || f.Spot != "5" || !f.ArrivedAt.Equal(arrived) {
			t.Errorf("corrected: %+v", f)
		}
		for _, c := range []order.CommandType{order.Start, order.MarkReady, order.HandOver} {
			w.command(id, c).want(t, http.StatusOK)
		}
		contains(t, p.open(link, http.StatusOK), "handed over")
		contains(t, read(t, p.do(http.MethodPost, link, "spot=9"), http.StatusConflict), "handed over")
		pass(6 * time.Hour)
		contains(t, p.open(link, http.StatusNotFound), "does not work")
		if a := w.shop(http.MethodGet, orders+"/"+id, nil); strings.Contains(string(a.body), "checkInUrl") {
			t.Error("a link that is over is still given")
		}
	})
}

func TestArriveStates(t *testing.T) {
	inBubble(t, func(w *world) { w.config.Locations[0].AutoAccept = false }, func(t *testing.T, w *world) {
		id, link := w.curb()
		p := w.phone("fr-CA")
		contains(t, p.open(link, http.StatusOK), `<html lang="fr">`, "pas encore confirmée", "Réessayer")
		contains(t, read(t, p.do(http.MethodPost, link, "spot=2"), http.StatusConflict), "pas encore confirmée")
		if o := w.order("shop", "plateau", "web-7"); !o.Fulfillment.ArrivedAt.IsZero() {
			t.Error("too early, and yet noted")
		}
		w.command(id, order.Reject).want(t, http.StatusOK)
		contains(t, p.open(link, http.StatusOK), "a été annulée")

		// a platform's curbside order has a link, and others have none
		w.fromDeliverect(example(t, "deliverect-curbside", "c1")).want(t, http.StatusOK)
		w.fromDeliverect(example(t, "deliverect-pickup", "p1")).want(t, http.StatusOK)
		for name, want := range map[string]bool{"c1": true, "p1": false} {
			a := w.shop(http.MethodGet, orders+"/"+order.Identity(viaDeliverect, name), nil)
			if got := strings.Contains(string(a.body), "checkInUrl"); got != want {
				t.Errorf("%s: a link: %v", name, got)
			}
		}
		token := strings.TrimPrefix(link, "/arrive/")
		for _, wrong := range []string{"x", token[:len(token)-1], "B" + token[1:], token + "A", strings.Repeat("A", 5000), "%00"} {
			contains(t, p.open("/arrive/"+wrong, http.StatusNotFound), "Ce lien ne fonctionne pas")
		}
	})
}

func TestArriveLanguage(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		_, link := w.curb()
		for accept, want := range map[string]string{
			"": "fr", "de-DE": "fr", "*": "fr", "fr-FR, en;q=0.5": "fr", "en-US": "en", "de, en;q=0.3": "en", "en;q=0.2, fr;q=0.9": "fr", ";;;": "fr",
		} {
			contains(t, w.phone(accept).open(link, http.StatusOK), `<html lang="`+want+`">`)
			contains(t, w.phone(accept).open(link+"?lang=en", http.StatusOK), `<html lang="en">`)
		}
		response := w.phone("fr").do(http.MethodPost, link+"?lang=en", "spot=1")
		if next := response.Header.Get("Location"); !strings.HasSuffix(next, "?lang=en") {
			t.Errorf("the answer leads to %s", next)
		}
	})
}

func TestArriveProtected(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		_, link := w.curb()
		p := w.phone("en")
		response := p.do(http.MethodGet, link, "")
		policy := response.Header.Get("Content-Security-Policy")
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
		} {
			if got := response.Header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Errorf("the policy is %s", policy)
		}
		contains(t, read(t, p.do(http.MethodPost, link, "vehicle="+strings.Repeat("a", 5000)), http.StatusBadRequest), "Try again")
		contains(t, read(t, p.do(http.MethodPost, link, "vehicle=%zz"), http.StatusBadRequest), "Try again")
		if o := w.order("shop", "plateau", "web-7"); !o.Fulfillment.ArrivedAt.IsZero() {
			t.Error("a broken form was taken")
		}
		if strings.Contains(w.log.String(), strings.TrimPrefix(link, "/arrive/")) {
			t.Error("the log tells the link")
		}
	})
}

func TestArriveLimits(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		_, link := w.curb()
		count := func(p *phone, path string) (n int) {
			for n < 1000 {
				response := p.do(http.MethodGet, path, "")
				if response.StatusCode == http.StatusTooManyRequests {
					if response.Header.Get("Retry-After") == "" {
						t.Error("no Retry-After")
					}
					return n
				}
				n++
			}
			return n
		}
		if n := count(w.phone("en"), link); n != 20 {
			t.Errorf("one link was opened %d times", n)
		}
		other := w.phone("en")
		other.address = "198.51.100.1:4"
		contains(t, other.open(link, http.StatusTooManyRequests), "One moment")
		pass(3 * time.Second)
		other.open(link, http.StatusOK)
		// who guesses is stopped by the address, whoever is behind the proxy of this machine
		pass(time.Hour)
		proxied := w.phone("en")
		proxied.address = "127.0.0.1:9"
		proxied.header.Set("X-Forwarded-For", "10.0.0.1, 192.0.2.9")
		if n := count(proxied, "/arrive/guess"); n != 120 {
			t.Errorf("one address guessed %d times", n)
		}
		proxied.header.Set("X-Forwarded-For", "192.0.2.9, 192.0.2.10")
		proxied.open(link, http.StatusOK)
		liar := w.phone("en")
		for i := range 120 {
			liar.header.Set("X-Forwarded-For", fmt.Sprint("192.0.3.", i))
			liar.open("/arrive/guess", http.StatusNotFound)
		}
		liar.header.Set("X-Forwarded-For", "192.0.4.1")
		liar.open("/arrive/guess", http.StatusTooManyRequests)
	})
}

// A link outlives the hub's restart, and another hub's is another's.
func TestArriveSecret(t *testing.T) {
	inBubble(t, func(w *world) { w.config.PublicURL = "https://orders.example.com/hub/" }, func(t *testing.T, w *world) {
		_, link := w.curb()
		path, found := strings.CutPrefix(link, "https://orders.example.com/hub")
		if !found {
			t.Fatalf("the link is %s", link)
		}
		w.restart()
		p := w.phone("en")
		p.open(path, http.StatusOK)
		picture, err := png.Decode(strings.NewReader(p.open(path+"/qr.png", http.StatusOK)))
		if err != nil || picture.Bounds().Dx() < 200 {
			t.Errorf("the QR code: %v", err)
		}
		w.stop()
		w.data = t.TempDir()
		w.start()
		if _, again := w.curb(); again == link {
			t.Error("two hubs make the same links")
		}
		p.open(path, http.StatusNotFound)
	})
	inBubble(t, nil, func(t *testing.T, w *world) {
		_, link := w.curb()
		w.phone("en").open(link+"/qr.png", http.StatusNotFound)
	})
}
