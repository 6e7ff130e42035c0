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
	align := escpos.Left
	for _, line := range Layout(t, p) {
		if line.Above > 0 {
			e.FeedDots(line.Above)
		}
		if line.Align != align {
			e.Align(line.Align)
			align = line.Align
		}
		for _, span := range line.Spans {
			e.Style(span.Style)
			e.Text(span.Text)
		}
		e.Line("")
	}
	e.Style(plain)
	e.Feed(feedBeforeCut)
	e.Cut()
	if err := e.Err(); err != nil {
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	return e.Bytes(), nil
}
