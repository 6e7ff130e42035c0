package terminal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"

	"github.com/oklog/ulid/v2"
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

// Changes is what the hub says has changed, in the order of its log.
type Changes struct {
	Location string
	Orders   []order.Order
	// Cursor is the place in the log after these changes.
	Cursor Cursor
	// Full marks the pages of a full resync, First and Last the outer ones.
	Full, First, Last bool
	// Unreadable are the ids of orders that the hub sent and that cannot be read here.
	Unreadable []string
	// More: another page follows, in which orders of this one's part of the log may stand that
	// have moved on meanwhile.
	More bool
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
	// forgot is when it was last looked for what is long over.
	forgot   time.Time
	troubles troubles

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

// view is what a terminal shows: the confirmed order with the pending commands applied. A
// command that no longer applies is left out; the hub's answer will say so.
func (s *Service) view(tx Tx, id string, now time.Time) (order.Order, error) {
	o, _, err := tx.Order(id)
	if err != nil {
		return o, err
	}
	pending, err := tx.PendingOf(id)
	if err != nil {
		return o, err
	}
	for _, p := range pending {
		if next, err := order.Apply(o, p.Command, s.policy(o), now); err == nil {
			o = next
		}
	}
	return o, nil
}

// change is one transaction's work: it gathers what has to be told once it is on disk.
type change struct {
	tx     Tx
	now    time.Time
	views  []order.Order
	unsent map[string]bool
	events []Event
	// last are tickets that printers will be remembered by.
	last  []lastTicket
	print bool
	send  bool
	// doubted: what the hub must be asked for is another list.
	doubted bool
	// settings are new ones, if any.
	settings map[string]*location
	// setup is a new one, if any.
	setup *Setup
	// orderings are new ones, if any.
	orderings *Orderings
	// refusals are what is kept of them now, if any came or was read.
	refusals *[]Refusal
	// salvage is what is new of it, if anything.
	salvage *Salvage
}

// update runs f in one durable transaction, then brings the caches level and tells everybody.
func (s *Service) update(f func(*change) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	c := &change{now: s.ports.Clock.Now()}
	before := s.Salvaged()
	err := s.ports.Store.Update(func(tx Tx) error {
		c.tx, c.views, c.events, c.last, c.print, c.send, c.doubted = tx, nil, nil, nil, false, false, false
		c.unsent, c.orderings, c.refusals, c.salvage = map[string]bool{}, nil, nil, nil
		if err := s.heedRepair(c); err != nil {
			return err
		}
		return f(c)
	})
	if err != nil {
		s.setSalvage(before) // the next one heeds it
		return err
	}
	if c.settings != nil {
		s.mu.Lock()
		s.locations = c.settings
		s.mu.Unlock()
	}
	if c.setup != nil {
		s.mu.Lock()
		s.setup = *c.setup
		s.mu.Unlock()
	}
	if c.salvage != nil {
		s.setSalvage(*c.salvage)
	}
	if c.orderings != nil {
		s.mu.Lock()
		s.orderings = *c.orderings
		s.mu.Unlock()
	}
	if c.refusals != nil {
		s.mu.Lock()
		s.refusals = *c.refusals
		s.mu.Unlock()
	}
	s.remember(c)
	if c.doubted {
		if err := s.loadDoubts(); err != nil { // what happened is stored: nobody must hear that it is not
			s.ports.Log.Error("the list of doubts is not the newest", "err", err)
		}
		c.events = append(c.events, Event{Kind: EventLost})
	}
	s.noteLast(c.last)
	for _, view := range c.views {
		s.ports.Notify(Event{Kind: EventOrder, Order: view})
		s.ring(view, c.now)
	}
	for _, event := range c.events {
		s.ports.Notify(event)
	}
	if c.print {
		s.ports.WakePrinters()
	}
	if c.send {
		s.ports.WakeSync()
	}
	return nil
}

// remember keeps the views of active orders at hand.
func (s *Service) remember(c *change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, view := range c.views {
		if view.Active() {
			s.active[view.ID] = view
		} else {
			delete(s.active, view.ID)
		}
		if c.unsent[view.ID] {
			s.unsent[view.ID] = true
		} else {
			delete(s.unsent, view.ID)
		}
	}
}

// show makes the view one that the caches and the screens get.
func (c *change) show(view order.Order) error {
	pending, err := c.tx.PendingOf(view.ID)
	if err != nil {
		return err
	}
	c.views = append(c.views, view)
	c.unsent[view.ID] = slices.ContainsFunc(pending, func(p Pending) bool { return p.Command.Type != order.Printed })
	return nil
}

// settle computes the order's new view and the tickets it needs.
func (s *Service) settle(c *change, id string, sequence uint64) error {
	view, err := s.view(c.tx, id, c.now)
	if err != nil {
		return err
	}
	if view.ID == "" {
		return nil
	}
	if err := c.show(view); err != nil {
		return err
	}
	return s.plan(c, view, sequence)
}

// Do carries out a command of this terminal's screen: at once on the local copy, later at the
// hub. The returned error is an *order.Error where the order does not allow it.
func (s *Service) Do(command order.Command) (order.Order, error) {
	if !command.Type.FromScreen() {
		return order.Order{}, &order.Error{Kind: order.Invalid, Cause: order.UnknownCommand, Detail: string(command.Type)}
	}
	return s.do(command)
}

func (s *Service) complete(command *order.Command) {
	now := s.ports.Clock.Now().UTC()
	if command.ID == "" {
		command.ID = ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
	}
	if command.At.IsZero() {
		command.At = now
	}
	command.By = s.config.Device
}

// do applies commands of one order to the view and keeps them for the hub, in one transaction.
func (s *Service) do(commands ...order.Command) (order.Order, error) {
	var result order.Order
	for i := range commands {
		s.complete(&commands[i])
	}
	id := commands[0].OrderID
	err := s.update(func(c *change) error {
		view, err := s.view(c.tx, id, c.now)
		if err != nil {
			return err
		}
		if view.ID == "" && commands[0].Type != order.Place {
			return &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: id}
		}
		result = view
		if view.Applied(commands[0].ID) {
			return nil
		}
		for _, command := range s.named(view, commands, c.now) {
			if command.Type == order.Place {
				if err := s.number(c, command.Order); err != nil {
					return err
				}
			}
			if view, err = order.Apply(view, command, s.policy(view), c.now); err != nil {
				return err
			}
			if _, err := c.tx.AddPending(view.Location, command); err != nil {
				return err
			}
		}
		result = view
		c.send = true
		return s.settle(c, id, 0)
	})
	return result, err
}

// named makes an acknowledgement of everything name the alarms that sound here: what begins to
// sound before the hub hears of it is not answered.
func (s *Service) named(view order.Order, commands []order.Command, now time.Time) []order.Command {
	all := commands[0]
	if all.Type != order.Acknowledge || all.Alarm != "" {
		return commands
	}
	var named []order.Command
	for i, alarm := range s.sounding(view, now) {
		command := all
		command.Alarm = alarm
		if i > 0 {
			command.ID = order.Identity(all.ID, string(alarm))
		}
		named = append(named, command)
	}
	if len(named) == 0 {
		return commands // the order says why not
	}
	return named
}

// Orders are the active orders as the terminal shows them, in no special sequence.
func (s *Service) Orders() []order.Order {
	s.mu.RLock()
	defer s.mu.RUnlock()
	orders := make([]order.Order, 0, len(s.active))
	for _, o := range s.active {
		orders = append(orders, o)
	}
	return orders
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

// Unsent lists the orders with a command of a person that the hub has not confirmed yet.
func (s *Service) Unsent() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.unsent))
}

// Order is one order as the terminal shows it.
func (s *Service) Order(id string) (o order.Order, found bool, err error) {
	s.mu.RLock()
	o, found = s.active[id]
	s.mu.RUnlock()
	if found {
		return o, true, nil
	}
	err = s.ports.Store.View(func(tx Tx) error {
		o, err = s.view(tx, id, s.ports.Clock.Now())
		return err
	})
	return o, o.ID != "", err
}
