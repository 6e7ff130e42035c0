package model

import (
	"slices"
	"strings"
	"time"

	"comptoir/terminal"
)

// needsSomebody reports whether a person has to do or to say something.
func needsSomebody(p terminal.PrinterStatus) bool {
	return p.State.Fault != terminal.FaultNone || len(p.Unconfirmed)+len(p.Stale) > 0
}

// PrinterWork is what people ask of the printers. All of it may wait.
type PrinterWork interface {
	Printers() []terminal.PrinterStatus
	// Stranded are the stations whose tickets have no printer.
	Stranded() []terminal.Stranded
	// Faults are the last ones, the newest first.
	Faults() []terminal.FaultPeriod
	// Retry tries a printer at once.
	Retry(printer string)
	// Confirm says that a ticket is there; PrintAgain prints it once more, marked.
	Confirm(key string) error
	PrintAgain(key string) error
	// PrintStale prints the old tickets of a printer, DiscardStale throws them away, and
	// SummarizeStale prints one that lists them.
	PrintStale(printer string) error
	DiscardStale(printer string) error
	SummarizeStale(printer string) error
	// Tickets are the newest jobs of an order, by station.
	Tickets(orderID string) []terminal.Job
	// Reprint prints a station's ticket of an order once more, headed COPY.
	Reprint(orderID, station string) error
	// PrintReceipt and PrintBag print what is for the customer.
	PrintReceipt(orderID string) error
	PrintBag(orderID string) error
}

// PrinterPlace is the Printers place.
type PrinterPlace struct {
	Panels []PrinterPanel
	// State sums them up beside the title; its zero value where all is well.
	State Badge
	Add   string // button; empty where Empty has it
	Log   string // button; empty where there was no fault yet
	// Missing says which tickets have no printer at all; mostly empty.
	Missing string
	// Empty is said where there is no printer.
	Empty Empty
	// Note explains what POSSIBLE DUPLICATE means, where a button would print one.
	Note string
}

// PrinterPanel is one printer.
type PrinterPanel struct {
	// ID is what PrinterDo takes, Name what people call it.
	ID, Name string
	// Where: "Réseau · 192.168.1.41 · 80 mm".
	Where   string
	Badge   Badge
	Points  []Fact
	Actions []PrinterAction
	Last    []TicketRef
}

// PrinterVerb is what a button of a printer does.
type PrinterVerb string

// The verbs.
const (
	PrinterRetry     PrinterVerb = "retry"
	PrinterTest      PrinterVerb = "test"
	PrinterSetup     PrinterVerb = "setup"
	PrinterConfirm   PrinterVerb = "confirm"
	PrinterAgain     PrinterVerb = "again"
	PrinterStale     PrinterVerb = "stale"
	PrinterDiscard   PrinterVerb = "discard"
	PrinterSummarize PrinterVerb = "summarize"
	PrinterReprint   PrinterVerb = "reprint"
)

// PrinterAction is one button. Key is the job it is about, empty where it is about the printer.
type PrinterAction struct {
	Verb  PrinterVerb
	Key   string
	Label string
	Icon  Icon
	Kind  ActionKind
	Busy  bool
}

// FaultLog is what has gone wrong with the printers.
type FaultLog struct {
	Title string
	Lines []HistoryEntry
	Close string
	More  string // the sign that it goes on below
}

// TicketSheet is one ticket, large, with what can be done with it.
type TicketSheet struct {
	Key     string
	Title   string
	Text    string
	Reprint PrinterAction
	Close   string
	More    string // the sign that it goes on below
}

// printerPlace builds the place; busy names what is being done, as printerKey writes it.
func printerPlace(w *Words, s Settings, now time.Time, printers []terminal.PrinterStatus, stranded []terminal.Stranded, faults bool, busy map[string]bool) PrinterPlace {
	p := PrinterPlace{Add: w.Say("printers.add")}
	if len(stranded) > 0 {
		title, text := missing(w, stranded)
		p.Missing = title + ". " + text
	}
	if faults {
		p.Log = w.Say("printers.log")
	}
	broken, unsure := 0, 0
	for _, printer := range printers {
		panel := printerPanel(w, s, now, printer, busy)
		switch panel.Badge.Tone {
		case ToneLate:
			broken++
		case ToneWarn:
			unsure++
		}
		if len(printer.Unconfirmed) > 0 {
			p.Note = w.Say("printers.note")
		}
		p.Panels = append(p.Panels, panel)
	}
	switch {
	case len(printers) == 0:
		p.Empty = Empty{Icon: "printer", Text: w.Say("printers.none"), Action: w.Say("setup.title")}
		p.Add = "" // said once
	case broken > 0 && unsure > 0:
		p.State = badge(ToneLate, "alert", dots(w.Count("printers.broken", broken), w.Count("printers.unsure", unsure)))
	case broken > 0:
		p.State = badge(ToneLate, "alert", w.Count("printers.broken", broken))
	case unsure > 0:
		p.State = badge(ToneWarn, "question", w.Count("printers.unsure", unsure))
	}
	return p
}

func printerPanel(w *Words, s Settings, now time.Time, p terminal.PrinterStatus, busy map[string]bool) PrinterPanel {
	panel := PrinterPanel{
		ID: p.Setup.Name, Name: p.Setup.DisplayName(), Where: where(w, p.Setup), Badge: badge(ToneOK, "check-circle", w.Say("printer.ready")),
	}
	minutes := int(now.Sub(p.Since) / time.Minute)
	switch {
	case p.State.Fault != terminal.FaultNone && minutes > 0:
		panel.Badge = badge(ToneLate, "alert", w.Say("printer.since", "fault", w.Say("fault."+string(p.State.Fault)), "duration", w.Duration(minutes)))
	case p.State.Fault != terminal.FaultNone:
		panel.Badge = badge(ToneLate, "alert", w.Say("fault."+string(p.State.Fault)))
	case len(p.Stale) > 0:
		panel.Badge = badge(ToneWarn, "question", w.Count("printer.stale", len(p.Stale)))
	case len(p.Unconfirmed) > 0:
		panel.Badge = badge(ToneWarn, "question", w.Count("printer.unconfirmed", len(p.Unconfirmed)))
	}
	panel.Points = points(w, s, now, p)
	panel.Actions = printerActions(w, p, busy)
	for _, t := range p.Last {
		at := w.When(t.SentAt.In(s.zone()), now.In(s.zone()))
		text := w.Say("printer.last", "time", at)
		if t.State != terminal.JobPrinted { // nothing proves it
			text = w.Say("printer.sent", "time", at)
		}
		panel.Last = append(panel.Last, TicketRef{Key: t.Key, Number: numbered(t.Number), Text: text})
	}
	return panel
}

// where says how a printer is reached, and how wide its paper is.
func where(w *Words, p terminal.PrinterSetup) string {
	kind := p.Kind
	if kind == "" {
		kind = "tcp"
	}
	at := p.Address
	if kind == "tcp" {
		at = strings.TrimSuffix(at, ":"+defaultPort)
	}
	paper := w.Say("printer.80mm")
	if p.Columns == 32 {
		paper = w.Say("printer.58mm")
	}
	return dots(w.Say("printer.kind."+kind), at, paper)
}

// points are what is to be known of a printer: what it prints, what waits, what it can prove,
// what is wrong and what to do.
func points(w *Words, s Settings, now time.Time, p terminal.PrinterStatus) []Fact {
	var facts []Fact
	names := make([]string, 0, len(p.Stations))
	for _, station := range p.Stations {
		names = append(names, stationName(w, s, station))
	}
	if len(names) > 0 {
		facts = append(facts, Fact{"orders", strings.Join(names, ", ")})
	} else {
		facts = append(facts, Fact{"info", w.Say("printer.no_station")})
	}
	if p.State.Fault != terminal.FaultNone {
		facts = append(facts, Fact{"info", w.Say("fault.do." + string(p.State.Fault))})
	}
	switch {
	case len(p.Stale) > 0:
		closed := 0
		for _, t := range p.Stale {
			if t.Closed {
				closed++
			}
		}
		facts = append(facts, Fact{"hourglass", w.Say("printer.stale.text", "time", w.When(p.Stale[0].Due.In(s.zone()), now.In(s.zone())))})
		if closed > 0 {
			facts = append(facts, Fact{"check", w.Count("printer.stale.closed", closed)})
		}
	case len(p.Unconfirmed) > 0:
		t := p.Unconfirmed[0]
		facts = append(facts, Fact{"question", w.Say("printer.unconfirmed.text",
			"number", numbered(t.Number), "time", w.When(t.SentAt.In(s.zone()), now.In(s.zone())))})
	}
	if len(p.Waiting) > 0 {
		facts = append(facts, Fact{"all", w.Count("printer.waiting", len(p.Waiting), "number", numbered(p.Waiting[0].Number))})
	} else if len(p.Stale) == 0 && len(p.Unconfirmed) == 0 {
		facts = append(facts, Fact{"all", w.Say("printer.empty")})
	}
	if p.Relayed > 0 {
		facts = append(facts, Fact{"printer", w.Count("printer.relayed", p.Relayed)})
	}
	if p.State.PaperLow && p.State.Fault != terminal.FaultPaper {
		facts = append(facts, Fact{"info", w.Say("printer.paper_low")})
	}
	if proof := p.Setup.Proof; proof != "" {
		facts = append(facts, Fact{proofIcon(proof), w.Say("proof." + proof)})
	}
	return facts
}

// stationName names a station, or the papers for customers.
func stationName(w *Words, s Settings, station string) string {
	if slices.Contains(customerStations(), station) {
		return w.Say("station." + strings.TrimPrefix(station, "@"))
	}
	return s.station(station)
}

// printerActions are the buttons: what to do first, then test and settings.
func printerActions(w *Words, p terminal.PrinterStatus, busy map[string]bool) []PrinterAction {
	var actions []PrinterAction
	add := func(verb PrinterVerb, key string, icon Icon, kind ActionKind, label string) {
		a := PrinterAction{Verb: verb, Key: key, Label: label, Icon: icon, Kind: kind}
		if busy[printerKey(p.Setup.Name, verb, key)] {
			a.Label, a.Busy = w.Say("action.busy"), true
		}
		actions = append(actions, a)
	}
	switch {
	case p.State.Fault != terminal.FaultNone:
		add(PrinterRetry, "", "refresh", ActionPrimary, w.Say("fault.done."+string(p.State.Fault)))
	case len(p.Stale) > 0:
		n := len(p.Stale)
		add(PrinterStale, "", "printer", ActionPrimary, w.Count("printer.stale.print", n))
		add(PrinterSummarize, "", "all", ActionOther, w.Say("printer.stale.summary"))
		add(PrinterDiscard, "", "trash", ActionDanger, w.Count("printer.stale.discard", n))
		return actions
	case len(p.Unconfirmed) > 0:
		key := p.Unconfirmed[0].Key
		add(PrinterAgain, key, "printer", ActionPrimary, w.Say("printer.again"))
		add(PrinterConfirm, key, "check", ActionOther, w.Say("printer.confirm"))
		return actions
	default:
		add(PrinterTest, "", "printer", ActionOther, w.Say("printer.test"))
	}
	add(PrinterSetup, "", "gear", ActionOther, w.Say("printer.settings"))
	return actions
}

func printerKey(printer string, verb PrinterVerb, key string) string {
	return printer + "\x00" + string(verb) + "\x00" + key
}

// printerBanner says on the Orders screen which printer does not print; its zero value is none.
func printerBanner(w *Words, printers []terminal.PrinterStatus, stranded []terminal.Stranded) Banner {
	if len(stranded) > 0 {
		title, text := missing(w, stranded)
		return Banner{Tone: ToneLate, Icon: "printer", Title: title, Text: text, Place: PlacePrinters, Action: w.Say("banner.printer.open")}
	}
	for _, p := range printers {
		if p.State.Fault == terminal.FaultNone {
			continue
		}
		title := w.Say("banner.printer", "printer", p.Setup.DisplayName(), "fault", w.Say("fault."+string(p.State.Fault)))
		waiting := ""
		if n := len(p.Waiting); n > 0 {
			waiting = w.Count("banner.printer.waiting", n)
		}
		return Banner{Tone: ToneLate, Icon: "printer", Title: title, Text: joined(" ", waiting, w.Say("fault.do."+string(p.State.Fault))), Place: PlacePrinters, Action: w.Say("banner.printer.open")}
	}
	for _, p := range printers {
		switch {
		case len(p.Stale) > 0:
			return Banner{
				Tone: ToneWarn, Icon: "question", Title: w.Say("banner.printer", "printer", p.Setup.DisplayName(), "fault", w.Count("printer.stale", len(p.Stale))),
				Text: w.Say("banner.printer.stale"), Place: PlacePrinters, Action: w.Say("banner.printer.open"),
			}
		case len(p.Unconfirmed) > 0:
			return Banner{
				Tone: ToneWarn, Icon: "question", Title: w.Say("banner.printer", "printer", p.Setup.DisplayName(), "fault", w.Count("printer.unconfirmed", len(p.Unconfirmed))),
				Text: w.Say("banner.printer.unconfirmed"), Place: PlacePrinters, Action: w.Say("banner.printer.open"),
			}
		}
	}
	return Banner{}
}

// missing says which stations have no printer, how many tickets wait for one, and what to do.
func missing(w *Words, stranded []terminal.Stranded) (title, text string) {
	names, tickets := make([]string, 0, len(stranded)), 0
	for _, s := range stranded {
		names = append(names, s.Station)
		tickets += s.Tickets
	}
	return w.Say("banner.stranded", "stations", strings.Join(names, ", ")),
		joined(" ", w.Count("banner.printer.waiting", tickets), w.Say("banner.stranded.text"))
}

// faultLog lists the faults, the newest first.
func faultLog(w *Words, s Settings, now time.Time, faults []terminal.FaultPeriod) FaultLog {
	log := FaultLog{Title: w.Say("printers.log.title"), Close: w.Say("setup.close"), More: w.Say("details.below")}
	for _, f := range faults {
		entry := HistoryEntry{
			Time: w.When(f.From.In(s.zone()), now.In(s.zone())),
			Text: w.Say("banner.printer", "printer", f.Printer, "fault", w.Say("fault."+string(f.Fault))),
			Who:  w.Say("printers.log.still"),
		}
		if !f.Until.IsZero() {
			entry.Who = w.Say("printers.log.lasted", "duration", w.Duration(max(1, int(f.Until.Sub(f.From).Round(time.Minute)/time.Minute))))
		}
		log.Lines = append(log.Lines, entry)
	}
	return log
}

// displayName is what a printer is called on the screen.
func displayName(printers []terminal.PrinterStatus, name string) string {
	for _, p := range printers {
		if p.Setup.Name == name {
			return p.Setup.DisplayName()
		}
	}
	return name
}
