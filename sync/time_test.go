package sync_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	possync "comptoir/sync"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// longest makes each wait as long as it may be.
func longest(cfg *possync.Config) {
	cfg.Jitter = func(limit time.Duration) time.Duration { return limit }
}

func TestMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		r.hold, r.holding = make(chan struct{}), make(chan struct{}, 100)
		start(t, h, r)
		p := h.welcomed(t)
		p.send(changes("paris", 1, "a"))
		receive(t, "the first to apply", r.holding)
		// these wait behind it
		p.send(changes("paris", 2, "b"))
		p.send(changes("paris", 3, "c", "d"))
		p.send(changes("lyon", 3, "e"))
		p.send(changes("paris", 4, "f"))
		p.send(wire.FromHub{Lease: &wire.Lease{Location: "paris", Station: "grill"}})
		p.send(changes("paris", 5, "g"))
		full := changes("paris", 6, "h")
		full.Changes.Full = true
		p.send(full)
		full = changes("paris", 7, "i")
		full.Changes.Full, full.Changes.Last = true, true
		p.send(full)
		p.send(changes("paris", 8, "j"))
		moved := changes("paris", 1, "k")
		moved.Changes.Cursor.Epoch = "e2"
		p.send(moved)
		synctest.Wait()
		close(r.hold)
		for _, want := range []string{"a1", "bcd3", "e3", "f4", "g5", "hi7 full last", "j8", "k1"} {
			if got := summary(receive(t, want, r.applied)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}

		// many at once: at most 64 orders in a transaction, at most one cursor told per turn
		synctest.Wait()
		for len(p.frames) > 0 {
			p.stored()
		}
		r.hold, r.holding = make(chan struct{}), make(chan struct{}, 100)
		for n := range uint64(20) {
			p.send(changes("lyon", n+1, "a", "b", "c", "d", "e"))
			if n == 0 {
				receive(t, "the first to apply", r.holding)
			}
		}
		synctest.Wait()
		close(r.hold)
		synctest.Wait()
		for _, want := range []int{5, 60, 35} {
			if got := len(receive(t, "changes", r.applied).Orders); got != want {
				t.Errorf("got %d orders, want %d", got, want)
			}
		}
		for sequence := uint64(0); sequence < 20; {
			got := p.stored().Cursor.Sequence
			if got <= sequence {
				t.Fatalf("told %d after %d", got, sequence)
			}
			sequence = got
		}
	})
}

func summary(c terminal.Changes) string {
	text := ""
	for _, o := range c.Orders {
		text += o.ID
	}
	text += string(rune('0' + c.Cursor.Sequence))
	if c.Full {
		text += " full"
	}
	if c.Last {
		text += " last"
	}
	return text
}

// A hub that stops answering is left within the read timeout, whatever it has said before.
func TestSilence(t *testing.T) {
	const silent = terminal.LinkSilent
	for name, test := range map[string]struct {
		reason   terminal.LinkReason
		earliest time.Duration
		latest   time.Duration
		prepare  func(*testing.T, *hub, *replica)
		then     func(*testing.T, *hub)
	}{
		"no handshake": {
			terminal.LinkUnreachable, 5 * time.Second, 6 * time.Second,
			func(t *testing.T, h *hub, _ *replica) {
				h.dial = func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go drain(theirs)
					t.Cleanup(func() { _ = theirs.Close() })
					return ours, nil
				}
			}, nil,
		},
		"no welcome": {silent, 15 * time.Second, 21 * time.Second, nil, func(t *testing.T, h *hub) { h.peer(t) }},
		"no answers": {
			silent, 30 * time.Second, 36 * time.Second,
			func(_ *testing.T, _ *hub, r *replica) { r.add(1, 1) },
			func(t *testing.T, h *hub) { h.welcomed(t) },
		},
		"half-open": {silent, 8 * time.Second, 9 * time.Second, nil, func(t *testing.T, h *hub) {
			p := h.welcomed(t)
			p.mute.Store(true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, r := newPipeHub(t), newReplica()
				if test.prepare != nil {
					test.prepare(t, h, r)
				}
				began := time.Now()
				start(t, h, r)
				if test.then != nil {
					test.then(t, h)
				}
				got := receive(t, "link", r.links)
				if got.online {
					got = receive(t, "link", r.links)
				}
				if took := time.Since(began); got != (link{false, test.reason}) || took < test.earliest || took > test.latest {
					t.Errorf("got %+v after %v, want %q after %v to %v", got, took, test.reason, test.earliest, test.latest)
				}
			})
		})
	}
}

func drain(conn net.Conn) {
	for b := make([]byte, 4096); ; {
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// A large frame over a slow line is no silence.
func TestSlowLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		start(t, h, r)
		p := h.welcomed(t)
		// a frame by hand: text, its length in one byte, then ten bytes each five seconds
		data := `{"changes":{"location":"paris","cursor":{"epoch":"e1","sequence":1},"orders":[]}}`
		frame := append([]byte{0x81, byte(len(data))}, data...)
		p.mute.Store(true)
		conn := p.conn.NetConn()
		for len(frame) > 0 {
			n := min(10, len(frame))
			if _, err := conn.Write(frame[:n]); err != nil {
				t.Fatal(err)
			}
			frame = frame[n:]
			time.Sleep(5 * time.Second) // synthetic
		}
		receive(t, "changes", r.applied)
	})
}

// Pings keep leases at the hub; a terminal whose disk is stuck must lose them.
func TestPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		r.hold, r.holding = make(chan struct{}), make(chan struct{}, 100)
		start(t, h, r)
		p := h.welcomed(t)
		before := time.Now()
		for range 3 {
			now := receive(t, "ping", p.pings)
			if d := now.Sub(before); d != 3*time.Second {
				t.Errorf("a ping after %v, want 3 s", d)
			}
			before = now
		}
		p.send(changes("paris", 1, "a"))
		receive(t, "apply", r.holding)
		stuck := time.Now()
		p.gone()
		if took := time.Since(stuck); took < 15*time.Second || took > 20*time.Second {
			t.Errorf("gone after %v, want 15 to 20 s", took)
		}
		close(r.hold)
		receive(t, "changes", r.applied)
		if p := h.peer(t); p.hello().Cursors["paris"] != at(1) {
			t.Error("the cursor that was stored at last is not in the hello")
		}
	})
}

func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		var down atomic.Bool
		down.Store(true)
		h.dial = refusing(h, &down)
		start(t, h, r, longest)
		began := time.Now()
		for _, want := range []time.Duration{0, 250, 500, 1000, 2000, 4000, 4000, 4000} {
			now := receive(t, "attempt", h.tries)
			if got := now.Sub(began); got != want*time.Millisecond {
				t.Errorf("an attempt after %v, want %d ms", got, want)
			}
			began = now
		}
		if got := receive(t, "link", r.links); got.online || len(r.links) != 0 {
			t.Errorf("got %+v and %d more, want the one outage told once", got, len(r.links))
		}
		down.Store(false)
		// cut at once: the backoff goes on; after it was stable: it begins anew
		for _, test := range []struct{ stable, wait time.Duration }{
			{0, 4 * time.Second}, {11 * time.Second, 250 * time.Millisecond}, {0, 500 * time.Millisecond},
		} {
			p := h.welcomed(t)
			time.Sleep(test.stable) // synthetic
			for len(h.tries) > 0 {
				<-h.tries
			}
			p.cut()
			cut := time.Now()
			if got := receive(t, "attempt", h.tries).Sub(cut); got != test.wait {
				t.Errorf("stable for %v: an attempt after %v, want %v", test.stable, got, test.wait)
			}
		}
	})
}

// refusing fails at once while down.
func refusing(h *hub, down *atomic.Bool) func(context.Context, string, string) (net.Conn, error) {
	dial := h.dial
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if down.Load() {
			h.tries <- time.Now()
			return nil, errors.New("connection refused")
		}
		return dial(ctx, network, address)
	}
}

// Whatever the moment at which the link comes back, the terminal is level within 10 s.
func TestLevelAgain(t *testing.T) {
	for outage := time.Second; outage < 30*time.Second; outage += 1700 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			h, r := newPipeHub(t), newReplica()
			back := time.Now().Add(outage)
			dial := h.dial
			h.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if time.Now().After(back) {
					return dial(ctx, network, address)
				}
				select { // as net.Dialer{Timeout: 4s} does into a black hole
				case <-ctx.Done():
				case <-time.After(4 * time.Second):
				}
				return nil, errors.New("i/o timeout")
			}
			start(t, h, r, longest)
			p := h.welcomed(t)
			p.send(changes("paris", 1, "a"))
			p.stored()
			if late := time.Since(back); late > 10*time.Second {
				t.Errorf("after an outage of %v: level %v after its end", outage, late)
			}
		})
	}
}

// A connection that has died unnoticed while the link came back is left within the same time, although
// the attempts before it failed.
func TestLevelAfterSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		var down atomic.Bool
		down.Store(true)
		h.dial = refusing(h, &down)
		start(t, h, r, longest)
		for range 8 {
			receive(t, "attempt", h.tries)
		}
		down.Store(false)
		p := h.welcomed(t)
		p.mute.Store(true)
		dead := time.Now()
		h.welcomed(t)
		if took := time.Since(dead); took > 10*time.Second {
			t.Errorf("connected %v after the connection died", took)
		}
	})
}

// A terminal that the hub does not know asks seldom, and is in once somebody has paired it.
func TestUnknownDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		h.status.Store(http.StatusUnauthorized)
		start(t, h, r)
		if got := receive(t, "link", r.links); got != (link{false, terminal.LinkUnknown}) {
			t.Errorf("got %+v", got)
		}
		time.Sleep(10 * time.Minute) // synthetic
		if n := h.attempts.Load(); n < 20 || n > 41 {
			t.Errorf("%d attempts in 10 minutes, want 20 to 41", n)
		}
		h.status.Store(0)
		h.welcomed(t)
		if got := receive(t, "link", r.links); !got.online {
			t.Errorf("got %+v", got)
		}
	})
}

// A hub that is busy says when to come again; a terminal comes then, or somewhat later.
func TestRetryAfter(t *testing.T) {
	for after, longestWait := range map[int32]time.Duration{2: 4 * time.Second, 86_400: 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			h, r := newPipeHub(t), newReplica()
			h.status.Store(http.StatusServiceUnavailable)
			h.retryAfter.Store(after)
			start(t, h, r)
			if got := receive(t, "link", r.links); got != (link{false, terminal.LinkBusy}) {
				t.Errorf("got %+v", got)
			}
			receive(t, "attempt", h.tries)
			for range 20 {
				before := time.Now()
				wait := receiveWithin(t, 5*time.Minute, h.tries).Sub(before)
				if wait < longestWait/2 || wait > longestWait {
					t.Errorf("Retry-After %d: an attempt after %v, want %v to %v", after, wait, longestWait/2, longestWait)
				}
			}
		})
	}
}

func receiveWithin[T any](t *testing.T, most time.Duration, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(most):
		t.Fatalf("nothing came within %v", most)
	}
	panic("unreachable")
}

// Run ends at once in every state; start's cleanup measures it.
func TestShutdown(t *testing.T) {
	for name, reach := range map[string]func(*testing.T, *hub, *replica){
		"dialing": func(t *testing.T, h *hub, r *replica) {
			dialing := make(chan struct{}, 1)
			h.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				dialing <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			}
			start(t, h, r)
			receive(t, "dial", dialing)
		},
		"shaking hands": func(t *testing.T, h *hub, r *replica) {
			var listen net.ListenConfig
			l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			h.url = "http://" + l.Addr().String()
			start(t, h, r)
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			if _, err := conn.Read(make([]byte, 1)); err != nil { // the request has come
				t.Fatal(err)
			}
		},
		"waiting for welcome": func(t *testing.T, h *hub, r *replica) {
			start(t, h, r)
			h.peer(t).hello()
		},
		"online": func(t *testing.T, h *hub, r *replica) {
			start(t, h, r)
			h.welcomed(t)
			receive(t, "link", r.links)
		},
		"waiting to try again": func(t *testing.T, h *hub, r *replica) {
			h.url = "http://127.0.0.1:1"
			start(t, h, r, longest, func(cfg *possync.Config) { cfg.MinBackoff = time.Hour })
			receive(t, "link", r.links)
		},
		"unknown": func(t *testing.T, h *hub, r *replica) {
			h.status.Store(http.StatusUnauthorized)
			start(t, h, r)
			receive(t, "link", r.links)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reach(t, newHub(t), newReplica())
		})
	}
	t.Run("writing to a hub that does not read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h, r := newPipeHub(t), newReplica()
			stopped := make(chan struct{})
			t.Cleanup(func() { close(stopped) })
			h.dial = stalling(h.dial, stopped)
			r.add(1, 3)
			start(t, h, r)
			h.welcomed(t)
			receive(t, "link", r.links)
			synctest.Wait()
		})
	})
}

// stalling gives connections that take no command: a write of one waits for the end.
func stalling(dial func(context.Context, string, string) (net.Conn, error), stopped chan struct{}) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &stalled{Conn: conn, closed: make(chan struct{}), stopped: stopped}, err
	}
}

type stalled struct {
	net.Conn
	writes  int
	closed  chan struct{}
	stopped chan struct{}
}

func (c *stalled) Write(b []byte) (int, error) {
	if c.writes++; c.writes <= 2 { // the request, hello
		return c.Conn.Write(b)
	}
	select {
	case <-c.closed:
	case <-c.stopped:
	}
	return 0, net.ErrClosed
}

func (c *stalled) Close() error {
	close(c.closed)
	return c.Conn.Close()
}
