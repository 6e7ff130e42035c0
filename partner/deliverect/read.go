package deliverect

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// payload is what of an order's webhook is of use here (A3, "Order fields"; _created and
// taxTotal from developers.deliverect.com/page/glossary-pos-orders).
type payload struct {
	ID                    string `json:"_id"`
	OrderID               string `json:"orderId"` // of a courier's webhook
	Created               string `json:"_created"`
	ChannelOrderID        string `json:"channelOrderId"`
	ChannelOrderDisplayID string `json:"channelOrderDisplayId"`
	Channel               *int64 `json:"channel"`
	Status                int64  `json:"status"`
	OrderType             *int64 `json:"orderType"`
	PickupTime            string `json:"pickupTime"`
	EstimatedPickupTime   string `json:"estimatedPickupTime"`
	Customer              struct {
		Name        string `json:"name"`
		PhoneNumber string `json:"phoneNumber"`
		AccessCode  string `json:"phoneAccessCode"`
		Email       string `json:"email"`
		Note        string `json:"note"`
	} `json:"customer"`
	DeliveryAddress address `json:"deliveryAddress"`
	Table           label   `json:"table"`
	Note            string  `json:"note"`
	Packaging       struct {
		IncludeCutlery *bool `json:"includeCutlery"`
	} `json:"packaging"`
	Items         []item `json:"items"`
	DecimalDigits *int   `json:"decimalDigits"`
	Payment       struct {
		Amount int64 `json:"amount"`
	} `json:"payment"`
	OrderIsAlreadyPaid bool   `json:"orderIsAlreadyPaid"`
	TaxTotal           *int64 `json:"taxTotal"`
	Taxes              []struct {
		Total int64 `json:"total"`
	} `json:"taxes"`
	DeliveryCost  int64 `json:"deliveryCost"`
	ServiceCharge int64 `json:"serviceCharge"`
	BagFee        int64 `json:"bagFee"`
	Tip           int64 `json:"tip"`
	DriverTip     int64 `json:"driverTip"`
	DiscountTotal int64 `json:"discountTotal"`
}

type address struct {
	Street           string `json:"street"`
	StreetNumber     string `json:"streetNumber"`
	PostalCode       string `json:"postalCode"`
	City             string `json:"city"`
	ExtraAddressInfo string `json:"extraAddressInfo"`
}

type item struct {
	PLU      string `json:"plu"`
	Name     string `json:"name"`
	Price    int64  `json:"price"`
	Quantity *int   `json:"quantity"`
	Remark   string `json:"remark"`
	SubItems []item `json:"subItems"`
}

// label is a text that Deliverect sometimes sends as a number ("table": 1).
type label string

func (l *label) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*l = label(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return fmt.Errorf("table: got %.40s, want a text or a number", data)
	}
	*l = label(number)
	return nil
}

// Statuses of a webhook's order (A3, "Statuses"). Any other, known or not, is an order to make.
const (
	statusCancelRequest = 100
	statusDenied        = 35
	statusAutoFinalized = 95
	statusParseFailed   = 124
)

// ended are orders that nobody has to make any more.
var ended = []int64{statusDenied, statusFinalized, statusAutoFinalized, statusFailed, statusParseFailed}

// Read verifies a webhook. Orders and cancellations have an identity of their own; what only names
// an order is about its courier.
func (a *Adapter) Read(w partner.Webhook) (partner.Event, error) {
	if err := a.verify(w); err != nil {
		return partner.Event{}, err
	}
	var p payload
	if err := partner.Decode(w.Body, &p); err != nil {
		return partner.Event{}, err
	}
	if p.ID == "" && p.OrderID != "" {
		return readCourier(w.Body)
	}
	if err := partner.CheckID("_id", p.ID); err != nil {
		return partner.Event{}, err
	}
	event := partner.Event{References: []string{p.ID}, Reply: http.StatusOK}
	switch {
	case p.Status == statusCancelRequest, p.Status == statusCanceled:
		event.Kind, event.What = partner.Cancelled, "cancel"
		// a cancellation counts whatever else the body holds
		if draft, err := a.draft(p, w.Now); err == nil {
			event.Order = draft
		}
		return event, nil
	case slices.Contains(ended, p.Status):
		event.Kind, event.What = partner.Ignored, "status "+strconv.FormatInt(p.Status, 10)
		return event, nil
	}
	draft, err := a.draft(p, w.Now)
	if err != nil {
		return partner.Event{}, err
	}
	event.Kind, event.What, event.Order = partner.Placed, "order", draft
	return event, nil
}

func (a *Adapter) draft(p payload, now time.Time) (*order.Order, error) {
	fulfillment, err := p.fulfillment()
	if err != nil {
		return nil, err
	}
	m := money{digits: 2, currency: a.currency} // 2 where decimalDigits is absent: Deliverect's own default
	if p.DecimalDigits != nil {
		m.digits = *p.DecimalDigits
	}
	lines := make([]order.Line, 0, len(p.Items))
	for i, it := range p.Items {
		line, err := it.line(i, &m)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	draft := &order.Order{
		Channel:     a.channel(p.Channel),
		Reference:   p.ID,
		Number:      p.number(),
		PlacedAt:    p.placedAt(now),
		Fulfillment: fulfillment,
		Customer: order.Customer{
			Name:  p.Customer.Name,
			Phone: partner.Words(" # ", p.Customer.PhoneNumber, p.Customer.AccessCode),
			Email: p.Customer.Email,
		},
		Note:     partner.Lines(p.Note, p.Customer.Note),
		Utensils: p.Packaging.IncludeCutlery,
		Currency: a.currency,
		Lines:    lines,
		Totals:   p.totals(&m),
	}
	if m.err != nil {
		return nil, m.err
	}
	if p.OrderIsAlreadyPaid && draft.Totals.Total > 0 {
		draft.Transactions = []order.Transaction{{
			ID: "platform", Kind: order.Payment, Method: order.Platform, Amount: draft.Totals.Total, At: draft.PlacedAt,
		}}
	}
	if err := partner.Validate(*draft, a.Policy(), now); err != nil {
		return nil, err
	}
	return draft, nil
}

func (a *Adapter) channel(number *int64) string {
	if number != nil {
		if name := a.channels[*number]; name != "" {
			return name
		}
	}
	return "Deliverect"
}

func (p *payload) number() string {
	switch {
	case p.ChannelOrderDisplayID != "":
		return p.ChannelOrderDisplayID
	case p.ChannelOrderID != "":
		return partner.ShortCode(p.ChannelOrderID)
	}
	return partner.ShortCode(p.ID)
}

// placedAt is when Deliverect made the order, which is only for people: a time that cannot be
// is not worth an order.
func (p *payload) placedAt(now time.Time) time.Time {
	created, err := partner.ParseTime("_created", p.Created)
	if err != nil || created.IsZero() || created.After(now) {
		return now.UTC()
	}
	return created
}

// fulfillment: the order types of the contract. The promised time is when the order leaves the
// store, never deliveryTime, which is at the customer's door.
func (p *payload) fulfillment() (order.Fulfillment, error) {
	var f order.Fulfillment
	if p.OrderType == nil {
		return f, badOrderType("is missing")
	}
	switch *p.OrderType {
	case 1:
		f.Type = order.Pickup
	case 2:
		f.Type = order.Delivery
		f.Address = p.DeliveryAddress.line()
	case 3:
		f.Type = order.Counter
	case 4, 5:
		f.Type = order.Curbside
	default:
		return f, badOrderType(strconv.FormatInt(*p.OrderType, 10) + ", want 1 to 5")
	}
	f.Table = strings.TrimSpace(string(p.Table))
	pickup, err := partner.ParseTime("pickupTime", p.PickupTime)
	if err != nil {
		return f, err
	}
	estimated, err := partner.ParseTime("estimatedPickupTime", p.EstimatedPickupTime)
	if err != nil {
		return f, err
	}
	f.PromisedAt = pickup
	if pickup.IsZero() {
		f.PromisedAt = estimated
	}
	return f, nil
}

func badOrderType(problem string) error {
	return &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "orderType " + problem}
}

// line is for the ticket and the courier: number before street, the city before its code.
func (a address) line() string {
	return partner.Words(", ",
		partner.Words(" ", a.StreetNumber, a.Street),
		a.ExtraAddressInfo,
		partner.Words(" ", a.City, a.PostalCode))
}

// line: an item has no id of its own, so the order numbers its lines.
func (it item) line(index int, m *money) (order.Line, error) {
	at := fmt.Sprintf("items[%d]", index)
	if it.Quantity == nil {
		return order.Line{}, partner.BadField(at+".quantity", "is missing")
	}
	line := order.Line{
		PLU: it.PLU, Name: it.Name, Quantity: *it.Quantity, UnitPrice: m.read(at+".price", it.Price), Kind: order.Physical,
	}
	notes := []string{it.Remark}
	modifiers, err := it.modifiers(at, 1, m, &notes)
	if err != nil {
		return order.Line{}, err
	}
	line.Modifiers, line.Note = modifiers, partner.Lines(notes...)
	return line, nil
}

// modifiers keeps the remarks of sub-items in notes, since a modifier has none of its own.
func (it item) modifiers(at string, depth int, m *money, notes *[]string) ([]order.Modifier, error) {
	if len(it.SubItems) == 0 {
		return nil, nil
	}
	at += ".subItems"
	if depth > order.MaxDepth {
		return nil, partner.TooDeep(at)
	}
	modifiers := make([]order.Modifier, 0, len(it.SubItems))
	for i, sub := range it.SubItems {
		at := fmt.Sprintf("%s[%d]", at, i)
		quantity := 1
		if sub.Quantity != nil {
			quantity = *sub.Quantity
		}
		if sub.Remark != "" {
			*notes = append(*notes, sub.Name+": "+sub.Remark)
		}
		below, err := sub.modifiers(at, depth+1, m, notes)
		if err != nil {
			return nil, err
		}
		modifiers = append(modifiers, order.Modifier{
			Name: sub.Name, Quantity: quantity, UnitPrice: m.read(at+".price", sub.Price), Modifiers: below,
		})
	}
	return modifiers, nil
}

// totals are Deliverect's own sums, never ours; it sends no subtotal.
func (p *payload) totals(m *money) order.Totals {
	t := order.Totals{
		Total: m.read("payment.amount", p.Payment.Amount),
		Fees: m.read("deliveryCost", p.DeliveryCost) + m.read("serviceCharge", p.ServiceCharge) +
			m.read("bagFee", p.BagFee),
		Tip: m.read("tip", p.Tip) + m.read("driverTip", p.DriverTip),
	}
	// negative in the payload: "discountTotal": -100
	t.Discount = m.read("discountTotal", p.DiscountTotal)
	t.Discount = max(t.Discount, -t.Discount)
	if p.TaxTotal != nil {
		t.Tax = m.read("taxTotal", *p.TaxTotal)
		return t
	}
	for i, tax := range p.Taxes {
		t.Tax += m.read(fmt.Sprintf("taxes[%d].total", i), tax.Total)
	}
	return t
}

// money converts amounts, and keeps the first that cannot be.
type money struct {
	digits   int
	currency string
	err      error
}

func (m *money) read(field string, amount int64) order.Money {
	converted, err := order.Rescale(amount, m.digits, m.currency)
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("%s: %w", field, err)
	}
	return converted
}
