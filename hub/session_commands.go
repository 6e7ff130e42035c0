package hub

import (
	"context"
	"errors"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

// command carries out a terminal's command on the order as the hub has it.
func (s *session) command(ctx context.Context, c order.Command) error {
	result := wire.Result{Command: c.ID, OrderID: c.OrderID}
	if c.By = c.Taker(s.device.ID); len(c.By) > wire.MaxName { // no terminal's name, and kept for good
		c.By = s.device.ID
	}
	location, err := s.check(c)
	if err == nil && c.Type == order.Place {
		err = s.place(ctx, c)
	} else if err == nil {
		_, err = s.hub.apply(ctx, c)
	}
	if err == nil {
		err = s.noteApplied(location)
	}
	if refused, ok := errors.AsType[*order.Error](err); ok {
		result.Refused = &wire.Refusal{Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail}
		s.hub.slog.Info("command refused", "device", s.device.ID, "command", c.Type, "order", c.OrderID, "why", refused.Error())
	} else if err != nil {
		return err // the disk: the terminal keeps the command and sends it again
	}
	s.send(wire.FromHub{Result: &result})
	return nil
}

// change carries out what somebody at the terminal asks of the location's ordering.
func (s *session) change(ctx context.Context, c wire.Change) error {
	result := wire.Result{Command: c.Change.ID}
	c.Change.By = s.device.ID
	var err error
	if s.device.serves(c.Location) {
		err = s.hub.orderings.change(ctx, s.hub.locations[c.Location], c.Change)
	} else {
		s.hub.devices.strayed(s.device)
		err = &order.Error{Kind: order.NotFound, Cause: order.BadField, Detail: "location"}
	}
	if refused, ok := errors.AsType[*order.Error](err); ok {
		result.Refused = &wire.Refusal{Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail}
		s.hub.slog.Info("change of the ordering refused", "device", s.device.ID, "why", refused.Error())
	} else if err != nil {
		return err // the disk: the terminal keeps the change and sends it again
	}
	s.send(wire.FromHub{Result: &result})
	return nil
}

// noteApplied counts what this terminal's own command changed as known to it, although the change
// has not been sent back yet: it may print by it at once.
func (s *session) noteApplied(location string) error {
	head, err := s.hub.log.Head(location)
	if err != nil {
		return err
	}
	s.gateway.feeds[location].noteSent(s.device.ID, head.Sequence)
	return nil
}

// check lets a terminal only do what a terminal may, to orders of its own locations, and says of
// which location the order is.
func (s *session) check(c order.Command) (location string, err error) {
	if c.Type != order.Place && c.Type != order.Printed && !c.Type.FromScreen() {
		return "", &order.Error{Kind: order.Invalid, Cause: order.UnknownCommand, Detail: string(c.Type)}
	}
	if c.Type == order.Place {
		if c.Order != nil && !s.device.serves(c.Order.Location) {
			s.hub.devices.strayed(s.device)
		}
		if c.Order == nil || c.Order.ID == "" || c.Order.ID != c.OrderID || !s.device.serves(c.Order.Location) || c.Order.Connection != "" {
			return "", &order.Error{Kind: order.Invalid, Cause: order.BadField, Detail: "order"}
		}
		return c.Order.Location, nil
	}
	o, err := s.hub.log.Order(c.OrderID)
	elsewhere := err == nil && !s.device.serves(o.Location)
	if elsewhere {
		s.hub.devices.strayed(s.device)
	}
	if elsewhere || errors.Is(err, orderlog.ErrNotFound) {
		return "", &order.Error{Kind: order.NotFound, Cause: order.UnknownOrder, Detail: c.OrderID}
	}
	return o.Location, err
}

// place takes an order that a terminal's counter has sold already.
func (s *session) place(ctx context.Context, c order.Command) error {
	if err := checkSize(*c.Order); err != nil {
		return err
	}
	_, err := s.hub.apply(ctx, c)
	if order.KindOf(err) == order.Exists {
		return nil
	}
	return err
}
