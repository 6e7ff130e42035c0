package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"comptoir/order"
)

func (b *builder) card(v *view) Card {
	c := Card{
		ID: v.ID, Monogram: monogram(v.Order), Number: number(v.Order), Customer: b.customer(v),
		Badge: b.badge(v), Emphasis: cmp.Or(b.emphasis(v), b.courierHere(v)), Items: items(v.Order),
		Action: b.cardAction(v), Selected: v.ID == b.Choice.Selected, PendingSend: b.pending(v),
		Refused: b.refusal(v),
	}
	if len(v.ringing) > 0 && len(v.loud) == 0 {
		c.Muted = b.Words.Say("card.muted")
	}
	if promised := v.Fulfillment.PromisedAt; !promised.IsZero() {
		c.Time = b.Words.When(v.local(promised), v.now)
	}
	status := ""
	if c.Emphasis == "" && v.Status.Open() && v.Status != order.Ready { // else the badge says it
		status = b.Words.Say("status." + string(v.Status))
	}
	section, kind := b.section(v, false)
	if !v.Status.Open() && !v.CompletedAt.IsZero() { // the badge says how
		c.Time = b.Words.When(v.local(v.CompletedAt), v.now)
		if b.filter.Day != "" && b.Search == nil {
			c.Time = b.Words.Time(v.local(v.CompletedAt))
		}
	}
	channel := b.channel(v.Order)
	if channel == section {
		channel = ""
	}
	courier := b.courierOnCard(v)
	if courier != "" {
		status = "" // who comes for it says more than how far the kitchen is
	}
	c.Rest, c.RestShort = dots(section, kind, channel, status, courier), dots(section, kind, status, courier)
	return c
}

// number is what people call out: "#214".
func number(o order.Order) string {
	n := o.Number
	if n == "" { // a platform without numbers: the end of its own identity
		n = o.Reference
		if n == "" {
			n = o.ID
		}
		if runes := []rune(n); len(runes) > 6 {
			n = string(runes[len(runes)-6:])
		}
	}
	return numbered(n)
}

// numbered heads a number with "#".
func numbered(n string) string { return "#" + strings.TrimPrefix(n, "#") }

func (b *builder) customer(v *view) string {
	table := ""
	if v.Fulfillment.Table != "" {
		table = b.Words.Say("table", "table", v.Fulfillment.Table)
	}
	return dots(table, v.Customer.Name)
}

func (b *builder) channel(o order.Order) string { return b.Words.channel(o.Channel, o.Connection) }

// channel names where an order comes from.
func (w *Words) channel(name, connection string) string {
	switch name {
	case order.ChannelCounter, order.ChannelShop:
		return w.Say("channel." + name)
	case "":
		return connection
	}
	return name
}

// section names where the order stands, and what more is to say of it. Cards take the short
// form: the row must not be cut before its end.
func (b *builder) section(v *view, full bool) (name, kind string) {
	key := "section." + string(sectionOf(v.Fulfillment.Type))
	if !full && b.Words.has(key+".short") {
		key += ".short"
	}
	switch {
	case v.Fulfillment.Type == order.Digital:
		kind = b.Words.Say("section.digital")
	case v.Fulfillment.Type == order.Counter && v.Fulfillment.Table != "":
		kind = b.Words.Say("section.eat_in")
	}
	return b.Words.Say(key), kind
}

// monogram is two or three letters for the channel, or the table's.
func monogram(o order.Order) string {
	if table := o.Fulfillment.Table; table != "" {
		if digits := strings.TrimLeftFunc(table, func(r rune) bool { return !unicode.IsDigit(r) }); digits != "" {
			table = digits
		}
		return "T" + strings.ToUpper(first(table, 2))
	}
	switch o.Channel {
	case order.ChannelCounter:
		return "CO"
	case order.ChannelShop:
		return "BO"
	case "DoorDash":
		return "DD"
	case "Deliverect":
		return "DV"
	case "Square", "Square Online":
		return "SQ"
	}
	name := strings.TrimSpace(o.Channel)
	if name == "" {
		name = o.Connection
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return strings.ToUpper(first(words[0], 2))
	}
	return strings.ToUpper(first(words[0], 1) + first(words[1], 1))
}

func first(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(most, len(runes))])
}

// items is everything wanted, on one line. Of a cancelled order: what was wanted.
func items(o order.Order) string {
	var b strings.Builder
	for _, l := range o.Lines {
		quantity := l.Ordered()
		if o.Cancelled() {
			quantity = l.Quantity
		}
		if quantity < 1 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(quantity) + nbsp + l.Name)
	}
	return b.String()
}

// badge is the word on lateness (ui.md section 6).
func (b *builder) badge(v *view) Badge {
	switch {
	case !v.Status.Open():
		return b.ended(v)
	case v.Status == order.Ready:
		return badge(ToneInk, "check", b.Words.Say("status.ready"))
	case !v.lateness.Judged:
		return Badge{}
	}
	const soon = 60
	minutes := v.lateness.Minutes
	duration := b.Words.Duration(minutes)
	if v.lateness.Late {
		late := badge(ToneLate, "alert", b.Words.Say("badge.late", "duration", duration))
		late.Narrow = b.Words.Say("badge.late_narrow", "duration", duration)
		return late
	}
	// a night's business day is one day, and so is a calendar's
	promised := v.local(v.Fulfillment.PromisedAt)
	calendar := v.location.calendar
	if minutes > soon && days(promised, v.now) != 0 && calendar.BusinessDay(promised) != calendar.BusinessDay(v.now) {
		day := b.Words.day(promised, v.now)
		another := badge(ToneOK, "clock", b.Words.Say("badge.day", "day", day, "time", b.Words.brief(promised)))
		another.Narrow = day // the card says the time
		return another
	}
	left := badge(ToneOK, "clock", b.Words.Say("badge.left", "duration", duration))
	left.Narrow = duration
	return left
}

func badge(tone Tone, icon Icon, text string) Badge {
	return Badge{Tone: tone, Icon: icon, Text: text, Narrow: text}
}

func (b *builder) ended(v *view) Badge {
	icon := Icon("check")
	if v.Cancelled() {
		icon = "x"
	}
	key := "status." + string(v.Status)
	if reason := "ended." + string(v.Reason); b.Words.has(reason) {
		key = reason
	}
	ended := badge(ToneInk2, icon, b.Words.Say(key, "channel", b.channel(v.Order)))
	switch {
	case v.Reason == order.CancelledByPartner: // the monogram says where
		ended.Narrow = b.Words.Say("ended.cancelled")
	case v.Status != order.Completed:
		ended.Narrow = b.Words.Say("status." + string(v.Status))
	}
	return ended
}

// emphasis is what must not be missed: the deadline to answer, or who stands outside.
func (b *builder) emphasis(v *view) string {
	if by := v.answerBy(); !by.IsZero() {
		return b.Words.Say("card.answer_by", "time", b.Words.When(v.local(by), v.now))
	}
	switch {
	case v.waits():
		return b.here(v)
	case v.scheduled():
		return b.startBy(v)
	}
	return ""
}

// pending says that the hub has not heard of what was done here. While it is there, it hears in an
// instant, in which words that come and go would only move what is being read.
func (b *builder) pending(v *view) string {
	if slices.Contains(b.Lost, v.ID) {
		return b.Words.Say("card.lost")
	}
	if !b.Unsent[v.ID] || b.Link.Online {
		return ""
	}
	return b.Words.Say("card.unsent")
}
