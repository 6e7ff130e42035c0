package order

import "strconv"

// MaxBags bounds how many bags an order may be packed in.
const MaxBags = 99

// BagCount is how many bags the order is packed in: one where nobody said more.
func (o Order) BagCount() int { return max(1, o.Bags) }

// pack says in how many bags an order is, so that the right number of them leaves.
func pack(o *Order, c Command, _ Policy, entry *Entry) error {
	if !o.bagged() {
		return notPossible(WrongFulfillment)
	}
	if err := o.expect(Accepted, Preparing, Ready); err != nil {
		return err
	}
	if c.Bags < 1 {
		return invalid(BadField, "bags must be 1 to "+strconv.Itoa(MaxBags))
	}
	return o.count(c.Bags, entry)
}

// bagged reports whether somebody takes the order away in bags.
func (o *Order) bagged() bool {
	switch o.Fulfillment.Type {
	case Shipment, Digital:
		return false
	}
	return o.Fulfillment.Table == ""
}

func (o *Order) count(bags int, entry *Entry) error {
	if bags < 1 || bags > MaxBags {
		return invalid(BadField, "bags must be 1 to "+strconv.Itoa(MaxBags))
	}
	o.Bags = bags
	entry.Detail = strconv.Itoa(bags)
	return nil
}
