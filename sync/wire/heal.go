package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// MaxHeld is how many orders a Held frame may name.
const MaxHeld = 200

// Held names orders that a full resync did not bring, or brought older than the terminal has them.
// One or several Answers follow; the terminal sends the next Held after the last of them.
type Held struct {
	Location string      `json:"location"`
	Orders   []HeldOrder `json:"orders"`
}

// HeldOrder is one of them, with its Order where the terminal offers it: a hub that has none, or
// lacks the end of its history, takes it.
type HeldOrder struct {
	ID    string          `json:"id"`
	Order json.RawMessage `json:"order,omitempty"`
}

// Answer is what the hub has of the orders that Held named.
type Answer struct {
	Location string `json:"location"`
	// Orders as the hub has them now, in any state; Missing are the ids of those that it does not
	// have, and did not take.
	Orders  []json.RawMessage `json:"orders,omitempty"`
	Missing []string          `json:"missing,omitempty"`
	// Done marks the last Answer to a Held.
	Done bool `json:"done,omitempty"`
}

// Clock asks for the hub's clock, under a number, and the hub's own tells its Time.
type Clock struct {
	Asked uint64    `json:"asked"`
	Time  time.Time `json:"time,omitzero"`
}

func (h Held) check() error {
	if len(h.Orders) > MaxHeld {
		return fmt.Errorf("%w: held: %d orders", ErrFrame, len(h.Orders))
	}
	err := named("held.location", h.Location)
	for _, o := range h.Orders {
		if o.ID == "" || len(o.ID) > maxOrderID {
			err = errors.Join(err, fmt.Errorf("%w: held: an id of %d characters", ErrFrame, len(o.ID)))
		}
	}
	return err
}

// maxOrderID is the order log's bound of ids.
const maxOrderID = 1024
