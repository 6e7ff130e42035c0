package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/order"
)

// timedEntry is an entry with its time, to be sorted by.
type timedEntry struct {
	at    time.Time
	entry HistoryEntry
}

// history is the audit in words, the newest entry first. What this terminal asked in vain stands
// among it.
func (b *builder) history(v *view) []HistoryEntry {
	refused := b.refusedEntries(v)
	entries := make([]HistoryEntry, 0, len(v.History)+len(refused))
	for _, entry := range slices.Backward(v.History) {
		for n := len(refused); n > 0 && !refused[n-1].at.Before(entry.At); n-- {
			entries, refused = append(entries, refused[n-1].entry), refused[:n-1]
		}
		text := b.happened(v, entry)
		if entry.Contradicts {
			text = b.Words.Say("history.contradicts", "text", text)
		}
		entries = append(entries, HistoryEntry{
			Time: b.Words.When(v.local(entry.At), v.now), Text: text, Who: b.whoDid(v, entry),
		})
	}
	return entries
}

func (b *builder) happened(v *view, entry order.Entry) string {
	say := func(name, detail string) string {
		return b.Words.Say("history."+name, "channel", b.channel(v.Order), "detail", detail)
	}
	name, detail := string(entry.What), entry.Detail
	switch entry.What {
	case order.WasPrinted:
		return b.ticket(detail)
	case order.WasRefunded:
		if amount, err := strconv.ParseInt(detail, 10, 64); err == nil {
			return dots(say(name, ""), b.Words.Money(order.Money(amount), v.Currency))
		}
	case order.WasDelayed:
		return say(name, b.lasts(entry))
	case order.WasShipped:
		_, carrier, _ := strings.Cut(detail, " ") // after the count of items
		return dots(say(name, ""), carrier)
	case order.WasPacked, order.WasReady, order.WasHandedOver:
		if bags, err := strconv.Atoi(detail); err == nil && (bags > 1 || entry.What == order.WasPacked) {
			return dots(say(name, ""), b.Words.Count("details.bags", bags))
		}
	case order.WasRejected:
		if key := "reason." + detail; b.Words.has(key) {
			return dots(say(name, ""), b.Words.Say(key))
		}
	case order.WasCourierAssigned, order.WasCourierMoved:
		return b.Words.Say("details.courier", "name", b.stage(order.CourierStage(cmp.Or(detail, string(order.CourierAssigned)))))
	case order.WasAnswered:
		asked, _ := b.asked(v, entry)
		return b.Words.Say("history.answered."+string(entry.Answer.Verdict), "channel", b.channel(v.Order),
			"what", b.happened(v, asked), "why", entry.Answer.Problem)
	case order.WasAcknowledged:
		if key := "alarm." + detail; b.Words.has(key) {
			section, _ := b.section(v, true)
			return dots(say(name, ""), b.Words.Say(key, "channel", b.channel(v.Order), "section", section))
		}
	}
	return say(name, detail)
}

// ticket reads the entry of a printed ticket: station, kind, state.
func (b *builder) ticket(detail string) string {
	name, station := "history.printed", detail
	if words := strings.Fields(detail); len(words) > 2 {
		station = strings.Join(words[:len(words)-2], " ")
		if key := "history." + words[len(words)-1]; b.Words.has(key) {
			name = key
		}
	}
	return b.Words.Say(name, "station", b.Settings.station(station))
}

// whoDid leaves out the platform where the words name it already.
func (b *builder) whoDid(v *view, entry order.Entry) string {
	if entry.What == order.WasAnswered {
		return ""
	}
	return b.who(v, entry)
}

func (b *builder) who(v *view, entry order.Entry) string {
	by := entry.By
	switch {
	case entry.Approver.Name != "":
		return b.Words.Say("who.approved", "name", entry.Person.Name, "approver", entry.Approver.Name)
	case entry.Person.Name != "":
		return entry.Person.Name
	case by == order.AutoAccept:
		return b.Words.Say("who.hub")
	case by == order.ByCustomer:
		return b.Words.Say("who.customer")
	case by != "" && by == v.Connection:
		return b.channel(v.Order)
	}
	return by
}
