package model

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// Terminal is what the screens need of terminal.Service. Only Do, Prefer, RefusalRead and HearSalvage wait for the
// disk; Order, Ended and EachEnded read from it.
type Terminal interface {
	Orders() []order.Order
	Order(id string) (o order.Order, found bool, err error)
	// Ended lists the orders that ended on a business day.
	Ended(context.Context, shop.Day) (terminal.Ended, error)
	// EachEnded visits the orders that have ended, the last one first.
	EachEnded(context.Context, func(order.Order) bool) error
	Do(order.Command) (order.Order, error)
	LinkState() terminal.Event
	// Settings are the locations last heard from the hub.
	Settings() []shop.Location
	// Unsent lists the orders with a person's command that the hub does not have yet.
	Unsent() []string
	// Lost lists the orders that the hub has no more, and has not taken back yet.
	Lost() []string
	// Refusals are what the hub would not have, the oldest first; RefusalRead hears that somebody
	// has read an order's.
	Refusals() []terminal.Refusal
	RefusalRead(orderID string) error
	// Prefer stores the preferences.
	Prefer(terminal.Preferences) error
	// Troubles are this terminal's own that ring; Heed answers one.
	Troubles() []terminal.Trouble
	Heed(key string)
	// Disk is why nothing can be stored, or soon nothing.
	Disk() terminal.DiskFault
	// Salvaged is what the terminal's file went through last; HearSalvage hears that somebody has
	// read of it.
	Salvaged() terminal.Salvage
	HearSalvage() error
}

// Options are what a Controller works with.
type Options struct {
	Terminal Terminal
	Clock    terminal.Clock
	// Wake asks the window to draw Screen anew. It comes from any goroutine, once for any number
	// of changes until Screen is called, and must neither block nor call back.
	Wake func()
	// Places are those that the window has.
	Places []Place
	// Work follows this terminal's printers; nil where the window has no place for them.
	Work PrinterWork
	// Tools set up printers; nil where the window has no place for it.
	Tools PrinterTools
	// Alerts makes alarms heard outside of the window; nil where nothing does.
	Alerts terminal.Alerts
	// Staff signs people in; nil where nobody has to.
	Staff Staff
	// Ordering is how orders are taken; nil where the window does not show it.
	Ordering OrderingTerminal
	// Preferences are those of the last time; what is not known counts as the default.
	Preferences terminal.Preferences
	// Doctor finds out what is wrong; nil where there is none.
	Doctor Doctor
	// Leave ends the program, in kiosk mode; nil where the window manager does.
	Leave func()
	// PairAgain leads to the pairing screen; nil where the configuration says who this terminal is.
	PairAgain func()
}

// Controller holds what somebody has chosen to see, and turns taps into commands and events
// into screens. Its methods may be called from any goroutine and are instant, but for CarryOut.
type Controller struct {
	options Options
	words   map[string]*Words // never changes

	mu          sync.Mutex
	dirty       bool
	preferences terminal.Preferences
	wide        bool
	byItself    string // the order that was chosen because details stand beside the list
	choice      Choice
	settings    Settings
	stale       bool // settings have to be read anew
	refused     refusals
	active      map[string]bool // the orders last drawn
	busy        map[string]order.CommandType
	notSaved    bool
	ended       []order.Order // the last ones, oldest first
	tapped      tap
	working     map[string]bool // what a printer's buttons are busy with, by printerKey
	setup       setup
	desk        desk
	offer       offer
	ordering    ordering
	looking     looking
	entered     actionState    // in the sheet of an action
	soundRead   terminal.Audio // the silence that somebody knows of
	examining   bool           // the doctor's panel is open
}

const (
	// keptEnded orders are remembered, for a refusal or details that somebody is looking at.
	keptEnded = 32
	// again is how soon a second tap on the same thing is a trembling finger: the button may
	// have another meaning by then.
	again = 500 * time.Millisecond
)

// NewController starts on all orders.
func NewController(options Options) (*Controller, error) {
	c := &Controller{
		options: options, words: map[string]*Words{}, stale: true,
		choice:  Choice{Place: PlaceOrders, Section: All, Tab: TabItems, PerPage: 5},
		refused: newRefusals(), busy: map[string]order.CommandType{},
		working:     map[string]bool{},
		preferences: known(options.Preferences),
	}
	c.choice.Location = options.Preferences.Location
	for _, language := range Languages() {
		words, err := LoadWords(language)
		if err != nil {
			return nil, err
		}
		c.words[language] = words
	}
	return c, nil
}

// Screen is the window as it should be now.
func (c *Controller) Screen() Screen {
	c.mu.Lock()
	c.dirty = false
	stale := c.stale
	c.stale = false
	c.mu.Unlock()

	// never under our lock: whoever notifies us may hold the terminal's
	s := State{Now: c.options.Clock.Now(), Orders: c.options.Terminal.Orders(), Link: c.options.Terminal.LinkState(), Unsent: map[string]bool{}}
	for _, id := range c.options.Terminal.Unsent() {
		s.Unsent[id] = true
	}
	s.Lost = c.options.Terminal.Lost()
	s.Refusals = c.options.Terminal.Refusals()
	s.Disk, s.Salvage = c.options.Terminal.Disk(), c.options.Terminal.Salvaged()
	s.Troubles, s.Alert = c.options.Terminal.Troubles(), c.alertState()
	if c.options.Work != nil {
		s.Printers, s.Stranded = c.options.Work.Printers(), c.options.Work.Stranded()
	}
	s.Report = c.report()
	var settings []shop.Location
	if stale {
		settings = c.options.Terminal.Settings()
	}

	if stale {
		c.mu.Lock()
		c.settings = NewSettings(settings)
		c.mu.Unlock()
	}
	s.Desk = c.deskNow(s.Now)

	c.mu.Lock()
	s.Settings, s.Words, s.Choice = c.settings, c.chosenWords(), c.choice
	c.refused.recall(s.Refusals)
	s.Orders = append(s.Orders, c.unseen(s.Orders)...)
	s.Kept, s.Ended = c.kept(c.choice.Selected), c.looking.ended
	s.Refused, s.Opened = maps.Clone(c.refused.unread), c.refused.opened
	s.Busy, s.NotSaved = maps.Clone(c.busy), c.notSaved
	s.Sheet, s.Printing = c.entered.clone(), maps.Clone(c.working)
	s.PairAgain = c.options.PairAgain != nil
	s.Alerts, s.SoundRead = c.preferences.Alerts, c.soundRead == s.Alert.Audio
	wide := c.wide && !c.choice.Typing
	c.mu.Unlock()
	s.Search = c.lookUp(s)
	c.readTickets(&s)

	s.Ordering, _ = c.orderingView()
	before := s.Choice
	screen := Build(s, c.options.Places)
	if screen.Details == nil {
		s.Choice.Selected = ""
		// it then stays chosen: details must not change under a finger
		if wide && len(screen.Cards) > 0 {
			s.Choice.Selected = screen.Cards[0].ID
			screen = Build(s, c.options.Places)
		}
	}
	s.Choice.First = screen.Page.First
	c.mu.Lock()
	if c.choice == before {
		if c.choice.Selected != s.Choice.Selected {
			c.byItself = s.Choice.Selected
		}
		c.choice = s.Choice
	}
	c.mu.Unlock()
	return screen
}

// Words are those of the chosen language.
func (c *Controller) Words() *Words {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chosenWords()
}

func (c *Controller) chosenWords() *Words {
	language := c.preferences.Language
	if language == "" {
		language = c.settings.Language()
	}
	return c.words[languageOf(language)]
}

func (c *Controller) kept(id string) order.Order {
	for _, known := range [][]order.Order{c.ended, c.looking.ended.Orders} {
		for _, o := range known {
			if o.ID == id {
				return o
			}
		}
	}
	return c.looking.found[id]
}

// keepEnded remembers an order that has ended; c.mu is held.
func (c *Controller) keepEnded(o order.Order) {
	if c.ended = append(c.ended, o); len(c.ended) > keptEnded {
		c.ended = slices.Delete(c.ended, 0, len(c.ended)-keptEnded)
	}
}

// Notify hears of an event. It fits terminal.Ports.
func (c *Controller) Notify(e terminal.Event) {
	c.hear(func() {
		switch e.Kind {
		case terminal.EventOrder:
			c.looking.hear(e.Order, c.settings)
			c.ended = slices.DeleteFunc(c.ended, func(o order.Order) bool { return o.ID == e.Order.ID })
			if !e.Order.Active() {
				c.keepEnded(e.Order)
			}
		case terminal.EventRefused:
			c.refuse(e.Command, e.Refused)
		case terminal.EventSettings:
			c.stale = true
		case terminal.EventDisk: // with room again, nothing is left to do but to tap again
			c.notSaved = c.notSaved && e.Disk != terminal.DiskWorks
		}
	})
	if e.Kind == terminal.EventOrdering && e.Refused != nil {
		c.orderingRefused(e.Refused)
	}
}

// change changes something that a finger asked for.
func (c *Controller) change(f func()) {
	now := c.options.Clock.Now()
	c.hear(func() {
		c.desk.touched = now
		f()
	})
}

// hear changes something, and wakes the window unless it is awake already.
func (c *Controller) hear(f func()) {
	c.mu.Lock()
	f()
	wake := !c.dirty
	c.dirty = true
	c.mu.Unlock()
	if wake {
		c.options.Wake()
	}
}

// Go leads to a place of the rail, to the top of its pages, or opens the doctor's panel.
func (c *Controller) Go(p Place) {
	if p == PlaceDoctor {
		c.openDoctor()
		return
	}
	c.change(func() {
		c.choice.Place, c.choice.Page = p, PageTop
		c.closeSearch()
	})
}

// Section shows one section, from its top; the details of another section's order go.
func (c *Controller) Section(s Section) {
	c.change(func() {
		if s != c.choice.Section {
			c.choice.Selected = ""
		}
		c.choice.Section, c.choice.First = s, 0
	})
}

// Select shows an order's details; what was refused of it counts as read once they are left. Empty
// closes them.
func (c *Controller) Select(id string) {
	kept := c.options.Terminal.Refusals() // never under our lock
	c.change(func() {
		if id != c.refused.opened {
			c.refused.settle(c.refused.opened, kept)
		}
		c.refused.opened = id
		if id != c.choice.Selected {
			c.choice.Tab, c.choice.Phone = TabItems, false
		}
		c.choice.Selected, c.choice.Typing, c.byItself = id, false, ""
	})
}

// DetailTab shows one part of the details.
func (c *Controller) DetailTab(t DetailTab) { c.change(func() { c.choice.Tab = t }) }

// Wide says that the details stand beside the list, and so are never empty. In another window they
// would lie over it: what nobody chose is closed there.
func (c *Controller) Wide(wide bool) {
	c.change(func() {
		if c.wide = wide; !wide && c.byItself != "" && c.choice.Selected == c.byItself {
			c.choice.Selected, c.byItself = "", ""
		}
	})
}

// PerPage says how many cards fit.
func (c *Controller) PerPage(n int) { c.change(func() { c.choice.PerPage = n }) }

// Turn pages forward (1) or back (-1).
func (c *Controller) Turn(pages int) {
	c.change(func() { c.choice.First = max(0, c.choice.First+pages*c.choice.PerPage) })
}

// Scrolled says which card the finger has brought to the top.
func (c *Controller) Scrolled(first int) { c.change(func() { c.choice.First = max(0, first) }) }

// NextMinute is how long the clock, the badges and the snackbar stay right, and the terminal
// unlocked.
func (c *Controller) NextMinute() time.Duration {
	now := c.options.Clock.Now()
	next := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	if until := c.untilDesk(now); until >= 0 {
		next = min(next, until)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.offer.left(now); left > 0 {
		next = min(next, left)
	}
	return next
}
