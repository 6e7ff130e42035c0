package model

import (
	"testing"
	"time"
)

// What the hub has lost, and has not taken back yet, stays on screen, and the screen says so.
func TestLostByTheHub(t *testing.T) {
	s := state(t, French, promisedAt("1", "12:30"), promisedAt("2", "12:40"))
	s.Lost = []string{s.Orders[1].ID}
	s.Unsent = map[string]bool{s.Orders[1].ID: true}
	screen := Build(s, places())
	if len(screen.Cards) != 2 {
		t.Fatalf("%d cards", len(screen.Cards))
	}
	for _, card := range screen.Cards {
		want := ""
		if card.ID == s.Orders[1].ID {
			want = "le hub ne l’a plus"
		}
		same(t, card.ID, card.PendingSend, want)
	}
	same(t, "banner", screen.Banner.Title, "Le hub a perdu 1 commande de cette caisse")
	s.Lost = nil
	same(t, "banner once it has them", Build(s, places()).Banner.Title, "")
}

// A machine whose clock is off by more than 30 seconds is told, in the shown language, and that
// what is late is judged by the hub.
func TestClockBanner(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		-30 * time.Second: "", 30 * time.Second: "",
		-31 * time.Second: "Cette caisse avance de 31 s sur le hub.",
		10 * time.Minute:  "Cette caisse retarde de 10 min sur le hub.",
	} {
		s := state(t, French, promisedAt("1", "12:30"))
		r := healthy()
		r.Hub.Ahead = ahead
		s.Report = &r
		banner := Build(s, places()).Banner
		same(t, ahead.String(), plain(banner.Title), want)
		if want != "" && (banner.Place != PlaceDoctor || plain(banner.Text) != "Les retards sont jugés à l’heure du hub. Activez l’heure automatique de la machine.") {
			t.Errorf("%v: %+v", ahead, banner)
		}
	}
}
