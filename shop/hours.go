package shop

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Hours are a location's opening hours by weekday, in its local time. The zero value is always
// open.
type Hours struct {
	// week holds the spans of each weekday, from Sunday, in order; nil is always open.
	week [][]span
}

// span is in minutes from midnight of the day on which it begins; one that ends on the next day
// ends beyond 24 hours.
type span struct{ opens, closes int }

const minutesADay = 24 * 60

// ParseHours reads spans such as "11:00-14:30" by weekday ("monday"); "17:00-02:00" ends on the
// next day, "00:00-24:00" is the whole of one. A weekday that is not there is closed. No weekday
// at all is always open.
func ParseHours(byDay map[string][]string) (Hours, error) {
	if len(byDay) == 0 {
		return Hours{}, nil
	}
	h := Hours{week: make([][]span, 7)}
	open := false
	for _, name := range slices.Sorted(maps.Keys(byDay)) {
		day := time.Sunday
		for ; day <= time.Saturday && !strings.EqualFold(day.String(), name); day++ {
		}
		if day > time.Saturday {
			return Hours{}, fmt.Errorf("hours: %q is no weekday: use monday to sunday", name)
		}
		for _, text := range byDay[name] {
			s, err := parseSpan(text)
			if err != nil {
				return Hours{}, fmt.Errorf("hours: %s: %w", name, err)
			}
			h.week[day] = append(h.week[day], s)
			open = true
		}
		slices.SortFunc(h.week[day], func(a, b span) int { return a.opens - b.opens })
	}
	if !open {
		return Hours{}, errors.New("hours: it never opens: give a weekday its hours, or remove the table to be always open")
	}
	return h, nil
}

func parseSpan(text string) (span, error) {
	from, to, found := strings.Cut(text, "-")
	opens, errOpens := time.Parse("15:04", strings.TrimSpace(from))
	s := span{opens: opens.Hour()*60 + opens.Minute(), closes: minutesADay}
	var errCloses error
	if to = strings.TrimSpace(to); to != "24:00" {
		var closes time.Time
		closes, errCloses = time.Parse("15:04", to)
		s.closes = closes.Hour()*60 + closes.Minute()
	}
	if !found || errOpens != nil || errCloses != nil || s.opens == s.closes {
		return s, fmt.Errorf("%q are no opening hours such as 11:00-14:30", text)
	}
	if s.closes < s.opens {
		s.closes += minutesADay
	}
	return s, nil
}

// period is a time of being open: from opens on, until just before closes.
type period struct{ opens, closes time.Time }

// periods are those that begin on a day, as its clocks go.
func (h Hours) periods(c Calendar, day Day) []period {
	date, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return nil
	}
	var list []period
	for _, s := range h.week[date.Weekday()] {
		p := period{c.At(day, 0, s.opens), c.At(day, 0, s.closes)}
		if p.opens.Before(p.closes) { // a change of the clock can leave nothing of it
			list = append(list, p)
		}
	}
	return list
}

// Open reports whether the location is open at t.
func (h Hours) Open(c Calendar, t time.Time) bool {
	_, open := h.Opened(c, t)
	return open
}

// Opened returns since when the location has been open at t without a break: the zero time where
// that is longer than a week. It is false where it is closed.
func (h Hours) Opened(c Calendar, t time.Time) (since time.Time, open bool) {
	if h.week == nil {
		return time.Time{}, true
	}
	const mostDays = 8
	since = t
	today := dayOf(t.In(c.Zone()))
	for back := 0; back <= mostDays; back++ {
		before := since
		for _, p := range slices.Backward(h.periods(c, today.Add(-back))) {
			// one that ends where the next begins is no break
			if !p.opens.After(t) && !p.closes.Before(since) && (open || p.closes.After(t)) {
				since, open = earlier(since, p.opens), true
			}
		}
		if back > 0 && since.Equal(before) {
			break
		}
	}
	if open && t.Sub(since) > 7*24*time.Hour {
		return time.Time{}, true
	}
	if !open {
		return time.Time{}, false
	}
	return since, true
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// After returns when the location has been open for d since t: t+d where it is open all the
// time. Beyond a year of waiting it gives up, and returns that.
func (h Hours) After(c Calendar, t time.Time, d time.Duration) time.Time {
	if h.week == nil {
		return t.Add(d)
	}
	const mostDays = 366
	day := dayOf(t.In(c.Zone())).Add(-1) // yesterday's may still be going on
	for range mostDays {
		for _, p := range h.periods(c, day) {
			if !p.closes.After(t) {
				continue
			}
			if p.opens.After(t) {
				t = p.opens
			}
			if left := p.closes.Sub(t); d > left {
				d, t = d-left, p.closes
			} else {
				return t.Add(d)
			}
		}
		day = day.Add(1)
	}
	return c.At(day, 0, 0)
}
