package hub

import (
	"context"
	"net/http"
	"sync"
	"time"

	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// gateway serves the terminals' WebSocket connections. One goroutine reads each; another
// writes to it only while there is something to write (engine.md section 3).
type gateway struct {
	hub      *Hub
	upgrader websocket.Upgrader
	// feeds of all locations, by id; the map does not change.
	feeds map[string]*feed
	lobby *lobby
	turns turns
	// ctx ends with run: what sessions do for their terminals then ends too.
	ctx  context.Context
	stop context.CancelFunc

	mu       sync.Mutex
	sessions map[*session]bool
	// current is the welcomed session of each device.
	current map[string]*session
	// present counts the welcomed terminals of a location; left is when the last one went.
	present map[string]int
	left    map[string]time.Time
	closing bool
	readers sync.WaitGroup
}

func newGateway(h *Hub) (*gateway, error) {
	g := &gateway{
		hub: h,
		upgrader: websocket.Upgrader{
			// no ReadBufferSize: the buffer is the link's
			WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{},
			HandshakeTimeout: helloWait,
		},
		feeds: map[string]*feed{}, lobby: newLobby(maxHelloless, maxHellolessDevice, h.metrics.shed),
		turns:    turns{taken: map[*session]time.Time{}},
		sessions: map[*session]bool{}, current: map[string]*session{}, present: map[string]int{}, left: map[string]time.Time{},
	}
	g.ctx, g.stop = context.WithCancel(context.Background())
	for id, l := range h.locations {
		f, err := newFeed(g, l)
		if err != nil {
			return nil, err
		}
		g.feeds[id] = f
	}
	return g, nil
}

// run passes changes of the log on until ctx ends, then closes all connections and waits for
// their goroutines.
func (g *gateway) run(ctx context.Context) error {
	g.fanOut(ctx)
	g.stop()
	g.mu.Lock()
	g.closing = true
	for s := range g.sessions {
		s.end()
	}
	g.mu.Unlock()
	g.readers.Wait()
	return ctx.Err()
}

// fanOut wakes the sessions of the locations that have changed: not the log's committer, which
// has others to serve.
func (g *gateway) fanOut(ctx context.Context) {
	var mu sync.Mutex
	changed := map[*feed]bool{}
	wake := make(chan struct{}, 1)
	defer g.hub.log.Watch(func(location string) {
		f := g.feeds[location]
		if f == nil {
			return // of a former configuration
		}
		f.tail.Moved()
		mu.Lock()
		changed[f] = true
		mu.Unlock()
		select {
		case wake <- struct{}{}:
		default:
		}
	})()
	for _, f := range g.feeds { // terminals may have come, and orders, before anybody watched
		f.tail.Moved()
		f.wake()
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			g.turns.expire()
		case <-wake:
			mu.Lock()
			feeds := changed
			changed = map[*feed]bool{}
			mu.Unlock()
			for f := range feeds {
				f.wake()
			}
		}
	}
}

// ServeHTTP upgrades a terminal's request.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, ok := g.hub.devices.authenticate(w, r)
	if !ok {
		return
	}
	if g.turns.full() {
		g.hub.metrics.shed("resume_full")
		w.Header().Set("Retry-After", comeBack)
		fail(w, http.StatusServiceUnavailable, "busy", "too many terminals are coming back at once: come back later")
		return
	}
	below := &link{hello: time.Now().Add(helloWait)}
	conn, err := g.upgrader.Upgrade(&hijacker{w, below}, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := newSession(g, d, conn, below)
	g.mu.Lock()
	if g.closing || d.revoked.Load() {
		g.mu.Unlock()
		s.end()
		return
	}
	g.sessions[s] = true
	g.readers.Add(1)
	g.mu.Unlock()
	// a goroutine of its own lets the handler's buffers go
	go s.begin()
}

// broadcast queues a frame to every terminal of a location. It is encoded once.
func (g *gateway) broadcast(location string, frame wire.FromHub) {
	data, err := wire.Encode(frame)
	if err != nil {
		g.hub.slog.Error("a frame for all terminals of a location cannot be sent", "location", location, "error", err)
		return
	}
	f := g.feeds[location]
	f.following.Lock()
	defer f.following.Unlock()
	for s := range f.followers {
		if frame.Ordering == nil || s.orderings {
			s.enqueue(data)
		}
	}
}
