package staff_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comptoir/staff"
)

func TestRoles(t *testing.T) {
	tests := map[staff.Right]struct{ cashier, manager bool }{
		staff.Orders: {true, true}, staff.Money: {false, true}, staff.Printers: {false, true}, staff.PrintHere: {false, true},
		staff.Alerts: {false, true}, staff.Ordering: {false, true}, staff.Leave: {false, true}, "another": {false, false},
	}
	if len(tests) != len(staff.Rights())+1 {
		t.Fatal("a right is not in the table")
	}
	for right, want := range tests {
		if got := staff.Cashier.Allows(right); got != want.cashier {
			t.Errorf("cashier, %s: %v", right, got)
		}
		if got := staff.Manager.Allows(right); got != want.manager {
			t.Errorf("manager, %s: %v", right, got)
		}
		if staff.Role("owner").Allows(right) || staff.Role("").Allows(right) {
			t.Errorf("an unknown role may %s", right)
		}
	}
}

func TestTeam(t *testing.T) {
	team := staff.Team{{ID: "luc", Name: "Luc", Role: staff.Cashier}, {ID: "claire", Name: "Claire", Role: staff.Manager}}
	tests := []struct {
		person string
		right  staff.Right
		want   bool
	}{
		{"luc", staff.Orders, true},
		{"luc", staff.Printers, false},
		{"claire", staff.Printers, true},
		{"", staff.Orders, false},       // nobody has signed in
		{"omar", staff.Orders, false},   // of another location
		{"claire", "unheard-of", false}, // of a newer version
	}
	for _, tt := range tests {
		if got := team.Allows(tt.person, tt.right); got != tt.want {
			t.Errorf("%q, %s: %v", tt.person, tt.right, got)
		}
	}
	if managers := team.With(staff.Alerts); len(managers) != 1 || managers[0].ID != "claire" || len(team) != 2 {
		t.Errorf("with the right: %+v", managers)
	}
}

// Where nobody is listed, everybody may do everything: a shop without staff works as before.
func TestNoTeam(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		person := rapid.StringMatching(`[a-z]*`).Draw(t, "person")
		right := rapid.SampledFrom(staff.Rights()).Draw(t, "right")
		if !staff.Team(nil).Allows(person, right) {
			t.Fatalf("%q may not %s", person, right)
		}
	})
}

func TestPersonValidate(t *testing.T) {
	const pin = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5"
	whole := staff.Person{ID: "luc", Name: "Luc", Role: staff.Cashier, PIN: pin}
	if err := whole.Validate(); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*staff.Person){
		"id":   func(p *staff.Person) { p.ID = "" },
		"name": func(p *staff.Person) { p.Name = "" },
		"role": func(p *staff.Person) { p.Role = "boss" },
		"pin":  func(p *staff.Person) { p.PIN = "2580" },
	} {
		p := whole
		change(&p)
		err := p.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
		if key == "pin" && (!errors.Is(err, staff.ErrHash) || strings.Contains(err.Error(), "2580")) {
			t.Errorf("%v: must be ErrHash, and must not repeat what may be a PIN", err)
		}
	}
}
