package order_test

import (
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

func TestPlace(t *testing.T) {
	draft := supper()
	draft.PlacedAt = time.Time{}
	draft.Fulfillment.PromisedAt = ten.Add(30 * time.Minute).In(time.FixedZone("", -5*3600))
	draft.Lines = append(draft.Lines, order.Line{ID: "1", Name: "Frites", Quantity: 1}, order.Line{ID: "1", Name: "Thé", Quantity: 1})
	// only commands may set these
	draft.Revision, draft.Status, draft.KitchenVersion, draft.ReadyAt = 9, order.Ready, 4, ten
	draft.Lines[0].Fulfilled = 2
	draft.Tickets = []order.Ticket{{Station: "grill"}}
	draft.History = []order.Entry{{Command: "place"}}

	o := must(t, order.Order{}, ten, place(draft))
	if o.Revision != 1 || o.Status != order.New || o.KitchenVersion != 0 || !o.ReadyAt.IsZero() ||
		o.Lines[0].Fulfilled != 0 || len(o.Tickets) != 0 || len(o.History) != 1 {
		t.Errorf("the draft set what only commands may: %+v", o)
	}
	if !o.PlacedAt.Equal(ten) || o.Fulfillment.PromisedAt.Location() != time.UTC || o.Transactions[0].At != ten {
		t.Errorf("placed %v, promised %v, paid %v", o.PlacedAt, o.Fulfillment.PromisedAt, o.Transactions[0].At)
	}
	ids := map[string]bool{}
	for _, l := range o.Lines {
		if l.ID == "" || ids[l.ID] || l.Kind != order.Physical || l.Modifiers == nil {
			t.Errorf("line %+v", l)
		}
		ids[l.ID] = true
	}
	if !o.Partner() || !o.Uncategorized() {
		t.Error("a platform's order with lines of no category")
	}
	if err := check(o); err != nil {
		t.Error(err)
	}
	if again, err := order.Apply(o, place(draft), order.OwnPolicy(), ten); err != nil || again.Revision != 1 {
		t.Errorf("placed again: %v", err)
	}
	if must(t, order.Order{}, ten, place(supper())).Uncategorized() {
		t.Error("every line has its category")
	}
}

func TestPlaceRefuses(t *testing.T) {
	long, longer := strings.Repeat("x", 201), strings.Repeat("é", order.MaxText+1)
	deep := []order.Modifier{{Name: "M", Quantity: 1}}
	for range order.MaxDepth {
		deep = []order.Modifier{{Name: "M", Quantity: 1, Modifiers: deep}}
	}
	payment := order.Transaction{ID: "p1", Kind: order.Payment, Method: order.Card, Amount: 1}
	many := make([]order.Transaction, order.MaxLines+1)
	tests := []struct {
		name  string
		spoil func(o *order.Order)
		want  order.Cause
	}{
		{"no id", func(o *order.Order) { o.ID = "" }, order.BadField},
		{"long id", func(o *order.Order) { o.ID = long }, order.BadField},
		{"no location", func(o *order.Order) { o.Location = "" }, order.BadField},
		{"currency", func(o *order.Order) { o.Currency = longer }, order.UnknownCurrency},
		{"fulfillment", func(o *order.Order) { o.Fulfillment.Type = "drone" }, order.BadField},
		{"preparation", func(o *order.Order) { o.PreparationMinutes = 1441 }, order.BadField},
		{"reference", func(o *order.Order) { o.Reference = long }, order.TooMany},
		{"note", func(o *order.Order) { o.Note = longer }, order.TooMany},
		{"customer", func(o *order.Order) { o.Customer.Name = longer }, order.TooMany},
		{"year that JSON cannot hold", func(o *order.Order) {
			o.Fulfillment.PromisedAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
		}, order.BadField},
		{"year that a delay cannot hold", func(o *order.Order) { o.AcceptBy = time.Date(9999, 12, 31, 23, 59, 0, 0, time.UTC) }, order.BadField},
		{"year of a payment", func(o *order.Order) { o.Transactions[0].At = time.Unix(0, 0) }, order.BadField},
		{"year of a courier", func(o *order.Order) { o.Courier = &order.Courier{At: time.Unix(0, 0)} }, order.BadField},
		{"totals below 0", func(o *order.Order) { o.Totals.Tax = -1 }, order.BadAmount},
		{"totals too high", func(o *order.Order) { o.Totals.Total = order.MaxMoney + 1 }, order.BadAmount},
		{"payment without id", func(o *order.Order) { o.Transactions[0].ID = "" }, order.BadField},
		{"payment twice", func(o *order.Order) { o.Transactions = []order.Transaction{payment, payment} }, order.BadField},
		{"refund", func(o *order.Order) { o.Transactions[0].Kind = order.Refund }, order.BadField},
		{"method", func(o *order.Order) { o.Transactions[0].Method = "shells" }, order.BadField},
		{"payment below 0", func(o *order.Order) { o.Transactions[0].Amount = -1 }, order.BadAmount},
		{"gift card", func(o *order.Order) { o.Transactions[0].Method = order.GiftCard }, order.GiftCardRefused},
		{"too many payments", func(o *order.Order) { o.Transactions = many }, order.TooMany},
		{"no lines", func(o *order.Order) { o.Lines = nil }, order.NoLines},
		{"too many lines", func(o *order.Order) { o.Lines = make([]order.Line, order.MaxLines+1) }, order.TooMany},
		{"line without a name", func(o *order.Order) { o.Lines[0].Name = "" }, order.BadField},
		{"long PLU", func(o *order.Order) { o.Lines[0].PLU = long }, order.TooMany},
		{"quantity", func(o *order.Order) { o.Lines[0].Quantity = 0 }, order.BadQuantity},
		{"price", func(o *order.Order) { o.Lines[0].UnitPrice = -order.MaxMoney - 1 }, order.BadAmount},
		{"kind", func(o *order.Order) { o.Lines[0].Kind = "liquid" }, order.BadField},
		{"modifier without a name", func(o *order.Order) { o.Lines[0].Modifiers = []order.Modifier{{Quantity: 1}} }, order.BadField},
		{"modifier's quantity", func(o *order.Order) { o.Lines[0].Modifiers = []order.Modifier{{Name: "M"}} }, order.BadQuantity},
		{"modifier's price", func(o *order.Order) {
			o.Lines[0].Modifiers = []order.Modifier{{Name: "M", Quantity: 1, UnitPrice: order.MaxMoney + 1}}
		}, order.BadAmount},
		{"modifiers too deep", func(o *order.Order) { o.Lines[0].Modifiers = deep }, order.TooMany},
		{"too many modifiers", func(o *order.Order) {
			for range order.MaxModifiers + 1 {
				o.Lines[0].Modifiers = append(o.Lines[0].Modifiers, order.Modifier{Name: "M", Quantity: 1})
			}
		}, order.TooMany},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			draft := supper()
			tt.spoil(&draft)
			_, err := order.Apply(order.Order{}, place(draft), order.Policy{Accept: true}, ten)
			refused(t, err, tt.want)
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("the refusal repeats %d bytes of the draft", len(err.Error()))
			}
		})
	}
	_, err := order.Apply(order.Order{}, do(order.Place), order.OwnPolicy(), ten)
	refused(t, err, order.MissingID)
	_, err = order.Apply(order.Order{}, order.Command{ID: "x", Type: order.Place}, order.OwnPolicy(), ten)
	refused(t, err, order.BadField)
}

// FuzzOrderJSON: no JSON makes Place panic, and what it took is an order that the log can keep
// and that commands keep right.
func FuzzOrderJSON(f *testing.F) {
	draft := supper()
	f.Add([]byte(encode(f, draft)))
	f.Add([]byte(encode(f, must(f, order.Order{}, ten, place(draft), do(order.Accept), do(order.CancelItems)))))
	f.Add([]byte(`{"id":"a","location":"l","currency":"CAD","fulfillment":{"type":"pickup","promisedAt":"0000-01-01T00:00:00+23:59"},"lines":[{"name":"x","quantity":1}]}`))
	f.Add([]byte(`{"id":"a","location":"l","currency":"JPY","fulfillment":{"type":"digital","promisedAt":"9999-12-31T23:59:59Z"},"lines":[{"name":"x","quantity":9999,"kind":"digital"}],"printed":{"":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var draft order.Order
		if err := decode(data, &draft); err != nil {
			return
		}
		o, err := order.Apply(order.Order{}, place(draft), order.OwnPolicy(), ten)
		if err != nil {
			return
		}
		if err := check(o); err != nil {
			t.Fatal(err)
		}
		types := append(order.ScreenCommands(), order.PartnerCancel)
		for _, kind := range append([]order.CommandType{order.Delay}, types...) {
			c := order.Command{ID: "c" + string(kind), Type: kind, Minutes: 5, Order: &draft}
			if o, _ = order.Apply(o, c, order.OwnPolicy(), ten); check(o) != nil {
				t.Fatal(kind, check(o))
			}
		}
	})
}
