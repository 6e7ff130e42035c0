package terminal

import (
	"errors"
	"fmt"
)

// Stranded is tickets that nobody will print, as far as this terminal knows.
type Stranded struct {
	// Station is its name.
	Station string
	Tickets int
}

// Stranded lists the stations that have a ticket to print and no printer.
func (s *Service) Stranded() ([]Stranded, error) {
	type place struct{ location, station string }
	var places []place // as they stand in the queues
	count := map[place]int{}
	err := s.ports.Store.View(func(tx Tx) error {
		var failed error
		err := tx.Queues(func(j Job) bool {
			if j.State != JobQueued || s.location(j.Location) == nil {
				return true
			}
			var lease Lease
			if lease, _, failed = tx.Lease(j.Location, j.Station); failed != nil {
				return false
			}
			if !s.stranded(j, lease) {
				return true
			}
			at := place{j.Location, j.Station}
			if count[at]++; count[at] == 1 {
				places = append(places, at)
			}
			return true
		})
		return errors.Join(err, failed)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for tickets without a printer: %w", err)
	}
	var stranded []Stranded
	for _, at := range places {
		if l := s.location(at.location); l != nil {
			stranded = append(stranded, Stranded{l.router.StationName(at.station), count[at]})
		}
	}
	return stranded, nil
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
