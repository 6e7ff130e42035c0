package model

import (
	"slices"
	"strconv"
	"strings"

	"comptoir/order"
)

// reach says how to reach the customer, whose digits are shown on a tap, and the platform.
func (b *builder) reach(v *view, d *Details) {
	if phone := v.Customer.Phone; phone != "" {
		d.Phone = b.Words.Say("details.phone")
		if b.Choice.Phone {
			d.ShownPhone = phone
		}
	}
	d.Email = v.Customer.Email
	if !v.Partner() {
		return
	}
	d.Source = b.Words.Say("details.source", "channel", b.channel(v.Order))
	contact := v.location.ContactOf(v.Order)
	for _, c := range []Fact{{"phone", contact.Phone}, {"link", contact.Web}} {
		if c.Text != "" {
			d.Contact = append(d.Contact, Fact{c.Icon, b.Words.Say("details.contact", "channel", b.channel(v.Order), "contact", c.Text)})
		}
	}
}

// stage is a courier's in words; a platform's own word stands as it came.
func (b *builder) stage(s order.CourierStage) string {
	if key := "courier." + string(s); s != "" && b.Words.has(key) {
		return b.Words.Say(key)
	}
	return string(s)
}

// courierHere says in bold that somebody waits for a delivery.
func (b *builder) courierHere(v *view) string {
	if v.Courier == nil || !v.Status.Open() || v.Courier.Stage != order.CourierAtStore {
		return ""
	}
	return b.Words.Say("card.courier_here")
}

// courierOnCard says how far the courier of an open delivery is, unless that is said in bold.
func (b *builder) courierOnCard(v *view) string {
	if v.Courier == nil || !v.Status.Open() {
		return ""
	}
	if key := "card.courier." + string(v.Courier.Stage); b.Words.has(key) {
		return b.Words.Say(key)
	}
	return ""
}

// lastDelay is the last one of the order.
func lastDelay(o order.Order) (order.Entry, bool) {
	for _, e := range slices.Backward(o.History) {
		if e.What == order.WasDelayed {
			return e, true
		}
	}
	return order.Entry{}, false
}

// lasts is how long a delay is.
func (b *builder) lasts(delay order.Entry) string {
	minutes, err := strconv.Atoi(strings.TrimSuffix(delay.Detail, " min"))
	if err != nil {
		return delay.Detail
	}
	return b.Words.Duration(minutes)
}

// delayFact says what the platform has of the last delay, while that matters.
func (b *builder) delayFact(v *view) Fact {
	entry, delayed := lastDelay(v.Order)
	if !delayed || !v.Status.Open() {
		return Fact{}
	}
	say := func(key string, at order.Entry) string {
		return b.Words.Say("delay."+key, "minutes", b.lasts(entry), "channel", b.channel(v.Order), "time", b.Words.When(v.local(at.At), v.now))
	}
	answer, answered := v.AnswerTo(entry.Command)
	switch {
	case !v.Partner():
		return Fact{"clock", say("ours", entry)}
	case !answered && b.Unsent[v.ID]: // it is said that the hub has not got it
		return Fact{}
	case !answered:
		return Fact{"hourglass", say("sent", entry)}
	case answer.Answer.Verdict == order.AnswerTaken:
		return Fact{"check-circle", say("taken", answer)}
	}
	return Fact{}
}

// notTaken says which change the platform would not have, and what holds instead. A later one that
// it took, or that is under way, makes it history.
func (b *builder) notTaken(v *view) string {
	if !v.Status.Open() {
		return ""
	}
	for _, e := range slices.Backward(v.History) {
		if e.What == order.WasDelayed {
			if _, answered := v.AnswerTo(e.Command); !answered {
				return ""
			}
		}
		if e.What != order.WasAnswered {
			continue
		}
		if e.Answer.Verdict == order.AnswerTaken {
			return ""
		}
		asked, _ := b.asked(v, e)
		key, promised := "not_taken."+string(e.Answer.Verdict), ""
		if asked.What == order.WasDelayed && !v.Fulfillment.PromisedAt.IsZero() {
			key, promised = key+".delay", b.Words.When(v.local(v.Fulfillment.PromisedAt), v.now)
		}
		return b.Words.Say(key, "channel", b.channel(v.Order), "what", b.happened(v, asked), "minutes", b.lasts(asked), "time", promised)
	}
	return ""
}

// asked is the entry that an answer is about.
func (b *builder) asked(v *view, answer order.Entry) (order.Entry, bool) {
	at := slices.IndexFunc(v.History, func(e order.Entry) bool { return e.Command == answer.Answer.Command })
	if at < 0 {
		return order.Entry{}, false
	}
	return v.History[at], true
}
