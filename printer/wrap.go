package printer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"comptoir/printer/escpos"
)

// word is what stays on one row if it can: its printed form, and the white before it.
type word struct {
	gap, text string
}

// wrap cuts text, as the printer shows it, into rows of at most width characters: between words,
// and within a word only where it is longer than a row. It returns one row at least.
func wrap(p *escpos.Profile, text string, width int) []string {
	width = max(width, 1)
	if whole := strings.Trim(p.Display(text), " "); utf8.RuneCountInString(whole) <= width {
		return []string{whole}
	}
	var rows []string
	row, used := "", 0
	for _, w := range split(p, text) {
		n := utf8.RuneCountInString(w.text)
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
			piece, after := cut(rest, width)
			rows = append(rows, piece)
			n -= utf8.RuneCountInString(piece) + len(rest) - len(piece) - len(after) // and spaces left out
			rest = after
		}
		row, used = rest, n
	}
	if used > 0 || len(rows) == 0 {
		rows = append(rows, row)
	}
	return rows
}

// split finds the words of a text. A no-break space is part of its word, and punctuation that
// French sets apart stays with the word it belongs to.
func split(p *escpos.Profile, text string) []word {
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
func cut(word string, width int) (row, rest string) {
	end := 0
	for range width {
		_, n := utf8.DecodeRuneInString(word[end:])
		end += n
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
