package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"comptoir/order"
	"comptoir/terminal"
	"comptoir/ui/touch"
)

// In a low window what the hub or the platform would not have may stand among what scrolls: whoever
// has scrolled sees it come all the same.
func TestRefusalComesIntoView(t *testing.T) {
	s := stage(t, "allergy", 800, 480)
	window := s.Window.Fyne()
	scrolled := func() (offset float32) {
		each(window.Canvas().Content(), func(object fyne.CanvasObject) {
			if view, ok := object.(*touch.Scroll); ok && view.Visible() {
				offset = max(offset, view.Offset())
			}
		})
		return offset
	}
	tap(labelled(t, window, "Voir la suite"))
	s.Window.Draw()
	if scrolled() == 0 {
		t.Fatal("it does not scroll")
	}
	s.Controller.Notify(terminal.Event{
		Kind: terminal.EventRefused, Command: order.Command{ID: "1", OrderID: s.Controller.Screen().Details.ID, Type: order.Delay},
		Refused: &order.Error{Kind: order.NotPossible, Cause: order.AlreadyReady},
	})
	s.Window.Draw()
	if offset := scrolled(); offset != 0 {
		t.Errorf("the refusal stands %g above what is seen", offset)
	}
}
