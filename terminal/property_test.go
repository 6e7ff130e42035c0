package terminal_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// trial is a day at two terminals and a hub, in which everything goes wrong.
type trial struct {
	*rapid.T
	hub    *hub
	tills  []*till
	online map[*till]bool
	// sending holds the copies under way, by terminal and printer.
	sending map[string]*copying
	// out tells for each paper of the hub whether it really came out.
	out []bool
	// moved is set once a lease has changed hands, or a ticket waited for a person or went to a
	// backup printer: then papers may cross.
	moved bool
}

type copying struct {
	till  *till
	paper paper
}

// The guarantee of design.md section 5, whatever happens.
func TestGuarantee(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		commands = 0 // the same ids each time, so that a failure can be repeated
		tr := &trial{T: rt, hub: newHub(rt), online: map[*till]bool{}, sending: map[string]*copying{}}
		for _, name := range []string{"counter-1", "counter-2"} {
			tl := newTill(rt, dir, name, ten, &tr.hub.papers)
			tl.config.MaxAge = 30 * time.Minute
			tl.config.Setup.Stations = map[string]terminal.StationSetup{
				"grill": {Printer: "grill", Backup: "bar", Combine: true}, "bar": {Printer: "bar", Backup: "grill", Copies: 2},
			}
			tl.restart()
			defer func() { tl.close() }()
			tr.hub.join(tl)
			tr.tills = append(tr.tills, tl)
			tr.welcome(tl)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"order":   tr.newOrder,
			"partner": tr.partner,
			"sell":    tr.sell,
			"tap":     tr.tap,
			"hear":    tr.hear,
			"send":    tr.send,
			"send2":   tr.send, // as often as all else together would hold it up
			"line":    tr.line,
			"lease":   tr.lease,
			"print":   tr.print,
			"print2":  tr.print,
			"answer":  tr.answer,
			"reprint": tr.reprint,
			"restart": tr.restart,
			"clock":   tr.step,
		})
		tr.settle()
		tr.check()
	})
}

func (tr *trial) till(t *rapid.T) *till { return tr.tills[rapid.IntRange(0, 1).Draw(t, "till")] }

func someLines(t *rapid.T) []order.Line {
	burgers := rapid.IntRange(0, 3).Draw(t, "burgers")
	return lines(burgers, rapid.IntRange(max(0, 1-burgers), 3).Draw(t, "coffees"))
}

func (tr *trial) newOrder(t *rapid.T) {
	change := func(o *order.Order) {
		o.Lines = someLines(t)
		if rapid.IntRange(0, 4).Draw(t, "scheduled") == 0 {
			inMinutes(rapid.IntRange(60, 300).Draw(t, "minutes"))(o)
		}
	}
	tr.hub.waits(change, rapid.IntRange(0, 4).Draw(t, "waits") > 0)
}

// known draws an order that the hub has, if there is one that suits.
func (tr *trial) known(t *rapid.T, suits func(order.Order) bool) (order.Order, bool) {
	var all []order.Order
	for _, o := range tr.hub.orders {
		if suits(o) {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		return order.Order{}, false
	}
	slices.SortFunc(all, func(a, b order.Order) int { return cmp.Compare(a.ID, b.ID) })
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "order")], true
}

// partner is what a platform or the hub does.
func (tr *trial) partner(t *rapid.T) {
	o, found := tr.known(t, func(o order.Order) bool { return o.Partner() && o.Status.Open() })
	if !found {
		return
	}
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		tr.hub.must(o.ID, order.Command{Type: order.PartnerCancel})
	case 1:
		if o.Status == order.New {
			tr.hub.must(o.ID, order.Command{Type: order.Accept, By: order.AutoAccept})
		}
	default:
		now := someLines(t)
		if rapid.IntRange(0, 3).Draw(t, "moves") == 0 {
			now[0].Station = "bar"
		}
		tr.hub.change(o.ID, now)
	}
}

func (tr *trial) sell(t *rapid.T) {
	if _, err := tr.till(t).service.Place(order.Command{ID: commandID(), Order: &order.Order{Lines: someLines(t)}}); err != nil {
		t.Fatal(err)
	}
}

// tap is what a cashier does; what the order refuses is no fault.
func (tr *trial) tap(t *rapid.T) {
	tl := tr.till(t)
	orders := tl.service.Orders()
	if len(orders) == 0 {
		return
	}
	slices.SortFunc(orders, func(a, b order.Order) int { return cmp.Compare(a.ID, b.ID) })
	o := orders[rapid.IntRange(0, len(orders)-1).Draw(t, "order")]
	c := order.Command{ID: commandID(), OrderID: o.ID}
	c.Type = rapid.SampledFrom([]order.CommandType{
		order.Start, order.MarkReady, order.HandOver, order.Acknowledge, order.Delay, order.Accept, order.Reject, order.CancelItems,
	}).Draw(t, "command")
	switch c.Type {
	case order.Delay:
		c.Minutes = rapid.SampledFrom([]int{5, 120}).Draw(t, "minutes")
	case order.CancelItems:
		if rapid.Bool().Draw(t, "one") {
			c.Items = []order.ItemQuantity{{Line: o.Lines[0].ID, Quantity: 1}}
		}
	}
	if err := tl.insist(func() error { _, err := tl.service.Do(c); return err }); err != nil && order.KindOf(err) == "" {
		t.Fatal(err)
	}
}

func (tr *trial) hear(t *rapid.T) {
	tl := tr.till(t)
	if !tr.online[tl] {
		return
	}
	refused := map[string]bool{} // the hub does not change its mind
	tr.hub.refuse = func(c order.Command) bool {
		if c.Type == order.Printed || tr.hub.orders[c.OrderID].Applied(c.ID) {
			return false
		}
		if _, asked := refused[c.ID]; !asked {
			refused[c.ID] = rapid.IntRange(0, 7).Draw(t, "refused") == 0
		}
		return refused[c.ID]
	}
	deaf := rapid.IntRange(0, 3).Draw(t, "deaf") == 0
	if deaf {
		tr.hub.refuse = nil // it would be asked again
	}
	tr.hub.hear(tl, rapid.IntRange(1, 5).Draw(t, "commands"), deaf)
	tr.hub.refuse = nil
	if deaf {
		tr.cut(tl)
	}
}

func (tr *trial) send(t *rapid.T) {
	tl := tr.till(t)
	if !tr.online[tl] {
		return
	}
	lost := rapid.IntRange(0, 7).Draw(t, "lost") == 0
	tr.hub.send(tl, 1000, lost)
	if lost {
		tr.cut(tl)
	}
}

// line connects a terminal, or cuts it off.
func (tr *trial) line(t *rapid.T) {
	tl := tr.till(t)
	if tr.online[tl] {
		tr.cut(tl)
	} else {
		tr.welcome(tl)
	}
}

func (tr *trial) cut(tl *till) {
	tr.online[tl] = false
	tl.service.Link(false, "cut")
}

func (tr *trial) welcome(tl *till) {
	tr.online[tl] = true
	tl.service.Link(true, "")
	tl.ok(tl.service.Locations([]shop.Location{tr.hub.location}))
	for _, station := range tr.hub.location.Stations {
		tl.ok(tl.insist(func() error { return tl.service.Lease(tr.hub.leases[station.ID]) }))
	}
}

// lease gives the stations of a terminal that is out of reach to the other one.
func (tr *trial) lease(*rapid.T) {
	for i, tl := range tr.tills {
		other := tr.tills[1-i]
		if tr.online[tl] || !tr.online[other] {
			continue
		}
		for _, station := range tr.hub.location.Stations {
			if tr.hub.leases[station.ID].Device == tl.name {
				move(tr.hub, station.ID, other, other)
				tr.moved = true
			}
		}
	}
}

// print begins a copy, or ends the one under way.
func (tr *trial) print(t *rapid.T) {
	tl := tr.till(t)
	printer := rapid.SampledFrom(printers).Draw(t, "printer")
	key := tl.name + printer
	if c := tr.sending[key]; c != nil {
		delete(tr.sending, key)
		tr.end(c, rapid.SampledFrom([]terminal.Outcome{
			terminal.Sent, terminal.Sent, terminal.Proven, terminal.Unknown, terminal.NothingLeft,
		}).Draw(t, "outcome"), rapid.Bool().Draw(t, "out"))
		return
	}
	if p, begun := tr.begin(tl, printer); begun {
		tr.sending[key] = &copying{tl, p}
	}
}

func (tr *trial) begin(tl *till, printer string) (paper, bool) {
	for _, printer := range printers {
		status := tl.status(printer)
		tr.moved = tr.moved || len(status.Stale)+len(status.Unconfirmed) > 0
	}
	p, begun := tl.begin(printer)
	tr.moved = tr.moved || p.ticket.Backup != ""
	if begun && (p.ticket.Backup != "") != (p.job.Station != printer) {
		tr.Fatalf("%s printed for %s, headed backup of %q", printer, p.job.Station, p.ticket.Backup)
	}
	for key, c := range tr.sending {
		if begun && c.till == tl && c.paper.job.Key == p.job.Key {
			tr.Fatalf("%s and %s print %s at once", key, printer, p.job.Key)
		}
	}
	return p, begun
}

var printers = []string{"grill", "bar"}

// answer is what people say of tickets that are old, or that may have come out.
func (tr *trial) answer(t *rapid.T) { tr.decide(t, tr.till(t)) }

func (tr *trial) decide(t *rapid.T, tl *till) (decided bool) {
	for _, printer := range printers {
		for _, j := range tl.status(printer).Unconfirmed {
			there := false
			for i, p := range tr.hub.papers {
				there = there || tr.out[i] && p.device == tl.name && p.job.Key == j.Key
			}
			if there {
				tl.ok(tl.insist(func() error { return tl.service.Confirm(j.Key) }))
			} else {
				tl.ok(tl.insist(func() error { return tl.service.PrintAgain(j.Key) }))
			}
			decided = true
		}
		if len(tl.status(printer).Stale) == 0 {
			continue
		}
		tr.moved, decided = true, true
		tl.told("")
		tl.ok(rapid.SampledFrom([]func(string) error{
			tl.service.PrintStale, tl.service.DiscardStale, tl.service.SummarizeStale,
		}).Draw(t, "answer")(printer))
		for _, e := range tl.told(terminal.EventTicket) {
			if j := e.Job; j.State == terminal.JobDiscarded && !j.Copy && j.Kind != terminal.KindSummary {
				tr.hub.papers = append(tr.hub.papers, paper{device: tl.name, job: j, ticket: *j.Ticket, told: true})
				tr.out = append(tr.out, true)
			}
		}
	}
	return decided
}

// reprint is what somebody asks for who cannot find a ticket.
func (tr *trial) reprint(t *rapid.T) {
	o, found := tr.known(t, func(order.Order) bool { return true })
	if !found {
		return
	}
	err := tr.till(t).service.Reprint(o.ID, rapid.SampledFrom(printers).Draw(t, "station"))
	if err != nil && order.KindOf(err) == "" {
		t.Fatal(err)
	}
}

func (tr *trial) end(c *copying, outcome terminal.Outcome, out bool) {
	c.till.end(c.paper, outcome)
	if outcome != terminal.NothingLeft {
		tr.out = append(tr.out, outcome != terminal.Unknown || out)
	}
}

func (tr *trial) restart(t *rapid.T) {
	tl := tr.till(t)
	for _, printer := range printers {
		if c := tr.sending[tl.name+printer]; c != nil {
			delete(tr.sending, tl.name+printer)
			tr.hub.papers = append(tr.hub.papers, c.paper)
			tr.out = append(tr.out, rapid.Bool().Draw(t, "out"))
		}
	}
	tl.restart()
	tr.cut(tl)
}

func (tr *trial) step(t *rapid.T) {
	clocks := []*clock{tr.hub.clock, tr.tills[0].clock, tr.tills[1].clock}
	step := rapid.SampledFrom([]int{1, 1, 10, 60, -30}).Draw(t, "minutes")
	clocks[rapid.IntRange(0, 2).Draw(t, "clock")].add(time.Duration(step) * time.Minute)
}

// settle lets everything come right: printers print, lines hold, time passes.
func (tr *trial) settle() {
	tr.Helper()
	for _, key := range slices.Sorted(maps.Keys(tr.sending)) {
		tr.end(tr.sending[key], terminal.Sent, true)
		delete(tr.sending, key)
	}
	tr.hub.clock.add(72 * time.Hour)
	for _, tl := range tr.tills {
		tl.clock.set(tr.hub.clock.Now())
		tr.welcome(tl)
	}
	for range 500 {
		tr.hub.meet(tr.tills...)
		printed := false
		for _, tl := range tr.tills {
			printed = tr.decide(tr.T, tl) || printed
			for _, printer := range printers {
				if p, begun := tr.begin(tl, printer); begun {
					tr.end(&copying{tl, p}, terminal.Sent, true)
					printed = true
				}
			}
		}
		if !printed {
			return
		}
	}
	tr.Fatalf("the printers never stop\n%s", tr.story(""))
}

func (tr *trial) check() {
	tr.Helper()
	ids := map[string]bool{}
	for id := range tr.hub.orders {
		ids[id] = true
	}
	for _, p := range tr.hub.papers {
		if p.job.OrderID != "" { // a summary's
			ids[p.job.OrderID] = true // also of orders that the hub refused
		}
	}
	for id := range ids {
		for _, tl := range tr.tills {
			if o, found := tr.hub.orders[id]; found && tl.order(id).Revision != o.Revision {
				tr.Fatalf("%s shows revision %d of %s, the hub has %d", tl.name, tl.order(id).Revision, id, o.Revision)
			}
			for _, j := range tl.jobs(id) {
				if !j.State.Ended() && j.State != terminal.JobIdle {
					tr.Fatalf("%s still has %s %s\n%s", tl.name, j.Key, j.State, tr.story(id))
				}
			}
		}
		for _, station := range []string{"grill", "bar"} {
			tr.cooked(id, station)
		}
	}
	tr.marked()
}

// cooked wants the station's paper to say what is to be cooked.
func (tr *trial) cooked(id, station string) {
	tr.Helper()
	var papers []paper
	for i, p := range tr.hub.papers {
		if tr.out[i] && p.job.OrderID == id && p.job.Station == station && !p.job.Copy {
			papers = append(papers, p)
		}
	}
	if tr.moved { // a cook goes by what is newest, not by what came last
		slices.SortStableFunc(papers, func(a, b paper) int { return cmp.Compare(a.job.Version, b.job.Version) })
	}
	var says []order.Line
	seen := map[string]bool{}
	for _, p := range papers {
		again := seen[p.job.Key]
		seen[p.job.Key] = true
		switch {
		case p.ticket.Kind == order.Changed && !same(append(slices.Clone(p.ticket.Lines), p.ticket.Added...), p.ticket.After):
			tr.Fatalf("a changed ticket does not add up: %s, leaves %s", brief(p.ticket), count("", p.ticket.After))
		case p.ticket.Kind != order.Changed || tr.moved:
			says = p.ticket.After
		case !again:
			d := order.Difference(says, p.ticket.Removed)
			if len(d.Added) > 0 {
				tr.Fatalf("%s takes away what was not there: %s\n%s", station, brief(p.ticket), tr.story(id))
			}
			says = append(d.Removed, p.ticket.Added...)
		}
	}
	var want []order.Line
	if o := tr.hub.orders[id]; o.KitchenVersion > 0 {
		want = o.KitchenLines(station)
	}
	if !same(says, want) {
		tr.Fatalf("the paper of %s says %q, want %q\n%s", station, count("", says), count("", want), tr.story(id))
	}
}

func same(a, b []order.Line) bool { return order.Difference(a, b).Empty() }

// marked wants every copy but the first that may have come out to say so.
func (tr *trial) marked() {
	tr.Helper()
	plain := map[string]int{}
	copies := map[string]int{}
	for _, p := range tr.hub.papers {
		if p.told {
			continue
		}
		if p.job.Copy && p.ticket.Heading == terminal.HeadingNone {
			tr.Fatalf("a copy that was asked for is not marked\n%s", tr.story(p.job.OrderID))
		}
		if p.job.Copy {
			continue
		}
		here := p.device + " " + p.job.Key
		if copies[here]++; copies[here] > 1 && p.ticket.Heading != terminal.HeadingDuplicate {
			tr.Fatalf("copy %d of %s is not marked\n%s", copies[here], p.job.Key, tr.story(p.job.OrderID))
		}
		if p.ticket.Heading == terminal.HeadingNone {
			if plain[p.job.Key]++; plain[p.job.Key] > 1 {
				tr.Fatalf("two plain copies of %s\n%s", p.job.Key, tr.story(p.job.OrderID))
			}
		}
	}
}

// story is what happened to an order, for people.
func (tr *trial) story(id string) string {
	var b strings.Builder
	for i, p := range tr.hub.papers {
		if id == "" || p.job.OrderID == id {
			fmt.Fprintf(&b, "  %s %s out=%t: %s\n", p.device, p.job.Key, tr.out[i], brief(p.ticket))
		}
	}
	for _, entry := range tr.hub.orders[id].History {
		fmt.Fprintf(&b, "  hub: %s %s by %s\n", entry.What, entry.Detail, entry.By)
	}
	return b.String()
}
