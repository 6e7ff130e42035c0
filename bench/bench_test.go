package main

import (
	"testing"
	"time"

	"comptoir/printer"
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

// A kitchen prints each order that comes once, in order, and the moments of a ticket follow each other.
func TestKitchen(t *testing.T) {
	b := &bench{dir: t.TempDir(), examples: "../examples"}
	example, err := b.source()
	if err != nil {
		t.Fatal(err)
	}
	paper, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	defer paper.close()
	desk, other := newStation("grill", example, 2), newStation("bar", example, 1)
	paper.reads(desk.read)
	k, err := b.newKitchen("test", []*station{desk, other}, []printer.Transport{printer.TCP{Address: paper.address()}, instant{other}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	defer k.print(t.Context())()
	orders, err := k.orders(3, desk, other)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(orders[0].Lines), 2*len(example.draft.Lines); got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
	if err := k.come(orders); err != nil {
		t.Fatal(err)
	}
	for i, o := range orders {
		s := []*station{desk, other}[i%2]
		out, err := s.slip(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if out.order != o.ID {
			t.Errorf("ticket %d at %s is of another order", i/2, s.name)
		}
		committed := k.when(o.ID)
		if committed.IsZero() || out.first.Before(committed) || out.last.Before(out.first) || out.finished.Before(out.asked) {
			t.Errorf("committed %v, %+v", committed, out)
		}
	}
	if len(desk.slips)+len(other.slips) > 0 {
		t.Error("more came out")
	}
}
