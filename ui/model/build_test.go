package model

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

func promisedAt(number, hhmm string) order.Order {
	return with(draft(number), func(o *order.Order) { o.Fulfillment.PromisedAt = at(hhmm) })
}

func TestOrderOfCards(t *testing.T) {
	answer := func(number, by string) order.Order {
		return run(t, with(promisedAt(number, "13:00"), func(o *order.Order) { o.AcceptBy = at(by) }))
	}
	nothingPromised := with(draft("5"), func(o *order.Order) { o.Fulfillment.PromisedAt = time.Time{} }) // due 12:15
	twin := run(t, promisedAt("7", "12:40"), do(order.Accept)...)
	otherTwin := with(twin, func(o *order.Order) { o.ID = "a twin" })
	want := []string{"id-9", "id-3", "id-5", "id-4", "a twin", "id-7", "id-8", "id-6"}
	orders := []order.Order{
		run(t, promisedAt("4", "12:20"), do(order.Accept)...),
		run(t, promisedAt("6", "12:50")), // no deadline: by its promise
		twin, otherTwin,
		run(t, promisedAt("8", "12:40"), do(order.Accept)...),
		answer("3", "12:22"), answer("9", "12:19"),
		run(t, nothingPromised, do(order.Accept)...),
	}
	for range 20 {
		orders = append(orders[1:], orders[0])
		var got []string
		for _, c := range Build(state(t, French, orders...), places()).Cards {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestTabs(t *testing.T) {
	section := func(number string, kind order.FulfillmentType, hhmm string) order.Order {
		o := promisedAt(number, hhmm)
		o.Fulfillment.Type = kind
		return run(t, o, do(order.Accept)...)
	}
	orders := []order.Order{
		section("1", order.Pickup, "12:00"), section("2", order.Pickup, "12:50"), section("3", order.Curbside, "12:50"),
		section("4", order.Delivery, "12:01"), section("5", order.Shipment, "12:50"), section("6", order.Counter, "12:50"),
		section("7", order.Digital, "12:50"),
		run(t, draft("8"), do(order.Accept, order.PartnerCancel)...), // a card, but not open
	}
	s := state(t, French, orders...)
	s.Choice.Section = Counter
	screen := Build(s, places())
	want := []Tab{
		{Section: All, Icon: "all", Name: "Toutes", Open: 7, Late: 2, StateIcon: "alert", Text: "2 en retard"},
		{Section: Pickup, Icon: "bag", Name: "Retrait", Open: 2, Late: 1, StateIcon: "alert", Text: "1 en retard"},
		{Section: Curbside, Icon: "car", Name: "À l’extérieur", Open: 1, StateIcon: "check", Text: "À l’heure"},
		{Section: Delivery, Icon: "bike", Name: "Livraison", Open: 1, Late: 1, StateIcon: "alert", Text: "1 en retard"},
		{Section: Shipping, Icon: "box", Name: "Expédition", Open: 1, StateIcon: "check", Text: "À l’heure"},
		{Section: Counter, Icon: "store", Name: "Comptoir", Open: 2, StateIcon: "check", Text: "À l’heure", Chosen: true},
	}
	if !slices.Equal(screen.Tabs, want) {
		t.Errorf("got\n%+v, want\n%+v", screen.Tabs, want)
	}
	if len(screen.Cards) != 2 {
		t.Errorf("%d cards at the counter", len(screen.Cards))
	}
	if rail := screen.Rail[0]; rail.Pill != "7" || rail.Name != "Commandes" || !rail.Chosen {
		t.Errorf("rail: %+v", rail)
	}
	s.Choice.Section = All
	if got := len(Build(s, places()).Cards); got != 8 {
		t.Errorf("%d cards in all", got)
	}
	s.Words = wordsOf(t, English)
	var names []string
	for _, tab := range Build(s, places()).Tabs {
		names = append(names, tab.Name)
	}
	same(t, "names", strings.Join(names, ", "), "All, Pickup, Curbside, Delivery, Shipping, Counter")
}

func TestTopBar(t *testing.T) {
	s := state(t, French,
		run(t, promisedAt("1", "12:05"), do(order.Accept, order.MarkReady)...), // waits for its customer, not for the kitchen
		run(t, promisedAt("2", "12:20"), do(order.Accept)...),
		run(t, promisedAt("3", "12:50"), do(order.Accept)...))
	top := Build(s, places()).Top
	same(t, "next", top.NextLabel+" "+top.NextDue, "Prochaine 12 h 20")
	same(t, "clock", top.Clock, "12 h 17")
	same(t, "location", top.Location, "Plateau")
	same(t, "online", top.Connection.Text, "En ligne")

	s.Link = terminal.Event{Kind: terminal.EventLink, Since: at("12:02")}
	top = Build(s, places()).Top
	same(t, "offline", top.Connection.Text, "Hors ligne depuis 12 h 02")
	s.Unsent = map[string]bool{"1": true, "2": true, "3": true}
	top = Build(s, places()).Top
	same(t, "offline", top.Connection.Text, "Hors ligne depuis 12 h 02 · 3 à envoyer")
	if top.Connection.Tone != ToneWarn || top.Connection.Icon != "cloud-off" {
		t.Errorf("got %+v", top.Connection)
	}
	s.Words = wordsOf(t, English)
	same(t, "offline", Build(s, places()).Top.Connection.Text, "Offline since 12:02 · 3 to send")

	s.Settings = NewSettings([]shop.Location{plateau, {ID: "b", Name: "Vieux-Port", TimeZone: "nowhere"}})
	s.Choice.Location = "b"
	s.Settings = s.Settings.showing("b", "")
	if top := Build(s, places()).Top; top.Location != "Vieux-Port" || top.Locations != 2 {
		t.Errorf("two locations: %+v", top)
	}
	s.Settings = NewSettings(nil)
	if banner := Build(s, places()).Banner; banner.Tone != ToneWarn || banner.Text == "" {
		t.Errorf("without settings: %+v", banner)
	}
	s.NotSaved = true
	if banner := Build(s, places()).Banner; banner.Tone != ToneLate {
		t.Errorf("not saved: %+v", banner)
	}
}

func TestPages(t *testing.T) {
	var orders []order.Order
	for i := range 14 {
		orders = append(orders, run(t, draft(string(rune('a'+i)))))
	}
	for _, tt := range []struct {
		first      int
		text       string
		back, next bool
	}{
		{0, "1 à 5 sur 14", false, true},
		{5, "6 à 10 sur 14", true, true},
		{9, "10 à 14 sur 14", true, false},
		{99, "10 à 14 sur 14", true, false},
		{-3, "1 à 5 sur 14", false, true},
	} {
		s := state(t, French, orders...)
		s.Choice.First = tt.first
		p := Build(s, places()).Page
		same(t, "page", p.Text, tt.text)
		if p.Back != tt.back || p.Next != tt.next {
			t.Errorf("%d: got %+v", tt.first, p)
		}
	}
	s := state(t, French)
	s.Choice.Section = Curbside
	screen := Build(s, places())
	same(t, "empty", screen.Empty.Text, "Aucune commande à l’extérieur. Les arrivées s’afficheront ici.")
	if screen.Page.Text != "" || screen.Empty.Icon != "car" || screen.Rail[0].Pill != "" {
		t.Errorf("got %+v", screen)
	}
}

func TestChanged(t *testing.T) {
	one, two := run(t, promisedAt("1", "12:20")), run(t, promisedAt("2", "12:50"))
	s := state(t, French, one, two)
	s.Choice.Selected = one.ID
	before := Build(s, places())
	if c := Changed(before, Build(s, places())); !c.None() {
		t.Errorf("nothing happened, and yet %+v", c)
	}
	s.Orders = []order.Order{one, run(t, promisedAt("2", "12:50"), do(order.Accept)...)}
	c := Changed(before, Build(s, places()))
	if !slices.Equal(c.Cards, []int{1}) || c.Length || c.Details || c.Top || c.Rail || !c.Alarm {
		t.Errorf("the second was accepted: %+v", c)
	}
	s.Orders = []order.Order{one}
	c = Changed(before, Build(s, places()))
	if !c.Length || len(c.Cards) != 0 || !c.Rail || !c.Tabs || !c.Page {
		t.Errorf("the second has gone: %+v", c)
	}
	s.Words = wordsOf(t, English)
	if c := Changed(before, Build(s, places())); !c.Details || !c.Tabs || !c.Alarm || !slices.Contains(c.Cards, 0) {
		t.Errorf("other words: %+v", c)
	}
}

// Whatever commands made of any orders: a screen comes out, and its counts add up.
func TestAnyOrders(t *testing.T) {
	words := map[string]*Words{French: wordsOf(t, French), English: wordsOf(t, English)}
	types := append(order.ScreenCommands(), order.PartnerCancel, order.PartnerChange, order.Expire,
		order.AssignCourier, order.CourierMoved, order.Printed)
	kinds := []order.FulfillmentType{order.Pickup, order.Curbside, order.Delivery, order.Shipment, order.Counter, order.Digital}
	settings := NewSettings([]shop.Location{plateau})
	rapid.Check(t, func(t *rapid.T) {
		var orders []order.Order
		for range rapid.IntRange(0, 12).Draw(t, "orders") {
			o := draft(rapid.SampledFrom([]string{"", "1", "2", "#3"}).Draw(t, "number"))
			o.ID = rapid.StringMatching(`[a-z]{8}`).Draw(t, "id")
			o.Connection = rapid.SampledFrom([]string{"", "dd", "ue", "gone"}).Draw(t, "connection")
			o.Channel = rapid.SampledFrom([]string{"", "DoorDash", order.ChannelShop, order.ChannelCounter, "é"}).Draw(t, "channel")
			o.Location = rapid.SampledFrom([]string{"plateau", "elsewhere"}).Draw(t, "location")
			o.Fulfillment.Type = rapid.SampledFrom(kinds).Draw(t, "kind")
			o.Fulfillment.Table = rapid.SampledFrom([]string{"", "6"}).Draw(t, "table")
			minutes := rapid.SampledFrom([]int{-90, -1, 0, 20, 61, 1500, 20000}).Draw(t, "promised")
			if o.Fulfillment.PromisedAt = noon.Add(time.Duration(minutes) * time.Minute); minutes == -90 {
				o.Fulfillment.PromisedAt = time.Time{}
			}
			if rapid.Bool().Draw(t, "deadline") {
				o.AcceptBy = noon.Add(time.Duration(minutes) * time.Second)
			}
			o = run(t, o)
			for i := range rapid.IntRange(0, 8).Draw(t, "commands") {
				c := order.Command{
					ID: string(rune('a' + i)), Type: rapid.SampledFrom(types).Draw(t, "type"), By: "counter-1",
					Minutes: 5, Amount: 100, Courier: &order.Courier{Name: "Zoé", Stage: "arrived"},
					Ticket: &order.Ticket{Station: "grill", Kind: order.Kitchen, State: order.TicketSent, Version: 1}, Spot: "2",
				}
				if c.Type == order.PartnerChange {
					changed := draft("1")
					c.Order = &changed
				}
				if next, err := order.Apply(o, c, order.OwnPolicy(), noon); err == nil {
					o = next
				}
			}
			orders = append(orders, o)
		}
		s := State{
			Now: noon, Words: words[rapid.SampledFrom(Languages()).Draw(t, "language")], Settings: settings, Orders: orders,
			Choice: Choice{Section: rapid.SampledFrom(Sections()).Draw(t, "section"), PerPage: 5, Tab: TabItems},
		}
		if len(orders) > 0 {
			s.Choice.Selected = orders[0].ID
			s.Refused = map[string]terminal.Refusal{orders[0].ID: {Cause: order.AlreadyCompleted}}
		}
		checkScreen(t, s, Build(s, places()))
	})
}

func checkScreen(t *rapid.T, s State, screen Screen) {
	checkIcons(t, screen)
	open, late := 0, 0
	for _, tab := range screen.Tabs[1:] {
		open += tab.Open
		late += tab.Late
	}
	want := 0
	for _, o := range s.Orders {
		if o.Status.Open() {
			want++
		}
	}
	if all := screen.Tabs[0]; all.Open != open || all.Open != want || all.Late != late || late > open {
		t.Fatalf("counts: %+v", screen.Tabs)
	}
	if s.Choice.Section == All && len(screen.Cards) != len(s.Orders) {
		t.Fatalf("%d cards of %d orders", len(screen.Cards), len(s.Orders))
	}
	if (len(screen.Cards) == 0) != (screen.Empty.Text != "") {
		t.Fatalf("%d cards, %+v", len(screen.Cards), screen.Empty)
	}
	for _, c := range screen.Cards {
		if (c.Badge.Text == "") != (c.Badge.Narrow == "") || c.Action.Command != "" && c.Action.Label == "" || c.Monogram == "" {
			t.Fatalf("card %+v", c)
		}
	}
	if a := screen.Alarm; a != nil && (len(a.Rows) < 1 || len(a.Rows) > mostAlarms) {
		t.Fatalf("alarm %+v", a)
	}
	if len(s.Orders) > 0 {
		primaries := 0
		for _, action := range screen.Details.Actions {
			if action.Kind == ActionPrimary {
				primaries++
			}
			if (action.Kind == ActionLocked) != (action.Explanation.Text != "") || action.Label == "" {
				t.Fatalf("action %+v", action)
			}
		}
		if primaries > 1 {
			t.Fatalf("%d primary actions", primaries)
		}
	}
}

// checkIcons wants every icon to be drawn.
func checkIcons(t *rapid.T, screen Screen) {
	icons := map[Icon]bool{screen.Top.Connection.Icon: true, screen.Empty.Icon: true, screen.Banner.Icon: true}
	for _, item := range screen.Rail {
		icons[item.Icon] = true
	}
	for _, tab := range screen.Tabs {
		icons[tab.Icon], icons[tab.StateIcon] = true, true
	}
	for _, card := range screen.Cards {
		icons[card.Badge.Icon], icons[card.Action.Icon] = true, true
	}
	if screen.Alarm != nil {
		for _, row := range screen.Alarm.Rows {
			icons[row.Icon] = true
		}
	}
	if d := screen.Details; d != nil {
		for _, fact := range d.Facts {
			icons[fact.Icon] = true
		}
		for _, transaction := range d.Transactions {
			icons[transaction.Icon] = true
		}
		for _, action := range d.Actions {
			icons[action.Icon] = true
		}
	}
	delete(icons, "") // where there is nothing to show
	for icon := range icons {
		if _, err := os.Stat("../../assets/icons/" + string(icon) + ".svg"); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	var orders []order.Order
	for i := range 300 {
		o := promisedAt(string(rune('a'+i)), "12:40")
		orders = append(orders, run(b, o, do(order.Accept)...))
	}
	s := state(b, French, orders...)
	s.Choice.Selected = orders[0].ID
	b.ReportAllocs()
	for b.Loop() {
		Build(s, places())
	}
}
