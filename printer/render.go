// Package printer brings kitchen tickets to paper: their layout, one queue per printer, and the
// transports that carry the bytes.
package printer

import (
	"fmt"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// feedBeforeCut is the white at the end, in lines.
const feedBeforeCut = 4

// plain is the style that Init leaves.
var plain = escpos.Style{Width: 1, Height: 1}

// Render returns the bytes that print the ticket, cut included. The only error is an invalid
// profile; whatever the ticket's texts hold, they cannot act as commands.
func Render(t terminal.Ticket, p *escpos.Profile) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	e := escpos.NewEncoder(p)
	e.Init()
	style, align := plain, escpos.Left
	for _, line := range Layout(t, p) {
		if line.Above > 0 {
			e.FeedDots(line.Above)
		}
		if line.Align != align {
			e.Align(line.Align)
			align = line.Align
		}
		for _, span := range line.Spans {
			restyle(e, style, span.Style)
			style = span.Style
			e.Text(span.Text)
		}
		e.Line("")
	}
	restyle(e, style, plain)
	e.Feed(feedBeforeCut)
	e.Cut()
	if err := e.Err(); err != nil {
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	return e.Bytes(), nil
}

// restyle sends only what differs.
func restyle(e *escpos.Encoder, from, to escpos.Style) {
	if from.Width != to.Width || from.Height != to.Height {
		e.Size(to.Width, to.Height)
	}
	if from.Bold != to.Bold {
		e.Bold(to.Bold)
	}
	if from.Reverse != to.Reverse {
		e.Reverse(to.Reverse)
	}
}
