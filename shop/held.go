package shop

import (
	"slices"
	"strings"
	"time"

	"comptoir/order"
)

// Quarter is the time that Ordering.Maximum counts in.
const Quarter = 15 * time.Minute

// Held is how a location takes orders at one moment: its settings, and what people changed of them
// and has not ended.
type Held struct {
	// BusyMinutes are added to every new order until BusyUntil; 0 where it is not busy.
	BusyMinutes int       `json:"busyMinutes"`
	BusyUntil   time.Time `json:"busyUntil,omitzero"`
	Maximum     int       `json:"maximum"`
	// Channels are the connections, in the settings' sequence, then the own shop.
	Channels []HeldChannel `json:"channels"`
	// OutOfStock is sorted by PLU.
	OutOfStock []HeldItem `json:"outOfStock"`
}

// HeldChannel is one channel at a moment.
type HeldChannel struct {
	ID      string `json:"id"`
	Partner string `json:"partner,omitempty"`
	// AutoAccept: its orders are accepted without a tap.
	AutoAccept bool `json:"autoAccept"`
	// PreparationMinutes is without BusyMinutes.
	PreparationMinutes int `json:"preparationMinutes"`
	// PausedUntil is zero where it takes orders.
	PausedUntil time.Time `json:"pausedUntil,omitzero"`
}

// HeldItem is an item out of stock; without Until it is so until somebody puts it back.
type HeldItem struct {
	PLU   string    `json:"plu"`
	Until time.Time `json:"until,omitzero"`
}

// At says what holds at the location now.
func (o Ordering) At(l Location, now time.Time) Held {
	held := Held{Maximum: o.Maximum.Value, Channels: make([]HeldChannel, 0, len(l.Connections)+1), OutOfStock: []HeldItem{}}
	if busy := o.Busy.Value; busy.Minutes > 0 && now.Before(busy.Until) {
		held.BusyMinutes, held.BusyUntil = busy.Minutes, busy.Until
	}
	for _, c := range l.Connections {
		held.Channels = append(held.Channels, o.channel(HeldChannel{
			ID: c.ID, Partner: c.Partner, AutoAccept: c.AutoAccept, PreparationMinutes: c.PreparationMinutes,
		}, now))
	}
	held.Channels = append(held.Channels, o.channel(HeldChannel{
		ID: OwnShop, AutoAccept: l.AutoAccept, PreparationMinutes: l.PreparationMinutes,
	}, now))
	for plu, stock := range o.Stock {
		if stock.Value.holds(now) {
			held.OutOfStock = append(held.OutOfStock, HeldItem{PLU: plu, Until: stock.Value.Until})
		}
	}
	slices.SortFunc(held.OutOfStock, func(a, b HeldItem) int { return strings.Compare(a.PLU, b.PLU) })
	return held
}

func (o Ordering) channel(base HeldChannel, now time.Time) HeldChannel {
	changed := o.Channels[base.ID]
	base.AutoAccept = changed.AutoAccept.or(base.AutoAccept)
	base.PreparationMinutes = changed.PreparationMinutes.or(base.PreparationMinutes)
	if until := changed.PausedUntil.Value; now.Before(until) {
		base.PausedUntil = until
	}
	return base
}

// Channel is the one that orders of a connection come by; of no connection, the own shop's.
func (h Held) Channel(connection string) (HeldChannel, bool) {
	if connection == "" {
		connection = OwnShop
	}
	i := slices.IndexFunc(h.Channels, func(c HeldChannel) bool { return c.ID == connection })
	if i < 0 {
		return HeldChannel{}, false
	}
	return h.Channels[i], true
}

// Preparation is how long an order takes that would take so many minutes on a quiet day.
func (h Held) Preparation(minutes int) int { return min(minutes+h.BusyMinutes, order.MaxPreparation) }

// Out reports whether an item is out of stock.
func (h Held) Out(plu string) bool {
	_, out := slices.BinarySearchFunc(h.OutOfStock, plu, func(item HeldItem, plu string) int { return strings.Compare(item.PLU, plu) })
	return out
}

// Mark marks the lines that ask for what is out of stock. The lines are another slice afterwards.
func (h Held) Mark(o *order.Order) {
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		o.Lines[i].OutOfStock = h.Out(o.Lines[i].PLU)
	}
}

// Room reports whether an order that the kitchen would hear of at a moment may be accepted by
// itself: the moments are those of the orders accepted already (order.KitchenDue).
func (h Held) Room(moment time.Time, others []time.Time) bool {
	if h.Maximum == 0 {
		return true
	}
	n := 0
	for _, other := range others {
		if !other.After(moment) && other.After(moment.Add(-Quarter)) {
			n++
		}
	}
	return n < h.Maximum
}
