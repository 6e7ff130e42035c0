package terminal_test

import (
	"errors"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/terminal"
)

func hashed(t *testing.T, pin string) string {
	t.Helper()
	hash, err := staff.Hash(pin)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// staffed is a till without a hub, whose settings name two people: what it has on its disk is all
// that it needs.
func staffed(t *testing.T) *till {
	t.Helper()
	var papers []paper
	tl := newTill(t, t.TempDir(), "counter-1", ten, &papers)
	t.Cleanup(tl.close)
	l := plateau()
	l.Staff = staff.Team{
		{ID: "luc", Name: "Luc", Role: staff.Cashier, PIN: hashed(t, "2580")},
		{ID: "claire", Name: "Claire", Role: staff.Manager, PIN: hashed(t, "907031")},
	}
	tl.ok(tl.service.Locations([]shop.Location{l}))
	return tl
}

func (tl *till) wrongPIN(person string, times int) {
	tl.t.Helper()
	for range times {
		if err := tl.service.Prove(person, "1111"); !errors.Is(err, terminal.ErrWrongPIN) {
			tl.t.Fatalf("got %v, want ErrWrongPIN", err)
		}
	}
}

func (tl *till) locked(person, pin string, want time.Duration) {
	tl.t.Helper()
	err := tl.service.SignIn(person, pin)
	out, is := errors.AsType[*terminal.LockedOutError](err)
	if !is || out.Wait != want || tl.service.LockedOut(person) != want {
		tl.t.Fatalf("got %v, want to wait for %v", err, want)
	}
}

// Signing in works without a hub, also after a restart, which signs everybody out.
func TestSignInOffline(t *testing.T) {
	tl := staffed(t)
	if _, is := tl.service.SignedIn(); is {
		t.Fatal("somebody is signed in from the start")
	}
	for range 2 {
		tl.ok(tl.service.SignIn("luc", "2580"))
		if p, is := tl.service.SignedIn(); !is || p.Name != "Luc" || p.Role != staff.Cashier {
			t.Fatalf("signed in: %+v, %v", p, is)
		}
		tl.ok(tl.service.SignIn("claire", "907031"))
		if p, _ := tl.service.SignedIn(); p.ID != "claire" {
			t.Fatalf("signed in: %+v", p)
		}
		tl.restart()
		if _, is := tl.service.SignedIn(); is {
			t.Fatal("somebody is signed in after a restart")
		}
	}
	tl.ok(tl.service.SignIn("luc", "2580"))
	tl.service.SignOut()
	if _, is := tl.service.SignedIn(); is {
		t.Fatal("somebody is signed in after signing out")
	}
	for person, pin := range map[string]string{"luc": "907031", "claire": "2580"} {
		if err := tl.service.SignIn(person, pin); !errors.Is(err, terminal.ErrWrongPIN) {
			t.Errorf("%s by another's PIN: %v", person, err)
		}
	}
	if err := tl.service.SignIn("omar", "2580"); !errors.Is(err, terminal.ErrUnknownPerson) {
		t.Errorf("a stranger: %v", err)
	}
}

// Proving a manager's PIN for one action leaves the cashier signed in.
func TestProveSignsNobodyIn(t *testing.T) {
	tl := staffed(t)
	tl.ok(tl.service.SignIn("luc", "2580"))
	tl.ok(tl.service.Prove("claire", "907031"))
	if p, _ := tl.service.SignedIn(); p.ID != "luc" {
		t.Errorf("signed in: %+v", p)
	}
}

// Only who has the right can lend it, and only at a location where they have it.
func TestApprove(t *testing.T) {
	tl := staffed(t)
	tl.ok(tl.service.SignIn("luc", "2580"))
	tl.ok(tl.service.Approve("claire", "907031", "plateau", staff.Printers))
	tests := []struct {
		person, pin, location string
		want                  error
	}{
		{"luc", "2580", "plateau", terminal.ErrUnknownPerson},
		{"claire", "907031", "vieux-port", terminal.ErrUnknownPerson},
		{"omar", "2580", "plateau", terminal.ErrUnknownPerson},
		{"claire", "2580", "plateau", terminal.ErrWrongPIN},
	}
	for _, tt := range tests {
		if err := tl.service.Approve(tt.person, tt.pin, tt.location, staff.Printers); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	if p, _ := tl.service.SignedIn(); p.ID != "luc" {
		t.Errorf("signed in: %+v", p)
	}
}

// Pulling the plug does not help, and neither does setting the clock back.
func TestLockOut(t *testing.T) {
	tl := staffed(t)
	tl.wrongPIN("claire", 3)
	tl.locked("claire", "907031", 30*time.Second)
	tl.clock.add(10 * time.Second)
	tl.restart()
	tl.locked("claire", "907031", 20*time.Second)
	tl.ok(tl.service.SignIn("luc", "2580")) // others are not locked out, and win her no tries
	tl.clock.add(20 * time.Second)
	tl.wrongPIN("claire", 1)
	tl.locked("claire", "907031", time.Minute)

	tl.clock.add(-24 * time.Hour)
	tl.service.Tick()
	tl.locked("claire", "907031", time.Minute)
	tl.clock.add(40 * time.Second)
	tl.service.Tick()
	tl.locked("claire", "907031", 20*time.Second)
	// what is on the disk is of tomorrow: it waits from the beginning, but only once
	tl.restart()
	tl.locked("claire", "907031", time.Minute)
	tl.clock.add(time.Minute)
	tl.restart()
	tl.ok(tl.service.SignIn("claire", "907031"))
	if tries := tl.service.FreeTries("claire"); tries != 3 {
		t.Errorf("%d free tries after the right PIN", tries)
	}
	tl.restart()
	tl.wrongPIN("claire", 2)
	tl.ok(tl.service.SignIn("claire", "907031"))
}

// A wrong PIN counts although the disk does not take it.
func TestLockOutWithoutDisk(t *testing.T) {
	tl := staffed(t)
	tl.disk.crash = true
	tl.wrongPIN("luc", 3)
	tl.locked("luc", "2580", 30*time.Second)
	tl.clock.add(30 * time.Second)
	tl.ok(tl.service.SignIn("luc", "2580"))
}

// Who does not work here any more is signed out by the hub's next settings.
func TestSignedOutBySettings(t *testing.T) {
	tl := staffed(t)
	tl.ok(tl.service.SignIn("luc", "2580"))
	l := plateau()
	l.Staff = tl.service.Settings()[0].Staff.With(staff.Printers)
	tl.ok(tl.service.Locations([]shop.Location{l}))
	if p, is := tl.service.SignedIn(); is {
		t.Errorf("signed in: %+v", p)
	}
}

// Who gave a command goes with it: on this screen at once, to the hub later, over a restart.
func TestPersonOfACommand(t *testing.T) {
	tl := staffed(t)
	luc, claire := order.Person{ID: "luc", Name: "Luc"}, order.Person{ID: "claire", Name: "Claire"}
	sold, err := tl.service.Place(order.Command{ID: commandID(), Person: luc, Order: &order.Order{Lines: lines(1, 0)}})
	tl.ok(err)
	_, err = tl.service.Do(order.Command{Type: order.Start, OrderID: sold.ID, Person: luc, Approver: claire})
	tl.ok(err)
	tl.restart()
	history := tl.order(sold.ID).History
	if len(history) != 3 {
		t.Fatalf("%+v", history)
	}
	for i, entry := range history {
		if entry.Person != luc || (entry.Approver == claire) != (i == 2) {
			t.Errorf("entry %d: %+v", i, entry)
		}
	}
	for i, p := range tl.pending() {
		if p.Command.Person != luc || (p.Command.Approver == claire) != (i == 2) {
			t.Errorf("pending %d: %+v", i, p.Command)
		}
	}
}
