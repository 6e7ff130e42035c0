package model

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"comptoir/order"
)

// Block is a part of the list under a heading; what stands before the first one has none.
type Block struct {
	Title string
	// First is the card that it begins with.
	First int
}

// group is a block with its orders. Its title is a key; some need none while nothing is above.
type group struct {
	title    string
	optional bool
	views    []*view
}

// groups are what is listed, in its order: who waits outside, what is to be done now, what is
// scheduled for later, what has ended.
func (b *builder) groups() []group {
	if b.Search != nil {
		return []group{{views: b.found()}}
	}
	ended := b.endedViews()
	listed := map[string]bool{}
	for _, v := range ended {
		listed[v.ID] = true
	}
	var waiting, now, scheduled []*view
	for _, v := range b.views {
		switch {
		case listed[v.ID] || !b.listed(v):
		case b.Choice.Section == Curbside && v.waits():
			waiting = append(waiting, v)
		case v.scheduled():
			scheduled = append(scheduled, v)
		default:
			now = append(now, v)
		}
	}
	slices.SortStableFunc(waiting, func(x, y *view) int {
		return cmp.Or(x.Fulfillment.ArrivedAt.Compare(y.Fulfillment.ArrivedAt), byDue(x, y))
	})
	slices.SortStableFunc(scheduled, func(x, y *view) int { return cmp.Or(x.StartBy().Compare(y.StartBy()), byDue(x, y)) })
	return []group{
		{"block.arrived", false, waiting},
		{"block.not_arrived", true, now},
		{"block.scheduled", false, scheduled},
		{"block.ended", true, ended},
	}
}

// cards are all that is listed, and the headings between.
func (b *builder) cards() (cards []Card, blocks []Block) {
	for _, g := range b.groups() {
		if len(g.views) == 0 {
			continue
		}
		if g.title != "" && !(g.optional && len(cards) == 0) {
			blocks = append(blocks, Block{dots(b.Words.Say(g.title), strconv.Itoa(len(g.views))), len(cards)})
		}
		for _, v := range g.views {
			cards = append(cards, b.card(v))
		}
	}
	return cards, blocks
}

// listed is whether section and filter leave an active order in the list.
func (b *builder) listed(v *view) bool {
	return b.inSection(v) && b.onDay(v) && b.filter.wants(statusOf(v.Status, v.Cancelled()), channelOf(v.Channel, v.Connection))
}

func (b *builder) inSection(v *view) bool {
	return b.Choice.Section == All || b.Choice.Section == sectionOf(v.Fulfillment.Type)
}

// onDay is whether an active order belongs to the chosen day. What is open has to be done on the
// current one, were it due long ago; what is due later is on its own day too.
func (b *builder) onDay(v *view) bool {
	day := b.filter.Day
	switch {
	case day == "":
		return true
	case !v.Status.Open():
		return v.location.calendar.BusinessDay(v.CompletedAt) == day
	}
	return day > b.today && v.location.calendar.BusinessDay(v.due) == day
}

// endedViews are the ended orders that are listed, the last one first.
func (b *builder) endedViews() []*view {
	day := b.filter.needsEnded(b.today)
	if day == "" || b.Ended.Day != day {
		return nil
	}
	var views []*view
	for _, o := range b.Ended.Orders {
		v := b.view(o)
		if b.Settings.shows(o.Location) && b.inSection(v) && b.filter.wants(statusOf(v.Status, v.Cancelled()), channelOf(o.Channel, o.Connection)) {
			views = append(views, v)
		}
	}
	return views
}

// scheduled reports whether the kitchen is not to hear of the order yet. What waits for an answer,
// or whose customer is here, is to be done now all the same.
func (v *view) scheduled() bool {
	return v.Status == order.Accepted && !v.waits() && v.Scheduled(v.location.printAhead(), v.now)
}

// waits reports whether the customer is here.
func (v *view) waits() bool { return !v.Fulfillment.ArrivedAt.IsZero() && v.Status.Open() }

// startBy says when a scheduled order is to be started: "À commencer à 16 h 20".
func (b *builder) startBy(v *view) string {
	at := v.local(v.StartBy())
	if days(at, v.now) == 0 || at.Sub(v.now).Abs() < near {
		return b.Words.Say("card.start_at", "time", b.Words.Time(at))
	}
	return b.Words.Say("card.start_on", "day", b.Words.uncapital(b.Words.day(at, v.now)), "time", b.Words.Time(at))
}

// here says that the customer is here, where, and for how long.
func (b *builder) here(v *view) string {
	spot, minutes := v.Fulfillment.Spot, int(b.Now.Sub(v.Fulfillment.ArrivedAt)/time.Minute)
	wait := b.Words.Duration(minutes)
	switch {
	case minutes < 1 && spot == "":
		return b.Words.Say("card.arrived")
	case minutes < 1:
		return b.Words.Say("card.arrived_at", "spot", spot)
	case spot == "":
		return b.Words.Say("card.waits", "duration", wait)
	}
	return b.Words.Say("card.waits_at", "spot", spot, "duration", wait)
}

// empty says why there are no cards: who has not heard of its hub yet does not know whether there
// are orders.
func (b *builder) empty() Empty {
	w, day := b.Words, b.filter.needsEnded(b.today)
	switch past := b.Ended.Day == day; {
	case len(b.Settings.locations) == 0:
		return Empty{Icon: "hourglass", Text: w.Say("empty.waiting")}
	case b.Search != nil:
		return b.nothingFound()
	case day != "" && past && b.Ended.Failed:
		return Empty{Icon: "alert", Text: w.Say("empty.unread")}
	case day != "" && (!past || b.Ended.Loading):
		return Empty{Icon: "hourglass", Text: w.Say("empty.loading")}
	case day != "" && day < b.today && (b.Ended.Since == "" || day < b.Ended.Since):
		if b.Ended.Since == "" {
			return Empty{Icon: "orders", Text: w.Say("empty.nothing_kept")}
		}
		return Empty{Icon: "orders", Text: w.Say("empty.not_kept", "day", w.uncapital(b.dayName(b.Ended.Since)))}
	case b.filter != (Filter{}):
		return Empty{Icon: "filter", Text: w.Say("empty.filtered")}
	}
	return Empty{Icon: sectionIcon(b.Choice.Section), Text: w.Say("empty." + string(b.Choice.Section))}
}
