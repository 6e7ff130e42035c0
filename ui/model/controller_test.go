package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// fake is a terminal whose orders obey at once, and its clock.
type fake struct {
	mu       sync.Mutex
	now      time.Time
	orders   map[string]order.Order
	settings []shop.Location
	unsent   []string
	disk     terminal.DiskFault
	salvage  terminal.Salvage
	lost     []string
	refusals []terminal.Refusal
	done     []order.Command
	fail     error
	prefers  terminal.Preferences
	troubles []terminal.Trouble
	notify   func(terminal.Event)
	read     []string // ids
}

func (f *fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) Orders() []order.Order {
	f.mu.Lock()
	defer f.mu.Unlock()
	var orders []order.Order
	for _, o := range f.orders {
		if o.Active() {
			orders = append(orders, o)
		}
	}
	return orders
}

func (f *fake) Order(id string) (order.Order, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = append(f.read, id)
	o, found := f.orders[id]
	return o, found, f.fail
}

// Ended lists by the calendar of the plateau.
func (f *fake) Ended(ctx context.Context, day shop.Day) (terminal.Ended, error) {
	calendar, err := f.settings[0].Calendar()
	if err = cmp.Or(err, f.fail); err != nil {
		return terminal.Ended{}, err
	}
	list := terminal.Ended{Day: day}
	err = f.EachEnded(ctx, func(o order.Order) bool {
		on := calendar.BusinessDay(o.CompletedAt)
		if list.Since = on; on == day {
			list.Orders = append(list.Orders, o)
		}
		return true
	})
	return list, err
}

func (f *fake) EachEnded(_ context.Context, visit func(order.Order) bool) error {
	f.mu.Lock()
	var ended []order.Order
	for _, o := range f.orders {
		if !o.Status.Open() {
			ended = append(ended, o)
		}
	}
	f.mu.Unlock()
	slices.SortFunc(ended, func(a, b order.Order) int { return b.CompletedAt.Compare(a.CompletedAt) })
	for _, o := range ended {
		if f.fail != nil || !visit(o) {
			break
		}
	}
	return f.fail
}

func (f *fake) Do(c order.Command) (order.Order, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return order.Order{}, f.fail
	}
	c.ID, c.By = fmt.Sprint("tap ", len(f.done)), "counter-1"
	o, err := order.Apply(f.orders[c.OrderID], c, plateau.Policy(f.orders[c.OrderID]), f.now)
	if err != nil {
		return o, err
	}
	f.done = append(f.done, c)
	f.orders[o.ID] = o
	f.notify(terminal.Event{Kind: terminal.EventOrder, Order: o})
	return o, nil
}

func (f *fake) LinkState() terminal.Event {
	return terminal.Event{Kind: terminal.EventLink, Online: true}
}
func (f *fake) Settings() []shop.Location { return f.settings }
func (f *fake) Unsent() []string          { return f.unsent }
func (f *fake) Lost() []string            { return f.lost }

func (f *fake) Refusals() []terminal.Refusal { return f.refusals }

func (f *fake) RefusalRead(id string) error {
	f.refusals = slices.Clone(f.refusals)
	for i := range f.refusals {
		f.refusals[i].Read = f.refusals[i].Read || f.refusals[i].Command.OrderID == id
	}
	return nil
}

func (f *fake) Disk() terminal.DiskFault   { return f.disk }
func (f *fake) Salvaged() terminal.Salvage { return f.salvage }

func (f *fake) HearSalvage() error {
	if f.fail == nil {
		f.salvage.Heard = true
	}
	return f.fail
}

func (f *fake) Troubles() []terminal.Trouble { return f.troubles }

func (f *fake) Heed(key string) {
	f.troubles = slices.DeleteFunc(slices.Clone(f.troubles), func(t terminal.Trouble) bool { return t.Key == key })
}

func (f *fake) Prefer(p terminal.Preferences) error {
	if f.fail == nil {
		f.prefers = p
	}
	return f.fail
}

func newController(t *testing.T, orders ...order.Order) (*Controller, *fake, *int) {
	t.Helper()
	f := &fake{now: noon, orders: map[string]order.Order{}, settings: []shop.Location{plateau}}
	for _, o := range orders {
		f.orders[o.ID] = o
	}
	woken := new(int)
	var mu sync.Mutex
	c, err := NewController(Options{
		Terminal: f, Clock: f, Places: places(),
		Wake: func() { mu.Lock(); *woken++; mu.Unlock() },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.notify = c.Notify
	return c, f, woken
}

func TestTapsAndSteps(t *testing.T) {
	o := run(t, promisedAt("1", "12:40"))
	c, f, _ := newController(t, o)
	p := c.Tap(o.ID, order.Accept)
	if action := c.Screen().Cards[0].Action; !action.Busy || action.Label != "Envoi…" {
		t.Errorf("at once: %+v", action)
	}
	if !c.Tap(o.ID, order.Accept).Empty() {
		t.Error("a busy order takes a tap")
	}
	c.CarryOut(p)
	if action := c.Screen().Cards[0].Action; action.Busy || action.Command != order.Start {
		t.Errorf("after it: %+v", action)
	}
	if !c.Tap(o.ID, order.Start).Empty() {
		t.Error("a trembling finger starts what it accepted")
	}
	f.now = f.now.Add(time.Second)
	c.CarryOut(c.Tap(o.ID, order.Start))
	if got := f.orders[o.ID].Status; got != order.Preparing {
		t.Errorf("the order is %s", got)
	}
	if !c.Tap(o.ID, order.RefundMoney).Empty() || !c.GotIt(AlarmRow{}).Empty() {
		t.Error("something was planned that no screen can ask for")
	}
	c.CarryOut(Plan{})
}

func TestGotItAnswersWhatWasShown(t *testing.T) {
	urgent := run(t, with(promisedAt("1", "12:40"), func(o *order.Order) { o.AcceptBy = at("12:18") }))
	other := run(t, promisedAt("2", "12:41"))
	c, f, _ := newController(t, urgent, other)
	rows := c.Screen().Alarm.Rows
	p := c.GotIt(rows[0])
	if !c.Screen().Alarm.Rows[0].Busy {
		t.Error("the button is not busy")
	}
	c.CarryOut(p)
	if !slices.Equal(f.orders[urgent.ID].Acknowledged, []order.Alarm{order.AlarmDeadline, order.AlarmNew}) {
		t.Errorf("answered %v", f.orders[urgent.ID].Acknowledged)
	}
	rows = c.Screen().Alarm.Rows
	if len(rows) != 1 || rows[0].OrderID != other.ID {
		t.Fatalf("still rings: %+v", rows)
	}
	if !c.GotIt(rows[0]).Empty() {
		t.Error("a trembling finger answers the row that came up under it")
	}
	f.now = f.now.Add(again)
	c.CarryOut(c.GotIt(rows[0]))
	if c.Screen().Alarm != nil {
		t.Error("still rings")
	}
	// somebody else was faster: no word about it
	c.CarryOut(Plan{commands: []order.Command{{Type: order.Acknowledge, OrderID: other.ID}}})
	if card := c.Screen().Cards[0]; card.Refused != "" {
		t.Errorf("refused: %q", card.Refused)
	}
}

func TestRefusalStaysUntilRead(t *testing.T) {
	o := run(t, promisedAt("1", "12:40"), do(order.Accept, order.MarkReady)...)
	c, f, _ := newController(t, o)
	c.Screen()
	// another terminal was faster, and the hub says so twice
	given := run(t, promisedAt("1", "12:40"), order.Command{Type: order.Accept}, order.Command{Type: order.MarkReady},
		order.Command{Type: order.HandOver, By: "Luc", At: at("12:16")})
	f.orders[o.ID] = given
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: given})
	c.Notify(terminal.Event{
		Kind: terminal.EventRefused, Command: order.Command{Type: order.HandOver, OrderID: o.ID},
		Refused: &order.Error{Kind: order.NotPossible, Cause: order.AlreadyCompleted},
	})
	cards := c.Screen().Cards
	if len(cards) != 1 || cards[0].Action.Command != "" {
		t.Fatalf("got %+v", cards)
	}
	same(t, "refused", cards[0].Refused, "Déjà remise par Luc à 12 h 16")
	same(t, "badge", cards[0].Badge.Text, "Remise")
	c.Select(o.ID)
	screen := c.Screen()
	if len(screen.Cards) != 0 || screen.Details == nil {
		t.Fatalf("read: %d cards", len(screen.Cards))
	}
	same(t, "details", screen.Details.Refused, "« Remettre » n’a pas été pris : déjà remise par Luc à 12 h 16")
	c.Select("")
	c.Select(o.ID)
	same(t, "details, once read", c.Screen().Details.Refused, "")
	// a refusal of an order that nobody knows is forgotten
	c.Notify(terminal.Event{Kind: terminal.EventRefused, Command: order.Command{Type: order.Start, OrderID: "x"}, Refused: &order.Error{}})
	load(t, c, 1)
	if len(c.refused.unread) != 0 {
		t.Error("kept for ever")
	}
}

// What the hub refused while no window was there is told by the next one, also of an order that has
// ended meanwhile; once it was read it is history.
func TestRefusalOutlivesTheWindow(t *testing.T) {
	o := run(t, draft("1"), order.Command{Type: order.Accept, At: at("12:01")}, order.Command{Type: order.PartnerCancel, At: at("12:04"), By: "dd"},
		order.Command{Type: order.Acknowledge, At: at("12:05"), By: "counter-2"})
	c, f, _ := newController(t)
	f.orders[o.ID] = o
	f.refusals = []terminal.Refusal{{
		Command: order.Command{ID: "r", Type: order.MarkReady, OrderID: o.ID, Person: order.Person{Name: "Ana"}},
		Kind:    order.NotPossible, Cause: order.AlreadyCancelled, At: at("12:06"),
	}}
	load(t, c, 1)
	screen := c.Screen()
	if len(screen.Cards) != 1 {
		t.Fatalf("%d cards", len(screen.Cards))
	}
	same(t, "banner", screen.Banner.Title+" | "+screen.Banner.Text+" | "+screen.Banner.Order,
		"#1 : « C’est prêt » n’a pas été pris | Déjà annulée par DoorDash à 12 h 04 | "+o.ID)
	same(t, "card", screen.Cards[0].Refused, "Déjà annulée par DoorDash à 12 h 04")
	c.Select(screen.Banner.Order)
	screen = c.Screen()
	same(t, "banner, once open", screen.Banner.Title, "")
	same(t, "details", screen.Details.Refused, "« C’est prêt » n’a pas été pris : déjà annulée par DoorDash à 12 h 04")
	if f.refusals[0].Read {
		t.Error("read before it could be")
	}
	c.Select("")
	load(t, c, 1)
	if screen := c.Screen(); !f.refusals[0].Read || len(screen.Cards) != 0 {
		t.Errorf("once read: %+v, %d cards", f.refusals[0], len(screen.Cards))
	}
	c.Select(o.ID)
	c.DetailTab(TabHistory)
	first := c.Screen().Details.History[0]
	same(t, "history", first.Text+" | "+first.Who, "Pas pris : « C’est prêt », déjà annulée par DoorDash à 12 h 04 | Ana")
}

func TestTapThatFails(t *testing.T) {
	o := run(t, promisedAt("1", "12:40"), do(order.Accept)...)
	c, f, _ := newController(t, o)
	p := c.Tap(o.ID, order.Start)
	f.orders[o.ID] = run(t, promisedAt("1", "12:40"), order.Command{Type: order.Accept}, order.Command{Type: order.Start, By: "counter-2"})
	c.CarryOut(p)
	screen := c.Screen()
	same(t, "refused", screen.Cards[0].Refused, "Déjà commencée par counter-2 à 12 h 07")
	if screen.Cards[0].Action.Busy || screen.Banner != (Banner{}) {
		t.Errorf("got %+v", screen)
	}
	f.fail = errors.New("no space left on device")
	f.now = f.now.Add(time.Second)
	c.CarryOut(c.Tap(o.ID, order.MarkReady))
	same(t, "banner", c.Screen().Banner.Title, "L’action n’a pas été enregistrée")
	f.fail = nil
	f.now = f.now.Add(time.Second)
	c.CarryOut(c.Tap(o.ID, order.MarkReady))
	if banner := c.Screen().Banner; banner != (Banner{}) {
		t.Errorf("still %+v", banner)
	}
}

func TestOneWakeForManyEvents(t *testing.T) {
	o := run(t, promisedAt("1", "12:40"))
	c, _, woken := newController(t, o)
	for range 100 {
		c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: o})
	}
	if *woken != 1 {
		t.Errorf("woken %d times", *woken)
	}
	c.Screen()
	c.Notify(terminal.Event{Kind: terminal.EventLink})
	if *woken != 2 {
		t.Errorf("woken %d times", *woken)
	}
}

func TestChoices(t *testing.T) {
	var orders []order.Order
	for i := range 12 {
		orders = append(orders, run(t, promisedAt(fmt.Sprint(10+i), "12:40"), do(order.Accept)...))
	}
	c, f, _ := newController(t, orders...)
	if c.Screen().Details != nil {
		t.Error("details of nothing")
	}
	c.Wide(true)
	if d := c.Screen().Details; d == nil || d.Number != "#10" {
		t.Fatalf("got %+v", d)
	}
	// handed over: its details stay, so that no other order comes up under the finger
	given := run(t, promisedAt("10", "12:40"), do(order.Accept, order.MarkReady, order.HandOver)...)
	f.orders[given.ID] = given
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: given})
	if screen := c.Screen(); screen.Details == nil || screen.Details.Badge.Text != "Remise" || len(screen.Cards) != 11 {
		t.Errorf("got %+v", screen.Details)
	}
	c.Turn(1)
	same(t, "page", c.Screen().Page.Text, "6 à 10 sur 11")
	c.Turn(1)
	same(t, "page", c.Screen().Page.Text, "7 à 11 sur 11")
	c.Turn(-1)
	same(t, "page", c.Screen().Page.Text, "2 à 6 sur 11")
	c.PerPage(3)
	c.Scrolled(4)
	same(t, "page", c.Screen().Page.Text, "5 à 7 sur 11")
	c.Section(Delivery)
	if screen := c.Screen(); len(screen.Cards) != 0 || screen.Page.First != 0 || !screen.Tabs[3].Chosen || screen.Details != nil {
		t.Errorf("got %+v", screen.Page)
	}
	c.Section(All)
	if screen := c.Screen(); screen.Details == nil {
		t.Error("no details beside the list")
	}
	c.Language(English)
	c.DetailTab(TabHistory)
	c.Go(PlacePrinters)
	screen := c.Screen()
	if screen.Language != English || c.Words().Language() != English || screen.Details.Chosen != TabHistory || !screen.Rail[1].Chosen {
		t.Errorf("got %+v", screen)
	}
	c.Language("")
	c.Wide(false)
	if d := c.Screen().Details; d != nil {
		t.Errorf("what nobody chose lies over the list of a smaller window: %s", d.Number)
	}
	c.Select(orders[2].ID)
	c.Wide(true)
	c.Screen()
	c.Wide(false)
	if d := c.Screen().Details; d == nil {
		t.Error("what somebody chose is closed")
	}
	c.Select("")
	if screen := c.Screen(); screen.Language != French || screen.Details != nil {
		t.Errorf("got %+v", screen)
	}
	// settings that came later are taken over
	f.settings = []shop.Location{{ID: "plateau", Name: "Mile End", TimeZone: "America/Toronto", DayStarts: "04:00", Language: "en-CA"}}
	c.Notify(terminal.Event{Kind: terminal.EventSettings})
	if screen := c.Screen(); screen.Top.Location != "Mile End" || screen.Language != English {
		t.Errorf("got %+v", screen.Top)
	}
	if got := c.NextMinute(); got != offered {
		t.Errorf("what is offered goes in %v", got)
	}
	f.advance(offered)
	if got := c.NextMinute(); got != 30*time.Second-offered {
		t.Errorf("next minute in %v", got)
	}
}

// Events, taps and screens from everywhere at once, for the race detector.
func TestManyGoroutines(t *testing.T) {
	var orders []order.Order
	for i := range 8 {
		orders = append(orders, run(t, promisedAt(fmt.Sprint(i), "12:40")))
	}
	c, f, _ := newController(t, orders...)
	var group sync.WaitGroup
	for _, o := range orders {
		group.Go(func() {
			for _, command := range []order.CommandType{order.Accept, order.Start, order.MarkReady, order.HandOver} {
				for !f.did(o.ID, command) {
					c.CarryOut(c.Tap(o.ID, command))
					f.advance(time.Second)
				}
			}
		})
		group.Go(func() {
			for range 20 {
				c.Notify(terminal.Event{Kind: terminal.EventTicket, Order: o, Job: terminal.Job{Key: o.ID, Station: "grill"}})
				c.Screen()
				c.PrinterPlace()
			}
		})
	}
	group.Wait()
	for _, card := range c.Screen().Cards {
		if card.Action.Busy || card.Badge.Text != "Remise" {
			t.Errorf("left: %+v", card)
		}
	}
}

func (f *fake) did(id string, command order.CommandType) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.done, func(c order.Command) bool { return c.OrderID == id && c.Type == command })
}

func (f *fake) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func TestPreferences(t *testing.T) {
	for stored, want := range map[terminal.Preferences]string{
		{}:                                French,
		{Language: "en"}:                  English,
		{Language: "de"}:                  French, // the location's
		{Language: "en", Appearance: "?"}: English,
	} {
		c, err := NewController(Options{Preferences: stored, Clock: &fake{now: noon}})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Words().Language(); got != want {
			t.Errorf("%+v speaks %s", stored, got)
		}
	}

	c, f, _ := newController(t)
	c.CarryOut(c.Appearance("dark"))
	plan := c.Language(English)
	if c.Words().Language() != English || plan.Empty() {
		t.Error("the tap did nothing")
	}
	if f.prefers.Language != "" {
		t.Error("the tap waited for the disk")
	}
	c.CarryOut(plan)
	if want := (terminal.Preferences{Language: "en", Appearance: "dark"}); f.prefers != want {
		t.Errorf("stored %+v", f.prefers)
	}
	f.fail = errors.New("no space left on device")
	c.CarryOut(c.Language(French))
	same(t, "banner", c.Screen().Banner.Title, "L’action n’a pas été enregistrée")
	f.fail = nil
	c.CarryOut(c.Appearance("light"))
	if c.Screen().Banner != (Banner{}) || f.prefers != (terminal.Preferences{Language: "fr", Appearance: "light"}) {
		t.Errorf("stored %+v", f.prefers)
	}
}
