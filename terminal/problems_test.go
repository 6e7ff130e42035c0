package terminal_test

import (
	"slices"
	"testing"

	"comptoir/shop"
	"comptoir/terminal"
)

func (tl *till) troubles(want ...terminal.Stranded) {
	tl.t.Helper()
	got, err := tl.service.Stranded()
	tl.ok(err)
	if !slices.Equal(got, want) {
		tl.t.Errorf("stranded %+v, want %+v", got, want)
	}
}

// onlyGrill takes the bar's printer away.
func (tl *till) onlyGrill() {
	tl.t.Helper()
	tl.config.Setup = printing("grill")
	tl.restart()
}

func TestNoPrinterAnywhere(t *testing.T) {
	const problem = "no printer is set for the station Bar"
	h := newHub(t)
	tl := newTill(t, t.TempDir(), "counter-1", ten, &h.papers)
	defer func() { tl.close() }()
	tl.onlyGrill()
	tl.ok(tl.service.Locations([]shop.Location{plateau()}))
	tl.ok(tl.service.Lease(h.grant("grill", tl.name))) // the bar has no lease: nobody offered a printer
	h.comes(nil)
	h.comes(nil)
	h.meet(tl)
	var told []string
	for _, e := range tl.told(terminal.EventTicket) {
		told = append(told, e.Job.Station+": "+e.Job.Problem)
	}
	if want := []string{"grill: ", "bar: " + problem, "grill: ", "bar: " + problem}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	tl.troubles(terminal.Stranded{Station: "Bar", Tickets: 2})

	// another terminal has a printer: the tickets are its business
	tl.ok(tl.service.Lease(h.grant("bar", "counter-2")))
	tl.troubles()
	// but not those of our own counter
	tl.sell(0, 1)
	tl.troubles(terminal.Stranded{Station: "Bar", Tickets: 1})
	// a printer is set
	tl.config.Setup = printing("grill", "bar")
	tl.restart()
	tl.troubles()
	says(t, "kitchen 1×Café", tl.one("bar"))
}

// The holder's printer was taken out of its configuration.
func TestHolderWithoutPrinter(t *testing.T) {
	tl, h := alone(t)
	tl.onlyGrill()
	tl.troubles()
	h.comes(nil)
	h.meet(tl)
	tl.troubles(terminal.Stranded{Station: "Bar", Tickets: 1})
}

func TestStationThatTheSettingsForgot(t *testing.T) {
	tl, h := alone(t)
	tl.onlyGrill()
	h.comes(nil)
	h.meet(tl)
	fewer := plateau()
	fewer.Stations = fewer.Stations[:1]
	tl.ok(tl.service.Locations([]shop.Location{fewer}))
	tl.troubles(terminal.Stranded{Station: "bar", Tickets: 1})
	tl.restart()
	tl.troubles(terminal.Stranded{Station: "bar", Tickets: 1})
}
