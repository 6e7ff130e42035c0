package order

import "time"

// CommandType names a command. The names are those of the contract.
type CommandType string

// What may be asked of an order. The second group is the hub's own: what platforms, couriers
// and deadlines did. Printed is a terminal's report.
const (
	Place           CommandType = "Place"
	Accept          CommandType = "Accept"
	Reject          CommandType = "Reject"
	Start           CommandType = "Start"
	MarkReady       CommandType = "Ready"
	HandOver        CommandType = "HandOver"
	Pack            CommandType = "Pack"
	Delay           CommandType = "Delay"
	Ship            CommandType = "Ship"
	CompleteItems   CommandType = "CompleteItems"
	CancelItems     CommandType = "CancelItems"
	RefundMoney     CommandType = "Refund"
	CustomerArrived CommandType = "CustomerArrived"
	Acknowledge     CommandType = "Acknowledge"

	AssignCourier   CommandType = "AssignCourier"
	CourierMoved    CommandType = "CourierMoved"
	PartnerCancel   CommandType = "PartnerCancel"
	PartnerChange   CommandType = "PartnerChange"
	PartnerAnswered CommandType = "PartnerAnswered"
	Expire          CommandType = "Expire"

	Printed CommandType = "Printed"
)

// ScreenCommands lists what a person may ask, in the order in which screens offer it.
func ScreenCommands() []CommandType {
	return []CommandType{
		Accept, Start, MarkReady, HandOver, Ship, CompleteItems, CustomerArrived, Pack, Acknowledge,
		Delay, Reject, CancelItems, RefundMoney,
	}
}

// FromScreen reports whether a person at a terminal, or the API, may send this command.
func (t CommandType) FromScreen() bool {
	for _, screen := range ScreenCommands() {
		if t == screen {
			return true
		}
	}
	return false
}

// Fact reports whether the command tells what happened at the counter already: then it is
// never refused for the state of the order, but kept with a flag where it contradicts.
func (t CommandType) Fact() bool { return t == Printed }

// Command asks for one change of one order. Which of the optional fields matter depends on
// the type.
type Command struct {
	// ID is a ULID made where the command was given; the same id is applied once, for good.
	ID      string      `json:"id"`
	Type    CommandType `json:"type"`
	OrderID string      `json:"orderId,omitempty"`
	// At is when somebody asked, which may be days before the hub hears of it.
	At time.Time `json:"at,omitzero"`
	By string    `json:"by,omitempty"`
	// Person gave the command, where somebody had signed in. Approver lent their right for it. They
	// are for the history: neither decides whether the command may be.
	Person   Person `json:"person,omitzero"`
	Approver Person `json:"approver,omitzero"`

	// Minutes: Accept (preparation; 0 keeps the order's), Delay (how much later).
	Minutes int `json:"minutes,omitempty"`
	// Bags: Pack; Ready, where 0 leaves the count as it is.
	Bags int `json:"bags,omitempty"`
	// Reason: Reject; Expire.
	Reason Reason `json:"reason,omitempty"`
	// Items: Ship, CompleteItems, CancelItems; none means all that is left.
	Items []ItemQuantity `json:"items,omitempty"`
	// Amount and Method: Refund; CancelItems, where Amount 0 means no refund.
	Amount Money  `json:"amount,omitempty"`
	Method Method `json:"method,omitempty"`
	// Carrier and Tracking: Ship.
	Carrier  string `json:"carrier,omitempty"`
	Tracking string `json:"tracking,omitempty"`
	// Vehicle and Spot: CustomerArrived.
	Vehicle string `json:"vehicle,omitempty"`
	Spot    string `json:"spot,omitempty"`
	// Alarm: Acknowledge; empty means everything that rings.
	Alarm Alarm `json:"alarm,omitempty"`
	// Courier: AssignCourier, CourierMoved.
	Courier *Courier `json:"courier,omitempty"`
	// Answer: PartnerAnswered.
	Answer *Answer `json:"answer,omitempty"`
	// Ticket and Lines: Printed, and the lines that this paper leaves the station with.
	Ticket *Ticket `json:"ticket,omitempty"`
	Lines  []Line  `json:"lines,omitempty"`
	// Order: Place, and PartnerChange (its lines, totals, note and promised time).
	Order *Order `json:"order,omitempty"`
}

// ItemQuantity picks a quantity of one line.
type ItemQuantity struct {
	Line     string `json:"line"`
	Quantity int    `json:"quantity"`
}

// What is the past form of a command in the history.
type What string

// The words of the history.
const (
	WasPlaced             What = "placed"
	WasAccepted           What = "accepted"
	WasRejected           What = "rejected"
	WasStarted            What = "started"
	WasReady              What = "ready"
	WasHandedOver         What = "handed_over"
	WasPacked             What = "packed"
	WasDelayed            What = "delayed"
	WasShipped            What = "shipped"
	WasCompleted          What = "items_completed"
	WasCancelled          What = "items_cancelled"
	WasRefunded           What = "refunded"
	WasArrived            What = "customer_arrived"
	WasAcknowledged       What = "acknowledged"
	WasCourierAssigned    What = "courier_assigned"
	WasCourierMoved       What = "courier_moved"
	WasCancelledByPartner What = "cancelled_by_partner"
	WasChangedByPartner   What = "changed_by_partner"
	WasAnswered           What = "partner_answered"
	WasExpired            What = "expired"
	WasPrinted            What = "printed"
)

// Policy is what the order's channel allows here. It comes from the connection's settings.
type Policy struct {
	Accept    bool `json:"accept"`
	Reject    bool `json:"reject"`
	Delay     bool `json:"delay"`
	Cancel    bool `json:"cancel"`
	Refund    bool `json:"refund"`
	GiftCards bool `json:"giftCards"`
}

// OwnPolicy is the policy of the counter and of the own shop: everything is ours to do.
func OwnPolicy() Policy {
	return Policy{Accept: true, Reject: true, Delay: true, Cancel: true, Refund: true, GiftCards: true}
}
