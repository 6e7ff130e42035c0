package hub

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxResuming is how many sessions may catch up at once, and so how many pages are made at once
	// when all terminals come back together.
	maxResuming = 64
	// maxWaiting bounds those that wait for their turn; beyond it a terminal is told to come later.
	maxWaiting = 4096
	// turnTime is how long a session may keep others waiting: a slow line gets no more of its own.
	turnTime = 2 * time.Second
	// comeBack is what a terminal is told that comes while too many wait, in seconds.
	comeBack = "2"
)

// turns lets sessions catch up with the log one after the other. Meanwhile a session that waits is
// a session like any: its pings and commands are answered.
type turns struct {
	mu      sync.Mutex
	taken   map[*session]time.Time
	waiting []*session
}

// full reports that nobody else should come now.
func (t *turns) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting) >= maxWaiting
}

// ask gives the session its turn, at once or later; false where too many wait.
func (t *turns) ask(s *session) bool {
	t.mu.Lock()
	if len(t.taken) >= maxResuming {
		defer t.mu.Unlock()
		if len(t.waiting) >= maxWaiting {
			return false
		}
		t.waiting = append(t.waiting, s)
		return true
	}
	t.taken[s] = time.Now()
	t.mu.Unlock()
	s.follow()
	return true
}

// done hears that the session has caught up, or is gone.
func (t *turns) done(s *session) {
	t.mu.Lock()
	if _, had := t.taken[s]; had {
		delete(t.taken, s)
	} else if i := slices.Index(t.waiting, s); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
	}
	next := t.next()
	t.mu.Unlock()
	for _, s := range next {
		s.follow()
	}
}

// expire takes the turns of those that take too long, where others wait.
func (t *turns) expire() {
	t.mu.Lock()
	for s, since := range t.taken {
		if len(t.waiting) > 0 && time.Since(since) >= turnTime {
			delete(t.taken, s)
		}
	}
	next := t.next()
	t.mu.Unlock()
	for _, s := range next {
		s.follow()
	}
}

// next takes those out whose turn it is now. mu is held.
func (t *turns) next() []*session {
	n := max(0, min(maxResuming-len(t.taken), len(t.waiting)))
	next := slices.Clone(t.waiting[:n])
	t.waiting = slices.Delete(t.waiting, 0, n)
	for _, s := range next {
		t.taken[s] = time.Now()
	}
	return next
}
