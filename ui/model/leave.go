package model

import "context"

// LeaveSheet asks whether to end the program; known is false where leaving is the window
// manager's business.
func (c *Controller) LeaveSheet() (sheet PrintSheet, known bool) {
	if c.options.Leave == nil {
		return sheet, false
	}
	w := c.Words()
	return PrintSheet{
		Title: w.Say("leave.title"), Hint: w.Say("leave.text"), Close: w.Say("leave.stay"),
		Choices: []SetupChoice{{ID: "leave", Name: w.Say("leave.yes")}},
	}, true
}

// Leave is the errand of somebody who has been asked and wants to leave.
func (c *Controller) Leave() Errand { return func(context.Context) { c.leave() } }

// leave ends the program: in kiosk mode there is no other way, so this is where to ask whether
// somebody may.
func (c *Controller) leave() {
	if c.options.Leave != nil {
		c.options.Leave()
	}
}
