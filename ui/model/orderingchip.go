package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/shop"
	"comptoir/terminal"
)

// OrderingChip is the top bar's word on how orders are taken, and what is tapped to change it. It
// has no icon where the window cannot change it.
type OrderingChip struct {
	Icon Icon
	// Text says what holds: "Occupé +15 · encore 22 min". Short is for narrow windows.
	Text, Short string
	// Holds: something does, and stands out.
	Holds bool
}

// remaining is how long something still holds, in started minutes.
func remaining(w *Words, until, now time.Time) string {
	return w.Duration(int((until.Sub(now) + time.Minute - 1) / time.Minute))
}

// long is what is better told by its end than by its minutes.
const long = 90 * time.Minute

// left is remaining, or until when where that is long.
func left(w *Words, until, now time.Time, zone *time.Location) string {
	if until.Sub(now) > long {
		return w.Say("ordering.until", "time", end(w, until, now, zone))
	}
	return remaining(w, until, now)
}

// end is When inside of a sentence: "demain, 4 h 00".
func end(w *Words, until, now time.Time, zone *time.Location) string {
	local, today := until.In(zone), now.In(zone)
	if days(local, today) == 1 && local.Sub(today) >= near {
		return w.Say("ordering.tomorrow_at", "time", w.Time(local))
	}
	return w.When(local, today)
}

// channelName is how people call a channel: the platform's name, with the connection's id where
// there are several of it.
func channelName(w *Words, l *location, id string) string {
	if id == shop.OwnShop {
		return w.Say("channel.shop")
	}
	c, _ := l.Connection(id)
	name := partnerName(c.Partner)
	same := 0
	for _, other := range l.Connections {
		if other.Partner == c.Partner {
			same++
		}
	}
	if same > 1 || name == "" {
		return strings.TrimSpace(name + " " + id)
	}
	return name
}

// partnerName is the platform's own spelling of its name.
func partnerName(partner string) string {
	switch strings.ToLower(partner) {
	case "doordash":
		return "DoorDash"
	case "deliverect":
		return "Deliverect"
	}
	return partner
}

// orderingChip is what the top bar says.
func orderingChip(w *Words, l *location, view *terminal.OrderingView) OrderingChip {
	if view == nil {
		return OrderingChip{}
	}
	chip := OrderingChip{Icon: "pause", Text: w.Say("ordering.chip"), Short: w.Say("ordering.chip")}
	zone := l.calendar.Zone()
	var paused []shop.HeldChannel
	for _, c := range view.Held.Channels {
		if !c.PausedUntil.IsZero() {
			paused = append(paused, c)
		}
	}
	var parts []string
	if len(paused) > 0 {
		first := slices.MinFunc(paused, func(a, b shop.HeldChannel) int { return a.PausedUntil.Compare(b.PausedUntil) })
		time := left(w, first.PausedUntil, view.Now, zone)
		text := w.Say("ordering.paused", "channel", channelName(w, l, first.ID))
		if len(paused) > 1 {
			text = w.Count("ordering.paused_channels", len(paused))
		}
		parts = append(parts, text, time)
		if chip.Short = time; first.PausedUntil.Sub(view.Now) > long {
			chip.Short = w.Time(first.PausedUntil.In(zone))
		}
	}
	if view.Held.BusyMinutes > 0 {
		extra := strconv.Itoa(view.Held.BusyMinutes)
		if len(paused) > 0 {
			parts = append(parts, w.Say("ordering.busy", "minutes", extra))
		} else {
			parts = append(parts, w.Say("ordering.busy", "minutes", extra), w.Say("ordering.left", "time", remaining(w, view.Held.BusyUntil, view.Now)))
			chip.Icon, chip.Short = "hourglass", "+"+extra
		}
	}
	if len(parts) == 0 {
		return chip
	}
	chip.Text, chip.Holds = dots(parts...), true
	return chip
}
