package converge

import (
	"maps"
	"slices"
	"time"

	"comptoir/order"
)

// channel is where an order comes from, and with it what may be done here.
type channel int

const (
	own channel = iota
	deliverect
	doordash
)

// model is what an order is, as design.md says it in words. It shares no code with package order:
// only the names of statuses, commands and alarms.
type model struct {
	channel  channel
	form     order.FulfillmentType
	table    bool
	status   order.Status
	reason   order.Reason
	lines    []modelLine
	paid     int64
	refunds  map[string]int64 // by command
	promised time.Time
	deadline bool // the platform waits for an answer
	byHub    bool // accepted with nobody at the screen
	bags     int

	arrived       bool
	vehicle, spot string
	courier       string
	stage         int // -1: none
	cancelled     bool
	changed       bool
	acknowledged  map[order.Alarm]bool
	// delays are, by command, the minutes of those that count.
	delays map[string]time.Duration
	// contradictions are facts that came too late, by command.
	contradictions map[string]bool
}

type modelLine struct {
	id                          string
	quantity, given, cancelled_ int
	digital                     bool
}

func (l modelLine) left() int { return l.quantity - l.given - l.cancelled_ }

var stages = []order.CourierStage{"assigned", "arriving", "at_store", "picked_up", "at_customer", "delivered"}

func placed(o order.Order) *model {
	m := &model{
		channel: channels[o.Connection], form: o.Fulfillment.Type, table: o.Fulfillment.Table != "", status: order.New,
		refunds: map[string]int64{}, promised: o.Fulfillment.PromisedAt, deadline: !o.AcceptBy.IsZero(), stage: -1,
		vehicle: o.Fulfillment.Vehicle, spot: o.Fulfillment.Spot,
		acknowledged: map[order.Alarm]bool{}, delays: map[string]time.Duration{}, contradictions: map[string]bool{},
	}
	for _, t := range o.Transactions {
		m.paid += int64(t.Amount)
	}
	m.setLines(o.Lines)
	return m
}

func (m *model) setLines(lines []order.Line) {
	m.lines = nil
	for _, l := range lines {
		m.lines = append(m.lines, modelLine{id: l.ID, quantity: l.Quantity, digital: l.Kind == "digital"})
	}
}

// copy shares nothing that do changes.
func (m *model) copy() *model {
	c := *m
	c.lines, c.refunds, c.acknowledged = slices.Clone(m.lines), maps.Clone(m.refunds), maps.Clone(m.acknowledged)
	c.delays, c.contradictions = maps.Clone(m.delays), maps.Clone(m.contradictions)
	return &c
}

func (m *model) is(statuses ...order.Status) bool { return slices.Contains(statuses, m.status) }

func (m *model) open() bool { return m.is("new", "accepted", "preparing", "ready") }

// never reports whether nothing of the order went, or goes, to the customer.
func (m *model) never() bool {
	return m.is("rejected", "expired") || m.reason == "cancelled_by_partner" || m.reason == "cancelled_by_store"
}

func (m *model) end(status order.Status, reason order.Reason) { m.status, m.reason = status, reason }

func (m *model) refundable() int64 {
	left := m.paid
	for _, r := range m.refunds {
		left -= r
	}
	return left
}

// do carries out a command, or says that it may not be. What it does not know, it refuses.
func (m *model) do(c order.Command) (taken bool) {
	bagged := m.form != "shipment" && m.form != "digital" && !m.table
	kitchen := m.is("accepted", "preparing", "ready")
	switch c.Type {
	case "Accept":
		if !m.is("new") {
			return false
		}
		m.status, m.byHub = "accepted", c.By == "hub"
	case "Reject":
		if !m.is("new") {
			return false
		}
		m.end("rejected", c.Reason)
		if c.Reason == "" {
			m.reason = "rejected_by_store"
		}
	case "Start":
		if !m.is("accepted") {
			return false
		}
		m.status = "preparing"
	case "Ready":
		if !m.is("accepted", "preparing") || c.Bags != 0 && !bagged {
			return false
		}
		if m.status = "ready"; c.Bags != 0 {
			m.bags = c.Bags
		}
	case "HandOver":
		if !m.is("ready") || m.form == "shipment" || m.form == "digital" {
			return false
		}
		for i := range m.lines {
			m.lines[i].given = m.lines[i].quantity - m.lines[i].cancelled_
		}
		m.end("completed", "handed_over")
	case "Pack":
		if !kitchen || !bagged {
			return false
		}
		m.bags = c.Bags
	case "Delay":
		if !m.is("new", "accepted", "preparing") || m.channel == doordash {
			return false
		}
		d := time.Duration(c.Minutes) * time.Minute
		m.delays[c.ID] = d
		m.promised = m.promised.Add(d)
	case "Ship":
		return kitchen && m.form == "shipment" && m.give(c.Items, false)
	case "CompleteItems":
		return kitchen && m.give(c.Items, true)
	case "CancelItems":
		return m.channel == own && m.open() && m.cancelItems(c)
	case "Refund":
		if m.channel != own || c.Amount <= 0 || int64(c.Amount) > m.refundable() {
			return false
		}
		m.refunds[c.ID] = int64(c.Amount)
	case "CustomerArrived":
		return m.arrives(c)
	case "Acknowledge":
		if !m.rings(c.Alarm) {
			return false
		}
		m.acknowledged[c.Alarm] = true
	default:
		return m.doForPartner(c)
	}
	return true
}

func (m *model) doForPartner(c order.Command) (taken bool) {
	switch c.Type {
	case "PartnerCancel":
		if m.channel == own || m.never() {
			return false
		}
		m.cancelled = true
		if !m.open() {
			m.contradictions[c.ID] = true
			return true
		}
		for i := range m.lines {
			m.lines[i].cancelled_ = m.lines[i].quantity - m.lines[i].given
		}
		m.end("completed", "cancelled_by_partner")
	case "PartnerChange":
		if m.channel == own || !m.open() {
			return false
		}
		m.setLines(c.Order.Lines)
		if m.changed = true; !c.Order.Fulfillment.PromisedAt.IsZero() {
			m.promised = c.Order.Fulfillment.PromisedAt
		}
		delete(m.acknowledged, "changed_by_partner")
	case "PartnerAnswered":
		if minutes, delay := m.delays[c.Answer.Command], c.Answer.Verdict != "taken"; delay {
			m.promised = m.promised.Add(-minutes) // what the customer was never told
			delete(m.delays, c.Answer.Command)
		}
	case "CourierMoved":
		// the hub makes an assignment of the first one, and of each with another name
		stage := slices.Index(stages, c.Courier.Stage)
		if m.courier == "" || c.Courier.Name != m.courier {
			if m.form != "delivery" || !m.open() {
				return false
			}
			m.courier, m.stage = c.Courier.Name, stage
			return true
		}
		if stage <= m.stage {
			return false
		}
		m.stage = stage
	case "Expire":
		if !m.open() || !m.deadline {
			return false
		}
		m.end("expired", "deadline_passed")
	default:
		return false
	}
	return true
}

// picked are the quantities of the items by line, or all that is left of a kind; nil where they
// cannot be.
func (m *model) picked(items []order.ItemQuantity, suits func(modelLine) bool) map[int]int {
	picked := map[int]int{}
	if len(items) == 0 {
		for i, l := range m.lines {
			if suits(l) && l.left() > 0 {
				picked[i] = l.left()
			}
		}
	}
	for _, item := range items {
		i := slices.IndexFunc(m.lines, func(l modelLine) bool { return l.id == item.Line })
		if i < 0 || !suits(m.lines[i]) || item.Quantity < 1 || picked[i]+item.Quantity > m.lines[i].left() {
			return nil
		}
		picked[i] += item.Quantity
	}
	return picked
}

func (m *model) give(items []order.ItemQuantity, digital bool) bool {
	picked := m.picked(items, func(l modelLine) bool { return l.digital == digital })
	for i, n := range picked {
		m.lines[i].given += n
	}
	m.endIfDone()
	return len(picked) > 0
}

func (m *model) cancelItems(c order.Command) bool {
	picked := m.picked(c.Items, func(modelLine) bool { return true })
	if len(picked) == 0 || int64(c.Amount) > m.refundable() {
		return false
	}
	for i, n := range picked {
		m.lines[i].cancelled_ += n
	}
	if c.Amount > 0 {
		m.refunds[c.ID] = int64(c.Amount)
	}
	m.endIfDone()
	return true
}

// endIfDone ends the order of which nothing is left, by what the customer got of it.
func (m *model) endIfDone() {
	digital, physical := false, false
	for _, l := range m.lines {
		if l.left() > 0 {
			return
		}
		digital, physical = digital || l.digital && l.given > 0, physical || !l.digital && l.given > 0
	}
	switch {
	case physical && m.form == "shipment":
		m.end("completed", "shipped")
	case physical:
		m.end("completed", "handed_over")
	case digital:
		m.end("completed", "items_completed")
	default:
		m.end("completed", "cancelled_by_store")
	}
}

func (m *model) arrives(c order.Command) bool {
	if m.form != "curbside" && m.form != "pickup" || !m.open() {
		return false
	}
	vehicle, spot := m.vehicle, m.spot
	if c.Vehicle != "" {
		vehicle = c.Vehicle
	}
	if c.Spot != "" {
		spot = c.Spot
	}
	if m.arrived && vehicle == m.vehicle && spot == m.spot {
		return false
	}
	m.arrived, m.vehicle, m.spot = true, vehicle, spot
	delete(m.acknowledged, "customer_arrived") // a correction rings again
	return true
}

// rings reports whether an alarm rings, or will.
func (m *model) rings(alarm order.Alarm) bool {
	rings := false
	switch alarm {
	case "new_order":
		rings = (m.form != "counter" || m.channel != own) && (m.is("new") || m.is("accepted") && m.byHub)
	case "accept_deadline":
		rings = m.is("new") && m.deadline
	case "expired":
		rings = m.is("expired")
	case "customer_arrived":
		rings = m.arrived && m.open()
	case "cancelled_by_partner":
		rings = m.cancelled
	case "changed_by_partner":
		rings = m.changed && m.open()
	}
	return rings && !m.acknowledged[alarm]
}
