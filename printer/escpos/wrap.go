package escpos

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is what stays on one row if it can: its printed form, and the white before it.
type word struct {
	gap, text string
}

// Wrap cuts text, as the printer shows it, into rows of at most width columns, and appends them to
// rows: it cuts between words, and within a word only where it is longer than a row. It appends one
// row at least. French punctuation that stands apart (« ; : ! ? ») stays with its word.
func (p *Profile) Wrap(rows []string, text string, width int) []string {
	width = max(width, 1)
	if whole := strings.Trim(p.Display(text), " "); p.Width(whole) <= width {
		return append(rows, whole)
	}
	first := len(rows)
	row, used := "", 0
	for _, w := range p.split(text) {
		n := p.Width(w.text)
		if used > 0 && used+len(w.gap)+n <= width {
			row += w.gap + w.text
			used += len(w.gap) + n
			continue
		}
		if used > 0 {
			rows = append(rows, row)
		}
		rest := w.text
		for n > width {
			var piece string
			piece, rest = p.cut(rest, width)
			rows = append(rows, piece)
			n = p.Width(rest)
		}
		row, used = rest, n
	}
	if used > 0 || len(rows) == first {
		rows = append(rows, row)
	}
	return rows
}

// split finds the words of a text. A no-break space is part of its word, and punctuation that
// French sets apart stays with the word it belongs to.
func (p *Profile) split(text string) []word {
	var words []word
	gap := ""
	for text != "" {
		end := strings.IndexFunc(text, breaks)
		if end < 0 {
			end = len(text)
		}
		if shown := p.Display(text[:end]); shown != "" {
			if last := len(words) - 1; last >= 0 && (closes(shown) || strings.HasSuffix(words[last].text, "«")) {
				words[last].text += gap + shown
			} else {
				words = append(words, word{gap, shown})
			}
			gap = ""
		}
		text = text[end:]
		end = strings.IndexFunc(text, func(r rune) bool { return !breaks(r) })
		if end < 0 {
			end = len(text)
		}
		gap += p.Display(text[:end])
		text = text[end:]
	}
	return words
}

// breaks reports whether a line may end at r.
func breaks(r rune) bool {
	switch r {
	case '\u00a0', '\u202f', '\u2007': // the no-break spaces
		return false
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r)
}

// closes reports whether s is nothing but punctuation that never begins a row.
func closes(s string) bool { return strings.Trim(s, ":;!?»") == "" }

// cut takes the first row off a word that is longer than a row, if it can at a space, hyphen or
// slash within.
func (p *Profile) cut(word string, width int) (row, rest string) {
	end := p.fitting(word, width)
	if end == len(word) {
		return word, ""
	}
	if word[end] == ' ' {
		return word[:end], strings.TrimLeft(word[end:], " ")
	}
	if at := strings.LastIndexAny(word[:end], " -/"); at > 0 {
		if word[at] == ' ' {
			return word[:at], word[at+1:]
		}
		return word[:at+1], word[at+1:]
	}
	return word[:end], word[end:]
}

// fitting returns how many bytes of a word that is wider than width are not, the first letter at
// least.
func (p *Profile) fitting(word string, width int) int {
	end, drawn := 0, false
	for i := 0; i < width && end < len(word); i++ {
		r, n := utf8.DecodeRuneInString(word[end:])
		drawn = drawn || !p.has(r)
		end += n
	}
	if !drawn {
		return end
	}
	end = clusterEnd(word)
	for end < len(word) {
		next := end + clusterEnd(word[end:])
		if p.Width(word[:next]) > width {
			break
		}
		end = next
	}
	return end
}

// clusterEnd returns the length of what must stay together at the start of a text: a letter with its
// marks, emoji joined or coloured or paired to a flag.
func clusterEnd(text string) int {
	first, end := utf8.DecodeRuneInString(text)
	flag := isRegional(first)
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		switch {
		case isAttached(r):
		case flag && isRegional(r):
			flag = false
		case strings.HasSuffix(text[:end], joiner):
		default:
			return end
		}
		end += n
	}
	return end
}

const joiner = "\u200d"

func isRegional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// isAttached tells whether a rune belongs to the drawn one before: marks, joiners, variation
// selectors, tags, colours of skin.
func isAttached(r rune) bool {
	return r == '\u200c' || r == '\u200d' || r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F ||
		unicode.In(r, unicode.Mn, unicode.Mc, unicode.Me)
}
