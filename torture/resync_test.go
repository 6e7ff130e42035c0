package torture

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"comptoir/internal/faultproxy"
)

// cutEvery resets the link's connections each time so many bytes have passed, until stop, which says
// how often it did.
func (l *linked) cutEvery(bytes int64, link faultproxy.Fault) (stop func() int) {
	ctx, cancel := context.WithCancel(l.t.Context())
	var working sync.WaitGroup
	cuts := 0
	working.Go(func() {
		for from := l.proxy.Stats().Bytes; ctx.Err() == nil; {
			if passed := l.proxy.Stats().Bytes; passed-from >= bytes {
				from = passed
				cuts++
				for _, f := range []faultproxy.Fault{{Kind: faultproxy.Reset}, link} {
					if err := l.proxy.Set(f); err != nil {
						l.t.Error(err)
					}
				}
			}
			<-time.After(5 * time.Millisecond)
		}
	})
	return func() int {
		cancel()
		working.Wait()
		return cuts
	}
}

// TestCutResync: a hub that was put back sends everything anew, over a link that drops again and again
// before the end of it. The terminal is level all the same, and what it sold meanwhile is at the hub.
func TestCutResync(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	l.outside("A", 80)
	l.sells("C-0")
	l.comesLevel(patience)
	l.until(patience, "the platforms have heard of their orders", l.platformsHeard)
	backup := filepath.Join(t.TempDir(), "hub.db")
	l.hub.keep(t, "backup", backup)
	l.outside("B", 2)
	l.comesLevel(patience)
	l.until(patience, "the platforms have heard of their orders", l.platformsHeard)
	l.hub.kill()
	l.hub.keep(t, "restore", backup)
	l.sells("C-1")

	slow := faultproxy.Fault{Kind: faultproxy.Throttle, Rate: 200_000}
	l.set(slow)
	before := l.proxy.Stats()
	stop := l.cutEvery(48<<10, slow)
	l.start(l.hub)
	took := l.comesLevel(patience)
	cuts := stop()
	passed := l.proxy.Stats()
	t.Logf("%d orders; the link was cut %d times, every 48 KiB: level after %v, %d kB and %d connections", len(l.orders), cuts,
		took.Round(time.Millisecond), (passed.Bytes-before.Bytes)/1000, passed.Connections-before.Connections)
	if cuts < 3 {
		t.Errorf("the link was cut %d times: the resync was too short to prove anything", cuts)
	}
	l.set(faultproxy.Fault{})
	l.verifyFiles()
}
