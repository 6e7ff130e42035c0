package model

import (
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// sheetOf opens the sheet of an action, and waits until the finger is off what opened it.
func sheetOf(t *testing.T, o order.Order, command order.CommandType) (*Controller, *fake) {
	t.Helper()
	c, f, _ := newController(t, o)
	if plan := c.Tap(o.ID, command); !plan.Empty() {
		t.Fatalf("%s is given without asking", command)
	}
	if c.Screen().Sheet == nil {
		t.Fatalf("%s opens nothing", command)
	}
	f.mu.Lock()
	f.now = f.now.Add(time.Second)
	f.mu.Unlock()
	return c, f
}

// gives carries out what the sheet says, and returns the command that came of it.
func gives(t *testing.T, c *Controller, f *fake) order.Command {
	t.Helper()
	c.CarryOut(c.SheetGo())
	if c.Screen().Sheet != nil {
		t.Error("the sheet is still open")
	}
	if len(f.done) != 1 {
		t.Fatalf("%d commands were given", len(f.done))
	}
	return f.done[0]
}

func own(number string) order.Order {
	return with(draft(number), func(o *order.Order) { o.Channel, o.Connection = order.ChannelShop, "" })
}

func uber(number string) order.Order {
	return with(draft(number), func(o *order.Order) { o.Channel, o.Connection = "Uber Eats", "ue" })
}

func TestDelaySheet(t *testing.T) {
	c, f := sheetOf(t, run(t, uber("1"), do(order.Accept)...), order.Delay)
	s := c.Screen().Sheet
	// expected at 12 h 25: as it is now, 5 minutes are what it needs
	same(t, "sheet", strings.Join([]string{s.Title, s.Big, s.Text, s.Go.Label}, "|"), "Retarder #1|Nouvelle heure : 12 h 25|"+
		"Promise pour 12 h 20. Uber Eats reçoit la nouvelle heure, et sa réponse s’affichera ici.|Retarder de 5 min")
	c.SheetStep("minutes", 1)
	c.SheetStep("minutes", 1)
	c.SheetStep("minutes", -1)
	same(t, "stepped", c.Screen().Sheet.Big, "Nouvelle heure : 12 h 30")
	if given := gives(t, c, f); given.Type != order.Delay || given.Minutes != 10 {
		t.Errorf("gave %+v", given)
	}
	same(t, "promised", c.Screen().Cards[0].Time, "12 h 30")

	c, _ = sheetOf(t, run(t, own("1"), do(order.Accept)...), order.Delay)
	for range 100 {
		c.SheetStep("minutes", 1)
	}
	if s := c.Screen().Sheet.Steppers[0]; s.Text != "120" || s.More || !s.Less {
		t.Errorf("at most %+v", s)
	}
	for range 100 {
		c.SheetStep("minutes", -1)
	}
	if s := c.Screen().Sheet.Steppers[0]; s.Text != "5" || s.Less || !s.More {
		t.Errorf("at least %+v", s)
	}
	c.SheetClose()
	if plan := c.SheetGo(); !plan.Empty() || c.Screen().Sheet != nil {
		t.Error("a closed sheet acts")
	}
	c.SheetTick("1")
	c.SheetStep("minutes", 1)
	c.SheetChoose("x")
	if c.Screen().Sheet != nil {
		t.Error("a closed sheet opens")
	}
}

// What the platform says of a delay follows it in the details, and in the history.
func TestDelayAnswers(t *testing.T) {
	later := order.Command{Type: order.Delay, Minutes: 10}
	answer := func(verdict order.Verdict) order.Command {
		return order.Command{Type: order.PartnerAnswered, By: "ue", Answer: &order.Answer{Command: "Delay1", Verdict: verdict, Problem: "HTTP 422"}}
	}
	for _, tt := range []struct {
		name     string
		order    order.Order
		fact     string
		notTaken string
		history  string
	}{
		{"ours", run(t, own("1"), order.Command{Type: order.Accept}, later), "Retardée de 10 min à 12 h 07", "", "Retardée de 10 min"},
		{"under way", run(t, uber("1"), order.Command{Type: order.Accept}, later), "Retard de 10 min envoyé à Uber Eats à 12 h 07, réponse attendue", "", "Retardée de 10 min"},
		{
			"taken", run(t, uber("1"), order.Command{Type: order.Accept}, later, answer(order.AnswerTaken)),
			"Retard de 10 min confirmé par Uber Eats à 12 h 07", "", "Uber Eats a confirmé : Retardée de 10 min",
		},
		{
			"refused", run(t, uber("1"), order.Command{Type: order.Accept}, later, answer(order.AnswerRefused)), "",
			"Uber Eats a refusé le retard de 10 min. L’heure promise reste 12 h 20. Joignez Uber Eats pour en convenir.",
			"Uber Eats a refusé (HTTP 422) : Retardée de 10 min",
		},
		{
			"out of reach", run(t, uber("1"), order.Command{Type: order.Accept}, later, answer(order.AnswerNone)), "",
			"Uber Eats n’a pas pu être joint pour le retard de 10 min. L’heure promise reste 12 h 20. Joignez Uber Eats.",
			"Uber Eats n’a pas répondu : Retardée de 10 min",
		},
		{
			"refused, and tried again", run(t, uber("1"), order.Command{Type: order.Accept}, later, answer(order.AnswerRefused), later),
			"Retard de 10 min envoyé à Uber Eats à 12 h 07, réponse attendue", "", "Retardée de 10 min",
		},
		{
			"another change", run(t, uber("1"), order.Command{Type: order.Accept}, order.Command{
				Type: order.PartnerAnswered, By: "ue", Answer: &order.Answer{Command: "Accept0", Verdict: order.AnswerRefused, Problem: "HTTP 404"},
			}), "", "Uber Eats n’a pas voulu de ceci : Acceptée. Joignez Uber Eats.", "Uber Eats a refusé (HTTP 404) : Acceptée",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := detailsOf(t, French, tt.order)
			fact := ""
			if len(d.Facts) > 0 {
				fact = d.Facts[0].Text
			}
			same(t, "fact", fact, tt.fact)
			same(t, "not taken", d.NotTaken, tt.notTaken)
			same(t, "history", d.History[0].Text, tt.history)
		})
	}
}

func TestRejectSheet(t *testing.T) {
	o := run(t, draft("1"))
	c, f := sheetOf(t, o, order.Reject)
	if s := c.Screen().Sheet; !s.Go.Locked || len(s.Choices) != 5 || !c.SheetGo().Empty() {
		t.Errorf("before a reason is chosen: %+v", s)
	}
	c.SheetChoose(string(order.TooBusy))
	if s := c.Screen().Sheet; s.Go.Locked || !s.Choices[1].Chosen {
		t.Errorf("with a reason: %+v", s)
	}
	if given := gives(t, c, f); given.Type != order.Reject || given.Reason != order.TooBusy {
		t.Errorf("gave %+v", given)
	}
	c.Select(o.ID)
	same(t, "history", c.Screen().Details.History[0].Text, "Refusée · Trop de commandes")
}

func TestCancelSheet(t *testing.T) {
	o := run(t, own("1"), do(order.Accept)...)
	c, f := sheetOf(t, o, order.CancelItems)
	s := c.Screen().Sheet
	same(t, "all at first", s.Go.Label+"|"+s.Text, "Annuler la commande|La cuisine reçoit un ticket de ce qui change. "+
		"L’argent reste encaissé : le rembourser se fait à part.")
	c.SheetStep("1", -1)
	c.SheetStep("2", -1)
	c.SheetStep("2", -1)
	same(t, "one", c.Screen().Sheet.Go.Label, "Annuler 1 article")
	c.SheetStep("1", -1)
	if s := c.Screen().Sheet; !s.Go.Locked {
		t.Errorf("nothing is chosen, and %q can be tapped", s.Go.Label)
	}
	c.SheetStep("1", 1)
	given := gives(t, c, f)
	if len(given.Items) != 1 || given.Items[0] != (order.ItemQuantity{Line: "1", Quantity: 1}) || given.Amount != 0 {
		t.Errorf("gave %+v", given)
	}
}

func TestCompleteSheet(t *testing.T) {
	o := run(t, with(own("1"), func(o *order.Order) {
		o.Fulfillment.Type = order.Digital
		for i := range o.Lines {
			o.Lines[i].Kind = order.DigitalLine
		}
	}), do(order.Accept, order.MarkReady)...)
	c, f := sheetOf(t, o, order.CompleteItems)
	same(t, "button", c.Screen().Sheet.Go.Label, "Finaliser 3 articles")
	if given := gives(t, c, f); len(given.Items) != 2 {
		t.Errorf("gave %+v", given)
	}
}

func TestArrivedSheet(t *testing.T) {
	o := run(t, with(own("1"), func(o *order.Order) { o.Fulfillment.Type, o.Fulfillment.Spot = order.Curbside, "quai B" }), do(order.Accept)...)
	c, f := sheetOf(t, o, order.CustomerArrived)
	if fields := c.Screen().Sheet.Fields; len(fields) != 2 || fields[0].Text != "quai B" {
		t.Errorf("what the customer said is not among %+v", fields)
	}
	c.SheetChoose("3")
	same(t, "other spot", c.Screen().Sheet.Fields[0].Text, "")
	if given := gives(t, c, f); given.Spot != "3" || given.Vehicle != "" {
		t.Errorf("gave %+v", given)
	}
	same(t, "card", c.Screen().Cards[0].Emphasis, "Arrivée, place 3")

	c, f = sheetOf(t, o, order.CustomerArrived)
	c.SheetType("spot", " près de l’entrée ")
	c.SheetType("vehicle", "Civic bleue ")
	for _, choice := range c.Screen().Sheet.Choices {
		if choice.Chosen {
			t.Errorf("%q is chosen beside what was typed", choice.Name)
		}
	}
	if given := gives(t, c, f); given.Spot != "près de l’entrée" || given.Vehicle != "Civic bleue" {
		t.Errorf("gave %+v", given)
	}
}

// A plain order is ready with one tap, and handed over with one. One of several bags, or with a
// code, is checked: nothing is handed over before all is ticked.
func TestBagsAndHandOver(t *testing.T) {
	o := run(t, draft("1"), do(order.Accept, order.MarkReady)...)
	c, f, _ := newController(t, o)
	c.CarryOut(c.Tap(o.ID, order.HandOver))
	if len(f.done) != 1 || f.done[0].Type != order.HandOver {
		t.Errorf("a plain order: %+v", f.done)
	}

	c, f = sheetOf(t, run(t, draft("1"), do(order.Accept)...), order.Pack)
	same(t, "bags", c.Screen().Sheet.Go.Label, "C’est prêt, 2 sacs")
	c.SheetStep("bags", 1)
	if given := gives(t, c, f); given.Type != order.MarkReady || given.Bags != 3 {
		t.Errorf("gave %+v", given)
	}
	c.Tap("id-1", order.Pack)
	same(t, "counted again", c.Screen().Sheet.Go.Label, "3 sacs")
	c.SheetClose()

	o = run(t, with(draft("1"), func(o *order.Order) {
		o.Fulfillment.Type, o.PickupCode = order.Delivery, "9K3D8"
		o.Courier = &order.Courier{Name: "Karim B."}
	}), order.Command{Type: order.Accept}, order.Command{Type: order.MarkReady, Bags: 2},
		order.Command{Type: order.CourierMoved, Courier: &order.Courier{Stage: order.CourierAtStore}})
	c, f = sheetOf(t, o, order.HandOver)
	s := c.Screen().Sheet
	var checks []string
	for _, check := range s.Checks {
		checks = append(checks, check.Label)
	}
	same(t, "sheet", strings.Join([]string{s.Big, s.Text, s.Code, strings.Join(checks, ", "), s.Go.Label}, "|"),
		"#1 · Élodie Gagnon|Livreur : Karim B. · arrivé ici|9K3D8|Sac 1 sur 2, Sac 2 sur 2, Le livreur montre ce code|Remettre 2 sacs")
	for _, key := range []string{"1", "2", codeCheck} {
		if s := c.Screen().Sheet; !s.Go.Locked || !c.SheetGo().Empty() {
			t.Errorf("%q is not ticked, and the order can go", key)
		}
		c.SheetTick(key)
	}
	c.SheetTick("2")
	if !c.SheetGo().Empty() {
		t.Error("a tick that was taken away counts")
	}
	c.SheetTick("2")
	if given := gives(t, c, f); given.Type != order.HandOver {
		t.Errorf("gave %+v", given)
	}
	same(t, "history", detailsOf(t, French, f.orders[o.ID]).History[0].Text, "Remise · 2 sacs")
}

// A sheet says that it came too late, and a finger that trembles does not answer it.
func TestSheetIsNoSurprise(t *testing.T) {
	o := run(t, uber("1"), do(order.Accept)...)
	c, f, _ := newController(t, o)
	c.Tap(o.ID, order.Delay)
	if !c.SheetGo().Empty() {
		t.Error("one finger opened and answered it")
	}
	f.orders[o.ID] = run(t, uber("1"), do(order.Accept, order.MarkReady)...)
	s := c.Screen().Sheet
	same(t, "too late", s.Problem, "La commande est déjà prête : c’est trop tard pour cela.")
	if !s.Go.Locked {
		t.Error("it can be tapped")
	}
	delete(f.orders, o.ID)
	if c.Screen().Sheet != nil {
		t.Error("the sheet of an order that is gone is open")
	}
}

func TestReach(t *testing.T) {
	o := run(t, with(draft("1"), func(o *order.Order) { o.Customer.Email = "elodie@example.com" }))
	other := run(t, draft("2"))
	c, _, _ := newController(t, o, other)
	c.Select(o.ID)
	d := c.Screen().Details
	same(t, "hidden", d.Phone+"|"+d.ShownPhone+"|"+d.Email, "Afficher le téléphone||elodie@example.com")
	same(t, "platform", d.Contact[0].Text, "DoorDash : 855-222-8111")
	same(t, "whose amounts", d.Source, "Montants envoyés par DoorDash")
	c.ShowPhone()
	same(t, "shown", c.Screen().Details.ShownPhone, "514 555-0148")
	c.Select(other.ID)
	same(t, "of another order", c.Screen().Details.ShownPhone, "")
	d = detailsOf(t, French, run(t, own("1")))
	if len(d.Contact) > 0 || d.Source != "" {
		t.Errorf("our own order has a platform: %+v", d.Contact)
	}
}

func TestCourierStages(t *testing.T) {
	for _, tt := range []struct {
		stage            order.CourierStage
		rest, bold, fact string
	}{
		{order.CourierAssigned, "Livraison · DoorDash · livreur désigné", "", "Livreur : Karim B. · désigné à 12 h 07"},
		{order.CourierArriving, "Livraison · DoorDash · livreur en route", "", "Livreur : Karim B. · en route vers nous à 12 h 07"},
		{order.CourierAtStore, "Livraison · DoorDash", "Livreur arrivé", "Livreur : Karim B. · arrivé ici à 12 h 07"},
		{order.CourierPickedUp, "Livraison · DoorDash · livreur parti", "", "Livreur : Karim B. · parti avec la commande à 12 h 07"},
		{"on_the_moon", "Livraison · DoorDash · Acceptée", "", "Livreur : Karim B. · on_the_moon à 12 h 07"},
	} {
		o := run(t, with(draft("1"), func(o *order.Order) { o.Fulfillment.Type = order.Delivery }), order.Command{Type: order.Accept},
			order.Command{Type: order.AssignCourier, Courier: &order.Courier{Name: "Karim B.", Stage: tt.stage}})
		s := state(t, French, o)
		card := Build(s, places()).Cards[0]
		same(t, string(tt.stage), card.Rest+"|"+card.Emphasis, tt.rest+"|"+tt.bold)
		same(t, string(tt.stage), detailsOf(t, French, o).Facts[0].Text, tt.fact)
	}
}
