package printer

import (
	"strconv"

	"comptoir/order"
	"comptoir/terminal"
)

// summary lists tickets that were too old to print one by one: what each would have said, small.
func (l *page) summary(t *terminal.Ticket) {
	l.center(l.words.summaryText, plain)
	l.rule(doubleRule)
	l.pair(t.Station, l.words.timeOf(&l.phrases, t.PrintedAt.In(l.zone)), bold(1, 1))
	l.rule(doubleRule)
	for i := range t.Summary {
		s := &t.Summary[i]
		promised := ""
		if !s.Promised.IsZero() {
			promised = l.moment(s.Promised)
		}
		l.pair(l.join("#", s.Number), promised, bold(1, 2))
		for _, flag := range []struct {
			on   bool
			text string
		}{
			{s.Kind == order.Void, l.words.void},
			{s.Kind == order.Changed, l.words.changed},
			{s.Doubt, l.words.duplicate},
			{s.Closed, l.words.summaryClosed},
		} {
			if flag.on {
				l.left(flag.text, bold(1, 1))
			}
		}
		l.listed("", s.Lines)
		l.listed("-", s.Removed)
		l.listed("+", s.Added)
		l.above = afterItem
	}
	l.rule(singleRule)
}

// listed is items in small print.
func (l *page) listed(sign string, lines []order.Line) {
	for i := range lines {
		line := &lines[i]
		l.hang(0, l.join(sign, strconv.Itoa(line.Quantity)), plain, quantityWidth, line.Name, plain)
		l.modifiers(quantityWidth, line.Modifiers, plain)
		l.note(quantityWidth, line.Note, plain)
	}
}
