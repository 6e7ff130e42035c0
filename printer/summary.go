package printer

import (
	"strings"

	"comptoir/order"
	"comptoir/terminal"
)

// summary lists tickets instead of them: too old to print one by one.
func (l *page) summary(t *terminal.Ticket) {
	l.rule(doubleRule)
	l.pair(t.Station, l.words.countOf(&l.phrases, l.words.listed, l.words.listedMany, len(t.Summary)), bold(1, 1))
	l.rule(doubleRule)
	for i := range t.Summary {
		l.listed(&t.Summary[i], t.Station)
	}
}

// listed is one ticket of a summary.
func (l *page) listed(s *terminal.Summary, station string) {
	number, promised := s.Number, ""
	if number != "" && !strings.HasPrefix(number, "#") {
		number = l.join("#", number)
	}
	if !s.Promised.IsZero() {
		promised = l.moment(s.Promised)
	}
	if l.narrow {
		l.left(number, bold(2, 2))
		l.left(promised, size(1, 2))
	} else {
		l.pair(number, promised, bold(2, 2))
	}
	var remarks []string
	switch s.Kind {
	case order.Changed:
		remarks = append(remarks, l.words.changed)
	case order.Void:
		remarks = append(remarks, l.words.void)
	}
	if s.Station != station {
		remarks = append(remarks, s.Station)
	}
	if s.Doubt {
		remarks = append(remarks, l.words.mayBeOut)
	}
	if s.Closed {
		remarks = append(remarks, l.words.closed)
	}
	l.left(strings.Join(remarks, " · "), bold(1, 1))
	small := bold(1, 2)
	l.items("-", s.Removed, small)
	if s.Kind == order.Changed {
		l.items("+", s.Added, small)
		l.items("", s.Lines, plain)
	} else {
		l.items("", s.Lines, small)
	}
	l.above = 2 * afterItem
}
