// Package mortal lets tests kill a terminal's process around a commit of its file.
package mortal

import (
	"errors"

	"comptoir/store"
	"comptoir/terminal"
)

// ErrDead: the terminal's process has been killed, and does nothing more.
var ErrDead = errors.New("the terminal is dead")

// Life is a terminal's process. Its methods may be called from several goroutines.
type Life interface {
	Dead() bool
	// Strike may end it before a commit, or after one.
	Strike(after bool)
}

// Store is the store of one life: with its process, its transactions end.
type Store struct {
	*store.Store
	Life Life
}

// Update implements terminal.Store.
func (s Store) Update(f func(terminal.Tx) error) error {
	if s.Life.Dead() {
		return ErrDead
	}
	err := s.Store.Update(func(tx terminal.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		s.Life.Strike(false)
		if s.Life.Dead() {
			return ErrDead
		}
		return nil
	})
	if err == nil {
		s.Life.Strike(true)
	}
	if err == nil && s.Life.Dead() {
		return ErrDead // it is on the disk, and nobody got to know
	}
	return err
}
