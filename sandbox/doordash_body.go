package sandbox

import (
	"slices"
	"strings"
	"time"

	"comptoir/order"
)

// doordashWebhook is an order as DoorDash posts it (A1, "Order webhook"; examples/orders).
type doordashWebhook struct {
	Event doordashEvent `json:"event"`
	Order doordashOrder `json:"order"`
}

type doordashEvent struct {
	Type   string `json:"type"`
	Status string `json:"status,omitempty"`
}

type doordashOrder struct {
	ID                  string             `json:"id"`
	Consumer            doordashConsumer   `json:"consumer"`
	Store               doordashStore      `json:"store"`
	Subtotal            order.Money        `json:"subtotal"`
	Tax                 order.Money        `json:"tax"`
	TaxRemitted         bool               `json:"is_tax_remitted_by_doordash"`
	TaxAmountRemitted   order.Money        `json:"tax_amount_remitted_by_doordash"`
	EstimatedPickupTime string             `json:"estimated_pickup_time"`
	IsPickup            bool               `json:"is_pickup"`
	FulfillmentType     string             `json:"fulfillment_type"`
	DeliveryShortCode   string             `json:"delivery_short_code"`
	CommissionType      string             `json:"commission_type"`
	Experience          string             `json:"experience"`
	MerchantTipAmount   order.Money        `json:"merchant_tip_amount"`
	PlasticWare         bool               `json:"is_plastic_ware_option_selected"`
	SpecialInstructions string             `json:"order_special_instructions"`
	IsScheduled         bool               `json:"is_scheduled"`
	Categories          []doordashCategory `json:"categories"`
	CustomFee           []doordashFee      `json:"custom_fee,omitempty"`
	// of deliveries by the store (A1, "Extra fields")
	TipAmount       order.Money      `json:"tip_amount,omitempty"`
	DeliveryFee     order.Money      `json:"delivery_fee,omitempty"`
	DeliveryAddress *doordashAddress `json:"delivery_address,omitempty"`
	// of adjustments; what is in it is unconfirmed
	AdjustmentMetadata *struct{} `json:"order_adjustment_metadata,omitempty"`
}

type doordashConsumer struct {
	ID        int64  `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Phone     string `json:"phone"`
}

type doordashStore struct {
	MerchantSuppliedID string `json:"merchant_supplied_id"`
	ProviderType       string `json:"provider_type"`
}

type doordashAddress struct {
	Street       string  `json:"street"`
	City         string  `json:"city"`
	State        string  `json:"state"`
	ZipCode      string  `json:"zip_code"`
	Subpremise   string  `json:"subpremise"`
	Instructions string  `json:"address_instructions"`
	Latitude     float64 `json:"lat"`
	Longitude    float64 `json:"lng"`
}

type doordashFee struct {
	Type  string      `json:"type"`
	Price order.Money `json:"price"`
	Tax   order.Money `json:"tax"`
}

type doordashCategory struct {
	Name               string         `json:"name"`
	MerchantSuppliedID string         `json:"merchant_supplied_id"`
	Items              []doordashItem `json:"items"`
}

type doordashItem struct {
	Name                string          `json:"name"`
	MerchantSuppliedID  string          `json:"merchant_supplied_id"`
	Price               order.Money     `json:"price"`
	Quantity            int             `json:"quantity"`
	Extras              []doordashExtra `json:"extras"`
	SpecialInstructions string          `json:"special_instructions"`
	LineItemID          string          `json:"line_item_id"`
	ConsumerName        string          `json:"consumer_name,omitempty"`
}

type doordashExtra struct {
	Name               string           `json:"name"`
	MerchantSuppliedID string           `json:"merchant_supplied_id"`
	Options            []doordashOption `json:"options"`
}

type doordashOption struct {
	Name               string          `json:"name"`
	MerchantSuppliedID string          `json:"merchant_supplied_id"`
	Price              order.Money     `json:"price"`
	Quantity           int             `json:"quantity"`
	LineOptionID       string          `json:"line_option_id"`
	Extras             []doordashExtra `json:"extras"`
}

// doordashCancellation carries no reason (A1, "Partner cancels").
type doordashCancellation struct {
	ExternalOrderID string        `json:"external_order_id"`
	ClientOrderID   string        `json:"client_order_id"`
	Store           doordashStore `json:"store"`
	IsASAP          bool          `json:"is_asap"`
}

// Kinds are the fulfillment types pickup, dx_delivery and mx_fleet_delivery.
func (d *DoorDash) Kinds() []Kind { return []Kind{Pickup, Delivery, StoreDelivery} }

// Webhook writes a new order.
func (d *DoorDash) Webhook(o Order) []byte {
	return encode(doordashWebhook{doordashEvent{"OrderCreate", "NEW"}, writeDoorDash(o)})
}

// Cancellation is nil for an order that the store has not confirmed: DoorDash sends none.
func (d *DoorDash) Cancellation(o Order, _ time.Time) []byte {
	d.orders.Lock()
	known := d.known[o.ID]
	ourID := ""
	if known != nil {
		ourID = known.ourID
	}
	d.orders.Unlock()
	if ourID == "" {
		return nil
	}
	return encode(doordashCancellation{o.ID, ourID, storeOf(o), o.Timing != Scheduled})
}

// Adjustment writes a changed order, whole (A1, "Adjustment").
func (d *DoorDash) Adjustment(o Order) []byte {
	b := doordashWebhook{doordashEvent{Type: "OrderAdjustment"}, writeDoorDash(o)}
	b.Order.AdjustmentMetadata = &struct{}{}
	return encode(b)
}

func storeOf(o Order) doordashStore { return doordashStore{o.Store, "Comptoir"} }

func writeDoorDash(o Order) doordashOrder {
	_, tax := o.taxes()
	b := doordashOrder{
		ID: o.ID, Store: storeOf(o), Subtotal: o.subtotal(), Tax: tax,
		Consumer: doordashConsumer{
			ID: o.Customer.Number, Email: "support@doordash.example.com", FirstName: o.Customer.First,
			LastName: initial(strings.TrimPrefix(o.Customer.Name, o.Customer.First+" ")), Phone: "+18552228111",
		},
		EstimatedPickupTime: stamp(o.Promised), DeliveryShortCode: o.Number, CommissionType: "regular", Experience: "DOORDASH",
		PlasticWare: o.Utensils, SpecialInstructions: o.Note, IsScheduled: o.Timing == Scheduled,
	}
	switch o.Kind {
	case Delivery: // the customer pays DoorDash for it
		b.FulfillmentType, b.MerchantTipAmount = "dx_delivery", o.Tip
		b.CustomFee = []doordashFee{{Type: "BAG_FEE", Price: 25, Tax: 4}}
	case StoreDelivery:
		b.FulfillmentType, b.TipAmount, b.DeliveryFee = "mx_fleet_delivery", o.Tip, o.Fee
		b.DeliveryAddress = &doordashAddress{
			Street: o.Customer.StreetNumber + " " + o.Customer.Street, City: "Montréal", State: "QC", ZipCode: o.Customer.PostalCode,
			Subpremise: o.Customer.Door, Latitude: 45.5245, Longitude: -73.5818,
		}
	default:
		b.FulfillmentType, b.IsPickup = "pickup", true
	}
	for _, item := range o.Items {
		at := slices.IndexFunc(b.Categories, func(c doordashCategory) bool { return c.MerchantSuppliedID == item.Category.ID })
		if at < 0 {
			at = len(b.Categories)
			b.Categories = append(b.Categories, doordashCategory{Name: item.Category.Name, MerchantSuppliedID: item.Category.ID})
		}
		b.Categories[at].Items = append(b.Categories[at].Items, writeDoorDashItem(item, o.PricesHidden))
	}
	return b
}

func writeDoorDashItem(item Item, hidden bool) doordashItem {
	price := func(p order.Money) order.Money {
		if hidden {
			return 0
		}
		return p
	}
	b := doordashItem{
		Name: item.Item.Name, MerchantSuppliedID: item.Item.PLU, Price: price(item.Item.Price), Quantity: item.Quantity,
		Extras: []doordashExtra{}, SpecialInstructions: item.Remark, LineItemID: item.ID, ConsumerName: item.For,
	}
	for _, c := range item.Choices {
		at := slices.IndexFunc(b.Extras, func(e doordashExtra) bool { return e.MerchantSuppliedID == c.Group.ID })
		if at < 0 {
			at = len(b.Extras)
			b.Extras = append(b.Extras, doordashExtra{Name: c.Group.Name, MerchantSuppliedID: c.Group.ID})
		}
		b.Extras[at].Options = append(b.Extras[at].Options, doordashOption{
			Name: c.Modifier.Name, MerchantSuppliedID: c.Modifier.PLU, Price: price(c.Modifier.Price), Quantity: c.Quantity,
			LineOptionID: c.ID, Extras: []doordashExtra{},
		})
	}
	return b
}
