package touch

import (
	"sort"
	"strings"

	"comptoir/ui/theme"
)

// Wrap breaks words into lines of a width; a word that is too long for one is broken.
func Wrap(words string, role theme.Role, width float32) []string {
	var lines []string
	for part := range strings.SplitSeq(words, "\n") {
		lines = append(lines, wrapLine(part, role, width)...)
	}
	return lines
}

// Dot is between the parts of a line. A line neither begins nor ends with it, and a part that
// has room on a line stays whole.
const Dot = " · "

func wrapLine(words string, role theme.Role, width float32) []string {
	var lines []string
	current := ""
	for part := range strings.SplitSeq(words, Dot) {
		longer := part
		if current != "" {
			longer = current + Dot + part
		}
		if role.Measure(longer) <= width {
			current = longer
			continue
		}
		first, _, _ := strings.Cut(part, " ")
		if current != "" && (role.Measure(part) <= width || role.Measure(current+Dot+first) > width) {
			lines = append(lines, current)
			longer = part
		}
		whole := wrapPart(longer, role, width)
		last := len(whole) - 1
		lines, current = append(lines, whole[:last]...), whole[last]
	}
	return append(lines, current)
}

// wrapPart breaks between words, and leaves none alone on the last line if the one before can
// spare another.
func wrapPart(words string, role theme.Role, width float32) []string {
	var lines []string
	current := ""
	for word := range strings.SplitSeq(words, " ") { // a no-break space holds
		longer := word
		if current != "" {
			longer = current + " " + word
		}
		if role.Measure(longer) <= width {
			current = longer
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		var whole []string
		whole, current = broken(word, role, width)
		lines = append(lines, whole...)
	}
	if last := len(lines) - 1; last >= 0 && !strings.Contains(current, " ") && strings.Count(lines[last], " ") > 1 {
		space := strings.LastIndex(lines[last], " ")
		longer, shorter := lines[last][space+1:]+" "+current, lines[last][:space]
		if role.Measure(longer) <= width && !strings.HasSuffix(shorter, strings.TrimRight(Dot, " ")) {
			lines[last], current = shorter, longer
		}
	}
	return append(lines, current)
}

// broken breaks a word into full lines and the rest.
func broken(word string, role theme.Role, width float32) (lines []string, rest string) {
	runes := []rune(word)
	for len(runes) > 1 && role.Measure(string(runes)) > width {
		length := max(1, sort.Search(len(runes), func(n int) bool { return role.Measure(string(runes[:n+1])) > width }))
		lines = append(lines, string(runes[:length]))
		runes = runes[length:]
	}
	return lines, string(runes)
}
