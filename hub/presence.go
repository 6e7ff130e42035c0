package hub

import "time"

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

// arrive counts the terminal as present, in place of a link of it that died unnoticed.
func (s *session) arrive() {
	g := s.gateway
	g.mu.Lock()
	former := g.current[s.device.ID]
	if former != nil {
		g.depart(former)
	}
	g.current[s.device.ID] = s
	s.counted = true
	for _, l := range s.device.locations {
		g.count(l.ID, 1)
	}
	g.mu.Unlock()
	if former != nil {
		former.cut(cause{shed: "replaced"})
	}
}

func (s *session) leave() {
	g := s.gateway
	g.mu.Lock()
	delete(g.sessions, s)
	if g.current[s.device.ID] == s {
		delete(g.current, s.device.ID)
	}
	g.depart(s)
	g.mu.Unlock()
	g.turns.done(s)
	for i := range s.followed {
		if f := s.followed[i].feed; f != nil {
			f.leave(s)
		}
	}
	s.hub.leases.leave(s)
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
