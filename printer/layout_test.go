package printer_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

var update = flag.Bool("update", false, "write the golden files")

// at is a time of 24 November 2026 in Montréal, which is five hours behind UTC then.
func at(hour, minute int) time.Time { return time.Date(2026, 11, 24, hour+5, minute, 0, 0, time.UTC) }

func item(quantity int, name string, change ...func(*order.Line)) order.Line {
	l := order.Line{ID: name, PLU: "PLU-1", Name: name, Category: "Grillades", Quantity: quantity, Kind: order.Physical}
	for _, do := range change {
		do(&l)
	}
	return l
}

func with(names ...string) func(*order.Line) {
	return func(l *order.Line) {
		for _, name := range names {
			l.Modifiers = append(l.Modifiers, order.Modifier{Name: name, Quantity: 1})
		}
	}
}

func note(text string) func(*order.Line) { return func(l *order.Line) { l.Note = text } }

func offMenu(l *order.Line) { l.Category = "" }

// nested is a chain of modifiers, each within the one before.
func nested(names ...string) []order.Modifier {
	if len(names) == 0 {
		return nil
	}
	return []order.Modifier{{Name: names[0], Quantity: 1, Modifiers: nested(names[1:]...)}}
}

// normal is the first ticket of mockups/tickets.png.
func normal() terminal.Ticket {
	no := false
	return terminal.Ticket{
		Kind: order.Kitchen, Language: "fr", TimeZone: "America/Toronto",
		Number: "214", Section: order.Pickup, Promised: at(12, 20), Customer: "Élodie Gagnon",
		Channel: "DoorDash", Reference: "8F2C", Received: at(11, 55),
		Station: "Cuisine chaude", Part: 1, Parts: 2, Others: []string{"Froid"},
		Lines: []order.Line{
			item(2, "Steak frites", with("saignant", "sauce au poivre"), note("Allergie : arachides")),
			item(1, "Soupe à l’oignon", with("sans gruyère"), note("Bien chaude, svp")),
		},
		Utensils: &no, Sequence: 87, PrintedAt: at(11, 56),
	}
}

func changed() terminal.Ticket {
	t := normal()
	t.Kind, t.Number, t.Section, t.Customer = order.Changed, "216", order.Delivery, "Jérôme Côté"
	t.Promised, t.Reference, t.Parts, t.Others = at(12, 40), "A71D", 1, nil
	t.Removed = []order.Line{item(1, "Confit de canard", with("sans sauce"))}
	t.Added = []order.Line{item(1, "Magret de canard", with("rosé"))}
	t.Lines = []order.Line{item(1, "Frites au gras de canard", with("bien salées")), item(1, "Gratin dauphinois", note("Allergie aux noix"))}
	t.After = append(append([]order.Line{}, t.Lines...), t.Added...)
	t.Replaces, t.Sequence, t.PrintedAt = 88, 93, at(12, 8)
	return t
}

func duplicate() terminal.Ticket {
	t := normal()
	t.Heading, t.FirstSent = terminal.HeadingDuplicate, at(12, 9)
	t.Number, t.Section, t.Table, t.Customer = "#221", order.Counter, "6", ""
	t.Channel, t.Reference, t.Promised, t.Received = "Comptoir", "", at(12, 35), at(12, 7)
	t.Station, t.Part, t.Others, t.Utensils = "Bar", 2, nil, nil
	t.Lines = []order.Line{item(1, "Carafe de rouge", with("50 cl"), func(l *order.Line) {
		l.Modifiers = append(l.Modifiers, order.Modifier{Name: "verres", Quantity: 2})
	})}
	t.Sequence, t.PrintedAt = 91, at(12, 16)
	return t
}

func void() terminal.Ticket {
	t := normal()
	t.Kind, t.Removed, t.Lines, t.Replaces = order.Void, t.Lines, nil, 87
	t.Sequence = 94
	return t
}

func english(t terminal.Ticket) terminal.Ticket {
	t.Language = "en"
	return t
}

// hard holds what does not fit.
func hard() terminal.Ticket {
	t := normal()
	t.Number = "DD-2026-8F2C"
	t.Section = order.Curbside
	t.Customer = "Marie-Hélène de la Bourdonnaye-Saint-Exupéry (Honda Civic grise)"
	t.Reference = "3f1c2a9e-6d1f-4a57-9a52-0b8f6c1d2e3f"
	t.Promised, t.Received = at(12+24, 20), at(18-24, 5)
	t.Station, t.Part, t.Parts = "Grillades, rôtisserie et fumoir", 12, 12
	t.Others = []string{"Froid", "Boissons", "Desserts et viennoiseries"}
	t.Note = "Sonner deux fois : le bébé dort. Merci d’avance !"
	t.Lines = []order.Line{
		item(12, "Burger façon Comptoir au cheddar vieilli de l’Île-aux-Grues", offMenu, func(l *order.Line) {
			l.Modifiers = nested("Pain brioché sans gluten", "Graines de sésame grillées", "Un peu", "Vraiment un tout petit peu", "Dessous seulement")
			l.Modifiers = append(l.Modifiers, order.Modifier{Name: "Extra bacon fumé à l’érable", Quantity: 3})
		}, note("Couper en deux « bien net » : c’est pour partager entre enfants")),
		item(1, "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"),
		item(1, "Œufs brouillés 鸭", note("Allergie sévère aux arachides et à toutes les noix : nettoyer la plaque")),
	}
	return t
}

func allergicOrder() terminal.Ticket {
	t := normal()
	t.Note = "Allergique aux crustacés, merci de faire très attention"
	return t
}

// relieved is a possible duplicate on a backup printer.
func relieved() terminal.Ticket {
	t := duplicate()
	t.Backup = "Cuisine"
	return t
}

func bigText(t terminal.Ticket) terminal.Ticket {
	t.BigText = true
	return t
}

func summary() terminal.Ticket {
	return terminal.Ticket{
		Kind: terminal.KindSummary, Language: "fr", TimeZone: "America/Toronto", Received: at(13, 5), PrintedAt: at(13, 5),
		Station: "Cuisine chaude", Part: 1, Parts: 1,
		Summary: []terminal.Summary{
			{
				Kind: order.Kitchen, Number: "214", Station: "Cuisine chaude", Promised: at(12, 20), Doubt: true,
				Lines: []order.Line{item(2, "Steak frites", with("saignant"), note("Allergie : arachides"))},
			},
			{
				Kind: order.Changed, Number: "216", Station: "Grillades", Promised: at(12, 40),
				Removed: []order.Line{item(1, "Soupe à l’oignon")}, Added: []order.Line{item(1, "Steak frites")},
				Lines: []order.Line{item(3, "Burger façon Comptoir")},
			},
			{
				Kind: order.Void, Number: "DD-2026-8F2C", Station: "Cuisine chaude", Closed: true,
				Removed: []order.Line{item(1, "Soupe à l’oignon")},
			},
		},
	}
}

var goldens = []struct {
	name    string
	ticket  terminal.Ticket
	columns int
}{
	{"normal-48", normal(), 48},
	{"normal-42", normal(), 42},
	{"normal-32", normal(), 32},
	{"normal-en-48", english(normal()), 48},
	{"normal-en-32", english(normal()), 32},
	{"changed-48", changed(), 48},
	{"changed-32", changed(), 32},
	{"changed-en-42", english(changed()), 42},
	{"void-48", void(), 48},
	{"void-en-32", english(void()), 32},
	{"duplicate-48", duplicate(), 48},
	{"duplicate-32", duplicate(), 32},
	{"duplicate-en-42", english(duplicate()), 42},
	{"duplicate-changed-48", func() terminal.Ticket {
		t := changed()
		t.Heading, t.FirstSent = terminal.HeadingDuplicate, at(12-24, 1)
		return t
	}(), 48},
	{"copy-48", func() terminal.Ticket {
		t := normal()
		t.Heading, t.FirstSent = terminal.HeadingCopy, at(12, 1)
		return t
	}(), 48},
	{"hard-48", hard(), 48},
	{"hard-42", hard(), 42},
	{"hard-32", hard(), 32},
	{"hard-en-48", english(hard()), 48},
	{"allergic-order-42", allergicOrder(), 42},
	{"backup-48", relieved(), 48},
	{"backup-en-32", english(relieved()), 32},
	{"big-48", bigText(normal()), 48},
	{"big-changed-48", bigText(changed()), 48},
	{"big-hard-32", bigText(hard()), 32},
	{"big-hard-48", bigText(hard()), 48},
	{"summary-48", summary(), 48},
	{"summary-en-32", english(summary()), 32},
}

func TestGolden(t *testing.T) {
	for _, test := range goldens {
		t.Run(test.name, func(t *testing.T) {
			got := virtual.Text(paper(t, test.ticket, escpos.Generic(test.columns)))
			file := filepath.Join("testdata", test.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs (-update writes it); got:\n%s", file, got)
			}
		})
	}
}

// paper renders a ticket and reads it back, which must give one ticket, cut, with its white.
func paper(t testing.TB, ticket terminal.Ticket, p *escpos.Profile) escpos.Ticket {
	t.Helper()
	b, err := printer.Render(ticket, p)
	if err != nil {
		t.Fatal(err)
	}
	papers, err := escpos.Decode(p, b)
	if err != nil || len(papers) != 1 {
		t.Fatalf("got %d tickets, %v", len(papers), err)
	}
	return papers[0]
}

// Copies are one stream, each cut, and say which they are; the buzzer sounds once for all.
func TestCopiesAndBeeps(t *testing.T) {
	ticket := english(normal())
	ticket.Copies, ticket.Beeps = 2, 4
	p := escpos.Generic(42)
	p.Buzzer = escpos.BuzzerEpson
	b, err := printer.Render(ticket, p)
	if err != nil {
		t.Fatal(err)
	}
	papers, err := escpos.Decode(p, b)
	if err != nil || len(papers) != 2 {
		t.Fatalf("got %d tickets, %v", len(papers), err)
	}
	ticket.Copies = 0
	one, _, _ := strings.Cut(virtual.Text(paper(t, ticket, p)), "└")
	for i, got := range papers {
		text, foot := virtual.Text(got), fmt.Sprintf("copy %d of 2", i+1)
		if !strings.Contains(text, foot) || !strings.HasPrefix(text, one) {
			t.Errorf("copy %d, without %q:\n%s", i+1, foot, text)
		}
	}
	if len(papers[0].Beeps) != 1 || papers[0].Beeps[0].Times != 4 || len(papers[1].Beeps) != 0 {
		t.Errorf("beeps %+v, then %+v", papers[0].Beeps, papers[1].Beeps)
	}
}
