package torture

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/sandbox"
)

const (
	examples = "../examples"
	location = "/api/v1/locations/plateau"
)

// stage is a shop with everything around it: platforms, hub, terminals, printers.
type stage struct {
	t          *testing.T
	url        string
	hub        *process
	terminals  []*process
	outlets    []*outlet
	paper      *paper
	deliverect *sandbox.Deliverect
	doordash   *sandbox.DoorDash
	client     *http.Client
	// acknowledged is what good answers have promised.
	mu           sync.Mutex
	acknowledged []promise
	// sending hands over, to whoever waits for it, the moment at which an order is sent.
	sending chan struct{}
}

// newStage prepares a shop with counter-1, and counter-2 if there are to be two, each with
// printers of its own. Printers take about slow for a ticket, and so do platforms for an answer:
// only they run yet.
func newStage(t *testing.T, terminals int, slow time.Duration) *stage {
	t.Helper()
	options := sandbox.Options{Log: slog.New(slog.DiscardHandler)}
	s := &stage{
		t: t, paper: &paper{}, sending: make(chan struct{}), client: &http.Client{Timeout: 10 * time.Second},
		deliverect: sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options, Secret: "deliverect-secret"}),
		doordash: sandbox.NewDoorDash(sandbox.DoorDashConfig{
			Options: options, Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
			SigningSecret: []byte("doordash-signing-secret"),
		}),
	}
	t.Cleanup(s.client.CloseIdleConnections)
	platforms := []string{"http://127.0.0.1:9201", serve(t, s.deliverect.Handler(), slow), "http://127.0.0.1:9202", serve(t, s.doordash.Handler(), slow)}
	dir := t.TempDir()
	shop := filepath.Join(dir, "shop")
	if err := os.CopyFS(shop, os.DirFS(filepath.Join(examples, "shop"))); err != nil {
		t.Fatal(err)
	}
	listen := freeAddress(t, canListen)
	s.url = "http://" + listen
	rewrite(t, filepath.Join(shop, "hub.toml"), platforms...)
	s.hub = newProcess(t, "hub", "hub", filepath.Join(shop, "hub.toml"), "--data", filepath.Join(dir, "hub"), "--listen", listen)
	for i, file := range []string{"terminal.toml", "terminal-2.toml"}[:terminals] {
		name := "counter-" + strconv.Itoa(i+1)
		grill, bar := plug(t, s.paper, name, "grill", slow), plug(t, s.paper, name, "bar", slow)
		s.outlets = append(s.outlets, grill, bar)
		rewrite(t, filepath.Join(shop, file), "127.0.0.1:9101", grill.address, "127.0.0.1:9102", bar.address)
		s.terminals = append(s.terminals, newProcess(t, name, "terminal", filepath.Join(shop, file),
			"--headless", "--data", filepath.Join(dir, name), "--hub", s.url))
	}
	t.Cleanup(func() { // before the processes are ended
		if t.Failed() {
			s.showLogs()
		}
	})
	return s
}

// serve runs a platform and gives its address. What a call does is done before it is answered.
func serve(t *testing.T, platform http.Handler, slow time.Duration) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		platform.ServeHTTP(w, r) // so short an answer leaves only when this returns
		<-time.After(about(slow))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// rewrite replaces texts in a file; each must be there.
func rewrite(t *testing.T, file string, pairs ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("%s does not hold %q any more", file, pairs[i])
		}
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(pairs...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// handedOut holds the ports that freeAddress has given.
var handedOut sync.Map

// freeAddress finds an address where open succeeds. It lies below the ports that systems give
// to outgoing connections: nobody may take it while its owner is down.
func freeAddress(t *testing.T, open func(address string) error) string {
	t.Helper()
	var err error
	for range 100 {
		port := 15_000 + rand.N(15_000)
		if _, taken := handedOut.LoadOrStore(port, true); taken {
			continue
		}
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if err = open(address); err == nil {
			return address
		}
	}
	t.Fatal("no free port: ", err)
	return ""
}

func canListen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}

// open starts the hub and the terminals, and waits until they work together.
func (s *stage) open() {
	s.t.Helper()
	s.start(s.hub)
	for _, terminal := range s.terminals {
		s.startOnline(terminal)
	}
}

// startOnline starts a terminal and waits until it has reached the hub.
func (s *stage) startOnline(terminal *process) {
	s.t.Helper()
	before := terminal.told.times("online")
	s.start(terminal)
	s.until(10*time.Second, terminal.name+" is online", func() bool { return terminal.told.times("online") > before })
}

// start starts a process and waits for its line "ready".
func (s *stage) start(p *process) {
	s.t.Helper()
	if err := p.start(); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-p.ready:
	case <-p.exited:
		s.t.Fatalf("%s ended before it was ready", p.name)
	case <-time.After(20 * time.Second):
		s.t.Fatalf("%s is not ready after 20 s", p.name)
	}
}

// until waits for a condition.
func (s *stage) until(limit time.Duration, what string, done func() bool) {
	s.t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// insist sends a request until the hub answers anything but a failure of its own, with the same
// body each time, as platforms do. It gives up with ctx.
func (s *stage) insist(ctx context.Context, method, path string, body []byte, header http.Header) (answer []byte, status, tries int, err error) {
	for tries = 1; ; tries++ {
		answer, status, err = s.ask(ctx, method, path, body, header)
		if err == nil && status < http.StatusInternalServerError {
			s.note(header, status)
			return answer, status, tries, nil
		}
		select {
		case <-ctx.Done():
			return nil, 0, tries, fmt.Errorf("%s %s: no acknowledgement: %w (last: %v, %d)", method, path, context.Cause(ctx), err, status)
		case <-time.After(20*time.Millisecond + rand.N(100*time.Millisecond)):
		}
	}
}

// note keeps what an answer promises.
func (s *stage) note(header http.Header, status int) {
	text := header.Get(promiseHeader)
	if text == "" || status >= http.StatusMultipleChoices {
		return
	}
	var p promise
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err) // asking made it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acknowledged = append(s.acknowledged, p)
}

// promised is what has been promised until now.
func (s *stage) promised() []promise {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acknowledged)
}

func (s *stage) ask(ctx context.Context, method, path string, body []byte, header http.Header) ([]byte, int, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header = header.Clone()
	response, err := s.client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return answer, response.StatusCode, err
}

func shopHeader() http.Header {
	return http.Header{"Authorization": {"Bearer shop-secret"}, "Content-Type": {"application/json"}}
}

func deliverectHeader(body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte("deliverect-secret"))
	mac.Write(body)
	return http.Header{
		"X-Server-Authorization-Hmac-Sha256": {hex.EncodeToString(mac.Sum(nil))}, "Content-Type": {"application/json"},
	}
}

func doordashHeader() http.Header {
	return http.Header{"Authorization": {"Bearer doordash-secret"}, "Content-Type": {"application/json"}}
}

// get reads a JSON answer of the hub's API.
func (s *stage) get(ctx context.Context, path string, into any) error {
	answer, status, _, err := s.insist(ctx, http.MethodGet, location+path, nil, shopHeader())
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("GET %s: %d %s", path, status, answer)
	}
	return json.Unmarshal(answer, into)
}

// stored lists all orders of the hub, page by page.
func (s *stage) stored(ctx context.Context) ([]order.Order, error) {
	var all []order.Order
	for after := ""; ; {
		var page struct {
			Orders []order.Order `json:"orders"`
			Next   string        `json:"next"`
		}
		if err := s.get(ctx, "/orders?limit=100&after="+after, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Orders...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// callsWaiting counts the calls that the hub has still to make.
func (s *stage) callsWaiting(ctx context.Context) (int, error) {
	var list struct {
		Calls []json.RawMessage `json:"calls"`
	}
	err := s.get(ctx, "/calls", &list)
	return len(list.Calls), err
}

func (s *stage) showLogs() {
	for _, p := range append([]*process{s.hub}, s.terminals...) {
		s.t.Logf("last lines of %s:\n  %s", p.name, strings.Join(p.log.last(40, ""), "\n  "))
	}
}
