package shop

import (
	"cmp"
	"maps"
	"strings"
	"time"
)

// OwnShop stands among an Ordering's channels for the own shop's orders. No connection has this id.
const OwnShop = "@shop"

// Ordering is how a location takes orders, as far as people have changed it: the settings hold
// for everything else. Each field knows who wrote it last, so that changes may come late, twice
// and in any sequence, and every replica ends with the same. The zero value changes nothing.
type Ordering struct {
	// Channels by connection id, or OwnShop.
	Channels map[string]ChannelOrdering `json:"channels,omitempty"`
	Busy     Field[Busy]                `json:"busy,omitzero"`
	// Maximum is how many orders the kitchen gets by themselves within a Quarter; 0 is any number.
	Maximum Field[int] `json:"maximum,omitzero"`
	// Stock by the menu's PLU.
	Stock map[string]Field[Stock] `json:"stock,omitempty"`
}

// ChannelOrdering is what was changed of one channel.
type ChannelOrdering struct {
	AutoAccept         Field[bool] `json:"autoAccept,omitzero"`
	PreparationMinutes Field[int]  `json:"preparationMinutes,omitzero"`
	// PausedUntil is zero where somebody took orders again.
	PausedUntil Field[time.Time] `json:"pausedUntil,omitzero"`
}

// Busy adds minutes to every new order until it ends by itself.
type Busy struct {
	Minutes int       `json:"minutes"`
	Until   time.Time `json:"until,omitzero"`
}

// Stock is whether an item is out of stock; without Until it is so until somebody says otherwise.
type Stock struct {
	Out   bool      `json:"out"`
	Until time.Time `json:"until,omitzero"`
}

// Field is a value with the change that wrote it. Nobody has written one without a Change.
type Field[T any] struct {
	Value  T         `json:"value"`
	At     time.Time `json:"at,omitzero"`
	Change string    `json:"change"`
	By     string    `json:"by,omitempty"`
}

// Written reports whether somebody wrote the field, and so wins over the settings.
func (f Field[T]) Written() bool { return f.Change != "" }

// write takes the value unless a later change, or this one, has written before. Of two at the
// very same time the greater id is the later: which one matters to nobody, but all must agree.
func (f *Field[T]) write(value T, c Change) {
	if cmp.Or(c.At.Compare(f.At), strings.Compare(c.ID, f.Change)) > 0 {
		*f = Field[T]{Value: value, At: c.At, Change: c.ID, By: c.By}
	}
}

// or is the field's value, or the settings' where nobody wrote it.
func (f Field[T]) or(setting T) T {
	if f.Written() {
		return f.Value
	}
	return setting
}

// forgotten is after how long what has ended is dropped: no change of before is still on its way.
const forgotten = 30 * 24 * time.Hour

// Apply writes a settled change. It gives back another value and leaves o as it is.
func (o Ordering) Apply(c Change) Ordering {
	if len(c.Channels) > 0 {
		o.Channels = maps.Clone(o.Channels)
	}
	for _, id := range c.Channels {
		channel := o.Channels[id]
		if c.AutoAccept != nil {
			channel.AutoAccept.write(*c.AutoAccept, c)
		}
		if c.PreparationMinutes != nil {
			channel.PreparationMinutes.write(*c.PreparationMinutes, c)
		}
		if c.Pause != nil {
			channel.PausedUntil.write(c.Pause.Until, c)
		}
		if o.Channels == nil {
			o.Channels = map[string]ChannelOrdering{}
		}
		o.Channels[id] = channel
	}
	if c.Busy != nil {
		o.Busy.write(Busy{Minutes: c.Busy.Minutes, Until: c.Busy.Until}, c)
	}
	if c.Maximum != nil {
		o.Maximum.write(*c.Maximum, c)
	}
	if c.Stock != nil {
		stock := o.Stock[c.Item]
		stock.write(Stock{Out: c.Stock.Out, Until: c.Stock.Until}, c)
		o.Stock = maps.Clone(o.Stock)
		if o.Stock == nil {
			o.Stock = map[string]Field[Stock]{}
		}
		o.Stock[c.Item] = stock
	}
	return o
}

// Trim drops the items that have been back for so long that no change of before can still come.
func (o Ordering) Trim(now time.Time) Ordering {
	old := func(_ string, f Field[Stock]) bool {
		return !f.Value.holds(now) && now.Sub(f.At) > forgotten && now.Sub(f.Value.Until) > forgotten
	}
	for plu, f := range o.Stock {
		if old(plu, f) {
			o.Stock = maps.Clone(o.Stock)
			maps.DeleteFunc(o.Stock, old)
			break
		}
	}
	return o
}

func (s Stock) holds(now time.Time) bool {
	return s.Out && (s.Until.IsZero() || now.Before(s.Until))
}
