package escpos

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// noForm is printed for a rune that no page of the profile has and that cannot
// be written with other letters: an empty box, which nobody takes for a "?" that
// the customer wrote.
const noForm = "[]"

// anyPage marks a piece that is plain ASCII, the same in all code pages.
const anyPage = -1

// drawnPage marks a piece that the Drawer draws.
const drawnPage = -2

// piece is a part of a string as it will be printed: plain text in any page, one
// rune of a page of the profile, or a word to draw.
type piece struct {
	page    int    // index in Profile.CodePages, anyPage or drawnPage
	text    string // with anyPage: what is printed, ASCII only; with drawnPage: the word
	r       rune   // else: what is printed
	code    byte   // and its byte in the page
	missing rune   // the rune that text stands for when it is noForm, else 0
}

// Display returns s as it comes out on paper: composed (NFC), without control
// characters, and with what the code pages lack written in other letters
// (’ as ', œ as oe). Text prints Display(s) exactly as it prints s, so layouts
// measure this string.
//
// A run of line ends and tabs is one space. No-break and other Unicode spaces
// are spaces. Other control characters, invisible format characters and
// combining marks without a composed letter are left out. A rune without any
// form stays, with its marks, if the profile's [Drawer] draws it; else it is
// "[]", and [Encoder.Missing] names it.
func (p *Profile) Display(s string) string {
	if _, same, ok := p.first().quickly(s); ok && same {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	p.spell(s, func(part piece) {
		if part.page < 0 {
			b.WriteString(part.text)
		} else {
			b.WriteRune(part.r)
		}
	})
	return b.String()
}

// Width returns the columns that s takes on paper in normal size: one for each
// rune of Display(s), and for a word that is drawn as many as the [Drawer] says.
func (p *Profile) Width(s string) int {
	if columns, _, ok := p.first().quickly(s); ok {
		return columns
	}
	columns := 0
	p.spell(s, func(part piece) {
		switch part.page {
		case anyPage:
			columns += len(part.text)
		case drawnPage:
			columns += max(p.Drawer.Columns(part.text), 1)
		default:
			columns++
		}
	})
	return columns
}

// spell cuts s into the pieces that are printed for it.
func (p *Profile) spell(s string, yield func(piece)) {
	if compose := mayCompose(s); compose || p.Drawer != nil {
		s = strings.Map(visible, s)
		if compose && !norm.NFC.IsNormalString(s) {
			s = norm.NFC.String(s)
		}
	}
	afterBreak := false
	for s != "" {
		if n := plainPrefix(s); n > 0 {
			yield(piece{page: anyPage, text: s[:n]})
			s, afterBreak = s[n:], false
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		whole := s
		s = s[n:]
		if page, code, ok := p.find(r); ok {
			yield(piece{page: page, r: r, code: code})
			afterBreak = false
			continue
		}
		switch {
		case isBreak(r):
			if !afterBreak {
				yield(piece{page: anyPage, text: " "})
			}
			afterBreak = true
		case isInvisible(r):
		default:
			afterBreak = false
			if p.spellOther(r, yield) {
				continue
			}
			if !p.draws(r) {
				yield(piece{page: anyPage, text: noForm, missing: r})
				continue
			}
			s = s[p.drawn(s):]
			yield(piece{page: drawnPage, text: whole[:len(whole)-len(s)]})
		}
	}
}

// drawn returns the length of what s begins with that belongs to a word begun.
func (p *Profile) drawn(s string) int {
	for i, r := range s {
		if !isAttached(r) && (isPlainRune(r) || isSpace(r) || isBreak(r) || isInvisible(r) || !p.draws(r)) {
			return i
		}
	}
	return len(s)
}

// draws tells whether the Drawer has to and can draw a rune.
func (p *Profile) draws(r rune) bool {
	if p.Drawer == nil || p.has(r) || !p.Drawer.Draws(r) {
		return false
	}
	_, ok := p.otherLetters(r)
	return !ok
}

// visible drops what leaves no trace on paper, so that what stood around it can
// compose; joiners have an effect on letters that are drawn.
func visible(r rune) rune {
	if unicode.In(r, unicode.Cc, unicode.Cf) && !isBreak(r) && !isAttached(r) {
		return -1
	}
	return r
}

// spellOther yields the pieces for a visible rune that no page has; false if it
// cannot be written in other letters.
func (p *Profile) spellOther(r rune, yield func(piece)) bool {
	if isSpace(r) {
		yield(piece{page: anyPage, text: " "})
		return true
	}
	text, ok := p.otherLetters(r)
	if !ok {
		return false
	}
	for text != "" {
		if n := plainPrefix(text); n > 0 {
			yield(piece{page: anyPage, text: text[:n]})
			text = text[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		page, code, _ := p.find(r) // otherLetters only uses what the pages have
		yield(piece{page: page, r: r, code: code})
		text = text[n:]
	}
	return true
}

// find returns the first page of the profile that has the rune.
func (p *Profile) find(r rune) (page int, code byte, ok bool) {
	for i := range p.CodePages {
		if table := tableOf(p.CodePages[i].Name); table != nil {
			if code, ok := table.encode(r); ok {
				return i, code, true
			}
		}
	}
	return 0, 0, false
}

// has tells whether the rune can be printed as it is.
func (p *Profile) has(r rune) bool {
	if isPlainRune(r) {
		return true
	}
	_, _, ok := p.find(r)
	return ok
}

// otherLetters writes a rune that the pages lack with runes they have.
func (p *Profile) otherLetters(r rune) (string, bool) {
	if s := spelling(r); s != "" {
		return s, true
	}
	if s, ok := p.withoutMarks(r); ok {
		return s, true
	}
	return p.compatible(r)
}

// withoutMarks takes accents off a letter, the outermost first, until the pages
// have it: ế becomes ê where there is one, else e.
func (p *Profile) withoutMarks(r rune) (string, bool) {
	parts := []rune(norm.NFD.String(string(r)))
	if !unicode.IsLetter(parts[0]) { // not ≠, which would lose its sense
		return "", false
	}
	for n := len(parts) - 1; n > 0; n-- {
		s := norm.NFC.String(string(parts[:n]))
		base, size := utf8.DecodeRuneInString(s)
		if size < len(s) {
			continue
		}
		if p.has(base) {
			return s, true
		}
		if s := spelling(base); s != "" {
			return s, true
		}
	}
	return "", false
}

// compatible resolves what Unicode calls a compatibility character: ﬁ, ½, ™,
// full-width letters.
func (p *Profile) compatible(r rune) (string, bool) {
	s := norm.NFKC.String(string(r))
	if s == string(r) {
		return "", false
	}
	var b strings.Builder
	if strings.ContainsRune(s, '⁄') {
		b.WriteByte(' ') // 1½ is "1 1/2", not "11/2"
	}
	for _, part := range s {
		switch {
		case isInvisible(part):
		case p.has(part):
			b.WriteRune(part)
		default:
			other, ok := p.otherLetters(part) // ends: NFKC leaves nothing to resolve
			if !ok {
				return "", false
			}
			b.WriteString(other)
		}
	}
	return b.String(), strings.TrimSpace(b.String()) != ""
}

// spelling is the part of transliteration that Unicode has no rule for, in
// ASCII; "" for a rune it does not hold.
func spelling(r rune) string {
	switch r {
	case '‘', '’', '‚', '‛', '′', '‵', '´', 'ʹ', 'ʻ', 'ʼ', 'ʽ':
		return "'"
	case '“', '”', '„', '‟', '″', '‶':
		return `"`
	case '‹':
		return "<"
	case '›':
		return ">"
	case '‐', '‑', '‒', '–', '—', '―', '−', '⁃':
		return "-"
	case '…':
		return "..."
	case '•', '‣', '★', '☆':
		return "*"
	case 'ˆ':
		return "^"
	case '˜':
		return "~"
	case '⁄', '∕':
		return "/"
	case '×', '✕', '✖':
		return "x"
	case '≠':
		return "!="
	case '≤':
		return "<="
	case '≥':
		return ">="
	case '←':
		return "<-"
	case '→':
		return "->"
	case '♯':
		return "#"
	case '€':
		return "EUR"
	case '¥':
		return "JPY"
	case '©':
		return "(C)"
	case '®':
		return "(R)"
	case 'œ':
		return "oe"
	case 'Œ':
		return "OE"
	case 'æ':
		return "ae"
	case 'Æ':
		return "AE"
	case 'ẞ':
		return "SS"
	case 'ø':
		return "o"
	case 'Ø':
		return "O"
	case 'ł':
		return "l"
	case 'Ł':
		return "L"
	case 'đ', 'ð':
		return "d"
	case 'Đ', 'Ð':
		return "D"
	case 'þ':
		return "th"
	case 'Þ':
		return "Th"
	case 'ħ':
		return "h"
	case 'Ħ':
		return "H"
	case 'ŧ':
		return "t"
	case 'Ŧ':
		return "T"
	case 'ŋ':
		return "ng"
	case 'Ŋ':
		return "Ng"
	case 'ı':
		return "i"
	}
	return ""
}

// mayCompose tells whether s needs the check for NFC, which allocates: no rune
// below U+0300 composes by itself, nor the dashes, quotes and currency signs.
func mayCompose(s string) bool {
	for _, r := range s {
		if r >= 0x300 && (r < 0x2010 || r > 0x20CF) {
			return true
		}
	}
	return false
}

// isBreak tells whether a control character separates words.
func isBreak(r rune) bool {
	return '\t' <= r && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// isInvisible tells whether nothing is printed for a rune: controls, which a
// printer might obey; format characters such as the soft hyphen, which it would
// draw; marks that did not compose, which it cannot put on a letter.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me)
}

func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }

func isPlain(s string) bool { return plainPrefix(s) == len(s) }

func isPlainRune(r rune) bool { return ' ' <= r && r <= '~' }
