package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/doctor"
	"comptoir/order"
	"comptoir/shop"
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
	// Lost are the orders that the hub has no more, and has not taken back yet.
	Lost []string
	// Refused holds, by order, what was not taken and nobody has read yet; Opened is the order whose
	// details somebody has opened, Refusals what the terminal keeps for the history.
	Refused  map[string]terminal.Refusal
	Opened   string
	Refusals []terminal.Refusal
	// Busy holds, by order, the command that is being carried out.
	Busy map[string]order.CommandType
	// NotSaved: the last action did not reach the disk.
	NotSaved bool
	// Disk is why nothing can be stored, or soon nothing.
	Disk terminal.DiskFault
	// Salvage is what the terminal's file went through last.
	Salvage terminal.Salvage
	// Sheet is what has been entered for an action so far.
	Sheet actionState
	// Tickets are the newest jobs of the chosen order, by station, where its tickets are shown.
	Tickets []terminal.Job
	// Stations are how this terminal prints them.
	Stations map[string]terminal.StationSetup
	// Printing names the tickets that are being asked for, as printKey writes it.
	Printing map[string]bool
	// Printers are this terminal's.
	Printers []terminal.PrinterStatus
	// Stranded are stations whose tickets have no printer.
	Stranded []terminal.Stranded
	// Ended are orders of the business day whose ended ones are listed.
	Ended endedOrders
	// Search is nil where nobody searches.
	Search *Lookup
	// Troubles are this terminal's own that ring.
	Troubles []terminal.Trouble
	// Alerts is what may sound here, Alert whether it can, and SoundRead that somebody knows.
	Alerts    terminal.AlertPreferences
	Alert     terminal.AlertState
	SoundRead bool
	// PairAgain: the window leads to the pairing screen.
	PairAgain bool
	// Report is what the doctor found last; nil where there is none yet.
	Report *doctor.Report
	// Ordering is how the shown location takes orders; nil where nobody knows.
	Ordering *terminal.OrderingView
	Choice   Choice
	Desk     Desk
}

// Choice is what somebody has chosen to see.
type Choice struct {
	// Location is the id of the one that is shown.
	Location string
	Place    Place
	Page     MorePage // of PlaceMore
	Section  Section
	Selected string // an order's id
	Tab      DetailTab
	// Phone: the chosen order's telephone is shown.
	Phone bool
	// First is the card at the top, PerPage how many fit.
	First, PerPage int
	Filter         Filter
	// Filtering: the sheet of the filter is open, with its calendar on Month where that is not empty.
	Filtering bool
	Month     shop.Day
	// Searching: the search is open; Typing: with the keyboard on the screen.
	Searching, Typing bool
	Query             string
}

// Build makes the screen. It is pure: the same state gives the same screen.
func Build(s State, places []Place) Screen {
	b := &builder{State: s, today: s.Settings.today(s.Now)}
	b.filter = s.Choice.Filter.on(b.today)
	b.sort()
	b.all, b.views = b.views, nil
	b.views = b.local()
	screen := Screen{
		Language: s.Words.Language(),
		Rail:     b.rail(places),
		Top:      b.top(),
		Banner:   b.banner(),
		Tabs:     b.tabs(),
		Details:  b.details(),
		Sheet:    b.sheet(),
		Alarm:    b.alarm(),

		Locations: b.locations(),
		Ask:       b.ask(),
	}
	screen.Top.Locations = len(screen.Locations.Rows)
	screen.Lock = b.lock(screen.Top)
	screen.Cards, screen.Blocks = b.cards()
	screen.Page = b.page(len(screen.Cards))
	if len(screen.Cards) == 0 {
		screen.Empty = b.empty()
	}
	screen.Chips, screen.Search, screen.FilterSheet = b.chips(), b.searchBar(), b.filterSheet(len(screen.Cards))
	return screen
}

// builder holds what the parts of one screen share.
type builder struct {
	State
	all    []*view // what is due first at the top
	views  []*view // those of the location that is shown
	today  shop.Day
	filter Filter // the chosen one, as it is read today
}

// view is an order with what several parts of the screen ask of it.
type view struct {
	order.Order
	location *location
	now      time.Time // on the location's clocks
	lateness order.Lateness
	ringing  []order.Alarm
	loud     []order.Alarm // those of ringing that are not muted here
	due      time.Time
}

func (b *builder) view(o order.Order) *view {
	l := b.Settings.of(o.Location)
	v := &view{
		Order: o, location: l, now: b.Now.In(b.zone(l)),
		lateness: o.Lateness(b.Now), ringing: l.ringing(o, b.Now), due: o.Fulfillment.PromisedAt,
	}
	for _, alarm := range v.ringing {
		if !b.Alerts.Muted(terminal.KindOf(alarm)) {
			v.loud = append(v.loud, alarm)
		}
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
	top := TopBar{Location: "Comptoir", Connection: b.connection(now), Clock: b.Words.Time(now), Search: b.Words.Say("top.search")}
	if len(b.Settings.locations) > 0 {
		top.Location = b.Settings.first().Name
	}
	top.Person = b.person()
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
		return Connection{Tone: ToneOK, Icon: "cloud-check", Text: text, Since: text, Short: text}
	}
	since := b.Words.When(b.Link.Since.In(now.Location()), now)
	c := Connection{
		Tone: ToneWarn, Icon: "cloud-off",
		Since: b.Words.Say("link.offline", "time", since), Short: b.Words.Say("link.short"), Time: since,
	}
	c.Text = c.Since
	if unsent := len(b.Unsent); unsent > 0 {
		c.Text = b.Words.Count("link.offline_unsent", unsent, "time", since)
	}
	return c
}

func (b *builder) banner() Banner {
	switch {
	case b.NotSaved:
		return Banner{Tone: ToneLate, Icon: "alert", Title: b.Words.Say("banner.not_saved"), Text: b.notSaved()}
	case b.Disk != terminal.DiskWorks:
		return b.diskBanner()
	case !b.Link.Online && b.Link.Reason.Barred():
		return b.barredBanner()
	case len(b.Settings.locations) == 0 && b.linkBanner().Title != "":
		return b.linkBanner()
	case len(b.Settings.locations) == 0:
		return Banner{Tone: ToneWarn, Icon: "alert", Title: b.Words.Say("banner.no_settings"), Text: b.Words.Say("banner.no_settings.text")}
	}
	return b.troubleBanner()
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
