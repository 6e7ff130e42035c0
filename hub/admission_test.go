package hub

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestLobby(t *testing.T) {
	shed := map[string]int{}
	l := newLobby(4, 2, func(reason string) { shed[reason]++ })
	var out []string
	enter := func(name, origin string) *guest {
		g := &guest{origin: origin, close: func() { out = append(out, name) }}
		l.enter(g)
		return g
	}
	want := func(names ...string) {
		t.Helper()
		if !slices.Equal(out, names) {
			t.Errorf("shed %v, want %v", out, names)
		}
		out = nil
	}
	enter("a", "")
	b := enter("b", "10.0.0.1/32")
	enter("c", "10.0.0.1/32")
	want()
	enter("d", "10.0.0.1/32") // its address has two: the older of them goes
	want("b")
	if _, was := l.leave(b); was {
		t.Error("who was shed is still in")
	}
	e := enter("e", "10.0.0.2/32")
	want()
	enter("f", "10.0.0.3/32") // full: the oldest of all
	want("a")
	if _, was := l.leave(e); !was {
		t.Error("who waited was not in")
	}
	enter("g", "")
	want()
	l.enter(e) // again, as after a request
	want("c")
	l.enter(e)
	want()
	if shed["crowd"] != 2 || shed["crowd_origin"] != 1 || len(l.of) != 4 {
		t.Errorf("counted %v, origins %v", shed, l.of)
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1": "", "::1": "", "192.0.2.7": "192.0.2.7/32",
		"2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := originOf(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

// Sessions catch up in turn; one on a slow line keeps nobody waiting for longer than its turn.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := make([]*session, maxResuming+maxWaiting+1)
		turns := turns{taken: map[*session]time.Time{}}
		following := func() (n int) {
			for _, s := range all {
				if s != nil && s.following {
					n++
				}
			}
			return n
		}
		for i := range all {
			all[i] = &session{writing: true} // there is nothing behind it to write to
			if taken := turns.ask(all[i]); taken != (i < maxResuming+maxWaiting) {
				t.Fatalf("session %d: taken %t", i, taken)
			}
		}
		if !turns.full() || following() != maxResuming {
			t.Errorf("%d follow, full %t", following(), turns.full())
		}
		turns.done(all[0])             // has caught up
		turns.done(all[maxResuming+1]) // is gone while it waits
		if got := following(); got != maxResuming+1 || !all[maxResuming].following || turns.full() {
			t.Errorf("%d follow, full %t", got, turns.full())
		}
		turns.expire()
		if got := following(); got != maxResuming+1 {
			t.Errorf("%d follow before the turns are over", got)
		}
		time.Sleep(turnTime) // synthetic
		turns.expire()
		if got := following(); got != 2*maxResuming+1 || all[maxResuming+1].following {
			t.Errorf("%d follow after the turns are over", got)
		}
		for _, s := range all {
			turns.done(s)
		}
		if len(turns.taken)+len(turns.waiting) != 0 {
			t.Errorf("%d and %d are left", len(turns.taken), len(turns.waiting))
		}
	})
}

func TestKeptPages(t *testing.T) {
	f := &feed{}
	for i := range 10 {
		f.keep(page{size: i * 100 << 10})
		size := 0
		for _, p := range f.pages {
			size += p.size
		}
		if len(f.pages) > keptPages || size > keptBytes && len(f.pages) > 1 {
			t.Error(fmt.Sprint(len(f.pages)), "pages of", size)
		}
	}
}
