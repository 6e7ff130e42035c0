package hub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/order"
	"comptoir/sync/wire"
)

func TestGatewayAuthorization(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for _, tt := range []struct{ device, key string }{
			{"counter-1", "terminal-secret-2"},
			{"counter-1", ""},
			{"counter-3", "terminal-secret-1"},
			{"", ""},
		} {
			conn, status, err := w.dial(tt.device, tt.key)
			if err == nil {
				_ = conn.Close()
			}
			if status != http.StatusUnauthorized {
				t.Errorf("%q with %q: HTTP %d, want 401", tt.device, tt.key, status)
			}
		}
		// a browser, or a mistaken address
		r := httptest.NewRequest(http.MethodGet, wire.Path, nil)
		r.SetBasicAuth("counter-1", "terminal-secret-1")
		w.serve(r).want(t, http.StatusBadRequest)
		if n := w.metric(`comptoir_terminals_connected{location="plateau"}`); n != 0 {
			t.Errorf("%d terminals are connected", n)
		}
	})
}

func TestHello(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.connect("counter-1")
		if silence := x.gone(); silence > time.Minute {
			t.Errorf("a terminal that says nothing was kept for %v", silence)
		}
		x = w.connect("counter-1")
		x.send(wire.FromTerminal{Command: &order.Command{ID: "1", Type: order.Accept, OrderID: "x"}})
		x.gone()
		for _, raw := range []string{"", "{", "{}", `{"hello":{"version":1},"stored":{}}`} {
			x = w.connect("counter-1")
			if err := x.conn.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
				t.Fatal(err)
			}
			x.gone()
		}
		x = w.connect("counter-1")
		x.send(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version + 1}})
		if frame := x.next(); frame.Bye == nil || !strings.Contains(frame.Bye.Reason, "version") {
			t.Errorf("to another version the hub said %s", show(frame))
		}
		x.gone()

		x = w.connect("counter-1")
		x.hello(nil)
		frame := x.next()
		if frame.Welcome == nil || frame.Welcome.Device != "counter-1" || !frame.Welcome.Time.Equal(time.Now()) || len(frame.Welcome.Locations) != 1 {
			t.Fatalf("the first frame is %s", show(frame))
		}
		l := frame.Welcome.Locations[0]
		if l.ID != "plateau" || l.TimeZone != "America/Toronto" || len(l.Stations) != 2 || len(l.Connections) != 2 || len(l.Menu.Items) < 40 {
			t.Errorf("got location %q, %d stations, %d connections, %d items", l.ID, len(l.Stations), len(l.Connections), len(l.Menu.Items))
		}
		if told := show(frame); strings.Contains(told, "secret") {
			t.Errorf("a secret is told: %s", told)
		}
	})
}

// of lists the references of the orders in a frame.
func of(t *testing.T, c wire.Changes) []string {
	t.Helper()
	var references []string
	for _, raw := range c.Orders {
		var o order.Order
		if err := json.Unmarshal(raw, &o); err != nil {
			t.Fatal(err)
		}
		references = append(references, o.Reference)
	}
	return references
}

func TestResume(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const n = 150
		for i := range n {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		// from nothing: everything, in pages
		x := w.terminal("counter-1")
		seen := map[string]int{}
		var last wire.Changes
		for !last.Last {
			last = x.changes()
			if last.More == last.Last {
				t.Errorf("a page with more %t and last %t", last.More, last.Last)
			}
			if !last.Full {
				t.Fatalf("a page is not of a full resync: %+v", last.Cursor)
			}
			for _, reference := range of(t, last) {
				seen[reference]++
			}
		}
		if len(seen) != n {
			t.Errorf("%d orders, want %d", len(seen), n)
		}
		for reference, times := range seen {
			if times != 1 {
				t.Errorf("%s came %d times", reference, times)
			}
		}
		// live
		w.fromDeliverect(example(t, "deliverect-pickup", "live")).want(t, http.StatusOK)
		c := x.changes()
		if got := of(t, c); c.Full || len(got) != 1 || got[0] != "live" || c.Cursor.Sequence <= last.Cursor.Sequence {
			t.Errorf("got %v, full %v, %+v", got, c.Full, c.Cursor)
		}
		x.leave()
		x.gone()

		// from where it was
		w.fromDeliverect(example(t, "deliverect-pickup", "missed")).want(t, http.StatusOK)
		w.restart()
		x = w.connect("counter-1")
		x.hello(&c.Cursor)
		missed := x.changes()
		if got := of(t, missed); missed.Full || len(got) != 1 || got[0] != "missed" {
			t.Errorf("got %v, full %v", got, missed.Full)
		}
		x.leave()
		x.gone()
		x = w.connect("counter-1")
		x.hello(&missed.Cursor)
		synctest.Wait()
		for _, frame := range x.told() {
			if frame.Changes != nil && len(frame.Changes.Orders) > 0 {
				t.Errorf("nothing had changed, and the hub said %s", show(frame))
			}
		}
		x.leave()

		// from places that the log does not have
		for _, cursor := range []wire.Cursor{
			{Shard: c.Cursor.Shard, Epoch: "other", Sequence: 1},
			{Shard: c.Cursor.Shard + 1, Epoch: c.Cursor.Epoch, Sequence: 1},
			{Shard: c.Cursor.Shard, Epoch: c.Cursor.Epoch, Sequence: 1 << 60},
		} {
			x = w.connect("counter-1")
			x.hello(&cursor)
			if page := x.changes(); !page.Full || len(page.Orders) == 0 {
				t.Errorf("from %+v: full %v, %d orders", cursor, page.Full, len(page.Orders))
			}
			x.leave()
		}
	})
}

// Pages of large orders stay within what a terminal takes.
func TestLargeOrders(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const n = 6
		lines := strings.Repeat(`{"name":"`+strings.Repeat("é", 1900)+`","quantity":1},`, 240)
		for i := range n {
			body := fmt.Sprintf(`{"reference":"%d","fulfillment":{"type":"pickup"},"lines":[%s]}`, i, strings.TrimSuffix(lines, ","))
			w.shop(http.MethodPost, orders, []byte(body)).want(t, http.StatusCreated)
		}
		x := w.terminal("counter-1")
		got := 0
		for last := false; !last; {
			c := x.changes()
			got += len(c.Orders)
			last = c.Last
		}
		if got != n {
			t.Errorf("%d orders came, want %d", got, n)
		}
	})
}

func TestTerminalCommands(t *testing.T) {
	elsewhere := func(w *world) {
		other := w.config.Locations[0]
		other.ID, other.Devices, other.Connections = "elsewhere", nil, nil
		w.config.Locations = append(w.config.Locations, other)
		w.config.Connections[1].Location = "elsewhere"
	}
	inBubble(t, elsewhere, func(t *testing.T, w *world) {
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		here, there := order.Identity(viaDeliverect, "d1"), order.Identity(viaDoorDash, "x1")
		x := w.terminal("counter-1")
		refused := func(c order.Command, kind order.Kind, cause order.Cause) {
			t.Helper()
			if r := x.ask(c).Refused; r == nil || r.Kind != kind || r.Cause != cause {
				t.Errorf("%s: got %+v, want %s, %s", c.Type, r, kind, cause)
			}
		}
		refused(order.Command{Type: order.MarkReady, OrderID: there}, order.NotFound, order.UnknownOrder)
		refused(order.Command{Type: order.MarkReady, OrderID: "nothing"}, order.NotFound, order.UnknownOrder)
		for _, kind := range []order.CommandType{order.PartnerCancel, order.PartnerChange, order.Expire, order.AssignCourier, order.CourierMoved, "Other", ""} {
			refused(order.Command{Type: kind, OrderID: here}, order.Invalid, order.UnknownCommand)
		}
		refused(order.Command{Type: order.HandOver, OrderID: here}, order.NotPossible, order.NotYetReady)
		refused(order.Command{Type: order.CancelItems, OrderID: here}, order.NotAllowed, order.OnPartnerOnly)

		// a refused command does not stop the next; By is the device, whatever it says
		again := order.Command{ID: newID(), Type: order.Start, OrderID: here, By: "somebody"}
		x.do(again)
		x.do(again)
		history := w.order(viaDeliverect, "d1").History
		if last := history[len(history)-1]; len(history) != 3 || last.What != order.WasStarted || last.By != "counter-1" {
			t.Errorf("the history is %+v", history)
		}

		pass(time.Second)
		counter := order.Order{
			ID: newID(), Location: "plateau", Channel: "Comptoir", Currency: "CAD", PlacedAt: time.Now(),
			Fulfillment: order.Fulfillment{Type: order.Counter},
			Lines:       []order.Line{{Name: "Thé", Station: "bar", Quantity: 1, UnitPrice: 300}},
		}
		place := order.Command{Type: order.Place, OrderID: counter.ID, Order: &counter}
		x.do(place)
		x.do(place) // by another id: it stands already, which is what the terminal wanted
		if list := w.listed(); len(list) != 2 || list[0].ID != counter.ID || list[0].Revision != 1 {
			t.Errorf("got %d orders", len(list))
		}
		for name, change := range map[string]func(*order.Order){
			"elsewhere":  func(o *order.Order) { o.Location = "elsewhere" },
			"a platform": func(o *order.Order) { o.Connection = viaDeliverect },
			"another id": func(o *order.Order) { o.ID = newID() },
			"too large":  func(o *order.Order) { o.Note, o.Lines = "", manyLines() },
		} {
			o := counter.Clone()
			o.ID = newID()
			c := order.Command{Type: order.Place, OrderID: o.ID, Order: &o}
			change(&o)
			if r := x.ask(c).Refused; r == nil || r.Kind != order.Invalid {
				t.Errorf("placed for %s: got %+v", name, r)
			}
		}
		refused(order.Command{Type: order.Place, OrderID: newID()}, order.Invalid, order.BadField)
	})
}

func manyLines() []order.Line {
	lines := make([]order.Line, 400)
	for i := range lines {
		lines[i] = order.Line{Name: strings.Repeat("é", 1500), Quantity: 1}
	}
	return lines
}

func TestConnected(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		connected := func(want int) {
			t.Helper()
			synctest.Wait()
			if n := w.metric(`comptoir_terminals_connected{location="plateau"}`); n != want {
				t.Errorf("%d terminals are connected, want %d", n, want)
			}
		}
		connected(0)
		w.connect("counter-1")
		connected(0) // until it has said hello
		first := w.terminal("counter-1")
		connected(1)
		second := w.terminal("counter-2")
		connected(2)

		// the same device again: the newer wins
		newer := w.terminal("counter-1")
		first.gone()
		connected(2)
		pass(time.Minute)
		connected(2)
		newer.leave()
		connected(1)
		// a link that dies unnoticed
		second.mute.Store(true)
		if silence := second.gone(); silence < 15*time.Second || silence > 30*time.Second {
			t.Errorf("a silent terminal was cut off after %v", silence)
		}
		connected(0)
	})
}

// A terminal that reads nothing is cut off, and meanwhile holds up nobody.
func TestSlowReader(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		conn, _, err := w.dial("counter-2", keys["counter-2"])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		slow := &terminal{t: t, conn: conn}
		slow.hello(nil)
		x := w.terminal("counter-1")
		began := time.Now()
		for i := range 5 {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		for got := 0; got < 5; {
			got += len(x.changes().Orders)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the other terminal waited for %v", took)
		}
		pass(30 * time.Second)
		if n := w.metric(`comptoir_terminals_connected{location="plateau"}`); n != 1 {
			t.Errorf("%d terminals are connected, want 1: the slow one is cut off", n)
		}
	})
}

func TestShutdown(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		conn, _, err := w.dial("counter-2", keys["counter-2"])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		stuck := &terminal{t: t, conn: conn} // it reads nothing, so the hub is about to write
		stuck.hello(nil)
		x := w.terminal("counter-1")
		silent := w.connect("counter-1")
		began := time.Now()
		w.stop()
		if took := time.Since(began); took > time.Second {
			t.Errorf("stopping took %v", took)
		}
		if took := x.gone() + silent.gone(); took > 0 {
			t.Errorf("terminals noticed %v later", took)
		}
	})
}
