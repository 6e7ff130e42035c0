package sandbox_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	realhub "comptoir/hub"
	"comptoir/order"
	"comptoir/sandbox"
)

// whole is the real hub between the stand-ins.
type whole struct {
	t         *testing.T
	platforms *sandbox.Platforms
	hub       *httptest.Server
}

const (
	viaDeliverect = "demo-deliverect"
	viaDoorDash   = "demo-doordash"
)

func startWhole(t *testing.T, rate float64) *whole {
	t.Helper()
	config, err := realhub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	given := plan(t, config.Locations[0].Menu, rate)
	given.Connections[0].ID, given.Connections[1].ID = viaDeliverect, viaDoorDash
	p := newPlatforms(t, given)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range p.Endpoints()[1:] {
		if err := config.Point(endpoint.Connection, endpoint.URL); err != nil {
			t.Fatal(err)
		}
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: 15 * time.Second}
	h, err := realhub.Open(config, realhub.Options{Data: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	w := &whole{t: t, platforms: p, hub: httptest.NewServer(h.Handler())}
	p.Aim(w.hub.URL)
	ctx, cancel := context.WithCancel(context.Background())
	sending, working := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(sending)
		p.Run(ctx)
	}()
	go func() { working <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-sending
		if err := <-working; err != nil {
			t.Error(err)
		}
		w.hub.Close()
		client.CloseIdleConnections()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// orders is what the hub has, by the platforms' identities.
func (w *whole) orders() map[string]order.Order {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.hub.URL+"/api/v1/locations/plateau/orders?limit=500", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer shop-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var list struct{ Orders []order.Order }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		w.t.Fatal(err)
	}
	found := map[string]order.Order{}
	for _, o := range list.Orders {
		found[o.Reference] = o
	}
	return found
}

// hear waits until a platform got so many calls about an order.
func (w *whole) hear(connection, id string, n int) []sandbox.Call {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := w.platforms.Wait(ctx, connection, func(calls []sandbox.Call) bool { return len(about(calls, id)) >= n }); err != nil {
		w.t.Fatal(err)
	}
	return about(w.platforms.Calls(connection), id)
}

func about(calls []sandbox.Call, id string) []sandbox.Call {
	var found []sandbox.Call
	for _, c := range calls {
		if c.Order == id {
			found = append(found, c)
		}
	}
	return found
}

func (w *whole) send(connection string, wish sandbox.Wish) sandbox.Order {
	w.t.Helper()
	m, err := w.platforms.Send(w.t.Context(), connection, wish)
	if err != nil || !m.Accepted() {
		w.t.Fatalf("%s %s: %v, %+v", connection, wish.Kind, err, m)
	}
	return w.platforms.Sent()[0].Order
}

// TestWhole: orders of every kind come in by the real hub, are answered as the contracts say,
// cancelled and changed.
func TestWhole(t *testing.T) {
	w := startWhole(t, 0)
	for connection, kinds := range map[string][]sandbox.Kind{
		viaDeliverect: sandbox.NewDeliverect(sandbox.DeliverectConfig{}).Kinds(),
		viaDoorDash:   sandbox.NewDoorDash(sandbox.DoorDashConfig{}).Kinds(),
	} {
		for _, kind := range kinds {
			for _, timing := range []sandbox.Timing{sandbox.Soon, sandbox.Scheduled, sandbox.Tight} {
				o := w.send(connection, sandbox.Wish{Kind: kind, Timing: timing})
				w.hear(connection, o.ID, 1)
				at := w.orders()[o.ID]
				if at.Status != order.Accepted || at.Number != o.Number || len(at.Lines) != len(o.Items) {
					t.Errorf("%s %s: %+v", kind, timing, at)
				}
				if late := at.Lateness(time.Now()).Late; late != (timing == sandbox.Tight) && timing != sandbox.Soon {
					t.Errorf("%s: late is %t", timing, late)
				}
			}
		}
	}
	// the last of each is cancelled; Deliverect wants an answer
	for connection, calls := range map[string]int{viaDeliverect: 2, viaDoorDash: 1} {
		o := w.send(connection, sandbox.Wish{Timing: sandbox.Soon})
		w.hear(connection, o.ID, 1)
		if connection == viaDoorDash { // and changed first
			if m, err := w.platforms.Change(t.Context(), connection); err != nil || !m.Accepted() {
				t.Fatal(err, m)
			}
			at := w.orders()[o.ID]
			if at.KitchenVersion != 2 || quantity(at) != wanted(w.platforms.Sent()[0].Order) || quantity(at) == wanted(o) {
				t.Errorf("changed: version %d, %d items, %d wanted, before %d", at.KitchenVersion, quantity(at), wanted(w.platforms.Sent()[0].Order), wanted(o))
			}
		}
		if m, err := w.platforms.Cancel(t.Context(), connection); err != nil || !m.Accepted() {
			t.Fatal(err, m)
		}
		heard := w.hear(connection, o.ID, calls)
		if connection == viaDeliverect && heard[1].Body["status"] != 110.0 {
			t.Errorf("to the cancellation: %+v", heard[1])
		}
		if at := w.orders()[o.ID]; at.Status != order.Completed || at.Reason != order.CancelledByPartner {
			t.Errorf("cancelled: %s, %s", at.Status, at.Reason)
		}
	}
	if _, err := w.platforms.Change(t.Context(), viaDeliverect); err != sandbox.ErrNoOrder {
		t.Errorf("Deliverect changes orders: %v", err)
	}
	w.noneRefused()
}

// TestWholeRate: orders that come by themselves are all taken and answered, through a fault of
// the platform too.
func TestWholeRate(t *testing.T) {
	w := startWhole(t, sandbox.MaxRate)
	if err := w.platforms.Fail(viaDeliverect, 1, sandbox.Fault{Status: http.StatusTooManyRequests, RetryAfter: 1}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, connection := range []string{viaDeliverect, viaDoorDash} {
		good := func(calls []sandbox.Call) bool {
			n := 0
			for _, c := range calls {
				if c.Problem == "" && !c.Faulted {
					n++
				}
			}
			return n >= 5
		}
		if err := w.platforms.Wait(ctx, connection, good); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.platforms.SetRate(0); err != nil {
		t.Fatal(err)
	}
	w.noneRefused()
	sent := w.platforms.Sent() // before the hub is asked, since one may be on its way
	found := w.orders()
	for _, s := range sent {
		for _, m := range s.Messages {
			if !m.Accepted() || found[s.Order.ID].ID == "" {
				t.Errorf("%s: %+v", s.Order.ID, m)
			}
		}
	}
}

func (w *whole) noneRefused() {
	w.t.Helper()
	for _, connection := range []string{viaDeliverect, viaDoorDash} {
		for _, c := range w.platforms.Calls(connection) {
			if c.Problem != "" {
				w.t.Errorf("%s %s: %s", c.Method, c.Path, c.Problem)
			}
		}
	}
}

func wanted(o sandbox.Order) int {
	sum := 0
	for _, item := range o.Items {
		sum += item.Quantity
	}
	return sum
}

func quantity(o order.Order) int {
	sum := 0
	for _, l := range o.Lines {
		sum += l.Quantity
	}
	return sum
}
