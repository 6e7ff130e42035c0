package order

import "errors"

// Kind is the class of an error, by which callers decide what to do.
type Kind string

// The kinds of error.
const (
	// Invalid: the command or order is malformed; sending it again cannot help.
	Invalid Kind = "invalid"
	// NotPossible: the order's state does not allow it (any more).
	NotPossible Kind = "not_possible"
	// NotAllowed: the channel does not allow it here; it is done elsewhere.
	NotAllowed Kind = "not_allowed"
	// NotFound: there is no such order, line or ticket.
	NotFound Kind = "not_found"
	// Exists: an order of this identity stands already.
	Exists Kind = "exists"
)

// Cause says precisely why; screens translate it.
type Cause string

// The causes of a refusal.
const (
	MissingID        Cause = "missing_id"
	UnknownCommand   Cause = "unknown_command"
	UnknownOrder     Cause = "unknown_order"
	UnknownLine      Cause = "unknown_line"
	UnknownCurrency  Cause = "unknown_currency"
	BadField         Cause = "bad_field"
	BadQuantity      Cause = "bad_quantity"
	BadAmount        Cause = "bad_amount"
	NoLines          Cause = "no_lines"
	TooMany          Cause = "too_many"
	AlreadyPlaced    Cause = "already_placed"
	AlreadyAccepted  Cause = "already_accepted"
	AlreadyStarted   Cause = "already_started"
	AlreadyReady     Cause = "already_ready"
	AlreadyCompleted Cause = "already_completed"
	AlreadyCancelled Cause = "already_cancelled"
	AlreadyRejected  Cause = "already_rejected"
	AlreadyExpired   Cause = "already_expired"
	AlreadyArrived   Cause = "already_arrived"
	NotYetAccepted   Cause = "not_yet_accepted"
	NotYetReady      Cause = "not_yet_ready"
	NoDeadline       Cause = "no_deadline"
	NothingRinging   Cause = "nothing_ringing"
	NothingLeft      Cause = "nothing_left"
	NothingToRefund  Cause = "nothing_to_refund"
	NotPhysical      Cause = "not_physical"
	NotDigital       Cause = "not_digital"
	WrongFulfillment Cause = "wrong_fulfillment"
	OnPartnerOnly    Cause = "on_partner_only"
	OnPartnerDelay   Cause = "on_partner_delay"
	NotAPartner      Cause = "not_a_partner"
	NoCourier        Cause = "no_courier"
	CourierBeyond    Cause = "courier_beyond"
	GiftCardRefused  Cause = "gift_card_refused"
)

var sentences = map[Cause]string{
	MissingID:        "the command has no id: give it a ULID",
	UnknownCommand:   "unknown command type",
	UnknownOrder:     "there is no such order",
	UnknownLine:      "the order has no such line",
	UnknownCurrency:  "unknown currency: use an ISO 4217 code such as CAD",
	BadField:         "a field is missing or not acceptable",
	BadQuantity:      "a quantity is not possible",
	BadAmount:        "an amount is not possible",
	NoLines:          "the order has no lines",
	TooMany:          "too many lines or characters",
	AlreadyPlaced:    "the order is already placed",
	AlreadyAccepted:  "the order is already accepted",
	AlreadyStarted:   "the order is already being prepared",
	AlreadyReady:     "the order is already ready",
	AlreadyCompleted: "the order is already completed",
	AlreadyCancelled: "the order is cancelled",
	AlreadyRejected:  "the order was rejected",
	AlreadyExpired:   "the order expired before it was accepted",
	AlreadyArrived:   "the customer's arrival is already known",
	NotYetAccepted:   "the order is not accepted yet",
	NotYetReady:      "the order is not ready yet",
	NoDeadline:       "the platform set no deadline to answer",
	NothingRinging:   "no such alarm is ringing",
	NothingLeft:      "nothing is left to do for these items",
	NothingToRefund:  "nothing is left to refund",
	NotPhysical:      "the item is not physical",
	NotDigital:       "the item is physical",
	WrongFulfillment: "this does not apply to the order's fulfillment",
	OnPartnerOnly:    "this is done on the platform of the order",
	OnPartnerDelay:   "the platform takes no delay from here: contact it",
	NotAPartner:      "the order is not a platform's",
	NoCourier:        "no courier is assigned",
	CourierBeyond:    "the courier is known to be there, or further, already",
	GiftCardRefused:  "gift cards are not accepted on a platform's order",
}

// Error is why a command or an order is refused.
type Error struct {
	Kind   Kind
	Cause  Cause
	Detail string
}

// Error says the cause in English; screens translate Cause instead.
func (e *Error) Error() string {
	text := sentences[e.Cause]
	if text == "" {
		text = string(e.Cause)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Is makes errors.Is compare by kind and, where the target names one, by cause.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && (t.Cause == "" || t.Cause == e.Cause)
}

// KindOf returns the kind of the order error in err's chain, or "".
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// CauseOf returns the cause of the order error in err's chain, or "".
func CauseOf(err error) Cause {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Cause
	}
	return ""
}

func notPossible(cause Cause) error { return &Error{Kind: NotPossible, Cause: cause} }

func invalid(cause Cause, detail string) error {
	return &Error{Kind: Invalid, Cause: cause, Detail: detail}
}
