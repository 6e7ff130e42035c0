package model

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/shop"
	"comptoir/terminal"
)

func TestPrinters(t *testing.T) {
	p := newPrinters([]PrinterConfig{
		{Name: "Epson", Address: "192.168.1.41:9100", Stations: []string{"grill", "froid"}},
		{Name: "Star", Stations: []string{"bar"}},
	})
	settings := NewSettings([]shop.Location{plateau})
	first := func(language string) PrinterCard { return p.cards(wordsOf(t, language), settings, noon)[0] }
	hear := func(key string, state terminal.JobState, problem string) {
		p.hear(terminal.Job{
			Key: key, Station: "grill", State: state, Problem: problem, Due: noon.Add(-time.Minute), SentAt: at("12:04"),
		}, draft(key))
	}

	card := first(French)
	same(t, "stations", card.Stations, "Cuisine chaude, froid")
	same(t, "badge", card.Badge.Text, "Prête")
	same(t, "waiting", card.Waiting, "File vide")
	if card.Badge.Tone != ToneOK || card.Address != "192.168.1.41:9100" || len(card.Last) != 0 || p.trouble(noon) {
		t.Errorf("got %+v", card)
	}

	hear("217", terminal.JobQueued, "")
	same(t, "on its way", first(French).Badge.Text, "Prête")
	same(t, "on its way", first(French).Waiting, "1 ticket en attente, #217 le premier")
	hear("218", terminal.JobQueued, "Hors ligne (pas de réponse)")
	hear("219", terminal.JobSending, "")
	card = first(French)
	same(t, "offline", card.Badge.Text, "Hors ligne")
	same(t, "offline", card.Waiting, "3 tickets en attente, #217 le premier")
	same(t, "offline", card.Problem, "Hors ligne (pas de réponse)")
	if card.Badge.Tone != ToneLate || !p.trouble(noon) {
		t.Errorf("got %+v", card)
	}
	same(t, "English", first(English).Badge.Text+", "+first(English).Waiting, "Offline, 3 tickets waiting, #217 first")

	hear("219", terminal.JobUnconfirmed, "coupée")
	card = first(French)
	same(t, "unconfirmed", card.Badge.Text, "1 ticket non confirmé")
	same(t, "unconfirmed", card.Last[0].Number+" "+card.Last[0].Text, "#219 Envoyé : 12 h 04")

	hear("217", terminal.JobSent, "")
	hear("218", terminal.JobDropped, "")
	hear("219", terminal.JobPrinted, "")
	card = first(French)
	same(t, "well again", card.Badge.Text+", "+card.Waiting, "Prête, File vide")
	same(t, "last", card.Last[0].Text+", "+card.Last[1].Text, "Dernier : 12 h 04, Envoyé : 12 h 04")
	if len(card.Last) != 2 || p.trouble(noon) {
		t.Errorf("got %+v", card)
	}
	if other := p.cards(wordsOf(t, French), settings, noon)[1]; len(other.Last) != 0 {
		t.Errorf("the bar heard of it: %+v", other)
	}

	p.hear(terminal.Job{Key: "tonight", Station: "grill", State: terminal.JobQueued, Scheduled: true, Due: noon.Add(time.Hour)}, draft("1"))
	same(t, "a scheduled ticket does not wait yet", first(French).Waiting, "File vide")
	for i := range 20 {
		hear(fmt.Sprint(i), terminal.JobPrinted, "")
	}
	if card := first(French); len(card.Last) != LastTickets || card.Last[0].Number != "#19" {
		t.Errorf("got %+v", card.Last)
	}
}

// After a restart the journal knows what printed before; what was heard meanwhile counts more.
func TestRecalledPapers(t *testing.T) {
	p := newPrinters([]PrinterConfig{{Name: "Epson", Stations: []string{"grill", "froid"}}})
	job := func(number, station, sent string) terminal.Job {
		return terminal.Job{
			Key: number, OrderID: "id-" + number, Station: station, State: terminal.JobPrinted, SentAt: at(sent),
			Ticket: &terminal.Ticket{Number: number},
		}
	}
	p.hear(job("5", "grill", "12:05"), draft("5"))
	outdated := job("5", "grill", "12:04")
	outdated.State = terminal.JobUnconfirmed
	papers := []terminal.Job{outdated, job("4", "grill", "12:03"), job("9", "bar", "12:09"), job("1", "froid", "12:04")}
	unnumbered := job("", "grill", "12:02")
	unnumbered.Key, unnumbered.Ticket.Reference = "nameless", "…2c1d0e"
	p.recall(append(papers, unnumbered, terminal.Job{Key: "no paper", Station: "grill", SentAt: noon}))
	said := func() (numbers []string) {
		for _, last := range p.cards(wordsOf(t, French), Settings{}, noon)[0].Last {
			numbers = append(numbers, last.Number)
		}
		return numbers
	}
	if want := []string{"#5", "#1", "#4", "#2c1d0e"}; !slices.Equal(said(), want) {
		t.Errorf("got %v, want %v", said(), want)
	}
	if p.trouble(noon) {
		t.Error("an old ticket is taken for trouble")
	}
	for i := range 20 {
		p.recall([]terminal.Job{job(fmt.Sprint(30+i), "grill", fmt.Sprintf("11:%02d", 30+i))})
	}
	if want := []string{"#5", "#1", "#4", "#2c1d0e", "#49", "#48", "#47", "#46"}; !slices.Equal(said(), want) {
		t.Errorf("got %v, want %v", said(), want)
	}
}
