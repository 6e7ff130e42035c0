package model

import (
	"errors"
	"strconv"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/terminal"
)

// OrderingAsk is what a tap on the ordering sheet asks for. Which fields count depends on What.
type OrderingAsk struct {
	What OrderingWhat
	// Channel is a channel's id; empty is all of them.
	Channel string
	// Choice is the index of a pause's end.
	Choice int
	// Step is -1 or 1.
	Step int
	On   bool
	// PLU is the item's; Tomorrow puts it back with the next business day.
	PLU      string
	Tomorrow bool
}

// OrderingWhat is the kind of an ask.
type OrderingWhat string

// The kinds of ask.
const (
	AskPause       OrderingWhat = "pause"
	AskResume      OrderingWhat = "resume"
	AskBusy        OrderingWhat = "busy"
	AskBusyEnd     OrderingWhat = "busy_end"
	AskAutoAccept  OrderingWhat = "auto_accept"
	AskPreparation OrderingWhat = "preparation"
	AskMaximum     OrderingWhat = "maximum"
	AskOut         OrderingWhat = "out"
	AskBack        OrderingWhat = "back"
)

// preparationStep is what a tap adds to the preparation, in minutes.
const preparationStep = 5

// OrderingOpen opens the sheet.
func (c *Controller) OrderingOpen() {
	c.change(func() { c.ordering = ordering{open: true, minutes: 1, length: 1} })
}

// OrderingClose closes it.
func (c *Controller) OrderingClose() { c.change(func() { c.ordering.open = false }) }

// OrderingPage turns to a page.
func (c *Controller) OrderingPage(p OrderingPage) {
	c.change(func() { c.ordering.page, c.ordering.search = max(0, min(p, orderingPages-1)), "" })
}

// OrderingBusyMinutes chooses how much busy mode would add.
func (c *Controller) OrderingBusyMinutes(choice string) {
	c.change(func() { choose(&c.ordering.minutes, choice, len(busyMinutes())) })
}

// OrderingBusyFor chooses how long it would last.
func (c *Controller) OrderingBusyFor(choice string) {
	c.change(func() { choose(&c.ordering.length, choice, len(busyFor())) })
}

func choose(into *int, choice string, n int) {
	if i, err := strconv.Atoi(choice); err == nil && i >= 0 && i < n {
		*into = i
	}
}

// OrderingSearch lists the items whose name holds a text.
func (c *Controller) OrderingSearch(text string) { c.change(func() { c.ordering.search = text }) }

// OrderingSheet is the sheet as it should be now; nil while it is closed.
func (c *Controller) OrderingSheet() *OrderingSheet {
	view, l := c.orderingView()
	if view == nil {
		return nil
	}
	done := c.Snackbar()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ordering.open {
		return nil
	}
	sheet := c.ordering.sheet(c.chosenWords(), l, *view)
	sheet.Done = done
	return sheet
}

// orderingView is how the location that is shown takes orders; nil where nobody knows.
func (c *Controller) orderingView() (*terminal.OrderingView, *location) {
	c.mu.Lock()
	settings := c.settings
	c.mu.Unlock()
	if c.options.Ordering == nil || len(settings.locations) == 0 {
		return nil, nil
	}
	l := settings.first()
	view, err := c.options.Ordering.Ordering(l.ID)
	if err != nil {
		return nil, nil
	}
	return &view, l
}

// OrderingDo plans what was asked: every change of how orders are taken goes through here. It is
// judged when it is carried out, after the taps before it, so that two quick steps are two.
func (c *Controller) OrderingDo(ask OrderingAsk) Plan {
	return c.permit(ask.What.right(), func() Plan {
		return Plan{steps: func() error { return c.carryOutAsk(ask) }}
	})
}

// right is what an ask needs. What a counter needs in a rush, and what ends by itself, is everybody's;
// the rules of every day are the manager's.
func (w OrderingWhat) right() staff.Right {
	switch w {
	case AskAutoAccept, AskPreparation, AskMaximum:
		return staff.Ordering
	default:
		return staff.Orders
	}
}

func (c *Controller) carryOutAsk(ask OrderingAsk) error {
	view, l := c.orderingView()
	if view == nil {
		return nil
	}
	c.mu.Lock()
	a := asking{words: c.chosenWords(), location: l, view: *view, busy: busyMinutes()[c.ordering.minutes], length: busyFor()[c.ordering.length]}
	c.mu.Unlock()
	a.resolve(ask)
	if len(a.changes) == 0 {
		return nil
	}
	for i := range a.changes {
		a.changes[i].At = view.Now
	}
	for i := range a.back { // later than what it takes back, and than nothing else: what others did since stays
		a.back[i].At = view.Now.Add(1)
	}
	taken, err := c.changeOrdering(l.ID, a.changes)
	if taken && a.said != "" {
		c.Offer(a.said, func() Plan {
			return Plan{steps: func() error {
				_, err := c.changeOrdering(l.ID, a.back)
				return err
			}}
		})
	}
	return err
}

// changeOrdering carries changes out. What is refused is said on the sheet; an error is the disk's.
func (c *Controller) changeOrdering(location string, changes []shop.Change) (taken bool, err error) {
	for _, change := range changes {
		err := c.options.Ordering.ChangeOrdering(location, change)
		refused, known := errors.AsType[*order.Error](err)
		switch {
		case known:
			c.orderingRefused(refused)
			return false, nil
		case errors.Is(err, terminal.ErrTooManyChanges):
			c.change(func() { c.ordering.problem = c.chosenWords().Say("ordering.too_many") })
			return false, nil
		case err != nil:
			return false, err
		}
	}
	c.change(func() { c.ordering.problem = "" })
	return true, nil
}

// orderingRefused says why a change is not taken, here or by the hub.
func (c *Controller) orderingRefused(refused *order.Error) {
	c.change(func() {
		key := "ordering.refused.text"
		if refused.Kind == order.NotFound {
			key = "ordering.refused.gone"
		}
		c.ordering.problem = c.chosenWords().Say(key)
	})
}

// asking makes the changes of an ask, and those that take it back.
type asking struct {
	words        *Words
	location     *location
	view         terminal.OrderingView
	busy, length int

	changes, back []shop.Change
	said          string // what was done; empty where it speaks for itself
}

func (a *asking) resolve(ask OrderingAsk) {
	switch ask.What {
	case AskPause:
		a.pause(ask)
	case AskResume:
		a.eachChannel(ask.Channel, isPaused, &shop.Span{})
		a.said = a.say("ordering.said.resumed", ask.Channel)
	case AskBusy:
		a.setBusy(&shop.BusyChange{Minutes: a.busy, Span: shop.Span{ForMinutes: a.length}})
		a.said = a.words.Say("ordering.said.busy", "minutes", strconv.Itoa(a.busy), "time", a.words.hours(a.length))
	case AskBusyEnd:
		a.setBusy(&shop.BusyChange{})
		a.said = a.words.Say("ordering.said.busy_end")
	case AskAutoAccept:
		if channel, known := a.view.Held.Channel(ask.Channel); known && channel.AutoAccept != ask.On {
			a.changes = []shop.Change{{Channels: []string{ask.Channel}, AutoAccept: &ask.On}}
			a.back = []shop.Change{{Channels: []string{ask.Channel}, AutoAccept: &channel.AutoAccept}}
			key := "ordering.said.by_hand"
			if ask.On {
				key = "ordering.said.auto_accept"
			}
			a.said = a.say(key, ask.Channel)
		}
	case AskPreparation:
		if channel, known := a.view.Held.Channel(ask.Channel); known {
			minutes := max(0, min(mostPreparation, stepped(channel.PreparationMinutes, ask.Step*preparationStep)))
			a.changes = []shop.Change{{Channels: []string{ask.Channel}, PreparationMinutes: &minutes}}
		}
	case AskMaximum:
		maximum := max(0, min(shop.MaxMaximum, a.view.Held.Maximum+ask.Step))
		a.changes = []shop.Change{{Maximum: &maximum}}
	case AskOut, AskBack:
		a.stock(ask)
	}
}

// stepped is the next multiple of a step.
func stepped(n, step int) int {
	next := n + step
	if step > 0 {
		return next / step * step
	}
	return (next - step - 1) / -step * -step
}

func (a *asking) say(key, channel string) string {
	name := a.words.Say("ordering.all_channels")
	if channel != "" {
		name = channelName(a.words, a.location, channel)
	}
	return a.words.Say(key, "channel", name)
}

func (a *asking) pause(ask OrderingAsk) {
	span, until := shop.Span{Tomorrow: true}, a.words.Say("ordering.until_tomorrow")
	if minutes := pauseMinutes(); ask.Choice < len(minutes) {
		span, until = shop.Span{ForMinutes: minutes[max(0, ask.Choice)]}, a.words.hours(minutes[max(0, ask.Choice)])
	}
	a.eachChannel(ask.Channel, func(shop.HeldChannel) bool { return true }, &span)
	name := a.words.Say("ordering.all_channels")
	if ask.Channel != "" {
		name = channelName(a.words, a.location, ask.Channel)
	}
	a.said = a.words.Say("ordering.said.paused", "channel", name, "time", until)
}

// eachChannel pauses the channel, or all that are wanted, in one change; it goes back to what each
// of them was.
func (a *asking) eachChannel(id string, wanted func(shop.HeldChannel) bool, span *shop.Span) {
	var ids []string
	for _, channel := range a.view.Held.Channels {
		if id != "" && channel.ID != id || !wanted(channel) {
			continue
		}
		ids = append(ids, channel.ID)
		a.back = append(a.back, shop.Change{Channels: []string{channel.ID}, Pause: &shop.Span{Until: channel.PausedUntil}})
	}
	if len(ids) > 0 {
		a.changes = []shop.Change{{Channels: ids, Pause: span}}
	}
}

func (a *asking) setBusy(busy *shop.BusyChange) {
	before := shop.BusyChange{Minutes: a.view.Held.BusyMinutes, Span: shop.Span{Until: a.view.Held.BusyUntil}}
	a.changes, a.back = []shop.Change{{Busy: busy}}, []shop.Change{{Busy: &before}}
}

func (a *asking) stock(ask OrderingAsk) {
	before, name := shop.StockChange{}, ask.PLU
	for _, item := range a.view.Held.OutOfStock {
		if item.PLU == ask.PLU {
			before = shop.StockChange{Out: true, Span: shop.Span{Until: item.Until}}
		}
	}
	for _, item := range a.location.Menu.Items {
		if item.PLU == ask.PLU {
			name = item.Name
		}
	}
	after, key := shop.StockChange{}, "ordering.said.back"
	switch {
	case ask.What == AskOut && ask.Tomorrow:
		after, key = shop.StockChange{Out: true, Span: shop.Span{Tomorrow: true}}, "ordering.said.out_tomorrow"
	case ask.What == AskOut:
		after, key = shop.StockChange{Out: true}, "ordering.said.out"
	}
	a.changes, a.back = []shop.Change{{Item: ask.PLU, Stock: &after}}, []shop.Change{{Item: ask.PLU, Stock: &before}}
	a.said = a.words.Say(key, "item", name)
}

// waitsForRoom says that an order waits because the location takes no more by themselves.
func waitsForRoom(view *terminal.OrderingView, o order.Order, now time.Time) bool {
	if view == nil || o.Status != order.New || view.Held.Maximum == 0 || !o.AcceptBy.IsZero() && now.After(o.AcceptBy) {
		return false
	}
	channel, known := view.Held.Channel(o.Connection)
	return known && channel.AutoAccept
}
