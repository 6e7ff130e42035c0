package ui_test

import (
	"slices"
	"testing"
)

// Two taps from the orders pause every channel; the top bar then counts down, and one tap takes it
// back.
func TestPauseByFinger(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	window := s.Window.Fyne()
	chip := func() string { return s.Controller.Screen().Top.Ordering.Text }
	until := func(label, want string) {
		t.Helper()
		tap(button(t, window, label))
		stop := running(t, s)
		eventually(t, func() bool { return chip() == want })
		stop()
		s.Window.Draw()
	}
	tap(button(t, window, "Pauses"))
	s.Window.Draw()
	until("30\u00a0min", "3 canaux en pause · 30\u00a0min")
	if said := texts(window); !slices.Contains(said, "Tous les canaux en pause\u00a0: 30\u00a0min") {
		t.Errorf("it does not say what was done: %q", said)
	}
	until("Annuler", "Pauses")
	tap(button(t, window, "Fermer"))
	s.Window.Draw()
	if s.Controller.OrderingSheet() != nil || window.Canvas().Overlays().Top() != nil {
		t.Error("the sheet does not close")
	}
}
