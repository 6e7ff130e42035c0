package ui_test

import (
	"bytes"
	"context"
	"image"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

func story(t *testing.T, name string) stories.Story {
	t.Helper()
	for _, s := range stories.Stories() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no story %q", name)
	return stories.Story{}
}

func stage(t *testing.T, name string, width, height float32) *stories.Stage {
	t.Helper()
	s, err := stories.Show(test.NewTempApp(t), story(t, name), model.French, theme.Light, width, height)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// button finds a button by its words, on what lies on top.
func button(t *testing.T, window fyne.Window, label string) *touch.Button {
	t.Helper()
	b, ok := labelled(t, window, label).(*touch.Button)
	if !ok {
		t.Fatalf("%q is no button", label)
	}
	return b
}

// labelled finds what can be pressed by its words, on what lies on top.
func labelled(t testing.TB, window fyne.Window, label string) fyne.CanvasObject {
	t.Helper()
	var found fyne.CanvasObject
	each(top(window), func(object fyne.CanvasObject) {
		if b, ok := object.(interface{ Label() string }); ok && b.Label() == label && found == nil {
			found = object
		}
	})
	if found == nil {
		t.Fatalf("there is no button %q", label)
	}
	return found
}

// said is every text in sight of the window itself.
func said(window fyne.Window) []string { return textsOf(window.Canvas().Content()) }

func textsOf(top fyne.CanvasObject) (texts []string) {
	each(top, func(object fyne.CanvasObject) {
		if text, ok := object.(*canvas.Text); ok {
			texts = append(texts, strings.ReplaceAll(text.Text, "\u00a0", " "))
		}
	})
	return texts
}

// top is what lies on top of a window.
func top(window fyne.Window) fyne.CanvasObject {
	if overlay := window.Canvas().Overlays().Top(); overlay != nil {
		return overlay
	}
	return window.Canvas().Content()
}

// Wherever somebody is, the top bar says in words that the hub or the sound is not there. Only
// beside a narrow window's heading one may have to give way.
func TestTopBarSaysWhatIsMissing(t *testing.T) {
	for _, name := range []string{"offline", "offline-printers", "offline-more"} {
		for width, want := range map[float32][]string{
			1280: {"Hors ligne depuis 12 h 02 · 3 à envoyer", "Son indisponible", "12 h 17"},
			800:  {"Hors ligne", "Sans son", "12 h 17"},
			480:  {"Hors ligne", "12 h 02", "12 h 17"},
		} {
			texts := said(stage(t, name, width, 800).Window.Fyne())
			switch {
			case width == 480 && name != "offline":
				want = append(want, "Sans son")
			case width == 800 && name == "offline-more": // its heading leaves room
				want[0] = "Hors ligne depuis 12 h 02"
			}
			for _, words := range want {
				if !slices.Contains(texts, words) {
					t.Errorf("%s at %g does not say %q", name, width, words)
				}
			}
		}
	}
}

// Where nothing can be heard the bar says so, and still says where one is.
func TestTopBarKeepsTheLocation(t *testing.T) {
	for width, silent := range map[float32]string{1280: "Son indisponible", 800: "Sans son", 480: "Sans son"} {
		texts := said(stage(t, "muted", width, 800).Window.Fyne())
		for _, words := range []string{"Plateau", silent, "En ligne"} {
			if !slices.Contains(texts, words) && (width > 480 || words != silent) { // a banner has it there
				t.Errorf("at %g it does not say %q", width, words)
			}
		}
	}
}

func tap(b fyne.CanvasObject) {
	event := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	if m, ok := b.(desktop.Mouseable); ok {
		m.MouseDown(event)
		m.MouseUp(event)
	}
}

func TestTapIsCarriedOutElsewhere(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	tap(button(t, s.Window.Fyne(), "Accepter"))
	s.Window.Draw()
	button(t, s.Window.Fyne(), "Envoi…") // at once, before anything is done

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	var drawn sync.Once
	ready := make(chan struct{})
	go func() {
		defer close(done)
		s.Window.Run(ctx, func() { drawn.Do(func() { close(ready) }) })
	}()
	<-ready
	eventually(t, func() bool { return len(s.Commands()) > 0 })
	cancel()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Run does not end with its context")
	}
	commands := s.Commands()
	if len(commands) != 1 || commands[0].OrderID != "order-222" || commands[0].Type != order.Accept {
		t.Errorf("carried out %+v, want one Accept of order-222", commands)
	}
}

// A window that opens is plain until it has the terminal's state, and its first state is whole.
func TestFirstFrameIsComplete(t *testing.T) {
	for _, name := range []string{"orders", "alarm", "empty"} {
		s, err := stories.Open(test.NewTempApp(t), story(t, name), model.French, theme.Light)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		s.Window.Fyne().Resize(fyne.NewSize(1280, 800))
		frame := func() *image.NRGBA {
			frame, ok := s.Window.Fyne().Canvas().Capture().(*image.NRGBA)
			if !ok {
				t.Fatal("not the picture of the test's canvas")
			}
			return frame
		}
		plain := frame()
		for i := 4; i < len(plain.Pix); i += 4 {
			if !bytes.Equal(plain.Pix[i:i+4], plain.Pix[:4]) {
				t.Fatalf("%s: something is drawn before the first state, at %d", name, i/4)
			}
		}
		s.Window.Draw()
		first := frame()
		for range 4 {
			s.Window.Draw()
		}
		if bytes.Equal(first.Pix, plain.Pix) || !bytes.Equal(first.Pix, frame().Pix) {
			t.Errorf("%s: the first frame is not what follows", name)
		}
	}
}

func TestLockedActionExplains(t *testing.T) {
	s := stage(t, "details", 1280, 800)
	overlays := s.Window.Fyne().Canvas().Overlays()
	tap(button(t, s.Window.Fyne(), "Annuler\u00a0: à faire sur DoorDash"))
	if overlays.Top() == nil {
		t.Fatal("a tap on a locked action opens nothing")
	}
	tap(button(t, s.Window.Fyne(), "Fermer"))
	if overlays.Top() != nil {
		t.Error("the explanation does not close")
	}
}

func TestBackFromDetails(t *testing.T) {
	s := stage(t, "details", 800, 480)
	tap(button(t, s.Window.Fyne(), "Retour"))
	s.Window.Draw()
	if s.Controller.Screen().Details != nil {
		t.Error("the details are still open")
	}
	button(t, s.Window.Fyne(), "Accepter") // the list is there
}

// texts are the words on a window that lie whole in view.
func texts(window fyne.Window) []string {
	var words []string
	var look func(fyne.CanvasObject, fyne.Position, rectangle)
	look = func(object fyne.CanvasObject, at fyne.Position, clip rectangle) {
		if !object.Visible() {
			return
		}
		at = at.Add(object.Position())
		own := rectangle{at.X, at.Y, at.X + object.Size().Width, at.Y + object.Size().Height}
		if _, ok := object.(fyne.Scrollable); ok {
			clip = clip.and(own)
		}
		switch o := object.(type) {
		case *canvas.Text:
			if own.and(clip) == own {
				words = append(words, o.Text)
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				look(child, at, clip)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				look(child, at, clip)
			}
		}
	}
	size := window.Canvas().Size()
	look(window.Canvas().Content(), fyne.Position{}, rectangle{0, 0, size.Width, size.Height})
	return words
}

// An allergy far down among the items, or on another tab, is said in view.
func TestNoAllergyIsOutOfSightWithoutAWord(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}, {Width: 1280, Height: 600}} {
		for _, tab := range model.DetailTabs() {
			for name, want := range map[string]string{
				"details": "ALLERGIE\u00a0: arachides", "allergy": "ALLERGIE\u00a0: fruits à coque", "hard-details": "ALLERGIES\u00a0: arachides",
			} {
				s := stage(t, name, size.Width, size.Height)
				s.Controller.DetailTab(tab)
				s.Window.Draw()
				seen := strings.Join(texts(s.Window.Fyne()), " ")
				if !strings.Contains(seen, want) && !strings.Contains(seen, "ALLERGIES\u00a0: voir les articles") {
					t.Errorf("%s, %s at %v: no %q in %s", name, tab, size, want, seen)
				}
			}
		}
	}
}

// The sign that there is more pages down, and goes at the end.
func TestMoreBelow(t *testing.T) {
	s := stage(t, "allergy", 480, 800)
	const sign, last = "Voir la suite", "Os à moelle"
	allergy := false
	for page := 0; slices.Contains(texts(s.Window.Fyne()), sign); page++ {
		if page > 7 {
			t.Fatal("the end does not come")
		}
		if page == 0 && slices.Contains(texts(s.Window.Fyne()), last) {
			t.Error("the last item is in view at first")
		}
		tap(labelled(t, s.Window.Fyne(), sign))
		allergy = allergy || slices.Contains(texts(s.Window.Fyne()), "ALLERGIE\u00a0: fruits à coque")
	}
	if !allergy {
		t.Error("the last item's allergy was never in view")
	}
	s.Controller.DetailTab(model.TabPayment) // short
	s.Window.Draw()
	if slices.Contains(texts(s.Window.Fyne()), sign) {
		t.Error("all is in view, and the sign is there")
	}
}

func TestPageBarGoesWhereAllFits(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	for section, paged := range map[model.Section]bool{model.All: true, model.Shipping: false} {
		s.Controller.Section(section)
		s.Window.Draw()
		if got := slices.Contains(texts(s.Window.Fyne()), "Suite"); got != paged {
			t.Errorf("%s: the page bar shows: %t", section, got)
		}
	}
	// four cards just fit where the bar would be, or just do not
	for height, paged := range map[float32]bool{624: false, 623: true} {
		seen := texts(stage(t, "pickup", 1280, height).Window.Fyne())
		if slices.Contains(seen, "Suite") != paged || slices.Contains(seen, "1\u00a0Tartare de saumon") == paged {
			t.Errorf("%g high: %q", height, seen)
		}
	}
}

func TestPagesOfTheList(t *testing.T) {
	s := stage(t, "orders", 1280, 800)
	tap(button(t, s.Window.Fyne(), "Suite"))
	s.Window.Draw()
	if page := s.Controller.Screen().Page; page.First != 5 || page.PerPage != 5 || page.Text != "6 à 10 sur 14" {
		t.Errorf("after Suite: %+v", page)
	}
}

func TestModesAndLanguagesSwitchWhileRunning(t *testing.T) {
	s := stage(t, "details", 1280, 800)
	s.Controller.Language(model.English)
	s.Window.SetMode(theme.Dark)
	s.Window.Draw()
	fresh, err := stories.Show(test.NewApp(), story(t, "orders"), model.French, theme.Dark, 1280, 800)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	fresh.Controller.Select("order-214")
	fresh.Controller.Language(model.English)
	fresh.Window.Draw()
	got, want := s.Window.Fyne().Canvas().Capture(), fresh.Window.Fyne().Canvas().Capture()
	for y := range 800 {
		for x := range 1280 {
			if got.At(x, y) != want.At(x, y) {
				t.Fatalf("switched and fresh windows differ at %d, %d", x, y)
			}
		}
	}
}

// eventually waits until something that other goroutines bring about is so.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not come about")
		}
	}
}

// Five taps from the orders mute the arrivals: More, Settings, Orders, Alerts, the switch.
func TestArrivalsAreMutedByFiveTaps(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
		s := stage(t, "alarm-arrival", size.Width, size.Height)
		overlays := s.Window.Fyne().Canvas().Overlays()
		if overlays.Top() == nil {
			t.Fatal("nothing rings")
		}
		overlays.Remove(overlays.Top()) // as if somebody had looked below it
		for _, label := range []string{"Plus", "Paramètres", "Commandes", "Alertes et notifications", "Arrivées à l’extérieur"} {
			tap(labelled(t, s.Window.Fyne(), label))
			s.Window.Draw()
		}
		if overlays.Top() != nil || s.Controller.Screen().Alarm != nil {
			t.Errorf("at %v it still rings", size)
		}
		for _, title := range []string{"Commandes", "Paramètres", "Plus"} { // and back
			tap(labelled(t, s.Window.Fyne(), "Retour"))
			s.Window.Draw()
			if seen := said(s.Window.Fyne()); !slices.Contains(seen, title) {
				t.Errorf("at %v Retour does not lead to %s", size, title)
			}
		}
	}
}
