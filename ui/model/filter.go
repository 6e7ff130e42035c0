package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Filter is what the Orders screen leaves out; its zero value is nothing but what has ended.
// Filters are compared with ==.
type Filter struct {
	// Statuses are those that are listed; none is what is open on the current day and on later
	// ones, and what has ended on former ones.
	Statuses Statuses
	// Channels are those that are listed, as channelOf names them in any language; none is all.
	Channels Names
	// Day is a business day; empty is the current one.
	Day shop.Day
}

// Status is a status as people look for it: what did not come about is one, whatever the cause.
type Status string

// The statuses of the filter: of open orders, and of those that have ended.
const (
	StatusNew       Status = "new"
	StatusAccepted  Status = "accepted"
	StatusPreparing Status = "preparing"
	StatusReady     Status = "ready"
	StatusCompleted Status = "completed"
	StatusCancelled Status = "cancelled"
)

// statuses lists them in the order of an order's life.
func statuses() []Status {
	return []Status{StatusNew, StatusAccepted, StatusPreparing, StatusReady, StatusCompleted, StatusCancelled}
}

// statusOf is the filter's status of an order.
func statusOf(s order.Status, cancelled bool) Status {
	switch {
	case s.Open():
		return Status(s)
	case cancelled:
		return StatusCancelled
	}
	return StatusCompleted
}

// Statuses are a set of statuses.
type Statuses uint8

func (s Status) bit() Statuses {
	if i := slices.Index(statuses(), s); i >= 0 {
		return 1 << i
	}
	return 0
}

func (s Statuses) has(one Status) bool { return s&one.bit() != 0 }

// ended reports whether one of them is of orders that have ended.
func (s Statuses) ended() bool { return s.has(StatusCompleted) || s.has(StatusCancelled) }

// Names are a set of names, in their order, that can be compared with ==.
type Names string

const nameEnd = "\x00"

func (n Names) list() []string {
	return strings.FieldsFunc(string(n), func(r rune) bool { return string(r) == nameEnd })
}

func (n Names) has(name string) bool { return slices.Contains(n.list(), name) }

// toggle puts a name in, or takes it out.
func (n Names) toggle(name string) Names {
	list := n.list()
	if i := slices.Index(list, name); i >= 0 {
		list = slices.Delete(list, i, i+1)
	} else {
		list = append(list, name)
	}
	slices.Sort(list)
	return Names(strings.Join(list, nameEnd))
}

// channelOf names a channel as orders do, whatever the language.
func channelOf(name, connection string) string { return cmp.Or(name, connection) }

// wants is whether status and channel are listed. An order is looked at by its day elsewhere.
func (f Filter) wants(status Status, channel string) bool {
	return (f.Statuses == 0 || f.Statuses.has(status)) && (f.Channels == "" || f.Channels.has(channel))
}

// on is the filter as it is read on a business day: that day is the current one.
func (f Filter) on(today shop.Day) Filter {
	if f.Day == today {
		f.Day = ""
	}
	return f
}

// needsEnded is the business day whose ended orders are listed; empty where none are. today is
// the current one.
func (f Filter) needsEnded(today shop.Day) shop.Day {
	switch {
	case today == "":
		return ""
	case f.Statuses == 0 && (f.Day == "" || f.Day >= today), f.Statuses != 0 && !f.Statuses.ended():
		return ""
	case f.Day == "":
		return today
	}
	return f.Day
}

// today is the business day of a moment, by the calendar of the first location; empty as long as
// there is none.
func (s Settings) today(now time.Time) shop.Day {
	if len(s.locations) == 0 {
		return ""
	}
	return s.locations[0].calendar.BusinessDay(now)
}

// Chip says one thing that is filtered; a tap on it clears that.
type Chip struct {
	Part FilterPart
	Icon Icon
	Text string
}

// FilterPart is a part of the filter; all of it where empty.
type FilterPart string

// The parts of the filter.
const (
	FilterAll      FilterPart = ""
	FilterStatuses FilterPart = "statuses"
	FilterChannels FilterPart = "channels"
	FilterDay      FilterPart = "day"
)

func (b *builder) chips() []Chip {
	var chips []Chip
	f := b.filter
	if f.Day != "" {
		chips = append(chips, Chip{FilterDay, "clock", b.dayName(f.Day)})
	}
	var chosen []string
	for _, status := range statuses() {
		if f.Statuses.has(status) {
			chosen = append(chosen, b.Words.Say("filter.status."+string(status)))
		}
	}
	text := b.some(chosen, "filter.statuses")
	if f.Statuses == StatusCompleted.bit()|StatusCancelled.bit() {
		text = b.Words.Say("block.ended")
	}
	if text != "" {
		chips = append(chips, Chip{FilterStatuses, "check", text})
	}
	var channels []string
	for _, channel := range f.Channels.list() {
		channels = append(channels, b.Words.channel(channel, ""))
	}
	if text := b.some(channels, "filter.channels"); text != "" {
		chips = append(chips, Chip{FilterChannels, "store", text})
	}
	if len(chips) > 2 {
		chips = append(chips, Chip{FilterAll, "", b.Words.Say("filter.clear")})
	}
	return chips
}

// some names what is chosen, or counts it: a chip has little room.
func (b *builder) some(names []string, many string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return b.Words.Count(many, len(names))
}

// FilterSheet chooses what is listed. What is chosen holds at once.
type FilterSheet struct {
	Title string
	Close string
	Below string // "Voir la suite": more lies below
	// Days are yesterday, today and tomorrow; Day is the chosen one of them, or -1.
	DayLabel string
	Days     []DayChoice
	Day      int
	// Other leads to the calendar on MonthOf, and names the day that was chosen there.
	Other   string
	MonthOf shop.Day
	// Month is the calendar; nil where it is not open.
	Month *Month

	StatusLabel string
	Statuses    []FilterCheck
	// Channels are those that occur.
	ChannelLabel string
	Channels     []FilterCheck

	// Clear takes all filters away; empty where there are none. Show closes the sheet, and says
	// what is then to be seen.
	Clear string
	Show  string
}

// DayChoice is a business day by its name.
type DayChoice struct {
	Day  shop.Day
	Name string
}

// FilterCheck is something to be listed; ID is a Status, or a channel as channelOf names it.
type FilterCheck struct {
	ID, Name string
	On       bool
}

func (b *builder) filterSheet(listed int) *FilterSheet {
	if !b.Choice.Filtering {
		return nil
	}
	w, f := b.Words, b.filter
	sheet := &FilterSheet{
		Title: w.Say("filter.title"), Close: w.Say("explain.close"), Below: w.Say("details.below"), Day: -1,
		DayLabel: w.Say("filter.day"), Other: w.Say("filter.other_day"),
		StatusLabel: w.Say("filter.status"), ChannelLabel: w.Say("filter.channel"),
		Show: w.Count("filter.show", listed),
	}
	if f != (Filter{}) {
		sheet.Clear = w.Say("filter.clear")
	}
	if today := b.today; today != "" {
		chosen := f.Day
		if chosen == "" {
			chosen = today
		}
		for _, day := range []shop.Day{today.Add(-1), today, today.Add(1)} {
			if day == chosen {
				sheet.Day = len(sheet.Days)
			}
			sheet.Days = append(sheet.Days, DayChoice{day, b.dayName(day)})
		}
		sheet.MonthOf = monthOf(chosen)
		if sheet.Day < 0 {
			sheet.Other = b.dayName(chosen)
		}
		if b.Choice.Month != "" {
			sheet.Month = b.month(b.Choice.Month, chosen)
		}
	}
	for _, status := range statuses() {
		sheet.Statuses = append(sheet.Statuses, FilterCheck{string(status), w.Say("filter.status." + string(status)), f.Statuses.has(status)})
	}
	for _, channel := range b.channels() {
		sheet.Channels = append(sheet.Channels, FilterCheck{channel, w.channel(channel, ""), f.Channels.has(channel)})
	}
	slices.SortFunc(sheet.Channels, func(x, y FilterCheck) int { return cmp.Compare(x.Name, y.Name) })
	return sheet
}

// channels are those that occur, or are chosen.
func (b *builder) channels() []string {
	list := b.filter.Channels.list()
	for _, v := range b.views {
		list = append(list, channelOf(v.Channel, v.Connection))
	}
	for _, o := range b.Ended.Orders {
		if b.Settings.shows(o.Location) {
			list = append(list, channelOf(o.Channel, o.Connection))
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(name string) bool { return name == "" })
}
