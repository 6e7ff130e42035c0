package touch_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

func TestButtonHeights(t *testing.T) {
	test.NewTempApp(t)
	palette := theme.NewPalette(theme.Light)
	for kind, height := range map[touch.Kind]float32{
		touch.Primary: 72, touch.Next: 72, touch.Other: 56, touch.Danger: 56,
	} {
		button := touch.NewButton(palette, kind, "check", "Bon", nil)
		if got := button.MinSize(); got.Height != height || got.Width < 56 {
			t.Errorf("kind %d is %v", kind, got)
		}
	}
	if got := touch.NewIconButton(palette, "x", nil).MinSize(); got != fyne.NewSize(56, 56) {
		t.Errorf("icon button is %v", got)
	}
	// The longest next step fits a card's action.
	if got := touch.NewButton(palette, touch.Next, "flame", "Commencer", nil).MinSize(); got.Width > theme.CardAction {
		t.Errorf("Commencer is %g wide", got.Width)
	}
}

func TestButtonStates(t *testing.T) {
	test.NewTempApp(t)
	taps, explained := 0, 0
	button := touch.NewButton(theme.NewPalette(theme.Light), touch.Other, "x", "Annuler", func() { taps++ })
	tap := func() {
		button.MouseDown(press(5, 5))
		button.MouseUp(press(5, 5))
	}
	tap()
	button.SetBusy("Annulation…")
	if tap(); taps != 1 || button.Label() != "Annulation…" {
		t.Errorf("busy: %d taps, says %q", taps, button.Label())
	}
	button.SetBusy("")
	button.Lock("Annuler : à faire sur DoorDash", func() { explained++ })
	if tap(); taps != 1 || explained != 1 {
		t.Errorf("locked: %d taps, %d explanations", taps, explained)
	}
	button.Lock("", nil)
	button.SetDisabled(true)
	if tap(); taps != 1 || button.Pressed() {
		t.Errorf("disabled: %d taps", taps)
	}
	button.SetDisabled(false)
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeySpace, fyne.KeyEscape} {
		button.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if taps != 3 {
		t.Errorf("by keyboard: %d taps", taps)
	}
}

func TestFingerThatLeavesTheEdgeDoesNotTap(t *testing.T) {
	test.NewTempApp(t)
	taps := 0
	button := touch.NewButton(theme.NewPalette(theme.Light), touch.Other, "", "Bon", func() { taps++ })
	button.MouseDown(press(1, 1))
	button.MouseOut()
	if button.Pressed() || taps > 0 {
		t.Errorf("pressed %t, %d taps", button.Pressed(), taps)
	}
}

func TestSegmentChooses(t *testing.T) {
	test.NewTempApp(t)
	var chosen []int
	segment := touch.NewSegment(theme.NewPalette(theme.Light), []string{"Articles", "Paiement"}, 0, func(index int) { chosen = append(chosen, index) })
	window := test.NewTempWindow(t, segment)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(400, 64))
	for range 3 { // the second, then the first, then the second
		window.Canvas().FocusNext()
		window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	}
	if want := []int{1, 0}; segment.Chosen() != 0 || !slices.Equal(chosen, want) {
		t.Errorf("chosen %v, now %d", chosen, segment.Chosen())
	}
}

func TestSwitchTurns(t *testing.T) {
	test.NewTempApp(t)
	var turned []bool
	row := touch.NewSwitch(theme.NewPalette(theme.Light), "Sonner", "Activé", "Désactivé", false, func(on bool) { turned = append(turned, on) })
	row.Tap()
	row.SetOn(false)
	row.Tap()
	if !slices.Equal(turned, []bool{true, true}) || !row.On() || row.MinSize().Height < 72 {
		t.Errorf("turned %v, %v", turned, row.MinSize())
	}
}

func TestCut(t *testing.T) {
	test.NewTempApp(t)
	words := "1 Confit de canard, 1 Salade niçoise"
	if got := touch.Cut(words, theme.Body, 1000); got != words {
		t.Errorf("fits, but %q", got)
	}
	got := touch.Cut(words, theme.Body, 150)
	if width := theme.Body.Measure(got); width > 150 || width < 120 || got[len(got)-3:] != "…" {
		t.Errorf("%q is %g wide", got, width)
	}
	if got := touch.Cut(words, theme.Body, 1); got != "" {
		t.Errorf("no room, but %q", got)
	}
}

func TestWidgetsFollowTheMode(t *testing.T) {
	app := test.NewTempApp(t)
	palette := theme.NewPalette(theme.Light)
	badge := touch.NewBadge(palette, touch.BadgeLate, "alert", "2 min de retard")
	window := test.NewTempWindow(t, container.NewWithoutLayout(badge))
	badge.Resize(badge.MinSize())
	fill := func() any { return test.WidgetRenderer(badge).Objects()[0].(*canvas.Rectangle).FillColor }
	if fill() != theme.Color(theme.Light, theme.Late) {
		t.Errorf("light: %v", fill())
	}
	palette.SetMode(theme.Dark)
	app.Settings().SetTheme(theme.New(theme.Dark))
	window.Content().Refresh()
	if fill() != theme.Color(theme.Dark, theme.Late) {
		t.Errorf("dark: %v", fill())
	}
}

func TestPictures(t *testing.T) {
	for name, mode := range modes {
		palette := theme.NewPalette(mode)
		test.NewTempApp(t)
		locked := touch.NewButton(palette, touch.Danger, "x", "Annuler", nil)
		locked.Lock("Annuler : à faire sur DoorDash", nil)
		ground := canvas.NewRectangle(palette.Color(theme.Bg))
		picture := render(t, mode, fyne.NewSize(360, 184),
			at(ground, 0, 0, 360, 184),
			at(touch.NewButton(palette, touch.Primary, "check", "Accepter", nil), 8, 8, 168, 72),
			at(touch.NewBadge(palette, touch.BadgeLate, "alert", "5 min de retard"), 184, 8, 0, 0),
			at(touch.NewBadge(palette, touch.BadgeOk, "clock", "Reste 18 min"), 184, 48, 0, 0),
			at(locked, 8, 88, 344, 56),
			at(touch.NewPill(palette, touch.PillCount, "14"), 8, 152, 0, 0),
		)
		test.AssertImageMatches(t, "parts-"+name+".png", picture)
	}
}
