package order

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Verdict is what came of a change that a platform was told of.
type Verdict string

// The verdicts.
const (
	AnswerTaken   Verdict = "taken"
	AnswerRefused Verdict = "refused"
	// AnswerNone: the platform could not be reached for so long that the hub gave up.
	AnswerNone Verdict = "none"
)

// Answer is a platform's word on one change of an order.
type Answer struct {
	// Command is the id of the command that made the change.
	Command string  `json:"command"`
	Verdict Verdict `json:"verdict"`
	// Problem is why not, for people: "HTTP 422".
	Problem string `json:"problem,omitempty"`
}

// partnerAnswered keeps the platform's word. A delay that it did not take is none: the customer
// was never told of it.
func partnerAnswered(o *Order, c Command, _ Policy, entry *Entry) error {
	if !o.Partner() {
		return notPossible(NotAPartner)
	}
	if c.Answer == nil {
		return invalid(BadField, "answer")
	}
	switch c.Answer.Verdict {
	case AnswerTaken, AnswerRefused, AnswerNone:
	default:
		return invalid(BadField, "answer.verdict "+clip(string(c.Answer.Verdict)))
	}
	asked := slices.IndexFunc(o.History, func(e Entry) bool { return e.Command == c.Answer.Command })
	if asked < 0 {
		return invalid(BadField, "answer.command "+clip(c.Answer.Command))
	}
	entry.Answer = Answer{Command: c.Answer.Command, Verdict: c.Answer.Verdict, Problem: clip(c.Answer.Problem)}
	o.settleDelay(asked, c.Answer.Verdict)
	return nil
}

// settleDelay makes the promised time what the platform has: without a delay that it did not take,
// and with one that it took after all. A time that it sent meanwhile stands.
func (o *Order) settleDelay(asked int, verdict Verdict) {
	minutes := delayOf(o.History[asked])
	changed := slices.ContainsFunc(o.History[asked:], func(e Entry) bool { return e.What == WasChangedByPartner })
	if minutes == 0 || changed {
		return
	}
	answer, known := o.AnswerTo(o.History[asked].Command)
	counts := !known || answer.Answer.Verdict == AnswerTaken
	switch {
	case counts && verdict != AnswerTaken:
		o.Fulfillment.PromisedAt = o.Fulfillment.PromisedAt.Add(-minutes)
	case !counts && verdict == AnswerTaken:
		o.Fulfillment.PromisedAt = o.Fulfillment.PromisedAt.Add(minutes)
	}
}

// AnswerTo is the platform's last word on the command with this id.
func (o Order) AnswerTo(command string) (entry Entry, known bool) {
	for _, e := range slices.Backward(o.History) {
		if e.What == WasAnswered && e.Answer.Command == command {
			return e, true
		}
	}
	return Entry{}, false
}

const delayUnit = " min"

// delayOf is by how much an entry moved the promised time; 0 for any other entry.
func delayOf(entry Entry) time.Duration {
	if entry.What != WasDelayed {
		return 0
	}
	minutes, err := strconv.Atoi(strings.TrimSuffix(entry.Detail, delayUnit))
	if err != nil {
		return 0
	}
	return time.Duration(minutes) * time.Minute
}
