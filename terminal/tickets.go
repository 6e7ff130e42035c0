package terminal

import (
	"fmt"
	"slices"
	"time"
)

// Tickets are the newest job of each of an order's stations, papers for the customer included: what
// was asked for again counts, what never came to paper does not.
func (s *Service) Tickets(orderID string) ([]Job, error) {
	newest := map[string]Job{}
	var stations []string
	err := s.ports.Store.View(func(tx Tx) error {
		jobs, err := tx.JobsOf(orderID)
		for _, j := range jobs {
			switch j.State {
			case JobDropped, JobIdle, JobElsewhere:
				continue
			}
			other, found := newest[j.Station]
			if !found {
				stations = append(stations, j.Station)
			}
			if !found || !j.lastTouched().Before(other.lastTouched()) {
				newest[j.Station] = j
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the tickets of an order: %w", err)
	}
	slices.Sort(stations)
	tickets := make([]Job, 0, len(stations))
	for _, station := range stations {
		tickets = append(tickets, newest[station])
	}
	return tickets, nil
}

// lastTouched is when the last copy left, or was asked for.
func (j Job) lastTouched() time.Time {
	if j.SentAt.After(j.Due) {
		return j.SentAt
	}
	return j.Due
}
