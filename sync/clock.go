package sync

import (
	"time"

	"comptoir/sync/wire"
)

// The hub is asked for its time with its welcome, then clockSoon for a few times, since the first
// answers wait behind a resync, and every clockLater from then on.
const (
	clockSoon  = 5 * time.Second
	clockFew   = 4
	clockLater = time.Minute
)

// clockQuestion is the newest of a session's questions for the hub's time. The session's mu guards it.
type clockQuestion struct {
	number uint64
	// asked is by the clock's own Elapsed, sent by time.Now.
	asked time.Duration
	sent  time.Time
}

// askClock begins a question; the session's mu is held.
func (s *session) askClock() {
	s.clock.number++
	s.clock.asked, s.clock.sent = s.cfg.Clock.Elapsed(), time.Now()
}

// sendClock asks once it is time to. An older hub is not asked.
func (s *session) sendClock() error {
	if s.cfg.Clock == nil {
		return nil
	}
	s.mu.Lock()
	wait := clockLater
	if s.clock.number < clockFew {
		wait = clockSoon
	}
	due := s.welcomed && s.answers && time.Since(s.clock.sent) >= wait
	if due {
		s.askClock()
	}
	number := s.clock.number
	s.mu.Unlock()
	if !due {
		return nil
	}
	return s.send(wire.FromTerminal{Clock: &wire.Clock{Asked: number}})
}

// hearClock is called as soon as a frame is off the socket: what waits for the disk later on must
// not count as the way.
func (s *session) hearClock(frame wire.FromHub) {
	if s.cfg.Clock == nil {
		return
	}
	s.mu.Lock()
	question := s.clock
	s.mu.Unlock()
	switch {
	case frame.Welcome != nil && question.number == 1: // one that comes later answers nothing
		s.cfg.Clock.Heard(frame.Welcome.Time, question.asked)
	case frame.Clock != nil && frame.Clock.Asked == question.number:
		s.cfg.Clock.Heard(frame.Clock.Time, question.asked)
	}
}
