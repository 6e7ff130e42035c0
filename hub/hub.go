// Package hub receives the platforms' orders, keeps them durably, syncs the terminals and
// tells the platforms what became of them.
package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
)

// DataFile is the hub's file in its data directory.
const DataFile = "hub.db"

// Options are what a hub needs besides its configuration.
type Options struct {
	// Data is the directory of the hub's file.
	Data string
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	Log *slog.Logger
	// Client makes the calls to the platforms; its own timeout bounds each call.
	Client *http.Client
	// Retry is how calls are tried again; DefaultRetry where zero.
	Retry Retry
	// Collect is Collector of a process that lets the hub say when its garbage is collected; nil leaves
	// that alone.
	Collect func(percent int) (before int)
}

// Hub is one hub. It is made by Open, works while Run runs, and is ended by Close.
type Hub struct {
	config      Config
	log         *orderlog.Bolt
	now         func() time.Time
	slog        *slog.Logger
	started     time.Time
	locations   map[string]*location
	connections map[string]*connection
	devices     *devices
	metrics     *metrics
	gateway     *gateway
	leases      *leases
	deadlines   *deadlines
	calls       *calls
	arrivals    *arrivals
	outbox      *outbox
	escalations *escalations
	invitations *invitations
	collect     func(percent int) int
	orderings   *orderings
}

type location struct {
	LocationConfig
	router      *shop.Router
	connections []*connection
}

func (l *location) printAhead() time.Duration {
	return time.Duration(l.PrintAheadMinutes) * time.Minute
}

type connection struct {
	ConnectionConfig
	location *location
}

// station reports whether the location has it.
func (l *location) station(id string) bool {
	return slices.ContainsFunc(l.Stations, func(s shop.Station) bool { return s.ID == id })
}

// Open opens the hub's log and prepares everything; nothing runs yet.
func Open(config Config, options Options) (*Hub, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	if options.Client == nil {
		options.Client = &http.Client{Timeout: 15 * time.Second}
	}
	direct := *options.Client
	// a redirect would make another request of a call, and its answer would be somebody else's
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	log, err := orderlog.Open(filepath.Join(options.Data, DataFile), orderlog.Options{Logger: options.Log, Now: options.Now, Retention: config.Retention})
	if err != nil {
		return nil, err
	}
	h := &Hub{
		config: config, log: log, now: options.Now, slog: options.Log, collect: options.Collect, started: options.Now(),
		locations:   map[string]*location{},
		connections: map[string]*connection{},
		metrics:     newMetrics(),
	}
	for _, l := range config.Locations {
		config.link(&l) // whoever loaded the configuration may have changed a connection since
		known := &location{LocationConfig: l, router: shop.NewRouter(l.Location)}
		h.locations[l.ID] = known
		h.metrics.connected.WithLabelValues(l.ID).Set(0)
	}
	for _, c := range config.Connections {
		known := &connection{ConnectionConfig: c, location: h.locations[c.Location]}
		h.connections[c.ID] = known
		known.location.connections = append(known.location.connections, known)
	}
	h.deadlines = newDeadlines(h)
	if h.gateway, err = newGateway(h); err == nil {
		h.devices, err = newDevices(h)
	}
	if err == nil {
		h.leases, err = newLeases(h)
	}
	if err == nil {
		h.calls, err = newCalls(h, &direct, options.Retry)
	}
	if err == nil {
		h.arrivals, err = newArrivals(h)
	}
	if err == nil {
		h.outbox, err = newOutbox(h, &direct)
	}
	if err == nil {
		h.escalations, err = newEscalations(h)
	}
	if err == nil {
		h.invitations, err = newInvitations(h)
	}
	if err == nil {
		h.orderings, err = newOrderings(h)
	}
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return h, nil
}

// Run carries out deadlines, leases, calls and messages until ctx ends, and then closes every terminal's
// connection. The HTTP server is the caller's: Handler.
func (h *Hub) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	var failure error
	var once sync.Once
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"deadlines", h.deadlines.run},
		{"leases", h.leases.run},
		{"calls", h.calls.run},
		{"orderings", h.orderings.run},
		{"gateway", h.gateway.run},
		{"escalations", h.escalations.run},
		{"check-in links", h.invitations.run},
		{"messages", h.outbox.run},
		{"rush", h.rush},
	} {
		group.Go(func() {
			if err := part.run(ctx); err != nil && ctx.Err() == nil {
				once.Do(func() { failure = fmt.Errorf("%s: %w", part.name, err) })
				cancel()
			}
		})
	}
	group.Wait()
	return failure
}

// Close closes the log. Run must have returned.
func (h *Hub) Close() error { return h.log.Close() }

// Orders is the log that the hub works on. What is appended there is treated as if a part of the
// hub had done so.
func (h *Hub) Orders() orderlog.Log { return h.log }

// Handler serves everything: webhooks, the API, the gateway, health and figures.
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	h.route(mux.HandleFunc)
	return admitted(mux)
}

// handle registers one route; openapi.json describes each.
type handle func(pattern string, handler func(http.ResponseWriter, *http.Request))

func (h *Hub) route(handle handle) {
	h.routeWebhooks(handle)
	h.routeAPI(handle)
	h.routeHealth(handle)
	h.arrivals.route(handle)
	h.routeMetrics(handle)
	handle("GET "+wire.Path, h.gateway.ServeHTTP)
	handle("POST "+wire.PairPath, h.devices.servePair)
}

// policy is what the order's channel allows.
func (h *Hub) policy(o order.Order) order.Policy {
	if l := h.locations[o.Location]; l != nil {
		return l.Policy(o)
	}
	return order.OwnPolicy()
}

// apply carries out one command on the order as it is now, again if it changed meanwhile.
// Errors: *order.Error where the order does not allow it.
func (h *Hub) apply(ctx context.Context, c order.Command) (order.Order, error) {
	for {
		o, err := h.log.Order(c.OrderID)
		if errors.Is(err, orderlog.ErrNotFound) && c.Type != order.Place {
			return o, &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: c.OrderID}
		} else if err != nil && !errors.Is(err, orderlog.ErrNotFound) {
			return o, fmt.Errorf("reading order %s: %w", c.OrderID, err)
		}
		next, err := order.Apply(o, c, h.policy(o), h.now())
		if err != nil || next.Revision == o.Revision {
			return o, err
		}
		_, err = h.log.Append(ctx, next, o.Revision)
		if errors.Is(err, orderlog.ErrConflict) {
			continue
		}
		if err != nil {
			return o, fmt.Errorf("storing order %s: %w", c.OrderID, err)
		}
		return next, nil
	}
}

// place adds a new order and, where the location's settings and its terminals allow, accepts
// it in the same durable write. An order of a busy time takes longer, and items out of stock are
// marked. command is the id of the Place. repeated is true where the order stood already: then o
// is that order.
func (h *Hub) place(ctx context.Context, draft order.Order, l *location, autoAccept bool, command, by string) (o order.Order, repeated bool, err error) {
	l.router.Route(&draft)
	held := h.orderings.held(l)
	held.Mark(&draft)
	draft.PreparationMinutes = held.Preparation(draft.PreparationMinutes)
	now := h.now()
	place := order.Command{ID: command, Type: order.Place, OrderID: draft.ID, At: now, By: by, Order: &draft}
	o, err = order.Apply(order.Order{}, place, l.Policy(draft), now)
	if err != nil {
		return o, false, err
	}
	if err := checkSize(o); err != nil {
		return o, false, err
	}
	attended := func() bool { return autoAccept && h.gateway.attended(l.ID, l.AcceptWithoutTerminal) }
	if o, err = h.keep(ctx, l, o, attended()); errors.Is(err, orderlog.ErrConflict) {
		o, err = h.log.Order(draft.ID)
		return o, true, err
	}
	if err != nil {
		return o, false, fmt.Errorf("storing order %s: %w", draft.ID, err)
	}
	// a terminal that came meanwhile may have looked for waiting orders just before this one
	if o.Status == order.New && attended() {
		accepted, err := h.acceptByItself(ctx, l, o)
		if err != nil {
			h.slog.Error("an order could not be accepted and waits", "order", o.ID, "error", err)
			return o, false, nil
		}
		o = accepted
	}
	return o, false, nil
}

// keep stores a new order, accepted where it may be.
func (h *Hub) keep(ctx context.Context, l *location, o order.Order, accept bool) (order.Order, error) {
	if accept {
		admitted, done, err := h.orderings.admit(l, o)
		if err != nil {
			return o, err
		}
		defer done()
		if admitted {
			now := h.now()
			if o, err = order.Apply(o, autoAcceptance(o.ID, now), l.Policy(o), now); err != nil {
				return o, err
			}
		}
	}
	_, err := h.log.Append(ctx, o, 0)
	return o, err
}

// acceptByItself accepts a waiting order if the maximum leaves room for it.
func (h *Hub) acceptByItself(ctx context.Context, l *location, o order.Order) (order.Order, error) {
	admitted, done, err := h.orderings.admit(l, o)
	if err != nil {
		return o, err
	}
	defer done()
	if !admitted {
		return o, nil
	}
	return h.apply(ctx, autoAcceptance(o.ID, h.now()))
}

// maxOrder bounds a new order as the log keeps it: it must fit a frame to a terminal, with all
// that is going to be added to it.
const maxOrder = 1 << 20

func checkSize(o order.Order) error {
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if len(raw) > maxOrder {
		return &order.Error{Kind: order.Invalid, Cause: order.TooMany, Detail: "the whole order"}
	}
	return nil
}

func autoAcceptance(id string, now time.Time) order.Command {
	return order.Command{ID: order.Identity(id, "auto-accept"), Type: order.Accept, OrderID: id, At: now, By: order.AutoAccept}
}

// autoAccepts says whether orders of this origin are accepted without a tap. A counter's are by who
// typed them in, whose Accept follows the Place, however long after it.
func (h *Hub) autoAccepts(o order.Order) bool {
	l := h.locations[o.Location]
	if l == nil || o.Channel == order.ChannelCounter {
		return false
	}
	channel, known := h.orderings.held(l).Channel(o.Connection)
	return known && channel.AutoAccept
}

// acceptWaiting accepts what came in while no terminal of the location was there to print it, or
// that the maximum held back, and that its platform has not given up: the oldest first.
func (h *Hub) acceptWaiting(ctx context.Context, l *location) error {
	var waiting []order.Order
	now := h.now()
	err := h.log.EachNew(l.ID, func(o order.Order) bool {
		inTime := o.AcceptBy.IsZero() || now.Before(o.AcceptBy)
		if inTime && h.autoAccepts(o) {
			waiting = append(waiting, o)
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("looking for orders that wait for a terminal: %w", err)
	}
	slices.SortFunc(waiting, func(a, b order.Order) int { return a.PlacedAt.Compare(b.PlacedAt) })
	for _, o := range waiting {
		if _, err := h.acceptByItself(ctx, l, o); err != nil && order.KindOf(err) == "" {
			return err
		}
	}
	return nil
}
