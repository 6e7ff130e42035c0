package model

import (
	"cmp"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Settings are the locations that the terminal serves, ready for use. They never change; make
// new ones when the hub sends others.
type Settings struct {
	locations []location // by name
}

type location struct {
	shop.Location
	calendar shop.Calendar
	stations map[string]string // names by id
}

// NewSettings prepares the locations' settings. A location whose zone is unknown, which the
// terminal never takes from its hub, is shown in UTC.
func NewSettings(locations []shop.Location) Settings {
	var s Settings
	for _, l := range locations {
		ready := location{Location: l, stations: map[string]string{}}
		if calendar, err := l.Calendar(); err == nil {
			ready.calendar = calendar
		}
		for _, station := range l.Stations {
			ready.stations[station.ID] = station.Name
		}
		s.locations = append(s.locations, ready)
	}
	slices.SortStableFunc(s.locations, func(a, b location) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

// Language is that of the first location: the one of screens that nobody has switched.
func (s Settings) Language() string {
	if len(s.locations) == 0 {
		return French
	}
	return s.locations[0].Language
}

// of returns the location of an order; an empty one if it is unknown.
func (s Settings) of(id string) *location {
	for i := range s.locations {
		if s.locations[i].ID == id {
			return &s.locations[i]
		}
	}
	return &location{}
}

// zone is that of the clock and of everything that belongs to no location; the machine's, as
// long as the hub has said nothing.
func (s Settings) zone() *time.Location {
	if len(s.locations) == 0 {
		return time.Local
	}
	return s.locations[0].calendar.Zone()
}

// station names a station of any location; its id where it has no name.
func (s Settings) station(id string) string {
	for _, l := range s.locations {
		if name := l.stations[id]; name != "" {
			return name
		}
	}
	return id
}

func (l *location) printAhead() time.Duration {
	return time.Duration(l.PrintAheadMinutes) * time.Minute
}

func (l *location) ringing(o order.Order, now time.Time) []order.Alarm {
	return o.Ringing(l.printAhead(), now)
}

// stations lists the stations of all locations, each id once.
func (s Settings) stations() []shop.Station {
	var stations []shop.Station
	for _, l := range s.locations {
		for _, station := range l.Stations {
			if !slices.ContainsFunc(stations, func(known shop.Station) bool { return known.ID == station.ID }) {
				stations = append(stations, station)
			}
		}
	}
	return stations
}
