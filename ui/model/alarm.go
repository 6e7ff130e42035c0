package model

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
	"comptoir/terminal"
)

// Alarm is the banner over everything, and sounds as long as it is there.
type Alarm struct {
	// Kind is the most urgent one: it alone is heard.
	Kind  terminal.AlarmKind
	Title string
	// Hint: "La réponse vaut pour tous les terminaux"; empty where that is so of some only.
	Hint string
	// Rows are at most two, the most urgent first.
	Rows []AlarmRow
	// More: "et 3 autres"; empty where the rows are all.
	More string
	// Taken are the rows that only tell of new orders which are accepted already, where they are more
	// than there is room for: nothing is left to do about them, and TakenGotIt answers all at once.
	Taken      []AlarmRow
	TakenGotIt string
	// Notices are all that rings, for the system's notifications.
	Notices []terminal.Notice
}

// AlarmRow is one order that rings, or a trouble of this terminal. GotIt answers all of Alarms, of
// which the first is named, or the Trouble, a key.
type AlarmRow struct {
	OrderID string
	Alarms  []order.Alarm
	Trouble string
	Icon    Icon
	Heading string
	Number  string
	Name    string
	// Strong begins the text in bold: "Place 2"; mostly empty.
	Strong string
	Text   string
	GotIt  string
	Busy   bool
}

// mostAlarms is how many rows the alarm has room for.
const mostAlarms = 2

// ringer is one row of the alarm, before its words: an order, or a trouble of this terminal.
type ringer struct {
	kind    terminal.AlarmKind
	rank    int // the first one is the most urgent
	order   *view
	trouble terminal.Trouble
}

// ringers lists what rings, the most urgent first: orders, what is due first before others, and
// then this terminal's own troubles.
func (b *builder) ringers() (all []ringer) {
	urgency := order.Alarms()
	for _, v := range b.all {
		if len(v.loud) > 0 {
			first := v.loud[0]
			all = append(all, ringer{kind: terminal.KindOf(first), rank: slices.Index(urgency, first), order: v})
		}
	}
	for _, t := range b.Troubles {
		all = append(all, ringer{kind: t.Kind, rank: len(urgency) + slices.Index(terminal.AlarmKinds(), t.Kind), trouble: t})
	}
	slices.SortStableFunc(all, func(x, y ringer) int { return cmp.Compare(x.rank, y.rank) })
	return all
}

// alarm shows what rings, one row for an order or a trouble; nil where nothing does.
func (b *builder) alarm() *Alarm {
	ringing := b.ringers()
	if len(ringing) == 0 {
		return nil
	}
	title := "alarm.title"
	if b.Alert.Audio.Silent() {
		title = "alarm.title_silent" // nothing repeats that nobody can hear
	}
	a := &Alarm{Kind: ringing[0].kind, Title: b.Words.Count(title, len(ringing)), Hint: b.alarmHint(ringing)}
	if more := len(ringing) - mostAlarms; more > 0 {
		a.More = b.Words.Count("alarm.more", more)
	}
	for i, r := range ringing {
		row, notice := b.ringer(r)
		if i < mostAlarms {
			a.Rows = append(a.Rows, row)
		}
		a.Notices = append(a.Notices, notice)
		if r.order != nil && r.order.Status != order.New && slices.Equal(r.order.loud, []order.Alarm{order.AlarmNew}) {
			a.Taken = append(a.Taken, row)
		}
	}
	if len(a.Taken) <= mostAlarms {
		a.Taken = nil
	} else {
		a.TakenGotIt = b.Words.Count("alarm.taken", len(a.Taken))
	}
	return a
}

// alarmHint says for whom an answer counts, where that is the same for all.
func (b *builder) alarmHint(ringing []ringer) string {
	own := 0
	for _, r := range ringing {
		if r.order == nil {
			own++
		}
	}
	switch own {
	case 0:
		return b.Words.Say("alarm.hint")
	case len(ringing):
		return b.Words.Say("alarm.hint_own")
	}
	return ""
}

// ringer makes the row, and what a notification says of it: nothing of the customer.
func (b *builder) ringer(r ringer) (AlarmRow, terminal.Notice) {
	if r.order == nil {
		row := b.troubleRow(r.trouble)
		return row, terminal.Notice{Key: row.Trouble, Title: row.Heading, Text: row.Number}
	}
	row := b.alarmRow(r.order)
	section, _ := b.section(r.order, true)
	return row, terminal.Notice{Key: row.OrderID, Title: row.Heading, Text: dots(row.Number, section)}
}

// troubleRow is a row that no order has.
func (b *builder) troubleRow(t terminal.Trouble) AlarmRow {
	if t.Kind == terminal.KindDisk {
		return b.diskRow(t)
	}
	row := AlarmRow{
		Trouble: t.Key, Icon: kindIcon(t.Kind), Heading: b.Words.Say("alarm." + string(t.Kind)),
		GotIt: b.Words.Say("action.acknowledge"), Number: t.Printer,
	}
	waiting := ""
	if t.Tickets > 0 {
		waiting = b.Words.Count("banner.printer.waiting", t.Tickets)
	}
	remedy := "" // what to do about the fault
	if t.Fault != terminal.FaultNone {
		remedy = b.Words.Say("fault.do." + string(t.Fault))
	}
	switch t.Cause {
	case terminal.CauseFault:
		row.Name, row.Text = b.Words.Say("fault."+string(t.Fault)), joined(" ", waiting, remedy)
	case terminal.CauseUnconfirmed:
		row.Name, row.Text = b.Words.Count("printer.unconfirmed", t.Tickets), b.Words.Say("banner.printer.unconfirmed")
	case terminal.CauseStale:
		row.Name, row.Text = b.Words.Count("printer.stale", t.Tickets), b.Words.Say("banner.printer.stale")
	case terminal.CauseStranded:
		row.Name, row.Text = b.Words.Say("alarm.stranded"), joined(" ", waiting, b.Words.Say("banner.stranded.text"))
	case terminal.CauseWaiting:
		row.Name = b.Words.Say("alarm.not_printing")
		row.Text = joined(" ", waiting, cmp.Or(remedy, b.Words.Say("fault.do.unreachable")))
	default: // the hub
		since := b.Words.When(t.Since.In(b.Settings.zone()), b.Now.In(b.Settings.zone()))
		row.Number, row.Name = b.Words.Say("link.short"), b.Words.Say("alarm.since", "time", since)
		row.Text = b.Words.Say("alarm.hub.text")
	}
	return row
}

func (b *builder) alarmRow(v *view) AlarmRow {
	section, _ := b.section(v, true)
	channel := b.channel(v.Order)
	button := b.action(v, order.Acknowledge)
	row := AlarmRow{
		OrderID: v.ID, Alarms: v.loud, Number: number(v.Order), Name: b.customer(v),
		Heading: b.Words.Say("alarm."+string(v.loud[0]), "channel", channel, "section", section),
		Icon:    kindIcon(terminal.KindOf(v.loud[0])),
		GotIt:   button.Label, Busy: button.Busy,
	}
	row.Heading = dots(b.elsewhere(v), row.Heading)
	if b.signedOut() {
		row.Name = "" // nothing but numbers
	}
	count := 0
	for _, l := range v.Lines {
		count += l.Ordered()
	}
	articles := b.Words.Count("alarm.items", count)
	promised := ""
	if at := v.Fulfillment.PromisedAt; !at.IsZero() {
		promised = b.Words.Say("alarm.promised", "time", b.Words.When(v.local(at), v.now))
	}
	switch v.loud[0] {
	case order.AlarmNew, order.AlarmDeadline:
		answer := ""
		if by := v.answerBy(); !by.IsZero() {
			answer = b.Words.Say("alarm.answer_by", "time", b.Words.When(v.local(by), v.now))
		}
		row.Text = dots(section, promised, articles, b.Words.Money(v.Totals.Total, v.Currency), answer)
	case order.AlarmArrived:
		row.Strong, row.Text = b.arrived(v)
	case order.AlarmDue:
		row.Text = dots(promised, articles, channel)
	case order.AlarmChanged:
		row.Text = dots(b.Words.Say("alarm.see_changes"), promised)
	case order.AlarmCancelled:
		row.Icon = "x"
		row.Text = b.takenBack(v)
		if v.Reason != order.CancelledByPartner {
			row.Text = b.Words.Say("alarm.left_already")
		}
	case order.AlarmExpired:
		row.Icon = "alert"
		row.Text = dots(b.Words.Say("alarm.no_answer"), b.takenBack(v))
	}
	if row.Strong == "" {
		row.Text = capital(row.Text)
	}
	return row
}

func (b *builder) arrived(v *view) (strong, text string) {
	f := v.Fulfillment
	if f.Spot != "" {
		strong = b.Words.Say("alarm.spot", "spot", f.Spot)
	}
	vehicle := f.Vehicle
	if b.signedOut() {
		vehicle = ""
	}
	waits := max(0, int(b.Now.Sub(f.ArrivedAt).Minutes()))
	state := "alarm.not_ready"
	if v.Status == order.Ready {
		state = "alarm.is_ready"
	}
	return strong, dots(vehicle, b.Words.Say("alarm.waits", "duration", b.Words.Duration(waits)), b.Words.Say(state))
}

// takenBack says what the kitchen hears of an order that has ended.
func (b *builder) takenBack(v *view) string {
	if v.KitchenVersion == 0 {
		return b.Words.Say("alarm.not_cooked")
	}
	return b.Words.Say("alarm.stop_cooking")
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
