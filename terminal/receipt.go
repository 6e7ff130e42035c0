package terminal

import (
	"errors"
	"fmt"
	"strings"

	"comptoir/order"
)

// The stations of papers for the customer. They are of this terminal alone: no lease, no report.
const (
	StationReceipts = "@receipts"
	StationBags     = "@bags"
)

// customers reports whether a station's papers are for customers.
func customers(station string) bool { return strings.HasPrefix(station, "@") }

// ErrNoPrinter: no printer is set up for what should be printed.
var ErrNoPrinter = errors.New("no printer is set up for this: choose one on the Printers screen")

// PrintReceipt prints an order's receipt, as the order stands now; a second one is headed COPY.
func (s *Service) PrintReceipt(orderID string) error {
	return s.printForCustomer(orderID, StationReceipts, order.Receipt)
}

// PrintBag prints what goes on each of an order's bags; a second one for a bag is headed COPY.
func (s *Service) PrintBag(orderID string) error {
	return s.printForCustomer(orderID, StationBags, order.Bag)
}

func (s *Service) printForCustomer(orderID, station string, kind order.TicketKind) error {
	err := s.update(func(c *change) error {
		view, l, err := s.known(c, orderID)
		if err != nil {
			return err
		}
		if s.setups().Stations[station].Printer == "" {
			return ErrNoPrinter
		}
		jobs, err := c.tx.JobsOf(orderID)
		if err != nil {
			return err
		}
		bags := 1
		if kind == order.Bag {
			bags = view.BagCount()
		}
		for bag := range bags {
			job := Job{
				OrderID: orderID, Location: view.Location, Station: station, Kind: kind, Version: 1,
				Owner: s.config.Device, Due: c.now.UTC(), State: JobQueued, Copy: true,
			}
			ticket := Ticket{
				Kind: kind, Language: l.Language, TimeZone: l.TimeZone, Shop: l.Name,
				Number: view.Number, Section: view.Fulfillment.Type, Promised: view.Fulfillment.PromisedAt,
				Customer: view.Customer.Name, Table: view.Fulfillment.Table,
				Channel: view.Channel, Reference: short(view.Reference), Received: view.PlacedAt,
				Lines: remaining(view), Note: view.Note, Utensils: view.Utensils,
				Currency: view.Currency, Totals: view.Totals, Transactions: view.Transactions,
			}
			if bags > 1 {
				ticket.Part, ticket.Parts = bag+1, bags
			}
			for _, j := range jobs {
				if j.Station == station && j.Kind == kind && j.Copies > 0 && max(1, j.Ticket.Part) == bag+1 {
					job.Heading = HeadingCopy
					if ticket.FirstSent.IsZero() {
						ticket.FirstSent = j.SentAt
					}
				}
			}
			job.Ticket = &ticket
			if err := s.putCopy(c, job, view); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("printing the %s of an order: %w", kind, err)
	}
	return nil
}

// remaining are the lines with what is not cancelled.
func remaining(view order.Order) []order.Line {
	var lines []order.Line
	for _, l := range view.Lines {
		if l.Quantity -= l.Cancelled; l.Quantity > 0 {
			l.Cancelled = 0
			lines = append(lines, l)
		}
	}
	return lines
}
