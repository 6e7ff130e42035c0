package model

import (
	"context"
	"slices"

	"comptoir/terminal"
)

// PrinterPlace is the Printers place as it should be now.
func (c *Controller) PrinterPlace() PrinterPlace {
	if c.options.Work == nil {
		return PrinterPlace{}
	}
	// never under our lock, as in Screen
	printers, faults := c.options.Work.Printers(), c.options.Work.Faults()
	stranded := c.options.Work.Stranded()
	now := c.options.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return printerPlace(c.chosenWords(), c.settings, now, printers, stranded, len(faults) > 0, c.working)
}

// FaultLog is what has gone wrong with the printers.
func (c *Controller) FaultLog() FaultLog {
	faults, printers := c.options.Work.Faults(), c.options.Work.Printers()
	for i := range faults {
		faults[i].Printer = displayName(printers, faults[i].Printer)
	}
	now := c.options.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return faultLog(c.chosenWords(), c.settings, now, faults)
}

// TicketSheet is one of the last tickets, or of the chosen order's, large; ok is false where it is
// gone.
func (c *Controller) TicketSheet(key string) (sheet TicketSheet, ok bool) {
	job, number, ok := c.paper(key)
	if !ok {
		return TicketSheet{}, false
	}
	now, printer := c.options.Clock.Now(), displayName(c.options.Work.Printers(), job.Printer)
	c.mu.Lock()
	defer c.mu.Unlock()
	w, zone := c.chosenWords(), c.settings.zone()
	at := w.When(job.SentAt.In(zone), now.In(zone))
	text := w.Say("ticket.sent", "printer", printer, "time", at)
	switch {
	case job.State == terminal.JobPrinted:
		text = w.Say("ticket.printed", "printer", printer, "time", at)
	case job.SentAt.IsZero():
		text = w.Say("ticket.waiting")
	}
	return TicketSheet{
		Key: key, Title: w.Say("ticket.title", "number", numbered(number), "station", stationName(w, c.settings, job.Station)), Text: text,
		Reprint: PrinterAction{Verb: PrinterReprint, Key: key, Label: w.Say("ticket.reprint"), Icon: "printer", Kind: ActionOther},
		Close:   w.Say("setup.close"), More: w.Say("details.below"),
	}, true
}

// paper finds a ticket among the printers' last and the chosen order's, and the order's number.
func (c *Controller) paper(key string) (job terminal.Job, number string, ok bool) {
	for _, p := range c.options.Work.Printers() {
		for _, t := range p.Last {
			if t.Key == key {
				job = t.Job
				if job.Printer == "" {
					job.Printer = p.Setup.Name
				}
				return job, t.Number, true
			}
		}
	}
	c.mu.Lock()
	chosen := c.choice.Selected
	c.mu.Unlock()
	if chosen == "" {
		return job, "", false
	}
	for _, t := range c.options.Work.Tickets(chosen) {
		if t.Key == key && t.Ticket != nil {
			return t, t.Ticket.Number, true
		}
	}
	return job, "", false
}

// Reprint prints one of these tickets once more, headed COPY.
func (c *Controller) Reprint(key string) Errand {
	if job, _, ok := c.paper(key); ok {
		return c.Print(job.OrderID, job.Station)
	}
	return nil
}

// PrinterDo carries out what a button of a printer says.
func (c *Controller) PrinterDo(printer string, action PrinterAction) Errand {
	if action.Verb == PrinterSetup {
		return c.SetUp(printer)
	}
	return c.once(printerKey(printer, action.Verb, action.Key), func(ctx context.Context) error {
		return c.printerDo(ctx, printer, action)
	})
}

func (c *Controller) printerDo(ctx context.Context, printer string, action PrinterAction) error {
	work := c.options.Work
	switch action.Verb {
	case PrinterRetry:
		work.Retry(printer)
	case PrinterTest:
		setups, _ := c.options.Tools.Setups()
		at := slices.IndexFunc(setups, func(p terminal.PrinterSetup) bool { return p.Name == printer })
		if at < 0 {
			return nil
		}
		c.mu.Lock()
		language := c.chosenWords().Language()
		c.mu.Unlock()
		if err := c.options.Tools.TestPage(ctx, setups[at], language); err != nil {
			work.Retry(printer) // its queue finds the fault, and says it on the printer's card
		}
	case PrinterConfirm:
		return work.Confirm(action.Key)
	case PrinterAgain:
		return work.PrintAgain(action.Key)
	case PrinterStale:
		return work.PrintStale(printer)
	case PrinterDiscard:
		return work.DiscardStale(printer)
	case PrinterSummarize:
		return work.SummarizeStale(printer)
	}
	return nil
}
