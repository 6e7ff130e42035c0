package model

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

func TestBadges(t *testing.T) {
	promised := func(at time.Time, preparation int) order.Order {
		return with(draft("214"), func(o *order.Order) {
			o.Fulfillment.PromisedAt, o.PreparationMinutes = at, preparation
		})
	}
	in := func(minutes int) time.Time { return at("12:17").Add(time.Duration(minutes) * time.Minute) }
	tests := []struct {
		name         string
		order        order.Order
		now          time.Time
		tone         Tone
		icon         Icon
		fr, frNarrow string
		en, enNarrow string
	}{
		{name: "in time", order: run(t, promised(in(18), 10)), tone: ToneOK, icon: "clock", fr: "Reste 18 min", frNarrow: "18 min", en: "18 min left", enNarrow: "18 min"},
		{name: "just in time", order: run(t, promised(in(18), 18)), tone: ToneOK, icon: "clock", fr: "Reste 18 min", frNarrow: "18 min", en: "18 min left", enNarrow: "18 min"},
		{name: "late", order: run(t, promised(in(18), 23)), tone: ToneLate, icon: "alert", fr: "5 min de retard", frNarrow: "+5 min", en: "5 min late", enNarrow: "+5 min"},
		{name: "started and past", order: run(t, promised(in(-2), 1), do(order.Accept, order.Start)...), tone: ToneLate, icon: "alert", fr: "2 min de retard", frNarrow: "+2 min", en: "2 min late", enNarrow: "+2 min"},
		{name: "very late", order: run(t, promised(in(-60), 10)), tone: ToneLate, icon: "alert", fr: "1 h 10 de retard", frNarrow: "+1 h 10", en: "1 h 10 late", enNarrow: "+1 h 10"},
		{name: "days late", order: run(t, promised(in(-3*24*60), 10)), tone: ToneLate, icon: "alert", fr: "3 jours de retard", frNarrow: "+3 jours", en: "3 days late", enNarrow: "+3 days"},
		{name: "an hour", order: run(t, promised(in(60), 10)), tone: ToneOK, icon: "clock", fr: "Reste 60 min", frNarrow: "60 min", en: "60 min left", enNarrow: "60 min"},
		{name: "more than an hour", order: run(t, promised(in(130), 10)), tone: ToneOK, icon: "clock", fr: "Reste 2 h 10", frNarrow: "2 h 10", en: "2 h 10 left", enNarrow: "2 h 10"},
		{name: "tomorrow", order: run(t, promised(at("11:00").AddDate(0, 0, 1), 10)), tone: ToneOK, icon: "clock", fr: "Demain 11 h", frNarrow: "Demain", en: "Tomorrow 11:00", enNarrow: "Tomorrow"},
		{name: "tomorrow, not on the hour", order: run(t, promised(at("11:30").AddDate(0, 0, 1), 10)), tone: ToneOK, icon: "clock", fr: "Demain 11 h 30", frNarrow: "Demain", en: "Tomorrow 11:30", enNarrow: "Tomorrow"},
		{name: "this week", order: run(t, promised(at("11:00").AddDate(0, 0, 2), 10)), tone: ToneOK, icon: "clock", fr: "Mercredi 11 h", frNarrow: "Mercredi", en: "Wednesday 11:00", enNarrow: "Wednesday"},
		{name: "tonight after midnight is tonight", now: at("22:00"), order: run(t, promised(at("01:00").AddDate(0, 0, 1), 10)), tone: ToneOK, icon: "clock", fr: "Reste 3 h", frNarrow: "3 h", en: "3 h left", enNarrow: "3 h"},
		{name: "this morning, seen by night", now: at("03:00").AddDate(0, 0, 1), order: run(t, promised(at("11:00").AddDate(0, 0, 1), 10)), tone: ToneOK, icon: "clock", fr: "Reste 8 h", frNarrow: "8 h", en: "8 h left", enNarrow: "8 h"},
		{name: "ready", order: run(t, promised(in(-5), 10), do(order.Accept, order.MarkReady)...), tone: ToneInk, icon: "check", fr: "Prête", en: "Ready"},
		{name: "handed over", order: run(t, promised(in(5), 10), do(order.Accept, order.MarkReady, order.HandOver)...), tone: ToneInk2, icon: "check", fr: "Remise", en: "Handed over"},
		{name: "cancelled by the partner", order: run(t, promised(in(5), 10), do(order.Accept, order.PartnerCancel)...), tone: ToneInk2, icon: "x", fr: "Annulée sur DoorDash", frNarrow: "Annulée", en: "Cancelled on DoorDash", enNarrow: "Cancelled"},
		{name: "cancelled here", order: run(t, promised(in(5), 10), do(order.Accept, order.CancelItems)...), tone: ToneInk2, icon: "x", fr: "Annulée ici", en: "Cancelled here"},
		{name: "rejected", order: run(t, promised(in(5), 10), do(order.Reject)...), tone: ToneInk2, icon: "x", fr: "Refusée ici", frNarrow: "Refusée", en: "Rejected here", enNarrow: "Rejected"},
		{name: "expired", order: run(t, with(promised(in(5), 10), func(o *order.Order) { o.AcceptBy = noon }), do(order.Expire)...), tone: ToneInk2, icon: "x", fr: "Expirée, sans réponse", frNarrow: "Expirée", en: "Expired, no answer", enNarrow: "Expired"},
		{name: "nothing promised", order: run(t, promised(time.Time{}, 10), do(order.Accept)...)},
	}
	for _, tt := range tests {
		for _, language := range Languages() {
			s := state(t, language, tt.order)
			if !tt.now.IsZero() {
				s.Now = tt.now
			}
			text, narrow := tt.fr, tt.frNarrow
			if language == English {
				text, narrow = tt.en, tt.enNarrow
			}
			if narrow == "" {
				narrow = text
			}
			got := Build(s, places()).Cards[0].Badge
			if got.Tone != tt.tone || got.Icon != tt.icon {
				t.Errorf("%s: got %+v", tt.name, got)
			}
			same(t, tt.name, got.Text, text)
			same(t, tt.name+", narrow", got.Narrow, narrow)
		}
	}
}

func TestCard(t *testing.T) {
	o := run(t, draft("214"), do(order.Accept, order.Start)...)
	c := Build(state(t, French, o), places()).Cards[0]
	same(t, "number", c.Number, "#214")
	same(t, "customer", c.Customer, "Élodie Gagnon")
	same(t, "time", c.Time, "12 h 20")
	same(t, "rest", c.Rest, "Retrait · DoorDash · En cuisine")
	same(t, "short rest", c.RestShort, "Retrait · En cuisine")
	same(t, "items", c.Items, "2 Steak frites, 1 Soupe à l’oignon")
	same(t, "action", c.Action.Label, "C’est prêt")
	if c.Monogram != "DD" || c.Action.Command != order.MarkReady || c.Action.Primary || c.Selected {
		t.Errorf("got %+v", c)
	}

	english := Build(state(t, English, o), places()).Cards[0]
	same(t, "English", english.Time+" "+english.Rest, "12:20 Pickup · DoorDash · Cooking")
}

func TestCardByState(t *testing.T) {
	answer := with(draft("222"), func(o *order.Order) { o.AcceptBy = at("12:21"); o.Fulfillment.Type = order.Delivery })
	curbside := with(draft("219"), func(o *order.Order) {
		o.Channel, o.Connection, o.Fulfillment.Type = order.ChannelShop, "", order.Curbside
	})
	table := with(draft("221"), func(o *order.Order) {
		o.Channel, o.Connection, o.Customer.Name = order.ChannelCounter, "", ""
		o.Fulfillment.Type, o.Fulfillment.Table = order.Counter, "6"
	})
	digital := with(draft("230"), func(o *order.Order) {
		o.Channel, o.Connection, o.Fulfillment.Type = order.ChannelShop, "", order.Digital
	})
	arrive := order.Command{Type: order.CustomerArrived, Spot: "2"}
	tests := []struct {
		name                           string
		order                          order.Order
		monogram, rest, emphasis, next string
	}{
		{"new", run(t, draft("1")), "DD", "Retrait · DoorDash · Nouvelle", "", "Accepter"},
		{"to answer", run(t, answer), "DD", "Livraison · DoorDash", "Répondre avant 12 h 21", "Accepter"},
		{"answered", run(t, answer, do(order.Accept)...), "DD", "Livraison · DoorDash · Acceptée", "", "Commencer"},
		{"arrived", run(t, curbside, append(do(order.Accept, order.MarkReady), arrive)...), "BO", "À l’extérieur · Boutique", "Place 2, attend depuis 10 min", "Remettre"},
		{"arrived somewhere", run(t, curbside, do(order.Accept, order.CustomerArrived)...), "BO", "À l’extérieur · Boutique", "Arrivée, attend depuis 10 min", "Commencer"},
		{"table", run(t, table, do(order.Accept, order.Start)...), "T6", "Comptoir · Sur place · En cuisine", "", "C’est prêt"},
		{"digital", run(t, digital, do(order.Accept)...), "BO", "Comptoir · Numérique · Boutique · Acceptée", "", "Commencer"},
		{"shipment, later", run(t, with(curbside, func(o *order.Order) { o.Fulfillment.Type = order.Shipment }), do(order.Accept, order.MarkReady)...), "BO", "Expédition · Boutique", "", ""},
		{"cancelled, unanswered", run(t, draft("1"), do(order.Accept, order.PartnerCancel)...), "DD", "Retrait · DoorDash", "", "Compris"},
		{"cancelled, answered", run(t, draft("1"), do(order.Accept, order.PartnerCancel, order.Acknowledge)...), "DD", "Retrait · DoorDash", "", ""},
	}
	for _, tt := range tests {
		c := Build(state(t, French, tt.order), places()).Cards[0]
		same(t, tt.name+": monogram", c.Monogram, tt.monogram)
		same(t, tt.name+": rest", c.Rest, tt.rest)
		same(t, tt.name+": emphasis", c.Emphasis, tt.emphasis)
		same(t, tt.name+": action", c.Action.Label, tt.next)
		if c.Items == "" {
			t.Errorf("%s: no items", tt.name)
		}
	}
}

func TestMonograms(t *testing.T) {
	for channel, want := range map[string]string{
		"DoorDash": "DD", "Uber Eats": "UE", "Deliverect": "DV", "Square Online": "SQ", "Square": "SQ",
		order.ChannelShop: "BO", order.ChannelCounter: "CO", "Deliveroo": "DE", "épicerie": "ÉP", "7": "7", "": "DE", "…": "?",
	} {
		if got := monogram(order.Order{Channel: channel, Connection: "demo"}); got != want {
			t.Errorf("%q: got %q, want %q", channel, got, want)
		}
	}
	for table, want := range map[string]string{"6": "T6", "12": "T12", "Terrasse 4": "T4", "bar": "TBA"} {
		if got := monogram(order.Order{Fulfillment: order.Fulfillment{Table: table}}); got != want {
			t.Errorf("table %q: got %q, want %q", table, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct{ number, reference, want string }{
		{"214", "", "#214"},
		{"#214", "", "#214"},
		{"2-001", "", "#2-001"},
		{"", "0123456789abcdef", "#abcdef"},
		{"", "", "#the id"},
	} {
		if got := number(order.Order{ID: "the id", Number: tt.number, Reference: tt.reference}); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

// The view cuts, since only it knows how wide letters are.
func TestLongNamesStayWhole(t *testing.T) {
	long := "Marie-Ève Archambault-Desrosiers de la Chevrotière, appartement 1204"
	o := run(t, with(draft("214"), func(o *order.Order) { o.Customer.Name, o.Lines[0].Name = long, long }))
	c := Build(state(t, French, o), places()).Cards[0]
	same(t, "customer", c.Customer, long)
	same(t, "items", c.Items, "2 "+long+", 1 Soupe à l’oignon")
}

func TestPendingAndRefused(t *testing.T) {
	given := run(t, draft("214"), order.Command{Type: order.Accept}, order.Command{Type: order.MarkReady},
		order.Command{Type: order.HandOver, At: at("12:16"), By: "Luc"})
	automatic := run(t, draft("215"), order.Command{Type: order.Accept, At: at("12:10"), By: order.AutoAccept})
	cancelled := run(t, draft("216"), order.Command{Type: order.PartnerCancel, At: at("12:11"), By: "dd"})
	for _, tt := range []struct {
		order  order.Order
		cause  order.Cause
		fr, en string
	}{
		{given, order.AlreadyCompleted, "Déjà remise par Luc à 12 h 16", "Already handed over by Luc at 12:16"},
		{automatic, order.AlreadyAccepted, "Déjà acceptée par Comptoir à 12 h 10", "Already accepted by Comptoir at 12:10"},
		{cancelled, order.AlreadyCancelled, "Déjà annulée par DoorDash à 12 h 11", "Already cancelled by DoorDash at 12:11"},
		{given, order.AlreadyRejected, "Déjà refusée", "Already rejected"},
		{given, order.OnPartnerOnly, "À faire sur DoorDash", "To be done on DoorDash"},
		{given, order.BadField, "Refusée par le hub, rien n’a changé", "Refused by the hub, nothing changed"},
	} {
		for language, want := range map[string]string{French: tt.fr, English: tt.en} {
			s := state(t, language, tt.order)
			s.Refused = map[string]terminal.Refusal{tt.order.ID: {Command: order.Command{Type: order.MarkReady}, Kind: order.NotPossible, Cause: tt.cause}}
			s.Unsent = map[string]bool{tt.order.ID: true}
			s.Choice.Selected = tt.order.ID
			screen := Build(s, places())
			same(t, string(tt.cause), screen.Cards[0].Refused, want)
			told := map[string]string{French: "« C’est prêt » n’a pas été pris : ", English: "“Mark ready” was not taken: "}[language]
			same(t, string(tt.cause), screen.Details.Refused, told+lower(want))
			if screen.Cards[0].PendingSend != "" {
				t.Errorf("pending while the hub is there: %q", screen.Cards[0].PendingSend)
			}
			s.Link.Online = false
			screen = Build(s, places())
			if screen.Cards[0].PendingSend == "" || screen.Cards[0].PendingSend != screen.Details.PendingSend {
				t.Errorf("pending: %q", screen.Cards[0].PendingSend)
			}
		}
	}
}
