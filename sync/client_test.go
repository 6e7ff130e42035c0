package sync_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"comptoir/order"
	possync "comptoir/sync"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

func TestResume(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.cursors["lyon"] = terminal.Cursor{Shard: 1, Epoch: "e0", Sequence: 9}
	start(t, h, r)

	p := h.peer(t)
	if want := "Basic dGlsbDpzZWNyZXQ="; p.auth != want || p.path != wire.Path {
		t.Errorf("got authorization %q at %q, want %q at %q", p.auth, p.path, want, wire.Path)
	}
	want := wire.Hello{
		Version: wire.Oldest, Newest: wire.Version, Stations: map[string][]string{"paris": {"grill"}},
		Cursors:   map[string]wire.Cursor{"lyon": {Shard: 1, Epoch: "e0", Sequence: 9}},
		Orderings: true, Asks: true, Parts: true,
	}
	if got := p.hello(); !reflect.DeepEqual(got, want) {
		t.Errorf("got hello %+v, want %+v", got, want)
	}
	p.send(welcome)
	if got := receive(t, "locations", r.locations); len(got) != 1 || got[0].ID != "paris" {
		t.Errorf("got locations %+v", got)
	}
	if got := receive(t, "link", r.links); got != (link{true, ""}) {
		t.Errorf("got %+v, want online", got)
	}
	p.send(changes("paris", 7, "a", "b"))
	got := receive(t, "changes", r.applied)
	if got.Location != "paris" || got.Cursor != terminal.Cursor(at(7)) || len(got.Orders) != 2 || got.Orders[1].ID != "b" {
		t.Errorf("got %+v", got)
	}
	if got := p.stored(); got != (wire.Stored{Location: "paris", Cursor: at(7)}) {
		t.Errorf("got %+v", got)
	}
	lease := wire.Lease{Location: "paris", Station: "grill", Device: "till", Epoch: 2, FormerSequence: 5}
	p.send(wire.FromHub{Lease: &lease})
	if got := receive(t, "lease", r.leases); got != terminal.Lease(lease) {
		t.Errorf("got %+v", got)
	}

	p.cut()
	if got := receive(t, "link", r.links); got.online || got.reason == "" {
		t.Errorf("got %+v, want offline and why", got)
	}
	want.Cursors["paris"] = at(7)
	p = h.peer(t)
	if got := p.hello(); !reflect.DeepEqual(got, want) {
		t.Errorf("after a cut: got hello %+v, want %+v", got, want)
	}
	p.send(welcome)
	if got := receive(t, "link", r.links); got != (link{true, ""}) {
		t.Errorf("got %+v, want online", got)
	}
}

// The hub gets commands in their order, at most 64 that it has not answered, and all that are
// still pending again after a cut.
func TestCommands(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.add(1, 70)
	client := start(t, h, r)
	p := h.welcomed(t)
	expect := func(first, last uint64) {
		t.Helper()
		for n := first; n <= last; n++ {
			if got := p.command(); got.ID != id(n) {
				t.Fatalf("got %s, want %s", got.ID, id(n))
			}
		}
	}
	accept := func(n uint64) {
		t.Helper()
		p.send(wire.FromHub{Result: &wire.Result{Command: id(n)}})
		if got := receive(t, "accepted", r.accepted); got != id(n) {
			t.Fatalf("got %s, want %s", got, id(n))
		}
	}
	expect(1, 64)
	p.send(changes("paris", 1)) // its answer would come after a 65th command
	p.stored()
	accept(1)
	expect(65, 65)
	accept(2)
	expect(66, 66)

	p.cut()
	p = h.welcomed(t)
	expect(3, 66)
	accept(3)
	expect(67, 67)
	refused := wire.Refusal{Kind: order.NotPossible, Cause: order.AlreadyReady, Detail: "now"}
	p.send(wire.FromHub{Result: &wire.Result{Command: id(4), Refused: &refused}})
	got := receive(t, "refused", r.refused)
	if got.command != id(4) || *got.refused != (order.Error{Kind: order.NotPossible, Cause: order.AlreadyReady, Detail: "now"}) {
		t.Errorf("got %+v", got)
	}
	expect(68, 68)
	for n := uint64(5); n <= 68; n++ {
		accept(n)
	}
	expect(69, 70)
	r.add(71, 72)
	client.Wake()
	expect(71, 72)
	// an answer to nothing that was asked is passed over
	p.send(wire.FromHub{Result: &wire.Result{Command: "unasked"}})
	accept(69)
	if len(r.accepted) != 0 {
		t.Errorf("a command that was not asked counts as accepted: %s", <-r.accepted)
	}
}

// A command that no frame can hold must not be in the way of the others.
func TestCommandTooLarge(t *testing.T) {
	h, r := newHub(t), newReplica()
	r.add(1, 3)
	r.pending[1].Command.By = strings.Repeat("x", wire.MaxFrame)
	start(t, h, r)
	p := h.welcomed(t)
	if a, b := p.command().ID, p.command().ID; a != id(1) || b != id(3) {
		t.Errorf("got %s and %s, want %s and %s", a, b, id(1), id(3))
	}
	if got := receive(t, "refused", r.refused); got.command != id(2) || got.refused.Cause != order.TooMany {
		t.Errorf("got %+v", got)
	}
}

// A frame that is not understood ends the connection: what follows it would hide what it held.
func TestBadFrames(t *testing.T) {
	text := func(text string) func(*peer) { return func(p *peer) { p.raw(text) } }
	for name, bad := range map[string]func(*peer){
		"no JSON":      text(`{"changes":`),
		"no message":   text(`{"surprise":{}}`),
		"two messages": text(`{"bye":{},"result":{"command":"c1"}}`),
		"no location":  text(`{"changes":{"cursor":{"epoch":"e1"}}}`),
		"wrong types":  text(`{"changes":{"location":7}}`),
		"null":         text(`null`),
		"no UTF-8":     text("\xff\xfe"),
		"too large": func(p *peer) { // the terminal may leave before it has read it
			_ = p.conn.WriteMessage(websocket.TextMessage, []byte(`{"bye":{}}`+strings.Repeat(" ", wire.MaxFrame)))
		},
		"binary": func(p *peer) {
			if err := p.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"bye":{}}`)); err != nil {
				p.t.Error(err)
			}
		},
	} {
		for _, state := range []string{"before welcome", "after"} {
			t.Run(name+" "+state, func(t *testing.T) {
				t.Parallel()
				h, r := newHub(t), newReplica()
				start(t, h, r)
				p := h.peer(t)
				p.hello()
				if state == "after" {
					p.send(welcome)
					receive(t, "link", r.links)
				}
				bad(p)
				const want = terminal.LinkGarbled
				if got := receive(t, "link", r.links); got != (link{false, want}) {
					t.Errorf("got %+v, want %q", got, want)
				}
				p.gone()
				p = h.welcomed(t)
				p.send(changes("paris", 1, "a"))
				receive(t, "changes", r.applied)
			})
		}
	}
}

func TestChangesBeforeWelcome(t *testing.T) {
	h, r := newHub(t), newReplica()
	start(t, h, r)
	p := h.peer(t)
	p.hello()
	p.send(changes("paris", 1, "a"))
	p.gone()
	if len(r.applied) != 0 {
		t.Error("changes of a hub that did not say welcome were applied")
	}
}

// An order that cannot be read is in nobody's way, and does not vanish without a word.
func TestBadOrder(t *testing.T) {
	for name, bad := range map[string]string{
		"wrong type":     `{"id":"b","location":"paris","revision":"one"}`,
		"other location": `{"id":"b","location":"lyon","revision":1}`,
		"no id":          `{"location":"paris"}`,
		"null":           `null`,
		"no order":       `[1,2]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, r := newHub(t), newReplica()
			start(t, h, r)
			p := h.welcomed(t)
			receive(t, "link", r.links)
			frame := changes("paris", 7, "a", "c")
			frame.Changes.Orders = append(frame.Changes.Orders, json.RawMessage(bad))
			p.send(frame)
			got := receive(t, "changes", r.applied)
			if len(got.Orders) != 2 || got.Orders[0].ID != "a" || got.Orders[1].ID != "c" || got.Cursor.Sequence != 7 {
				t.Errorf("got %+v, want a and c at 7", got)
			}
			if got := receive(t, "warning", r.links); got != (link{true, terminal.LinkUnreadable}) {
				t.Errorf("got %+v, want a warning", got)
			}
			if !strings.Contains(bad, `"b"`) {
				return
			}
			p.stored()
			p.send(changes("paris", 8, "b"))
			if got := receive(t, "no warning", r.links); got != (link{true, ""}) {
				t.Errorf("once the order can be read: got %+v", got)
			}
		})
	}
}

func TestBye(t *testing.T) {
	h, r := newHub(t), newReplica()
	start(t, h, r)
	p := h.peer(t)
	p.hello()
	p.send(wire.FromHub{Bye: &wire.Bye{Reason: "protocol version 1 is unknown"}})
	if got := receive(t, "link", r.links); got != (link{false, terminal.LinkClosed}) {
		t.Errorf("got %+v, want closed", got)
	}
	p.gone()
	p = h.peer(t)
	p.hello()
	other := *welcome.Welcome
	other.Version = 2
	p.send(wire.FromHub{Welcome: &other})
	if got := receive(t, "link", r.links); got != (link{false, terminal.LinkTerminalOld}) {
		t.Errorf("got %+v, want this terminal to be too old", got)
	}
	// what came before the bye is applied
	p = h.welcomed(t)
	receive(t, "link", r.links)
	p.send(changes("paris", 1, "a"))
	p.send(wire.FromHub{Bye: &wire.Bye{}})
	p.cut()
	receive(t, "changes", r.applied)
	if got := receive(t, "link", r.links); got != (link{false, terminal.LinkClosed}) {
		t.Errorf("got %+v", got)
	}
}

// Without a version in common, which side is to be updated, and what both speak.
func TestVersions(t *testing.T) {
	for reason, versions := range map[terminal.LinkReason]wire.Versions{
		terminal.LinkTerminalOld: {Oldest: wire.Version + 2, Newest: wire.Version + 3},
		terminal.LinkHubOld:      {Oldest: wire.Oldest - 2, Newest: wire.Oldest - 1},
	} {
		h, r := newHub(t), newReplica()
		start(t, h, r)
		p := h.peer(t)
		p.hello()
		p.send(wire.FromHub{Bye: &wire.Bye{Reason: "for people", Kind: wire.ByeVersion, Versions: &versions}})
		if got := receive(t, "link", r.links); got != (link{false, reason}) {
			t.Errorf("the hub speaks %+v: got %+v, want %s", versions, got, reason)
		}
		want := terminal.LinkVersions{HubOldest: versions.Oldest, HubNewest: versions.Newest, Oldest: wire.Oldest, Newest: wire.Version}
		if got := receive(t, "versions", r.versions); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestStatus(t *testing.T) {
	h, r := newHub(t), newReplica()
	h.status.Store(http.StatusServiceUnavailable)
	start(t, h, r)
	if got := receive(t, "link", r.links); got != (link{false, terminal.LinkBusy}) {
		t.Errorf("got %+v", got)
	}
	h.status.Store(0)
	h.welcomed(t)
	if got := receive(t, "link", r.links); !got.online {
		t.Errorf("got %+v", got)
	}
}

// A full disk drops the connection, says so, and the changes come again.
func TestReplicaFails(t *testing.T) {
	h, r := newHub(t), newReplica()
	start(t, h, r)
	p := h.welcomed(t)
	receive(t, "link", r.links)
	r.fail(errors.New("no space left on device"))
	p.send(changes("paris", 1, "a"))
	if got := receive(t, "link", r.links); got != (link{false, terminal.LinkStoring}) {
		t.Errorf("got %+v, want offline because of the disk", got)
	}
	p.gone()
	r.fail(nil)
	p = h.peer(t)
	if got := p.hello(); len(got.Cursors) != 0 {
		t.Errorf("got cursors %v of what was not stored", got.Cursors)
	}
	p.send(welcome)
	p.send(changes("paris", 1, "a"))
	receive(t, "changes", r.applied)
}

func TestNew(t *testing.T) {
	ok := possync.Config{URL: "https://hub.example/base/", Device: "till"}
	if _, err := possync.New(ok, newReplica()); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*possync.Config){
		"no URL":       func(c *possync.Config) { c.URL = "" },
		"no scheme":    func(c *possync.Config) { c.URL = "hub.example:8080" },
		"other scheme": func(c *possync.Config) { c.URL = "ftp://hub.example" },
		"no host":      func(c *possync.Config) { c.URL = "http:///base" },
		"credentials":  func(c *possync.Config) { c.URL = "http://a:b@hub.example" },
		"query":        func(c *possync.Config) { c.URL = "http://hub.example?a=b" },
		"control":      func(c *possync.Config) { c.URL = "http://hub.example\n" },
		"no device":    func(c *possync.Config) { c.Device = "" },
		"colon":        func(c *possync.Config) { c.Device = "till:1" },
		"pings":        func(c *possync.Config) { c.PingEvery = 20e9 },
		"negative":     func(c *possync.Config) { c.MinBackoff = -1 },
	} {
		cfg := ok
		spoil(&cfg)
		if _, err := possync.New(cfg, newReplica()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBasePath(t *testing.T) {
	h, r := newHub(t), newReplica()
	h.url = strings.Replace(h.url, "http://", "ws://", 1) + "/base/"
	start(t, h, r)
	if p := h.peer(t); p.path != "/base/sync" {
		t.Errorf("got path %q", p.path)
	}
}

// The hub hears of other stations over a new connection, at once and without a word to the screen.
func TestSetStations(t *testing.T) {
	h, r := newHub(t), newReplica()
	client := start(t, h, r)
	p := h.welcomed(t)
	if got := receive(t, "link", r.links); !got.online {
		t.Fatalf("got %+v, want online", got)
	}
	client.SetStations(map[string][]string{"paris": {"grill"}}) // as before
	stations := map[string][]string{"paris": {"bar", "grill"}}
	client.SetStations(stations)
	p.gone()
	p = h.peer(t)
	if got := p.hello().Stations; !reflect.DeepEqual(got, stations) {
		t.Errorf("got stations %v, want %v", got, stations)
	}
	p.send(welcome)
	p.send(changes("paris", 7, "a"))
	receive(t, "changes", r.applied)
	select {
	case got := <-r.links:
		t.Errorf("the screen was told %+v", got)
	default:
	}
	// while there is no connection, the next one tells
	p.cut()
	if got := receive(t, "link", r.links); got.online {
		t.Errorf("got %+v, want offline", got)
	}
	client.SetStations(nil)
	for {
		p = h.peer(t)
		if got := p.hello().Stations; len(got) == 0 {
			return
		}
	}
}
