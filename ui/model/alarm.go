package model

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
)

// mostAlarms is how many rows the alarm has room for.
const mostAlarms = 2

// alarm gathers what rings, one row for an order, the most urgent first.
func (b *builder) alarm() *Alarm {
	var ringing []*view
	for _, v := range b.all {
		if len(v.ringing) > 0 {
			ringing = append(ringing, v)
		}
	}
	if len(ringing) == 0 {
		return nil
	}
	urgency := order.Alarms()
	slices.SortStableFunc(ringing, func(x, y *view) int {
		return cmp.Compare(slices.Index(urgency, x.ringing[0]), slices.Index(urgency, y.ringing[0]))
	})
	a := &Alarm{Title: b.Words.Count("alarm.title", len(ringing)), Hint: b.Words.Say("alarm.hint")}
	if more := len(ringing) - mostAlarms; more > 0 {
		a.More = b.Words.Count("alarm.more", more)
		ringing = ringing[:mostAlarms]
	}
	for _, v := range ringing {
		a.Rows = append(a.Rows, b.alarmRow(v))
	}
	return a
}

func (b *builder) alarmRow(v *view) AlarmRow {
	section, _ := b.section(v, true)
	channel := b.channel(v.Order)
	button := b.action(v, order.Acknowledge)
	row := AlarmRow{
		OrderID: v.ID, Alarms: v.ringing, Number: number(v.Order), Name: b.customer(v),
		Heading: b.Words.Say("alarm."+string(v.ringing[0]), "channel", channel, "section", section),
		GotIt:   button.Label, Busy: button.Busy,
	}
	row.Heading = dots(b.elsewhere(v), row.Heading)
	if b.signedOut() {
		row.Name = "" // nothing but numbers
	}
	count := 0
	for _, l := range v.Lines {
		count += l.Ordered()
	}
	articles := b.Words.Count("alarm.items", count)
	promised := ""
	if at := v.Fulfillment.PromisedAt; !at.IsZero() {
		promised = b.Words.Say("alarm.promised", "time", b.Words.When(v.local(at), v.now))
	}
	switch v.ringing[0] {
	case order.AlarmNew, order.AlarmDeadline:
		row.Icon = "bell"
		if v.ringing[0] == order.AlarmDeadline {
			row.Icon = "hourglass"
		}
		answer := ""
		if by := v.answerBy(); !by.IsZero() {
			answer = b.Words.Say("alarm.answer_by", "time", b.Words.When(v.local(by), v.now))
		}
		row.Text = dots(section, promised, articles, b.Words.Money(v.Totals.Total, v.Currency), answer)
	case order.AlarmArrived:
		row.Icon = "car"
		row.Strong, row.Text = b.arrived(v)
	case order.AlarmDue:
		row.Icon = "flame"
		row.Text = dots(promised, articles, channel)
	case order.AlarmChanged:
		row.Icon = "pencil"
		row.Text = dots(b.Words.Say("alarm.see_changes"), promised)
	case order.AlarmCancelled:
		row.Icon = "x"
		row.Text = b.takenBack(v)
		if v.Reason != order.CancelledByPartner {
			row.Text = b.Words.Say("alarm.left_already")
		}
	case order.AlarmExpired:
		row.Icon = "alert"
		row.Text = dots(b.Words.Say("alarm.no_answer"), b.takenBack(v))
	}
	if row.Strong == "" {
		row.Text = capital(row.Text)
	}
	return row
}

func (b *builder) arrived(v *view) (strong, text string) {
	f := v.Fulfillment
	if f.Spot != "" {
		strong = b.Words.Say("alarm.spot", "spot", f.Spot)
	}
	vehicle := f.Vehicle
	if b.signedOut() {
		vehicle = ""
	}
	waits := max(0, int(b.Now.Sub(f.ArrivedAt).Minutes()))
	state := "alarm.not_ready"
	if v.Status == order.Ready {
		state = "alarm.is_ready"
	}
	return strong, dots(vehicle, b.Words.Say("alarm.waits", "duration", b.Words.Duration(waits)), b.Words.Say(state))
}

// takenBack says what the kitchen hears of an order that has ended.
func (b *builder) takenBack(v *view) string {
	if v.KitchenVersion == 0 {
		return b.Words.Say("alarm.not_cooked")
	}
	return b.Words.Say("alarm.stop_cooking")
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
