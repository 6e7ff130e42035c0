package terminal_test

import (
	"errors"
	"slices"
	"testing"

	"comptoir/order"
	"comptoir/terminal"
)

func TestStationSetup(t *testing.T) {
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{
		Printer: "bar", Language: "en", BigText: true, Combine: true, Beeps: 3, Copies: 2,
	}))
	id := h.comes(func(o *order.Order) {
		o.Lines = append(lines(2, 0), lines(1, 0)...)
		o.Lines[1].ID = "b2"
	})
	h.meet(tl)
	tl.none("grill")
	next, _, _, err := tl.service.Next("bar")
	tl.ok(err)
	ticket := tl.one("bar")
	says(t, "kitchen 3×Burger", ticket)
	if next.Ticket.Language != "en" || ticket.Language != "en" || !ticket.BigText || ticket.Beeps != 3 || ticket.Copies != 2 || len(ticket.After) != 2 {
		t.Errorf("%+v", ticket)
	}
	h.meet(tl)
	if got := h.orders[id].Printed["grill"].Lines; len(got) != 2 {
		t.Errorf("the hub heard %s", count("", got))
	}
	tl.ok(tl.service.Reprint(id, "grill"))
	if again := tl.one("bar"); again.Copies != 0 {
		t.Errorf("a reprint of %d copies", again.Copies)
	}
}

func TestSetups(t *testing.T) {
	tl, h := alone(t)
	oven := terminal.PrinterSetup{Name: "oven", Kind: "device", Address: "/dev/usb/lp0", Proof: "id"}
	tl.told("")
	tl.ok(tl.service.SetPrinter(oven))
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "oven", Backup: "bar"}))
	if n := len(tl.told(terminal.EventPrinters)); n != 2 {
		t.Errorf("told %d times", n)
	}
	tl.restart()
	h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(tl)
	tl.none("grill")
	says(t, "kitchen 2×Burger", tl.one("oven"))
	h.meet(tl)
	// a printer goes; its backup takes over
	h.comes(func(o *order.Order) { o.Lines = lines(3, 0) })
	h.meet(tl)
	p, _ := tl.begin("oven")
	if err := tl.service.RemovePrinter("oven"); !errors.Is(err, terminal.ErrTicketsWaiting) {
		t.Errorf("while it prints: %v", err)
	}
	tl.end(p, terminal.NothingLeft)
	tl.ok(tl.service.RemovePrinter("oven"))
	if err := tl.service.RemovePrinter("bar"); !errors.Is(err, terminal.ErrTicketsWaiting) {
		t.Errorf("without a backup: %v", err)
	}
	if ticket := tl.one("bar"); ticket.Backup != "" {
		t.Errorf("backup of %q", ticket.Backup)
	}
	h.meet(tl)
	tl.ok(tl.service.RemovePrinter("bar")) // also one of the file, for good
	tl.restart()
	printers, stations := tl.service.Setups()
	if len(printers) != 1 || printers[0].Name != "grill" || stations["grill"].Printer != "" || stations["bar"].Printer != "" {
		t.Errorf("printers %+v, stations %+v", printers, stations)
	}
	if got := tl.service.Stations(); len(got) != 0 {
		t.Errorf("stations %v", got)
	}
	tl.ok(tl.service.SetPrinter(terminal.PrinterSetup{Name: "bar", Kind: "tcp", Address: "10.0.0.9:9100"}))
	tl.ok(tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar"}))
	if got := tl.service.Stations(); !slices.Equal(got, []string{"bar"}) {
		t.Errorf("stations %v", got)
	}
	for name, err := range map[string]error{
		"no name":      tl.service.SetPrinter(terminal.PrinterSetup{Kind: "tcp", Address: "a:1"}),
		"no address":   tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "tcp"}),
		"kind":         tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "fax", Address: "a:1"}),
		"proof":        tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "tcp", Address: "a:1", Proof: "hope"}),
		"no printer":   tl.service.SetStation("bar", terminal.StationSetup{Printer: "oven"}),
		"own backup":   tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Backup: "bar"}),
		"language":     tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Language: "de"}),
		"beeps":        tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Beeps: 10}),
		"copies":       tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Copies: -1}),
		"no station":   tl.service.SetStation("", terminal.StationSetup{Printer: "bar"}),
		"backup alone": tl.service.SetStation("bar", terminal.StationSetup{Backup: "bar"}),
	} {
		if !errors.Is(err, terminal.ErrBadSetup) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
