package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/order"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// write says hello, then sends what there is to send: cursors, commands, pings.
func (s *session) write(ctx context.Context) error {
	if err := s.sendHello(); err != nil {
		return err
	}
	ping := time.NewTicker(s.cfg.PingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ping.C:
			if err := s.beat(); err != nil {
				return err
			}
			if err := s.sendClock(); err != nil {
				return err
			}
		case <-s.turn:
		case <-s.wake:
		case <-s.anew:
			return &outage{reason: terminal.LinkStations, err: errStations}
		}
		// asked first: what ends it meanwhile has something to be sent before commands, and has woken
		// this loop again
		healing := s.healing()
		if err := s.sendStored(); err != nil {
			return err
		}
		asked := false
		if !healing {
			var err error
			if asked, err = s.sendHeld(); err != nil {
				return err
			}
		}
		if !healing && !asked {
			if err := s.sendCommands(ctx); err != nil {
				return err
			}
		}
		if err := s.sendChanges(); err != nil {
			return err
		}
	}
}

// errStations: the hub hears of the stations only in a hello.
var errStations = errors.New("other stations")

func (s *session) sendHello() error {
	select {
	case <-s.anew: // this hello tells it
	default:
	}
	s.Client.mu.Lock()
	stations := s.stations
	s.Client.mu.Unlock()
	if s.cfg.Clock != nil { // the welcome tells the hub's time too
		s.mu.Lock()
		s.askClock()
		s.mu.Unlock()
	}
	hello := wire.Hello{Version: wire.Oldest, Newest: wire.Version, Cursors: map[string]wire.Cursor{}, Stations: stations, Orderings: true, Asks: true, Resyncs: s.resuming, Parts: true, Known: s.sums}
	for location, cursor := range s.cursors {
		hello.Cursors[location] = wire.Cursor(cursor)
	}
	return s.send(wire.FromTerminal{Hello: &hello})
}

// sendStored tells the newest cursor of each location that has one.
func (s *session) sendStored() error {
	s.mu.Lock()
	stored := s.stored
	s.stored = map[string]terminal.Cursor{}
	s.mu.Unlock()
	for location, cursor := range stored {
		if err := s.send(wire.FromTerminal{Stored: &wire.Stored{Location: location, Cursor: wire.Cursor(cursor)}}); err != nil {
			return err
		}
	}
	return nil
}

// sendCommands fills the window with pending commands. All that are pending go again over each
// new connection: their ids make that harmless.
func (s *session) sendCommands(ctx context.Context) error {
	if s.healing() {
		return nil
	}
	s.mu.Lock()
	if s.again {
		s.again, s.after = false, 0
	}
	s.mu.Unlock()
	for ctx.Err() == nil {
		room := s.room()
		if room <= 0 {
			return nil
		}
		pending, err := s.replica.PendingAfter(s.after, room)
		if err != nil {
			return storing(err)
		}
		if len(pending) == 0 {
			return nil
		}
		for _, p := range pending {
			if err := s.sendCommand(p); err != nil {
				return err
			}
			s.after = p.Sequence
		}
	}
	return context.Cause(ctx)
}

func (s *session) room() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.welcomed {
		return 0
	}
	return window - len(s.unanswered)
}

func (s *session) sendCommand(p terminal.Pending) error {
	data, err := wire.Encode(wire.FromTerminal{Command: &p.Command})
	if err != nil {
		// It can never go, and those behind it must not wait for ever.
		s.log.Error("a command cannot be sent", "command", p.Command.ID, "error", err)
		if err := s.replica.Refused(p.Command.ID, &order.Error{Kind: order.Invalid, Cause: order.TooMany}); err != nil {
			return storing(err)
		}
		return nil
	}
	s.mu.Lock() // before it leaves: the answer may be there at once
	waits := s.unanswered[p.Command.ID]
	if len(s.unanswered) == 0 {
		s.progress = time.Now()
	}
	s.unanswered[p.Command.ID] = true
	s.mu.Unlock()
	if waits {
		return nil
	}
	return s.sendData(data)
}

// sendChanges sends the pending changes of orderings, once over each connection. A hub that tells
// no orderings takes no changes: they wait for its next release.
func (s *session) sendChanges() error {
	s.mu.Lock()
	able := s.orderings
	s.mu.Unlock()
	if !able {
		return nil
	}
	for _, p := range s.replica.PendingChanges() {
		if err := s.sendChange(p); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) sendChange(p terminal.PendingChange) error {
	s.mu.Lock() // before it leaves: the answer may be there at once
	sent := s.changes[p.Change.ID]
	if !sent {
		if len(s.unanswered) == 0 {
			s.progress = time.Now()
		}
		s.changes[p.Change.ID], s.unanswered[p.Change.ID] = true, true
	}
	s.mu.Unlock()
	if sent {
		return nil
	}
	return s.send(wire.FromTerminal{Change: &wire.Change{Location: p.Location, Change: p.Change}})
}

func (s *session) send(frame wire.FromTerminal) error {
	data, err := wire.Encode(frame)
	if err != nil {
		return err
	}
	return s.sendData(data)
}

func (s *session) sendData(data []byte) error {
	if err := s.conn.WriteMessage(websocket.TextMessage, data); err != nil {
		return lost(err)
	}
	return nil
}

// trickle is more bytes than the pongs of two pings, in TLS too, and less than any line brings that
// is still of use.
const trickle = 256

// flows notes that something goes on, slow as it may be.
func (s *session) flows() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flowing = time.Now()
}

// beat pings, and gives up a connection over which nothing goes on any more. While more than pongs
// comes in, the hub's answers may be behind a large frame on a slow line; while the hub says that a
// frame comes in there, what it is to answer has not arrived. Giving up would only send that frame anew.
func (s *session) beat() error {
	heard := s.socket.heard.Load()
	if heard-s.heard > trickle {
		s.flows()
	}
	s.heard = heard
	s.mu.Lock()
	welcomed, waiting, progress, working, asking := s.welcomed, len(s.unanswered), s.progress, s.working, s.asking
	flowing, resyncing, promised := s.flowing, len(s.full) > 0, s.promised
	s.mu.Unlock()
	idle := func(since time.Time) time.Duration { return min(time.Since(since), time.Since(flowing)) }
	switch {
	case !working.IsZero() && time.Since(working) >= stuckTimeout:
		// The pings would keep leases for a terminal that cannot print.
		return storing(fmt.Errorf("its disk has not answered for %v", stuckTimeout))
	case !welcomed && idle(s.began) >= welcomeTimeout:
		return silent(errors.New("it sends no welcome"))
	case resyncing && idle(promised) >= resyncTimeout:
		// commands wait for it
		return silent(errors.New("it does not send the orders that it promised"))
	case waiting > 0 && idle(progress) >= answerTimeout:
		return silent(fmt.Errorf("%d commands wait for an answer", waiting))
	case !asking.IsZero() && idle(asking) >= answerTimeout:
		return silent(errors.New("it does not say which orders it has"))
	}
	if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
		return lost(err)
	}
	return nil
}
