package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// alike are letters that Unicode does not take apart, and how people type them.
var alike = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "đ", "d", "ł", "l", "ı", "i")

// Fold writes a text as it is compared: without case and accents, and with one space for all that
// is neither letter nor digit.
func Fold(text string) string {
	if plain(text) {
		return squeeze(strings.ToLower(text))
	}
	// lower case first: a capital may become a letter and an accent
	return squeeze(alike.Replace(norm.NFKD.String(strings.ToLower(text))))
}

func plain(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func squeeze(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	between := false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.M, r): // an accent that stood on its letter
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if between && b.Len() > 0 {
				b.WriteByte(' ')
			}
			between = false
			b.WriteRune(r)
		default:
			between = true
		}
	}
	return b.String()
}

// digits is what of a text can be dialled.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
