package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// PrinterConfig is one printer of this terminal.
type PrinterConfig struct {
	Name    string
	Address string
	// Stations are the ids of those that print on it.
	Stations []string
}

// LastTickets is how many tickets a printer's card shows.
const LastTickets = 8

// printers follows each printer's tickets by the events of its stations. The Controller's lock
// guards it.
type printers struct {
	list []*printer
}

type printer struct {
	PrinterConfig
	waiting map[string]ticket // by the job's key
	last    []ticket          // newest first
}

type ticket struct {
	terminal.Job
	number string // the order's
}

func newPrinters(configs []PrinterConfig) *printers {
	p := &printers{}
	for _, config := range configs {
		p.list = append(p.list, &printer{PrinterConfig: config, waiting: map[string]ticket{}})
	}
	return p
}

// hear follows one ticket. A printer's station is the same for every location.
func (p *printers) hear(job terminal.Job, o order.Order) {
	for _, printer := range p.list {
		if slices.Contains(printer.Stations, job.Station) {
			printer.hear(ticket{job, number(o)})
		}
	}
}

func (p *printer) hear(t ticket) {
	if t.State.Ended() {
		delete(p.waiting, t.Key)
	} else {
		p.waiting[t.Key] = t
	}
	switch t.State {
	case terminal.JobPrinted, terminal.JobSent, terminal.JobUnconfirmed:
		p.last = slices.DeleteFunc(p.last, func(old ticket) bool { return old.Key == t.Key })
		p.last = slices.Insert(p.last, 0, t)
		p.last = p.last[:min(len(p.last), LastTickets)]
	}
}

// recall puts older tickets behind those that were heard of.
func (p *printers) recall(papers []terminal.Job) {
	for _, job := range papers {
		if job.Ticket == nil {
			continue
		}
		of := order.Order{ID: job.OrderID, Number: job.Ticket.Number, Reference: job.Ticket.Reference}
		for _, printer := range p.list {
			known := slices.ContainsFunc(printer.last, func(t ticket) bool { return t.Key == job.Key })
			if !known && slices.Contains(printer.Stations, job.Station) {
				printer.last = append(printer.last, ticket{job, number(of)})
			}
		}
	}
	for _, printer := range p.list {
		slices.SortStableFunc(printer.last, func(a, b ticket) int { return b.SentAt.Compare(a.SentAt) })
		printer.last = printer.last[:min(len(printer.last), LastTickets)]
	}
}

// due are the tickets that should be on paper by now, the first of the queue first.
func (p *printer) due(now time.Time) []ticket {
	var due []ticket
	for _, t := range p.waiting {
		if !t.Scheduled || !t.Due.After(now) {
			due = append(due, t)
		}
	}
	slices.SortFunc(due, func(a, b ticket) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key, b.Key))
	})
	return due
}

// unconfirmed counts the tickets that may be on paper.
func unconfirmed(due []ticket) int {
	n := 0
	for _, t := range due {
		if t.State == terminal.JobUnconfirmed {
			n++
		}
	}
	return n
}

// problem is the last fault of what waits, in the printer's own words.
func problem(due []ticket) string {
	for _, t := range due {
		if t.Problem != "" {
			return t.Problem
		}
	}
	return ""
}

// trouble reports whether a printer needs somebody.
func (p *printers) trouble(now time.Time) bool {
	return slices.ContainsFunc(p.list, func(printer *printer) bool {
		due := printer.due(now)
		return unconfirmed(due) > 0 || problem(due) != ""
	})
}

func (p *printers) cards(w *Words, s Settings, now time.Time) []PrinterCard {
	cards := make([]PrinterCard, 0, len(p.list))
	for _, printer := range p.list {
		cards = append(cards, printer.card(w, s, now))
	}
	return cards
}

func (p *printer) card(w *Words, s Settings, now time.Time) PrinterCard {
	due := p.due(now)
	card := PrinterCard{
		Name: p.Name, Address: p.Address, Problem: problem(due), Waiting: w.Say("printer.empty"),
		Badge: badge(ToneOK, "check-circle", w.Say("printer.ready")),
	}
	switch open := unconfirmed(due); {
	case open > 0:
		card.Badge = badge(ToneWarn, "question", w.Count("printer.unconfirmed", open))
	case card.Problem != "":
		card.Badge = badge(ToneLate, "alert", w.Say("printer.offline"))
	}
	if len(due) > 0 {
		card.Waiting = w.Count("printer.waiting", len(due), "number", due[0].number)
	}
	names := make([]string, 0, len(p.Stations))
	for _, station := range p.Stations {
		names = append(names, s.station(station))
	}
	card.Stations = strings.Join(names, ", ")
	for _, t := range p.last {
		at := w.When(t.SentAt.In(s.zone()), now.In(s.zone()))
		text := w.Say("printer.last", "time", at)
		if t.State != terminal.JobPrinted { // nothing proves it
			text = w.Say("printer.sent", "time", at)
		}
		card.Last = append(card.Last, TicketRef{Key: t.Key, Number: t.number, Text: text})
	}
	return card
}
