package terminal

import (
	"fmt"

	"comptoir/order"
)

// Place adds a counter order and accepts it: whoever typed it in has accepted it.
func (s *Service) Place(command order.Command) (order.Order, error) {
	if command.Order == nil {
		return order.Order{}, &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "order"}
	}
	draft := *command.Order
	l, err := s.only(draft.Location)
	if err != nil {
		return order.Order{}, err
	}
	command.Type = order.Place
	s.complete(&command)
	draft.ID = order.Identity(order.ChannelCounter, s.config.Device, command.ID)
	draft.Location, draft.Connection = l.ID, ""
	if draft.Currency == "" {
		draft.Currency = l.Currency
	}
	if draft.Fulfillment.Type == "" {
		draft.Fulfillment.Type = order.Counter
	}
	draft.Channel = order.ChannelCounter
	draft.PlacedAt = command.At
	draft.Lines = append([]order.Line(nil), draft.Lines...)
	l.router.Route(&draft)
	if draft.PreparationMinutes == 0 {
		draft.PreparationMinutes = l.router.PreparationMinutes(draft, l.PreparationMinutes)
	}
	held := s.held(l)
	held.Mark(&draft)
	draft.PreparationMinutes = held.Preparation(draft.PreparationMinutes)
	command.OrderID, command.Order = draft.ID, &draft
	accept := order.Command{
		ID: order.Identity(command.ID, string(order.Accept)), Type: order.Accept,
		OrderID: draft.ID, At: command.At, By: command.By,
		Person: command.Person, Approver: command.Approver,
	}
	return s.do(command, accept)
}

// only resolves an empty location to the terminal's only one.
func (s *Service) only(id string) (*location, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if l := s.locations[id]; l != nil {
		return l, nil
	}
	if id != "" {
		return nil, &order.Error{Kind: order.NotFound, Cause: order.BadField, Detail: "location " + id}
	}
	if len(s.locations) == 1 {
		for _, l := range s.locations {
			return l, nil
		}
	}
	if len(s.locations) > 1 {
		return nil, &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "location: this terminal serves several, name one"}
	}
	return nil, ErrNoLocation
}

// number gives a counter order its number of the business day. It begins with what tells this
// terminal's numbers from those of the next one.
func (s *Service) number(c *change, draft *order.Order) error {
	if draft.Number != "" {
		return nil
	}
	l := s.location(draft.Location)
	n, err := c.tx.Count(fmt.Sprintf("order/%s/%s", draft.Location, l.calendar.BusinessDay(c.now)))
	if err != nil {
		return err
	}
	draft.Number = fmt.Sprintf("%s-%03d", suffix(s.config.Device), n)
	return nil
}

// suffix is what follows the last dash of a device's name: counter-2 numbers its orders 2-001.
func suffix(device string) string {
	for i := len(device) - 1; i >= 0; i-- {
		if device[i] == '-' && i < len(device)-1 {
			return device[i+1:]
		}
	}
	return device
}
