package staff_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comptoir/staff"
)

var ten = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func TestLockoutGrows(t *testing.T) {
	var l staff.Lockout
	now := ten
	for i, want := range []time.Duration{
		0, 0, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute,
	} {
		l = l.Miss(now)
		if got := l.Wait(now); got != want {
			t.Errorf("after %d wrong PINs: %v, want %v", i+1, got, want)
		}
		if got, want := l.FreeTries(), max(0, 2-i); got != want {
			t.Errorf("after %d wrong PINs: %d free tries, want %d", i+1, got, want)
		}
		now = now.Add(want)
		if l.Wait(now) != 0 {
			t.Errorf("after the wait %v are left", l.Wait(now))
		}
	}
}

func locked(now time.Time) staff.Lockout {
	var l staff.Lockout
	for range 5 { // 5 min
		l = l.Miss(now)
	}
	return l
}

func TestLockoutClockSetBack(t *testing.T) {
	l := locked(ten)
	l = l.Seen(ten.Add(2 * time.Minute))
	back := ten.AddDate(-1, 0, 0)
	if l = l.Seen(back); l.Left != 3*time.Minute {
		t.Errorf("set back: %v left, want the 3 min that were", l.Left)
	}
	if got := l.Wait(back.Add(time.Minute)); got != 2*time.Minute {
		t.Errorf("a minute later: %v", got)
	}
	if got := l.Wait(back.Add(3 * time.Minute)); got != 0 {
		t.Errorf("after the wait: %v", got)
	}
}

// Pulling the plug does not help: what comes back from the disk waits as long.
func TestLockoutRestart(t *testing.T) {
	data, err := json.Marshal(locked(ten))
	if err != nil {
		t.Fatal(err)
	}
	var l staff.Lockout
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	if got := l.Wait(ten.Add(time.Minute)); got != 4*time.Minute {
		t.Errorf("a minute later, restarted: %v", got)
	}
	if got := l.Wait(ten.AddDate(0, -1, 0)); got != 5*time.Minute {
		t.Errorf("restarted with the clock a month back: %v", got)
	}
}

// However the clock is set back, the wait lasts exactly as long as time really goes by.
func TestLockoutLastsItsTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := ten
		l := locked(clock)
		left := l.Left
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "set back") {
				clock = clock.Add(-time.Duration(rapid.Int64Range(1, int64(400*24*time.Hour)).Draw(t, "by")))
				l = l.Seen(clock)
				continue
			}
			gone := time.Duration(rapid.Int64Range(0, int64(2*time.Minute)).Draw(t, "gone"))
			clock = clock.Add(gone)
			l, left = l.Seen(clock), max(0, left-gone)
			if l.Left != left {
				t.Fatalf("%v left, want %v", l.Left, left)
			}
		}
	})
}

// Looking often or seldom makes no difference, and no wrong PIN ever shortens a wait.
func TestLockoutMissNeverShortens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l staff.Lockout
		clock := ten
		for range rapid.IntRange(1, 20).Draw(t, "misses") {
			clock = clock.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Minute)).Draw(t, "gone")))
			before := l.Wait(clock)
			l = l.Miss(clock)
			if l.Wait(clock) < before {
				t.Fatalf("from %v to %v", before, l.Wait(clock))
			}
		}
	})
}
