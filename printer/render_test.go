package printer_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// profiles are the papers and code pages of the tests of properties.
func profiles() []*escpos.Profile {
	var all []*escpos.Profile
	for _, columns := range []int{32, 42, 48} {
		all = append(all, escpos.Generic(columns), escpos.Epson(columns))
		old := escpos.Generic(columns)
		old.CodePages = []escpos.CodePage{{Name: escpos.PC437, Number: 0}}
		all = append(all, old)
	}
	return all
}

// check holds what is true of every ticket: the bytes say what the layout says, and nothing else.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, ticket terminal.Ticket, p *escpos.Profile,
) escpos.Ticket {
	t.Helper()
	b, err := printer.Render(ticket, p)
	if err != nil {
		t.Fatalf("%v", err)
	}
	papers, err := escpos.Decode(p, b)
	if err != nil || len(papers) != 1 {
		t.Fatalf("got %d tickets, %v", len(papers), err)
	}
	paper := papers[0]
	if len(paper.Beeps)+len(paper.Kicks)+len(paper.Unknown) > 0 || paper.Cut == escpos.CutNone {
		t.Fatalf("a text acted as a command: %+v", paper)
	}
	lines := printer.Layout(ticket, p)
	if len(paper.Lines) != len(lines)+4 {
		t.Fatalf("%d lines on paper, want %d and 4 blank ones", len(paper.Lines), len(lines))
	}
	for i, line := range lines {
		got := paper.Lines[i]
		if got.String() != line.String() || got.Columns() != line.Columns() || got.Align != line.Align || got.Above != line.Above {
			t.Fatalf("line %d on paper is %+v, want %+v", i, got, line)
		}
		if line.Columns() > p.Columns {
			t.Fatalf("%d columns of %d: %q", line.Columns(), p.Columns, line)
		}
	}
	return paper
}

func TestRender(t *testing.T) {
	for _, test := range goldens {
		for _, p := range profiles() {
			test.ticket.Beeps, test.ticket.Copies = 0, 0 // TestCopiesAndBeeps
			check(t, test.ticket, p)
		}
	}
}

// A station may want several copies and a beep: each copy is whole, cut and numbered, and it beeps
// once.
func TestCopiesAndBeeps(t *testing.T) {
	ticket := relayed()
	b, err := printer.Render(ticket, escpos.Generic(48))
	if err != nil {
		t.Fatal(err)
	}
	papers, err := escpos.Decode(escpos.Generic(48), b)
	if err != nil || len(papers) != 2 {
		t.Fatalf("%d papers, %v", len(papers), err)
	}
	for i, paper := range papers {
		last := paper.Lines[len(paper.Lines)-5].String() // above the blank lines
		if want := []string{"exemplaire 1 de 2", "exemplaire 2 de 2"}[i]; last != want || paper.Cut == escpos.CutNone {
			t.Errorf("copy %d ends with %q, cut %d", i+1, last, paper.Cut)
		}
		if beeps := len(paper.Beeps); beeps != 1-i {
			t.Errorf("copy %d beeps %d times", i+1, beeps)
		}
	}
	if papers[0].Beeps[0].Times != 3 {
		t.Errorf("%+v", papers[0].Beeps)
	}
}

func TestWhite(t *testing.T) {
	paper := paper(t, normal(), escpos.Generic(48))
	var above []string
	for _, line := range paper.Lines {
		if line.Above == 8 {
			above = append(above, line.String())
		} else if line.Above != 0 {
			t.Errorf("%d dots above %q", line.Above, line)
		}
	}
	if want := []string{"1 Soupe à l’oignon", strings.Repeat("-", 48)}; !slices.Equal(above, want) {
		t.Errorf("8 dots above %q, want %q", above, want)
	}
	if paper.Cut != escpos.CutPartial {
		t.Errorf("cut %v", paper.Cut)
	}
}

// TestReverse: a heading and an allergy are black over the whole width.
func TestReverse(t *testing.T) {
	for _, p := range profiles() {
		ticket := allergicOrder()
		ticket.Heading = terminal.HeadingDuplicate
		black := 0
		for _, line := range check(t, ticket, p).Lines {
			for _, span := range line.Spans {
				if !span.Reverse {
					continue
				}
				black++
				if line.Columns() != p.Columns {
					t.Errorf("%d columns: %q ends at %d", p.Columns, line, line.Columns())
				}
			}
		}
		if black < 4 {
			t.Errorf("%d columns: %d black lines", p.Columns, black)
		}
	}
}

func TestBareTicket(t *testing.T) {
	for _, p := range profiles() {
		check(t, terminal.Ticket{}, p)
		check(t, terminal.Ticket{Kind: order.Void, TimeZone: "Nowhere/Land", Lines: make([]order.Line, 3)}, p)
	}
	if _, err := printer.Render(normal(), &escpos.Profile{}); err == nil {
		t.Error("no error for an invalid profile")
	}
	if _, err := printer.Render(normal(), nil); err == nil {
		t.Error("no error without profile")
	}
}

// TestTimeZone: the times of a ticket are those of its place, over both changes of the clock.
func TestTimeZone(t *testing.T) {
	for _, test := range []struct {
		zone     string
		promised time.Time
		want     string
	}{
		{"America/Toronto", time.Date(2026, 3, 8, 6, 59, 0, 0, time.UTC), "Retrait 1 h 59"},
		{"America/Toronto", time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), "Retrait 3 h 00"},
		{"America/Toronto", time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC), "Retrait 1 h 30"},
		{"America/Toronto", time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC), "Retrait 1 h 30"},
		{"Pacific/Tongatapu", time.Date(2026, 11, 1, 11, 30, 0, 0, time.UTC), "Retrait lun. 2 nov. 0 h 30"},
		{"", time.Date(2026, 11, 1, 11, 30, 0, 0, time.UTC), "Retrait 11 h 30"},
	} {
		ticket := normal()
		ticket.TimeZone, ticket.Promised = test.zone, test.promised
		ticket.PrintedAt = test.promised.Add(-50 * time.Minute)
		ticket.Received = ticket.PrintedAt
		got := strings.Join(strings.Fields(paper(t, ticket, escpos.Generic(48)).String()), " ")
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: %q is not in %q", test.zone, test.want, got)
		}
	}
}

// letters of all sorts: the page's own, what it must spell, what it lacks, white, controls.
var letters = []rune("abcdefghij  -/éèœÉ’«»:!…€½鸭🍟\u00a0\u202f\t\n\x1b\x10@p\u0301\u00ad\u200b")

func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom(letters), 0, 90, -1),
		rapid.SampledFrom([]string{"Burger", "Allergie aux noix", "x", "Café crème", "Table 4"}),
	)
}

func modifiers(depth int) *rapid.Generator[[]order.Modifier] {
	return rapid.Custom(func(t *rapid.T) []order.Modifier {
		list := make([]order.Modifier, rapid.IntRange(0, 2).Draw(t, "modifiers"))
		for i := range list {
			list[i] = order.Modifier{Name: texts().Draw(t, "modifier"), Quantity: rapid.IntRange(0, order.MaxQuantity).Draw(t, "quantity")}
			if depth > 1 {
				list[i].Modifiers = modifiers(depth-1).Draw(t, "deeper")
			}
		}
		return list
	})
}

func kitchenLines() *rapid.Generator[[]order.Line] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) order.Line {
		return order.Line{
			Name: texts().Draw(t, "name"), PLU: "BRG-01", Category: rapid.SampledFrom([]string{"", "Burgers"}).Draw(t, "category"),
			Quantity: rapid.IntRange(1, order.MaxQuantity).Draw(t, "quantity"), Note: texts().Draw(t, "note"),
			Modifiers: modifiers(order.MaxDepth).Draw(t, "modifiers"),
		}
	}), 0, 3)
}

func tickets() *rapid.Generator[terminal.Ticket] {
	return rapid.Custom(func(t *rapid.T) terminal.Ticket {
		moment := func(label string) time.Time {
			return at(12, 0).Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, label)) * time.Minute)
		}
		ticket := terminal.Ticket{
			Kind:     rapid.SampledFrom([]order.TicketKind{order.Kitchen, order.Changed, order.Void}).Draw(t, "kind"),
			Heading:  rapid.SampledFrom([]terminal.Heading{terminal.HeadingNone, terminal.HeadingDuplicate, terminal.HeadingCopy}).Draw(t, "heading"),
			Language: rapid.SampledFrom([]string{"fr", "en"}).Draw(t, "language"), TimeZone: "America/Toronto",
			Number: texts().Draw(t, "number"), Section: rapid.SampledFrom([]order.FulfillmentType{order.Pickup, order.Curbside, order.Counter}).Draw(t, "section"),
			Promised: moment("promised"), Received: moment("received"), PrintedAt: moment("printed"), FirstSent: moment("sent"),
			Customer: texts().Draw(t, "customer"), Table: texts().Draw(t, "table"), Channel: texts().Draw(t, "channel"), Reference: texts().Draw(t, "reference"),
			Station: texts().Draw(t, "station"), Part: 1, Parts: 2, Others: rapid.SliceOfN(texts(), 0, 3).Draw(t, "others"),
			Note: texts().Draw(t, "note"), Sequence: rapid.IntRange(0, 2000).Draw(t, "sequence"), Replaces: rapid.IntRange(0, 2000).Draw(t, "replaces"),
		}
		switch ticket.Kind {
		case order.Kitchen:
			ticket.Lines = kitchenLines().Draw(t, "lines")
		case order.Changed:
			ticket.Lines, ticket.Added = kitchenLines().Draw(t, "lines"), kitchenLines().Draw(t, "added")
			fallthrough
		case order.Void:
			ticket.Removed = kitchenLines().Draw(t, "removed")
		}
		return ticket
	})
}

// TestNothingIsLost: everything that was sent is on paper, in order, and no line is too wide.
func TestNothingIsLost(t *testing.T) {
	all := profiles()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "profile")
		ticket := tickets().Draw(t, "ticket")
		said := bare(check(t, ticket, p).String())
		find := func(text string) {
			text = bare(p.Display(text))
			at := strings.Index(said, text)
			if at < 0 {
				t.Fatalf("%q is not in %q", text, said)
			}
			said = said[at+len(text):]
		}
		find(ticket.Number)
		find(ticket.Table)
		find(ticket.Customer)
		find(ticket.Channel)
		find(ticket.Reference)
		find(ticket.Station)
		find(ticket.Note)
		var findModifiers func([]order.Modifier)
		findModifiers = func(list []order.Modifier) {
			for _, m := range list {
				find(m.Name)
				findModifiers(m.Modifiers)
			}
		}
		for _, l := range slices.Concat(ticket.Removed, ticket.Added, ticket.Lines) {
			find(l.Name)
			findModifiers(l.Modifiers)
			find(l.Note)
		}
		for _, other := range ticket.Others {
			find(other)
		}
	})
}

// bare is a text without white, which wrapping changes.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func FuzzRender(f *testing.F) {
	f.Add("Burger", "Allergie : noix", "Élodie", 48)
	f.Add("a\x1bp\x00\x32\xfab\x10\x14\x01", "\x1d\x56\x00\x1b@", "\xff\xfe", 32)
	f.Add(strings.Repeat("œ", 500), strings.Repeat(" ", 99)+"\u00a0", "", 42)
	f.Fuzz(func(t *testing.T, name, text, customer string, columns int) {
		p := escpos.Generic(min(max(columns, 32), 60))
		ticket := normal()
		ticket.Number, ticket.Customer, ticket.Note, ticket.Reference = customer, customer, text, name
		ticket.Lines = []order.Line{{Name: name, Note: text, Quantity: 1, Modifiers: []order.Modifier{{Name: text}, {Name: name, Quantity: 2}}}}
		paper := check(t, ticket, p)
		if !utf8.ValidString(paper.String()) || strings.ContainsFunc(paper.String(), func(r rune) bool { return r < ' ' && r != '\n' }) {
			t.Errorf("control bytes in %q", paper)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	p, ticket := escpos.Generic(48), normal()
	for b.Loop() {
		if _, err := printer.Render(ticket, p); err != nil {
			b.Fatal(err)
		}
	}
}
