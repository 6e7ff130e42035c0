package model

import (
	"slices"
	"strings"

	"comptoir/order"
)

// openSheet opens what an action needs to know; false where it needs nothing.
func (c *Controller) openSheet(orderID string, t order.CommandType) bool {
	switch t {
	case order.Accept, order.Start, order.MarkReady, order.Acknowledge:
		return false
	}
	// never under our lock, as in Screen
	orders := c.options.Terminal.Orders()
	now := c.options.Clock.Now()
	opened := false
	c.change(func() {
		for _, o := range append(orders, c.ended...) {
			if o.ID == orderID && asks(o, t) {
				opened = true
				if _, busy := c.busy[orderID]; !busy {
					c.entered = begun(o, t, now)
				}
				return
			}
		}
	})
	return opened
}

// SheetClose leaves everything as it is.
func (c *Controller) SheetClose() { c.change(func() { c.entered = actionState{} }) }

// enter changes what has been entered. A state on screen never changes: whoever builds one may
// hold it.
func (c *Controller) enter(f func(*actionState)) {
	c.change(func() {
		if c.entered.order == "" {
			return
		}
		s := c.entered.clone()
		f(&s)
		c.entered = s
	})
}

// SheetStep makes a number of the sheet larger (1) or smaller (-1).
func (c *Controller) SheetStep(key string, by int) {
	orders := c.options.Terminal.Orders()
	c.enter(func(s *actionState) {
		switch s.command {
		case order.Delay:
			s.number = max(delayStep, min(mostDelay, s.number+by*delayStep))
		case order.Pack:
			s.number = max(1, min(order.MaxBags, s.number+by))
		case order.CancelItems, order.CompleteItems:
			at := slices.IndexFunc(orders, func(o order.Order) bool { return o.ID == s.order })
			if at < 0 {
				return
			}
			for _, l := range s.lines(orders[at]) {
				if l.ID == key {
					s.quantities[key] = max(0, min(l.Remaining(), s.quantity(l)+by))
				}
			}
		}
	})
}

// SheetChoose chooses one of the sheet's choices.
func (c *Controller) SheetChoose(id string) { c.enter(func(s *actionState) { s.chosen = id }) }

// SheetType takes what one of the sheet's fields says.
func (c *Controller) SheetType(key, text string) {
	text = strings.TrimSpace(text)
	c.enter(func(s *actionState) {
		switch key {
		case spotField:
			s.chosen = text
		case vehicleField:
			s.vehicle = text
		}
	})
}

// SheetTick ticks one of the sheet's checks, or takes the tick away.
func (c *Controller) SheetTick(key string) {
	c.enter(func(s *actionState) { s.ticked[key] = !s.ticked[key] })
}

// SheetGo plans what the sheet says, and closes it. A finger that trembles on what opened it does
// not answer it.
func (c *Controller) SheetGo() Plan {
	orders := c.options.Terminal.Orders()
	now := c.options.Clock.Now()
	var command order.Command
	c.change(func() {
		s := c.entered
		if since := now.Sub(s.opened); since >= 0 && since < again {
			return
		}
		for _, o := range append(orders, c.ended...) {
			if o.ID == s.order && s.ready(o) {
				command = s.give(o)
			}
		}
	})
	if command.Type == "" {
		return Plan{}
	}
	plan := c.plan(command.OrderID, command)
	if !plan.Empty() {
		c.SheetClose()
	}
	return plan
}

// ShowPhone shows the telephone of the chosen order's customer, until another order is chosen.
func (c *Controller) ShowPhone() { c.change(func() { c.choice.Phone = true }) }
