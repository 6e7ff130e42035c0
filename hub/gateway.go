package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/shop"
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

// attended reports whether a terminal of the location is connected, or was within grace,
// counted also from the hub's start.
func (g *gateway) attended(location string, grace time.Duration) bool {
	away := g.away(location)
	return away.IsZero() || g.hub.now().Sub(away) <= grace
}

// away is since when no terminal of the location is connected, at the earliest since the hub's
// start; zero while one is.
func (g *gateway) away(location string) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.present[location] > 0 {
		return time.Time{}
	}
	if left, was := g.left[location]; was {
		return left
	}
	return g.hub.started
}

// ServeHTTP upgrades a terminal's request.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, ok := g.hub.devices.authenticate(w, r)
	if !ok {
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
	if g.closing || d.revoked.Load() {
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

// session is one terminal's connection.
type session struct {
	gateway *gateway
	hub     *Hub
	device  *device
	conn    *websocket.Conn
	// counted as present; the gateway's mu guards it.
	counted bool

	mu sync.Mutex
	// ready: welcomed, so that others may queue frames; leased: it knows its stations, so that
	// changes may follow.
	ready   bool
	leased  bool
	queue   []wire.FromHub
	dirty   map[string]bool // locations with changes to send
	writing bool
	ended   bool
	writers sync.WaitGroup
	// What follows does not change, or belongs to the writer, once ready is set: cursor and full, by
	// location, are the writer's.
	cursor   map[string]wire.Cursor
	full     map[string]bool
	stations map[string][]string
	// orderings: the terminal knows Ordering frames.
	orderings bool
}

func (s *session) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	_ = s.conn.Close() // it is over either way
}

// read handles the terminal's frames until the connection ends.
func (s *session) read() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := s.serve(ctx)
	s.end()
	s.writers.Wait()
	s.leave()
	if !errors.Is(err, net.ErrClosed) && !websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseAbnormalClosure) {
		s.hub.slog.Info("terminal's connection ended", "device", s.device.ID, "why", err.Error())
	}
}

// serve returns why the connection ended, never nil.
func (s *session) serve(ctx context.Context) error {
	s.conn.SetReadLimit(wire.MaxFrame)
	if err := s.conn.SetReadDeadline(time.Now().Add(helloWait)); err != nil {
		return err
	}
	frame, err := s.receive()
	if err != nil {
		return err
	}
	if frame.Hello == nil {
		return errors.New("the first frame is no hello")
	}
	if frame.Hello.Version != wire.Version {
		s.send(wire.FromHub{Bye: &wire.Bye{Reason: "this hub speaks another version of the protocol: update the terminal and the hub to the same release"}})
		s.writers.Wait()
		return errors.New("protocol version")
	}
	s.conn.SetPingHandler(func(data string) error {
		s.hub.leases.renew(s)
		if err := s.conn.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return err
		}
		err := s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWait))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	if err := s.enter(ctx, *frame.Hello); err != nil {
		return err
	}
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return err
		}
		frame, err := s.receive()
		if err != nil {
			return err
		}
		if s.device.revoked.Load() {
			return errRevoked
		}
		s.hub.leases.renew(s)
		switch {
		case frame.Command != nil:
			err = s.command(ctx, *frame.Command)
		case frame.Change != nil:
			err = s.change(ctx, *frame.Change)
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) receive() (wire.FromTerminal, error) {
	_, data, err := s.conn.ReadMessage()
	if err != nil {
		return wire.FromTerminal{}, err
	}
	return wire.DecodeFromTerminal(data)
}

// enter welcomes the terminal: settings, what it missed, its leases; and accepts the orders
// that waited for somebody to be there.
func (s *session) enter(ctx context.Context, hello wire.Hello) error {
	g := s.gateway
	settings := make([]shop.Location, 0, len(s.device.locations))
	for _, l := range s.device.locations {
		if err := s.resume(l, hello); err != nil {
			return err
		}
		settings = append(settings, l.Location)
	}
	s.orderings = hello.Orderings
	g.mu.Lock()
	for other := range g.sessions {
		if other != s && other.device == s.device {
			other.end() // a link that died unnoticed
			g.depart(other)
		}
	}
	s.counted = true
	for _, l := range s.device.locations {
		g.count(l.ID, 1)
	}
	g.mu.Unlock()
	o := s.hub.orderings
	o.telling.Lock() // what changes from here on follows the welcome
	welcome := wire.FromHub{Welcome: &wire.Welcome{
		Version: wire.Version, Device: s.device.ID, Time: s.hub.now().UTC(), Locations: settings, Orderings: o.frames(s.device.locations),
	}}
	s.mu.Lock()
	// at once, so that no other frame comes before the welcome
	s.ready, s.queue = true, append(s.queue, welcome)
	s.startWriter()
	s.mu.Unlock()
	o.telling.Unlock()
	if err := s.hub.leases.enter(ctx, s); err != nil {
		return err
	}
	// a former holder hears that it has lost a station before it hears of orders to print there
	s.mu.Lock()
	s.leased = true
	s.mu.Unlock()
	for _, l := range s.device.locations {
		s.markDirty(l.ID)
		if err := s.hub.acceptWaiting(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// resume finds where a location's changes go on for this terminal, and which of its stations it
// prints.
func (s *session) resume(l *location, hello wire.Hello) error {
	cursor := hello.Cursors[l.ID]
	if _, _, err := s.hub.log.Changes(l.ID, cursor, 1); errors.Is(err, orderlog.ErrResync) {
		head, err := s.hub.log.Head(l.ID)
		if err != nil {
			return err
		}
		cursor, s.full[l.ID] = wire.Cursor{Shard: head.Shard, Epoch: head.Epoch}, true
	} else if err != nil {
		return err
	}
	s.cursor[l.ID] = cursor
	stations, named := hello.Stations[l.ID]
	if !named {
		stations = hello.Stations[wire.AnyLocation]
	}
	for _, station := range stations {
		if l.station(station) || len(s.device.locations) == 1 {
			s.stations[l.ID] = append(s.stations[l.ID], station)
		}
	}
	s.gateway.noteSent(s.device.ID, l.ID, cursor.Sequence)
	return nil
}

func (s *session) leave() {
	g := s.gateway
	g.mu.Lock()
	delete(g.sessions, s)
	g.depart(s)
	g.mu.Unlock()
	s.hub.leases.leave(s)
	s.hub.devices.left(s.device)
}

// depart stops counting a session; g.mu is held.
func (g *gateway) depart(s *session) {
	if !s.counted {
		return
	}
	s.counted = false
	for _, l := range s.device.locations {
		g.left[l.ID] = g.hub.now()
		g.count(l.ID, -1)
	}
}

// count is called with g.mu held.
func (g *gateway) count(location string, change int) {
	g.present[location] += change
	g.hub.metrics.connected.WithLabelValues(location).Set(float64(g.present[location]))
}

// command carries out a terminal's command on the order as the hub has it.
func (s *session) command(ctx context.Context, c order.Command) error {
	result := wire.Result{Command: c.ID, OrderID: c.OrderID}
	c.By = s.device.ID
	location, err := s.check(c)
	if err == nil && c.Type == order.Place {
		err = s.place(ctx, c)
	} else if err == nil {
		_, err = s.hub.apply(ctx, c)
	}
	if err == nil {
		err = s.noteApplied(location)
	}
	if refused, ok := errors.AsType[*order.Error](err); ok {
		result.Refused = &wire.Refusal{Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail}
		s.hub.slog.Info("command refused", "device", s.device.ID, "command", c.Type, "order", c.OrderID, "why", refused.Error())
	} else if err != nil {
		return err // the disk: the terminal keeps the command and sends it again
	}
	s.send(wire.FromHub{Result: &result})
	return nil
}

// change carries out what somebody at the terminal asks of the location's ordering.
func (s *session) change(ctx context.Context, c wire.Change) error {
	result := wire.Result{Command: c.Change.ID}
	c.Change.By = s.device.ID
	var err error
	if s.device.serves(c.Location) {
		err = s.hub.orderings.change(ctx, s.hub.locations[c.Location], c.Change)
	} else {
		s.hub.devices.strayed(s.device)
		err = &order.Error{Kind: order.NotFound, Cause: order.BadField, Detail: "location"}
	}
	if refused, ok := errors.AsType[*order.Error](err); ok {
		result.Refused = &wire.Refusal{Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail}
		s.hub.slog.Info("change of the ordering refused", "device", s.device.ID, "why", refused.Error())
	} else if err != nil {
		return err // the disk: the terminal keeps the change and sends it again
	}
	s.send(wire.FromHub{Result: &result})
	return nil
}

// noteApplied counts what this terminal's own command changed as known to it, although the change
// has not been sent back yet: it may print by it at once.
func (s *session) noteApplied(location string) error {
	head, err := s.hub.log.Head(location)
	if err != nil {
		return err
	}
	s.gateway.noteSent(s.device.ID, location, head.Sequence)
	return nil
}

// check lets a terminal only do what a terminal may, to orders of its own locations, and says of
// which location the order is.
func (s *session) check(c order.Command) (location string, err error) {
	if c.Type != order.Place && c.Type != order.Printed && !c.Type.FromScreen() {
		return "", &order.Error{Kind: order.Invalid, Cause: order.UnknownCommand, Detail: string(c.Type)}
	}
	if c.Type == order.Place {
		if c.Order != nil && !s.device.serves(c.Order.Location) {
			s.hub.devices.strayed(s.device)
		}
		if c.Order == nil || c.Order.ID == "" || c.Order.ID != c.OrderID || !s.device.serves(c.Order.Location) || c.Order.Connection != "" {
			return "", &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "order"}
		}
		return c.Order.Location, nil
	}
	o, err := s.hub.log.Order(c.OrderID)
	if err == nil && !s.device.serves(o.Location) {
		s.hub.devices.strayed(s.device)
	}
	if errors.Is(err, orderlog.ErrNotFound) || err == nil && !s.device.serves(o.Location) {
		return "", &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: c.OrderID}
	}
	return o.Location, err
}

// place takes an order that a terminal's counter has sold already.
func (s *session) place(ctx context.Context, c order.Command) error {
	if err := checkSize(*c.Order); err != nil {
		return err
	}
	_, err := s.hub.apply(ctx, c)
	if order.KindOf(err) == order.Exists {
		return nil
	}
	return err
}

// send queues a frame. A terminal that lets too many pile up is cut off.
func (s *session) send(frame wire.FromHub) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) >= maxQueued {
		_ = s.conn.Close()
		return
	}
	s.queue = append(s.queue, frame)
	s.startWriter()
}

func (s *session) markDirty(location string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leased {
		s.dirty[location] = true
		s.startWriter()
	}
}

// startWriter is called with mu held.
func (s *session) startWriter() {
	if s.writing || s.ended {
		return
	}
	s.writing = true
	s.writers.Go(s.write)
}

// write empties the queue, then sends what the log has beyond the cursor, until neither has
// anything left.
func (s *session) write() {
	for {
		s.mu.Lock()
		frames := s.queue
		s.queue = nil
		dirty := ""
		if len(frames) == 0 {
			for dirty = range s.dirty { // any: each gets its turn
				break
			}
			delete(s.dirty, dirty)
		}
		if len(frames) == 0 && dirty == "" || s.ended {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		err := s.writeFrames(frames)
		if err == nil && dirty != "" {
			err = s.writeChanges(dirty)
		}
		if err != nil {
			_ = s.conn.Close() // the reader ends the session
			s.mu.Lock()
			s.writing, s.ended = false, true
			s.mu.Unlock()
			return
		}
	}
}

func (s *session) writeFrames(frames []wire.FromHub) error {
	for i := range frames {
		if err := s.writeFrame(&frames[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) writeFrame(frame *wire.FromHub) error {
	data, err := wire.Encode(*frame)
	if err != nil {
		return err
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, data)
}

// writeChanges sends one page of a location beyond its cursor, and comes back for the next.
func (s *session) writeChanges(id string) error {
	changes, head, err := s.hub.log.Changes(id, s.cursor[id], changesAtOne)
	if err != nil {
		return err
	}
	full := s.full[id]
	if len(changes) == 0 && !full {
		return nil
	}
	frame := wire.Changes{Location: id, Cursor: orderlog.Next(changes, head, changesAtOne), Full: full}
	more := len(changes) == changesAtOne
	frame.Orders = make([]json.RawMessage, 0, len(changes))
	size := 0
	for i, c := range changes {
		if size += len(c.Raw); i > 0 && size > maxPage {
			more = true
			frame.Cursor.Sequence = changes[i-1].Sequence
			break
		}
		frame.Orders = append(frame.Orders, c.Raw)
	}
	if more {
		frame.More = true
		defer s.markDirty(id)
	} else {
		frame.Last = full
	}
	// before the frame leaves: whoever takes over must assume that it arrived
	s.gateway.noteSent(s.device.ID, id, frame.Cursor.Sequence)
	if err := s.writeFrame(&wire.FromHub{Changes: &frame}); err != nil {
		return err
	}
	s.cursor[id] = frame.Cursor
	if frame.Last {
		delete(s.full, id)
	}
	return nil
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
