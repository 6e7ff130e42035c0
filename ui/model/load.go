package model

import (
	"context"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/ui/search"
)

// mostIndexed is how many ended orders are looked through: a busy shop's of a month.
const mostIndexed = 10_000

// looking is what a Controller keeps of the search and of former days.
type looking struct {
	ended endedOrders
	// index is nil until somebody searches; reading says that it is being filled, and failed that it
	// could not be.
	index           *search.Index
	reading, failed bool
	// found remembers orders that were read for the results.
	found map[string]order.Order
}

// hear brings everything level with an event.
func (l *looking) hear(o order.Order, settings Settings) {
	if l.index != nil {
		l.index.Put(o)
	}
	if _, known := l.found[o.ID]; known {
		l.found[o.ID] = o
	}
	if l.ended.Day != "" {
		l.ended.put(o, settings)
	}
}

// Load is what has to be read from the store for what somebody has chosen to see; nil where all
// is here, or on its way. Window asks after each Screen.
func (c *Controller) Load() Errand {
	c.mu.Lock()
	defer c.mu.Unlock()
	if errand := c.readRefusals(); errand != nil {
		return errand
	}
	if c.choice.Searching && c.looking.index == nil {
		c.looking.index, c.looking.reading = search.NewIndex(), true
		return c.readAll(c.looking.index)
	}
	today := c.settings.today(c.options.Clock.Now())
	if day := c.choice.Filter.on(today).needsEnded(today); day != "" && c.looking.ended.Day != day && !c.choice.Searching {
		c.looking.ended = endedOrders{Day: day, Loading: true}
		return c.readDay(day)
	}
	return nil
}

func (c *Controller) readDay(day shop.Day) Errand {
	return func(ctx context.Context) {
		read, err := c.options.Terminal.Ended(ctx, day)
		c.hear(func() {
			if c.looking.ended.Day != day { // somebody has gone on
				return
			}
			meanwhile := c.looking.ended.meanwhile
			c.looking.ended = endedOrders{Day: day, Orders: read.Orders, Since: read.Since, Failed: err != nil}
			for _, o := range meanwhile {
				c.looking.ended.put(o, c.settings)
			}
		})
	}
}

// readAll fills the index: with what is active first, since it is at hand. Events put into it
// meanwhile what changes.
func (c *Controller) readAll(index *search.Index) Errand {
	return func(ctx context.Context) {
		for _, o := range c.options.Terminal.Orders() {
			index.Add(o)
		}
		c.hear(func() {}) // the results so far
		read := 0
		err := c.options.Terminal.EachEnded(ctx, func(o order.Order) bool {
			index.Add(o)
			read++
			return read < mostIndexed
		})
		c.hear(func() { c.looking.reading, c.looking.failed = false, err != nil })
	}
}

// endedOrders is what is known of the orders that ended on one business day.
type endedOrders struct {
	Day    shop.Day
	Orders []order.Order // the last one that ended first; never changed in place
	Since  shop.Day
	// Loading: the store is being read; Failed: it could not be.
	Loading, Failed bool
	// meanwhile are the orders that changed while it was being read.
	meanwhile []order.Order
}

// put brings an order level with an event.
func (e *endedOrders) put(o order.Order, settings Settings) {
	if e.Loading {
		e.meanwhile = append(e.meanwhile, o)
		return
	}
	orders := make([]order.Order, 0, len(e.Orders)+1)
	belongs := !o.Status.Open() && settings.of(o.Location).calendar.BusinessDay(o.CompletedAt) == e.Day
	for _, known := range e.Orders {
		if known.ID == o.ID {
			continue
		}
		if belongs && !known.CompletedAt.After(o.CompletedAt) {
			orders, belongs = append(orders, o), false
		}
		orders = append(orders, known)
	}
	if belongs {
		orders = append(orders, o)
	}
	e.Orders = orders
}
