package terminal

import (
	"fmt"
	"slices"
	"time"

	"comptoir/order"
)

// Refusal is a command of this terminal that the hub would not have. It is kept until somebody has
// read it, whatever happens to the terminal meanwhile, and for a while after that.
type Refusal struct {
	// Command is without what only the hub has a use for.
	Command order.Command `json:"command"`
	Kind    order.Kind    `json:"kind"`
	Cause   order.Cause   `json:"cause"`
	Detail  string        `json:"detail,omitempty"`
	// At is when the terminal heard of it.
	At   time.Time `json:"at"`
	Read bool      `json:"read,omitempty"`
}

// Refused is the refusal as an order says it.
func (r Refusal) Refused() *order.Error {
	return &order.Error{Kind: r.Kind, Cause: r.Cause, Detail: r.Detail}
}

const (
	// refusalsKept bounds how many are kept. Those that were read go first, then the oldest.
	refusalsKept = 200
	// refusalsFor is how long one that was read stays in its order's history.
	refusalsFor = 48 * time.Hour
)

// Refusals are those that are kept, the oldest first. The list must not be changed.
func (s *Service) Refusals() []Refusal {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.refusals
}

// RefusalRead hears that somebody has read what was refused of an order.
func (s *Service) RefusalRead(orderID string) error {
	unread := func(r Refusal) bool { return r.Command.OrderID == orderID && !r.Read }
	if !slices.ContainsFunc(s.Refusals(), unread) {
		return nil
	}
	err := s.update(func(c *change) error {
		refusals, err := c.tx.Refusals()
		if err != nil {
			return err
		}
		for i := range refusals {
			refusals[i].Read = refusals[i].Read || unread(refusals[i])
		}
		return c.keepRefusals(refusals)
	})
	if err != nil {
		return fmt.Errorf("noting that a refusal was read: %w", err)
	}
	return nil
}

// tell keeps what people have to hear of. An alarm that somebody else has answered, and what
// nobody asked for at a screen, need no word.
func (c *change) tell(command order.Command, refused *order.Error) error {
	if command.Type == order.Acknowledge || command.Type.Fact() {
		return nil
	}
	refusals, err := c.tx.Refusals()
	if err != nil {
		return err
	}
	command.Order, command.Lines, command.Ticket = nil, nil, nil
	return c.keepRefusals(append(refusals, Refusal{
		Command: command, Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail, At: c.now.UTC(),
	}))
}

func (c *change) keepRefusals(refusals []Refusal) error {
	refusals = slices.DeleteFunc(refusals, func(r Refusal) bool { return r.Read && c.now.Sub(r.At) > refusalsFor })
	for len(refusals) > refusalsKept {
		first := max(0, slices.IndexFunc(refusals, func(r Refusal) bool { return r.Read }))
		refusals = slices.Delete(refusals, first, first+1)
	}
	c.refusals = &refusals
	return c.tx.PutRefusals(refusals)
}
