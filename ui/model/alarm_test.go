package model

import (
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

func TestAlarm(t *testing.T) {
	fresh := run(t, with(promisedAt("223", "12:50"), func(o *order.Order) {
		o.Channel, o.Customer.Name, o.AcceptBy, o.Fulfillment.Type = "Uber Eats", "Amélie Dubois", at("12:21"), order.Delivery
	}))
	urgent := run(t, with(promisedAt("224", "12:50"), func(o *order.Order) { o.AcceptBy = at("12:18") }))
	arrived := run(t, with(promisedAt("219", "12:30"), func(o *order.Order) {
		o.Channel, o.Connection, o.Fulfillment.Type, o.Customer.Name = order.ChannelShop, "", order.Curbside, "Sophie Tremblay"
	}), order.Command{Type: order.Accept}, order.Command{Type: order.MarkReady},
		order.Command{Type: order.CustomerArrived, At: at("12:15"), Vehicle: "Mazda CX-5 grise", Spot: "2"})
	cancelled := run(t, promisedAt("225", "12:55"), do(order.Accept, order.PartnerCancel)...)
	waiting := run(t, promisedAt("226", "12:56"), do(order.Accept)...) // accepted by a person: silent

	if a := Build(state(t, French, waiting), places()).Alarm; a != nil {
		t.Errorf("nothing rings, and yet %+v", a)
	}

	a := Build(state(t, French, fresh, arrived, waiting), places()).Alarm
	same(t, "title", a.Title, "2 alertes · la sonnerie se répète jusqu’à « Compris »")
	mute := state(t, French, fresh, arrived, waiting)
	mute.Alert.Audio = terminal.AudioMuted
	same(t, "title without sound", Build(mute, places()).Alarm.Title, "2 alertes, sans son")
	same(t, "hint", a.Hint, "La réponse vaut pour tous les terminaux")
	same(t, "more", a.More, "")
	row := a.Rows[1]
	same(t, "heading", row.Heading, "Client arrivé · Retrait à l’extérieur")
	same(t, "strong", row.Strong, "Place 2")
	same(t, "text", row.Text, "Mazda CX-5 grise · attend depuis 2 min · la commande est prête")
	row = a.Rows[0]
	same(t, "heading", row.Heading, "Nouvelle commande · Uber Eats")
	same(t, "who", row.Number+" "+row.Name, "#223 Amélie Dubois")
	same(t, "text", row.Text, "Livraison · promise pour 12 h 50 · 3 articles · 82,78 $ · répondre avant 12 h 21")
	same(t, "button", row.GotIt, "Compris")

	a = Build(state(t, French, fresh, arrived, waiting, urgent, cancelled, run(t, promisedAt("1", "12:10"))), places()).Alarm
	same(t, "more", a.More, "et 3 autres")
	same(t, "first", a.Rows[0].Number+" "+a.Rows[0].Heading, "#224 À accepter maintenant · DoorDash")
	same(t, "second", a.Rows[1].Number+" "+a.Rows[1].Heading, "#223 Nouvelle commande · Uber Eats") // it must be answered before the other new one
	if len(a.Rows) != 2 || !slices.Equal(a.Rows[0].Alarms, []order.Alarm{order.AlarmDeadline, order.AlarmNew}) {
		t.Errorf("got %+v", a.Rows)
	}
}

// New orders that are accepted need nothing more: where many ring, one tap answers them, and no other
// alarm.
func TestManyNewOrders(t *testing.T) {
	accepted := func(id string) order.Order {
		return run(t, promisedAt(id, "12:50"), order.Command{Type: order.Accept, By: order.AutoAccept})
	}
	waiting := run(t, with(promisedAt("9", "12:50"), func(o *order.Order) { o.AcceptBy = at("12:21") }))
	cancelled := run(t, promisedAt("8", "12:55"), order.Command{Type: order.Accept, By: order.AutoAccept}, order.Command{Type: order.PartnerCancel})
	a := Build(state(t, French, accepted("1"), waiting, accepted("2"), cancelled), places()).Alarm
	same(t, "button for two", a.TakenGotIt, "")
	a = Build(state(t, French, accepted("1"), waiting, accepted("2"), cancelled, accepted("3")), places()).Alarm
	same(t, "button for three", a.TakenGotIt, "Compris pour les 3 nouvelles")
	var taken []string
	for _, row := range a.Taken {
		taken = append(taken, row.OrderID)
	}
	if want := []string{accepted("1").ID, accepted("2").ID, accepted("3").ID}; !slices.Equal(taken, want) {
		t.Errorf("it answers %q, want %q", taken, want)
	}
}

func TestAlarmTexts(t *testing.T) {
	changed := promisedAt("1", "12:50")
	late := order.Command{Type: order.PartnerCancel}
	accept := with(draft("1"), func(o *order.Order) { o.AcceptBy = noon.Add(-time.Minute) })
	scheduled := with(promisedAt("1", "14:30"), func(o *order.Order) { o.Connection, o.PlacedAt = "", at("08:00") })
	tests := []struct {
		name, heading, text string
		order               order.Order
		now                 time.Time
	}{
		{
			name: "cancelled before acceptance", heading: "Annulée sur DoorDash", text: "La cuisine n’avait rien reçu",
			order: run(t, draft("1"), late),
		},
		{
			name: "cancelled after the end", heading: "Annulée sur DoorDash", text: "Trop tard, la commande était déjà finalisée",
			order: run(t, draft("1"), append(do(order.Accept, order.MarkReady, order.HandOver), late)...),
		},
		{
			name: "changed", heading: "Modifiée sur DoorDash", text: "La cuisine reçoit un ticket MODIFIÉE si ses articles changent · promise pour 12 h 50",
			order: run(t, draft("1"), order.Command{Type: order.Accept}, order.Command{Type: order.PartnerChange, Order: &changed}),
		},
		{
			name: "expired", heading: "Commande expirée · DoorDash", text: "Personne n’a répondu à temps · la cuisine n’avait rien reçu",
			order: run(t, accept, do(order.Expire)...),
		},
		{
			name: "due", heading: "À commencer · Retrait", text: "Promise pour 14 h 30 · 3 articles · DoorDash", now: at("14:15"),
			order: run(t, scheduled, order.Command{Type: order.Accept, At: at("08:01")}),
		},
		{
			name: "arrived too early", heading: "Client arrivé · Retrait", text: "Attend depuis 0 min · la commande n’est pas prête",
			order: run(t, draft("1"), order.Command{Type: order.Accept}, order.Command{Type: order.CustomerArrived, At: noon}),
		},
	}
	for _, tt := range tests {
		s := state(t, French, tt.order)
		if !tt.now.IsZero() {
			s.Now = tt.now
		}
		a := Build(s, places()).Alarm
		if a == nil {
			t.Errorf("%s: silent", tt.name)
			continue
		}
		same(t, tt.name, a.Rows[0].Heading, tt.heading)
		same(t, tt.name, a.Rows[0].Text, tt.text)
		if a.Rows[0].Icon == "" {
			t.Errorf("%s: no icon", tt.name)
		}
	}
}
