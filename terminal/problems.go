package terminal

import (
	"fmt"
	"maps"
	"slices"
)

// Problems says, for people, what keeps tickets from coming out until somebody mends it.
func (s *Service) Problems() []string {
	s.mu.RLock()
	locations := s.locations
	s.mu.RUnlock()
	var problems []string
	err := s.ports.Store.View(func(tx Tx) error {
		for _, id := range slices.Sorted(maps.Keys(locations)) {
			for _, station := range s.stations(locations[id]) {
				lease, _, err := tx.Lease(id, station)
				if err != nil {
					return err
				}
				count := 0
				err = tx.Queue(id, station, func(j Job) bool {
					if j.State == JobQueued && s.stranded(j, lease) {
						count++
					}
					return true
				})
				if err != nil {
					return err
				}
				if count > 0 {
					problems = append(problems, fmt.Sprintf("%s: %d waiting", s.noPrinter(id, station), count))
				}
			}
		}
		return nil
	})
	if err != nil {
		problems = append(problems, fmt.Sprintf("the print queues cannot be read: %v", err))
	}
	return problems
}

// stations lists the stations that may have jobs: also those that settings no longer name.
func (s *Service) stations(l *location) []string {
	set := map[string]bool{}
	for _, station := range l.Stations {
		set[station.ID] = true
	}
	for station := range s.setups().Stations {
		set[station] = true
	}
	for _, o := range s.Orders() {
		if o.Location == l.ID {
			for _, station := range o.Stations() {
				set[station] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// stranded says whether nobody will print the job, as far as this terminal knows. A station
// that another terminal holds has a printer there.
func (s *Service) stranded(j Job, lease Lease) bool {
	nobodys := j.Owner == "" && lease.Device == ""
	return (nobodys || s.mine(j, lease)) && s.setups().Stations[j.Station].Printer == ""
}

func (s *Service) noPrinter(location, station string) string {
	if l := s.location(location); l != nil {
		station = l.router.StationName(station)
	}
	return "no printer is set for the station " + station
}
