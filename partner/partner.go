// Package partner says what an outside platform must offer to be connected: how its webhooks
// are read, and which calls it gets. One package per platform stands below it.
package partner

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"comptoir/order"
)

// Webhook is a platform's call as it came in, its body not yet trusted.
type Webhook struct {
	Topic  string
	Header http.Header
	// URL is the address that the platform called; some platforms sign it.
	URL  string
	Body []byte
	Now  time.Time
}

// What a webhook can be refused for, apart from an *order.Error.
var (
	// ErrSignature: the signature or authorization is missing or wrong.
	ErrSignature = errors.New("the signature or authorization of the webhook is wrong")
	// ErrBody: the body is not what the platform's contract says. Wrapped with what is wrong.
	ErrBody = errors.New("the body is not a valid webhook of this platform")
)

// EventKind is what a webhook asks of the hub.
type EventKind int

// The kinds of event.
const (
	// Ignored: understood, and nothing to do (an event that is of no use here, or unknown).
	Ignored EventKind = iota
	// Placed: a new order.
	Placed
	// Cancelled: the platform cancelled an order.
	Cancelled
	// Changed: the platform changed an order's items.
	Changed
	// CourierMoved: a courier was found, or got further.
	CourierMoved
)

// Event is a webhook, read.
type Event struct {
	Kind EventKind
	// References are the platform's identities of the order; any of them may match.
	References []string
	// OurIDs are our own order ids, where the platform gives them back.
	OurIDs []string
	// Order is the draft of Placed and Changed; of Cancelled too where the webhook holds the
	// whole order. Without ID, Location, Connection and categories of the menu: the hub sets them.
	Order *order.Order
	// Courier is who CourierMoved is about, with the stage that was reached.
	Courier *order.Courier
	// What names the event for the log.
	What string
	// Reply is the HTTP status that tells the platform "kept" (200 or 202).
	Reply int
}

// Call is one request that a platform must get, complete but for its authorization. It is
// stored before it is made, so that a retry says the same.
type Call struct {
	// Name is for figures and people: "status_20", "confirm".
	Name   string          `json:"name"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
	// Until is when the call stops making sense, such as one that begins a pause: later it is
	// dropped instead of made. Zero is never.
	Until time.Time `json:"until,omitzero"`
}

// Verdict is what an answer to a call means.
type Verdict int

// The verdicts.
const (
	// Done: the platform has it.
	Done Verdict = iota
	// Again: a passing fault; the same call is made again later.
	Again
	// Refused: the platform will never take this call.
	Refused
	// Settled: the platform says that the order was answered already, elsewhere or too late.
	Settled
)

// Adapter speaks one platform's contract for one connection. Its methods may be called from
// several goroutines at once.
type Adapter interface {
	// Read verifies and parses a webhook. Errors: ErrSignature, ErrBody, *order.Error.
	Read(Webhook) (Event, error)
	// Calls lists what the platform must hear of one entry of the order's history, o being the
	// order as it is now. It is a pure function. printAhead is the location's.
	Calls(o order.Order, entry order.Entry, printAhead time.Duration) []Call
	// Authorize adds the connection's credentials and headers to a call about to be made. It may
	// ask the platform for a token; an error means "again later".
	Authorize(ctx context.Context, request *http.Request) error
	// Judge says what the platform's answer to a call means.
	Judge(call Call, status int, body []byte) Verdict
	// Policy is what the platform allows here.
	Policy() order.Policy
}
