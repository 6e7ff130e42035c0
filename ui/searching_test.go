package ui_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"comptoir/ui/stories"
	"comptoir/ui/touch"
)

// draw lets the window read what it needs, and shows the state of the moment.
func draw(s *stories.Stage) {
	s.Load()
	s.Window.Draw()
	s.Window.Draw() // with what the list asked of the controller
}

// all finds what can be pressed and passes a test, on what lies on top.
func all[T fyne.CanvasObject](window fyne.Window) (found []T) {
	each(top(window), func(object fyne.CanvasObject) {
		if one, ok := object.(T); ok {
			found = append(found, one)
		}
	})
	return found
}

// icons are the buttons without words, from the left.
func icons(window fyne.Window) []*touch.Button {
	return slices.DeleteFunc(all[*touch.Button](window), func(b *touch.Button) bool { return b.Label() != "" })
}

// listed are the orders in view by their numbers.
func listed(window fyne.Window) string {
	var numbers []string
	for _, words := range texts(window) {
		if strings.HasPrefix(words, "#") {
			numbers = append(numbers, words)
		}
	}
	return strings.Join(numbers, " ")
}

// A search by finger: open, letters one by one, an accent, and back to the list.
func TestSearchByFinger(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		s := stage(t, "orders", size.Width, size.Height)
		window := s.Window.Fyne()
		before := listed(window)
		open := icons(window)
		if size.Width >= 1200 {
			open = []*touch.Button{button(t, window, "Rechercher")}
		}
		tap(open[0])
		draw(s)
		for _, key := range []string{"c", "o", "n", "f"} {
			tap(labelled(t, window, key))
			draw(s)
		}
		if got := listed(window); !strings.HasPrefix(got, "#217") || strings.Contains(got, "#214") {
			t.Errorf("%v: found %q", size, got)
		}
		tap(labelled(t, window, "Terminé"))
		draw(s)
		if len(all[*touch.Keyboard](window)) != 0 {
			t.Errorf("%v: the keyboard is still there", size)
		}
		button(t, window, "Clavier")
		realKeys(window, "", fyne.KeyEscape)
		draw(s)
		if got := listed(window); got != before {
			t.Errorf("%v: after the search %q, before %q", size, got, before)
		}
	}
}

// Whoever has a real keyboard only types, wherever a finger has tapped before.
func TestSearchByKeyboard(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	window := s.Window.Fyne()
	accept := button(t, window, "Accepter")
	window.Canvas().Focus(accept) // as GLFW does when it is tapped
	if window.Canvas().Focused() == nil {
		t.Fatal("nothing has the focus")
	}
	window.Canvas().Focused().TypedRune('z')
	realKeys(window, "st eak", fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyBackspace, fyne.KeyHome, fyne.KeyDelete)
	if window.Canvas().Focused() != nil {
		t.Error("the space bar would press a button")
	}
	draw(s)
	if got := listed(window); got != "#214 #225 #212 #202 #198 #214" { // and the details of the first
		t.Errorf("found %q", got)
	}
	if len(all[*touch.Keyboard](window)) != 0 {
		t.Error("a keyboard on the screen beside a real one")
	}
	if len(s.Commands()) > 0 {
		t.Errorf("carried out %v", s.Commands())
	}
	realKeys(window, "", fyne.KeyEscape)
	draw(s)
	realKeys(window, "219")
	draw(s)
	if got := listed(window); !strings.HasPrefix(got, "#219") {
		t.Errorf("the next search begins with what was typed before: %q", got)
	}
	// elsewhere letters search for nothing
	s.Controller.Go("more")
	draw(s)
	realKeys(window, "x", fyne.KeyEscape)
	draw(s)
	if s.Controller.Screen().Search != nil {
		t.Error("a search outside of the orders")
	}
}

func TestSearchShowsDetailsAndComesBack(t *testing.T) {
	s := stage(t, "search-results", 480, 800)
	window := s.Window.Fyne()
	s.Controller.Select("order-214")
	draw(s)
	tap(button(t, window, "Retour"))
	draw(s)
	if s.Controller.Screen().Search == nil || !strings.HasPrefix(listed(window), "#214") {
		t.Errorf("back at %q", listed(window))
	}
}

// The filter by finger: what is chosen holds at once, a chip says so and takes it back.
func TestFilterByFinger(t *testing.T) {
	s := stage(t, "orders", 800, 480)
	window := s.Window.Fyne()
	tap(icons(window)[1])
	draw(s)
	tap(labelled(t, window, "Prêtes"))
	draw(s)
	tap(button(t, window, "Voir 1 commande"))
	draw(s)
	if got := listed(window); got != "#219" {
		t.Errorf("ready: %q", got)
	}
	tap(button(t, window, "Prêtes"))
	draw(s)
	if got := listed(window); !strings.HasPrefix(got, "#222 #214") {
		t.Errorf("after the chip: %q", got)
	}
}

// A day is two taps away, and any other one four.
func TestDayByFinger(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	window := s.Window.Fyne()
	tap(icons(window)[0])
	draw(s)
	tap(button(t, window, "Autre jour"))
	draw(s)
	tap(button(t, window, "23"))
	draw(s)
	tap(button(t, window, "Voir 14 commandes"))
	draw(s)
	if got := listed(window); !strings.HasPrefix(got, "#203 #202") {
		t.Errorf("yesterday: %q", got)
	}
	button(t, window, "Hier")
}

// The list keeps its headings, and the page bar counts cards alone.
func TestHeadingsOfTheList(t *testing.T) {
	s := stage(t, "curbside", 1280, 800)
	seen := texts(s.Window.Fyne())
	for _, words := range []string{"Arrivées · 2", "Pas encore arrivées · 1"} {
		if !slices.Contains(seen, words) {
			t.Errorf("no heading %q in %q", words, seen)
		}
	}
	s = stage(t, "scheduled", 1280, 800)
	if page := s.Controller.Screen().Page; page.Text != "1 à 4 sur 7" {
		t.Errorf("the page bar says %q", page.Text)
	}
}
