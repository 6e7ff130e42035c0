package sandbox

import (
	"bytes"
	"encoding/json"
	"time"

	"comptoir/menu"
	"comptoir/order"
)

// Kind is how an order leaves the store.
type Kind string

// The kinds. Which of them a platform has, its Kinds say.
const (
	Pickup        Kind = "pickup"
	Delivery      Kind = "delivery"
	EatIn         Kind = "eat_in"
	Curbside      Kind = "curbside"
	DriveThrough  Kind = "drive_through"
	StoreDelivery Kind = "store_delivery" // by the store's own courier
)

// Timing is for when an order is promised.
type Timing string

// The timings.
const (
	Soon      Timing = "soon"      // in 15 to 40 minutes
	Scheduled Timing = "scheduled" // in 2 to 3 hours
	Tight     Timing = "tight"     // in 2 to 8 minutes: late on arrival
)

// Order is what a customer orders, before a platform writes it in its own format.
type Order struct {
	// ID is the platform's identity of the order, Number what people call out.
	ID     string
	Number string
	Kind   Kind
	Timing Timing
	// Store is the location, as the platform knows it.
	Store string
	// Channel is Deliverect's number of the channel behind it.
	Channel  int64
	Placed   time.Time
	Promised time.Time
	Customer Customer
	Note     string
	Table    string
	Utensils bool
	Currency string
	Fee      order.Money
	Tip      order.Money
	Items    []Item
	// PricesHidden: the platform sends its line prices as 0 (A1, "Totals rule").
	PricesHidden bool
	// Taxes are the menu's.
	Taxes []menu.Tax
}

// Customer is who ordered. All of them are made up.
type Customer struct {
	// Name is whole, and at most 60 characters long; First is its first part.
	Name   string
	First  string
	Number int64
	Phone  string
	// Code is what to dial after a channel's own number.
	Code  string
	Email string
	Car   string
	// The address of a delivery.
	StreetNumber string
	Street       string
	PostalCode   string
	Door         string
}

// Item is one line.
type Item struct {
	// ID is the platform's own of the line.
	ID       string
	Item     menu.Item
	Category menu.Category
	Quantity int
	Remark   string
	// For names whose it is in a group order.
	For     string
	Choices []Choice
}

// Choice is a modifier of a group that belongs to the item.
type Choice struct {
	ID       string
	Group    menu.ModifierGroup
	Modifier menu.Modifier
	Quantity int
}

func (i Item) total() order.Money {
	each := i.Item.Price
	for _, c := range i.Choices {
		each += c.Modifier.Price * order.Money(c.Quantity)
	}
	return max(0, each) * order.Money(i.Quantity)
}

func (o Order) subtotal() order.Money {
	var sum order.Money
	for _, item := range o.Items {
		sum += item.total()
	}
	return sum
}

// taxes is what each of the order's taxes comes to, rounded half up.
func (o Order) taxes() (each []order.Money, sum order.Money) {
	for _, tax := range o.Taxes {
		var base order.Money
		for _, item := range o.Items {
			for _, id := range item.Item.Taxes {
				if id == tax.ID {
					base += item.total()
				}
			}
		}
		amount := (base*order.Money(tax.Rate) + menu.MaxRate/2) / menu.MaxRate
		each, sum = append(each, amount), sum+amount
	}
	return each, sum
}

func (o Order) total() order.Money {
	_, tax := o.taxes()
	return o.subtotal() + tax + o.Fee + o.Tip
}

// encode writes a body as the platforms do, accents and signs as they are.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // structs of texts and numbers, which always marshal
	return bytes.TrimSpace(out.Bytes())
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
