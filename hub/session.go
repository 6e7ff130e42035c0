package hub

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/shop"
	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

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
