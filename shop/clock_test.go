package shop_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/shop"
)

func calendar(t rapid.TB, zone, starts string) shop.Calendar {
	t.Helper()
	c, err := shop.Location{TimeZone: zone, DayStarts: starts}.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func utc(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBusinessDay(t *testing.T) {
	tests := []struct {
		name, zone, starts, at string
		want                   shop.Day
	}{
		{"before four", "America/Toronto", "04:00", "2026-11-23T03:59:59-05:00", "2026-11-22"},
		{"at four", "America/Toronto", "04:00", "2026-11-23T04:00:00-05:00", "2026-11-23"},
		{"midnight belongs to the evening", "America/Toronto", "04:00", "2026-11-23T00:00:00-05:00", "2026-11-22"},
		{"evening, next day in UTC", "America/Toronto", "04:00", "2026-11-24T02:00:00Z", "2026-11-23"},
		{"first of the year", "America/Toronto", "04:00", "2027-01-01T02:00:00-05:00", "2026-12-31"},
		{"Montréal before four, clocks just forward", "America/Montreal", "04:00", "2026-03-08T03:59:00-04:00", "2026-03-07"},
		{"Montréal at four, clocks just forward", "America/Montreal", "04:00", "2026-03-08T04:00:00-04:00", "2026-03-08"},
		{"Montréal before four, clocks just back", "America/Montreal", "04:00", "2026-11-01T03:59:00-05:00", "2026-10-31"},
		{"Montréal at four, clocks just back", "America/Montreal", "04:00", "2026-11-01T04:00:00-05:00", "2026-11-01"},
		{"+13 before four", "Pacific/Tongatapu", "04:00", "2026-11-22T14:59:00Z", "2026-11-22"},
		{"+13 at four", "Pacific/Tongatapu", "04:00", "2026-11-22T15:00:00Z", "2026-11-23"},
		{"start skipped: the last instant before", "America/Toronto", "02:30", "2026-03-08T03:29:59-04:00", "2026-03-07"},
		{"start skipped: half past three", "America/Toronto", "02:30", "2026-03-08T03:30:00-04:00", "2026-03-08"},
		{"start twice: the first", "America/Toronto", "01:30", "2026-11-01T01:30:00-04:00", "2026-11-01"},
		{"start twice: no step back", "America/Toronto", "01:30", "2026-11-01T01:10:00-05:00", "2026-11-01"},
		{"midnight", "UTC", "00:00", "2026-11-23T00:00:00Z", "2026-11-23"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := calendar(t, tt.zone, tt.starts)
			if got := c.BusinessDay(utc(t, tt.at)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDayLength(t *testing.T) {
	tests := []struct {
		zone, starts string
		day          shop.Day
		want         time.Duration
	}{
		{"America/Toronto", "04:00", "2026-11-23", 24 * time.Hour},
		// the clocks change at two in the morning, before the day begins
		{"America/Toronto", "04:00", "2026-03-07", 23 * time.Hour},
		{"America/Toronto", "04:00", "2026-03-08", 24 * time.Hour},
		{"America/Montreal", "04:00", "2026-10-31", 25 * time.Hour},
		{"America/Toronto", "00:00", "2026-11-01", 25 * time.Hour},
		{"Pacific/Tongatapu", "04:00", "2026-03-08", 24 * time.Hour},
		{"Australia/Lord_Howe", "00:00", "2026-10-04", 23*time.Hour + 30*time.Minute},
	}
	for _, tt := range tests {
		c := calendar(t, tt.zone, tt.starts)
		if got := c.DayStart(tt.day.Add(1)).Sub(c.DayStart(tt.day)); got != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.zone, tt.day, got, tt.want)
		}
	}
}

func TestAt(t *testing.T) {
	tests := []struct {
		name, zone   string
		day          shop.Day
		hour, minute int
		want         string
	}{
		{"winter", "America/Toronto", "2026-11-23", 18, 30, "2026-11-23T18:30:00-05:00"},
		{"summer", "America/Toronto", "2026-07-01", 18, 30, "2026-07-01T18:30:00-04:00"},
		{"before the gap", "America/Toronto", "2026-03-08", 1, 59, "2026-03-08T01:59:00-05:00"},
		{"the gap's beginning", "America/Toronto", "2026-03-08", 2, 0, "2026-03-08T03:00:00-04:00"},
		{"in the gap", "America/Montreal", "2026-03-08", 2, 30, "2026-03-08T03:30:00-04:00"},
		{"after the gap", "America/Toronto", "2026-03-08", 3, 0, "2026-03-08T03:00:00-04:00"},
		{"before what comes twice", "America/Toronto", "2026-11-01", 0, 59, "2026-11-01T00:59:00-04:00"},
		{"twice", "America/Toronto", "2026-11-01", 1, 0, "2026-11-01T01:00:00-04:00"},
		{"twice, half past", "America/Montreal", "2026-11-01", 1, 30, "2026-11-01T01:30:00-04:00"},
		{"after what comes twice", "America/Toronto", "2026-11-01", 2, 0, "2026-11-01T02:00:00-05:00"},
		{"+13", "Pacific/Tongatapu", "2026-11-23", 4, 0, "2026-11-23T04:00:00+13:00"},
		{"a gap of half an hour", "Australia/Lord_Howe", "2026-10-04", 2, 15, "2026-10-04T02:45:00+11:00"},
		{"midnight skipped", "Africa/Cairo", "2026-04-24", 0, 0, "2026-04-24T01:00:00+03:00"},
		{"a whole day skipped", "Pacific/Apia", "2011-12-30", 12, 0, "2011-12-31T12:00:00+14:00"},
		{"past the end of the day", "America/Toronto", "2026-11-23", 25, 0, "2026-11-24T01:00:00-05:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := calendar(t, tt.zone, "04:00").At(tt.day, tt.hour, tt.minute)
			if want := utc(t, tt.want); !got.Equal(want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if got.Location().String() != tt.zone {
				t.Errorf("got a time in %v", got.Location())
			}
		})
	}
}

// Every instant lies between the start of its business day and that of the next, whatever the
// zone does.
func TestBusinessDayHoldsItsInstants(t *testing.T) {
	zones := []string{
		"America/Toronto", "America/St_Johns", "Pacific/Tongatapu", "Pacific/Apia",
		"Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "Europe/Paris", "UTC",
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		starts := rapid.SampledFrom([]string{"00:00", "01:30", "02:30", "04:00", "12:00"}).Draw(t, "starts")
		c := calendar(t, zone, starts)
		at := time.Unix(rapid.Int64Range(1_000_000_000, 2_000_000_000).Draw(t, "at"), 0)
		day := c.BusinessDay(at)
		if at.Before(c.DayStart(day)) || !at.Before(c.DayStart(day.Add(1))) {
			t.Fatalf("%v is not in %s: %v to %v", at.In(c.Zone()), day, c.DayStart(day), c.DayStart(day.Add(1)))
		}
	})
}

func TestDay(t *testing.T) {
	day, err := shop.ParseDay("2026-12-31")
	if err != nil || day.Add(1) != "2027-01-01" || day.Add(-365) != "2025-12-31" {
		t.Errorf("%s, %v: then %s, before %s", day, err, day.Add(1), day.Add(-365))
	}
	for _, text := range []string{"", "2026-02-30", "23/11/2026", "2026-11-23T00:00:00Z"} {
		if day, err := shop.ParseDay(text); err == nil {
			t.Errorf("%q was read as %s", text, day)
		}
	}
}

func TestDayThatIsNone(t *testing.T) {
	c := calendar(t, "America/Toronto", "04:00")
	if !c.At("soon", 1, 0).IsZero() || !c.DayStart("").IsZero() || shop.Day("soon").Add(1) != "soon" {
		t.Error("a day that is no date must give the zero time")
	}
}

func TestZeroCalendar(t *testing.T) {
	var c shop.Calendar
	if c.Zone() != time.UTC || c.BusinessDay(utc(t, "2026-11-23T00:00:00Z")) != "2026-11-23" {
		t.Error("the zero calendar is UTC from midnight")
	}
}

func TestCalendarRefuses(t *testing.T) {
	for _, l := range []shop.Location{
		{TimeZone: "", DayStarts: "04:00"},
		{TimeZone: "Local", DayStarts: "04:00"},
		{TimeZone: "America/Ville-Marie", DayStarts: "04:00"},
		{TimeZone: "../etc/passwd", DayStarts: "04:00"},
		{TimeZone: "UTC", DayStarts: ""},
		{TimeZone: "UTC", DayStarts: "4"},
		{TimeZone: "UTC", DayStarts: "24:00"},
		{TimeZone: "UTC", DayStarts: "04:60"},
	} {
		if _, err := l.Calendar(); err == nil {
			t.Errorf("zone %q, day %q: not refused", l.TimeZone, l.DayStarts)
		}
	}
}
