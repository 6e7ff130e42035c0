package order

import "time"

// DueBefore is how long before its start-by time a scheduled order's tickets print, when it
// was too early to print them at acceptance.
const DueBefore = 10 * time.Minute

// Lateness is what the badge says.
type Lateness struct {
	// Judged is false where nothing is promised any more: ready, ended, or no promised time.
	Judged bool
	Late   bool
	// Minutes late, or left until the promised time; whole, never negative.
	Minutes int
}

// Preparation is how long the kitchen needs once it has started.
func (o Order) Preparation() time.Duration {
	return time.Duration(o.PreparationMinutes) * time.Minute
}

// Expected is when the order will be ready if somebody starts now, or has started.
func (o Order) Expected(now time.Time) time.Time {
	if o.StartedAt.IsZero() {
		return now.Add(o.Preparation())
	}
	if expected := o.StartedAt.Add(o.Preparation()); expected.After(now) {
		return expected
	}
	return now
}

// Lateness judges the order in whole minutes: late when the expected ready time passes the
// promised one. Being ready stops the clock.
func (o Order) Lateness(now time.Time) Lateness {
	promised := o.Fulfillment.PromisedAt
	if promised.IsZero() || o.Status == Ready || !o.Status.Open() {
		return Lateness{}
	}
	late := minute(o.Expected(now)) - minute(promised)
	if late > 0 {
		return Lateness{Judged: true, Late: true, Minutes: int(late)}
	}
	return Lateness{Judged: true, Minutes: int(max(0, minute(promised)-minute(now)))}
}

// minute counts the whole minutes since 1970.
func minute(t time.Time) int64 {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= 59
	}
	return seconds / 60
}

// StartBy is the last moment to start and still keep the promise; zero without a promise.
func (o Order) StartBy() time.Time {
	if o.Fulfillment.PromisedAt.IsZero() {
		return time.Time{}
	}
	return o.Fulfillment.PromisedAt.Add(-o.Preparation())
}

// KitchenDue is when the kitchen's tickets become due: at acceptance if the start-by time is
// within printAhead of it, else DueBefore the start-by time. Zero before acceptance.
func (o Order) KitchenDue(printAhead time.Duration) time.Time {
	if o.AcceptedAt.IsZero() {
		return time.Time{}
	}
	startBy := o.StartBy()
	if startBy.IsZero() || !startBy.After(o.AcceptedAt.Add(printAhead)) {
		return o.AcceptedAt
	}
	if due := startBy.Add(-DueBefore); due.After(o.AcceptedAt) {
		return due
	}
	return o.AcceptedAt
}

// Scheduled reports whether the kitchen is to wait before it hears of the order. Before
// acceptance it is judged as if somebody accepted now.
func (o Order) Scheduled(printAhead time.Duration, now time.Time) bool {
	if o.AcceptedAt.IsZero() {
		o.AcceptedAt = now
	}
	return o.KitchenDue(printAhead).After(now)
}

// ExpectedReady is the ready time that a platform is told at acceptance: when the kitchen
// gets its ticket, and the preparation after it. Zero before acceptance.
func (o Order) ExpectedReady(printAhead time.Duration) time.Time {
	due := o.KitchenDue(printAhead)
	if due.IsZero() {
		return due
	}
	return due.Add(o.Preparation())
}

// Proposed is the time to offer when the promised one cannot be kept: when the order could be
// ready, on the next five minutes.
func (o Order) Proposed(now time.Time) time.Time {
	const step = 5 * time.Minute
	expected := o.Expected(now)
	proposed := expected.Truncate(step)
	if proposed.Before(expected) {
		proposed = proposed.Add(step)
	}
	return proposed
}
