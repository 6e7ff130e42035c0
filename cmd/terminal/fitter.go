package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// fitter is the printers' side of the screens: how they stand, what people do about it, and how
// new ones are set up. Before the service is there, there are none.
type fitter struct {
	terminal *laterTerminal
	letters  escpos.Drawer
	papers   *papers
	log      *slog.Logger
}

var (
	_ model.PrinterWork  = fitter{}
	_ model.PrinterTools = fitter{}
)

// Printers are the service's. What came out last is remembered for its pictures.
func (f fitter) Printers() []terminal.PrinterStatus {
	s := f.terminal.service.Load()
	if s == nil {
		return nil
	}
	printers, err := s.Printers()
	if err != nil {
		f.log.Error("the printers' tickets cannot be read", "err", err)
		return nil
	}
	for _, p := range printers {
		for _, ticket := range slices.Backward(p.Last) {
			f.papers.hear(ticket.Job)
		}
	}
	return printers
}

// Stranded are the service's.
func (f fitter) Stranded() []terminal.Stranded {
	s := f.terminal.service.Load()
	if s == nil {
		return nil
	}
	stranded, err := s.Stranded()
	if err != nil {
		f.log.Error("the print queues cannot be read", "err", err)
	}
	return stranded
}

// Faults are the service's.
func (f fitter) Faults() []terminal.FaultPeriod {
	if s := f.terminal.service.Load(); s != nil {
		return s.Faults()
	}
	return nil
}

// Retry makes the printers' queues try at once: one more knock at another printer is no harm.
func (f fitter) Retry(string) {
	if s := f.terminal.service.Load(); s != nil {
		s.TryPrinters()
	}
}

// with runs what needs the service.
func (f fitter) with(do func(*terminal.Service) error) error {
	s := f.terminal.service.Load()
	if s == nil {
		return terminal.ErrNoLocation
	}
	return do(s)
}

// Confirm is the service's, as what follows.
func (f fitter) Confirm(key string) error {
	return f.with(func(s *terminal.Service) error { return s.Confirm(key) })
}

// PrintAgain is the service's.
func (f fitter) PrintAgain(key string) error {
	return f.with(func(s *terminal.Service) error { return s.PrintAgain(key) })
}

// PrintStale is the service's.
func (f fitter) PrintStale(printer string) error {
	return f.with(func(s *terminal.Service) error { return s.PrintStale(printer) })
}

// DiscardStale is the service's.
func (f fitter) DiscardStale(printer string) error {
	return f.with(func(s *terminal.Service) error { return s.DiscardStale(printer) })
}

// SummarizeStale is the service's.
func (f fitter) SummarizeStale(printer string) error {
	return f.with(func(s *terminal.Service) error { return s.SummarizeStale(printer) })
}

// Tickets are the service's, remembered for their pictures.
func (f fitter) Tickets(orderID string) []terminal.Job {
	s := f.terminal.service.Load()
	if s == nil {
		return nil
	}
	tickets, err := s.Tickets(orderID)
	if err != nil {
		f.log.Error("an order's tickets cannot be read", "err", err)
	}
	for _, ticket := range tickets {
		f.papers.hear(ticket)
	}
	return tickets
}

// Reprint is the service's.
func (f fitter) Reprint(orderID, station string) error {
	return f.with(func(s *terminal.Service) error { return s.Reprint(orderID, station) })
}

// PrintReceipt is the service's.
func (f fitter) PrintReceipt(orderID string) error {
	return f.with(func(s *terminal.Service) error { return s.PrintReceipt(orderID) })
}

// PrintBag is the service's.
func (f fitter) PrintBag(orderID string) error {
	return f.with(func(s *terminal.Service) error { return s.PrintBag(orderID) })
}

// Setups are the service's.
func (f fitter) Setups() ([]terminal.PrinterSetup, map[string]terminal.StationSetup) {
	if s := f.terminal.service.Load(); s != nil {
		return s.Setups()
	}
	return nil, nil
}

// SetPrinter is the service's.
func (f fitter) SetPrinter(p terminal.PrinterSetup) error {
	return f.with(func(s *terminal.Service) error { return s.SetPrinter(p) })
}

// RemovePrinter is the service's.
func (f fitter) RemovePrinter(name string) error {
	return f.with(func(s *terminal.Service) error { return s.RemovePrinter(name) })
}

// SetStation is the service's.
func (f fitter) SetStation(station string, setup terminal.StationSetup) error {
	return f.with(func(s *terminal.Service) error { return s.SetStation(station, setup) })
}

// Devices lists the device files of USB printers and serial lines, as Linux names them.
func (f fitter) Devices() []string {
	var devices []string
	for _, pattern := range []string{"/dev/usb/lp*", "/dev/lp*", "/dev/ttyUSB*", "/dev/ttyACM*"} {
		found, err := filepath.Glob(pattern)
		if err != nil { // only a pattern that makes no sense
			f.log.Error("looking for printers", "pattern", pattern, "err", err)
		}
		devices = append(devices, found...)
	}
	return devices
}

// Find asks a printer what it is.
func (f fitter) Find(ctx context.Context, setup terminal.PrinterSetup) (terminal.PrinterFound, error) {
	found, err := printer.Probe(ctx, setup)
	if err != nil {
		return terminal.PrinterFound{}, faulty(err)
	}
	result := terminal.PrinterFound{Maker: found.Maker, Model: found.Model, Proof: string(found.Proof)}
	if profile, known := escpos.ProfileNamed(found.Profile); known {
		result.Profile, result.Columns = found.Profile, profile.Columns
	}
	return result, nil
}

// TestPage prints one, outside of the printer's queue: on a printer that is set up already, the
// two wait for each other at its port.
func (f fitter) TestPage(ctx context.Context, setup terminal.PrinterSetup, language string) error {
	transport, profile, err := openPrinter(setup, f.letters)
	if err != nil {
		return err
	}
	page, err := printer.TestPage{
		Address: setup.Address, Model: setup.Profile, Language: language, At: time.Now(),
	}.Render(profile)
	if err != nil {
		return err
	}
	link, err := transport.Connect(ctx)
	if err != nil {
		return faulty(err)
	}
	outcome, err := link.Send(ctx, page)
	if err = errors.Join(err, link.Close()); outcome == terminal.Sent || outcome == terminal.Proven {
		return nil
	}
	return faulty(fmt.Errorf("test page: %w", err))
}

// CodePages are those of the printer's profile.
func (f fitter) CodePages(setup terminal.PrinterSetup) []string {
	setup.CodePage, setup.CodePageNumber = "", 0
	profile, err := profileOf(setup)
	if err != nil {
		return nil
	}
	var pages []string
	for _, page := range profile.CodePages {
		pages = append(pages, page.Name)
	}
	return pages
}

// profile is that of the printer that a job printed on, or would.
func (f fitter) profile(job terminal.Job) *escpos.Profile {
	setups, stations := f.Setups()
	name := job.Printer
	if name == "" {
		name = stations[job.Station].Printer
	}
	at := slices.IndexFunc(setups, func(p terminal.PrinterSetup) bool { return p.Name == name })
	if at < 0 {
		return nil
	}
	profile, err := profileOf(setups[at])
	if err != nil {
		return nil
	}
	profile.Drawer = f.letters
	return profile
}

// faulty says which fault an error of the printer shows.
func faulty(err error) error { return &terminal.PrinterError{Fault: faultIn(err), Err: err} }

func faultIn(err error) terminal.Fault {
	if probed, ok := errors.AsType[*printer.ProbeError](err); ok {
		return probed.Fault
	}
	return printer.FaultOf(err)
}
