package doordash_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/partner"
	"comptoir/partner/doordash"
	"comptoir/shop"
)

func withStore(c *doordash.Config) { c.StoreID = "store/1" }

// TestStoreCalls: what DoorDash hears of the store. Rows of partners.md A1.
func TestStoreCalls(t *testing.T) {
	hour := time.Date(2026, 1, 1, 13, 0, 0, 0, time.UTC)
	paused := func(until string) string {
		return `store_pause PUT /api/v1/stores/store%2F1/status {"is_active":false,"reason":"store_self_disabled_in_their_POS_portal","notes":"Paused at the counter","end_time":"2026-01-01T` + until + `:00+00:00"} until ` + until
	}
	many := map[string]time.Time{}
	for i := range 41 {
		many[fmt.Sprintf("P%02d", i)] = time.Time{}
	}
	tests := []struct {
		row      string
		from, to partner.StoreState
		want     []string
	}{
		{row: "nothing"},
		{row: "no call for a preparation time", to: partner.StoreState{PreparationMinutes: 35}},
		{row: "Store pause", to: partner.StoreState{PausedUntil: hour}, want: []string{paused("13:00")}},
		{row: "Store pause: longer", from: partner.StoreState{PausedUntil: hour}, to: partner.StoreState{PausedUntil: hour.Add(30 * time.Minute)}, want: []string{paused("13:30")}},
		{row: "Store pause: over", from: partner.StoreState{PausedUntil: hour}, want: []string{`store_resume PUT /api/v1/stores/store%2F1/status {"is_active":true}`}},
		{
			row: "86", from: partner.StoreState{Out: map[string]time.Time{"A": {}, "C": {}}}, to: partner.StoreState{Out: map[string]time.Time{"B": hour, "C": hour}},
			want: []string{
				`items_back PUT /api/v1/stores/store%2F1/items/status [{"merchant_supplied_id":"A","is_active":true}]`,
				`items_out PUT /api/v1/stores/store%2F1/items/status [{"merchant_supplied_id":"B","is_active":false}]`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			var got []string
			for _, c := range adapter(t, withStore).StoreCalls(tt.from, tt.to, now) {
				text := c.Name + " " + c.Method + " " + c.Path + " " + string(c.Body)
				if !c.Until.IsZero() {
					text += " until " + c.Until.Format("15:04")
				}
				got = append(got, text)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if got := adapter(t).StoreCalls(tt.from, tt.to, now); got != nil {
				t.Errorf("without an id: got %+v, want no call", got)
			}
		})
	}
	calls := adapter(t, withStore).StoreCalls(partner.StoreState{}, partner.StoreState{Out: many}, now)
	if len(calls) != 2 || strings.Count(string(calls[0].Body), "is_active") != 40 || strings.Count(string(calls[1].Body), "is_active") != 1 {
		t.Errorf("41 items made %d calls", len(calls))
	}
	// a refusal about the store is no answer to an order
	if got := adapter(t, withStore).Judge(calls[0], 400, nil); got != partner.Refused {
		t.Errorf("400: got %d, want Refused", got)
	}
}

func TestControls(t *testing.T) {
	if got := adapter(t, withStore).Controls(); got != (shop.Controls{Pause: true, Stock: true}) {
		t.Errorf("got %+v", got)
	}
	if got := adapter(t).Controls(); got != (shop.Controls{Unset: true}) {
		t.Errorf("without an id: got %+v", got)
	}
}
