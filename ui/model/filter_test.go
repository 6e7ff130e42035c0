package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// listOf are the numbers of the cards, with the headings between them.
func listOf(s Screen) string {
	var list []string
	for i, c := range s.Cards {
		for _, b := range s.Blocks {
			if b.First == i {
				list = append(list, "["+b.Title+"]")
			}
		}
		list = append(list, c.Number)
	}
	return strings.Join(list, " ")
}

func ended(number string, at time.Time, status order.Status, reason order.Reason) order.Order {
	return with(draft(number), func(o *order.Order) {
		o.Status, o.Reason, o.CompletedAt, o.Acknowledged = status, reason, at, order.Alarms()
	})
}

func channelled(o order.Order, channel string) order.Order {
	return with(o, func(o *order.Order) { o.Channel = channel })
}

// day is everything that a filter can meet.
func day(t *testing.T) (active []order.Order, today []order.Order) {
	t.Helper()
	tomorrow := with(promisedAt("5", "12:40"), func(o *order.Order) { o.Fulfillment.PromisedAt = at("11:00").AddDate(0, 0, 1) })
	active = []order.Order{
		run(t, promisedAt("1", "12:30")),
		run(t, channelled(promisedAt("2", "12:31"), "Uber Eats"), do(order.Accept)...),
		run(t, promisedAt("3", "12:32"), do(order.Accept, order.Start)...),
		run(t, promisedAt("4", "12:33"), do(order.Accept, order.MarkReady)...),
		run(t, tomorrow, do(order.Accept)...),
		run(t, with(promisedAt("6", "12:10"), func(o *order.Order) { o.Fulfillment.PromisedAt = at("12:10").AddDate(0, 0, -2) }), do(order.Accept)...),
	}
	today = []order.Order{
		ended("23", at("12:10"), order.Completed, order.HandedOver),
		channelled(ended("22", at("12:05"), order.Rejected, order.TooBusy), "Uber Eats"),
		ended("21", at("11:00"), order.Completed, order.CancelledByPartner),
	}
	return active, today
}

func TestFilterLists(t *testing.T) {
	active, endedToday := day(t)
	const today = shop.Day("2026-11-23")
	all := func(list ...Status) (s Statuses) {
		for _, one := range list {
			s |= one.bit()
		}
		return s
	}
	scheduled := " [Prévues pour plus tard · 1] #5"
	for _, tt := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"nothing", Filter{}, "#6 #1 #2 #3 #4" + scheduled},
		{"today by its date", Filter{Day: today}, "#6 #1 #2 #3 #4" + scheduled},
		{"new", Filter{Statuses: all(StatusNew)}, "#1"},
		{"accepted", Filter{Statuses: all(StatusAccepted)}, "#6 #2" + scheduled},
		{"preparing and ready", Filter{Statuses: all(StatusPreparing, StatusReady)}, "#3 #4"},
		{"completed", Filter{Statuses: all(StatusCompleted)}, "#23"},
		{"cancelled", Filter{Statuses: all(StatusCancelled)}, "#22 #21"},
		{"ready and ended", Filter{Statuses: all(StatusReady, StatusCompleted, StatusCancelled)}, "#4 [Terminées · 3] #23 #22 #21"},
		{"a channel", Filter{Channels: Names("").toggle("Uber Eats")}, "#2"},
		{"two channels", Filter{Channels: Names("").toggle("Uber Eats").toggle("DoorDash")}, "#6 #1 #2 #3 #4" + scheduled},
		{"a channel that nobody uses", Filter{Channels: Names("").toggle("Skip")}, ""},
		{"a channel's ended", Filter{Channels: Names("").toggle("Uber Eats"), Statuses: all(StatusCancelled)}, "#22"},
		{"tomorrow", Filter{Day: today.Add(1)}, "[Prévues pour plus tard · 1] #5"},
		{"the day after", Filter{Day: today.Add(2)}, ""},
		{"yesterday, of which nothing is read yet", Filter{Day: today.Add(-1)}, ""},
	} {
		s := state(t, French, active...)
		s.Choice.Filter = tt.filter
		s.Ended = endedOn(today, endedToday...)
		screen := Build(s, places())
		if got := listOf(screen); plain(got) != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, plain(got), tt.want)
		}
		if tabs := screen.Tabs; tabs[0].Open != 6 || tabs[0].Late != 1 {
			t.Errorf("%s: the tab counts %d open orders, %d late", tt.name, tabs[0].Open, tabs[0].Late)
		}
	}
	// a past day lists what ended then
	s := state(t, French, active...)
	s.Choice.Filter.Day = today.Add(-1)
	s.Ended = endedOn(today.Add(-1), ended("9", at("20:00").AddDate(0, 0, -1), order.Completed, order.HandedOver))
	screen := Build(s, places())
	if got := listOf(screen); got != "#9" {
		t.Errorf("yesterday: %q", got)
	}
	same(t, "its time", screen.Cards[0].Time, "20 h 00")
}

func endedOn(day shop.Day, orders ...order.Order) endedOrders {
	return endedOrders{Day: day, Orders: orders, Since: "2026-11-12"}
}

// A section holds with the filter.
func TestFilterAndSection(t *testing.T) {
	active, endedToday := day(t)
	s := state(t, French, active...)
	s.Choice.Section, s.Choice.Filter.Statuses = Delivery, StatusReady.bit()|StatusCompleted.bit()
	s.Ended = endedOn("2026-11-23", endedToday...)
	if got := listOf(Build(s, places())); got != "" {
		t.Errorf("deliveries: %q", got)
	}
	s.Choice.Section = Pickup
	if got := plain(listOf(Build(s, places()))); got != "#4 [Terminées · 1] #23" {
		t.Errorf("pickup: %q", got)
	}
}

// An ended order that somebody still has to see is on the list once.
func TestEndedAndUnanswered(t *testing.T) {
	cancelled := run(t, promisedAt("7", "12:40"), do(order.Accept, order.PartnerCancel)...)
	s := state(t, French, cancelled)
	s.Ended = endedOn("2026-11-23", cancelled)
	if got := listOf(Build(s, places())); got != "#7" {
		t.Errorf("without a filter: %q", got)
	}
	s.Choice.Filter.Statuses = StatusCancelled.bit()
	if got := listOf(Build(s, places())); got != "#7" {
		t.Errorf("of what was cancelled: %q", got)
	}
}

func TestEmptyListsSayWhy(t *testing.T) {
	const today = shop.Day("2026-11-23")
	for _, tt := range []struct {
		name   string
		filter Filter
		ended  endedOrders
		want   string
	}{
		{"nothing", Filter{}, endedOrders{}, "Aucune commande en cours. Les nouvelles s’afficheront ici."},
		{"filtered", Filter{Statuses: StatusReady.bit()}, endedOrders{}, "Aucune commande ne passe le filtre. Touchez-le au-dessus pour l’enlever."},
		{"not asked yet", Filter{Day: today.Add(-1)}, endedOrders{}, "Lecture des commandes…"},
		{"being read", Filter{Day: today.Add(-1)}, endedOrders{Day: today.Add(-1), Loading: true}, "Lecture des commandes…"},
		{"unreadable", Filter{Day: today.Add(-1)}, endedOrders{Day: today.Add(-1), Failed: true}, "Les commandes n’ont pas pu être lues. Choisissez le jour de nouveau ou redémarrez la caisse."},
		{"a day without orders", Filter{Day: today.Add(-1)}, endedOn(today.Add(-1)), "Aucune commande ne passe le filtre. Touchez-le au-dessus pour l’enlever."},
		{"before the first day", Filter{Day: "2026-11-11"}, endedOn("2026-11-11"), "Cette caisse garde ses commandes depuis jeudi 12 nov. seulement : rien de ce jour."},
		{"nothing kept at all", Filter{Day: today.Add(-1)}, endedOrders{Day: today.Add(-1)}, "Cette caisse n’a gardé aucune commande terminée."},
	} {
		s := state(t, French)
		s.Choice.Filter, s.Ended = tt.filter, tt.ended
		same(t, tt.name, Build(s, places()).Empty.Text, tt.want)
	}
}

func TestChips(t *testing.T) {
	const today = shop.Day("2026-11-23")
	for _, tt := range []struct {
		filter Filter
		fr, en string
	}{
		{Filter{}, "", ""},
		{Filter{Day: today}, "", ""},
		{Filter{Day: today.Add(-1)}, "Hier", "Yesterday"},
		{Filter{Day: "2026-11-16"}, "Lundi 16 nov.", "Monday, Nov 16"},
		{Filter{Day: "2025-11-16"}, "Dimanche 16 nov. 2025", "Sunday, Nov 16 2025"},
		{Filter{Statuses: StatusReady.bit()}, "Prêtes", "Ready"},
		{Filter{Statuses: StatusReady.bit() | StatusNew.bit()}, "2 états", "2 statuses"},
		{Filter{Statuses: StatusCompleted.bit() | StatusCancelled.bit()}, "Terminées", "Ended"},
		{Filter{Channels: Names("").toggle("DoorDash")}, "DoorDash", "DoorDash"},
		{
			Filter{Day: today.Add(1), Statuses: StatusNew.bit(), Channels: Names("").toggle("DoorDash").toggle("Uber Eats")},
			"Demain, Nouvelles, 2 canaux, Tout enlever", "Tomorrow, New, 2 channels, Clear all",
		},
	} {
		for _, language := range Languages() {
			s := state(t, language)
			s.Choice.Filter = tt.filter
			var texts []string
			for _, chip := range Build(s, places()).Chips {
				texts = append(texts, chip.Text)
			}
			want := tt.fr
			if language == English {
				want = tt.en
			}
			same(t, language, strings.Join(texts, ", "), want)
		}
	}
}

// A channel that was chosen in one language is the same one in the other.
func TestChannelsInAnyLanguage(t *testing.T) {
	counter := run(t, with(channelled(promisedAt("1", "12:40"), order.ChannelCounter), func(o *order.Order) { o.Connection = "" }), do(order.Accept)...)
	bare := run(t, channelled(promisedAt("2", "12:41"), ""), do(order.Accept)...)
	for language, name := range map[string]string{French: "Comptoir", English: "Counter"} {
		s := state(t, language, counter, bare)
		s.Choice.Filtering, s.Choice.Filter.Channels = true, Names("").toggle(order.ChannelCounter)
		screen := Build(s, places())
		if got := listOf(screen); got != "#1" || screen.Chips[0].Text != name {
			t.Errorf("%s: %q, %+v", language, got, screen.Chips)
		}
		if got := screen.FilterSheet.Channels; !slices.Contains(got, FilterCheck{order.ChannelCounter, name, true}) || !slices.Contains(got, FilterCheck{"dd", "dd", false}) {
			t.Errorf("%s: %+v", language, got)
		}
	}
}

func TestFilterSheet(t *testing.T) {
	active, _ := day(t)
	s := state(t, French, active...)
	if Build(s, places()).FilterSheet != nil {
		t.Fatal("it is open")
	}
	s.Choice.Filtering = true
	s.Choice.Filter = Filter{Statuses: StatusReady.bit(), Channels: Names("").toggle("Skip")}
	sheet := Build(s, places()).FilterSheet
	var channels []string
	for _, c := range sheet.Channels {
		if channels = append(channels, c.Name); c.On != (c.Name == "Skip") {
			t.Errorf("%s is on: %t", c.Name, c.On)
		}
	}
	if !slices.Equal(channels, []string{"DoorDash", "Skip", "Uber Eats"}) {
		t.Errorf("channels %v", channels)
	}
	for _, c := range sheet.Statuses {
		if c.On != (c.ID == "ready") {
			t.Errorf("%s is on: %t", c.ID, c.On)
		}
	}
	if sheet.Day != 1 || sheet.Days[0] != (DayChoice{"2026-11-22", "Hier"}) || sheet.Other != "Autre jour" || sheet.MonthOf != "2026-11-01" || sheet.Month != nil {
		t.Errorf("days %+v, %d, %q, %s", sheet.Days, sheet.Day, sheet.Other, sheet.MonthOf)
	}
	same(t, "the way out", sheet.Show+", "+sheet.Clear, "Voir 0 commande, Tout enlever")
	s.Choice.Filter = Filter{}
	if sheet := Build(s, places()).FilterSheet; sheet.Clear != "" || sheet.Show != "Voir 6 commandes" {
		t.Errorf("without a filter: %q, %q", sheet.Show, sheet.Clear)
	}
	s.Choice.Filter.Day, s.Choice.Month = "2026-11-16", "2026-11-16"
	sheet = Build(s, places()).FilterSheet
	same(t, "another day", sheet.Other, "Lundi 16 nov.")
	m := sheet.Month
	if sheet.Day != -1 || m.Title != "Nov. 2026" || m.Before != "2026-10-01" || m.After != "2026-12-01" || len(m.Weeks) != 5 || !slices.Equal(m.Weekdays, []string{"Di", "Lu", "Ma", "Me", "Je", "Ve", "Sa"}) {
		t.Errorf("calendar %+v", m)
	}
	if d := m.Weeks[2][1]; d != (MonthDay{Day: "2026-11-16", Name: "16", Chosen: true}) {
		t.Errorf("the third Monday: %+v", d)
	}
	if d := m.Weeks[3][1]; !d.Today || d.Chosen || m.Weeks[4][2] != (MonthDay{}) {
		t.Errorf("today: %+v, after the end: %+v", d, m.Weeks[4][2])
	}
}

// Which day it is, and so what is today's, is the location's business.
func TestTodayByTheLocationsCalendar(t *testing.T) {
	for _, tt := range []struct {
		name, zone, now string
		want            shop.Day
	}{
		{"before the day starts", "America/Toronto", "2026-11-24T08:59:00Z", "2026-11-23"},
		{"the night in which the clocks go forward", "America/Toronto", "2026-03-08T07:59:00Z", "2026-03-07"},
		{"the day on which they go forward starts", "America/Toronto", "2026-03-08T08:00:00Z", "2026-03-08"},
		{"the night in which the clocks go back", "America/Toronto", "2026-11-01T08:59:00Z", "2026-10-31"},
		{"the day on which they go back starts", "America/Toronto", "2026-11-01T09:00:00Z", "2026-11-01"},
		{"thirteen hours ahead, before", "Pacific/Tongatapu", "2026-11-22T14:59:00Z", "2026-11-22"},
		{"thirteen hours ahead", "Pacific/Tongatapu", "2026-11-22T15:00:00Z", "2026-11-23"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		l := plateau
		l.TimeZone = tt.zone
		s := state(t, French, ended("1", now, order.Completed, order.HandedOver))
		s.Now, s.Settings = now, NewSettings([]shop.Location{l})
		s.Choice.Filtering, s.Choice.Filter = true, Filter{Day: tt.want.Add(1)}
		if got := Build(s, places()).FilterSheet.Days[1].Day; got != tt.want {
			t.Errorf("%s: today is %s, want %s", tt.name, got, tt.want)
		}
		s.Choice.Filter.Day = tt.want
		if got := len(Build(s, places()).Cards); got != 1 {
			t.Errorf("%s: %d orders today", tt.name, got)
		}
	}
	if got := NewSettings(nil).today(noon); got != "" {
		t.Errorf("without a location today is %q", got)
	}
}

// Orders of tomorrow, with the clocks changing in between, are those that are due then.
func TestTomorrowOverAChangeOfTheClocks(t *testing.T) {
	for _, tt := range []struct{ name, now, last, first string }{
		{"forward", "2026-03-07T17:00:00Z", "2026-03-08T07:59:00Z", "2026-03-08T08:00:00Z"},
		{"back", "2026-10-31T16:00:00Z", "2026-11-01T08:59:00Z", "2026-11-01T09:00:00Z"},
	} {
		parse := func(text string) time.Time {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		due := func(number, at string) order.Order {
			return with(draft(number), func(o *order.Order) {
				o.Status, o.AcceptedAt, o.Fulfillment.PromisedAt = order.Accepted, parse(tt.now), parse(at)
			})
		}
		s := state(t, French, due("1", tt.last), due("2", tt.first))
		s.Now = parse(tt.now)
		s.Choice.Filter.Day = s.Settings.today(s.Now).Add(1)
		if got := plain(listOf(Build(s, places()))); got != "[Prévues pour plus tard · 1] #2" {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
