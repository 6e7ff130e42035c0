package terminal_test

import (
	"testing"

	"comptoir/order"
	"comptoir/terminal"
)

// pair is two terminals; the first holds both stations.
func pair(t *testing.T) (a, b *till, h *hub) {
	t.Helper()
	a, h = alone(t)
	b = newTill(t, t.TempDir(), "counter-2", ten, &h.papers)
	t.Cleanup(b.close)
	h.join(b)
	return a, b, h
}

// move gives a station to a till, and tells those that are connected.
func move(h *hub, station string, to *till, connected ...*till) {
	h.t.Helper()
	lease := h.grant(station, to.name)
	for _, tl := range connected {
		tl.ok(tl.service.Lease(lease))
	}
}

// nothingOpen checks that nothing of an order is left to print.
func nothingOpen(id string, tills ...*till) {
	for _, tl := range tills {
		tl.t.Helper()
		for _, j := range tl.jobs(id) {
			if !j.State.Ended() {
				tl.t.Errorf("%s is still %s", j.Key, j.State)
			}
		}
	}
}

func TestOnlyTheHolderPrints(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	b.none("grill")
	next, _, _, err := a.service.Next("grill")
	a.ok(err)
	if _, ok, err := b.service.Begin("grill", next.Key); ok || err != nil {
		t.Errorf("the other began it: %t, %v", ok, err)
	}
	says(t, "kitchen 2×Burger", a.one("grill"))
	h.meet(a, b)
	if got, want := states(b.jobs(id)), "grill/1/kitchen elsewhere, bar/1/kitchen queued"; got != want {
		t.Errorf("the other's jobs: %s, want %s", got, want)
	}
	h.change(id, lines(3, 1))
	h.meet(a, b)
	says(t, "changed +1×Burger 2×Burger", a.one("grill"))
	h.meet(a, b)
	move(h, "grill", b, a, b)
	b.none("grill")
}

func TestReportEndsTheOthersRetry(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	a.try("grill", terminal.Unknown)
	move(h, "grill", b, a, b)
	h.meet(a, b)
	a.none("grill") // not its station any more
	says(t, "kitchen! 2×Burger", b.one("grill"))
	h.meet(a, b)
	if got, want := states(a.jobs(id)), "grill/1/kitchen elsewhere, bar/1/kitchen queued"; got != want {
		t.Errorf("the former holder's jobs: %s, want %s", got, want)
	}
	// the other way round: what the former holder printed ends the new holder's
	id = h.comes(nil)
	h.meet(a, b)
	p, _ := b.begin("grill")
	move(h, "grill", a, a, b)
	b.end(p, terminal.Sent)
	h.meet(a, b)
	a.none("grill")
	if got, want := states(a.jobs(id)), "grill/1/kitchen elsewhere, bar/1/kitchen queued"; got != want {
		t.Errorf("the new holder's jobs: %s, want %s", got, want)
	}
}

// The former holder took its paper back itself; its late report makes the new one do so too.
func TestBothTakeItBack(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	p, _ := a.begin("grill")
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.send(a, 10, false)
	h.send(b, 10, false)
	move(h, "grill", b, b)
	a.end(p, terminal.Sent)
	says(t, "void -2×Burger", a.one("grill"))
	h.hear(a, 1, true) // only that the first came out
	h.send(b, 10, false)
	says(t, "void! -2×Burger", b.one("grill"))
}

// The terminal of a paper whose end is open knows its lines, and takes it back also without the
// lease. The holder does so, in doubt, only where that one does not.
func TestTakenBackWithoutLease(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	a.try("grill", terminal.Unknown)
	move(h, "grill", b, a, b)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(a, b)
	says(t, "void! -2×Burger", a.one("grill"))
	h.meet(a, b)
	b.none("grill")
}

// The copy never left, the order is cancelled, and the station is another's: nothing may stay.
func TestNothingLeftAfterTheLease(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(a, b)
	p, _ := a.begin("grill")
	move(h, "grill", b, a, b)
	h.must(id, order.Command{Type: order.PartnerCancel})
	h.meet(a, b)
	a.end(p, terminal.NothingLeft)
	a.none("grill")
	if got, want := states(a.jobs(id)), "grill/1/kitchen dropped, grill/2/void idle"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
}

// A copy of the version in between may be out on the former holder's paper.
func TestDoubtOfAnotherTerminal(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
	h.meet(a, b)
	a.one("grill")
	h.change(id, lines(3, 0))
	h.meet(a, b)
	a.try("grill", terminal.Unknown)
	h.meet(a, b)
	move(h, "grill", b, a, b)
	h.change(id, lines(1, 0)) // as the first ticket says
	h.meet(a, b)
	a.none("grill")
	says(t, "kitchen! 1×Burger", b.one("grill"))
	h.quiet("grill", a, b)
	nothingOpen(id, a, b)
}

// Accepted by hand on a state that the platform had changed: two papers of one version differ.
func TestTwoPapersOfOneVersion(t *testing.T) {
	a, b, h := pair(t)
	id := h.waits(func(o *order.Order) { o.Lines = lines(2, 0) }, false)
	h.meet(a, b)
	h.change(id, lines(1, 0))
	a.do(id, order.Accept)
	h.hear(a, 10, true)
	h.send(b, 10, false)
	move(h, "grill", b, b)
	says(t, "kitchen! 1×Burger", b.one("grill"))
	a.try("grill", terminal.Unknown) // two burgers, and after the other's one
	a.ok(a.service.Lease(h.leases["grill"]))
	h.meet(a, b)
	says(t, "kitchen! 1×Burger", a.one("grill"))
	h.quiet("grill", a, b)
}

// A void ticket in doubt of a refused command: the new holder sets it right, and so does the
// terminal that printed it, which cannot know what lies on top.
func TestBothSetItRight(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(a, b)
	a.one("grill")
	h.meet(a, b)
	a.do(id, order.CancelItems)
	says(t, "void! -2×Burger", first(a.try("grill", terminal.Unknown)))
	move(h, "grill", b, a, b)
	h.refuse = func(c order.Command) bool { return c.Type == order.CancelItems }
	h.meet(a, b)
	says(t, "kitchen! 2×Burger", b.one("grill"))
	h.meet(a, b)
	says(t, "kitchen! 2×Burger", a.one("grill"))
	h.quiet("grill", a, b)
	nothingOpen(id, a, b)
}

func TestLeaseComesBack(t *testing.T) {
	a, b, h := pair(t)
	h.comes(nil)
	h.meet(a, b)
	move(h, "grill", b, b) // a does not hear of it
	b.try("grill", terminal.Unknown)
	move(h, "grill", a, a)
	says(t, "kitchen! 2×Burger", a.one("grill"))
	// the same lease again marks nothing
	h.comes(nil)
	h.meet(a)
	a.ok(a.service.Lease(h.leases["grill"]))
	says(t, "kitchen 2×Burger", a.one("grill"))
}

func TestOwnCounterOrdersPrintWithoutLease(t *testing.T) {
	a, b, h := pair(t)
	id := b.sell(1, 0).ID
	says(t, "kitchen 1×Burger", b.one("grill"))
	next := b.sell(2, 0).ID
	h.meet(a, b)
	a.none("grill")
	move(h, "grill", a, a, b) // leases do not touch it
	h.must(id, order.Command{Type: order.CancelItems, By: "counter-1"})
	h.meet(a, b)
	a.none("grill")
	says(t, "kitchen 2×Burger; void -1×Burger", b.print("grill")...)
	h.meet(a, b)
	if got, want := states(a.jobs(next)), "grill/1/kitchen elsewhere"; got != want {
		t.Errorf("the other's jobs: %s, want %s", got, want)
	}
}

// An order of the shop's web site is nobody's own, whatever its channel is called.
func TestChannelAloneMakesNoOwner(t *testing.T) {
	tl, h := alone(t)
	h.comes(func(o *order.Order) { o.Channel, o.Connection = order.ChannelCounter, "" })
	h.meet(tl)
	says(t, "kitchen 2×Burger", tl.one("grill"))
}

// A terminal set down a void ticket as its own, since only it knew of the paper; then the holder
// hears of that paper too.
func TestOwnVoidAfterTheLease(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	p, _ := a.begin("grill")
	a.do(id, order.CancelItems)
	a.end(p, terminal.Sent)
	move(h, "grill", b, b)
	a.ok(a.service.Lease(h.leases["grill"]))
	h.meet(a, b)
	says(t, "void -2×Burger", b.one("grill"))
	says(t, "void! -2×Burger", a.print("grill")...)
	h.quiet("grill", a, b)
}
