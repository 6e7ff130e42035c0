package sync

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/internal/pieces"
	"comptoir/shop"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// session is one connection. Three goroutines carry it: read takes frames off the socket, apply
// gives them to the replica, write is the only one that sends data.
type session struct {
	*Client
	conn     *websocket.Conn
	socket   *timedConn // below conn
	cursors  map[string]terminal.Cursor
	resuming map[string]wire.Resync // what the hello says of resyncs that were cut off
	began    time.Time
	known    map[string]shop.Location // the settings that the hello says are here
	sums     map[string]string
	parts    []shop.Location // of a welcome; apply's own
	// hubTime is the first welcome's; apply's own.
	hubTime time.Time

	// read sends to incoming; once it is closed, readErr is why.
	incoming chan wire.FromHub
	readErr  error
	// held is a frame that apply took off incoming and could not merge.
	held *wire.FromHub
	// after is the last command that write has sent.
	after uint64
	// heard is what had come off the socket at the last ping.
	heard int64
	// changes are those of orderings that write has sent, answered or not.
	changes map[string]bool
	// asked are the doubts that write has put to the hub.
	asked map[terminal.Doubt]bool

	// turn tells write that apply has changed what follows.
	turn       chan struct{}
	mu         sync.Mutex
	welcomed   bool
	flowing    time.Time       // when more than pongs last came, or word that a frame comes in at the hub
	orderings  bool            // the hub takes changes of orderings
	answers    bool            // the hub takes Held and Clock frames; apply's own to change
	full       map[string]bool // locations whose full resync has not come to its end
	promised   time.Time       // when the last page of one came, or the welcome that promised it
	asking     time.Time       // since when a Held frame waits for its last answer; zero: none does
	again      bool            // commands before after may be pending
	clock      clockQuestion
	stored     map[string]terminal.Cursor // cursors to be told, by location
	unanswered map[string]bool            // commands
	progress   time.Time                  // when the hub last answered one, or was asked the first
	working    time.Time                  // since when the replica has been at work; zero: it is not
}

func newSession(c *Client, conn *websocket.Conn, socket *timedConn, cursors map[string]terminal.Cursor) *session {
	return &session{
		Client:     c,
		conn:       conn,
		socket:     socket,
		cursors:    cursors,
		resuming:   maps.Clone(c.resyncs),
		began:      time.Now(),
		incoming:   make(chan wire.FromHub, buffered),
		turn:       make(chan struct{}, 1),
		stored:     map[string]terminal.Cursor{},
		unanswered: map[string]bool{},
		changes:    map[string]bool{},
		asked:      map[terminal.Doubt]bool{},
	}
}

// run carries the connection until it ends, or ctx does, and says why.
func (s *session) run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	running.Go(func() { s.read(ctx) })
	running.Go(func() { end(s.apply(ctx)) })
	running.Go(func() { end(s.write(ctx)) })
	<-ctx.Done()
	s.hangUp()
	running.Wait()
	out := outageOf(context.Cause(ctx))
	out.welcomed = s.welcomed
	return &out
}

// hangUp frees read and write from whatever they wait for.
func (s *session) hangUp() {
	s.socket.ending.Store(true)
	message := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
	if err := s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(closeTimeout)); err != nil {
		s.log.Debug("closing politely", "error", err)
	}
	// not conn: closing TLS may wait for seconds
	if err := s.socket.Close(); err != nil {
		s.log.Debug("closing the connection", "error", err)
	}
}

// read ends with the socket, at the latest when hangUp closes it.
func (s *session) read(ctx context.Context) {
	defer close(s.incoming)
	s.conn.SetReadLimit(wire.MaxFrame)
	s.conn.SetPongHandler(func(data string) error {
		if data == wire.Receiving {
			s.flows()
		}
		return nil
	})
	for {
		frame, err := s.readFrame()
		if err != nil {
			s.readErr = err
			return
		}
		select {
		case s.incoming <- frame:
		case <-ctx.Done():
			s.readErr = context.Cause(ctx)
			return
		}
	}
}

func (s *session) readFrame() (wire.FromHub, error) {
	kind, data, err := s.conn.ReadMessage()
	if err != nil {
		return wire.FromHub{}, lost(err)
	}
	if kind != websocket.TextMessage {
		return wire.FromHub{}, garbled(fmt.Errorf("a message of kind %d", kind))
	}
	frame, err := wire.DecodeFromHub(data)
	if err != nil {
		// passing it over would let the next cursor hide whatever it held
		return wire.FromHub{}, garbled(err)
	}
	s.hearClock(frame)
	if frame.Bye != nil {
		return wire.FromHub{}, farewell(*frame.Bye)
	}
	return frame, nil
}

func clip(text string) string {
	const most = 200
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// dial connects and shakes hands. The socket is what lies below the WebSocket and TLS.
func (c *Client) dial(ctx context.Context) (conn *websocket.Conn, socket *timedConn, err error) {
	ctx, done := context.WithTimeout(ctx, slowHandshakeTimeout)
	defer done()
	hanging := time.AfterFunc(handshakeTimeout, done)
	defer hanging.Stop()
	// gorilla heeds only the deadline of a context while it waits for the hub's answer
	stop := func() bool { return true }
	defer func() { stop() }()
	dialer := websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: c.cfg.TLS,
		NetDialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			raw, err := c.cfg.Dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			stop = context.AfterFunc(ctx, func() { _ = raw.Close() })
			socket = &timedConn{Conn: raw, timeout: c.cfg.ReadTimeout, greeting: hanging}
			return socket, nil
		},
	}
	credentials := base64.StdEncoding.EncodeToString([]byte(c.cfg.Device + ":" + c.cfg.Key))
	conn, response, err := dialer.DialContext(ctx, c.url, http.Header{"Authorization": {"Basic " + credentials}})
	switch {
	case err == nil && stop():
		socket.greeting = nil
		return conn, socket, nil
	case err == nil:
		return nil, nil, silent(context.Cause(ctx))
	case errors.Is(err, wire.ErrPin):
		return nil, nil, &outage{reason: terminal.LinkPin, err: err}
	case response == nil:
		return nil, nil, &outage{reason: unanswered(err), err: err}
	default:
		return nil, nil, refused(response, err)
	}
}

// unanswered is why no hub has answered: who cannot be believed is not simply away.
func unanswered(err error) terminal.LinkReason {
	switch untrusted, date := wire.Untrusted(err); {
	case date:
		return terminal.LinkClock
	case untrusted:
		return terminal.LinkUntrusted
	}
	return terminal.LinkUnreachable
}

// refusedAs is the kind of a hub's error; empty where it says none.
func refusedAs(response *http.Response) string {
	var said struct {
		Error struct{ Kind string }
	}
	// gorilla has kept the beginning of the body, which is all of an error
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		return ""
	}
	return said.Error.Kind
}

// timedConn ends a silence, and a write that does not go on. They count from each read and from
// each piece written, not from each frame: a large frame over a slow line is no silence.
type timedConn struct {
	net.Conn
	timeout time.Duration
	ending  atomic.Bool  // nothing may take long any more
	heard   atomic.Int64 // bytes
	// greeting ends a handshake in which nothing comes any more; nil after it.
	greeting *time.Timer
}

// piece is what the line must take within writeTimeout, in bytes.
const piece = 4 << 10

// SetWriteDeadline does nothing: Write sets those that count.
func (c *timedConn) SetWriteDeadline(time.Time) error { return nil }

func (c *timedConn) Write(b []byte) (int, error) {
	within := writeTimeout
	if c.ending.Load() {
		within = closeTimeout
	}
	return pieces.Write(c.Conn, b, piece, within)
}

func (c *timedConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	c.heard.Add(int64(n))
	if c.greeting != nil && n > 0 {
		c.greeting.Reset(handshakeTimeout)
	}
	return n, err
}
