package pairing_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"comptoir/sync/pairing"
	"comptoir/sync/wire"
)

func TestNormal(t *testing.T) {
	for typed, want := range map[string]string{
		"hub.example.com":        "https://hub.example.com",
		" 192.168.1.4:8443/ ":    "https://192.168.1.4:8443",
		"localhost:8080":         "http://localhost:8080",
		"127.0.0.1":              "http://127.0.0.1",
		"https://hub.example/x/": "https://hub.example/x",
	} {
		if got, err := pairing.Normal(typed, false); err != nil || got != want {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]pairing.Kind{
		"": pairing.Address, "https://": pairing.Address, "ftp://hub": pairing.Address, "a b": pairing.Address,
		"https://me@hub": pairing.Address, "http://192.168.1.4:8080": pairing.Openly,
	} {
		if got, err := pairing.Normal(typed, false); pairing.KindOf(err) != want {
			t.Errorf("%q: %q, %v, want kind %q", typed, got, err, want)
		}
	}
	if got, err := pairing.Normal("http://192.168.1.4:8080", true); err != nil || got != "http://192.168.1.4:8080" {
		t.Errorf("--insecure: %q, %v", got, err)
	}
}

// What answers may be anything.
func TestAskStrangers(t *testing.T) {
	refused := func(status int, kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":{"kind":"` + kind + `","message":"words"}}`))
		}
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		kind   pairing.Kind
	}{
		"a page":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, pairing.Strange},
		"no key":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }, pairing.Strange},
		"an older hub": {http.NotFound, pairing.Strange},
		"another place": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, pairing.Strange},
		"a wrong code": {refused(http.StatusForbidden, wire.KindCode), pairing.Code},
		"too many":     {refused(http.StatusTooManyRequests, wire.KindTries), pairing.Tries},
		"waiting":      {refused(http.StatusConflict, wire.KindWaiting), pairing.Waiting},
		"its own kind": {refused(http.StatusBadRequest, "new"), pairing.Strange},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			_, err := pairing.Ask(t.Context(), server.URL, "", wire.Pair{Code: "12345678"})
			if pairing.KindOf(err) != test.kind {
				t.Errorf("%v is of kind %q, want %q", err, pairing.KindOf(err), test.kind)
			}
		})
	}
}

// Plain http where https was asked for is somebody who answers, and not a dead network.
func TestLookAtPlainHTTP(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := pairing.Look(t.Context(), "https://"+server.Listener.Addr().String())
	if pairing.KindOf(err) != pairing.Strange {
		t.Errorf("%v is of kind %q", err, pairing.KindOf(err))
	}
}

// A pin is one key: with another one nothing is sent.
func TestPin(t *testing.T) {
	asked := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"device":"counter-3","key":"k","hub":"h","name":"n","locations":[]}`))
	}))
	defer server.Close()
	pin, err := pairing.Look(t.Context(), server.URL)
	if err != nil || pin != wire.Pin(server.Certificate()) {
		t.Fatalf("the pin is %q, %v", pin, err)
	}
	if plain, err := pairing.Look(t.Context(), "http://127.0.0.1:1"); err != nil || plain != "" {
		t.Errorf("plain http has the pin %q, %v", plain, err)
	}
	wrong := "0" + pin[1:]
	if wrong == pin {
		wrong = "1" + pin[1:]
	}
	if _, err := pairing.Ask(t.Context(), server.URL, wrong, wire.Pair{}); pairing.KindOf(err) != pairing.Changed {
		t.Errorf("another key: %v", err)
	}
	if _, err := pairing.Ask(t.Context(), server.URL, "", wire.Pair{}); pairing.KindOf(err) != pairing.Unreachable {
		t.Errorf("no pin, and no authority: %v", err)
	}
	if asked != 0 {
		t.Errorf("a code was sent %d times to a hub that nobody vouches for", asked)
	}
	paired, err := pairing.Ask(t.Context(), server.URL, pin, wire.Pair{})
	if err != nil || asked != 1 {
		t.Fatalf("the right key: %v", err)
	}
	data := t.TempDir()
	if err := pairing.Of(server.URL, pin, paired, time.Unix(0, 0)).Save(data); err != nil {
		t.Fatal(err)
	}
	if p, err := pairing.Load(data); err != nil || p.Key != "k" || p.Pin != pin || p.Address != server.URL {
		t.Errorf("kept as %+v, %v", p, err)
	}
}
