package shop_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/shop"
)

// noon is in Montréal, on a Monday.
var noon = time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)

func value[T any](v T) *T { return &v }

func settled(t rapid.TB, c shop.Change, now time.Time) shop.Change {
	t.Helper()
	if c.ID == "" {
		c.ID = "c1"
	}
	c, err := c.Settle(plateau(), now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSettingsHoldUntilSomebodyChangesThem(t *testing.T) {
	l := plateau()
	l.AutoAccept, l.Connections[0].AutoAccept, l.Connections[0].PreparationMinutes = true, true, 25
	held := shop.Ordering{}.At(l, noon)
	want := []shop.HeldChannel{
		{ID: "demo-deliverect", Partner: "deliverect", AutoAccept: true, PreparationMinutes: 25},
		{ID: "demo-doordash", Partner: "doordash"},
		{ID: shop.OwnShop, AutoAccept: true, PreparationMinutes: 20},
	}
	if !reflect.DeepEqual(held.Channels, want) || held.BusyMinutes != 0 || held.Maximum != 0 || len(held.OutOfStock) != 0 {
		t.Fatalf("got %+v, want channels %+v", held, want)
	}
	o := shop.Ordering{}.Apply(settled(t, shop.Change{Channels: []string{"demo-deliverect"}, AutoAccept: value(false)}, noon))
	l.Connections[0].PreparationMinutes = 30 // the file changes what nobody changed on a screen
	if got, _ := o.At(l, noon).Channel("demo-deliverect"); got.AutoAccept || got.PreparationMinutes != 30 {
		t.Errorf("got %+v", got)
	}
	if got, ok := o.At(l, noon).Channel(""); !ok || got.ID != shop.OwnShop {
		t.Errorf("orders of no connection come by %+v", got)
	}
	if _, ok := o.At(l, noon).Channel("gone"); ok {
		t.Error("a connection that is gone has a channel")
	}
}

// Everything that holds ends by itself, to the instant.
func TestEnds(t *testing.T) {
	tests := []struct {
		name   string
		change shop.Change
		holds  func(shop.Held) bool
		end    time.Duration
	}{
		{"pause", shop.Change{Channels: []string{"demo-doordash"}, Pause: &shop.Span{ForMinutes: 30}}, func(h shop.Held) bool {
			c, _ := h.Channel("demo-doordash")
			return !c.PausedUntil.IsZero()
		}, 30 * time.Minute},
		{"busy", shop.Change{Busy: &shop.BusyChange{Minutes: 15, Span: shop.Span{ForMinutes: 60}}}, func(h shop.Held) bool {
			return h.Preparation(20) == 35
		}, time.Hour},
		{"out until tomorrow", shop.Change{Item: "BRG-01", Stock: &shop.StockChange{Out: true, Span: shop.Span{Tomorrow: true}}}, func(h shop.Held) bool {
			return h.Out("BRG-01") && !h.Out("BOI-01")
		}, 16 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := shop.Ordering{}.Apply(settled(t, tt.change, noon))
			for _, at := range []time.Duration{0, time.Minute, tt.end - 1} {
				if !tt.holds(o.At(plateau(), noon.Add(at))) {
					t.Errorf("does not hold after %v", at)
				}
			}
			if tt.holds(o.At(plateau(), noon.Add(tt.end))) {
				t.Errorf("still holds after %v", tt.end)
			}
		})
	}
}

func TestOutOfStockUntilSetBack(t *testing.T) {
	o := shop.Ordering{}.Apply(settled(t, shop.Change{Item: "BRG-01", Stock: &shop.StockChange{Out: true}}, noon))
	if !o.At(plateau(), noon.AddDate(1, 0, 0)).Out("BRG-01") {
		t.Error("it came back by itself")
	}
	o = o.Apply(settled(t, shop.Change{ID: "c2", Item: "BRG-01", Stock: &shop.StockChange{}}, noon.Add(time.Hour)))
	if o.At(plateau(), noon.Add(time.Hour)).Out("BRG-01") {
		t.Error("it was set back and is still out")
	}
	if kept := o.Trim(noon.AddDate(0, 0, 29)); len(kept.Stock) != 1 {
		t.Error("forgotten while changes of before may still come")
	}
	if kept := o.Trim(noon.AddDate(0, 0, 32)); len(kept.Stock) != 0 || len(o.Stock) != 1 {
		t.Error("never forgotten, or the original was changed")
	}
}

// "Until tomorrow" is the next start of the business day, over both changes of the clock.
func TestTomorrow(t *testing.T) {
	tests := []struct{ name, zone, at, want string }{
		{"an evening", "America/Toronto", "2026-11-23T21:00:00-05:00", "2026-11-24T04:00:00-05:00"},
		{"after midnight it is still that day", "America/Toronto", "2026-11-24T02:00:00-05:00", "2026-11-24T04:00:00-05:00"},
		{"the last second of the day", "America/Toronto", "2026-11-24T03:59:59-05:00", "2026-11-24T04:00:00-05:00"},
		{"the night the clocks go forward", "America/Toronto", "2026-03-07T23:00:00-05:00", "2026-03-08T04:00:00-04:00"},
		{"the night the clocks go back", "America/Toronto", "2026-10-31T23:00:00-04:00", "2026-11-01T04:00:00-05:00"},
		{"at +13", "Pacific/Tongatapu", "2026-11-23T12:00:00+13:00", "2026-11-24T04:00:00+13:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := plateau()
			l.TimeZone = tt.zone
			at := utc(t, tt.at)
			for _, c := range []shop.Change{
				{ID: "c", Item: "BRG-01", Stock: &shop.StockChange{Out: true, Span: shop.Span{Tomorrow: true}}},
				{ID: "c", Channels: []string{shop.OwnShop}, Pause: &shop.Span{Tomorrow: true}},
			} {
				c, err := c.Settle(l, at)
				if err != nil {
					t.Fatal(err)
				}
				o := shop.Ordering{}.Apply(c)
				until := o.Stock["BRG-01"].Value.Until
				if c.Pause != nil {
					until = o.Channels[shop.OwnShop].PausedUntil.Value
				}
				if want := utc(t, tt.want); !until.Equal(want) {
					t.Errorf("got %v, want %v", until, want)
				}
			}
		})
	}
}

func TestSettleRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change shop.Change
		kind   order.Kind
	}{
		{"no id", shop.Change{Maximum: value(5)}, order.Invalid},
		{"nothing", shop.Change{ID: "c"}, order.Invalid},
		{"a pause without channels", shop.Change{ID: "c", Pause: &shop.Span{ForMinutes: 5}}, order.Invalid},
		{"channels without anything about them", shop.Change{ID: "c", Channels: []string{shop.OwnShop}, Maximum: value(5)}, order.Invalid},
		{"an unknown channel", shop.Change{ID: "c", Channels: []string{"uber"}, Pause: &shop.Span{ForMinutes: 5}}, order.NotFound},
		{"a pause that ended", shop.Change{ID: "c", Channels: []string{shop.OwnShop}, Pause: &shop.Span{Until: noon}}, order.Invalid},
		{"a pause without an end", shop.Change{ID: "c", Channels: []string{shop.OwnShop}, Pause: &shop.Span{ForMinutes: 60 * 49}}, order.Invalid},
		{"negative minutes", shop.Change{ID: "c", Channels: []string{shop.OwnShop}, Pause: &shop.Span{ForMinutes: -1}}, order.Invalid},
		{"busy for ever", shop.Change{ID: "c", Busy: &shop.BusyChange{Minutes: 10}}, order.Invalid},
		{"too busy", shop.Change{ID: "c", Busy: &shop.BusyChange{Minutes: 121, Span: shop.Span{ForMinutes: 5}}}, order.Invalid},
		{"a negative maximum", shop.Change{ID: "c", Maximum: value(-1)}, order.Invalid},
		{"a preparation of two days", shop.Change{ID: "c", Channels: []string{shop.OwnShop}, PreparationMinutes: value(2 * 24 * 60)}, order.Invalid},
		{"an item of another menu", shop.Change{ID: "c", Item: "X", Stock: &shop.StockChange{Out: true}}, order.NotFound},
		{"no item", shop.Change{ID: "c", Stock: &shop.StockChange{Out: true}}, order.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tt.change.Settle(plateau(), noon); order.KindOf(err) != tt.kind {
				t.Errorf("got %v, want %s", err, tt.kind)
			}
		})
	}
}

// What has left the menu while it was out of stock can be put back.
func TestBackOfAnotherMenu(t *testing.T) {
	o := shop.Ordering{Stock: map[string]shop.Field[shop.Stock]{"OLD": {Value: shop.Stock{Out: true}, At: noon, Change: "a"}}}
	o = o.Apply(settled(t, shop.Change{Item: "OLD", Stock: &shop.StockChange{}}, noon.Add(time.Minute)))
	if o.At(plateau(), noon.Add(time.Minute)).Out("OLD") {
		t.Error("it stays out of stock")
	}
}

func TestClockAhead(t *testing.T) {
	future := noon.AddDate(1, 0, 0)
	c := settled(t, shop.Change{At: future, Maximum: value(3)}, noon)
	if !c.At.Equal(noon) {
		t.Errorf("a clock that is a year ahead wins for a year: %v", c.At)
	}
	// a pause of a terminal that was cut off ends when people thought it would
	c = settled(t, shop.Change{At: noon.Add(-time.Hour), Channels: []string{shop.OwnShop}, Pause: &shop.Span{ForMinutes: 30}}, noon)
	if held := (shop.Ordering{}).Apply(c).At(plateau(), noon); !held.Channels[2].PausedUntil.IsZero() {
		t.Error("a pause that is over begins when the terminal comes back")
	}
}

func drawChange(t *rapid.T, n int) shop.Change {
	at := noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "minute")) * time.Minute)
	c := shop.Change{ID: fmt.Sprint("c", n), At: at, By: "counter-1"}
	channel := []string{rapid.SampledFrom([]string{"demo-deliverect", "demo-doordash", shop.OwnShop}).Draw(t, "channel")}
	span := shop.Span{ForMinutes: rapid.IntRange(1, 90).Draw(t, "for")}
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		c.Channels, c.Pause = channel, &span
	case 1:
		c.Channels, c.Pause = channel, &shop.Span{}
	case 2:
		c.Channels, c.AutoAccept = channel, value(rapid.Bool().Draw(t, "auto"))
	case 3:
		c.Channels, c.PreparationMinutes = channel, value(rapid.IntRange(0, 60).Draw(t, "minutes"))
	case 4:
		c.Busy = &shop.BusyChange{Minutes: rapid.IntRange(0, 30).Draw(t, "extra"), Span: span}
	case 5:
		c.Maximum = value(rapid.IntRange(0, 9).Draw(t, "maximum"))
	case 6:
		c.Item, c.Stock = rapid.SampledFrom([]string{"BRG-01", "BOI-01"}).Draw(t, "item"), &shop.StockChange{Out: rapid.Bool().Draw(t, "out"), Span: span}
	}
	return settled(t, c, noon.Add(time.Hour))
}

// Whatever the sequence in which changes come, and however often: the outcome is one, and Apply
// leaves what it was given as it is.
func TestChangesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "changes")
		changes := make([]shop.Change, n)
		for i := range changes {
			changes[i] = drawChange(t, i)
		}
		var one shop.Ordering
		for _, c := range changes {
			before := fmt.Sprintf("%+v", one)
			next := one.Apply(c)
			if after := fmt.Sprintf("%+v", one); after != before {
				t.Fatalf("Apply changed its receiver from %s to %s", before, after)
			}
			one = next
		}
		var other shop.Ordering
		for _, c := range rapid.Permutation(append(changes, changes...)).Draw(t, "again, in another sequence") {
			other = other.Apply(c)
		}
		if !reflect.DeepEqual(one, other) {
			t.Fatalf("got %+v\nand %+v", one, other)
		}
		// and settling what is settled changes nothing
		for _, c := range changes {
			if again := settled(t, c, noon.Add(2*time.Hour)); !reflect.DeepEqual(again, c) {
				t.Fatalf("settled again: %+v, was %+v", again, c)
			}
		}
	})
}

func TestRoom(t *testing.T) {
	at := func(minutes ...int) (times []time.Time) {
		for _, m := range minutes {
			times = append(times, noon.Add(time.Duration(m)*time.Minute))
		}
		return times
	}
	tests := []struct {
		name    string
		maximum int
		others  []time.Time
		want    bool
	}{
		{"no maximum", 0, at(-1, -1, -1), true},
		{"below", 3, at(-14, -1), true},
		{"reached", 2, at(-14, -1), false},
		{"a quarter of an hour ago counts no more", 2, at(-15, -1), true},
		{"this very moment counts", 1, at(0), false},
		{"what the kitchen hears of later counts then", 1, at(1, 60), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (shop.Held{Maximum: tt.maximum}).Room(noon, tt.others); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestMark(t *testing.T) {
	held := shop.Held{OutOfStock: []shop.HeldItem{{PLU: "A"}, {PLU: "C"}}}
	lines := []order.Line{{PLU: "A"}, {PLU: "B"}, {PLU: "", OutOfStock: true}}
	o := order.Order{Lines: lines}
	held.Mark(&o)
	if !o.Lines[0].OutOfStock || o.Lines[1].OutOfStock || o.Lines[2].OutOfStock || lines[0].OutOfStock {
		t.Errorf("got %+v, and the given slice is %+v", o.Lines, lines)
	}
}
