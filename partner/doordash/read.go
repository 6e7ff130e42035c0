package doordash

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// envelope is any webhook of DoorDash. What is in it depends on the event, so the order is read
// only once the event is known.
type envelope struct {
	Event *struct {
		Type string `json:"type"`
	} `json:"event"`
	Order           json.RawMessage `json:"order"`
	ExternalOrderID string          `json:"external_order_id"`
	ClientOrderID   string          `json:"client_order_id"`
	Delivery        json.RawMessage `json:"delivery"`
}

// payload is what of an order is of use here (A1, "Order fields", "Extra fields").
type payload struct {
	ID       string `json:"id"`
	Consumer struct {
		// the e-mail address is DoorDash's support, not the customer's
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Phone     string `json:"phone"`
	} `json:"consumer"`
	Subtotal            int64      `json:"subtotal"`
	Tax                 int64      `json:"tax"`
	MerchantTipAmount   int64      `json:"merchant_tip_amount"`
	TipAmount           int64      `json:"tip_amount"`
	DeliveryFee         int64      `json:"delivery_fee"`
	CustomFee           []fee      `json:"custom_fee"`
	EstimatedPickupTime string     `json:"estimated_pickup_time"`
	FulfillmentType     string     `json:"fulfillment_type"`
	IsPickup            *bool      `json:"is_pickup"`
	DeliveryShortCode   string     `json:"delivery_short_code"`
	Categories          []category `json:"categories"`
	SpecialInstructions string     `json:"order_special_instructions"`
	DeliveryAddress     address    `json:"delivery_address"`
	PlasticWare         *bool      `json:"is_plastic_ware_option_selected"`
}

// fee's own tax is left out: the order's tax holds it already.
type fee struct {
	Price int64 `json:"price"`
}

type address struct {
	Street       string `json:"street"`
	Subpremise   string `json:"subpremise"`
	City         string `json:"city"`
	State        string `json:"state"`
	ZipCode      string `json:"zip_code"`
	Instructions string `json:"address_instructions"`
}

type category struct {
	Name  string `json:"name"`
	Items []item `json:"items"`
}

type item struct {
	ID                  string  `json:"line_item_id"`
	MerchantSuppliedID  string  `json:"merchant_supplied_id"`
	Name                string  `json:"name"`
	Price               int64   `json:"price"`
	Quantity            *int    `json:"quantity"`
	Extras              []extra `json:"extras"`
	ConsumerName        string  `json:"consumer_name"`
	SpecialInstructions string  `json:"special_instructions"`
}

// extra is a question of the menu; what the customer chose are its options.
type extra struct {
	Options []option `json:"options"`
}

type option struct {
	Name     string  `json:"name"`
	Price    int64   `json:"price"`
	Quantity *int    `json:"quantity"`
	Extras   []extra `json:"extras"`
}

// Read verifies a webhook. All events come to the orders' address and are told apart by
// event.type; a cancellation may have none (A1, "Partner cancels").
func (a *Adapter) Read(w partner.Webhook) (partner.Event, error) {
	if err := a.verify(w); err != nil {
		return partner.Event{}, err
	}
	var e envelope
	if err := partner.Decode(w.Body, &e); err != nil {
		return partner.Event{}, err
	}
	kind := ""
	if e.Event != nil {
		kind = e.Event.Type
	}
	switch plain(kind) {
	case "ordercreate":
		event, err := a.order(e, w.Now)
		if err != nil {
			return partner.Event{}, err
		}
		event.Kind, event.What, event.Reply = partner.Placed, "order", http.StatusAccepted
		event.Order.AcceptBy = w.Now.UTC().Add(a.answerWithin)
		return event, nil
	case "orderadjustment":
		event, err := a.order(e, w.Now)
		if err != nil {
			return partner.Event{}, err
		}
		event.Kind, event.What = partner.Changed, "adjustment"
		return event, nil
	case "dasherstatusupdate":
		return e.dasher()
	case "ordercancel", "ordercanceled", "ordercancelled", "":
		return a.cancel(e, kind != "", w.Now)
	}
	return partner.Event{Kind: partner.Ignored, What: fmt.Sprintf("%.60s", kind), Reply: http.StatusOK}, nil
}

// plain makes one of the ways in which an event's name is written: OrderCanceled, order_canceled.
func plain(kind string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(kind))
}

func (a *Adapter) order(e envelope, now time.Time) (partner.Event, error) {
	p, err := e.payload()
	if err != nil {
		return partner.Event{}, err
	}
	if err := partner.CheckID("order.id", p.ID); err != nil {
		return partner.Event{}, err
	}
	draft, err := a.draft(p, now)
	if err != nil {
		return partner.Event{}, err
	}
	return partner.Event{References: []string{p.ID}, Order: draft, Reply: http.StatusOK}, nil
}

func (e envelope) payload() (payload, error) {
	var p payload
	if len(e.Order) == 0 {
		return p, partner.BadField("order", "is missing")
	}
	err := partner.Decode(e.Order, &p)
	if err != nil {
		err = fmt.Errorf("order: %w", err)
	}
	return p, err
}

// cancel finds the order by whatever identities the webhook has. Which of external_order_id and
// client_order_id is ours is unconfirmed, so both are tried as both. Only a webhook that calls
// itself a cancellation may name the order by its body: a nameless one may be an order.
func (a *Adapter) cancel(e envelope, named bool, now time.Time) (partner.Event, error) {
	ids := []string{e.ExternalOrderID, e.ClientOrderID}
	event := partner.Event{Kind: partner.Cancelled, What: "cancel", Reply: http.StatusOK}
	if named && len(e.Order) > 0 {
		var inner struct {
			ID              string `json:"id"`
			ExternalOrderID string `json:"external_order_id"`
			ClientOrderID   string `json:"client_order_id"`
		}
		if err := partner.Decode(e.Order, &inner); err != nil {
			return partner.Event{}, fmt.Errorf("order: %w", err)
		}
		ids = append(ids, inner.ID, inner.ExternalOrderID, inner.ClientOrderID)
		// a cancellation counts whatever else the body holds
		if whole, err := a.order(e, now); err == nil {
			event.Order = whole.Order
		}
	}
	var err error
	if event.References, err = identities(ids...); err != nil {
		return partner.Event{}, err
	}
	if len(event.References) == 0 {
		return partner.Event{}, partner.BadField("event.type", "is missing, and neither external_order_id nor client_order_id names an order to cancel")
	}
	event.OurIDs = slices.Clone(event.References)
	return event, nil
}

// identities are those that are given, each once.
func identities(given ...string) ([]string, error) {
	var ids []string
	for _, id := range given {
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		if err := partner.CheckID("external_order_id or client_order_id", id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (a *Adapter) draft(p payload, now time.Time) (*order.Order, error) {
	fulfillment, err := p.fulfillment()
	if err != nil {
		return nil, err
	}
	totals, err := p.totals()
	if err != nil {
		return nil, err
	}
	lines, err := p.lines()
	if err != nil {
		return nil, err
	}
	number := p.DeliveryShortCode
	if number == "" {
		number = partner.ShortCode(p.ID)
	}
	draft := &order.Order{
		Channel:     "DoorDash",
		Reference:   p.ID,
		Number:      number,
		PlacedAt:    now.UTC(), // DoorDash sends no time of its own
		Fulfillment: fulfillment,
		Customer: order.Customer{
			Name:  partner.Words(" ", p.Consumer.FirstName, p.Consumer.LastName),
			Phone: p.Consumer.Phone,
		},
		Note:     strings.TrimSpace(p.SpecialInstructions),
		Utensils: p.PlasticWare,
		Currency: a.currency,
		Lines:    lines,
		Totals:   totals,
	}
	if fulfillment.Type == order.Delivery {
		draft.PickupCode = p.DeliveryShortCode
	}
	if totals.Total > 0 {
		draft.Transactions = []order.Transaction{{
			ID: "platform", Kind: order.Payment, Method: order.Platform, Amount: totals.Total, At: draft.PlacedAt,
		}}
	}
	if err := partner.Validate(*draft, a.Policy(), now); err != nil {
		return nil, err
	}
	return draft, nil
}

// fulfillment: by fulfillment_type, else, should DoorDash invent another, by is_pickup. With
// neither nobody could tell where the order goes, and it is refused.
func (p *payload) fulfillment() (order.Fulfillment, error) {
	var f order.Fulfillment
	switch {
	case p.FulfillmentType == "pickup":
		f.Type = order.Pickup
	case p.FulfillmentType == "dx_delivery", p.FulfillmentType == "mx_fleet_delivery":
		f.Type = order.Delivery
	case p.IsPickup != nil && *p.IsPickup:
		f.Type = order.Pickup
	case p.IsPickup != nil:
		f.Type = order.Delivery
	default:
		return f, &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: fmt.Sprintf(
			"order.fulfillment_type %.60q: want pickup, dx_delivery or mx_fleet_delivery", p.FulfillmentType)}
	}
	if f.Type == order.Delivery {
		f.Address = p.DeliveryAddress.line()
	}
	promised, err := partner.ParseTime("order.estimated_pickup_time", p.EstimatedPickupTime)
	f.PromisedAt = promised
	return f, err
}

func (a address) line() string {
	return partner.Words(", ", a.Street, a.Subpremise, partner.Words(" ", a.City, a.State, a.ZipCode), a.Instructions)
}

// totals: DoorDash sends no total, and its line prices may be 0, so the total is made of its own
// sums (A1, "Totals rule"). Amounts are minor units (A0, "Money").
func (p *payload) totals() (order.Totals, error) {
	type amount struct {
		field string
		value int64
	}
	amounts := []amount{
		{"subtotal", p.Subtotal},
		{"tax", p.Tax},
		{"merchant_tip_amount", p.MerchantTipAmount},
		{"tip_amount", p.TipAmount},
		{"delivery_fee", p.DeliveryFee},
	}
	fees := order.Money(p.DeliveryFee)
	for i, f := range p.CustomFee {
		amounts = append(amounts, amount{fmt.Sprintf("custom_fee[%d].price", i), f.Price})
	}
	for _, a := range amounts { // bounded one by one, so that their sum cannot overflow
		if a.value < 0 || a.value > int64(order.MaxMoney) {
			return order.Totals{}, &order.Error{Kind: order.Invalid, Cause: order.BadAmount, Detail: fmt.Sprintf("order.%s: %d", a.field, a.value)}
		}
	}
	for _, f := range p.CustomFee {
		fees += order.Money(f.Price)
	}
	t := order.Totals{
		Subtotal: order.Money(p.Subtotal),
		Tax:      order.Money(p.Tax),
		Tip:      order.Money(p.MerchantTipAmount) + order.Money(p.TipAmount),
		Fees:     fees,
	}
	t.Total = t.Subtotal + t.Tax + t.Tip + t.Fees
	return t, nil
}

func (p *payload) lines() ([]order.Line, error) {
	var lines []order.Line
	for c, category := range p.Categories {
		for i, it := range category.Items {
			at := fmt.Sprintf("order.categories[%d].items[%d]", c, i)
			if it.Quantity == nil {
				return nil, partner.BadField(at+".quantity", "is missing")
			}
			modifiers, err := modifiers(it.Extras, at, 1)
			if err != nil {
				return nil, err
			}
			lines = append(lines, order.Line{
				ID:        it.ID,
				PLU:       it.MerchantSuppliedID,
				Name:      it.Name,
				Category:  category.Name,
				Quantity:  *it.Quantity,
				UnitPrice: order.Money(it.Price),
				Kind:      order.Physical,
				// in a group order, whose item it is
				Note:      partner.Lines(it.SpecialInstructions, it.ConsumerName),
				Modifiers: modifiers,
			})
		}
	}
	if len(lines) == 0 {
		return nil, &order.Error{Kind: order.Invalid, Cause: order.NoLines, Detail: "order.categories"}
	}
	return lines, nil
}

func modifiers(extras []extra, at string, depth int) ([]order.Modifier, error) {
	var chosen []order.Modifier
	for e, extra := range extras {
		for i, o := range extra.Options {
			at := fmt.Sprintf("%s.extras[%d].options[%d]", at, e, i)
			if depth > order.MaxDepth {
				return nil, partner.TooDeep(at)
			}
			quantity := 1
			if o.Quantity != nil {
				quantity = *o.Quantity
			}
			below, err := modifiers(o.Extras, at, depth+1)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, order.Modifier{Name: o.Name, Quantity: quantity, UnitPrice: order.Money(o.Price), Modifiers: below})
		}
	}
	return chosen, nil
}
