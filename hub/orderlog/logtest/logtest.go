// Package logtest holds what every orderlog.Log must do, whatever keeps it.
package logtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// Open makes a log that is new and empty, goes by this clock, and keeps DefaultRetention.
type Open func(t *testing.T, now func() time.Time) orderlog.Log

// Run tests the logs that open makes, and closes them.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){"Horizon": testHorizon, "Hot": testHot, "HotAtRandom": testHotAtRandom, "WrongClock": testWrongClock} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
	tests := []struct {
		name string
		test func(t *testing.T, l orderlog.Log)
	}{
		{"Append", testAppend},
		{"AppendRefuses", testAppendRefuses},
		{"AppendMovesPlacedAt", testAppendMovesPlacedAt},
		{"OneWinnerPerRevision", testOneWinner},
		{"ManyWriters", testManyWriters},
		{"Context", testContext},
		{"Close", testClose},
		{"Changes", testChanges},
		{"CursorRules", testCursorRules},
		{"Orders", testOrders},
		{"OrdersWhileWriting", testOrdersWhileWriting},
		{"EachOpen", testEachOpen},
		{"EachNew", testEachNew},
		{"Names", testNames},
		{"Watch", testWatch},
		{"Model", testModel},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, time.Now)
			defer mustClose(t, l)
			tt.test(t, l)
		})
	}
}

func mustClose(t failer, l orderlog.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// Epoch is when the first of the sample orders was placed.
var Epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// Sample is an accepted order of about 2 KB of JSON, at its first revision.
func Sample(location, id string) order.Order {
	o := order.Order{
		ID: id, Location: location, Revision: 1,
		Channel: "Uber Eats", Connection: "deliverect-1", Reference: "ref-" + id, Number: "A12",
		Status:      order.Accepted,
		Fulfillment: order.Fulfillment{Type: order.Delivery, PromisedAt: Epoch.Add(30 * time.Minute)},
		PlacedAt:    Epoch, AcceptedAt: Epoch, PreparationMinutes: 20, KitchenVersion: 1,
		Customer: order.Customer{Name: "Zoë <Tremblay> & fils", Phone: "+1 514 555 0199"},
		Note:     "Allergie aux arachides",
		Currency: "CAD", Tickets: []order.Ticket{}, Transactions: []order.Transaction{},
	}
	for i := range 5 {
		o.Lines = append(o.Lines, order.Line{
			ID: fmt.Sprint(i + 1), PLU: fmt.Sprintf("PLU-%04d", i), Name: "Poutine au fromage en grains",
			Category: "Plats", Station: "cuisine", Quantity: 2, UnitPrice: 1299, Kind: order.Physical,
			Modifiers: []order.Modifier{{Name: "Sauce à part", Quantity: 1}},
		})
	}
	return o
}

// Later is the order after one more command.
func Later(o order.Order) order.Order {
	o = o.Clone()
	o.Revision++
	o.History = append(o.History, order.Entry{
		At: Epoch.Add(time.Duration(o.Revision) * time.Second), By: "terminal-1", What: order.WasDelayed,
		Command: fmt.Sprintf("%s-%d", o.ID, o.Revision),
	})
	return o
}

func mustAppend(t failer, l orderlog.Log, o order.Order, expected int64) wire.Cursor {
	t.Helper()
	at, err := l.Append(context.Background(), o, expected)
	if err != nil {
		t.Fatalf("Append(%q, revision %d, expected %d): %v", o.ID, o.Revision, expected, err)
	}
	return at
}

func mustChanges(t failer, l orderlog.Log, location string, after wire.Cursor, limit int) ([]orderlog.Change, wire.Cursor) {
	t.Helper()
	changes, head, err := l.Changes(location, after, limit)
	if err != nil {
		t.Fatalf("Changes(%q, %+v, %d): %v", location, after, limit, err)
	}
	return changes, head
}

func mustHead(t failer, l orderlog.Log, location string) wire.Cursor {
	t.Helper()
	head, err := l.Head(location)
	if err != nil {
		t.Fatalf("Head(%q): %v", location, err)
	}
	return head
}

// mustOrders reads all pages.
func mustOrders(t failer, l orderlog.Log, location string, limit int) []order.Order {
	t.Helper()
	var all []order.Order
	for after := ""; ; {
		page, next, err := l.Orders(location, after, limit)
		if err != nil {
			t.Fatalf("Orders(%q, %q, %d): %v", location, after, limit, err)
		}
		if len(page) > limit {
			t.Fatalf("Orders(%q, limit %d): a page of %d", location, limit, len(page))
		}
		if all = append(all, page...); next == "" {
			return all
		}
		after = next
	}
}

func mustOpen(t failer, l orderlog.Log, location string) []order.Order {
	t.Helper()
	var open []order.Order
	if err := l.EachOpen(location, func(o order.Order) bool { open = append(open, o); return true }); err != nil {
		t.Fatalf("EachOpen(%q): %v", location, err)
	}
	return open
}

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func wantError(t failer, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func wantSame(t failer, what string, got, want order.Order) {
	t.Helper()
	if g, w := encode(t, got), encode(t, want); !bytes.Equal(g, w) {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func wantIDs(t failer, what string, got []order.Order, want ...string) {
	t.Helper()
	ids := make([]string, len(got))
	for i, o := range got {
		ids[i] = o.ID
	}
	if g, w := strings.Join(ids, " "), strings.Join(want, " "); g != w {
		t.Errorf("%s: got %q, want %q", what, g, w)
	}
}

func encode(t failer, o order.Order) []byte {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatalf("encode order %q: %v", o.ID, err)
	}
	return raw
}
