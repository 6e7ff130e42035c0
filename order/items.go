package order

import "strconv"

// fulfill counts items of one kind as given to the customer, and completes the order when
// nothing remains of either kind.
func (o *Order) fulfill(c Command, kind LineKind, entry *Entry) error {
	picked, err := o.pick(c.Items, kind)
	if err != nil {
		return err
	}
	for i, quantity := range picked {
		o.Lines[i].Fulfilled += quantity
	}
	entry.Detail = count(picked)
	if c.Carrier != "" {
		entry.Detail += " " + clip(c.Carrier+" "+c.Tracking)
	}
	if o.nothingRemains() {
		o.end(Completed, o.given(), entry.At)
	}
	return nil
}

func (o *Order) nothingRemains() bool {
	for _, l := range o.Lines {
		if l.Remaining() > 0 {
			return false
		}
	}
	return true
}

// given says how an order ended of which nothing remains.
func (o *Order) given() Reason {
	reason := CancelledByStore
	for _, l := range o.Lines {
		switch {
		case l.Fulfilled == 0:
		case l.Kind == DigitalLine:
			reason = ItemsCompleted
		case o.Fulfillment.Type == Shipment:
			return Shipped
		default:
			return HandedOver
		}
	}
	return reason
}

// pick turns items into a quantity by line index; no items means all that remains of the kind
// ("" is both).
func (o *Order) pick(items []ItemQuantity, kind LineKind) (map[int]int, error) {
	picked := map[int]int{}
	if len(items) == 0 {
		for i, l := range o.Lines {
			if (kind == "" || l.Kind == kind) && l.Remaining() > 0 {
				picked[i] = l.Remaining()
			}
		}
		if len(picked) == 0 {
			return nil, notPossible(NothingLeft)
		}
		return picked, nil
	}
	for _, item := range items {
		i := o.line(item.Line)
		if i < 0 {
			return nil, &Error{Kind: NotFound, Cause: UnknownLine, Detail: item.Line}
		}
		l := o.Lines[i]
		if kind == Physical && l.Kind != Physical {
			return nil, notPossible(NotPhysical)
		}
		if kind == DigitalLine && l.Kind != DigitalLine {
			return nil, notPossible(NotDigital)
		}
		if item.Quantity < 1 || item.Quantity > l.Remaining()-picked[i] {
			return nil, invalid(BadQuantity, l.Name+": "+strconv.Itoa(l.Remaining()-picked[i])+" left")
		}
		picked[i] += item.Quantity
	}
	return picked, nil
}

func (o *Order) line(id string) int {
	for i, l := range o.Lines {
		if l.ID == id {
			return i
		}
	}
	return -1
}

func count(picked map[int]int) string {
	sum := 0
	for _, quantity := range picked {
		sum += quantity
	}
	return strconv.Itoa(sum)
}
