package ui_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// Every sheet of an action says what it will do, and has a way out that does nothing. That both are
// whole in view is TestStructure's.
func TestActionSheets(t *testing.T) {
	for story, act := range map[string]string{
		"delay": "Retarder de 10\u00a0min", "reject": "Refuser", "cancel": "Annuler 1 article", "bags": "C’est prêt, 2 sacs",
		"arrived": "Client arrivé", "hand-over": "Remettre 2 sacs",
	} {
		for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
			s := stage(t, story, size.Width, size.Height)
			window := s.Window.Fyne()
			button(t, window, act)
			if closing := button(t, window, "Fermer").Size(); closing != fyne.NewSquareSize(theme.MinTouch) {
				t.Errorf("%s at %v: the button that closes has %v", story, size, closing)
			}
			tap(button(t, window, "Ne rien changer"))
			s.Window.Draw()
			if window.Canvas().Overlays().Top() != nil {
				t.Errorf("%s at %v does not close", story, size)
			}
			if given := s.Commands(); len(given) > 0 {
				t.Errorf("%s at %v: gave %+v", story, size, given)
			}
		}
	}
}

// Where the customer waits, and in what, can be typed: the line stays in view above the keyboard,
// and a spot that is chosen empties the line of another one.
func TestArrivedIsTyped(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		s := stage(t, "arrived", size.Width, size.Height)
		window := s.Window.Fyne()
		for _, line := range []struct{ label, text string }{{"Autre place (facultatif)", "quai"}, {"Véhicule (facultatif)", "Civic"}} {
			view, _ := field(t, window, line.label)
			view.OnChosen()
			realKeys(window, line.text)
			s.Window.Draw()
			keyboard := float32(touch.KeyboardHeight)
			if size.Height < theme.LowLayout {
				keyboard = touch.KeyboardLow
			}
			if _, at := field(t, window, line.label); at.top < 0 || at.bottom > size.Height-keyboard {
				t.Errorf("%v: %q is at %v", size, line.label, at)
			}
			realKeys(window, "", fyne.KeyReturn)
			s.Window.Draw()
		}
		sheet := s.Controller.Screen().Sheet
		if sheet == nil || sheet.Fields[0].Text != "quai" || sheet.Fields[1].Text != "Civic" {
			t.Fatalf("%v: typed %+v", size, sheet)
		}
		spot, _ := field(t, window, "Autre place (facultatif)")
		tap(button(t, window, "7"))
		s.Window.Draw()
		if spot.Text() != "" {
			t.Errorf("%v: the spot is 7, and the line says %q", size, spot.Text())
		}
		realKeys(window, "", fyne.KeyEscape)
		s.Window.Draw()
		if window.Canvas().Overlays().Top() != nil {
			t.Errorf("%v: Escape does not leave", size)
		}
	}
}

// The order cannot be handed over before the last tick: the button holds still until then.
func TestHandOverNeedsAllTicks(t *testing.T) {
	s := stage(t, "hand-over", 480, 800)
	window := s.Window.Fyne()
	for _, row := range []string{"Sac 2 sur 2", "Le livreur montre ce code"} {
		if !button(t, window, "Remettre 2 sacs").Disabled() {
			t.Errorf("%q is not ticked, and the order can go", row)
		}
		tap(labelled(t, window, row))
		s.Window.Draw()
	}
	if button(t, window, "Remettre 2 sacs").Disabled() {
		t.Error("all is ticked, and the order cannot go")
	}
}

// One tap shows the customer's digits, large, and another order hides them again.
func TestPhoneIsShownOnTap(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		s := stage(t, "details", size.Width, size.Height)
		if slices.Contains(said(s.Window.Fyne()), "514 555-0148") {
			t.Errorf("at %v the digits stand for everybody", size)
		}
		tap(button(t, s.Window.Fyne(), "Afficher le téléphone"))
		s.Window.Draw()
		if !slices.Contains(said(s.Window.Fyne()), "514 555-0148") {
			t.Errorf("at %v a tap does not show the digits", size)
		}
		s.Controller.Select("order-217")
		s.Window.Draw()
		if slices.Contains(said(s.Window.Fyne()), "514 555-0217") {
			t.Errorf("at %v another order's digits are shown", size)
		}
	}
}

// From the Orders screen: one tap chooses the order, the next one prints.
func TestReprintInTwoTaps(t *testing.T) {
	s := stage(t, "own-actions", 1280, 800)
	tap(button(t, s.Window.Fyne(), "Réimprimer"))
	s.Window.Draw()
	button(t, s.Window.Fyne(), "Envoi…")
	if s.Window.Fyne().Canvas().Overlays().Top() != nil {
		t.Error("it asks first")
	}
}

// The paper of a ticket among the details opens large.
func TestTicketOfTheDetails(t *testing.T) {
	s := stage(t, "tickets", 1280, 800)
	if seen := said(s.Window.Fyne()); !slices.Contains(seen, "Imprimé") {
		t.Errorf("its state is not said: %q", seen)
	}
	s.Window.ReadTicket("cuisine214")
	button(t, s.Window.Fyne(), "Réimprimer (COPIE)")
}
