package hub_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"comptoir/hub"
	"comptoir/internal/pipes"
	"comptoir/order"
	"comptoir/sandbox"
	"comptoir/sync/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// a server lets the client of a closed connection read for half a second, by itself
		goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

const (
	viaDeliverect = "demo-deliverect"
	viaDoorDash   = "demo-doordash"

	orders            = "/api/v1/locations/plateau/orders"
	calls             = "/api/v1/locations/plateau/calls"
	deliverectWebhook = "/partners/deliverect/demo-deliverect/orders"
	doordashWebhook   = "/partners/doordash/demo-doordash/orders"
)

// world is the hub of the examples between stand-ins of the platforms, all in memory.
type world struct {
	t          *testing.T
	config     hub.Config
	retry      hub.Retry
	data       string
	now        func() time.Time // the hub's clock; nil is time.Now
	collect    func(int) int
	hold       chan struct{} // the hub begins to run when it is closed; nil: at once
	platforms  *platforms
	deliverect *sandbox.Deliverect
	doordash   *sandbox.DoorDash
	log        *journal

	hub  *hub.Hub
	line *pipes.Listener // the current one; lines guards it for those who dial on their own
	stop func()

	lines sync.Mutex
}

// inBubble runs a test with a hub in synthetic time. change may be nil.
func inBubble(t *testing.T, change func(*world), test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pass(time.Until(sandbox.Epoch)) // bubbles begin in 2000
		w := newWorld(t, change)
		w.start()
		test(t, w)
	})
}

// pass lets synthetic time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func newWorld(t *testing.T, change func(*world)) *world {
	t.Helper()
	config, err := hub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	options := sandbox.Options{Log: testLog(t)}
	w := &world{
		t: t, log: &journal{t: t}, config: config, data: t.TempDir(), stop: func() {},
		deliverect: sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options, Secret: "deliverect-secret", AccountID: "demo-account", LocationID: "demo-location"}),
		doordash: sandbox.NewDoorDash(sandbox.DoorDashConfig{
			Options: options, Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
			SigningSecret: []byte("doordash-signing-secret"), StoreID: "plateau",
		}),
	}
	w.platforms = &platforms{hosts: map[string]http.Handler{
		"127.0.0.1:9201": w.deliverect.Handler(), "127.0.0.1:9202": w.doordash.Handler(),
	}}
	if change != nil {
		change(w)
	}
	t.Cleanup(func() { w.stop() })
	return w
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// journal keeps what the hub logs.
type journal struct {
	t    *testing.T
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = j.t.Output().Write(p) // for people
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// start opens the hub, runs it, and serves it on pipes.
func (w *world) start() {
	w.t.Helper()
	h, err := hub.Open(w.config, hub.Options{
		Data: w.data, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Retry: w.retry, Now: w.now,
		Client: &http.Client{Transport: w.platforms, Timeout: 15 * time.Second}, Collect: w.collect,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() {
		if w.hold != nil {
			<-w.hold
		}
		ran <- h.Run(ctx)
	}()
	server := &http.Server{Handler: h.Handler(), ReadTimeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(testLog(w.t).Handler(), slog.LevelDebug)}
	line := pipes.Listen()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(line) // ends by Close
	}()
	w.lines.Lock()
	w.hub, w.line = h, line
	w.lines.Unlock()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			w.t.Errorf("Run: %v", err)
		}
		_ = server.Close()
		<-served
		if err := h.Close(); err != nil {
			w.t.Errorf("Close: %v", err)
		}
	})
}

func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// answer is what the hub said.
type answer struct {
	status int
	body   []byte
}

func (w *world) serve(r *http.Request) answer {
	recorder := httptest.NewRecorder()
	w.hub.Handler().ServeHTTP(recorder, r)
	return answer{recorder.Code, recorder.Body.Bytes()}
}

func (w *world) post(path string, body []byte, header ...string) answer {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return w.serve(r)
}

// shop asks the own-shop API; a body that is no []byte is sent as JSON.
func (w *world) shop(method, path string, body any) answer {
	w.t.Helper()
	raw, is := body.([]byte)
	if !is && body != nil {
		raw = encode(w.t, body)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bearer shop-secret")
	return w.serve(r)
}

// into decodes the answer, which must have this status.
func (a answer) into(t *testing.T, status int, v any) {
	t.Helper()
	a.want(t, status)
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

func (a answer) want(t *testing.T, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("HTTP %d, want %d: %s", a.status, status, a.body)
	}
}

// refused is the error of an answer that must have this status.
func (a answer) refused(t *testing.T, status int) (kind, message string) {
	t.Helper()
	var said struct {
		Error struct{ Kind, Message string }
	}
	a.into(t, status, &said)
	if said.Error.Kind == "" || said.Error.Message == "" {
		t.Errorf("%s: no kind or no message", a.body)
	}
	return said.Error.Kind, said.Error.Message
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// example is a platform's webhook, sent now, under this identity.
func example(t *testing.T, file, id string, changes ...func(map[string]any)) []byte {
	t.Helper()
	body, err := sandbox.Load("../examples/orders/"+file+".json", sandbox.Values{ID: id, Number: id, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(body, &whole); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(whole)
	}
	return encode(t, whole)
}

// set changes one value, by its keys.
func set(value any, keys ...string) func(map[string]any) {
	return func(m map[string]any) {
		for _, key := range keys[:len(keys)-1] {
			m = m[key].(map[string]any)
		}
		m[keys[len(keys)-1]] = value
	}
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte("deliverect-secret"))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// fromDeliverect sends a signed webhook.
func (w *world) fromDeliverect(body []byte) answer {
	w.deliverect.Remember(body)
	return w.post(deliverectWebhook, body, "X-Server-Authorization-HMAC-SHA256", sign(body))
}

func (w *world) fromDoorDash(body []byte) answer {
	w.doordash.Remember(body)
	return w.post(doordashWebhook, body, "Authorization", "Bearer doordash-secret")
}

// listed is every order of the location, newest first.
func (w *world) listed() []order.Order {
	w.t.Helper()
	var list struct{ Orders []order.Order }
	w.shop(http.MethodGet, orders+"?limit=500", nil).into(w.t, http.StatusOK, &list)
	return list.Orders
}

// order is one order as the API has it, by the names that make its identity.
func (w *world) order(names ...string) order.Order {
	w.t.Helper()
	var o order.Order
	w.shop(http.MethodGet, orders+"/"+order.Identity(names...), nil).into(w.t, http.StatusOK, &o)
	return o
}

// command sends a command of a screen; every call has another id.
func (w *world) command(id string, kind order.CommandType) answer {
	w.t.Helper()
	return w.shop(http.MethodPost, orders+"/"+id+"/commands", order.Command{ID: newID(), Type: kind})
}

var ids struct {
	sync.Mutex
	last int
}

func newID() string {
	ids.Lock()
	defer ids.Unlock()
	ids.last++
	return order.Identity("test", strconv.Itoa(ids.last))
}

// metric is a figure of /metrics; 0 where it is not there.
func (w *world) metric(name string) int {
	w.t.Helper()
	a := w.serve(httptest.NewRequest(http.MethodGet, "/metrics", nil))
	a.want(w.t, http.StatusOK)
	for line := range strings.Lines(string(a.body)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				w.t.Fatal(err)
			}
			return n
		}
	}
	return 0
}

func (w *world) webhooks(partner, result string) int {
	w.t.Helper()
	return w.metric(`comptoir_webhooks_total{partner="` + partner + `",result="` + result + `"}`)
}

// health is what /healthz says.
func (w *world) health() (status string, problems []string) {
	w.t.Helper()
	said := w.healthz()
	return said.Status, said.Problems
}

func (w *world) healthz() (said wire.Health) {
	w.t.Helper()
	w.serve(httptest.NewRequest(http.MethodGet, "/healthz", nil)).into(w.t, http.StatusOK, &said)
	return said
}

// platforms is the hub's way out: to handlers in memory, by host.
type platforms struct {
	hosts map[string]http.Handler
	// late lets an answer through that comes as the caller gives up.
	late bool

	mu   sync.Mutex
	down bool
}

// RoundTrip makes a request, or refuses the connection.
func (p *platforms) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	down := p.down
	p.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	recorder := httptest.NewRecorder()
	p.hosts[r.URL.Host].ServeHTTP(recorder, r.Clone(r.Context()))
	if err := r.Context().Err(); err != nil && !p.late {
		return nil, err // the stand-in left it hanging
	}
	return recorder.Result(), nil
}

func (p *platforms) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// broken is a body that stops.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
