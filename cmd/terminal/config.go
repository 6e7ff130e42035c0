package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/raster"
	"comptoir/sync/pairing"
	"comptoir/terminal"

	"github.com/BurntSushi/toml"
)

// config is a terminal.toml.
type config struct {
	Device   string                  `toml:"device"`
	Key      string                  `toml:"key"`
	Hub      string                  `toml:"hub"`
	Printers map[string]printerTable `toml:"printers"`
	Stations map[string]stationTable `toml:"stations"`
	// ReprintUnconfirmed: "auto" or "ask".
	ReprintUnconfirmed string `toml:"reprint_unconfirmed"`
	MaxAgeMinutes      int    `toml:"max_age_minutes"`

	// paired is the pairing that says who this terminal is; zero where the file does.
	paired pairing.Pairing
	// letters draws what printers have no letters for.
	letters escpos.Drawer
}

type printerTable struct {
	Kind     string `toml:"kind"`
	Address  string `toml:"address"`
	Profile  string `toml:"profile"`
	Columns  int    `toml:"columns"`
	CodePage string `toml:"code_page"`
	// CodePageNumber is the printer's own number of the code page; 0 is Epson's.
	CodePageNumber int    `toml:"code_page_number"`
	Proof          string `toml:"proof"`

	profile *escpos.Profile
}

// stationTable is a station's printer by name alone, or a table.
type stationTable struct {
	terminal.StationSetup
}

// UnmarshalTOML implements toml.Unmarshaler.
func (s *stationTable) UnmarshalTOML(value any) error {
	if name, short := value.(string); short {
		s.Printer = name
		return nil
	}
	table, is := value.(map[string]any)
	if !is {
		return errors.New("stations: use station = \"printer\", or a [stations.NAME] table")
	}
	for key, value := range table {
		var ok bool
		switch key {
		case "printer":
			s.Printer, ok = value.(string)
		case "backup":
			s.Backup, ok = value.(string)
		case "language":
			s.Language, ok = value.(string)
		case "big_text":
			s.BigText, ok = value.(bool)
		case "combine":
			s.Combine, ok = value.(bool)
		case "beeps":
			s.Beeps, ok = number(value)
		case "copies":
			s.Copies, ok = number(value)
		default:
			return fmt.Errorf("stations: unknown key %s: see docs/configuration.md, or remove it", key)
		}
		if !ok {
			return fmt.Errorf("stations: %s: %v is not possible", key, value)
		}
	}
	return nil
}

func number(value any) (n int, is bool) {
	long, is := value.(int64)
	return int(long), is
}

// defaultConfig need not be there.
const defaultConfig = "terminal.toml"

// loadConfig reads a terminal.toml. An error names the file, the key and the remedy.
func loadConfig(path string) (config, error) {
	c := config{ReprintUnconfirmed: "auto", MaxAgeMinutes: int(terminal.DefaultMaxAge / time.Minute)}
	meta, err := toml.DecodeFile(path, &c)
	if errors.Is(err, fs.ErrNotExist) && path == defaultConfig {
		err = nil // a paired terminal needs none
	}
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
	if c.Device == "" && c.Key != "" || strings.Contains(c.Device, ":") {
		return errors.New("device: give the name under which the hub knows this terminal, without a colon; or leave out device and key, and pair it")
	}
	if c.Key == "" && c.Device != "" {
		return errors.New("key: give the key that the hub has for this device; or leave out device and key, and pair it")
	}
	if c.Hub == "" {
		c.Hub = "http://127.0.0.1:8080"
	}
	if c.ReprintUnconfirmed != "auto" && c.ReprintUnconfirmed != "ask" {
		return fmt.Errorf("reprint_unconfirmed: %q is not known; use \"auto\" or \"ask\"", c.ReprintUnconfirmed)
	}
	if c.MaxAgeMinutes < 1 {
		return fmt.Errorf("max_age_minutes: %d is not possible; use 1 or more", c.MaxAgeMinutes)
	}
	c.letters = raster.New(raster.SystemFonts()...)
	for name, p := range c.Printers {
		if err := p.check(name, c.letters); err != nil {
			return fmt.Errorf("printers.%s.%w", name, err)
		}
		c.Printers[name] = p
	}
	for station, s := range c.Stations {
		for _, name := range []string{s.Printer, s.Backup} {
			if _, known := c.Printers[name]; name != "" && !known {
				return fmt.Errorf("stations.%s: there is no printer %q; add a [printers.%s] table", station, name, name)
			}
		}
		if err := s.Check(); err != nil {
			return fmt.Errorf("stations.%s: %w", station, err)
		}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("unknown key %s: see docs/configuration.md, or remove it", unknown[0])
	}
	return nil
}

func (p *printerTable) check(name string, letters escpos.Drawer) error {
	if p.Kind == "" {
		p.Kind = "tcp"
	}
	if p.Proof == "" {
		p.Proof = string(printer.ProofBlind)
	}
	var err error
	_, p.profile, err = openPrinter(p.setup(name), letters)
	return err
}

func (p *printerTable) setup(name string) terminal.PrinterSetup {
	return terminal.PrinterSetup{
		Name: name, Kind: p.Kind, Address: p.Address, Profile: p.Profile, Columns: p.Columns,
		CodePage: p.CodePage, CodePageNumber: p.CodePageNumber, Proof: p.Proof,
	}
}

// setup is what the file says of printers and stations; what is set up on screen wins over it.
func (c *config) setup() terminal.Setup {
	setup := terminal.Setup{Printers: map[string]terminal.PrinterSetup{}, Stations: map[string]terminal.StationSetup{}}
	for name, p := range c.Printers {
		setup.Printers[name] = p.setup(name)
	}
	for station, s := range c.Stations {
		setup.Stations[station] = s.StationSetup
	}
	return setup
}
