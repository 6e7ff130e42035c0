package terminal_test

import (
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// relieved is a till whose grill has a backup printer, and fails.
func relieved(t *testing.T) (*till, *hub) {
	t.Helper()
	tl, h := alone(t)
	tl.ok(tl.service.SetStation("grill", terminal.StationSetup{Printer: "grill", Backup: "bar"}))
	h.comes(func(o *order.Order) { o.Lines = lines(2, 0) })
	h.meet(tl)
	return tl, h
}

func TestBackup(t *testing.T) {
	tl, h := relieved(t)
	tl.none("bar")
	woken := tl.woken
	tl.try("grill", terminal.NothingLeft)
	tl.service.Tick()
	if tl.woken != woken+1 {
		t.Errorf("the backup was woken %d times", tl.woken-woken)
	}
	tl.service.Tick()
	if tl.woken != woken+1 {
		t.Error("the backup was woken again")
	}
	_, found, wait, err := tl.service.Next("bar")
	if found || wait != time.Minute || err != nil {
		t.Errorf("at once: found %t, wait %v, %v", found, wait, err)
	}
	if _, ok, err := tl.service.Begin("bar", tl.status("grill").Waiting[0].Key); ok || err != nil {
		t.Errorf("begun at once: %t, %v", ok, err)
	}
	tl.clock.add(time.Minute)
	p, _ := tl.begin("bar")
	if p.ticket.Backup != "grill" || p.ticket.Heading != terminal.HeadingNone {
		t.Errorf("headed %q, backup of %q", p.ticket.Heading, p.ticket.Backup)
	}
	tl.none("grill") // never two at once
	tl.ok(tl.service.Finish("grill", p.job.Key, terminal.NothingLeft, "no answer"))
	if got := tl.job(p.job.Key); got.State != terminal.JobSending || got.Copies != 1 {
		t.Errorf("the job is %s, %d copies", got.State, got.Copies)
	}
	tl.end(p, terminal.Sent)
	if got := tl.status("grill"); got.Relayed != 1 {
		t.Errorf("%d were relayed", got.Relayed)
	}
	// a new one: the printer failed long ago, and gets the first try
	tl.clock.add(10 * time.Minute)
	h.comes(func(o *order.Order) { o.Lines = lines(3, 0) })
	h.meet(tl)
	if _, found, wait, err := tl.service.Next("bar"); found || wait != 2*time.Second || err != nil {
		t.Errorf("before the first try: found %t, wait %v, %v", found, wait, err)
	}
	tl.try("grill", terminal.NothingLeft)
	p, _ = tl.begin("bar")
	says(t, "kitchen 3×Burger", p.ticket)
	tl.end(p, terminal.Unknown)
	// the printer is back: what is not begun goes there
	tl.service.Heard(terminal.PrinterState{Printer: "grill"})
	tl.none("bar")
	again := tl.one("grill")
	if says(t, "kitchen! 3×Burger", again); again.Backup != "" {
		t.Errorf("backup of %q", again.Backup)
	}
}

// A printer that says that it stands well, and takes nothing, is relieved all the same.
func TestBackupOfAFicklePrinter(t *testing.T) {
	tl, _ := relieved(t)
	for range 13 {
		tl.service.Heard(terminal.PrinterState{Printer: "grill"})
		tl.try("grill", terminal.NothingLeft)
		tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultUnreachable})
		tl.clock.add(5 * time.Second)
	}
	if ticket := tl.one("bar"); ticket.Backup != "grill" {
		t.Errorf("backup of %q", ticket.Backup)
	}
}

// The copy on the failing printer may be out: the backup's says both.
func TestBackupOfADuplicate(t *testing.T) {
	tl, h := relieved(t)
	first, _ := tl.begin("grill")
	tl.end(first, terminal.Unknown)
	tl.service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultPaper})
	tl.clock.add(time.Minute)
	p, _ := tl.begin("bar")
	if p.ticket.Backup != "grill" || p.ticket.Heading != terminal.HeadingDuplicate || !p.ticket.FirstSent.Equal(ten) {
		t.Errorf("headed %q, backup of %q, first sent %v", p.ticket.Heading, p.ticket.Backup, p.ticket.FirstSent)
	}
	// the paper is loaded, and the first copy comes out after all
	tl.ok(tl.service.Finish("grill", first.job.Key, terminal.Sent, ""))
	if got := tl.job(p.job.Key).State; got != terminal.JobSending {
		t.Errorf("another printer's word that proves nothing: %s", got)
	}
	tl.ok(tl.service.Finish("grill", first.job.Key, terminal.Proven, ""))
	tl.end(p, terminal.Unknown)
	tl.none("grill")
	tl.none("bar")
	h.meet(tl)
	if got := tl.job(p.job.Key).State; got != terminal.JobPrinted {
		t.Errorf("the job is %s", got)
	}
}
