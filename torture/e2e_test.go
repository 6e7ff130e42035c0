package torture

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/order"
)

// burgerAndCoffee is a Deliverect order of three categories, two of them the grill's.
func burgerAndCoffee(number string) *sent {
	return (&sent{platform: deliverect, number: number, reference: "e2e-" + number, items: []item{
		{PLU: "BRG-01", Name: "Burger façon Comptoir", station: "grill", quantity: 2},
		{PLU: "GRL-01", Name: "Bœuf grillé à point", station: "grill", quantity: 1},
		{PLU: "BOI-01", Name: "Café crème", station: "bar", quantity: 3},
	}}).named()
}

// printed reports whether each of the two stations has a whole ticket.
func (s *stage) printed(number string) bool {
	slips := s.paper.of(number)
	return slices.ContainsFunc(slips, func(p slip) bool { return p.whole && p.station == "grill" }) &&
		slices.ContainsFunc(slips, func(p slip) bool { return p.whole && p.station == "bar" })
}

func (s *stage) mustPlace(o *sent) {
	s.t.Helper()
	if err := s.place(s.t.Context(), o); err != nil {
		s.t.Fatal(err)
	}
}

// verify levels and checks the whole shop.
func (s *stage) verify(orders ...*sent) *check {
	s.t.Helper()
	orders = append(orders, s.level(20*time.Second, "FIN1"))
	c := s.check(orders)
	c.complain()
	return c
}

// plainly wants each ticket once, without a word of doubt.
func (c *check) plainly() {
	c.s.t.Helper()
	if c.marked > 0 || c.copies != c.wanted {
		c.s.t.Errorf("%d tickets came out, %d of them marked; want %d, none marked", c.copies, c.marked, c.wanted)
		for _, p := range c.s.paper.all() {
			c.s.t.Logf("%s, %s:\n%s", p.printer, p.station, p.picture)
		}
	}
}

func TestOrderToTickets(t *testing.T) { // not parallel: it measures
	s := newStage(t, 1, 0)
	s.open()
	o := burgerAndCoffee("K4F2")
	body, err := o.body()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for range 3 { // the same webhook again is the same order
		if err := s.post(t.Context(), o, body); err != nil {
			t.Fatal(err)
		}
		s.until(10*time.Second, "a ticket at each station", func() bool { return s.printed(o.number) })
	}
	last := slices.MaxFunc(s.paper.of(o.number), func(a, b slip) int { return a.at.Compare(b.at) })
	t.Logf("webhook to the last ticket's last byte: %v", last.at.Sub(begun).Round(time.Millisecond))
	s.verify(o).plainly()
}

func TestClosedStdin(t *testing.T) {
	t.Parallel()
	s := newStage(t, 1, 0)
	s.open()
	if err := s.terminals[0].stdin.Close(); err != nil {
		t.Fatal(err)
	}
	o := burgerAndCoffee("K4F2")
	s.mustPlace(o)
	s.verify(o).plainly()
	s.restart(s.terminals[0])
}

func TestTwoTerminals(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, 0)
	s.open()
	var orders []*sent
	for i := range 10 {
		o := burgerAndCoffee(fmt.Sprintf("T%03d", i))
		orders = append(orders, o)
		s.mustPlace(o)
	}
	orders = append(orders, s.level(20*time.Second, "FIN0"))
	c := s.check(orders)
	c.complain()
	c.plainly()

	// one terminal holds both stations: it came first
	holder := s.terminals[0]
	for _, p := range s.paper.all() {
		if p.printer != holder.name {
			t.Fatalf("%s printed at %s", p.printer, p.station)
		}
	}
	holder.kill()
	begun := time.Now()
	late := burgerAndCoffee("T999")
	orders = append(orders, late)
	s.mustPlace(late)
	s.until(20*time.Second, "the other terminal prints", func() bool { return s.printed(late.number) })
	t.Logf("takeover after %v", time.Since(begun).Round(time.Millisecond))

	s.startOnline(holder)
	if c = s.verify(orders...); c.copies-c.marked > c.wanted {
		t.Errorf("%d copies without DOUBLON POSSIBLE of %d tickets", c.copies-c.marked, c.wanted)
	}
}

// TestTakeoverByLatecomer: the terminal that takes over hears of everything in one go, and must
// still know what the former one may have printed.
func TestTakeoverByLatecomer(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, 0)
	for _, o := range s.outlets[:2] { // so that the first terminal dies before it can report
		o.slow.Store(int64(time.Second))
	}
	s.start(s.hub)
	s.startOnline(s.terminals[0])
	before, after := burgerAndCoffee("T001"), burgerAndCoffee("T002")
	s.mustPlace(before)
	s.until(10*time.Second, "tickets at the first terminal", func() bool { return s.printed(before.number) })
	s.terminals[0].kill()
	s.mustPlace(after)
	s.startOnline(s.terminals[1])
	s.until(20*time.Second, "the other terminal prints", func() bool {
		return s.printed(after.number) && len(s.paper.of(before.number)) == 4
	})
	s.verify(before, after)
}

// TestTakeoverByAcceptor: who takes over made its print job at its own tap, before the order's
// place in the log was known, and must still know that the former terminal may have printed it.
func TestTakeoverByAcceptor(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, 0)
	rewrite(t, s.hub.config, "auto_accept = true", "auto_accept = false")
	for _, o := range s.outlets[:2] {
		o.slow.Store(int64(time.Second))
	}
	s.open()
	o := burgerAndCoffee("T001")
	s.mustPlace(o)
	acceptor := s.terminals[1]
	s.until(10*time.Second, "the order is on the screen", func() bool { return len(acceptor.log.last(1, o.id)) > 0 })
	acceptor.say(fmt.Sprintf(`{"type":"Accept","orderId":%q}`, o.id))
	s.until(10*time.Second, "tickets at the first terminal", func() bool { return s.printed(o.number) })
	s.terminals[0].kill()
	s.until(20*time.Second, "the other terminal prints", func() bool { return len(s.paper.of(o.number)) == 4 })
	s.verify(o)
}

func TestHubDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, 1, 0)
	s.open()
	s.hub.kill()
	s.until(10*time.Second, "the terminal is offline", func() bool {
		return len(s.terminals[0].log.last(1, `"event":"offline"`)) > 0
	})
	o := burgerAndCoffee("C001")
	counter := s.terminals[0]
	for range 2 { // the same command again is the same order
		if err := counter.sell(o); err != nil {
			t.Fatal(err)
		}
	}
	s.until(10*time.Second, "the counter's order is printed without a hub", func() bool { return s.printed(o.number) })
	o.platform, o.acknowledged = ownShop, true
	o.id = order.Identity(order.ChannelCounter, counter.name, o.command())
	s.start(s.hub)
	s.verify(o).plainly()
}
