package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"comptoir/shop"
	"comptoir/sync/wire"
)

// recall notes the settings that the replica has, so that the hub need not send them again over each
// connection.
func (s *session) recall(settings []shop.Location) error {
	s.known, s.sums = map[string]shop.Location{}, map[string]string{}
	for _, l := range settings {
		data, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("the settings of %s: %w", l.ID, err)
		}
		s.known[l.ID], s.sums[l.ID] = l, wire.Sum(data)
	}
	return nil
}

// gather joins the parts of a welcome's settings; none until the last has come.
func (s *session) gather(welcome wire.Welcome) (locations []shop.Location, whole bool, err error) {
	s.parts = append(s.parts, welcome.Locations...)
	if len(s.parts) > wire.MaxLocations {
		return nil, false, garbled(errors.New("a welcome of too many locations"))
	}
	if welcome.More {
		return nil, false, nil
	}
	locations, s.parts = s.parts, nil
	for i, l := range locations {
		if !slices.Contains(welcome.Same, l.ID) {
			continue
		}
		known, has := s.known[l.ID]
		if !has {
			return nil, false, garbled(fmt.Errorf("the settings of %q are not known here", clip(l.ID)))
		}
		locations[i] = known
	}
	return locations, true, nil
}
