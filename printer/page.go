package printer

import (
	"strings"

	"comptoir/printer/escpos"
)

// begin starts a line, line by line from the top.
func (l *page) begin(align escpos.Alignment) {
	if l.encoder == nil {
		l.lines = append(l.lines, escpos.Line{Align: align, Above: l.above})
	} else {
		if l.above > 0 {
			l.encoder.FeedDots(l.above)
		}
		if align != l.align {
			l.encoder.Align(align)
			l.align = align
		}
	}
	l.above = 0
}

// span adds text to the line. Text of several spans does not mix where it is written from right to
// left.
func (l *page) span(text string, style escpos.Style) {
	switch {
	case text == "":
	case l.encoder == nil:
		line := &l.lines[len(l.lines)-1]
		text = l.profile.Display(text)
		if last := len(line.Spans) - 1; last >= 0 && line.Spans[last].Style == style {
			line.Spans[last].Text += text // as a decoder hands it out
		} else {
			line.Spans = append(line.Spans, escpos.Span{Text: text, Style: style})
		}
	default:
		l.encoder.Style(style)
		l.encoder.Text(text)
	}
}

func (l *page) end() {
	if l.encoder != nil {
		l.encoder.Line("")
	}
}

// left prints text at the left, wrapped; nothing if it is empty.
func (l *page) left(text string, style escpos.Style) { l.flow(escpos.Left, text, style) }

func (l *page) center(text string, style escpos.Style) { l.flow(escpos.Center, text, style) }

func (l *page) flow(align escpos.Alignment, text string, style escpos.Style) {
	if !l.seen(text) {
		return
	}
	for text != "" {
		l.begin(align)
		text = l.row(text, l.columns/style.Width, style)
		l.end()
	}
}

// seen tells whether anything of a text is printed.
func (l *page) seen(text string) bool {
	return text != "" && (text[0] > ' ' && text[0] <= '~' || l.width(text) > 0)
}

// row prints the first row of a text that is wrapped, and returns the rest.
func (l *page) row(text string, width int, style escpos.Style) (rest string) {
	if text = strings.TrimSpace(text); l.spanWithin(text, width, style) {
		return ""
	}
	row, rest := l.profile.Row(text, width)
	l.span(row, style)
	return rest
}

// spanWithin is span, if the text fits in some columns.
func (l *page) spanWithin(text string, columns int, style escpos.Style) bool {
	if l.encoder != nil {
		l.encoder.Style(style)
		return l.encoder.TextWithin(text, columns)
	}
	if l.width(text) > columns {
		return false
	}
	l.span(text, style)
	return true
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
	l.begin(escpos.Left)
	l.span(left, style)
	l.span(spaces(free), style)
	l.span(right, style)
	l.end()
}

// hang prints text from column indent on, wrapped under its own first letter. The first line has a
// head at a column before, in a style of its own.
func (l *page) hang(at int, head string, headStyle escpos.Style, indent int, text string, style escpos.Style) {
	l.begin(escpos.Left)
	l.span(spaces(at/headStyle.Width), headStyle)
	l.span(head, headStyle)
	l.span(spaces((indent-at)/headStyle.Width-l.width(head)), headStyle)
	for {
		text = l.row(text, (l.columns-indent)/style.Width, style)
		l.end()
		if text == "" {
			return
		}
		l.begin(escpos.Left)
		l.span(spaces(indent/style.Width), style)
	}
}

// band prints text in a style that is reverse, black from column indent to the edge.
func (l *page) band(indent int, text string, style escpos.Style) {
	outside := style
	outside.Reverse = false
	width := (l.columns - indent) / style.Width
	for more := true; more; more = text != "" {
		var row string
		row, text = l.profile.Row(text, width-2)
		l.begin(escpos.Left)
		l.span(spaces(indent/style.Width), outside)
		l.span(" ", style)
		l.span(row, style)
		l.span(spaces(width-1-l.width(row)), style)
		l.end()
	}
}

// rule prints a line of one letter; letters are many of it.
func (l *page) rule(letters string) {
	l.begin(escpos.Left)
	l.span(letters[:min(l.columns, len(letters))], plain)
	l.end()
}

// width is the number of columns that text takes on paper.
func (l *page) width(text string) int { return l.profile.Width(text) }

// As wide as any paper of a valid profile.
const (
	blanks     = "                                                                                        "
	singleRule = "----------------------------------------------------------------------------------------"
	doubleRule = "========================================================================================"
)

func spaces(n int) string { return blanks[:min(max(n, 0), len(blanks))] }
