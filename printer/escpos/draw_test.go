package escpos_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"comptoir/printer/escpos"

	"pgregory.net/rapid"
)

// ruler draws each word as a bar of one dot's height, at a row that tells which rune it begins with,
// so a test reads from the dots what stands where.
type ruler struct{ key []rune }

func (r *ruler) Draws(c rune) bool {
	return unicode.In(c, unicode.Lo, unicode.So, unicode.Sk, unicode.Nd)
}

func (r *ruler) Columns(word string) int {
	n := 0
	for _, c := range word {
		if unicode.In(c, unicode.Lo, unicode.So) {
			n += 2
		} else if unicode.Is(unicode.Nd, c) {
			n++
		}
	}
	return n
}

func (r *ruler) Draw(word string, width, height int, _ bool) *escpos.Image {
	c, _ := utf8.DecodeRuneInString(word)
	row := slices.Index(r.key, c)
	if row < 0 {
		r.key, row = append(r.key, c), len(r.key)
	}
	to := &escpos.Image{Width: width, Height: height, Bits: make([]byte, (width+7)/8*height)}
	for x := range width {
		if row < height {
			to.Bits[row*((width+7)/8)+x/8] |= 0x80 >> (x % 8)
		}
	}
	return to
}

// read tells what stands in the columns of a drawn line: the first rune of each word, as often as
// it is wide, and a point for white.
func (r *ruler) read(line escpos.Line) string {
	if line.Image == nil {
		return "text: " + line.String()
	}
	var b strings.Builder
	for x := 6; x < line.Image.Width; x += 12 {
		found := '.'
		for y := range line.Image.Height {
			if line.Image.Black(x, y) && y < len(r.key) {
				found = r.key[y]
			}
		}
		b.WriteRune(found)
	}
	return b.String()
}

func drawing(t testing.TB, names ...string) (*escpos.Profile, *ruler) {
	p, r := profileOf(t, names...), &ruler{}
	p.Drawer = r
	return p, r
}

// TestDrawnOrder: what no page has is drawn with its whole line, in the order in which it is read:
// Hebrew from right to left, numbers in it from left to right, columns of a ticket in their places.
func TestDrawnOrder(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"text stays text":        {"ab é", "text: ab é"},
		"emoji":                  {"a🍟b", "a🍟🍟b"},
		"two emoji are a word":   {"🍟🔥", "🍟🍟🍟🍟"},
		"joined":                 {"👨\u200d👩", "👨👨👨👨"},
		"other letters first":    {"🍟œ", "🍟🍟oe"},
		"Hebrew":                 {"אב גד", "גגגג.אאאא"},
		"after Latin":            {"ab אב גד", "ab.גגגג.אאאא"},
		"between Latin":          {"ab אב, גד cd", "ab.גגגג.,אאאא.cd"},
		"Latin within":           {"אב ab cd גד", "גגגג.ab.cd.אאאא"},
		"a number":               {"אב 12 גד", "גגגג.12.אאאא"},
		"a number after Latin":   {"ab אב 12", "ab.12.אאאא"},
		"a time":                 {"אב 12:30 גד", "גגגג.12:30.אאאא"},
		"a stop":                 {"אב!", "!אאאא"},
		"a stop after Latin":     {"ab אב!", "ab.אאאא!"},
		"brackets":               {"אב (גד)", "(גגגג).אאאא"},
		"bullet":                 {"  » אב", "..».אאאא"},
		"a number first":         {"+ 2 × אב", "+.אאאא.×.2"},
		"the end of a sentence":  {"אב (cd efgh ij)", "אאאא.(cd.efgh.ij)"},
		"padding":                {"אב  ", "אאאא.."},
		"columns of a ticket":    {"אב   נד 1", "אאאא...1.ננננ"},
		"Arabic":                 {"لا فول", "فففففف.لللل"},
		"Arabic digits":          {"لا ٣٥ ab", "ab.٣٣.لللل"},
		"a missing one":          {"🍟\uE000", "🍟🍟[]"},
		"commands are nothing":   {"🍟\x1Bp\x00", "🍟🍟p"},
		"directions are nothing": {"ab\u202Eאב", "abאאאא"},
		"lines are spaces":       {"🍟\n\nb", "🍟🍟.b"},
	} {
		t.Run(name, func(t *testing.T) {
			p, r := drawing(t, "PC858", "PC437")
			tickets, err := escpos.Decode(p, encode(t, p, func(e *escpos.Encoder) { e.Init(); e.Line(test.text) }))
			if err != nil || len(tickets) != 1 || len(tickets[0].Lines) != 1 {
				t.Fatalf("got %+v, %v", tickets, err)
			}
			line := tickets[0].Lines[0]
			want := test.want
			if got := strings.TrimRight(r.read(line), "."); got != strings.TrimRight(want, ".") {
				t.Errorf("got %q, want %q", got, want)
			}
			if width := p.Width(test.text); line.Image != nil && line.Image.Width != (12*width+7)/8*8 {
				t.Errorf("%d dots, Width says %d columns", line.Image.Width, width)
			}
		})
	}
}

func TestDrawnLine(t *testing.T) {
	p, r := drawing(t, "WPC1252")
	p.Columns, p.CashDrawer, p.ColumnsB = 16, true, 21
	tickets, err := escpos.Decode(p, encode(t, p, func(e *escpos.Encoder) {
		e.Init()
		e.Text("é ")
		e.Size(2, 2)
		e.Bold(true)
		e.KickDrawer(escpos.Pin2, pulse, pulse)
		e.Text("🍟")
		e.Size(1, 1)
		e.Line(" b")
		e.Line("text")
		e.Reverse(true)
		e.Line("🍟 ")
		e.Reverse(false)
		e.Underline(true)
		e.Line("🍟 ")
		e.Underline(false)
		e.Tab()
		e.Text("🍟")
		e.Position(150)
		e.Line("c")
		e.Align(escpos.Right)
		e.LineSpacing(50)
		e.Text("🍟")
		e.Feed(2)
		e.LineSpacing(0)
		e.Text("🍟")
		e.FeedDots(9)
		e.Font(escpos.FontB)
		e.Line("🍟b")
		e.UpsideDown(true)
		e.Line("🍟")
		e.UpsideDown(false)
		e.Text("🍟")
		e.Init()
		e.Line(strings.Repeat("a", 15) + "🍟b")
		e.Text("🍟")
		e.Cut()
	}))
	if err != nil || len(tickets) != 1 || len(tickets[0].Kicks) != 1 || len(tickets[0].Unknown) > 0 {
		t.Fatalf("got %+v, %v", tickets, err)
	}
	type seen struct {
		width, height, above int
		bold                 bool
	}
	var got []seen
	for _, line := range tickets[0].Lines {
		bold := len(line.Spans) > 0 && line.Spans[0].Bold
		if line.Image == nil {
			got = append(got, seen{above: line.Above, bold: bold})
			continue
		}
		got = append(got, seen{line.Image.Width, line.Image.Height, line.Above, bold})
	}
	want := []seen{
		{96, 48, 0, false}, // 2 columns, 4 of twice the width, 2
		{0, 0, 0, true},    // the style stays for the text after it
		{40, 30, 0, false},
		{40, 30, 0, false},
		{168, 30, 0, false}, // the tab stop is at 96, c at 150
		{24, 50, 0, false},
		{0, 0, 0, false}, // the second of the two lines fed
		{24, 30, 0, false},
		{32, 30, 9, false}, // 27 dots of font B
		{192, 30, 0, false},
		{184, 30, 0, false}, // broken where the paper ends
		{40, 30, 0, false},
		{24, 30, 0, false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	reverse, underlined, turned := tickets[0].Lines[2].Image, tickets[0].Lines[3].Image, tickets[0].Lines[9].Image
	if !reverse.Black(30, 10) || !reverse.Black(0, 23) || reverse.Black(0, 24) || reverse.Black(0, slices.Index(r.key, '🍟')) {
		t.Error("reverse is not white on black")
	}
	if !underlined.Black(30, 23) || underlined.Black(30, 20) {
		t.Error("no line under the text")
	}
	if !turned.Black(191, 29-slices.Index(r.key, '🍟')) || turned.Black(0, 29-slices.Index(r.key, '🍟')) {
		t.Error("not upside down")
	}
}

const pulse = 100e6 // nanoseconds

// TextWithin prints as Text does, or nothing: by the short way, the long one, and with words to draw.
func TestTextWithin(t *testing.T) {
	p, _ := drawing(t, "PC858", "PC437")
	for _, text := range []string{"", "abc", "Crème brûlée", "à\u00a0b", "œuf ≤ α", "🍟 frites", "鸭"} {
		width := p.Width(text)
		whole := encode(t, p, func(e *escpos.Encoder) { e.Init(); e.Line(text) })
		fits := encode(t, p, func(e *escpos.Encoder) {
			e.Init()
			if !e.TextWithin(text, width) {
				t.Errorf("%q does not fit in its own %d columns", text, width)
			}
			e.Line("")
		})
		if !bytes.Equal(fits, whole) {
			t.Errorf("%q: got % X, want % X", text, fits, whole)
		}
		without := encode(t, p, func(e *escpos.Encoder) { e.Init(); e.Line("") })
		wide := encode(t, p, func(e *escpos.Encoder) {
			e.Init()
			if e.TextWithin(text, width-1) {
				t.Errorf("%q fits in %d columns", text, width-1)
			}
			e.Align(escpos.Center)
			e.Align(escpos.Left)
			e.Line("")
		})
		if got := bytes.ReplaceAll(wide, []byte("\x1Ba\x01\x1Ba\x00"), nil); !bytes.Equal(got, without) {
			t.Errorf("%q, too wide, left % X", text, got)
		}
	}
}

// Text drawn is measured, and shown, as any other.
func TestDrawnTextProperties(t *testing.T) {
	likely := []rune("ae é0½œ’\u00A0\u0301\u200D\u200C\uFE0F\u202E\n\x00\x1B─α鸭🍟🏽ế שללاфой\u064B\u05B0\U0001F1E8\U0001F1E6()!")
	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		p.Drawer = &ruler{}
		checkDrawn(t, p, rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom(likely))).Draw(t, "text"),
			rapid.IntRange(1, 40).Draw(t, "width"))
	})
}

func checkDrawn(t interface {
	Helper()
	Fatalf(string, ...any)
}, p *escpos.Profile, s string, width int,
) {
	t.Helper()
	shown := p.Display(s)
	if again := p.Display(shown); again != shown {
		t.Fatalf("Display(%q) = %q, again %q", s, shown, again)
	}
	if got, want := p.Width(s), p.Width(shown); got != want {
		t.Fatalf("Width(%q) = %d, of its Display %d", s, got, want)
	}
	if i := strings.IndexFunc(shown, unicode.IsControl); i >= 0 {
		t.Fatalf("Display(%q) = %q has a control character", s, shown)
	}
	bytesOf := func(s string) []byte {
		e := escpos.NewEncoder(p)
		e.Init()
		e.Line(s)
		return bytes.Clone(e.Bytes())
	}
	printed := bytesOf(s)
	if !bytes.Equal(printed, bytesOf(shown)) {
		t.Fatalf("Text(%q) differs from that of its Display %q", s, shown)
	}
	tickets, err := escpos.Decode(p, printed)
	if err != nil || len(tickets) != 1 || len(tickets[0].Unknown)+len(tickets[0].Beeps)+len(tickets[0].Kicks) > 0 {
		t.Fatalf("%q decodes to %v, %v", s, tickets, err)
	}
	for _, line := range tickets[0].Lines {
		if line.Image != nil && line.Image.Width > p.Columns*12 {
			t.Fatalf("%q is drawn %d dots wide", s, line.Image.Width)
		}
	}
	rows := p.Wrap(nil, s, width)
	for _, row := range rows {
		if got := p.Width(row); got > width && row != firstLetter(p, row) {
			t.Fatalf("%q wrapped at %d has a row %q of %d", s, width, row, got)
		}
		if p.Display(row) != row {
			t.Fatalf("%q wrapped at %d has a row %q that is not as printed", s, width, row)
		}
	}
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if got, want := bare(strings.Join(rows, " ")), bare(shown); got != want {
		t.Fatalf("%q wrapped at %d says %q", s, width, rows)
	}
}

// firstLetter is row if it is one letter with its marks, which no wrapping can make narrower.
func firstLetter(p *escpos.Profile, row string) string {
	if len(p.Wrap(nil, row, 1)) == 1 {
		return row
	}
	return ""
}

// A row ends between letters, never between a letter and what belongs to it.
func TestWrapDrawn(t *testing.T) {
	p, _ := drawing(t, "WPC1252")
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"🍟🔥🥜", 4, []string{"🍟🔥", "🥜"}},
		{"👨\u200d👩👍🏽🥜", 4, []string{"👨\u200d👩", "👍🏽🥜"}},
		{"\U0001F1E8\U0001F1E6\U0001F1EB\U0001F1F7", 5, []string{"\U0001F1E8\U0001F1E6", "\U0001F1EB\U0001F1F7"}},
		{"أَأَأَ", 4, []string{"أَأَ", "أَ"}},
		{"שלום חבר", 9, []string{"שלום", "חבר"}},
		{"ab 鸭鸭鸭鸭", 6, []string{"ab", "鸭鸭鸭", "鸭"}},
		{"🍟", 1, []string{"🍟"}},
		{"Très bon : « oui » !", 9, []string{"Très", "bon :", "« oui » !"}},
	} {
		if got := p.Wrap([]string{"x"}, test.text, test.width); got[0] != "x" || !slices.Equal(got[1:], test.want) {
			t.Errorf("%q at %d: got %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func FuzzDrawn(f *testing.F) {
	for _, seed := range []string{"🍟 a שלום (12) b", "👨\u200d👩👍🏽", "لا ٣٥ ab", "鸭\u0301\u200C\n", "\xFFא"} {
		f.Add(seed, 12)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		p, _ := drawing(t, "WPC1252", "PC437")
		checkDrawn(t, p, s, min(max(width, 1), 60))
	})
}

func ExampleDrawer() {
	p := escpos.Generic(48)
	fmt.Println(p.Display("Frites 🍟"), p.Width("Frites 🍟"))
	p.Drawer = &ruler{} // see package comptoir/printer/raster for one that draws
	fmt.Println(p.Display("Frites 🍟"), p.Width("Frites 🍟"))
	// Output:
	// Frites [] 9
	// Frites 🍟 9
}
