package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/menu"
	"comptoir/shop"
	"comptoir/terminal"
	"comptoir/ui/search"
)

// OrderingTerminal is what the screens need of terminal.Service about how orders are taken. Only
// ChangeOrdering waits for the disk.
type OrderingTerminal interface {
	Ordering(location string) (terminal.OrderingView, error)
	ChangeOrdering(location string, c shop.Change) error
}

// OrderingPage is a page of the sheet.
type OrderingPage int

// The pages, in their order.
const (
	OrderingRush OrderingPage = iota
	OrderingChannels
	OrderingStock
	orderingPages
)

// OrderingSheet is the sheet in which people say how orders are taken.
type OrderingSheet struct {
	Title, Close, Below string
	Pages               []string
	Page                OrderingPage
	// Pending: changes wait for the hub; empty where none does.
	Pending string
	// Problem says what was not taken, and what to do; its zero value is none.
	Problem Banner

	// Of OrderingRush.
	Busy     OrderingBusy
	PauseAll OrderingPause
	Maximum  SetupStepper
	// MaximumHint says what happens above it.
	MaximumHint string

	// Of OrderingChannels.
	Channels []OrderingChannel

	// Of OrderingStock: what is out of stock, then what is not, as far as there is room.
	Search Field
	Items  []OrderingItem
	// More says that there are others, or that nothing was found; empty where these are all.
	More string

	// Done says what was just done, with a button that takes it back.
	Done     Snackbar
	Keyboard Keyboard
}

// OrderingBusy is busy mode: two choices and a button that begins it, or one that ends it.
type OrderingBusy struct {
	Title, State string
	Holds        bool
	Minutes      SetupQuestion
	For          SetupQuestion
	Begin, End   string
}

// OrderingPause is a pause's choices. Choose takes the index of one.
type OrderingPause struct {
	Title, Text string
	Choices     []string
	// Resume is empty where nothing is paused.
	Resume string
}

// OrderingChannel is one channel.
type OrderingChannel struct {
	ID, Name string
	// State says whether it takes orders: ToneOK, or ToneWarn where it is paused.
	State string
	Icon  Icon
	Tone  Tone
	// Report says what its platform knows; ToneLate where it refused.
	Report Fact
	// ReportTone is ToneInk2, ToneWarn or ToneLate.
	ReportTone Tone
	AutoAccept SetupSwitch
	Minutes    SetupStepper
	Pause      OrderingPause
	// Limits says what the platform cannot be told from here.
	Limits []string
}

// OrderingItem is an item of the menu.
type OrderingItem struct {
	PLU, Name string
	// Text is until when it is out of stock; empty where it is not.
	Text string
	Out  bool
	// Tomorrow and Endless take it off sale, Back puts it back; empty is no button.
	Tomorrow, Endless, Back string
}

// shownItems is as many items as are listed at a time; the others are found by their name.
const shownItems = 30

func busyMinutes() []int { return []int{10, 15, 20, 30} }

func busyFor() []int { return []int{30, 60, 120} }

func pauseMinutes() []int { return []int{15, 30, 60} }

// ordering is the sheet's state. The Controller's lock guards it.
type ordering struct {
	open    bool
	page    OrderingPage
	minutes int // index into busyMinutes
	length  int // index into busyFor
	search  string
	problem string // what was not taken, in words
}

// sheet makes the sheet from its state and the location's.
func (s *ordering) sheet(w *Words, l *location, view terminal.OrderingView) *OrderingSheet {
	zone := l.calendar.Zone()
	sheet := &OrderingSheet{
		Title: w.Say("ordering.title"), Close: w.Say("ordering.close"), Below: w.Say("details.below"), Page: s.page, Keyboard: w.Keyboard(),
		Pages: []string{w.Say("ordering.page.rush"), w.Say("ordering.page.channels"), w.Say("ordering.page.stock")},
	}
	if view.Unsent > 0 {
		sheet.Pending = w.Count("ordering.pending", view.Unsent)
	}
	if s.problem != "" {
		sheet.Problem = Banner{Tone: ToneLate, Icon: "alert", Title: w.Say("ordering.refused"), Text: s.problem}
	}
	switch s.page {
	case OrderingRush:
		sheet.Busy = s.busy(w, view, zone)
		sheet.PauseAll = pauseOf(w, w.Say("ordering.pause_all"), slices.ContainsFunc(view.Held.Channels, isPaused))
		sheet.PauseAll.Text = w.Say("ordering.pause_all.text")
		if sheet.PauseAll.Resume != "" {
			sheet.PauseAll.Resume = w.Say("ordering.resume_all")
		}
		text := strconv.Itoa(view.Held.Maximum)
		if view.Held.Maximum == 0 {
			text = "–"
		}
		sheet.Maximum = SetupStepper{w.Say("ordering.maximum"), text, view.Held.Maximum > 0, view.Held.Maximum < shop.MaxMaximum}
		sheet.MaximumHint = w.Say("ordering.maximum.none")
		if view.Held.Maximum > 0 {
			sheet.MaximumHint = w.Say("ordering.maximum.text")
		}
	case OrderingChannels:
		for _, c := range view.Held.Channels {
			sheet.Channels = append(sheet.Channels, orderingChannel(w, l, view, c))
		}
	case OrderingStock:
		sheet.Search = Field{Label: w.Say("ordering.search"), Placeholder: w.Say("ordering.search.placeholder"), Limit: mostTyped}
		sheet.Items, sheet.More = stockItems(w, l, view, s.search)
	}
	return sheet
}

func isPaused(c shop.HeldChannel) bool { return !c.PausedUntil.IsZero() }

func (s *ordering) busy(w *Words, view terminal.OrderingView, zone *time.Location) OrderingBusy {
	busy := OrderingBusy{Title: w.Say("ordering.busy.title"), State: w.Say("ordering.busy.off")}
	if extra := view.Held.BusyMinutes; extra > 0 {
		busy.Holds, busy.End = true, w.Say("ordering.busy.end")
		busy.State = w.Say("ordering.busy.on", "minutes", strconv.Itoa(extra), "time", remaining(w, view.Held.BusyUntil, view.Now),
			"until", end(w, view.Held.BusyUntil, view.Now, zone))
	}
	busy.Minutes.Text, busy.For.Text = w.Say("ordering.busy.minutes"), w.Say("ordering.busy.for")
	for i, n := range busyMinutes() {
		busy.Minutes.Choices = append(busy.Minutes.Choices, SetupChoice{ID: strconv.Itoa(i), Name: "+" + strconv.Itoa(n), Chosen: i == s.minutes})
	}
	for i, n := range busyFor() {
		busy.For.Choices = append(busy.For.Choices, SetupChoice{ID: strconv.Itoa(i), Name: w.hours(n), Chosen: i == s.length})
	}
	busy.Begin = w.Say("ordering.busy.begin", "minutes", strconv.Itoa(busyMinutes()[s.minutes]), "time", w.hours(busyFor()[s.length]))
	return busy
}

// hours is Duration, where an hour is one: "1 h", not "60 min".
func (w *Words) hours(minutes int) string {
	if minutes%60 == 0 {
		return w.Say("duration.hours", "hours", strconv.Itoa(minutes/60))
	}
	return w.Duration(minutes)
}

func pauseOf(w *Words, title string, paused bool) OrderingPause {
	p := OrderingPause{Title: title}
	for _, n := range pauseMinutes() {
		p.Choices = append(p.Choices, w.hours(n))
	}
	p.Choices = append(p.Choices, w.Say("ordering.out_tomorrow"))
	if paused {
		p.Resume = w.Say("ordering.resume")
	}
	return p
}

func orderingChannel(w *Words, l *location, view terminal.OrderingView, c shop.HeldChannel) OrderingChannel {
	zone := l.calendar.Zone()
	shown := OrderingChannel{
		ID: c.ID, Name: channelName(w, l, c.ID), State: w.Say("ordering.takes"), Icon: "check", Tone: ToneOK,
		AutoAccept: SetupSwitch{w.Say("ordering.auto_accept"), w.Say("switch.on"), w.Say("switch.off"), c.AutoAccept},
		Minutes: SetupStepper{
			w.Say("ordering.preparation"), strconv.Itoa(c.PreparationMinutes),
			c.PreparationMinutes > 0, c.PreparationMinutes < mostPreparation,
		},
		Pause: pauseOf(w, w.Say("ordering.pause"), isPaused(c)),
	}
	if isPaused(c) {
		shown.Icon, shown.Tone = "pause", ToneWarn
		shown.State = w.Say("ordering.paused_until", "time", remaining(w, c.PausedUntil, view.Now), "until", end(w, c.PausedUntil, view.Now, zone))
	}
	if c.ID == shop.OwnShop {
		shown.Limits = []string{w.Say("ordering.limits.shop")}
		return shown
	}
	connection, _ := l.Connection(c.ID)
	shown.Limits = limits(w, connection.Controls, shown.Name)
	if report, known := view.Reports[c.ID]; known {
		shown.Report, shown.ReportTone = platformReport(w, report, shown.Name)
	}
	return shown
}

// mostPreparation is as long as the stepper goes, in minutes.
const mostPreparation = 240

// limits says what a platform cannot be told from here.
func limits(w *Words, c shop.Controls, channel string) []string {
	if c.Unset {
		return []string{w.Say("ordering.limits.unset", "channel", channel)}
	}
	var list []string
	for _, what := range []struct {
		key string
		can bool
	}{{"pause", c.Pause}, {"preparation", c.Preparation}, {"stock", c.Stock}} {
		if !what.can {
			list = append(list, w.Say("ordering.limits."+what.key, "channel", channel))
		}
	}
	return list
}

// platformReport says what a platform knows of the last thing that it had to be told.
func platformReport(w *Words, r shop.Report, channel string) (Fact, Tone) {
	about := ""
	if key := "ordering.about." + r.About; w.has(key) {
		about = w.Say(key)
	}
	places := []string{"channel", channel, "about", about, "detail", r.Detail}
	switch r.State {
	case shop.Told:
		return Fact{"cloud-check", w.Say("ordering.report.told", places...)}, ToneInk2
	case shop.Telling:
		return Fact{"send", w.Say("ordering.report.telling", places...)}, ToneInk2
	case shop.Unanswered:
		return Fact{"cloud-off", w.Say("ordering.report.unanswered", places...)}, ToneWarn
	}
	return Fact{"alert", w.Say("ordering.report.refused", places...)}, ToneLate
}

// stockItems are the items that are out of stock, then the others, by what was typed.
func stockItems(w *Words, l *location, view terminal.OrderingView, query string) (items []OrderingItem, more string) {
	zone := l.calendar.Zone()
	wanted := search.Fold(query)
	until := map[string]time.Time{}
	for _, out := range view.Held.OutOfStock {
		until[out.PLU] = out.Until
	}
	all := slices.Clone(l.Menu.Items)
	for _, out := range view.Held.OutOfStock { // what has left the menu can still be put back
		if !slices.ContainsFunc(all, func(i menu.Item) bool { return i.PLU == out.PLU }) {
			all = append(all, menu.Item{PLU: out.PLU, Name: out.PLU})
		}
	}
	found := slices.DeleteFunc(all, func(i menu.Item) bool { return !strings.Contains(search.Fold(i.Name), wanted) })
	slices.SortStableFunc(found, func(a, b menu.Item) int {
		_, x := until[a.PLU]
		_, y := until[b.PLU]
		switch {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	})
	for _, i := range found[:min(len(found), max(shownItems, len(until)))] {
		item := OrderingItem{PLU: i.PLU, Name: i.Name, Tomorrow: w.Say("ordering.out_tomorrow"), Endless: w.Say("ordering.out_endless")}
		if back, out := until[i.PLU]; out {
			item.Out, item.Back, item.Tomorrow, item.Endless = true, w.Say("ordering.back"), "", ""
			item.Text = w.Say("ordering.out.endless")
			if !back.IsZero() {
				item.Text = w.Say("ordering.out.until", "time", end(w, back, view.Now, zone))
			}
		}
		items = append(items, item)
	}
	switch hidden := len(found) - len(items); {
	case len(found) == 0:
		more = w.Say("ordering.none_found")
	case hidden > 0:
		more = w.Count("ordering.more_items", hidden)
	}
	return items, more
}
