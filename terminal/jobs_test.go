package terminal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

func TestTicketsOfAnOrder(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(func(o *order.Order) {
		o.Customer.Name, o.Note, o.Reference = "Zoé", "vite", "6a1f0c5b9d3e4f7a8b2c1d0e"
	})
	h.meet(tl)
	if got, want := states(tl.jobs(id)), "grill/1/kitchen queued, bar/1/kitchen queued"; got != want {
		t.Fatalf("jobs: %s, want %s", got, want)
	}
	if tl.woken == 0 {
		t.Error("nobody woke the printers")
	}
	grill, bar := tl.one("grill"), tl.one("bar")
	says(t, "kitchen 2×Burger; kitchen 1×Café", grill, bar)
	if grill.Station != "Gril" || grill.Part != 1 || grill.Parts != 2 || !slices.Equal(grill.Others, []string{"Bar"}) || bar.Part != 2 {
		t.Errorf("%s, ticket %d of %d, also at %v; then %d", grill.Station, grill.Part, grill.Parts, grill.Others, bar.Part)
	}
	if grill.Language != "fr" || grill.TimeZone != "America/Toronto" || grill.Number != "A1" || grill.Customer != "Zoé" || grill.Note != "vite" {
		t.Errorf("%+v", grill)
	}
	if grill.Reference != "…2c1d0e" || !grill.PrintedAt.Equal(ten) || grill.Heading != terminal.HeadingNone || !grill.FirstSent.IsZero() {
		t.Errorf("reference %s, printed at %v, heading %q, first sent %v", grill.Reference, grill.PrintedAt, grill.Heading, grill.FirstSent)
	}
	h.meet(tl)
	if got := h.orders[id].Printed["bar"]; got.Version != 1 || count("", got.Lines) != "1×Café" {
		t.Errorf("the hub heard %+v of the bar", got)
	}
	if got, want := states(tl.jobs(id)), "grill/1/kitchen sent, bar/1/kitchen sent"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
}

// What a station gets, by what its paper says and what the order wants now.
func TestKinds(t *testing.T) {
	for name, c := range map[string]struct {
		before   bool // its first ticket came out
		changes  [][]order.Line
		want     string
		replaces int
	}{
		"first":                          {want: "kitchen 2×Burger"},
		"more":                           {true, [][]order.Line{lines(3, 1)}, "changed +1×Burger 2×Burger", 1},
		"less":                           {true, [][]order.Line{lines(1, 1)}, "changed -1×Burger 1×Burger", 1},
		"only the other station's":       {true, [][]order.Line{lines(2, 5)}, "", 0},
		"gone":                           {true, [][]order.Line{lines(0, 1)}, "void -2×Burger", 1},
		"gone and back, unseen":          {true, [][]order.Line{lines(0, 1), lines(2, 1)}, "", 0},
		"two versions, one unseen":       {true, [][]order.Line{lines(3, 1), lines(4, 1)}, "changed +2×Burger 2×Burger", 1},
		"changed before it was printed":  {false, [][]order.Line{lines(3, 1)}, "kitchen 3×Burger", 0},
		"gone before it was printed":     {false, [][]order.Line{lines(0, 1)}, "", 0},
		"two versions, nothing was seen": {false, [][]order.Line{lines(5, 1), lines(1, 1)}, "kitchen 1×Burger", 0},
	} {
		for _, skipped := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				tl, h := alone(t)
				id := h.comes(nil)
				if c.before || !skipped {
					h.meet(tl)
				}
				if c.before {
					tl.one("grill")
					h.meet(tl)
				}
				for _, now := range c.changes {
					h.change(id, now)
					if !skipped {
						h.meet(tl)
					}
				}
				h.meet(tl)
				tickets := tl.print("grill")
				says(t, c.want, tickets...)
				if len(tickets) > 0 && (tickets[0].Replaces != c.replaces || count("", tickets[0].After) != count("", h.orders[id].KitchenLines("grill"))) {
					t.Errorf("replaces %d, leaves %s", tickets[0].Replaces, count("", tickets[0].After))
				}
				h.meet(tl)
				tl.none("grill")
			})
		}
	}
}

func TestKeysAreUnique(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	for range 3 { // replays of each state, and commands that change nothing for the kitchen
		page := h.page(terminal.Cursor{}, 10)
		tl.ok(tl.service.Apply(page))
		page.Full, page.First, page.Last = true, true, true
		tl.ok(tl.service.Apply(page))
	}
	tl.do(id, order.Acknowledge)
	tl.do(id, order.Start)
	h.meet(tl)
	if got, want := states(tl.jobs(id)), "grill/1/kitchen queued, bar/1/kitchen queued"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
	if key := tl.jobs(id)[0].Key; key != id+"/grill/1/kitchen" {
		t.Errorf("key %s", key)
	}
}

func TestNewOrdersPrintNothing(t *testing.T) {
	tl, h := alone(t)
	id := h.waits(nil, false)
	h.meet(tl)
	tl.none("grill")
	h.must(id, order.Command{Type: order.Reject, By: "counter-2"})
	h.meet(tl)
	tl.none("grill")
	if jobs := tl.jobs(id); len(jobs) > 0 {
		t.Errorf("jobs: %s", states(jobs))
	}
}

func TestScheduledOrders(t *testing.T) {
	tl, h := alone(t) // it is ten, preparation takes 20 minutes, print_ahead is 60
	for name, c := range map[string]struct{ promised, due int }{
		"no promise":           {0, 0},
		"start-by within":      {80, 0},
		"start-by just beyond": {81, 51},
		"tonight":              {8 * 60, 8*60 - 30},
		"already past":         {-5, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tl.clock.set(ten)
			h.clock.set(ten)
			h.comes(func(o *order.Order) {
				if c.promised != 0 {
					inMinutes(c.promised)(o)
				}
			})
			h.meet(tl)
			if c.due > 0 {
				tl.clock.set(ten.Add(time.Duration(c.due)*time.Minute - time.Second))
				_, found, wait, err := tl.service.Next("grill")
				if found || err != nil || wait != time.Second {
					t.Errorf("a second before: found %t, wait %v, %v", found, wait, err)
				}
				tl.clock.add(time.Second)
			}
			says(t, "kitchen 2×Burger", tl.one("grill"))
			h.meet(tl)
		})
	}
}

func TestScheduledOrderMoves(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(inMinutes(480))
	h.meet(tl)
	sooner := order.Order{Lines: lines(2, 1)}
	sooner.Fulfillment.PromisedAt = ten.Add(2 * time.Hour)
	h.must(id, order.Command{Type: order.PartnerChange, Order: &sooner})
	h.meet(tl)
	tl.none("grill")
	tl.clock.set(ten.Add(90 * time.Minute))
	says(t, "kitchen 2×Burger", tl.one("grill"))

	// the bar's has not come out: a delay holds it back
	h.clock.set(tl.clock.Now())
	h.must(id, order.Command{Type: order.Delay, By: "shop", Minutes: 60})
	h.meet(tl)
	tl.none("bar")
	tl.clock.add(time.Hour)
	says(t, "kitchen 1×Café", tl.one("bar"))
}

// A ticket that replaces what was printed by a clock that ran ahead does not wait for that time.
func TestClockSetBack(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(inMinutes(120))
	h.meet(tl)
	tl.clock.add(155 * time.Minute) // an hour ahead
	says(t, "kitchen 2×Burger", tl.print("grill")...)
	h.change(id, lines(0, 1))
	h.meet(tl)
	says(t, "void -2×Burger", tl.print("grill")...)
	tl.clock.add(-time.Hour)
	h.change(id, lines(1, 1))
	h.meet(tl)
	says(t, "kitchen 1×Burger", tl.print("grill")...)
}

// The hub's clock is ahead, or ours was set back: what is not scheduled does not wait for it.
func TestClocksDiffer(t *testing.T) {
	tl, h := alone(t)
	h.clock.add(10 * time.Minute)
	h.comes(nil)
	h.meet(tl)
	says(t, "kitchen 2×Burger", tl.one("grill"))
	tl.clock.add(-24 * time.Hour)
	says(t, "kitchen 1×Café", tl.one("bar"))
}

func TestFirstDueFirstOut(t *testing.T) {
	tl, h := alone(t)
	h.comes(inMinutes(120)) // due at 11:30
	h.clock.add(time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(3, 0) })
	h.clock.add(time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(4, 0) })
	h.meet(tl)
	tl.clock.set(ten.Add(90 * time.Minute))
	h.clock.set(tl.clock.Now())
	h.comes(func(o *order.Order) { o.Lines = lines(5, 0) })
	h.meet(tl)
	says(t, "kitchen 3×Burger; kitchen 4×Burger; kitchen 2×Burger; kitchen 5×Burger", tl.print("grill")...)
}

// One printer for two stations prints by due time over both.
func TestTwoStationsOnOnePrinter(t *testing.T) {
	tl, h := alone(t)
	tl.config.Setup = printing("kitchen")
	tl.config.Setup.Stations = map[string]terminal.StationSetup{"grill": {Printer: "kitchen"}, "bar": {Printer: "kitchen"}}
	tl.restart()
	h.comes(func(o *order.Order) { o.Lines = lines(0, 1) })
	h.clock.add(time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.clock.add(time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(0, 3) })
	h.meet(tl)
	says(t, "kitchen 1×Café; kitchen 2×Burger; kitchen 3×Café", tl.print("kitchen")...)
	tl.none("grill")
}

func TestRestartWhileSending(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	first, _ := tl.begin("grill")
	tl.told("")
	tl.restart()
	// a screen that opens hears of every ticket that has not come out
	told := map[string]terminal.Job{}
	for _, event := range tl.told(terminal.EventTicket) {
		told[event.Job.Station] = event.Job
	}
	if broken := told["grill"]; broken.State != terminal.JobUnconfirmed || broken.Problem == "" {
		t.Errorf("told of the grill's ticket: %s, %q", broken.State, broken.Problem)
	}
	if waiting := told["bar"]; len(told) != 2 || waiting.State != terminal.JobQueued {
		t.Errorf("told of %d tickets, of the bar's: %s", len(told), waiting.State)
	}
	tl.clock.add(time.Minute)
	again := tl.one("grill")
	says(t, "kitchen! 2×Burger", again)
	if again.Sequence != first.ticket.Sequence || !again.FirstSent.Equal(ten) || !again.PrintedAt.Equal(tl.clock.Now()) {
		t.Errorf("number %d then %d, first sent %v, printed %v", first.ticket.Sequence, again.Sequence, again.FirstSent, again.PrintedAt)
	}
	h.meet(tl)
	if got := h.orders[id].Tickets; len(got) != 1 || got[0].State != order.TicketSent {
		t.Errorf("the hub heard %+v", got)
	}
	tl.restart()
	tl.none("grill")
}

// A station that the settings forgot while its ticket was being sent is not forgotten here.
func TestRestartAfterAStationWent(t *testing.T) {
	tl, h := alone(t)
	h.comes(nil)
	h.meet(tl)
	tl.begin("bar")
	fewer := plateau()
	fewer.Stations = fewer.Stations[:1]
	tl.ok(tl.service.Locations([]shop.Location{fewer}))
	tl.restart()
	says(t, "kitchen! 1×Café", tl.one("bar"))
}

func TestNothingLeft(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.clock.add(time.Minute)
	h.comes(nil)
	h.meet(tl)
	first, _ := tl.try("grill", terminal.NothingLeft)
	if told := tl.told(terminal.EventTicket); told[len(told)-1].Job.Problem == "" {
		t.Error("the problem does not show")
	}
	tl.try("grill", terminal.NothingLeft)
	h.must(id, order.Command{Type: order.Delay, Minutes: 25, By: "shop"}) // meanwhile
	h.meet(tl)
	if later, _ := tl.try("grill", terminal.NothingLeft); !later.Promised.Equal(h.orders[id].Fulfillment.PromisedAt) {
		t.Errorf("the ticket promises %v", later.Promised)
	}
	h.change(id, lines(3, 1))
	h.meet(tl)
	next, _ := tl.try("grill", terminal.Sent)
	says(t, "kitchen 3×Burger", next)
	if next.Sequence != first.Sequence || !next.FirstSent.IsZero() {
		t.Errorf("number %d then %d, first sent %v", first.Sequence, next.Sequence, next.FirstSent)
	}
	if other := tl.one("grill"); other.Sequence != first.Sequence+1 {
		t.Errorf("the next ticket is %d after %d", other.Sequence, next.Sequence)
	}
}

// The change comes while the copy that never leaves is under way.
func TestNothingLeftOfAnOldVersion(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	p, _ := tl.begin("grill")
	h.change(id, lines(3, 1))
	h.meet(tl)
	tl.end(p, terminal.NothingLeft)
	next := tl.one("grill")
	says(t, "kitchen 3×Burger", next)
	if next.Sequence != p.ticket.Sequence {
		t.Errorf("number %d then %d", p.ticket.Sequence, next.Sequence)
	}
}

func TestNothingLeftOfADuplicate(t *testing.T) {
	tl, h := alone(t)
	h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	tl.clock.add(time.Minute)
	tl.try("grill", terminal.NothingLeft)
	tl.clock.add(time.Minute)
	again := tl.one("grill")
	says(t, "kitchen! 2×Burger", again)
	if !again.FirstSent.Equal(ten) {
		t.Errorf("first sent %v, want the copy that may be out", again.FirstSent)
	}
}

// A printer that is not reached reports without Begin.
func TestNotReached(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	next, _, _, err := tl.service.Next("grill")
	tl.ok(err)
	tl.told("")
	tl.ok(tl.service.Finish("grill", next.Key, terminal.NothingLeft, "no answer"))
	if told := tl.told(terminal.EventTicket); len(told) != 1 || told[0].Job.Problem != "no answer" || told[0].Order.ID != id {
		t.Errorf("told %+v", told)
	}
	// cancelled while it is being dialled
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(tl)
	tl.told("")
	if _, ok, err := tl.service.Begin("grill", next.Key); ok || err != nil {
		t.Errorf("Begin: %t, %v", ok, err)
	}
	tl.ok(tl.service.Finish("grill", next.Key, terminal.NothingLeft, "no answer"))
	if told := tl.told(terminal.EventTicket); len(told) > 0 {
		t.Errorf("a dropped ticket has a problem: %+v", told[0].Job)
	}
	tl.none("grill")
	if got, want := states(tl.jobs(id)), "grill/1/kitchen dropped, bar/1/kitchen dropped, grill/2/void idle, bar/2/void idle"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
}

func TestUnconfirmed(t *testing.T) {
	t.Run("printed again", func(t *testing.T) {
		tl, h := alone(t)
		id := h.comes(nil)
		h.meet(tl)
		tl.try("grill", terminal.Unknown)
		tl.try("grill", terminal.Unknown)
		says(t, "kitchen! 2×Burger", tl.one("grill"))
		if got := tl.jobs(id)[0]; got.Copies != 3 || got.State != terminal.JobSent {
			t.Errorf("%d copies, %s", got.Copies, got.State)
		}
	})
	t.Run("changed meanwhile", func(t *testing.T) {
		tl, h := alone(t)
		id := h.comes(nil)
		h.meet(tl)
		tl.try("grill", terminal.Unknown)
		tl.clock.add(-time.Hour) // and the clock set back: the change still comes second
		h.change(id, lines(3, 1))
		h.meet(tl)
		says(t, "kitchen! 2×Burger; changed +1×Burger 2×Burger", tl.print("grill")...)
	})
	t.Run("cancelled meanwhile", func(t *testing.T) {
		tl, h := alone(t)
		id := h.comes(nil)
		h.meet(tl)
		tl.try("grill", terminal.Unknown)
		h.must(id, order.Command{Type: order.PartnerCancel})
		h.meet(tl)
		says(t, "void -2×Burger", tl.print("grill")...) // nobody needs the first again
	})
	t.Run("cancelled while sending", func(t *testing.T) {
		tl, h := alone(t)
		id := h.comes(nil)
		h.meet(tl)
		p, _ := tl.begin("grill")
		h.must(id, order.Command{Type: order.PartnerCancel})
		h.meet(tl)
		tl.end(p, terminal.Unknown)
		says(t, "void -2×Burger", tl.print("grill")...)
	})
	t.Run("late proof", func(t *testing.T) {
		tl, h := alone(t)
		id := h.comes(nil)
		h.meet(tl)
		p, _ := tl.begin("grill")
		tl.end(p, terminal.Unknown)
		tl.ok(tl.service.Finish("grill", p.job.Key, terminal.Proven, ""))
		tl.none("grill")
		h.meet(tl)
		if got := h.orders[id].Tickets[0].State; got != order.TicketPrinted {
			t.Errorf("the hub heard %s", got)
		}
	})
	t.Run("ask", func(t *testing.T) {
		tl, h := alone(t)
		tl.config.AskUnconfirmed = true
		tl.restart()
		ids := []string{h.comes(nil), h.comes(func(o *order.Order) { o.Lines = lines(5, 0) })}
		h.meet(tl)
		p, _ := tl.begin("grill")
		tl.end(p, terminal.Unknown)
		says(t, "kitchen 5×Burger", tl.one("grill")) // it blocks nobody
		tl.restart()
		tl.none("grill")
		if got := states(tl.jobs(ids[0])); !strings.HasPrefix(got, "grill/1/kitchen unconfirmed") {
			t.Errorf("jobs: %s", got)
		}
		tl.ok(tl.service.PrintAgain(p.job.Key))
		says(t, "kitchen! 2×Burger", tl.one("grill"))
		tl.ok(tl.service.PrintAgain(p.job.Key)) // a second tap
		tl.none("grill")
	})
}

// A platform moves an item to another station; the first has nothing left.
func TestItemMovesToAnotherStation(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.one("grill")
	tl.one("bar")
	moved := lines(2, 1)
	moved[0].Station = "bar"
	h.change(id, moved)
	h.meet(tl)
	says(t, "void -2×Burger; changed +2×Burger 1×Café", append(tl.print("grill"), tl.print("bar")...)...)
}

// After a restart the screen learns what waits and what came out last, also of orders that have
// ended.
func TestPapersAfterRestart(t *testing.T) {
	tl, h := alone(t)
	first := h.comes(nil)
	h.meet(tl)
	tl.print("grill")
	tl.clock.add(time.Minute)
	second := h.comes(nil)
	h.meet(tl)
	tl.print("grill")
	tl.print("bar")
	tl.clock.add(time.Minute)
	h.meet(tl)
	h.must(first, order.Command{Type: order.PartnerCancel})
	h.must(first, order.Command{Type: order.Acknowledge})
	h.meet(tl)
	if tl.order(first).Active() {
		t.Fatal("the first order has not ended")
	}
	if _, found := tl.try("grill", terminal.NothingLeft); !found {
		t.Fatal("nothing is to be voided")
	}

	tl.told(terminal.EventTicket) // and forgotten
	tl.restart()
	var waits []string
	for _, e := range tl.told(terminal.EventTicket) {
		waits = append(waits, strings.Join([]string{e.Order.Number, e.Job.Station, string(e.Job.Kind), e.Job.Problem}, " "))
	}
	slices.Sort(waits)
	number := tl.order(first).Number
	if want := []string{number + " bar void ", number + " grill void a problem"}; !slices.Equal(waits, want) {
		t.Errorf("waiting: %q, want %q", waits, want)
	}
	printers, err := tl.service.Printers()
	tl.ok(err)
	later := tl.order(second).Number
	for _, p := range printers {
		var last []string
		for _, ticket := range p.Last {
			last = append(last, ticket.Station+" "+ticket.Ticket.Number)
		}
		if want := []string{p.Setup.Name + " " + later, p.Setup.Name + " " + number}; !slices.Equal(last, want) {
			t.Errorf("the last of %s: %q, want %q", p.Setup.Name, last, want)
		}
	}
}

func TestPreferencesAreKept(t *testing.T) {
	tl, _ := alone(t)
	stored := func() (p terminal.Preferences) {
		tl.ok(tl.disk.View(func(tx terminal.Tx) (err error) {
			p, err = tx.Preferences()
			return err
		}))
		return p
	}
	want := terminal.Preferences{
		Language: "en", Appearance: "dark",
		Alerts: terminal.AlertPreferences{MuteNew: true, MuteArrivals: true, Volume: 3},
	}
	tl.ok(tl.service.Prefer(want))
	tl.restart()
	if got := stored(); got != want {
		t.Errorf("after a restart: %+v", got)
	}
	tl.disk.crash = true
	if err := tl.service.Prefer(terminal.Preferences{}); !errors.Is(err, errCrash) {
		t.Errorf("the disk failed: %v", err)
	}
	if got := stored(); got != want {
		t.Errorf("half stored: %+v", got)
	}
}
