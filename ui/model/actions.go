package model

import (
	"slices"

	"comptoir/order"
)

// cardAction is the order's next step, or the answer to its alarm where it has ended.
func (b *builder) cardAction(v *view) CardAction {
	if !v.Status.Open() {
		if len(v.ringing) == 0 {
			return CardAction{}
		}
		return b.action(v, order.Acknowledge)
	}
	next, found := order.Next(v.Order, v.location.Policy(v.Order), b.Now)
	if !found || !carriedOut(next) {
		return CardAction{}
	}
	return b.action(v, next)
}

// carriedOut says which commands the screens can give: the others come with their own sheets.
func carriedOut(t order.CommandType) bool {
	switch t {
	case order.Ship, order.RefundMoney:
		return false
	}
	return t.FromScreen()
}

// actionKey is an action's word among the texts.
var actionKey = map[order.CommandType]string{
	order.Accept: "accept", order.Start: "start", order.MarkReady: "ready", order.HandOver: "hand_over",
	order.CompleteItems: "complete", order.Acknowledge: "acknowledge", order.CustomerArrived: "arrived",
	order.Pack: "bags", order.Delay: "delay", order.Reject: "reject", order.CancelItems: "cancel",
	order.Place: "place", order.Ship: "ship", order.RefundMoney: "refund",
}

var actionIcon = map[order.CommandType]Icon{
	order.Start: "flame", order.HandOver: "bag", order.CustomerArrived: "user", order.Pack: "bag",
	order.Delay: "clock", order.Reject: "x", order.CancelItems: "x",
}

func (b *builder) action(v *view, t order.CommandType) CardAction {
	a := CardAction{Command: t, Primary: t == order.Accept, Icon: "check", Label: b.Words.Say("action." + actionKey[t])}
	if icon, own := actionIcon[t]; own {
		a.Icon = icon
	}
	if b.Busy[v.ID] == t {
		a.Busy, a.Label = true, b.Words.Say("action.busy")
	}
	return a
}

// detailActions offers what the screens can carry out, the next step first, and says why not of
// what somebody may look for.
func (b *builder) detailActions(v *view) []DetailAction {
	primary := b.cardAction(v).Command
	var actions, below, locked []DetailAction
	for _, a := range order.Actions(v.Order, v.location.Policy(v.Order), b.Now) {
		if !a.Possible() {
			if action, explained := b.locked(v, a); explained {
				locked = append(locked, action)
			}
			continue
		}
		if !carriedOut(a.Type) || a.Type == order.Acknowledge && len(v.ringing) == 0 {
			continue
		}
		button := b.action(v, a.Type)
		action := DetailAction{Command: a.Type, Label: button.Label, Icon: button.Icon, Kind: ActionOther, Busy: button.Busy}
		if a.Type == order.Reject || a.Type == order.CancelItems {
			action.Kind = ActionDanger
		}
		switch a.Type {
		case primary:
			action.Kind = ActionPrimary
			actions = slices.Insert(actions, 0, action)
		case order.CustomerArrived, order.Pack, order.Delay, order.CancelItems, order.CompleteItems:
			action.Below = true
			below = append(below, action)
		default:
			actions = append(actions, action)
		}
	}
	if print, offered := b.printAction(v); offered {
		actions = append(actions, print)
	}
	return slices.Concat(actions, below, locked)
}

// locked explains what cannot be done: what the platform alone can, and what comes too early or
// too late. Steps that are behind the order need no word, and of an ended one the badge says all.
func (b *builder) locked(v *view, a order.Action) (DetailAction, bool) {
	name := actionKey[a.Type]
	say := func(key string) string { return b.Words.Say(key, "channel", b.channel(v.Order)) }
	action := DetailAction{
		Command: a.Type, Kind: ActionLocked, Icon: "lock", Below: true,
		Explanation: Explanation{Close: b.Words.Say("explain.close"), Below: b.Words.Say("details.below")},
	}
	e := &action.Explanation
	switch {
	case a.Refused.Kind == order.NotAllowed && b.Words.has("locked."+name):
		action.Label, e.Title, e.Text = say("locked."+name), say("explain."+name), say("explain."+name+".text")
		e.Contact = v.location.ContactOf(v.Order)
		if e.Contact.Phone == "" && e.Contact.Web == "" {
			e.NoContact = say("explain.no_contact")
		}
		return action, true
	case !v.Status.Open() || !a.Applies() || !b.Words.has("why."+string(a.Refused.Cause)):
		return action, false
	}
	switch a.Type {
	case order.HandOver, order.Delay, order.Reject, order.CustomerArrived:
	default:
		return action, false
	}
	e.Title, e.Text = say("action."+name), say("why."+string(a.Refused.Cause)+".text")
	action.Label = b.Words.Say("locked.state", "action", e.Title, "why", say("why."+string(a.Refused.Cause)))
	return action, true
}
