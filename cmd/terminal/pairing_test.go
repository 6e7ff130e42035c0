package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/internal/tlstest"
	"comptoir/store"
	"comptoir/sync/pairing"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// pairHub is a hub of the example behind a certificate that no authority vouches for.
type pairHub struct {
	t      *testing.T
	hub    *hub.Hub
	server *tlstest.Server
}

func newPairHub(t *testing.T) *pairHub {
	t.Helper()
	config, err := hub.LoadConfig("../../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	h, err := hub.Open(config, hub.Options{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	server := tlstest.New(t, h.Handler())
	t.Cleanup(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		server.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return &pairHub{t, h, server}
}

func (h *pairHub) fingerprint() string { return wire.Fingerprint(wire.Pin(h.server.Certificate())) }

// local asks as a sub-command of the hub does.
func (h *pairHub) local(path string, question, answer any) {
	h.t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		h.t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.hub.RouteLocal(mux)
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
	if recorder.Code != http.StatusOK {
		h.t.Fatalf("%s: %s", path, recorder.Body)
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), answer); err != nil {
		h.t.Fatal(err)
	}
}

func (h *pairHub) code(name string) string {
	h.t.Helper()
	var made hub.PairCode
	h.local(hub.LocalPair, hub.PairRequest{Name: name, Locations: []string{"plateau"}}, &made)
	return made.Code
}

func (h *pairHub) revoke(name string) {
	h.t.Helper()
	var done hub.Revoked
	h.local(hub.LocalRevoke, hub.RevokeRequest{Name: name}, &done)
}

// headless runs a terminal of a data directory without a configuration file.
type headless struct {
	t      *testing.T
	in     *io.PipeWriter
	events chan map[string]any
	stop   func()
}

func startHeadless(t *testing.T, data string) *headless {
	t.Helper()
	o := options{config: defaultConfig, data: data}
	c, err := o.load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Device == "" {
		t.Fatal("it is not paired")
	}
	stdin, in := io.Pipe()
	stdout, out := io.Pipe()
	x := &headless{t: t, in: in, events: make(chan map[string]any, 1000)}
	go func() {
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var event map[string]any
			if json.Unmarshal(lines.Bytes(), &event) == nil {
				x.events <- event
			}
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	clock := newClock()
	go func() { ended <- run(ctx, c, data, clock, newLines(clock, stdin, out, log), log) }()
	stopped := false
	x.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_, _ = in.Close(), out.Close()
	}
	t.Cleanup(x.stop)
	return x
}

// until waits for an event that says something.
func (x *headless) until(event, says string) {
	x.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case got := <-x.events:
			reason, _ := got["reason"].(string)
			if got["event"] == event && strings.Contains(reason, says) {
				return
			}
		case <-timeout:
			x.t.Fatalf("no event %s that says %q", event, says)
		}
	}
}

func (x *headless) place(id string) {
	x.t.Helper()
	line := `{"id":"` + id + `","type":"Place","order":{"id":"` + id + `","fulfillment":{"type":"counter"},"lines":[{"id":"1","name":"Café","quantity":1,"unitPrice":350,"kind":"physical"}],"totals":{"subtotal":350,"total":350}}}` + "\n"
	if _, err := io.WriteString(x.in, line); err != nil {
		x.t.Fatal(err)
	}
}

func pendingOf(t *testing.T, data string) int {
	t.Helper()
	file, err := store.Open(filepath.Join(data, dataFile))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = file.View(func(tx terminal.Tx) error {
		list, err := tx.PendingAfter(0, 1000)
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return n
}

func pairAs(t *testing.T, h *pairHub, data, code, answer string, more ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := pairFrom(t.Context(), append([]string{"--data", data, "--hub", h.server.URL, "--code", code}, more...), strings.NewReader(answer), &out)
	return out.String(), err
}

// A code is good once: a disk that takes nothing must not cost one.
func TestPairWithoutADisk(t *testing.T) {
	h := newPairHub(t)
	data := filepath.Join(t.TempDir(), "data")
	code := h.code("counter-3")
	place := filepath.Join(t.TempDir(), "mounted later")
	if err := os.Symlink(place, data); err != nil { // even root cannot write there
		t.Fatal(err)
	}
	if _, err := exchange(t.Context(), h.server.URL, wire.Pin(h.server.Certificate()), code, data, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("it was kept nowhere")
	}
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if said, err := pairAs(t, h, data, code, "yes\n"); err != nil || !strings.Contains(said, "paired as counter-3") {
		t.Errorf("with the same code, once there is room: %q, %v", said, err)
	}
}

// What took the pairing may have damaged the orders' file too: pairing again salvages that.
func TestPairWithADamagedFile(t *testing.T) {
	h := newPairHub(t)
	data := t.TempDir()
	path := filepath.Join(data, dataFile)
	if err := os.WriteFile(path, bytes.Repeat([]byte("damaged "), 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := pairAs(t, h, data, h.code("counter-3"), "yes\n"); err != nil || !strings.Contains(said, "paired as counter-3") {
		t.Fatalf("%q, %v", said, err)
	}
	if kept, err := filepath.Glob(path + ".aside-*"); err != nil || len(kept) != 1 {
		t.Errorf("the damaged file is kept as %q, %v", kept, err)
	}
	if n := pendingOf(t, data); n != 0 {
		t.Errorf("%d commands wait", n)
	}
}

func TestPairCommand(t *testing.T) {
	h := newPairHub(t)
	data := filepath.Join(t.TempDir(), "data")
	code := h.code("counter-3")
	for what, try := range map[string]struct {
		code, answer string
		more         []string
		says         string
	}{
		"another fingerprint": {code, "", []string{"--fingerprint", "0000 0000 0000 0000"}, "not 0000 0000"},
		"nobody confirms":     {code, "no\n", nil, "same fingerprint"},
		"no answer":           {code, "", nil, "same fingerprint"},
		"a wrong code":        {"00000000", "yes\n", nil, "not an open code"},
		"half a code":         {"1234", "yes\n", nil, "8 digits"},
		"no hub there":        {code, "", []string{"--hub", "https://127.0.0.1:1"}, "reaching the hub"},
		"plain to another":    {code, "", []string{"--hub", "http://192.0.2.1"}, "plain http"},
		"no address":          {code, "", []string{"--hub", "https://"}, "not an address"},
	} {
		if _, err := pairAs(t, h, data, try.code, try.answer, try.more...); err == nil || !strings.Contains(err.Error(), try.says) {
			t.Errorf("%s: %v, want %q", what, err, try.says)
		}
	}
	if p, err := pairing.Load(data); err != nil || p.Key != "" {
		t.Errorf("a pairing was kept: %+v, %v", p, err)
	}
	printed, err := pairAs(t, h, data, code, "yes\n")
	if err != nil || !strings.Contains(printed, h.fingerprint()) || !strings.Contains(printed, "paired as counter-3") {
		t.Fatalf("printed %q: %v", printed, err)
	}
	info, err := os.Stat(filepath.Join(data, "pairing.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the pairing's file: %v, %v", info, err)
	}
	x := startHeadless(t, data)
	x.until("online", "")
}

// TestRevokedTerminal follows a terminal that is revoked, sells on, and is paired again: what it
// holds goes up once, to the hub that it is for.
func TestRevokedTerminal(t *testing.T) {
	h := newPairHub(t)
	data := filepath.Join(t.TempDir(), "data")
	if _, err := pairAs(t, h, data, h.code("counter-3"), "", "--fingerprint", h.fingerprint()); err != nil {
		t.Fatal(err)
	}
	x := startHeadless(t, data)
	x.until("online", "")
	h.revoke("counter-3")
	x.until("offline", "revoked")
	const sold = 3
	for _, id := range []string{"01JDEVICES0000000000000001", "01JDEVICES0000000000000002", "01JDEVICES0000000000000003"} {
		x.place(id)
		x.until("order", "")
	}
	if _, err := pairAs(t, h, data, h.code("counter-3"), "yes\n"); err == nil || !strings.Contains(err.Error(), "stop that one first") {
		t.Errorf("pairing under a running terminal: %v", err)
	}
	x.stop()
	x = startHeadless(t, data)
	x.until("offline", "revoked") // it hears so at the next connection too
	x.stop()
	held := pendingOf(t, data)
	if held < sold {
		t.Fatalf("%d commands are held, want at least %d", held, sold)
	}

	other := newPairHub(t)
	elsewhere := other.code("counter-3")
	if _, err := pairAs(t, other, data, elsewhere, "yes\n"); pairing.KindOf(err) != pairing.Waiting {
		t.Errorf("another hub, while commands wait: %v", err)
	}
	if now := pendingOf(t, data); now != held {
		t.Errorf("%d commands are held after that, want %d", now, held)
	}
	if _, err := pairAs(t, h, data, h.code("counter-3"), "yes\n"); err != nil {
		t.Fatal(err)
	}
	x = startHeadless(t, data)
	x.until("online", "")
	deadline := time.Now().Add(time.Minute)
	for h.orders() < sold && time.Now().Before(deadline) {
		select {
		case <-x.events:
		case <-time.After(100 * time.Millisecond):
		}
	}
	x.stop()
	left := pendingOf(t, data)
	t.Logf("sold while revoked: %d; held: %d commands; at the right hub after pairing again: %d orders; at the other hub: %d; still held: %d", sold, held, h.orders(), other.orders(), left)
	if h.orders() != sold || other.orders() != 0 {
		t.Error("orders were lost, doubled or misdirected")
	}
	// with nothing waiting it may go to another hub
	for i := 0; left > 0 && i < 3; i++ {
		x = startHeadless(t, data)
		x.until("online", "")
		x.stop()
		left = pendingOf(t, data)
	}
	if _, err := pairAs(t, other, data, elsewhere, "yes\n"); err != nil {
		t.Errorf("another hub, with nothing waiting: %v", err)
	}
}

func (h *pairHub) orders() int {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/v1/locations/plateau/orders?limit=500", nil)
	r.Header.Set("Authorization", "Bearer shop-secret")
	recorder := httptest.NewRecorder()
	h.hub.Handler().ServeHTTP(recorder, r)
	var list struct{ Orders []json.RawMessage }
	if err := json.Unmarshal(recorder.Body.Bytes(), &list); err != nil {
		h.t.Fatal(err)
	}
	return len(list.Orders)
}

// A hub that shows another key gets neither key nor orders, and the doctor says so too.
func TestOtherKey(t *testing.T) {
	h := newPairHub(t)
	data := filepath.Join(t.TempDir(), "data")
	if _, err := pairAs(t, h, data, h.code("counter-3"), "yes\n"); err != nil {
		t.Fatal(err)
	}
	p, err := pairing.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	o := options{config: defaultConfig, data: data}
	c, err := o.load()
	if err != nil {
		t.Fatal(err)
	}
	ports, err := doctorPorts(c, data, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	if health, err := ports.Health(t.Context()); err != nil || health.Status == "" {
		t.Errorf("with the right pin the hub says %+v, %v", health, err)
	}
	p.Pin = strings.Repeat("0", len(p.Pin))
	if err := p.Save(data); err != nil {
		t.Fatal(err)
	}
	x := startHeadless(t, data)
	x.until("offline", "another key")
	if c, err = o.load(); err != nil {
		t.Fatal(err)
	}
	if ports, err = doctorPorts(c, data, slog.Default()); err != nil {
		t.Fatal(err)
	}
	if _, err := ports.Health(t.Context()); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("with another pin the doctor hears %v", err)
	}
}

// Whoever is in terminal.toml stays so, whatever was paired; a terminal that is nobody says how to
// become somebody.
func TestIdentify(t *testing.T) {
	data := t.TempDir()
	code, err := start([]string{"--headless", "--data", data})
	if code == 0 || err == nil || !strings.Contains(err.Error(), "terminal pair") || !strings.Contains(err.Error(), "terminal.toml") {
		t.Errorf("not paired: %d, %v", code, err)
	}
	if err := (pairing.Pairing{Address: "https://hub.example.com", Pin: "aa", Device: "counter-3", Key: "k"}).Save(data); err != nil {
		t.Fatal(err)
	}
	o := options{config: "../../examples/shop/terminal.toml", data: data}
	if c, err := o.load(); err != nil || c.Device != "counter-1" || c.Key != "terminal-secret-1" || c.paired.Pin != "" {
		t.Errorf("the file: %+v, %v", c, err)
	}
	o.config = defaultConfig
	if c, err := o.load(); err != nil || c.Device != "counter-3" || c.Hub != "https://hub.example.com" || c.paired.Pin != "aa" {
		t.Errorf("paired: %+v, %v", c, err)
	}
	o.hub = "https://other.example.com"
	if c, err := o.load(); err != nil || c.Hub != o.hub {
		t.Errorf("--hub: %+v, %v", c, err)
	}
	if err := pairing.AskAgain(data, true, "fr"); err != nil {
		t.Fatal(err)
	}
	if c, err := o.load(); err != nil || c.Device != "counter-3" || c.Key != "k" || !c.paired.Again || c.paired.Language != "fr" {
		t.Errorf("to be paired again: %+v, %v", c, err)
	}
	if err := os.WriteFile(filepath.Join(data, "pairing.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := o.load(); err == nil || !strings.Contains(err.Error(), "pair this terminal again") {
		t.Errorf("a damaged file: %v", err)
	}
}
