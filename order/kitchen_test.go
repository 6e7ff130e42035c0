package order_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
)

// dishes counts lines by what they ask for.
func dishes(t rapid.TB, lists ...[]order.Line) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, l := range slices.Concat(lists...) {
		quantity := l.Quantity
		l.ID, l.Quantity = "", 0
		counts[encode(t, l)] += quantity
	}
	return counts
}

func drawKitchen(t *rapid.T) []order.Line {
	var lines []order.Line
	for range rapid.IntRange(0, 5).Draw(t, "lines") {
		l := order.Line{
			ID:       rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id"),
			Name:     rapid.SampledFrom([]string{"Burger", "Café"}).Draw(t, "name"),
			Note:     rapid.SampledFrom([]string{"", "sans sel"}).Draw(t, "note"),
			Quantity: rapid.IntRange(1, 5).Draw(t, "quantity"),
		}
		if rapid.Bool().Draw(t, "with") {
			l.Modifiers = []order.Modifier{{Name: "Bacon", Quantity: rapid.IntRange(1, 2).Draw(t, "of it")}}
		}
		lines = append(lines, l)
	}
	return lines
}

// What the paper said, less what is removed, and what is added, is what is wanted now.
func TestDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawKitchen(t), drawKitchen(t)
		before0, after0 := encode(t, before), encode(t, after)
		d := order.Difference(before, after)
		if encode(t, before) != before0 || encode(t, after) != after0 {
			t.Fatal("the lines that were compared have changed")
		}
		if was := dishes(t, d.Unchanged, d.Removed); !maps.Equal(was, dishes(t, before)) {
			t.Fatalf("%v of %s", was, before0)
		}
		if is := dishes(t, d.Unchanged, d.Added); !maps.Equal(is, dishes(t, after)) {
			t.Fatalf("%v of %s", is, after0)
		}
		if d.Empty() != maps.Equal(dishes(t, before), dishes(t, after)) {
			t.Fatalf("empty is %v", d.Empty())
		}
		removed := dishes(t, d.Removed)
		for dish := range dishes(t, d.Added) {
			if removed[dish] > 0 {
				t.Fatalf("%s is both removed and added", dish)
			}
		}
	})
}

func TestDifferenceTells(t *testing.T) {
	burger := order.Line{ID: "1", Name: "Burger", Quantity: 2}
	with := func(change func(l *order.Line)) []order.Line {
		l := burger
		change(&l)
		return []order.Line{l}
	}
	tests := []struct {
		name           string
		after          []order.Line
		removed, added int
	}{
		{"the same", []order.Line{burger}, 0, 0},
		{"another id", with(func(l *order.Line) { l.ID = "9" }), 0, 0},
		{"no modifiers, said so", with(func(l *order.Line) { l.Modifiers = []order.Modifier{} }), 0, 0},
		{"another price", with(func(l *order.Line) { l.UnitPrice = 1 }), 0, 0},
		{"more", with(func(l *order.Line) { l.Quantity = 5 }), 0, 3},
		{"less", with(func(l *order.Line) { l.Quantity = 1 }), 1, 0},
		{"gone", nil, 2, 0},
		{"another note", with(func(l *order.Line) { l.Note = "sans sel" }), 2, 2},
		{"another modifier", with(func(l *order.Line) { l.Modifiers = []order.Modifier{{Name: "Bacon", Quantity: 1}} }), 2, 2},
		{"another station", with(func(l *order.Line) { l.Station = "bar" }), 2, 2},
		{"split in two lines", []order.Line{{ID: "2", Name: "Burger", Quantity: 1}, {ID: "3", Name: "Burger", Quantity: 1}}, 0, 0},
	}
	sum := func(lines []order.Line) (quantity int) {
		for _, l := range lines {
			quantity += l.Quantity
		}
		return quantity
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := order.Difference([]order.Line{burger}, tt.after)
			if sum(d.Removed) != tt.removed || sum(d.Added) != tt.added {
				t.Errorf("got %+v, want %d removed and %d added", d, tt.removed, tt.added)
			}
		})
	}
}

func ticket(station string, kind order.TicketKind, state order.TicketState, version int, lines []order.Line) order.Command {
	return order.Command{
		Type: order.Printed, By: "counter-1", Lines: lines,
		Ticket: &order.Ticket{Station: station, Kind: kind, State: state, Version: version},
	}
}

func TestKitchenLines(t *testing.T) {
	draft := supper()
	draft.Lines = append(draft.Lines, order.Line{Name: "Carte-cadeau", Quantity: 1, Station: "grill", Kind: order.DigitalLine})
	o := must(t, order.Order{}, ten, place(draft), do(order.Accept),
		order.Command{Type: order.CancelItems, Items: items("1", 1)})
	if lines := o.KitchenLines("grill"); len(lines) != 1 || lines[0].Quantity != 1 || lines[0].Cancelled != 0 {
		t.Errorf("grill makes %+v, want one burger", lines)
	}
	o = must(t, o, ten, ticket("terrasse", order.Kitchen, order.TicketSent, 2, nil))
	if got := o.Stations(); !slices.Equal(got, []string{"grill", "bar", "terrasse"}) {
		t.Errorf("stations %v", got)
	}
	o = must(t, o, ten, do(order.PartnerCancel))
	if lines := o.KitchenLines("grill"); len(lines) != 0 {
		t.Errorf("the grill still makes %+v of a cancelled order", lines)
	}
}

func TestPrinted(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()), do(order.Accept))
	grill := o.KitchenLines("grill")

	o = must(t, o, ten, ticket("grill", order.Kitchen, order.TicketUnconfirmed, 1, grill))
	if len(o.Printed) != 0 || o.Tickets[0].State != order.TicketUnconfirmed {
		t.Fatalf("an unconfirmed ticket is not on paper: %+v", o.Printed)
	}
	o = must(t, o, ten, ticket("grill", order.Kitchen, order.TicketPrinted, 1, grill))
	if len(o.Tickets) != 1 || o.Tickets[0].State != order.TicketPrinted || o.Tickets[0].By != "counter-1" {
		t.Fatalf("tickets %+v, want one that is printed", o.Tickets)
	}
	if paper := o.Printed["grill"]; paper.Version != 1 || len(paper.Lines) != len(grill) {
		t.Fatalf("the paper says %+v", paper)
	}
	o = must(t, o, ten, ticket("grill", order.Kitchen, order.TicketUnconfirmed, 1, grill))
	if o.Tickets[0].State != order.TicketPrinted {
		t.Error("doubt came after proof, and won")
	}
	o = must(t, o, ten, order.Command{Type: order.CancelItems, Items: items("1", 2)})
	o = must(t, o, ten, ticket("grill", order.Void, order.TicketSent, 2, nil))
	o = must(t, o, ten, ticket("grill", order.Kitchen, order.TicketSent, 1, grill))
	if paper := o.Printed["grill"]; paper.Version != 2 || len(paper.Lines) != 0 {
		t.Errorf("the paper says %+v: an older report won", paper)
	}
	if last := o.History[len(o.History)-1]; last.Contradicts {
		t.Errorf("%+v contradicts nothing", last)
	}
	o = must(t, o, ten, ticket("bar", order.Changed, order.TicketPrinted, 9, nil))
	if last := o.History[len(o.History)-1]; !last.Contradicts || last.What != order.WasPrinted {
		t.Errorf("%+v: a version that never was contradicts", last)
	}
}

func TestPrintedRefuses(t *testing.T) {
	o := must(t, order.Order{}, ten, place(supper()))
	for name, c := range map[string]order.Command{
		"no ticket":      {Type: order.Printed},
		"no station":     ticket("", order.Kitchen, order.TicketSent, 1, nil),
		"no version":     ticket("grill", order.Kitchen, order.TicketSent, 0, nil),
		"unknown kind":   ticket("grill", "poster", order.TicketSent, 1, nil),
		"not out yet":    ticket("grill", order.Kitchen, order.TicketQueued, 1, nil),
		"too many lines": ticket("grill", order.Kitchen, order.TicketSent, 1, make([]order.Line, order.MaxLines+1)),
	} {
		c.ID = name
		_, err := order.Apply(o, c, order.OwnPolicy(), ten)
		if order.KindOf(err) != order.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMentionsAllergy(t *testing.T) {
	for note, want := range map[string]bool{
		"ALLERGIE aux noix":     true,
		"allergic to nuts":      true,
		"Cœliaque, merci":       true,
		"intolérante au lait":   true,
		"risque d'anaphylaxie":  true,
		"sans oignon":           false,
		"":                      false,
		"bien cuit, s'il vous…": false,
	} {
		if got := order.MentionsAllergy(note); got != want {
			t.Errorf("%q: %v", note, got)
		}
	}
}

func TestCombine(t *testing.T) {
	burger := order.Line{ID: "1", Name: "Burger", PLU: "B", Quantity: 2, Modifiers: []order.Modifier{{Name: "bacon", Quantity: 1}}}
	plain, noted, again := burger, burger, burger
	plain.ID, plain.Modifiers = "2", nil
	noted.ID, noted.Note = "3", "saignant"
	again.ID, again.Quantity = "4", 3
	all := []order.Line{burger, plain, noted, again}
	got := order.Combine(all)
	if len(got) != 3 || got[0].Quantity != 5 || got[1].Quantity != 2 || got[2].Quantity != 2 || all[0].Quantity != 2 {
		t.Errorf("got %+v", got)
	}
	if d := order.Difference(all, got); !d.Empty() {
		t.Errorf("it asks for something else: %+v", d)
	}
	if got := order.Combine(nil); len(got) != 0 {
		t.Errorf("got %+v of nothing", got)
	}
}

// A discarded ticket counts as told, until its paper comes out after all.
func TestDiscardedTicket(t *testing.T) {
	report := func(o order.Order, id string, state order.TicketState, version int, lines ...order.Line) order.Order {
		t.Helper()
		next, err := order.Apply(o, order.Command{
			ID: id, Type: order.Printed, Lines: lines,
			Ticket: &order.Ticket{Station: "grill", Kind: order.Kitchen, State: state, Version: version},
		}, order.OwnPolicy(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	burger := order.Line{ID: "1", Name: "Burger", Quantity: 2}
	o := order.Order{ID: "o", Revision: 1, KitchenVersion: 1}
	o = report(o, "1", order.TicketUnconfirmed, 1, burger)
	if len(o.Printed) != 0 {
		t.Errorf("unconfirmed: %+v", o.Printed)
	}
	o = report(o, "2", order.TicketDiscarded, 1, burger)
	if got := o.Printed["grill"]; got.Version != 1 || len(got.Lines) != 1 || o.Tickets[0].State != order.TicketDiscarded {
		t.Errorf("discarded: %+v, %+v", got, o.Tickets)
	}
	o = report(o, "3", order.TicketUnconfirmed, 1, burger)
	if got := o.Tickets[0].State; got != order.TicketDiscarded {
		t.Errorf("unconfirmed comes late: %s", got)
	}
	o = report(o, "4", order.TicketSent, 1, burger)
	o = report(o, "5", order.TicketDiscarded, 1, burger)
	if got := o.Tickets[0].State; got != order.TicketSent || len(o.Tickets) != 1 {
		t.Errorf("printed, and discarded late: %s", got)
	}
}
