package deliverect_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/partner"
	"comptoir/partner/deliverect"
	"comptoir/shop"
)

func withStore(c *deliverect.Config) { c.AccountID, c.LocationID = "acc", "loc/1" }

// TestStoreCalls: what Deliverect hears of the store. Rows of partners.md A3.
func TestStoreCalls(t *testing.T) {
	hour := now.Add(time.Hour)
	tests := []struct {
		row      string
		from, to partner.StoreState
		want     []string
	}{
		{row: "nothing"},
		{
			row: "Pause/busy: paused", to: partner.StoreState{PausedUntil: hour},
			want: []string{`store_pause POST /updateStoreStatus/loc%2F1 {"isActive":false} until 13:00`},
		},
		{row: "Pause/busy: another end", from: partner.StoreState{PausedUntil: hour}, to: partner.StoreState{PausedUntil: hour.Add(time.Hour)}},
		{
			row: "Pause/busy: active again", from: partner.StoreState{PausedUntil: hour},
			want: []string{`store_resume POST /updateStoreStatus/loc%2F1 {"isActive":true}`},
		},
		{
			row: "Pause/busy: preparation", to: partner.StoreState{PreparationMinutes: 35},
			want: []string{`store_preparation POST /updateStoreStatus/loc%2F1 {"isActive":true,"prepTime":35}`},
		},
		{
			row: "Pause/busy: preparation while paused", from: partner.StoreState{PausedUntil: hour, PreparationMinutes: 20},
			to:   partner.StoreState{PausedUntil: hour, PreparationMinutes: 35},
			want: []string{`store_preparation POST /updateStoreStatus/loc%2F1 {"isActive":false,"prepTime":35} until 13:00`},
		},
		{
			row: "Pause/busy: both in one call", to: partner.StoreState{PausedUntil: hour, PreparationMinutes: 35},
			want: []string{`store_pause POST /updateStoreStatus/loc%2F1 {"isActive":false,"prepTime":35} until 13:00`},
		},
		{
			row: "86: one call for each end", to: partner.StoreState{Out: map[string]time.Time{"B": hour, "A": hour, "C": {}}},
			want: []string{
				`items_out POST /products/snoozeByPlus {"account":"acc","location":"loc/1","plus":["C"],"snoozeStart":"2026-01-01T12:00:00Z","snoozeEnd":"2035-12-30T12:00:00Z"}`,
				`items_out POST /products/snoozeByPlus {"account":"acc","location":"loc/1","plus":["A","B"],"snoozeStart":"2026-01-01T12:00:00Z","snoozeEnd":"2026-01-01T13:00:00Z"} until 13:00`,
			},
		},
		{
			row: "86: a past snoozeEnd ends it", from: partner.StoreState{Out: map[string]time.Time{"A": hour, "C": {}}}, to: partner.StoreState{Out: map[string]time.Time{"C": {}}},
			want: []string{`items_back POST /products/snoozeByPlus {"account":"acc","location":"loc/1","plus":["A"],"snoozeStart":"2026-01-01T11:58:00Z","snoozeEnd":"2026-01-01T11:59:00Z"}`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			at := now.Truncate(time.Minute)
			for _, states := range []*partner.StoreState{&tt.from, &tt.to} {
				states.PausedUntil = truncated(states.PausedUntil)
				for plu, until := range states.Out {
					states.Out[plu] = truncated(until)
				}
			}
			if got := written(adapter(t, withStore).StoreCalls(tt.from, tt.to, at)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if got := adapter(t).StoreCalls(tt.from, tt.to, at); got != nil {
				t.Errorf("without ids: got %+v, want no call", got)
			}
		})
	}
}

func truncated(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Truncate(time.Minute)
}

func written(calls []partner.Call) []string {
	var list []string
	for _, c := range calls {
		text := c.Name + " " + c.Method + " " + c.Path + " " + string(c.Body)
		if !c.Until.IsZero() {
			text += " until " + c.Until.Format("15:04")
		}
		list = append(list, text)
	}
	return list
}

func TestControls(t *testing.T) {
	if got := adapter(t, withStore).Controls(); got != (shop.Controls{Pause: true, Preparation: true, Stock: true}) {
		t.Errorf("got %+v", got)
	}
	if got := adapter(t).Controls(); got != (shop.Controls{Unset: true}) {
		t.Errorf("without ids: got %+v", got)
	}
	if _, err := deliverect.New(deliverect.Config{Secret: "s", Currency: "CAD", AccountID: "a"}); err == nil || !strings.Contains(err.Error(), "location_id") {
		t.Errorf("half of the ids: got %v", err)
	}
}
