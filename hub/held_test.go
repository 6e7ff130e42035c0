package hub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/order"
	"comptoir/sync/wire"
)

// hears is a terminal that takes what the hub sends only when it is asked to.
type hears struct {
	t    *testing.T
	conn *websocket.Conn
}

func (w *world) hears(device string) hears {
	w.t.Helper()
	conn, _, err := w.dial(device, keys[device])
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	return hears{w.t, conn}
}

func (x hears) next() wire.FromHub {
	x.t.Helper()
	_, data, err := x.conn.ReadMessage()
	if err != nil {
		x.t.Fatalf("the hub has ended the connection: %v", err)
	}
	frame, err := wire.DecodeFromHub(data)
	if err != nil {
		x.t.Fatal(err)
	}
	return frame
}

func (x hears) say(frame wire.FromTerminal) {
	x.t.Helper()
	data, err := wire.Encode(frame)
	if err != nil {
		x.t.Fatal(err)
	}
	if err := x.conn.WriteMessage(websocket.TextMessage, data); err != nil {
		x.t.Fatal(err)
	}
}

// A terminal asks for as many orders as it may, all large, and takes the answers slowly. It gets
// them all, whatever else waits for it meanwhile; one that no frame can hold is left out.
func TestHeldOfLargeOrders(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		big := func(n, bytes int) string {
			o := order.Order{
				ID: fmt.Sprint("big", n), Location: "plateau", Revision: 1, Status: order.Accepted, Currency: "CAD", PlacedAt: time.Now(),
				Note: strings.Repeat("x", bytes),
			}
			if _, err := w.hub.Orders().Append(t.Context(), o, 0); err != nil {
				t.Fatal(err)
			}
			return o.ID
		}
		x := w.hears("counter-1")
		held := wire.Held{Location: "plateau", Orders: []wire.HeldOrder{{ID: "missing"}}}
		for n := range wire.MaxHeld - 1 {
			bytes := 60 << 10
			if n == 100 {
				bytes = wire.MaxFrame
			}
			held.Orders = append(held.Orders, wire.HeldOrder{ID: big(n, bytes)})
		}
		last, err := w.hub.Orders().Head("plateau")
		if err != nil {
			t.Fatal(err)
		}
		x.say(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Asks: true, Cursors: map[string]wire.Cursor{"plateau": last}}})
		x.say(wire.FromTerminal{Held: &held})
		pass(10 * time.Second) // it is busy
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		answers, orders, missing, changes := 0, 0, 0, 0
		for done := false; !done; {
			frame := x.next()
			if frame.Changes != nil {
				changes += len(frame.Changes.Orders)
			}
			if a := frame.Answer; a != nil {
				answers, orders, missing, done = answers+1, orders+len(a.Orders), missing+len(a.Missing), a.Done
				time.Sleep(20 * time.Millisecond)
			}
		}
		t.Logf("%d orders of 60 KiB in %d answers", orders, answers)
		if orders != wire.MaxHeld-2 || missing != 1 || answers < 10 || changes != 1 {
			t.Errorf("%d orders, %d missing, %d answers, and %d orders that changed", orders, missing, answers, changes)
		}
	})
}

// A terminal asks again before it has been answered, which none does: it is cut off, not left without
// an answer.
func TestHeldTwice(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.terminal("counter-1")
		held := wire.Held{Location: "plateau"}
		for n := range wire.MaxHeld {
			o := order.Order{ID: fmt.Sprint("o", n), Location: "plateau", Revision: 1, Status: order.Accepted, Currency: "CAD", PlacedAt: time.Now(), Note: strings.Repeat("x", 60<<10)}
			if _, err := w.hub.Orders().Append(t.Context(), o, 0); err != nil {
				t.Fatal(err)
			}
			held.Orders = append(held.Orders, wire.HeldOrder{ID: o.ID})
		}
		y := w.hears("counter-2")
		y.say(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Asks: true}})
		for range 2 {
			y.say(wire.FromTerminal{Held: &held})
		}
		pass(time.Second)
		for err := error(nil); err == nil; {
			_, _, err = y.conn.ReadMessage()
		}
		if !strings.Contains(w.log.String(), "before it has been answered") {
			t.Error("it was not cut off for that")
		}
		x.send(wire.FromTerminal{Held: &held}) // others are not disturbed
		answered := 0
		for done := false; !done; {
			a := until(x, func(f wire.FromHub) *wire.Answer { return f.Answer })
			answered, done = answered+len(a.Orders), a.Done
		}
		x.send(wire.FromTerminal{Held: &wire.Held{Location: "plateau", Orders: held.Orders[:1]}})
		if a := until(x, func(f wire.FromHub) *wire.Answer { return f.Answer }); !a.Done || len(a.Orders) != 1 || answered != wire.MaxHeld {
			t.Errorf("%d orders answered, then %d", answered, len(a.Orders))
		}
	})
}
