package order

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// Bounds of what an order may hold: far above any real order, far below what would hurt.
const (
	MaxLines       = 500
	MaxQuantity    = 9_999
	MaxModifiers   = 200
	MaxDepth       = 8
	MaxText        = 2_000
	MaxPreparation = 24 * 60
	maxIdentity    = 200
)

// place makes the order from the command's draft: what the channel said, less what only
// commands may set.
func place(o *Order, c Command, p Policy, entry *Entry) error {
	if c.Order == nil {
		return invalid(BadField, "order")
	}
	draft := c.Order.Clone()
	draft.normalize()
	draft.Revision, draft.Status, draft.Reason, draft.KitchenVersion = 0, New, "", 0
	draft.Bags = 0
	draft.AcceptedAt, draft.StartedAt, draft.ReadyAt, draft.CompletedAt = o.AcceptedAt, o.StartedAt, o.ReadyAt, o.CompletedAt
	draft.Tickets, draft.Printed, draft.Acknowledged, draft.History = []Ticket{}, nil, nil, nil
	if draft.PlacedAt.IsZero() {
		draft.PlacedAt = entry.At
	}
	for i := range draft.Lines {
		draft.Lines[i].Fulfilled, draft.Lines[i].Cancelled = 0, 0
	}
	for i, t := range draft.Transactions {
		if t.At.IsZero() {
			t.At = entry.At
		}
		draft.Transactions[i].At = t.At.UTC()
	}
	if draft.Courier != nil {
		draft.Courier.At = draft.Courier.At.UTC()
	}
	if err := draft.validate(p); err != nil {
		return err
	}
	*o = draft
	return nil
}

// normalize gives lines their ids and kinds, empty lists instead of none, and UTC times.
func (o *Order) normalize() {
	o.PlacedAt, o.AcceptBy = o.PlacedAt.UTC(), o.AcceptBy.UTC()
	o.Fulfillment.PromisedAt, o.Fulfillment.ArrivedAt = o.Fulfillment.PromisedAt.UTC(), o.Fulfillment.ArrivedAt.UTC()
	if o.Transactions == nil {
		o.Transactions = []Transaction{}
	}
	lines := make([]Line, len(o.Lines))
	taken := map[string]bool{}
	for i, l := range o.Lines {
		if l.ID == "" || taken[l.ID] {
			l.ID = strconv.Itoa(i + 1)
			for taken[l.ID] {
				l.ID += "+"
			}
		}
		taken[l.ID] = true
		if l.Kind == "" {
			l.Kind = Physical
		}
		if l.Modifiers == nil {
			l.Modifiers = []Modifier{}
		}
		lines[i] = l
	}
	o.Lines = lines
}

func (o *Order) validate(p Policy) error {
	if o.ID == "" || len(o.ID) > maxIdentity {
		return invalid(BadField, "id")
	}
	if o.Location == "" {
		return invalid(BadField, "location")
	}
	if _, known := Digits(o.Currency); !known {
		return invalid(UnknownCurrency, clip(o.Currency))
	}
	if !o.Fulfillment.Type.Valid() {
		return invalid(BadField, "fulfillment.type "+clip(string(o.Fulfillment.Type)))
	}
	if o.PreparationMinutes < 0 || o.PreparationMinutes > MaxPreparation {
		return invalid(BadField, "preparationMinutes must be 0 to "+strconv.Itoa(MaxPreparation))
	}
	for name, text := range map[string]string{
		"channel": o.Channel, "connection": o.Connection, "reference": o.Reference, "number": o.Number,
		"pickupCode": o.PickupCode,
	} {
		if len(text) > maxIdentity {
			return invalid(TooMany, name)
		}
	}
	for name, text := range map[string]string{
		"customer.name": o.Customer.Name, "customer.phone": o.Customer.Phone,
		"customer.email": o.Customer.Email, "fulfillment.address": o.Fulfillment.Address,
		"fulfillment.vehicle": o.Fulfillment.Vehicle, "fulfillment.spot": o.Fulfillment.Spot,
		"fulfillment.table": o.Fulfillment.Table,
	} {
		if utf8.RuneCountInString(text) > MaxText {
			return invalid(TooMany, name)
		}
	}
	if err := o.validateTransactions(p); err != nil {
		return err
	}
	return o.validateContent()
}

// validateContent checks what a platform may also change later.
func (o *Order) validateContent() error {
	if utf8.RuneCountInString(o.Note) > MaxText {
		return invalid(TooMany, "note")
	}
	times := []time.Time{o.PlacedAt, o.AcceptBy, o.Fulfillment.PromisedAt, o.Fulfillment.ArrivedAt}
	for _, t := range o.Transactions {
		times = append(times, t.At)
	}
	if o.Courier != nil {
		times = append(times, o.Courier.At)
	}
	for _, t := range times {
		if !plausible(t) {
			return invalid(BadField, "time "+t.String())
		}
	}
	t := o.Totals
	for _, amount := range []Money{t.Subtotal, t.Tax, t.Tip, t.Fees, t.Discount, t.Total} {
		if amount < 0 || amount > MaxMoney {
			return invalid(BadAmount, fmt.Sprintf("totals: %d", amount))
		}
	}
	return o.validateLines()
}

// plausible keeps out times that would, in another zone or after a delay, be of a year that
// JSON cannot hold.
func plausible(t time.Time) bool { return t.IsZero() || t.Year() >= 2000 && t.Year() < 2200 }

func (o *Order) validateTransactions(p Policy) error {
	if len(o.Transactions) > MaxLines {
		return invalid(TooMany, "transactions")
	}
	ids := map[string]bool{}
	for _, t := range o.Transactions {
		if t.ID == "" || ids[t.ID] {
			return invalid(BadField, "transaction id missing or repeated")
		}
		ids[t.ID] = true
		if t.Kind != Payment && t.Kind != Fee {
			return invalid(BadField, "transaction kind "+clip(string(t.Kind)))
		}
		if !t.Method.valid() {
			return invalid(BadField, "transaction method "+clip(string(t.Method)))
		}
		if t.Amount < 0 || t.Amount > MaxMoney {
			return invalid(BadAmount, "transaction "+clip(t.ID))
		}
		if t.Method == GiftCard && !p.GiftCards {
			return &Error{Kind: NotAllowed, Cause: GiftCardRefused}
		}
	}
	return nil
}

func (m Method) valid() bool {
	switch m {
	case Card, Cash, GiftCard, Platform:
		return true
	}
	return false
}

func (o *Order) validateLines() error {
	if len(o.Lines) == 0 {
		return invalid(NoLines, "")
	}
	if len(o.Lines) > MaxLines {
		return invalid(TooMany, "lines")
	}
	for i, l := range o.Lines {
		at := "line " + strconv.Itoa(i+1)
		if l.Name == "" || utf8.RuneCountInString(l.Name) > MaxText {
			return invalid(BadField, at+": name")
		}
		if len(l.ID) > maxIdentity || len(l.PLU) > maxIdentity || utf8.RuneCountInString(l.Note) > MaxText {
			return invalid(TooMany, at)
		}
		if l.Quantity < 1 || l.Quantity > MaxQuantity {
			return invalid(BadQuantity, at+": "+strconv.Itoa(l.Quantity))
		}
		if l.UnitPrice < -MaxMoney || l.UnitPrice > MaxMoney {
			return invalid(BadAmount, at+": unitPrice")
		}
		if l.Kind != Physical && l.Kind != DigitalLine {
			return invalid(BadField, at+": kind "+clip(string(l.Kind)))
		}
		left := MaxModifiers
		if err := validateModifiers(l.Modifiers, at, 1, &left); err != nil {
			return err
		}
	}
	return nil
}

func validateModifiers(modifiers []Modifier, at string, depth int, left *int) error {
	if depth > MaxDepth && len(modifiers) > 0 {
		return invalid(TooMany, at+": modifiers too deep")
	}
	for _, m := range modifiers {
		*left--
		if *left < 0 {
			return invalid(TooMany, at+": modifiers")
		}
		if m.Name == "" || utf8.RuneCountInString(m.Name) > MaxText {
			return invalid(BadField, at+": modifier name")
		}
		if m.Quantity < 1 || m.Quantity > MaxQuantity {
			return invalid(BadQuantity, at+": modifier "+clip(m.Name))
		}
		if m.UnitPrice < -MaxMoney || m.UnitPrice > MaxMoney {
			return invalid(BadAmount, at+": modifier "+clip(m.Name))
		}
		if err := validateModifiers(m.Modifiers, at, depth+1, left); err != nil {
			return err
		}
	}
	return nil
}

// clip bounds text that goes into an error or a short field.
func clip(text string) string {
	const most = 100
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
