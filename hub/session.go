package hub

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// session is one terminal's connection. There may be very many that do nothing: each field and
// each goroutine counts.
type session struct {
	gateway *gateway
	hub     *Hub
	device  *device
	conn    *websocket.Conn
	link    *link

	mu sync.Mutex
	// ready: welcomed, so that others may queue frames. following: it knows its stations and has
	// had its turn, so that changes may follow; caughtUp: it has been at the end of the log since.
	ready     bool
	following bool
	caughtUp  bool
	writing   bool
	ended     bool
	// orderings: the terminal knows Ordering frames.
	orderings bool
	// counted as present; the gateway's mu guards it.
	counted bool
	// why the hub has ended it, for the figures; the first reason counts.
	why cause
	// queue holds encoded frames, queued their bytes and those being written.
	queue  [][]byte
	queued int
	// leases is how many frames of its stations' leases may wait besides: it asked for none of them.
	leases int
	// asked is what the terminal asked for; its orders, which are the writer's, are those that have not
	// been answered. nil once they all have.
	asked *wire.Held
	// pong is the last ping's data, to be sent back; nil where there is none.
	pong    []byte
	writers sync.WaitGroup
	// followed are the device's locations. Once ready is set the slice does not change; in each,
	// dirty is guarded by mu, and cursor and full are the writer's.
	followed []followed
	// last is the index of the location written last; the writer's.
	last int
}

// followed is where a session stands at one of its locations.
type followed struct {
	location *location
	feed     *feed
	cursor   wire.Cursor
	full     bool // a full resync is under way
	resumed  bool // it goes on where it was cut off
	hot      bool // it carries the hot set alone: the terminal asks for what that leaves out
	dirty    bool // there may be changes to send
	stations []string
}

// cause is why the hub ends a session, as its figures name it. A refused one did what it must
// not; a shed one stood in the way of others, or is gone.
type cause struct {
	refused, shed string
}

func newSession(g *gateway, d *device, conn *websocket.Conn, below *link) *session {
	conn.SetReadLimit(wire.MaxFrame)
	return &session{gateway: g, hub: g.hub, device: d, conn: conn, link: below}
}

// end closes the connection; the reader does the rest.
func (s *session) end() { s.cut(cause{}) }

// cut ends the session for a reason.
func (s *session) cut(why cause) {
	s.mu.Lock()
	if !s.ended {
		s.ended, s.why = true, why
	}
	s.mu.Unlock()
	abort(s.link.Conn)
}

// begin greets the terminal. What reads it from then on is a goroutine with a small stack: that of
// a greeting is deep.
func (s *session) begin() { s.goOn(s.greet()) }

// goOn leaves what the terminal says next to another goroutine, unless the session is at an end.
func (s *session) goOn(err error) {
	if err == nil {
		err = s.link.fresh()
	}
	if err != nil {
		s.finish(err)
		return
	}
	go s.serve()
}

// finish ends the session, counts why, and takes it from everywhere.
func (s *session) finish(err error) {
	defer s.gateway.readers.Done()
	if refused, ok := errors.AsType[*refusal](err); ok {
		s.cut(cause{refused: refused.reason})
	}
	s.end()
	s.writers.Wait()
	s.leave()
	switch { // nobody changes it any more
	case s.why.refused != "":
		s.hub.metrics.refuse(s.why.refused)
	case s.why.shed != "":
		s.hub.metrics.shed(s.why.shed)
	case errors.Is(err, net.ErrClosed), websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseAbnormalClosure):
		return
	}
	s.hub.slog.Info("terminal's connection ended", "device", s.device.ID, "reason", cmp.Or(s.why.refused, s.why.shed), "why", err.Error())
}

// refusal is the end of a session whose terminal broke the protocol.
type refusal struct {
	reason string // for the figures
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// greet takes the hello.
func (s *session) greet() error {
	waiting := &guest{origin: s.device.ID, close: s.end}
	s.gateway.lobby.enter(waiting)
	frame, err := s.receive()
	s.gateway.lobby.leave(waiting)
	if timedOut(err) {
		s.cut(cause{shed: "no_hello"})
	}
	if err != nil {
		return err
	}
	if s.device.revoked.Load() {
		return &refusal{refusedRevoked, errRevoked}
	}
	if frame.Hello == nil {
		return &refusal{"before_hello", errors.New("the first frame is no hello")}
	}
	s.link.hello = time.Time{}
	ours, theirs := wire.Spoken(), frame.Hello.Versions()
	version, found := wire.Common(ours, theirs)
	if !found {
		return s.refuseVersion(ours, theirs)
	}
	s.conn.SetPingHandler(func(data string) error {
		s.hub.leases.renew(s)
		s.answerPing(data)
		return nil
	})
	return s.enter(*frame.Hello, version)
}

func (s *session) refuseVersion(ours, theirs wire.Versions) error {
	older := "terminal"
	if theirs.Oldest > ours.Newest {
		older = "hub"
	}
	reason := fmt.Sprintf("this hub speaks versions %d to %d of the protocol, and the terminal %d to %d: update the %s",
		ours.Oldest, ours.Newest, theirs.Oldest, theirs.Newest, older)
	return s.refuse("version", wire.Bye{Reason: reason, Kind: wire.ByeVersion, Versions: &ours})
}

// refuse says goodbye instead of a welcome.
func (s *session) refuse(why string, bye wire.Bye) error {
	s.mu.Lock()
	s.ready = true
	s.mu.Unlock()
	s.send(wire.FromHub{Bye: &bye})
	s.writers.Wait()
	return &refusal{why, errors.New(bye.Reason)}
}

// serve waits for the terminal, handles what it sends, and leaves the next time to another
// goroutine. A stack only grows: one that has handled a frame would keep several kilobytes for as
// long as the connection lasts, and a new one that waits has the least there is.
func (s *session) serve() { s.goOn(s.handle()) }

// handle waits for a frame and handles it, and those that came with it.
func (s *session) handle() error {
	if s.link.buffered.Buffered() == 0 {
		if err := s.link.await(); err != nil {
			return s.lost(err)
		}
	}
	for first := true; first || s.link.buffered.Buffered() > 0; first = false {
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// lost notes a link that has died unnoticed.
func (s *session) lost(err error) error {
	if timedOut(err) {
		s.cut(cause{shed: "silent"})
	}
	return err
}

// next handles one frame.
func (s *session) next() error {
	data, is, err := s.link.ping()
	if err != nil {
		return s.lost(err)
	}
	if is {
		s.hub.leases.renew(s)
		s.answerPing(string(data))
		return nil
	}
	s.link.receives(s.comes) // not before the hello: nobody may write then
	frame, err := s.receive()
	s.link.receives(nil)
	if err != nil {
		return s.lost(err)
	}
	if s.device.revoked.Load() {
		return &refusal{refusedRevoked, errRevoked}
	}
	s.hub.leases.renew(s)
	switch {
	case frame.Hello != nil:
		return &refusal{"second_hello", errors.New("a second hello")}
	case frame.Command != nil:
		return s.command(s.gateway.ctx, *frame.Command)
	case frame.Change != nil:
		return s.change(s.gateway.ctx, *frame.Change)
	case frame.Held != nil:
		return s.held(*frame.Held)
	case frame.Clock != nil:
		s.send(wire.FromHub{Clock: &wire.Clock{Asked: frame.Clock.Asked, Time: s.hub.now().UTC()}})
	}
	return nil
}

// comes tells a terminal that a frame of it comes in, and takes that for a sign of life.
func (s *session) comes() {
	s.hub.leases.renew(s)
	s.answerPing(wire.Receiving)
}

func (s *session) receive() (wire.FromTerminal, error) {
	kind, data, err := s.conn.ReadMessage()
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return wire.FromTerminal{}, &refusal{"oversized", err}
	case err != nil:
		return wire.FromTerminal{}, err
	case kind != websocket.TextMessage:
		return wire.FromTerminal{}, &refusal{"binary", errors.New("a frame that is not text")}
	}
	frame, err := wire.DecodeFromTerminal(data)
	if err != nil {
		return wire.FromTerminal{}, &refusal{"bad_frame", err}
	}
	return frame, nil
}

// enter welcomes the terminal: settings, what it missed, its leases; and accepts the orders
// that waited for somebody to be there.
func (s *session) enter(hello wire.Hello, version int) error {
	g, ctx := s.gateway, s.gateway.ctx
	s.followed = make([]followed, len(s.device.locations))
	for i, l := range s.device.locations {
		if err := s.resume(&s.followed[i], l, hello); err != nil {
			return err
		}
	}
	// before it counts as present: orders must not be accepted for one that cannot be welcomed
	settings, same, err := s.settings(hello, version)
	if err != nil {
		return err
	}
	s.orderings = hello.Orderings
	s.arrive()
	for i := range s.followed {
		s.followed[i].feed.follow(s, &s.followed[i])
	}
	o := s.hub.orderings
	o.telling.Lock() // what changes from here on follows the welcome
	welcome, err := wire.EncodeWelcome(wire.Welcome{
		Version: version, Device: s.device.ID, Time: s.hub.now().UTC(), Orderings: o.frames(s.device.locations),
		Same: same, Answers: true, Full: s.resyncs(false), Resumed: s.resyncs(true),
	}, settings)
	if err == nil {
		s.mu.Lock()
		s.ready = true
		s.mu.Unlock()
		s.enqueue(welcome)
	}
	o.telling.Unlock()
	if err != nil {
		return err
	}
	if err := s.hub.leases.enter(ctx, s); err != nil {
		return err
	}
	// a former holder hears that it has lost a station before it hears of orders to print there
	if !g.turns.ask(s) {
		s.cut(cause{shed: "resume_full"})
	}
	for i := range s.followed {
		if err := s.followed[i].feed.acceptWaiting(ctx, s.followed[i].location); err != nil {
			return err
		}
	}
	return nil
}
