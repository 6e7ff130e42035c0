// Package staff says who works at a location, what each may do, and how a PIN is proven. The
// rules are pure; only hashing needs more than the standard library.
package staff

import (
	"errors"
	"fmt"
	"slices"
)

// Role is what somebody is at the counter.
type Role string

// The roles.
const (
	Cashier Role = "cashier"
	Manager Role = "manager"
)

// Right is what an action needs.
type Right string

// The rights. Answering an alarm needs none: silence is safety.
const (
	// Orders: accept, start, make ready, hand over, delay, reject, reprint.
	Orders Right = "orders"
	// Money: cancel items with money, refund.
	Money Right = "money"
	// Printers: set up printers and stations.
	Printers Right = "printers"
	// PrintHere: print a station's tickets although another terminal may.
	PrintHere Right = "print_here"
	// Alerts: which alarms sound.
	Alerts Right = "alerts"
	// Ordering: pauses, preparation, how orders are accepted, what is out of stock.
	Ordering Right = "ordering"
	// Leave: end a kiosk.
	Leave Right = "leave"
)

// Rights lists all of them.
func Rights() []Right { return []Right{Orders, Money, Printers, PrintHere, Alerts, Ordering, Leave} }

// Allows reports whether the role has the right. A role that this version does not know has none.
func (r Role) Allows(right Right) bool {
	switch r {
	case Manager:
		return slices.Contains(Rights(), right)
	case Cashier:
		return right == Orders
	}
	return false
}

// Person is somebody who works at a location.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	// PIN is its argon2id hash (Hash); the PIN itself is nowhere.
	PIN string `json:"pin"`
}

// Validate returns what is wrong with the person, with its key and the remedy, or nil.
func (p Person) Validate() error {
	if p.ID == "" {
		return errors.New("id: must be given")
	}
	if p.Name == "" {
		return errors.New("name: must be given; it is on the sign-in screen and in the history")
	}
	if p.Role != Cashier && p.Role != Manager {
		return fmt.Errorf("role: %q is not known; use %q or %q", p.Role, Cashier, Manager)
	}
	if _, err := parse(p.PIN); err != nil {
		return fmt.Errorf("pin: %w; make one with: hub pin", err)
	}
	return nil
}

// Team is everybody who works at one location. Where it is empty nobody signs in, and everything
// is allowed.
type Team []Person

// Find returns the person with this id.
func (t Team) Find(id string) (Person, bool) {
	i := slices.IndexFunc(t, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return t[i], true
}

// Allows reports whether the person with this id has the right at the team's location.
func (t Team) Allows(id string, right Right) bool {
	p, known := t.Find(id)
	return len(t) == 0 || known && p.Role.Allows(right)
}

// With lists those who have the right.
func (t Team) With(right Right) Team {
	return slices.DeleteFunc(slices.Clone(t), func(p Person) bool { return !p.Role.Allows(right) })
}
