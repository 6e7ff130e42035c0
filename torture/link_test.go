package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/internal/faultproxy"
	"comptoir/order"
)

// levelWithin is what the product promises: a terminal is level with the hub so long after the
// link's return. patience is how long a busy machine may take in a test; the times are printed.
const (
	levelWithin = 10 * time.Second
	patience    = 10 * levelWithin
)

// linked is a shop whose first terminal reaches the hub over a link that can be made bad.
type linked struct {
	*stage
	proxy  *faultproxy.Proxy
	till   *process
	orders []*sent
}

// newLinked opens it; args are the terminal's.
func newLinked(t *testing.T, args ...string) *linked {
	t.Helper()
	return link(t, newStage(t, 1, 0), args...)
}

// newLinkedHub opens it with the hub's data elsewhere.
func newLinkedHub(t *testing.T, data string) *linked {
	t.Helper()
	s := newStage(t, 1, 0)
	s.hub.args = append(s.hub.args, "--data", data)
	return link(t, s)
}

func link(t *testing.T, s *stage, args ...string) *linked {
	t.Helper()
	proxy, err := faultproxy.New("", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	l := &linked{stage: s, proxy: proxy, till: s.terminals[0]}
	l.till.args = append(append(l.till.args, args...), "--hub", "http://"+proxy.Address()) // the last one counts
	s.open()
	return l
}

func (l *linked) set(f faultproxy.Fault) {
	l.t.Helper()
	if err := l.proxy.Set(f); err != nil {
		l.t.Fatal(err)
	}
}

// outside posts orders of platforms, which reach the hub whatever the terminal's link does.
func (l *linked) outside(prefix string, count int) {
	l.t.Helper()
	for i := range count {
		o := burgerAndCoffee(fmt.Sprintf("%s-%02d", prefix, i))
		l.orders = append(l.orders, o)
		l.mustPlace(o)
	}
}

// sells takes an order at the counter, and waits until its tickets are out.
func (l *linked) sells(number string) {
	l.t.Helper()
	o := burgerAndCoffee(number)
	o.platform = ownShop
	o.id = order.Identity(order.ChannelCounter, l.till.name, o.command())
	if err := l.till.sell(o); err != nil {
		l.t.Fatal(err)
	}
	l.orders = append(l.orders, o)
	l.until(patience, "the terminal sells, "+number, func() bool { return l.till.told.knows(o.id) })
	o.acknowledged = true
	l.until(patience, "and prints, "+number, func() bool { return l.printed(number) })
}

// unlevel says in what hub and terminal differ now; empty if they are level: the same state of every
// order on both, with the same commands applied, so that none waits.
func (l *linked) unlevel(ctx context.Context) string {
	stored, err := l.stored(ctx)
	if err != nil {
		return err.Error()
	}
	if len(stored) < len(l.orders) {
		return fmt.Sprintf("the hub has %d orders of %d", len(stored), len(l.orders))
	}
	for _, o := range stored {
		here := l.till.told.state(o.ID)
		if here.Revision != o.Revision || here.Status != o.Status || !slices.Equal(commandsOf(here), commandsOf(o)) {
			return fmt.Sprintf("order %s: hub %d %s with %d commands, terminal %d %s with %d", o.Number,
				o.Revision, o.Status, len(o.History), here.Revision, here.Status, len(here.History))
		}
	}
	return ""
}

// comesLevel waits until both are level and says how long that took.
func (l *linked) comesLevel(limit time.Duration) time.Duration {
	l.t.Helper()
	begun := time.Now()
	var why string
	for why = l.unlevel(l.t.Context()); why != "" && time.Since(begun) < limit; why = l.unlevel(l.t.Context()) {
		<-time.After(20 * time.Millisecond)
	}
	if why != "" {
		l.t.Fatalf("not level after %v: %s", limit, why)
	}
	return time.Since(begun)
}

// verifyFiles compares everything at the end: paper, hub, and the two files.
func (l *linked) verifyFiles() *check {
	l.t.Helper()
	l.orders = append(l.orders, l.level(patience, "FIN1"))
	l.until(patience, "the platforms have heard of their orders", l.platformsHeard)
	c := l.check(l.orders)
	l.comesLevel(patience)
	l.confirmed(l.till)
	l.hub.kill()
	c.replica(l.till)
	c.complain()
	return c
}

// platformsHeard says whether every platform knows that its orders are accepted: the hub looks for
// what it owes them a moment after the terminals.
func (l *linked) platformsHeard() bool {
	accepted := l.accepts()
	return !slices.ContainsFunc(l.orders, func(o *sent) bool { return o.platform != ownShop && accepted[o.platform+o.reference] == 0 })
}

// tally collects times over parallel tests.
type tally struct {
	mu    sync.Mutex
	times []time.Duration
}

func (y *tally) add(d time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.times = append(y.times, d)
}

func (y *tally) String() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.times) == 0 {
		return "no link has returned"
	}
	times := slices.Sorted(slices.Values(y.times))
	over := len(times) - len(slices.Collect(func(yield func(time.Duration) bool) {
		for _, d := range times {
			if d <= levelWithin && !yield(d) {
				return
			}
		}
	}))
	return fmt.Sprintf("links that returned %d; level after: median %v, longest %v; over %v: %d", len(times),
		times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond), levelWithin, over)
}

// TestBadLinks: whatever the link does, the terminal sells and prints meanwhile, says since when it
// is cut off, and is level soon after.
func TestBadLinks(t *testing.T) {
	t.Parallel()
	for _, f := range []faultproxy.Fault{
		{Kind: faultproxy.Drop}, {Kind: faultproxy.HalfOpen}, {Kind: faultproxy.Reset}, {Kind: faultproxy.Refuse},
	} {
		t.Run(f.Kind.String(), func(t *testing.T) {
			t.Parallel()
			l := newLinked(t)
			l.outside("A", 2)
			l.comesLevel(patience)
			online := l.till.told.times("online")
			cut := time.Now()
			l.set(f)
			l.outside("B", 3)
			l.sells("C-1")
			l.until(patience, "the terminal says that it is offline", func() bool { return l.till.told.times("offline") > 0 })
			said := time.Since(cut)
			l.since(cut)
			l.sells("C-2")
			l.set(faultproxy.Fault{})
			took := l.comesLevel(patience)
			if l.till.told.times("online") == online {
				t.Error("level, and not online")
			}
			t.Logf("%v: offline told after %v; level %v after the link's return (within %v: %v)",
				f.Kind, said.Round(time.Millisecond), took.Round(time.Millisecond), levelWithin, took <= levelWithin)
			l.verifyFiles()
		})
	}
}

// since looks at what the terminal says of an outage.
func (l *linked) since(cut time.Time) {
	l.t.Helper()
	line := l.till.log.last(1, `"event":"offline"`)[0]
	var event struct{ Since time.Time }
	if err := json.Unmarshal([]byte(line[strings.Index(line, "{"):]), &event); err != nil {
		l.t.Fatalf("%v in %s", err, line)
	}
	// by the hub's clock, as well as the terminal knows it
	if event.Since.Before(cut.Add(-time.Second)) || event.Since.After(time.Now().Add(time.Second)) {
		l.t.Errorf("offline since %v; the link was cut at %v", event.Since, cut)
	}
}

// TestSlowLinks: a slow link is not a dead one. The terminal stays connected and makes progress.
func TestSlowLinks(t *testing.T) {
	t.Parallel()
	missed := 4 // orders, of about 2 kB
	if isLong(t) {
		missed = 70 // more than a page, some minutes at 1 kB/s
	}
	for _, f := range []faultproxy.Fault{
		{Kind: faultproxy.Delay, Delay: time.Second}, {Kind: faultproxy.Throttle, Rate: 1000},
	} {
		t.Run(f.Kind.String(), func(t *testing.T) {
			t.Parallel()
			l := newLinked(t)
			// all that it missed waits for it, with the welcome before it
			l.set(faultproxy.Fault{Kind: faultproxy.Refuse})
			l.until(patience, "offline", func() bool { return l.till.told.times("offline") > 0 })
			l.outside("A", missed)
			l.sells("C-1")
			bytes, online := l.proxy.Stats().Bytes, l.till.told.times("online")
			begun := time.Now()
			l.set(f)
			l.sells("C-2")
			took := l.comesLevel(20 * time.Minute)
			// not by the times it was offline: it says so anew with each new reason
			flaps := l.till.told.times("online") - online - 1
			passed := l.proxy.Stats().Bytes - bytes
			t.Logf("%v: level over the slow link after %v, %d kB both ways, %d orders missed; connections lost %d",
				f.Kind, took.Round(time.Millisecond), passed/1000, missed, flaps)
			if flaps != 0 {
				t.Errorf("the connection was lost %d times in %v", flaps, time.Since(begun).Round(time.Second))
			}
			l.set(faultproxy.Fault{})
			l.verifyFiles()
		})
	}
}

// TestRandomLinks goes through random sequences of faults.
func TestRandomLinks(t *testing.T) {
	t.Parallel()
	lines, rounds, steps := 2, 2, 5
	if isLong(t) {
		lines, rounds, steps = 4, 15, 8
	}
	from := seed(t)
	var times tally
	t.Cleanup(func() { t.Log(&times) })
	for line := range lines {
		t.Run(fmt.Sprint(line), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(from, uint64(line)))
			l := newLinked(t)
			for round := range rounds {
				for step := range steps {
					kind := faultproxy.Kind(random.IntN(int(faultproxy.Throttle) + 1))
					l.set(faultproxy.Fault{Kind: kind, Delay: time.Duration(random.IntN(2000)) * time.Millisecond, Rate: 1000 + random.IntN(9000)})
					name := fmt.Sprintf("%d%d%d", line, round, step)
					l.outside("B"+name, 1)
					l.sells("C" + name)
					moment(t.Context(), random, 700*time.Millisecond)
				}
				l.set(faultproxy.Fault{})
				times.add(l.comesLevel(patience))
			}
			l.verifyFiles()
		})
	}
}
