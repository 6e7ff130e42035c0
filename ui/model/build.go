package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// State is what a Screen is made from.
type State struct {
	Now      time.Time
	Words    *Words
	Settings Settings
	// Orders are the active ones, and ended ones that somebody still has to see.
	Orders []order.Order
	// Kept is the chosen order where it is not among Orders any more: its details stay.
	Kept order.Order
	Link terminal.Event
	// Unsent names the orders of which the hub does not have every command yet.
	Unsent map[string]bool
	// Refused holds, by order, what the hub would not have.
	Refused map[string]*order.Error
	// Busy holds, by order, the command that is being carried out.
	Busy map[string]order.CommandType
	// NotSaved: the last action did not reach the disk.
	NotSaved bool
	// Printers are this terminal's.
	Printers []terminal.PrinterStatus
	// Stranded are stations whose tickets have no printer.
	Stranded []terminal.Stranded
	// Ordering is how the first location takes orders; nil where nobody knows.
	Ordering *terminal.OrderingView
	Choice   Choice
}

// Choice is what somebody has chosen to see.
type Choice struct {
	Place    Place
	Section  Section
	Selected string // an order's id
	Tab      DetailTab
	// First is the card at the top, PerPage how many fit.
	First, PerPage int
}

// Build makes the screen. It is pure: the same state gives the same screen.
func Build(s State, places []Place) Screen {
	b := &builder{State: s}
	b.sort()
	screen := Screen{
		Language: s.Words.Language(),
		Rail:     b.rail(places),
		Top:      b.top(),
		Banner:   b.banner(),
		Tabs:     b.tabs(),
		Details:  b.details(),
		Alarm:    b.alarm(),
	}
	for _, v := range b.views {
		if b.shown(v) {
			screen.Cards = append(screen.Cards, b.card(v))
		}
	}
	screen.Page = b.page(len(screen.Cards))
	if len(screen.Cards) == 0 {
		screen.Empty = b.empty()
	}
	return screen
}

// empty says why there are no cards: who has not heard of its hub yet does not know whether there
// are orders.
func (b *builder) empty() Empty {
	if len(b.Settings.locations) == 0 {
		return Empty{Icon: "hourglass", Text: b.Words.Say("empty.waiting")}
	}
	return Empty{Icon: sectionIcon(b.Choice.Section), Text: b.Words.Say("empty." + string(b.Choice.Section))}
}

// builder holds what the parts of one screen share.
type builder struct {
	State
	views []*view // what is due first at the top
}

// view is an order with what several parts of the screen ask of it.
type view struct {
	order.Order
	location *location
	now      time.Time // on the location's clocks
	lateness order.Lateness
	ringing  []order.Alarm
	due      time.Time
}

func (b *builder) view(o order.Order) *view {
	l := b.Settings.of(o.Location)
	v := &view{
		Order: o, location: l, now: b.Now.In(b.zone(l)),
		lateness: o.Lateness(b.Now), ringing: l.ringing(o, b.Now), due: o.Fulfillment.PromisedAt,
	}
	if v.due.IsZero() {
		v.due = o.PlacedAt.Add(o.Preparation())
	}
	return v
}

func (b *builder) zone(l *location) *time.Location {
	if l.ID == "" {
		return b.Settings.zone()
	}
	return l.calendar.Zone()
}

// local is a time on the location's clocks.
func (v *view) local(t time.Time) time.Time { return t.In(v.now.Location()) }

// answerBy is until when the platform waits for an answer; zero where it does not.
func (v *view) answerBy() time.Time {
	if v.Status != order.New {
		return time.Time{}
	}
	return v.AcceptBy
}

// sort puts first what waits for an answer, then what is due first.
func (b *builder) sort() {
	b.views = make([]*view, 0, len(b.Orders))
	for _, o := range b.Orders {
		b.views = append(b.views, b.view(o))
	}
	slices.SortFunc(b.views, func(x, y *view) int {
		byX, byY := x.answerBy(), y.answerBy()
		switch {
		case !byX.IsZero() && !byY.IsZero():
			return cmp.Or(byX.Compare(byY), byDue(x, y))
		case !byX.IsZero():
			return -1
		case !byY.IsZero():
			return 1
		}
		return byDue(x, y)
	})
}

func byDue(x, y *view) int {
	return cmp.Or(x.due.Compare(y.due), cmp.Compare(x.Number, y.Number), cmp.Compare(x.ID, y.ID))
}

// sectionOf is where an order of this type stands.
func sectionOf(t order.FulfillmentType) Section {
	switch t {
	case order.Pickup:
		return Pickup
	case order.Curbside:
		return Curbside
	case order.Delivery:
		return Delivery
	case order.Shipment:
		return Shipping
	}
	return Counter
}

func (b *builder) shown(v *view) bool {
	return b.Choice.Section == All || b.Choice.Section == sectionOf(v.Fulfillment.Type)
}

func sectionIcon(s Section) Icon {
	switch s {
	case Pickup:
		return "bag"
	case Curbside:
		return "car"
	case Delivery:
		return "bike"
	case Shipping:
		return "box"
	case Counter:
		return "store"
	}
	return "all"
}

func (b *builder) tabs() []Tab {
	open, late := map[Section]int{}, map[Section]int{}
	for _, v := range b.views {
		if !v.Status.Open() {
			continue
		}
		for _, section := range []Section{All, sectionOf(v.Fulfillment.Type)} {
			open[section]++
			if v.lateness.Late {
				late[section]++
			}
		}
	}
	tabs := make([]Tab, 0, len(Sections()))
	for _, section := range Sections() {
		key := "section." + string(section)
		tab := Tab{
			Section: section, Icon: sectionIcon(section), Name: b.Words.Say(key),
			Open: open[section], Late: late[section], Chosen: section == b.Choice.Section,
			StateIcon: "check", Text: b.Words.Say("tab.on_time"),
		}
		if b.Words.has(key + ".short") {
			tab.Name = b.Words.Say(key + ".short")
		}
		if tab.Late > 0 {
			tab.StateIcon, tab.Text = "alert", b.Words.Count("tab.late", tab.Late)
		}
		tabs = append(tabs, tab)
	}
	return tabs
}

func (b *builder) rail(places []Place) []RailItem {
	open := 0
	for _, v := range b.views {
		if v.Status.Open() {
			open++
		}
	}
	items := make([]RailItem, 0, len(places))
	for _, place := range places {
		item := RailItem{
			Place: place, Icon: Icon(place), Name: b.Words.Say("rail." + string(place)), Chosen: place == b.Choice.Place,
		}
		switch {
		case place == PlaceNewOrder:
			item.Icon = "sell"
		case place == PlacePrinters:
			item.Icon = "printer"
			if item.Urgent = len(b.Stranded) > 0 || slices.ContainsFunc(b.Printers, needsSomebody); item.Urgent {
				item.Pill = "!"
			}
		case place == PlaceOrders && open > 0:
			item.Pill = strconv.Itoa(open)
		}
		items = append(items, item)
	}
	return items
}

func (b *builder) top() TopBar {
	now := b.Now.In(b.Settings.zone())
	top := TopBar{Location: "Comptoir", Connection: b.connection(now), Clock: b.Words.Time(now)}
	switch locations := b.Settings.locations; len(locations) {
	case 0:
	case 1:
		top.Location = locations[0].Name
	default:
		top.Location = b.Words.Count("top.locations", len(locations))
	}
	if b.Ordering != nil {
		top.Ordering = orderingChip(b.Words, b.Settings.of(b.Ordering.Location), b.Ordering)
	}
	var next *view
	for _, v := range b.views {
		toMake := v.Status.Open() && v.Status != order.Ready && !v.Fulfillment.PromisedAt.IsZero()
		if toMake && (next == nil || v.due.Before(next.due)) {
			next = v
		}
	}
	if next != nil {
		top.NextLabel, top.NextDue = b.Words.Say("top.next"), b.Words.When(next.local(next.due), next.now)
	}
	return top
}

func (b *builder) connection(now time.Time) Connection {
	if b.Link.Online {
		text := b.Words.Say("link.online")
		return Connection{Tone: ToneOK, Icon: "cloud-check", Text: text, Short: text}
	}
	since := b.Words.When(b.Link.Since.In(now.Location()), now)
	c := Connection{
		Tone: ToneWarn, Icon: "cloud-off",
		Text: b.Words.Say("link.offline", "time", since), Short: b.Words.Say("link.short"),
	}
	if unsent := len(b.Unsent); unsent > 0 {
		c.Text = b.Words.Count("link.offline_unsent", unsent, "time", since)
	}
	return c
}

func (b *builder) banner() Banner {
	switch {
	case b.NotSaved:
		return Banner{Tone: ToneLate, Icon: "alert", Title: b.Words.Say("banner.not_saved"), Text: b.Words.Say("banner.not_saved.text")}
	case len(b.Settings.locations) == 0:
		return Banner{Tone: ToneWarn, Icon: "alert", Title: b.Words.Say("banner.no_settings"), Text: b.Words.Say("banner.no_settings.text")}
	}
	return printerBanner(b.Words, b.Printers, b.Stranded)
}

func (b *builder) page(all int) Page {
	per := max(1, b.Choice.PerPage)
	first := max(0, min(b.Choice.First, all-per))
	p := Page{
		First: first, PerPage: per, All: all, Back: first > 0, Next: first+per < all,
		BackText: b.Words.Say("page.back"), NextText: b.Words.Say("page.next"),
	}
	if all > 0 {
		p.Text = b.Words.Say("page.range", "first", strconv.Itoa(first+1),
			"last", strconv.Itoa(min(first+per, all)), "all", strconv.Itoa(all))
	}
	return p
}

// dots joins the parts that are not empty, as in "12 h 20 · Retrait".
func dots(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " · ")
}
