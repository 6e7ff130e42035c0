package terminal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// wrong lets the clock bring what it will, and wants exactly these troubles to ring.
func (tl *till) wrong(want ...string) {
	tl.t.Helper()
	tl.told("")
	tl.service.Tick()
	var got []string
	for _, trouble := range tl.service.Troubles() {
		got = append(got, fmt.Sprint(trouble.Kind, " ", trouble.Printer, " ", trouble.Cause))
	}
	if !slices.Equal(got, want) {
		tl.t.Errorf("rings %q, want %q", got, want)
	}
}

// heed answers the first trouble that rings.
func (tl *till) heed() {
	tl.t.Helper()
	ringing := tl.service.Troubles()
	if len(ringing) == 0 {
		tl.t.Fatal("nothing rings")
	}
	tl.told("")
	tl.service.Heed(ringing[0].Key)
	if n := len(tl.told(terminal.EventTrouble)); n != 1 {
		tl.t.Errorf("the answer was told %d times, want once", n)
	}
}

// The hub is lost after a grace time, and once for each loss.
func TestTroubleOfALostHub(t *testing.T) {
	tl, _ := alone(t)
	tl.service.Link(true, "")
	tl.clock.add(time.Hour)
	tl.wrong()
	tl.service.Link(false, "connection reset")
	tl.clock.add(29 * time.Second)
	tl.wrong()
	tl.service.Link(false, "connection refused") // another reason is no other loss
	tl.clock.add(time.Second)
	tl.wrong("hub  ")
	if n := len(tl.told(terminal.EventTrouble)); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	tl.wrong("hub  ")
	if n := len(tl.told(terminal.EventTrouble)); n != 0 {
		t.Errorf("told %d times more", n)
	}
	tl.heed()
	tl.clock.add(time.Hour)
	tl.wrong()
	tl.service.Link(true, "")
	tl.wrong()
	tl.service.Link(false, "connection reset")
	tl.clock.add(30 * time.Second)
	tl.wrong("hub  ")
	tl.service.Link(true, "")
	tl.wrong() // it ends by itself
	tl.service.Heed("hub/of long ago")
}

// A machine that begins with a wrong clock, and without its hub, calls somebody all the same once the
// clock is set right.
func TestTroubleOfALostHubWhenTheClockIsSetBack(t *testing.T) {
	tl, _ := alone(t)
	tl.clock.add(40 * day)
	tl.service.Link(true, "")
	tl.service.Link(false, "connection reset")
	tl.wrong()
	tl.clock.set(ten)
	tl.wrong()
	if since := tl.service.LinkState().Since; !since.Equal(ten) {
		t.Errorf("it is lost since %v", since)
	}
	tl.clock.add(30 * time.Second)
	tl.wrong("hub  ")
}

func TestTroubleOfAPrinter(t *testing.T) {
	tl, h := alone(t)
	heard := func(fault terminal.Fault) {
		tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: fault, At: tl.clock.Now()})
	}
	tl.service.Link(true, "")
	for _, fault := range []terminal.Fault{terminal.FaultCover, terminal.FaultUnreachable, terminal.FaultBusy, terminal.FaultOffline} {
		heard(fault)
		tl.wrong() // nothing waits for it
	}
	for _, fault := range []terminal.Fault{terminal.FaultPaper, terminal.FaultCutter, terminal.FaultError} {
		heard(fault)
		tl.wrong("printing grill fault")
	}
	tl.heed()
	tl.wrong()
	heard(terminal.FaultNone)
	tl.wrong()
	heard(terminal.FaultPaper)
	tl.wrong("printing grill fault")
	tl.heed()

	// a ticket begins to wait for a printer that somebody has heard of: no second alarm
	h.comes(nil)
	h.meet(tl)
	tl.wrong()
	tl.clock.add(59 * time.Second)
	tl.wrong()
	tl.clock.add(time.Second)
	tl.wrong("printing bar waiting")
	tl.print("bar")
	tl.wrong()
	heard(terminal.FaultCover) // while the roll is changed
	tl.wrong("printing grill waiting")
	tl.heed()
	heard(terminal.FaultPaper)
	tl.wrong() // that was answered before
	heard(terminal.FaultNone)
	tl.print("grill")
	tl.wrong()
	heard(terminal.FaultPaper)
	tl.wrong("printing grill fault")
}

// A clock that is set back, or a ticket from long ago, makes nobody come too early or never.
func TestTicketsWaitByTheTerminalsOwnClock(t *testing.T) {
	tl, h := alone(t)
	tl.service.Link(true, "")
	h.comes(func(o *order.Order) { o.PlacedAt = ten.Add(-5 * time.Hour) })
	h.meet(tl)
	tl.print("bar")
	tl.wrong()
	tl.clock.add(-2 * time.Hour)
	tl.wrong()
	tl.clock.add(time.Minute)
	tl.wrong("printing grill waiting")
}

// Tickets of a station without a printer ring like any.
func TestTroubleOfAStationWithoutPrinter(t *testing.T) {
	tl, h := alone(t)
	tl.onlyGrill()
	tl.service.Link(true, "")
	h.comes(nil)
	h.meet(tl)
	tl.print("grill")
	tl.wrong()
	tl.clock.add(time.Minute)
	tl.wrong("printing Bar stranded")
	tl.heed()
	tl.clock.add(time.Hour)
	tl.wrong()
}

// The priority of the kinds is that of the alarms, which is written down twice.
func TestKindsHaveTheAlarmsPriority(t *testing.T) {
	kinds := terminal.AlarmKinds()
	before := -1
	for _, alarm := range order.Alarms() {
		rank := slices.Index(kinds, terminal.KindOf(alarm))
		if rank < before {
			t.Errorf("%s is more urgent as a kind than as an alarm", alarm)
		}
		before = rank
	}
	if got := kinds[before+1:]; !slices.Equal(got, []terminal.AlarmKind{terminal.KindDisk, terminal.KindPrinting, terminal.KindHub}) {
		t.Errorf("below the orders' alarms: %v", got)
	}
}

func TestAlertPreferences(t *testing.T) {
	var p terminal.AlertPreferences
	for _, kind := range terminal.AlarmKinds() {
		if p.Muted(kind) {
			t.Errorf("%s is muted by default", kind)
		}
	}
	p = terminal.AlertPreferences{MuteNew: true, MuteArrivals: true}
	for _, kind := range terminal.AlarmKinds() {
		if want := kind == terminal.KindNew || kind == terminal.KindArrival; p.Muted(kind) != want {
			t.Errorf("%s muted: %t", kind, !want)
		}
	}
	for volume, want := range map[int]int{0: 10, 1: 1, 10: 10, 11: 10, -3: 10} {
		if got := (terminal.AlertPreferences{Volume: volume}).Loudness(); got != want {
			t.Errorf("volume %d sounds as %d, want %d", volume, got, want)
		}
	}
}
