package escpos

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// inOrder puts the cells of a row in the order in which they stand on paper. Each stretch of text,
// between two spaces or more, has its own direction, so the columns of a ticket stay in their places;
// so does what comes before its first letter: a quantity, a bullet.
func inOrder(row []cell) []cell {
	row = slices.Clone(row)
	start := 0
	for i := range row {
		if i+1 < len(row) && row[i+1].span == row[i].span && !(isGap(row[i]) && isGap(row[i+1])) {
			continue
		}
		reorder(row[start : i+1])
		start = i + 1
	}
	return row
}

func isGap(c cell) bool { return c.text == "" || c.text == " " }

// reorder is the Unicode bidirectional algorithm (UAX #9) for text without embeddings, which
// Display has removed, and without its rule for pairs of brackets. The direction is that of the first
// letter, but from right to left only if most letters are: a row may be the end of a sentence in Latin
// letters. What stands before the first letter or digit, and white at the end, stays.
func reorder(cells []cell) {
	classes := make([]bidi.Class, len(cells))
	var left, right int // dots of the letters of each direction
	first, strong := -1, bidi.L
	for i, c := range cells {
		classes[i] = classOf(c.letter())
		switch classes[i] {
		case bidi.L:
			left += c.width
		case bidi.R:
			if left+right == 0 {
				strong = bidi.R
			}
			right += c.width
		case bidi.EN, bidi.AN:
		default:
			continue
		}
		if first < 0 {
			first = i
		}
	}
	if right == 0 {
		return
	}
	end := len(cells)
	for isGap(cells[end-1]) {
		end--
	}
	cells, classes = cells[first:end], classes[first:end]
	base := 0
	if strong == bidi.R && right >= left {
		base = 1
	}
	levels := levelsOf(classes, base)
	for i := range cells {
		if levels[i]%2 == 1 {
			cells[i].text = mirrored(cells[i].text)
		}
	}
	// L2: from the highest level down, turn each stretch of it or more.
	for level := 2; level > 0; level-- {
		for i := 0; i < len(levels); i++ {
			j := i
			for j < len(levels) && levels[j] >= level {
				j++
			}
			if j > i {
				slices.Reverse(cells[i:j])
				slices.Reverse(levels[i:j])
				i = j
			}
		}
	}
}

// classOf is the class of a rune; Arabic and Hebrew letters are one.
func classOf(r rune) bidi.Class {
	properties, _ := bidi.LookupRune(r)
	if class := properties.Class(); class != bidi.AL {
		return class
	}
	return bidi.R
}

// levelsOf resolves numbers (W1 to W7) and what is neutral (N1, N2), and gives the levels (I1, I2).
func levelsOf(classes []bidi.Class, base int) []int {
	strong := bidi.L
	if base == 1 {
		strong = bidi.R
	}
	resolved := slices.Clone(classes)
	last := strong
	for i, class := range classes {
		switch class {
		case bidi.L, bidi.R:
			last = class
		case bidi.EN:
			if last == bidi.L {
				resolved[i] = bidi.L
			}
		case bidi.CS, bidi.ES, bidi.ET, bidi.NSM:
			resolved[i] = bidi.ON
			if i > 0 && (class == bidi.NSM || resolved[i-1] != bidi.ON && i+1 < len(classes) && classes[i+1] == bidi.EN && isNumber(classes[i-1])) {
				resolved[i] = resolved[i-1] // 12:30 and 4,50 are one number
			}
		case bidi.AN:
		default:
			resolved[i] = bidi.ON
		}
	}
	levels := make([]int, len(resolved))
	before := strong
	for i := 0; i < len(resolved); i++ {
		if resolved[i] != bidi.ON {
			levels[i] = level(resolved[i], base)
			before = sideOf(resolved[i])
			continue
		}
		end := i
		for end < len(resolved) && resolved[end] == bidi.ON {
			end++
		}
		after := strong
		if end < len(resolved) {
			after = sideOf(resolved[end])
		}
		side := strong
		if before == after {
			side = before
		}
		for ; i < end; i++ {
			levels[i] = level(side, base)
		}
		i--
	}
	return levels
}

func isNumber(c bidi.Class) bool { return c == bidi.EN || c == bidi.AN }

// sideOf is the direction that something gives to what is neutral beside it.
func sideOf(c bidi.Class) bidi.Class {
	if isNumber(c) {
		return bidi.R
	}
	return c
}

func level(c bidi.Class, base int) int {
	switch {
	case isNumber(c):
		return 2
	case c == bidi.R:
		return 1
	case base == 1:
		return 2
	}
	return 0
}

// mirrored turns brackets round, which are said to open or to close.
func mirrored(text string) string {
	const opening, closing = "([{<«", ")]}>»"
	if i := strings.Index(opening, text); i >= 0 {
		return closing[i : i+len(text)]
	}
	if i := strings.Index(closing, text); i >= 0 {
		return opening[i : i+len(text)]
	}
	return text
}
