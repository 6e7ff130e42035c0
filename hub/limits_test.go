package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// What a terminal must not send ends its session, is counted, and harms nobody else.
func TestFramesRefused(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		other := w.terminal("counter-2")
		other.changes() // of which there are none yet
		text := func(raw string) func(*terminal) {
			return func(x *terminal) { _ = x.conn.WriteMessage(websocket.TextMessage, []byte(raw)) }
		}
		welcomed := func(then func(*terminal)) func(*terminal) {
			return func(x *terminal) {
				x.hello(nil)
				x.next()
				then(x)
			}
		}
		hello := `{"hello":{"version":1}}`
		total := 0
		for _, test := range []struct {
			reason string
			times  int
			do     func(*terminal)
		}{
			{"before_hello", 1, text(`{"command":{"id":"1","type":"Accept","orderId":"x"}}`)},
			{"before_hello", 2, text(`{"stored":{"location":"plateau"}}`)},
			{"second_hello", 1, welcomed(text(hello))},
			{"binary", 1, func(x *terminal) { _ = x.conn.WriteMessage(websocket.BinaryMessage, []byte(hello)) }},
			{"binary", 2, welcomed(func(x *terminal) { _ = x.conn.WriteMessage(websocket.BinaryMessage, []byte(hello)) })},
			{"bad_frame", 1, text("garbage")},
			{"bad_frame", 2, text("")},
			{"bad_frame", 3, welcomed(text("{}"))},
			{"bad_frame", 4, welcomed(text(`{"later":{"than":"us"}}`))},
			{"bad_frame", 5, welcomed(text(`{"command":{"id":7}}`))},
			{"oversized", 1, welcomed(text(`{"command":{"id":"` + strings.Repeat("x", wire.MaxFrame) + `"}}`))},
			{"oversized", 2, text(strings.Repeat(" ", wire.MaxFrame+1))},
			{"version", 1, text(`{"hello":{"version":2,"newest":3}}`)},
			{"version", 2, text(`{"hello":{"version":0}}`)},
		} {
			x := w.connect("counter-1")
			test.do(x)
			x.gone()
			synctest.Wait()
			if n := w.refusedFrames(test.reason); n != test.times {
				t.Errorf("%s: counted %d times, want %d", test.reason, n, test.times)
			}
			total++
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "unharmed")).want(t, http.StatusOK)
		if got := of(t, other.changes()); len(got) != 1 || got[0] != "unharmed" {
			t.Errorf("the other terminal got %v", got)
		}
		w.dial("counter-1", "wrong")
		if n := w.refusedFrames("wrong_key"); n != 1 {
			t.Errorf("wrong key: counted %d times", n)
		}
		t.Logf("%d sessions refused and counted, the other terminal unharmed", total)
	})
}

// The version is the newest that both speak; without one the terminal hears both sides' versions
// and which is to be updated.
func TestProtocolVersion(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for _, test := range []struct {
			hello  wire.Hello
			update string // "" is a welcome
		}{
			{wire.Hello{Version: 1}, ""}, // from before there was a range
			{wire.Hello{Version: 1, Newest: 9}, ""},
			{wire.Hello{Version: -3, Newest: 1}, ""},
			{wire.Hello{Version: 2, Newest: 9}, "hub speaks versions 1 to 1 of the protocol, and the terminal 2 to 9: update the hub"},
			{wire.Hello{Version: 0}, "hub speaks versions 1 to 1 of the protocol, and the terminal 0 to 0: update the terminal"},
		} {
			x := w.connect("counter-1")
			x.send(wire.FromTerminal{Hello: &test.hello})
			frame := x.next()
			if test.update == "" {
				if frame.Welcome == nil || frame.Welcome.Version != 1 {
					t.Errorf("%+v: got %s", test.hello, show(frame))
				}
				x.leave()
				continue
			}
			bye := frame.Bye
			if bye == nil || bye.Kind != wire.ByeVersion || bye.Versions == nil || *bye.Versions != wire.Spoken() || !strings.Contains(bye.Reason, test.update) {
				t.Errorf("%+v: got %s", test.hello, show(frame))
			}
			x.gone()
		}
	})
}

// The same frame again: one effect and the same answer. Fields of the future are passed over, and
// an order of another location does not exist.
func TestReplay(t *testing.T) {
	elsewhere := func(w *world) {
		other := w.config.Locations[0]
		other.ID, other.Devices, other.Connections = "elsewhere", nil, nil
		w.config.Locations = append(w.config.Locations, other)
		w.config.Connections[1].Location = "elsewhere"
	}
	inBubble(t, elsewhere, func(t *testing.T, w *world) {
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		x := w.terminal("counter-1")
		here, there := order.Identity(viaDeliverect, "d1"), order.Identity(viaDoorDash, "x1")
		replays := 0
		for _, c := range []order.Command{
			{ID: newID(), Type: order.Start, OrderID: here},
			{ID: newID(), Type: order.HandOver, OrderID: here}, // not yet: refused
			{ID: newID(), Type: order.MarkReady, OrderID: here},
			{ID: newID(), Type: order.MarkReady, OrderID: there},
		} {
			first := x.ask(c)
			before := len(w.order(viaDeliverect, "d1").History)
			raw, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				again := fmt.Sprintf(`{"command":%s,"later":{"than":"us"}}`, raw)
				if err := x.conn.WriteMessage(websocket.TextMessage, []byte(again)); err != nil {
					t.Fatal(err)
				}
				got := until(x, func(f wire.FromHub) *wire.Result { return f.Result })
				if fmt.Sprint(got.Command, got.OrderID, show(wire.FromHub{Result: &got})) != fmt.Sprint(first.Command, first.OrderID, show(wire.FromHub{Result: &first})) {
					t.Errorf("%s: first %s, then %s", c.Type, show(wire.FromHub{Result: &first}), show(wire.FromHub{Result: &got}))
				}
				replays++
			}
			if after := len(w.order(viaDeliverect, "d1").History); after != before {
				t.Errorf("%s: %d entries after the replays, %d before", c.Type, after, before)
			}
		}
		if n := w.refusedFrames("other_location"); n != 4 {
			t.Errorf("another location's order: counted %d times, want 4", n)
		}
		t.Logf("%d replays: no effect, the same answers", replays)
	})
}

// reader reads at most so many bytes each second of synthetic time; none at all where 0.
type reader struct {
	net.Conn
	rate int
	stop <-chan struct{}
}

func (r *reader) Read(b []byte) (int, error) {
	if r.rate == 0 {
		<-r.stop
		return 0, net.ErrClosed
	}
	time.Sleep(time.Second)
	return r.Conn.Read(b[:min(len(b), r.rate)])
}

// slow is a terminal on a line of so many bytes a second, once it is welcomed; it pings as any.
func (w *world) slow(device string, rate int, stop <-chan struct{}) *terminal {
	w.t.Helper()
	dialer := websocket.Dialer{ReadBufferSize: 1024, NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := w.line.Dial(ctx, network, address)
		return &reader{conn, rate, stop}, err
	}}
	var conn *websocket.Conn
	var err error
	if rate > 0 {
		conn, _, err = dialer.Dial("ws://hub"+wire.Path, credentials(device, keys[device]))
	} else {
		conn, _, err = w.dial(device, keys[device])
	}
	if err != nil {
		w.t.Fatal(err)
	}
	x := &terminal{t: w.t, conn: conn, frames: make(chan wire.FromHub, 10_000)}
	done := make(chan struct{})
	w.t.Cleanup(x.leave)
	if rate > 0 {
		go x.read(done)
		go x.ping(done)
		return x
	}
	go func() {
		<-stop
		close(done)
	}()
	go x.ping(done)
	return x
}

// Terminals that do not read, or read slowly, hold up nobody. One that reads slowly gets
// everything; one that does not is cut off, counted, and gets everything when it comes back.
func TestSlowReaders(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		stop := make(chan struct{})
		defer close(stop)
		const n = 100
		stuck := w.slow("counter-2", 0, stop)
		stuck.hello(nil)
		x := w.terminal("counter-1")
		began := time.Now()
		for i := range n {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		for got := 0; got < n; {
			got += len(x.changes().Orders)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the other terminal waited for %v", took)
		}
		pass(21 * time.Second)
		if slow, connected := w.shed("slow"), w.metric(`comptoir_terminals_connected{location="plateau"}`); slow != 1 || connected != 1 {
			t.Errorf("%d cut off as slow, %d connected; want 1 and 1", slow, connected)
		}
		// the same terminal, over a line of 1 kB/s
		late := w.slow("counter-2", 1024, stop)
		late.hello(nil)
		began = time.Now()
		seen := 0
		timeout := time.After(time.Hour)
		for seen < n {
			select {
			case frame, open := <-late.frames:
				if !open {
					t.Fatalf("cut off after %v with %d orders", time.Since(began), seen)
				}
				if frame.Changes != nil {
					seen += len(frame.Changes.Orders)
				}
			case <-timeout:
				t.Fatalf("%d orders after an hour", seen)
			}
		}
		t.Logf("%d orders to a reader at full speed at once; at 1 kB/s in %v; 1 that reads nothing cut off", n, time.Since(began))
		x.leave()
		late.leave()
		late.gone()
	})
}

// Answers wait for a terminal that does not read them up to a bound, and no further.
func TestQueueIsBounded(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		stop := make(chan struct{})
		defer close(stop)
		x := w.slow("counter-1", 0, stop)
		x.hello(nil)
		sent := 0
		for ; sent < 2000; sent++ {
			data, err := wire.Encode(wire.FromTerminal{Command: &order.Command{ID: newID(), Type: order.Start, OrderID: "none"}})
			if err != nil {
				t.Fatal(err)
			}
			if x.conn.WriteMessage(websocket.TextMessage, data) != nil {
				break
			}
		}
		synctest.Wait()
		if n := w.shed("queue_full"); n != 1 || sent < 200 || sent > 300 {
			t.Errorf("%d cut off, after %d commands without reading an answer", n, sent)
		}
		t.Logf("cut off after %d unread answers", sent)
	})
}

func TestShed(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		// a hello that does not come, byte by byte
		x := w.connect("counter-1")
		if took := x.gone(); took != 10*time.Second {
			t.Errorf("no hello: closed after %v", took)
		}
		// a device that connects again and again
		var many []*terminal
		for range 6 {
			many = append(many, w.connect("counter-1"))
			synctest.Wait() // in this order
		}
		if took := many[0].gone() + many[1].gone(); took != 0 {
			t.Errorf("the oldest were closed after %v", took)
		}
		many[5].hello(nil)
		many[5].next()
		pass(11 * time.Second) // those in between say nothing either
		// half-open: presence and lease are free after the stated times
		holder := w.terminal("counter-2", "grill")
		if lease := holder.lease(); lease.Device != "counter-2" {
			t.Fatalf("the lease is %+v", lease)
		}
		heir := w.terminal("counter-1", "grill")
		holder.mute.Store(true)
		dead := time.Now()
		for heir.lease().Device != "counter-1" {
		}
		if took := time.Since(dead); took > 17*time.Second {
			t.Errorf("the lease was free after %v", took)
		}
		holder.gone()
		if took := time.Since(dead); took != 20*time.Second {
			t.Errorf("a silent terminal was cut off after %v", took)
		}
		// too many come back
		free := w.hub.FillTurns()
		_, status, err := w.dial("counter-2", keys["counter-2"])
		if status != http.StatusServiceUnavailable || err == nil {
			t.Errorf("HTTP %d while too many come back", status)
		}
		free()
		w.terminal("counter-2")
		synctest.Wait()
		for reason, want := range map[string]int{"no_hello": 4, "crowd_origin": 2, "silent": 1, "replaced": 1, "resume_full": 1} {
			if n := w.shed(reason); n != want {
				t.Errorf("%s: counted %d times, want %d", reason, n, want)
			}
		}
		if n := w.metric(`comptoir_terminals_connected{location="plateau"}`); n != 2 {
			t.Errorf("%d terminals are connected, want 2", n)
		}
	})
}

// A record that is damaged, and an order that no frame can hold, are set aside and said, and hide
// no other.
func TestBadRecords(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const n = 5
		for i := range n {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		huge := w.order(viaDeliverect, "d1")
		w.stop()
		path := filepath.Join(w.data, "hub.db")
		log, err := orderlog.Open(path, orderlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		expected := huge.Revision
		huge.Revision, huge.Note = huge.Revision+1, strings.Repeat("x", wire.MaxFrame)
		_, err = log.Append(t.Context(), huge, expected)
		if err := errors.Join(err, log.Close()); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("log.orders")).Put([]byte(order.Identity(viaDeliverect, "d3")), []byte("x"))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		w.start()
		x := w.terminal("counter-1")
		seen := map[string]bool{}
		for last := false; !last; {
			page := x.changes()
			for _, reference := range of(t, page) {
				seen[reference] = true
			}
			last = page.Last
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "live")).want(t, http.StatusOK)
		if got := of(t, x.changes()); len(got) != 1 || got[0] != "live" {
			t.Errorf("then came %v", got)
		}
		if len(seen) != n-2 || seen["d1"] || seen["d3"] {
			t.Errorf("got %v", seen)
		}
		if w.refusedFrames("order_oversized") == 0 || !strings.Contains(w.log.String(), "too large for a terminal") {
			t.Error("the order that is too large is not counted or not said")
		}
		if status, problems := w.health(); status != wire.HealthDegraded || !strings.Contains(fmt.Sprint(problems), "1 records of the order log are damaged") {
			t.Errorf("health is %s: %v", status, problems)
		}
	})
}
