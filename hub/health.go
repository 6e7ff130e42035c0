package hub

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"comptoir/internal/version"
	"comptoir/sync/wire"
)

// failingAfter is how long calls to a platform must have failed for people to hear of it: a
// shorter trouble is over before anybody could do something.
const failingAfter = time.Minute

func (h *Hub) routeHealth(handle handle) {
	handle("GET "+wire.HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, h.health())
	})
}

// health is how the hub is. Everybody may read it.
func (h *Hub) health() wire.Health {
	now := h.now().UTC()
	health := wire.Health{
		Status: wire.HealthOK, Protocol: wire.Version, ProtocolOldest: wire.Oldest, Comptoir: version.Comptoir,
		Time: now, StatusPage: h.config.StatusPage, Platforms: h.calls.platforms(now),
	}
	health.Problems, health.OwnProblems = h.calls.problems(now)
	for _, problem := range slices.Concat(h.escalations.problems(), h.outbox.problems()) {
		health.OwnProblems++
		health.Problems = append(health.Problems, problem)
	}
	if err := h.log.Failing(); err != nil {
		health.OwnProblems++
		health.Problems = append(health.Problems, "nothing can be stored, and no order is taken: make room on its disk, or have it looked at: the hub's log says what failed")
	}
	if n := h.log.Damaged(); n > 0 {
		health.OwnProblems++
		health.Problems = append(health.Problems, fmt.Sprintf("%d records of the order log are damaged: the hub's log names them; restore a backup", n))
	}
	if len(health.Problems) > 0 {
		health.Status = wire.HealthDegraded
	}
	return health
}

// problems names the calls that no platform took, or will, or has taken for too long, and counts
// the problems that are no platform's.
func (c *calls) problems(now time.Time) (problems []string, own int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, gone := map[string]int{}, map[string]int{}
	for _, chain := range c.chains {
		for _, r := range chain {
			switch {
			case c.hub.connections[r.Connection] == nil:
				gone["calls wait for connection "+r.Connection+", which is gone from the configuration"]++
			case r.Dead:
				found[r.Connection+" did not take "+r.Call.Name+": "+r.Problem]++
			case r.failing(now):
				found[r.Connection+" has not taken "+r.Call.Name+" yet, which is tried again: "+r.Problem]++
			}
		}
	}
	if c.damaged > 0 {
		gone["stored calls to platforms are damaged: see the log"] = c.damaged
	}
	problems, own = make([]string, 0, len(found)+len(gone)), len(gone)
	maps.Copy(found, gone)
	for text, n := range found {
		problems = append(problems, fmt.Sprintf("%s (%d)", text, n))
	}
	slices.Sort(problems)
	return problems, own
}

// failing reports whether the call has been tried in vain for so long that people should know.
func (r *record) failing(now time.Time) bool {
	return !r.Dead && r.Attempts > 0 && r.Problem != "" && now.Sub(r.MadeAt) >= failingAfter
}

// platforms is how the calls to each platform fare.
func (c *calls) platforms(now time.Time) []wire.PlatformHealth {
	c.mu.Lock()
	defer c.mu.Unlock()
	platforms := make([]wire.PlatformHealth, 0, len(c.hub.connections))
	for id, connection := range c.hub.connections {
		p := wire.PlatformHealth{Connection: id, Partner: connection.Partner, Location: connection.Location, State: wire.PlatformOK}
		for _, chain := range c.chains {
			for _, r := range chain {
				switch {
				case r.Connection != id:
					continue
				case r.Dead:
					p.GivenUp++
				case r.failing(now):
					p.Failing++
				default:
					continue
				}
				if p.Since.IsZero() || r.MadeAt.Before(p.Since) {
					p.Since = r.MadeAt
				}
			}
		}
		switch {
		case p.GivenUp > 0:
			p.State = wire.PlatformGivenUp
		case p.Failing > 0:
			p.State = wire.PlatformFailing
		}
		platforms = append(platforms, p)
	}
	slices.SortFunc(platforms, func(a, b wire.PlatformHealth) int { return cmp.Compare(a.Connection, b.Connection) })
	return platforms
}
