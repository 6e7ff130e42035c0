package model

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"comptoir/terminal"
)

// Setup is the sheet of the printer that is being set up, nil where none is.
func (c *Controller) Setup() *Setup {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.setup.sheet(c.chosenWords(), c.settings)
}

// SetUp opens the sheet for a new printer, or for the one of this name.
func (c *Controller) SetUp(printer string) Errand {
	return func(context.Context) {
		printers, stations := c.options.Tools.Setups()
		devices := c.options.Tools.Devices()
		c.change(func() {
			c.setup.begin(printer, printers, stations)
			c.setup.devices = devices
		})
	}
}

// SetupClose closes the sheet; nothing of it is kept that was not done.
func (c *Controller) SetupClose() { c.change(func() { c.setup = setup{} }) }

// SetupKind chooses network or cable.
func (c *Controller) SetupKind(kind int) {
	c.sheet(func(s *setup) { s.kind, s.failed = kind, "" })
}

// SetupTyped says what is typed as the address.
func (c *Controller) SetupTyped(text string) {
	c.sheet(func(s *setup) { s.typed, s.wrong = text, "" })
}

// SetupNamed says what is typed as the printer's name; empty is the one it has by itself.
func (c *Controller) SetupNamed(text string) {
	c.sheet(func(s *setup) { s.label, s.badLabel = text, "" })
}

// SetupDevice chooses what is plugged in.
func (c *Controller) SetupDevice(device string) { c.sheet(func(s *setup) { s.device = device }) }

// SetupSample says which line of the test page reads right.
func (c *Controller) SetupSample(page string) {
	c.sheet(func(s *setup) { s.printer.CodePage = page })
}

// SetupWidth says how wide the paper is.
func (c *Controller) SetupWidth(columns string) {
	c.sheet(func(s *setup) {
		n, err := strconv.Atoi(columns)
		if err != nil || !slices.Contains(setupWidths(), n) {
			return
		}
		s.printer.Columns, s.printer.Profile = n, ""
		if s.found != nil && s.found.Columns == n { // else the model is used on other paper
			s.printer.Profile = s.found.Profile
		}
	})
}

// SetupStation lets a station print there, or no more.
func (c *Controller) SetupStation(station string) {
	c.sheet(func(s *setup) { s.chosen[station] = !s.chosen[station] })
}

// SetupOptions shows how a station prints.
func (c *Controller) SetupOptions(station string) {
	c.sheet(func(s *setup) { s.station, s.step = station, SetupOptions })
}

// SetupBigText, and what follows, change the options of the station shown.
func (c *Controller) SetupBigText(on bool) {
	c.option(func(o *terminal.StationSetup) { o.BigText = on })
}

// SetupCombine adds up equal items, or not.
func (c *Controller) SetupCombine(on bool) {
	c.option(func(o *terminal.StationSetup) { o.Combine = on })
}

// SetupBeeps changes how often the buzzer sounds.
func (c *Controller) SetupBeeps(by int) {
	c.option(func(o *terminal.StationSetup) { o.Beeps = min(max(o.Beeps+by, 0), mostBeeps) })
}

// SetupCopies changes how many copies are printed.
func (c *Controller) SetupCopies(by int) {
	c.option(func(o *terminal.StationSetup) { o.Copies = min(max(max(o.Copies, 1)+by, 1), mostCopies) })
}

// SetupLanguage changes the language of our own words; empty is the location's.
func (c *Controller) SetupLanguage(language string) {
	c.option(func(o *terminal.StationSetup) { o.Language = language })
}

// SetupBackup chooses who prints while the printer fails; empty is nobody.
func (c *Controller) SetupBackup(printer string) {
	c.option(func(o *terminal.StationSetup) { o.Backup = printer })
}

// SetupBack goes to the page before.
func (c *Controller) SetupBack() {
	c.sheet(func(s *setup) {
		s.failed = ""
		switch s.step {
		case SetupOptions:
			s.step = SetupStations
		case SetupStations:
			s.step = SetupTest
			if s.existing != "" && s.found == nil {
				s.step = SetupAddress
			}
		default:
			s.step = SetupAddress
		}
	})
}

// SetupNext goes on: from the address it asks the printer and prints a test page, from the
// stations it keeps everything.
func (c *Controller) SetupNext() Errand {
	var errand Errand
	c.sheet(func(s *setup) {
		s.failed = ""
		switch s.step {
		case SetupAddress:
			switch {
			case s.kind == kindCable && len(s.devices) == 0:
				errand = c.lookAgain
			case s.addressed():
				s.busy, errand = "setup.busy.test", c.findAndTest
			}
		case SetupTest:
			s.step = SetupStations
		case SetupOptions:
			s.step = SetupStations
		case SetupStations:
			if s.labelled() {
				s.busy, errand = "setup.busy.save", c.keepSetup
			}
		}
	})
	return errand
}

// SetupAgain prints the test page once more.
func (c *Controller) SetupAgain() Errand {
	var errand Errand
	c.sheet(func(s *setup) { s.busy, s.failed, errand = "setup.busy.test", "", c.findAndTest })
	return errand
}

// SetupRemove takes the printer away.
func (c *Controller) SetupRemove() Errand {
	var errand Errand
	c.sheet(func(s *setup) {
		if s.existing != "" {
			s.busy, errand = "setup.busy.save", c.removePrinter
		}
	})
	return errand
}

func (c *Controller) lookAgain(context.Context) {
	devices := c.options.Tools.Devices()
	c.sheet(func(s *setup) { s.devices = devices })
}

// findAndTest asks the printer what it is and prints a test page on it.
func (c *Controller) findAndTest(ctx context.Context) {
	c.mu.Lock()
	printer, language := c.setup.printer, c.chosenWords().Language()
	known := c.setup.found != nil
	c.mu.Unlock()
	var found terminal.PrinterFound
	var err error
	if !known {
		if found, err = c.options.Tools.Find(ctx, printer); err == nil {
			printer.Profile, printer.Proof = "", found.Proof
			if printer.Columns == 0 || printer.Columns == found.Columns { // else it prints on other paper
				printer.Profile, printer.Columns = found.Profile, found.Columns
			}
		}
	}
	if err == nil {
		err = c.options.Tools.TestPage(ctx, printer, language)
	}
	pages := c.options.Tools.CodePages(printer)
	c.done(func(s *setup) {
		if err != nil {
			s.fail("setup.failed.test", err)
			return
		}
		s.printer, s.pages, s.step = printer, pages, SetupTest
		if !known {
			s.found = &found
		}
		if s.printer.Columns == 0 {
			s.printer.Columns = setupWidths()[len(setupWidths())-1]
		}
	})
}

// keepSetup stores the printer and its stations.
func (c *Controller) keepSetup(context.Context) {
	c.mu.Lock()
	s, name := c.setup, c.setup.named(c.chosenWords(), c.settings)
	stations, chosen := maps.Clone(s.stations), maps.Clone(s.chosen)
	c.mu.Unlock()
	s.printer.Name = name
	if s.printer.Label == name {
		s.printer.Label = ""
	}
	err := c.options.Tools.SetPrinter(s.printer)
	for _, id := range slices.Sorted(maps.Keys(chosen)) {
		if err != nil {
			break
		}
		station := stations[id]
		switch {
		case chosen[id]:
			station.Printer = name
			if station.Backup == name {
				station.Backup = ""
			}
		case station.Printer == name:
			station.Printer = ""
		default:
			continue
		}
		err = c.options.Tools.SetStation(id, station)
	}
	c.finish("setup.failed.save", err)
}

// removePrinter takes the printer away, and offers to put it back.
func (c *Controller) removePrinter(context.Context) {
	c.mu.Lock()
	name := c.setup.existing
	words := c.chosenWords()
	c.mu.Unlock()
	printers, before := c.options.Tools.Setups()
	err := c.options.Tools.RemovePrinter(name)
	c.finish("setup.failed.remove", err)
	at := slices.IndexFunc(printers, func(p terminal.PrinterSetup) bool { return p.Name == name })
	if err != nil || at < 0 {
		return
	}
	_, after := c.options.Tools.Setups()
	c.Offer(words.Say("snackbar.printer", "printer", printers[at].DisplayName()), func() Plan {
		return Plan{steps: func() error { return c.putBack(printers[at], before, after) }}
	})
}

// putBack adds a printer that was removed, and gives it the stations that it had: those whose
// setup is still what the removal made it.
func (c *Controller) putBack(printer terminal.PrinterSetup, before, after map[string]terminal.StationSetup) error {
	err := c.options.Tools.SetPrinter(printer)
	_, now := c.options.Tools.Setups()
	for _, station := range slices.Sorted(maps.Keys(before)) {
		if err == nil && before[station] != after[station] && now[station] == after[station] {
			err = c.options.Tools.SetStation(station, before[station])
		}
	}
	if err != nil {
		c.Offer(c.Words().Say("snackbar.printer.failed", "printer", printer.DisplayName()), nil)
	}
	return err
}

// finish closes the sheet, unless something went wrong.
func (c *Controller) finish(key string, err error) {
	c.done(func(s *setup) {
		if err != nil {
			s.fail(key, err)
			return
		}
		*s = setup{}
	})
}

// sheet changes the open sheet; while it is busy it holds still.
func (c *Controller) sheet(f func(*setup)) {
	c.change(func() {
		if c.setup.open && c.setup.busy == "" {
			f(&c.setup)
		}
	})
}

// done ends what the sheet was busy with, unless somebody has closed it.
func (c *Controller) done(f func(*setup)) {
	c.change(func() {
		if c.setup.open && c.setup.busy != "" {
			c.setup.busy = ""
			f(&c.setup)
		}
	})
}

func (c *Controller) option(f func(*terminal.StationSetup)) {
	c.sheet(func(s *setup) {
		o := s.stations[s.station]
		f(&o)
		s.stations[s.station] = o
	})
}
