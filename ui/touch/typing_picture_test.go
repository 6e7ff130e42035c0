package touch_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// TestPicturesOfTyping holds keyboards, fields and pads to how they were when somebody looked.
func TestPicturesOfTyping(t *testing.T) {
	for _, tt := range []struct {
		name, language, space, done string
		mode                        theme.Mode
		turn                        func(*touch.Keyboard)
	}{
		{"fr", "fr", "espace", "Terminé", theme.Light, func(*touch.Keyboard) {}},
		{"en", "en", "space", "Done", theme.Dark, func(k *touch.Keyboard) { finger(iconKeys(k)[0]); finger(iconKeys(k)[0]) }},
		{"signs", "fr", "espace", "Terminé", theme.HighContrast, (*touch.Keyboard).ShowSigns},
		{"accents", "fr", "espace", "Terminé", theme.Light, func(k *touch.Keyboard) { strike(t, k, "éàç") }},
	} {
		p := theme.NewPalette(tt.mode)
		test.NewTempApp(t)
		field := touch.NewField(p, nil)
		field.SetWords("Adresse de l’imprimante", "192.168.1.50")
		k := touch.NewKeyboard(p)
		k.SetWords(tt.language, tt.space, tt.done)
		k.Into(field)
		tt.turn(k)
		wrong := touch.NewField(p, nil)
		wrong.SetText("192.168")
		wrong.SetWrong("Ce n’est pas une adresse entière, comme 192.168.1.50.")
		ground := canvas.NewRectangle(p.Color(theme.Surface))
		picture := render(t, tt.mode, fyne.NewSize(480, 460),
			at(ground, 0, 0, 480, 460),
			at(field, 12, 8, 456, 84), at(wrong, 12, 104, 456, 88),
			at(k, 0, 460-touch.KeyboardLow, 480, touch.KeyboardLow),
		)
		test.AssertImageMatches(t, "keyboard-"+tt.name+".png", picture)
	}

	p := theme.NewPalette(theme.Light)
	test.NewTempApp(t)
	pin, amount := touch.NewField(p, nil), touch.NewField(p, nil)
	pin.SetMasked(true)
	pin.SetWords("NIP", "")
	pin.SetText("1234")
	amount.SetWords("Montant", "")
	amount.SetText("3794")
	amount.SetFormat(func(typed string) string { return typed[:2] + "," + typed[2:] + " $" })
	digits, money := touch.NewPad(p), touch.NewPad(p, "00")
	digits.Into(pin)
	money.Into(amount)
	picture := render(t, theme.Light, fyne.NewSize(520, 430),
		at(canvas.NewRectangle(p.Color(theme.Surface)), 0, 0, 520, 430),
		at(pin, 12, 8, 232, 84), at(digits, 12, 104, 232, 312),
		at(amount, 268, 8, 240, 84), at(money, 268, 104, 240, 312),
	)
	test.AssertImageMatches(t, "pads.png", picture)
}
