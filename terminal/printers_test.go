package terminal_test

import (
	"slices"
	"testing"
	"time"

	"comptoir/terminal"
)

func TestFaults(t *testing.T) {
	tl, _ := alone(t)
	hear := func(printer string, fault terminal.Fault, low bool) int {
		tl.told("")
		tl.clock.add(time.Minute)
		tl.service.Heard(terminal.PrinterState{Printer: printer, Fault: fault, PaperLow: low, At: tl.clock.Now()})
		return len(tl.told(terminal.EventPrinter))
	}
	for i, step := range []struct {
		fault terminal.Fault
		low   bool
		told  int
	}{
		{terminal.FaultNone, false, 0},
		{terminal.FaultNone, true, 1},
		{terminal.FaultPaper, false, 1},
		{terminal.FaultPaper, false, 0},
		{terminal.FaultCover, false, 1},
	} {
		if got := hear("grill", step.fault, step.low); got != step.told {
			t.Errorf("step %d: told %d times, want %d", i, got, step.told)
		}
	}
	tl.service.Tick()
	tl.restart()
	hear("grill", terminal.FaultCover, false) // it lasts
	if got := tl.status("grill"); got.State.Fault != terminal.FaultCover || !got.Since.Equal(ten.Add(5*time.Minute)) {
		t.Errorf("it is %q since %v", got.State.Fault, got.Since)
	}
	hear("grill", terminal.FaultNone, false)
	want := []terminal.FaultPeriod{
		{Printer: "grill", Fault: terminal.FaultCover, From: ten.Add(5 * time.Minute), Until: ten.Add(7 * time.Minute)},
		{Printer: "grill", Fault: terminal.FaultPaper, From: ten.Add(3 * time.Minute), Until: ten.Add(5 * time.Minute)},
	}
	if got := tl.service.Faults(); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for range 300 {
		hear("bar", terminal.FaultBusy, false)
		hear("bar", terminal.FaultNone, false)
	}
	tl.service.Tick()
	tl.restart()
	if got := tl.service.Faults(); len(got) != 200 || got[0].Printer != "bar" {
		t.Errorf("%d entries", len(got))
	}
}
