package terminal_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

const day = 24 * time.Hour

// business does a day's business: orders that come, print, and are handed over.
func business(tl *till, h *hub, orders int) (ids []string) {
	for range orders {
		id := h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
		h.meet(tl)
		tl.print("grill")
		tl.do(id, order.MarkReady)
		tl.do(id, order.HandOver)
		ids = append(ids, id)
	}
	ids = append(ids, tl.sell(1, 0).ID)
	tl.do(ids[len(ids)-1], order.MarkReady)
	tl.do(ids[len(ids)-1], order.HandOver)
	tl.print("grill")
	h.meet(tl)
	return ids
}

// rest lets a till's time pass, ticking until nothing is left to be forgotten.
func rest(tl *till, h *hub, d time.Duration) {
	for _, c := range []*clock{tl.clock, h.clock} {
		c.add(d)
	}
	for range 20 {
		tl.service.Tick()
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// Months of orders: what ended three months ago goes, with its paper and its commands, and the file
// stops growing. What is open in any way stays, however old.
func TestMonthsOfOrders(t *testing.T) {
	const each = 4
	tl, h := alone(t)
	waits := h.waits(nil, false) // nobody ever answers
	unprinted := h.comes(func(o *order.Order) { o.Lines = lines(0, 1) })
	h.meet(tl)
	h.must(unprinted, order.Command{Type: order.MarkReady})
	h.must(unprinted, order.Command{Type: order.HandOver})
	h.meet(tl) // the bar's printer never prints
	first := business(tl, h, 2)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error { // the hub never answers this one
		_, err := tx.AddPending("plateau", order.Command{ID: commandID(), Type: order.Acknowledge, OrderID: first[0]})
		return err
	}))
	type count struct {
		orders, jobs int
		size         int64
	}
	look := func() (c count) {
		tl.ok(tl.disk.View(func(tx terminal.Tx) error {
			return tx.EachOrder(func(o order.Order) error {
				jobs, err := tx.JobsOf(o.ID)
				c.orders, c.jobs = c.orders+1, c.jobs+len(jobs)
				return err
			})
		}))
		c.size = fileSize(t, tl.path)
		return c
	}
	var hundred count
	for n := range 140 {
		rest(tl, h, day)
		for range each {
			id := h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
			h.send(tl, 100, false)
			tl.print("grill")
			h.must(id, order.Command{Type: order.MarkReady})
			h.must(id, order.Command{Type: order.HandOver})
			h.send(tl, 100, false)
			for _, p := range tl.pending() { // what it reports of paper is heard; that of the first day is not
				if p.Command.Type == order.Printed {
					tl.ok(h.apply(p.Command))
				}
			}
			h.send(tl, 100, false)
		}
		if n == 100 {
			hundred = look()
		}
	}
	end := look()
	t.Logf("after 100 days: %+v; after 140: %+v", hundred, end)
	if end.orders != hundred.orders || end.jobs != hundred.jobs || end.size > hundred.size {
		t.Error("the file grows")
	}
	if kept := 90 * each; end.orders < kept || end.orders > kept+each+3 {
		t.Errorf("%d orders are kept, want those of 90 days and the three that are open", end.orders)
	}
	for what, id := range map[string]string{"nobody answered": waits, "a ticket waits": unprinted, "a command is pending": first[0]} {
		if tl.order(id).ID == "" {
			t.Errorf("the order of which %s is gone", what)
		}
	}
	if tl.order(first[1]).ID != "" || len(tl.jobs(first[1])) > 0 {
		t.Error("an order of the first day is still there")
	}
	if n := len(tl.pending()); n != 1 {
		t.Errorf("%d commands are pending, want that of the first day", n)
	}
}

// A busy shop: of what has ended, as many stay as a search goes through, the newest.
func TestTooManyEnded(t *testing.T) {
	const total, most = 10_180, 10_000
	tl, _ := alone(t)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		for n := range total {
			o := order.Order{
				ID: fmt.Sprintf("e%05d", n), Location: "plateau", Revision: 3, Status: order.Completed, Currency: "CAD",
				PlacedAt: ten, CompletedAt: ten.Add(time.Duration(n-total) * time.Minute),
			}
			if err := tx.PutOrder(o); err != nil {
				return err
			}
		}
		return nil
	}))
	left := func() (n int) {
		tl.ok(tl.disk.View(func(tx terminal.Tx) error {
			return tx.EachEnded(time.Time{}, time.Time{}, func(order.Order) bool { n++; return true })
		}))
		return n
	}
	before := left()
	tl.service.Tick()
	if step := before - left(); step < 1 || step > 50 {
		t.Errorf("the first step took %d orders, want some, and 50 at most", step)
	}
	for range 10 {
		tl.service.Tick()
	}
	if n := left(); n != most {
		t.Errorf("%d orders are left, want %d", n, most)
	}
	if tl.order("e00000").ID != "" || tl.order(fmt.Sprintf("e%05d", total-most)).ID == "" {
		t.Error("it did not forget the first ones")
	}
}

// What must stay, since nobody ever said whether its receipt came out, keeps nothing else.
func TestManyThatMustStay(t *testing.T) {
	const stay, gone = 700, 60
	tl, _ := alone(t)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		for n := range stay + gone {
			o := order.Order{
				ID: fmt.Sprintf("e%05d", n), Location: "plateau", Revision: 3, Status: order.Completed, Currency: "CAD",
				PlacedAt: ten, CompletedAt: ten.Add(time.Duration(n)*time.Minute - 91*day),
			}
			if err := tx.PutOrder(o); err != nil {
				return err
			}
			if n >= stay {
				continue
			}
			err := tx.PutJob(terminal.Job{
				Key: o.ID + "/r", OrderID: o.ID, Location: o.Location, Station: terminal.StationReceipts, Kind: order.Receipt,
				State: terminal.JobUnconfirmed, Copies: 1, Copy: true, Ticket: &terminal.Ticket{}, Owner: tl.name,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	for range 4 {
		tl.service.Tick()
		tl.service.Tick()
		tl.clock.add(10 * time.Minute)
	}
	for n, id := range map[int]string{0: "e00000", stay - 1: "e00699", stay: "e00700", stay + gone - 1: "e00759"} {
		if there := tl.order(id).ID != ""; there != (n < stay) {
			t.Errorf("order %d is there: %t", n, there)
		}
	}
}

// A shop without a printer: nothing ever prints the tickets of its orders, and nobody is asked. They
// go with what ended three months ago, or the file would grow and each look through the queues take
// longer for ever.
func TestMonthsWithoutPrinter(t *testing.T) {
	h := newHub(t)
	tl := &till{t: t, name: "counter-1", path: t.TempDir() + "/t.db", clock: &clock{now: ten}, config: terminal.Config{Device: "counter-1"}, papers: &h.papers}
	tl.open()
	t.Cleanup(tl.close)
	tl.ok(tl.service.Locations([]shop.Location{h.location})) // no station has a printer, so the hub gives no leases
	open := h.comes(nil)
	var ended []string
	for range 3 {
		id := h.comes(nil)
		h.must(id, order.Command{Type: order.MarkReady})
		h.must(id, order.Command{Type: order.HandOver})
		ended = append(ended, id)
	}
	h.meet(tl)
	rest(tl, h, 89*day)
	for _, id := range ended {
		if tl.order(id).ID == "" {
			t.Fatal("an order is gone before its time")
		}
	}
	rest(tl, h, 2*day)
	for _, id := range ended {
		if tl.order(id).ID != "" || len(tl.jobs(id)) > 0 {
			t.Errorf("%s is still there: %s", id, states(tl.jobs(id)))
		}
	}
	if tl.order(open).ID == "" || len(tl.jobs(open)) == 0 {
		t.Error("the order that is open is gone")
	}
}
