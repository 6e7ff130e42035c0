package terminal_test

import (
	"errors"
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

// status is how a printer of the till stands.
func (tl *till) status(printer string) terminal.PrinterStatus {
	tl.t.Helper()
	all, err := tl.service.Printers()
	tl.ok(err)
	for _, p := range all {
		if p.Setup.Name == printer {
			return p
		}
	}
	tl.t.Fatalf("there is no printer %s", printer)
	return terminal.PrinterStatus{}
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

// An order of tonight is not old because it came this morning.
func TestScheduledIsNotOld(t *testing.T) {
	tl, h := aging(t)
	h.comes(inMinutes(600))
	h.meet(tl)
	tl.clock.add(570 * time.Minute)
	says(t, "kitchen 2×Burger", tl.one("grill"))
}

func TestThreeMarkedCopies(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	for i := range 4 {
		ticket, found := tl.try("grill", terminal.Unknown)
		if !found || (ticket.Heading == terminal.HeadingDuplicate) != (i > 0) {
			t.Fatalf("copy %d: found %t, headed %q", i+1, found, ticket.Heading)
		}
	}
	tl.none("grill")
	key := tl.jobs(id)[0].Key
	if open := tl.status("grill").Unconfirmed; len(open) != 1 || open[0].Key != key {
		t.Errorf("unconfirmed: %+v", open)
	}
	// it asks after each further copy
	tl.ok(tl.service.PrintAgain(key))
	tl.try("grill", terminal.Unknown)
	tl.none("grill")
	tl.ok(tl.service.Confirm(key))
	h.meet(tl)
	if got := h.orders[id].Tickets; len(got) != 1 || got[0].State != order.TicketPrinted {
		t.Errorf("the hub heard %+v", got)
	}
	tl.ok(tl.service.PrintAgain(key))
	tl.none("grill")
}

func TestConfirm(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	key := tl.jobs(id)[0].Key
	tl.ok(tl.service.Confirm(key)) // never begun
	p, _ := tl.begin("grill")
	tl.ok(tl.service.Confirm(key)) // under way
	tl.end(p, terminal.Unknown)
	if got := tl.job(key).State; got != terminal.JobQueued {
		t.Fatalf("the job is %s", got)
	}
	tl.ok(tl.service.Confirm(key)) // before the reprint
	tl.none("grill")
	if got := tl.job(key).State; got != terminal.JobPrinted {
		t.Errorf("the job is %s", got)
	}
}

// relieved is a till whose grill has a backup printer, and fails.
func relieved(t *testing.T) (*till, *hub) {
	t.Helper()
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "grill", Backup: "bar"}))
	h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(tl)
	return tl, h
}

func TestBackup(t *testing.T) {
	tl, h := relieved(t)
	tl.none("bar")
	woken := tl.woken
	tl.try("grill", terminal.NothingLeft)
	tl.service.Tick()
	if tl.woken != woken+1 {
		t.Errorf("the backup was woken %d times", tl.woken-woken)
	}
	tl.service.Tick()
	if tl.woken != woken+1 {
		t.Error("the backup was woken again")
	}
	_, found, wait, err := tl.service.Next("bar")
	if found || wait != time.Minute || err != nil {
		t.Errorf("at once: found %t, wait %v, %v", found, wait, err)
	}
	if _, ok, err := tl.service.Begin("bar", tl.status("grill").Waiting[0].Key); ok || err != nil {
		t.Errorf("begun at once: %t, %v", ok, err)
	}
	tl.clock.add(time.Minute)
	p, _ := tl.begin("bar")
	if p.ticket.Backup != "grill" || p.ticket.Heading != terminal.HeadingNone {
		t.Errorf("headed %q, backup of %q", p.ticket.Heading, p.ticket.Backup)
	}
	tl.none("grill") // never two at once
	tl.ok(tl.service.Finish("grill", p.job.Key, terminal.NothingLeft, "no answer"))
	if got := tl.job(p.job.Key); got.State != terminal.JobSending || got.Copies != 1 {
		t.Errorf("the job is %s, %d copies", got.State, got.Copies)
	}
	tl.end(p, terminal.Sent)
	if got := tl.status("grill"); got.Relayed != 1 {
		t.Errorf("%d were relayed", got.Relayed)
	}
	// a new one: the printer failed long ago, and gets the first try
	tl.clock.add(10 * time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(3, 0) })
	h.meet(tl)
	if _, found, wait, err := tl.service.Next("bar"); found || wait != 2*time.Second || err != nil {
		t.Errorf("before the first try: found %t, wait %v, %v", found, wait, err)
	}
	tl.try("grill", terminal.NothingLeft)
	p, _ = tl.begin("bar")
	says(t, "kitchen 3×Burger", p.ticket)
	tl.end(p, terminal.Unknown)
	// the printer is back: what is not begun goes there
	tl.service.Heard(terminal.PrinterState{Printer: "grill"})
	tl.none("bar")
	again := tl.one("grill")
	if says(t, "kitchen! 3×Burger", again); again.Backup != "" {
		t.Errorf("backup of %q", again.Backup)
	}
}

// A printer that says that it stands well, and takes nothing, is relieved all the same.
func TestBackupOfAFicklePrinter(t *testing.T) {
	tl, _ := relieved(t)
	for range 13 {
		tl.service.Heard(terminal.PrinterState{Printer: "grill"})
		tl.try("grill", terminal.NothingLeft)
		tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultUnreachable})
		tl.clock.add(5 * time.Second)
	}
	if ticket := tl.one("bar"); ticket.Backup != "grill" {
		t.Errorf("backup of %q", ticket.Backup)
	}
}

// The copy on the failing printer may be out: the backup's says both.
func TestBackupOfADuplicate(t *testing.T) {
	tl, h := relieved(t)
	first, _ := tl.begin("grill")
	tl.end(first, terminal.Unknown)
	tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultPaper})
	tl.clock.add(time.Minute)
	p, _ := tl.begin("bar")
	if p.ticket.Backup != "grill" || p.ticket.Heading != terminal.HeadingDuplicate || !p.ticket.FirstSent.Equal(ten) {
		t.Errorf("headed %q, backup of %q, first sent %v", p.ticket.Heading, p.ticket.Backup, p.ticket.FirstSent)
	}
	// the paper is loaded, and the first copy comes out after all
	tl.ok(tl.service.Finish("grill", first.job.Key, terminal.Sent, ""))
	if got := tl.job(p.job.Key).State; got != terminal.JobSending {
		t.Errorf("another printer's word that proves nothing: %s", got)
	}
	tl.ok(tl.service.Finish("grill", first.job.Key, terminal.Proven, ""))
	tl.end(p, terminal.Unknown)
	tl.none("grill")
	tl.none("bar")
	h.meet(tl)
	if got := tl.job(p.job.Key).State; got != terminal.JobPrinted {
		t.Errorf("the job is %s", got)
	}
}

func TestReprint(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	first := tl.one("grill")
	h.change(id, lines(3, 1))
	h.meet(tl)
	tl.clock.add(time.Minute)
	tl.one("grill")
	h.meet(tl)
	before := h.orders[id]
	tl.clock.add(time.Minute)
	tl.ok(tl.service.Reprint(id, "grill"))
	p, _ := tl.begin("grill")
	says(t, "kitchen 3×Burger", p.ticket)
	if p.ticket.Heading != terminal.HeadingCopy || !p.ticket.FirstSent.Equal(ten.Add(time.Minute)) || p.ticket.Sequence != first.Sequence+1 {
		t.Errorf("headed %q, first sent %v, number %d", p.ticket.Heading, p.ticket.FirstSent, p.ticket.Sequence)
	}
	h.change(id, lines(4, 1)) // the copy changes nothing
	h.meet(tl)
	tl.end(p, terminal.Unknown)
	says(t, "changed +1×Burger 3×Burger", tl.one("grill"))
	h.meet(tl)
	if got := h.orders[id].Printed["grill"]; len(before.Tickets) != 2 || len(h.orders[id].Tickets) != 3 || got.Version != 3 {
		t.Errorf("the hub heard %+v", h.orders[id].Tickets)
	}
	// nobody knows whether the copy came out
	tl.ok(tl.service.PrintAgain(p.job.Key))
	says(t, "kitchen 3×Burger", tl.one("grill"))
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(tl)
	tl.one("grill")
	tl.ok(tl.service.Reprint(id, "grill"))
	tl.restart()
	if ticket := tl.one("grill"); ticket.Kind != order.Void || ticket.Heading != terminal.HeadingCopy {
		t.Errorf("a %s headed %q", ticket.Kind, ticket.Heading)
	}
	for _, id := range []string{"nothing", h.waits(nil, false)} {
		h.meet(tl)
		if err := tl.service.Reprint(id, "grill"); order.KindOf(err) == "" {
			t.Errorf("of what was never printed: %v", err)
		}
	}
}

// Where another terminal may print it, the copy says so.
func TestReprintElsewhere(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	b.ok(b.service.Reprint(id, "grill"))
	says(t, "kitchen! 2×Burger", b.one("grill"))
	says(t, "kitchen 2×Burger", a.one("grill"))
}

func TestStationSetup(t *testing.T) {
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{
		Printer: "bar", Language: "en", BigText: true, Combine: true, Beeps: 3, Copies: 2,
	}))
	id := h.comes(func(o *order.Order) {
		o.Lines = append(lines(2, 0), lines(1, 0)...)
		o.Lines[1].ID = "b2"
	})
	h.meet(tl)
	tl.none("grill")
	next, _, _, err := tl.service.Next("bar")
	tl.ok(err)
	ticket := tl.one("bar")
	says(t, "kitchen 3×Burger", ticket)
	if next.Ticket.Language != "en" || ticket.Language != "en" || !ticket.BigText || ticket.Beeps != 3 || ticket.Copies != 2 || len(ticket.After) != 2 {
		t.Errorf("%+v", ticket)
	}
	h.meet(tl)
	if got := h.orders[id].Printed["grill"].Lines; len(got) != 2 {
		t.Errorf("the hub heard %s", count("", got))
	}
	tl.ok(tl.service.Reprint(id, "grill"))
	if again := tl.one("bar"); again.Copies != 0 {
		t.Errorf("a reprint of %d copies", again.Copies)
	}
}

func TestSetups(t *testing.T) {
	tl, h := alone(t)
	oven := terminal.PrinterSetup{Name: "oven", Kind: "device", Address: "/dev/usb/lp0", Proof: "id"}
	tl.told("")
	tl.ok(tl.service.SetPrinter(oven))
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "oven", Backup: "bar"}))
	if n := len(tl.told(terminal.EventPrinters)); n != 2 {
		t.Errorf("told %d times", n)
	}
	tl.restart()
	h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(tl)
	tl.none("grill")
	says(t, "kitchen 2×Burger", tl.one("oven"))
	h.meet(tl)
	// a printer goes; its backup takes over
	h.comes(func(o *order.Order) { o.Lines = lines(3, 0) })
	h.meet(tl)
	p, _ := tl.begin("oven")
	if err := tl.service.RemovePrinter("oven"); !errors.Is(err, terminal.ErrTicketsWaiting) {
		t.Errorf("while it prints: %v", err)
	}
	tl.end(p, terminal.NothingLeft)
	tl.ok(tl.service.RemovePrinter("oven"))
	if err := tl.service.RemovePrinter("bar"); !errors.Is(err, terminal.ErrTicketsWaiting) {
		t.Errorf("without a backup: %v", err)
	}
	if ticket := tl.one("bar"); ticket.Backup != "" {
		t.Errorf("backup of %q", ticket.Backup)
	}
	h.meet(tl)
	tl.ok(tl.service.RemovePrinter("bar")) // also one of the file, for good
	tl.restart()
	printers, stations := tl.service.Setups()
	if len(printers) != 1 || printers[0].Name != "grill" || stations["grill"].Printer != "" || stations["bar"].Printer != "" {
		t.Errorf("printers %+v, stations %+v", printers, stations)
	}
	if got := tl.service.Stations(); len(got) != 0 {
		t.Errorf("stations %v", got)
	}
	tl.ok(tl.service.SetPrinter(terminal.PrinterSetup{Name: "bar", Kind: "tcp", Address: "10.0.0.9:9100"}))
	tl.ok(tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar"}))
	if got := tl.service.Stations(); !slices.Equal(got, []string{"bar"}) {
		t.Errorf("stations %v", got)
	}
	for name, err := range map[string]error{
		"no name":      tl.service.SetPrinter(terminal.PrinterSetup{Kind: "tcp", Address: "a:1"}),
		"no address":   tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "tcp"}),
		"kind":         tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "fax", Address: "a:1"}),
		"proof":        tl.service.SetPrinter(terminal.PrinterSetup{Name: "a", Kind: "tcp", Address: "a:1", Proof: "hope"}),
		"no printer":   tl.service.SetStation("bar", terminal.StationSetup{Printer: "oven"}),
		"own backup":   tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Backup: "bar"}),
		"language":     tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Language: "de"}),
		"beeps":        tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Beeps: 10}),
		"copies":       tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar", Copies: -1}),
		"no station":   tl.service.SetStation("", terminal.StationSetup{Printer: "bar"}),
		"backup alone": tl.service.SetStation("bar", terminal.StationSetup{Backup: "bar"}),
	} {
		if !errors.Is(err, terminal.ErrBadSetup) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaults(t *testing.T) {
	tl, _ := alone(t)
	hear := func(printer string, fault terminal.Fault, low bool) int {
		tl.told("")
		tl.clock.add(time.Minute)
		tl.service.Heard(terminal.PrinterState{Printer: printer, Fault: fault, PaperLow: low, At: tl.clock.Now()})
		return len(tl.told(terminal.EventPrinter))
	}
	for i, step := range []struct {
		fault terminal.Fault
		low   bool
		told  int
	}{
		{terminal.FaultNone, false, 0},
		{terminal.FaultNone, true, 1},
		{terminal.FaultPaper, false, 1},
		{terminal.FaultPaper, false, 0},
		{terminal.FaultCover, false, 1},
	} {
		if got := hear("grill", step.fault, step.low); got != step.told {
			t.Errorf("step %d: told %d times, want %d", i, got, step.told)
		}
	}
	tl.service.Tick()
	tl.restart()
	hear("grill", terminal.FaultCover, false) // it lasts
	if got := tl.status("grill"); got.State.Fault != terminal.FaultCover || !got.Since.Equal(ten.Add(5*time.Minute)) {
		t.Errorf("it is %q since %v", got.State.Fault, got.Since)
	}
	hear("grill", terminal.FaultNone, false)
	want := []terminal.FaultPeriod{
		{Printer: "grill", Fault: terminal.FaultCover, From: ten.Add(5 * time.Minute), Until: ten.Add(7 * time.Minute)},
		{Printer: "grill", Fault: terminal.FaultPaper, From: ten.Add(3 * time.Minute), Until: ten.Add(5 * time.Minute)},
	}
	if got := tl.service.Faults(); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for range 300 {
		hear("bar", terminal.FaultBusy, false)
		hear("bar", terminal.FaultNone, false)
	}
	tl.service.Tick()
	tl.restart()
	if got := tl.service.Faults(); len(got) != 200 || got[0].Printer != "bar" {
		t.Errorf("%d entries", len(got))
	}
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

// A printer may hold a part of what was being sent when the terminal stopped: it is told until a
// ticket has come out, whatever is printed first.
func TestTornAtTheStop(t *testing.T) {
	tl, h := alone(t)
	tl.config.AskUnconfirmed = true
	tl.restart()
	torn := func(printer string) string {
		t.Helper()
		next, _, _, err := tl.service.Next(printer)
		tl.ok(err)
		text := ""
		for _, t := range next.Torn {
			text += t.Number
		}
		return text
	}
	first := h.comes(nil)
	h.comes(nil)
	h.meet(tl)
	tl.begin("grill")
	if got := torn("grill"); got != "" {
		t.Errorf("torn while it is sent: %q", got)
	}
	for n := range 3 { // a second stop makes no difference, nor that the ticket is wanted no more
		tl.restart()
		if n == 1 {
			h.must(first, order.Command{Type: order.PartnerCancel})
			h.meet(tl)
		}
		if got, want := torn("grill")+torn("bar"), "A1"; got != want {
			t.Errorf("torn after the stop: %q, want %q", got, want)
		}
	}
	tl.try("grill", terminal.NothingLeft)
	if got, want := torn("grill"), "A1"; got != want {
		t.Errorf("torn after nothing left: %q, want %q", got, want)
	}
	if ticket, _ := tl.try("grill", terminal.Proven); ticket.Number != "A2" {
		t.Errorf("printed %s, want the second order's", ticket.Number)
	}
	if got := torn("grill"); got != "" {
		t.Errorf("torn after a ticket came out: %q", got)
	}

	// people see paper and no printer's memory: what they say of a ticket does not end it
	tl.print("grill")
	h.comes(nil)
	h.meet(tl)
	tl.begin("grill")
	tl.restart()
	tl.ok(tl.service.Confirm(tl.status("grill").Unconfirmed[0].Key))
	h.comes(nil)
	h.meet(tl)
	tl.restart()
	if got := torn("grill"); got != "A3" {
		t.Errorf("torn after somebody has found the paper: %q", got)
	}

	// nor does the copy that its backup prints
	tl.config.AskUnconfirmed = false
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "grill", Backup: "bar"}))
	tl.print("bar")
	tl.begin("grill")
	tl.restart()
	tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultUnreachable})
	tl.clock.add(2 * time.Minute)
	says(t, "kitchen! 2×Burger", tl.one("bar"))
	h.comes(nil)
	h.meet(tl)
	tl.restart()
	if got := torn("grill"); got != "A3A4" {
		t.Errorf("torn after the backup has printed: %q", got)
	}
}

// While nobody has said whether a ticket came out, a change of its order prints whole and in doubt:
// the station may not have what it changes. Once that is out the question is moot.
func TestChangeOfAnUnansweredTicket(t *testing.T) {
	tl, h := alone(t)
	tl.config.AskUnconfirmed = true
	tl.restart()
	id := h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	tl.none("grill")
	h.change(id, lines(3, 1))
	h.meet(tl)
	says(t, "kitchen! 3×Burger", tl.one("grill"))
	if n := len(tl.status("grill").Unconfirmed); n != 0 {
		t.Errorf("%d questions are left", n)
	}
	h.meet(tl)
	tl.none("grill")

	// an answer in time makes it a change; the mark stays, which is the safe side
	id = h.comes(nil)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	h.change(id, lines(3, 1))
	h.meet(tl)
	tl.ok(tl.service.Confirm(tl.status("grill").Unconfirmed[0].Key))
	says(t, "changed! +1×Burger 2×Burger", tl.one("grill"))
}

// A void ticket of a refused command and the whole one that follows are of one version of the
// order. Once the newer is out, nobody is asked of the older: an answer would tell the others that
// the station has nothing to make.
func TestVoidInDoubtBeforeAWholeTicket(t *testing.T) {
	a, b, h := pair(t)
	a.config.AskUnconfirmed = true
	a.restart()
	id := h.waits(nil, false)
	h.meet(a, b)
	a.do(id, order.Accept)
	says(t, "kitchen! 2×Burger", a.one("grill"))
	h.refuse = func(c order.Command) bool { return c.Type == order.Accept }
	h.meet(a, b)
	says(t, "void -2×Burger", first(a.try("grill", terminal.Unknown)))
	a.none("grill")
	void := a.status("grill").Unconfirmed[0].Key

	h.refuse = nil
	a.do(id, order.Accept)
	h.meet(a, b)
	says(t, "kitchen! 2×Burger", a.one("grill"))
	a.ok(a.service.Confirm(void))
	h.meet(a, b)
	if got := count("", h.orders[id].Printed["grill"].Lines); got != "2×Burger" {
		t.Errorf("the hub takes it that the grill makes %q", got)
	}
	for _, till := range []*till{a, b} {
		till.none("grill")
		if n := len(till.status("grill").Waiting) + len(till.status("grill").Unconfirmed); n != 0 {
			t.Errorf("%s has %d tickets left: %s", till.name, n, states(till.jobs(id)))
		}
	}
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
