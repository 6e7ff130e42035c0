package hub_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/hub"
	"comptoir/order"
)

// No text makes LoadConfig panic, and an error always names the file.
func FuzzConfig(f *testing.F) {
	f.Add(small)
	f.Add(strings.ReplaceAll(small, `"`, `'`))
	f.Add("")
	f.Add("locations = 5")
	f.Add("[[connections]]\nid = 1979-05-27")
	if example, err := os.ReadFile("../examples/shop/hub.toml"); err == nil {
		f.Add(string(example))
	}
	f.Fuzz(func(t *testing.T, text string) {
		config, path, err := load(t, menuDir(t), text)
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not name the file", err)
			}
			return
		}
		if len(config.Locations) == 0 {
			t.Error("a configuration without a location was taken")
		}
	})
}

// openExample opens the hub of the example shop, which does nothing by itself.
func openExample(f *testing.F) *hub.Hub {
	f.Helper()
	config, err := hub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		f.Fatal(err)
	}
	h, err := hub.Open(config, hub.Options{Data: f.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := h.Close(); err != nil {
			f.Errorf("Close: %v", err)
		}
	})
	return h
}

// Whatever a shop posts is a valid order or is refused in words; nothing is our fault.
func FuzzPostOrder(f *testing.F) {
	f.Add(sale)
	f.Add(`{"reference":"r","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`)
	f.Add(`{"reference":"r","placedAt":"2199-12-31T23:59:59-12:00","courier":{"at":"9999-12-31T23:59:59Z"},"fulfillment":{"type":"counter","promisedAt":"0001-01-01T00:00:00Z"},"lines":[{"id":"1","name":"\u0000","quantity":9999,"unitPrice":10000000000},{"id":"1","name":"x","quantity":1}]}`)
	f.Add(`{"reference":"\ud800","fulfillment":{"type":"pickup"},"lines":[{"name":"\uffff","quantity":1,"modifiers":[{"name":"m","quantity":1,"modifiers":[{"name":"m","quantity":1}]}]}]}`)
	f.Add(`{"REFERENCE":"r","lines":null,"payments":[null]}`)
	f.Add(`[]`)
	h := openExample(f)
	handler := h.Handler()
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, orders, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer shop-secret")
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		a := answer{recorder.Code, recorder.Body.Bytes()}
		switch a.status {
		case http.StatusCreated, http.StatusOK:
		case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge:
			a.refused(t, a.status)
			return
		default:
			t.Fatalf("HTTP %d: %s", a.status, a.body)
		}
		var o order.Order
		if err := json.Unmarshal(a.body, &o); err != nil {
			t.Fatal(err)
		}
		// what was taken could be placed again as it stands
		again := order.Command{ID: "again", Type: order.Place, Order: &o}
		if _, err := order.Apply(order.Order{}, again, order.OwnPolicy(), time.Now()); err != nil {
			t.Errorf("an order that is not valid was taken: %v", err)
		}
		if o.Reference == "" || o.Location != "plateau" || o.Connection != "" || o.Status != order.Accepted && o.Status != order.New {
			t.Errorf("taken as %s", a.body)
		}
	})
}

// Whatever a terminal says instead of, or after, its hello, the hub answers or ends the session,
// and serves the next one.
func FuzzGateway(f *testing.F) {
	f.Add([]byte(`{"hello":{"version":1}}`), []byte(`{"command":{"id":"1","type":"Accept","orderId":"x"}}`), true)
	f.Add([]byte(`{"hello":{"version":1,"cursors":{"plateau":{"shard":1,"epoch":"e","sequence":1}}}}`), []byte(`{"stored":{"location":"plateau"}}`), true)
	f.Add([]byte(`{"hello":{"version":9}}`), []byte("\xff"), false)
	f.Add([]byte(`{"hello":{"version":1}}`), []byte(`{"change":{"location":"plateau","change":{"id":"c","maximum":-1}}}`), true)
	f.Add([]byte(`{"hello":{"version":1}}`), []byte(`{"command":{"id":"2","type":"Place","orderId":"y","order":{"id":"y","location":"plateau"}}}`), true)
	f.Add([]byte(``), []byte(`{"hello":{}}`), true)
	f.Fuzz(func(t *testing.T, first, second []byte, text bool) {
		inBubble(t, nil, func(t *testing.T, w *world) {
			x := w.connect("counter-1")
			kind := websocket.TextMessage
			if !text {
				kind = websocket.BinaryMessage
			}
			for _, data := range [][]byte{first, second} {
				if x.conn.WriteMessage(kind, data) != nil {
					break // it is over already
				}
			}
			pass(time.Second)
			x.leave()
			next := w.terminal("counter-1")
			next.changes()
		})
	})
}

// Whatever is sent as a command is carried out or refused in words; nothing is our fault, and the
// order stays one that can be read.
func FuzzPostCommand(f *testing.F) {
	f.Add(`{"id":"1","type":"Ready"}`)
	f.Add(`{"id":"2","type":"CancelItems","items":[{"line":"1","quantity":-9223372036854775808}],"amount":-1}`)
	f.Add(`{"id":"3","type":"Place","order":{}}`)
	f.Add(`{"id":"","type":"Acknowledge","alarm":"?"}`)
	f.Add(`{"id":"4","type":"Delay","minutes":9223372036854775807,"at":"9999-12-31T23:59:59Z"}`)
	f.Add(`{"id":"\ud800","type":"CustomerArrived","spot":"\u0000"}`)
	f.Add(`[null]`)
	h := openExample(f)
	ask := func(method, path, body string) answer {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer shop-secret")
		recorder := httptest.NewRecorder()
		h.Handler().ServeHTTP(recorder, r)
		return answer{recorder.Code, recorder.Body.Bytes()}
	}
	if a := ask(http.MethodPost, orders, sale); a.status != http.StatusCreated {
		f.Fatalf("HTTP %d: %s", a.status, a.body)
	}
	var list struct{ Orders []order.Order }
	if err := json.Unmarshal(ask(http.MethodGet, orders, "").body, &list); err != nil || len(list.Orders) != 1 {
		f.Fatalf("%d orders, %v", len(list.Orders), err)
	}
	path := orders + "/" + list.Orders[0].ID
	f.Fuzz(func(t *testing.T, body string) {
		switch a := ask(http.MethodPost, path+"/commands", body); a.status {
		case http.StatusOK:
		case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge:
			a.refused(t, a.status)
		default:
			t.Fatalf("HTTP %d: %s", a.status, a.body)
		}
		var o order.Order
		ask(http.MethodGet, path, "").into(t, http.StatusOK, &o)
		for _, l := range o.Lines {
			if l.Remaining() < 0 || l.Fulfilled < 0 || l.Cancelled < 0 {
				t.Errorf("line %+v", l)
			}
		}
	})
}
