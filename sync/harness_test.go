package sync_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	gosync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"comptoir/internal/pipes"
	"comptoir/order"
	"comptoir/shop"
	possync "comptoir/sync"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receive waits for the next value; nothing of it is for a minute's wait, real or synthetic.
func receive[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case value, open := <-from:
		if !open {
			t.Fatalf("waiting for %s: it ended", what)
		}
		return value
	case <-time.After(time.Minute):
		t.Fatalf("waiting for %s: nothing came", what)
	}
	panic("unreachable")
}

// hub is a gorilla server that says only what the test tells it to.
type hub struct {
	url   string
	dial  func(context.Context, string, string) (net.Conn, error)
	peers chan *peer
	// status, where not 0, answers instead of a WebSocket.
	status atomic.Int32
	// retryAfter goes with it, in seconds, where not 0.
	retryAfter atomic.Int32
	attempts   atomic.Int32
	tries      chan time.Time
}

// peer is one terminal's connection, seen from the hub. frames ends with the connection.
type peer struct {
	t      *testing.T
	conn   *websocket.Conn
	auth   string
	path   string
	frames chan wire.FromTerminal
	pings  chan time.Time
	mute   atomic.Bool // no pongs
}

// serve keeps the connection until the terminal's end closes.
func (h *hub) serve(t *testing.T, w http.ResponseWriter, r *http.Request) {
	h.attempts.Add(1)
	h.tries <- time.Now()
	if status := h.status.Load(); status != 0 {
		if after := h.retryAfter.Load(); after != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(after)))
		}
		w.WriteHeader(int(status))
		return
	}
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the terminal left
	}
	p := &peer{
		t: t, conn: conn, auth: r.Header.Get("Authorization"), path: r.URL.Path,
		frames: make(chan wire.FromTerminal, 1000), pings: make(chan time.Time, 1000),
	}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		p.pings <- time.Now()
		if p.mute.Load() {
			return nil
		}
		return pong(data)
	})
	h.peers <- p
	p.read()
}

func (p *peer) read() {
	defer close(p.frames)
	defer p.cut()
	for {
		_, data, err := p.conn.ReadMessage()
		if err != nil {
			return
		}
		frame, err := wire.DecodeFromTerminal(data)
		if err != nil {
			p.t.Errorf("the terminal sent %s: %v", data, err)
			return
		}
		p.frames <- frame
	}
}

// newHub listens on a real socket.
func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{peers: make(chan *peer, 1000), tries: make(chan time.Time, 1000)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.serve(t, w, r)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// newPipeHub listens on pipes in memory, for time that tests command.
func newPipeHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{url: "http://localhost", peers: make(chan *peer, 1000), tries: make(chan time.Time, 1000)}
	l := pipes.Listen()
	h.dial = l.Dial
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.serve(t, w, r)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return h
}

func (h *hub) peer(t *testing.T) *peer {
	t.Helper()
	return receive(t, "a connection", h.peers)
}

// welcomed gives the next connection, past hello and welcome.
func (h *hub) welcomed(t *testing.T) *peer {
	t.Helper()
	p := h.peer(t)
	p.hello()
	p.send(welcome)
	return p
}

var welcome = wire.FromHub{Welcome: &wire.Welcome{
	Version: wire.Version, Device: "till", Time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	Locations: []shop.Location{{ID: "paris"}},
}}

func (p *peer) hello() wire.Hello {
	p.t.Helper()
	frame := receive(p.t, "hello", p.frames)
	if frame.Hello == nil {
		p.t.Fatalf("got %+v, want hello", frame)
	}
	return *frame.Hello
}

func (p *peer) command() order.Command {
	p.t.Helper()
	frame := receive(p.t, "a command", p.frames)
	if frame.Command == nil {
		p.t.Fatalf("got %+v, want a command", frame)
	}
	return *frame.Command
}

func (p *peer) stored() wire.Stored {
	p.t.Helper()
	frame := receive(p.t, "stored", p.frames)
	if frame.Stored == nil {
		p.t.Fatalf("got %+v, want stored", frame)
	}
	return *frame.Stored
}

func (p *peer) send(frame wire.FromHub) {
	p.t.Helper()
	data, err := wire.Encode(frame)
	if err != nil {
		p.t.Fatal(err)
	}
	p.raw(string(data))
}

func (p *peer) raw(text string) {
	p.t.Helper()
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) cut() { _ = p.conn.NetConn().Close() }

// gone waits until the terminal has left.
func (p *peer) gone() {
	p.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case _, open := <-p.frames:
			if !open {
				return
			}
		case <-timeout:
			p.t.Fatal("the terminal stays connected")
		}
	}
}

func at(sequence uint64) wire.Cursor { return wire.Cursor{Shard: 3, Epoch: "e1", Sequence: sequence} }

// changes holds one minimal order per id.
func changes(location string, sequence uint64, ids ...string) wire.FromHub {
	c := wire.Changes{Location: location, Cursor: at(sequence), Orders: []json.RawMessage{}}
	for _, id := range ids {
		c.Orders = append(c.Orders, json.RawMessage(fmt.Sprintf(`{"id":%q,"location":%q,"revision":1}`, id, location)))
	}
	return wire.FromHub{Changes: &c}
}

type link struct {
	online bool
	reason terminal.LinkReason
}

type refusal struct {
	command string
	refused *order.Error
}

// replica is a terminal's memory, without a disk.
type replica struct {
	links     chan link
	applied   chan terminal.Changes
	accepted  chan string
	refused   chan refusal
	leases    chan terminal.Lease
	locations chan []shop.Location
	versions  chan terminal.LinkVersions
	// hold, where not nil, is what Apply waits for, once it has said so on holding.
	hold, holding chan struct{}

	mu       gosync.Mutex
	cursors  map[string]terminal.Cursor
	pending  []terminal.Pending
	settings []shop.Location
	changes  []terminal.PendingChange
	failing  error

	told     chan terminal.OrderingTold
	answered chan refusal

	held    []terminal.Held
	unknown map[string]bool // commands that wait for the hub to be asked
	healed  chan terminal.Answer
}

func newReplica() *replica {
	return &replica{
		links: make(chan link, 1000), applied: make(chan terminal.Changes, 1000), accepted: make(chan string, 1000),
		refused: make(chan refusal, 1000), leases: make(chan terminal.Lease, 1000),
		locations: make(chan []shop.Location, 1000), cursors: map[string]terminal.Cursor{},
		versions: make(chan terminal.LinkVersions, 1000),
		told:     make(chan terminal.OrderingTold, 1000), answered: make(chan refusal, 1000), healed: make(chan terminal.Answer, 1000),
	}
}

func (r *replica) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing = err
}

// add makes the commands first to last pending.
func (r *replica) add(first, last uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := first; n <= last; n++ {
		r.pending = append(r.pending, terminal.Pending{Sequence: n, Location: "paris", Command: order.Command{ID: id(n), Type: order.Accept}})
	}
}

func id(n uint64) string { return fmt.Sprintf("c%03d", n) }

func (r *replica) forget(command string) {
	r.pending = slices.DeleteFunc(r.pending, func(p terminal.Pending) bool { return p.Command.ID == command })
}

func (r *replica) Cursors() (map[string]terminal.Cursor, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cursors := map[string]terminal.Cursor{}
	for location, cursor := range r.cursors {
		cursors[location] = cursor
	}
	return cursors, nil
}

func (r *replica) Locations(locations []shop.Location) error {
	r.locations <- locations
	return nil
}

func (r *replica) Anew([]string) error { return nil }

func (r *replica) Settings() []shop.Location {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.settings)
}

func (r *replica) Apply(c terminal.Changes) error {
	if r.hold != nil {
		r.holding <- struct{}{}
		<-r.hold
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing != nil {
		return r.failing
	}
	r.cursors[c.Location] = c.Cursor
	r.applied <- c
	return nil
}

func (r *replica) PendingAfter(sequence uint64, limit int) ([]terminal.Pending, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first, _ := slices.BinarySearchFunc(r.pending, sequence+1, func(p terminal.Pending, s uint64) int {
		return cmp.Compare(p.Sequence, s)
	})
	return slices.Clone(r.pending[first:min(first+limit, len(r.pending))]), nil
}

func (r *replica) Refused(command string, refused *order.Error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(command)
	r.refused <- refusal{command, refused}
	return nil
}

func (r *replica) Accepted(command string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(command)
	r.accepted <- command
	return nil
}

func (r *replica) Unknown(command string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown[command], nil
}

func (r *replica) Doubts(skip func(terminal.Doubt) bool, limit int) (held []terminal.Held, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.held {
		if !skip(h.Doubt) && len(held) < limit {
			held = append(held, h)
		}
	}
	return held, nil
}

func (r *replica) Answered(a terminal.Answer) error {
	r.healed <- a
	return nil
}

func (r *replica) Lease(lease terminal.Lease) error {
	r.leases <- lease
	return nil
}

func (r *replica) OrderingTold(told terminal.OrderingTold) error {
	r.told <- told
	return nil
}

func (r *replica) PendingChanges() []terminal.PendingChange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.changes)
}

func (r *replica) ChangeAnswered(id string, refused *order.Error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = slices.DeleteFunc(r.changes, func(p terminal.PendingChange) bool { return p.Change.ID == id })
	r.answered <- refusal{id, refused}
	return nil
}

// change makes a change of an ordering pending.
func (r *replica) change(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maximum := 3
	r.changes = append(r.changes, terminal.PendingChange{Location: "paris", Change: shop.Change{ID: id, Maximum: &maximum}})
}

func (r *replica) Link(online bool, reason terminal.LinkReason) { r.links <- link{online, reason} }

func (r *replica) Versions(v terminal.LinkVersions) { r.versions <- v }

// start runs a client, and sees to it that it ends as soon as it is told to.
func start(t *testing.T, h *hub, r *replica, change ...func(*possync.Config)) *possync.Client {
	t.Helper()
	cfg := possync.Config{
		URL: h.url, Device: "till", Key: "secret", Stations: map[string][]string{"paris": {"grill"}}, Dial: h.dial,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&cfg)
	}
	client, err := possync.New(cfg, r)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Run: got %v, want context.Canceled", err)
			}
		case <-time.After(time.Second):
			t.Error("Run did not end within a second")
			<-ended
		}
	})
	return client
}
