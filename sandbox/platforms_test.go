package sandbox_test

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/menu"
	"comptoir/sandbox"
)

// memory is the way to a hub in memory.
type memory struct{ handler http.Handler }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	m.handler.ServeHTTP(recorder, r)
	return recorder.Result(), r.Context().Err()
}

// counter is a hub that takes everything, and counts.
type counter struct {
	mu    sync.Mutex
	paths map[string]int
	kinds map[string]int
	sizes []time.Time
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch text := string(body); {
	case strings.Contains(text, `"status":100,`):
		c.kinds["cancel"]++
	default:
		c.kinds["order"]++
		c.paths[r.URL.Path]++
		c.sizes = append(c.sizes, time.Now())
	}
	w.WriteHeader(http.StatusOK)
}

func (c *counter) orders() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kinds["order"]
}

func plan(t testing.TB, m menu.Menu, rate float64) sandbox.PlatformsConfig {
	t.Helper()
	return sandbox.PlatformsConfig{
		Options: sandbox.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, Rate: rate, Seed: 5,
		Connections: []sandbox.Connection{
			{
				ID: "dlv", Location: "plateau", Menu: m, Channels: []int64{7, 10_000}, Zone: time.UTC,
				Deliverect: &sandbox.DeliverectConfig{Secret: "deliverect-secret"},
			},
			{
				ID: "dd", Location: "plateau", Menu: m, Zone: time.UTC, DoorDash: &sandbox.DoorDashConfig{
					Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key", SigningSecret: signingSecret,
				},
			},
		},
	}
}

func newPlatforms(t testing.TB, config sandbox.PlatformsConfig) *sandbox.Platforms {
	t.Helper()
	p, err := sandbox.NewPlatforms(config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRate: orders come at the rate, with random gaps, from all connections, and some are
// cancelled; at 0 none come; a new rate counts at once.
func TestRate(t *testing.T) {
	m := demoMenu(t)
	synctest.Test(t, func(t *testing.T) {
		hub := &counter{paths: map[string]int{}, kinds: map[string]int{}}
		config := plan(t, m, 4)
		config.Client = &http.Client{Transport: memory{hub}}
		config.Log = slog.New(slog.DiscardHandler)
		p := newPlatforms(t, config)
		p.Aim("http://hub")
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() {
			defer close(ran)
			p.Run(ctx)
		}()
		const hours = 10
		pass(hours * time.Hour)
		if got, want := hub.orders(), hours*60*4; math.Abs(float64(got-want)) > 150 { // 3 deviations
			t.Errorf("%d orders in %d hours, want about %d", got, hours, want)
		}
		if hub.paths["/partners/deliverect/dlv/orders"] < 1000 || hub.paths["/partners/doordash/dd/orders"] < 1000 {
			t.Errorf("from %v", hub.paths)
		}
		// DoorDash cancels nothing here, since this hub confirms nothing
		if n := hub.kinds["cancel"]; n < 30 || n > 95 {
			t.Errorf("%d cancelled, want about 60", n)
		}
		short, long := 0, 0
		for i := 1; i < len(hub.sizes); i++ {
			switch gap := hub.sizes[i].Sub(hub.sizes[i-1]); {
			case gap < 5*time.Second:
				short++
			case gap > 30*time.Second:
				long++
			}
		}
		if short < 300 || long < 150 {
			t.Errorf("%d gaps are short and %d long: not at random", short, long)
		}
		if sent := p.Sent(); len(sent) != 300 || sent[0].Order.Placed.Before(sent[1].Order.Placed) {
			t.Errorf("%d orders are remembered", len(sent))
		}

		if err := p.SetRate(0); err != nil {
			t.Fatal(err)
		}
		before := hub.orders()
		pass(hours * time.Hour)
		if got := hub.orders(); got != before {
			t.Errorf("%d orders at a rate of 0", got-before)
		}
		if err := p.SetRate(60); err != nil || p.Rate() != 60 {
			t.Fatal(err, p.Rate())
		}
		pass(10 * time.Minute)
		if got := hub.orders() - before; got < 525 || got > 675 {
			t.Errorf("%d orders in 10 minutes at 60 a minute", got)
		}
		cancel()
		<-ran
		for _, bad := range []float64{-1, 601, math.NaN(), math.Inf(1)} {
			if err := p.SetRate(bad); err == nil {
				t.Errorf("the rate %g is taken", bad)
			}
		}
	})
}

func pass(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

func TestPlatformsRefuses(t *testing.T) {
	m := demoMenu(t)
	for name, spoil := range map[string]func(*sandbox.PlatformsConfig){
		"no connection":   func(c *sandbox.PlatformsConfig) { c.Connections = nil },
		"neither":         func(c *sandbox.PlatformsConfig) { c.Connections[0].Deliverect = nil },
		"nothing to sell": func(c *sandbox.PlatformsConfig) { c.Connections[1].Menu = menu.Menu{} },
		"rate":            func(c *sandbox.PlatformsConfig) { c.Rate = -1 },
	} {
		config := plan(t, m, 0)
		spoil(&config)
		if _, err := sandbox.NewPlatforms(config); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	for name, spoil := range map[string]func(*sandbox.PlatformsConfig){
		"page for everybody":     func(c *sandbox.PlatformsConfig) { c.Listen = "0.0.0.0:0" },
		"page without a host":    func(c *sandbox.PlatformsConfig) { c.Listen = ":0" },
		"page by name":           func(c *sandbox.PlatformsConfig) { c.Listen = "example.com:80" },
		"no address":             func(c *sandbox.PlatformsConfig) { c.Listen = "9300" },
		"platform for everybody": func(c *sandbox.PlatformsConfig) { c.Connections[1].Address = "[::]:0" },
	} {
		config := plan(t, m, 0)
		spoil(&config)
		p := newPlatforms(t, config)
		if err := p.Start(); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	p := newPlatforms(t, plan(t, m, 0))
	if _, err := p.Send(t.Context(), "dlv", sandbox.Wish{}); err != sandbox.ErrNotReady {
		t.Errorf("before the hub is up: %v", err)
	}
	for _, err := range []error{
		second(p.Send(t.Context(), "nobody", sandbox.Wish{})), second(p.Cancel(t.Context(), "nobody")), second(p.Change(t.Context(), "nobody")),
		second(p.Send(t.Context(), "dlv", sandbox.Wish{Kind: sandbox.StoreDelivery})), second(p.Send(t.Context(), "dlv", sandbox.Wish{Timing: "never"})),
		p.Fail("nobody", 1, sandbox.Fault{}), p.Heal("nobody"),
	} {
		if err != sandbox.ErrUnknown {
			t.Errorf("got %v, want ErrUnknown", err)
		}
	}
	if p.Calls("nobody") != nil {
		t.Error("calls of nobody")
	}
}

func second[T any](_ T, err error) error { return err }
