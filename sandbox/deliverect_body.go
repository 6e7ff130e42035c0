package sandbox

import (
	"fmt"
	"strings"
	"time"

	"comptoir/order"
)

// deliverectOrder is an order as Deliverect posts it (A3, "Order fields"; examples/orders).
type deliverectOrder struct {
	Created               string              `json:"_created"`
	Updated               string              `json:"_updated"`
	ID                    string              `json:"_id"`
	Account               string              `json:"account"`
	ChannelOrderID        string              `json:"channelOrderId"`
	ChannelOrderDisplayID string              `json:"channelOrderDisplayId"`
	PosID                 string              `json:"posId"`
	PosReceiptID          string              `json:"posReceiptId"`
	PosLocationID         string              `json:"posLocationId"`
	Location              string              `json:"location"`
	ChannelLink           string              `json:"channelLink"`
	Status                int                 `json:"status"`
	StatusHistory         []deliverectStatus  `json:"statusHistory"`
	By                    string              `json:"by"`
	OrderType             int                 `json:"orderType"`
	Channel               int64               `json:"channel"`
	Pos                   int                 `json:"pos"`
	Rating                []struct{}          `json:"rating"`
	PickupTime            *string             `json:"pickupTime"`
	EstimatedPickupTime   string              `json:"estimatedPickupTime"`
	DeliveryTime          *string             `json:"deliveryTime"`
	DeliveryIsAsap        bool                `json:"deliveryIsAsap"`
	Courier               *deliverectCourier  `json:"courier"`
	Customer              deliverectCustomer  `json:"customer"`
	DeliveryAddress       *deliverectAddress  `json:"deliveryAddress"`
	Table                 string              `json:"table"`
	Note                  string              `json:"note"`
	Packaging             deliverectPackaging `json:"packaging"`
	OrderIsAlreadyPaid    bool                `json:"orderIsAlreadyPaid"`
	Payment               deliverectPayment   `json:"payment"`
	Taxes                 []deliverectTax     `json:"taxes"`
	TaxTotal              order.Money         `json:"taxTotal"`
	TaxRemitted           order.Money         `json:"taxRemitted"`
	DeliveryCost          order.Money         `json:"deliveryCost"`
	ServiceCharge         order.Money         `json:"serviceCharge"`
	BagFee                order.Money         `json:"bagFee"`
	Tip                   order.Money         `json:"tip"`
	DriverTip             order.Money         `json:"driverTip"`
	Discounts             []struct{}          `json:"discounts"`
	DiscountTotal         order.Money         `json:"discountTotal"`
	DecimalDigits         int                 `json:"decimalDigits"`
	NumberOfCustomers     int                 `json:"numberOfCustomers"`
	TestOrder             bool                `json:"testOrder"`
	Items                 []deliverectItem    `json:"items"`
}

type deliverectStatus struct {
	TimeStamp string `json:"timeStamp"`
	Status    int    `json:"status"`
	Response  string `json:"response"`
	Source    int    `json:"source"`
}

type deliverectCourier struct {
	DeliveryBy string `json:"deliveryBy"`
}

type deliverectCustomer struct {
	Name            string `json:"name"`
	CompanyName     string `json:"companyName"`
	PhoneNumber     string `json:"phoneNumber"`
	PhoneAccessCode string `json:"phoneAccessCode"`
	Email           string `json:"email"`
	Note            string `json:"note"`
}

type deliverectAddress struct {
	Street           string     `json:"street"`
	StreetNumber     string     `json:"streetNumber"`
	PostalCode       string     `json:"postalCode"`
	City             string     `json:"city"`
	Country          string     `json:"country"`
	ExtraAddressInfo string     `json:"extraAddressInfo"`
	Coordinates      [2]float64 `json:"coordinates"`
}

type deliverectPackaging struct {
	IncludeCutlery bool `json:"includeCutlery"`
}

type deliverectPayment struct {
	Amount order.Money `json:"amount"`
	Type   int         `json:"type"`
	Due    order.Money `json:"due"`
}

type deliverectTax struct {
	Name       string      `json:"name"`
	TaxClassID int         `json:"taxClassId"`
	Total      order.Money `json:"total"`
}

type deliverectItem struct {
	PLU         string           `json:"plu"`
	Name        string           `json:"name"`
	Price       order.Money      `json:"price"`
	Quantity    int              `json:"quantity"`
	Remark      string           `json:"remark"`
	ProductType int              `json:"productType"`
	SortOrder   int              `json:"sortOrder"`
	SubItems    []deliverectItem `json:"subItems"`
}

const (
	deliverectNew    = 1   // as orders come in
	deliverectCancel = 100 // a request to cancel
)

// Kinds are the order types 1 to 5.
func (d *Deliverect) Kinds() []Kind { return []Kind{Pickup, Delivery, EatIn, Curbside, DriveThrough} }

// Webhook writes a new order.
func (d *Deliverect) Webhook(o Order) []byte { return encode(writeDeliverect(o)) }

// Cancellation writes the request to cancel: the order again, with another status (A3, "Partner
// cancel").
func (d *Deliverect) Cancellation(o Order, at time.Time) []byte {
	b := writeDeliverect(o)
	b.Updated, b.Status = stampMicro(at), deliverectCancel
	b.StatusHistory = append(b.StatusHistory, deliverectStatus{TimeStamp: b.Updated, Status: b.Status, Source: 2})
	return encode(b)
}

// Adjustment is nil: Deliverect changes no order that was sent.
func (d *Deliverect) Adjustment(Order) []byte { return nil }

func writeDeliverect(o Order) deliverectOrder {
	promised, total, received := stamp(o.Promised), o.total(), o.Placed.Add(time.Second)
	digits, _ := order.Digits(o.Currency) // the menu's, which was checked
	b := deliverectOrder{
		Created: stampMicro(o.Placed), Updated: stampMicro(received), ID: o.ID,
		Account: "61a4d3f0c1b2a30012ab34a1", Location: "61a4d3f0c1b2a30012ab34b4", ChannelLink: "61a4d3f0c1b2a30012ab34c3",
		ChannelOrderID: fmt.Sprintf("CH%d-%s", o.Channel, o.ID), ChannelOrderDisplayID: o.Number,
		PosLocationID: o.Store, Channel: o.Channel, Pos: 10_000,
		Status: deliverectNew, StatusHistory: []deliverectStatus{
			{TimeStamp: stampMicro(o.Placed), Status: 4, Source: 2},
			{TimeStamp: stampMicro(received), Status: deliverectNew, Source: 5},
		},
		PickupTime: &promised, EstimatedPickupTime: promised, DeliveryIsAsap: o.Timing != Scheduled,
		Customer: deliverectCustomer{Name: o.Customer.Name, PhoneNumber: o.Customer.Phone, Email: o.Customer.Email},
		Table:    o.Table, Note: o.Note, Packaging: deliverectPackaging{IncludeCutlery: o.Utensils},
		OrderIsAlreadyPaid: true, Payment: deliverectPayment{Amount: total},
		Taxes: []deliverectTax{}, DeliveryCost: o.Fee, DriverTip: o.Tip, DecimalDigits: digits, NumberOfCustomers: 1,
		Rating: []struct{}{}, Discounts: []struct{}{}, Items: []deliverectItem{},
	}
	b.deliver(o)
	each, sum := o.taxes()
	for i, amount := range each {
		b.Taxes = append(b.Taxes, deliverectTax{Name: o.Taxes[i].Name, TaxClassID: i, Total: amount})
	}
	b.TaxTotal = sum
	for _, item := range o.Items {
		b.Items = append(b.Items, writeDeliverectItem(item))
	}
	return b
}

// deliver writes what depends on the kind.
func (b *deliverectOrder) deliver(o Order) {
	switch o.Kind {
	case Delivery:
		b.OrderType = 2
		door := stamp(o.Promised.Add(30 * time.Minute))
		b.DeliveryTime, b.Courier = &door, &deliverectCourier{DeliveryBy: "channel"}
		// a delivery's telephone is the channel's, with a code for the customer
		b.Customer.PhoneNumber, b.Customer.PhoneAccessCode = "+1 855 555-0100", o.Customer.Code
		b.DeliveryAddress = &deliverectAddress{
			Street: o.Customer.Street, StreetNumber: o.Customer.StreetNumber, PostalCode: o.Customer.PostalCode,
			City: "Montréal", Country: "CA", ExtraAddressInfo: o.Customer.Door, Coordinates: [2]float64{-73.5818, 45.5245},
		}
	case EatIn: // paid at the table
		b.OrderType = 3
		b.Note = strings.TrimSpace(b.Note + "\ntable: " + o.Table)
		b.OrderIsAlreadyPaid, b.Payment.Type, b.Payment.Due = false, 1, b.Payment.Amount
	case Curbside:
		b.OrderType, b.PickupTime, b.Customer.Note = 4, nil, o.Customer.Car
	case DriveThrough:
		b.OrderType, b.Customer.Note = 5, o.Customer.Car
	default:
		b.OrderType = 1
	}
}

func writeDeliverectItem(item Item) deliverectItem {
	b := deliverectItem{
		PLU: item.Item.PLU, Name: item.Item.Name, Price: item.Item.Price, Quantity: item.Quantity, Remark: item.Remark,
		ProductType: 1, SubItems: []deliverectItem{},
	}
	for _, c := range item.Choices {
		b.SubItems = append(b.SubItems, deliverectItem{
			PLU: c.Modifier.PLU, Name: c.Modifier.Name, Price: c.Modifier.Price, Quantity: c.Quantity,
			ProductType: 2, SubItems: []deliverectItem{},
		})
	}
	return b
}

func stampMicro(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
