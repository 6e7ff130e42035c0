package model

import (
	"testing"
	"time"

	"comptoir/order"
)

func TestScheduledStandApart(t *testing.T) {
	later := func(number, hhmm string, preparation int) order.Order {
		return run(t, with(promisedAt(number, hhmm), func(o *order.Order) { o.PreparationMinutes = preparation }), do(order.Accept)...)
	}
	tomorrow := with(promisedAt("4", "11:00"), func(o *order.Order) { o.Fulfillment.PromisedAt = at("11:00").AddDate(0, 0, 1) })
	orders := []order.Order{
		run(t, tomorrow, do(order.Accept)...),
		later("1", "12:40", 8),
		later("2", "16:40", 20),                                                // to be started at 16 h 20
		later("3", "16:50", 60),                                                // at 15 h 50: before it
		run(t, promisedAt("5", "18:00")),                                       // has to be answered now
		run(t, promisedAt("6", "18:10"), do(order.Accept, order.Start)...),     // somebody has begun
		run(t, promisedAt("7", "18:20"), do(order.Accept, order.MarkReady)...), // ready long before
	}
	s := state(t, French, orders...)
	screen := Build(s, places())
	if got, want := plain(listOf(screen)), "#1 #5 #6 #7 [Prévues pour plus tard · 3] #3 #2 #4"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	same(t, "start by", screen.Cards[5].Emphasis, "À commencer à 16 h 20")
	same(t, "start by tomorrow", screen.Cards[6].Emphasis, "À commencer demain à 10 h 52")
	english := Build(state(t, English, orders...), places())
	same(t, "start by", english.Cards[5].Emphasis, "Start at 16:20")
	same(t, "start by tomorrow", english.Cards[6].Emphasis, "Start tomorrow at 10:52")

	s.Now = at("15:39")
	if got, want := plain(listOf(Build(s, places()))), "#1 #5 #6 #7 [Prévues pour plus tard · 3] #3 #2 #4"; got != want {
		t.Errorf("eleven minutes before: %q", got)
	}
	s.Now = at("15:40") // the kitchen hears of it ten minutes before it is to be started
	screen = Build(s, places())
	if got, want := plain(listOf(screen)), "#1 #3 #5 #6 #7 [Prévues pour plus tard · 2] #2 #4"; got != want {
		t.Errorf("due: %q, want %q", got, want)
	}
	same(t, "then", screen.Cards[1].Emphasis, "")
}

func changed(s State, change func(*State)) State {
	change(&s)
	return s
}

func TestCurbsideWaits(t *testing.T) {
	curbside := func(number, hhmm, arrived, spot string) order.Order {
		o := with(promisedAt(number, hhmm), func(o *order.Order) { o.Fulfillment.Type = order.Curbside })
		commands := do(order.Accept)
		if arrived != "" {
			commands = append(commands, order.Command{Type: order.CustomerArrived, At: at(arrived), Spot: spot})
		}
		return run(t, o, commands...)
	}
	given := run(t, with(promisedAt("5", "12:20"), func(o *order.Order) { o.Fulfillment.Type = order.Curbside }),
		append(do(order.Accept, order.MarkReady), order.Command{Type: order.CustomerArrived}, order.Command{Type: order.HandOver})...)
	orders := []order.Order{
		curbside("1", "12:20", "", ""), curbside("2", "12:50", "12:13", "2"), curbside("3", "12:30", "12:17", ""),
		curbside("4", "13:30", "12:05", ""), given,
	}
	s := state(t, French, orders[:4]...)
	s.Choice.Section = Curbside
	screen := Build(s, places())
	if got, want := plain(listOf(screen)), "[Arrivées · 3] #4 #2 #3 [Pas encore arrivées · 1] #1"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i, want := range []string{"Arrivée, attend depuis 12 min", "Place 2, attend depuis 4 min", "Arrivée", ""} {
		same(t, "wait", screen.Cards[i].Emphasis, want)
	}
	same(t, "English", Build(changed(s, func(s *State) { s.Words = wordsOf(t, English) }), places()).Cards[1].Emphasis, "Spot 2, waiting for 4 min")
	if d := changed(s, func(s *State) { s.Choice.Selected = "id-2" }); plain(Build(d, places()).Details.Facts[0].Text) != "Place 2, attend depuis 4 min" {
		t.Errorf("details: %+v", Build(d, places()).Details.Facts)
	}
	s.Choice.Section = All // there what is due first stays first
	if got, want := plain(listOf(Build(s, places()))), "#1 #3 #2 #4"; got != want {
		t.Errorf("all: %q, want %q", got, want)
	}
	if e := Build(state(t, French, given), places()); len(e.Cards) > 0 && e.Cards[0].Emphasis != "" {
		t.Errorf("handed over, and waits: %q", e.Cards[0].Emphasis)
	}
}

func TestEndedCards(t *testing.T) {
	s := state(t, French)
	s.Choice.Filter.Statuses = StatusCompleted.bit() | StatusCancelled.bit()
	s.Ended = endedOn("2026-11-23",
		ended("3", at("12:10"), order.Completed, order.HandedOver), ended("2", at("12:05"), order.Rejected, order.OutOfStock),
		ended("1", at("11:00"), order.Expired, order.DeadlinePassed))
	cards := Build(s, places()).Cards
	for i, want := range []string{"Remise 12 h 10 Retrait · DoorDash", "Refusée, rupture de stock 12 h 05 Retrait · DoorDash", "Expirée, sans réponse 11 h 00 Retrait · DoorDash"} {
		same(t, "card", cards[i].Badge.Text+" "+cards[i].Time+" "+cards[i].Rest, want)
		if cards[i].Action.Label != "" {
			t.Errorf("something can be done: %q", cards[i].Action.Label)
		}
	}
	if reason := ended("1", noon.Add(-time.Hour), order.Rejected, "nobody knows"); Build(state(t, French, reason), places()).Cards[0].Badge.Text != "Refusée" {
		t.Error("a reason without words has some")
	}
}
