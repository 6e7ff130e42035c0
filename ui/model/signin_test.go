package model

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/store"
	"comptoir/terminal"
)

// counter is a terminal with a staff and two locations: the real service on the real store, without
// a hub.
type counter struct {
	*Controller
	t       *testing.T
	file    *store.Store
	clock   *fake
	service *terminal.Service
	tools   *tools
}

const (
	pinOfLuc    = "2580"
	pinOfClaire = "907031"
	pinOfOmar   = "4061"
)

func hashed(t *testing.T, pin string) string {
	t.Helper()
	hash, err := staff.Hash(pin)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// chain are two locations: Luc works at Plateau, Omar at Vieux-Port, Claire leads both.
func chain(t *testing.T) []shop.Location {
	t.Helper()
	here, port := plateau, plateau
	port.ID, port.Name, port.TimeZone, port.Language, port.Connections = "port", "Vieux-Port", "Europe/Paris", English, nil
	port.Stations = []shop.Station{{ID: "quai", Name: "Quai", Default: true}}
	claire := staff.Person{ID: "claire", Name: "Claire", Role: staff.Manager, PIN: hashed(t, pinOfClaire)}
	here.LockMinutes, port.LockMinutes = 5, 5
	here.Staff = staff.Team{{ID: "luc", Name: "Luc", Role: staff.Cashier, PIN: hashed(t, pinOfLuc)}, claire}
	port.Staff = staff.Team{{ID: "omar", Name: "Omar", Role: staff.Cashier, PIN: hashed(t, pinOfOmar)}, claire}
	return []shop.Location{here, port}
}

func newCounter(t *testing.T, locations ...shop.Location) *counter {
	t.Helper()
	file, err := store.Open(filepath.Join(t.TempDir(), "terminal.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	k := &counter{t: t, file: file, clock: &fake{now: noon}, tools: &tools{printers: map[string]terminal.PrinterSetup{}, stations: map[string]terminal.StationSetup{}}}
	k.service, err = terminal.New(terminal.Config{Device: "counter-1"}, terminal.Ports{
		Store: file, Clock: k.clock, Log: slog.New(slog.DiscardHandler), WakeSync: func() {}, WakePrinters: func() {},
		Notify: func(e terminal.Event) {
			if k.Controller != nil {
				k.Notify(e)
			}
		},
	})
	if err == nil {
		err = k.service.Locations(locations)
	}
	if err == nil {
		k.Controller, err = NewController(Options{
			Terminal: k.service, Staff: k.service, Tools: k.tools, Work: &work{}, Clock: k.clock, Places: places(), Wake: func() {},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	k.Screen()
	return k
}

// sell places a counter order, which is accepted at once.
func (k *counter) sell(location string) string {
	k.t.Helper()
	o, err := k.service.Place(order.Command{Order: &order.Order{
		Location: location, Customer: order.Customer{Name: "Élodie Gagnon"},
		Lines: []order.Line{{Name: "Café", Quantity: 1, UnitPrice: 300}},
	}})
	if err != nil {
		k.t.Fatal(err)
	}
	k.clock.advance(time.Second) // or the next tap would be a trembling finger's
	return o.ID
}

func (k *counter) enter(person, pin string) Screen {
	k.t.Helper()
	k.PINOf(person)
	if errand := k.EnterPIN(pin); errand == nil {
		k.t.Fatalf("%s's PIN was not tried", person)
	} else {
		errand(context.Background())
	}
	return k.Screen()
}

func (k *counter) last(id string) order.Entry {
	k.t.Helper()
	o, _, err := k.service.Order(id)
	if err != nil {
		k.t.Fatal(err)
	}
	return o.History[len(o.History)-1]
}

func names(people []Member) string {
	var names []string
	for _, m := range people {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// A shop without staff has no lock, asks for nothing and names nobody.
func TestNoStaff(t *testing.T) {
	k := newCounter(t, plateau)
	id := k.sell("plateau")
	k.clock.advance(24 * time.Hour)
	s := k.Screen()
	if s.Lock != nil || s.Ask != nil || s.Top.Person != "" || s.Top.Locations > 0 {
		t.Fatalf("locked %v, asked %v, top %+v", s.Lock, s.Ask, s.Top)
	}
	k.CarryOut(k.Tap(id, order.Start))
	if entry := k.last(id); entry.What != order.WasStarted || entry.Person != (order.Person{}) {
		t.Errorf("the history says %+v", entry)
	}
	k.CarryOut(k.plan("refund", order.Command{Type: order.RefundMoney, OrderID: id}))
	if k.Screen().Ask != nil {
		t.Error("asks for a PIN")
	}
	if k.SetUp("") == nil {
		t.Error("a printer cannot be set up")
	}
}

// A terminal with a staff begins locked: it counts and rings, and shows nobody's name. Whoever
// signs in is named by what they do.
func TestLocked(t *testing.T) {
	k := newCounter(t, chain(t)...)
	id := k.sell("plateau")
	s := k.Screen()
	if s.Lock == nil || names(s.Lock.SignIn.People) != "Luc, Claire, Omar" || s.Lock.SignIn.Label != "" {
		t.Fatalf("the lock is %+v", s.Lock)
	}
	same(t, "open", s.Lock.Open, "1 commande ouverte")
	same(t, "location", s.Lock.Location, "2 établissements")
	if !k.Tap(id, order.Start).Empty() || k.SetUp("") != nil || !k.ShowLocation("port").Empty() {
		t.Error("a locked terminal carries something out")
	}
	if s = k.Screen(); s.Ask != nil {
		t.Error("a locked terminal asks for a manager")
	}

	if s = k.enter("luc", pinOfLuc); s.Lock != nil || s.Top.Person != "Luc" {
		t.Fatalf("still locked: %+v", s.Lock)
	}
	k.CarryOut(k.Tap(id, order.Start))
	if entry := k.last(id); entry.Person != (order.Person{ID: "luc", Name: "Luc"}) || entry.By != "counter-1" {
		t.Errorf("the history says %+v", entry)
	}
	k.Select(id)
	if history := k.Screen().Details.History; history[0].Who != "Luc" {
		t.Errorf("the screen says %+v", history[0])
	}
	k.Go(PlaceMore)
	k.Lock()
	if s = k.Screen(); s.Lock == nil || s.Details != nil || !s.Rail[0].Chosen {
		t.Errorf("the lock button does not close what was open: %+v", s.Rail)
	}
}

// "Got it" works on a locked terminal, in nobody's name: silence is safety.
func TestGotItWhileLocked(t *testing.T) {
	k := newCounter(t, chain(t)...)
	o := run(t, with(promisedAt("1", "12:40"), func(o *order.Order) { o.Fulfillment.Vehicle = "Civic rouge" }))
	if err := k.service.Apply(terminal.Changes{Location: "plateau", Orders: []order.Order{o}, Cursor: terminal.Cursor{Sequence: 1}}); err != nil {
		t.Fatal(err)
	}
	alarm := k.Screen().Alarm
	if alarm == nil || alarm.Rows[0].Name != "" || strings.Contains(alarm.Rows[0].Text, "Civic") || alarm.Rows[0].Number != "#1" {
		t.Fatalf("the alarm is %+v", alarm)
	}
	k.CarryOut(k.GotIt(alarm.Rows[0]))
	if s := k.Screen(); s.Alarm != nil || s.Lock == nil {
		t.Errorf("alarm %+v, lock %v", s.Alarm, s.Lock)
	}
	if entry := k.last(o.ID); entry.What != order.WasAcknowledged || entry.Person != (order.Person{}) {
		t.Errorf("the history says %+v", entry)
	}
}

// Wrong PINs are counted in words, then lock out; the wait ends by itself.
func TestWrongPINs(t *testing.T) {
	k := newCounter(t, chain(t)...)
	for _, want := range []string{
		"NIP inexact. Encore 2 essais avant une attente.", "NIP inexact. Encore 1 essai avant une attente.",
		"Trop d’essais. Réessayer dans moins d’une minute.",
	} {
		s := k.enter("luc", "0000")
		same(t, "problem", s.Lock.SignIn.Problem, want)
	}
	if !k.Screen().Lock.SignIn.Blocked {
		t.Error("a PIN can be typed")
	}
	if until := k.NextMinute(); until != 30*time.Second { // 12:17:30: so is the next minute
		t.Errorf("drawn again after %v", until)
	}
	if s := k.enter("luc", pinOfLuc); s.Lock == nil {
		t.Fatal("the right PIN is taken while locked out")
	}
	k.PINOf("claire") // is not
	if s := k.Screen().Lock.SignIn; s.Blocked || s.Problem != "" {
		t.Errorf("Claire: %+v", s)
	}
	k.clock.advance(30 * time.Second)
	k.PINOf("luc")
	if k.Screen().Lock.SignIn.Blocked {
		t.Error("locked out for ever")
	}
	for range 2 {
		k.enter("luc", "0000")
		k.clock.advance(time.Minute)
	}
	same(t, "after the fifth", k.Screen().Lock.SignIn.Problem, "Trop d’essais. Réessayer dans 4 min.")
	k.clock.advance(4 * time.Minute)
	if s := k.enter("luc", pinOfLuc); s.Lock != nil {
		t.Errorf("still locked: %+v", s.Lock.SignIn)
	}
}

// Nobody touches it for five minutes: it locks, and what was open is closed.
func TestLocksItself(t *testing.T) {
	k := newCounter(t, chain(t)...)
	k.enter("claire", pinOfClaire)
	k.SetUp("")(context.Background())
	if k.Setup() == nil {
		t.Fatal("the manager may not set up a printer")
	}
	k.clock.advance(4 * time.Minute)
	k.Section(Pickup)
	k.clock.advance(4*time.Minute + 50*time.Second)
	// what no finger did is no touch
	k.Notify(terminal.Event{Kind: terminal.EventSettings})
	if k.Screen().Lock != nil {
		t.Fatal("locked too early")
	}
	if until := k.NextMinute(); until != 10*time.Second {
		t.Errorf("drawn again after %v", until)
	}
	k.clock.advance(-time.Hour) // a clock set back neither locks nor keeps it open for an hour
	if k.Screen().Lock != nil {
		t.Fatal("locked by a clock that was set back")
	}
	k.clock.advance(5 * time.Minute)
	if k.Screen().Lock == nil || k.Setup() != nil {
		t.Fatal("still open")
	}
	if s := k.enter("luc", pinOfLuc); s.Lock != nil || k.Setup() != nil {
		t.Error("the cashier finds the manager's sheet")
	}
}

func TestNeverLocksItself(t *testing.T) {
	locations := chain(t)
	locations[0].LockMinutes = 0
	k := newCounter(t, locations...)
	k.enter("luc", pinOfLuc)
	k.clock.advance(100 * time.Hour)
	if k.Screen().Lock != nil {
		t.Error("locked, though 0 is never")
	}
}

// A cashier's refund waits for a manager's PIN, then goes on by itself; both are named.
func TestAskedInPlace(t *testing.T) {
	k := newCounter(t, chain(t)...)
	id := k.sell("plateau")
	k.enter("luc", pinOfLuc)
	cancel := order.Command{Type: order.CancelItems, OrderID: id, Items: []order.ItemQuantity{{Line: "1", Quantity: 1}}}
	paid := cancel
	paid.Amount = 300
	if p := k.plan("cancel", paid); !p.Empty() {
		t.Fatal("carried out without a manager")
	}
	s := k.Screen()
	if s.Ask == nil || names(s.Ask.People) != "Claire" || s.Ask.Label == "" || s.Ask.Back != "" {
		t.Fatalf("asked: %+v", s.Ask)
	}
	same(t, "text", s.Ask.Text, "Annuler ou rembourser : il faut le NIP de la gérance. Luc reste en service ensuite, et l’action se fait d’elle-même.")
	if s = k.enter("", pinOfLuc); s.Ask == nil || s.Ask.Problem == "" {
		t.Fatalf("the cashier's own PIN did: %+v", s.Ask)
	}
	if s = k.enter("", pinOfClaire); s.Ask != nil || s.Top.Person != "Luc" {
		t.Fatalf("asked: %+v, signed in: %s", s.Ask, s.Top.Person)
	}
	// nobody has paid yet, which is for Apply to say: it was asked
	if s.Cards[0].Refused == "" {
		t.Error("the action did not go on")
	}

	// without money it is the cashier's to do
	k.clock.advance(time.Second)
	k.CarryOut(k.plan("cancel", cancel))
	if entry := k.last(id); entry.What != order.WasCancelled || entry.Person.Name != "Luc" || entry.Approver != (order.Person{}) {
		t.Errorf("the history says %+v", entry)
	}
}

// Both names are on what was lent.
func TestApproverIsNamed(t *testing.T) {
	k := newCounter(t, chain(t)...)
	id := k.sell("plateau")
	k.enter("luc", pinOfLuc)
	k.permit(staff.Ordering, func() Plan { return k.take("start", []order.Command{{Type: order.Start, OrderID: id}}) })
	k.enter("claire", pinOfClaire)
	entry := k.last(id)
	if entry.What != order.WasStarted || entry.Person.Name != "Luc" || entry.Approver != (order.Person{ID: "claire", Name: "Claire"}) {
		t.Errorf("the history says %+v", entry)
	}
	k.Select(id)
	same(t, "who", k.Screen().Details.History[0].Who, "Luc, avec l’accord de Claire")
}

// What a manager has to allow asks a cashier for a manager's PIN, and goes on with it; what a rush
// needs does not.
func TestManagersTaps(t *testing.T) {
	carry := func(k *counter, p Plan) { k.CarryOut(p) }
	begin := func(k *counter, e Errand) {
		if e != nil {
			e(k.t.Context())
		}
	}
	left := false
	for name, test := range map[string]struct {
		tap  func(*counter)
		asks bool
		done func(*counter) bool
	}{
		"mute new orders": {func(k *counter) { carry(k, k.MuteNewOrders(true)) }, true, func(k *counter) bool { return k.preferences.Alerts.MuteNew }},
		"mute arrivals":   {func(k *counter) { carry(k, k.MuteArrivals(true)) }, true, func(k *counter) bool { return k.preferences.Alerts.MuteArrivals }},
		"volume": {func(k *counter) { carry(k, k.StepVolume(-1)) }, true, func(k *counter) bool {
			return k.preferences.Alerts.Loudness() == terminal.MaxVolume-1
		}},
		"leave a kiosk":  {func(k *counter) { begin(k, k.Leave()) }, true, func(*counter) bool { return left }},
		"accept by hand": {func(k *counter) { carry(k, k.OrderingDo(OrderingAsk{What: AskAutoAccept, Channel: "doordash"})) }, true, nil},
		"a maximum":      {func(k *counter) { carry(k, k.OrderingDo(OrderingAsk{What: AskMaximum, Step: 1})) }, true, nil},
		"pause":          {func(k *counter) { carry(k, k.OrderingDo(OrderingAsk{What: AskPause})) }, false, nil},
		"out of stock":   {func(k *counter) { carry(k, k.OrderingDo(OrderingAsk{What: AskOut, PLU: "x"})) }, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := newCounter(t, chain(t)...)
			k.options.Leave = func() { left = true }
			k.enter("luc", pinOfLuc)
			test.tap(k)
			if asked := k.Screen().Ask != nil; asked != test.asks {
				t.Fatalf("a PIN is asked for: %v, want %v", asked, test.asks)
			}
			if test.done == nil {
				return
			}
			if test.done(k) {
				t.Fatal("it did not wait for the PIN")
			}
			k.enter("claire", pinOfClaire)
			if !test.done(k) {
				t.Error("it did not go on")
			}
		})
	}
}

// What is slow goes on too, and giving up changes nothing.
func TestErrandAskedInPlace(t *testing.T) {
	k := newCounter(t, chain(t)...)
	k.enter("luc", pinOfLuc)
	if k.SetUp("") != nil || k.PrinterDo("Epson", PrinterAction{Verb: PrinterSetup}) != nil {
		t.Fatal("a cashier may set up printers")
	}
	k.CloseAsk()
	if s := k.Screen(); s.Ask != nil || k.Setup() != nil {
		t.Fatal("giving up did not")
	}
	if k.SetUp("") != nil {
		t.Fatal("a cashier may set up printers")
	}
	errand := k.EnterPIN(pinOfClaire)
	k.CloseAsk() // while the PIN is being tried
	errand(context.Background())
	if k.Setup() != nil {
		t.Fatal("what was given up went on")
	}
	k.SetUp("")
	k.enter("claire", pinOfClaire)
	if k.Setup() == nil {
		t.Error("the action did not go on")
	}
	// a manager is not asked
	k.Lock()
	k.Screen()
	k.enter("claire", pinOfClaire)
	if k.SetUp("") == nil {
		t.Error("a manager is asked")
	}
}

// Each location's orders are shown alone; those without a right to it cannot see it.
func TestLocations(t *testing.T) {
	k := newCounter(t, chain(t)...)
	here, there := k.sell("plateau"), k.sell("port")
	ids := func() (ids []string) {
		for _, card := range k.Screen().Cards {
			ids = append(ids, card.ID)
		}
		return ids
	}
	k.enter("luc", pinOfLuc)
	if s := k.Screen(); s.Top.Locations != 1 || s.Top.Location != "Plateau" || !slices.Equal(ids(), []string{here}) {
		t.Errorf("Luc sees %d locations, %v", s.Top.Locations, ids())
	}
	if !k.ShowLocation("port").Empty() || k.Screen().Top.Location != "Plateau" {
		t.Error("Luc may look at Vieux-Port")
	}
	k.Lock()
	k.Screen()
	k.enter("omar", pinOfOmar)
	if s := k.Screen(); s.Top.Location != "Vieux-Port" || !slices.Equal(ids(), []string{there}) || s.Top.Clock != "18:17" {
		t.Errorf("Omar sees %+v, %v", s.Top, ids())
	}

	k.Lock()
	k.Screen()
	k.enter("claire", pinOfClaire)
	k.CarryOut(k.ShowLocation("plateau"))
	s := k.Screen()
	if rows := s.Locations.Rows; len(rows) != 2 || rows[0].Name != "Plateau" || !rows[0].Chosen || rows[1].Chosen {
		t.Fatalf("the sheet has %+v", rows)
	}
	same(t, "count", s.Locations.Rows[1].Open, "1 ouverte")
	k.Select(here)
	k.CarryOut(k.ShowLocation("port"))
	if s = k.Screen(); s.Details != nil || !slices.Equal(ids(), []string{there}) || s.Rail[0].Pill != "1" || s.Tabs[0].Open != 1 {
		t.Errorf("details %v, cards %v, rail %+v", s.Details, ids(), s.Rail[0])
	}
	// remembered, whoever signs in next
	again, err := NewController(Options{Terminal: k.service, Staff: k.service, Clock: k.clock, Places: places(), Wake: func() {}, Preferences: k.preferred()})
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Screen().Top.Location; got != "Vieux-Port" {
		t.Errorf("after a restart %s is shown", got)
	}
}

// preferred is what the disk has.
func (k *counter) preferred() (p terminal.Preferences) {
	k.t.Helper()
	err := k.file.View(func(tx terminal.Tx) (err error) {
		p, err = tx.Preferences()
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return p
}

// An alarm of another location rings here too, and says whose it is.
func TestAlarmOfAnotherLocation(t *testing.T) {
	k := newCounter(t, chain(t)...)
	k.enter("claire", pinOfClaire)
	k.CarryOut(k.ShowLocation("port"))
	o := run(t, promisedAt("1", "12:40"))
	if err := k.service.Apply(terminal.Changes{Location: "plateau", Orders: []order.Order{o}, Cursor: terminal.Cursor{Sequence: 1}}); err != nil {
		t.Fatal(err)
	}
	s := k.Screen()
	if len(s.Cards) > 0 || s.Alarm == nil {
		t.Fatalf("cards %+v, alarm %+v", s.Cards, s.Alarm)
	}
	same(t, "heading", s.Alarm.Rows[0].Heading, "Plateau · New order · DoorDash")
	k.CarryOut(k.GotIt(s.Alarm.Rows[0]))
	if entry := k.last(o.ID); entry.Person.Name != "Claire" {
		t.Errorf("the history says %+v", entry)
	}
	k.CarryOut(k.ShowLocation("plateau"))
	if s = k.Screen(); len(s.Cards) != 1 {
		t.Errorf("%d cards", len(s.Cards))
	}
}

func TestRefusedPIN(t *testing.T) {
	for err, want := range map[error]string{
		nil: "", terminal.ErrWrongPIN: wrongPIN, terminal.ErrUnknownPerson: pinUnknown,
		&terminal.LockedOutError{}: "", errors.New("a hash that is none"): pinNotChecked,
	} {
		if got := refusedPIN(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
