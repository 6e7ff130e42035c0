package escpos_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"comptoir/printer/escpos"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Bytes of the French letters: escpos.md 2.1, "code-page facts".
func TestAccents(t *testing.T) {
	for _, test := range []struct{ page, text, want string }{
		{"WPC1252", "éàçœ€ÈŒ’", "\xE9\xE0\xE7\x9C\x80\xC8\x8C\x92"},
		{"PC858", "éàçœ€ÈŒ’", "\x82\x85\x87oe\xD5\xD4OE'"},
		{"PC850", "éàçœ€ÈŒ’", "\x82\x85\x87oeEUR\xD4OE'"},
		{"PC437", "éàçœ€ÈÉŒ’", "\x82\x85\x87oeEURE\x90OE'"},
		{"PC863", "éàçœ€ÈŒ’", "\x82\x85\x87oeEUR\x91OE'"},
		{"ISO8859-15", "éàçœ€ÈŒ’", "\xE9\xE0\xE7\xBD\xA4\xC8\xBC'"},
	} {
		t.Run(test.page, func(t *testing.T) {
			e := escpos.NewEncoder(profileOf(t, test.page))
			e.Init()
			start := len(e.Bytes())
			e.Text(test.text)
			if got := e.Bytes()[start:]; string(got) != test.want {
				t.Errorf("got % X, want % X", got, test.want)
			}
		})
	}
}

func TestDisplay(t *testing.T) {
	for _, test := range []struct{ page, text, want string }{
		{"PC858", "Crème brûlée, n° 12", "Crème brûlée, n° 12"},
		{"PC858", "e\u0301 E\u0301 c\u0327", "é É ç"},
		{"PC437", "À L’ŒUF – 12\u00A0€…", "A L'OEUF - 12 EUR..."},
		{"PC437", "“a” „b‟ —c− 2×3 5\u202F%", `"a" "b" -c- 2x3 5 %`},
		{"PC858", "Łódź Dvořák Reykjavík Škoda Æø ẞ", "Lódz Dvorák Reykjavík Skoda Æø SS"},
		{"PC858", "phở bò, ế, ǖ, ǿ", "pho bò, ê, ü, ø"},
		{"PC437", "ế ǿ ı", "ê o i"},
		{"ISO8859-15", "1½ ½", "1 1/2  1/2"},
		{"PC858", "ﬁlet ｆｕｌｌ ™ 1ᵉʳ №", "filet full TM 1er No"},
		{"PC850", "≠ ≤ ≥ ←→ • ★", "!= <= >= <--> * *"},
		{"PC858", "q\u0303 5\uFE0F\u20E3 a\u200Bb\u00ADc\uFEFF", "q 5 abc"},
		{"PC858", "a\nb\r\nc\t\td\u0085e\u2028f", "a b c d e f"},
		{"PC858", "a\x00b\x07c\x1B@d\x7Fe\u0080f\u009Bg", "abc@defg"},
		{"PC858", "a\n\x1B\nb", "a b"},
		{"PC858", "中\U0001F35F", "[][]"},
		{"PC858", "й ά \xFF", "[] [] []"},
		{"PC437", "α ά", "α α"},
		{"WPC1252", "´¨¸", "´¨¸"},
		{"PC437", "´¨¸", "'[][]"},
	} {
		p := profileOf(t, test.page)
		if got := p.Display(test.text); got != test.want {
			t.Errorf("%s: Display(%q) = %q, want %q", test.page, test.text, got, test.want)
		}
		if got, want := p.Width(test.text), utf8.RuneCountInString(test.want); got != want {
			t.Errorf("%s: Width(%q) = %d, want %d", test.page, test.text, got, want)
		}
	}
}

func TestSwitchOfCodePage(t *testing.T) {
	e := escpos.NewEncoder(profileOf(t, "WPC1252", "PC858", "PC437"))
	e.Init()
	start := len(e.Bytes())
	e.Text("é─│ œα ½")
	e.Text("π")
	e.Text("é")
	want := "\xE9" + "\x1Bt\x13\xC4\xB3 " + "\x1Bt\x10\x9C" + "\x1Bt\x00\xE0 " + "\x1Bt\x10\xBD" + // back for what the first page has
		"\x1Bt\x00\xE3\x1Bt\x10" + // and at the end of each call
		"\xE9"
	if got := e.Bytes()[start:]; string(got) != want {
		t.Errorf("got % X, want % X", got, want)
	}
	if len(e.Missing()) != 0 {
		t.Errorf("missing %q", e.Missing())
	}
}

var allPages = []string{"WPC1252", "PC858", "PC850", "PC437", "PC863", "ISO8859-15"}

func drawProfile(t *rapid.T) *escpos.Profile {
	p := &escpos.Profile{Name: "drawn", Columns: 48}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(allPages), 1, 3, rapid.ID).Draw(t, "pages") {
		page, err := escpos.ParseCodePage(name)
		if err != nil {
			t.Fatal(err)
		}
		p.CodePages = append(p.CodePages, page)
	}
	return p
}

// text mixes all of Unicode with what menus and attackers write.
func text() *rapid.Generator[string] {
	likely := []rune("aeEoc 0½éàçœŒ€’“–…\u00A0\u202F\u0301\u0327\u0308\u200D\n\r\t\x00\x1B\x10\x7F\u0085\u009B─α鸭🍟ế")
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom(likely)),
		rapid.Custom(func(t *rapid.T) string {
			return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		}),
	)
}

func TestTextProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, drawProfile(t), text().Draw(t, "text"))
	})
}

// checkText holds all that must be true of any text.
func checkText(t interface {
	Helper()
	Fatalf(string, ...any)
}, p *escpos.Profile, s string,
) {
	t.Helper()
	shown := p.Display(s)
	if again := p.Display(shown); again != shown {
		t.Fatalf("Display(%q) = %q, again %q", s, shown, again)
	}
	if got, want := p.Width(s), utf8.RuneCountInString(shown); got != want {
		t.Fatalf("Width(%q) = %d, want %d", s, got, want)
	}
	if i := strings.IndexFunc(shown, unicode.IsControl); i >= 0 {
		t.Fatalf("Display(%q) = %q has a control character", s, shown)
	}

	e := escpos.NewEncoder(p)
	e.Init()
	start := len(e.Bytes())
	e.Text(s)
	printed := bytes.Clone(e.Bytes()[start:])

	e.Reset()
	e.Init()
	e.Text(shown)
	if !bytes.Equal(e.Bytes()[start:], printed) {
		t.Fatalf("Text(%q) is % X, of its Display % X", s, printed, e.Bytes()[start:])
	}

	e.Raw([]byte("\n"))
	tickets, err := escpos.Decode(p, e.Bytes())
	if err != nil || len(tickets) != 1 {
		t.Fatalf("%q decodes to %v, %v", s, tickets, err)
	}
	if got := tickets[0].String(); got != shown+"\n" {
		t.Fatalf("%q prints %q, Display is %q", s, got, shown)
	}

	rest := printed
	for _, page := range p.CodePages { // the only commands text makes
		rest = bytes.ReplaceAll(rest, []byte{0x1B, 't', page.Number}, nil)
	}
	for _, c := range rest {
		if c < ' ' || c == 0x7F {
			t.Fatalf("Text(%q) sends control byte %02X: % X", s, c, printed)
		}
	}
}

// Nothing but a question mark prints as one.
func TestNoQuestionMarks(t *testing.T) {
	for _, p := range []*escpos.Profile{profileOf(t, "WPC1252"), profileOf(t, "PC437"), profileOf(t, allPages...)} {
		for r := rune(0); r <= 0x2FFFF; r++ {
			s := string(r)
			if got := p.Display(s); strings.Contains(got, "?") && !strings.Contains(norm.NFKC.String(s), "?") {
				t.Errorf("%U becomes %q", r, got)
			}
		}
	}
}

func TestEachRuneAlone(t *testing.T) {
	p := profileOf(t, allPages...)
	for r := rune(0); r <= 0x3100; r++ {
		checkText(t, p, "a"+string(r)+"b")
	}
}
