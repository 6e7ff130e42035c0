package model

import (
	"errors"
	"testing"
	"time"

	"comptoir/terminal"
)

func TestOneSnackbarAtATime(t *testing.T) {
	c, f, _ := newController(t)
	if s := c.Snackbar(); s != (Snackbar{}) {
		t.Fatalf("before anything was done: %+v", s)
	}
	undone := ""
	offer := func(text string) {
		c.Offer(text, func() Plan {
			undone += text
			return Plan{}
		})
	}
	offer("a")
	first := c.Snackbar()
	offer("b")
	second := c.Snackbar()
	same(t, "button", second.Undo, "Annuler")
	c.Undo(first.ID) // the finger was on its way: not what somebody has read
	if undone != "" || c.Snackbar().Text != "b" {
		t.Errorf("undone %q, says %+v", undone, c.Snackbar())
	}
	c.Undo(second.ID)
	c.Undo(second.ID) // a trembling finger
	if undone != "b" || c.Snackbar().Text != "" {
		t.Errorf("undone %q, says %+v", undone, c.Snackbar())
	}
	offer("c")
	third := c.Snackbar().ID
	f.advance(offered - time.Millisecond)
	same(t, "just before its end", c.Snackbar().Text, "c")
	f.advance(time.Millisecond)
	if s := c.Snackbar(); s.Text != "" {
		t.Errorf("it stays: %+v", s)
	}
	c.Undo(third)
	if undone != "b" {
		t.Errorf("undone %q after its end", undone)
	}
	c.Offer("d", nil)
	if s := c.Snackbar(); s.Undo != "" || !c.Undo(s.ID).Empty() {
		t.Errorf("what cannot be taken back offers it: %+v", s)
	}
	offer("e")
	f.advance(-time.Hour) // the machine's clock is set
	if s := c.Snackbar(); s.Text != "" {
		t.Errorf("it would stay for an hour: %+v", s)
	}
}

// A choice is taken back to what it was before, and that is kept too.
func TestPreferencesAreTakenBack(t *testing.T) {
	c, f, _ := newController(t)
	c.Screen()
	c.CarryOut(c.Appearance("dark"))
	same(t, "appearance", c.Snackbar().Text, "Apparence : Sombre")
	c.CarryOut(c.Language(English))
	s := c.Snackbar()
	same(t, "language, in the words of before", s.Text+", "+s.Undo, "Langue : English, Annuler")
	c.CarryOut(c.Undo(s.ID))
	if c.Words().Language() != French || f.prefers != (terminal.Preferences{Appearance: "dark"}) {
		t.Errorf("in %q, kept %+v", c.Words().Language(), f.prefers)
	}
	c.CarryOut(c.Appearance("dark")) // as it is
	if s := c.Snackbar(); s.Text != "" {
		t.Errorf("nothing was done: %+v", s)
	}
	c.CarryOut(c.Appearance("contrast"))
	c.CarryOut(c.Undo(c.Snackbar().ID))
	if c.Chosen() != "dark" || f.prefers.Appearance != "dark" {
		t.Errorf("chosen %q, kept %+v", c.Chosen(), f.prefers)
	}
}

// A printer comes back with its stations, but for those that somebody has set up anew meanwhile.
func TestRemovedPrinterIsPutBack(t *testing.T) {
	c, with := fitter(t)
	grill := terminal.PrinterSetup{Name: "Grill", Label: "Passe", Kind: "tcp", Address: "10.0.0.9:9100", Columns: 42}
	start := func() {
		with.printers = map[string]terminal.PrinterSetup{"Grill": grill, "Bar": {Name: "Bar", Kind: "tcp", Address: "10.0.0.8:9100"}}
		with.stations = map[string]terminal.StationSetup{
			"grill": {Printer: "Grill", Backup: "Bar", Beeps: 3}, "bar": {Printer: "Bar", Backup: "Grill"}, "cold": {Printer: "Bar"},
		}
		with.saveErr = nil
		runs(t, c.SetUp("Grill"))
		runs(t, c.SetupRemove())
	}
	start()
	if with.stations["grill"].Printer != "Bar" || with.stations["bar"].Backup != "" {
		t.Fatalf("removed: %+v", with.stations)
	}
	s := c.Snackbar()
	same(t, "offered", s.Text, "Imprimante retirée : Passe")
	c.CarryOut(c.Undo(s.ID))
	if with.printers["Grill"] != grill || with.stations["grill"] != (terminal.StationSetup{Printer: "Grill", Backup: "Bar", Beeps: 3}) || with.stations["bar"].Backup != "Grill" || with.stations["cold"].Backup != "" {
		t.Errorf("put back: %+v, %+v", with.printers, with.stations)
	}

	start()
	with.stations["bar"] = terminal.StationSetup{Printer: "Bar", Copies: 2}
	c.CarryOut(c.Undo(c.Snackbar().ID))
	if with.stations["bar"] != (terminal.StationSetup{Printer: "Bar", Copies: 2}) || with.stations["grill"].Printer != "Grill" {
		t.Errorf("put back over newer ones: %+v", with.stations)
	}

	start()
	id := c.Snackbar().ID
	with.saveErr = errors.New("disk full")
	c.CarryOut(c.Undo(id))
	same(t, "not put back", c.Snackbar().Text, "Imprimante pas remise : Passe. Ajoutez-la de nouveau.")
	if s := c.Snackbar(); s.Undo != "" {
		t.Errorf("offers %+v", s)
	}

	with.saveErr = terminal.ErrTicketsWaiting
	before := c.Snackbar().ID
	runs(t, c.SetUp("Bar"))
	runs(t, c.SetupRemove())
	if c.Snackbar().ID != before {
		t.Error("what was not removed is offered back")
	}
}
