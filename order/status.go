package order

// Status is where an order stands: New → Accepted → Preparing → Ready → Completed, or
// Rejected, or Expired.
type Status string

// The statuses of the contract.
const (
	New       Status = "new"
	Accepted  Status = "accepted"
	Preparing Status = "preparing"
	Ready     Status = "ready"
	Completed Status = "completed"
	Rejected  Status = "rejected"
	Expired   Status = "expired"
)

// Open reports whether somebody still has something to do.
func (s Status) Open() bool {
	switch s {
	case New, Accepted, Preparing, Ready:
		return true
	}
	return false
}

// InKitchen reports whether the kitchen has, or should have, the order.
func (s Status) InKitchen() bool {
	switch s {
	case Accepted, Preparing, Ready:
		return true
	}
	return false
}

// Reason says why an order is completed, rejected or expired.
type Reason string

// The reasons of an ended order. A rejection may have one of RejectReasons instead.
const (
	HandedOver         Reason = "handed_over"
	Shipped            Reason = "shipped"
	Delivered          Reason = "delivered"
	ItemsCompleted     Reason = "items_completed"
	CancelledByPartner Reason = "cancelled_by_partner"
	CancelledByStore   Reason = "cancelled_by_store"
	DeadlinePassed     Reason = "deadline_passed"
	RejectedByStore    Reason = "rejected_by_store"
	StoreOffline       Reason = "store_offline"
	StoreClosed        Reason = "store_closed"
	TooBusy            Reason = "too_busy"
	OutOfStock         Reason = "out_of_stock"
	InvalidOrder       Reason = "invalid_order"
)

// RejectReasons lists what a Reject may say, the usual one first.
func RejectReasons() []Reason {
	return []Reason{RejectedByStore, TooBusy, OutOfStock, StoreClosed, StoreOffline, InvalidOrder}
}

// Cancelled reports whether nothing of the order was, or will be, handed to the customer.
func (o Order) Cancelled() bool {
	switch o.Status {
	case Rejected, Expired:
		return true
	case Completed:
		return o.Reason == CancelledByPartner || o.Reason == CancelledByStore
	}
	return false
}

// Active reports whether somebody still has something to do or to hear: an open order, or an
// ended one whose alarm nobody has answered.
func (o Order) Active() bool { return o.Status.Open() || len(o.unanswered()) > 0 }
