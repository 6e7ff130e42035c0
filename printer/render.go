// Package printer brings kitchen tickets to paper: their layout, one queue per printer, and the
// transports that carry the bytes.
package printer

import (
	"fmt"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// beepTenths is how long a beep takes, in tenths of a second.
const beepTenths = 2

// feedBeforeCut is the white at the end, in lines.
const feedBeforeCut = 4

// plain is the style that Init leaves.
var plain = escpos.Style{Width: 1, Height: 1}

// Render returns the bytes that print the ticket and the copies that its station wants, each with
// its cut. The only error is an invalid
// profile; whatever the ticket's texts hold, they cannot act as commands.
func Render(t terminal.Ticket, p *escpos.Profile) ([]byte, error) {
	e := escpos.NewEncoder(p)
	if err := e.Err(); err != nil { // the profile is invalid
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	for copied := range max(1, t.Copies) {
		e.Init()
		if copied == 0 && t.Beeps > 0 {
			e.Beep(t.Beeps, beepTenths)
		}
		l := page{profile: p, encoder: e, copy: copied + 1}
		l.ticket(&t)
		e.Style(plain)
		e.Feed(feedBeforeCut)
		e.Cut()
	}
	if err := e.Err(); err != nil {
		return nil, fmt.Errorf("ticket layout: %w", err)
	}
	return e.Bytes(), nil
}
