package model

import (
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// detailsOf is the panel of one order.
func detailsOf(t *testing.T, language string, o order.Order) *Details {
	t.Helper()
	s := state(t, language, o)
	s.Choice.Selected = o.ID
	d := Build(s, places()).Details
	if d == nil {
		t.Fatal("no details")
	}
	return d
}

func TestDetails(t *testing.T) {
	o := run(t, draft("214"), do(order.Accept, order.Start)...)
	d := detailsOf(t, French, o)
	same(t, "title", d.Title, "#214 · Élodie Gagnon")
	same(t, "phone", d.Phone+d.ShownPhone, "Afficher le téléphone")
	same(t, "when", d.When, "Promise 12 h 20 · prévue 12 h 17")
	same(t, "where", d.Where+", "+d.WhereShort, "Retrait · DoorDash, Retrait")
	same(t, "paid", d.Paid+" "+d.Total, "Payée sur DoorDash 82,78 $")
	if len(d.Lines) != 2 || len(d.Tabs) != 4 || !d.Tabs[0].Chosen || d.Warning != "" {
		t.Fatalf("got %+v", d)
	}
	l := d.Lines[0]
	same(t, "line", strings.Join([]string{l.Quantity, l.Name, l.Extras, l.Allergy, l.Price}, "|"),
		"2|Steak frites|saignant · sauce au poivre|ALLERGIE : arachides|59,00")
	same(t, "note", d.Lines[1].Extras, "« bien chaude, svp »")
	var totals []string
	for _, a := range d.Totals {
		totals = append(totals, a.Label+" "+a.Text)
	}
	same(t, "totals", strings.Join(totals, ", "), "Sous-total 72,00 $, Taxes 10,78 $, Total 82,78 $")
	same(t, "transaction", d.Transactions[0].Label+" "+d.Transactions[0].Text, "Paiement · DoorDash 82,78 $")
	same(t, "history", d.History[0].Time+" "+d.History[0].Text+" "+d.History[0].Who, "12 h 07 Commencée counter-1")
	same(t, "history", d.History[2].Text+" "+d.History[2].Who, "Reçue DoorDash")

	english := detailsOf(t, English, o)
	same(t, "when", english.When+", "+english.Where, "Promised 12:20 · expected 12:17, Pickup · DoorDash")
	same(t, "note", english.Lines[1].Extras, "“bien chaude, svp”")
	same(t, "price", english.Lines[0].Price+" "+english.Total, "59.00 $82.78")
}

func labels(d *Details) string {
	var labels []string
	for _, a := range d.Actions {
		labels = append(labels, string(a.Kind)+" "+plain(a.Label))
	}
	return strings.Join(labels, ", ")
}

func TestActions(t *testing.T) {
	uber := with(draft("1"), func(o *order.Order) { o.Channel, o.Connection = "Uber Eats", "ue" })
	own := with(draft("1"), func(o *order.Order) { o.Channel, o.Connection = order.ChannelShop, "" })
	const (
		elsewhere = "locked Annuler : à faire sur DoorDash"
		early     = "locked Remettre : pas encore prête, "
		late      = "locked Retarder : à voir avec DoorDash, "
		begun     = "locked Refuser : déjà acceptée, "
	)
	for _, tt := range []struct {
		name, want string
		order      order.Order
	}{
		{
			"new", "primary Accepter, other Compris, danger Refuser, other Client arrivé, locked Remettre : pas encore acceptée, " + late + elsewhere,
			run(t, draft("1")),
		},
		{"accepted", "primary Commencer, other C’est prêt, other Client arrivé, other Sacs, " + early + late + begun + elsewhere, run(t, draft("1"), do(order.Accept)...)},
		{
			"preparing", "primary C’est prêt, other Client arrivé, other Sacs, " + early + late + "locked Refuser : déjà commencée, " + elsewhere,
			run(t, draft("1"), do(order.Accept, order.Start)...),
		},
		{
			"ready", "primary Remettre, other Client arrivé, other Sacs, locked Retarder : déjà prête, locked Refuser : déjà prête, " + elsewhere,
			run(t, draft("1"), do(order.Accept, order.MarkReady)...),
		},
		{"handed over", "", run(t, draft("1"), do(order.Accept, order.MarkReady, order.HandOver)...)},
		{"cancelled", "primary Compris", run(t, draft("1"), do(order.Accept, order.PartnerCancel)...)},
		{
			"a channel that takes delays", "primary Commencer, other C’est prêt, other Client arrivé, other Sacs, other Retarder, " + early + begun +
				"locked Annuler : à faire sur Uber Eats", run(t, uber, do(order.Accept)...),
		},
		{
			"our own", "primary Commencer, other C’est prêt, other Client arrivé, other Sacs, other Retarder, danger Annuler des articles, " + early +
				"locked Refuser : déjà acceptée", run(t, own, do(order.Accept)...),
		},
		{
			"arrived", "primary Commencer, other C’est prêt, other Compris, other Sacs, other Retarder, danger Annuler des articles, " + early +
				"locked Client arrivé : déjà signalé, locked Refuser : déjà acceptée", run(t, own, do(order.Accept, order.CustomerArrived)...),
		},
	} {
		same(t, tt.name, labels(detailsOf(t, French, tt.order)), tt.want)
	}
}

func TestExplanation(t *testing.T) {
	d := detailsOf(t, French, run(t, draft("1"), do(order.Accept)...))
	e := d.Actions[len(d.Actions)-1].Explanation
	same(t, "title", e.Title, "Annuler sur DoorDash")
	if e.Contact.Phone != "855-222-8111" || e.NoContact != "" || !strings.Contains(e.Text, "DoorDash") || e.Close == "" {
		t.Errorf("got %+v", e)
	}
	d = detailsOf(t, English, run(t, with(draft("1"), func(o *order.Order) { o.Channel, o.Connection = "Uber Eats", "ue" })))
	last := d.Actions[len(d.Actions)-1]
	same(t, "label", last.Label, "Cancel: on Uber Eats only")
	same(t, "no contact", last.Explanation.NoContact, "No contact of Uber Eats is on file.")

	// a connection that lets only the platform accept
	s := state(t, French, run(t, draft("1")))
	s.Settings.locations[0].Connections = nil
	s.Settings.locations[0].Connections = append(s.Settings.locations[0].Connections, plateau.Connections...)
	s.Settings.locations[0].Connections[0].Policy = order.Policy{}
	s.Choice.Selected = s.Orders[0].ID
	screen := Build(s, places())
	same(t, "locked", labels(screen.Details), "other Compris, other Client arrivé, locked Accepter : à faire sur DoorDash, "+
		"locked Remettre : pas encore acceptée, locked Retarder : à voir avec DoorDash, locked Annuler : à faire sur DoorDash")
	if screen.Cards[0].Action != (CardAction{}) {
		t.Errorf("the card offers %+v", screen.Cards[0].Action)
	}
}

func TestPaid(t *testing.T) {
	pay := func(method order.Method, amount order.Money) order.Transaction {
		return order.Transaction{ID: string(method), Kind: order.Payment, Method: method, Amount: amount}
	}
	for _, tt := range []struct {
		name       string
		connection string
		payments   []order.Transaction
		want       string
	}{
		{"platform", "dd", []order.Transaction{pay(order.Platform, 8278)}, "Payée sur DoorDash"},
		{"platform, silent", "dd", nil, "Total"},
		{"card", "", []order.Transaction{pay(order.Card, 8278)}, "Payée par carte"},
		{"cash", "", []order.Transaction{pay(order.Cash, 8278)}, "Payée comptant"},
		{"split", "", []order.Transaction{pay(order.Cash, 278), pay(order.Card, 8000)}, "Payée"},
		{"part", "", []order.Transaction{pay(order.Cash, 8000)}, "Total, reste 2,78 $ à payer"},
		{"nothing", "", nil, "À payer"},
	} {
		o := with(draft("1"), func(o *order.Order) { o.Connection, o.Transactions = tt.connection, tt.payments })
		same(t, tt.name, detailsOf(t, French, run(t, o)).Paid, tt.want)
	}
}

func TestFactsAndHistory(t *testing.T) {
	yes := true
	o := with(draft("1"), func(o *order.Order) {
		o.Fulfillment.Type, o.Connection, o.Utensils, o.Note = order.Curbside, "", &yes, "Sonner deux fois"
		o.Lines[1].Category = ""
		o.Transactions[0].Method = order.Card
	})
	o = run(t, o, order.Command{Type: order.Accept, By: order.AutoAccept}, order.Command{Type: order.Delay, Minutes: 5},
		order.Command{Type: order.CustomerArrived, Vehicle: "Mazda grise", Spot: "2"},
		order.Command{Type: order.Acknowledge, Alarm: order.AlarmArrived},
		order.Command{Type: order.Printed, Ticket: &order.Ticket{Station: "grill", Kind: order.Kitchen, State: order.TicketSent, Version: 1}},
		order.Command{Type: order.Printed, Ticket: &order.Ticket{Station: "toit", Kind: order.Kitchen, State: order.TicketPrinted, Version: 7}},
		order.Command{Type: order.CancelItems, Items: []order.ItemQuantity{{Line: "1", Quantity: 1}, {Line: "2", Quantity: 1}}, Amount: 500},
		order.Command{Type: order.RefundMoney, Amount: 1450, At: noon.Add(time.Hour * -24 * 300)})
	d := detailsOf(t, French, o)
	var facts, history []string
	for _, f := range d.Facts {
		facts = append(facts, f.Text)
	}
	for _, h := range d.History {
		history = append(history, h.Text)
	}
	same(t, "facts", strings.Join(facts, ", "), "Place 2, attend depuis 10 min, Retardée de 5 min à 12 h 07, Mazda grise, Couverts : oui, « Sonner deux fois »")
	same(t, "history", strings.Join(history, ", "), "Remboursée · 14,50 $, Articles annulés : 2, Ticket imprimé, toit (trop tard), "+
		"Ticket envoyé, Cuisine chaude, Alerte comprise · Client arrivé · Retrait à l’extérieur, Client arrivé, Retardée de 5 min, Acceptée, Reçue")
	same(t, "who", d.History[7].Who, "Comptoir")
	same(t, "an old entry", d.History[0].Time, "27 janv., 12 h 17")
	same(t, "partly cancelled", d.Lines[0].Quantity+" "+d.Lines[0].Change, "1 1 annulé")
	same(t, "refund", d.Transactions[1].Label+" "+d.Transactions[1].Text, "Remboursement · carte −5,00 $")
	if l := d.Lines[1]; !l.Struck || l.Quantity != "1" {
		t.Errorf("struck: %+v", l)
	}
	same(t, "warning", d.Warning, "Un article n’est pas au menu : vérifiez son poste.")

	coming := run(t, with(draft("1"), func(o *order.Order) {
		o.Fulfillment.Vehicle, o.Fulfillment.Spot, o.Fulfillment.Address = "Mazda grise", "2", "12, rue Rachel"
		o.Fulfillment.ServicePoint = &order.ServicePoint{Carrier: "Postes", Name: "Dépanneur", Address: "3, rue Roy"}
		o.Courier = &order.Courier{Name: "Karim B.", Phone: "514 555-0100"}
		o.Note, o.Utensils = "allergie aux noix", new(bool)
	}))
	d = detailsOf(t, French, coming)
	facts = nil
	for _, f := range d.Facts {
		facts = append(facts, f.Text)
	}
	same(t, "facts", strings.Join(facts, ", "), "Mazda grise, place 2, 12, rue Rachel, "+
		"Point de service : Postes · Dépanneur · 3, rue Roy, Livreur : Karim B. · 514 555-0100, Couverts : non")
	same(t, "allergy", d.Allergy, "ALLERGIE : allergie aux noix")
}

// The items' allergies are also said in one line, for where the items are out of sight.
func TestAllergiesOfItems(t *testing.T) {
	line := func(name, note string, cancelled int) order.Line {
		return order.Line{ID: name, Name: name, Quantity: 1, Cancelled: cancelled, Note: note}
	}
	tests := []struct {
		name  string
		lines []order.Line
		note  string
		want  string
		short string
	}{
		{"none", []order.Line{line("Soupe", "bien chaude", 0)}, "", "", ""},
		{"one, with its item", []order.Line{line("Soupe", "", 0), line("Tarte", "Allergie : noix", 0)}, "", "ALLERGIE : noix (Tarte)", "ALLERGIES : voir les articles"},
		{"each once", []order.Line{line("Tarte", "Allergie : noix", 0), line("Pain", "allergie : noix", 0), line("Soupe", "sans lait, allergie", 0)}, "", "ALLERGIES : noix · sans lait, allergie", "ALLERGIES : voir les articles"},
		{"not of what is cancelled", []order.Line{line("Tarte", "Allergie : noix", 1)}, "", "", ""},
		{"the order's own", []order.Line{line("Tarte", "", 0)}, "Allergie : lait", "", "ALLERGIES : voir les articles"},
	}
	for _, tt := range tests {
		d := detailsOf(t, French, with(run(t, draft("214"), do(order.Accept)...), func(o *order.Order) { o.Lines, o.Note = tt.lines, tt.note }))
		same(t, tt.name, d.Allergies, tt.want)
		same(t, tt.name+", short", d.AllergiesShort, tt.short)
	}
}
