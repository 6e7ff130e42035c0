package hub

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"comptoir/staff"
)

// SharedDevice is a terminal that serves several locations, one at a time on its screen.
type SharedDevice struct {
	DeviceConfig
	Locations []string `toml:"locations"`
}

// personTable is somebody of the staff, at the locations named, or at all.
type personTable struct {
	ID        string     `toml:"id"`
	Name      string     `toml:"name"`
	Role      staff.Role `toml:"role"`
	Locations []string   `toml:"locations"`
	PIN       string     `toml:"pin"`
}

// pair takes over the shared devices, and checks all.
func (c *Config) pair(shared []SharedDevice) error {
	taken := map[string]bool{}
	check := func(d DeviceConfig) error {
		switch {
		case d.ID == "" || d.Key == "" || strings.Contains(d.ID, ":"):
			return errors.New("id and key must be given, and the id without a colon")
		case taken[d.ID]:
			return fmt.Errorf("%q is there twice; give each its own id", d.ID)
		}
		taken[d.ID] = true
		return nil
	}
	for i, l := range c.Locations {
		for j, d := range l.Devices {
			if err := check(d); err != nil {
				return fmt.Errorf("locations[%d] %s: devices[%d]: %w", i, l.ID, j, err)
			}
		}
	}
	for i, d := range shared {
		err := check(d.DeviceConfig)
		if err == nil {
			err = c.serves(d)
		}
		if err != nil {
			return fmt.Errorf("devices[%d] %s: %w", i, d.ID, err)
		}
	}
	c.Devices = shared
	return nil
}

// serves checks the locations of a shared device. On a terminal a station is known by its id
// alone, so that its printers are set up once.
func (c *Config) serves(d SharedDevice) error {
	if len(d.Locations) == 0 {
		return errors.New("locations: name those that it serves")
	}
	stations := map[string]string{}
	for i, id := range d.Locations {
		at, err := c.named(id)
		if err != nil {
			return err
		}
		if slices.Contains(d.Locations[:i], id) {
			return fmt.Errorf("locations: %q is there twice; name it once", id)
		}
		for _, station := range c.Locations[at].Stations {
			if other, taken := stations[station.ID]; taken {
				return fmt.Errorf("locations: %s and %s both have a station %q, and this terminal could not tell their printers apart; give one of the stations another id", other, id, station.ID)
			}
			stations[station.ID] = id
		}
	}
	return nil
}

// named is where a location is, by its id.
func (c *Config) named(id string) (at int, err error) {
	if at = slices.IndexFunc(c.Locations, func(l LocationConfig) bool { return l.ID == id }); at < 0 {
		return at, fmt.Errorf("locations: there is no location %q; name some of [[locations]]", id)
	}
	return at, nil
}

// employ gives each location its staff: whoever names no location works at all of them.
func (c *Config) employ(people []personTable) error {
	taken := map[string]bool{}
	for i, p := range people {
		person := staff.Person{ID: p.ID, Name: strings.TrimSpace(p.Name), Role: p.Role, PIN: p.PIN}
		err := person.Validate()
		if err == nil && taken[p.ID] {
			err = errors.New("id: is there twice; give everybody their own")
		}
		if err != nil {
			return fmt.Errorf("staff[%d] %s: %w", i, p.ID, err)
		}
		taken[p.ID] = true
		locations := p.Locations
		if len(locations) == 0 {
			for _, l := range c.Locations {
				locations = append(locations, l.ID)
			}
		}
		for _, id := range locations {
			at, err := c.named(id)
			if err != nil {
				return fmt.Errorf("staff[%d] %s: %w", i, p.ID, err)
			}
			c.Locations[at].Staff = append(c.Locations[at].Staff, person)
		}
	}
	return c.managed()
}

// managed refuses a staff without a manager: nobody could change anything.
func (c *Config) managed() error {
	for i, l := range c.Locations {
		if len(l.Staff) > 0 && len(l.Staff.With(staff.Printers)) == 0 {
			return fmt.Errorf("locations[%d] %s: staff: nobody of it is a manager, so that nobody could set anything up; add one to [[staff]] with role = %q", i, l.ID, staff.Manager)
		}
	}
	return nil
}
