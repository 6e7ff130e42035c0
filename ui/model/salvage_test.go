package model

import (
	"errors"
	"testing"

	"comptoir/terminal"
)

// What was damaged is told until somebody has read it, and that is stored.
func TestSalvageBanner(t *testing.T) {
	c, f, _ := newController(t)
	f.salvage = terminal.Salvage{At: at("12:02"), Commands: 1, Tickets: 3, Missing: []terminal.Kept{terminal.KeptPrinters}, Doubt: true}
	banner := c.Screen().Banner
	same(t, "title", banner.Title, "Les données de cette caisse étaient abîmées")
	same(t, "text", banner.Text, "Repris : 1 action à envoyer, 3 tickets. Perdu en partie : imprimantes. Les commandes reviennent du hub. Des tickets peuvent ressortir, marqués DOUBLON POSSIBLE.")
	if !banner.Salvage {
		t.Error("its button does not say that it was read")
	}
	f.fail = errors.New("the disk is full")
	c.HearSalvage()(t.Context())
	same(t, "not stored", c.Screen().Banner.Title, "L’action n’a pas été enregistrée")
	f.fail = nil
	c.HearSalvage()(t.Context())
	if !f.salvage.Heard {
		t.Error("nobody heard")
	}
	c.Notify(terminal.Event{Kind: terminal.EventDisk})
	same(t, "read", c.Screen().Banner.Title, "")
}

// A full disk stays told, and an action that it refused says the same of it.
func TestDiskBanner(t *testing.T) {
	s := state(t, French)
	s.Disk = terminal.DiskFull
	full := Build(s, places()).Banner
	same(t, "title", full.Title, "Le disque de cette caisse est plein")
	s.NotSaved = true
	refused := Build(s, places()).Banner
	same(t, "refused", refused.Title, "L’action n’a pas été enregistrée")
	same(t, "what to do", refused.Text, full.Text)
	s.Disk, s.NotSaved = terminal.DiskWorks, false
	if left := Build(s, places()).Banner; left.Title == full.Title {
		t.Error("it stays with room again")
	}
}
