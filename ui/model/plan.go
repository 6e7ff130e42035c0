package model

import (
	"errors"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// tap is the last one that did something.
type tap struct {
	what string
	at   time.Time
}

// Plan is what a tap asks for; CarryOut does it.
type Plan struct {
	commands    []order.Command
	preferences *terminal.Preferences // nil: as they are
	steps       func() error          // anything else that waits for the disk
	heed        string                // a trouble's key; empty for none
}

// Empty reports whether there is nothing to carry out.
func (p Plan) Empty() bool {
	return len(p.commands) == 0 && p.preferences == nil && p.steps == nil && p.heed == ""
}

// Tap plans a card's or the details' action, or opens the sheet that it needs. It is instant: the
// button says that it is busy.
func (c *Controller) Tap(orderID string, command order.CommandType) Plan {
	if !carriedOut(command) || c.openSheet(orderID, command) {
		return Plan{}
	}
	return c.plan(orderID, order.Command{Type: command, OrderID: orderID})
}

// GotIt plans the answer to the alarms of a row: to those that were shown, and no others.
func (c *Controller) GotIt(row AlarmRow) Plan {
	if row.Trouble != "" {
		return c.heed(row.Trouble)
	}
	return c.GotAll([]AlarmRow{row})
}

// GotAll plans the answer to the alarms of several orders.
func (c *Controller) GotAll(rows []AlarmRow) Plan {
	var commands []order.Command
	for _, row := range rows {
		for _, alarm := range row.Alarms {
			commands = append(commands, order.Command{Type: order.Acknowledge, OrderID: row.OrderID, Alarm: alarm})
		}
	}
	// the next row comes up under the same finger: for taps all rows are one
	return c.plan("alarm", commands...)
}

// plan plans commands of one order, once whoever gives them may.
func (c *Controller) plan(what string, commands ...order.Command) Plan {
	return c.permit(needed(commands), func() Plan { return c.take(what, slices.Clone(commands)) })
}

func (c *Controller) take(what string, commands []order.Command) Plan {
	now := c.options.Clock.Now()
	person, _ := c.signedIn()
	for i := range commands {
		commands[i].Person = order.Person{ID: person.ID, Name: person.Name}
	}
	var p Plan
	c.change(func() {
		if len(commands) == 0 {
			return
		}
		if _, busy := c.busy[commands[0].OrderID]; busy || c.trembles(what, now) {
			return
		}
		c.busy[commands[0].OrderID] = commands[0].Type
		p.commands = commands
	})
	return p
}

// CarryOut does what was planned. It waits for the disk: not for the goroutine that draws.
func (c *Controller) CarryOut(p Plan) {
	if p.Empty() {
		return
	}
	if p.heed != "" {
		c.options.Terminal.Heed(p.heed)
		return
	}
	if p.preferences != nil {
		err := c.options.Terminal.Prefer(*p.preferences)
		c.change(func() { c.notSaved = err != nil })
		return
	}
	if p.steps != nil {
		err := p.steps()
		c.change(func() { c.notSaved = err != nil })
		return
	}
	failed := make([]error, len(p.commands))
	for i, command := range p.commands {
		_, failed[i] = c.options.Terminal.Do(command)
	}
	c.change(func() {
		c.notSaved = false
		for i, err := range failed {
			refused, known := errors.AsType[*order.Error](err)
			c.refuse(p.commands[i], refused)
			c.notSaved = c.notSaved || err != nil && !known
		}
		delete(c.busy, p.commands[0].OrderID)
	})
}
