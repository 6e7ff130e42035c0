package partner

import (
	"slices"
	"time"

	"comptoir/shop"
)

// StoreControl is an Adapter whose platform takes word of the store itself: that it pauses, that
// it needs longer, what is out of stock. Adapters of other platforms need nothing.
type StoreControl interface {
	// Controls says what the platform can be told.
	Controls() shop.Controls
	// StoreCalls lists the calls that bring the platform from one state to another. It is a pure
	// function; what the platform cannot be told is left out.
	StoreCalls(from, to StoreState, now time.Time) []Call
}

// The names of the calls about a store, the same for all platforms: for figures and screens.
const (
	CallPause       = "store_pause"
	CallResume      = "store_resume"
	CallPreparation = "store_preparation"
	CallItemsOut    = "items_out"
	CallItemsBack   = "items_back"
)

// StoreState is what a platform is to know of the store at a moment.
type StoreState struct {
	// PausedUntil is zero where the store takes orders.
	PausedUntil time.Time `json:"pausedUntil,omitzero"`
	// PreparationMinutes of new orders; 0 where nobody has changed them, and the platform goes by
	// its own settings.
	PreparationMinutes int `json:"preparationMinutes,omitempty"`
	// Out are the items out of stock by PLU, until when; zero is until they are set back.
	Out map[string]time.Time `json:"out,omitempty"`
}

// Paused reports whether the store takes no orders.
func (s StoreState) Paused() bool { return !s.PausedUntil.IsZero() }

// Equal reports whether both say the same.
func (s StoreState) Equal(other StoreState) bool {
	return s.PausedUntil.Equal(other.PausedUntil) && s.PreparationMinutes == other.PreparationMinutes &&
		len(s.NewlyOut(other)) == 0 && len(other.NewlyOut(s)) == 0
}

// NewlyOut lists, sorted, the items that are out of stock in s, and in before not, or until
// another time.
func (s StoreState) NewlyOut(before StoreState) []string {
	var plus []string
	for plu, until := range s.Out {
		if was, out := before.Out[plu]; !out || !was.Equal(until) {
			plus = append(plus, plu)
		}
	}
	slices.Sort(plus)
	return plus
}

// Back lists, sorted, the items that were out of stock before and are not in s.
func (s StoreState) Back(before StoreState) []string {
	var plus []string
	for plu := range before.Out {
		if _, out := s.Out[plu]; !out {
			plus = append(plus, plu)
		}
	}
	slices.Sort(plus)
	return plus
}
