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

// beep is how long each sound of the buzzer takes, in tenths of a second.
const beep = 3

// Render returns the bytes that print the ticket, cut included: all copies that its station wants,
// after its beeps. The only error is an invalid
// profile; whatever the ticket's texts hold, they cannot act as commands.
func Render(t terminal.Ticket, p *escpos.Profile) ([]byte, error) {
	e := escpos.NewEncoder(p)
	if err := e.Err(); err != nil { // the profile is invalid
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	e.Init()
	if t.Beeps > 0 {
		e.Beep(t.Beeps, beep)
	}
	l := page{profile: p, encoder: e}
	for l.copy = 1; l.copy <= max(1, t.Copies); l.copy++ {
		l.ticket(&t)
		l.above = 0
		e.Style(plain)
		e.Feed(feedBeforeCut)
		e.Cut()
	}
	if err := e.Err(); err != nil {
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	return e.Bytes(), nil
}
