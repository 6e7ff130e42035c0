package ui_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
)

// onTop is every text of what lies on top, in one.
func onTop(window fyne.Window) string {
	return strings.Join(textsOf(window.Canvas().Overlays().Top()), "|")
}

// From its first frame on a locked window shows nothing of its orders but numbers, in no mode.
func TestLockedWindowHidesOrders(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark, theme.HighContrast} {
		s, err := stories.Open(test.NewTempApp(t), story(t, "lock"), model.French, mode)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		window := s.Window.Fyne()
		window.Resize(fyne.NewSize(800, 480))
		s.Window.Draw()
		if n := len(window.Canvas().Overlays().List()); n != 1 {
			t.Fatalf("%d overlays", n)
		}
		said := onTop(window)
		if !strings.Contains(said, "14 commandes ouvertes") || !strings.Contains(said, "Qui travaille ?") {
			t.Errorf("it says %s", said)
		}
		locked := window.Canvas().Capture()
		s.Rename(0, "Somebody Else Entirely") // shows in the list below
		s.Controller.Select("order-217")
		s.Window.Draw()
		again := window.Canvas().Capture()
		for y := range 480 {
			for x := range 800 {
				if locked.At(x, y) != again.At(x, y) {
					t.Fatalf("what lies below shines through at %d, %d", x, y)
				}
			}
		}
	}
}

// The alarm comes over the lock, and what somebody had open is closed with it.
func TestLockClosesSheets(t *testing.T) {
	s := stage(t, "locations", 1280, 800)
	overlays := s.Window.Fyne().Canvas().Overlays()
	if len(overlays.List()) != 1 {
		t.Fatal("the sheet is not open")
	}
	tap(button(t, s.Window.Fyne(), "Fermer"))
	tap(button(t, s.Window.Fyne(), "Plateau"))
	if said := onTop(s.Window.Fyne()); !strings.Contains(said, "Vieux-Port|7 ouvertes") {
		t.Fatalf("the sheet says %s", said)
	}
	s.Controller.Lock()
	s.Window.Draw()
	if said := onTop(s.Window.Fyne()); len(overlays.List()) != 1 || !strings.Contains(said, "Qui travaille ?") {
		t.Fatalf("%d overlays, the upper one says %s", len(overlays.List()), said)
	}
	s.Window.Locations() // a tap that was on its way
	if len(overlays.List()) != 1 {
		t.Error("a sheet came over the lock")
	}

	ringing := stage(t, "lock-alarm", 480, 800)
	if said := onTop(ringing.Window.Fyne()); !strings.Contains(said, "#223") || strings.Contains(said, "Amélie") {
		t.Errorf("the alarm says %s", said)
	}
	button(t, ringing.Window.Fyne(), "Compris")
}

// A PIN is typed on the pad or on a real keyboard, is never seen, and cannot be tried too short.
func TestTypingAPIN(t *testing.T) {
	s := stage(t, "lock", 1280, 800)
	window := s.Window.Fyne()
	s.Controller.PINOf("luc")
	s.Window.Draw()
	enter := button(t, window, "Ouvrir")
	for i, digit := range []string{"2", "5", "8"} {
		tap(labelled(t, window, digit))
		if !enter.Disabled() {
			t.Errorf("%d digits can be tried", i+1)
		}
	}
	window.Canvas().OnTypedRune()('x')
	window.Canvas().OnTypedRune()('0')
	if enter.Disabled() {
		t.Error("four digits cannot be tried")
	}
	if said := onTop(window); strings.Contains(said, "258") || !strings.Contains(said, "••••") {
		t.Errorf("the screen says %s", said)
	}
	tap(button(t, window, "Les autres"))
	s.Window.Draw()
	s.Controller.PINOf("amelie")
	s.Window.Draw()
	if said := onTop(window); strings.Contains(said, "•") || !button(t, window, "Ouvrir").Disabled() {
		t.Errorf("what was typed for Luc is there for Amélie: %s", said)
	}
}

// The sheet that asks in place leads back to where it came from.
func TestAskCloses(t *testing.T) {
	s := stage(t, "pin", 800, 480)
	tap(button(t, s.Window.Fyne(), "Ne rien changer"))
	s.Window.Draw()
	if s.Window.Fyne().Canvas().Overlays().Top() != nil {
		t.Error("the sheet is still there")
	}
}

// The alarm stays over a sheet that opens later, and when one closes below it.
func TestAlarmStaysOnTop(t *testing.T) {
	s := stage(t, "alarm", 1280, 800)
	window := s.Window.Fyne()
	rings := func() {
		t.Helper()
		if said := onTop(window); !strings.Contains(said, "#223") {
			t.Fatalf("on top is %s", said)
		}
	}
	rings()
	s.Controller.OrderingOpen()
	s.Window.Draw()
	rings()
	if n := len(window.Canvas().Overlays().List()); n != 2 {
		t.Fatalf("%d overlays, want the sheet and the alarm", n)
	}
	s.Controller.OrderingClose()
	s.Window.Draw()
	rings()
	if n := len(window.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d overlays, want the alarm", n)
	}
}
