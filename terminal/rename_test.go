package terminal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// A printer is called otherwise while its tickets wait, are under way, in doubt or with its
// backup: none is lost, none comes twice, and paper and screens use the new words.
func TestRenamingKeepsEveryTicket(t *testing.T) {
	tl, h := alone(t)
	rename := func(label string) {
		t.Helper()
		printers, _ := tl.service.Setups()
		for _, p := range printers {
			if p.Name == "grill" {
				p.Label = label
				tl.ok(tl.service.SetPrinter(p))
			}
		}
	}
	only := func(n int) func(*order.Order) { return func(o *order.Order) { o.Lines = lines(n, 0) } }

	doubt := h.comes(only(1))
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	underWay := h.comes(only(2))
	h.comes(only(3))
	h.meet(tl)
	rename("Passe")
	tl.restart()
	if got := tl.status("grill"); got.Setup.DisplayName() != "Passe" || len(got.Waiting) != 3 || strings.Join(got.Stations, " ") != "grill" {
		t.Fatalf("after the first: %+v", got)
	}
	ticket, _ := tl.try("grill", terminal.Proven)
	says(t, "kitchen! 1×Burger", ticket)
	p, begun := tl.begin("grill")
	if !begun {
		t.Fatal("nothing to begin")
	}
	rename("Passe du fond")
	tl.end(p, terminal.Proven)
	says(t, "kitchen 3×Burger", tl.print("grill")...)
	rename("")
	h.meet(tl)
	tl.none("grill")
	for _, id := range []string{doubt, underWay} {
		if got := states(tl.jobs(id)); got != "grill/1/kitchen printed" {
			t.Errorf("jobs: %s", got)
		}
	}

	rename("Bar à jus")
	err := tl.service.SetPrinter(terminal.PrinterSetup{Name: "new", Kind: "tcp", Address: "a:1", Label: "Bar à jus"})
	if !errors.Is(err, terminal.ErrBadSetup) {
		t.Errorf("two printers are called the same: %v", err)
	}
}

// What a backup prints names the printer as people call it.
func TestBackupNamesThePrinterAsPeopleDo(t *testing.T) {
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "grill", Backup: "bar"}))
	tl.ok(tl.service.SetPrinter(terminal.PrinterSetup{Name: "grill", Kind: "tcp", Address: "a:1", Label: "Passe"}))
	h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
	h.meet(tl)
	tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultPaper, At: tl.clock.Now()})
	tl.clock.add(2 * time.Minute)
	if ticket := tl.one("bar"); ticket.Backup != "Passe" {
		t.Errorf("backup of %q", ticket.Backup)
	}
}

// A printer that is removed and put back, as the screen offers it, gets its waiting tickets back:
// each comes out once, whoever had them meanwhile.
func TestPrinterThatIsPutBackKeepsItsTickets(t *testing.T) {
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "grill", Backup: "bar"}))
	printers, before := tl.service.Setups()
	for n := 1; n <= 2; n++ {
		h.comes(func(o *order.Order) { o.Lines = lines(n, 0) })
	}
	h.meet(tl)
	tl.ok(tl.service.RemovePrinter("grill"))
	ticket, _ := tl.try("bar", terminal.Proven)
	says(t, "kitchen 1×Burger", ticket)
	for _, p := range printers {
		if p.Name == "grill" {
			tl.ok(tl.service.SetPrinter(p))
		}
	}
	tl.ok(tl.service.SetStation("grill", before["grill"]))
	tl.restart()
	tl.none("bar")
	says(t, "kitchen 2×Burger", tl.print("grill")...)
	h.meet(tl)
	tl.none("grill")
}
