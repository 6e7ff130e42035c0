package terminal_test

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// without is a terminal, and the id of an order, at which a station is known to nobody any more: not to
// the settings, not to the terminal's own setup, and not by an active order.
func without(t *testing.T, before func(*till, *hub) string) (tl *till, h *hub, id string) {
	t.Helper()
	tl, h = alone(t)
	id = before(tl, h)
	fewer := plateau()
	fewer.Stations = fewer.Stations[:1]
	tl.ok(tl.service.Locations([]shop.Location{fewer}))
	tl.config.Setup = printing("grill")
	tl.restart()
	if o := tl.order(id); o.Active() {
		t.Fatalf("the order is %s", o.Status)
	}
	return tl, h, id
}

// The ticket of such a station that was being sent at a crash is in doubt, and not under way for ever.
func TestSendingAtAStationThatWent(t *testing.T) {
	tl, _, id := without(t, func(tl *till, h *hub) string {
		id := h.comes(nil)
		h.meet(tl)
		tl.print("grill")
		tl.do(id, order.MarkReady)
		tl.do(id, order.HandOver)
		h.meet(tl)
		tl.begin("bar")
		return id
	})
	if got, want := states(tl.jobs(id)), "grill/1/kitchen sent, bar/1/kitchen queued"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
	tl.ok(tl.service.Locations([]shop.Location{plateau()}))
	tl.ok(tl.service.SetPrinter(terminal.PrinterSetup{Name: "bar", Kind: "tcp", Address: "127.0.0.1:9100"}))
	tl.ok(tl.service.SetStation("bar", terminal.StationSetup{Printer: "bar"}))
	says(t, "kitchen! 1×Café", tl.one("bar"))
}

// Its idle void tickets are forgotten like any other's, and its waiting ones are as old as any other's
// once the hub's log is another one.
func TestWaitingAtAStationThatWent(t *testing.T) {
	tl, h, id := without(t, func(tl *till, h *hub) string {
		id := h.comes(nil)
		h.meet(tl)
		h.must(id, order.Command{Type: order.PartnerCancel})
		h.meet(tl)
		tl.do(id, order.Acknowledge)
		h.meet(tl)
		return id
	})
	if got, want := states(tl.jobs(id)), "grill/1/kitchen dropped, bar/1/kitchen dropped, grill/2/void idle, bar/2/void idle"; got != want {
		t.Fatalf("jobs: %s, want %s", got, want)
	}
	tl.resync(pages("another", h.orders[id])...)
	for _, j := range tl.jobs(id) {
		if j.State == terminal.JobIdle && j.Sequence != 1 {
			t.Errorf("%s is of %d", j.Key, j.Sequence)
		}
	}
	tl.clock.add(3 * time.Hour)
	tl.service.Tick()
	if got, want := states(tl.jobs(id)), "grill/1/kitchen dropped, bar/1/kitchen dropped, grill/2/void dropped, bar/2/void dropped"; got != want {
		t.Errorf("jobs: %s, want %s", got, want)
	}
}
