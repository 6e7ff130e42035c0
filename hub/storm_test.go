package hub_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/hub"
	"comptoir/sync/wire"
)

// served is a hub on a real socket, guarded as cmd/hub's is.
type served struct {
	*world
	address string
}

func serveTCP(t *testing.T, change func(*world)) *served {
	t.Helper()
	w := newWorld(t, change)
	h, err := hub.Open(w.config, hub.Options{Data: w.data, Log: testLog(t), Client: &http.Client{Transport: w.platforms}})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	h.Guard(server)
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { _ = server.Serve(listener) }) // ends by Close
	group.Go(func() {
		if err := h.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	w.hub = h
	w.stop = func() {
		cancel()
		_ = server.Close()
		group.Wait()
		if err := h.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	return &served{w, listener.Addr().String()}
}

// manyDevices adds devices of the location plateau.
func manyDevices(n int) func(*world) {
	return func(w *world) {
		for i := range n {
			d := w.config.Locations[0].Devices[0]
			d.ID, d.Key = fmt.Sprintf("till-%d", i), fmt.Sprintf("key-%d", i)
			w.config.Locations[0].Devices = append(w.config.Locations[0].Devices, d)
		}
	}
}

func credentials(device, key string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(device+":"+key))}}
}

func (s *served) dial(device, key string) (*websocket.Conn, int, error) {
	conn, response, err := websocket.DefaultDialer.Dial("ws://"+s.address+wire.Path, credentials(device, key))
	status := 0
	if response != nil {
		status = response.StatusCode
		_ = response.Body.Close()
	}
	return conn, status, err
}

// level says hello from a cursor and reads until it has so many orders.
func level(conn *websocket.Conn, cursor *wire.Cursor, orders int) (wire.Cursor, error) {
	hello := wire.Hello{Version: wire.Version}
	if cursor != nil {
		hello.Cursors = map[string]wire.Cursor{"plateau": *cursor}
	}
	data, err := wire.Encode(wire.FromTerminal{Hello: &hello})
	if err != nil {
		return wire.Cursor{}, err
	}
	if err := conn.WriteMessage(websocket.TextMessage, data); err != nil {
		return wire.Cursor{}, err
	}
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return wire.Cursor{}, err
	}
	seen := map[string]bool{}
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return wire.Cursor{}, err
		}
		if !strings.HasPrefix(string(data), `{"changes"`) {
			continue // a thousand menus need not be read
		}
		frame, err := wire.DecodeFromHub(data)
		if err != nil {
			return wire.Cursor{}, err
		}
		for _, raw := range frame.Changes.Orders {
			var o struct{ ID string }
			if err := json.Unmarshal(raw, &o); err != nil {
				return wire.Cursor{}, err
			}
			if seen[o.ID] {
				return wire.Cursor{}, fmt.Errorf("order %s came twice", o.ID)
			}
			seen[o.ID] = true
		}
		if len(seen) >= orders {
			return frame.Changes.Cursor, nil
		}
	}
}

func (s *served) place(t *testing.T, prefix string, n int) {
	t.Helper()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			body := fmt.Sprintf(`{"reference":"%s-%d","fulfillment":{"type":"pickup"},"lines":[{"name":"Thé","quantity":1}]}`, prefix, i)
			if a := s.shop(http.MethodPost, orders, []byte(body)); a.status != http.StatusCreated {
				t.Errorf("HTTP %d: %s", a.status, a.body)
			}
		})
	}
	group.Wait()
}

// All terminals come back at once, each with orders that it missed: all are served, those that are
// turned away at first by coming again when they are told to.
func TestStorm(t *testing.T) {
	const terminals, missed = 1000, 50
	s := serveTCP(t, manyDevices(terminals))
	first, _, err := s.dial("counter-1", keys["counter-1"])
	if err != nil {
		t.Fatal(err)
	}
	s.place(t, "before", 1)
	cursor, err := level(first, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	s.place(t, "missed", missed)

	began := time.Now()
	var group sync.WaitGroup
	var mu sync.Mutex
	levels, busy := 0, 0
	for i := range terminals {
		group.Go(func() {
			for {
				conn, status, err := s.dial(fmt.Sprintf("till-%d", i), fmt.Sprintf("key-%d", i))
				if status == http.StatusServiceUnavailable {
					mu.Lock()
					busy++
					mu.Unlock()
					select {
					case <-t.Context().Done():
						return
					case <-time.After(2 * time.Second):
					}
					continue
				}
				if err != nil {
					t.Errorf("terminal %d: %v", i, err)
					return
				}
				defer conn.Close()
				if _, err := level(conn, &cursor, missed); err != nil {
					t.Errorf("terminal %d: %v", i, err)
					return
				}
				mu.Lock()
				levels++
				mu.Unlock()
				return
			}
		})
	}
	group.Wait()
	t.Logf("%d of %d terminals level with %d missed orders each after %v; %d told to come later", levels, terminals, missed, time.Since(began).Round(time.Millisecond), busy)
	if levels != terminals {
		t.Errorf("%d terminals are level, want %d", levels, terminals)
	}
}

// Sockets that say nothing, or not enough, are shed and counted, and configured terminals work on.
func TestSocketsWithoutHello(t *testing.T) {
	const sockets = 10_000
	s := serveTCP(t, nil)
	working, _, err := s.dial("counter-1", keys["counter-1"])
	if err != nil {
		t.Fatal(err)
	}
	defer working.Close()
	s.place(t, "before", 1)
	if _, err := level(working, nil, 1); err != nil {
		t.Fatal(err)
	}

	conns := make(chan net.Conn, sockets)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			dialer := net.Dialer{Timeout: 30 * time.Second}
			for range sockets / 8 {
				conn, err := dialer.DialContext(t.Context(), "tcp", s.address)
				if err != nil {
					t.Logf("the machine gives no more sockets: %v", err)
					return
				}
				conns <- conn
				_, _ = io.WriteString(conn, "GET /sync HTTP/1.1\r\n") // and no more; it may be shed already
			}
		})
	}
	// meanwhile: an order comes, its terminal hears of it, another terminal connects
	s.place(t, "during", 1)
	if frame := readChanges(t, working); len(frame.Orders) != 1 {
		t.Errorf("%d orders came, want 1", len(frame.Orders))
	}
	other, _, err := s.dial("counter-2", keys["counter-2"])
	if err != nil {
		t.Fatalf("a configured terminal does not get in: %v", err)
	}
	defer other.Close()
	if _, err := level(other, nil, 2); err != nil {
		t.Errorf("a configured terminal during the flood: %v", err)
	}
	group.Wait()
	close(conns)

	// each of them is closed by the hub: the crowd at once, the rest when its time is up
	opened, closed := 0, 0
	for conn := range conns {
		opened++
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err == nil || strings.Contains(err.Error(), "reset") {
			closed++
		}
		_ = conn.Close()
	}
	crowd := s.shed("crowd")
	deadline := time.Now().Add(50 * time.Second)
	for crowd+s.shed("no_request") < opened && time.Now().Before(deadline) {
		crowd = s.shed("crowd")
	}
	late := s.shed("no_request")
	t.Logf("%d sockets without a hello: %d closed by the hub, %d shed as a crowd, %d when their time was up", opened, closed, crowd, late)
	if closed != opened || crowd+late != opened || opened > 2000 && crowd < opened-1024-2 {
		t.Errorf("%d opened, %d closed, %d + %d counted", opened, closed, crowd, late)
	}
	s.place(t, "after", 1)
	if frame := readChanges(t, other); len(frame.Orders) != 1 {
		t.Errorf("%d orders came, want 1", len(frame.Orders))
	}
}

func readChanges(t *testing.T, conn *websocket.Conn) wire.Changes {
	t.Helper()
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		frame, err := wire.DecodeFromHub(data)
		if err != nil {
			t.Fatal(err)
		}
		if frame.Changes != nil {
			return *frame.Changes
		}
	}
}

func (w *world) shed(reason string) int {
	w.t.Helper()
	return w.metric(`comptoir_gateway_shed_total{reason="` + reason + `"}`)
}

func (w *world) refusedFrames(reason string) int {
	w.t.Helper()
	return w.metric(`comptoir_gateway_refused_total{reason="` + reason + `"}`)
}

// Requests that are answered leave the lobby, and are back in it while they do nothing.
func TestIdleConnections(t *testing.T) {
	s := serveTCP(t, nil)
	const idle = 1100
	conns := make([]net.Conn, 0, idle)
	for range idle {
		var dialer net.Dialer
		conn, err := dialer.DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatalf("HTTP %d", response.StatusCode)
		}
	}
	// the oldest went first
	if err := conns[0].SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, conns[0]); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the oldest idle connection is kept: %d bytes, %v", n, err)
	}
	if n := s.shed("crowd"); n < idle-1024-1 || n > idle-1024 {
		t.Errorf("%d were shed, want %d", n, idle-1024)
	}
}
