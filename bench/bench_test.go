package main

import (
	"strings"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	values := []int{5, 1, 4, 2, 3}
	for _, test := range []struct {
		p    float64
		want int
	}{{0, 1}, {0.2, 1}, {0.5, 3}, {0.6, 3}, {0.99, 5}, {1, 5}} {
		if got := percentile(values, test.p); got != test.want {
			t.Errorf("percentile(%v) = %d, want %d", test.p, got, test.want)
		}
	}
	if values[0] != 5 {
		t.Error("percentile sorted its argument")
	}
}

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

func TestTable(t *testing.T) {
	x := table{title: "Title", head: []string{"case", "us"}, notes: []string{"note"}}
	x.add("é", "1.00")
	x.add("longer", "10.00")
	var out strings.Builder
	x.print(&out)
	want := "Title\n  case       us\n  é        1.00\n  longer  10.00\n  note\n"
	if out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}
