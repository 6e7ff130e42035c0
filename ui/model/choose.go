package model

import (
	"comptoir/order"
	"comptoir/shop"
)

// OpenFilter shows the sheet on which the filter is chosen.
func (c *Controller) OpenFilter() { c.change(func() { c.choice.Filtering = true }) }

// CloseFilter takes it away.
func (c *Controller) CloseFilter() {
	c.change(func() { c.choice.Filtering, c.choice.Month = false, "" })
}

// FilterMonth opens the calendar on the month of a day; empty closes it.
func (c *Controller) FilterMonth(day shop.Day) { c.change(func() { c.choice.Month = day }) }

// FilterDay shows another business day.
func (c *Controller) FilterDay(day shop.Day) {
	c.filter(func(f *Filter) {
		f.Day = day
		*f = f.on(c.settings.today(c.options.Clock.Now()))
		c.choice.Month = ""
	})
}

// FilterStatus lists a Status of the sheet, or no more.
func (c *Controller) FilterStatus(id string) {
	c.filter(func(f *Filter) { f.Statuses ^= Status(id).bit() })
}

// FilterChannel lists a channel of the sheet, or no more.
func (c *Controller) FilterChannel(id string) {
	c.filter(func(f *Filter) { f.Channels = f.Channels.toggle(id) })
}

// FilterClear takes a part of the filter away.
func (c *Controller) FilterClear(part FilterPart) {
	c.filter(func(f *Filter) {
		switch part {
		case FilterStatuses:
			f.Statuses = 0
		case FilterChannels:
			f.Channels = ""
		case FilterDay:
			f.Day = ""
		case FilterAll:
			*f = Filter{}
		}
	})
}

// filter changes the filter and shows its list from the top. A day that could not be read is read
// again.
func (c *Controller) filter(change func(*Filter)) {
	c.change(func() {
		change(&c.choice.Filter)
		c.choice.Selected, c.choice.First = "", 0
		if c.looking.ended.Failed {
			c.looking.ended = endedOrders{}
		}
	})
}

// OpenSearch begins a search, with the keyboard on the screen.
func (c *Controller) OpenSearch() {
	c.change(func() {
		if !c.choice.Searching {
			c.choice.Selected, c.choice.First = "", 0
		}
		c.choice.Searching, c.choice.Typing = true, true
	})
}

// Searching reports whether a search is open.
func (c *Controller) Searching() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.choice.Searching
}

// Search looks for what is typed so far.
func (c *Controller) Search(query string) {
	c.change(func() {
		if c.choice.Searching && c.choice.Query != query {
			c.choice.Query, c.choice.Selected, c.choice.First = query, "", 0
		}
	})
}

// Typing shows the keyboard on the screen, or takes it away.
func (c *Controller) Typing(on bool) {
	c.change(func() { c.choice.Typing = on && c.choice.Searching })
}

// CloseSearch gives the list back.
func (c *Controller) CloseSearch() { c.change(c.closeSearch) }

func (c *Controller) closeSearch() {
	if !c.choice.Searching {
		return
	}
	c.choice.Searching, c.choice.Typing, c.choice.Query = false, false, ""
	c.choice.Selected, c.choice.First = "", 0
	c.looking.found = nil
	if c.looking.failed { // the next search tries again
		c.looking.index, c.looking.failed = nil, false
	}
}

// lookUp finds what is searched for in this state; nil where nobody searches. What has left the
// memory is read from the disk, once.
func (c *Controller) lookUp(s State) *Lookup {
	if !s.Choice.Searching {
		return nil
	}
	c.mu.Lock()
	index, known := c.looking.index, c.looking.found
	l := &Lookup{Query: s.Choice.Query, Loading: index == nil || c.looking.reading, Failed: c.looking.failed}
	c.mu.Unlock()
	if index == nil {
		return l
	}
	filter := s.Choice.Filter.on(s.Settings.today(s.Now))
	ids, all := index.Find(s.Choice.Query, mostFound, s.Settings.chosen(filter))
	active := make(map[string]order.Order, len(s.Orders))
	for _, o := range s.Orders {
		active[o.ID] = o
	}
	found := make(map[string]order.Order, len(ids))
	l.All = all
	for _, id := range ids {
		o, here := active[id]
		if !here {
			o, here = known[id]
		}
		if !here {
			var err error
			if o, here, err = c.options.Terminal.Order(id); err != nil || !here {
				l.Failed = l.Failed || err != nil
				continue
			}
		}
		found[id] = o
		l.Found = append(l.Found, o)
	}
	c.mu.Lock()
	c.looking.found = found
	c.mu.Unlock()
	return l
}
