package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"comptoir/hub/escalation"
	"comptoir/order"
	"comptoir/shop"
)

func timetable(t *testing.T, zone string, byDay map[string][]string) escalation.Timetable {
	t.Helper()
	calendar, err := shop.Location{TimeZone: zone, DayStarts: "04:00"}.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	hours, err := shop.ParseHours(byDay)
	if err != nil {
		t.Fatal(err)
	}
	return escalation.Timetable{Calendar: calendar, Hours: hours, After: 5 * time.Minute}
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// daily is every day from the one hour to the other.
func daily(span string) map[string][]string {
	byDay := map[string][]string{}
	for day := time.Sunday; day <= time.Saturday; day++ {
		byDay[day.String()] = []string{span}
	}
	return byDay
}

// history judges each minute from from to to, and writes down what was told and when.
func history(table escalation.Timetable, facts func(now time.Time) escalation.Facts, from, to time.Time) []string {
	told := map[escalation.Kind]escalation.Incident{}
	var list []string
	for now := from; !now.After(to); now = now.Add(time.Minute) {
		for _, n := range table.Judge(told, facts(now), now) {
			what := fmt.Sprint(n.Kind, " ", n.Orders)
			if n.Clear {
				what = fmt.Sprint(n.Kind, " over")
				delete(told, n.Kind)
			} else {
				told[n.Kind] = n.Incident
			}
			list = append(list, now.In(table.Calendar.Zone()).Format("2T15:04-07 ")+what)
		}
	}
	return list
}

func TestTimetable(t *testing.T) {
	const zone = "America/Toronto"
	tests := []struct {
		name, zone string
		hours      map[string][]string
		away       string // until back, or for good
		back       string
		from, to   string
		want       []string
	}{
		{
			"always open", zone, nil, "2026-11-23T03:00:00-05:00", "2026-11-23T03:20:00-05:00", "2026-11-23T03:00:00-05:00", "2026-11-23T04:00:00-05:00",
			[]string{"23T03:05-05 no_terminal 0", "23T03:20-05 no_terminal over"},
		},
		{
			"back in time", zone, nil, "2026-11-23T03:00:00-05:00", "2026-11-23T03:04:00-05:00", "2026-11-23T03:00:00-05:00", "2026-11-23T04:00:00-05:00",
			nil,
		},
		{
			"off at night is nothing", zone, daily("11:00-22:00"), "2026-11-23T22:00:00-05:00", "2026-11-24T10:50:00-05:00", "2026-11-23T21:00:00-05:00", "2026-11-24T12:00:00-05:00",
			nil,
		},
		{
			"nobody opens", zone, daily("11:00-22:00"), "2026-11-23T22:00:00-05:00", "2026-11-24T11:09:00-05:00", "2026-11-23T21:00:00-05:00", "2026-11-24T12:00:00-05:00",
			[]string{"24T11:05-05 no_terminal 0", "24T11:09-05 no_terminal over"},
		},
		{
			"told once an opening", zone, daily("11:00-22:00"), "2026-11-23T21:50:00-05:00", "", "2026-11-23T21:00:00-05:00", "2026-11-25T12:00:00-05:00",
			[]string{"23T21:55-05 no_terminal 0", "24T11:05-05 no_terminal 0", "25T11:05-05 no_terminal 0"},
		},
		{
			"over midnight is one opening", zone, daily("00:00-24:00"), "2026-11-23T21:50:00-05:00", "", "2026-11-23T21:00:00-05:00", "2026-11-26T12:00:00-05:00",
			[]string{"23T21:55-05 no_terminal 0"},
		},
		{
			"clocks forward: 02:30 does not come", zone,
			map[string][]string{"sunday": {"02:30-06:00"}},
			"2026-03-07T22:00:00-05:00", "", "2026-03-08T00:00:00-05:00", "2026-03-08T08:00:00-04:00",
			[]string{"8T03:35-04 no_terminal 0"},
		},
		{
			"clocks back: 01:30 comes twice", zone,
			map[string][]string{"sunday": {"01:30-06:00"}},
			"2026-10-31T22:00:00-04:00", "", "2026-11-01T00:00:00-04:00", "2026-11-01T08:00:00-05:00",
			[]string{"1T01:35-04 no_terminal 0"},
		},
		{
			"+13", "Pacific/Tongatapu", daily("11:00-22:00"), "2026-11-22T09:00:00Z", "2026-11-22T22:30:00Z", "2026-11-22T08:00:00Z", "2026-11-23T02:00:00Z",
			[]string{"23T11:05+13 no_terminal 0", "23T11:30+13 no_terminal over"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			away, from, to := utc(t, tt.away), utc(t, tt.from), utc(t, tt.to)
			back := to.Add(time.Hour)
			if tt.back != "" {
				back = utc(t, tt.back)
			}
			facts := func(now time.Time) escalation.Facts {
				if now.Before(away) || !now.Before(back) {
					return escalation.Facts{}
				}
				return escalation.Facts{Away: away}
			}
			got := history(timetable(t, tt.zone, tt.hours), facts, from, to)
			if strings.Join(got, "; ") != strings.Join(tt.want, "; ") {
				t.Errorf("told\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// Orders are one incident as long as one of them has waited too long; one that came at night waits
// from the opening on.
func TestOrdersWaiting(t *testing.T) {
	orders := []struct{ number, in, out string }{
		{"A", "2026-11-23T04:00:00-05:00", "2026-11-23T11:10:00-05:00"},
		{"B", "2026-11-23T11:04:00-05:00", "2026-11-23T11:12:00-05:00"},
		{"C", "2026-11-23T11:10:00-05:00", "2026-11-23T11:14:00-05:00"}, // looked at in time
		{"D", "2026-11-23T11:20:00-05:00", "2026-11-23T11:30:00-05:00"},
		{"E", "2026-11-23T21:58:00-05:00", "2026-11-24T11:04:00-05:00"},
	}
	facts := func(now time.Time) (f escalation.Facts) {
		for _, o := range orders {
			if in := utc(t, o.in); !now.Before(in) && now.Before(utc(t, o.out)) {
				f.Waiting = append(f.Waiting, escalation.Waiting{Number: o.number, Since: in})
			}
		}
		return f
	}
	got := history(timetable(t, "America/Toronto", daily("11:00-22:00")), facts, utc(t, "2026-11-23T00:00:00-05:00"), utc(t, "2026-11-24T12:00:00-05:00"))
	want := []string{
		"23T11:05-05 orders_waiting 1", "23T11:12-05 orders_waiting over",
		"23T11:25-05 orders_waiting 1", "23T11:30-05 orders_waiting over",
		"24T11:03-05 orders_waiting 1", "24T11:04-05 orders_waiting over",
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("told\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFirstOrder(t *testing.T) {
	noon := utc(t, "2026-11-23T12:00:00Z")
	facts := escalation.Facts{Waiting: []escalation.Waiting{{"B", noon.Add(time.Minute)}, {"A", noon}, {"C", noon.Add(time.Hour)}}}
	notices := timetable(t, "UTC", nil).Judge(nil, facts, noon.Add(10*time.Minute))
	if len(notices) != 1 || notices[0].Orders != 2 || notices[0].Number != "A" || !notices[0].Since.Equal(noon) {
		t.Errorf("got %+v", notices)
	}
}

func TestWaitingOf(t *testing.T) {
	o := order.Order{Number: "A1", Status: order.New, History: []order.Entry{{At: utc(t, "2026-11-23T12:00:00Z")}}}
	if w, ok := escalation.WaitingOf(o); !ok || w.Number != "A1" || !w.Since.Equal(o.History[0].At) {
		t.Errorf("got %+v, %v", w, ok)
	}
	o.Status = order.Expired
	if _, ok := escalation.WaitingOf(o); ok {
		t.Error("an expired order waits")
	}
}

func TestText(t *testing.T) {
	zone := timetable(t, "America/Toronto", nil).Calendar.Zone()
	seen := map[string]bool{}
	for _, n := range []escalation.Notice{
		{Incident: escalation.Incident{Kind: escalation.NoTerminal}},
		{Incident: escalation.Incident{Kind: escalation.NoTerminal}, Clear: true},
		{Incident: escalation.Incident{Kind: escalation.OrdersWaiting, Orders: 1, Number: "K7"}},
		{Incident: escalation.Incident{Kind: escalation.OrdersWaiting, Orders: 3, Number: "K7"}},
		{Incident: escalation.Incident{Kind: escalation.OrdersWaiting, Orders: 3, Number: "K7"}, Clear: true},
	} {
		n.Since = utc(t, "2026-11-24T02:05:00Z")
		for language, wants := range map[string]string{"fr": "caisse|commande", "en": "terminal|rder"} {
			subject, text := n.Text("Plateau", language, zone)
			a, b, _ := strings.Cut(wants, "|")
			if !strings.HasPrefix(subject, "Plateau") || !strings.Contains(text, "2026-11-23 21:05") || !strings.Contains(text, a) && !strings.Contains(text, b) || strings.Contains(text, "!") {
				t.Errorf("%s: %q, %q", language, subject, text)
			}
			if named := strings.Contains(text, "K7"); named != (n.Kind == escalation.OrdersWaiting && !n.Clear) {
				t.Errorf("%s names the order: %v", text, named)
			}
			if seen[subject] {
				t.Errorf("%q is said of two things", subject)
			}
			seen[subject] = true
		}
	}
}
