package hub

import (
	"time"

	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// What may wait for a terminal that does not read: answers, leases and orderings. Changes never
// wait here, since the log has them and the session its cursor. Beyond a bound the terminal is cut
// off; it resumes from its cursor when it comes back.
const (
	maxQueued      = 256
	maxQueuedBytes = 2 * wire.MaxFrame
)

// send queues a frame for this terminal alone.
func (s *session) send(frame wire.FromHub) {
	data, err := wire.Encode(frame)
	if err != nil {
		s.hub.slog.Error("a frame cannot be sent to a terminal", "device", s.device.ID, "error", err)
		s.end()
		return
	}
	s.enqueue(data)
}

// enqueue queues an encoded frame. A terminal that lets too many pile up is cut off.
func (s *session) enqueue(data []byte) {
	s.mu.Lock()
	if !s.ready || s.ended {
		s.mu.Unlock()
		return
	}
	full := len(s.queue) >= maxQueued+s.leases || s.queued > 0 && s.queued+len(data) > maxQueuedBytes
	if !full {
		s.queue, s.queued = append(s.queue, data), s.queued+len(data)
		s.startWriter()
	}
	s.mu.Unlock()
	if full {
		s.cut(cause{shed: "queue_full"})
	}
}

// answerPing has the pong written in its turn: a reader that waited for a slow writer would not
// hear the terminal.
func (s *session) answerPing(data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pong = append([]byte{}, data...)
	s.startWriter()
}

// follow lets changes be sent, from where the terminal stands.
func (s *session) follow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.following = true
	for i := range s.followed {
		s.followed[i].dirty = true
	}
	s.startWriter()
}

func (s *session) markDirty(at *followed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.following {
		at.dirty = true
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

// work is what the writer does next: the frames that are queued, an answer to what the terminal
// asked, and one page of a location.
type work struct {
	pong   []byte
	frames [][]byte
	asked  *wire.Held
	at     *followed
}

// write works until there is nothing to write.
func (s *session) write() {
	for {
		next, level, more := s.nextWork()
		if level {
			s.gateway.turns.done(s)
		}
		if !more {
			return
		}
		if err := s.do(next); err != nil {
			if timedOut(err) {
				s.cut(cause{shed: "slow"})
			}
			s.end() // the reader does the rest
		}
	}
}

// nextWork takes what there is to do; level is true once, when the session has caught up.
func (s *session) nextWork() (next work, level, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		s.writing = false
		return work{}, false, false
	}
	next.pong, next.frames, next.asked = s.pong, s.queue, s.asked
	s.pong, s.queue = nil, nil
	for i := range s.followed { // each location gets its turn
		n := (s.last + 1 + i) % len(s.followed)
		if at := &s.followed[n]; at.dirty {
			at.dirty, s.last, next.at = false, n, at
			break
		}
	}
	level = s.following && !s.caughtUp && next.at == nil
	s.caughtUp = s.caughtUp || level
	s.writing = next.pong != nil || next.frames != nil || next.asked != nil || next.at != nil
	return next, level, s.writing
}

func (s *session) do(next work) error {
	if next.pong != nil {
		if err := s.conn.WriteControl(websocket.PongMessage, next.pong, time.Now().Add(stall)); err != nil {
			return err
		}
	}
	for _, data := range next.frames {
		if err := s.conn.WriteMessage(websocket.TextMessage, data); err != nil {
			return err
		}
		s.mu.Lock()
		s.queued -= len(data)
		s.mu.Unlock()
	}
	if next.asked != nil && !s.device.revoked.Load() {
		if err := s.answer(s.gateway.ctx, next.asked); err != nil {
			return err
		}
	}
	if next.at == nil || s.device.revoked.Load() { // until it is cut off, it hears no more orders
		return nil
	}
	return s.writeChanges(next.at)
}

// writeChanges sends one page of a location beyond its cursor, and comes back for the next.
func (s *session) writeChanges(at *followed) error {
	p, err := at.feed.page(at.cursor, at.full, at.hot)
	if err != nil || p.frame == nil {
		return err
	}
	if p.more {
		defer s.markDirty(at)
	}
	// before the frame leaves: whoever takes over must assume that it arrived
	at.feed.noteSent(s.device.ID, p.next.Sequence)
	if err := s.conn.WriteMessage(websocket.TextMessage, p.frame); err != nil {
		return err
	}
	at.cursor, at.full = p.next, p.full && p.more
	return nil
}
