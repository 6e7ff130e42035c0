// Package order says what an order is and what may be done with it: one value, ruled by the
// pure functions Apply and Actions, which the hub and the terminals share.
package order

import (
	"maps"
	"slices"
	"time"
)

// Order is one order of one location, whole: its lines, its ledger and its history. Its JSON
// form is the one of the public API, of the log and of the wire.
type Order struct {
	ID       string `json:"id"`
	Location string `json:"location"`
	// Revision counts the commands applied, Place included.
	Revision int64 `json:"revision"`
	// Channel is the word on the badge: where the customer ordered ("DoorDash", "Uber Eats").
	Channel string `json:"channel"`
	// Connection is the store's link to a partner; empty for the own shop and the counter.
	Connection string `json:"connection"`
	// Reference is the channel's own identity of the order.
	Reference string `json:"reference"`
	// Number is the short code that people call out; not unique.
	Number string `json:"number"`

	Status      Status      `json:"status"`
	Reason      Reason      `json:"reason"`
	Fulfillment Fulfillment `json:"fulfillment"`

	PlacedAt time.Time `json:"placedAt"`
	// AcceptBy is when the platform gives up waiting for an answer; zero where it does not.
	AcceptBy           time.Time `json:"acceptBy,omitzero"`
	PreparationMinutes int       `json:"preparationMinutes"`
	AcceptedAt         time.Time `json:"acceptedAt,omitzero"`
	StartedAt          time.Time `json:"startedAt,omitzero"`
	ReadyAt            time.Time `json:"readyAt,omitzero"`
	CompletedAt        time.Time `json:"completedAt,omitzero"`

	Customer Customer `json:"customer"`
	Note     string   `json:"note"`
	// Utensils is what the customer asked for; nil where the channel does not say.
	Utensils *bool    `json:"utensils"`
	Courier  *Courier `json:"courier,omitempty"`
	// PickupCode is what whoever takes the order away shows or says; empty where there is none.
	PickupCode string `json:"pickupCode,omitempty"`
	// Bags is how many the order is packed in; 0 where nobody said (BagCount).
	Bags int `json:"bags,omitempty"`

	Currency     string        `json:"currency"`
	Lines        []Line        `json:"lines"`
	Totals       Totals        `json:"totals"`
	Transactions []Transaction `json:"transactions"`

	// KitchenVersion rises only when what is to be cooked changes; 0 before acceptance.
	KitchenVersion int `json:"kitchenVersion"`
	// Tickets is what terminals reported of the paper.
	Tickets []Ticket `json:"tickets"`
	// Printed holds, by station, the lines that the station's paper says now.
	Printed map[string]Paper `json:"printed,omitempty"`
	// Acknowledged lists the alarms that somebody has answered.
	Acknowledged []Alarm `json:"acknowledged,omitempty"`

	// History holds one entry for each command applied, in order: the audit, and the memory
	// that makes commands idempotent for good.
	History []Entry `json:"history"`
}

// The channels that are nobody's platform. Screens and paper have words for them.
const (
	ChannelCounter = "counter"
	ChannelShop    = "shop"
)

// Fulfillment is how the customer gets the order.
type Fulfillment struct {
	Type FulfillmentType `json:"type"`
	// PromisedAt is when the order is to be ready for whoever takes it away (courier or
	// customer), never the time at the customer's door.
	PromisedAt   time.Time     `json:"promisedAt,omitzero"`
	Table        string        `json:"table"`
	Address      string        `json:"address"`
	Vehicle      string        `json:"vehicle"`
	Spot         string        `json:"spot"`
	ArrivedAt    time.Time     `json:"arrivedAt,omitzero"`
	ServicePoint *ServicePoint `json:"servicePoint,omitempty"`
}

// FulfillmentType names a section of the Orders screen.
type FulfillmentType string

// The fulfillment types of the contract.
const (
	Pickup   FulfillmentType = "pickup"
	Curbside FulfillmentType = "curbside"
	Delivery FulfillmentType = "delivery"
	Shipment FulfillmentType = "shipment"
	Counter  FulfillmentType = "counter"
	Digital  FulfillmentType = "digital"
)

// Valid reports whether t is one of the fulfillment types above.
func (t FulfillmentType) Valid() bool {
	switch t {
	case Pickup, Curbside, Delivery, Shipment, Counter, Digital:
		return true
	}
	return false
}

// ServicePoint is where a carrier keeps a parcel for the customer.
type ServicePoint struct {
	ID      string `json:"id"`
	Carrier string `json:"carrier"`
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Customer is who ordered, as far as the channel says.
type Customer struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

// Courier is who takes a delivery to the customer.
type Courier struct {
	Name  string       `json:"name"`
	Phone string       `json:"phone"`
	Stage CourierStage `json:"stage"`
	// At is when the stage was reached.
	At time.Time `json:"at"`
}

// LineKind tells what must be cooked or packed from what must not.
type LineKind string

// The kinds of a line.
const (
	Physical    LineKind = "physical"
	DigitalLine LineKind = "digital"
)

// Line is one item of an order. Names, modifiers and notes stand as the channel sent them.
type Line struct {
	ID   string `json:"id"`
	PLU  string `json:"plu"`
	Name string `json:"name"`
	// Category is the menu's, else the payload's, else empty: then the default station cooks
	// it and a warning shows.
	Category string `json:"category"`
	Station  string `json:"station"`
	// Quantity is what was ordered; Fulfilled + Cancelled never exceed it.
	Quantity  int        `json:"quantity"`
	Fulfilled int        `json:"fulfilled"`
	Cancelled int        `json:"cancelled"`
	UnitPrice Money      `json:"unitPrice"`
	Kind      LineKind   `json:"kind"`
	Note      string     `json:"note"`
	Modifiers []Modifier `json:"modifiers"`
	// OutOfStock: it was ordered although the store had taken it off sale. The platform let it
	// through; people decide.
	OutOfStock bool `json:"outOfStock,omitempty"`
}

// Modifier changes or adds to an item; it may have modifiers of its own.
type Modifier struct {
	Name      string     `json:"name"`
	Quantity  int        `json:"quantity"`
	UnitPrice Money      `json:"unitPrice"`
	Modifiers []Modifier `json:"modifiers,omitempty"`
}

// Ordered is the quantity still wanted: ordered less cancelled.
func (l Line) Ordered() int { return l.Quantity - l.Cancelled }

// Remaining is what is neither fulfilled nor cancelled.
func (l Line) Remaining() int { return l.Quantity - l.Cancelled - l.Fulfilled }

// Entry is one line of the history.
type Entry struct {
	At time.Time `json:"at"`
	// By is a device, a connection, "hub" or "customer".
	By   string `json:"by"`
	What What   `json:"what"`
	// Person and Approver are the command's.
	Person   Person `json:"person,omitzero"`
	Approver Person `json:"approver,omitzero"`
	// Detail is a reason, a station or a quantity, for people.
	Detail string `json:"detail,omitempty"`
	// Command is the id of the command; it is never applied again.
	Command string `json:"command"`
	// Answer is what a platform said to an earlier entry; its zero value where it is none.
	Answer Answer `json:"answer,omitzero"`
	// Contradicts marks a fact that came too late to be possible and was kept all the same.
	Contradicts bool `json:"contradicts,omitempty"`
}

// Person is somebody of the staff, by the name of that time.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (p Person) clipped() Person { return Person{ID: clip(p.ID), Name: clip(p.Name)} }

// Applied reports whether the command with this id has been applied.
func (o Order) Applied(command string) bool {
	for i := len(o.History) - 1; i >= 0; i-- {
		if o.History[i].Command == command {
			return true
		}
	}
	return false
}

// Partner reports whether an outside platform owns the order.
func (o Order) Partner() bool { return o.Connection != "" }

// Uncategorized reports whether a line has no category, which is a visible warning.
func (o Order) Uncategorized() bool {
	for _, l := range o.Lines {
		if l.Category == "" && l.Kind == Physical {
			return true
		}
	}
	return false
}

// Clone returns a copy that shares nothing that Apply changes. Lists that are empty stay so,
// and do not become null in JSON.
func (o Order) Clone() Order {
	o.Lines = slices.Clone(o.Lines)
	o.Transactions = slices.Clone(o.Transactions)
	o.Tickets = slices.Clone(o.Tickets)
	o.Acknowledged = slices.Clone(o.Acknowledged)
	o.History = slices.Clone(o.History)
	if o.Courier != nil {
		courier := *o.Courier
		o.Courier = &courier
	}
	o.Printed = maps.Clone(o.Printed)
	return o
}
