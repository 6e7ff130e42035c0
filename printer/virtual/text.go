package virtual

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"comptoir/printer/escpos"
)

// Text draws a ticket for a console: a box as wide as the widest line, reverse text in brackets,
// and beside each line its sizes and weight where they are not the usual ones ("2x2 bold").
// Letters of double width take one column, so what follows them stands further left. Images,
// QR codes and barcodes are only named.
func Text(t escpos.Ticket) string {
	lines := t.Lines
	for len(lines) > 0 && lines[len(lines)-1].Blank() {
		lines = lines[:len(lines)-1]
	}
	width := 0
	for _, line := range lines {
		width = max(width, line.Columns())
	}
	edge := strings.Repeat("─", width)

	var b strings.Builder
	b.WriteString("┌" + edge + "┐\n")
	for _, line := range lines {
		row := rowOf(line, width)
		b.WriteString("│" + row + strings.Repeat(" ", max(width-utf8.RuneCountInString(row), 0)) + "│")
		if marks := marksOf(line); marks != "" {
			b.WriteString(" " + marks)
		}
		b.WriteByte('\n')
	}
	if t.Cut == escpos.CutNone {
		b.WriteString("│" + strings.Repeat(" ", width) + "│ not cut\n")
	} else {
		b.WriteString("└" + edge + "┘\n")
	}
	return b.String()
}

func rowOf(line escpos.Line, width int) string {
	var b strings.Builder
	switch free := width - line.Columns(); line.Align {
	case escpos.Center:
		b.WriteString(strings.Repeat(" ", max(free/2, 0)))
	case escpos.Right:
		b.WriteString(strings.Repeat(" ", max(free, 0)))
	}
	for i, span := range line.Spans {
		text := span.Text
		if span.At > 0 {
			b.WriteString(strings.Repeat(" ", max(min(span.At/cellWidth, width)-utf8.RuneCountInString(b.String()), 0)))
		}
		if span.Reverse {
			text = bracketed(text)
		}
		b.WriteString(text)
		if i < len(line.Spans)-1 { // the next one stands where it does on paper
			b.WriteString(strings.Repeat(" ", utf8.RuneCountInString(span.Text)*(span.Width-1)))
		}
	}
	return b.String()
}

// bracketed puts brackets in the place of the white at both ends, if there is any.
func bracketed(text string) string {
	return "[" + strings.TrimSuffix(strings.TrimPrefix(text, " "), " ") + "]"
}

func marksOf(line escpos.Line) string {
	var marks []string
	if line.Image != nil {
		marks = append(marks, fmt.Sprintf("image of %dx%d dots", line.Image.Width, line.Image.Height))
	}
	if line.QR != nil {
		marks = append(marks, fmt.Sprintf("QR code of %q", line.QR.Data))
	}
	if line.Barcode != nil {
		marks = append(marks, fmt.Sprintf("barcode of %q", line.Barcode.Data))
	}
	if line.UpsideDown {
		marks = append(marks, "upside down")
	}
	for _, span := range line.Spans {
		mark := ""
		if span.Width != 1 || span.Height != 1 {
			mark = strconv.Itoa(span.Width) + "x" + strconv.Itoa(span.Height)
		}
		for _, look := range [...]struct {
			has  bool
			name string
		}{{span.Bold, " bold"}, {span.Font == escpos.FontB, " font B"}, {span.Rotated, " rotated"}, {span.Color == escpos.Red, " red"}} {
			if look.has {
				mark += look.name
			}
		}
		mark = strings.TrimPrefix(mark, " ")
		if mark != "" && (len(marks) == 0 || marks[len(marks)-1] != mark) {
			marks = append(marks, mark)
		}
	}
	return strings.Join(marks, ", ")
}
