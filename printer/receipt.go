package printer

import (
	"strconv"

	"comptoir/order"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// receipt is what the customer paid, and for what.
func (l *page) receipt(t *terminal.Ticket) {
	title := size(2, 2)
	if l.narrow {
		title = size(1, 2)
	}
	l.center(t.Shop, title)
	l.above = afterItem
	l.whose(t)
	l.rule(doubleRule)
	for i := range t.Lines {
		l.priced(t, &t.Lines[i])
	}
	l.rule(singleRule)
	money := func(amount order.Money) string { return amount.Text(t.Currency, t.Language) }
	sum := func(label string, amount order.Money, style escpos.Style) {
		l.pair(label, money(amount), style)
	}
	for _, s := range []struct {
		label  string
		amount order.Money
	}{
		{l.words.subtotal, t.Totals.Subtotal},
		{l.words.discount, -t.Totals.Discount},
		{l.words.tax, t.Totals.Tax},
		{l.words.fees, t.Totals.Fees},
		{l.words.tip, t.Totals.Tip},
	} {
		if s.amount != 0 {
			sum(s.label, s.amount, plain)
		}
	}
	l.above = afterItem
	sum(l.words.total, t.Totals.Total, bold(1, 2))
	l.above = afterItem
	paid := order.Order{Transactions: t.Transactions}
	for _, transaction := range t.Transactions {
		label, amount := l.method(transaction.Method), transaction.Amount
		switch transaction.Kind {
		case order.Refund:
			label, amount = l.fill(l.words.refunded, "{method}", label), -amount
		case order.Fee:
			label = l.words.fee
		}
		if transaction.Failed {
			label = l.fill(l.words.failed, "{text}", label)
		}
		sum(label, amount, plain)
	}
	if missing := t.Totals.Total - paid.Captured(); missing > 0 {
		l.above = afterItem
		sum(l.words.toPay, missing, bold(1, 2))
	}
	l.above = 2 * afterItem
	l.center(l.words.thanks, plain)
}

// whose says which order it is, from where and when.
func (l *page) whose(t *terminal.Ticket) {
	head := l.words.receipt
	if t.Number != "" {
		head += " #" + t.Number
	}
	when := ""
	if !t.PrintedAt.IsZero() {
		at := t.PrintedAt.In(l.zone)
		when = l.join(l.words.dayOf(&l.phrases, at), " ", l.words.timeOf(&l.phrases, at))
	}
	l.pair(head, when, bold(1, 1))
	l.left(t.Customer, plain)
	l.source(t)
}

// priced is a line with what it costs, beside the first row of its name; a platform that prices
// only the whole order sends 0.
func (l *page) priced(t *terminal.Ticket, line *order.Line) {
	price := ""
	if amount := line.Price(); amount != 0 {
		price = amount.Number(t.Currency, t.Language)
	}
	head := strconv.Itoa(line.Quantity) + " "
	for i, row := range l.profile.Wrap(nil, line.Name, l.columns-len(head)-l.width(price)-1) {
		if i == 0 {
			l.pair(head+row, price, plain)
		} else {
			l.begin(escpos.Left)
			l.span(spaces(len(head)), plain)
			l.span(row, plain)
			l.end()
		}
	}
	l.modifiers(len(head), line.Modifiers, plain)
}

func (l *page) method(m order.Method) string {
	switch m {
	case order.Card:
		return l.words.card
	case order.Cash:
		return l.words.cash
	case order.GiftCard:
		return l.words.giftCard
	case order.Platform:
		return l.words.platform
	}
	return l.words.paid
}

// bag is what goes on a bag: whose it is, which one of how many, what the order holds, and whether
// utensils are with it.
func (l *page) bag(t *terminal.Ticket) {
	l.whom(t)
	if t.Parts > 1 {
		l.above = afterItem
		l.left(l.fill(l.words.bag, "{part}", strconv.Itoa(t.Part), "{parts}", strconv.Itoa(t.Parts)), bold(2, 2))
	}
	l.rule(doubleRule)
	for i := range t.Lines {
		line := &t.Lines[i]
		l.hang(0, strconv.Itoa(line.Quantity), bold(1, 2), quantityWidth, line.Name, bold(1, 2))
		l.modifiers(quantityWidth, line.Modifiers, plain)
		l.note(quantityWidth, line.Note, plain)
	}
	l.rule(singleRule)
	if l.seen(t.Note) {
		l.note(0, t.Note, size(1, 2))
		l.above = afterItem
	}
	l.left(l.utensils(t.Utensils), bold(1, 2))
	end := ""
	if !t.PrintedAt.IsZero() {
		end = l.words.timeOf(&l.phrases, t.PrintedAt.In(l.zone))
	}
	l.pair(l.count(t), end, plain)
}

// utensils says what the customer wants of them; "–" where nobody asked.
func (l *page) utensils(wanted *bool) string {
	switch {
	case wanted == nil:
		return l.words.utensilsBlank
	case *wanted:
		return l.words.utensilsYes
	}
	return l.words.utensilsNo
}
