package terminal

import (
	"time"

	"comptoir/order"
)

// Recent is a command that the hub has confirmed. It is kept for a while: a hub that loses the end
// of its log (its disk failed, a backup was put back) gets it again.
type Recent struct {
	Pending
	ConfirmedAt time.Time `json:"confirmedAt"`
}

// Doubt is an order that a full resync did not bring, or brought older than it is here: the hub
// must be asked for it, or offered it.
type Doubt struct {
	OrderID  string `json:"orderId"`
	Location string `json:"location"`
	// Offer: the hub lacks the order, or the end of it, and is to get this terminal's.
	Offer bool `json:"offer,omitempty"`
}

// Healing is what a transaction keeps for a hub that has lost something.
type Healing interface {
	// ConfirmPending makes a pending command a recent one; an unknown id is no error.
	ConfirmPending(command string, at time.Time) error
	// RefusePending ends the wait of a command that the hub would not have; an unknown id is no error.
	// It is remembered as long as a recent one, so that no older copy of the file brings it back.
	RefusePending(command string, at time.Time) error
	// RecentOf lists the recent commands of one order, oldest first.
	RecentOf(orderID string) ([]Recent, error)
	// RecentOrders lists the orders of a location that have recent commands, each once.
	RecentOrders(location string) ([]string, error)
	// Requeue makes a recent command pending again, with the sequence that it had.
	Requeue(Recent) error
	// OldestRecent is when the first of them was confirmed.
	OldestRecent() (at time.Time, found bool, err error)
	// ForgetRecent forgets at most limit commands that were confirmed before a time, or are more
	// than keep, the oldest first, and says how many.
	ForgetRecent(before time.Time, keep, limit int) (int, error)

	Doubt(orderID string) (d Doubt, found bool, err error)
	// Doubts lists at most limit of a location, or of all where it is empty.
	Doubts(location string, limit int) ([]Doubt, error)
	PutDoubt(Doubt) error
	RemoveDoubt(orderID string) error
}

// Forgetting is how a transaction lets go of what has been over for long.
type Forgetting interface {
	// EachEndedFirst visits the orders that ended from a time on, the first one that did first, until f
	// returns false. f may remove the order.
	EachEndedFirst(from time.Time, f func(order.Order) bool) error
	// EndedCount is how many have ended, or somewhat more.
	EndedCount() int
	// RemoveOrder removes an order that has ended, as EachEndedFirst gave it, with its jobs.
	RemoveOrder(order.Order) error
	// RemoveJob removes a job; an unknown key is no error.
	RemoveJob(key string) error
	// ForgetCounts removes at most limit of the counters whose names end with a day before that
	// one, as in 2026-11-23.
	ForgetCounts(before string, limit int) error
}
