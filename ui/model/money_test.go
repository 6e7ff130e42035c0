package model

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"comptoir/order"
)

func TestMoneySheet(t *testing.T) {
	for language, want := range map[string][]string{
		French:  {"0,00 $", "Rembourser 0,00 $", "37,94 $", "Rembourser 37,94 $", "C’est plus que 98,88 $, le montant possible.", "Ne rien changer"},
		English: {"$0.00", "Refund $0.00", "$37.94", "Refund $37.94", "That is more than $98.88, which is possible.", "Change nothing"},
	} {
		w, err := LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		q := MoneyQuestion{Title: "#208", Currency: "CAD", Most: 9888, Action: "money.refund"}
		none, some, much := q.Sheet(w, ""), q.Sheet(w, "3794"), q.Sheet(w, "9889")
		for i, got := range []string{none.Shown, none.Next.Label, some.Shown, some.Next.Label, much.Wrong, some.Stay} {
			same(t, language, got, want[i])
		}
		if !none.Next.Locked || some.Next.Locked || !much.Next.Locked || none.Wrong+some.Wrong != "" {
			t.Errorf("%s: %+v, %+v, %+v", language, none, some, much)
		}
		if all := q.Sheet(w, "9888"); all.Next.Locked {
			t.Errorf("%s: all of it is refused", language)
		}
	}
}

// What is typed is what is shown, and what the button says, in every currency.
func TestTypedMoneyIsWhatIsShown(t *testing.T) {
	words := map[string]*Words{}
	for _, language := range Languages() {
		w, err := LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		words[language] = w
	}
	rapid.Check(t, func(t *rapid.T) {
		w := words[rapid.SampledFrom(Languages()).Draw(t, "language")]
		q := MoneyQuestion{
			Currency: rapid.SampledFrom([]string{"CAD", "JPY", "KWD", "EUR"}).Draw(t, "currency"),
			Most:     order.Money(rapid.Int64Range(0, 1e9).Draw(t, "most")), Action: "money.refund",
		}
		digits := rapid.StringMatching(`0{0,3}[0-9]{0,6}`).Draw(t, "digits")
		sheet := q.Sheet(w, digits)
		want, _ := strconv.ParseInt("0"+digits, 10, 64)
		if q.Typed(digits) != order.Money(want) || sheet.Shown != order.Money(want).Text(q.Currency, w.Language()) {
			t.Fatalf("typed %q, got %d, shown %q", digits, q.Typed(digits), sheet.Shown)
		}
		if sheet.Next.Label != w.Say("money.refund", "amount", sheet.Shown) || sheet.Next.Locked != (want == 0 || order.Money(want) > q.Most) {
			t.Fatalf("typed %q of at most %d: %+v", digits, q.Most, sheet.Next)
		}
	})
	if (MoneyQuestion{}).Typed("9999999999999999999999") != 0 || (MoneyQuestion{}).Typed("-5x") != 0 {
		t.Error("what cannot be typed is an amount")
	}
}
