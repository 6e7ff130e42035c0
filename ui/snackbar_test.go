package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// A look is taken back by a tap on the snackbar, which then goes.
func TestUndoFromTheSnackbar(t *testing.T) {
	s := stage(t, "more", 800, 480)
	window := s.Window.Fyne()
	ground := func() any { return window.Canvas().Capture().At(790, 470) }
	light := ground()
	s.Controller.Offer("", nil) // none is shown without words
	s.Window.SetMode(theme.Dark)
	s.Controller.Appearance("dark")
	s.Window.Draw()
	if ground() == light {
		t.Fatal("it is not dark")
	}
	tap(button(t, window, "Annuler"))
	s.Window.Draw()
	if ground() != light || s.Controller.Chosen() != "" {
		t.Errorf("not taken back: %v, chosen %q", ground(), s.Controller.Chosen())
	}
	each(window.Canvas().Content(), func(object fyne.CanvasObject) {
		if _, ok := object.(*touch.Snackbar); ok {
			t.Error("the snackbar is still there")
		}
	})
}

// What lies under the snackbar is not pressed through it.
func TestSnackbarTakesTouches(t *testing.T) {
	s := stage(t, "orders", 480, 800)
	s.Controller.Offer("Fait", func() model.Plan { return model.Plan{} })
	s.Window.Draw()
	var bar fyne.CanvasObject
	objects := s.Window.Fyne().Canvas().Content().(*fyne.Container).Objects
	for i, object := range objects {
		if _, ok := object.(*touch.Snackbar); ok && i == len(objects)-1 {
			bar = object
		}
	}
	if bar == nil {
		t.Fatal("it does not lie on top")
	}
	tap(bar)
	if len(s.Commands()) > 0 || s.Controller.Snackbar().Text == "" {
		t.Error("a tap beside its button did something")
	}
}
