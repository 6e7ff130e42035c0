package terminal_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/shop"
	"comptoir/terminal"
)

func TestPlaceOffline(t *testing.T) {
	tl, h := alone(t)
	c := order.Command{ID: commandID(), Order: &order.Order{
		Lines: []order.Line{{Name: "Burger façon Comptoir", Category: "Burgers", Quantity: 1}, {Name: "Surprise", Quantity: 2}},
	}}
	o, err := tl.service.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != order.Accepted || o.Number != "1-001" || o.Channel != "counter" || o.Location != "plateau" || o.Currency != "CAD" ||
		o.Fulfillment.Type != order.Counter || o.PreparationMinutes != 20 || !o.PlacedAt.Equal(ten) || o.Lines[1].Station != "grill" {
		t.Errorf("placed %+v", o)
	}
	if again, err := tl.service.Place(c); err != nil || again.ID != o.ID || again.Revision != o.Revision || again.Number != "1-001" {
		t.Errorf("the same tap again: %s, revision %d, %v", again.Number, again.Revision, err)
	}
	if next := tl.sell(1, 0); next.Number != "1-002" {
		t.Errorf("the next number is %s", next.Number)
	}
	var kinds []string
	for _, p := range tl.pending() {
		kinds = append(kinds, string(p.Command.Type))
	}
	if got, want := fmt.Sprint(kinds), "[Place Accept Place Accept]"; got != want {
		t.Errorf("pending: %s, want %s", got, want)
	}
	says(t, "kitchen 1×Burger 2×Surprise; kitchen 1×Burger", tl.print("grill")...)

	h.meet(tl)
	if got := h.orders[o.ID]; got.Status != order.Accepted || got.Printed["grill"].Version != 1 {
		t.Errorf("the hub has it %s, printed %+v", got.Status, got.Printed)
	}
	tl.none("grill")
}

func TestWhatPlaceRefuses(t *testing.T) {
	tl, _ := alone(t)
	for name, c := range map[string]struct {
		draft *order.Order
		want  order.Cause
	}{
		"nothing":          {nil, order.BadField},
		"no lines":         {&order.Order{}, order.NoLines},
		"unknown location": {&order.Order{Location: "elsewhere", Lines: lines(1, 0)}, order.BadField},
	} {
		if _, err := tl.service.Place(order.Command{Order: c.draft}); order.CauseOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if o := tl.sell(1, 0); o.Number != "1-001" {
		t.Errorf("refused orders took numbers: the next is %s", o.Number)
	}
}

// Two locations need a name, one does not; names of devices tell numbers apart.
func TestPlaceOfSeveralLocations(t *testing.T) {
	h := newHub(t)
	tl := newTill(t, t.TempDir(), "Kiosque", ten, &h.papers)
	defer tl.close()
	other := plateau()
	other.ID = "mile-end"
	tl.ok(tl.service.Locations([]shop.Location{plateau(), other}))
	if _, err := tl.service.Place(order.Command{Order: &order.Order{Lines: lines(1, 0)}}); order.CauseOf(err) != order.BadField {
		t.Errorf("without a location: %v", err)
	}
	for _, location := range []string{"plateau", "mile-end"} {
		o, err := tl.service.Place(order.Command{Order: &order.Order{Location: location, Lines: lines(1, 0)}})
		if err != nil || o.Number != "Kiosque-001" {
			t.Errorf("%s: %s, %v", location, o.Number, err)
		}
	}
}

// The cook's paper of a counter order is that of the same order from a platform.
func TestCounterTicketIsLikeAnyOther(t *testing.T) {
	tl, h := alone(t)
	tl.sell(2, 1)
	h.comes(func(o *order.Order) { o.Fulfillment.Type = order.Counter })
	h.meet(tl)
	for _, station := range []string{"grill", "bar"} {
		tickets := tl.print(station)
		if len(tickets) != 2 {
			t.Fatalf("%s: %s", station, brief(tickets...))
		}
		counter, online := tickets[0], tickets[1]
		if !reflect.DeepEqual(counter.Lines, online.Lines) {
			t.Errorf("%s has %+v, online %+v", station, counter.Lines, online.Lines)
		}
		// but for whose it is
		counter.Number, counter.Channel, counter.Reference, counter.Sequence = online.Number, online.Channel, online.Reference, online.Sequence
		if !bytes.Equal(render(t, counter), render(t, online)) {
			t.Errorf("%s: the two look different", station)
		}
	}
}

func render(t *testing.T, ticket terminal.Ticket) []byte {
	t.Helper()
	data, err := printer.Render(ticket, escpos.Generic(48))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// numbers are those of an order sold now, and of its ticket.
func (tl *till) numbers() string {
	tl.t.Helper()
	o := tl.sell(1, 0)
	return fmt.Sprintf("%s %d", o.Number, tl.one("grill").Sequence)
}

func TestBusinessDay(t *testing.T) {
	for name, c := range map[string]struct {
		zone, starts string
		last         time.Time // the last second of a day
	}{
		"Montréal, four o'clock":           {"America/Toronto", "04:00", time.Date(2026, 11, 24, 8, 59, 59, 0, time.UTC)},
		"Montréal, the spring change":      {"America/Toronto", "04:00", time.Date(2026, 3, 8, 7, 59, 59, 0, time.UTC)},
		"Montréal, the autumn change":      {"America/Toronto", "04:00", time.Date(2026, 11, 1, 8, 59, 59, 0, time.UTC)},
		"Montréal, a start that is missed": {"America/Toronto", "02:30", time.Date(2026, 3, 8, 7, 29, 59, 0, time.UTC)},
		"Montréal, a start that is twice":  {"America/Toronto", "01:30", time.Date(2026, 11, 1, 5, 29, 59, 0, time.UTC)},
		"Tongatapu, at +13":                {"Pacific/Tongatapu", "04:00", time.Date(2026, 11, 23, 14, 59, 59, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			tl, h := alone(t)
			h.location.TimeZone, h.location.DayStarts = c.zone, c.starts
			h.join(tl)
			tl.clock.set(c.last.Add(-20 * time.Hour))
			check := func(want string) {
				t.Helper()
				if got := tl.numbers(); got != want {
					t.Errorf("at %v: %s, want %s", tl.clock.Now(), got, want)
				}
			}
			check("1-001 1")
			tl.clock.set(c.last)
			tl.restart() // numbers are on disk
			check("1-002 2")
			tl.clock.add(time.Second)
			check("1-001 1")
			tl.clock.add(22*time.Hour + 59*time.Minute)
			check("1-002 2")
		})
	}
}

// An id is one command: with another order's, which still waits, nothing would go to the hub.
func TestAnIDOfAnotherOrder(t *testing.T) {
	tl, h := alone(t)
	first, second := h.comes(nil), h.comes(nil)
	h.meet(tl)
	for i, id := range []string{first, second, first} {
		_, err := tl.service.Do(order.Command{ID: "mine", Type: order.Start, OrderID: id})
		if refused := order.KindOf(err) == order.Invalid; refused != (i == 1) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if o := tl.order(second); o.Status != order.Accepted || len(tl.pending()) != 1 {
		t.Errorf("it is %s, and %d commands wait", o.Status, len(tl.pending()))
	}
}

// By a clock that no order can be of, a sale is refused, and nothing breaks.
func TestPlaceBeforeAnyTime(t *testing.T) {
	tl, _ := alone(t)
	tl.clock.set(time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC))
	_, err := tl.service.Place(order.Command{Order: &order.Order{Lines: lines(1, 0)}})
	if order.KindOf(err) != order.Invalid || len(tl.service.Orders()) != 0 {
		t.Errorf("got %v", err)
	}
}
