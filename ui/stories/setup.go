package stories

import (
	"context"

	"comptoir/terminal"
	"comptoir/ui/model"
)

// fitter sets up printers, in pictures only.
type fitter struct{ language string }

func (fitter) Devices() []string { return []string{"/dev/usb/lp0", "/dev/ttyUSB0"} }

func (fitter) Find(context.Context, terminal.PrinterSetup) (terminal.PrinterFound, error) {
	return terminal.PrinterFound{Maker: "EPSON", Model: "TM-m30II", Proof: "id"}, nil
}

func (fitter) TestPage(context.Context, terminal.PrinterSetup, string) error { return nil }

func (fitter) CodePages(terminal.PrinterSetup) []string {
	return []string{"WPC1252", "PC858", "PC850", "PC437", "ISO8859-15"}
}

func (f fitter) Setups() ([]terminal.PrinterSetup, map[string]terminal.StationSetup) {
	kitchen := word{"Cuisine chaude", "Hot kitchen"}.in(f.language)
	return []terminal.PrinterSetup{{Name: kitchen, Kind: "tcp", Address: "192.168.1.41:9100", Columns: 48}, {Name: "Bar", Label: barLabel(f.language), Kind: "tcp", Address: "192.168.1.42:9100"}},
		map[string]terminal.StationSetup{"cuisine": {Printer: kitchen, BigText: true, Beeps: 2}, "bar": {Printer: "Bar"}}
}

func (fitter) SetPrinter(terminal.PrinterSetup) error         { return nil }
func (fitter) RemovePrinter(string) error                     { return nil }
func (fitter) SetStation(string, terminal.StationSetup) error { return nil }

// run has an errand run at once.
func run(errand model.Errand) {
	if errand != nil {
		errand(context.Background())
	}
}

// setUp goes to a page of the sheet for a new printer.
func setUp(page model.SetupStep) func(*Stage) {
	return func(s *Stage) {
		c := s.Controller
		c.Screen() // takes the settings over
		c.Go(model.PlacePrinters)
		run(c.SetUp(""))
		c.SetupTyped("192.168.1.43")
		for _, step := range []model.SetupStep{model.SetupAddress, model.SetupTest} {
			if step == page {
				return
			}
			run(c.SetupNext())
		}
		c.SetupStation("cuisine")
		if page == model.SetupOptions {
			c.SetupOptions("cuisine")
		}
	}
}

// setUpWrong is an address that is none, of a sheet that is new.
func setUpWrong(s *Stage) {
	setUp(model.SetupAddress)(s)
	s.Controller.SetupTyped("192.168.1.")
	run(s.Controller.SetupNext())
}

// setUpTyping is the sheet as it comes up: with the keyboard for an address.
func setUpTyping(s *Stage) {
	s.Controller.Screen() // takes the settings over
	s.Controller.Go(model.PlacePrinters)
	run(s.Controller.SetUp(""))
}

// rename gives a printer the name that another one has.
func rename(s *Stage) {
	tickets(s)
	setUpTyping(s)
	run(s.Controller.SetUp(word{"Cuisine chaude", "Hot kitchen"}.in(s.language)))
	s.Controller.SetupNamed(barLabel(s.language))
	run(s.Controller.SetupNext())
}
