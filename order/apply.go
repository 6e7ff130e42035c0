package order

import (
	"slices"
	"strconv"
	"time"
)

// Apply returns the order as the command leaves it, or why the command may not be. It changes
// nothing of o. A command whose id has been applied before gives o back as it is.
//
// The command's At is when somebody asked; now bounds it, since a terminal's clock may run
// ahead. A refusal is an *Error.
func Apply(o Order, c Command, p Policy, now time.Time) (Order, error) {
	if c.ID == "" || len(c.ID) > maxIdentity {
		return o, invalid(MissingID, "")
	}
	if o.Applied(c.ID) {
		return o, nil
	}
	if (c.Type == Place) != (o.Revision == 0) {
		if c.Type == Place {
			return o, &Error{Kind: Exists, Cause: AlreadyPlaced, Detail: o.ID}
		}
		return o, &Error{Kind: NotFound, Cause: UnknownOrder, Detail: c.OrderID}
	}
	act, known := acts[c.Type]
	if !known {
		return o, invalid(UnknownCommand, string(c.Type))
	}
	when := c.At
	if when.IsZero() || when.After(now) || !plausible(when) {
		when = now
	}
	when = when.UTC().Round(0) // no monotonic clock: the log cannot keep it

	next := o.Clone()
	entry := Entry{At: when, By: c.By, What: act.what, Person: c.Person.clipped(), Approver: c.Approver.clipped(), Command: c.ID}
	if err := act.do(&next, c, p, &entry); err != nil {
		return o, err
	}
	next.Revision++
	next.History = append(next.History, entry)
	return next, nil
}

// act is how one command changes an order. do may add to the entry; it checks before it changes.
type act struct {
	what What
	do   func(o *Order, c Command, p Policy, entry *Entry) error
}

var acts = map[CommandType]act{
	Place:           {WasPlaced, place},
	Accept:          {WasAccepted, accept},
	Reject:          {WasRejected, reject},
	Start:           {WasStarted, start},
	MarkReady:       {WasReady, ready},
	HandOver:        {WasHandedOver, handOver},
	Pack:            {WasPacked, pack},
	Delay:           {WasDelayed, delay},
	Ship:            {WasShipped, ship},
	CompleteItems:   {WasCompleted, completeItems},
	CancelItems:     {WasCancelled, cancelItems},
	RefundMoney:     {WasRefunded, refund},
	CustomerArrived: {WasArrived, customerArrived},
	Acknowledge:     {WasAcknowledged, acknowledge},
	AssignCourier:   {WasCourierAssigned, assignCourier},
	CourierMoved:    {WasCourierMoved, courierMoved},
	PartnerCancel:   {WasCancelledByPartner, partnerCancel},
	PartnerChange:   {WasChangedByPartner, partnerChange},
	PartnerAnswered: {WasAnswered, partnerAnswered},
	Expire:          {WasExpired, expire},
	Printed:         {WasPrinted, printed},
}

func accept(o *Order, c Command, p Policy, entry *Entry) error {
	if err := o.expect(New); err != nil {
		return err
	}
	if !p.Accept {
		return &Error{Kind: NotAllowed, Cause: OnPartnerOnly, Detail: o.Channel}
	}
	if c.Minutes < 0 || c.Minutes > MaxPreparation {
		return invalid(BadField, "minutes must be 0 to "+strconv.Itoa(MaxPreparation))
	}
	if c.Minutes > 0 {
		o.PreparationMinutes = c.Minutes
	}
	o.Status = Accepted
	o.AcceptedAt = entry.At
	o.KitchenVersion = 1
	return nil
}

func reject(o *Order, c Command, p Policy, entry *Entry) error {
	if err := o.expect(New); err != nil {
		return err
	}
	if !p.Reject {
		return &Error{Kind: NotAllowed, Cause: OnPartnerOnly, Detail: o.Channel}
	}
	reason := c.Reason
	if reason == "" {
		reason = RejectedByStore
	}
	if !knownReject(reason) {
		return invalid(BadField, "reason "+string(reason))
	}
	o.end(Rejected, reason, entry.At)
	entry.Detail = string(reason)
	return nil
}

func knownReject(reason Reason) bool {
	for _, r := range RejectReasons() {
		if r == reason {
			return true
		}
	}
	return false
}

func start(o *Order, _ Command, _ Policy, entry *Entry) error {
	if err := o.expect(Accepted); err != nil {
		return err
	}
	o.Status = Preparing
	o.StartedAt = entry.At
	return nil
}

func ready(o *Order, c Command, _ Policy, entry *Entry) error {
	if err := o.expect(Accepted, Preparing); err != nil {
		return err
	}
	if c.Bags != 0 {
		if !o.bagged() {
			return notPossible(WrongFulfillment)
		}
		if err := o.count(c.Bags, entry); err != nil {
			return err
		}
	}
	o.Status = Ready
	o.ReadyAt = entry.At
	return nil
}

func handOver(o *Order, _ Command, _ Policy, entry *Entry) error {
	if o.Fulfillment.Type == Shipment || o.Fulfillment.Type == Digital {
		return notPossible(WrongFulfillment)
	}
	if err := o.expect(Ready); err != nil {
		return err
	}
	for i := range o.Lines {
		o.Lines[i].Fulfilled = o.Lines[i].Ordered()
	}
	if o.Bags > 1 {
		entry.Detail = strconv.Itoa(o.Bags)
	}
	o.end(Completed, HandedOver, entry.At)
	return nil
}

// delay moves the promised time: what the customer is told. How long the kitchen needs stays
// the same, so that the new badge answers "shall we make it now?".
func delay(o *Order, c Command, p Policy, entry *Entry) error {
	if err := o.expect(New, Accepted, Preparing); err != nil {
		return err
	}
	if !p.Delay {
		return &Error{Kind: NotAllowed, Cause: OnPartnerDelay, Detail: o.Channel}
	}
	if c.Minutes <= 0 || c.Minutes > MaxPreparation {
		return invalid(BadField, "minutes must be 1 to "+strconv.Itoa(MaxPreparation))
	}
	promised := o.Fulfillment.PromisedAt
	if promised.IsZero() {
		promised = o.Expected(entry.At)
	}
	o.Fulfillment.PromisedAt = promised.Add(time.Duration(c.Minutes) * time.Minute)
	entry.Detail = strconv.Itoa(c.Minutes) + delayUnit
	return nil
}

func ship(o *Order, c Command, _ Policy, entry *Entry) error {
	if o.Fulfillment.Type != Shipment {
		return notPossible(WrongFulfillment)
	}
	if err := o.expect(Accepted, Preparing, Ready); err != nil {
		return err
	}
	return o.fulfill(c, Physical, entry)
}

func completeItems(o *Order, c Command, _ Policy, entry *Entry) error {
	if err := o.expect(Accepted, Preparing, Ready); err != nil {
		return err
	}
	return o.fulfill(c, DigitalLine, entry)
}

func cancelItems(o *Order, c Command, p Policy, entry *Entry) error {
	if err := o.expect(New, Accepted, Preparing, Ready); err != nil {
		return err
	}
	if !p.Cancel {
		return &Error{Kind: NotAllowed, Cause: OnPartnerOnly, Detail: o.Channel}
	}
	picked, err := o.pick(c.Items, "")
	if err != nil {
		return err
	}
	if c.Amount < 0 || c.Amount > o.Refundable() {
		return invalid(BadAmount, "more than is refundable")
	}
	if c.Amount > 0 {
		if err := o.giveBack(c, p, entry.At); err != nil {
			return err
		}
	}
	kitchen := false
	for i, quantity := range picked {
		o.Lines[i].Cancelled += quantity
		kitchen = kitchen || quantity > 0 && o.Lines[i].Kind == Physical
	}
	entry.Detail = count(picked)
	if kitchen && o.KitchenVersion > 0 {
		o.KitchenVersion++
	}
	if o.nothingRemains() {
		o.end(Completed, o.given(), entry.At)
	}
	return nil
}

func refund(o *Order, c Command, p Policy, entry *Entry) error {
	if !p.Refund {
		return &Error{Kind: NotAllowed, Cause: OnPartnerOnly, Detail: o.Channel}
	}
	if o.Refundable() <= 0 {
		return notPossible(NothingToRefund)
	}
	if c.Amount <= 0 || c.Amount > o.Refundable() {
		return invalid(BadAmount, "must be 1 to "+strconv.FormatInt(int64(o.Refundable()), 10))
	}
	entry.Detail = strconv.FormatInt(int64(c.Amount), 10)
	return o.giveBack(c, p, entry.At)
}

func (o *Order) giveBack(c Command, p Policy, at time.Time) error {
	if !p.Refund {
		return &Error{Kind: NotAllowed, Cause: OnPartnerOnly, Detail: o.Channel}
	}
	method := c.Method
	if method == "" {
		method = Card
		for _, t := range o.Transactions {
			if t.Kind == Payment {
				method = t.Method
				break
			}
		}
	}
	if !method.valid() {
		return invalid(BadField, "method "+string(method))
	}
	o.Transactions = append(o.Transactions, Transaction{ID: c.ID, Kind: Refund, Method: method, Amount: c.Amount, At: at})
	return nil
}

// customerArrived notes that the customer is outside, and where. Said again with another vehicle
// or spot it corrects that, and rings again for whoever has gone to the wrong one.
func customerArrived(o *Order, c Command, _ Policy, entry *Entry) error {
	if o.Fulfillment.Type != Curbside && o.Fulfillment.Type != Pickup {
		return notPossible(WrongFulfillment)
	}
	if err := o.expect(New, Accepted, Preparing, Ready); err != nil {
		return err
	}
	vehicle, spot := o.Fulfillment.Vehicle, o.Fulfillment.Spot
	if c.Vehicle != "" {
		vehicle = clip(c.Vehicle)
	}
	if c.Spot != "" {
		spot = clip(c.Spot)
	}
	if !o.Fulfillment.ArrivedAt.IsZero() {
		if vehicle == o.Fulfillment.Vehicle && spot == o.Fulfillment.Spot {
			return notPossible(AlreadyArrived)
		}
		o.Acknowledged = slices.DeleteFunc(o.Acknowledged, func(a Alarm) bool { return a == AlarmArrived })
	} else {
		o.Fulfillment.ArrivedAt = entry.At
	}
	o.Fulfillment.Vehicle, o.Fulfillment.Spot = vehicle, spot
	return nil
}

// acknowledge answers the alarm that is named, even shortly before it sounds: clocks differ. No
// name answers what sounds now, never what is still to sound.
func acknowledge(o *Order, c Command, _ Policy, entry *Entry) error {
	unanswered := o.unanswered()
	before := len(o.Acknowledged)
	for _, alarm := range Alarms() {
		asked := c.Alarm == alarm || c.Alarm == "" && !entry.At.Before(o.sounds(alarm))
		if asked && unanswered[alarm] {
			o.Acknowledged = append(o.Acknowledged, alarm)
		}
	}
	if len(o.Acknowledged) == before {
		return notPossible(NothingRinging)
	}
	entry.Detail = string(c.Alarm)
	return nil
}

// partnerCancel is the platform's word: an open order ends, and one that has left the counter
// already keeps its end, with the contradiction in the history.
func partnerCancel(o *Order, _ Command, _ Policy, entry *Entry) error {
	if !o.Partner() {
		return notPossible(NotAPartner)
	}
	if o.Cancelled() {
		return notPossible(AlreadyCancelled)
	}
	if !o.Status.Open() {
		entry.Contradicts = true
		return nil
	}
	for i := range o.Lines {
		o.Lines[i].Cancelled = o.Lines[i].Quantity - o.Lines[i].Fulfilled
	}
	if o.KitchenVersion > 0 {
		o.KitchenVersion++
	}
	o.end(Completed, CancelledByPartner, entry.At)
	return nil
}

// partnerChange takes over the lines, totals and promised time that the platform now has. What
// was given to the customer already stays given, and nothing else of the lines is ours to say.
func partnerChange(o *Order, c Command, _ Policy, entry *Entry) error {
	if !o.Partner() {
		return notPossible(NotAPartner)
	}
	if err := o.expect(New, Accepted, Preparing, Ready); err != nil {
		return err
	}
	if c.Order == nil {
		return invalid(BadField, "order")
	}
	next := *c.Order
	next.normalize()
	if err := next.validateContent(); err != nil {
		return err
	}
	for i := range next.Lines {
		l := &next.Lines[i]
		l.Fulfilled, l.Cancelled = 0, 0
		if was := o.line(l.ID); was >= 0 && sameDish(*l, o.Lines[was]) {
			l.Fulfilled = min(l.Quantity, o.Lines[was].Fulfilled)
		}
	}
	before := o.allKitchenLines()
	o.Lines, o.Totals, o.Note = next.Lines, next.Totals, next.Note
	if !next.Fulfillment.PromisedAt.IsZero() {
		o.Fulfillment.PromisedAt = next.Fulfillment.PromisedAt
	}
	if o.KitchenVersion > 0 && !Difference(before, o.allKitchenLines()).Empty() {
		o.KitchenVersion++
	}
	// a second change rings again
	o.Acknowledged = slices.DeleteFunc(o.Acknowledged, func(a Alarm) bool { return a == AlarmChanged })
	if o.nothingRemains() {
		o.end(Completed, o.given(), entry.At)
	}
	return nil
}

func expire(o *Order, _ Command, _ Policy, entry *Entry) error {
	if err := o.expect(New, Accepted, Preparing, Ready); err != nil {
		return err
	}
	if o.AcceptBy.IsZero() {
		return notPossible(NoDeadline)
	}
	if o.KitchenVersion > 0 {
		o.KitchenVersion++
	}
	o.end(Expired, DeadlinePassed, entry.At)
	return nil
}

func printed(o *Order, c Command, _ Policy, entry *Entry) error {
	if c.Ticket == nil || c.Ticket.Station == "" || c.Ticket.Version < 1 || !c.Ticket.State.valid() || !c.Ticket.Kind.valid() {
		return invalid(BadField, "ticket")
	}
	if len(c.Lines) > MaxLines {
		return invalid(TooMany, "lines")
	}
	ticket := *c.Ticket
	ticket.At, ticket.By = entry.At, c.By
	entry.Detail = ticket.Station + " " + string(ticket.Kind) + " " + string(ticket.State)
	entry.Contradicts = ticket.Version > o.KitchenVersion
	o.report(ticket, c.Lines)
	return nil
}

// expect refuses with the state's own words unless the status is one of these.
func (o *Order) expect(allowed ...Status) error {
	for _, s := range allowed {
		if o.Status == s {
			return nil
		}
	}
	switch o.Status {
	case New:
		return notPossible(NotYetAccepted)
	case Accepted:
		if allowed[0] == Ready {
			return notPossible(NotYetReady)
		}
		return notPossible(AlreadyAccepted)
	case Preparing:
		if allowed[0] == Ready {
			return notPossible(NotYetReady)
		}
		return notPossible(AlreadyStarted)
	case Ready:
		return notPossible(AlreadyReady)
	case Rejected:
		return notPossible(AlreadyRejected)
	case Expired:
		return notPossible(AlreadyExpired)
	}
	if o.Cancelled() {
		return notPossible(AlreadyCancelled)
	}
	return notPossible(AlreadyCompleted)
}

func (o *Order) end(status Status, reason Reason, at time.Time) {
	o.Status, o.Reason, o.CompletedAt = status, reason, at
}
