package converge

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// tally counts what happened and what came of it.
type tally struct {
	schedules, orders, commands, facts, applied, refusedThere, refusedHere, cuts, kills, restarts, restores, lost, doubled int
}

func (c *tally) add(d tally) {
	c.schedules += d.schedules
	c.orders += d.orders
	c.commands += d.commands
	c.facts += d.facts
	c.applied += d.applied
	c.refusedThere += d.refusedThere
	c.refusedHere += d.refusedHere
	c.cuts += d.cuts
	c.kills += d.kills
	c.restarts += d.restarts
	c.restores += d.restores
	c.lost += d.lost
	c.doubled += d.doubled
}

func (c tally) String() string {
	return fmt.Sprintf("schedules %d, orders %d, commands %d (applied %d, refused by the hub and told %d, refused where they were given %d), facts %d, cuts %d, kills %d, restarts %d, restores %d; lost %d, doubled %d",
		c.schedules, c.orders, c.commands, c.applied, c.refusedThere, c.refusedHere, c.facts, c.cuts, c.kills, c.restarts, c.restores, c.lost, c.doubled)
}

// settle mends everything, and waits until nothing is on its way.
func (s *premises) settle() error {
	s.note("everything is mended")
	if s.hub == nil {
		s.startHub()
	}
	for _, x := range s.tills {
		x.line.Mend()
		s.revive(x)
		if x.life == nil {
			x.open()
		}
	}
	left := ""
	// a hub that has just begun gives terminals half a minute before it lets orders expire
	const least = 45 * time.Second
	for quiet, begun := 0, time.Now(); quiet < 3 || time.Since(begun) < least; {
		if time.Since(begun) > 5*time.Minute {
			return fmt.Errorf("not level after 5 minutes: %s", left)
		}
		time.Sleep(5 * time.Second)
		left = ""
		for _, x := range s.tills {
			if s.revive(x) {
				left = x.device + " was dead"
				continue
			}
			x.print()
			pending, err := x.life.service.PendingAfter(0, 100)
			if err != nil {
				return err
			}
			if state := x.life.service.LinkState(); !state.Online || len(pending) > 0 || len(x.life.service.Unsent()) > 0 {
				left = fmt.Sprintf("%s is online %t (%s) with %d commands for the hub", x.device, state.Online, state.Reason, len(pending))
			}
		}
		if quiet++; left != "" {
			quiet = 0
		}
	}
	return nil
}

// revive starts a terminal that has been killed.
func (s *premises) revive(x *till) bool {
	if x.life == nil || !x.life.isDead() {
		return false
	}
	x.close()
	x.open()
	return true
}

// judge compares hub, terminals and model; the hub is closed by then.
func (s *premises) judge() {
	log, err := orderlog.Open(filepath.Join(s.dir, "hub.db"), orderlog.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.fault("%v", err)
		return
	}
	defer log.Close()
	applied := map[string]int{}
	prefixes := map[string][]*model{} // each order's states, one after the other
	printed := map[string]int{}
	found := 0
	for after := ""; ; {
		orders, next, err := log.Orders("plateau", after, 100)
		if err != nil {
			s.fault("%v", err)
			return
		}
		for _, o := range orders {
			found++
			for _, e := range o.History {
				applied[e.Command]++
				if e.What == order.WasPrinted && strings.HasSuffix(e.Detail, " "+string(order.TicketPrinted)) {
					printed[e.By]++
				}
			}
			prefixes[o.ID] = s.replay(o)
			s.agree(o)
		}
		if after = next; next == "" {
			break
		}
	}
	s.tally.orders = found
	for id := range s.begun {
		if prefixes[id] == nil && s.surely(id) {
			s.tally.lost++
			s.fault("the order %s is lost", id)
		}
	}
	for _, id := range s.sequence {
		s.judgeCommand(s.issued[id], applied[id], prefixes)
	}
	for _, x := range s.tills {
		if n := printed[x.device]; n < x.printed || n > x.printed+x.unsure {
			s.fault("%s printed %d tickets, perhaps %d more, and the hub knows of %d", x.device, x.printed, x.unsure, n)
		}
	}
}

// surely reports whether whoever placed the order knows that it was stored.
func (s *premises) surely(id string) bool {
	for _, given := range s.issued {
		if given.Type == order.Place && given.OrderID == id {
			return given.sure
		}
	}
	return true
}

// judgeCommand: applied once, or refused and told once; or, where a terminal died before it could say
// that it had it, neither.
func (s *premises) judgeCommand(given *issued, applied int, prefixes map[string][]*model) {
	what := fmt.Sprintf("%s's %s %s of %s", given.by, given.Type, given.ID, given.OrderID)
	refused := 0
	for _, x := range s.tills {
		for _, r := range s.refusals[x.device] {
			if r.Command.ID == given.ID {
				if refused++; x.device != given.by {
					s.fault("%s: its refusal is kept at %s", what, x.device)
				}
			}
		}
	}
	if given.told > 1 {
		s.fault("%s was told to be refused %d times", what, given.told)
	}
	silent := given.Type == order.Acknowledge // for which somebody else's answer is as good
	if silent {
		refused = given.told
	} else if given.told > refused {
		s.fault("%s was refused, and its refusal is not kept", what)
	}
	platform := channels[given.by] != own // a webhook too late is no fault of anybody
	switch {
	case applied > 1:
		s.tally.doubled++
		s.fault("%s was applied %d times", what, applied)
	case applied+refused > 1:
		s.fault("%s was applied and refused", what)
	case given.never && applied+refused > 0 && !given.sure:
		s.fault("%s was refused to whoever gave it, and yet came up", what)
	case given.sure && !silent && applied+refused == 0:
		s.tally.lost++
		s.fault("%s is lost", what)
	case applied == 1:
		s.tally.applied++
	case given.never:
		s.tally.refusedHere++
	case refused == 1:
		s.tally.refusedThere++
	}
	// what was not applied must be refused by the model, too, at some moment
	if applied == 0 && (refused > 0 || given.never && given.by == "api" && !given.early || platform) && prefixes[given.OrderID] != nil &&
		!slices.ContainsFunc(prefixes[given.OrderID], func(m *model) bool { return !m.copy().do(given.Command) }) {
		s.fault("%s was refused, and the model would always have taken it", what)
	}
}

// replay has the model do what the order's history tells, and compares it with the order.
func (s *premises) replay(o order.Order) []*model {
	begun, known := s.begun[o.ID]
	if !known {
		s.fault("nobody placed the order %s", o.ID)
		return nil
	}
	begun.Connection, begun.AcceptBy = o.Connection, o.AcceptBy
	m := placed(begun)
	states := []*model{m.copy()}
	last := map[string]int{}
	for i, e := range o.History {
		given := s.issued[e.Command]
		if given != nil {
			at := slices.Index(s.sequence, e.Command)
			if strings.HasPrefix(given.by, "counter") && at < last[given.by] {
				s.fault("the commands of %s to %s were taken in another sequence", given.by, o.ID)
			}
			last[given.by] = at
		}
		var c order.Command
		switch {
		case i == 0 && e.What == order.WasPlaced, e.What == order.WasPrinted:
			continue
		case given != nil:
			c = given.Command
		case e.What == order.WasAnswered:
			c = order.Command{Type: order.PartnerAnswered, Answer: &e.Answer}
		case e.By == order.AutoAccept && e.What == order.WasAccepted:
			if o.Channel == order.ChannelCounter {
				s.fault("%s: the hub accepted what a counter has sold and accepted", o.ID)
			}
			c = order.Command{Type: order.Accept}
		case e.By == order.AutoAccept && e.What == order.WasRejected:
			c = order.Command{Type: order.Reject, Reason: order.StoreOffline}
		case e.What == order.WasExpired:
			c = order.Command{Type: order.Expire}
		default:
			s.fault("%s: nobody gave what the history tells as %s by %s", o.ID, e.What, e.By)
			return states
		}
		c.ID, c.By = e.Command, e.By
		if !m.do(c) {
			s.fault("%s: the hub took %s by %s in the status %s, the model would not", o.ID, c.Type, e.By, m.status)
		}
		if m.contradictions[c.ID] != e.Contradicts {
			s.fault("%s: %s contradicts %t, want %t", o.ID, c.Type, e.Contradicts, m.contradictions[c.ID])
		}
		states = append(states, m.copy())
	}
	if got, want := summary(o), m.summary(); got != want {
		s.fault("%s: the hub has\n  %s\nthe model\n  %s", o.ID, got, want)
	}
	return states
}

// summary is what an order and its model must have in common, for people.
func summary(o order.Order) string {
	text := fmt.Sprintf("%s %q, promised %s, bags %d, arrived %t %q %q,", o.Status, o.Reason, o.Fulfillment.PromisedAt.UTC().Format(time.RFC3339),
		o.Bags, !o.Fulfillment.ArrivedAt.IsZero(), o.Fulfillment.Vehicle, o.Fulfillment.Spot)
	for _, l := range o.Lines {
		text += fmt.Sprintf(" %s %d/%d/%d", l.ID, l.Quantity, l.Fulfilled, l.Cancelled)
	}
	refunds := []string{}
	for _, t := range o.Transactions {
		if t.Kind == order.Refund {
			refunds = append(refunds, fmt.Sprintf("%s %d", t.ID, t.Amount))
		}
	}
	slices.Sort(refunds)
	alarms := slices.Clone(o.Acknowledged)
	slices.Sort(alarms)
	courier := ""
	if o.Courier != nil {
		courier = fmt.Sprintf("%s %s", o.Courier.Name, o.Courier.Stage)
	}
	return text + fmt.Sprintf(", refundable %d, refunds %v, acknowledged %v, courier %q", o.Refundable(), refunds, alarms, courier)
}

func (m *model) summary() string {
	text := fmt.Sprintf("%s %q, promised %s, bags %d, arrived %t %q %q,", m.status, m.reason, m.promised.UTC().Format(time.RFC3339), m.bags, m.arrived, m.vehicle, m.spot)
	for _, l := range m.lines {
		text += fmt.Sprintf(" %s %d/%d/%d", l.id, l.quantity, l.given, l.cancelled_)
	}
	refunds := []string{}
	for id, amount := range m.refunds {
		refunds = append(refunds, fmt.Sprintf("%s %d", id, amount))
	}
	slices.Sort(refunds)
	courier := ""
	if m.stage >= 0 {
		courier = fmt.Sprintf("%s %s", m.courier, stages[m.stage])
	}
	return text + fmt.Sprintf(", refundable %d, refunds %v, acknowledged %v, courier %q", m.refundable(), refunds, slices.Sorted(maps.Keys(m.acknowledged)), courier)
}

// cold: a terminal that was away all the time need not hear of an order that has ended long ago. One
// that had it hears of its end, however long that is.
func (s *premises) cold(o order.Order) bool {
	last := o.History[len(o.History)-1]
	return !o.Status.Open() && s.hubNow().Sub(last.At) >= orderlog.DefaultRetention.Hot
}

// agree compares what each terminal shows with what the hub has.
func (s *premises) agree(o order.Order) {
	want, err := json.Marshal(o)
	if err != nil {
		s.fault("%v", err)
	}
	for _, x := range s.tills {
		shown := s.shown[x.device][o.ID]
		if shown.ID == "" && s.cold(o) {
			continue
		}
		got, err := json.Marshal(shown)
		if err != nil {
			s.fault("%v", err)
		}
		if string(got) != string(want) {
			s.fault("%s shows of %s\n  %s (revision %d)\nand the hub has\n  %s (revision %d)", x.device, o.ID, summary(shown), shown.Revision, summary(o), o.Revision)
		}
	}
}

// lookInPeace looks where the hub has done nothing for a moment: what its clock decides of an order at
// this very instant is not at the terminals yet.
func (s *premises) lookInPeace() {
	head := func() wire.Cursor {
		at, err := s.hub.Orders().Head("plateau")
		if err != nil {
			s.t.Fatal(err)
		}
		return at
	}
	for before := head(); ; before = head() {
		time.Sleep(300 * time.Millisecond)
		s.look()
		if head() == before {
			return
		}
	}
}

// look takes down what each terminal shows and keeps at the end.
func (s *premises) look() {
	for _, x := range s.tills {
		s.shown[x.device] = map[string]order.Order{}
		for id := range s.begun {
			o, _, err := x.life.service.Order(id)
			if err != nil {
				s.fault("%s: %v", x.device, err)
			}
			s.shown[x.device][id] = o
		}
		s.refusals[x.device] = slices.Clone(x.life.service.Refusals())
	}
}
