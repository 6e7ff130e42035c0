package model

import (
	"testing"

	"comptoir/terminal"
)

// What people must do something about is said in their language, with both sides' versions; a
// line that is merely down is not.
func TestLinkBanner(t *testing.T) {
	versions := terminal.LinkVersions{HubOldest: 3, HubNewest: 4, Oldest: 1, Newest: 1}
	for _, test := range []struct {
		reason                terminal.LinkReason
		language, title, text string
	}{
		{terminal.LinkTerminalOld, French, "Cette caisse est trop ancienne pour le hub", "Le hub parle le protocole 3–4, cette caisse 1. Mettez cette caisse à jour. Ce qui est à l’écran reste utilisable."},
		{terminal.LinkTerminalOld, English, "This terminal is too old for the hub", "The hub speaks protocol 3–4, this terminal 1. Update this terminal. What is on screen still works."},
		{terminal.LinkHubOld, French, "Le hub est trop ancien pour cette caisse", "Il parle le protocole 3–4, cette caisse 1. Mettez le hub à jour. Ce qui est à l’écran reste utilisable."},
		{terminal.LinkUnreachable, French, "", ""},
		{terminal.LinkLost, French, "", ""},
		{terminal.LinkSilent, French, "", ""},
		{terminal.LinkBusy, French, "", ""},
		{"", French, "", ""},
	} {
		for _, settings := range []bool{true, false} {
			s := state(t, test.language)
			s.Link = terminal.Event{Kind: terminal.EventLink, Reason: test.reason, Versions: versions}
			if !settings {
				s.Settings = NewSettings(nil)
			}
			banner := Build(s, places()).Banner
			if test.title == "" && !settings { // it waits for them, and that is said
				continue
			}
			same(t, string(test.reason), banner.Title, test.title)
			same(t, string(test.reason), banner.Text, test.text)
			if test.title != "" && banner.Place != PlaceDoctor {
				t.Errorf("%s: it leads to %q", test.reason, banner.Place)
			}
		}
	}
	for _, reason := range []terminal.LinkReason{terminal.LinkGarbled, terminal.LinkStoring, terminal.LinkStrange, terminal.LinkUnreadable, terminal.LinkClock, terminal.LinkUntrusted} {
		s := state(t, French)
		s.Link.Reason = reason
		if banner := Build(s, places()).Banner; banner.Title == "" || banner.Text == "" {
			t.Errorf("%s: %+v", reason, banner)
		}
	}
}
