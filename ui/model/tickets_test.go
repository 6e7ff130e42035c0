package model

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// printing is a controller of one order, whose grill prints on "Epson".
func printing(t *testing.T, o order.Order) (*Controller, *work, *tools) {
	t.Helper()
	with := &work{printers: []terminal.PrinterStatus{kitchenPrinter()}}
	fit := &tools{stations: map[string]terminal.StationSetup{"grill": {Printer: "Epson"}}}
	f := &fake{now: noon, settings: []shop.Location{plateau}, orders: map[string]order.Order{o.ID: o}}
	c, err := NewController(Options{Terminal: f, Clock: f, Wake: func() {}, Places: places(), Work: with, Tools: fit})
	if err != nil {
		t.Fatal(err)
	}
	f.notify = c.Notify
	c.Select(o.ID)
	return c, with, fit
}

func printActionOf(c *Controller) (DetailAction, bool) {
	actions := c.Screen().Details.Actions
	at := slices.IndexFunc(actions, func(a DetailAction) bool { return a.Print })
	if at < 0 {
		return DetailAction{}, false
	}
	return actions[at], true
}

// Chosen, then printed: the second tap already prints, at every station that has a printer here.
func TestReprintTakesOneTap(t *testing.T) {
	o := with(draft("1"), func(o *order.Order) { o.Lines[1].Station = "bar" })
	c, work, fit := printing(t, run(t, o, do(order.Accept)...))
	a, _ := printActionOf(c)
	same(t, "one station prints here", a.Label, "Réimprimer")
	fit.stations["bar"] = terminal.StationSetup{Printer: "Star"}
	a, _ = printActionOf(c)
	same(t, "two do", a.Label, "Réimprimer 2 tickets")
	errand := c.PrintAll(o.ID)
	if a, _ := printActionOf(c); !a.Busy || a.Label != "Envoi…" {
		t.Errorf("while it prints: %+v", a)
	}
	if c.PrintAll(o.ID) != nil {
		t.Error("two taps print twice")
	}
	runs(t, errand)
	same(t, "asked", strings.Join(work.asked, ", "), "reprint id-1 grill, reprint id-1 bar")
	work.fail = errors.New("disk full")
	runs(t, c.PrintAll(o.ID))
	same(t, "not saved", c.Screen().Banner.Title, "L’action n’a pas été enregistrée")
	if c.PrintAll("nothing") != nil {
		t.Error("an unknown order can be printed")
	}
	clear(fit.stations)
	if a, offered := printActionOf(c); offered {
		t.Errorf("without a printer it offers %+v", a)
	}
}

func TestTicketsOfTheDetails(t *testing.T) {
	o := with(draft("1"), func(o *order.Order) { o.Lines[1].Station = "bar" })
	report := order.Command{Type: order.Printed, By: "comptoir-2", Ticket: &order.Ticket{Station: "bar", Kind: order.Kitchen, State: order.TicketSent, Version: 1}}
	c, work, fit := printing(t, run(t, o, order.Command{Type: order.Accept}, report))
	if c.Screen().Details.Tickets != nil {
		t.Error("tickets are read though nobody looks at them")
	}
	c.DetailTab(TabTickets)
	job := terminal.Job{Key: "k", OrderID: o.ID, Station: "grill", Kind: order.Kitchen, State: terminal.JobPrinted, SentAt: at("12:08"), Printer: "Epson", Ticket: &terminal.Ticket{Number: "1"}}
	list := func() string {
		var all []string
		for _, t := range c.Screen().Details.Tickets.List {
			all = append(all, strings.Join([]string{t.Name, t.State.Text, t.Text, t.Print.Label}, "|"))
		}
		return strings.Join(all, "\n")
	}
	same(t, "nothing here yet", list(), "Cuisine chaude|Pas encore sorti||Réimprimer\nBar|Envoyé, sans preuve|12 h 07 · comptoir-2|")
	for _, tt := range []struct {
		change func(*terminal.Job)
		want   string
	}{
		{func(*terminal.Job) {}, "Imprimé|12 h 08 · Epson"},
		{func(j *terminal.Job) { j.State = terminal.JobSent }, "Envoyé, sans preuve|12 h 08 · Epson"},
		{func(j *terminal.Job) { j.State = terminal.JobUnconfirmed }, "Non confirmé|12 h 08 · Epson"},
		{func(j *terminal.Job) { j.State, j.Heading = terminal.JobSending, terminal.HeadingDuplicate }, "Impression…|DOUBLON POSSIBLE · 12 h 08 · Epson"},
		{func(j *terminal.Job) { j.State, j.Kind = terminal.JobDiscarded, order.Changed }, "Écarté|MODIFIÉE · 12 h 08 · Epson"},
		{func(j *terminal.Job) {
			*j = terminal.Job{Key: "k", Station: "grill", State: terminal.JobQueued, Kind: order.Void}
			work.printers[0].State.Fault = terminal.FaultPaper
		}, "En attente|ANNULÉE · Epson : Plus de papier"},
	} {
		j := job
		tt.change(&j)
		work.tickets = []terminal.Job{j}
		got, _, _ := strings.Cut(list(), "\n")
		same(t, tt.want, got, "Cuisine chaude|"+tt.want+"|Réimprimer")
	}

	work.tickets = []terminal.Job{job}
	if ticket := c.Screen().Details.Tickets.List[0]; ticket.Key.Key != "k" {
		t.Errorf("its picture is %+v", ticket.Key)
	}
	sheet, known := c.TicketSheet("k")
	if !known {
		t.Fatal("the ticket cannot be read")
	}
	same(t, "large", sheet.Title+", "+sheet.Text, "Ticket #1 · Cuisine chaude, Imprimé par Epson, 12 h 08.")
	runs(t, c.Reprint("k"))

	fit.stations[terminal.StationReceipts] = terminal.StationSetup{Printer: "Epson"}
	fit.stations[terminal.StationBags] = terminal.StationSetup{Printer: "Epson"}
	if got := list(); !strings.HasSuffix(plain(got), "\nReçus|Pas imprimé||Imprimer\nTickets de sac|Pas imprimé||Imprimer") {
		t.Errorf("for the customer: %q", got)
	}
	for _, station := range []string{"grill", terminal.StationReceipts, terminal.StationBags} {
		runs(t, c.Print(o.ID, station))
	}
	same(t, "asked", strings.Join(work.asked, ", "), "reprint id-1 grill, reprint id-1 grill, receipt id-1, bag id-1")

	c, _, _ = printing(t, run(t, draft("2")))
	c.DetailTab(TabTickets)
	same(t, "not accepted", c.Screen().Details.Tickets.Empty, "Aucun ticket. Ils sortent quand la commande est acceptée.")
}
