package checkin

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Limiter bounds how often each key may come: burst at once, then one for each pause.
type Limiter struct {
	burst int
	pause time.Duration

	mu sync.Mutex
	// busy is until when each key has used up what it may; in the past, it is as new.
	busy map[string]time.Time
}

// mostKeys bounds what is remembered. Whoever comes beyond it shares one allowance.
const mostKeys = 10_000

// NewLimiter makes a limiter of keys that have not come yet.
func NewLimiter(burst int, pause time.Duration) *Limiter {
	return &Limiter{burst: burst, pause: pause, busy: map[string]time.Time{}}
}

// Allow counts one request. Where it is one too many, it says after how long to come again.
func (l *Limiter) Allow(key string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.busy[key]; !known && len(l.busy) >= mostKeys {
		for other, until := range l.busy {
			if !until.After(now) {
				delete(l.busy, other)
			}
		}
		if len(l.busy) >= mostKeys {
			key = ""
		}
	}
	until := l.busy[key]
	if until.Before(now) {
		until = now
	}
	if wait := until.Sub(now) - time.Duration(l.burst-1)*l.pause; wait > 0 {
		return wait, false
	}
	l.busy[key] = until.Add(l.pause)
	return 0, true
}

// Caller names who asks, for a limit: the network address, of IPv6 the network that a house has.
// A proxy on this machine is believed when it says for whom it asks; nobody else is.
func Caller(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address := peer.Addr().Unmap()
	if address.IsLoopback() {
		// proxies append: only the last one is the proxy's own word
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if forwarded, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			address = forwarded.Unmap()
		}
	}
	if address.Is6() {
		const network = 64
		if prefix, err := address.WithZone("").Prefix(network); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}
