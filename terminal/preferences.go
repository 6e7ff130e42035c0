package terminal

import "fmt"

// Preferences are how this terminal's screens look; they stay here. A field is empty where nobody
// has chosen, and may hold what a later version wrote.
type Preferences struct {
	Language   string `json:"language,omitempty"`
	Appearance string `json:"appearance,omitempty"`
}

// Preferences are those last chosen. Damaged ones count as never chosen: they are chosen again
// in two taps.
func (s *Service) Preferences() Preferences {
	var p Preferences
	err := s.ports.Store.View(func(tx Tx) (err error) {
		p, err = tx.Preferences()
		return err
	})
	if err != nil {
		s.ports.Log.Warn("the screens' preferences cannot be read", "err", err)
		return Preferences{}
	}
	return p
}

// SetPreferences keeps them.
func (s *Service) SetPreferences(p Preferences) error {
	if err := s.update(func(c *change) error { return c.tx.PutPreferences(p) }); err != nil {
		return fmt.Errorf("keeping the screens' preferences: %w", err)
	}
	return nil
}
