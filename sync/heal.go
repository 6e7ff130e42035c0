package sync

import (
	"encoding/json"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// sendHeld asks the hub for orders of which it is not known whether it has them, or offers them:
// one frame at a time, and each question once over a connection. An older hub is not asked. It says
// whether it asked something.
func (s *session) sendHeld() (asked bool, err error) {
	s.mu.Lock()
	able := s.answers
	s.mu.Unlock()
	if !able {
		return false, nil
	}
	held, err := s.replica.Doubts(func(d terminal.Doubt) bool { return s.asked[d] }, wire.MaxHeld)
	if err != nil {
		return false, storing(err)
	}
	if len(held) == 0 {
		return false, nil
	}
	frame, size := wire.Held{Location: held[0].Location}, 0
	for _, h := range held {
		one := wire.HeldOrder{ID: h.OrderID}
		if h.Offer {
			if one.Order, err = json.Marshal(h.Order); err != nil {
				return false, err
			}
		}
		if len(one.Order) > mostOffered {
			s.log.Error("an order cannot be offered to the hub", "order", h.OrderID, "bytes", len(one.Order))
			s.asked[h.Doubt] = true
			continue
		}
		if size += len(one.Order); size > maxOffered && len(frame.Orders) > 0 {
			break
		}
		s.asked[h.Doubt] = true
		frame.Orders = append(frame.Orders, one)
	}
	if len(frame.Orders) == 0 {
		return false, nil
	}
	s.mu.Lock() // before it leaves: the answer may be there at once
	s.asking = time.Now()
	s.mu.Unlock()
	return true, s.send(wire.FromTerminal{Held: &frame})
}

// healing says whether commands must wait: a hub that has lost the end of an order would judge
// them by what it has.
func (s *session) healing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.full) > 0 || !s.asking.IsZero()
}

// maxOffered bounds the bytes of orders in one frame, unless one order alone is larger: commands wait
// behind it, for half a minute on the slowest line. Beyond mostOffered an order fits none.
const (
	maxOffered  = 32 << 10
	mostOffered = wire.MaxFrame - 64<<10
)

func (s *session) takeAnswer(answer wire.Answer) error {
	told := terminal.Answer{Location: answer.Location, Missing: answer.Missing}
	told.Orders, _ = s.decodeOrders(answer.Orders, answer.Location, 0) // the link warns of the others
	if err := s.replica.Answered(told); err != nil {
		return storing(err)
	}
	s.tell(func() {
		if answer.Done {
			// commands that the hub did not know the order of, and recent ones, go again
			s.asking, s.again = time.Time{}, true
		}
	})
	return nil
}

// refused tells of a refusal. A hub that does not know an order which this terminal has is asked
// for it, and the command waits.
func (s *session) refused(command string, refusal *order.Error) error {
	if s.answers && refusal.Kind == order.NotFound && refusal.Cause == order.UnknownOrder {
		kept, err := s.replica.Unknown(command)
		if err != nil || kept {
			return err
		}
	}
	return s.replica.Refused(command, refusal)
}
