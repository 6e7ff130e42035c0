package hub

import (
	"context"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// The gateway's bounds. A terminal pings every few seconds: silence means a dead link. A
// terminal that does not read is cut off; it resumes from its cursor when it comes back.
const (
	silence      = 20 * time.Second
	writeWait    = 10 * time.Second
	helloWait    = 10 * time.Second
	maxQueued    = 1024
	changesAtOne = 64
	// maxPage bounds the bytes of orders in one frame, unless one order alone is larger.
	maxPage = wire.MaxFrame / 4
)

// gateway serves the terminals' WebSocket connections. One goroutine reads each; another
// writes to it only while there is something to write (engine.md section 3).
type gateway struct {
	hub      *Hub
	upgrader websocket.Upgrader

	mu       sync.Mutex
	sessions map[*session]bool
	// present counts the welcomed terminals of a location; left is when the last one went.
	present map[string]int
	left    map[string]time.Time
	// sent is the last sequence of a location sent to each device, for leases that change hands.
	sent    map[sentTo]uint64
	closing bool
	readers sync.WaitGroup
}

type sentTo struct{ device, location string }

func newGateway(h *Hub) *gateway {
	return &gateway{
		hub: h,
		upgrader: websocket.Upgrader{
			ReadBufferSize: 1024, WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{},
			HandshakeTimeout: helloWait,
		},
		sessions: map[*session]bool{}, present: map[string]int{}, left: map[string]time.Time{}, sent: map[sentTo]uint64{},
	}
}

// run passes changes of the log on until ctx ends, then closes all connections and waits for
// their goroutines.
func (g *gateway) run(ctx context.Context) error {
	stop := g.hub.log.Watch(func(location string) {
		g.mu.Lock()
		defer g.mu.Unlock()
		for s := range g.sessions {
			if s.device.serves(location) {
				s.markDirty(location)
			}
		}
	})
	<-ctx.Done()
	stop()
	g.mu.Lock()
	g.closing = true
	for s := range g.sessions {
		s.end()
	}
	g.mu.Unlock()
	g.readers.Wait()
	return ctx.Err()
}

// ServeHTTP upgrades a terminal's request.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, key, _ := r.BasicAuth()
	d := g.hub.devices[id]
	if d == nil || subtle.ConstantTimeCompare([]byte(d.Key), []byte(key)) != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="comptoir"`)
		fail(w, http.StatusUnauthorized, "device", "unknown device or wrong key: pair this terminal, or mend its device and key")
		return
	}
	conn, err := g.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := &session{
		gateway: g, hub: g.hub, device: d, conn: conn,
		dirty: map[string]bool{}, cursor: map[string]wire.Cursor{}, full: map[string]bool{}, stations: map[string][]string{},
	}
	g.mu.Lock()
	if g.closing {
		g.mu.Unlock()
		s.end()
		return
	}
	g.sessions[s] = true
	g.readers.Add(1)
	g.mu.Unlock()
	// a goroutine of its own lets the handler's buffers go
	go func() {
		defer g.readers.Done()
		s.read()
	}()
}

func (g *gateway) noteSent(device, location string, sequence uint64) {
	to := sentTo{device, location}
	g.mu.Lock()
	g.sent[to] = max(g.sent[to], sequence)
	g.mu.Unlock()
}

// broadcast queues a frame to every terminal of a location.
func (g *gateway) broadcast(location string, frame wire.FromHub) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for s := range g.sessions {
		s.mu.Lock()
		ready := s.ready
		s.mu.Unlock()
		knows := frame.Ordering == nil || s.orderings
		if ready && knows && s.device.serves(location) {
			s.send(frame)
		}
	}
}
