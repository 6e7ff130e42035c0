package terminal_test

import (
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// Cut off, the holder accepts by hand and prints. The next one cannot know of it.
func TestAcceptedWhileCutOff(t *testing.T) {
	a, b, h := pair(t)
	id := h.waits(nil, false)
	h.meet(a, b)
	a.do(id, order.Accept)
	says(t, "kitchen! 2×Burger", a.one("grill"))
	move(h, "grill", b, b)
	h.must(id, order.Command{Type: order.Accept, By: order.AutoAccept})
	h.send(b, 10, false)
	says(t, "kitchen 2×Burger", b.one("grill"))
	a.ok(a.service.Lease(h.leases["grill"]))
	h.quiet("grill", a, b)
}

func TestCancelledItemsWhileCutOff(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(nil)
	h.meet(a, b)
	a.one("grill")
	h.meet(a, b)
	c := order.Command{Type: order.CancelItems, OrderID: id, Items: []order.ItemQuantity{{Line: "b", Quantity: 1}}}
	_, err := a.service.Do(c)
	a.ok(err)
	says(t, "changed! -1×Burger 1×Burger", a.one("grill"))
	move(h, "grill", b, b)
	h.change(id, lines(3, 1))
	h.send(b, 10, false)
	says(t, "changed +1×Burger 2×Burger", b.one("grill"))
	a.ok(a.service.Lease(h.leases["grill"]))
	h.meet(a, b)
	// a cannot know which of the two papers lies on top
	says(t, "kitchen! 2×Burger; changed -1×Burger 2×Burger", append(a.print("grill"), b.print("grill")...)...)
	h.quiet("grill", a, b)
}

// The holder has voided what a platform changed in the meantime, and the next one has printed the
// change: what lies on top is to be taken back.
func TestVoidedAndChangedWhileCutOff(t *testing.T) {
	a, b, h := pair(t)
	id := h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(a, b)
	a.one("grill")
	h.meet(a, b)
	a.do(id, order.CancelItems)
	says(t, "void! -2×Burger", a.one("grill"))
	move(h, "grill", b, b)
	h.change(id, lines(3, 0))
	h.send(b, 10, false)
	says(t, "changed +1×Burger 2×Burger", b.one("grill"))
	h.hear(b, 10, false)
	a.ok(a.service.Lease(h.leases["grill"]))
	h.meet(a, b)
	says(t, "void! -3×Burger", b.print("grill")...)
	h.quiet("grill", a, b)
}

// While connected, a ticket waits for the hub to have the command that made it due: not for long.
func TestTicketWaitsForTheHub(t *testing.T) {
	for name, c := range map[string]struct {
		then func(*till, *hub)
		want string
	}{
		"it has it":       {func(tl *till, h *hub) { h.meet(tl) }, "kitchen 2×Burger"},
		"it says nothing": {func(tl *till, _ *hub) { tl.clock.add(5 * time.Second) }, "kitchen! 2×Burger"},
		"it is gone":      {func(tl *till, _ *hub) { tl.service.Link(false, "gone") }, "kitchen! 2×Burger"},
		"our clock is set back": {
			func(tl *till, _ *hub) { tl.clock.add(-time.Hour) }, "kitchen! 2×Burger",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tl, h := alone(t)
			id := h.waits(nil, false)
			h.meet(tl)
			tl.service.Link(true, "")
			tl.do(id, order.Accept)
			_, found, wait, err := tl.service.Next("grill")
			if found || wait != 5*time.Second || err != nil {
				t.Errorf("at once: found %t, wait %v, %v", found, wait, err)
			}
			if _, ok, err := tl.service.Begin("grill", tl.jobs(id)[0].Key); ok || err != nil {
				t.Errorf("begun at once: %t, %v", ok, err)
			}
			woken := tl.woken
			c.then(tl, h)
			if tl.woken == woken && !strings.Contains(name, "clock") && name != "it says nothing" {
				t.Error("nobody woke the printers")
			}
			says(t, c.want, tl.one("grill"))
		})
	}
}
