package escpos

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Nearly all text is ASCII and letters of the first code page, one column each. This file is the
// short way for it; what it does not know goes the long way, by spell, to the same end.

// quickNext reads the rune that s[i:] begins with, which is not plain ASCII. It returns its byte in
// the page, a space for a no-break one, and where the next begins; 0 if it must go the long way.
func (t *pageTable) quickNext(s string, i int) (code byte, next int) {
	c := s[i]
	if c >= 0xC2 && c < 0xE0 && i+1 < len(s) { // of two bytes
		r := rune(c&0x1F)<<6 | rune(s[i+1]&0x3F)
		switch {
		case s[i+1]&0xC0 != 0x80:
			return 0, i
		case r == noBreakSpace:
			return ' ', i + 2
		case int(r-latinFirst) < len(t.latin):
			return t.latin[r-latinFirst], i + 2
		}
		return 0, i
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == narrowNoBreakSpace:
		return ' ', i + n
	case r >= signsFirst && int(r-signsFirst) < len(t.signs):
		return t.signs[r-signsFirst], i + n
	}
	return 0, i
}

const (
	noBreakSpace       = '\u00a0'
	narrowNoBreakSpace = '\u202f'
)

// quickly returns the columns of s, and whether it is printed just as it is; ok is false if only the
// long way can tell.
func (t *pageTable) quickly(s string) (columns int, same, ok bool) {
	same = true
	for i := 0; i < len(s); {
		if n := plainPrefix(s[i:]); n > 0 {
			columns += n
			i += n
			continue
		}
		code, next := t.quickNext(s, i)
		if code == 0 {
			return 0, false, false
		}
		same = same && code != ' '
		columns++
		i = next
	}
	return columns, same, true
}

// appendQuickly appends the bytes of s in the page; ok is false, and nothing appended, if it must go
// the long way.
func (t *pageTable) appendQuickly(to []byte, s string) (_ []byte, ok bool) {
	start := len(to)
	to = slices.Grow(to, len(s)) // a letter has a byte at most for each of its own
	n, buf := start, to[:cap(to)]
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			if x := eight(s, i); arePlain(x) {
				binary.LittleEndian.PutUint64(buf[n:], x)
				n, i = n+8, i+8
				continue
			}
		}
		if c := s[i]; c >= ' ' && c <= '~' {
			buf[n] = c
			n, i = n+1, i+1
			continue
		}
		code, next := t.quickNext(s, i)
		if code == 0 {
			return to[:start], false
		}
		buf[n] = code
		n, i = n+1, next
	}
	return buf[:n], true
}

// first is the table of the page that Init selects, an empty one for an invalid profile.
func (p *Profile) first() *pageTable {
	if len(p.CodePages) > 0 {
		if table := tableOf(p.CodePages[0].Name); table != nil {
			return table
		}
	}
	return &noPage
}

// noPage has no letters.
var noPage pageTable

// plainPrefix returns the length of the printable ASCII that s starts with.
func plainPrefix(s string) int {
	i := 0
	for i+8 <= len(s) && arePlain(eight(s, i)) {
		i += 8
	}
	for ; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
	}
	return i
}

// eight is eight bytes of s, from i on.
func eight(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// arePlain tells whether eight bytes are printable ASCII. A high bit comes of 7F and above, and of
// what is below a space; a carry or borrow only from a byte that has it itself.
func arePlain(x uint64) bool {
	const ones, high, spaces = 0x0101010101010101, 0x8080808080808080, 0x2020202020202020
	return (x|(x+ones)|(x-spaces))&high == 0
}
