package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// load runs what the controller wants read, and wants it to be so many.
func load(t *testing.T, c *Controller, want int) {
	t.Helper()
	c.Screen()
	loads := 0
	for errand := c.Load(); errand != nil; errand = c.Load() {
		loads++
		errand(t.Context())
	}
	if loads != want {
		t.Errorf("read %d times, want %d", loads, want)
	}
}

func numbers(s Screen) string {
	var list []string
	for _, c := range s.Cards {
		list = append(list, strings.TrimPrefix(c.Number, "#"))
	}
	return strings.Join(list, " ")
}

func yesterday(number, hhmm string) order.Order {
	return ended(number, at(hhmm).AddDate(0, 0, -1), order.Completed, order.HandedOver)
}

func TestPastDay(t *testing.T) {
	c, f, woken := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...),
		yesterday("8", "19:00"), yesterday("9", "20:00"), ended("7", at("12:00"), order.Completed, order.HandedOver))
	load(t, c, 0)
	c.FilterDay("2026-11-22")
	if got := c.Screen(); got.Empty.Text != "Lecture des commandes…" {
		t.Errorf("before it is read: %+v", got.Empty)
	}
	before := *woken
	load(t, c, 1)
	if *woken == before {
		t.Error("nobody hears that it is read")
	}
	if got := numbers(c.Screen()); got != "9 8" {
		t.Errorf("yesterday: %s", got)
	}
	c.Select("id-8")
	if d := c.Screen().Details; d == nil || d.Number != "#8" {
		t.Errorf("details of an order of yesterday: %+v", d)
	}
	c.FilterClear(FilterDay)
	if got := numbers(c.Screen()); got != "1" {
		t.Errorf("today: %s", got)
	}
	c.FilterStatus("completed")
	load(t, c, 1)
	if got := numbers(c.Screen()); got != "7" {
		t.Errorf("completed today: %s", got)
	}
	load(t, c, 0)
	// an order ends while they are listed, another is opened again, one is of another day
	done := ended("1", at("12:17"), order.Completed, order.HandedOver)
	f.orders["id-1"] = done
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: done})
	if got := numbers(c.Screen()); got != "1 7" {
		t.Errorf("after one more has ended: %s", got)
	}
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: yesterday("4", "10:00")})
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: ended("6", at("11:00"), order.Completed, order.HandedOver)})
	if got := numbers(c.Screen()); got != "1 7 6" {
		t.Errorf("after an older one: %s", got)
	}
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: run(t, promisedAt("7", "12:40"), do(order.Accept)...)})
	if got := numbers(c.Screen()); got != "1 6" {
		t.Errorf("after one was opened again: %s", got)
	}
	// the next business day begins
	f.now = at("04:00").AddDate(0, 0, 1)
	load(t, c, 1)
	if got := numbers(c.Screen()); got != "" {
		t.Errorf("the next morning: %s", got)
	}
}

// What was tomorrow when it was chosen is today the next morning.
func TestChosenDayBecomesToday(t *testing.T) {
	c, f, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...))
	c.Screen()
	c.FilterDay("2026-11-24")
	if got := c.Screen(); len(got.Cards) != 0 || len(got.Chips) != 1 {
		t.Errorf("tomorrow: %d cards, chips %+v", len(got.Cards), got.Chips)
	}
	f.now = at("04:00").AddDate(0, 0, 1)
	if got := c.Screen(); len(got.Cards) != 1 || len(got.Chips) != 0 {
		t.Errorf("then: %d cards, chips %+v", len(got.Cards), got.Chips)
	}
	c.FilterDay("2026-11-24") // today by its date is no filter
	if c.choice.Filter != (Filter{}) {
		t.Errorf("filter %+v", c.choice.Filter)
	}
}

// What changes while a day is read is not lost, whichever comes first.
func TestChangesWhileADayIsRead(t *testing.T) {
	c, _, _ := newController(t, yesterday("8", "19:00"))
	c.Screen()
	c.FilterDay("2026-11-22")
	errand := c.Load()
	if c.Load() != nil {
		t.Error("it is read twice")
	}
	late := yesterday("9", "20:00")
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: late})
	errand(t.Context())
	if got := numbers(c.Screen()); got != "9 8" {
		t.Errorf("got %s", got)
	}
	// and what is read for a day that nobody wants any more changes nothing
	c.FilterDay("2026-11-21")
	old := c.Load()
	c.FilterDay("2026-11-22")
	next := c.Load()
	old(t.Context())
	if got := c.Screen(); len(got.Cards) != 0 || got.Empty.Text != "Lecture des commandes…" {
		t.Errorf("of the wrong day: %s, %+v", numbers(got), got.Empty)
	}
	next(t.Context())
	if got := numbers(c.Screen()); got != "8" {
		t.Errorf("got %s", got)
	}
}

func TestDayThatCannotBeRead(t *testing.T) {
	c, f, _ := newController(t, yesterday("8", "19:00"))
	c.Screen()
	f.fail = errors.New("the disk is gone")
	c.FilterDay("2026-11-22")
	load(t, c, 1)
	if got := c.Screen().Empty; !strings.HasPrefix(got.Text, "Les commandes n’ont pas pu être lues") {
		t.Errorf("got %+v", got)
	}
	load(t, c, 0) // not again and again
	f.fail = nil
	c.FilterDay("2026-11-22")
	load(t, c, 1)
	if got := numbers(c.Screen()); got != "8" {
		t.Errorf("then: %s", got)
	}
}

func TestSearch(t *testing.T) {
	marc := with(yesterday("8", "19:00"), func(o *order.Order) { o.Customer = order.Customer{Name: "Marc-André Roy", Phone: "438 555-0199"} })
	c, f, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...), marc, yesterday("9", "20:00"))
	c.Section(Delivery)
	c.Search("nobody searches")
	if got := c.Screen(); got.Search != nil {
		t.Fatalf("a search without anybody: %+v", got.Search)
	}
	c.OpenSearch()
	if got := c.Screen(); !got.Search.Typing || got.Search.Query != "" || got.Empty.Icon != "search" || len(got.Cards) != 0 {
		t.Errorf("at first: %+v, %+v", got.Search, got.Empty)
	}
	c.Search("elodie")
	if got := c.Screen(); got.Empty.Text != "Lecture des commandes…" {
		t.Errorf("before anything is read: %+v", got.Empty)
	}
	load(t, c, 1)
	if got := c.Screen(); numbers(got) != "1 9" || got.Search.Found != "2 commandes" || len(got.Blocks) != 0 {
		t.Errorf("élodie: %s, %q, %v", numbers(got), got.Search.Found, got.Blocks)
	}
	c.Search("438 555")
	if got := numbers(c.Screen()); got != "8" {
		t.Errorf("a telephone: %s", got)
	}
	c.Search("roy pouliot")
	if got := c.Screen(); plain(got.Empty.Text) != "Rien ne correspond à « roy pouliot »." {
		t.Errorf("nothing: %+v", got.Empty)
	}
	// each is read from the disk once, as long as it is found
	f.read = nil
	for _, query := range []string{"r", "ro", "roy"} {
		c.Search(query)
		c.Screen()
		c.Screen()
	}
	if !slices.Equal(f.read, []string{"id-8"}) {
		t.Errorf("read %v", f.read)
	}
	// an event changes what is found at once
	renamed := with(marc, func(o *order.Order) { o.Customer.Name = "Zoé Roy" })
	c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: renamed})
	c.Search("zoe")
	if got := c.Screen(); numbers(got) != "8" || got.Cards[0].Customer != "Zoé Roy" {
		t.Errorf("after a change: %+v", got.Cards)
	}
	// details lie over the results and give them back
	c.Select("id-8")
	if got := c.Screen(); got.Details == nil || got.Search.Typing {
		t.Errorf("chosen: %+v", got.Search)
	}
	c.Select("")
	if got := numbers(c.Screen()); got != "8" {
		t.Errorf("back: %s", got)
	}
	c.CloseSearch()
	if got := c.Screen(); got.Search != nil || len(got.Cards) != 0 || !got.Tabs[3].Chosen {
		t.Errorf("closed: %+v, %d cards", got.Search, len(got.Cards))
	}
	load(t, c, 0)
	c.OpenSearch()
	load(t, c, 0) // the index stays
	c.Go(PlaceMore)
	if c.Screen().Search != nil {
		t.Error("another place leaves the search open")
	}
}

func TestSearchUnderAFilter(t *testing.T) {
	c, _, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...), channelled(yesterday("8", "19:00"), "Uber Eats"), yesterday("9", "20:00"),
		ended("7", at("12:00"), order.Rejected, order.TooBusy))
	c.OpenSearch()
	c.Search("élodie gagnon")
	load(t, c, 1)
	for _, tt := range []struct {
		change func()
		want   string
	}{
		{func() {}, "1 7 9 8"},
		{func() { c.FilterChannel("Uber Eats") }, "8"},
		{func() { c.FilterChannel("DoorDash") }, "1 7 9 8"},
		{func() { c.FilterChannel("Uber Eats") }, "1 7 9"},
		{func() { c.FilterClear(FilterChannels); c.FilterStatus("completed") }, "9 8"},
		{func() { c.FilterStatus("cancelled") }, "7 9 8"},
		{func() { c.FilterClear(FilterAll); c.FilterDay("2026-11-22") }, "9 8"},
		{func() { c.FilterDay("2026-11-24") }, ""},
	} {
		tt.change()
		if got := numbers(c.Screen()); got != tt.want {
			t.Errorf("%+v: %q, want %q", c.choice.Filter, got, tt.want)
		}
	}
	same(t, "nothing", c.Screen().Empty.Text, "Rien ne correspond à « élodie gagnon » sous ce filtre.")
}

func TestSearchShowsTheFirstOfMany(t *testing.T) {
	var orders []order.Order
	for i := range 70 {
		orders = append(orders, yesterday(fmt.Sprint(100+i), "10:00"))
	}
	c, _, _ := newController(t, orders...)
	c.OpenSearch()
	c.Search("gagn")
	load(t, c, 1)
	if got := c.Screen(); len(got.Cards) != mostFound || got.Search.Found != "50 commandes sur 70" {
		t.Errorf("%d cards, %q", len(got.Cards), got.Search.Found)
	}
}

func TestSearchThatCannotRead(t *testing.T) {
	c, f, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...), yesterday("8", "19:00"))
	f.fail = errors.New("the disk is gone")
	c.OpenSearch()
	c.Search("nobody")
	load(t, c, 1)
	if got := c.Screen().Empty; !strings.HasPrefix(got.Text, "Les commandes n’ont pas pu être lues") {
		t.Errorf("got %+v", got)
	}
	c.Search("gagnon") // what is in memory is found all the same
	if got := numbers(c.Screen()); got != "1" {
		t.Errorf("got %s", got)
	}
	f.fail = nil
	c.CloseSearch()
	c.OpenSearch()
	c.Search("gagnon")
	load(t, c, 1)
	if got := numbers(c.Screen()); got != "1 8" {
		t.Errorf("the next search: %s", got)
	}
}

func TestWideSearchChoosesOnceTyped(t *testing.T) {
	c, _, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...))
	c.Wide(true)
	c.OpenSearch()
	c.Search("gagnon")
	load(t, c, 1)
	if got := c.Screen(); got.Details != nil {
		t.Error("details beside the keyboard")
	}
	c.Typing(false)
	if got := c.Screen(); got.Details == nil || got.Search == nil {
		t.Error("no details of the first one found")
	}
	c.CloseSearch()
	c.Typing(true)
	if c.choice.Typing {
		t.Error("a keyboard without a search")
	}
}

// Loads, events, taps and screens come from different goroutines.
func TestLookingFromManyGoroutines(t *testing.T) {
	c, _, _ := newController(t, run(t, promisedAt("1", "12:40"), do(order.Accept)...), yesterday("8", "19:00"))
	c.Screen()
	var group sync.WaitGroup
	each := func(f func(i int)) {
		group.Go(func() {
			for i := range 50 {
				f(i)
			}
		})
	}
	each(func(i int) {
		c.Screen()
		if errand := c.Load(); errand != nil {
			errand(t.Context())
		}
	})
	each(func(i int) { c.FilterDay(shop.Day("2026-11-22").Add(i % 3)) })
	each(func(i int) {
		c.OpenSearch()
		c.Search(fmt.Sprint("gagnon ", i%2))
		c.CloseSearch()
	})
	each(func(i int) {
		c.Notify(terminal.Event{Kind: terminal.EventOrder, Order: with(yesterday("8", "19:00"), func(o *order.Order) {
			o.CompletedAt = o.CompletedAt.Add(time.Duration(i) * time.Second)
		})})
	})
	group.Wait()
}
