package terminal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// aging is a till that asks after half an hour.
func aging(t *testing.T) (*till, *hub) {
	t.Helper()
	tl, h := alone(t)
	tl.config.MaxAge = 30 * time.Minute
	tl.restart()
	return tl, h
}

// questions are the new ones about old tickets: "grill 2/1", or "grill 0/0" once answered.
func (tl *till) questions() []string {
	tl.t.Helper()
	tl.clock.add(10 * time.Second)
	tl.told("")
	tl.service.Tick()
	var asked []string
	for _, e := range tl.told(terminal.EventPrinter) {
		asked = append(asked, fmt.Sprintf("%s %d/%d", e.Printer.Printer, e.Stale.Tickets, e.Stale.Closed))
	}
	slices.Sort(asked)
	return asked
}

func (tl *till) asks(want ...string) {
	tl.t.Helper()
	if got := tl.questions(); !slices.Equal(got, want) {
		tl.t.Errorf("asked %q, want %q", got, want)
	}
}

// old is a till with three tickets of the grill that are too old: one never begun, one of an
// order that is over, and one that may have come out.
func old(t *testing.T) (tl *till, h *hub, ids []string) {
	t.Helper()
	tl, h = aging(t)
	only := func(n int) func(*order.Order) { return func(o *order.Order) { o.Lines = lines(n, 0) } }
	ids = append(ids, h.comes(only(1)))
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	ids = append(ids, h.comes(only(2)), h.comes(only(3)))
	h.must(ids[2], order.Command{Type: order.MarkReady})
	h.must(ids[2], order.Command{Type: order.HandOver})
	h.meet(tl)
	tl.clock.add(30*time.Minute + time.Second)
	tl.none("grill")
	tl.asks("grill 3/1")
	tl.asks() // once
	if got := tl.status("grill"); len(got.Stale) != 3 || len(got.Waiting) != 0 || !got.Stale[2].Closed || got.Stale[0].Number != "A1" {
		t.Errorf("stale %d, waiting %d", len(got.Stale), len(got.Waiting))
	}
	return tl, h, ids
}

func TestOldTicketsArePrinted(t *testing.T) {
	tl, h, _ := old(t)
	tl.restart()
	tl.asks("grill 3/1") // it asks again
	tl.ok(tl.service.PrintStale("grill"))
	if told := tl.told(terminal.EventPrinter); len(told) != 1 || told[0].Stale.Tickets != 0 {
		t.Errorf("told %+v", told)
	}
	tl.clock.add(time.Hour) // the answer holds
	says(t, "kitchen! 1×Burger; kitchen 2×Burger; kitchen 3×Burger", tl.print("grill")...)
	h.meet(tl)
	tl.asks()
}

func TestOldTicketsAreDiscarded(t *testing.T) {
	tl, h, ids := old(t)
	tl.ok(tl.service.DiscardStale("grill"))
	tl.none("grill")
	h.meet(tl)
	tl.restart()
	h.meet(tl)
	tl.none("grill")
	tl.asks()
	if got := states(tl.jobs(ids[1])); got != "grill/1/kitchen discarded" {
		t.Errorf("jobs: %s", got)
	}
	if got := h.orders[ids[1]].Tickets; len(got) != 1 || got[0].State != order.TicketDiscarded {
		t.Errorf("the hub heard %+v", got)
	}
	// a later change starts from what the station was told instead
	h.change(ids[1], lines(3, 0))
	h.meet(tl)
	says(t, "changed +1×Burger 2×Burger", tl.one("grill"))
	h.must(ids[0], order.Command{Type: order.PartnerCancel})
	h.meet(tl)
	says(t, "void -1×Burger", tl.one("grill"))
	h.meet(tl)
	tl.none("grill")
}

// The hub will not have the order, and so not the report either: what the station was told is
// taken back all the same.
func TestDiscardedAndRefused(t *testing.T) {
	tl, h := aging(t)
	tl.sell(0, 2)
	tl.clock.add(time.Hour)
	h.clock.add(time.Hour)
	tl.ok(tl.service.DiscardStale("bar"))
	h.refuse = func(c order.Command) bool { return c.Type == order.Place }
	h.meet(tl)
	says(t, "void -2×Café", tl.one("bar"))
	h.meet(tl)
	tl.none("bar")
}

// The void ticket is old, and what it takes back is still being sent: the answer waits.
func TestDiscardedWhileTheFormerIsSent(t *testing.T) {
	tl, h := aging(t)
	id := tl.sell(0, 2).ID
	p, _ := tl.begin("bar")
	h.refuse = func(c order.Command) bool { return c.Type == order.Accept }
	h.meet(tl)
	tl.clock.add(time.Hour)
	h.clock.add(time.Hour)
	tl.ok(tl.service.DiscardStale("bar"))
	if got := tl.status("bar").Stale; len(got) != 1 || got[0].Kind != order.Void {
		t.Errorf("stale: %+v", got)
	}
	tl.end(p, terminal.Sent)
	tl.ok(tl.service.DiscardStale("bar"))
	h.meet(tl)
	if got := h.orders[id].Printed["bar"].Lines; len(got) != 0 {
		t.Errorf("the hub takes it that the bar makes %s", count("", got))
	}
	tl.none("bar")
}

// The number of a ticket that was discarded is told on the screen, since no paper bears it.
func TestDiscardedNumber(t *testing.T) {
	tl, h := aging(t)
	h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.NothingLeft)
	tl.clock.add(time.Hour)
	tl.ok(tl.service.DiscardStale("grill"))
	last := tl.status("grill").Last
	if len(last) != 1 || last[0].State != terminal.JobDiscarded || last[0].Job.Number != 1 || last[0].Number != "A1" {
		t.Errorf("last tickets %+v", last)
	}
	h.comes(nil)
	h.meet(tl)
	tl.clock.set(ten)
	if next := tl.one("grill"); next.Sequence != 2 {
		t.Errorf("the next ticket is %d", next.Sequence)
	}
}

func TestOldTicketsAreSummedUp(t *testing.T) {
	tl, h, ids := old(t)
	tl.ok(tl.service.SummarizeStale("grill"))
	for _, id := range ids {
		if got := states(tl.jobs(id)); got != "grill/1/kitchen discarded" {
			t.Errorf("jobs: %s", got)
		}
	}
	if p, _ := tl.try("grill", terminal.NothingLeft); p.Kind != terminal.KindSummary {
		t.Errorf("it printed a %s", p.Kind)
	}
	tl.try("grill", terminal.Unknown)
	ticket := tl.one("grill")
	if ticket.Kind != terminal.KindSummary || ticket.Heading != terminal.HeadingDuplicate || ticket.Language != "fr" || ticket.Station != "Gril" {
		t.Errorf("it printed a %s, %q", ticket.Kind, ticket.Heading)
	}
	var got []string
	for _, s := range ticket.Summary {
		got = append(got, fmt.Sprintf("%s%s closed=%t doubt=%t", s.Number, count(" ", s.Lines), s.Closed, s.Doubt))
	}
	want := []string{
		"A1 1×Burger closed=false doubt=true", "A2 2×Burger closed=false doubt=false", "A3 3×Burger closed=true doubt=false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it lists %q, want %q", got, want)
	}
	h.meet(tl)
	tl.none("grill")
	tl.asks()
	// the next one of a summary takes it in
	tl.clock.set(ten)
	h.comes(nil)
	h.meet(tl)
	tl.clock.add(time.Hour)
	tl.ok(tl.service.SummarizeStale("grill"))
	tl.clock.add(time.Hour)
	tl.ok(tl.service.SummarizeStale("grill"))
	if again := tl.one("grill"); len(again.Summary) != 1 || again.Summary[0].Number != "A4" {
		t.Errorf("it lists %+v", again.Summary)
	}
	tl.ok(tl.service.SummarizeStale("grill")) // nothing is old
	tl.none("grill")
}

// The count of summaries is lost with damaged data, and a summary of before still waits: the next one
// must not take its place.
func TestSummaryTakesNoOthersPlace(t *testing.T) {
	tl, _, _ := old(t)
	before := terminal.Job{
		Key: "summary/" + tl.name + "/1", Location: "plateau", Station: "grill", Kind: terminal.KindSummary, Version: 1,
		Owner: tl.name, Due: tl.clock.Now(), State: terminal.JobQueued,
		Ticket: &terminal.Ticket{Kind: terminal.KindSummary, Summary: []terminal.Summary{{Kind: order.Kitchen, Number: "Z9"}}},
	}
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error { return tx.PutJob(before) }))
	tl.ok(tl.service.SummarizeStale("grill"))
	var numbers []string
	for _, ticket := range tl.print("grill") {
		for _, s := range ticket.Summary {
			numbers = append(numbers, s.Number)
		}
	}
	if want := []string{"Z9", "A1", "A2", "A3"}; !slices.Equal(numbers, want) {
		t.Errorf("on paper are %q, want %q", numbers, want)
	}
}

// An order of tonight is not old because it came this morning.
func TestScheduledIsNotOld(t *testing.T) {
	tl, h := aging(t)
	h.comes(inMinutes(600))
	h.meet(tl)
	tl.clock.add(570 * time.Minute)
	says(t, "kitchen 2×Burger", tl.one("grill"))
}

// A ticket that may have come out has become too old, and waits for somebody to decide. A change
// does not count on it.
func TestChangeOfAnOldTicketInDoubt(t *testing.T) {
	tl, h := aging(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	tl.clock.add(time.Hour)
	h.clock.add(time.Hour)
	tl.none("grill")
	h.change(id, lines(3, 1))
	h.meet(tl)
	says(t, "kitchen! 3×Burger", tl.one("grill"))
	if n := len(tl.status("grill").Stale); n != 0 {
		t.Errorf("%d old tickets are left", n)
	}
	h.meet(tl)
	tl.none("grill")
	// the same where it has become too old only after the change was there
	id = h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	for _, clock := range []*clock{tl.clock, h.clock} {
		clock.add(20 * time.Minute)
	}
	h.change(id, lines(3, 1))
	h.meet(tl)
	for _, clock := range []*clock{tl.clock, h.clock} {
		clock.add(11 * time.Minute)
	}
	says(t, "kitchen! 3×Burger", tl.one("grill"))
	h.meet(tl)
	tl.none("grill")
}

// Idle jobs are forgotten once nobody can cook by what they stand for.
func TestIdleJobsAreForgotten(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(tl)
	tl.clock.add(3 * time.Hour)
	tl.service.Tick()
	if got, want := states(tl.jobs(id)), "grill/1/kitchen dropped, bar/1/kitchen dropped, grill/2/void dropped, bar/2/void dropped"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
	tl.none("grill")
}
