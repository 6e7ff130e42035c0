package main

import (
	"testing"
	"time"
)

// The terminal may have the order before the hub's answer begins: no step is negative, and they
// add up to the whole.
func TestDurations(t *testing.T) {
	start := time.Now()
	x := newTrace()
	for s, ms := range map[stage]int{
		received: 0, parsed: 1, stored: 5, arrived: 4, applied: 7, connected: 6, begun: 9, printed: 10,
	} {
		x.mark(s, start.Add(time.Duration(ms)*time.Millisecond))
	}
	x.mark(parsed, start) // too late: the first mark counts
	got := x.durations()
	want := [stages]int{received: 10, parsed: 1, stored: 3, applied: 2, begun: 3, printed: 1}
	for s := range got {
		if got[s] != time.Duration(want[s])*time.Millisecond {
			t.Errorf("stage %d took %s, want %d ms", s, got[s], want[s])
		}
	}
}
