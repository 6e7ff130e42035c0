package terminal_test

import (
	"strings"
	"testing"

	"comptoir/order"
	"comptoir/terminal"
)

func TestTakeover(t *testing.T) {
	for name, c := range map[string]struct {
		lost  bool // the former holder's copy of the order was on its way to it
		known bool // it has it
		late  bool // the new holder hears of the order after its lease
		want  string
	}{
		"the former holder has it":           {known: true, want: "kitchen! 2×Burger"},
		"it was on its way":                  {lost: true, want: "kitchen! 2×Burger"},
		"it has not":                         {want: "kitchen 2×Burger"},
		"it has, and the new one hears late": {known: true, late: true, want: "kitchen! 2×Burger"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b, h := pair(t)
			h.comes(func(o *order.Order) { o.Lines = lines(9, 0) })
			h.meet(a, b)
			says(t, "kitchen 9×Burger", a.one("grill"))
			h.meet(a, b)
			h.comes(nil)
			if c.known || c.lost {
				h.send(a, 10, c.lost)
			}
			if !c.late {
				h.send(b, 10, false)
			}
			move(h, "grill", b, b) // the former holder is out of reach
			if c.late {
				h.send(b, 10, false)
			}
			if c.known { // and goes on with what it has
				says(t, "kitchen 2×Burger", a.one("grill"))
			}
			says(t, c.want, b.one("grill"))
			// what comes later is plain
			h.comes(func(o *order.Order) { o.Lines = lines(4, 0) })
			h.send(b, 10, false)
			says(t, "kitchen 4×Burger", b.one("grill"))
			// the former holder comes back
			a.ok(a.service.Lease(h.leases["grill"]))
			h.quiet("grill", a, b)
		})
	}
}

// The former holder may have printed the first version; the whole ticket of the second says so.
func TestTakeoverOfAnOlderVersion(t *testing.T) {
	for name, marked := range map[string]bool{"marked before the change": true, "changed before the takeover": false} {
		t.Run(name, func(t *testing.T) {
			a, b, h := pair(t)
			id := h.comes(nil)
			h.meet(a, b)
			if marked {
				move(h, "grill", b, b)
			}
			h.change(id, lines(3, 1))
			h.send(b, 10, false)
			if !marked {
				move(h, "grill", b, b)
			}
			says(t, "kitchen 2×Burger", a.one("grill"))
			says(t, "kitchen! 3×Burger", b.one("grill"))
			// its report of the lower version comes late, and changes nothing
			a.ok(a.service.Lease(h.leases["grill"]))
			h.meet(a, b)
			h.quiet("grill", a, b)
		})
	}
}

// The order has moved on in the log, behind what the new holder had already.
func TestTakeoverWhileCatchingUp(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.comes(nil)
	h.meet(a)
	says(t, "kitchen 2×Burger; kitchen 2×Burger", a.print("grill")...)
	h.must(id, order.Command{Type: order.CustomerArrived})
	move(h, "grill", b, b)
	h.send(b, 1, false)
	h.send(b, 1, false)
	says(t, "kitchen! 2×Burger; kitchen! 2×Burger", b.print("grill")...)
	h.comes(nil)
	h.send(b, 1, false)
	says(t, "kitchen 2×Burger", b.one("grill"))
}

// In between, the station had nothing to make of it.
func TestTakeoverOfAVersionThatWentAndCame(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	h.change(id, lines(0, 1))
	h.send(b, 10, false)
	move(h, "grill", b, b)
	h.change(id, lines(2, 1))
	h.send(b, 10, false)
	says(t, "kitchen 2×Burger", a.one("grill"))
	says(t, "kitchen! 2×Burger", b.one("grill"))
}

// The new holder accepted the order itself, and the hub has passed that on to the former one.
func TestTakeoverOfOnesOwnAccept(t *testing.T) {
	a, b, h := pair(t)
	id := h.waits(nil, false)
	h.meet(a, b)
	b.do(id, order.Accept)
	h.hear(b, 10, true)
	h.send(a, 10, false)
	says(t, "kitchen 2×Burger", a.one("grill"))
	move(h, "grill", b, b)
	says(t, "kitchen! 2×Burger", b.one("grill"))
}

// The new holder need not have seen the version of which the dead one's report speaks.
func TestTakeoverOfAnUnseenVersion(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.send(a, 10, false)
	a.try("bar", terminal.Unknown)
	h.hear(a, 10, false)
	h.change(id, lines(2, 0))
	h.send(b, 10, false) // both at once
	move(h, "bar", b, b)
	says(t, "void!", b.print("bar")...) // the order does not tell any more what it was
	h.quiet("bar", a, b)
}

// The former holder printed, and died before it could tell; then the order is cancelled.
func TestCancelledAfterADeadHolder(t *testing.T) {
	for name, c := range map[string]struct {
		known  bool // the next holder had the order before it was cancelled
		before bool // it was cancelled before the takeover
	}{
		"after the takeover":                {known: true},
		"before the takeover":               {known: true, before: true},
		"before, and unseen until then":     {before: true},
		"the next holder sees only its end": {},
	} {
		t.Run(name, func(t *testing.T) {
			a, b, h := pair(t)
			id := h.comes(nil)
			h.send(a, 10, false)
			if c.known {
				h.send(b, 10, false)
			}
			says(t, "kitchen 2×Burger", a.one("grill"))
			cancel := func() {
				h.must(id, order.Command{Type: order.PartnerCancel})
				h.send(b, 10, false)
			}
			if c.before {
				cancel()
				b.none("grill")
				b.restart()
			}
			move(h, "grill", b, b)
			if !c.before {
				cancel()
			}
			ticket := b.one("grill")
			says(t, "void! -2×Burger", ticket)
			if ticket.Replaces != 0 {
				t.Errorf("it names the ticket %d, which nobody knows", ticket.Replaces)
			}
			h.quiet("grill", b)
			a.ok(a.service.Lease(h.leases["grill"])) // it was not dead
			h.quiet("grill", a, b)
		})
	}
}

// What the dead holder cannot have had, or had not yet to print, needs no void ticket.
func TestCancelledWithoutDoubt(t *testing.T) {
	for name, late := range map[string]bool{"it never had the order": false, "it was not due yet": true} {
		t.Run(name, func(t *testing.T) {
			a, b, h := pair(t)
			id := h.comes(func(o *order.Order) {
				if late {
					inMinutes(300)(o)
				}
			})
			if late {
				h.meet(a, b)
			} else {
				h.send(b, 10, false)
			}
			move(h, "grill", b, b)
			h.must(id, order.Command{Type: order.PartnerCancel})
			h.send(b, 10, false)
			b.none("grill")
		})
	}
}

// The dead holder may have printed a change that was taken back since.
func TestChangedBackAfterADeadHolder(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	a.one("grill")
	h.meet(a, b)
	h.change(id, lines(3, 1))
	h.send(a, 10, false)
	h.send(b, 10, false)
	says(t, "changed +1×Burger 2×Burger", a.one("grill"))
	h.change(id, lines(2, 1))
	h.send(b, 10, false)
	b.none("grill")
	move(h, "grill", b, b)
	says(t, "kitchen! 2×Burger", b.one("grill"))
	h.quiet("grill", b)
}

// What a dead holder reported as not confirmed may lie in the kitchen: if it is cancelled, the new
// holder takes it back, in doubt as it is.
func TestTakeoverVoidsWhatIsNotConfirmed(t *testing.T) {
	for name, cancelled := range map[string]bool{"cancelled before the takeover": true, "cancelled after": false} {
		t.Run(name, func(t *testing.T) {
			a, b, h := pair(t)
			id := h.comes(nil)
			h.meet(a, b)
			a.try("grill", terminal.Unknown)
			h.meet(a, b)
			if cancelled {
				h.must(id, order.Command{Type: order.PartnerCancel})
				h.send(b, 10, false)
			}
			move(h, "grill", b, b) // the former holder is dead
			if !cancelled {
				h.must(id, order.Command{Type: order.PartnerCancel})
				h.send(b, 10, false)
			}
			says(t, "void! -2×Burger", b.print("grill")...)
			h.meet(a, b)
			b.none("grill")
			a.none("grill") // back, it hears that it is done
			b.none("grill")
		})
	}
}

// A void ticket whose end is not known does not stay with a terminal that prints no more.
func TestTakeoverOfADoubtfulVoid(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	a.begin("grill") // and it is dead, with no report
	move(h, "grill", b, b)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.send(b, 10, false)
	says(t, "void! -2×Burger", first(b.try("grill", terminal.Unknown)))
	h.hear(b, 10, false)
	h.send(b, 10, false)
	c := newTill(t, t.TempDir(), "counter-3", ten, &h.papers)
	t.Cleanup(c.close)
	h.join(c)
	h.send(c, 10, false)
	move(h, "grill", c, b, c)
	says(t, "void! -2×Burger", c.print("grill")...)
	h.meet(b, c)
	b.none("grill")
	if got, want := states(b.jobs(id)), "void elsewhere"; !strings.Contains(got, want) {
		t.Errorf("the former holder's jobs: %s", got)
	}
}

// A void ticket in doubt that has not begun goes with the lease, also of an order that no screen
// shows any more.
func TestDoubtfulVoidGoesWithTheLease(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.send(a, 10, false)
	h.send(b, 10, false)
	move(h, "grill", b, b)
	b.do(id, order.CancelItems) // everything
	h.hear(b, 10, false)
	h.send(b, 10, false)
	if o := b.order(id); o.Active() {
		t.Fatalf("the order is still shown as %s", o.Status)
	}
	move(h, "grill", a, a, b)
	for _, j := range b.jobs(id) {
		if j.Station == "grill" && j.State == terminal.JobQueued {
			t.Errorf("%s is still %s", j.Key, j.State)
		}
	}
	b.none("grill")
}

// The void ticket in doubt is itself in doubt when the station moves on: the next holder, who
// suspects nobody, prints it again.
func TestDoubtfulVoidMovesOn(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.send(a, 10, false)
	move(h, "grill", b, b) // a may have printed, and has not
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.send(b, 10, false)
	b.try("grill", terminal.Unknown)
	h.meet(b)
	lease := h.grant("grill", "counter-1")
	lease.FormerSequence = 0 // as of a hub that knows better
	h.leases["grill"] = lease
	a.ok(a.service.Lease(lease))
	b.ok(b.service.Lease(lease))
	h.meet(a, b)
	b.none("grill")
	says(t, "void! -2×Burger", a.one("grill"))
	h.quiet("grill", a, b)
	for _, j := range b.jobs(id) {
		if j.Station == "grill" && !j.State.Ended() {
			t.Errorf("%s is still %s", j.Key, j.State)
		}
	}
}

// rename pairs a till anew under another name.
func (tl *till) rename(h *hub, name string) {
	tl.t.Helper()
	tl.config.Device, tl.name = name, name
	tl.restart()
	h.join(tl)
}

// A terminal that is paired anew under another name prints what its counter sold before, and what
// follows from it.
func TestPairedUnderAnotherName(t *testing.T) {
	tl, h := alone(t)
	sold := tl.sell(1, 1)
	h.meet(tl)
	tl.try("grill", terminal.Unknown)
	tl.rename(h, "counter-9") // the stations are another one's
	says(t, "kitchen! 1×Burger", tl.one("grill"))
	h.must(sold.ID, order.Command{Type: order.CancelItems, Items: []order.ItemQuantity{{Line: "b", Quantity: 1}}})
	h.meet(tl)
	says(t, "void -1×Burger", tl.one("grill"))
	says(t, "kitchen 1×Café", tl.one("bar"))
	tl.rename(h, "counter-8")
	h.quiet("grill", tl)
	h.quiet("bar", tl)
}

// What it sold and the hub did not have by then it prints itself, whoever holds the station, and once: also
// what it had printed before.
func TestPairedUnderAnotherNameBeforeItsOrdersWereSent(t *testing.T) {
	for _, test := range []struct {
		holder string
		before bool
	}{{"counter-9", false}, {"counter-2", false}, {"counter-9", true}, {"counter-2", true}} {
		tl, h := alone(t)
		other := newTill(t, t.TempDir(), "counter-2", ten, &h.papers)
		t.Cleanup(other.close)
		h.join(other)
		tl.sell(1, 0)
		var tickets []terminal.Ticket
		if test.before {
			tickets = tl.print("grill")
		}
		h.grant("grill", test.holder)
		tl.rename(h, "counter-9")
		h.join(other)
		h.hear(tl, 2, false) // the order, and not yet what was printed of it
		h.send(other, 100, false)
		tickets = append(append(tickets, tl.print("grill")...), other.print("grill")...)
		h.meet(tl, other)
		tickets = append(append(tickets, tl.print("grill")...), other.print("grill")...)
		if len(tickets) != 1 || h.papers[0].device == "counter-2" {
			t.Errorf("%+v: on paper is %q, of %s", test, brief(tickets...), h.papers[0].device)
		}
	}
}

// Copies, and what sets paper right of which nobody else knows, stay its own.
func TestCopiesUnderAnotherName(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.print("grill")
	h.meet(tl)
	tl.ok(tl.service.Reprint(id, "grill"))
	tl.rename(h, "counter-9")
	h.meet(tl)
	if tickets := tl.print("grill"); len(tickets) != 1 || tickets[0].Heading != terminal.HeadingCopy {
		t.Errorf("on paper: %q", brief(tickets...))
	}
}
