package stories

import (
	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// A Stage is the work of its printers too: what was told, and nothing happens.
var _ model.PrinterWork = (*Stage)(nil)

// Printers are those of the story.
func (s *Stage) Printers() []model.PrinterNow { return s.printers }

// Faults are those of the story.
func (s *Stage) Faults() []model.PrinterEvent { return s.faults }

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

// tickets is what the printers have done on a good day.
func tickets(s *Stage) {
	kitchen := word{"Cuisine chaude", "Hot kitchen"}.in(s.language)
	s.printers = []model.PrinterNow{
		{Setup: terminal.PrinterSetup{Name: kitchen, Kind: "tcp", Address: "192.168.1.41:9100", Columns: 48, Proof: "id"}, Stations: []string{"cuisine"}},
		{Setup: terminal.PrinterSetup{Name: "Bar", Kind: "device", Address: "/dev/usb/lp0", Columns: 48, Proof: "blind"}, Stations: []string{"bar"}},
	}
	for i, station := range []string{"cuisine", "bar"} {
		for minute, o := range Orders(s.language)[:6] {
			s.printers[i].Last = append(s.printers[i].Last, s.ticket(o, station, 5-minute))
		}
	}
}

// ticket makes a ticket of an order and its picture.
func (s *Stage) ticket(o order.Order, station string, minute int) model.PrinterTicket {
	ticket := terminal.Ticket{
		Kind: order.Kitchen, Language: s.language, TimeZone: "America/Montreal", Number: o.Number, Section: o.Fulfillment.Type,
		Promised: o.Fulfillment.PromisedAt, Customer: o.Customer.Name, Channel: o.Channel, Station: station, Part: 1, Parts: 2,
		Lines: o.Lines, Received: o.PlacedAt, PrintedAt: at(12, minute), Sequence: minute + 1,
	}
	key := station + o.Number
	s.pictures[key] = paper(ticket)
	return model.PrinterTicket{Key: key, OrderID: o.ID, Station: station, Number: "#" + o.Number, At: at(12, minute), Proven: station == "cuisine"}
}

// trouble is a bad day, as in the mockup: a printer without paper, a ticket that nobody knows
// of, and tickets that are too old.
func trouble(s *Stage) {
	tickets(s)
	orders := Orders(s.language)
	pastry := word{"Froid et desserts", "Cold and desserts"}.in(s.language)
	broken := model.PrinterNow{
		Setup: terminal.PrinterSetup{Name: pastry, Kind: "tcp", Address: "192.168.1.43:9100", Columns: 32, Proof: "fence"}, Stations: []string{"froid"},
		Fault: terminal.FaultPaper, Since: at(12, 11), Relayed: 2,
	}
	for i, o := range orders[1:4] {
		broken.Waiting = append(broken.Waiting, s.ticket(o, "froid", 11+i))
	}
	broken.Last = []model.PrinterTicket{s.ticket(orders[0], "froid", 3)}
	s.printers[1].Unconfirmed = []model.PrinterTicket{s.ticket(orders[4], "bar", 9)}
	counter := model.PrinterNow{
		Setup: terminal.PrinterSetup{Name: "Terrasse", Kind: "tcp", Address: "192.168.1.44:9100", Columns: 48, Proof: "status"}, PaperLow: true,
	}
	for _, o := range orders[:5] {
		counter.Stale = append(counter.Stale, model.PrinterTicket{Key: "old" + o.ID, Number: "#" + o.Number, At: at(9, 40), Closed: o.ID == orders[0].ID})
	}
	s.printers = append([]model.PrinterNow{s.printers[0], broken, s.printers[1]}, counter)
	s.faults = []model.PrinterEvent{
		{Printer: pastry, Fault: terminal.FaultPaper, From: at(12, 11)},
		{Printer: "Bar", Fault: terminal.FaultUnreachable, From: at(11, 2), Until: at(11, 9)},
		{Printer: "Bar", Fault: terminal.FaultCover, From: at(10, 40), Until: at(10, 41)},
	}
}
