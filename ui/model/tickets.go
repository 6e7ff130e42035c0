package model

import (
	"context"
	"slices"

	"comptoir/order"
	"comptoir/terminal"
)

// Tickets are an order's papers, by station.
type Tickets struct {
	List []OrderTicket
	// Empty is said where there is none yet.
	Empty string
}

// OrderTicket is a station's newest ticket of an order, or what another terminal says of it.
type OrderTicket struct {
	Station string
	Name    string
	State   Badge
	// Text says when and where.
	Text string
	// Key finds its picture; empty where this terminal has none.
	Key TicketRef
	// Print is the button that prints it once more; Label is empty where this terminal cannot.
	Print PrinterAction
}

// tickets lists what the kitchen has, and then what is for the customer.
func (b *builder) tickets(v *view) *Tickets {
	t := &Tickets{}
	for _, station := range v.Stations() {
		if v.KitchenVersion > 0 {
			t.List = append(t.List, b.orderTicket(v, station))
		}
	}
	for _, paper := range customerStations() {
		if b.Stations[paper].Printer != "" {
			t.List = append(t.List, b.orderTicket(v, paper))
		}
	}
	if len(t.List) == 0 {
		t.Empty = b.Words.Say("tickets.none")
	}
	return t
}

func (b *builder) orderTicket(v *view, station string) OrderTicket {
	customer := slices.Contains(customerStations(), station)
	t := OrderTicket{Station: station, Name: stationName(b.Words, b.Settings, station), State: badge(ToneInk2, "hourglass", b.Words.Say("ticket.state.none"))}
	if customer {
		t.State = badge(ToneInk2, "note", b.Words.Say("ticket.state.never"))
	}
	at := slices.IndexFunc(b.Tickets, func(j terminal.Job) bool { return j.Station == station })
	switch report, reported := reportOf(v.Order, station); {
	case at >= 0:
		b.ownTicket(v, b.Tickets[at], &t)
	case reported:
		t.State = b.reportBadge(report.State)
		t.Text = dots(b.kind(report.Kind), b.Words.When(v.local(report.At), v.now), report.By)
	}
	if b.Stations[station].Printer == "" {
		return t
	}
	t.Print = PrinterAction{Verb: PrinterReprint, Key: station, Label: b.Words.Say("action.reprint"), Icon: "printer", Kind: ActionOther}
	if customer && at < 0 {
		t.Print.Label = b.Words.Say("action.print")
	}
	if b.Printing[printKey(v.ID, station)] {
		t.Print.Label, t.Print.Busy = b.Words.Say("action.busy"), true
	}
	return t
}

// ownTicket says what this terminal knows of a ticket.
func (b *builder) ownTicket(v *view, job terminal.Job, t *OrderTicket) {
	t.State = b.jobBadge(job)
	heading := b.kind(job.Kind)
	if job.Heading != terminal.HeadingNone {
		heading = b.Words.Say("ticket.heading." + string(job.Heading))
	}
	when := ""
	if !job.SentAt.IsZero() {
		when = b.Words.When(v.local(job.SentAt), v.now)
	}
	t.Text = dots(heading, when, displayName(b.Printers, job.Printer))
	if job.State == terminal.JobQueued {
		for _, p := range b.Printers {
			if p.Setup.Name == b.Stations[job.Station].Printer && p.State.Fault != terminal.FaultNone {
				t.Text = dots(t.Text, b.Words.Say("banner.printer", "printer", p.Setup.DisplayName(), "fault", b.Words.Say("fault."+string(p.State.Fault))))
			}
		}
	}
	if job.Ticket != nil {
		t.Key = TicketRef{Key: job.Key, Number: number(v.Order), Text: when}
	}
}

// kind is what a ticket is headed with, empty for the usual one.
func (b *builder) kind(k order.TicketKind) string {
	if key := "ticket.heading." + string(k); b.Words.has(key) {
		return b.Words.Say(key)
	}
	return ""
}

func (b *builder) jobBadge(job terminal.Job) Badge {
	say := func(key string) string { return b.Words.Say("ticket.state." + key) }
	switch job.State {
	case terminal.JobPrinted:
		return badge(ToneOK, "check-circle", say("printed"))
	case terminal.JobSent:
		return badge(ToneInk, "check", say("sent"))
	case terminal.JobUnconfirmed:
		return badge(ToneWarn, "question", say("unconfirmed"))
	case terminal.JobDiscarded:
		return badge(ToneInk2, "trash", say("discarded"))
	case terminal.JobSending:
		return badge(ToneInk, "printer", say("sending"))
	}
	return badge(ToneWarn, "hourglass", say("queued"))
}

func (b *builder) reportBadge(s order.TicketState) Badge {
	switch s {
	case order.TicketPrinted:
		return b.jobBadge(terminal.Job{State: terminal.JobPrinted})
	case order.TicketSent:
		return b.jobBadge(terminal.Job{State: terminal.JobSent})
	case order.TicketDiscarded:
		return b.jobBadge(terminal.Job{State: terminal.JobDiscarded})
	}
	return b.jobBadge(terminal.Job{State: terminal.JobUnconfirmed})
}

// reportOf is the newest that any terminal said of a station's paper.
func reportOf(o order.Order, station string) (newest order.Ticket, found bool) {
	for _, t := range o.Tickets {
		if t.Station == station && (!found || !t.At.Before(newest.At)) {
			newest, found = t, true
		}
	}
	return newest, found
}

// readTickets asks for what the details need to know of paper.
func (c *Controller) readTickets(s *State) {
	if c.options.Tools != nil {
		_, s.Stations = c.options.Tools.Setups()
	}
	if c.options.Work != nil && s.Choice.Selected != "" && s.Choice.Tab == TabTickets {
		s.Tickets = c.options.Work.Tickets(s.Choice.Selected)
	}
}

// printable are the kitchen's stations of an order that print here.
func printable(o order.Order, stations map[string]terminal.StationSetup) []string {
	var here []string
	for _, station := range o.Stations() {
		if stations[station].Printer != "" {
			here = append(here, station)
		}
	}
	return here
}

// printAction prints the kitchen's tickets once more: one tap, since a copy says that it is one.
func (b *builder) printAction(v *view) (DetailAction, bool) {
	here := printable(v.Order, b.Stations)
	if v.KitchenVersion == 0 || len(here) == 0 {
		return DetailAction{}, false
	}
	a := DetailAction{Label: b.Words.Say("action.reprint"), Icon: "printer", Kind: ActionOther, Print: true}
	if len(here) > 1 {
		a.Label = b.Words.Count("action.reprint_all", len(here))
	}
	if b.Printing[printKey(v.ID, "")] {
		a.Label, a.Busy = b.Words.Say("action.busy"), true
	}
	return a, true
}

// printKey names what is being printed: a station's ticket, or with none all of the kitchen's.
func printKey(orderID, station string) string { return "print\x00" + orderID + "\x00" + station }

// PrintAll prints the kitchen's tickets of an order once more, at all stations that print here.
func (c *Controller) PrintAll(orderID string) Errand {
	orders := c.options.Terminal.Orders()
	_, stations := c.options.Tools.Setups()
	c.mu.Lock()
	orders = append(orders, c.ended...)
	c.mu.Unlock()
	for _, o := range orders {
		if o.ID == orderID {
			here := printable(o, stations)
			return c.once(printKey(orderID, ""), func(context.Context) (err error) {
				for _, station := range here {
					if failed := c.options.Work.Reprint(orderID, station); failed != nil {
						err = failed
					}
				}
				return err
			})
		}
	}
	return nil
}

// Print prints a station's ticket of an order: a copy of the kitchen's, or one for the customer.
func (c *Controller) Print(orderID, station string) Errand {
	return c.once(printKey(orderID, station), func(context.Context) error {
		switch station {
		case terminal.StationReceipts:
			return c.options.Work.PrintReceipt(orderID)
		case terminal.StationBags:
			return c.options.Work.PrintBag(orderID)
		}
		return c.options.Work.Reprint(orderID, station)
	})
}

// once is an errand that is not begun again while the same is under way: it is nil then.
func (c *Controller) once(key string, do func(context.Context) error) Errand {
	started := false
	c.change(func() {
		if started = !c.working[key]; started {
			c.working[key] = true
		}
	})
	if !started {
		return nil
	}
	return func(ctx context.Context) {
		err := do(ctx)
		c.change(func() {
			delete(c.working, key)
			c.notSaved = err != nil
		})
	}
}

func customerStations() []string { return []string{terminal.StationReceipts, terminal.StationBags} }
