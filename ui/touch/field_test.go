package touch_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// words are the texts of a field as they are drawn.
func words(field *touch.Field) (words []string) {
	for _, object := range test.WidgetRenderer(field).Objects() {
		if text, ok := object.(*canvas.Text); ok && text.Text != "" {
			words = append(words, text.Text)
		}
	}
	return words
}

func keys(field *touch.Field, names ...fyne.KeyName) {
	for _, name := range names {
		field.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

// The keys of a real keyboard do what they do everywhere.
func TestFieldTakesARealKeyboard(t *testing.T) {
	test.NewTempApp(t)
	done := 0
	field := touch.NewField(theme.NewPalette(theme.Light), nil)
	field.OnDone = func() { done++ }
	window := test.NewTempWindow(t, field)
	window.Canvas().Focus(field)
	test.Type(field, "Zoé")
	keys(field, fyne.KeyLeft, fyne.KeyLeft)
	test.Type(field, "ï")
	keys(field, fyne.KeyHome, fyne.KeyDelete, fyne.KeyEnd)
	test.Type(field, "s")
	keys(field, fyne.KeyBackspace, fyne.KeyRight, fyne.KeyReturn, fyne.KeySpace)
	if field.Text() != "ïoé" || done != 1 {
		t.Errorf("got %q, done %d times", field.Text(), done)
	}
	keys(field, fyne.KeyHome, fyne.KeyBackspace, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyDelete)
	if field.Text() != "ïoé" {
		t.Errorf("at the ends: %q", field.Text())
	}
}

func TestFieldKeepsToItsRules(t *testing.T) {
	test.NewTempApp(t)
	field := touch.NewField(theme.NewPalette(theme.Light), nil)
	field.SetLimit(4)
	field.SetAccepts(func(r rune) bool { return r >= '0' && r <= '9' })
	field.SetMasked(true)
	field.Resize(fyne.NewSize(300, 56))
	field.Type("12a3 45")
	if got := words(field); field.Text() != "1234" || len(got) != 1 || got[0] != "••••" {
		t.Errorf("%q, shown %q", field.Text(), got)
	}

	amount := touch.NewField(theme.NewPalette(theme.Light), nil)
	amount.SetFormat(func(typed string) string { return typed + " $" })
	amount.Resize(fyne.NewSize(300, 56))
	amount.Type("12")
	keys(amount, fyne.KeyHome, fyne.KeyLeft)
	amount.Type("3")
	if got := words(amount); amount.Text() != "123" || got[0] != "123 $" {
		t.Errorf("%q, shown %q", amount.Text(), got)
	}
}

func TestFieldSaysWhatIsWrong(t *testing.T) {
	test.NewTempApp(t)
	var heard []string
	field := touch.NewField(theme.NewPalette(theme.Light), func(text string) { heard = append(heard, text) })
	field.SetWords("Nom", "Élodie")
	field.Resize(fyne.NewSize(200, 200))
	least := field.HeightFor(200)
	if got := strings.Join(words(field), "|"); got != "Nom|Élodie" || least != 84 {
		t.Errorf("%q, %g high", got, least)
	}
	field.SetText("x")
	field.SetWrong("Ce n’est pas une adresse entière, comme 192.168.1.50.")
	if got := strings.Join(words(field), " "); !strings.Contains(got, "Ce n’est") || !strings.Contains(got, "192.168.1.50.") || field.HeightFor(200) <= least+24 {
		t.Errorf("%q, %g high", got, field.HeightFor(200))
	}
	field.Type("y") // no longer what was wrong
	if field.Wrong() != "" || len(heard) != 1 || heard[0] != "xy" {
		t.Errorf("wrong %q, heard %q", field.Wrong(), heard)
	}
	for _, object := range test.WidgetRenderer(field).Objects() {
		if clearing, ok := object.(*touch.Button); ok {
			finger(clearing)
		}
	}
	if field.Text() != "" || len(heard) != 2 {
		t.Errorf("not cleared: %q, %q", field.Text(), heard)
	}
}

// A tap puts the caret where the finger is.
func TestTapMovesTheCaret(t *testing.T) {
	test.NewTempApp(t)
	field := touch.NewField(theme.NewPalette(theme.Light), nil)
	chosen := 0
	field.OnChosen = func() { chosen++ }
	field.Resize(fyne.NewSize(300, 56))
	field.SetText("Bor")
	field.SetActive(true)
	at := 16 + theme.CustomerName.Measure("B")
	event := press(at, 20)
	event.Position = event.AbsolutePosition
	field.MouseDown(event)
	field.MouseUp(event)
	field.Type("l")
	if field.Text() != "Blor" || chosen != 1 {
		t.Errorf("%q, chosen %d times", field.Text(), chosen)
	}
}

// However long the text is and wherever the caret: what is shown fits, and the caret is in it.
func TestLongTextsStayInTheirField(t *testing.T) {
	test.NewTempApp(t)
	field := touch.NewField(theme.NewPalette(theme.Light), nil)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.Float32Range(180, 500).Draw(t, "width")
		field.Resize(fyne.NewSize(width, 56))
		text := rapid.StringMatching(`[a-zéW. ]{0,80}`).Draw(t, "text")
		field.SetText(text)
		for range rapid.IntRange(0, 90).Draw(t, "left") {
			keys(field, fyne.KeyLeft)
		}
		for _, object := range test.WidgetRenderer(field).Objects() {
			if shown, ok := object.(*canvas.Text); ok && shown.Text != "" {
				if !strings.Contains(text, shown.Text) {
					t.Fatalf("%q is not in %q", shown.Text, text)
				}
			}
			box, ok := object.(*canvas.Rectangle)
			if caret := ok && box.Size().Width == 2; caret && (box.Position().X < 16 || box.Position().X > width-theme.MinTouch) {
				t.Fatalf("%g wide: the caret is at %g", width, box.Position().X)
			}
		}
	})
}
