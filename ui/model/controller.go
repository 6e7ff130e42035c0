package model

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// Terminal is what the screens need of terminal.Service. Only Do and Prefer wait for the
// disk.
type Terminal interface {
	Orders() []order.Order
	Do(order.Command) (order.Order, error)
	LinkState() terminal.Event
	// Settings are the locations last heard from the hub.
	Settings() []shop.Location
	// Unsent lists the orders with a person's command that the hub does not have yet.
	Unsent() []string
	// Prefer stores the preferences.
	Prefer(terminal.Preferences) error
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
	// Ordering is how orders are taken; nil where the window does not show it.
	Ordering OrderingTerminal
	// Preferences are those of the last time; what is not known counts as the default.
	Preferences terminal.Preferences
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
	choice      Choice
	settings    Settings
	stale       bool // settings have to be read anew
	refused     map[string]*order.Error
	busy        map[string]order.CommandType
	notSaved    bool
	ended       []order.Order // the last ones, oldest first
	tapped      tap
	working     map[string]bool // what a printer's buttons are busy with, by printerKey
	setup       setup
	offer       offer
	ordering    ordering
}

// tap is the last one that did something.
type tap struct {
	what string
	at   time.Time
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
		refused: map[string]*order.Error{}, busy: map[string]order.CommandType{},
		working:     map[string]bool{},
		preferences: known(options.Preferences),
	}
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
	if c.options.Work != nil {
		s.Printers, s.Stranded = c.options.Work.Printers(), c.options.Work.Stranded()
	}
	var settings []shop.Location
	if stale {
		settings = c.options.Terminal.Settings()
	}

	c.mu.Lock()
	if stale {
		c.settings = NewSettings(settings)
	}
	s.Settings, s.Words, s.Choice = c.settings, c.chosenWords(), c.choice
	s.Orders = append(s.Orders, c.unseen(s.Orders)...)
	s.Kept = c.kept(c.choice.Selected)
	s.Refused, s.Busy, s.NotSaved = maps.Clone(c.refused), maps.Clone(c.busy), c.notSaved
	wide := c.wide
	c.mu.Unlock()

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

// unseen are ended orders whose refusal nobody has read. What is known of no order is dropped.
func (c *Controller) unseen(active []order.Order) []order.Order {
	var unseen []order.Order
	for id := range c.refused {
		if slices.ContainsFunc(active, func(o order.Order) bool { return o.ID == id }) {
			continue
		}
		if o := c.kept(id); o.ID != "" {
			unseen = append(unseen, o)
		} else {
			delete(c.refused, id)
		}
	}
	return unseen
}

func (c *Controller) kept(id string) order.Order {
	for _, o := range c.ended {
		if o.ID == id {
			return o
		}
	}
	return order.Order{}
}

// Notify hears of an event. It fits terminal.Ports.
func (c *Controller) Notify(e terminal.Event) {
	c.change(func() {
		switch e.Kind {
		case terminal.EventOrder:
			c.ended = slices.DeleteFunc(c.ended, func(o order.Order) bool { return o.ID == e.Order.ID })
			if !e.Order.Active() {
				c.ended = append(c.ended, e.Order)
			}
			if len(c.ended) > keptEnded {
				c.ended = slices.Delete(c.ended, 0, len(c.ended)-keptEnded)
			}
		case terminal.EventRefused:
			c.refuse(e.Command, e.Refused)
		case terminal.EventSettings:
			c.stale = true
		}
	})
	if e.Kind == terminal.EventOrdering && e.Refused != nil {
		c.orderingRefused(e.Refused)
	}
}

// refuse keeps what the card has to say. An alarm that somebody else has answered, and what
// nobody asked for at a screen, need no word.
func (c *Controller) refuse(command order.Command, refused *order.Error) {
	if refused == nil || command.Type == order.Acknowledge || command.Type.Fact() {
		return
	}
	c.refused[command.OrderID] = refused
}

// change changes something, and wakes the window unless it is awake already.
func (c *Controller) change(f func()) {
	c.mu.Lock()
	f()
	wake := !c.dirty
	c.dirty = true
	c.mu.Unlock()
	if wake {
		c.options.Wake()
	}
}

// Go leads to a place of the rail.
func (c *Controller) Go(p Place) { c.change(func() { c.choice.Place = p }) }

// Section shows one section, from its top; the details of another section's order go.
func (c *Controller) Section(s Section) {
	c.change(func() {
		if s != c.choice.Section {
			c.choice.Selected = ""
		}
		c.choice.Section, c.choice.First = s, 0
	})
}

// Select shows an order's details; what was refused of it counts as read. Empty closes them.
func (c *Controller) Select(id string) {
	c.change(func() {
		if id != c.choice.Selected {
			c.choice.Tab = TabItems
		}
		c.choice.Selected = id
		delete(c.refused, id)
	})
}

// DetailTab shows one part of the details.
func (c *Controller) DetailTab(t DetailTab) { c.change(func() { c.choice.Tab = t }) }

// Language switches the screens to "fr" or "en"; empty is the location's language. The plan keeps
// it for the next time. The way back is offered in the words of before: somebody may be unable to
// read the others.
func (c *Controller) Language(language string) Plan {
	c.mu.Lock()
	w, before := c.chosenWords(), c.preferences.Language
	c.mu.Unlock()
	choose := func(language string) Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Language = language })
	}
	if language != "" && language != w.Language() {
		c.Offer(w.Say("snackbar.language", "language", w.Say("language."+language)), func() Plan { return choose(before) })
	}
	return choose(language)
}

// Appearance switches the looks of the screens to one of Appearances, and plans to keep it for the
// next time.
func (c *Controller) Appearance(appearance string) Plan {
	c.mu.Lock()
	w, before := c.chosenWords(), c.preferences.Appearance
	c.mu.Unlock()
	choose := func(appearance string) Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Appearance = appearance })
	}
	if appearance != cmp.Or(before, Appearances()[0]) {
		c.Offer(w.Say("snackbar.appearance", "appearance", w.Say("appearance."+appearance)), func() Plan { return choose(before) })
	}
	return choose(appearance)
}

// Chosen is the appearance that somebody has chosen; empty where nobody has.
func (c *Controller) Chosen() (appearance string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.preferences.Appearance
}

func (c *Controller) prefer(choose func(*terminal.Preferences)) Plan {
	var chosen terminal.Preferences
	c.change(func() {
		choose(&c.preferences)
		chosen = c.preferences
	})
	return Plan{preferences: &chosen}
}

// Appearances are the looks of the screens; the first one is the default.
func Appearances() []string { return []string{"light", "dark", "contrast"} }

// known drops what this version does not know.
func known(p terminal.Preferences) terminal.Preferences {
	if !slices.Contains(Languages(), p.Language) {
		p.Language = ""
	}
	if !slices.Contains(Appearances(), p.Appearance) {
		p.Appearance = ""
	}
	return p
}

// Wide says that the details stand beside the list, and so are never empty.
func (c *Controller) Wide(wide bool) { c.change(func() { c.wide = wide }) }

// PerPage says how many cards fit.
func (c *Controller) PerPage(n int) { c.change(func() { c.choice.PerPage = n }) }

// Turn pages forward (1) or back (-1).
func (c *Controller) Turn(pages int) {
	c.change(func() { c.choice.First = max(0, c.choice.First+pages*c.choice.PerPage) })
}

// Scrolled says which card the finger has brought to the top.
func (c *Controller) Scrolled(first int) { c.change(func() { c.choice.First = max(0, first) }) }

// NextMinute is how long the clock, the badges and the snackbar stay right.
func (c *Controller) NextMinute() time.Duration {
	now := c.options.Clock.Now()
	minute := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.offer.left(now); left > 0 {
		return min(minute, left)
	}
	return minute
}

// Plan is what a tap asks for; CarryOut does it.
type Plan struct {
	commands    []order.Command
	preferences *terminal.Preferences // nil: as they are
	steps       func() error          // anything else that waits for the disk
}

// Empty reports whether there is nothing to carry out.
func (p Plan) Empty() bool { return len(p.commands) == 0 && p.preferences == nil && p.steps == nil }

// Tap plans a card's or the details' action. It is instant: the button says that it is busy.
func (c *Controller) Tap(orderID string, command order.CommandType) Plan {
	if !carriedOut(command) {
		return Plan{}
	}
	return c.plan(orderID, order.Command{Type: command, OrderID: orderID})
}

// GotIt plans the answer to the alarms of a row: to those that were shown, and no others.
func (c *Controller) GotIt(row AlarmRow) Plan {
	var commands []order.Command
	for _, alarm := range row.Alarms {
		commands = append(commands, order.Command{Type: order.Acknowledge, OrderID: row.OrderID, Alarm: alarm})
	}
	// the next row comes up under the same finger: for taps all rows are one
	return c.plan("alarm", commands...)
}

func (c *Controller) plan(what string, commands ...order.Command) Plan {
	now := c.options.Clock.Now()
	var p Plan
	c.change(func() {
		since := now.Sub(c.tapped.at)
		if len(commands) == 0 || c.tapped.what == what && since >= 0 && since < again {
			return
		}
		if _, busy := c.busy[commands[0].OrderID]; busy {
			return
		}
		c.tapped = tap{what, now}
		c.busy[commands[0].OrderID] = commands[0].Type
		p.commands = commands
	})
	return p
}

// CarryOut does what was planned. It waits for the disk: not for the goroutine that draws.
func (c *Controller) CarryOut(p Plan) {
	if p.Empty() {
		return
	}
	if p.preferences != nil {
		err := c.options.Terminal.Prefer(*p.preferences)
		c.change(func() { c.notSaved = err != nil })
		return
	}
	if p.steps != nil {
		err := p.steps()
		c.change(func() { c.notSaved = err != nil })
		return
	}
	failed := make([]error, len(p.commands))
	for i, command := range p.commands {
		_, failed[i] = c.options.Terminal.Do(command)
	}
	c.change(func() {
		c.notSaved = false
		for i, err := range failed {
			refused, known := errors.AsType[*order.Error](err)
			c.refuse(p.commands[i], refused)
			c.notSaved = c.notSaved || err != nil && !known
		}
		delete(c.busy, p.commands[0].OrderID)
	})
}
