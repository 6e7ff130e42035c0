package terminal_test

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

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
