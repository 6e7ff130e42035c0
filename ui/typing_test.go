package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/stories"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// field finds the field of a label on what lies on top, and where on the window it is.
func field(t *testing.T, window fyne.Window, label string) (*touch.Field, rectangle) {
	t.Helper()
	found, ok := labelled(t, window, label).(*touch.Field)
	if !ok {
		t.Fatalf("%q is no field", label)
	}
	at, size := test.NewApp().Driver().AbsolutePositionForObject(found), found.Size()
	return found, rectangle{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
}

// realKeys are the keys of a real keyboard, as the window's canvas gets them.
func realKeys(window fyne.Window, text string, keys ...fyne.KeyName) {
	for _, r := range text {
		window.Canvas().OnTypedRune()(r)
	}
	for _, key := range keys {
		window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
}

// The address of a printer is typed by finger and by a real keyboard, into the same line, and the
// line stays in view above the keyboard.
func TestTypingAnAddress(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		s := stage(t, "setup-typing", size.Width, size.Height)
		window := s.Window.Fyne()
		line, at := field(t, window, "Adresse de l’imprimante")
		keyboard := float32(touch.KeyboardHeight)
		if size.Height < theme.LowLayout {
			keyboard = touch.KeyboardLow
		}
		if !line.Active() || at.top < 0 || at.bottom > size.Height-keyboard {
			t.Errorf("%v: the line is at %v", size, at)
		}
		for _, key := range []string{"1", "0", ".", "abc", "b"} {
			tap(labelled(t, window, key))
		}
		realKeys(window, "ax", fyne.KeyBackspace)
		s.Window.Draw()
		if got := s.Controller.Setup().Address.Text; got != "10.ba" || line.Text() != got {
			t.Errorf("%v: typed %q, the line says %q", size, got, line.Text())
		}
		tap(labelled(t, window, "Terminé"))
		if line.Active() {
			t.Errorf("%v: the keyboard is still up", size)
		}
		button(t, window, "Imprimer un essai")   // there is room for it again
		realKeys(window, "r.local", fyne.KeyEnd) // a real keyboard goes on by itself
		if got := s.Controller.Setup().Address.Text; got != "10.bar.local" {
			t.Errorf("%v: went on to %q", size, got)
		}
		realKeys(window, "", fyne.KeyEscape)
		if s.Controller.Setup() != nil {
			t.Errorf("%v: escape does not close the sheet", size)
		}
	}
}

// A redraw with what was typed a moment ago takes no letter away.
func TestRedrawsLoseNoLetter(t *testing.T) {
	s := stage(t, "setup-typing", 800, 480)
	line, _ := field(t, s.Window.Fyne(), "Adresse de l’imprimante")
	var want strings.Builder
	for _, sign := range "192.168.1.50:9100" {
		draw := s.Window.Prepare() // of the state before
		tap(labelled(t, s.Window.Fyne(), string(sign)))
		want.WriteRune(sign)
		draw()
		if line.Text() != want.String() {
			t.Fatalf("typed %q, the line says %q", want.String(), line.Text())
		}
	}
}

// A printer that is called otherwise than its name is still the one that its buttons are about.
func TestButtonsOfARenamedPrinter(t *testing.T) {
	s := stage(t, "printers", 480, 2000)
	for _, label := range []string{"Bar du fond", "Cuisine chaude"} {
		if !slices.Contains(said(s.Window.Fyne()), label) {
			t.Fatalf("no printer is called %q", label)
		}
	}
	var last fyne.CanvasObject
	each(s.Window.Fyne().Canvas().Content(), func(object fyne.CanvasObject) {
		if b, ok := object.(*touch.Button); ok && b.Label() == "Réglages" {
			last = b
		}
	})
	tap(last)
	stop := running(t, s)
	eventually(t, func() bool { return s.Controller.Setup() != nil })
	stop()
	if got := s.Controller.Setup().Name.Text; got != "Bar du fond" {
		t.Errorf("it opened the settings of %q", got)
	}
}

// A sheet that is too long says so, and pages to its end, where the sign goes.
func TestSheetsSayThatThereIsMore(t *testing.T) {
	for _, name := range []string{"setup-stations", "setup-options", "ticket"} {
		s := stage(t, name, 800, 480)
		window := s.Window.Fyne()
		more := func() (sign fyne.CanvasObject) {
			each(window.Canvas().Overlays().Top(), func(object fyne.CanvasObject) {
				if b, ok := object.(interface{ Label() string }); ok && b.Label() == "Voir la suite" {
					sign = object
				}
			})
			return sign
		}
		pages := 0
		for ; more() != nil && pages < 20; pages++ {
			tap(more())
		}
		if pages == 0 || pages == 20 {
			t.Errorf("%s: %d pages", name, pages)
		}
	}
	s := stage(t, "setup-address", 1280, 800)
	if slices.Contains(texts(s.Window.Fyne()), "Voir la suite") {
		t.Error("a short page says that there is more")
	}
}

// each visits what can be seen, with all that it is made of.
func each(object fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if !object.Visible() {
		return
	}
	visit(object)
	switch o := object.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			each(child, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			each(child, visit)
		}
	}
}

// running has the window carry out what is tapped, until stop.
func running(t *testing.T, s *stories.Stage) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Window.Run(ctx, func() {})
	}()
	return func() {
		cancel()
		<-done
	}
}

// A search on the lowest window has its line, and 100 px of what it finds, above the keyboard.
func TestKeyboardLeavesRoomToSearch(t *testing.T) {
	const margins = 2 * theme.MarginNarrow
	if left := 480 - touch.KeyboardLow - theme.MinTouch - margins; left < 100 {
		t.Errorf("%d px are left", left)
	}
}
