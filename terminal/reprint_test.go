package terminal_test

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

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
