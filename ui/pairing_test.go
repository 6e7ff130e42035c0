package ui_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// firstHub is a hub that takes every code, and keeps them.
type firstHub struct{ codes []string }

func (h *firstHub) Look(context.Context, string) (model.PairHub, error) {
	return model.PairHub{Fingerprint: "A3F1 09BC 77D2 10EE"}, nil
}

func (h *firstHub) Pair(_ context.Context, _ model.PairHub, code string) error {
	h.codes = append(h.codes, code)
	return nil
}

// A terminal is paired with a real keyboard too: eight digits and Enter, then the same fingerprint.
func TestPairingWindow(t *testing.T) {
	app := test.NewTempApp(t)
	h := &firstHub{}
	var screen *ui.Pairing
	paired := 0
	presenter, err := model.NewPairing(model.English, "hub.example.com", h, func() {
		if screen != nil {
			screen.Follow()
		}
	}, func() { paired++ })
	if err != nil {
		t.Fatal(err)
	}
	screen, window := ui.NewPairing(app, presenter, theme.Light, func(errand model.Errand) { errand(t.Context()) }, func() {})
	window.Resize(fyne.NewSize(800, 480))
	enter := func() { window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn}) }
	keys := func(digits string) {
		for _, r := range digits {
			window.Canvas().OnTypedRune()(r)
		}
	}
	keys("1234567")
	enter()
	if sheet := presenter.Sheet(); sheet.Fingerprint != "" {
		t.Fatal("seven digits were tried")
	}
	keys("x8")
	enter()
	if sheet := presenter.Sheet(); sheet.Fingerprint == "" || len(h.codes) != 0 {
		t.Fatalf("%+v; codes sent: %q", sheet, h.codes)
	}
	enter() // does not answer for the person
	if len(h.codes) != 0 {
		t.Errorf("Enter confirmed the fingerprint")
	}
	presenter.Same()(t.Context())
	if paired != 1 || len(h.codes) != 1 || h.codes[0] != "12345678" {
		t.Errorf("paired %d times, with %q", paired, h.codes)
	}
}
