package order

import (
	"fmt"
	"time"
)

// Money is an amount in minor units of the order's currency (1450 = 14.50 CAD).
type Money int64

// MaxMoney bounds every single amount, so that sums of an order never overflow: ten billion
// minor units, times MaxLines and MaxQuantity, stay far below 2^63.
const MaxMoney Money = 10_000_000_000

// Digits returns how many decimal digits the minor unit of an ISO 4217 currency has, and
// whether the code is one that Comptoir knows.
func Digits(currency string) (digits int, known bool) {
	switch currency {
	case "CAD", "USD", "EUR", "GBP", "CHF", "AUD", "NZD", "MXN", "SEK", "DKK", "NOK", "PLN", "CZK",
		"HUF", "RON", "AED", "SAR", "QAR", "ZAR", "BRL", "MAD", "SGD", "HKD", "INR", "ILS", "TRY", "THB":
		return 2, true
	case "JPY", "KRW", "CLP", "VND", "ISK", "XPF", "XOF", "XAF":
		return 0, true
	case "KWD", "BHD", "OMR", "JOD", "TND":
		return 3, true
	}
	return 0, false
}

// Rescale converts an integer with the given decimal digits to the currency's minor units.
// It is refused if it would not be exact (Deliverect's decimalDigits, partners.md A3).
func Rescale(amount int64, digits int, currency string) (Money, error) {
	want, known := Digits(currency)
	if !known {
		return 0, &Error{Kind: Invalid, Cause: UnknownCurrency, Detail: currency}
	}
	if digits < 0 || digits > 9 {
		return 0, &Error{Kind: Invalid, Cause: BadAmount, Detail: fmt.Sprintf("%d decimal digits", digits)}
	}
	for ; digits < want; digits++ {
		if amount > int64(MaxMoney) || amount < -int64(MaxMoney) {
			return 0, &Error{Kind: Invalid, Cause: BadAmount, Detail: "amount too large"}
		}
		amount *= 10
	}
	for ; digits > want; digits-- {
		if amount%10 != 0 {
			return 0, &Error{Kind: Invalid, Cause: BadAmount, Detail: fmt.Sprintf("not a whole number of minor units of %s", currency)}
		}
		amount /= 10
	}
	if amount > int64(MaxMoney) || amount < -int64(MaxMoney) {
		return 0, &Error{Kind: Invalid, Cause: BadAmount, Detail: "amount too large"}
	}
	return Money(amount), nil
}

// Totals are the sums as the channel sent them; they are invariants only of orders that we
// price ourselves. Discount is positive and lowers the total.
type Totals struct {
	Subtotal Money `json:"subtotal"`
	Tax      Money `json:"tax"`
	Tip      Money `json:"tip"`
	Fees     Money `json:"fees"`
	Discount Money `json:"discount"`
	Total    Money `json:"total"`
}

// TransactionKind is what a line of the ledger is about.
type TransactionKind string

// The kinds of transaction.
const (
	Payment TransactionKind = "payment"
	Refund  TransactionKind = "refund"
	Fee     TransactionKind = "fee"
)

// Method is how money moved.
type Method string

// The methods of payment of the contract; Platform is a payment that a platform collected.
const (
	Card     Method = "card"
	Cash     Method = "cash"
	GiftCard Method = "gift_card"
	Platform Method = "platform"
)

// Transaction is one line of the ledger. It is never rewritten, but for a refund that failed.
type Transaction struct {
	ID     string          `json:"id"`
	Kind   TransactionKind `json:"kind"`
	Method Method          `json:"method"`
	Amount Money           `json:"amount"`
	At     time.Time       `json:"at"`
	Failed bool            `json:"failed,omitempty"`
}

// Captured is the money received.
func (o Order) Captured() Money { return o.sum(Payment) }

// Refunded is the money given back, or on its way.
func (o Order) Refunded() Money { return o.sum(Refund) }

// Refundable is what can still be given back.
func (o Order) Refundable() Money { return o.Captured() - o.Refunded() }

func (o Order) sum(kind TransactionKind) Money {
	var sum Money
	for _, t := range o.Transactions {
		if t.Kind == kind && !t.Failed {
			sum += t.Amount
		}
	}
	return sum
}
