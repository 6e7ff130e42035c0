package order_test

import (
	"regexp"
	"testing"

	"comptoir/order"
)

func TestRescale(t *testing.T) {
	tests := []struct {
		name     string
		amount   int64
		digits   int
		currency string
		want     order.Money
		cause    order.Cause
	}{
		{"as it is", 1450, 2, "CAD", 1450, ""},
		{"from whole units", 14, 0, "CAD", 1400, ""},
		{"from three digits, exact", 14500, 3, "CAD", 1450, ""},
		{"from three digits, not exact", 14505, 3, "CAD", 0, order.BadAmount},
		{"from nine digits", 14_500_000_000, 9, "CAD", 1450, ""},
		{"yen from two digits", 145000, 2, "JPY", 1450, ""},
		{"yen from two digits, not exact", 145001, 2, "JPY", 0, order.BadAmount},
		{"yen from none", 1450, 0, "JPY", 1450, ""},
		{"dinars from two digits", 1450, 2, "KWD", 14500, ""},
		{"below zero", -150, 1, "CAD", -1500, ""},
		{"below zero, not exact", -155, 3, "CAD", 0, order.BadAmount},
		{"nothing", 0, 5, "CAD", 0, ""},
		{"the most", int64(order.MaxMoney), 2, "CAD", order.MaxMoney, ""},
		{"too much", int64(order.MaxMoney) + 1, 2, "CAD", 0, order.BadAmount},
		{"too much once scaled", int64(order.MaxMoney), 0, "CAD", 0, order.BadAmount},
		{"would overflow", 1 << 62, 0, "KWD", 0, order.BadAmount},
		{"would overflow below", -1 << 63, 0, "KWD", 0, order.BadAmount},
		{"digits below zero", 1, -1, "CAD", 0, order.BadAmount},
		{"too many digits", 1, 10, "CAD", 0, order.BadAmount},
		{"unknown currency", 1, 2, "XXX", 0, order.UnknownCurrency},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := order.Rescale(tt.amount, tt.digits, tt.currency)
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			refused(t, err, tt.cause)
		})
	}
}

func TestLedger(t *testing.T) {
	o := order.Order{Transactions: []order.Transaction{
		{ID: "a", Kind: order.Payment, Amount: 1000},
		{ID: "b", Kind: order.Payment, Amount: 500, Failed: true},
		{ID: "c", Kind: order.Fee, Amount: 90},
		{ID: "d", Kind: order.Refund, Amount: 300},
		{ID: "e", Kind: order.Refund, Amount: 200, Failed: true},
	}}
	if o.Captured() != 1000 || o.Refunded() != 300 || o.Refundable() != 700 {
		t.Errorf("captured %d, refunded %d, refundable %d", o.Captured(), o.Refunded(), o.Refundable())
	}
}

func TestIdentity(t *testing.T) {
	// the first 128 bits of SHA-256, reckoned elsewhere: hubs of all versions must find the same orders
	const want = "2NTGA0GQRP7YJK22NWK1JPXRJG"
	if got := order.Identity("demo-doordash", "4c6d7fc7"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	ulid := regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)
	seen := map[string][]string{}
	for _, names := range [][]string{nil, {""}, {"a"}, {"a", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"é"}} {
		id := order.Identity(names...)
		if !ulid.MatchString(id) {
			t.Errorf("%q: %s has not the form of a ULID", names, id)
		}
		// no name and an empty one are the same to the outside world
		if other, taken := seen[id]; taken && len(names) > 0 && len(other) > 0 {
			t.Errorf("%q and %q are both %s", names, other, id)
		}
		seen[id] = names
	}
}
