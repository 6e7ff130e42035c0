package model

import (
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
)

// nbsp keeps "12 h 20" on one line.
const nbsp = "\u00a0"

// Time is a local time of day: "12 h 20", "12:20".
func (w *Words) Time(t time.Time) string {
	return w.Say("time", "hour", strconv.Itoa(t.Hour()), "minute", twoDigits(t.Minute()))
}

// brief is Time, where French leaves out "00": "11 h".
func (w *Words) brief(t time.Time) string {
	if t.Minute() != 0 {
		return w.Time(t)
	}
	return w.Say("time.hour", "hour", strconv.Itoa(t.Hour()))
}

// near is how close two times are that a clock's face tells apart.
const near = 12 * time.Hour

// When is Time, with its day where that is not today: "Mercredi, 12 h 20". A time on the other
// side of midnight, but near, needs no day.
func (w *Words) When(t, now time.Time) string {
	if days(t, now) == 0 || t.Sub(now).Abs() < near {
		return w.Time(t)
	}
	return w.Say("time.on_day", "day", w.day(t, now), "time", w.Time(t))
}

// day names the day of t: yesterday, tomorrow, a day of the coming week, or a date.
func (w *Words) day(t, now time.Time) string {
	switch ahead := days(t, now); {
	case ahead == -1:
		return w.Say("day.yesterday")
	case ahead == 1:
		return w.Say("day.tomorrow")
	case ahead > 1 && ahead < 7:
		return w.weekday(t.Weekday())
	}
	return w.Say("day.date", "day", strconv.Itoa(t.Day()), "month", w.monthName(t))
}

// days counts the midnights from now to t, as their clocks show them.
func days(t, now time.Time) int {
	date := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(date(t).Sub(date(now)) / (24 * time.Hour))
}

// Percent writes a part of a hundred: "80 %", "80%".
func (w *Words) Percent(n int) string { return w.Say("percent", "count", strconv.Itoa(n)) }

// Duration writes minutes: "18 min", "2 h 10", "3 jours".
func (w *Words) Duration(minutes int) string {
	const hour, day = 60, 24 * 60
	switch {
	case minutes <= hour:
		return w.Say("duration.minutes", "minutes", strconv.Itoa(minutes))
	case minutes >= 2*day:
		return w.Count("duration.days", minutes/day)
	case minutes%hour == 0:
		return w.Say("duration.hours", "hours", strconv.Itoa(minutes/hour))
	}
	return w.Say("duration.hours_minutes", "hours", strconv.Itoa(minutes/hour), "minutes", twoDigits(minutes%hour))
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Money writes an amount with its currency: "24,50 $", "$24.50".
func (w *Words) Money(amount order.Money, currency string) string {
	return amount.Text(currency, w.language)
}

// uncapital is a day's name inside of a sentence: English keeps the capital of weekdays and months.
func (w *Words) uncapital(day string) string {
	relative := []string{w.Say("day.yesterday"), w.Say("day.today"), w.Say("day.tomorrow")}
	first, size := utf8.DecodeRuneInString(day)
	if size == 0 || w.language == English && !slices.Contains(relative, day) {
		return day
	}
	return string(unicode.ToLower(first)) + day[size:]
}
