package touch

import "slices"

// editor is a line of text, and the place in it where the next letter goes.
type editor struct {
	runes []rune
	at    int // runes before the place
	limit int // runes at most; 0 for no limit
	// accepts says which letters may be typed; nil for all.
	accepts func(rune) bool
}

// set replaces the text; the place is its end.
func (e *editor) set(text string) {
	e.runes = []rune(text)
	e.at = len(e.runes)
}

func (e *editor) text() string { return string(e.runes) }

// insert types letters at the place, as long as they are accepted and there is room; false where
// none was.
func (e *editor) insert(text string) bool {
	before := len(e.runes)
	for _, r := range text {
		if e.limit > 0 && len(e.runes) >= e.limit {
			break
		}
		if e.accepts != nil && !e.accepts(r) {
			continue
		}
		e.runes = slices.Insert(e.runes, e.at, r)
		e.at++
	}
	return len(e.runes) != before
}

// erase takes the letter before the place away; false where there is none.
func (e *editor) erase() bool {
	if e.at == 0 {
		return false
	}
	e.at--
	e.runes = slices.Delete(e.runes, e.at, e.at+1)
	return true
}

// eraseNext takes the letter after the place away; false where there is none.
func (e *editor) eraseNext() bool {
	if e.at == len(e.runes) {
		return false
	}
	e.runes = slices.Delete(e.runes, e.at, e.at+1)
	return true
}

// goTo moves the place.
func (e *editor) goTo(at int) { e.at = min(max(at, 0), len(e.runes)) }
