package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/raster"
	"comptoir/sync/wire"
	"comptoir/terminal"

	"github.com/BurntSushi/toml"
)

// config is a terminal.toml.
type config struct {
	Device   string                  `toml:"device"`
	Key      string                  `toml:"key"`
	Hub      string                  `toml:"hub"`
	Printers map[string]printerTable `toml:"printers"`
	// Stations is station → printer.
	Stations map[string]string `toml:"stations"`
	// ReprintUnconfirmed: "auto" or "ask".
	ReprintUnconfirmed string `toml:"reprint_unconfirmed"`
}

type printerTable struct {
	Kind     string `toml:"kind"`
	Address  string `toml:"address"`
	Columns  int    `toml:"columns"`
	CodePage string `toml:"code_page"`
	// CodePageNumber is the printer's own number of the code page; 0 is Epson's.
	CodePageNumber int    `toml:"code_page_number"`
	Proof          string `toml:"proof"`

	profile *escpos.Profile
}

// loadConfig reads a terminal.toml. An error names the file, the key and the remedy.
func loadConfig(path string) (config, error) {
	c := config{ReprintUnconfirmed: "auto"}
	meta, err := toml.DecodeFile(path, &c)
	if syntax, ok := errors.AsType[toml.ParseError](err); ok {
		return c, fmt.Errorf("%s: %s", path, syntax.ErrorWithUsage())
	}
	if err != nil {
		return c, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	if err := c.check(meta); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func (c *config) check(meta toml.MetaData) error {
	if c.Device == "" || strings.Contains(c.Device, ":") {
		return errors.New("device: give the name under which the hub knows this terminal, without a colon")
	}
	if c.Key == "" {
		return errors.New("key: give the key that the hub has for this device")
	}
	if c.Hub == "" {
		c.Hub = "http://127.0.0.1:8080"
	}
	if c.ReprintUnconfirmed != "auto" && c.ReprintUnconfirmed != "ask" {
		return fmt.Errorf("reprint_unconfirmed: %q is not known; use \"auto\" or \"ask\"", c.ReprintUnconfirmed)
	}
	letters := raster.New(raster.SystemFonts()...)
	for name, p := range c.Printers {
		if err := p.check(); err != nil {
			return fmt.Errorf("printers.%s.%w", name, err)
		}
		p.profile.Drawer = letters
		c.Printers[name] = p
	}
	for station, name := range c.Stations {
		if _, known := c.Printers[name]; !known {
			return fmt.Errorf("stations.%s: there is no printer %q; add a [printers.%s] table", station, name, name)
		}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("unknown key %s: see docs/configuration.md, or remove it", unknown[0])
	}
	return nil
}

func (p *printerTable) check() error {
	if p.Kind == "" {
		p.Kind = "tcp"
	}
	if p.Columns == 0 {
		p.Columns = 48
	}
	if !slices.Contains([]int{32, 42, 48}, p.Columns) {
		return fmt.Errorf("columns: %d is not possible; use 32 (58 mm), 42 or 48 (80 mm)", p.Columns)
	}
	if p.Proof == "" {
		p.Proof = string(printer.ProofBlind)
	}
	if _, err := printer.Open(p.setup("")); err != nil {
		return err
	}
	p.profile = escpos.Generic(p.Columns)
	if p.CodePage != "" {
		page, err := escpos.ParseCodePage(p.CodePage)
		if err != nil {
			return fmt.Errorf("code_page: %w", err)
		}
		if p.CodePageNumber < 0 || p.CodePageNumber > 255 {
			return fmt.Errorf("code_page_number: %d must be 0 to 255", p.CodePageNumber)
		}
		if p.CodePageNumber > 0 {
			page.Number = byte(p.CodePageNumber)
		}
		p.profile.CodePages = append([]escpos.CodePage{page},
			slices.DeleteFunc(p.profile.CodePages, func(other escpos.CodePage) bool { return other.Name == page.Name })...)
	}
	if err := p.profile.Validate(); err != nil {
		return fmt.Errorf("columns or code_page: %w", err)
	}
	return nil
}

func (p *printerTable) setup(name string) terminal.PrinterSetup {
	return terminal.PrinterSetup{
		Name: name, Kind: p.Kind, Address: p.Address, Columns: p.Columns,
		CodePage: p.CodePage, CodePageNumber: p.CodePageNumber, Proof: p.Proof,
	}
}

// stations lists the stations that have a printer.
func (c *config) stations() map[string][]string {
	var stations []string
	for station := range c.Stations {
		stations = append(stations, station)
	}
	slices.Sort(stations)
	return map[string][]string{wire.AnyLocation: stations}
}

func (c *config) setup() terminal.Setup {
	setup := terminal.Setup{Stations: map[string]terminal.StationSetup{}}
	for station, name := range c.Stations {
		setup.Stations[station] = terminal.StationSetup{Printer: name}
	}
	return setup
}
