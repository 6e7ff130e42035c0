package model

import (
	"context"
	"slices"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
	"comptoir/terminal"
)

// refusals is what a Controller knows of commands that were not taken. The terminal keeps those of
// the hub until they are read; what it refused itself, under somebody's finger, is here alone.
type refusals struct {
	// unread holds the last one of each order.
	unread map[string]terminal.Refusal
	// opened is the order whose details somebody has opened: they are reading it.
	opened string
	// read are the orders of which the terminal has still to hear; done the commands that were
	// read here, whatever the terminal still says.
	read []string
	done map[string]bool
	// sought are the orders that are being looked for, true once they were not found.
	sought map[string]bool
}

func newRefusals() refusals {
	return refusals{unread: map[string]terminal.Refusal{}, done: map[string]bool{}, sought: map[string]bool{}}
}

// recall takes over what the terminal keeps.
func (r *refusals) recall(kept []terminal.Refusal) {
	for _, one := range kept {
		id := one.Command.OrderID
		if one.Read || r.done[one.Command.ID] {
			continue
		}
		if known, there := r.unread[id]; !there || !one.At.Before(known.At) {
			r.unread[id] = one
		}
	}
}

// settle makes what was said of an order history.
func (r *refusals) settle(id string, kept []terminal.Refusal) {
	if _, there := r.unread[id]; !there {
		return
	}
	delete(r.unread, id)
	for _, one := range kept {
		if one.Command.OrderID == id && !one.Read {
			r.done[one.Command.ID] = true
		}
	}
	r.read = append(r.read, id)
}

// missing are orders that ended before this window was there, and have to be looked for.
func (r *refusals) missing(known func(id string) bool) (ids []string) {
	for id := range r.unread {
		if _, sought := r.sought[id]; !sought && !known(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// refuse keeps what the card has to say. An alarm that somebody else has answered, and what
// nobody asked for at a screen, need no word.
func (c *Controller) refuse(command order.Command, refused *order.Error) {
	if refused == nil || command.Type == order.Acknowledge || command.Type.Fact() {
		return
	}
	c.refused.unread[command.OrderID] = terminal.Refusal{
		Command: command, Kind: refused.Kind, Cause: refused.Cause, Detail: refused.Detail, At: c.options.Clock.Now(),
	}
}

// readRefusals is what has to be told to, or asked of, the terminal; nil where nothing has. c.mu is
// held.
func (c *Controller) readRefusals() Errand {
	read, missing := c.refused.read, c.refused.missing(c.knows)
	if len(read) == 0 && len(missing) == 0 {
		return nil
	}
	c.refused.read = nil
	for _, id := range missing {
		c.refused.sought[id] = false
	}
	return func(context.Context) {
		found := map[string]order.Order{}
		failed := false
		for _, id := range missing {
			o, there, err := c.options.Terminal.Order(id)
			if failed = failed || err != nil; there && err == nil {
				found[id] = o
			} else if err == nil {
				read = append(read, id) // nobody can be shown what it was about
			}
		}
		for _, id := range read {
			failed = c.options.Terminal.RefusalRead(id) != nil || failed
		}
		c.hear(func() {
			c.notSaved = c.notSaved || failed
			for _, id := range missing {
				if o, there := found[id]; there {
					c.keepEnded(o)
				} else {
					delete(c.refused.unread, id)
				}
				delete(c.refused.sought, id)
			}
		})
	}
}

// knows says whether an order is at hand; c.mu is held.
func (c *Controller) knows(id string) bool { return c.active[id] || c.kept(id).ID != "" }

// unseen are ended orders whose refusal nobody has read.
func (c *Controller) unseen(active []order.Order) []order.Order {
	c.active = map[string]bool{}
	for _, o := range active {
		c.active[o.ID] = true
	}
	var unseen []order.Order
	for id := range c.refused.unread {
		if o := c.kept(id); !c.active[id] && o.ID != "" && id != c.refused.opened {
			unseen = append(unseen, o)
		}
	}
	return unseen
}

// told is what a refused command was, and what happened instead: "« C’est prêt » n’a pas été pris :
// déjà annulée par DoorDash à 12 h 04".
func (b *builder) told(v *view) string {
	refused, there := b.Refused[v.ID]
	if !there {
		return ""
	}
	return b.Words.Say("refused.told", "command", b.Words.Say("action."+actionKey[refused.Command.Type]), "why", lower(b.instead(v, refused)))
}

// refusal says on a card what happened instead of what somebody asked: "Déjà remise par Luc à
// 12 h 16". Whoever has the details open reads it there.
func (b *builder) refusal(v *view) string {
	refused, there := b.Refused[v.ID]
	if !there || v.ID == b.Opened {
		return ""
	}
	return b.instead(v, refused)
}

// refusedBanner leads to the last order of which the hub did not take something, wherever its card is.
// What was refused under somebody's finger stands where they look.
func (b *builder) refusedBanner() Banner {
	var last *view
	for _, v := range b.views {
		r, there := b.Refused[v.ID]
		kept := slices.ContainsFunc(b.Refusals, func(k terminal.Refusal) bool { return k.Command.ID == r.Command.ID })
		if there && kept && v.ID != b.Opened && (last == nil || b.Refused[last.ID].At.Before(r.At)) {
			last = v
		}
	}
	if last == nil {
		return Banner{}
	}
	refused := b.Refused[last.ID]
	return Banner{
		Tone: ToneLate, Icon: "alert", Order: last.ID, Action: b.Words.Say("refused.look"), Text: b.instead(last, refused),
		Title: b.Words.Say("refused.banner", "number", number(last.Order), "command", b.Words.Say("action."+actionKey[refused.Command.Type])),
	}
}

func (b *builder) instead(v *view, refused terminal.Refusal) string {
	instead := insteadOf(refused.Cause)
	for _, entry := range slices.Backward(v.History) {
		if !slices.Contains(instead, entry.What) {
			continue
		}
		return b.happenedInstead(v, entry)
	}
	if key := "refused." + string(refused.Cause); b.Words.has(key) {
		return b.Words.Say(key, "channel", b.channel(v.Order))
	}
	if len(instead) > 0 {
		return b.already(v, instead[0])
	}
	return b.Words.Say("refused.other")
}

func (b *builder) happenedInstead(v *view, entry order.Entry) string {
	what, who, when := b.already(v, entry.What), b.who(v, entry), v.local(entry.At)
	at := b.Words.When(when, v.now)
	say := func(named, unnamed string) string {
		if who == "" {
			named = unnamed
		}
		return b.Words.Say(named, "what", what, "who", who, "time", at)
	}
	if at == b.Words.Time(when) {
		return say("happened", "happened.nobody")
	}
	if days(when, v.now) == -1 {
		at = lower(at) // it begins with "yesterday"
	}
	return say("happened.day", "happened.day.nobody")
}

// already says what has happened to the order, or to some of its items.
func (b *builder) already(v *view, what order.What) string {
	if key := "already.some." + string(what); v.Status.Open() && b.Words.has(key) {
		return b.Words.Say(key)
	}
	return b.Words.Say("already." + string(what))
}

// insteadOf lists what the history may say where a command came too late.
func insteadOf(cause order.Cause) []order.What {
	switch cause {
	case order.AlreadyAccepted:
		return []order.What{order.WasAccepted}
	case order.AlreadyStarted:
		return []order.What{order.WasStarted}
	case order.AlreadyReady:
		return []order.What{order.WasReady}
	case order.AlreadyCompleted:
		return []order.What{order.WasCompleted, order.WasHandedOver, order.WasShipped}
	case order.AlreadyCancelled:
		return []order.What{order.WasCancelledByPartner, order.WasCancelled}
	case order.AlreadyRejected:
		return []order.What{order.WasRejected}
	case order.AlreadyExpired:
		return []order.What{order.WasExpired}
	case order.AlreadyArrived:
		return []order.What{order.WasArrived}
	case order.BadQuantity, order.NothingLeft, order.UnknownLine:
		return []order.What{order.WasCompleted, order.WasHandedOver, order.WasShipped, order.WasCancelled, order.WasChangedByPartner}
	case order.BadAmount, order.NothingToRefund:
		return []order.What{order.WasRefunded}
	}
	return nil
}

// refusedEntries are what was not taken of an order, for its history.
func (b *builder) refusedEntries(v *view) (entries []timedEntry) {
	for _, r := range b.Refusals {
		if r.Command.OrderID != v.ID {
			continue
		}
		text := b.Words.Say("history.refused", "command", b.Words.Say("action."+actionKey[r.Command.Type]), "why", lower(b.instead(v, r)))
		entries = append(entries, timedEntry{r.At, HistoryEntry{Time: b.Words.When(v.local(r.At), v.now), Text: text, Who: r.Command.Person.Name}})
	}
	return entries
}

// lower makes a sentence's first letter that of one in its midst.
func lower(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(first)) + text[size:]
}
