package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// apply gives the hub's frames to the replica, in their order.
func (s *session) apply(ctx context.Context) error {
	for {
		frame, err := s.next(ctx)
		if err != nil {
			return err
		}
		s.setWorking(time.Now())
		err = s.take(frame)
		s.setWorking(time.Time{})
		if err != nil {
			return err
		}
	}
}

func (s *session) next(ctx context.Context) (wire.FromHub, error) {
	if ctx.Err() != nil {
		return wire.FromHub{}, context.Cause(ctx)
	}
	if s.held != nil {
		frame := *s.held
		s.held = nil
		return frame, nil
	}
	select {
	case <-ctx.Done():
		return wire.FromHub{}, context.Cause(ctx)
	case frame, open := <-s.incoming:
		if !open {
			return wire.FromHub{}, s.readErr
		}
		return frame, nil
	}
}

// setWorking lets write see a replica that is stuck.
func (s *session) setWorking(since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.working = since
}

func (s *session) take(frame wire.FromHub) error {
	// welcomed is apply's own to change, so it may read it without the lock
	if !s.welcomed && frame.Welcome == nil {
		return garbled(errors.New("its first frame is no welcome"))
	}
	switch {
	case frame.Welcome != nil:
		return s.takeWelcome(*frame.Welcome)
	case frame.Changes != nil:
		return s.takeChanges(s.merge(*frame.Changes))
	case frame.Result != nil:
		return s.takeResult(*frame.Result)
	case frame.Lease != nil:
		if err := s.replica.Lease(terminal.Lease(*frame.Lease)); err != nil {
			return storing(err)
		}
	case frame.Answer != nil:
		return s.takeAnswer(*frame.Answer)
	case frame.Ordering != nil:
		if err := s.replica.OrderingTold(terminal.OrderingTold(*frame.Ordering)); err != nil {
			return storing(err)
		}
	}
	return nil
}

func (s *session) takeWelcome(welcome wire.Welcome) error {
	if welcome.Version < wire.Oldest || welcome.Version > wire.Version {
		return otherVersions(wire.Versions{Oldest: welcome.Version, Newest: welcome.Version})
	}
	locations, whole, err := s.gather(welcome)
	if err != nil || !whole {
		return err
	}
	if err := s.replica.Locations(locations); err != nil {
		return storing(err)
	}
	for _, told := range welcome.Orderings {
		if err := s.replica.OrderingTold(terminal.OrderingTold(told)); err != nil {
			return storing(err)
		}
	}
	if s.link(true, s.warning()) {
		s.log.Info("connected to the hub", "hub", s.url)
	}
	if !s.welcomed {
		if err := s.replica.Anew(slices.DeleteFunc(slices.Clone(welcome.Full), func(location string) bool {
			return slices.Contains(welcome.Resumed, location)
		})); err != nil {
			return storing(err)
		}
		s.hubTime = welcome.Time
		maps.DeleteFunc(s.resyncs, func(location string, _ wire.Resync) bool { return !slices.Contains(welcome.Resumed, location) })
	}
	s.tell(func() {
		if !s.welcomed {
			s.full, s.promised = map[string]bool{}, time.Now()
			for _, location := range welcome.Full {
				s.full[location] = true
			}
		}
		s.welcomed, s.orderings, s.answers = true, len(welcome.Orderings) > 0, welcome.Answers
	})
	return nil
}

// merge adds the changes of the same location that are there already, so that a burst costs few
// transactions.
func (s *session) merge(changes wire.Changes) wire.Changes {
	for !changes.Last && len(changes.Orders) < merged {
		select {
		case frame, open := <-s.incoming:
			if !open {
				return changes
			}
			more := frame.Changes
			if more == nil || !follows(*more, changes) || len(changes.Orders)+len(more.Orders) > merged {
				s.held = &frame
				return changes
			}
			changes.Orders = append(changes.Orders, more.Orders...)
			changes.Cursor, changes.More, changes.Last = more.Cursor, more.More, more.Last
		default:
			return changes
		}
	}
	return changes
}

func follows(more, changes wire.Changes) bool {
	a, b := changes.Cursor, more.Cursor
	return more.Full == changes.Full && more.Location == changes.Location &&
		a.Shard == b.Shard && a.Epoch == b.Epoch && a.Sequence <= b.Sequence
}

func (s *session) takeChanges(changes wire.Changes) error {
	orders, unreadable := s.decodeOrders(changes.Orders, changes.Location, changes.Cursor.Sequence)
	resync, goesOn := s.resyncs[changes.Location]
	err := s.replica.Apply(terminal.Changes{
		Location: changes.Location, Orders: orders, Cursor: terminal.Cursor(changes.Cursor),
		Full: changes.Full, First: changes.Full && !goesOn, Last: changes.Last, More: changes.More, Unreadable: unreadable,
	})
	if err != nil {
		delete(s.resyncs, changes.Location)
		return storing(err)
	}
	if changes.Full && !changes.Last {
		if !goesOn {
			resync.Began = s.hubTime
		}
		resync.Cursor = changes.Cursor
		s.resyncs[changes.Location] = resync
	} else {
		delete(s.resyncs, changes.Location)
	}
	s.link(true, s.warning())
	s.tell(func() {
		s.stored[changes.Location] = terminal.Cursor(changes.Cursor)
		if changes.Full {
			s.promised = time.Now()
		}
		if changes.Last {
			delete(s.full, changes.Location)
			s.again = true // recent commands may be pending once more
		}
	})
	return nil
}

// decodeOrders gives back the orders that can be read, and the ids of the others.
func (s *session) decodeOrders(raws []json.RawMessage, location string, sequence uint64) (orders []order.Order, unreadable []string) {
	orders = make([]order.Order, 0, len(raws))
	for _, raw := range raws {
		o, err := decodeOrder(raw, location)
		if err != nil {
			// The rest must not wait for it, and it must not vanish: people see the warning.
			s.log.Error("an order of the hub cannot be read here",
				"order", o.ID, "location", location, "sequence", sequence, "error", err)
			s.unreadable[o.ID] = true
			unreadable = append(unreadable, o.ID)
			continue
		}
		delete(s.unreadable, o.ID)
		orders = append(orders, o)
	}
	return orders, unreadable
}

// decodeOrder gives back an order with at least its id, where that can be read, when it fails.
func decodeOrder(raw json.RawMessage, location string) (order.Order, error) {
	var o order.Order
	err := json.Unmarshal(raw, &o)
	switch {
	case err != nil:
	case o.ID == "":
		err = errors.New("it has no id")
	case o.Location != location:
		err = fmt.Errorf("it is of the location %q", clip(o.Location))
	default:
		return o, nil
	}
	var identity struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &identity) != nil || identity.ID == "" {
		identity.ID = "without an id"
	}
	return order.Order{ID: clip(identity.ID)}, err
}

// warning says that orders are missing here, as long as no readable state of them has come.
func (s *session) warning() terminal.LinkReason {
	if len(s.unreadable) == 0 {
		return ""
	}
	return terminal.LinkUnreadable
}

func (s *session) takeResult(result wire.Result) error {
	s.mu.Lock()
	asked, change := s.unanswered[result.Command], s.changes[result.Command]
	s.mu.Unlock()
	if !asked {
		s.log.Warn("the hub answers a command that was not asked", "command", clip(result.Command))
		return nil
	}
	var refusal *order.Error
	if refused := result.Refused; refused != nil {
		refusal = &order.Error{Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail}
	}
	var err error
	switch {
	case change:
		err = s.replica.ChangeAnswered(result.Command, refusal)
	case refusal != nil:
		err = s.refused(result.Command, refusal)
	default:
		err = s.replica.Accepted(result.Command)
	}
	if err != nil {
		return storing(err)
	}
	s.tell(func() {
		delete(s.unanswered, result.Command)
		s.progress = time.Now()
	})
	return nil
}

// tell changes what write goes by, and wakes it.
func (s *session) tell(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	select {
	case s.turn <- struct{}{}:
	default:
	}
}
