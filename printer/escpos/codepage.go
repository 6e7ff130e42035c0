package escpos

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Names of the code pages that the package knows.
const (
	WPC1252    = "WPC1252"    // Windows: all of French, with œ, € and curly quotes
	PC858      = "PC858"      // PC850 with €; no œ
	PC850      = "PC850"      // western Europe
	PC437      = "PC437"      // USA; few capital accents
	PC863      = "PC863"      // French Canada, old
	ISO8859_15 = "ISO8859-15" // Latin 9: œ and €, no curly quotes
)

// CodePage is a character set of a printer: its name, one of the constants
// above, and the number that selects it there (the n of ESC t n), which varies
// between makers.
type CodePage struct {
	Name   string
	Number byte
}

// ParseCodePage finds a code page by name, with the number Epson gave it.
// Case, spaces, dashes and underscores do not matter, and the usual other names
// are known: "cp1252", "windows-1252", "latin9".
func ParseCodePage(name string) (CodePage, error) {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToUpper(name))
	for i := range pageTables {
		for _, alias := range strings.Fields(pageTables[i].aliases) {
			if plain == alias {
				return CodePage{pageTables[i].name, pageTables[i].number}, nil
			}
		}
	}
	return CodePage{}, fmt.Errorf("escpos: unknown code page %q", name)
}

// pageTable translates between visible runes and the bytes 80 to FF of one code
// page. Bytes 20 to 7E are ASCII in all of them, once ESC R 0 was sent.
type pageTable struct {
	name    string
	aliases string
	number  byte // Epson's

	runes  [0x80]rune    // by byte - 0x80; U+FFFD where the page has no character
	latin  [0x100]byte   // by rune - 0x80, U+0080 to U+017F; 0 where absent
	signs  [0x100]byte   // by rune - 0x2000, dashes to the euro: likewise
	others map[rune]byte // the runes beyond
}

// The first runes of the arrays of a pageTable.
const (
	latinFirst = 0x80
	signsFirst = 0x2000
)

// pageTables is made once and never changed. The numbers are Epson's
// (escpos.md 2.1, row "code page").
var pageTables = [...]pageTable{
	newPageTable(WPC1252, 16, "WPC1252 CP1252 WINDOWS1252", charmap.Windows1252),
	newPageTable(PC858, 19, "PC858 CP858 CP00858 IBM858 IBM00858", charmap.CodePage858),
	newPageTable(PC850, 2, "PC850 CP850 IBM850", charmap.CodePage850),
	newPageTable(PC437, 0, "PC437 CP437 IBM437", charmap.CodePage437),
	newPageTable(PC863, 4, "PC863 CP863 IBM863", charmap.CodePage863),
	newPageTable(ISO8859_15, 40, "ISO885915 LATIN9", charmap.ISO8859_15),
}

func newPageTable(name string, number byte, aliases string, source *charmap.Charmap) pageTable {
	table := pageTable{name: name, number: number, aliases: aliases, others: make(map[rune]byte)}
	for i := range table.runes {
		code := byte(0x80 + i)
		r := source.DecodeByte(code)
		if r == utf8.RuneError || unicode.IsControl(r) { // the charmaps pass C1 through
			table.runes[i] = utf8.RuneError
			continue
		}
		table.runes[i] = r
		if isSpace(r) || isInvisible(r) { // no-break space, soft hyphen: some printers draw them
			continue
		}
		if i := r - latinFirst; i >= 0 && int(i) < len(table.latin) {
			table.latin[i] = code
		} else if i := r - signsFirst; i >= 0 && int(i) < len(table.signs) {
			table.signs[i] = code
		} else {
			table.others[r] = code
		}
	}
	return table
}

// tableOf returns the table of a name, nil for an unknown one.
func tableOf(name string) *pageTable {
	for i := range pageTables {
		if pageTables[i].name == name {
			return &pageTables[i]
		}
	}
	return nil
}

// tableOfNumber returns the table that ESC t number selects: by the profile,
// which may be nil, else by Epson's numbers. It is nil for an unknown number.
func tableOfNumber(p *Profile, number byte) *pageTable {
	if p != nil {
		for _, page := range p.CodePages {
			if page.Number == number {
				return tableOf(page.Name)
			}
		}
	}
	for i := range pageTables {
		if pageTables[i].number == number {
			return &pageTables[i]
		}
	}
	return nil
}

// encode returns the byte of a rune beyond ASCII.
func (t *pageTable) encode(r rune) (byte, bool) {
	if i := r - latinFirst; i >= 0 && int(i) < len(t.latin) {
		return t.latin[i], t.latin[i] != 0
	}
	if i := r - signsFirst; i >= 0 && int(i) < len(t.signs) {
		return t.signs[i], t.signs[i] != 0
	}
	code, ok := t.others[r]
	return code, ok
}

// decode returns the rune of a byte from 80 on; an unknown page has none.
func (t *pageTable) decode(code byte) rune {
	if t == nil {
		return utf8.RuneError
	}
	return t.runes[code-0x80]
}
