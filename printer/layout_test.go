package printer_test

import (
	"flag"
	"os"
	"path/filepath"
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

// priced gives lines their prices, in minor units.
func priced(lines []order.Line, prices ...order.Money) []order.Line {
	for i, price := range prices {
		lines[i].UnitPrice = price
	}
	return lines
}

func receipt() terminal.Ticket {
	t := normal()
	t.Kind, t.Shop, t.Currency = order.Receipt, "Comptoir Plateau", "CAD"
	t.Channel, t.Reference, t.Station, t.Others = order.ChannelCounter, "", "", nil
	t.Lines = priced(append(t.Lines, item(2, "Tarte fine aux pommes caramélisées, crème fraîche et son sorbet")), 2800, 1300, 950)
	t.Lines[0].Modifiers[1].UnitPrice = 150
	t.Totals = order.Totals{Subtotal: 9100, Discount: 910, Tax: 1227, Tip: 1500, Total: 10917}
	t.Transactions = []order.Transaction{
		{ID: "1", Kind: order.Payment, Method: order.GiftCard, Amount: 2500, At: at(11, 55)},
		{ID: "2", Kind: order.Payment, Method: order.Card, Amount: 8417, At: at(11, 55), Failed: true},
		{ID: "3", Kind: order.Payment, Method: order.Cash, Amount: 6000, At: at(11, 56)},
		{ID: "4", Kind: order.Refund, Method: order.GiftCard, Amount: 500, At: at(11, 57)},
	}
	return t
}

func oneOf(t terminal.Ticket, part, parts int) terminal.Ticket {
	t.Part, t.Parts = part, parts
	return t
}

func bag() terminal.Ticket {
	t := normal()
	t.Kind, t.Note = order.Bag, "Sonnez à l’interphone"
	t.Part, t.Parts = 0, 0
	return t
}

func copied() terminal.Ticket {
	t := normal()
	t.Heading, t.FirstSent = terminal.HeadingCopy, at(12, 1)
	return t
}

// fiveLevels has modifiers within modifiers.
func fiveLevels() terminal.Ticket {
	t := normal()
	t.Lines = []order.Line{item(1, "Menu du midi", func(l *order.Line) {
		l.Modifiers = nested("Plat : confit de canard", "Garniture : frites au gras de canard", "Sauce à part", "Béarnaise", "sans estragon, s’il vous plaît")
	})}
	return t
}

// scripts has allergies, and words that no printer has letters for.
func scripts() terminal.Ticket {
	t := normal()
	t.Customer = "سلمى العلوي"
	t.Lines = []order.Line{
		item(2, "Burger façon Comptoir 🍔", with("extra-piquant 🌶️"), note("ALLERGIE : noix, sésame et gluten, très grave")),
		item(1, "Taboulé", note("بدون بصل من فضلك")),
		item(1, "Œufs mimosa"),
	}
	t.Note = "Allergie aux arachides 🥜. שלום, merci !"
	return t
}

// relayed is a ticket that another printer took over, for a station that wants large print.
func relayed() terminal.Ticket {
	t := normal()
	t.Backup, t.BigText, t.Copies, t.Beeps = "Cuisine chaude", true, 2, 3
	return t
}

func summary() terminal.Ticket {
	t := normal()
	t.Kind, t.Lines = terminal.KindSummary, nil
	t.Summary = []terminal.Summary{
		{Kind: order.Kitchen, Number: "214", Promised: at(9, 20), Lines: normal().Lines, Closed: true},
		{Kind: order.Changed, Number: "216", Promised: at(9, 40), Lines: changed().Lines, Removed: changed().Removed, Added: changed().Added, Doubt: true},
		{Kind: order.Void, Number: "217", Removed: []order.Line{item(1, "Carafe de rouge")}},
	}
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
	{"relayed-48", relayed(), 48},
	{"relayed-en-32", english(relayed()), 32},
	{"summary-48", summary(), 48},
	{"summary-en-32", english(summary()), 32},
	{"receipt-48", receipt(), 48},
	{"receipt-32", receipt(), 32},
	{"receipt-en-42", english(receipt()), 42},
	{"bag-48", bag(), 48},
	{"bag-en-32", english(bag()), 32},
	{"bags-48", oneOf(bag(), 2, 3), 48},
	{"bags-en-32", english(oneOf(bag(), 2, 3)), 32},
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

// paper renders a ticket and reads it back, which must give as many tickets as the station wants,
// cut, with their white; it returns the first.
func paper(t testing.TB, ticket terminal.Ticket, p *escpos.Profile) escpos.Ticket {
	t.Helper()
	b, err := printer.Render(ticket, p)
	if err != nil {
		t.Fatal(err)
	}
	papers, err := escpos.Decode(p, b)
	if err != nil || len(papers) != max(1, ticket.Copies) {
		t.Fatalf("got %d tickets, %v", len(papers), err)
	}
	return papers[0]
}
