package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Store is what a stand-in has been told of the store.
type Store struct {
	Paused bool
	// Until is when a pause ends by itself; zero where the platform knows no end.
	Until time.Time
	// PreparationMinutes is 0 where nobody has told any.
	PreparationMinutes int
	// Out are the items that are off sale, until when; zero where the platform knows no end.
	Out map[string]time.Time
}

// Store returns what the stand-in was told last.
func (s *stand) Store() Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	store := s.store
	store.Out = maps.Clone(store.Out)
	return store
}

func (s *stand) tell(change func(*Store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.store.Out == nil {
		s.store.Out = map[string]time.Time{}
	}
	change(&s.store)
}

// agreed refuses an id that is missing, or another than the one agreed on, if there is one.
func agreed(field, got, want string) error {
	if got == "" {
		return fmt.Errorf("%s is missing", field)
	}
	if want != "" && got != want {
		return fmt.Errorf("%s %q is not the one agreed on", field, got)
	}
	return nil
}

// storeStatus is A3, "Pause/busy".
func (d *Deliverect) storeStatus(r *request) reply {
	var body struct {
		IsActive     *bool    `json:"isActive"`
		PrepTime     *int     `json:"prepTime"`
		ChannelLinks []string `json:"channelLinks"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := agreed("locationId", r.PathValue("location"), d.config.LocationID); err != nil {
		return refuse(http.StatusNotFound, "%v", err)
	}
	switch {
	case body.IsActive == nil:
		return refuse(http.StatusBadRequest, "isActive is missing")
	case body.PrepTime != nil && *body.PrepTime < 1:
		return refuse(http.StatusBadRequest, "prepTime %d, want minutes, 1 or more", *body.PrepTime)
	}
	d.tell(func(s *Store) {
		s.Paused = !*body.IsActive
		if body.PrepTime != nil {
			s.PreparationMinutes = *body.PrepTime
		}
	})
	return reply{status: http.StatusOK, body: map[string]string{}}
}

// snooze is A3, "86".
func (d *Deliverect) snooze(r *request) reply {
	var body struct {
		Account     string   `json:"account"`
		Location    string   `json:"location"`
		PLUs        []string `json:"plus"`
		SnoozeStart string   `json:"snoozeStart"`
		SnoozeEnd   string   `json:"snoozeEnd"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := agreed("account", body.Account, d.config.AccountID); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := agreed("location", body.Location, d.config.LocationID); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if len(body.PLUs) == 0 || slices.Contains(body.PLUs, "") {
		return refuse(http.StatusBadRequest, "plus names no product, or one without a PLU")
	}
	start, err := utc(body.SnoozeStart)
	if err != nil {
		return refuse(http.StatusBadRequest, "snoozeStart: %v", err)
	}
	end, err := utc(body.SnoozeEnd)
	if err != nil {
		return refuse(http.StatusBadRequest, "snoozeEnd: %v", err)
	}
	if !start.Before(end) {
		return refuse(http.StatusBadRequest, "snoozeEnd %s is not after snoozeStart %s", body.SnoozeEnd, body.SnoozeStart)
	}
	d.tell(func(s *Store) {
		for _, plu := range body.PLUs {
			if end.After(d.now()) {
				s.Out[plu] = end
			} else {
				delete(s.Out, plu)
			}
		}
	})
	return reply{status: http.StatusOK, body: map[string]string{}}
}

// doordashReasons are why a store may be paused (A1, "Store pause").
var doordashReasons = []string{
	"out_of_business", "operational_issues", "delete_store", "payment_issue",
	"store_self_disabled_in_their_POS_portal", "store_pos_connectivity_issues",
}

// storeStatus is A1, "Store pause".
func (d *DoorDash) storeStatus(r *request) reply {
	var body struct {
		IsActive        *bool  `json:"is_active"`
		Reason          string `json:"reason"`
		Notes           string `json:"notes"`
		EndTime         string `json:"end_time"`
		DurationInHours int    `json:"duration_in_hours"`
		DurationInSecs  int    `json:"duration_in_secs"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := agreed("store", r.PathValue("store"), d.config.StoreID); err != nil {
		return refuse(http.StatusNotFound, "%v", err)
	}
	switch {
	case body.IsActive == nil:
		return refuse(http.StatusBadRequest, "is_active is missing")
	case *body.IsActive:
		d.tell(func(s *Store) { s.Paused, s.Until = false, time.Time{} })
		return reply{status: http.StatusOK, body: map[string]string{}}
	case !slices.Contains(doordashReasons, body.Reason):
		return refuse(http.StatusBadRequest, "reason %q is not in the list", body.Reason)
	}
	// without an end DoorDash takes orders again after 14 days
	until := d.now().AddDate(0, 0, 14)
	if body.EndTime != "" {
		end, err := time.Parse("2006-01-02T15:04:05-07:00", body.EndTime)
		if err != nil {
			return refuse(http.StatusBadRequest, "end_time %q is not written as 2023-04-28T01:01:00+01:00", body.EndTime)
		}
		if !end.After(d.now()) {
			return refuse(http.StatusBadRequest, "end_time %s is past", body.EndTime)
		}
		until = end
	}
	d.tell(func(s *Store) { s.Paused, s.Until = true, until })
	return reply{status: http.StatusOK, body: map[string]string{}}
}

// itemStatus is A1, "86".
func (d *DoorDash) itemStatus(r *request) reply {
	const most = 40
	var body []struct {
		MerchantSuppliedID string `json:"merchant_supplied_id"`
		IsActive           *bool  `json:"is_active"`
	}
	if err := r.decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if err := agreed("store", r.PathValue("store"), d.config.StoreID); err != nil {
		return refuse(http.StatusNotFound, "%v", err)
	}
	switch {
	case len(body) == 0:
		return refuse(http.StatusBadRequest, "the list names no item")
	case len(body) > most:
		return refuse(http.StatusRequestEntityTooLarge, "%d items, more than %d", len(body), most)
	}
	for _, item := range body {
		if item.MerchantSuppliedID == "" || item.IsActive == nil {
			return refuse(http.StatusBadRequest, "an item without merchant_supplied_id or is_active")
		}
	}
	d.tell(func(s *Store) {
		for _, item := range body {
			if *item.IsActive {
				delete(s.Out, item.MerchantSuppliedID)
			} else {
				s.Out[item.MerchantSuppliedID] = time.Time{}
			}
		}
	})
	return reply{status: http.StatusOK, body: map[string]string{}}
}
