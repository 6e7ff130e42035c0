package order

// CourierStage is how far a courier is. A platform's own word stands where it is none of these.
type CourierStage string

// The stages, in their order.
const (
	CourierAssigned   CourierStage = "assigned"
	CourierArriving   CourierStage = "arriving"
	CourierAtStore    CourierStage = "at_store"
	CourierPickedUp   CourierStage = "picked_up"
	CourierAtCustomer CourierStage = "at_customer"
	CourierDelivered  CourierStage = "delivered"
)

// CourierStages lists the stages in their order.
func CourierStages() []CourierStage {
	return []CourierStage{CourierAssigned, CourierArriving, CourierAtStore, CourierPickedUp, CourierAtCustomer, CourierDelivered}
}

// reached reports whether a courier who is at s has been at other already. Of stages that nobody
// knows only the very same has been.
func (s CourierStage) reached(other CourierStage) bool {
	at, wanted := -1, -1
	for i, stage := range CourierStages() {
		if stage == s {
			at = i
		}
		if stage == other {
			wanted = i
		}
	}
	return s == other || at >= 0 && wanted >= 0 && wanted < at
}

func assignCourier(o *Order, c Command, _ Policy, entry *Entry) error {
	if o.Fulfillment.Type != Delivery {
		return notPossible(WrongFulfillment)
	}
	if err := o.expect(New, Accepted, Preparing, Ready); err != nil {
		return err
	}
	if c.Courier == nil {
		return invalid(BadField, "courier")
	}
	courier := *c.Courier
	courier.Name, courier.Phone, courier.Stage = clip(courier.Name), clip(courier.Phone), CourierStage(clip(string(courier.Stage)))
	courier.At = entry.At
	o.Courier = &courier
	entry.Detail = string(courier.Stage)
	return nil
}

// courierMoved takes a step forward alone: platforms repeat themselves, and their webhooks
// overtake each other.
func courierMoved(o *Order, c Command, _ Policy, entry *Entry) error {
	if o.Courier == nil {
		return notPossible(NoCourier)
	}
	if c.Courier == nil || c.Courier.Stage == "" {
		return invalid(BadField, "courier.stage")
	}
	stage := CourierStage(clip(string(c.Courier.Stage)))
	if o.Courier.Stage.reached(stage) {
		return notPossible(CourierBeyond)
	}
	o.Courier.Stage = stage
	o.Courier.At = entry.At
	entry.Detail = string(stage)
	return nil
}
