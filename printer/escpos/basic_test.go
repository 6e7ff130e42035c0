package escpos

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// What kenshaw/escpos rendered at package start, whole (escpos.md 2.1).
func TestBasicCommands(t *testing.T) {
	check := func(name, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got % X, want % X", name, got, want)
		}
	}
	check("init", basic.init, "\x1B\x40")
	check("line feed", string(basic.lineFeed), "\x0A")
	check("USA", basic.usa, "\x1B\x52\x00")
	check("feed", basic.feed, "\x1B\x64")
	for i := range basic.align {
		check("align", string(basic.align[i][:]), string([]byte{0x1B, 0x61, byte(i)}))
	}
	for i := range basic.reverse {
		check("underline", string(basic.underline[i][:]), string([]byte{0x1B, 0x2D, byte(i)}))
		check("reverse", string(basic.reverse[i][:]), string([]byte{0x1D, 0x42, byte(i)}))
	}
	for w := range basic.size {
		for h := range basic.size[w] {
			check("size", string(basic.size[w][h][:]), string([]byte{0x1D, 0x21, byte(w<<4 | h)}))
		}
	}
}

// Display(Display(s)) == Display(s) rests on this: NFC leaves what the pages
// print as it is, and none of it is dropped or composes with another.
func TestPagesAreComposed(t *testing.T) {
	for i := range pageTables {
		table := &pageTables[i]
		for _, r := range table.runes {
			code, ok := table.encode(r)
			if !ok {
				if r != '\uFFFD' && r != '\u00A0' && r != '\u00AD' {
					t.Errorf("%s: %U does not encode", table.name, r)
				}
				continue
			}
			if table.decode(code) != r {
				t.Errorf("%s: %U encodes to %02X", table.name, r, code)
			}
			s := string(r)
			if norm.NFC.String(s) != s || norm.NFC.PropertiesString(s).CCC() != 0 || isSpace(r) || isInvisible(r) || isBreak(r) {
				t.Errorf("%s: %U would not stay", table.name, r)
			}
		}
	}
}

// mayCompose is a shortcut: what it lets pass must be NFC.
func TestMayCompose(t *testing.T) {
	for r := rune(0x80); r < 0x30000; r++ {
		if s := string(r); !mayCompose(s) && (norm.NFC.String(s) != s || norm.NFC.PropertiesString(s).CCC() != 0) {
			t.Errorf("%U may compose", r)
		}
	}
}

// The table of spellings holds no line that no printer can reach, and only ASCII.
func TestSpellings(t *testing.T) {
	for r := rune(0x80); r < 0x20000; r++ {
		s := spelling(r)
		if !isPlain(s) {
			t.Errorf("%c is spelled %q", r, s)
		}
		everywhere := true
		for i := range pageTables {
			_, ok := pageTables[i].encode(r)
			everywhere = everywhere && ok
		}
		if s != "" && everywhere {
			t.Errorf("%c is in all pages", r)
		}
	}
}
