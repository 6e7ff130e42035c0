package hub

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// How many connections may stand about that have not said what they want. Beyond a limit the
// oldest is closed: whoever means it says so within milliseconds.
const (
	// maxRequestless counts connections without a whole request; each address (an IPv6 network of
	// 64 bits) has a part of them.
	maxRequestless        = 1024
	maxRequestlessAddress = 128
	// maxHelloless counts WebSockets of known devices without a hello.
	maxHelloless       = 1024
	maxHellolessDevice = 4
)

// lobby holds what has not said yet what it wants.
type lobby struct {
	limit, each int
	shed        func(reason string)

	mu    sync.Mutex
	order *list.List // of *guest, the oldest first
	of    map[string]int
}

// guest is one in the lobby; origin is "" where each does not count.
type guest struct {
	origin string
	close  func()
	since  time.Time
	place  *list.Element // nil outside
}

func newLobby(limit, each int, shed func(reason string)) *lobby {
	return &lobby{limit: limit, each: each, shed: shed, order: list.New(), of: map[string]int{}}
}

// enter lets a guest in, and the oldest out where there are too many of them.
func (l *lobby) enter(g *guest) {
	l.mu.Lock()
	if g.place != nil {
		l.mu.Unlock()
		return
	}
	g.since = time.Now()
	g.place = l.order.PushBack(g)
	l.of[g.origin]++
	var out *guest
	reason := ""
	switch {
	case g.origin != "" && l.of[g.origin] > l.each:
		reason = "crowd_origin"
		for e := l.order.Front(); out == nil; e = e.Next() {
			if known := e.Value.(*guest); known.origin == g.origin {
				out = known
			}
		}
	case l.order.Len() > l.limit:
		reason, out = "crowd", l.order.Front().Value.(*guest)
	}
	if out != nil {
		l.remove(out)
	}
	l.mu.Unlock()
	if out != nil {
		l.shed(reason)
		out.close()
	}
}

// leave reports for how long the guest was in, and whether it still was.
func (l *lobby) leave(g *guest) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g.place == nil {
		return 0, false
	}
	l.remove(g)
	return time.Since(g.since), true
}

func (l *lobby) remove(g *guest) {
	l.order.Remove(g.place)
	g.place = nil
	if l.of[g.origin]--; l.of[g.origin] == 0 {
		delete(l.of, g.origin)
	}
}

// callers is the lobby of the HTTP server's connections: in it is who has sent no whole request,
// or has been answered and stays.
type callers struct {
	lobby *lobby
	mu    sync.Mutex
	known map[net.Conn]*guest
}

type callerKey struct{}

// Guard sheds connections to the server that send nothing, before they use up what the terminals
// need. It must be called before the server serves Handler.
func (h *Hub) Guard(server *http.Server) {
	c := &callers{lobby: newLobby(maxRequestless, maxRequestlessAddress, h.metrics.shed), known: map[net.Conn]*guest{}}
	patience := server.ReadHeaderTimeout
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		g := &guest{origin: origin(conn), close: func() { abort(conn) }}
		c.mu.Lock()
		c.known[conn] = g
		c.mu.Unlock()
		c.lobby.enter(g)
		return context.WithValue(ctx, callerKey{}, func() { c.lobby.leave(g) })
	}
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		c.mu.Lock()
		g := c.known[conn]
		if state == http.StateHijacked || state == http.StateClosed {
			delete(c.known, conn)
		}
		c.mu.Unlock()
		if g == nil {
			return
		}
		switch state {
		case http.StateIdle:
			c.lobby.enter(g)
		case http.StateHijacked:
			c.lobby.leave(g)
		case http.StateClosed:
			if waited, was := c.lobby.leave(g); was && patience > 0 && waited >= patience {
				h.metrics.shed("no_request")
			}
		}
	}
}

// admitted lets the connections of requests out of the lobby.
func admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leave, guarded := r.Context().Value(callerKey{}).(func()); guarded {
			leave()
		}
		next.ServeHTTP(w, r)
	})
}

// origin is the address that shares a limit. A proxy on this machine stands for many.
func origin(conn net.Conn) string {
	address, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return ""
	}
	return originOf(address.Addr().Unmap())
}

func originOf(address netip.Addr) string {
	if address.IsLoopback() {
		return ""
	}
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	network, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}

// abort closes without TLS's farewell, which can wait for the other side.
func abort(conn net.Conn) {
	if outer, is := conn.(interface{ NetConn() net.Conn }); is {
		conn = outer.NetConn()
	}
	_ = conn.Close() // it is over either way
}
