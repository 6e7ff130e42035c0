package terminal

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Config is what one terminal is.
type Config struct {
	// Device is this terminal's name, as the hub knows it.
	Device string
	// Setup is the configuration file's; what is set up on screen wins over it.
	Setup Setup
	// AskUnconfirmed stops a ticket whose end is not known until somebody decides, instead of
	// printing it again headed POSSIBLE DUPLICATE.
	AskUnconfirmed bool
	// MaxAge is after how long a ticket that has not come out asks instead of printing;
	// DefaultMaxAge where zero.
	MaxAge time.Duration
}

// Ports are what the service calls. Notify, WakeSync and WakePrinters must neither block nor
// call back.
type Ports struct {
	Store Store
	Clock Clock
	// HubAhead is how far the hub's clock is ahead of this machine's, false where that is not known
	// since the start; nil where nobody measures it.
	HubAhead     func() (time.Duration, bool)
	Notify       func(Event)
	WakeSync     func()
	WakePrinters func()
	Log          *slog.Logger
}

// Service is the one owner of the terminal's state. Its methods may be called from any
// goroutine; those that write wait for the disk.
type Service struct {
	config Config
	ports  Ports

	// writing holds the transactions in one sequence, and with them the events.
	writing sync.Mutex

	// mu guards what is below, for a moment only: readers never wait for the disk.
	mu        sync.RWMutex
	locations map[string]*location
	active    map[string]order.Order
	// unsent are the orders with a command of a person that the hub has not confirmed.
	unsent  map[string]bool
	ringing map[string]map[order.Alarm]bool
	// behind is, by location, where the pages began of which more are to come.
	behind map[string]uint64
	// resyncs are the full resyncs under way, by location.
	resyncs map[string]*resync
	// doubts are the orders that the hub must be asked for; true where they are offered. It is
	// replaced as a whole.
	doubts map[string]bool
	link   Event
	setup  Setup
	// orderings is replaced as a whole, never written.
	orderings Orderings
	// refusals are replaced as a whole, never written.
	refusals []Refusal
	// standings are the printers', by name.
	standings map[string]*standing
	salvage   Salvage
	// mended is when the disk was last tried.
	mended time.Time
	disk   diskState
	faults []FaultPeriod
	// faultsUnsaved: faults differs from what is on the disk.
	faultsUnsaved bool
	// relief: a printer has begun to fail.
	relief bool
	// swept is when the queues were last looked through.
	swept time.Time
	// hubAhead is how far the file says that the hub's clock is ahead; looked is when it was compared.
	hubAhead time.Duration
	looked   time.Time
	// forgot is when it was last looked for what is long over, forgetFrom when the orders ended at which
	// that goes on.
	forgot     time.Time
	forgetFrom time.Time
	troubles   troubles

	people people
}

// location is a location's settings, ready for use.
type location struct {
	shop.Location
	router   *shop.Router
	calendar shop.Calendar
}

func (l *location) printAhead() time.Duration {
	return time.Duration(l.PrintAheadMinutes) * time.Minute
}

// ErrNoLocation: the terminal has not yet heard from its hub which location it serves.
var ErrNoLocation = errors.New("this terminal has no settings yet: connect it to its hub once")

// New takes up the terminal's work where its store left it. Tickets that were being sent when
// the terminal stopped are unconfirmed.
func New(config Config, ports Ports) (*Service, error) {
	s := &Service{
		config: config, ports: ports,
		locations: map[string]*location{},
		active:    map[string]order.Order{},
		unsent:    map[string]bool{},
		ringing:   map[string]map[order.Alarm]bool{},
		behind:    map[string]uint64{},
		resyncs:   map[string]*resync{},
		standings: map[string]*standing{},
		troubles:  troubles{heeded: map[string]bool{}},
		link:      Event{Kind: EventLink, Since: ports.Clock.Now(), Reason: "not connected yet"},
	}
	if s.config.MaxAge == 0 {
		s.config.MaxAge = DefaultMaxAge
	}
	now := ports.Clock.Now()
	c := &change{}
	err := ports.Store.Update(func(tx Tx) error {
		*c = change{tx: tx, now: now, unsent: map[string]bool{}}
		return s.load(c)
	})
	if err != nil {
		return nil, fmt.Errorf("loading the terminal's state: %w", err)
	}
	s.remember(c)
	if err := s.loadDoubts(); err != nil {
		return nil, err
	}
	for _, event := range c.events {
		ports.Notify(event)
	}
	return s, nil
}

func (s *Service) load(c *change) error {
	tx := c.tx
	locations, err := tx.Locations()
	if err != nil {
		return err
	}
	if s.locations, err = ready(locations); err != nil {
		return err
	}
	setup, err := tx.Setup()
	if err != nil {
		return err
	}
	s.setup = setup.Over(s.config.Setup)
	if s.orderings, err = tx.Orderings(); err != nil {
		return err
	}
	if s.refusals, err = tx.Refusals(); err != nil {
		return err
	}
	if s.faults, err = tx.Faults(); err != nil {
		return err
	}
	if s.salvage, err = tx.Salvage(); err != nil {
		return err
	}
	if err := s.loadLockouts(c); err != nil {
		return err
	}
	if s.hubAhead, err = tx.HubAhead(); err != nil {
		return err
	}
	ids := map[string]bool{}
	if err := tx.EachActiveOrder(func(o order.Order) error { ids[o.ID] = true; return nil }); err != nil {
		return err
	}
	for after := uint64(0); ; {
		pending, err := tx.PendingAfter(after, 500)
		if err != nil {
			return err
		}
		if len(pending) == 0 {
			break
		}
		for _, p := range pending {
			ids[p.Command.OrderID] = true
		}
		after = pending[len(pending)-1].Sequence
	}
	for id := range ids {
		view, err := s.view(tx, id, c.now)
		if err != nil {
			return err
		}
		if err := c.show(view); err != nil {
			return err
		}
	}
	s.remember(c)
	if err := s.recallLast(c); err != nil {
		return err
	}
	if err := s.recoverJobs(c); err != nil {
		return err
	}
	return s.settleDoubt(c)
}

func ready(locations []shop.Location) (map[string]*location, error) {
	ready := make(map[string]*location, len(locations))
	for _, l := range locations {
		calendar, err := l.Calendar()
		if err != nil {
			return nil, fmt.Errorf("location %s: %w", l.ID, err)
		}
		ready[l.ID] = &location{Location: l, router: shop.NewRouter(l), calendar: calendar}
	}
	return ready, nil
}

func (s *Service) location(id string) *location {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.locations[id]
}

func (s *Service) policy(o order.Order) order.Policy {
	if l := s.location(o.Location); l != nil {
		return l.Policy(o)
	}
	return order.OwnPolicy()
}

// Settings are the locations that this terminal serves, by id.
func (s *Service) Settings() []shop.Location {
	s.mu.RLock()
	defer s.mu.RUnlock()
	settings := make([]shop.Location, 0, len(s.locations))
	for _, id := range slices.Sorted(maps.Keys(s.locations)) {
		settings = append(settings, s.locations[id].Location)
	}
	return settings
}

// Prefer stores how people want this terminal's screens.
func (s *Service) Prefer(p Preferences) error {
	if err := s.update(func(c *change) error { return c.tx.PutPreferences(p) }); err != nil {
		return fmt.Errorf("storing the preferences: %w", err)
	}
	return nil
}
