package terminal_test

import (
	"testing"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// A terminal of two locations prints for both, whichever its screen shows.
func TestPrintsForAllLocations(t *testing.T) {
	var papers []paper
	tl := newTill(t, t.TempDir(), "counter-1", ten, &papers)
	defer tl.close()
	port := plateau()
	port.ID, port.Name, port.Connections = "vieux-port", "Vieux-Port", nil
	port.Stations = []shop.Station{{ID: "quai", Name: "Quai", Default: true}}
	tl.ok(tl.service.Locations([]shop.Location{plateau(), port}))
	tl.ok(tl.service.SetPrinter(terminal.PrinterSetup{Name: "quai", Kind: "tcp", Address: "127.0.0.1:9101"}))
	tl.ok(tl.service.SetStation("quai", terminal.StationSetup{Printer: "quai"}))
	tl.ok(tl.service.Prefer(terminal.Preferences{Location: "plateau"}))

	for location, printer := range map[string]string{"plateau": "grill", "vieux-port": "quai"} {
		sold, err := tl.service.Place(order.Command{ID: commandID(), Order: &order.Order{Location: location, Lines: lines(1, 0)}})
		tl.ok(err)
		if ticket := tl.one(printer); ticket.Number != sold.Number {
			t.Errorf("%s printed %s, want %s", printer, ticket.Number, sold.Number)
		}
	}
	if _, err := tl.service.Place(order.Command{ID: commandID(), Order: &order.Order{Lines: lines(1, 0)}}); order.KindOf(err) != order.Invalid {
		t.Errorf("placed at no location in particular: %v", err)
	}
}
