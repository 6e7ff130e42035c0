package torture

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sandbox"
)

// check is what came of a run.
type check struct {
	s      *stage
	orders []*sent
	stored []order.Order
	byID   map[string]order.Order

	tries, acknowledged, cancelled, unprinted            int
	missing, doubled, unasked, unfinished, commandsAgain int
	wanted, out, copies, marked, unmarkedAgain           int
	voids, cautious, scraps, unreported                  int
	accepts, acceptsAgain, acceptsMissing, unknown, odds int
	onTerminal, different, pending, told, toldLost       int

	faults []fault
}

// fault is something that must not be, with what it is about.
type fault struct {
	order *sent // nil: it is about none
	text  string
}

// check compares what was sent, what the hub holds, what came out, and what the platforms heard.
func (s *stage) check(orders []*sent) *check {
	s.t.Helper()
	stored, err := s.stored(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	c := &check{s: s, orders: orders, stored: stored, byID: map[string]order.Order{}}
	c.log()
	c.paper()
	c.calls()
	return c
}

func (c *check) fault(o *sent, format string, args ...any) {
	c.faults = append(c.faults, fault{o, fmt.Sprintf(format, args...)})
}

// log: every acknowledged order is stored, once, and nothing else.
func (c *check) log() {
	stored := map[string]int{}
	for _, o := range c.stored {
		stored[o.Reference]++
		c.byID[o.ID] = o
		c.once(o)
	}
	for _, o := range c.orders {
		c.tries += o.tries
		if !o.acknowledged {
			continue
		}
		c.acknowledged++
		switch n := stored[o.reference]; {
		case n == 0:
			c.missing++
			c.fault(o, "the hub has lost it")
		case n > 1:
			c.doubled++
			c.fault(o, "the hub has it %d times", n)
		}
		delete(stored, o.reference)
		if now, found := c.byID[o.id]; found && now.Cancelled() != o.cancelled || o.finished && now.Status != order.Completed {
			c.unfinished++
			c.fault(o, "its status is %s (%s)", now.Status, now.Reason)
		}
	}
	for reference := range stored {
		c.unasked++
		c.fault(nil, "the hub has the order %s, which nobody sent", reference)
	}
}

// once: no command was applied twice.
func (c *check) once(o order.Order) {
	applied := map[string]bool{}
	for _, id := range commandsOf(o) {
		if applied[id] {
			c.commandsAgain++
			c.fault(nil, "order %s: the command %s was applied twice", o.Number, id)
		}
		applied[id] = true
	}
}

// replica: a terminal has on its disk what the hub has on its own, and nothing more to tell. Both
// have ended.
func (c *check) replica(p *process) {
	log, err := orderlog.Open(filepath.Join(c.s.hub.dataDir(), "hub.db"), orderlog.Options{})
	if err != nil {
		c.fault(nil, "the hub's file: %v", err)
		return
	}
	stored, err := logged(log)
	r, failure := readReplica(p.dataDir())
	if err = errors.Join(err, log.Close(), failure); err != nil {
		c.fault(nil, "the files at the end: %v", err)
		return
	}
	for _, text := range r.differences(stored) {
		c.different++
		c.fault(nil, "%s: %s", p.name, text)
	}
	if c.pending = r.pending; r.pending > 0 {
		c.fault(nil, "%s: %d commands still wait for the hub", p.name, r.pending)
	}
	c.onTerminal, c.told = len(r.orders), p.told.promised
	c.toldLost = len(p.told.broken)
	for _, text := range p.told.broken {
		c.fault(nil, "%s: after a kill: %s", p.name, text)
	}
}

// paper: every item of every order came out at its station, and every doubt says so.
func (c *check) paper() {
	slips := map[string][]slip{}
	for _, s := range c.s.paper.all() {
		if s.number == "" {
			c.scraps++
			if s.whole {
				c.fault(nil, "a ticket has no number:\n%s", s.picture)
			}
			continue
		}
		slips[s.number] = append(slips[s.number], s)
	}
	for _, o := range c.orders {
		if o.cancelled {
			c.cancelled++
			if len(slips[o.number]) == 0 {
				c.unprinted++
			}
		}
		for _, station := range []string{"grill", "bar"} {
			var kitchen, voids []slip
			for _, s := range slips[o.number] {
				switch {
				case s.station != station:
				case s.void:
					voids = append(voids, s)
				default:
					kitchen = append(kitchen, s)
				}
			}
			c.station(o, station, kitchen, voids)
		}
		delete(slips, o.number)
	}
	for number := range slips {
		c.fault(nil, "tickets of the order %s, which nobody sent", number)
	}
}

func (c *check) station(o *sent, station string, kitchen, voids []slip) {
	items := o.at(station)
	if len(items) == 0 {
		if len(kitchen)+len(voids) > 0 {
			c.fault(o, "%s has paper of it, and nothing to make", station)
		}
		return
	}
	c.count(o, station, kitchen)
	c.count(o, station, voids)
	for _, s := range kitchen {
		if s.whole {
			c.content(o, station, s, items)
		}
	}
	if !o.cancelled {
		c.wanted++
		if slices.ContainsFunc(kitchen, func(s slip) bool { return s.whole }) {
			c.out++
		} else {
			c.fault(o, "%s has no ticket", station)
		}
		c.reported(o, station, order.Kitchen)
		if len(voids) > 0 {
			c.fault(o, "%s has an ANNULÉE ticket of an order that nobody cancelled", station)
		}
		return
	}
	if len(voids) > 0 {
		c.voids++
		c.reported(o, station, order.Void)
	}
	switch {
	case len(kitchen) > 0 && !slices.ContainsFunc(voids, func(s slip) bool { return s.whole }):
		c.fault(o, "%s cooks a cancelled order: no ANNULÉE ticket", station)
	case len(kitchen) > 0 && voids[len(voids)-1].at.Before(kitchen[len(kitchen)-1].at):
		c.fault(o, "%s got a ticket after the last ANNULÉE one", station)
	case len(kitchen) == 0 && len(voids) > 0:
		c.cautious++ // killed before the first byte left, which the terminal cannot know
	}
}

// reported: the hub knows that a ticket is out, and nobody goes on about it.
func (c *check) reported(o *sent, station string, kind order.TicketKind) {
	if !slices.ContainsFunc(c.byID[o.id].Tickets, func(t order.Ticket) bool {
		return t.Station == station && t.Kind == kind && t.State.Out()
	}) {
		c.unreported++
		c.fault(o, "%s: the hub does not know that the %s ticket is out", station, kind)
	}
}

// count: the first copy may be unmarked, every other one must say DOUBLON POSSIBLE.
func (c *check) count(o *sent, station string, copies []slip) {
	c.copies += len(copies)
	for i, s := range copies {
		switch {
		case s.marked:
			c.marked++
		case i > 0:
			c.unmarkedAgain++
			c.fault(o, "%s has copy %d without DOUBLON POSSIBLE", station, i+1)
		}
	}
}

var articles = regexp.MustCompile(`(\d+) articles?\b`)

// content: all that the station makes of the order, and no more.
func (c *check) content(o *sent, station string, s slip, items []item) {
	text, sum := squeezed(s.text), 0
	for _, it := range items {
		sum += it.quantity
		if !strings.Contains(text, squeezed(strconv.Itoa(it.quantity)+it.Name)) {
			c.fault(o, "%s: %d %s is not on the ticket", station, it.quantity, it.Name)
		}
	}
	if found := articles.FindStringSubmatch(s.text); found == nil || found[1] != strconv.Itoa(sum) {
		c.fault(o, "%s: the ticket does not say %d items", station, sum)
	}
}

// calls: every platform heard that its order was accepted, and of no other.
func (c *check) calls() {
	known := map[string]bool{}
	for _, o := range c.orders {
		known[o.platform+o.reference] = o.acknowledged
	}
	c.s.eachCall(func(platform, reference string, call sandbox.Call) {
		switch {
		case !known[platform+reference]:
			c.unknown++
			c.fault(nil, "%s was called about the unknown order %s: %+v", platform, reference, call)
		case strings.Contains(call.Problem, "already processed"): // a repeat after a kill
		case call.Problem != "":
			c.odds++
			c.fault(nil, "%s does not take a call: %s: %+v", platform, call.Problem, call)
		}
	})
	accepted := c.s.accepts()
	for _, o := range c.orders {
		if o.platform == ownShop {
			continue
		}
		n := accepted[o.platform+o.reference]
		if n == 0 {
			c.acceptsMissing++
			c.fault(o, "%s never heard that it was accepted", o.platform)
			continue
		}
		c.accepts++
		c.acceptsAgain += n - 1
	}
}

// eachCall visits the calls that the platforms got.
func (s *stage) eachCall(visit func(platform, reference string, call sandbox.Call)) {
	for _, call := range s.deliverect.Calls() {
		parts := strings.Split(call.Path, "/")
		visit(deliverect, parts[len(parts)-1], call) // /orderStatus/{id}
	}
	for _, call := range s.doordash.Calls() {
		visit(doordash, strings.Split(strings.TrimPrefix(call.Path, "/api/v1/orders/"), "/")[0], call)
	}
}

// accepts counts how often a platform heard that an order was accepted, by both their names.
func (s *stage) accepts() map[string]int {
	accepted := map[string]int{}
	s.eachCall(func(platform, reference string, call sandbox.Call) {
		status, _ := call.Body["status"].(float64)
		if platform == deliverect && status == 20 || call.Body["order_status"] == "success" {
			accepted[platform+reference]++
		}
	})
	return accepted
}

// counts is the result for people.
func (c *check) counts() string {
	return fmt.Sprintf(`counts:
orders    acknowledged %d (in %d requests), stored %d, missing %d, doubled %d, unasked %d, in a wrong state %d, commands applied twice %d
terminal  orders on its disk %d, other than the hub's %d, commands pending %d; told on stdout and looked for after its kills %d, lost %d
tickets   wanted %d, out %d; all copies %d, of these DOUBLON POSSIBLE %d, repeated without it %d, unknown to the hub %d, cut-off scraps %d
cancelled %d (never printed %d), stations with ANNULÉE %d (%d of them to be safe)
calls     accepted orders told %d, told again %d, not told %d; about unknown orders %d, refused %d`,
		c.acknowledged, c.tries, len(c.stored), c.missing, c.doubled, c.unasked, c.unfinished, c.commandsAgain,
		c.onTerminal, c.different, c.pending, c.told, c.toldLost,
		c.wanted, c.out, c.copies, c.marked, c.unmarkedAgain, c.unreported, c.scraps,
		c.cancelled, c.unprinted, c.voids, c.cautious,
		c.accepts, c.acceptsAgain, c.acceptsMissing, c.unknown, c.odds)
}

// complain fails the test for each fault, the first ones with the evidence.
func (c *check) complain() {
	c.s.t.Helper()
	const whole = 5
	for i, f := range c.faults {
		if f.order == nil {
			c.s.t.Error(f.text)
			continue
		}
		c.s.t.Errorf("order %s (%s): %s", f.order.number, f.order.id, f.text)
		if i < whole {
			c.s.t.Log(c.evidence(f.order))
		}
	}
}

// evidence is all that is known of an order.
func (c *check) evidence(o *sent) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sent: %+v\n", *o)
	for _, now := range c.stored {
		if now.ID == o.id {
			fmt.Fprintf(&b, "hub: %s %s, kitchen version %d, tickets %+v\n", now.Status, now.Reason, now.KitchenVersion, now.Tickets)
			for _, entry := range now.History {
				fmt.Fprintf(&b, "  %s %s by %s %s\n", entry.At.Local().Format("15:04:05.000"), entry.What, entry.By, entry.Detail)
			}
		}
	}
	for _, s := range c.s.paper.of(o.number) {
		fmt.Fprintf(&b, "%s, %s, %s, whole: %v\n%s", s.printer, s.station, s.at.Format("15:04:05.000"), s.whole, s.picture)
	}
	for _, p := range append([]*process{c.s.hub}, c.s.terminals...) {
		fmt.Fprintf(&b, "%s:\n  %s\n", p.name, strings.Join(p.log.last(20, o.id), "\n  "))
	}
	return b.String()
}
