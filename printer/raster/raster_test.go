package raster_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"comptoir/printer/escpos"
	"comptoir/printer/raster"
)

// picture shows a word at its own width, a # for each dot.
func picture(d *raster.Drawer, word string, bold bool) string {
	drawn := d.Draw(word, d.Columns(word)*12, 24, bold)
	var b strings.Builder
	for y := range drawn.Height {
		for x := range drawn.Width {
			if drawn.Black(x, y) {
				b.WriteByte('#')
			} else {
				b.WriteByte('.')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func ink(drawn *escpos.Image) (dots, left, right int) {
	left = drawn.Width
	for y := range drawn.Height {
		for x := range drawn.Width {
			if drawn.Black(x, y) {
				dots++
				left, right = min(left, x), max(right, x)
			}
		}
	}
	return dots, left, right
}

// TestOwnFonts: each script that the drawer promises has letters, which differ from each other.
func TestOwnFonts(t *testing.T) {
	d := raster.New()
	seen := map[string]rune{}
	for _, r := range "aéЖЯΩπابتشלםไมनम🍟🥜🔥👍☕⚠🇨" {
		if !d.Draws(r) {
			t.Errorf("no letter for %c", r)
			continue
		}
		got := picture(d, string(r), false)
		if other, ok := seen[got]; ok || !strings.Contains(got, "#") {
			t.Errorf("%c looks like %c:\n%s", r, other, got)
		}
		seen[got] = r
	}
	for _, r := range []rune{'鸭', 'ბ', '\uE000', '\U0010FFFF', -1} {
		if d.Draws(r) {
			t.Errorf("a letter for %U", r)
		}
	}
}

func TestColumns(t *testing.T) {
	d := raster.New()
	for word, want := range map[string]int{
		"a": 1, "Ж": 1, "Жюри": 4, "🍟": 2, "🍟🥜": 4,
		"👨‍👩‍👧": 2, "👍🏽": 2, "🇨🇦": 2, "❤\uFE0F": 2, // one picture of several runes
		"שלום": 4, "": 1, "\u200d": 1,
	} {
		if got := d.Columns(word); got != want {
			t.Errorf("%q takes %d columns, want %d", word, got, want)
		}
	}
	if got := d.Columns(strings.Repeat("🍟", 1000)); got != 100 {
		t.Errorf("an endless word takes %d columns", got)
	}
}

// TestArabicIsJoined: the letters of a word touch, so it has ink in all columns of dots between its
// ends; the same letters kept apart do not.
func TestArabicIsJoined(t *testing.T) {
	d := raster.New()
	gaps := func(word string) (n int) {
		drawn := d.Draw(word, d.Columns(word)*12, 24, false)
		_, left, right := ink(drawn)
		for x := left; x <= right; x++ {
			empty := true
			for y := range drawn.Height {
				empty = empty && !drawn.Black(x, y)
			}
			if empty {
				n++
			}
		}
		return n
	}
	if got := gaps("ببب"); got != 0 {
		t.Errorf("%d gaps in a joined word:\n%s", got, picture(d, "ببب", false))
	}
	if got := gaps("ب\u200cب\u200cب"); got == 0 { // zero width non-joiner
		t.Errorf("letters kept apart touch:\n%s", picture(d, "ب\u200cب\u200cب", false))
	}
}

// TestRightToLeft: the first letter stands at the right.
func TestRightToLeft(t *testing.T) {
	d := raster.New()
	for _, word := range []string{"אםםם", "اببب"} { // a first letter unlike the others
		first, _ := utf8.DecodeRuneInString(word)
		width := d.Columns(word) * 12
		whole := d.Draw(word, width, 24, false)
		turned := d.Draw(string(reversed(word)), width, 24, false)
		_, _, right := ink(whole)
		if right < width*2/3 {
			t.Errorf("%s does not reach the right:\n%s", word, picture(d, word, false))
		}
		half := func(i *escpos.Image) (dots int) {
			for y := range 24 {
				for x := width / 2; x < width; x++ {
					if i.Black(x, y) {
						dots++
					}
				}
			}
			return dots
		}
		if half(whole) == half(turned) {
			t.Errorf("%c may stand anywhere in %s", first, word)
		}
	}
	// Alef is a stroke that is higher than any other letter here: it is at the right.
	word := "اببب"
	drawn := d.Draw(word, d.Columns(word)*12, 24, false)
	_, _, right := ink(drawn)
	high := 0
	for y := range 24 {
		if drawn.Black(right, y) || drawn.Black(right-1, y) || drawn.Black(right-2, y) {
			high++
		}
	}
	if high < 10 {
		t.Errorf("alef is not the last at the right:\n%s", picture(d, word, false))
	}
}

func reversed(s string) []rune {
	letters := []rune(s)
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return letters
}

func TestDrawSizes(t *testing.T) {
	d := raster.New()
	for _, size := range [][2]int{{12, 24}, {24, 48}, {9, 17}, {96, 192}, {1, 1}} {
		drawn := d.Draw("ش", size[0], size[1], false)
		if drawn.Width != size[0] || drawn.Height != size[1] || len(drawn.Bits) < (size[0]+7)/8*size[1] {
			t.Errorf("%v: got %dx%d", size, drawn.Width, drawn.Height)
		}
	}
	plain, _, _ := ink(d.Draw("ш", 12, 24, false))
	bold, _, _ := ink(d.Draw("ш", 12, 24, true))
	if bold <= plain {
		t.Errorf("bold has %d dots, plain %d", bold, plain)
	}
	if d.Draw("a", 0, 24, false) != nil || d.Draw("a", 12, -1, false) != nil || d.Draw("", 12, 24, false) != nil {
		t.Error("something in an empty box")
	}
}

// Files that are not there or not fonts are passed over; those that are give more letters.
func TestFiles(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.ttf")
	if err := os.WriteFile(bad, []byte("not a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := raster.New(filepath.Join(t.TempDir(), "none.ttf"), bad)
	if d.Draws('鸭') || !d.Draws('ش') || d.Columns("ش") < 1 {
		t.Error("bad files changed what there is")
	}
	if files := raster.SystemFonts(); len(files) == 0 || !filepath.IsAbs(files[0]) {
		t.Errorf("got %q", files)
	}
}

func TestAtTheSameTime(t *testing.T) {
	d := raster.New()
	want := picture(raster.New(), "فلافل🍟", false)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				if got := picture(d, "فلافل🍟", false); got != want {
					t.Error("another picture")
				}
			}
		})
	}
	all.Wait()
}

func FuzzDraw(f *testing.F) {
	for _, seed := range []string{"فلافل", "שלום🍟", "👨‍👩‍👧‍👦", "นมस्ते", "\u200d\uFE0F\u0301", "\xFF\xC3", "🇨🇦🇨", "٣٥ab", ""} {
		f.Add(seed, 24, 24)
	}
	d := raster.New()
	f.Fuzz(func(t *testing.T, word string, width, height int) {
		if n := d.Columns(word); n < 1 || n > 100 {
			t.Fatalf("%q takes %d columns", word, n)
		}
		width, height = width%200, height%200
		drawn := d.Draw(word, width, height, len(word)%2 == 0)
		if drawn != nil && (drawn.Width != width || drawn.Height != height) {
			t.Fatalf("%q: %dx%d, want %dx%d", word, drawn.Width, drawn.Height, width, height)
		}
	})
}
