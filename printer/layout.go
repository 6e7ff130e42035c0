package printer

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"comptoir/order"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

const (
	narrowColumns = 40 // below it, the sizes of 58 mm paper
	quantityWidth = 4  // columns
	deeper        = 2  // columns, for each level of modifiers
	leastText     = 12 // columns that indentation leaves to the text
	afterItem     = 8  // dots
)

// page lays one ticket out, line by line from the top.
type page struct {
	profile *escpos.Profile
	words   *words
	zone    *time.Location
	year    int // today, local; a time of another day is shown with its day
	month   time.Month
	day     int
	columns int
	narrow  bool
	big     bool // the station wants larger items
	copy    int  // which of those that the station wants, from 1

	// encoder takes the lines; if it is nil, they are collected.
	encoder *escpos.Encoder
	lines   []escpos.Line

	align   escpos.Alignment
	above   int             // white above the next line, in dots
	phrases strings.Builder // what was filled in
}

// Layout returns the lines of the ticket as they come out on paper of p.Columns columns, up to
// the white before the cut, for paper or for a picture of it. The profile must be valid. No line
// is wider than the paper, if that has 32 columns or more.
func Layout(t terminal.Ticket, p *escpos.Profile) []escpos.Line {
	l := page{profile: p, copy: 1, lines: make([]escpos.Line, 0, 16+4*len(t.Lines))}
	l.ticket(&t)
	return l.lines
}

// usualPhrases is room for those of most tickets, in bytes.
const usualPhrases = 256

// ticket lays the whole of it out.
func (l *page) ticket(t *terminal.Ticket) {
	today := t.PrintedAt
	if today.IsZero() {
		today = t.Received
	}
	l.words = wordsOf(t.Language)
	l.zone = zoneOf(t.TimeZone)
	l.year, l.month, l.day = today.In(l.zone).Date()
	l.columns = l.profile.Columns
	l.narrow, l.big = l.columns < narrowColumns, t.BigText
	l.phrases.Grow(usualPhrases)

	l.headings(t)
	switch t.Kind {
	case order.Receipt:
		l.receipt(t)
		return
	case order.Bag:
		l.bag(t)
		return
	case terminal.KindSummary:
		l.summary(t)
		return
	}
	l.order(t)
	if l.seen(t.Note) {
		l.note(0, t.Note, l.detailStyle())
		l.above = afterItem
	}
	switch t.Kind {
	case order.Changed:
		l.changes(t)
	case order.Void:
		l.items("-", t.Removed, l.itemStyle())
	default:
		l.items("", t.Lines, l.itemStyle())
	}
	l.foot(t)
}

// lastZone is the zone that was loaded last: loading reads a file, and a terminal prints for one or
// two places. It only remembers what time.LoadLocation would say again.
var lastZone atomic.Pointer[time.Location]

// zoneOf is a time zone by name, UTC for an unknown one: a ticket with odd times is better than none.
func zoneOf(name string) *time.Location {
	if zone := lastZone.Load(); zone != nil && zone.String() == name {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	lastZone.Store(zone)
	return zone
}

func size(width, height int) escpos.Style { return escpos.Style{Width: width, Height: height} }

func bold(width, height int) escpos.Style {
	return escpos.Style{Width: width, Height: height, Bold: true}
}

func reverse(width, height int) escpos.Style {
	return escpos.Style{Width: width, Height: height, Reverse: true}
}

// headings say what is not normal about the ticket; a doubt about the paper comes first.
func (l *page) headings(t *terminal.Ticket) {
	switch t.Heading {
	case terminal.HeadingDuplicate:
		l.heading(l.words.duplicate)
		sent := l.words.sent
		if !t.FirstSent.IsZero() {
			sent = l.fill(l.words.sentAt, "{when}", l.when(t.FirstSent))
		}
		l.center(sent, plain)
		l.center(l.words.compare, bold(1, 1))
	case terminal.HeadingCopy:
		l.heading(l.words.copy)
		if !t.FirstSent.IsZero() {
			l.center(l.fill(l.words.copyOf, "{when}", l.when(t.FirstSent)), plain)
		}
	}
	if t.Backup != "" {
		l.heading(l.fill(l.words.backup, "{printer}", t.Backup))
	}
	switch t.Kind {
	case order.Changed:
		l.heading(l.words.changed)
		l.former(l.words.replaces, t.Replaces)
	case order.Void:
		l.heading(l.words.void)
		l.former(l.words.cancels, t.Replaces)
	case terminal.KindSummary:
		l.heading(l.words.summary)
	}
}

func (l *page) heading(text string) {
	style := reverse(2, 2)
	if l.narrow {
		style = reverse(1, 2)
	}
	width := l.columns / style.Width
	for more := true; more; more = text != "" {
		var row string
		row, text = l.profile.Row(text, width)
		free := width - l.width(row)
		l.begin(escpos.Left)
		l.span(spaces(free/2), style)
		l.span(row, style)
		l.span(spaces(free-free/2), style)
		l.end()
	}
}

func (l *page) former(phrase string, sequence int) {
	if sequence > 0 {
		l.center(l.fill(phrase, "{ticket}", l.words.numberOf(&l.phrases, sequence)), plain)
	}
}

// order says whose order it is, and for which station.
func (l *page) order(t *terminal.Ticket) {
	l.whom(t)
	l.rule(doubleRule)
	part := ""
	if t.Parts > 0 {
		part = l.fill(l.words.part, "{part}", strconv.Itoa(t.Part), "{parts}", strconv.Itoa(t.Parts))
	}
	l.pair(t.Station, part, bold(1, 1))
	l.rule(doubleRule)
}

// whom says whose order it is: number, section, time, customer and channel.
func (l *page) whom(t *terminal.Ticket) {
	l.number(t.Number)

	full, section := l.words.section(t.Section, t.Table != "")
	if l.width(full) <= l.columns/2 {
		section = full
	}
	promised := ""
	if !t.Promised.IsZero() {
		promised = l.moment(t.Promised)
	}
	if l.narrow {
		l.left(section, size(2, 2))
		l.left(promised, size(2, 2))
	} else {
		l.pair(section, promised, size(2, 2))
	}

	if t.Table != "" {
		table := t.Table
		if len(table) < 5 || !strings.EqualFold(table[:5], "table") {
			table = l.fill(l.words.table, "{table}", table)
		}
		l.left(table, bold(1, 2))
	}
	l.left(t.Customer, bold(1, 2))

	l.source(t)
}

// source says where the order came from, and when.
func (l *page) source(t *terminal.Ticket) {
	reference := ""
	if t.Reference != "" {
		reference = l.fill(l.words.reference, "{reference}", t.Reference)
	}
	from := l.words.channel(t.Channel)
	if from != "" && reference != "" {
		if joined := l.join(from, " · ", reference); l.width(joined) <= l.columns {
			from, reference = joined, ""
		}
	}
	received := ""
	if !t.Received.IsZero() {
		received = l.fill(l.words.received, "{time}", l.moment(t.Received))
	}
	if reference != "" { // too long for one line with the channel
		l.left(from, plain)
		from = reference
	}
	if l.narrow {
		l.left(from, plain)
		l.left(received, plain)
	} else {
		l.pair(from, received, plain)
	}
}

// number is as big as it fits in one line.
func (l *page) number(number string) {
	if number == "" {
		return
	}
	if !strings.HasPrefix(number, "#") {
		number = l.join("#", number)
	}
	times := 4
	if l.narrow {
		times = 3
	}
	for times > 2 && l.width(number)*times > l.columns {
		times--
	}
	l.left(number, bold(times, times))
}

// changes prints the difference big and what stays the same small.
func (l *page) changes(t *terminal.Ticket) {
	part := func(title, sign string, lines []order.Line) {
		if len(lines) > 0 {
			l.band(0, title, escpos.Style{Width: 1, Height: 1, Bold: true, Reverse: true})
			l.items(sign, lines, l.itemStyle())
		}
	}
	part(l.words.remove, "-", t.Removed)
	part(l.words.add, "+", t.Added)
	if len(t.Lines) > 0 {
		l.left(l.words.unchanged, bold(1, 1))
		l.items("", t.Lines, plain)
	}
}

// itemStyle is the style of an item's name; that of its quantity is as high, and always double.
func (l *page) itemStyle() escpos.Style {
	switch {
	case l.big && l.narrow:
		return bold(2, 2)
	case l.big:
		return bold(2, 3)
	case l.narrow:
		return bold(1, 2)
	}
	return bold(2, 2)
}

// detailStyle is that of modifiers and notes.
func (l *page) detailStyle() escpos.Style {
	switch {
	case l.big && l.narrow:
		return size(1, 3)
	case l.big:
		return size(2, 2)
	}
	return size(1, 2)
}

func (l *page) items(sign string, lines []order.Line, name escpos.Style) {
	quantity, detail, after := bold(2, name.Height), l.detailStyle(), afterItem
	if name == plain {
		quantity, detail, after = plain, plain, 0
	}
	for i := range lines {
		line := &lines[i]
		count := l.join(sign, strconv.Itoa(line.Quantity))
		indent := max(quantityWidth, (len(count)+1)*quantity.Width)
		title := line.Name
		if !l.seen(title) {
			title = line.PLU
		}
		l.hang(0, count, quantity, indent, title, name)
		l.modifiers(indent, line.Modifiers, detail)
		l.note(indent, line.Note, detail)
		if line.Category == "" && sign != "-" && name != plain {
			l.hang(0, "", plain, indent, l.words.uncategorized, bold(1, 2))
		}
		l.above = after
	}
}

func (l *page) modifiers(indent int, modifiers []order.Modifier, style escpos.Style) {
	indent = min(indent, l.columns-leastText)
	for i := range modifiers {
		m := &modifiers[i]
		name := m.Name
		if m.Quantity > 1 {
			name = l.join(strconv.Itoa(m.Quantity), nbsp+"× ", name)
		}
		l.hang(indent, "+", style, indent+deeper*style.Width, name, style)
		l.modifiers(indent+deeper, m.Modifiers, style)
	}
}

// note prints what the customer wrote; an allergy as a black band to the edge of the paper.
func (l *page) note(indent int, text string, style escpos.Style) {
	if !l.seen(text) {
		return
	}
	if order.MentionsAllergy(text) {
		style.Reverse = true
		if style.Height > 1 && !l.narrow {
			style.Width = 2
		}
		l.band(indent, text, style)
	} else {
		style.Bold = true
		l.hang(indent, "»", style, indent+deeper*style.Width, text, style)
	}
}

func (l *page) foot(t *terminal.Ticket) {
	l.rule(singleRule)
	others := ""
	switch len(t.Others) {
	case 0:
	case 1:
		others = l.fill(l.words.alsoAt, "{stations}", t.Others[0])
	default:
		others = l.fill(l.words.alsoAtMany, "{stations}", strings.Join(t.Others, ", "))
	}
	l.pair(others, l.count(t), plain)

	utensils := ""
	if t.Utensils != nil {
		utensils = l.utensils(t.Utensils)
	}
	end := ""
	if t.Sequence > 0 {
		end = l.words.numberOf(&l.phrases, t.Sequence)
	}
	if !t.PrintedAt.IsZero() {
		printed := l.words.timeOf(&l.phrases, t.PrintedAt.In(l.zone))
		if end != "" {
			printed = l.join(end, " · ", printed)
		}
		end = printed
	}
	l.pair(utensils, end, plain)
	if t.Copies > 1 {
		l.left(l.fill(l.words.copyNumber, "{copy}", strconv.Itoa(l.copy), "{copies}", strconv.Itoa(t.Copies)), plain)
	}
}

// count is the number of items to make; after a change, of all that is now to make.
func (l *page) count(t *terminal.Ticket) string {
	one, many, lines := l.words.item, l.words.items, t.Lines
	switch t.Kind {
	case order.Void:
		return ""
	case order.Changed:
		one, many, lines = l.words.countItem, l.words.countItems, t.After
	}
	count := 0
	for i := range lines {
		count += lines[i].Quantity
	}
	return l.words.countOf(&l.phrases, one, many, count)
}

// moment is a time of day, with its day if that is not the day of the ticket.
func (l *page) moment(t time.Time) string {
	t = t.In(l.zone)
	if l.isToday(t) {
		return l.words.timeOf(&l.phrases, t)
	}
	return l.join(l.words.dayOf(&l.phrases, t), " ", l.words.timeOf(&l.phrases, t))
}

// when is a moment within a sentence.
func (l *page) when(t time.Time) string {
	t = t.In(l.zone)
	if l.isToday(t) {
		return l.fill(l.words.at, "{time}", l.words.timeOf(&l.phrases, t))
	}
	return l.fill(l.words.onDay, "{day}", l.words.dayOf(&l.phrases, t), "{time}", l.words.timeOf(&l.phrases, t))
}

func (l *page) isToday(t time.Time) bool {
	year, month, day := t.Date()
	return day == l.day && month == l.month && year == l.year
}

// fill and join make phrases in the page's own memory.
func (l *page) fill(phrase string, pairs ...string) string { return fill(&l.phrases, phrase, pairs...) }

func (l *page) join(parts ...string) string {
	start := l.phrases.Len()
	for _, part := range parts {
		l.phrases.WriteString(part)
	}
	return l.phrases.String()[start:]
}
