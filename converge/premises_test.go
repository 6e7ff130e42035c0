// Package converge proves that the terminals of a location and their hub come to the same, whatever
// commands meet whichever breaks: the real hub and the real terminals, on their real files, against
// a model that says in its own words what an order is.
package converge

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/internal/pipes"
	"comptoir/order"
	"comptoir/sandbox"
	"comptoir/terminal"
)

const (
	viaDeliverect = "demo-deliverect"
	viaDoorDash   = "demo-doordash"
	ordersPath    = "/api/v1/locations/plateau/orders"
)

var channels = map[string]channel{"": own, viaDeliverect: deliverect, viaDoorDash: doordash}

// premises are a shop with its hub, three terminals and stand-ins of the platforms.
type premises struct {
	t      testing.TB
	random *rand.Rand
	dir    string
	config hub.Config
	tills  []*till

	deliverect *sandbox.Deliverect
	doordash   *sandbox.DoorDash

	hub     *hub.Hub // nil while it is down
	hubLine atomic.Value
	stop    func()

	mu sync.Mutex
	// ahead is how far all clocks have been put forward: a step of days is cheap so.
	ahead time.Duration
	// hubAhead is the hub's own error.
	hubAhead time.Duration
	start    time.Time
	events   []string
	faults   []string

	last   int // of the ids
	issued map[string]*issued
	// sequence holds, by order, its commands' ids as they were issued.
	sequence []string
	// begun are the orders as they were first placed.
	begun map[string]order.Order
	tally tally
	// shown and refusals are what each terminal has at the end.
	shown    map[string]map[string]order.Order
	refusals map[string][]terminal.Refusal
	// bodies are the webhooks that came, to come again.
	bodies []delivered
}

type delivered struct {
	path string
	body []byte
}

// issued is a command that somebody gave.
type issued struct {
	order.Command
	by string
	// sure: whoever gave it knows that it was taken up. never: they know that it was not.
	sure, never bool
	// early: the hub did not know the order yet.
	early bool
	// told are the refusals that came, by way of events.
	told int
}

func open(t testing.TB, dir string, random *rand.Rand, accepts func() bool) *premises {
	t.Helper()
	config, err := hub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	l := &config.Locations[0]
	l.Devices = append(l.Devices, hub.DeviceConfig{ID: "counter-3", Key: "terminal-secret-3"})
	for i := range config.Connections {
		config.Connections[i].AutoAccept = accepts()
	}
	options := sandbox.Options{Log: slog.New(slog.DiscardHandler)}
	s := &premises{
		t: t, random: random, dir: dir, config: config, start: time.Now(), stop: func() {},
		issued: map[string]*issued{}, begun: map[string]order.Order{},
		shown: map[string]map[string]order.Order{}, refusals: map[string][]terminal.Refusal{},
		deliverect: sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options, Secret: "deliverect-secret", AccountID: "demo-account", LocationID: "demo-location"}),
		doordash: sandbox.NewDoorDash(sandbox.DoorDashConfig{
			Options: options, Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
			SigningSecret: []byte("doordash-signing-secret"), StoreID: "plateau",
		}),
	}
	s.startHub()
	for i, d := range l.Devices {
		x := &till{shop: s, device: d.ID, key: d.Key, number: i, path: filepath.Join(dir, d.ID+".db"), line: &pipes.Line{Latency: 3 * time.Millisecond}}
		x.line.To(s.listener())
		s.tills = append(s.tills, x)
		x.open()
	}
	return s
}

// listener is the hub's; the lines lead to it.
func (s *premises) listener() *pipes.Listener {
	l, _ := s.hubLine.Load().(*pipes.Listener)
	return l
}

// RoundTrip is the hub's way to the platforms.
func (s *premises) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := s.deliverect.Handler()
	if r.URL.Host == "127.0.0.1:9202" {
		handler = s.doordash.Handler()
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r.Clone(r.Context()))
	return recorder.Result(), r.Context().Err()
}

func (s *premises) startHub() {
	s.t.Helper()
	h, err := hub.Open(s.config, hub.Options{
		Data: s.dir, Log: slog.New(slog.DiscardHandler), Now: s.hubNow,
		Client: &http.Client{Transport: s, Timeout: 15 * time.Second},
		Retry:  hub.Retry{First: time.Second, Most: 10 * time.Second, For: time.Minute},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	line := pipes.Listen()
	server := &http.Server{Handler: h.Handler(), ReadTimeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(line) // ends by Close
	}()
	s.hub = h
	s.hubLine.Store(line)
	for _, x := range s.tills {
		x.line.To(line)
	}
	s.stop = func() {
		cancel()
		if err := <-ran; err != nil {
			s.fault("the hub: %v", err)
		}
		_ = server.Close()
		<-served
		if err := h.Close(); err != nil {
			s.fault("the hub closes: %v", err)
		}
		s.hub, s.stop = nil, func() {}
	}
}

// close ends everything; what is on the disks stays to be looked at.
func (s *premises) close() {
	for _, x := range s.tills {
		x.close()
	}
	s.stop()
}

func (s *premises) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

func (s *premises) hubNow() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead + s.hubAhead)
}

func (s *premises) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, fmt.Sprintf("%9.3f ", time.Since(s.start).Seconds())+fmt.Sprintf(format, args...))
}

func (s *premises) fault(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// nextID never comes twice.
func (s *premises) nextID() string {
	s.last++
	return order.Identity("converge", fmt.Sprint(s.last))
}

// give notes a command before it is given.
func (s *premises) give(by string, c order.Command) *issued {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.issued[c.ID]; known != nil {
		return known
	}
	given := &issued{Command: c, by: by}
	s.issued[c.ID] = given
	s.sequence = append(s.sequence, c.ID)
	s.tally.commands++
	return given
}

// ask makes a request of the hub, which must be there; status 0 where it is not.
func (s *premises) ask(method, path string, body []byte, header ...string) (status int, answer []byte) {
	if s.hub == nil {
		return 0, nil
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer shop-secret")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	s.hub.Handler().ServeHTTP(recorder, r)
	return recorder.Code, recorder.Body.Bytes()
}
