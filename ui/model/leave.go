package model

import (
	"context"

	"comptoir/staff"
)

// LeaveSheet asks whether to end the program, where there is no window manager to ask.
type LeaveSheet struct{ Title, Text, Stay, Leave, Close string }

// LeaveSheet is the sheet that asks; known is false where leaving is the window manager's business.
func (c *Controller) LeaveSheet() (sheet LeaveSheet, known bool) {
	if c.options.Leave == nil {
		return sheet, false
	}
	w := c.Words()
	return LeaveSheet{Title: w.Say("leave.title"), Text: w.Say("leave.text"), Stay: w.Say("leave.stay"), Leave: w.Say("leave.yes"), Close: w.Say("setup.close")}, true
}

// Leave is the errand of somebody who has been asked and wants to leave.
func (c *Controller) Leave() Errand {
	if c.options.Leave == nil {
		return nil
	}
	return c.permitErrand(staff.Leave, func(context.Context) { c.options.Leave() })
}
