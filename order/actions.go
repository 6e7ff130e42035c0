package order

import (
	"errors"
	"time"
)

// Action is what a screen offers, or why it cannot.
type Action struct {
	Type CommandType
	// Refused is nil where Apply would accept the command.
	Refused *Error
}

// Possible reports whether Apply would accept the command now.
func (a Action) Possible() bool { return a.Refused == nil }

// Applies is false where the action makes no sense for this order at all, and a screen leaves
// it out instead of explaining.
func (a Action) Applies() bool {
	if a.Refused == nil {
		return true
	}
	switch a.Refused.Cause {
	case WrongFulfillment, NotAPartner, NothingRinging, NothingLeft, NothingToRefund:
		return false
	}
	return true
}

// Actions says for each command of the screens whether it is possible now. It asks Apply
// itself, so the two cannot disagree.
func Actions(o Order, p Policy, now time.Time) []Action {
	types := ScreenCommands()
	actions := make([]Action, 0, len(types))
	for _, t := range types {
		_, err := Apply(o, o.usual(t), p, now)
		refused, _ := errors.AsType[*Error](err)
		actions = append(actions, Action{Type: t, Refused: refused})
	}
	return actions
}

// usual is the command that a screen sends for a type before anybody changes its details.
func (o Order) usual(t CommandType) Command {
	c := Command{ID: "usual", Type: t, OrderID: o.ID}
	switch t {
	case Delay:
		c.Minutes = 5
	case Pack:
		c.Bags = o.BagCount()
	case RefundMoney:
		c.Amount = max(0, o.Refundable())
	}
	return c
}

// Next is the one next step of the order's card, or false where nobody has to do anything.
func Next(o Order, p Policy, now time.Time) (CommandType, bool) {
	for _, t := range ScreenCommands() {
		switch t {
		case Accept, Start, MarkReady, HandOver, Ship, CompleteItems:
			if _, err := Apply(o, o.usual(t), p, now); err == nil {
				return t, true
			}
		}
	}
	return "", false
}
