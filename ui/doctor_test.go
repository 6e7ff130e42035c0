package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// What is wrong is three taps away from everywhere, and closes again; the banner leads there too.
func TestDoctorPanel(t *testing.T) {
	for _, width := range []float32{1280, 800, 480} {
		s := stage(t, "incident", width, 800)
		window := s.Window.Fyne()
		tap(button(t, window, "Détails"))
		s.Window.Draw()
		if window.Canvas().Overlays().Top() == nil {
			t.Fatalf("%g: the banner leads nowhere", width)
		}
		tap(button(t, window, "Fermer"))
		s.Window.Draw()
		if window.Canvas().Overlays().Top() != nil {
			t.Errorf("%g: it does not close", width)
		}
		s.Controller.Go(model.PlaceMore)
		s.Window.Draw()
		tap(labelled(t, window, "Qu’est-ce qui ne va pas\u00a0?"))
		s.Window.Draw()
		before := button(t, window, "Vérifier")
		s.Window.Draw()
		if button(t, window, "Vérifier") != before {
			t.Errorf("%g: a finger would lose its button", width)
		}
		texts := said(window)
		if !slices.Contains(texts, "Langue") {
			t.Errorf("%g: More is not below: %v", width, texts)
		}
	}
}

// In a kiosk there is no pointer, over an overlay neither; elsewhere there is one.
func TestPointer(t *testing.T) {
	for _, hidden := range []bool{true, false} {
		s := stage(t, "orders", 1280, 800)
		waker := ui.NewWaker()
		window := ui.New(test.NewTempApp(t), ui.Options{Controller: s.Controller, Waker: waker, Alerts: quiet{}, NoPointer: hidden})
		t.Cleanup(window.Fyne().Close)
		window.Draw()
		window.Fyne().Resize(fyne.NewSize(1280, 800))
		if got := pointerless(window.Fyne().Canvas().Content()); got != hidden {
			t.Errorf("hidden is %v, want %v", got, hidden)
		}
		s.Controller.Go(model.PlaceMore)
		window.Draw()
		window.Leave()
		if got := pointerless(window.Fyne().Canvas().Overlays().Top()); got != hidden {
			t.Errorf("over an overlay, hidden is %v, want %v", got, hidden)
		}
	}
}

// quiet is a machine on which nothing rings.
type quiet struct{ terminal.Alerts }

func (quiet) Ring(terminal.AlarmKind)    {}
func (quiet) Show([]terminal.Notice)     {}
func (quiet) State() terminal.AlertState { return terminal.AlertState{} }

// pointerless says whether something that fills all hides the pointer.
func pointerless(object fyne.CanvasObject) bool {
	if c, is := object.(desktop.Cursorable); is && c.Cursor() == desktop.HiddenCursor && object.Size().Width >= 1280 {
		return true
	}
	switch o := object.(type) {
	case *fyne.Container:
		return slices.ContainsFunc(o.Objects, pointerless)
	case fyne.Widget:
		return slices.ContainsFunc(test.WidgetRenderer(o).Objects(), pointerless)
	}
	return false
}

func TestCrashScreen(t *testing.T) {
	data, err := model.NewCrashScreen("/data/crash-1.txt", time.Date(2026, 11, 23, 12, 20, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		again := 0
		window := ui.NewCrash(test.NewTempApp(t), data, theme.Light, func() { again++ })
		window.Resize(size)
		tap(button(t, window, "Redémarrer · Restart"))
		if again != 1 {
			t.Errorf("%v: the button does nothing", size)
		}
		texts := strings.Join(said(window), "\n")
		for _, words := range []string{"Comptoir s’est arrêté", "Comptoir has stopped", "/data/crash-1.txt", "12:20"} {
			if !strings.Contains(texts, words) {
				t.Errorf("%v: it does not say %q", size, words)
			}
		}
		window.Close()
	}
}
