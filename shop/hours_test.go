package shop_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/shop"
)

// bistro opens for lunch and dinner, late on Saturday, and not on Monday.
var bistro = map[string][]string{
	"tuesday": {"17:00-22:00", "11:00-14:30"}, "wednesday": {"11:00-14:30"}, "thursday": {"11:00-14:30"},
	"friday": {"11:00-24:00"}, "Saturday": {"00:00-01:00", "17:00-02:00"}, "sunday": {"01:00-03:30"},
}

func hours(t testing.TB, byDay map[string][]string) shop.Hours {
	t.Helper()
	h, err := shop.ParseHours(byDay)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHoursOpened(t *testing.T) {
	tests := []struct {
		name, zone, at, since string // since "" is closed
	}{
		{"before lunch", "America/Toronto", "2026-11-24T10:59:59-05:00", ""},
		{"at the opening", "America/Toronto", "2026-11-24T11:00:00-05:00", "2026-11-24T11:00:00-05:00"},
		{"last second of lunch", "America/Toronto", "2026-11-24T14:29:59-05:00", "2026-11-24T11:00:00-05:00"},
		{"after lunch", "America/Toronto", "2026-11-24T14:30:00-05:00", ""},
		{"dinner, Wednesday in UTC", "America/Toronto", "2026-11-25T02:59:00Z", "2026-11-24T17:00:00-05:00"},
		{"Monday", "America/Toronto", "2026-11-23T12:00:00-05:00", ""},
		{"over midnight without a break", "America/Toronto", "2026-11-28T00:30:00-05:00", "2026-11-27T11:00:00-05:00"},
		{"what overlaps is one", "America/Toronto", "2026-11-29T03:00:00-05:00", "2026-11-28T17:00:00-05:00"},
		{"+13", "Pacific/Tongatapu", "2026-11-24T22:30:00Z", "2026-11-25T11:00:00+13:00"},
		{"+13, closed", "Pacific/Tongatapu", "2026-11-24T21:30:00Z", ""},
		// Sunday's opening does not come on 8 March, closing at 03:30 does; on 1 November 01:30 comes twice
		{"clocks forward", "America/Toronto", "2026-03-08T03:15:00-04:00", "2026-03-07T17:00:00-05:00"},
		{"clocks forward, closed", "America/Toronto", "2026-03-08T03:30:00-04:00", ""},
		{"clocks back, the second 01:30", "America/Toronto", "2026-11-01T01:30:00-05:00", "2026-10-31T17:00:00-04:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, c := hours(t, bistro), calendar(t, tt.zone, "04:00")
			since, open := h.Opened(c, utc(t, tt.at))
			if open != (tt.since != "") || open != h.Open(c, utc(t, tt.at)) {
				t.Fatalf("open: %v", open)
			}
			if open && !since.Equal(utc(t, tt.since)) {
				t.Errorf("since %v, want %s", since, tt.since)
			}
		})
	}
}

func TestHoursAfter(t *testing.T) {
	night := map[string][]string{"saturday": {"22:00-04:00"}, "sunday": {"22:00-04:00"}}
	tests := []struct {
		name, zone string
		hours      map[string][]string
		from       string
		d          time.Duration
		want       string
	}{
		{"always open", "America/Toronto", nil, "2026-11-24T03:00:00Z", 5 * time.Minute, "2026-11-24T03:05:00Z"},
		{"while open", "America/Toronto", bistro, "2026-11-24T11:10:00-05:00", 5 * time.Minute, "2026-11-24T11:15:00-05:00"},
		{"before the opening", "America/Toronto", bistro, "2026-11-24T03:00:00-05:00", 5 * time.Minute, "2026-11-24T11:05:00-05:00"},
		{"over a break", "America/Toronto", bistro, "2026-11-24T14:28:00-05:00", 5 * time.Minute, "2026-11-24T17:03:00-05:00"},
		{"over a closed day", "America/Toronto", bistro, "2026-11-22T04:00:00-05:00", 5 * time.Minute, "2026-11-24T11:05:00-05:00"},
		{"over several", "America/Toronto", bistro, "2026-11-24T11:00:00-05:00", 9 * time.Hour, "2026-11-25T11:30:00-05:00"},
		{"over midnight", "America/Toronto", bistro, "2026-11-27T23:58:00-05:00", 5 * time.Minute, "2026-11-28T00:03:00-05:00"},
		{"yesterday's goes on", "America/Toronto", bistro, "2026-11-29T00:30:00-05:00", 5 * time.Minute, "2026-11-29T00:35:00-05:00"},
		{"clocks forward: an hour less", "America/Toronto", night, "2026-03-07T22:00:00-05:00", 5*time.Hour + time.Minute, "2026-03-08T22:01:00-04:00"},
		{"clocks back: an hour more", "America/Toronto", night, "2026-10-31T22:00:00-04:00", 7 * time.Hour, "2026-11-01T04:00:00-05:00"},
		{"+13", "Pacific/Tongatapu", bistro, "2026-11-23T20:00:00Z", 5 * time.Minute, "2026-11-24T11:05:00+13:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := hours(t, tt.hours).After(calendar(t, tt.zone, "04:00"), utc(t, tt.from), tt.d)
			if !got.Equal(utc(t, tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestHoursThatAreHardlyAny(t *testing.T) {
	c := calendar(t, "America/Toronto", "04:00")
	whole := map[string][]string{}
	for day := time.Sunday; day <= time.Saturday; day++ {
		whole[day.String()] = []string{"00:00-24:00"}
	}
	if since, open := hours(t, whole).Opened(c, utc(t, "2026-11-24T12:00:00Z")); !open || !since.IsZero() {
		t.Errorf("a week of whole days: open %v, since %v", open, since)
	}
	// this opening is skipped by the clocks; the next is a week later
	gone := hours(t, map[string][]string{"sunday": {"02:00-03:00"}})
	if got, want := gone.After(c, utc(t, "2026-03-08T00:00:00-05:00"), time.Minute), utc(t, "2026-03-15T02:01:00-04:00"); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	minute := hours(t, map[string][]string{"sunday": {"12:00-12:01"}})
	from := utc(t, "2026-11-24T12:00:00Z")
	if got := minute.After(c, from, 24*time.Hour); got.Before(from.AddDate(0, 11, 0)) {
		t.Errorf("a day of Sunday's minutes is over at %v", got)
	}
}

func TestParseHoursRefuses(t *testing.T) {
	for _, tt := range []struct {
		day, span, says string
	}{
		{"lundi", "11:00-14:00", "monday to sunday"},
		{"monday", "11-14", "11:00-14:30"},
		{"monday", "11:00", "11:00-14:30"},
		{"monday", "11:00-11:00", "11:00-14:30"},
		{"monday", "25:00-26:00", "11:00-14:30"},
		{"monday", "24:00-02:00", "11:00-14:30"},
	} {
		if _, err := shop.ParseHours(map[string][]string{tt.day: {tt.span}}); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s %s: %v", tt.day, tt.span, err)
		}
	}
	if _, err := shop.ParseHours(map[string][]string{"monday": {}}); err == nil || !strings.Contains(err.Error(), "always open") {
		t.Errorf("never open: %v", err)
	}
}

// However the clocks go: After lies in an opening, or at its end, and exactly d of being open are
// between.
func TestAfterCountsOpenTime(t *testing.T) {
	h := hours(t, bistro)
	rapid.Check(t, func(t *rapid.T) {
		c := calendar(t, rapid.SampledFrom([]string{"America/Toronto", "Pacific/Tongatapu", "Australia/Lord_Howe", "Africa/Cairo"}).Draw(t, "zone"), "04:00")
		from := time.Unix(60*rapid.Int64Range(1_700_000_000/60, 1_800_000_000/60).Draw(t, "minute"), 0)
		d := time.Duration(rapid.IntRange(1, 240).Draw(t, "minutes")) * time.Minute
		got := h.After(c, from, d)
		open := time.Duration(0)
		for at := from; at.Before(got); at = at.Add(time.Minute) {
			if h.Open(c, at) {
				open += time.Minute
			}
		}
		if open != d || !h.Open(c, got.Add(-time.Minute)) {
			t.Fatalf("from %v: %v is after %v of being open, want %v", from, got, open, d)
		}
	})
}

// Whatever is written as hours is refused, or can be asked about any time.
func FuzzParseHours(f *testing.F) {
	f.Add("monday", "11:00-14:30", int64(1_790_000_000))
	f.Add("SUNDAY", " 17:00 - 02:00 ", int64(0))
	f.Add("sunday", "02:30-02:31", int64(1_772_953_200))
	f.Add("saturday", "00:00-24:00", int64(-1))
	f.Fuzz(func(t *testing.T, day, text string, seconds int64) {
		h, err := shop.ParseHours(map[string][]string{day: {text}})
		if err != nil {
			return
		}
		c := calendar(t, "America/Toronto", "04:00")
		at := time.Unix(seconds%4_000_000_000, 0)
		since, open := h.Opened(c, at)
		if open && since.After(at) {
			t.Errorf("open at %v since %v", at, since)
		}
		if due := h.After(c, at, time.Minute); due.Before(at.Add(time.Minute)) {
			t.Errorf("a minute after %v is %v", at, due)
		}
	})
}
