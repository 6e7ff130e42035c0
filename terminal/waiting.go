package terminal

import "slices"

// WaitingLocations are the locations of what no hub has confirmed yet: a terminal is paired only with
// one that takes all of it.
func WaitingLocations(tx Tx) ([]string, error) {
	var found []string
	const page = 500
	for after := uint64(0); ; {
		pending, err := tx.PendingAfter(after, page)
		if err != nil {
			return nil, err
		}
		for _, p := range pending {
			found = append(found, p.Location)
			after = p.Sequence
		}
		slices.Sort(found)
		found = slices.Compact(found)
		if len(pending) < page {
			break
		}
	}
	orderings, err := tx.Orderings()
	if err != nil {
		return nil, err
	}
	for _, p := range orderings.Pending {
		found = append(found, p.Location)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}
