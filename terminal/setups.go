package terminal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Setup is a terminal's printers, and where it prints each station's tickets.
type Setup struct {
	// Printers by name.
	Printers map[string]PrinterSetup `json:"printers,omitempty"`
	// Removed names printers of the configuration file that are no more.
	Removed []string `json:"removed,omitempty"`
	// Stations by id, for every location. One without a printer is not printed here.
	Stations map[string]StationSetup `json:"stations,omitempty"`
}

// over is what holds: a setup made on screen wins over the configuration file's.
func (s Setup) over(base Setup) Setup {
	merged := Setup{Printers: map[string]PrinterSetup{}, Stations: map[string]StationSetup{}}
	maps.Copy(merged.Printers, base.Printers)
	for _, name := range s.Removed {
		delete(merged.Printers, name)
	}
	maps.Copy(merged.Printers, s.Printers)
	maps.Copy(merged.Stations, base.Stations)
	maps.Copy(merged.Stations, s.Stations)
	return merged
}

// The bounds of a setup.
const (
	maxBeeps  = 9
	maxCopies = 5
	maxName   = 60
)

// Why a setup is not taken.
var (
	ErrBadSetup = errors.New("this cannot be set up so")
	// ErrTicketsWaiting: a printer cannot be removed while its tickets have no other one.
	ErrTicketsWaiting = errors.New("tickets are waiting for this printer: give its stations another one first, or print or discard them")
)

func (p PrinterSetup) check() error {
	kinds := []string{"tcp", "device", "serial", "virtual"}
	proofs := []string{"", "id", "fence", "status", "blind"}
	switch {
	case p.Name == "" || len(p.Name) > maxName:
		return fmt.Errorf("%w: a printer needs a name of at most %d characters", ErrBadSetup, maxName)
	case len(p.Label) > maxName:
		return fmt.Errorf("%w: a printer is called by at most %d characters", ErrBadSetup, maxName)
	case !slices.Contains(kinds, p.Kind):
		return fmt.Errorf("%w: kind %q", ErrBadSetup, p.Kind)
	case p.Address == "":
		return fmt.Errorf("%w: a printer needs an address", ErrBadSetup)
	case !slices.Contains(proofs, p.Proof):
		return fmt.Errorf("%w: proof %q", ErrBadSetup, p.Proof)
	}
	return nil
}

func (s StationSetup) check(printers map[string]PrinterSetup) error {
	for _, name := range []string{s.Printer, s.Backup} {
		if _, known := printers[name]; name != "" && !known {
			return fmt.Errorf("%w: there is no printer %q", ErrBadSetup, name)
		}
	}
	return s.Check()
}

// Check says what cannot be so, whatever printers there are; it wraps ErrBadSetup.
func (s StationSetup) Check() error {
	switch {
	case s.Backup != "" && (s.Printer == "" || s.Backup == s.Printer):
		return fmt.Errorf("%w: the backup must be another printer", ErrBadSetup)
	case s.Language != "" && s.Language != "fr" && s.Language != "en":
		return fmt.Errorf("%w: language %q", ErrBadSetup, s.Language)
	case s.Beeps < 0 || s.Beeps > maxBeeps:
		return fmt.Errorf("%w: 0 to %d beeps", ErrBadSetup, maxBeeps)
	case s.Copies < 0 || s.Copies > maxCopies:
		return fmt.Errorf("%w: at most %d copies", ErrBadSetup, maxCopies)
	}
	return nil
}

// Setups are the printers, by name, and the stations as they are set up now.
func (s *Service) Setups() ([]PrinterSetup, map[string]StationSetup) {
	setup := s.setups()
	printers := make([]PrinterSetup, 0, len(setup.Printers))
	for _, name := range slices.Sorted(maps.Keys(setup.Printers)) {
		printers = append(printers, setup.Printers[name])
	}
	return printers, maps.Clone(setup.Stations)
}

// Stations lists the kitchen's that this terminal has a printer for.
func (s *Service) Stations() []string {
	stations := []string{}
	for station, setup := range s.setups().Stations {
		if setup.Printer != "" && !customers(station) {
			stations = append(stations, station)
		}
	}
	slices.Sort(stations)
	return stations
}

// setups is what holds now; its maps never change.
func (s *Service) setups() Setup {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.setup
}

// SetPrinter adds a printer, or changes the one of this name. Its Label may change at any time:
// nothing but what people read goes by it.
func (s *Service) SetPrinter(p PrinterSetup) error {
	return s.setUp("printer "+p.Name, func(_ *change, stored *Setup, now Setup) error {
		if err := p.check(); err != nil {
			return err
		}
		for _, other := range now.Printers {
			if other.Name != p.Name && other.DisplayName() == p.DisplayName() {
				return fmt.Errorf("%w: another printer is called %q", ErrBadSetup, p.DisplayName())
			}
		}
		stored.Printers[p.Name] = p
		stored.Removed = slices.DeleteFunc(stored.Removed, func(name string) bool { return name == p.Name })
		return nil
	})
}

// SetStation says where and how this terminal prints a station's tickets; a zero setup prints
// none of it here.
func (s *Service) SetStation(station string, setup StationSetup) error {
	return s.setUp("station "+station, func(_ *change, stored *Setup, now Setup) error {
		if station == "" {
			return fmt.Errorf("%w: a station needs a name", ErrBadSetup)
		}
		if err := setup.check(now.Printers); err != nil {
			return err
		}
		stored.Stations[station] = setup
		return nil
	})
}

// RemovePrinter forgets a printer. Its stations go to their backup printers; where one has none
// and tickets are waiting it is ErrTicketsWaiting, so that none is forgotten with it.
func (s *Service) RemovePrinter(name string) error {
	return s.setUp("printer "+name, func(c *change, stored *Setup, now Setup) error {
		for station, setup := range now.Stations {
			switch name {
			case setup.Printer:
				waiting, err := s.waits(c.tx, station, func(j Job) bool {
					return setup.Backup == "" || j.State == JobSending
				})
				if err != nil {
					return err
				}
				if waiting {
					return ErrTicketsWaiting
				}
				setup.Printer, setup.Backup = setup.Backup, ""
			case setup.Backup:
				waiting, err := s.waits(c.tx, station, func(j Job) bool { return j.State == JobSending && j.Printer == name })
				if err != nil {
					return err
				}
				if waiting {
					return ErrTicketsWaiting
				}
				setup.Backup = ""
			default:
				continue
			}
			stored.Stations[station] = setup
		}
		delete(stored.Printers, name)
		if _, base := s.config.Setup.Printers[name]; base && !slices.Contains(stored.Removed, name) {
			stored.Removed = append(stored.Removed, name)
		}
		return nil
	})
}

// waits says whether a job of the station is this terminal's to print and suits.
func (s *Service) waits(tx Tx, station string, suits func(Job) bool) (bool, error) {
	s.mu.RLock()
	locations := s.locations
	s.mu.RUnlock()
	found := false
	for id := range locations {
		lease, _, err := tx.Lease(id, station)
		if err != nil {
			return false, err
		}
		err = tx.Queue(id, station, func(j Job) bool {
			found = j.State != JobIdle && s.mine(j, lease) && suits(j)
			return !found
		})
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// setUp changes what is stored over the configuration file, and tells everybody.
func (s *Service) setUp(what string, f func(c *change, stored *Setup, now Setup) error) error {
	err := s.update(func(c *change) error {
		stored, err := c.tx.Setup()
		if err != nil {
			return err
		}
		if stored.Printers == nil {
			stored.Printers = map[string]PrinterSetup{}
		}
		if stored.Stations == nil {
			stored.Stations = map[string]StationSetup{}
		}
		if err := f(c, &stored, s.setups()); err != nil {
			return err
		}
		merged := stored.over(s.config.Setup)
		c.setup, c.print = &merged, true
		c.events = append(c.events, Event{Kind: EventPrinters})
		return c.tx.PutSetup(stored)
	})
	if err != nil {
		return fmt.Errorf("setting up %s: %w", what, err)
	}
	return nil
}
