package shop

import (
	"fmt"
	"time"
	_ "time/tzdata" // tills often have no zone files
)

// Day is a business day: the local date on which it began, "2026-11-23".
type Day string

// ParseDay reads a date such as "2026-11-23".
func ParseDay(text string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is not a date such as 2026-11-23", text)
	}
	return Day(text), nil
}

// Add returns the day that many days later, or earlier. A day that is no date stays as it is.
func (d Day) Add(days int) Day {
	date, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return dayOf(date.AddDate(0, 0, days))
}

func dayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Calendar knows a location's zone and when its business days begin. It never changes; its
// zero value is UTC with days from midnight.
type Calendar struct {
	zone         *time.Location
	hour, minute int
}

// Calendar reads the zone and the start of the day, once; keep the result.
func (l Location) Calendar() (Calendar, error) {
	zone, err := l.zone()
	if err != nil {
		return Calendar{}, err
	}
	starts, err := time.Parse("15:04", l.DayStarts)
	if err != nil {
		return Calendar{}, fmt.Errorf("day_starts: %q is not a time of day: write it as 04:00", l.DayStarts)
	}
	return Calendar{zone: zone, hour: starts.Hour(), minute: starts.Minute()}, nil
}

func (l Location) zone() (*time.Location, error) {
	// time would take these for UTC and for the zone of the machine
	if l.TimeZone == "" || l.TimeZone == "Local" {
		return nil, fmt.Errorf("time_zone: %q is not a zone: use an IANA name such as America/Toronto", l.TimeZone)
	}
	zone, err := time.LoadLocation(l.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time_zone: %w: use an IANA name such as America/Toronto", err)
	}
	return zone, nil
}

// Zone is the zone of everything on screen and paper.
func (c Calendar) Zone() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

// BusinessDay returns the business day that t belongs to.
func (c Calendar) BusinessDay(t time.Time) Day {
	day := dayOf(t.In(c.Zone()))
	if t.Before(c.DayStart(day)) {
		return day.Add(-1)
	}
	return day
}

// DayStart returns the first instant of a business day; the day ends where the next one
// begins, 23 to 25 hours later. Zero for a day that is no date.
func (c Calendar) DayStart(day Day) time.Time { return c.At(day, c.hour, c.minute) }

// At returns the instant of a local time. A time that a change of the clock skips moves
// forward by what was skipped (02:30 becomes 03:30); one that comes twice is the first. Zero
// for a day that is no date.
func (c Calendar) At(day Day, hour, minute int) time.Time {
	date, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return time.Time{}
	}
	wall := date.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	// time.Date promises neither rule. The offsets of a day before and a day after are those
	// around any change of the clock near this time.
	before, after := c.offset(wall.AddDate(0, 0, -1)), c.offset(wall.AddDate(0, 0, 1))
	first, second := wall.Add(-before), wall.Add(-after)
	if c.offset(first) != before && c.offset(second) == after {
		return second.In(c.Zone())
	}
	return first.In(c.Zone())
}

// offset is how far the zone's clocks are ahead of UTC at t.
func (c Calendar) offset(t time.Time) time.Duration {
	_, seconds := t.In(c.Zone()).Zone()
	return time.Duration(seconds) * time.Second
}
