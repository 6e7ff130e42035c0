package terminal

import (
	"crypto/rand"
	"time"

	"comptoir/order"

	"github.com/oklog/ulid/v2"
)

// Do carries out a command of this terminal's screen: at once on the local copy, later at the
// hub. The returned error is an *order.Error where the order does not allow it.
func (s *Service) Do(command order.Command) (order.Order, error) {
	if !command.Type.FromScreen() {
		return order.Order{}, &order.Error{Kind: order.Invalid, Cause: order.UnknownCommand, Detail: string(command.Type)}
	}
	return s.do(command)
}

func (s *Service) complete(command *order.Command) {
	now := s.ports.Clock.Now().UTC()
	if command.ID == "" {
		milliseconds := uint64(max(0, now.UnixMilli())) // a clock that nobody has set may be before 1970
		command.ID = ulid.MustNew(milliseconds, rand.Reader).String()
	}
	if command.At.IsZero() {
		command.At = now
	}
	command.By = s.config.Device
}

// do applies commands of one order to the view and keeps them for the hub, in one transaction.
func (s *Service) do(commands ...order.Command) (order.Order, error) {
	var result order.Order
	for i := range commands {
		s.complete(&commands[i])
	}
	id := commands[0].OrderID
	err := s.update(func(c *change) error {
		view, err := s.view(c.tx, id, c.now)
		if err != nil {
			return err
		}
		if view.ID == "" && commands[0].Type != order.Place {
			return &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: id}
		}
		result = view
		if view.Applied(commands[0].ID) {
			return nil
		}
		for _, command := range s.named(view, commands, c.now) {
			if command.Type == order.Place {
				draft := *command.Order // this may run again, and count again
				command.Order = &draft
				if err := s.number(c, command.Order); err != nil {
					return err
				}
			}
			if view, err = order.Apply(view, command, s.policy(view), c.now); err != nil {
				return err
			}
			p, err := c.tx.AddPending(view.Location, command)
			if err != nil {
				return err
			}
			if p.Command.OrderID != command.OrderID { // the hub would hear of the other one alone
				return &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "id: another order's command that waits has it"}
			}
		}
		result = view
		c.send = true
		return s.settle(c, id, 0)
	})
	return result, err
}

// named makes an acknowledgement of everything name the alarms that sound here: what begins to
// sound before the hub hears of it is not answered.
func (s *Service) named(view order.Order, commands []order.Command, now time.Time) []order.Command {
	all := commands[0]
	if all.Type != order.Acknowledge || all.Alarm != "" {
		return commands
	}
	var named []order.Command
	for i, alarm := range s.sounding(view, now) {
		command := all
		command.Alarm = alarm
		if i > 0 {
			command.ID = order.Identity(all.ID, string(alarm))
		}
		named = append(named, command)
	}
	if len(named) == 0 {
		return commands // the order says why not
	}
	return named
}
