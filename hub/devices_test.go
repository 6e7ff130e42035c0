package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/sync/wire"
)

// local asks the hub as a sub-command does, over the local socket.
func (w *world) local(method, path string, body any) answer {
	w.t.Helper()
	var raw []byte
	if body != nil {
		raw = encode(w.t, body)
	}
	mux := http.NewServeMux()
	w.hub.RouteLocal(mux)
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, httptest.NewRequest(method, path, bytes.NewReader(raw)))
	return answer{recorder.Code, recorder.Body.Bytes()}
}

// code opens one for a terminal.
func (w *world) code(name string, locations ...string) string {
	w.t.Helper()
	var made hub.PairCode
	w.local(http.MethodPost, hub.LocalPair, hub.PairRequest{Name: name, Locations: locations}).into(w.t, http.StatusOK, &made)
	return made.Code
}

// pairFrom sends a terminal's request from an address.
func (w *world) pairFrom(address string, p wire.Pair) answer {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, wire.PairPath, bytes.NewReader(encode(w.t, p)))
	r.RemoteAddr = address + ":1234"
	return w.serve(r)
}

// paired pairs a terminal, which the tests can then connect as.
func (w *world) paired(name string, locations ...string) wire.Paired {
	w.t.Helper()
	var p wire.Paired
	w.pairFrom("192.0.2.1", wire.Pair{Code: w.code(name, locations...)}).into(w.t, http.StatusCreated, &p)
	return p
}

// enter connects with a key, and says hello.
func (w *world) enter(device, key string) *terminal {
	w.t.Helper()
	before, had := keys[device]
	keys[device] = key
	defer func() {
		if delete(keys, device); had {
			keys[device] = before
		}
	}()
	return w.terminal(device)
}

func (w *world) listDevices() map[string]hub.DeviceState {
	w.t.Helper()
	var list []hub.DeviceState
	w.local(http.MethodGet, hub.LocalDevices, nil).into(w.t, http.StatusOK, &list)
	byName := map[string]hub.DeviceState{}
	for _, d := range list {
		byName[d.Name] = d
	}
	return byName
}

func wrongCode(right string) string {
	first := byte('0')
	if right[0] == first {
		first = '1'
	}
	return string(first) + right[1:]
}

func TestPair(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		code := w.code("counter-3", "plateau")
		spaced := code[:4] + " " + code[4:]
		var p wire.Paired
		w.pairFrom("192.0.2.1", wire.Pair{Code: spaced}).into(t, http.StatusCreated, &p)
		if p.Device != "counter-3" || len(p.Key) < 43 || len(p.Locations) != 1 || p.Locations[0].ID != "plateau" || len(p.Hub) != 32 || p.Name == "" {
			t.Errorf("paired as %+v", p)
		}
		if kind, _ := w.pairFrom("192.0.2.1", wire.Pair{Code: code}).refused(t, http.StatusForbidden); kind != wire.KindCode {
			t.Errorf("a used code: %s", kind)
		}
		x := w.enter("counter-3", p.Key)
		if d := w.listDevices()["counter-3"]; !d.Connected || d.PairedAt.IsZero() || d.From != "192.0.2.1" {
			t.Errorf("listed as %+v", d)
		}
		w.restart()
		x.gone()
		if d := w.listDevices()["counter-3"]; d.Connected || d.SeenAt.IsZero() {
			t.Errorf("after a restart it is listed as %+v", d)
		}
		w.enter("counter-3", p.Key)
		w.enter("counter-1", "terminal-secret-1")
		if n := w.metric(`comptoir_pairings_total{result="paired"}`); n != 0 {
			t.Errorf("%d pairings since the restart", n)
		}
		if _, message := w.local(http.MethodPost, hub.LocalPair, hub.PairRequest{Name: "counter-3", Locations: []string{"plateau"}}).refused(t, http.StatusBadRequest); !strings.Contains(message, "revoke") {
			t.Errorf("a taken name: %s", message)
		}
	})
}

// A code ends by time, by use, by another for its name, by a restart, and by too many wrong ones.
func TestPairingCodesEnd(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		address := 0
		refused := func(what, code string) {
			t.Helper()
			address++
			kind, message := w.pairFrom(fmt.Sprintf("198.51.100.%d", address), wire.Pair{Code: code}).refused(t, http.StatusForbidden)
			if kind != wire.KindCode {
				t.Errorf("%s: %s, %s", what, kind, message)
			}
		}
		late := w.code("counter-3", "plateau")
		pass(10*time.Minute - time.Second)
		w.code("counter-4", "plateau")
		pass(time.Second)
		refused("a code of ten minutes ago", late)
		first := w.code("counter-3", "plateau")
		second := w.code("counter-3", "plateau")
		if first != second {
			refused("a code that another one replaced", first)
		}
		w.restart()
		refused("a code of before the restart", second)
		code := w.code("counter-3", "plateau")
		for range 20 {
			refused("a wrong code", wrongCode(code))
		}
		refused("the right code, after 20 wrong ones", code)
		w.pairFrom("203.0.113.9", wire.Pair{Code: w.code("counter-3", "plateau")}).want(t, http.StatusCreated)
	})
}

func TestPairingTriesOfAnAddress(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		code := w.code("counter-3", "plateau")
		tries, limited := 0, 0
		for range 100 {
			a := w.pairFrom("192.0.2.1", wire.Pair{Code: wrongCode(code)})
			tries++
			if a.status == http.StatusTooManyRequests {
				limited++
			}
		}
		if limited != tries-5 {
			t.Errorf("%d of %d tries were let through, want 5", tries-limited, tries)
		}
		kind, message := w.pairFrom("192.0.2.1", wire.Pair{Code: code}).refused(t, http.StatusTooManyRequests)
		if kind != wire.KindTries || !strings.Contains(message, "2 minutes") {
			t.Errorf("%s: %s", kind, message)
		}
		w.pairFrom("192.0.2.2", wire.Pair{Code: code}).want(t, http.StatusCreated) // others are unharmed
		pass(2 * time.Minute)
		w.pairFrom("192.0.2.1", wire.Pair{Code: code}).want(t, http.StatusForbidden)
		wrong, stopped := w.metric(`comptoir_pairings_total{result="wrong_code"}`), w.metric(`comptoir_pairings_total{result="too_many_tries"}`)
		if wrong != 6 || stopped != 96 {
			t.Errorf("counted %d wrong codes and %d too many, want 6 and 96", wrong, stopped)
		}
		t.Logf("tries from one address: %d, let through: %d, refused for their number: %d, paired from another address meanwhile: 1", tries, tries-limited, limited)
	})
}

// What a terminal holds for its former hub or another location keeps its code open.
func TestPairWaiting(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		code := w.code("counter-3", "plateau")
		for _, p := range []wire.Pair{
			{Code: code, Waiting: []string{"vieux-port"}},
			{Code: code, Waiting: []string{"plateau"}, Hub: "another"},
		} {
			if kind, _ := w.pairFrom("192.0.2.1", p).refused(t, http.StatusConflict); kind != wire.KindWaiting {
				t.Errorf("%+v: %s", p, kind)
			}
		}
		var first wire.Paired
		w.pairFrom("192.0.2.1", wire.Pair{Code: code, Waiting: []string{"plateau"}}).into(t, http.StatusCreated, &first)
		w.enter("counter-3", first.Key)
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-3"}).want(t, http.StatusOK)
		code = w.code("counter-3", "plateau")
		w.pairFrom("192.0.2.1", wire.Pair{Code: code, Waiting: []string{"plateau"}, Hub: first.Hub}).want(t, http.StatusCreated)
	})
}

// A terminal that was paired and never came may be paired again: its answer may have been lost.
func TestPairAgainUnseen(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		lost := w.paired("counter-3", "plateau")
		again := w.paired("counter-3", "plateau")
		if _, status, err := w.dial("counter-3", lost.Key); err == nil || status != http.StatusUnauthorized {
			t.Errorf("the key that was lost: HTTP %d", status)
		}
		w.enter("counter-3", again.Key)
	})
}

func TestPairRequests(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for body, status := range map[string]int{
			``:                      http.StatusBadRequest,
			`{"code":12345678}`:     http.StatusBadRequest,
			`{"code":"1234567"}`:    http.StatusBadRequest,
			`{"code":"1234567a"}`:   http.StatusBadRequest,
			`{"code":"1234567٨"}`:   http.StatusBadRequest,
			`{"code":"12345678"} x`: http.StatusBadRequest,
			`{"code":"12345678"}`:   http.StatusForbidden,
			`{"code":"` + strings.Repeat(" ", wire.MaxPair) + `"}`: http.StatusRequestEntityTooLarge,
		} {
			w.post(wire.PairPath, []byte(body)).refused(t, status)
		}
		for name, locations := range map[string][]string{
			"":                      {"plateau"},
			"comptoir é":            {"plateau"},
			"a:b":                   {"plateau"},
			strings.Repeat("a", 41): {"plateau"},
			"counter-1":             {"plateau"}, // it is configured
			"counter-3":             {},
			"counter-4":             {"nowhere"},
			"counter-5":             {"plateau", "plateau"},
		} {
			w.local(http.MethodPost, hub.LocalPair, hub.PairRequest{Name: name, Locations: locations}).refused(t, http.StatusBadRequest)
		}
	})
}

// A revoked device hears so and is gone within a second, on every connection and for good; the
// others notice nothing.
func TestRevoke(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p := w.paired("counter-3", "plateau")
		for _, device := range []struct {
			name, key  string
			configured bool
		}{{"counter-3", p.Key, false}, {"counter-2", "terminal-secret-2", true}} {
			other := w.enter("counter-1", "terminal-secret-1")
			x := w.enter(device.name, device.key)
			began := time.Now()
			var revoked hub.Revoked
			w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: device.name}).into(t, http.StatusOK, &revoked)
			if revoked.Configured != device.configured {
				t.Errorf("%s: configured is %t", device.name, revoked.Configured)
			}
			bye := until(x, func(f wire.FromHub) *wire.Bye { return f.Bye })
			if bye.Kind != wire.KindRevoked || !strings.Contains(bye.Reason, "revoked") {
				t.Errorf("%s hears %+v", device.name, bye)
			}
			w.fromDeliverect(example(t, "deliverect-pickup", "late-"+device.name)).want(t, http.StatusOK)
			synctest.Wait()
			for _, f := range x.told() {
				if f.Changes != nil && len(f.Changes.Orders) > 0 {
					t.Errorf("%s still hears of orders", device.name)
				}
			}
			x.gone()
			if took := time.Since(began); took > time.Second {
				t.Errorf("%s was connected for %v more", device.name, took)
			}
			synctest.Wait()
			for range 3 {
				if _, status, err := w.dial(device.name, device.key); err == nil || status != http.StatusUnauthorized {
					t.Errorf("%s: HTTP %d, want 401", device.name, status)
				}
				w.restart()
			}
			other.gone()
			if d := w.listDevices()[device.name]; d.RevokedAt.IsZero() {
				t.Errorf("%s is listed as %+v", device.name, d)
			}
			w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: device.name}).refused(t, http.StatusNotFound)
		}
		// another key under the name, in hub.toml or by a code, is another pairing
		again := w.paired("counter-2", "plateau")
		w.enter("counter-2", again.Key)
		if _, status, err := w.dial("counter-2", "terminal-secret-2"); err == nil || status != http.StatusUnauthorized {
			t.Errorf("the revoked key of hub.toml: HTTP %d", status)
		}
	})
}

// A terminal that reads nothing is cut off all the same, and nothing that it sends counts.
func TestRevokeSilent(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p := w.paired("counter-3", "plateau")
		conn, _, err := w.dial("counter-3", p.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if err := conn.WriteMessage(1, encode(t, wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version}})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-3"}).want(t, http.StatusOK)
		pass(time.Second)
		if n := w.metric(`comptoir_terminals_connected{location="plateau"}`); n != 0 {
			t.Errorf("%d terminals are connected a second later", n)
		}
	})
}

// TestRefused counts what is refused while another terminal of the same hub works undisturbed.
func TestRefused(t *testing.T) {
	inBubble(t, chain, func(t *testing.T, w *world) {
		good := w.terminal("counter-1")
		elsewhere := w.paired("counter-3", "vieux-port")
		bad := w.enter("counter-3", elsewhere.Key)
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		theirs := w.listed()[0]
		const each = 50
		var wrongLocation, wrongKey, unknown, revoked, done int
		for i := range each {
			if r := bad.ask(order.Command{Type: order.Start, OrderID: theirs.ID}); r.Refused != nil && r.Refused.Cause == order.UnknownOrder {
				wrongLocation++
			}
			placed := order.Order{ID: fmt.Sprintf("x%d", i), Location: "plateau"}
			if r := bad.ask(order.Command{Type: order.Place, OrderID: placed.ID, Order: &placed}); r.Refused != nil {
				wrongLocation++
			}
			for _, try := range []struct {
				device, key string
				count       *int
			}{{"counter-1", "terminal-secret-2", &wrongKey}, {"counter-9", "terminal-secret-1", &unknown}} {
				if _, status, err := w.dial(try.device, try.key); err != nil && status == http.StatusUnauthorized {
					*try.count++
				}
			}
			id := fmt.Sprintf("own%d", i)
			w.fromDeliverect(example(t, "deliverect-pickup", id)).want(t, http.StatusOK)
			good.do(order.Command{Type: order.Start, OrderID: order.Identity(viaDeliverect, id)})
			done++
		}
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-3"}).want(t, http.StatusOK)
		bad.gone()
		for range each {
			if _, status, err := w.dial("counter-3", elsewhere.Key); err != nil && status == http.StatusUnauthorized {
				revoked++
			}
		}
		for _, frame := range bad.told() {
			if frame.Changes != nil && len(frame.Changes.Orders) > 0 {
				t.Errorf("a terminal of another location was told of %d orders", len(frame.Changes.Orders))
			}
		}
		for why, want := range map[string]int{"other_location": 2 * each, "wrong_key": each, "unknown_device": each, "revoked": each} {
			if n := w.metric(`comptoir_gateway_refused_total{reason="` + why + `"}`); n != want {
				t.Errorf("%s: counted %d, want %d", why, n, want)
			}
		}
		if wrongLocation != 2*each || wrongKey != each || unknown != each || revoked != each {
			t.Error("some were not refused")
		}
		if now := w.order(viaDeliverect, "d1"); now.Revision != theirs.Revision {
			t.Errorf("the other location's order is %s now, revision %d", now.Status, now.Revision)
		}
		t.Logf("refused and counted: wrong location %d, wrong key %d, unknown device %d, revoked %d; commands of the terminal beside them: %d sent, %d done",
			wrongLocation, wrongKey, unknown, revoked, each, done)
	})
}

func FuzzPair(f *testing.F) {
	for _, text := range []string{`{"code":"1234 5678"}`, `{"code":"12345678","waiting":["plateau"],"hub":"x"}`, `{}`, `[`, `{"code":null}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := hub.ReadPair(bytes.NewReader(data))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		if len(p.Code) != wire.CodeDigits || strings.Trim(p.Code, "0123456789") != "" || len(p.Waiting) > wire.MaxLocations {
			t.Errorf("read %+v", p)
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := hub.ReadPair(bytes.NewReader(again)); err != nil || same.Code != p.Code {
			t.Errorf("%s: %+v, %v", again, same, err)
		}
	})
}
