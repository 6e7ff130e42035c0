package stories

import (
	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// A Stage is the work of its printers too: what was told, and nothing happens.
var _ model.PrinterWork = (*Stage)(nil)

// Printers are those of the story.
func (s *Stage) Printers() []terminal.PrinterStatus { return s.printers }

// Stranded are those of the story.
func (s *Stage) Stranded() []terminal.Stranded { return s.stranded }

// Faults are those of the story.
func (s *Stage) Faults() []terminal.FaultPeriod { return s.faults }

// Retry does nothing, as all that follows.
func (s *Stage) Retry(string) {}

// Confirm does nothing.
func (s *Stage) Confirm(string) error { return nil }

// PrintAgain does nothing.
func (s *Stage) PrintAgain(string) error { return nil }

// PrintStale does nothing.
func (s *Stage) PrintStale(string) error { return nil }

// DiscardStale does nothing.
func (s *Stage) DiscardStale(string) error { return nil }

// SummarizeStale does nothing.
func (s *Stage) SummarizeStale(string) error { return nil }

// Reprint does nothing.
func (s *Stage) Reprint(string, string) error { return nil }

// barLabel is what people call the printer Bar.
func barLabel(language string) string { return word{"Bar du fond", "Back bar"}.in(language) }

// tickets is what the printers have done on a good day.
func tickets(s *Stage) {
	kitchen := word{"Cuisine chaude", "Hot kitchen"}.in(s.language)
	s.printers = []terminal.PrinterStatus{
		{Setup: terminal.PrinterSetup{Name: kitchen, Kind: "tcp", Address: "192.168.1.41:9100", Columns: 48, Proof: "id"}, Stations: []string{"cuisine"}},
		{Setup: terminal.PrinterSetup{Name: "Bar", Label: barLabel(s.language), Kind: "device", Address: "/dev/usb/lp0", Columns: 48, Proof: "blind"}, Stations: []string{"bar"}},
	}
	for i, station := range []string{"cuisine", "bar"} {
		for minute, o := range Orders(s.language)[:6] {
			s.printers[i].Last = append(s.printers[i].Last, s.ticket(o, station, 5-minute))
		}
	}
}

// ticket makes a ticket of an order and its picture.
func (s *Stage) ticket(o order.Order, station string, minute int) terminal.PrinterJob {
	ticket := terminal.Ticket{
		Kind: order.Kitchen, Language: s.language, TimeZone: "America/Montreal", Number: o.Number, Section: o.Fulfillment.Type,
		Promised: o.Fulfillment.PromisedAt, Customer: o.Customer.Name, Channel: o.Channel, Station: station, Part: 1, Parts: 2,
		Lines: o.Lines, Received: o.PlacedAt, PrintedAt: at(12, minute), Sequence: minute + 1,
	}
	key := station + o.Number
	s.papers[key] = ticket
	job := terminal.Job{Key: key, OrderID: o.ID, Station: station, Due: at(12, minute), SentAt: at(12, minute), State: terminal.JobSent}
	if station == "cuisine" {
		job.State = terminal.JobPrinted
	}
	return terminal.PrinterJob{Job: job, Number: o.Number}
}

// trouble is a bad day, as in the mockup: a printer without paper, a ticket that nobody knows
// of, and tickets that are too old.
func trouble(s *Stage) {
	tickets(s)
	orders := Orders(s.language)
	pastry := word{"Froid et desserts", "Cold and desserts"}.in(s.language)
	broken := terminal.PrinterStatus{
		Setup: terminal.PrinterSetup{Name: pastry, Kind: "tcp", Address: "192.168.1.43:9100", Columns: 32, Proof: "fence"}, Stations: []string{"froid"},
		State: terminal.PrinterState{Fault: terminal.FaultPaper}, Since: at(12, 11), Relayed: 2,
	}
	for i, o := range orders[1:4] {
		broken.Waiting = append(broken.Waiting, s.ticket(o, "froid", 11+i))
	}
	broken.Last = []terminal.PrinterJob{s.ticket(orders[0], "froid", 3)}
	s.printers[1].Unconfirmed = []terminal.PrinterJob{s.ticket(orders[4], "bar", 9)}
	counter := terminal.PrinterStatus{
		Setup: terminal.PrinterSetup{Name: "Terrasse", Kind: "tcp", Address: "192.168.1.44:9100", Columns: 48, Proof: "status"}, State: terminal.PrinterState{PaperLow: true},
	}
	for _, o := range orders[:5] {
		counter.Stale = append(counter.Stale, terminal.PrinterJob{
			Job: terminal.Job{Key: "old" + o.ID, Due: at(9, 40)}, Number: o.Number, Closed: o.ID == orders[0].ID,
		})
	}
	s.printers = append([]terminal.PrinterStatus{s.printers[0], broken, s.printers[1]}, counter)
	s.faults = []terminal.FaultPeriod{
		{Printer: pastry, Fault: terminal.FaultPaper, From: at(12, 11)},
		{Printer: "Bar", Fault: terminal.FaultUnreachable, From: at(11, 2), Until: at(11, 9)},
		{Printer: "Bar", Fault: terminal.FaultCover, From: at(10, 40), Until: at(10, 41)},
	}
}

// PrintReceipt does nothing.
func (s *Stage) PrintReceipt(string) error { return nil }

// PrintBag does nothing.
func (s *Stage) PrintBag(string) error { return nil }
