package order_test

import (
	"testing"
	"time"

	"comptoir/order"
)

func TestLateness(t *testing.T) {
	// green and red say how many minutes are left, or how late it is
	green := func(minutes int) order.Lateness { return order.Lateness{Judged: true, Minutes: minutes} }
	red := func(minutes int) order.Lateness { return order.Lateness{Judged: true, Late: true, Minutes: minutes} }
	tests := []struct {
		name        string
		preparation int
		promised    string // "" is no promise
		started     string // "" is nobody
		status      order.Status
		now         string
		want        order.Lateness
	}{
		{"35 minutes for 10:30 is red at once", 35, "10:30", "", order.New, "10:00", red(5)},
		{"25 minutes for 10:30 is green", 25, "10:30", "", order.New, "10:00", green(30)},
		{"and until 10:05", 25, "10:30", "", order.Accepted, "10:05", green(25)},
		{"in whole minutes", 25, "10:30", "", order.Accepted, "10:05:59", green(25)},
		{"and red after 10:05", 25, "10:30", "", order.Accepted, "10:06", red(1)},
		{"30 minutes for 10:30 is green at placement", 30, "10:30", "", order.New, "10:00", green(30)},
		{"also within that minute", 30, "10:30", "", order.New, "10:00:59", green(30)},
		{"and red in the next", 30, "10:30", "", order.New, "10:01", red(1)},
		{"the promise's seconds do not count", 30, "10:30:59", "", order.New, "10:01", red(1)},
		{"for tonight", 20, "19:00", "", order.Accepted, "10:00", green(540)},
		{"for tonight, at the last moment to start", 20, "19:00", "", order.Accepted, "18:40", green(20)},
		{"for tonight, and nobody starts", 20, "19:00", "", order.Accepted, "18:41", red(1)},
		{"started in time", 25, "10:30", "10:05", order.Preparing, "10:20", green(10)},
		{"started in time, due now", 25, "10:30", "10:05", order.Preparing, "10:30", green(0)},
		{"started in time, not ready in time", 25, "10:30", "10:05", order.Preparing, "10:31", red(1)},
		{"started late", 25, "10:30", "10:10", order.Preparing, "10:10", red(5)},
		{"started early, never before now", 25, "10:30", "09:00", order.Preparing, "10:40", red(10)},
		{"already past on arrival", 15, "09:50", "", order.New, "10:00", red(25)},
		{"no preparation", 0, "10:30", "", order.New, "10:30", green(0)},
		{"no preparation, a minute past", 0, "10:30", "", order.New, "10:31", red(1)},
		{"ready stops the clock", 25, "10:30", "10:05", order.Ready, "11:30", order.Lateness{}},
		{"completed", 25, "10:30", "10:05", order.Completed, "11:30", order.Lateness{}},
		{"rejected", 25, "10:30", "", order.Rejected, "11:30", order.Lateness{}},
		{"nothing promised", 25, "", "", order.Accepted, "11:30", order.Lateness{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := order.Order{Status: tt.status, PlacedAt: ten, PreparationMinutes: tt.preparation}
			if tt.promised != "" {
				o.Fulfillment.PromisedAt = clock(t, tt.promised)
			}
			if tt.started != "" {
				o.StartedAt = clock(t, tt.started)
			}
			if got := o.Lateness(clock(t, tt.now)); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Minutes are floored before 1970 as after it.
func TestLatenessBefore1970(t *testing.T) {
	o := order.Order{Status: order.New, PreparationMinutes: 1}
	o.Fulfillment.PromisedAt = time.Unix(-60, 0)
	if got := o.Lateness(time.Unix(-61, 0)); got.Late {
		t.Errorf("got %+v: a minute from the minute before is in time", got)
	}
}

func TestProposed(t *testing.T) {
	tests := []struct {
		preparation int
		now, want   string
	}{
		{15, "10:00", "10:15"},
		{16, "10:00", "10:20"},
		{15, "10:00:01", "10:20"},
		{0, "23:58", "00:00"},
	}
	for _, tt := range tests {
		o := order.Order{Status: order.New, PreparationMinutes: tt.preparation}
		o.Fulfillment.PromisedAt = clock(t, "09:00")
		got := o.Proposed(clock(t, tt.now))
		if got.Format("15:04") != tt.want || got.Before(o.Expected(clock(t, tt.now))) {
			t.Errorf("%d minutes at %s: got %v, want %s", tt.preparation, tt.now, got, tt.want)
		}
	}
}

func TestKitchenDue(t *testing.T) {
	tests := []struct {
		name        string
		accepted    string
		promised    string
		preparation int
		ahead       time.Duration
		due         string
		ready       string
	}{
		{"now", "10:00", "10:30", 20, time.Hour, "10:00", "10:20"},
		{"nothing promised", "10:00", "", 20, time.Hour, "10:00", "10:20"},
		{"already late", "10:00", "09:00", 20, time.Hour, "10:00", "10:20"},
		{"start-by just within print ahead", "10:00", "11:20", 20, time.Hour, "10:00", "10:20"},
		{"start-by just beyond", "10:00", "11:21", 20, time.Hour, "10:51", "11:11"},
		{"tonight", "10:00", "19:00", 20, time.Hour, "18:30", "18:50"},
		{"tonight, long", "10:00", "19:00", 240, time.Hour, "14:50", "18:50"},
		{"no print ahead", "10:00", "10:45", 20, 0, "10:15", "10:35"},
		{"no print ahead, less than ten minutes", "10:00", "10:25", 20, 0, "10:00", "10:20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := order.Order{Status: order.New, PreparationMinutes: tt.preparation}
			if tt.promised != "" {
				o.Fulfillment.PromisedAt = clock(t, tt.promised)
			}
			if !o.KitchenDue(tt.ahead).IsZero() || !o.ExpectedReady(tt.ahead).IsZero() {
				t.Error("due before anybody accepted")
			}
			accepted, due := clock(t, tt.accepted), clock(t, tt.due)
			scheduled := due.After(accepted)
			if got := o.Scheduled(tt.ahead, accepted); got != scheduled {
				t.Errorf("before acceptance, scheduled is %v", got)
			}
			o.Status, o.AcceptedAt = order.Accepted, accepted
			if got := o.KitchenDue(tt.ahead); !got.Equal(due) {
				t.Errorf("due at %v, want %v", got, due)
			}
			if got := o.ExpectedReady(tt.ahead); !got.Equal(clock(t, tt.ready)) {
				t.Errorf("ready at %v, want %s", got, tt.ready)
			}
			if got := o.Scheduled(tt.ahead, accepted); got != scheduled {
				t.Errorf("scheduled is %v", got)
			}
			if o.Scheduled(tt.ahead, due) {
				t.Error("still scheduled when it is due")
			}
		})
	}
}

// A delay moves the promise, and with it the badge.
func TestDelay(t *testing.T) {
	late := supper()
	late.PreparationMinutes = 35
	o := must(t, order.Order{}, ten, place(late), do(order.Accept))
	if got := o.Lateness(ten); !got.Late {
		t.Fatalf("got %+v, want red", got)
	}
	o = must(t, o, ten, order.Command{Type: order.Delay, Minutes: 10})
	if got := o.Lateness(ten); got.Late || !o.Fulfillment.PromisedAt.Equal(clock(t, "10:40")) {
		t.Errorf("got %+v for %v, want green for 10:40", got, o.Fulfillment.PromisedAt)
	}
	unpromised := supper()
	unpromised.Fulfillment.PromisedAt = time.Time{}
	o = must(t, order.Order{}, ten, place(unpromised), order.Command{Type: order.Delay, Minutes: 10})
	if !o.Fulfillment.PromisedAt.Equal(clock(t, "10:30")) {
		t.Errorf("promised %v, want what was expected, and ten minutes", o.Fulfillment.PromisedAt)
	}
}
