// Package sync is the terminal's side of the wire: connect, resume, apply, send, back off.
package sync

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// What a zero Config field stands for. A terminal is level again within 10 s of the link's return,
// whatever the link did meanwhile: so an attempt that hangs (handshakeTimeout) and the longest wait
// after it stay together below them, and so do the silence after which a connection that died
// unnoticed is given up and the shorter wait after that (silentBackoff).
const (
	defaultMinBackoff  = 250 * time.Millisecond
	defaultMaxBackoff  = 4 * time.Second
	defaultPingEvery   = 3 * time.Second
	defaultReadTimeout = 8 * time.Second
)

const (
	// connectTimeout leaves TCP time for three attempts, at 0, 1 and 3 s.
	connectTimeout = 4 * time.Second
	// handshakeTimeout includes it: how long nothing may come; slowHandshakeTimeout is for all of it,
	// since an authority's certificates alone take a line of 1 kB/s some seconds.
	handshakeTimeout     = 5 * time.Second
	slowHandshakeTimeout = 30 * time.Second
	// welcomeTimeout is how long a busy hub may take to welcome.
	welcomeTimeout = 15 * time.Second
	// stuckTimeout is how long a call of the Replica may take.
	stuckTimeout = 15 * time.Second
	// writeTimeout is how long the line may take for a piece of a frame. The silence of the hub ends
	// a dead one long before.
	writeTimeout = 30 * time.Second
	// answerTimeout is how long the hub may take for one command before it is asked again over
	// a new connection; a cluster that elects a leader takes up to 10 s.
	answerTimeout = 30 * time.Second
	// resyncTimeout is how long the hub may take for the next page of a full resync that it has
	// promised: a session's turn comes within 200 s, even where a hub's terminals all come back at once.
	resyncTimeout = 4 * time.Minute
	// closeTimeout is spent on a polite end.
	closeTimeout = 250 * time.Millisecond
	// stableAfter is how long a connection must last for the backoff to begin anew.
	stableAfter = 10 * time.Second
	// silentBackoff bounds the wait after a silence, which takes ReadTimeout alone.
	silentBackoff = time.Second
	// unknownPause is the wait of a terminal that is barred: until somebody pairs it.
	unknownPause = 30 * time.Second

	// window is how many commands may wait for their answer.
	window = 64
	// merged is how many orders of small frames go into one transaction (engine.md, section 6).
	merged = 64
	// buffered is how many frames may wait behind the one being applied.
	buffered = 32
)

// Replica is what the terminal keeps of the hub's orders, and what it has to tell the hub.
// The client calls it from two goroutines. An error means that the disk failed: the client
// drops the connection, tells so and tries again.
type Replica interface {
	// Cursors is what the terminal has on its disk, by location.
	Cursors() (map[string]terminal.Cursor, error)
	// Locations stores the settings heard from the hub, and Settings are those.
	Locations(locations []shop.Location) error
	Settings() []shop.Location
	// Anew tells that all of these locations' orders are going to come, maybe out of another log than
	// before.
	Anew(locations []string) error
	// Apply stores orders, cursor and print jobs in one transaction.
	Apply(changes terminal.Changes) error
	// PendingAfter lists at most limit pending commands with a higher sequence, oldest first.
	PendingAfter(sequence uint64, limit int) ([]terminal.Pending, error)
	// Refused tells that the hub will not take a command, Accepted that it has it.
	Refused(command string, refusal *order.Error) error
	Accepted(command string) error
	// Unknown tells that the hub does not know the order of a command. Kept where the replica has
	// the order, so that the hub can be asked for it: then the command goes again.
	Unknown(command string) (kept bool, err error)
	// Doubts lists at most limit orders of one location that the hub must be asked for or offered,
	// but for those that skip names, and Answered tells what it has of them.
	Doubts(skip func(terminal.Doubt) bool, limit int) ([]terminal.Held, error)
	Answered(terminal.Answer) error
	// OrderingTold stores how a location takes orders.
	OrderingTold(terminal.OrderingTold) error
	// PendingChanges lists the changes of orderings that the hub has not confirmed, oldest first.
	PendingChanges() []terminal.PendingChange
	// ChangeAnswered tells that the hub has one, or why it will not take it.
	ChangeAnswered(id string, refusal *order.Error) error
	// Lease tells who prints a station's tickets.
	Lease(lease terminal.Lease) error
	// Link tells of the connection. A reason while online is a warning: something that the hub
	// sent cannot be read here.
	Link(online bool, reason terminal.LinkReason)
	// Versions tells which versions of the protocol the two sides speak, where these never meet.
	Versions(versions terminal.LinkVersions)
}

var _ Replica = (*terminal.Service)(nil)

// Config says where the hub is and who this terminal is. A field that says so may be zero.
type Config struct {
	// URL is the hub's: http, https, ws or wss. The wire's path is added to it.
	URL string
	// Device and Key prove who the terminal is.
	Device, Key string
	// Stations that this terminal has a printer for, by location; may be nil. SetStations changes
	// them.
	Stations map[string][]string

	// MinBackoff and MaxBackoff bound the wait before the next attempt: 250 ms and 4 s where
	// zero. The wait is a random part of a limit that doubles.
	MinBackoff, MaxBackoff time.Duration
	// PingEvery also renews this terminal's leases: 3 s where zero.
	PingEvery time.Duration
	// ReadTimeout is after how long a silence the connection counts as lost: 8 s where zero.
	ReadTimeout time.Duration

	// Jitter picks a wait from 0 to limit; random where nil.
	Jitter func(limit time.Duration) time.Duration
	// TLS is how https is spoken; the system's authorities decide where nil.
	TLS *tls.Config
	// Dial makes the connection below the WebSocket; TCP where nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Clock hears what time it is at the hub; may be nil.
	Clock HubClock
	// Logger may be nil.
	Logger *slog.Logger
}

// HubClock hears what time it is at the hub, from a goroutine of the client. Heard must not block.
type HubClock interface {
	// Elapsed is noted when the hub is asked, and handed to Heard with the answer.
	Elapsed() time.Duration
	Heard(hub time.Time, asked time.Duration)
}

// Client keeps one terminal connected to its hub.
type Client struct {
	cfg     Config
	url     string
	replica Replica
	log     *slog.Logger
	wake    chan struct{}
	// anew holds a value once the stations have changed since the last hello.
	anew chan struct{}

	mu       sync.Mutex
	stations map[string][]string

	// The rest belongs to Run and the goroutines that it starts one after the other.
	told linkState
	// unreadable holds orders whose newest state could not be read, by id.
	unreadable map[string]bool
	// resyncs are the full resyncs that have not come to their end, by location. A line that drops
	// more often than one takes would never see its end if each connection began it anew.
	resyncs map[string]wire.Resync
}

type linkState struct {
	said   bool
	online bool
	reason terminal.LinkReason
}

// New makes a client; an error means that the configuration cannot be right.
func New(cfg Config, replica Replica) (*Client, error) {
	target, err := endpoint(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("the hub's address %q: %w", cfg.URL, err)
	}
	if cfg.Device == "" || strings.Contains(cfg.Device, ":") {
		return nil, fmt.Errorf("the device %q: must be a name without a colon", cfg.Device)
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Jitter == nil {
		cfg.Jitter = func(limit time.Duration) time.Duration { return rand.N(limit + 1) }
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: connectTimeout}).DialContext
	}
	cfg.MinBackoff = cmp.Or(cfg.MinBackoff, defaultMinBackoff)
	cfg.MaxBackoff = max(cmp.Or(cfg.MaxBackoff, defaultMaxBackoff), cfg.MinBackoff)
	cfg.PingEvery = cmp.Or(cfg.PingEvery, defaultPingEvery)
	cfg.ReadTimeout = cmp.Or(cfg.ReadTimeout, defaultReadTimeout)
	if cfg.MinBackoff < 0 || cfg.PingEvery < 0 || cfg.ReadTimeout <= cfg.PingEvery {
		return nil, errors.New("times must be positive, and the read timeout longer than the time between pings")
	}
	return &Client{
		cfg: cfg, url: target, replica: replica, log: cfg.Logger,
		wake: make(chan struct{}, 1), anew: make(chan struct{}, 1), stations: cfg.Stations,
		unreadable: map[string]bool{}, resyncs: map[string]wire.Resync{},
	}, nil
}

func endpoint(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	switch u.Scheme {
	case "http", "ws":
		u.Scheme = "ws"
	case "https", "wss":
		u.Scheme = "wss"
	default:
		return "", errors.New("must begin with http, https, ws or wss")
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("must be a host and perhaps a path")
	}
	return u.JoinPath(wire.Path).String(), nil
}

// Wake tells that there are new pending commands. It never blocks, and may come at any time.
func (c *Client) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// SetStations tells the hub, by a new connection, which stations this terminal has a printer for
// now: it gives leases by them. The map must not change any more.
func (c *Client) SetStations(stations map[string][]string) {
	c.mu.Lock()
	same := maps.EqualFunc(c.stations, stations, slices.Equal)
	c.stations = stations
	c.mu.Unlock()
	if same {
		return
	}
	select {
	case c.anew <- struct{}{}:
	default:
	}
}

// Run keeps the terminal connected until ctx ends, and returns ctx's error. Nothing else ends
// it: whatever fails is told through Link and tried again. It may run once at a time.
func (c *Client) Run(ctx context.Context) error {
	limit := c.cfg.MinBackoff
	for {
		began := time.Now()
		err := c.connect(ctx)
		if ctx.Err() != nil {
			c.link(false, terminal.LinkStopping)
			return ctx.Err()
		}
		out := outageOf(err)
		if errors.Is(out.err, errStations) {
			c.log.Info("telling the hub of other stations")
			limit = c.cfg.MinBackoff
			continue
		}
		if out.versions != (wire.Versions{}) {
			c.replica.Versions(terminal.LinkVersions{
				HubOldest: out.versions.Oldest, HubNewest: out.versions.Newest, Oldest: wire.Oldest, Newest: wire.Version,
			})
		}
		if c.link(false, out.reason) {
			c.log.Warn("no connection to the hub", "hub", c.url, "error", err)
		} else {
			c.log.Debug("still no connection to the hub", "hub", c.url, "error", err)
		}
		if out.welcomed && time.Since(began) >= stableAfter {
			limit = c.cfg.MinBackoff
		}
		wait := c.cfg.Jitter(limit)
		switch {
		case out.reason.Barred():
			wait = unknownPause/2 + c.cfg.Jitter(unknownPause/2)
		case out.reason == terminal.LinkSilent: // which has taken its time already
			wait = c.cfg.Jitter(min(limit, silentBackoff))
		case out.retry > 0: // those who were told the same do not come at the same moment
			wait = out.retry + c.cfg.Jitter(out.retry)
		}
		limit = min(2*limit, c.cfg.MaxBackoff)
		pause(ctx, wait)
	}
}

func (c *Client) connect(ctx context.Context) error {
	cursors, err := c.replica.Cursors()
	if err != nil {
		return storing(err)
	}
	conn, socket, err := c.dial(ctx)
	if err != nil {
		return err
	}
	s := newSession(c, conn, socket, cursors)
	if err := s.recall(c.replica.Settings()); err != nil {
		return err
	}
	return s.run(ctx)
}

// link tells the replica what is new to it, and reports whether it was.
func (c *Client) link(online bool, reason terminal.LinkReason) bool {
	state := linkState{said: true, online: online, reason: reason}
	if c.told == state {
		return false
	}
	c.told = state
	c.replica.Link(online, reason)
	return true
}

func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
