package model

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/shop"
	"comptoir/terminal"
)

// work is what the printers of a terminal do: it remembers what was asked.
type work struct {
	mu       sync.Mutex
	printers []terminal.PrinterStatus
	stranded []terminal.Stranded
	faults   []terminal.FaultPeriod
	tickets  []terminal.Job
	asked    []string
	fail     error
}

func (w *work) ask(what ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, strings.Join(what, " "))
	return w.fail
}

func (w *work) Printers() []terminal.PrinterStatus  { return w.printers }
func (w *work) Stranded() []terminal.Stranded       { return w.stranded }
func (w *work) Faults() []terminal.FaultPeriod      { return w.faults }
func (w *work) Retry(printer string)                { _ = w.ask("retry", printer) }
func (w *work) Confirm(key string) error            { return w.ask("confirm", key) }
func (w *work) PrintAgain(key string) error         { return w.ask("again", key) }
func (w *work) PrintStale(printer string) error     { return w.ask("stale", printer) }
func (w *work) DiscardStale(printer string) error   { return w.ask("discard", printer) }
func (w *work) SummarizeStale(printer string) error { return w.ask("summary", printer) }
func (w *work) Reprint(order, station string) error { return w.ask("reprint", order, station) }

func (w *work) PrintReceipt(order string) error { return w.ask("receipt", order) }
func (w *work) PrintBag(order string) error     { return w.ask("bag", order) }
func (w *work) Tickets(string) []terminal.Job   { return w.tickets }

func ticketAt(key, hhmm string) terminal.PrinterJob {
	return terminal.PrinterJob{
		Job:    terminal.Job{Key: key, OrderID: "id-" + key, Station: "grill", Due: at(hhmm), SentAt: at(hhmm), State: terminal.JobSent},
		Number: key,
	}
}

// kitchenPrinter is a printer on a good day.
func kitchenPrinter() terminal.PrinterStatus {
	return terminal.PrinterStatus{
		Setup:    terminal.PrinterSetup{Name: "Epson", Kind: "tcp", Address: "192.168.1.41:9100", Columns: 48, Proof: "id"},
		Stations: []string{"grill", "froid"}, Since: at("12:00"),
	}
}

// panel shows one printer.
func panelOf(t *testing.T, language string, change func(*terminal.PrinterStatus)) PrinterPanel {
	t.Helper()
	p := kitchenPrinter()
	change(&p)
	place := printerPlace(wordsOf(t, language), NewSettings([]shop.Location{plateau}), noon, []terminal.PrinterStatus{p}, nil, false, nil)
	return place.Panels[0]
}

func texts(facts []Fact) string {
	var all []string
	for _, f := range facts {
		all = append(all, plain(f.Text))
	}
	return strings.Join(all, " | ")
}

func verbs(actions []PrinterAction) string {
	var all []string
	for _, a := range actions {
		all = append(all, string(a.Verb)+":"+plain(a.Label))
	}
	return strings.Join(all, ", ")
}

func TestPrinterPanels(t *testing.T) {
	for name, tt := range map[string]struct {
		change                 func(*terminal.PrinterStatus)
		tone                   Tone
		badge, points, actions string
	}{
		"well": {
			func(*terminal.PrinterStatus) {}, ToneOK, "Prête",
			"Cuisine chaude, froid | File vide | Confirme chaque ticket", "test:Essai, setup:Réglages",
		},
		"a ticket on its way": {
			func(p *terminal.PrinterStatus) { p.Waiting = []terminal.PrinterJob{ticketAt("217", "12:17")} }, ToneOK, "Prête",
			"Cuisine chaude, froid | 1 ticket en attente, #217 le premier | Confirme chaque ticket", "test:Essai, setup:Réglages",
		},
		"out of paper": {
			func(p *terminal.PrinterStatus) {
				p.State.Fault, p.Since, p.Relayed = terminal.FaultPaper, at("12:11"), 2
				p.Waiting = []terminal.PrinterJob{ticketAt("217", "12:12"), ticketAt("218", "12:13")}
			}, ToneLate, "Plus de papier depuis 6 min",
			"Cuisine chaude, froid | Elle n’a plus de papier. Mettez un rouleau : l’impression reprend seule. | 2 tickets en attente, #217 le premier | 2 repris par une autre imprimante | Confirme chaque ticket",
			"retry:Papier remis, setup:Réglages",
		},
		"a fault of this minute": {
			func(p *terminal.PrinterStatus) {
				p.State.Fault, p.Since = terminal.FaultCover, noon.Add(-10*time.Second)
			}, ToneLate, "Capot ouvert",
			"Cuisine chaude, froid | Son capot est ouvert. Fermez-le : l’impression reprend seule. | File vide | Confirme chaque ticket",
			"retry:Capot fermé, setup:Réglages",
		},
		"not confirmed": {
			func(p *terminal.PrinterStatus) { p.Unconfirmed = []terminal.PrinterJob{ticketAt("221", "12:09")} }, ToneWarn, "1 ticket non confirmé",
			"Cuisine chaude, froid | #221, envoyé à 12 h 09, sans preuve. Le ticket est-il au poste ? | Confirme chaque ticket",
			"again:Réimprimer, confirm:Il y est",
		},
		"too old": {
			func(p *terminal.PrinterStatus) {
				p.Stale = []terminal.PrinterJob{ticketAt("1", "09:40"), ticketAt("2", "09:50")}
				p.Stale[1].Closed = true
			}, ToneWarn, "2 vieux tickets",
			"Cuisine chaude, froid | Le plus ancien devait sortir à 9 h 40. Rien ne sort sans votre accord. | 1 est d’une commande déjà finalisée | Confirme chaque ticket",
			"stale:Imprimer 2 tickets, summarize:Un seul résumé, discard:Jeter 2 tickets",
		},
		"nobody's": {
			func(p *terminal.PrinterStatus) { p.Stations, p.State.PaperLow = nil, true }, ToneOK, "Prête",
			"N’imprime aucun poste | File vide | Papier bientôt fini | Confirme chaque ticket", "test:Essai, setup:Réglages",
		},
	} {
		t.Run(name, func(t *testing.T) {
			panel := panelOf(t, French, tt.change)
			same(t, "badge", plain(panel.Badge.Text), tt.badge)
			same(t, "points", texts(panel.Points), tt.points)
			same(t, "actions", verbs(panel.Actions), tt.actions)
			if panel.Badge.Tone != tt.tone {
				t.Errorf("the badge is %s", panel.Badge.Tone)
			}
			primary := 0
			for _, a := range panel.Actions {
				if a.Kind == ActionPrimary {
					primary++
				}
			}
			if primary > 1 {
				t.Errorf("%d primary buttons", primary)
			}
			english := panelOf(t, English, tt.change)
			if english.Badge.Text == panel.Badge.Text || len(english.Points) != len(panel.Points) {
				t.Errorf("in English %+v", english)
			}
		})
	}
	same(t, "where", panelOf(t, French, func(*terminal.PrinterStatus) {}).Where, "Réseau · 192.168.1.41 · 80 mm")
	same(t, "where", panelOf(t, English, func(p *terminal.PrinterStatus) {
		p.Setup = terminal.PrinterSetup{Kind: "device", Address: "/dev/usb/lp0", Columns: 32}
	}).Where, "USB · /dev/usb/lp0 · 58 mm")
	last := panelOf(t, French, func(p *terminal.PrinterStatus) {
		p.Last = []terminal.PrinterJob{ticketAt("219", "12:04"), ticketAt("218", "12:03")}
		p.Last[1].State = terminal.JobPrinted
	}).Last
	same(t, "last", plain(last[0].Text+", "+last[1].Text), "Envoyé : 12 h 04, Dernier : 12 h 03")
}

func printerController(t *testing.T, printers ...terminal.PrinterStatus) (*Controller, *work) {
	t.Helper()
	with := &work{printers: printers}
	f := &fake{now: noon, settings: []shop.Location{plateau}}
	c, err := NewController(Options{Terminal: f, Clock: f, Wake: func() {}, Places: places(), Work: with})
	if err != nil {
		t.Fatal(err)
	}
	c.Screen()
	return c, with
}

func TestPrintersSayThemselvesOnTheOrdersScreen(t *testing.T) {
	well, broken := kitchenPrinter(), kitchenPrinter()
	broken.Setup.Name, broken.State.Fault = "Bar", terminal.FaultPaper
	broken.Waiting = []terminal.PrinterJob{ticketAt("217", "12:12")}
	c, with := printerController(t, well, broken)
	screen := c.Screen()
	same(t, "title", plain(screen.Banner.Title), "Bar : Plus de papier")
	same(t, "text", plain(screen.Banner.Text), "1 ticket attend. Elle n’a plus de papier. Mettez un rouleau : l’impression reprend seule.")
	if screen.Banner.Place != PlacePrinters || screen.Banner.Action == "" {
		t.Errorf("the banner leads nowhere: %+v", screen.Banner)
	}
	if i := slices.IndexFunc(screen.Rail, func(r RailItem) bool { return r.Place == PlacePrinters }); !screen.Rail[i].Urgent {
		t.Error("the rail says nothing")
	}
	same(t, "state", plain(c.PrinterPlace().State.Text), "1 en panne")
	with.printers = []terminal.PrinterStatus{well}
	if screen := c.Screen(); screen.Banner != (Banner{}) {
		t.Errorf("all is well, but %+v", screen.Banner)
	}
	with.printers[0].Stale = []terminal.PrinterJob{ticketAt("1", "09:00")}
	same(t, "old", plain(c.Screen().Banner.Title), "Epson : 1 vieux ticket")
	with.printers[0].Stale, with.printers[0].Unconfirmed = nil, []terminal.PrinterJob{ticketAt("1", "12:00")}
	same(t, "unsure", plain(c.Screen().Banner.Title), "Epson : 1 ticket non confirmé")
	if place := c.PrinterPlace(); place.Note == "" || place.State.Tone != ToneWarn {
		t.Errorf("got %+v", place)
	}
}

func TestTicketsWithoutAPrinter(t *testing.T) {
	c, with := printerController(t)
	if screen := c.Screen(); screen.Banner != (Banner{}) {
		t.Errorf("nothing waits, but %+v", screen.Banner)
	}
	with.stranded = []terminal.Stranded{{Station: "Bar", Tickets: 2}, {Station: "Gril", Tickets: 1}}
	screen := c.Screen()
	same(t, "title", screen.Banner.Title, "Aucune imprimante pour Bar, Gril")
	same(t, "text", screen.Banner.Text, "3 tickets attendent. Ajoutez une imprimante, ou donnez ces postes à une autre.")
	if i := slices.IndexFunc(screen.Rail, func(r RailItem) bool { return r.Place == PlacePrinters }); !screen.Rail[i].Urgent || screen.Banner.Place != PlacePrinters {
		t.Errorf("rail %+v, banner %+v", screen.Rail[i], screen.Banner)
	}
	if place := c.PrinterPlace(); !strings.HasPrefix(place.Missing, "Aucune imprimante pour Bar, Gril. 3 tickets") {
		t.Errorf("the place says %q", place.Missing)
	}
}

func TestPrinterButtons(t *testing.T) {
	p := kitchenPrinter()
	p.Last = []terminal.PrinterJob{ticketAt("219", "12:04")}
	c, with := printerController(t, p)
	press := func(verb PrinterVerb, key string) {
		t.Helper()
		action := PrinterAction{Verb: verb, Key: key}
		errand := c.PrinterDo("Epson", action)
		if c.PrinterDo("Epson", action) != nil {
			t.Errorf("%s: two taps do it twice", verb)
		}
		runs(t, errand)
	}
	press(PrinterRetry, "")
	press(PrinterConfirm, "k")
	press(PrinterAgain, "k")
	press(PrinterStale, "")
	press(PrinterSummarize, "")
	press(PrinterDiscard, "")
	runs(t, c.Reprint("219"))
	if c.Reprint("220") != nil {
		t.Error("a ticket that is gone can be printed again")
	}
	same(t, "asked", strings.Join(with.asked, ", "),
		"retry Epson, confirm k, again k, stale Epson, summary Epson, discard Epson, reprint id-219 grill")

	with.printers[0].State.Fault = terminal.FaultPaper
	errand := c.PrinterDo("Epson", PrinterAction{Verb: PrinterRetry})
	if a := c.PrinterPlace().Panels[0].Actions[0]; !a.Busy || a.Label != "Envoi…" {
		t.Errorf("while it works: %+v", a)
	}
	runs(t, errand)
	with.fail = errors.New("disk full")
	runs(t, c.PrinterDo("Epson", PrinterAction{Verb: PrinterConfirm, Key: "k"}))
	same(t, "not saved", c.Screen().Banner.Title, "L’action n’a pas été enregistrée")
}

func TestPrintersReadings(t *testing.T) {
	p := kitchenPrinter()
	p.Last = []terminal.PrinterJob{ticketAt("219", "12:04")}
	c, with := printerController(t, p)
	if c.PrinterPlace().Log != "" {
		t.Error("a log of nothing")
	}
	with.faults = []terminal.FaultPeriod{
		{Printer: "Bar", Fault: terminal.FaultPaper, From: at("12:11")},
		{Printer: "Bar", Fault: terminal.FaultBusy, From: at("11:00"), Until: at("11:00").Add(20 * time.Second)},
	}
	log := c.FaultLog()
	same(t, "still", plain(log.Lines[0].Time+", "+log.Lines[0].Text+", "+log.Lines[0].Who), "12 h 11, Bar : Plus de papier, dure encore")
	same(t, "over", plain(log.Lines[1].Text+", "+log.Lines[1].Who), "Bar : Occupée ailleurs, a duré 1 min")
	sheet, known := c.TicketSheet("219")
	same(t, "title", sheet.Title, "Ticket #219 · Cuisine chaude")
	same(t, "text", plain(sheet.Text), "Envoyé à Epson, 12 h 04. Cette imprimante ne confirme pas.")
	if !known {
		t.Error("unknown")
	}
	if _, known := c.TicketSheet("1"); known {
		t.Error("a ticket that is gone is known")
	}
}
