package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/menu"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// taking is a terminal's ordering without a terminal: changes hold at once.
type taking struct {
	location shop.Location
	now      time.Time
	ordering shop.Ordering
	reports  map[string]shop.Report
	unsent   int
	failing  error
	changes  []shop.Change
}

func (t *taking) Ordering(location string) (terminal.OrderingView, error) {
	if location != t.location.ID {
		return terminal.OrderingView{}, terminal.ErrNoLocation
	}
	return terminal.OrderingView{
		Location: location, Ordering: t.ordering, Held: t.ordering.At(t.location, t.now), Reports: t.reports, Unsent: t.unsent, Now: t.now,
	}, nil
}

func (t *taking) ChangeOrdering(_ string, c shop.Change) error {
	if t.failing != nil {
		return t.failing
	}
	c.ID = string(rune('a' + len(t.changes)))
	if c.At.IsZero() {
		c.At = t.now
	}
	c, err := c.Settle(t.location, t.now.Add(time.Second))
	if err != nil {
		return err
	}
	t.changes = append(t.changes, c)
	t.ordering = t.ordering.Apply(c)
	return nil
}

// shopOf is a location with a menu whose platforms take what they take.
func shopOf() shop.Location {
	l := plateau
	l.AutoAccept, l.PreparationMinutes = true, 20
	l.Connections = slices.Clone(l.Connections)
	l.Connections[0].Controls, l.Connections[0].PreparationMinutes = shop.Controls{Pause: true, Stock: true}, 20
	l.Connections[1].Controls = shop.Controls{Unset: true}
	l.Menu.Items = []menu.Item{{PLU: "A", Name: "Crème brûlée"}, {PLU: "B", Name: "Bœuf grillé"}, {PLU: "C", Name: "Café crème"}}
	return l
}

type fixed struct{ now time.Time }

func (f fixed) Now() time.Time { return f.now }

// idle has no orders.
type idle struct {
	Terminal
	locations []shop.Location
}

func (idle) Orders() []order.Order        { return nil }
func (idle) LinkState() terminal.Event    { return terminal.Event{Online: true} }
func (i idle) Settings() []shop.Location  { return i.locations }
func (idle) Unsent() []string             { return nil }
func (idle) Lost() []string               { return nil }
func (idle) Refusals() []terminal.Refusal { return nil }
func (idle) Troubles() []terminal.Trouble { return nil }
func (idle) Disk() terminal.DiskFault     { return terminal.DiskWorks }
func (idle) Salvaged() terminal.Salvage   { return terminal.Salvage{} }

func orderingOf(t *testing.T, language string) (*Controller, *taking) {
	t.Helper()
	o := &taking{location: shopOf(), now: noon}
	c, err := NewController(Options{
		Terminal: idle{locations: []shop.Location{o.location}}, Ordering: o, Clock: fixed{noon}, Wake: func() {},
		Places: []Place{PlaceOrders}, Preferences: terminal.Preferences{Language: language},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Screen() // takes the settings over
	return c, o
}

func (c *Controller) ask(ask OrderingAsk) { c.CarryOut(c.OrderingDo(ask)) }

func TestOrderingChip(t *testing.T) {
	c, o := orderingOf(t, French)
	chip := func(want, short string, holds bool) {
		t.Helper()
		if got := c.Screen().Top.Ordering; plain(got.Text) != want || plain(got.Short) != short || got.Holds != holds {
			t.Errorf("got %+v, want %q, %q, %v", got, want, short, holds)
		}
	}
	chip("Pauses", "Pauses", false)
	c.OrderingOpen()
	c.ask(OrderingAsk{What: AskBusy})
	chip("Occupé +15 · encore 60 min", "+15", true)
	c.ask(OrderingAsk{What: AskPause, Channel: "dd"})
	chip("DoorDash en pause · 15 min · Occupé +15", "15 min", true)
	o.now = noon.Add(3 * time.Minute) // the countdown goes by the minute
	chip("DoorDash en pause · 12 min · Occupé +15", "12 min", true)
	c.ask(OrderingAsk{What: AskPause, Choice: 3})
	chip("3 canaux en pause · jusqu’à demain, 4 h 00 · Occupé +15", "4 h 00", true)
	o.now = noon.Add(24 * time.Hour)
	chip("Pauses", "Pauses", false)
}

// Each tap does what it says, and Undo brings back what was.
func TestOrderingUndo(t *testing.T) {
	for _, ask := range []OrderingAsk{
		{What: AskPause, Channel: "dd", Choice: 1},
		{What: AskPause},
		{What: AskResume},
		{What: AskResume, Channel: "ue"},
		{What: AskBusy},
		{What: AskBusyEnd},
		{What: AskAutoAccept, Channel: "ue", On: true},
		{What: AskOut, PLU: "A", Tomorrow: true},
		{What: AskOut, PLU: "B"},
		{What: AskBack, PLU: "C"},
	} {
		t.Run(string(ask.What)+ask.Channel+ask.PLU, func(t *testing.T) {
			c, o := orderingOf(t, English)
			for _, before := range []OrderingAsk{{What: AskPause, Channel: "ue", Choice: 2}, {What: AskOut, PLU: "C"}, {What: AskBusy}} {
				c.ask(before)
			}
			before := o.ordering.At(o.location, o.now)
			c.ask(ask)
			after := o.ordering.At(o.location, o.now)
			if strings.Contains(c.Snackbar().Text, "{") || c.Snackbar().Undo == "" {
				t.Errorf("it says %+v", c.Snackbar())
			}
			c.CarryOut(c.Undo(c.Snackbar().ID))
			if got := o.ordering.At(o.location, o.now); !alike(got, before) {
				t.Errorf("taken back: %+v, was %+v", got, before)
			}
			if alike(after, before) && ask.What != AskBusy { // busy again is as long as before
				t.Errorf("nothing happened: %+v", after)
			}
		})
	}
}

func alike(a, b shop.Held) bool {
	return slices.Equal(a.Channels, b.Channels) && slices.Equal(a.OutOfStock, b.OutOfStock) && a.BusyMinutes == b.BusyMinutes && a.BusyUntil.Equal(b.BusyUntil)
}

// What somebody else did since is not taken back with it.
func TestOrderingUndoLosesToOthers(t *testing.T) {
	c, o := orderingOf(t, English)
	c.ask(OrderingAsk{What: AskPause, Choice: 1})
	o.now = noon.Add(time.Second)
	if err := o.ChangeOrdering("plateau", shop.Change{Channels: []string{"ue"}, Pause: &shop.Span{ForMinutes: 90}}); err != nil {
		t.Fatal(err)
	}
	c.CarryOut(c.Undo(c.Snackbar().ID))
	held := o.ordering.At(o.location, o.now)
	if held.Channels[0].PausedUntil != (time.Time{}) || !held.Channels[1].PausedUntil.Equal(o.now.Add(90*time.Minute)) {
		t.Errorf("got %+v", held.Channels)
	}
}

// Two taps that come before the disk has the first one are two steps.
func TestOrderingSteps(t *testing.T) {
	c, o := orderingOf(t, French)
	up := OrderingAsk{What: AskPreparation, Channel: "dd", Step: 1}
	first, second := c.OrderingDo(up), c.OrderingDo(up)
	c.CarryOut(first)
	c.CarryOut(second)
	if channel, _ := o.ordering.At(o.location, noon).Channel("dd"); channel.PreparationMinutes != 30 {
		t.Errorf("got %d minutes, want 30", channel.PreparationMinutes)
	}
	for range 3 {
		c.ask(OrderingAsk{What: AskMaximum, Step: -1})
	}
	if got := o.ordering.At(o.location, noon).Maximum; got != 0 {
		t.Errorf("the maximum is %d", got)
	}
	for _, tt := range []struct{ n, step, want int }{{20, 5, 25}, {22, 5, 25}, {22, -5, 20}, {20, -5, 15}, {3, -5, 0}} {
		if got := stepped(tt.n, tt.step); got != tt.want {
			t.Errorf("%d and %d: got %d, want %d", tt.n, tt.step, got, tt.want)
		}
	}
}

func TestOrderingSheet(t *testing.T) {
	c, o := orderingOf(t, French)
	if c.OrderingSheet() != nil {
		t.Error("it is open before anybody opened it")
	}
	c.OrderingOpen()
	c.OrderingBusyMinutes("3")
	c.OrderingBusyFor("0")
	o.unsent = 1
	sheet := c.OrderingSheet()
	if sheet.Page != OrderingRush || plain(sheet.Busy.Begin) != "Ajouter 30 min pendant 30 min" || sheet.Busy.End != "" || sheet.PauseAll.Resume != "" ||
		sheet.Maximum.Text != "–" || sheet.Maximum.Less || plain(sheet.Pending) != "1 changement en attente d’envoi au hub" {
		t.Errorf("got %+v", sheet)
	}
	c.ask(OrderingAsk{What: AskPause, Channel: "dd", Choice: 1})
	o.reports = map[string]shop.Report{"dd": {State: shop.RefusedByPlatform, About: "store_pause", Detail: "HTTP 400"}}
	c.OrderingPage(OrderingChannels)
	channels := c.OrderingSheet().Channels
	if len(channels) != 3 {
		t.Fatalf("got %d channels", len(channels))
	}
	dd, ue, own := channels[0], channels[1], channels[2]
	if dd.Name != "DoorDash" || plain(dd.State) != "En pause · encore 30 min, jusqu’à 12 h 47" || dd.Tone != ToneWarn || dd.Pause.Resume == "" ||
		plain(dd.Report.Text) != "DoorDash n’a pas pris la pause (HTTP 400) : faites-le sur son écran." || dd.ReportTone != ToneLate || len(dd.Limits) != 1 {
		t.Errorf("got %+v", dd)
	}
	if ue.Name != "Deliverect" || ue.Tone != ToneOK || len(ue.Limits) != 1 || !strings.Contains(ue.Limits[0], "identifiants") || ue.Report.Text != "" {
		t.Errorf("got %+v", ue)
	}
	if own.Name != "Boutique" || !own.AutoAccept.On || own.Minutes.Text != "20" || len(own.Limits) != 1 {
		t.Errorf("got %+v", own)
	}
	for state, want := range map[shop.ReportState]string{shop.Told: "DoorDash est à jour", shop.Telling: "Envoi à DoorDash : la pause", shop.Unanswered: "DoorDash ne répond pas : la pause sera renvoyée"} {
		o.reports["dd"] = shop.Report{State: state, About: "store_pause"}
		if got := c.OrderingSheet().Channels[0].Report.Text; plain(got) != want {
			t.Errorf("%s: got %q, want %q", state, got, want)
		}
	}
	c.OrderingClose()
	if c.OrderingSheet() != nil {
		t.Error("it stays open")
	}
}

func TestOrderingStock(t *testing.T) {
	c, o := orderingOf(t, French)
	c.OrderingOpen()
	c.OrderingPage(OrderingStock)
	c.ask(OrderingAsk{What: AskOut, PLU: "C", Tomorrow: true})
	names := func() (list []string) {
		for _, item := range c.OrderingSheet().Items {
			list = append(list, item.Name+"|"+plain(item.Text))
		}
		return list
	}
	want := []string{"Café crème|En rupture jusqu’à demain, 4 h 00", "Crème brûlée|", "Bœuf grillé|"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for search, want := range map[string]int{"CREME": 2, "brulee": 1, " boeuf": 1, "bœuf": 1, "": 3, "pizza": 0} {
		c.OrderingSearch(search)
		if got := names(); len(got) != want {
			t.Errorf("%q finds %q", search, got)
		}
		if more := c.OrderingSheet().More; (more != "") != (want == 0) {
			t.Errorf("%q: it says %q", search, more)
		}
	}
	c.OrderingSearch("")
	o.ordering.Stock["OLD"] = shop.Field[shop.Stock]{Value: shop.Stock{Out: true}, Change: "z"}
	if got := names(); !slices.Contains(got, "OLD|En rupture jusqu’à nouvel ordre") {
		t.Errorf("what has left the menu cannot be put back: %q", got)
	}
	delete(o.ordering.Stock, "OLD")
	for i := range 40 {
		o.location.Menu.Items = append(o.location.Menu.Items, menu.Item{PLU: "X" + string(rune('a'+i)), Name: "Pizza"})
	}
	c.Notify(terminal.Event{Kind: terminal.EventSettings})
	c.options.Terminal = idle{locations: []shop.Location{o.location}}
	c.Screen()
	if sheet := c.OrderingSheet(); len(sheet.Items) != shownItems || plain(sheet.More) != "et 13 autres articles : cherchez-les par leur nom" {
		t.Errorf("got %d items, and %q", len(sheet.Items), sheet.More)
	}
}

func TestOrderingRefused(t *testing.T) {
	c, o := orderingOf(t, English)
	c.OrderingOpen()
	problem := func() string { return c.OrderingSheet().Problem.Text }
	o.failing = &order.Error{Kind: order.Invalid, Cause: order.BadField}
	c.ask(OrderingAsk{What: AskBusy})
	if !strings.Contains(problem(), "another value") || c.Snackbar().Text != "" {
		t.Errorf("it says %q, %+v", problem(), c.Snackbar())
	}
	o.failing = nil
	c.ask(OrderingAsk{What: AskBusy})
	if problem() != "" {
		t.Errorf("what is mended is still said: %q", problem())
	}
	c.Notify(terminal.Event{Kind: terminal.EventOrdering, Location: "plateau", Change: "x", Refused: &order.Error{Kind: order.NotFound}})
	if !strings.Contains(problem(), "not here any more") {
		t.Errorf("it says %q", problem())
	}
	o.failing = terminal.ErrTooManyChanges
	c.ask(OrderingAsk{What: AskBusyEnd})
	if !strings.Contains(problem(), "Too many") {
		t.Errorf("it says %q", problem())
	}
	o.failing = errors.New("no disk")
	c.ask(OrderingAsk{What: AskBusyEnd})
	if c.Screen().Banner.Title == "" {
		t.Error("what did not reach the disk is not said")
	}
}

func TestOrderingWarnings(t *testing.T) {
	w := wordsOf(t, English)
	o := draft("214")
	o.Status = order.New
	o.Lines[0].OutOfStock = true
	l := shopOf()
	l.Connections[0].AutoAccept = true
	s := State{
		Now: noon, Words: w, Settings: NewSettings([]shop.Location{l}), Orders: []order.Order{o}, Link: terminal.Event{Online: true},
		Choice:   Choice{Place: PlaceOrders, Section: All, Selected: o.ID, PerPage: 5},
		Ordering: &terminal.OrderingView{Location: "plateau", Now: noon, Held: shop.Ordering{}.At(l, noon)},
	}
	warning := func() string { return Build(s, []Place{PlaceOrders}).Details.Warning }
	if got := warning(); got != "Out of stock: Steak frites. The platform let it be ordered; check with the customer." {
		t.Errorf("got %q", got)
	}
	s.Ordering.Held.Maximum = 4
	if got := warning(); !strings.HasPrefix(got, "Waiting: 4 orders in 15 min already.") {
		t.Errorf("got %q", got)
	}
	s.Orders[0].Status = order.Accepted
	if got := warning(); strings.Contains(got, "Waiting") {
		t.Errorf("an accepted order: %q", got)
	}
}
