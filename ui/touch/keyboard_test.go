package touch_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// pressKey is what a finger needs of a key.
type pressKey interface {
	fyne.CanvasObject
	desktop.Mouseable
	Label() string
}

// visible are the keys of a keyboard or a pad that can be seen, in reading order.
func visible(board fyne.Widget) (keys []pressKey) {
	for _, object := range test.WidgetRenderer(board).Objects() {
		if k, ok := object.(pressKey); ok && k.Visible() {
			keys = append(keys, k)
		}
	}
	return keys
}

func labels(board fyne.Widget) (labels []string) {
	for _, k := range visible(board) {
		if k.Label() != "" {
			labels = append(labels, k.Label())
		}
	}
	return labels
}

// iconKey finds a key without a word, by its place among those: shift, then erase.
func iconKeys(board fyne.Widget) (keys []pressKey) {
	for _, k := range visible(board) {
		if k.Label() == "" {
			keys = append(keys, k)
		}
	}
	return keys
}

func finger(k desktop.Mouseable) {
	k.MouseDown(press(20, 20))
	k.MouseUp(press(20, 20))
}

// failer is a test, of testing or of rapid.
type failer interface {
	Helper()
	Fatalf(format string, arguments ...any)
}

func strike(t failer, board fyne.Widget, label string) {
	t.Helper()
	for _, k := range visible(board) {
		if k.Label() == label {
			finger(k)
			return
		}
	}
	t.Fatalf("no key %q among %q", label, labels(board))
}

func keyboard(t failer, language string, width, height float32) (*touch.Keyboard, *touch.Field) {
	t.Helper()
	p := theme.NewPalette(theme.Light)
	field := touch.NewField(p, nil)
	k := touch.NewKeyboard(p)
	k.SetWords(language, "espace", "Terminé")
	k.Into(field)
	k.Resize(fyne.NewSize(width, height))
	return k, field
}

// write types a text with the fewest taps, and says how many there were.
func write(t failer, k *touch.Keyboard, text string) (taps int) {
	t.Helper()
	tap := func(label string) {
		strike(t, k, label)
		taps++
	}
	for _, r := range text {
		letter, upper := string(r), strings.ToLower(string(r)) != string(r)
		if r == ' ' {
			tap("espace")
			continue
		}
		for range 2 {
			if now := labels(k); slices.Contains(now, letter) || upper && slices.Contains(now, strings.ToLower(letter)) {
				break
			}
			switch lower := strings.ToLower(letter); {
			case strings.ContainsAny(lower, "abcdefghijklmnopqrstuvwxyz"):
				tap("abc")
			case strings.ToUpper(lower) != lower:
				tap("éàç")
			default:
				tap("123")
			}
		}
		if upper {
			finger(iconKeys(k)[0])
			taps++
		}
		tap(letter)
	}
	return taps
}

// Every letter that names, addresses, hosts and mail are written with can be typed, in few taps.
func TestKeyboardHasEveryLetter(t *testing.T) {
	test.NewTempApp(t)
	const small = "abcdefghijklmnopqrstuvwxyzéèàçêûôîëïùâüœæÿ"
	for _, language := range []string{"fr", "en"} {
		for _, r := range small + strings.ToUpper(small) + "0123456789.:/-@_'#+,&()?!" {
			k, field := keyboard(t, language, 480, touch.KeyboardLow)
			taps := write(t, k, string(r))
			if field.Text() != string(r) {
				t.Errorf("%s: typed %q, got %q", language, r, field.Text())
			}
			if taps > 3 {
				t.Errorf("%s: %q takes %d taps", language, r, taps)
			}
		}
	}
	k, _ := keyboard(t, "fr", 480, touch.KeyboardLow)
	if write(t, k, "é") != 1 || write(t, k, "à") != 2 {
		t.Error("French accents are too far away")
	}
}

// What is typed is what the field says, whatever it is and however it is mixed with erasing.
func TestFieldSaysWhatIsTyped(t *testing.T) {
	test.NewTempApp(t)
	boards, fields := map[string]*touch.Keyboard{}, map[string]*touch.Field{}
	for _, language := range []string{"fr", "en"} {
		boards[language], fields[language] = keyboard(t, language, 480, touch.KeyboardLow)
	}
	letter := rapid.RuneFrom([]rune("abcxyzABCXYZéèàçœÉŒ0189.:/-@_'#+,& "))
	rapid.Check(t, func(t *rapid.T) {
		language := rapid.SampledFrom([]string{"fr", "en"}).Draw(t, "language")
		k, field := boards[language], fields[language]
		field.SetText("")
		var heard string
		field.OnChanged = func(text string) { heard = text }
		var want []rune
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "erase") == 0 {
				keys := iconKeys(k)
				finger(keys[len(keys)-1])
				want = want[:max(0, len(want)-1)]
				continue
			}
			r := letter.Draw(t, "letter")
			write(t, k, string(r))
			want = append(want, r)
		}
		if field.Text() != string(want) || heard != string(want) && heard != "" {
			t.Fatalf("typed %q, the field says %q, heard %q", string(want), field.Text(), heard)
		}
	})
}

func TestShift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		test.NewTempApp(t)
		k, field := keyboard(t, "fr", 800, touch.KeyboardLow)
		shift := func() { finger(iconKeys(k)[0]) }
		shift()
		strike(t, k, "A")
		strike(t, k, "b") // once only
		shift()
		shift() // at once: every letter
		strike(t, k, "C")
		strike(t, k, "D")
		shift()
		strike(t, k, "e")
		shift()
		time.Sleep(time.Second) // of the test's clock
		shift()                 // later: as it was
		strike(t, k, "f")
		shift()
		strike(t, k, "éàç")
		strike(t, k, "Œ")
		strike(t, k, "u") // one accent, and back
		if field.Text() != "AbCDefŒu" {
			t.Errorf("got %q", field.Text())
		}
	})
}

// Backspace erases one letter at a tap, and more as long as it is held, to the last one.
func TestHeldBackspaceRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		test.NewTempApp(t)
		k, field := keyboard(t, "en", 480, touch.KeyboardLow)
		pad := touch.NewPad(theme.NewPalette(theme.Light))
		pad.Into(field)
		for name, board := range map[string]fyne.Widget{"keyboard": k, "pad": pad} {
			keys := iconKeys(board)
			erase := keys[len(keys)-1]
			field.SetText("0123456789")
			finger(erase)
			if field.Text() != "012345678" {
				t.Errorf("%s: a tap left %q", name, field.Text())
			}
			erase.MouseDown(press(20, 20))
			time.Sleep(490 * time.Millisecond)
			if synctest.Wait(); field.Text() != "012345678" {
				t.Errorf("%s: too early: %q", name, field.Text())
			}
			time.Sleep(180 * time.Millisecond)
			if synctest.Wait(); field.Text() != "012345" {
				t.Errorf("%s: held: %q", name, field.Text())
			}
			erase.MouseUp(press(20, 20))
			time.Sleep(time.Second)
			if synctest.Wait(); field.Text() != "012345" {
				t.Errorf("%s: goes on after the finger: %q", name, field.Text())
			}
			erase.MouseDown(press(20, 20)) // and its end gets lost
			time.Sleep(time.Minute)
			if synctest.Wait(); field.Text() != "" {
				t.Errorf("%s: not all: %q", name, field.Text())
			}
			erase.MouseUp(press(20, 20))
		}
	})
}

// A key is as high as any target, and as wide as ten in 480 can be; no finger falls between two.
func TestKeysCanBeHit(t *testing.T) {
	test.NewTempApp(t)
	for _, language := range []string{"fr", "en"} {
		for _, size := range []fyne.Size{{Width: 480, Height: touch.KeyboardHeight}, {Width: 800, Height: touch.KeyboardLow}, {Width: 1280, Height: touch.KeyboardHeight}} {
			k, _ := keyboard(t, language, size.Width, size.Height)
			for _, page := range []func(){k.ShowLetters, k.ShowSigns, func() { strike(t, k, "éàç") }} {
				page()
				rows := map[float32]float32{}
				for _, key := range visible(k) {
					box := test.WidgetRenderer(key.(fyne.Widget)).Objects()[1].(*canvas.Rectangle).Size()
					if box.Height < theme.MinTouch || box.Width < 44 || key.Size().Width < 48 {
						t.Errorf("%s %v: %q is drawn %v, target %v", language, size, key.Label(), box, key.Size())
					}
					if got := rows[key.Position().Y]; got > key.Position().X+0.01 {
						t.Errorf("%s %v: %q begins at %g, the one before ends at %g", language, size, key.Label(), key.Position().X, got)
					}
					rows[key.Position().Y] = key.Position().X + key.Size().Width
					if text := test.WidgetRenderer(key.(fyne.Widget)).Objects()[3].(*canvas.Text); text.MinSize().Width > box.Width {
						t.Errorf("%s %v: %q is wider than its key", language, size, text.Text)
					}
				}
				if len(rows) != 4 {
					t.Errorf("%d rows", len(rows))
				}
				for _, end := range rows {
					if end > size.Width+0.1 {
						t.Errorf("%s %v: a row ends at %g", language, size, end)
					}
				}
			}
		}
	}
}

func TestPadTypes(t *testing.T) {
	test.NewTempApp(t)
	p := theme.NewPalette(theme.Light)
	for _, extra := range [][]string{nil, {"00"}, {","}, {"00", ","}} {
		pad, field := touch.NewPad(p, extra...), touch.NewField(p, nil)
		pad.Into(field)
		pad.Resize(pad.MinSize())
		want := ""
		for _, label := range append([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}, extra...) {
			strike(t, pad, label)
			want += label
		}
		finger(iconKeys(pad)[0])
		if want = want[:len(want)-1]; field.Text() != want {
			t.Errorf("with %q: %q, want %q", extra, field.Text(), want)
		}
		for _, key := range visible(pad) {
			if size := key.Size(); size.Height < 72 || size.Width < theme.MinTouch {
				t.Errorf("with %q: %q is %v", extra, key.Label(), size)
			}
		}
		pad.Into(nil)
		if strike(t, pad, "1"); field.Text() != want || field.Active() {
			t.Errorf("it types into what it has left")
		}
	}
}
