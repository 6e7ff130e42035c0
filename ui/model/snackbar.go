package model

import "time"

// Snackbar says at the bottom of the window what was just done, and takes it back.
type Snackbar struct {
	// ID is what Undo takes: a tap means what somebody has read, not what has come since.
	ID   int
	Text string
	// Undo is the button; empty where it cannot be taken back.
	Undo string
}

// offered is how long a snackbar stays.
const offered = 6 * time.Second

// offer is the snackbar of the moment. The Controller's lock guards it.
type offer struct {
	Snackbar
	until time.Time
	undo  func() Plan
}

// Offer says what was done, in place of what was said before, and offers for a while to take it
// back. undo runs on a tap and is instant; the plan that it returns is carried out like any other.
// It must do what it says whatever has happened meanwhile, or say by another offer why it did not.
// nil is for what cannot be taken back.
func (c *Controller) Offer(text string, undo func() Plan) {
	now := c.options.Clock.Now()
	c.change(func() {
		next := offer{Snackbar: Snackbar{ID: c.offer.ID + 1, Text: text}, until: now.Add(offered), undo: undo}
		if undo != nil {
			next.Undo = c.chosenWords().Say("undo")
		}
		c.offer = next
	})
}

// Snackbar is what is said now; its zero value but for the ID is nothing.
func (c *Controller) Snackbar() Snackbar {
	now := c.options.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offer.left(now) <= 0 {
		c.offer = offer{Snackbar: Snackbar{ID: c.offer.ID}}
	}
	return c.offer.Snackbar
}

// Undo takes back what the snackbar of this ID speaks of, once, and the snackbar away.
func (c *Controller) Undo(id int) Plan {
	var undo func() Plan
	c.change(func() {
		if c.offer.ID == id {
			undo = c.offer.undo
			c.offer = offer{Snackbar: Snackbar{ID: id}}
		}
	})
	if undo == nil {
		return Plan{}
	}
	return undo()
}

// left is how long it stays. A clock that was set back does not make it stay for ever.
func (o *offer) left(now time.Time) time.Duration {
	left := o.until.Sub(now)
	if o.Text == "" || left > offered {
		return 0
	}
	return left
}
