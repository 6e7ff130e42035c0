package main

import (
	"time"

	"comptoir/staff"
	"comptoir/terminal"
	"comptoir/ui/model"
)

var _ model.Staff = (*laterTerminal)(nil)

// SignedIn is the service's. Before it is there nothing is shown that needs anybody.
func (t *laterTerminal) SignedIn() (staff.Person, bool) {
	if s := t.service.Load(); s != nil {
		return s.SignedIn()
	}
	return staff.Person{}, false
}

// SignIn is the service's.
func (t *laterTerminal) SignIn(person, pin string) error {
	if s := t.service.Load(); s != nil {
		return s.SignIn(person, pin)
	}
	return terminal.ErrNoLocation
}

// SignOut is the service's.
func (t *laterTerminal) SignOut() {
	if s := t.service.Load(); s != nil {
		s.SignOut()
	}
}

// Approve is the service's.
func (t *laterTerminal) Approve(person, pin, location string, right staff.Right) error {
	if s := t.service.Load(); s != nil {
		return s.Approve(person, pin, location, right)
	}
	return terminal.ErrNoLocation
}

// LockedOut is the service's.
func (t *laterTerminal) LockedOut(person string) time.Duration {
	if s := t.service.Load(); s != nil {
		return s.LockedOut(person)
	}
	return 0
}

// FreeTries is the service's.
func (t *laterTerminal) FreeTries(person string) int {
	if s := t.service.Load(); s != nil {
		return s.FreeTries(person)
	}
	return 0
}
