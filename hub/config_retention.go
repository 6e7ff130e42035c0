package hub

import (
	"fmt"
	"time"

	"comptoir/hub/orderlog"
)

// retentionTable is [retention] of a hub.toml.
type retentionTable struct {
	CompletedDays *int `toml:"completed_days"`
	AbsenceDays   *int `toml:"absence_days"`
}

// maxDays is longer than any terminal is expected to be away, and keeps the times computable.
const maxDays = 3650

const oneDay = 24 * time.Hour

func (t retentionTable) check() (orderlog.Retention, error) {
	r := orderlog.DefaultRetention
	for _, days := range []struct {
		key   string
		given *int
		value *time.Duration
	}{
		{"completed_days", t.CompletedDays, &r.Hot},
		{"absence_days", t.AbsenceDays, &r.Absence},
	} {
		if days.given == nil {
			continue
		}
		if *days.given < 1 || *days.given > maxDays {
			return r, fmt.Errorf("retention.%s: %d days; give 1 to %d", days.key, *days.given, maxDays)
		}
		*days.value = time.Duration(*days.given) * oneDay
	}
	if r.Absence < r.Hot {
		return r, fmt.Errorf("retention.absence_days: %d is less than completed_days, %d; give at least as many", r.Absence/oneDay, r.Hot/oneDay)
	}
	return r, nil
}
