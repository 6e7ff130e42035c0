package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/partner"
	"comptoir/sandbox"
)

const examples = "../examples/orders/"

var now = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func options() sandbox.Options {
	return sandbox.Options{Log: slog.New(slog.DiscardHandler), Now: clock}
}

// based is an adapter that knows where its calls go.
type based interface {
	partner.Adapter
	Base() string
}

// hub does with webhooks and calls what the real one does, and nothing else.
type hub struct {
	*httptest.Server
	adapter based
	// got is the last webhook's event.
	got partner.Event
}

func startHub(t *testing.T, a based) *hub {
	t.Helper()
	h := &hub{adapter: a}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		event, err := a.Read(partner.Webhook{Header: r.Header, URL: r.URL.String(), Body: body, Now: now})
		switch {
		case errors.Is(err, partner.ErrSignature):
			w.WriteHeader(http.StatusUnauthorized)
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		default:
			h.got = event
			w.WriteHeader(event.Reply)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

// place makes an order of the last webhook and applies the commands, one a minute.
func (h *hub) place(t *testing.T, commands ...order.Command) (order.Order, order.Entry) {
	t.Helper()
	if h.got.Order == nil {
		t.Fatal("the hub got no order")
	}
	draft := *h.got.Order
	draft.ID, draft.Location, draft.Connection, draft.PreparationMinutes = "OUR-1", "plateau", "demo", 20
	commands = append([]order.Command{{Type: order.Place, Order: &draft}}, commands...)
	var o order.Order
	for i, c := range commands {
		c.ID = string(c.Type)
		var err error
		if o, err = order.Apply(o, c, h.adapter.Policy(), now.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(c.Type, err)
		}
	}
	return o, o.History[len(o.History)-1]
}

// call makes a call; 0 is no answer at all.
func (h *hub) call(t *testing.T, ctx context.Context, c partner.Call, change ...func(*http.Request)) (int, partner.Verdict, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, c.Method, h.adapter.Base()+c.Path, bytes.NewReader(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.adapter.Authorize(ctx, request); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, partner.Again, nil
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, h.adapter.Judge(c, response.StatusCode, body), response.Header
}

// calls makes what one entry of the history asks for.
func (h *hub) calls(t *testing.T, o order.Order, entry order.Entry) []partner.Call {
	t.Helper()
	return h.adapter.Calls(o, entry, time.Hour)
}

func last(t *testing.T, calls []sandbox.Call) sandbox.Call {
	t.Helper()
	if len(calls) == 0 {
		t.Fatal("the stand-in got no call")
	}
	return calls[len(calls)-1]
}
