package order

import (
	"strconv"
	"strings"
)

const (
	noBreak = "\u00a0" // keeps "24,50 $" on one line
	minus   = "\u2212"
	// french is the language with a comma; every other writes as English does.
	french = "fr"
)

// Text writes an amount with its currency as a language does: "24,50 $" in "fr", "$24.50" in
// "en". Screens, receipts and mails use it alike.
func (m Money) Text(currency, language string) string {
	number := m.Number(currency, language)
	symbol := currency
	switch currency {
	case "CAD":
		symbol = "$"
	case "USD":
		if symbol = "$"; language == french {
			symbol = "$" + noBreak + "US"
		}
	case "EUR":
		symbol = "€"
	case "GBP":
		symbol = "£"
	case "JPY":
		symbol = "¥"
	}
	if language == french {
		return number + noBreak + symbol
	}
	if symbol == currency { // a code, not a sign
		symbol += noBreak
	}
	if positive, negative := strings.CutPrefix(number, minus); negative {
		return minus + symbol + positive
	}
	return symbol + number
}

// Number writes an amount without its currency: "59,00", "1,234.50".
func (m Money) Number(currency, language string) string {
	point, thousands := ".", ","
	if language == french {
		point, thousands = ",", noBreak
	}
	places, known := Digits(currency)
	if !known {
		places = 2
	}
	sign, digits := "", strconv.FormatInt(int64(m), 10)
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = minus, rest
	}
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, part := digits[:len(digits)-places], digits[len(digits)-places:]
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(digit)
	}
	if places > 0 {
		b.WriteString(point + part)
	}
	return b.String()
}

// Price is what the whole line costs, its modifiers included.
func (l Line) Price() Money { return Money(l.Quantity) * (l.UnitPrice + prices(l.Modifiers)) }

func prices(modifiers []Modifier) Money {
	var sum Money
	for _, m := range modifiers {
		sum += Money(m.Quantity) * (m.UnitPrice + prices(m.Modifiers))
	}
	return sum
}
