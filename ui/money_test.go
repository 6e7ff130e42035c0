package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"comptoir/order"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// An amount is typed on the pad; what the button says is what is answered, and more than there is
// cannot be.
func TestMoneyIsAskedFor(t *testing.T) {
	app := test.NewTempApp(t)
	words, err := model.LoadWords(model.French)
	if err != nil {
		t.Fatal(err)
	}
	var answers []order.Money
	closed := 0
	sheet := ui.NewMoneySheet(theme.NewPalette(theme.Light), func(amount order.Money) { answers = append(answers, amount) }, func() { closed++ })
	sheet.Ask(model.MoneyQuestion{Title: "Rembourser", Currency: "CAD", Most: 9888, Action: "money.refund"}, words, "")
	window := app.NewWindow("")
	t.Cleanup(window.Close)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(480, 800))
	window.SetContent(sheet)

	tap(button(t, window, "Rembourser 0,00\u00a0$")) // locked
	for _, key := range []string{"3", "7", "9", "4"} {
		tap(labelled(t, window, key))
	}
	tap(button(t, window, "Rembourser 37,94\u00a0$"))
	tap(labelled(t, window, "00"))
	tap(button(t, window, "Rembourser 3\u00a0794,00\u00a0$")) // too much
	if len(answers) != 1 || answers[0] != 3794 || closed != 0 {
		t.Fatalf("answered %v, closed %d times", answers, closed)
	}
	tap(button(t, window, "Ne rien changer"))
	if len(answers) != 1 || closed != 1 {
		t.Errorf("answered %v, closed %d times", answers, closed)
	}
}
