package printer

import (
	"strings"

	"comptoir/printer/escpos"
)

// put adds a line.
func (l *page) put(align escpos.Alignment, spans ...escpos.Span) {
	l.lines = append(l.lines, escpos.Line{Align: align, Above: l.above, Spans: spans})
	l.above = 0
}

// left prints text at the left, wrapped; nothing if it is empty.
func (l *page) left(text string, style escpos.Style) { l.flow(escpos.Left, text, style) }

func (l *page) center(text string, style escpos.Style) { l.flow(escpos.Center, text, style) }

func (l *page) flow(align escpos.Alignment, text string, style escpos.Style) {
	if l.width(text) == 0 {
		return
	}
	for _, row := range l.profile.Wrap(nil, text, l.columns/style.Width) {
		l.put(align, escpos.Span{Text: row, Style: style})
	}
}

// pair prints two texts at both ends of a line, or one below the other if they do not fit.
func (l *page) pair(left, right string, style escpos.Style) {
	if right == "" {
		l.left(left, style)
		return
	}
	free := l.columns/style.Width - l.width(left) - l.width(right)
	if gap := max(1, 2/style.Width); left != "" && free < gap || free < 0 {
		l.left(left, style)
		l.left(right, style)
		return
	}
	l.put(escpos.Left, escpos.Span{Text: l.profile.Display(left + spaces(free) + right), Style: style})
}

// hang prints text from column indent on, wrapped under its own first letter. The first line
// begins with head, which is no wider than the indent.
func (l *page) hang(head string, headStyle escpos.Style, indent int, text string, style escpos.Style) {
	head += spaces(indent/headStyle.Width - l.width(head))
	for i, row := range l.profile.Wrap(nil, text, (l.columns-indent)/style.Width) {
		if i > 0 {
			head, headStyle = spaces(indent/style.Width), style
		}
		// Two spans even in one style: text from right to left stays on its side of the head.
		l.put(escpos.Left, escpos.Span{Text: head, Style: headStyle}, escpos.Span{Text: row, Style: style})
	}
}

// band prints text in a style that is reverse, black from column indent to the edge.
func (l *page) band(indent int, text string, style escpos.Style) {
	outside := style
	outside.Reverse = false
	width := (l.columns - indent) / style.Width
	for _, row := range l.profile.Wrap(nil, text, width-2) {
		black := escpos.Span{Text: " " + row + spaces(width-1-l.width(row)), Style: style}
		if indent == 0 {
			l.put(escpos.Left, black)
		} else {
			l.put(escpos.Left, escpos.Span{Text: spaces(indent / style.Width), Style: outside}, black)
		}
	}
}

func (l *page) rule(c string) {
	l.put(escpos.Left, escpos.Span{Text: strings.Repeat(c, l.columns), Style: plain})
}

// width is the number of characters that text takes on paper.
func (l *page) width(text string) int { return l.profile.Width(text) }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
