package escpos

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap cuts text, as the printer shows it, into rows of at most width columns, and appends them to
// rows: it cuts between words, and within a word only where it is longer than a row. It appends one
// row at least. French punctuation that stands apart (« ; : ! ? ») stays with its word.
func (p *Profile) Wrap(rows []string, text string, width int) []string {
	for {
		var row string
		row, text = p.Row(text, width)
		rows = append(rows, row)
		if text == "" {
			return rows
		}
	}
}

// Row takes off a text its first row, as [Profile.Wrap] makes them. The rest is empty after the last
// one.
func (p *Profile) Row(text string, width int) (row, rest string) {
	width = max(width, 1)
	if row, rest, ok := p.first().quickRow(text, width); ok {
		return row, rest
	}
	_, word, used := p.nextWord(text, 0)
	if used > width {
		row, rest = p.cut(p.Display(text[word.from:word.to]), width)
		return row, p.more(rest + text[word.to:])
	}
	end := word
	for used > 0 {
		gap, next, columns := p.nextWord(text, end.to)
		if columns == 0 {
			break
		}
		if used += p.Width(text[gap.from:gap.to]) + columns; used > width {
			return p.Display(text[word.from:end.to]), text[next.from:]
		}
		end = next
	}
	return p.Display(text[word.from:end.to]), ""
}

// more is a text, empty if there is nothing to see in it.
func (p *Profile) more(text string) string {
	if p.Width(strings.TrimFunc(text, breaks)) == 0 {
		return ""
	}
	return text
}

// quickRow is Row for the usual text: printed as it is, one column each letter, in which only spaces
// break, and without a word longer than a row. It looks no further than the row.
func (t *pageTable) quickRow(text string, width int) (row, rest string, ok bool) {
	text = strings.Trim(text, " ")
	end, next := 0, 0 // the last place for the end of the row, and what then begins
	columns := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c == ' ' {
			last := i
			for text[i] == ' ' { // not to the end, which has none
				i++
			}
			columns += i - last
			if !closes(wordOf(text[i:])) && !strings.HasSuffix(text[:last], "«") {
				end, next = last, i
			}
			continue
		}
		if columns++; columns > width {
			return text[:end], text[next:], end > 0
		}
		if c > ' ' && c <= '~' {
			i++
			continue
		}
		code, after := t.quickNext(text, i)
		if code == 0 || code == ' ' {
			return "", "", false
		}
		i = after
	}
	return text, "", true
}

// wordOf returns what a text has before its first space.
func wordOf(text string) string {
	if end := strings.IndexByte(text, ' '); end >= 0 {
		return text[:end]
	}
	return text
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// nextWord finds the word at or behind a byte of the text, with the white before it, and its columns;
// 0 if there is none. A no-break space is part of its word, and punctuation that French sets apart
// stays with the word it belongs to.
func (p *Profile) nextWord(text string, from int) (gap, word span, columns int) {
	gap = span{from, from}
	for columns == 0 { // what is not seen is white
		word.from = nextBreak(text, gap.to, false)
		word.to = nextBreak(text, word.from, true)
		if word.from == word.to {
			return gap, word, 0
		}
		gap.to = word.from
		if columns = p.Width(text[word.from:word.to]); columns == 0 {
			gap.to = word.to
		}
	}
	for {
		start := nextBreak(text, word.to, false)
		end := nextBreak(text, start, true)
		if start == end || !closes(text[start:end]) && !strings.HasSuffix(text[word.from:word.to], "«") {
			return gap, word, columns
		}
		columns += p.Width(text[word.to:start]) + p.Width(text[start:end])
		word.to = end
	}
}

// nextBreak returns the first byte, from one on, of a rune at which a line may end, or may not.
func nextBreak(text string, from int, may bool) int {
	for from < len(text) {
		r, n := rune(text[from]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[from:])
		}
		if breaks(r) == may {
			return from
		}
		from += n
	}
	return len(text)
}

// breaks reports whether a line may end at r.
func breaks(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || isBreak(r)
	}
	switch r {
	case '\u00a0', '\u202f', '\u2007': // the no-break spaces
		return false
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r)
}

// closes reports whether s is nothing but punctuation that never begins a row.
func closes(s string) bool {
	if s != "" && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' { // nearly always
		return false
	}
	return strings.Trim(s, ":;!?»") == ""
}

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
