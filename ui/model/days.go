package model

import (
	"strconv"
	"strings"
	"time"

	"comptoir/shop"
)

// Month is a page of the calendar on which a business day is chosen.
type Month struct {
	Title    string // "Nov. 2026"
	Weekdays []string
	// Weeks begin on Sundays, as calendars do here.
	Weeks [][7]MonthDay
	// First is the day that names the page; Before and After name those beside it.
	First, Before, After shop.Day
	Back                 string
}

// MonthDay is one day of the calendar; its zero value belongs to another month.
type MonthDay struct {
	Day           shop.Day
	Name          string
	Chosen, Today bool
}

// date is a day as a date in no zone.
func date(day shop.Day) time.Time {
	t, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return time.Time{}
	}
	return t
}

func dayOf(t time.Time) shop.Day { return shop.Day(t.Format(time.DateOnly)) }

// monthOf is the first day of a day's month.
func monthOf(day shop.Day) shop.Day {
	t := date(day)
	return dayOf(t.AddDate(0, 0, 1-t.Day()))
}

func (b *builder) month(of, chosen shop.Day) *Month {
	first := date(monthOf(of))
	m := &Month{
		Title: capital(b.Words.monthName(first)) + " " + strconv.Itoa(first.Year()),
		First: dayOf(first), Before: dayOf(first.AddDate(0, -1, 0)), After: dayOf(first.AddDate(0, 1, 0)),
		Back: b.Words.Say("details.back"),
	}
	const week = 7
	for i := range week {
		name := []rune(b.Words.weekday(time.Weekday(i)))
		m.Weekdays = append(m.Weekdays, string(name[:min(2, len(name))]))
	}
	for day := first.AddDate(0, 0, -int(first.Weekday())); day.Before(first.AddDate(0, 1, 0)); day = day.AddDate(0, 0, week) {
		var days [week]MonthDay
		for i := range days {
			if d := day.AddDate(0, 0, i); d.Month() == first.Month() {
				days[i] = MonthDay{Day: dayOf(d), Name: strconv.Itoa(d.Day()), Chosen: dayOf(d) == chosen, Today: dayOf(d) == b.today}
			}
		}
		m.Weeks = append(m.Weeks, days)
	}
	return m
}

// dayName names a business day: "Hier", "Lundi 16 nov.".
func (b *builder) dayName(day shop.Day) string {
	switch day {
	case b.today.Add(-1):
		return b.Words.Say("day.yesterday")
	case b.today:
		return b.Words.Say("day.today")
	case b.today.Add(1):
		return b.Words.Say("day.tomorrow")
	}
	t := date(day)
	name := b.Words.Say("day.full", "weekday", b.Words.weekday(t.Weekday()), "day", strconv.Itoa(t.Day()), "month", b.Words.monthName(t))
	if t.Year() != date(b.today).Year() {
		name += " " + strconv.Itoa(t.Year())
	}
	return name
}

func (w *Words) weekday(day time.Weekday) string {
	return w.Say("day." + strings.ToLower(day.String()))
}

func (w *Words) monthName(t time.Time) string {
	return w.Say("month." + strings.ToLower(t.Month().String()))
}
