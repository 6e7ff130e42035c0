package shop

import (
	"fmt"
	"slices"
	"time"

	"comptoir/menu"
	"comptoir/order"
)

// Bounds of a change: far above what a kitchen needs, far below what would be forgotten.
const (
	MaxPause       = 48 * time.Hour
	MaxBusyMinutes = 120
	MaxBusy        = 12 * time.Hour
	MaxMaximum     = 500
	maxIdentity    = 200
	// clockError is how far ahead of ours a clock may be before its changes count as made now: one
	// that is a year ahead must not win for a year.
	clockError = time.Minute
)

// Change is what somebody asks of a location's Ordering. What is nil stays as it is. It is known
// by its id, for good.
type Change struct {
	ID string    `json:"id"`
	At time.Time `json:"at,omitzero"`
	By string    `json:"by,omitempty"`
	// Channels that AutoAccept, PreparationMinutes and Pause are about: ids of connections, OwnShop.
	Channels           []string `json:"channels,omitempty"`
	AutoAccept         *bool    `json:"autoAccept,omitempty"`
	PreparationMinutes *int     `json:"preparationMinutes,omitempty"`
	// Pause without an end takes orders again.
	Pause *Span `json:"pause,omitempty"`
	// Busy of 0 minutes ends it.
	Busy    *BusyChange `json:"busy,omitempty"`
	Maximum *int        `json:"maximum,omitempty"`
	// Item is the PLU that Stock is about.
	Item  string       `json:"item,omitempty"`
	Stock *StockChange `json:"stock,omitempty"`
}

// BusyChange begins busy mode, or ends it where Minutes is 0.
type BusyChange struct {
	// Minutes are added to every new order.
	Minutes int `json:"extraMinutes"`
	Span
}

// StockChange takes an item off sale, until somebody puts it back where the span is empty, or
// puts it back.
type StockChange struct {
	Out bool `json:"out"`
	Span
}

// Span says when something ends: after so many minutes, with the business day, or at an instant.
// A settled one has the instant alone.
type Span struct {
	ForMinutes int `json:"minutes,omitempty"`
	// Tomorrow: at the start of the location's next business day.
	Tomorrow bool      `json:"tomorrow,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

func (s Span) empty() bool { return s == Span{} }

// end is the span's instant.
func (s Span) end(from time.Time, calendar Calendar) time.Time {
	switch {
	case s.ForMinutes != 0:
		return from.Add(time.Duration(s.ForMinutes) * time.Minute)
	case s.Tomorrow:
		return calendar.DayStart(calendar.BusinessDay(from).Add(1)).UTC()
	}
	return s.Until.UTC()
}

// Settle checks a change of the location and gives its spans their instant: from then on it says
// the same wherever and whenever it is applied. now is the hub's clock, as well as it is known.
// Errors are *order.Error of the kind Invalid, or NotFound for what the location does not have.
func (c Change) Settle(l Location, now time.Time) (Change, error) {
	if c.ID == "" || len(c.ID) > maxIdentity {
		return c, &order.Error{Kind: order.Invalid, Cause: order.MissingID}
	}
	calendar, err := l.Calendar()
	if err != nil {
		return c, fmt.Errorf("location %s: %w", l.ID, err)
	}
	if c.At.IsZero() || c.At.After(now.Add(clockError)) {
		c.At = now
	}
	c.At = c.At.UTC().Round(0) // without this process's monotonic clock
	if err := c.settleChannels(l, calendar); err != nil {
		return c, err
	}
	if c.Busy != nil {
		busy := *c.Busy
		if busy.Minutes < 0 || busy.Minutes > MaxBusyMinutes {
			return c, wrong("busy: extraMinutes must be 0 to %d", MaxBusyMinutes)
		}
		if busy.Minutes == 0 {
			busy.Span = Span{}
		} else if busy.Span, err = c.settle("busy", busy.Span, calendar, MaxBusy); err != nil {
			return c, err
		}
		c.Busy = &busy
	}
	if c.Maximum != nil && (*c.Maximum < 0 || *c.Maximum > MaxMaximum) {
		return c, wrong("maximum must be 0 to %d; 0 is any number", MaxMaximum)
	}
	if c.Stock != nil {
		if err := c.settleStock(l, calendar); err != nil {
			return c, err
		}
	}
	if c.AutoAccept == nil && c.PreparationMinutes == nil && c.Pause == nil && c.Busy == nil && c.Maximum == nil && c.Stock == nil {
		return c, wrong("the change changes nothing: give autoAccept, preparationMinutes, pause, busy, maximum or stock")
	}
	return c, nil
}

func (c *Change) settleChannels(l Location, calendar Calendar) error {
	ofChannel := c.AutoAccept != nil || c.PreparationMinutes != nil || c.Pause != nil
	if ofChannel != (len(c.Channels) > 0) {
		return wrong("channels: name those that autoAccept, preparationMinutes or pause are about")
	}
	for _, id := range c.Channels {
		if _, known := l.Connection(id); !known && id != OwnShop {
			return &order.Error{Kind: order.NotFound, Cause: order.BadField, Detail: fmt.Sprintf("channels: there is no %q here", id)}
		}
	}
	if m := c.PreparationMinutes; m != nil && (*m < 0 || *m > order.MaxPreparation) {
		return wrong("preparationMinutes must be 0 to %d", order.MaxPreparation)
	}
	if c.Pause == nil || c.Pause.empty() {
		return nil
	}
	span, err := c.settle("pause", *c.Pause, calendar, MaxPause)
	c.Pause = &span
	return err
}

func (c *Change) settleStock(l Location, calendar Calendar) error {
	stock := *c.Stock
	known := slices.ContainsFunc(l.Menu.Items, func(i menu.Item) bool { return i.PLU == c.Item })
	if c.Item == "" || stock.Out && !known { // what has left the menu can still be put back
		return &order.Error{Kind: order.NotFound, Cause: order.BadField, Detail: fmt.Sprintf("item: the menu has no PLU %q", c.Item)}
	}
	if !stock.Out || stock.empty() {
		stock.Span = Span{}
		c.Stock = &stock
		return nil
	}
	// an item may be away for weeks, and is in sight all the time
	const most = 60 * 24 * time.Hour
	span, err := c.settle("stock", stock.Span, calendar, most)
	stock.Span = span
	c.Stock = &stock
	return err
}

// settle gives a span its instant, which must lie between the change and most after it.
func (c *Change) settle(what string, s Span, calendar Calendar, most time.Duration) (Span, error) {
	until := s.end(c.At, calendar)
	if !until.After(c.At) || until.Sub(c.At) > most {
		return s, wrong("%s must end, within %v of its beginning: give minutes, tomorrow or until", what, most)
	}
	return Span{Until: until}, nil
}

func wrong(format string, args ...any) error {
	return &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: fmt.Sprintf(format, args...)}
}
