package model

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// noon is 12 h 17 in Montréal, the clock of the mockups.
var noon = time.Date(2026, 11, 23, 17, 17, 30, 0, time.UTC)

var plateau = shop.Location{
	ID: "plateau", Name: "Plateau", TimeZone: "America/Toronto", Currency: "CAD", Language: French,
	DayStarts: "04:00", PrintAheadMinutes: 60,
	Stations: []shop.Station{{ID: "grill", Name: "Cuisine chaude", Default: true}, {ID: "bar", Name: "Bar"}},
	Connections: []shop.Connection{
		{ID: "dd", Partner: "doordash", Policy: order.Policy{Accept: true, Reject: true}, Contact: shop.Contact{Phone: "855-222-8111"}},
		{ID: "ue", Partner: "deliverect", Policy: order.Policy{Accept: true, Reject: true, Delay: true}},
	},
}

func wordsOf(t testing.TB, language string) *Words {
	t.Helper()
	w, err := LoadWords(language)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// plain has ordinary spaces, as people write them in tests.
func plain(text string) string { return strings.ReplaceAll(text, nbsp, " ") }

// draft is a DoorDash order for pickup at 12 h 20.
func draft(number string) order.Order {
	return order.Order{
		ID: "id-" + number, Location: "plateau", Channel: "DoorDash", Connection: "dd", Number: number, Currency: "CAD",
		PlacedAt: noon.Add(-10 * time.Minute), PreparationMinutes: 8,
		Customer:    order.Customer{Name: "Élodie Gagnon", Phone: "514 555-0148"},
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: at("12:20")},
		Lines: []order.Line{
			{
				ID: "1", Name: "Steak frites", Category: "Plats", Station: "grill", Quantity: 2, UnitPrice: 2800,
				Modifiers: []order.Modifier{{Name: "saignant", Quantity: 1}, {Name: "sauce au poivre", Quantity: 1, UnitPrice: 150}},
				Note:      "Allergie : arachides",
			},
			{ID: "2", Name: "Soupe à l’oignon", Category: "Plats", Station: "grill", Quantity: 1, UnitPrice: 1300, Note: "bien chaude, svp"},
		},
		Totals:       order.Totals{Subtotal: 7200, Tax: 1078, Total: 8278},
		Transactions: []order.Transaction{{ID: "p", Kind: order.Payment, Method: order.Platform, Amount: 8278}},
	}
}

// at is a local time of the mockups' day.
func at(hhmm string) time.Time {
	clock, err := time.Parse("15:04", hhmm)
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 23, clock.Hour()+5, clock.Minute(), 0, 0, time.UTC)
}

func with(o order.Order, change func(*order.Order)) order.Order {
	change(&o)
	return o
}

// run applies commands to a draft, each 10 minutes before noon unless it says when.
func run(t rapid.TB, o order.Order, commands ...order.Command) order.Order {
	t.Helper()
	o, err := order.Apply(order.Order{}, order.Command{ID: "place", Type: order.Place, At: o.PlacedAt, Order: &o, By: o.Connection}, order.OwnPolicy(), noon)
	for i, c := range commands {
		if err != nil {
			break
		}
		if c.At.IsZero() {
			c.At = noon.Add(-10 * time.Minute)
		}
		if c.By == "" {
			c.By = "counter-1"
		}
		c.ID = fmt.Sprint(c.Type, i)
		o, err = order.Apply(o, c, order.OwnPolicy(), noon)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func do(types ...order.CommandType) []order.Command {
	var commands []order.Command
	for _, t := range types {
		commands = append(commands, order.Command{Type: t})
	}
	return commands
}

// state is what a screen of these orders is made from.
func state(t testing.TB, language string, orders ...order.Order) State {
	return State{
		Now: noon, Words: wordsOf(t, language), Settings: NewSettings([]shop.Location{plateau}), Orders: orders,
		Link:   terminal.Event{Kind: terminal.EventLink, Online: true},
		Choice: Choice{Place: PlaceOrders, Section: All, Tab: TabItems, PerPage: 5},
	}
}

func places() []Place { return []Place{PlaceOrders, PlacePrinters, PlaceMore} }

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if plain(got) != want {
		t.Errorf("%s: got %q, want %q", what, plain(got), want)
	}
}
