package model

import (
	"strconv"

	"comptoir/order"
)

// MoneyQuestion asks how much: a refund, what is in the drawer. It is typed in minor units, so
// that no decimal sign has to be typed or can be forgotten.
type MoneyQuestion struct {
	Title string
	// Text says what it is about: "Payée 98,88 $ par Visa".
	Text     string
	Currency string
	// Most is the highest amount that it may be.
	Most order.Money
	// Action is the key of what the button says, with a place {amount}.
	Action string
}

// MoneySheet is the sheet of a question at one moment.
type MoneySheet struct {
	Title, Text string
	// Label is that of the line, Shown what it shows, and Wrong what is wrong with it.
	Label, Shown, Wrong string
	// Limit is how many digits the line takes.
	Limit int
	// Next says what will happen and how much; locked where it cannot be so much.
	Next SetupButton
	// Stay says what the other way out leaves.
	Stay  string
	Close string
	Below string
}

// mostDigits keeps every amount that can be typed far within an int64.
const mostDigits = 9

// Typed is the amount that digits stand for; none are 0.
func (q MoneyQuestion) Typed(digits string) order.Money {
	amount, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || len(digits) > mostDigits {
		return 0
	}
	return order.Money(amount)
}

// Sheet asks the question, with what was typed so far.
func (q MoneyQuestion) Sheet(w *Words, digits string) MoneySheet {
	amount := q.Typed(digits)
	text := w.Money(amount, q.Currency)
	sheet := MoneySheet{
		Title: q.Title, Text: q.Text, Label: w.Say("money.amount", "most", w.Money(q.Most, q.Currency)), Shown: text, Limit: mostDigits,
		Next: SetupButton{Label: w.Say(q.Action, "amount", text), Icon: "check", Locked: amount <= 0 || amount > q.Most},
		Stay: w.Say("money.stay"), Close: w.Say("setup.close"), Below: w.Say("details.below"),
	}
	if amount > q.Most {
		sheet.Wrong = w.Say("money.too_much", "most", w.Money(q.Most, q.Currency))
	}
	return sheet
}
