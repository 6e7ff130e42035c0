package terminal

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"comptoir/staff"
)

// What a PIN can be refused for.
var (
	// ErrWrongPIN: it is not the person's.
	ErrWrongPIN = errors.New("this is not the person's PIN")
	// ErrUnknownPerson: nobody of that id works at a location of this terminal any more.
	ErrUnknownPerson = errors.New("this person does not work here")
)

// LockedOutError says that no PIN of the person is taken for a while, right or wrong.
type LockedOutError struct {
	Wait time.Duration
}

func (e *LockedOutError) Error() string {
	return fmt.Sprintf("too many wrong PINs: wait for %v", e.Wait.Round(time.Second))
}

// people is who works with this terminal. Who has signed in is in memory only: a restart locks.
type people struct {
	// proving lets one PIN be proven at a time, so that none slips past the lock-out.
	proving sync.Mutex

	mu       sync.Mutex
	signedIn string // a person's id
	lockouts map[string]staff.Lockout
}

// person finds somebody by the settings of the moment: who has left is not found any more.
func (s *Service) person(id string) (staff.Person, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.locations {
		if p, found := l.Staff.Find(id); found {
			return p, true
		}
	}
	return staff.Person{}, false
}

// SignedIn is who has signed in; false where nobody has, or who had does not work here any more.
func (s *Service) SignedIn() (staff.Person, bool) {
	s.people.mu.Lock()
	id := s.people.signedIn
	s.people.mu.Unlock()
	return s.person(id)
}

// SignIn signs a person in who gives the right PIN, instead of whoever was. Errors: those of
// Prove.
func (s *Service) SignIn(person, pin string) error {
	if err := s.Prove(person, pin); err != nil {
		return err
	}
	s.people.mu.Lock()
	defer s.people.mu.Unlock()
	s.people.signedIn = person
	return nil
}

// SignOut locks the terminal.
func (s *Service) SignOut() {
	s.people.mu.Lock()
	defer s.people.mu.Unlock()
	s.people.signedIn = ""
}

// Prove checks a person's PIN, with the settings that this terminal has: it needs no hub. It takes
// some tens of milliseconds. What a wrong PIN leads to is on the disk before anybody hears that it
// was wrong. Errors: ErrWrongPIN, ErrUnknownPerson, *LockedOutError.
func (s *Service) Prove(person, pin string) error {
	p, found := s.person(person)
	if !found {
		return ErrUnknownPerson
	}
	s.people.proving.Lock()
	defer s.people.proving.Unlock()
	if wait := s.LockedOut(person); wait > 0 {
		return &LockedOutError{wait}
	}
	right, err := staff.Verify(p.PIN, pin)
	if err != nil {
		return fmt.Errorf("the PIN of %s: %w", person, err)
	}
	lockout := staff.Lockout{}
	if !right {
		lockout = s.people.lockout(person).Miss(s.ports.Clock.Now())
		s.ports.Log.Warn("wrong PIN", "person", person, "wrong", lockout.Wrong, "wait", lockout.Left)
	}
	if err := s.setLockout(person, lockout); err != nil {
		// in memory it counts all the same; a disk that is full must not lock everybody out
		s.ports.Log.Error("a lock-out cannot be stored", "person", person, "err", err)
	}
	if !right {
		return ErrWrongPIN
	}
	return nil
}

// Approve proves that a person who has the right at the location lends it to whoever has signed in,
// for one action. Errors: those of Prove; ErrUnknownPerson also where the right is not theirs to
// lend.
func (s *Service) Approve(person, pin, location string, right staff.Right) error {
	l := s.location(location)
	if l == nil || len(l.Staff) == 0 || !l.Staff.Allows(person, right) {
		return ErrUnknownPerson
	}
	if err := s.Prove(person, pin); err != nil {
		return err
	}
	asking, _ := s.SignedIn()
	s.ports.Log.Info("a right was lent for one action", "right", right, "location", location, "person", asking.ID, "approver", person)
	return nil
}

// LockedOut is how long no PIN of the person is taken; 0 is not at all.
func (s *Service) LockedOut(person string) time.Duration {
	return s.people.lockout(person).Wait(s.ports.Clock.Now())
}

// FreeTries is how many wrong PINs of the person still lead to no wait.
func (s *Service) FreeTries(person string) int { return s.people.lockout(person).FreeTries() }

func (p *people) lockout(person string) staff.Lockout {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lockouts[person]
}

func (s *Service) setLockout(person string, lockout staff.Lockout) error {
	s.people.mu.Lock()
	if s.people.lockouts[person] == lockout { // nothing but right PINs
		s.people.mu.Unlock()
		return nil
	}
	if lockout == (staff.Lockout{}) {
		delete(s.people.lockouts, person)
	} else {
		s.people.lockouts[person] = lockout
	}
	lockouts := maps.Clone(s.people.lockouts)
	s.people.mu.Unlock()
	return s.update(func(c *change) error { return c.tx.PutLockouts(lockouts) })
}

// loadLockouts takes them up where they were, and keeps on the disk what a clock that was set back
// has done to them: else each restart would begin the same wait anew.
func (s *Service) loadLockouts(c *change) error {
	lockouts, err := c.tx.Lockouts()
	if err != nil {
		return err
	}
	back := false
	for person, lockout := range lockouts {
		back = back || c.now.Before(lockout.At)
		lockouts[person] = lockout.Seen(c.now)
	}
	s.people.lockouts = lockouts
	if s.people.lockouts == nil {
		s.people.lockouts = map[string]staff.Lockout{}
	}
	if back {
		return c.tx.PutLockouts(lockouts)
	}
	return nil
}

// see lets time go by in the lock-outs, so that they notice a clock that is set back.
func (p *people) see(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for person, lockout := range p.lockouts {
		if lockout.Left > 0 {
			p.lockouts[person] = lockout.Seen(now)
		}
	}
}
